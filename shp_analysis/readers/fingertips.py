"""OHID Fingertips: one indicator's values for every area and period, as the site and its API export them to CSV.

Published by the Office for Health Improvement and Disparities under the Open Government Licence v3.0 at
https://fingertips.phe.org.uk/. What the files do, and what is done:

- Older exports have 26 columns, newer ones 27 (`Time period range`); the 23rd has had four names, one of which holds
  the kind of parent area. Columns are read by name, never by position.
- `Value` may be blank with a note ("number of cases is too small") while `Count` is there. The value stays missing and
  the note is kept; nobody makes a rate of the count.
- Windows of three years are published every year and share two years with their neighbours. `windows_overlap` says so
  on every row: no trend is tested on such a series.
- Rows of a deprivation decile carry England's own code. `read_fingertips` leaves them out and
  `read_fingertips_categories` gives only them, so that England is never there eleven times.
- An area is published once under every parent it has. Rows that agree in everything but the parent are one row here,
  with all its parents; rows that contradict one another are refused.
- The file does not say what a value is measured in. `value_unit` does where `reference/fingertips` knows it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path

import pandas as pd

from shp_analysis.errors import SourceError
from shp_analysis.readers.code_tables import read_code_table
from shp_analysis.readers.deliveries import Member, open_delivery
from shp_analysis.readers.fingertips_checks import check_halves, check_limits, merge_parents
from shp_analysis.readers.fingertips_layout import (
    ADVICE,
    COLUMNS,
    FORMER_HEADINGS,
    NUMBERS,
    SCHEMA,
    SOURCE,
    current_heading,
    match_columns,
)
from shp_analysis.readers.fingertips_periods import describe_window
from shp_analysis.readers.readers import Frequency, Reader, Records, RecordTable, SourceFile
from shp_analysis.readers.simulated_marks import says_simulated
from shp_analysis.readers.single_tables import read_headings
from shp_analysis.readers.strict_csv import check_records, read_strict_csv

__all__ = [
    "ADDRESS",
    "COLUMNS",
    "FORMER_HEADINGS",
    "LICENCE",
    "PUBLISHER",
    "READER",
    "SCHEMA",
    "SOURCE",
    "find_overlapping_windows",
    "read_fingertips",
    "read_fingertips_categories",
]

PUBLISHER = "Office for Health Improvement and Disparities (Fingertips)"
ADDRESS = "https://fingertips.phe.org.uk/"
LICENCE = "Open Government Licence v3.0"

_INDICATORS, _CATEGORIES = "fingertips_indicators", "fingertips_categories"
_OF_CATEGORIES = ["category_type", "category"]
_HEADINGS_THAT_TELL = 15
"""An export has 26 or 27 headings; a file with so many of them is one, also where some are damaged."""
KEYS = ("indicator_id", "area_code", "sex", "age", "period")
"""What one published figure is of."""
VALUES = ("indicator_value", "lower_95", "upper_95", "numerator", "denominator")
_FREE_TEXT = ("indicator_name", "value_note")
"""Where a simulated export says so."""


def read_fingertips(path: Path) -> pd.DataFrame:
    """Read the areas' values of an export, without the rows of deprivation deciles and other categories.

    Parameters
    ----------
    path : Path
        A CSV export, or a folder or zip archive of several.

    Returns
    -------
    pandas.DataFrame
        One row is one indicator, area, sex, age and period: the columns of `COLUMNS` under their tidy names without
        `category_type`, `category` and `time_period_sortable`, and

        - `period_start` (timestamp) and `window_years` (float), the window that `time_period` describes;
        - `windows_overlap` (bool), true where any two windows of the indicator in this delivery share a month: test
          no trend on them;
        - `value_unit`, missing where it is not known. `indicator_value` and its limits are in this unit.

        `parent_codes` and `parent_names` list all parents, parted by `"; "`. `numerator` is the published count, which
        may be fractional. A missing `indicator_value` keeps its reason in `value_note`.

    Raises
    ------
    SourceError
        Where a file is not such an export, a cell is not allowed, or two rows contradict one another.
    """
    frame = _read_all(path)
    areas = frame[frame["category_type"].isna()]
    return areas.drop(columns=_OF_CATEGORIES).reset_index(drop=True)


def read_fingertips_categories(path: Path) -> pd.DataFrame:
    """Read an export's rows of deprivation deciles and other categories, which carry the code of the whole area.

    Parameters
    ----------
    path : Path
        As `read_fingertips`.

    Returns
    -------
    pandas.DataFrame
        As `read_fingertips`, with `category_type` and `category`; empty where the export has none.

    Raises
    ------
    SourceError
        As `read_fingertips`.
    """
    frame = _read_all(path)
    return frame[frame["category_type"].notna()].reset_index(drop=True)


def find_overlapping_windows(frame: pd.DataFrame) -> pd.Series:
    """Say of every row whether any two windows of its indicator share a month.

    Ask it of all the records of an indicator together: two exports of one window each overlap only side by side, so
    the records in the store do not say it.

    Parameters
    ----------
    frame : pandas.DataFrame
        With `indicator_id`, `period_start` and `window_years`.

    Returns
    -------
    pandas.Series
        Of bool; where it is true, test no trend.
    """
    overlapping = set()
    windows = frame[["indicator_id", "period_start", "window_years"]].drop_duplicates()
    for indicator, those in windows.groupby("indicator_id"):
        months = those["period_start"].dt.year * 12 + those["period_start"].dt.month
        spans = sorted(zip(months, months + (those["window_years"] * 12).round(), strict=True))
        if any(later[0] < earlier[1] for earlier, later in pairwise(spans)):
            overlapping.add(indicator)
    return frame["indicator_id"].isin(overlapping)


def _read_all(path: Path) -> pd.DataFrame:
    with open_delivery(path) as members:
        files = [member for member in members if member.path.suffix.lower() == ".csv"]
        frames = [_read_export(member) for member in files]
    if not frames:
        message = f"{path}: holds no CSV file. Check the path, or export the indicator again from {ADDRESS}."
        raise SourceError(message)
    frame = _finish(frames)
    return frame.assign(windows_overlap=find_overlapping_windows(frame))


def _finish(exports: Sequence[pd.DataFrame]) -> pd.DataFrame:
    frame = merge_parents(pd.concat(exports, ignore_index=True))
    units = {row["indicator_id"]: row["value_unit"] for row in read_code_table(SOURCE, "indicator_units.csv")}
    return frame.assign(value_unit=frame["indicator_id"].map(units).astype("str"))


def _read_export(member: Member) -> pd.DataFrame:
    content, label = member.read(), member.label
    frame = read_strict_csv(content, match_columns(content), label)
    if frame.empty:
        raise SourceError(f"{label}: has headings and no rows. Export the indicator again from {ADDRESS}.")
    frame = frame.reindex(columns=list(COLUMNS.values())).astype({"time_period_range": "str"})
    frame = check_records(frame, SCHEMA, label).astype(dict.fromkeys(NUMBERS, float))
    check_limits(frame, label)
    check_halves(frame, label)
    frame = _add_windows(frame, label)
    return frame.assign(_where=[f"{label}: row {row}" for row in frame.index])


def _add_windows(frame: pd.DataFrame, label: str) -> pd.DataFrame:
    periods = frame["time_period"].drop_duplicates()
    windows = {period: describe_window(period, f"{label}: row {row}") for row, period in periods.items()}
    starts = frame["time_period"].map({period: window.start for period, window in windows.items()})
    years = frame["time_period"].map({period: window.months / 12 for period, window in windows.items()})
    wrong = frame.index[starts.dt.year.astype("str") != frame["time_period_sortable"].str.slice(stop=4)]
    if len(wrong):
        row = frame.loc[wrong[0]]
        raise SourceError(
            f"{label}: row {wrong[0]}, column 'Time period' says {row['time_period']!r} and column "
            f"'Time period Sortable' {row['time_period_sortable']!r}; both begin with the same year in published rows "
            f"({len(wrong):,} of {len(frame):,} rows do not). {ADVICE}"
        )
    return frame.drop(columns="time_period_sortable").assign(period_start=starts, window_years=years)


def _find_files(members: Sequence[Member]) -> tuple[SourceFile, ...]:
    found = []
    for member in members:
        if member.path.suffix.lower() == ".csv":
            headings = read_headings(member.read_start())
            if len(COLUMNS.keys() & set(map(current_heading, headings))) >= _HEADINGS_THAT_TELL:
                found.append(SourceFile(SOURCE, member, headings, partial(_read_records, member)))
    return tuple(found)


def _read_records(member: Member) -> Iterator[Records]:
    frame = _finish([_read_export(member)])
    starts = frame["period_start"].astype("datetime64[us]")
    frame = frame.assign(period_start=starts, period=_name_periods(frame["time_period"]))
    simulated = says_simulated(frame, _FREE_TEXT)
    is_category = frame["category_type"].notna()
    areas = frame[~is_category].drop(columns=_OF_CATEGORIES).reset_index(drop=True)
    if len(areas):
        yield Records(_INDICATORS, areas, simulated)
    if is_category.any():
        yield Records(_CATEGORIES, frame[is_category].reset_index(drop=True), simulated)


def _name_periods(time_periods: pd.Series) -> pd.Series:
    names = {period: describe_window(period, "an export").slug for period in time_periods.unique()}
    return time_periods.map(names).astype("str")


READER = Reader(
    source=SOURCE,
    publisher=PUBLISHER,
    address=ADDRESS,
    licence=LICENCE,
    # By kind of area too: an export of districts does not take the place of one of counties. But a council is the same
    # whatever its kind is called, and the names change with every year of boundaries.
    tables=tuple(
        RecordTable(name, Frequency.WINDOW, "period", ("indicator_id", "area_type"), keys, VALUES)
        for name, keys in ((_INDICATORS, KEYS), (_CATEGORIES, (*KEYS, *_OF_CATEGORIES)))
    ),
    find_files=_find_files,
)
