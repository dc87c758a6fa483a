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

import calendar
import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from shp_analysis.errors import SourceError
from shp_analysis.readers.deliveries import Member, open_delivery
from shp_analysis.readers.readers import (
    Frequency,
    Reader,
    Records,
    RecordTable,
    SourceFile,
    read_code_table,
    says_simulated,
)
from shp_analysis.readers.strict_csv import check_records, read_headings, read_strict_csv

YEAR, QUARTER = 12, 3
"""Months."""
APRIL = 4
LONGEST_WINDOW_YEARS = 10
"""Pooled windows are of three years in the export looked at; at ten or more, a figure is taken to be damaged."""

_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name} | {"sept": 9}
_FORMS = (
    re.compile(r"(?P<first>\d{4})"),
    re.compile(r"(?P<first>\d{4}) ?[-–] ?(?P<last>\d{4}|\d{2})"),
    re.compile(r"(?P<first>\d{4})/(?P<next>\d{2})"),
    re.compile(r"(?P<first>\d{4})/(?P<next>\d{2}) ?[-–] ?(?P<last>\d{4}|\d{2})/(?P<end>\d{2})"),
    re.compile(r"(?P<first>\d{4})(?:/(?P<next>\d{2}))? ?Q(?P<quarter>[1-4])"),
    re.compile(r"(?P<month>[A-Z][a-z]{2,3}) (?P<first>\d{4})"),
)


@dataclass(frozen=True)
class Window:
    """The months that a time period covers.

    Attributes
    ----------
    start : pandas.Timestamp
        Its first day.
    months : int
        Its length.
    """

    start: pd.Timestamp
    months: int

    @property
    def slug(self) -> str:
        """Its name in files and tables: one for the same months, however a publisher writes them.

        `2019`, `2019-20` (April to March), `2016-18` (calendar years), `2019-to-2020` (two of them, which would read
        as a financial year), `2016-17-to-2018-19`, `2019-20-Q3` (October to December), `2019-03`. One indicator keeps
        to one kind, so that `2006-08` never is both three years and an August.
        """
        year, years = self.start.year, self.months // YEAR
        if self.months == 1:
            return f"{year}-{self.start.month:02d}"
        if self.months == QUARTER:
            first = year if self.start.month >= APRIL else year - 1
            return f"{_name_financial_year(first)}-Q{(self.start.month - APRIL) % YEAR // QUARTER + 1}"
        if self.start.month == APRIL:
            last = "" if years == 1 else f"-to-{_name_financial_year(year + years - 1)}"
            return f"{_name_financial_year(year)}{last}"
        return {1: f"{year}", 2: f"{year}-to-{year + 1}"}.get(years, f"{year}-{(year + years - 1) % 100:02d}")


def describe_window(time_period: str, where: str) -> Window:
    """Read a published time period.

    Parameters
    ----------
    time_period : str
        `"2016 - 18"`, `"2019/20"`, `"2019/20 Q3"` and so on.
    where : str
        File and row, for messages.

    Returns
    -------
    Window

    Raises
    ------
    SourceError
        Where it is written in none of the known ways, or describes no period.
    """
    for form in _FORMS:
        found = form.fullmatch(time_period)
        if found:
            window = _measure(found.groupdict())
            if window is not None:
                return window
    message = (
        f"{where}, column 'Time period' says {time_period!r}; allowed: a period like 2019, 2016 - 18, 2019/20, "
        "2016/17 - 18/19, 2019 Q3, 2019/20 Q3 or Mar 2019. Use the file as published."
    )
    raise SourceError(message)


def _name_financial_year(first: int) -> str:
    return f"{first}-{(first + 1) % 100:02d}"


def _measure(parts: dict[str, str | None]) -> Window | None:
    first = int(parts["first"] or 0)
    if _is_broken(parts.get("next"), first):
        return None
    last = _complete(parts.get("last") or str(first), first)
    if not 0 <= last - first < LONGEST_WINDOW_YEARS or _is_broken(parts.get("end"), last):
        return None
    month = APRIL if parts.get("next") else 1
    length = (last - first + 1) * YEAR
    if parts.get("quarter"):
        first, month = _shift(first, month, (int(parts["quarter"] or 0) - 1) * QUARTER)
        length = QUARTER
    if parts.get("month"):
        month, length = _MONTHS.get((parts["month"] or "").lower(), 0), 1
        if not month:
            return None
    return Window(pd.Timestamp(first, month, 1), length)


def _is_broken(short_year: str | None, year: int) -> bool:
    """Say whether the second half of a financial year is not the year after the first."""
    return short_year is not None and int(short_year) != (year + 1) % 100


def _complete(year: str, first: int) -> int:
    """Give a two-digit year the century in which it follows the first."""
    if len(year) > 2:  # noqa: PLR2004 - four digits stand as they are
        return int(year)
    return first + (int(year) - first) % 100


def _shift(year: int, month: int, months: int) -> tuple[int, int]:
    return year + (month - 1 + months) // YEAR, (month - 1 + months) % YEAR + 1


