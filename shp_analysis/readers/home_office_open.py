"""Home Office open data: what its tables beside recorded crime have in common.

Every table is of police forces, has a row for each combination of what it counts by, and has changed the spelling of
its headings over the years. `reference/home_office/open_headings.csv` lists the spellings, and where each is known
from; a heading that it does not list is refused, so that a column is never passed over.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import pandas as pd
import pandera.pandas as pa

from shp_analysis.errors import SourceError
from shp_analysis.readers.code_tables import read_code_table
from shp_analysis.readers.home_office_checks import check_numbers, check_years
from shp_analysis.readers.home_office_forces import find_force, spell_forces
from shp_analysis.readers.home_office_layout import FINANCIAL_YEAR, SOURCE, fold, read_spellings, text_column
from shp_analysis.readers.home_office_totals import take_out_totals
from shp_analysis.readers.odd_cells import describe_swapped, find_swapped
from shp_analysis.readers.readers import RecordTable
from shp_analysis.readers.strict_csv import check_records
from shp_analysis.readers.strict_sheet import fold_heading
from shp_analysis.readers.table_files import Table

_REQUIRED, _LEFT_OUT = "required", "left out"
_NOTE_MARK = re.compile(r"\s*\[note \d+\]", re.IGNORECASE)
_QUARTER = r"(Q|Quarter )?[1-4]"
_NUMBER = r"-?\d{1,9}"
_ADVICE = "Use the file as published."
_ABSENT = "not in this table"
_BLANK = "left blank"
ANY_WORDS = re.compile("")
"""Of a table that is known by its headings alone."""


@dataclass(frozen=True)
class OpenTable:
    """One kind of open table, as the reader recognises and reads it.

    Attributes
    ----------
    record : RecordTable
        What it fills.
    kind : str
        Its name in `open_headings.csv`.
    marks : frozenset of str
        Tidy names that together only this kind has.
    words : re.Pattern
        What the names of its files or sheets, or its headings, say where the headings alone do not tell it from others.
    file_names : re.Pattern
        How its files are named, for a file whose headings are gone.
    finish : callable
        Makes tidy records of a table; its second argument is all the names that the table goes by.
    """

    record: RecordTable
    kind: str
    marks: frozenset[str]
    words: re.Pattern[str]
    file_names: re.Pattern[str]
    finish: Callable[[Table, str], pd.DataFrame]


@dataclass(frozen=True)
class Vintages:
    """The headings that one kind of table has had.

    Attributes
    ----------
    table : str
        Its name in `open_headings.csv`.
    columns : mapping of str to str
        Every heading, folded, with its tidy name.
    headings : mapping of str to str
        The present heading of every tidy name.
    required : frozenset of str
        Tidy names that every vintage has.
    """

    table: str
    columns: Mapping[str, str]
    headings: Mapping[str, str]
    required: frozenset[str]


@cache
def read_vintages(table: str) -> Vintages:
    """Read the headings that one kind of table has had."""
    rows = [row for row in read_code_table(SOURCE, "open_headings.csv") if row["table"] == table]
    headings: dict[str, str] = {}
    for row in rows:
        headings.setdefault(row["column"], row["heading"])
    return Vintages(
        table,
        {fold_open(row["heading"]): row["column"] for row in rows},
        headings,
        frozenset(row["column"] for row in rows if row["need"] == _REQUIRED),
    )


def fold_open(heading: str) -> str:
    """Fold a heading for comparison: as `fold_heading`, without the mark of a note."""
    return _NOTE_MARK.sub("", fold_heading(heading)).strip()


def find_columns(found: Sequence[str], table: str) -> frozenset[str]:
    """Give the tidy names of those headings that belong to a kind of table."""
    columns = read_vintages(table).columns
    return frozenset(columns[fold_open(heading)] for heading in found if fold_open(heading) in columns)


def choose_open_columns(found: Sequence[str], table: str, label: str) -> dict[str, str]:
    """Choose the tidy name of every heading found, whichever vintage it is of.

    Parameters
    ----------
    found : sequence of str
        The headings as they are written in the file.
    table : str
        The kind of table, as in `open_headings.csv`.
    label : str

    Returns
    -------
    dict of str to str
        Headings with tidy names, for the strict readers: those found, and each that is missing and must be there. A
        column that is not kept is called `added_…`.

    Raises
    ------
    SourceError
        Where two headings are the same column under two names.
    """
    vintages = read_vintages(table)
    chosen: dict[str, str] = {}
    for heading in found:
        tidy = vintages.columns.get(fold_open(heading))
        if tidy is None:
            continue
        twin = next((other for other, name in chosen.items() if name == tidy and other != heading), None)
        if twin is not None:
            message = f"{label}: the columns '{twin}' and '{heading}' are the same under two names. {_ADVICE}"
            raise SourceError(message)
        chosen[heading] = tidy
    missing = vintages.required - set(chosen.values())
    return chosen | {heading: tidy for tidy, heading in vintages.headings.items() if tidy in missing}


def prepare(table: Table, kind: str, counts: Sequence[str], checks: Mapping[str, tuple[str, str]]) -> pd.DataFrame:
    """Check what every table has and write it one way.

    Parameters
    ----------
    table : Table
        As read, under the tidy names of `open_headings.csv`.
    kind : str
        The kind of table, as there.
    counts : sequence of str
        Its columns of numbers.
    checks : mapping of str to (str, str)
        What the cells of other columns are like, as a pattern and in words.

    Returns
    -------
    pandas.DataFrame
        With every column of the kind, missing where this vintage has none; years as 2024-25, quarters as 2024-25 Q3,
        forces as listed beside `area_code`. Totals are left out. The counts are still text.

    Raises
    ------
    SourceError
        Where a cell is not what it may be, or a total is not the sum of its parts.
    """
    frame = table.frame[[column for column in table.frame if not str(column).startswith("added_")]]
    if frame.empty:
        message = f"{table.label}: has headings and no rows. Fetch the file again."
        raise SourceError(message)
    keys = [str(column) for column in frame if column not in counts]
    territorial = frame["force_name"].map({name: _polices_area(name) for name in frame["force_name"].unique()})
    present = [count for count in counts if count in frame]
    for count in present:
        check_numbers(frame[count], table.label)
    _check_order([str(column) for column in table.frame], counts, kind, table.label)
    frame = take_out_totals(frame, keys, present, table.label, some=territorial.astype(bool))
    frame = check_records(frame, _build_schema(kind, tuple(frame), tuple(counts), tuple(checks.items())), table.label)
    headings = read_vintages(kind).headings
    absent = [column for column in headings if column not in frame and not column.startswith("added_")]
    frame = frame.assign(**{column: _fill(frame, _ABSENT if column in counts else None) for column in absent})
    years = frame["financial_year"].str.replace("/", "-")
    years = years.str[:5] + years.str[-2:]
    frame = frame.assign(financial_year=years)
    check_years(frame, None, table.label)
    forces = spell_forces(frame["force_name"], headings["force_name"], table.label)
    if "financial_quarter" in frame:
        quarters = years + " Q" + frame["financial_quarter"].str[-1]
        frame = frame.assign(financial_quarter=quarters.where(frame["financial_quarter"].notna()).astype("str"))
    return frame.assign(force_name=forces["force_name"], area_code=forces["area_code"])


def _check_order(columns: Sequence[str], counts: Sequence[str], kind: str, label: str) -> None:
    """Refuse a table in which two columns of numbers stand in each other's place."""
    headings = read_vintages(kind).headings
    swapped = find_swapped(columns, list(headings))
    if swapped and set(swapped) <= set(counts):
        raise SourceError(describe_swapped((headings[swapped[0]], headings[swapped[1]]), label))


