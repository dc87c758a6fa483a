"""Whole years beside each other, each with the range that chance alone would give it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from shp_analysis.assessments import Assessment
from shp_analysis.briefing.data_tables import Cell, Column, DataTable, build_table
from shp_analysis.briefing.parts import Figure, Notes, Sentence
from shp_analysis.charts.drawing import DESK, NO_REASON, ON_WHITE, add_legend, draw, is_wide, mark_breaks, name_unit
from shp_analysis.charts.notes import list_breaks, name_breaks, say_not_received
from shp_analysis.periods import Month, Period
from shp_analysis.sentences import list_names, name_with_area, say_caveat, state, state_title, state_year
from shp_analysis.statistics.intervals import interval_of_count
from shp_analysis.style import CATEGORICAL_COLOURS, TEXT_COLOUR, format_count, format_rate
from shp_analysis.workbook import Run

if TYPE_CHECKING:
    from matplotlib.axes import Axes


MONTHS_IN_YEAR = 12
DAYS_IN_YEAR = 365.25
MOST_YEARS = 10
_SPREAD = 0.16
"""How far apart, in years, the dots of two series stand in one year."""


@dataclass(frozen=True)
class Year:
    """A whole year of an indicator.

    Attributes
    ----------
    period : Period
    value, lower, upper : float
        A count or a rate. The ends are NaN where chance alone does not say how much the figure varies.
    count : float
    """

    period: Period
    value: float
    lower: float
    upper: float
    count: float


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
    first = shown[0]
    return _build(
        shown,
        series,
        axis=first.indicator.numerator,
        title=state_title(first),
        caption=(*(each.indicator.definition for each in shown), _explain_ranges(series)),
        conclusions=tuple(state(each) for each in shown),
        verdict=first.verdict.value,
    )


def plot_yearly_rate(run: Run, indicator: str, reference: float, whose: str) -> Figure | Notes:
    """Draw an indicator's rate year by year beside a published figure.

    Parameters
    ----------
    run : Run
    indicator : str
        Id or name, of an indicator with a rate.
    reference : float
        In the unit of the rate, of a year.
    whose : str
        What the reference is, as a title goes on: "that SafeLives expects".

    Returns
    -------
    Figure or Notes
        A line where nothing was received, or the number of people is not known.
    """
    assessment = run.assessment(indicator)
    years = list_years(assessment, is_rate=True)
    if not years:
        return say_not_received([assessment])
    unit, last = assessment.indicator.rate_unit, years[-1]
    sentence = state_year(assessment)
    return _build(
        [assessment],
        [years],
        axis=f"{assessment.indicator.numerator} {unit}",
        title=(
            f"{name_with_area(assessment)}: {format_rate(last.value)} {unit} in {last.period.short_words}, beside the "
            f"{format_count(reference)} {whose}"
        ),
        caption=(assessment.indicator.definition, _explain_ranges([years])),
        conclusions=(sentence, Sentence(_place(last, reference, whose))),
        verdict=sentence.verdict,
        reference=reference,
    )


def list_years(assessment: Assessment, *, is_rate: bool = False) -> list[Year]:
    """Give the years back from the one that ends with the indicator's period, as long as they are whole.

    Parameters
    ----------
    assessment : Assessment
    is_rate : bool
        As a rate of the people that the observations are set against; a year without their number is left out.

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
            found.append(_make_year(year, held, assessment, is_rate=is_rate))
        year = year.same_last_year()
    return [each for each in reversed(found) if not math.isnan(each.value)]


def _make_year(year: Period, held: Sequence[tuple[float, float]], assessment: Assessment, *, is_rate: bool) -> Year:
    counts, people = np.array(held).T
    count = round(float(counts.sum()), 6)  # thirds of a quarter add up to its count but for the last digits
    factor = assessment.indicator.rate_per / float(people.mean()) if is_rate else 1.0
    if not count.is_integer():  # weighted counts: chance alone does not say how much they vary
        return Year(year, count * factor, math.nan, math.nan, count)
    low, high = interval_of_count([count])
    return Year(year, count * factor, float(low[0]) * factor, float(high[0]) * factor, count)