SOURCE = "fingertips"

COLUMNS: Mapping[str, str] = {
    "Indicator ID": "indicator_id",
    "Indicator Name": "indicator_name",
    "Parent Code": "parent_codes",
    "Parent Name": "parent_names",
    "Area Code": "area_code",
    "Area Name": "area_name",
    "Area Type": "area_type",
    "Sex": "sex",
    "Age": "age",
    "Category Type": "category_type",
    "Category": "category",
    "Time period": "time_period",
    "Value": "indicator_value",
    "Lower CI 95.0 limit": "lower_95",
    "Upper CI 95.0 limit": "upper_95",
    "Lower CI 99.8 limit": "lower_99_8",
    "Upper CI 99.8 limit": "upper_99_8",
    "Count": "numerator",
    "Denominator": "denominator",
    "Value note": "value_note",
    "Recent Trend": "recent_trend",
    "Compared to England value or percentiles": "compared_to_england",
    "Compared to parent value or percentiles": "compared_to_parent",
    "Time period Sortable": "time_period_sortable",
    "New data": "new_data",
    "Compared to goal": "compared_to_goal",
    "Time period range": "time_period_range",
}
"""The headings of a newer export, in their order, with the tidy names."""
FORMER_HEADINGS: Mapping[str, str] = {
    "Compared to subnational parent value or percentiles": "Compared to parent value or percentiles",
    "Compared to percentiles": "Compared to parent value or percentiles",
    "Compared to target": "Compared to goal",
    "Compared to Target": "Compared to goal",
}
"""Other names that a column has had. One more holds the parent's kind: "Compared to Region value or percentiles"."""
ADDED_LATER = ("Time period range",)
"""Columns that older exports do not have."""

_COMPARED_TO_PARENT = re.compile(r"Compared to (?!England ).+ value or percentiles")
NUMBERS = ("indicator_value", "lower_95", "upper_95", "lower_99_8", "upper_99_8", "numerator", "denominator")
LIMITS = (("lower_95", "upper_95"), ("lower_99_8", "upper_99_8"))
KEY = ["indicator_id", "area_code", "area_type", "sex", "age", "category_type", "category", "time_period"]
OF_PARENT = ("parent_codes", "parent_names", "compared_to_parent")
ADVICE = "Use the file as published."


def _text(title: str, pattern: str = r"\S.*", allowed: str = "some text", *, nullable: bool = False) -> pa.Column:
    check = pa.Check(lambda cells: cells.str.fullmatch(pattern), name=f"is like {pattern}")
    return pa.Column(str, check, nullable=nullable, title=title, description=allowed)


def _number(title: str, allowed: str, pattern: str) -> pa.Column:
    return _text(title, pattern, f"{allowed}, without thousands separators, or nothing", nullable=True)


_NOT_NEGATIVE = r"\d+(\.\d+)?([eE][-+]?\d{1,2})?"
_ANY_NUMBER = f"-?{_NOT_NEGATIVE}"
_AREA_CODE = r"(?![a-z][0-9]+$|[A-Z][0-9]{6,7}$|[A-Z][0-9]{9,}$)(?=.*[A-Za-z])[A-Za-z0-9-]{3,}"
"""An English code is a letter and eight digits, that of a practice a letter and five: not one cut short between."""
SCHEMA = pa.DataFrameSchema(
    {
        "indicator_id": _text("Indicator ID", r"\d{1,6}", "a whole number like 91380"),
        "indicator_name": _text("Indicator Name"),
        "parent_codes": _text("Parent Code", _AREA_CODE, "a code like E12000002, or nothing", nullable=True),
        "parent_names": _text("Parent Name", nullable=True),
        "area_code": _text("Area Code", _AREA_CODE, "a code like E06000006"),
        "area_name": _text("Area Name"),
        "area_type": _text("Area Type"),
        "sex": pa.Column(
            str,
            pa.Check.isin(("Persons", "Male", "Female", "Not applicable")),
            title="Sex",
            description="one of Persons, Male, Female, Not applicable",
        ),
        "age": _text("Age"),
        "category_type": _text("Category Type", nullable=True),
        "category": _text("Category", nullable=True),
        "time_period": _text("Time period"),
        "indicator_value": _number("Value", "a number", _ANY_NUMBER),
        "lower_95": _number("Lower CI 95.0 limit", "a number", _ANY_NUMBER),
        "upper_95": _number("Upper CI 95.0 limit", "a number", _ANY_NUMBER),
        "lower_99_8": _number("Lower CI 99.8 limit", "a number", _ANY_NUMBER),
        "upper_99_8": _number("Upper CI 99.8 limit", "a number", _ANY_NUMBER),
        "numerator": _number("Count", "a number of 0 or more", _NOT_NEGATIVE),
        "denominator": _number("Denominator", "a number of 0 or more", _NOT_NEGATIVE),
        "value_note": _text("Value note", nullable=True),
        "recent_trend": _text("Recent Trend", nullable=True),
        "compared_to_england": _text("Compared to England value or percentiles", nullable=True),
        "compared_to_parent": _text("Compared to parent value or percentiles", nullable=True),
        "time_period_sortable": _text("Time period Sortable", r"\d{8}", "eight digits like 20160000"),
        "new_data": _text("New data", nullable=True),
        "compared_to_goal": _text("Compared to goal", nullable=True),
        "time_period_range": _text("Time period range", nullable=True),
    },
    strict=True,
)
"""What each cell may say; numbers are made of the text afterwards, so that no word like "nan" becomes a blank."""


