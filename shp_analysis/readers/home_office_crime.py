"""Home Office open data: what its tables beside recorded crime have in common.

Every table is of police forces, has a row for each combination of what it counts by, and has changed the spelling of
its headings over the years. `reference/home_office/open_headings.csv` lists the spellings, and where each is known
from; a heading that it does not list is refused, so that a column is never passed over.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import pandas as pd
import pandera.pandas as pa

from shp_analysis.errors import SourceError
from shp_analysis.readers.deliveries import Member
from shp_analysis.readers.home_office_layout import (
    COLUMNS,
    FINANCIAL_YEAR,
    OTHER_HEADINGS,
    SOURCE,
    UNASSIGNED,
    Kind,
    check_codes,
    check_copies,
    check_numbers,
    check_once,
    check_partnerships,
    check_quarters_once,
    check_years,
    choose_columns,
    find_force,
    fold,
    fold_place,
    read_schema,
    read_spellings,
    read_value_notes,
    spell_forces,
    text_column,
)
from shp_analysis.readers.readers import RecordTable, read_code_table, read_value_marks
from shp_analysis.readers.strict_csv import check_records, describe_swapped, find_swapped
from shp_analysis.readers.strict_sheet import Sheet, find_headings, fold_heading
from shp_analysis.readers.table_files import Columns, Table, read_tables
from shp_analysis.readers.tables import ADVICE, refuse_first

_TOTALS = ("total", "totals", "grand total", "all", "all forces", "all offences", "all outcomes", "england and wales")
_BEGINNING = "total "


def is_total(name: object) -> bool:
    """Say whether a cell names a sum of others: `Total`, `TOTAL recorded crime`, `England and Wales`."""
    folded = fold(name) if isinstance(name, str) else ""
    return folded in _TOTALS or folded.startswith(_BEGINNING)


def take_out_totals(
    frame: pd.DataFrame, keys: Sequence[str], counts: Sequence[str], label: str, *, some: pd.Series | None = None
) -> pd.DataFrame:
    """Hold the rows that are totals against the rows they add up, and leave them out.

    Parameters
    ----------
    frame : pandas.DataFrame
        Text, indexed by spreadsheet row.
    keys : sequence of str
        The columns that say what a row counts. In a total's row one or more of them say so, and those that are empty
        there are added up too.
    counts : sequence of str
        Columns of numbers; a cell that is no number is not compared.
    label : str
        How messages name the file.
    some : pandas.Series, optional
        True for rows that a total may be of alone, such as those of forces that police an area: England and Wales is
        published with and without the British Transport Police.

    Returns
    -------
    pandas.DataFrame
        The rows that are no totals.

    Raises
    ------
    SourceError
        Where a total is not the sum of its parts, or has none.
    """
    said = pd.DataFrame({key: frame[key].map({name: is_total(name) for name in frame[key].unique()}) for key in keys})
    is_sum = said.astype(bool).any(axis=1)
    if not is_sum.any():
        return frame
    parts = frame[~is_sum]
    numbers = {count: pd.to_numeric(frame[count], errors="coerce") for count in counts}
    for row in frame.index[is_sum]:
        fixed = [key for key in keys if not said.loc[row, key] and pd.notna(frame.loc[row, key])]
        own = parts.index[(parts[fixed] == frame.loc[row, fixed]).all(axis=1)]
        for count in counts:
            _compare(row, own, numbers[count], some, _describe(frame.loc[row, fixed]), label)
    return parts


def _compare(row: int, own: pd.Index, numbers: pd.Series, some: pd.Series | None, what: str, label: str) -> None:
    written, values = numbers[row], numbers[own]
    if not len(own):
        message = f"{label}: row {row} is a total{what}, and no row is a part of it. {ADVICE}"
        raise SourceError(message)
    sums = [values.sum()] if some is None else [values.sum(), values[some[own]].sum()]
    if pd.notna(written) and values.notna().all() and written not in sums:
        message = (
            f"{label}: row {row} is a total{what} and says {written:,.0f}, and its {len(own):,} parts add up to "
            f"{sums[0]:,.0f}. Rows are missing or were changed. {ADVICE}"
        )
        raise SourceError(message)


def _describe(fixed: pd.Series) -> str:
    words = ", ".join(str(value) for value in fixed)
    return f" of {words}" if words else ""


TIDY_COLUMNS = (
    "financial_year",
    "financial_quarter",
    "force_name",
    "csp_name",
    "csp_code",
    "offence_group",
    "offence_subgroup",
    "offence_description",
    "offence_code",
    "recorded_crimes",
    "value_note",
)
_SUMMED = ("financial_quarter", "offence_group", "offence_subgroup", "offence_description", "offence_code")
_YEAR_SHEET = re.compile(r"(?P<first>\d{4})[_-](?P<last>\d{2})")


def read_crime(member: Member, kind: Kind) -> Iterator[tuple[str, pd.DataFrame]]:
    """Read every table of recorded crime of a file, a financial year at a time.

    Parameters
    ----------
    member : Member
    kind : Kind

    Yields
    ------
    tuple of (str, pandas.DataFrame)
        How messages name the table, and its records: one row is one offence of one partnership (or force) in one
        quarter, as published: `TIDY_COLUMNS`. `financial_quarter` is the label of a period, "2017-18 Q1".
        `recorded_crimes` is a whole number, below zero where records were taken back, missing where `value_note` says
        why. `csp_code` is missing for `Unassigned` and for partnerships of old.

    Raises
    ------
    SourceError
        Where a table is not what it says it is, or a quarter is in two of a file's tables.
    """
    seen: dict[str, str] = {}
    tables = read_tables(
        member,
        lambda headings, label: choose_columns(headings, kind, label),
        lambda sheet, name: _choose_sheet(sheet, name, kind),
    )
    for table in tables:
        frame = _finish(table, kind)
        check_quarters_once(frame["financial_quarter"], table.label, seen)
        yield table.label, frame


def _choose_sheet(sheet: Sheet, name: str, kind: Kind) -> Columns | None:
    headings = find_headings(sheet, {*COLUMNS[kind], *OTHER_HEADINGS})
    if _YEAR_SHEET.fullmatch(name):
        return choose_columns(headings, kind, sheet.label)
    if len(headings) >= len(COLUMNS[kind]):
        message = (
            f"{sheet.label}: holds a table, and its name is no financial year like 2020_21. Use the file as published."
        )
        raise SourceError(message)
    return None


def _name_year(table: Table) -> str | None:
    year = _YEAR_SHEET.fullmatch(table.name)
    return f"{year['first']}-{year['last']}" if year else None


def _finish(table: Table, kind: Kind) -> pd.DataFrame:
    added = [str(column) for column in table.frame if str(column).startswith("added_")]
    places = ["force_name"] if kind is Kind.BY_FORCE else ["force_name", "csp_name"]
    frame = table.frame.drop(columns=added)
    frame = take_out_totals(frame, ["financial_year", *places, *_SUMMED], ["count"], table.label)
    frame = check_records(frame, read_schema(kind), table.label)
    if frame.empty:
        message = f"{table.label}: has headings and no rows. Fetch the file again."
        raise SourceError(message)
    frame = _spell(frame)
    check_years(frame, _name_year(table), table.label)
    check_copies(frame, places, table.label)
    check_once(frame, places, table.label)
    check_numbers(frame["count"], table.label)
    check_codes(frame, table.label)
    frame = _place(frame, table.label) if kind is Kind.BY_PARTNERSHIP else _without_place(frame)
    count = frame["count"]
    notes = read_value_notes()
    frame["recorded_crimes"] = count.mask(count.isin(notes)).astype("Int64")
    frame["value_note"] = count.map(notes).astype("str")
    return frame[list(TIDY_COLUMNS)]


def _spell(frame: pd.DataFrame) -> pd.DataFrame:
    """Write years, quarters and names one way."""
    years = frame["financial_year"].str.replace("/", "-")
    quarters = years + " Q" + frame["financial_quarter"].str.removeprefix("Q")
    return frame.assign(
        financial_year=years,
        financial_quarter=quarters,
        force_name=_respell(frame["force_name"], "forces.csv", "force_name"),
        offence_group=_respell(frame["offence_group"], "offence_subgroups.csv", "offence_group"),
        offence_subgroup=_respell(frame["offence_subgroup"], "offence_subgroups.csv", "offence_subgroup"),
        offence_description=_respell(frame["offence_description"], "offences.csv", "offence_description"),
    )


def _respell(names: pd.Series, table: str, column: str) -> pd.Series:
    spellings = read_spellings(table, column)
    return names.map({name: spellings.get(fold(name), name) for name in names.unique()}).astype("str")


def _place(frame: pd.DataFrame, label: str) -> pd.DataFrame:
    """Look up each partnership's code, and put everything unassigned under one name."""
    names = frame["csp_name"]
    is_unassigned = names.map({name: fold(str(name)).startswith(fold(UNASSIGNED)) for name in names.unique()})
    found = {name: _partnerships().get(fold_place(str(name)), ("", "", "")) for name in names.unique()}
    codes, spellings, forces = (names.map({name: row[n] for name, row in found.items()}) for n in range(3))
    force_codes = {row["force_name"]: row["force_area_code"] for row in read_code_table(SOURCE, "forces.csv")}
    frame = frame.assign(
        csp_code=codes.mask(codes == "").astype("str"),
        csp_name=spellings.where(spellings != "", names).mask(is_unassigned.astype(bool), UNASSIGNED).astype("str"),
        csp_force_area_code=forces,
        force_area_code=frame["force_name"].map(force_codes),
    )
    check_partnerships(frame[frame["csp_name"] != UNASSIGNED], label)
    return frame