def _count_months(assessment: Assessment) -> dict[Month, tuple[float, float]]:
    """Give each month its part of a count and its people; a quarter's count is parted evenly over its months."""
    series = assessment.signals.series if assessment.signals else None
    if series is not None and series.months_each == 1:
        counts = zip(series.periods, series.counts, strict=True)
        return {each.months[0]: (count, math.nan) for each, count in counts if not math.isnan(count)}
    columns = ("period_start", "period_end", "numerator", "denominator")
    found = {}
    for start, end, count, people in zip(*(assessment.months[name].tolist() for name in columns), strict=True):
        months = [Month.containing(start)]
        while months[-1].end < end:
            months.append(months[-1].next())
        held = math.nan if pd.isna(people) else float(people)
        found.update({month: (float(count) / len(months), held) for month in months})
    return found


def _place(last: Year, reference: float, whose: str) -> str:
    """Say where the newest year lies beside the reference."""
    beside = f"the {format_count(reference)} {whose}"
    reaches = f"its 95% range by chance alone is {format_rate(last.lower)} to {format_rate(last.upper)}"
    if last.lower > reference:
        return f"The rate of {last.period.short_words} is above {beside}: {reaches}."
    if last.upper < reference:
        return f"The rate of {last.period.short_words} is below {beside}: {reaches}."
    return f"The rate of {last.period.short_words} is not clearly different from {beside}: {reaches}."


def _explain_ranges(series: Sequence[Sequence[Year]]) -> str:
    are_weighted = {math.isnan(year.lower) for years in series for year in years}
    told = ["Dots: whole years."]
    told += ["Lines: the 95% range that chance alone would give."] if False in are_weighted else []
    told += (
        ["A dot without a line is a weighted count: chance alone gives it no range."] if True in are_weighted else []
    )
    return " ".join(told)


def _build(
    shown: Sequence[Assessment],
    series: Sequence[Sequence[Year]],
    *,
    axis: str,
    title: str,
    caption: Sequence[str],
    conclusions: Sequence[Sentence],
    verdict: str | None,
    reference: float | None = None,
) -> Figure:
    periods = sorted({year.period for years in series for year in years}, key=lambda each: each.start)
    breaks = list_breaks(shown[0], periods[0].start, periods[-1].end)

    def paint(axes: Axes) -> None:
        draw_years(axes, series, [each.indicator.name for each in shown])
        _dress(axes, periods, axis, reference)
        mark_breaks(axes, breaks, lambda day: (day - periods[0].start).days / DAYS_IN_YEAR - 0.5)

    return Figure(
        title=title,
        picture=draw(paint, DESK),
        narrow_picture=draw(paint, "narrow"),
        alternative_text=_describe(shown, series),
        caption=" ".join((*caption, *name_breaks(breaks))),
        table=_tabulate(shown, series, periods),
        can_conclude=tuple(conclusions),
        cannot_conclude=(f"{NO_REASON} Some of several years will differ by chance. {say_caveat(shown[0])}"),
        verdict=verdict,
    )


def draw_years(axes: Axes, series: Sequence[Sequence[Year]], names: Sequence[str]) -> None:
    """Draw a dot with its range for every year of every series, those of one year side by side."""
    first = min(year.period.start.year for years in series for year in years)
    for number, (years, name) in enumerate(zip(series, names, strict=True)):
        shift = (number - (len(series) - 1) / 2) * _SPREAD
        places = [year.period.start.year - first + shift for year in years]
        colour = CATEGORICAL_COLOURS[number]
        axes.vlines(places, [y.lower for y in years], [y.upper for y in years], color=colour, linewidth=2, zorder=3)
        label = name if len(series) > 1 else None
        axes.plot(places, [y.value for y in years], "o", color=colour, markersize=6, label=label, zorder=4)


def _dress(axes: Axes, periods: Sequence[Period], axis: str, reference: float | None) -> None:
    first, last = periods[0].start.year, periods[-1].start.year
    axes.set_ylim(0, 1.12 * max(axes.get_ylim()[1], reference or 0))
    axes.set_xlim(-0.5, last - first + 0.5)
    step = 1 if is_wide(axes) or last - first < MONTHS_IN_YEAR // 2 else 2
    by_year = {each.start.year - first: _short(each) for each in periods}
    places = range((last - first) % step, last - first + 1, step)
    axes.set_xticks(list(places), [by_year.get(place, "") for place in places])
    axes.yaxis.set_major_formatter(lambda value, _: format_count(value))
    name_unit(axes, axis)
    if reference is not None:
        axes.axhline(reference, color=TEXT_COLOUR, linestyle=":", linewidth=1.4, zorder=2)
        axes.text(-0.45, reference, format_count(reference), va="bottom", **ON_WHITE)
    if axes.get_legend_handles_labels()[0]:
        add_legend(axes, entries=2)


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