def match_columns(content: bytes) -> dict[str, str]:
    """Pair the headings of this file with the tidy names, whichever name a column has here.

    Returns
    -------
    dict of str to str
        For `strict_csv.read_strict_csv`; a column that is missing stands under its current heading.
    """
    first = content[: content.find(b"\n") + 1 or None].decode("utf-8-sig", errors="replace")
    found = {current_heading(heading): heading for heading in next(csv.reader([first.rstrip("\r\n")]), [])}
    return {
        found.get(heading, heading): tidy
        for heading, tidy in COLUMNS.items()
        if heading in found or heading not in ADDED_LATER
    }


def current_heading(heading: str) -> str:
    """Give the name that a column has now, by any that it has had."""
    if _COMPARED_TO_PARENT.fullmatch(heading):
        return "Compared to parent value or percentiles"
    return FORMER_HEADINGS.get(heading, heading)


def check_limits(frame: pd.DataFrame, label: str) -> None:
    """Refuse a file in which a value lies outside its own interval, as it does where columns were moved."""
    for lower, upper in LIMITS:
        # Missing limits compare as false, and so pass.
        outside = frame.index[
            (frame["indicator_value"] < frame[lower])
            | (frame["indicator_value"] > frame[upper])
            | (frame[lower] > frame[upper])
        ]
        if len(outside):
            row = frame.loc[outside[0]]
            raise SourceError(
                f"{label}: row {outside[0]}, column 'Value' says {row['indicator_value']:g}, which is not within its "
                f"limits {row[lower]:g} to {row[upper]:g} ({len(outside):,} of {len(frame):,} rows). Columns were "
                f"probably moved. {ADVICE}"
            )


def check_halves(frame: pd.DataFrame, label: str) -> None:
    """Refuse a row of a category that lacks its kind, or the other way round."""
    halves = frame.index[frame["category_type"].isna() != frame["category"].isna()]
    if len(halves):
        raise SourceError(
            f"{label}: row {halves[0]} has only one of 'Category Type' and 'Category' ({len(halves):,} of "
            f"{len(frame):,} rows); published rows have both or neither. {ADVICE}"
        )


def merge_parents(frame: pd.DataFrame) -> pd.DataFrame:
    """Make one row of those that agree in everything but the parent, and refuse those that contradict one another."""
    own = [column for column in frame.columns if column not in {*OF_PARENT, "_where"}]
    once = frame.drop_duplicates(own)
    twins = once[once.duplicated(KEY, keep=False)]
    if len(twins):
        first = twins.iloc[0]
        second = twins[(twins[KEY].fillna("") == first[KEY].fillna("")).all(axis=1)].iloc[1]
        raise SourceError(_describe_twins(first, second, own))
    if len(once) < len(frame):
        once = _join_parents(frame, once, own)
    return once.drop(columns="_where").reset_index(drop=True)


def _describe_twins(first: pd.Series, second: pd.Series, columns: list[str]) -> str:
    differing = next(column for column in columns if _printed(first[column]) != _printed(second[column]))
    heading = next((heading for heading, tidy in COLUMNS.items() if tidy == differing), differing)
    return (
        f"{second['_where']}, column '{heading}' says {_printed(second[differing])} for {second['area_name']}, "
        f"{second['sex']}, {second['time_period']}, and {first['_where']} says {_printed(first[differing])}. One area "
        "has one value in a period. Keep one of the two exports, or use the file as published."
    )


def _printed(cell: object) -> str:
    return "nothing" if pd.isna(cell) else str(cell)  # type: ignore[call-overload]


def _join_parents(frame: pd.DataFrame, once: pd.DataFrame, own: list[str]) -> pd.DataFrame:
    groups = frame.groupby(own, dropna=False, sort=False)
    row_of = groups.ngroup()
    joined = once.copy()
    for column in OF_PARENT:
        join = _agree if column == "compared_to_parent" else _list
        words = {row: join(cells.dropna().unique().tolist()) for row, cells in frame[column].groupby(row_of)}
        joined[column] = row_of.loc[once.index].map(words).astype("str")
    return joined


def _list(words: Iterable[str]) -> str | None:
    return "; ".join(words) or None


def _agree(words: Sequence[str]) -> str | None:
    # Better than one parent and worse than another is no one word: it stays missing.
    return words[0] if len(words) == 1 else None


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
