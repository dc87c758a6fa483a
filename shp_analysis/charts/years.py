"""Whole years beside each other, each with the range that chance alone would give it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from shp_analysis.assessments import Assessment
from shp_analysis.briefing.data_tables import Cell, Column, DataTable, build_table
from shp_analysis.briefing.parts import Figure, Notes
from shp_analysis.charts.break_marks import mark_breaks
from shp_analysis.charts.drawing import DESK, NO_REASON, draw
from shp_analysis.charts.notes import list_breaks, name_breaks, say_not_received
from shp_analysis.charts.ranges import plot_ranges
from shp_analysis.periods import Month, Period
from shp_analysis.sentences import name_with_area, say_caveat, state, state_title
from shp_analysis.statistics.intervals import interval_of_count
from shp_analysis.style import format_count, format_rate
from shp_analysis.text.lists import list_names
from shp_analysis.workbook import Run

if TYPE_CHECKING:
    from matplotlib.axes import Axes


MONTHS_IN_YEAR = 12
DAYS_IN_YEAR = 365.25
MOST_YEARS = 10


@dataclass(frozen=True)
class Year:
    """A whole year of an indicator.

    Attributes
    ----------
    period : Period
    value, lower, upper : float
        A count. The ends are NaN where chance alone does not say how much the figure varies.
    """

    period: Period
    value: float
    lower: float
    upper: float


def plot_yearly_counts(run: Run, *indicators: str) -> Figure | Notes:
    """Draw some indicators of one unit year by year.

    Parameters
    ----------
    run : Run
    *indicators : str
        Ids or names; the title tells of the first.

    Returns
    -------
    Figure or Notes
        A line where nothing was received.
    """
    shown = [run.assessment(each) for each in indicators]
    series = [list_years(each) for each in shown]
    if not any(series):
        return say_not_received(shown)
    periods = sorted({year.period for years in series for year in years}, key=lambda each: each.start)
    first, names = shown[0], [each.indicator.name for each in shown]
    breaks = list_breaks(first, periods[0].start, periods[-1].end)

    def paint(axes: Axes) -> None:
        draw_years(axes, series, names, periods, first.indicator.numerator)
        mark_breaks(axes, breaks, lambda day: (day - periods[0].start).days / DAYS_IN_YEAR - 0.5)

    definitions = [each.indicator.definition for each in shown]
    return Figure(
        title=state_title(first),
        picture=draw(paint, DESK),
        narrow_picture=draw(paint, "narrow"),
        alternative_text=_describe(shown, series),
        caption=" ".join((*definitions, _explain_ranges(series), *name_breaks(breaks))),
        table=_tabulate(shown, series, periods),
        can_conclude=tuple(state(each) for each in shown),
        cannot_conclude=f"{NO_REASON} Some of several years will differ by chance. {say_caveat(first)}",
        verdict=first.verdict.value,
    )


def list_years(assessment: Assessment) -> list[Year]:
    """Give the years back from the one that ends with the indicator's period, as long as they are whole.

    Parameters
    ----------
    assessment : Assessment

    Returns
    -------
    list of Year
        Oldest first.
    """
    by_month = _count_months(assessment)
    period = assessment.period
    year = period if len(period.months) == MONTHS_IN_YEAR else period.twelve_months_to_end()
    found: list[Year] = []
    while len(found) < MOST_YEARS and any(month in by_month for month in year.months):
        held = [by_month[month] for month in year.months if month in by_month]
        if len(held) == MONTHS_IN_YEAR:
            found.append(_make_year(year, held))
        year = year.same_last_year()
    return found[::-1]


def _make_year(year: Period, held: Sequence[float]) -> Year:
    count = round(sum(held), 6)  # thirds of a quarter add up to its count but for the last digits
    if not count.is_integer():  # weighted counts: chance alone does not say how much they vary
        return Year(year, count, math.nan, math.nan)
    low, high = interval_of_count([count])
    return Year(year, count, float(low[0]), float(high[0]))


def _count_months(assessment: Assessment) -> dict[Month, float]:
    """Give each month its part of a count; a quarter's count is parted evenly over its months."""
    series = assessment.signals.series if assessment.signals else None
    if series is not None and series.months_each == 1:
        counts = zip(series.periods, series.counts, strict=True)
        return {each.months[0]: count for each, count in counts if not math.isnan(count)}
    columns = ("period_start", "period_end", "numerator")
    found = {}
    for start, end, count in zip(*(assessment.months[name].tolist() for name in columns), strict=True):
        months = [Month.containing(start)]
        while months[-1].end < end:
            months.append(months[-1].next())
        found.update({month: float(count) / len(months) for month in months})
    return found


