"""NDTMS ViewIt: adults in drug and alcohol treatment by local authority and financial year, as ViewIt exports them.

Published by the Office for Health Improvement and Disparities under the Open Government Licence v3.0 at
https://www.ndtms.net/ViewIt/Adult ("all indicators for all local authorities"). What the file does, and what is done:

- One row is a year, area, sex, age group and substance group, with 239 figures beside one another; here every figure
  is a row. A whole export makes some thirty million of them: ask for areas and topics.
- Every figure is rounded to 5, so a 0 need not mean nobody. A file with any other figure is not the published export,
  and is refused: an unrounded one may name people.
- Because of the rounding, parts do not add up to their total. They may miss it by 2.5 for every figure involved; a
  file in which more of them miss it by more had its columns or rows moved.
- All people are written `Total` until 2020/21 and `TOTAL` since; here they are `all`, always.
- `NULL` is a figure that was not published that year (in the export looked at, always a whole year of a column). Marks
  of suppression, of which that export has none, are kept as notes. Neither is a zero.
- A person may be counted under several substances cited, interventions or disabilities: those figures are not parts
  of a total.
- Areas have names and no codes. Ages are those of adults (18 and over).

The monthly returns, which are provisional, are in `ndtms_monthly`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from shp_analysis.errors import RequestError, SourceError, suggest
from shp_analysis.readers.deliveries import Member, open_delivery
from shp_analysis.readers.ndtms_monthly import MARKS as MONTHLY_MARKS
from shp_analysis.readers.ndtms_monthly import read_monthly, read_monthly_file
from shp_analysis.readers.readers import (
    Frequency,
    Reader,
    Records,
    RecordTable,
    SourceFile,
    is_named_simulated,
    read_code_table,
)
from shp_analysis.readers.strict_csv import check_records, read_headings, read_strict_csv

__all__ = [
    "ADDRESS",
    "COLUMNS",
    "LICENCE",
    "PUBLISHER",
    "READER",
    "ROUNDED_TO",
    "SOURCE",
    "list_topics",
    "read_monthly",
    "read_viewit",
]

SOURCE = "ndtms"
PUBLISHER = "National Drug Treatment Monitoring System (Office for Health Improvement and Disparities)"
ADDRESS = "https://www.ndtms.net/ViewIt/Adult"
LICENCE = "Open Government Licence v3.0"

ROUNDED_TO = 5
"""Every published figure is a multiple of this."""
MOST_ODD_SUMS = 0.01
"""In the file that was looked at every sum is as near its total as rounding allows; this share may be further off."""

COLUMNS: Mapping[str, str] = {
    "ReportingPeriod": "financial_year",
    "Area": "area_name",
    "sex": "sex",
    "age_group": "age_group",
    "drug_group": "substance_group",
}
"""The headings that say what a row is about. Those of its figures are in `reference/ndtms/viewit_measures.csv`."""
GROUPS = ("sex", "age_group", "substance_group")

_VIEWIT, _MONTHLY = "ndtms_viewit", "ndtms_monthly"
_VIEWIT_MARKS = ("ReportingPeriod", "drug_group", "intreatment_allintx")
_KEY = list(COLUMNS.values())
_HEADINGS = {tidy: heading for heading, tidy in COLUMNS.items()}
_ADVICE = "Use the file as published."


def list_topics() -> tuple[str, ...]:
    """List the topics that `read_viewit` can be asked for."""
    return tuple(dict.fromkeys(row["topic"] for row in _measures()))


def read_viewit(
    path: Path, *, area_names: Collection[str] | None = None, topics: Collection[str] | None = None
) -> pd.DataFrame:
    """Read a ViewIt export of all indicators.

    Parameters
    ----------
    path : Path
        The CSV, or a folder or zip archive of several.
    area_names : collection of str, optional
        The areas wanted, as the file writes them; all if left out.
    topics : collection of str, optional
        The topics wanted, of `list_topics`; all if left out.

    Returns
    -------
    pandas.DataFrame
        One row is one figure: `financial_year` (`"2021-22"`), `area_name`, `sex`, `age_group`, `substance_group` (each
        may be `"all"`), `topic`, `measure`, `cohort` (`"all in treatment"`, `"new presentations"` or `"not stated"`),
        `counted` (`"people"` or `"children"`), `count_rounded_to_5` (whole number or missing), `value_note` (why it is
        missing). The groups overlap with their totals: filter on `"all"` before anything is summed.

    Raises
    ------
    RequestError
        Where an area or a topic is asked for that is not there.
    SourceError
        Where a file is not such an export, or holds a figure that is not rounded.
    """
    _check_request("topic", topics, list_topics())
    with open_delivery(path) as members:
        wide = _join([_read_export(member) for member in members if member.path.suffix.lower() == ".csv"], path)
    _check_request("area", area_names, wide["area_name"].unique().tolist())
    if area_names is not None:
        wide = wide[wide["area_name"].isin(area_names)]
    return _lengthen(wide, [row for row in _measures() if topics is None or row["topic"] in topics])


def _measures() -> tuple[Mapping[str, str], ...]:
    return read_code_table(SOURCE, "viewit_measures.csv")


def _headings() -> list[str]:
    return [row["heading"] for row in _measures()]


def _marks() -> dict[str, str]:
    return {row["mark"]: row["value_note"] for row in read_code_table(SOURCE, "viewit_marks.csv")}


def _groups(column: str) -> dict[str, str]:
    rows = read_code_table(SOURCE, "viewit_groups.csv")
    return {row["published"]: row["tidy"] for row in rows if row["column"] == column}


def _check_request(word: str, wanted: Collection[str] | None, there: Sequence[str]) -> None:
    for name in wanted or ():
        if name not in there:
            message = f"There is no {word} {name!r} in the file. {suggest(name, there)}".strip()
            raise RequestError(f"{message} {len(there)} are there: {', '.join(sorted(there)[:12])}.")


def _read_export(member: Member) -> pd.DataFrame:
    columns = {**COLUMNS, **{heading: heading for heading in _headings()}}
    frame = read_strict_csv(member.read(), columns, member.label)
    if frame.empty:
        raise SourceError(f"{member.label}: has headings and no rows. Export it again from {ADDRESS}.")
    check_records(frame[_KEY], _schema(), member.label)
    _check_years(frame["financial_year"], member.label)
    _check_cells(frame, member.label)
    for column in GROUPS:
        frame[column] = frame[column].map(_groups(column))
    frame["financial_year"] = frame["financial_year"].str.replace("/", "-")
    _check_twins(frame, member.label)
    _check_sums(frame, member.label)
    return frame


def _schema() -> pa.DataFrameSchema:
    def text(column: str, pattern: str, allowed: str) -> pa.Column:
        check = pa.Check(lambda cells: cells.str.fullmatch(pattern), name=f"is like {pattern}")
        return pa.Column(str, check, title=_HEADINGS[column], description=allowed)

    def group(column: str) -> pa.Column:
        codes = list(_groups(column))
        return pa.Column(str, pa.Check.isin(codes), title=_HEADINGS[column], description=f"one of {', '.join(codes)}")

    return pa.DataFrameSchema(
        {
            "financial_year": text("financial_year", r"20\d{2}/\d{2}", "a financial year like 2021/22"),
            "area_name": text("area_name", r"\S.*", "the name of an area"),
            **{column: group(column) for column in GROUPS},
        },
        strict=True,
    )


def _check_years(years: pd.Series, label: str) -> None:
    wrong = years[(years.str.slice(2, 4).astype(int) + 1) % 100 != years.str.slice(5).astype(int)]
    if len(wrong):
        raise SourceError(
            f"{label}: row {wrong.index[0]}, column 'ReportingPeriod' says {wrong.iloc[0]!r}; allowed: a financial "
            f"year like 2021/22. {_ADVICE}"
        )


def _check_cells(frame: pd.DataFrame, label: str) -> None:
    """Refuse a cell that is neither a mark nor a whole multiple of 5."""
    marks = _marks()
    for heading in _headings():
        cells = frame[heading].dropna()
        figures = cells[~cells.isin(marks)]
        wrong = figures[~figures.str.fullmatch(r"0|[1-9]\d*[05]|5")]
        if len(wrong):
            known = ", ".join(mark for mark in marks if mark)
            raise SourceError(
                f"{label}: row {wrong.index[0]}, column '{heading}' says {wrong.iloc[0]!r}; allowed: a whole multiple "
                f"of {ROUNDED_TO} or one of {known}. Every figure that ViewIt publishes is rounded to {ROUNDED_TO}; "
                f"one that is not may name people. {len(wrong):,} of {len(frame):,} rows are so. Do not use this file, "
                f"and export it again from {ADDRESS}."
            )


def _check_twins(frame: pd.DataFrame, label: str) -> None:
    twins = frame.index[frame.duplicated(_KEY)]
    if len(twins):
        row = frame.loc[twins[0]]
        first = frame.index[(frame[_KEY] == row[_KEY]).all(axis=1)][0]
        raise SourceError(
            f"{label}: row {twins[0]} is about the same year, area and groups as row {first} "
            f"({', '.join(row[_KEY])}). {_ADVICE}"
        )


def _check_sums(frame: pd.DataFrame, label: str) -> None:
    """Refuse a file in which the parts miss their totals by more than rounding explains."""
    figures = frame.set_index(_KEY)[_headings()].apply(pd.to_numeric, errors="coerce")
    for column in GROUPS:
        parts = [part for part in dict.fromkeys(_groups(column).values()) if part != "all"]
        groups = {part: rows.droplevel(column) for part, rows in figures.groupby(level=column)}
        if not groups.keys() >= {"all", *parts}:
            continue
        # A part that is missing, as a row or as a figure, leaves the sum missing, and the sum is not judged.
        gaps = (sum(groups[part] for part in parts) - groups["all"]).abs()
        odd = gaps > ROUNDED_TO / 2 * (len(parts) + 1)
        if odd.to_numpy().sum() > MOST_ODD_SUMS * gaps.notna().to_numpy().sum():
            heading = odd.any()[lambda found: found].index[0]
            where = ", ".join(odd.index[odd[heading]][0])
            raise SourceError(
                f"{label}: column '{heading}' misses its total over '{_HEADINGS[column]}' by "
                f"{gaps[heading].max():,.0f} ({where}), more than rounding explains, and so do "
                f"{odd.to_numpy().sum():,} of {gaps.notna().to_numpy().sum():,} figures. Columns or rows were probably "
                f"moved. {_ADVICE}"
            )


def _join(frames: list[pd.DataFrame], path: Path) -> pd.DataFrame:
    if not frames:
        raise SourceError(f"{path}: holds no CSV file. Check the path, or export it again from {ADDRESS}.")
    wide = pd.concat(frames)
    _check_twins(wide.reset_index(drop=True), str(path.name))
    return wide


def _lengthen(wide: pd.DataFrame, measures: Sequence[Mapping[str, str]]) -> pd.DataFrame:
    headings = [row["heading"] for row in measures]
    long = wide.melt(id_vars=_KEY, value_vars=headings, var_name="heading", value_name="cell")
    about = pd.DataFrame(measures).set_index("heading")
    for column in about.columns:
        long[column] = long["heading"].map(about[column]).astype("str")
    figures = pd.to_numeric(long["cell"], errors="coerce").astype("Int64")
    notes = long["cell"].fillna("").map(_marks()).astype("str")
    return long.drop(columns=["heading", "cell"]).assign(count_rounded_to_5=figures, value_note=notes)


def _find_files(members: Sequence[Member]) -> tuple[SourceFile, ...]:
    found = []
    for member in members:
        if member.path.suffix.lower() != ".csv":
            continue
        headings = read_headings(member.read_start())
        for marks, read in ((_VIEWIT_MARKS, _read_viewit_records), (MONTHLY_MARKS, _read_monthly_records)):
            # Two of three are enough: a file that lost one is still ours to refuse.
            if len(set(marks) & set(headings)) > 1:
                found.append(SourceFile(SOURCE, member, headings, partial(read, member)))
    return tuple(found)


def _read_viewit_records(member: Member) -> Iterator[Records]:
    wide = _read_export(member)
    # An area at a time: an export of all of them makes thirty million figures.
    for _, rows in wide.groupby("area_name", sort=False):
        long = _lengthen(rows, _measures()).astype(dict.fromkeys(_KEY, "str"))
        yield Records(_VIEWIT, long, is_named_simulated(member))


def _read_monthly_records(member: Member) -> Iterator[Records]:
    yield Records(_MONTHLY, read_monthly_file(member), is_named_simulated(member))


READER = Reader(
    source=SOURCE,
    publisher=PUBLISHER,
    address=ADDRESS,
    licence=LICENCE,
    tables=(
        RecordTable(_VIEWIT, Frequency.FINANCIAL_YEAR, "financial_year", ("area_name",)),
        RecordTable(_MONTHLY, Frequency.MONTH, "month", ("area_name", "ages")),
    ),
    find_files=_find_files,
)
"""Neither layout has a place for a word of its own: a simulated file is known by its name, `simulated-…`."""
