"""OHID Fingertips: one indicator's values for every area and period, as the site and its API export them to CSV.

Published by the Office for Health Improvement and Disparities under the Open Government Licence v3.0 at
https://fingertips.phe.org.uk/. What the files do, and what is done:

- Older exports have 26 columns, newer ones 27 (`Time period range`); the 23rd has had four names, one of which holds
  the kind of parent area. Columns are read by name, never by position.
- `Value` may be blank with a note ("number of cases is too small") while `Count` is there. The value stays missing and
  the note is kept; nobody makes a rate of the count.
- Windows of three years are published every year and share two years with their neighbours. No trend is
  tested on such a series.
- Rows of a deprivation decile carry England's own code. They are a table of
  their own (`fingertips_categories`), so that England is never there eleven times.
- An area is published once under every parent it has. Rows that agree in everything but the parent are one row here,
  with all its parents; rows that contradict one another are refused.
- The file does not say what a value is measured in. `value_unit` does where `reference/fingertips` knows it.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import pandas as pd

from shp_analysis.errors import SourceError
from shp_analysis.readers.deliveries import Member
from shp_analysis.readers.readers import (
    Frequency,
    Reader,
    Records,
    RecordTable,
    read_code_table,
    says_simulated,
)
from shp_analysis.readers.tables import Column, Table, find_csv_files, refuse_first

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

FORMER_HEADINGS: Mapping[str, str] = {
    "Compared to subnational parent value or percentiles": "Compared to parent value or percentiles",
    "Compared to percentiles": "Compared to parent value or percentiles",
    "Compared to target": "Compared to goal",
    "Compared to Target": "Compared to goal",
}
"""Other names that a column has had. One more holds the parent's kind: "Compared to Region value or percentiles"."""

_COMPARED_TO_PARENT = re.compile(r"Compared to (?!England ).+ value or percentiles")
LIMITS = (("lower_95", "upper_95"), ("lower_99_8", "upper_99_8"))
KEY = ["indicator_id", "area_code", "area_type", "sex", "age", "category_type", "category", "time_period"]
OF_PARENT = ("parent_codes", "parent_names", "compared_to_parent")
SEXES = ("Persons", "Male", "Female", "Not applicable")


def current_heading(heading: str) -> str:
    """Give the name that a column has now, by any that it has had."""
    if _COMPARED_TO_PARENT.fullmatch(heading):
        return "Compared to parent value or percentiles"
    return FORMER_HEADINGS.get(heading, heading)


def _text(name: str, heading: str, *, nullable: bool = True) -> Column:
    return Column(name, (heading,), is_nullable=nullable)


def _number(name: str, heading: str, sign: str = "-?", allowed: str = "a number") -> Column:
    return Column(
        name,
        (heading,),
        rf"{sign}\d+(\.\d+)?([eE][-+]?\d{{1,2}})?",
        f"{allowed}, without thousands separators, or nothing",
        "float64",
        is_nullable=True,
    )


_AREA_CODE = r"(?![a-z][0-9]+$|[A-Z][0-9]{6,7}$|[A-Z][0-9]{9,}$)(?=.*[A-Za-z])[A-Za-z0-9-]{3,}"
"""An English code is a letter and eight digits, that of a practice a letter and five: not one cut short between."""
EXPORT = Table(
    (
        Column("indicator_id", ("Indicator ID",), r"\d{1,6}", "a whole number like 91380"),
        _text("indicator_name", "Indicator Name", nullable=False),
        Column("parent_codes", ("Parent Code",), _AREA_CODE, "a code like E12000002, or nothing", is_nullable=True),
        _text("parent_names", "Parent Name"),
        Column("area_code", ("Area Code",), _AREA_CODE, "a code like E06000006"),
        _text("area_name", "Area Name", nullable=False),
        _text("area_type", "Area Type", nullable=False),
        Column("sex", ("Sex",), "|".join(SEXES), f"one of {', '.join(SEXES)}"),
        _text("age", "Age", nullable=False),
        _text("category_type", "Category Type"),
        _text("category", "Category"),
        _text("time_period", "Time period", nullable=False),
        _number("indicator_value", "Value"),
        _number("lower_95", "Lower CI 95.0 limit"),
        _number("upper_95", "Upper CI 95.0 limit"),
        _number("lower_99_8", "Lower CI 99.8 limit"),
        _number("upper_99_8", "Upper CI 99.8 limit"),
        _number("numerator", "Count", "", "a number of 0 or more"),
        _number("denominator", "Denominator", "", "a number of 0 or more"),
        _text("value_note", "Value note"),
        _text("recent_trend", "Recent Trend"),
        _text("compared_to_england", "Compared to England value or percentiles"),
        _text("compared_to_parent", "Compared to parent value or percentiles"),
        Column("time_period_sortable", ("Time period Sortable",), r"\d{8}", "eight digits like 20160000"),
        _text("new_data", "New data"),
        _text("compared_to_goal", "Compared to goal"),
        Column("time_period_range", ("Time period range",), is_nullable=True, is_in_every_vintage=False),
    ),
    fold=current_heading,
    fewest_headings=15,
)
"""An export has 26 or 27 headings; a file with 15 of them is one, also where some are damaged."""
COLUMNS = {column.headings[0]: column.name for column in EXPORT.columns}
"""The headings of a newer export, in their order, with the tidy names."""