def _explain_ranges(series: Sequence[Sequence[Year]]) -> str:
    are_weighted = {math.isnan(year.lower) for years in series for year in years}
    told = ["Dots: whole years."]
    told += ["Lines: the 95% range that chance alone would give."] if False in are_weighted else []
    told += (
        ["A dot without a line is a weighted count: chance alone gives it no range."] if True in are_weighted else []
    )
    return " ".join(told)


def draw_years(
    axes: Axes, series: Sequence[Sequence[Year]], names: Sequence[str], periods: Sequence[Period], unit: str
) -> None:
    """Draw a dot with its range for every year of every series, those of one year side by side."""
    held = {(name, year.period.start.year): year for name, years in zip(names, series, strict=True) for year in years}
    words = {each.start.year: _short(each) for each in periods}
    # A year that was not received keeps its place.
    rows = [
        (words.get(year, str(year)), name, *_read(held.get((name, year))))
        for year in range(periods[0].start.year, periods[-1].start.year + 1)
        for name in names
    ]
    frame = pd.DataFrame(rows, columns=["name", "series", "value", "lower", "upper"])
    plot_ranges(frame, color="series" if len(names) > 1 else None, orient="v", unit=unit, ax=axes)


def _read(year: Year | None) -> tuple[float, float, float]:
    return (math.nan, math.nan, math.nan) if year is None else (year.value, year.lower, year.upper)


def _short(period: Period) -> str:
    """Write a year under the axis: `2024`, or `to Mar 2025`."""
    is_calendar = period.start.month == 1
    return str(period.start.year) if is_calendar else f"to {period.end:%b}\n{period.end.year}"


def _describe(shown: Sequence[Assessment], series: Sequence[Sequence[Year]]) -> str:
    told = [
        f"{each.indicator.name}: " + ", ".join(f"{_write(year.value)} in {_name(year.period)}" for year in years)
        for each, years in zip(shown, series, strict=True)
        if years
    ]
    return f"Dots with ranges, one a year. {'. '.join(told)}."


def _name(period: Period) -> str:
    return _short(period).replace("\n", " ")


def _tabulate(shown: Sequence[Assessment], series: Sequence[Sequence[Year]], periods: Sequence[Period]) -> DataTable:
    cells = [{year.period: _cell(year) for year in years} for years in series]
    has_ranges = any(not math.isnan(year.lower) for years in series for year in years)
    rows = [
        {"name": _name(period), **{str(number): each.get(period) for number, each in enumerate(cells)}}
        for period in periods
    ]
    return build_table(
        rows,
        caption=f"Year by year: {list_names([name_with_area(each) for each in shown])}",
        columns=(
            Column("name", "Year", is_row_heading=True),
            *(Column(str(number), each.indicator.name, align="right") for number, each in enumerate(shown)),
        ),
        note="Small type: the 95% range that chance alone would give." if has_ranges else "",
    )


def _cell(year: Year) -> Cell:
    ends = "" if math.isnan(year.lower) else f"{_write(year.lower)} to {_write(year.upper)}"
    return Cell(_write(year.value), ends)


def _write(value: float) -> str:
    return format_count(value) if float(value).is_integer() else format_rate(value)