def read_counts(cells: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Read checked cells into whole numbers, and the reasons why some are missing.

    Returns
    -------
    tuple of (pandas.Series, pandas.Series)
        Int64, and text that is missing beside a number.
    """
    notes = {**_read_marks(), _ABSENT: _ABSENT, "": _BLANK}
    folded = cells.map({cell: _fold_mark(cell) for cell in cells.unique()})
    numbers = cells.where(cells.notna() & ~folded.isin(notes))
    return numbers.astype("Int64"), folded.map(notes).astype("str")


def respell(names: pd.Series, table: str, column: str) -> pd.Series:
    """Write names as a list of `reference/home_office` does; what it does not list stays as it is."""
    spellings = read_spellings(table, column)
    return names.map(
        {name: spellings.get(fold(name), name) for name in names.dropna().unique()}, na_action="ignore"
    ).astype("str")


def check_repeats(frame: pd.DataFrame, keys: Sequence[str], label: str) -> None:
    """Refuse a table in which two rows count the same."""
    repeated = frame.index[frame.duplicated(list(keys))]
    if len(repeated):
        first = frame.loc[repeated[0]]
        what = ", ".join(map(str, first[list(keys)].dropna()))
        twin = frame.index[(frame[list(keys)].fillna("") == first[list(keys)].fillna("")).all(axis=1)][0]
        message = (
            f"{label}: row {repeated[0]} counts the same as row {twin} ({what}), and {len(repeated) - 1:,} more rows "
            f"repeat others. {_ADVICE}"
        )
        raise SourceError(message)


def _polices_area(name: object) -> bool:
    force = find_force(name) if isinstance(name, str) else None
    return force is not None and force[1] is not None


def _fill(frame: pd.DataFrame, text: str | None) -> pd.Series:
    return pd.Series(text, index=frame.index, dtype="str")


@cache
def _read_marks() -> Mapping[str, str]:
    return {row["mark"]: row["value_note"] for row in read_code_table(SOURCE, "open_value_marks.csv")}


def _fold_mark(cell: object) -> str:
    return " ".join(cell.casefold().split()) if isinstance(cell, str) else ""


@cache
def _build_schema(
    kind: str, columns: tuple[str, ...], counts: tuple[str, ...], checks: tuple[tuple[str, tuple[str, str]], ...]
) -> pa.DataFrameSchema:
    vintages = read_vintages(kind)
    patterns = {
        "financial_year": (FINANCIAL_YEAR + r"(?:\d{2})?", "a year like 2024/25"),
        "financial_quarter": (_QUARTER, "1 to 4, or Q1 to Q4"),
        **dict(checks),
    }
    made = {}
    for column in columns:
        heading = vintages.headings[column]
        if column in counts:
            marks = ", ".join(_read_marks())
            allowed = f"a whole number, or one of {marks}"
            pattern = f"(?i:{_NUMBER}|{'|'.join(re.escape(mark) for mark in _read_marks())})"
        else:
            pattern, allowed = patterns.get(column, (r"(?s).*\S.*", "a text"))
        made[column] = text_column(heading, pattern, allowed, required=column in vintages.required)
    return pa.DataFrameSchema(made, strict=True)