def _check_limits(frame: pd.DataFrame, lower: str, upper: str, label: str) -> None:
    """Refuse a file in which a value lies outside its own interval, as it does where columns were moved."""
    values = frame["indicator_value"]
    # Missing limits compare as false, and so pass.
    outside = (values < frame[lower]) | (values > frame[upper]) | (frame[lower] > frame[upper])
    refuse_first(
        frame,
        outside,
        label,
        lambda row, count: (
            f", column 'Value' says {values[row]:g}, which is not within its limits {frame[lower][row]:g} to "
            f"{frame[upper][row]:g} ({count:,} of {len(frame):,} rows). Columns were probably moved"
        ),
    )


def _check_halves(frame: pd.DataFrame, label: str) -> None:
    """Refuse a row of a category that lacks its kind, or the other way round."""
    refuse_first(
        frame,
        frame["category_type"].isna() != frame["category"].isna(),
        label,
        lambda _, count: (
            f" has only one of 'Category Type' and 'Category' ({count:,} of {len(frame):,} rows); published rows have "
            "both or neither"
        ),
    )


def _merge_parents(frame: pd.DataFrame, label: str) -> pd.DataFrame:
    """Make one row of those that agree in everything but the parent, and refuse those that contradict one another."""
    own = [column for column in frame.columns if column not in OF_PARENT]
    once = frame.drop_duplicates(own)
    twins = once[once.duplicated(KEY, keep=False)]
    if len(twins):
        first = twins.iloc[0]
        second = twins[(twins[KEY].fillna("") == first[KEY].fillna("")).all(axis=1)].iloc[1]
        raise SourceError(_describe_twins(first, second, own, label))
    if len(once) < len(frame):
        once = _join_parents(frame, once, own)
    return once.reset_index(drop=True)


def _describe_twins(first: pd.Series, second: pd.Series, columns: list[str], label: str) -> str:
    differing = next(column for column in columns if _printed(first[column]) != _printed(second[column]))
    heading = next((heading for heading, tidy in COLUMNS.items() if tidy == differing), differing)
    return (
        f"{label}: row {second.name}, column '{heading}' says {_printed(second[differing])} for "
        f"{second['area_name']}, {second['sex']}, {second['time_period']}, and {label}: row {first.name} says "
        f"{_printed(first[differing])}. One area has one value in a period. Keep one of the two exports, or use the "
        "file as published."
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


_INDICATORS, _CATEGORIES = "fingertips_indicators", "fingertips_categories"
_OF_CATEGORIES = ["category_type", "category"]
KEYS = ("indicator_id", "area_code", "sex", "age", "period")
"""What one published figure is of."""
VALUES = ("indicator_value", "lower_95", "upper_95", "numerator", "denominator")
_FREE_TEXT = ("indicator_name", "value_note")
"""Where a simulated export says so."""


def _read_export(member: Member) -> pd.DataFrame:
    label = member.label
    frame = EXPORT.read_content(member.read(), label)
    for lower, upper in LIMITS:
        _check_limits(frame, lower, upper, label)
    _check_halves(frame, label)
    frame = _merge_parents(_add_windows(frame, label), label)
    units = {row["indicator_id"]: row["value_unit"] for row in read_code_table(SOURCE, "indicator_units.csv")}
    value_unit = frame["indicator_id"].map(units).astype("str")
    return frame.drop(columns="period").assign(value_unit=value_unit, period=frame["period"])


def _add_windows(frame: pd.DataFrame, label: str) -> pd.DataFrame:
    periods = frame["time_period"].drop_duplicates()
    windows = {period: describe_window(period, f"{label}: row {row}") for row, period in periods.items()}
    starts = frame["time_period"].map({period: window.start for period, window in windows.items()})
    years = frame["time_period"].map({period: window.months / 12 for period, window in windows.items()})
    refuse_first(
        frame,
        starts.dt.year.astype("str") != frame["time_period_sortable"].str.slice(stop=4),
        label,
        lambda row, count: (
            f", column 'Time period' says {frame.loc[row, 'time_period']!r} and column 'Time period Sortable' "
            f"{frame.loc[row, 'time_period_sortable']!r}; both begin with the same year in published rows ({count:,} "
            f"of {len(frame):,} rows do not)"
        ),
    )
    names = frame["time_period"].map({period: window.slug for period, window in windows.items()})
    return frame.drop(columns="time_period_sortable").assign(
        period_start=starts.astype("datetime64[us]"), window_years=years, period=names.astype("str")
    )


def _read_records(member: Member) -> Iterator[Records]:
    frame = _read_export(member)
    simulated = says_simulated(frame, _FREE_TEXT)
    is_category = frame["category_type"].notna()
    areas = frame[~is_category].drop(columns=_OF_CATEGORIES).reset_index(drop=True)
    if len(areas):
        yield Records(_INDICATORS, areas, simulated)
    if is_category.any():
        yield Records(_CATEGORIES, frame[is_category].reset_index(drop=True), simulated)


READER = Reader(
    source=SOURCE,
    publisher="Office for Health Improvement and Disparities (Fingertips)",
    address="https://fingertips.phe.org.uk/",
    # By kind of area too: an export of districts does not take the place of one of counties. But a council is the same
    # whatever its kind is called, and the names change with every year of boundaries.
    tables=tuple(
        RecordTable(name, Frequency.WINDOW, "period", ("indicator_id", "area_type"), keys, VALUES)
        for name, keys in ((_INDICATORS, KEYS), (_CATEGORIES, (*KEYS, *_OF_CATEGORIES)))
    ),
    find_files=partial(find_csv_files, SOURCE, EXPORT.claims, _read_records),
)
