"""NDTMS ViewIt: adults in drug and alcohol treatment by local authority and financial year, as ViewIt exports them.

Published by the Office for Health Improvement and Disparities under the Open Government Licence v3.0 at
https://www.ndtms.net/ViewIt/Adult ("all indicators for all local authorities"). What the file does, and what is done:

- One row is a year, area, sex, age group and substance group, with 239 figures beside one another; here every figure
  is a row.
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

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

import pandas as pd

from shp_analysis.errors import SourceError
from shp_analysis.readers.deliveries import Member
from shp_analysis.readers.ndtms_monthly import MARKS as MONTHLY_MARKS
from shp_analysis.readers.ndtms_monthly import (
    ROUNDED,
    ROUNDED_TO,
    SOURCE,
    find_gaps,
    group_column,
    read_marks,
    read_monthly,
)
from shp_analysis.readers.readers import (
    Frequency,
    Reader,
    Records,
    RecordTable,
    SourceFile,
    is_named_simulated,
    read_code_map,
    read_code_table,
)
from shp_analysis.readers.strict_csv import read_strict_csv
from shp_analysis.readers.tables import ADVICE, Column, Table, check_once, find_csv_files, refuse_first

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
GROUPS = {tidy: heading for heading, tidy in COLUMNS.items() if tidy in {"sex", "age_group", "substance_group"}}

_VIEWIT_MARKS = ("ReportingPeriod", "drug_group", "intreatment_allintx")
_KEY = list(COLUMNS.values())
_MEASURES = read_code_table(SOURCE, "viewit_measures.csv")
_HEADINGS = [row["heading"] for row in _MEASURES]


def _groups(column: str) -> dict[str, str]:
    return read_code_map(SOURCE, "viewit_groups.csv", "published", "tidy", column=column)


_ABOUT = Table(
    (
        Column("financial_year", ("ReportingPeriod",), r"20\d{2}/\d{2}", "a financial year like 2021/22"),
        Column("area_name", ("Area",), allowed="the name of an area"),
        *(group_column(column, heading, _groups(column)) for column, heading in GROUPS.items()),
    )
)


def _read_export(member: Member) -> pd.DataFrame:
    label = member.label
    frame = read_strict_csv(member.read(), {**COLUMNS, **dict(zip(_HEADINGS, _HEADINGS, strict=True))}, label)
    _ABOUT.finish(frame[_KEY], COLUMNS, label)
    years = frame["financial_year"]
    refuse_first(
        frame,
        (years.str.slice(2, 4).astype(int) + 1) % 100 != years.str.slice(5).astype(int),
        label,
        lambda row, _: f", column 'ReportingPeriod' says {years[row]!r}; allowed: a financial year like 2021/22",
    )
    for heading in _HEADINGS:
        _check_cells(frame, heading, label)
    frame = frame.assign(**{column: frame[column].map(_groups(column)) for column in GROUPS})
    frame["financial_year"] = frame["financial_year"].str.replace("/", "-")
    check_once(frame, _KEY, label)
    figures = frame.set_index(_KEY)[_HEADINGS].apply(pd.to_numeric, errors="coerce")
    for column in GROUPS:
        _check_sums(figures, column, label)
    return frame


def _check_cells(frame: pd.DataFrame, heading: str, label: str) -> None:
    """Refuse a cell that is neither a mark nor a whole multiple of 5."""
    marks, cells = read_marks(), frame[heading].dropna()
    figures = cells[~cells.isin(marks)]
    refuse_first(
        figures.to_frame(),
        ~figures.str.fullmatch(ROUNDED),
        label,
        lambda row, count: (
            f", column '{heading}' says {figures[row]!r}; allowed: a whole multiple of {ROUNDED_TO} or one of "
            f"{', '.join(mark for mark in marks if mark)}. Every figure that ViewIt publishes is rounded to "
            f"{ROUNDED_TO}; one that is not may name people. {count:,} of {len(frame):,} rows are so"
        ),
        f"Do not use this file, and export it again from {READER.address}.",
    )


def _check_sums(figures: pd.DataFrame, column: str, label: str) -> None:
    """Refuse a file in which the parts miss their totals by more than rounding explains."""
    found = find_gaps(figures, column, [part for part in dict.fromkeys(_groups(column).values()) if part != "all"])
    if found is None:
        return
    gaps, odd = found
    n_odd, n_sums = odd.to_numpy().sum(), gaps.notna().to_numpy().sum()
    if n_odd > MOST_ODD_SUMS * n_sums:
        heading = odd.any()[lambda wide: wide].index[0]
        raise SourceError(
            f"{label}: column '{heading}' misses its total over '{GROUPS[column]}' by {gaps[heading].max():,.0f} "
            f"({', '.join(odd.index[odd[heading]][0])}), more than rounding explains, and so do {n_odd:,} of "
            f"{n_sums:,} figures. Columns or rows were probably moved. {ADVICE}"
        )


def _lengthen(wide: pd.DataFrame) -> pd.DataFrame:
    long = wide.melt(id_vars=_KEY, value_vars=_HEADINGS, var_name="heading", value_name="cell")
    about = pd.DataFrame(_MEASURES).set_index("heading")
    for column in about.columns:
        long[column] = long["heading"].map(about[column]).astype("str")
    figures = pd.to_numeric(long["cell"], errors="coerce").astype("Int64")
    notes = long["cell"].fillna("").map(read_marks()).astype("str")
    return long.drop(columns=["heading", "cell"]).assign(count_rounded_to_5=figures, value_note=notes)


def _read_viewit(member: Member) -> Iterator[Records]:
    wide = _read_export(member)
    # An area at a time: an export of all of them makes thirty million figures.
    for _, rows in wide.groupby("area_name", sort=False):
        yield Records("ndtms_viewit", _lengthen(rows).astype(dict.fromkeys(_KEY, "str")), is_named_simulated(member))


def _find_files(members: Sequence[Member]) -> tuple[SourceFile, ...]:
    return (
        *find_csv_files(SOURCE, partial(_have_two, _VIEWIT_MARKS), _read_viewit, members),
        *find_csv_files(SOURCE, partial(_have_two, MONTHLY_MARKS), read_monthly, members),
    )


def _have_two(marks: Sequence[str], headings: Sequence[str]) -> bool:
    # Two of three are enough: a file that lost one is still ours to refuse.
    return len(set(marks) & set(headings)) > 1


READER = Reader(
    source=SOURCE,
    publisher="National Drug Treatment Monitoring System (Office for Health Improvement and Disparities)",
    address="https://www.ndtms.net/ViewIt/Adult",
    tables=(
        RecordTable("ndtms_viewit", Frequency.FINANCIAL_YEAR, "financial_year", ("area_name",)),
        RecordTable("ndtms_monthly", Frequency.MONTH, "month", ("area_name", "ages")),
    ),
    find_files=_find_files,
)
"""Neither layout has a place for a word of its own: a simulated file is known by its name, `simulated-…`."""