def _without_place(frame: pd.DataFrame) -> pd.DataFrame:
    nothing = pd.Series(pd.NA, index=frame.index, dtype="str")
    return frame.assign(csp_name=nothing, csp_code=nothing)


@cache
def _partnerships() -> dict[str, tuple[str, str, str]]:
    """Give every partnership's code, name and police force area by its folded name."""
    rows = read_code_table(".", "local_authorities.csv")
    return {fold_place(row["csp_name"]): (row["csp_code"], row["csp_name"], row["force_area_code"]) for row in rows}


_REQUIRED, _LEFT_OUT = "required", "left out"
_NOTE_MARK = re.compile(r"\s*\[note \d+\]", re.IGNORECASE)
_QUARTER = r"(Q|Quarter )?[1-4]"
_NUMBER = r"-?\d{1,9}"
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
            message = f"{label}: the columns '{twin}' and '{heading}' are the same under two names. {ADVICE}"
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
    said = frame[list(keys)].fillna("")
    refuse_first(
        frame,
        frame.duplicated(list(keys)),
        label,
        lambda row, count: (
            f" counts the same as row {said.index[(said == said.loc[row]).all(axis=1)][0]} "
            f"({', '.join(map(str, filter(None, said.loc[row])))}), and {count - 1:,} more rows repeat others"
        ),
    )


def _polices_area(name: object) -> bool:
    force = find_force(name) if isinstance(name, str) else None
    return force is not None and force[1] is not None


def _fill(frame: pd.DataFrame, text: str | None) -> pd.Series:
    return pd.Series(text, index=frame.index, dtype="str")


@cache
def _read_marks() -> Mapping[str, str]:
    return read_value_marks(SOURCE, "open_value_marks.csv")


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
