"""Years indexed to one of them: how a borough's count moved beside the rest of its police force area and the country.

Counts of a borough and of a country do not fit one axis; set at 100 in the same year, their changes do. A small place
moves more by chance than a large one, which the ranges show.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from shp_analysis.assessments import Assessment
from shp_analysis.briefing.data_tables import Cell, Column, DataTable, build_table
from shp_analysis.briefing.parts import Figure, Note, Notes, Sentence
from shp_analysis.charts.break_marks import mark_breaks
from shp_analysis.charts.drawing import DESK, NO_REASON, draw
from shp_analysis.charts.notes import name_breaks
from shp_analysis.charts.series import plot_series
from shp_analysis.elsewhere import Course, CourseComparison, NotCompared, compare_courses
from shp_analysis.elsewhere.courses import GREAT_BRITAIN
from shp_analysis.periods import CalendarYear
from shp_analysis.sentences import say_caveat
from shp_analysis.statistics.changes import Change
from shp_analysis.style import (
    CATEGORICAL_COLOURS,
    SMALLEST_PERCENT_BASE,
    TEXT_COLOUR,
    format_change_percent,
    format_count,
    format_rate,
)
from shp_analysis.text.lists import list_names
from shp_analysis.text.significance import explain_change, explain_no_change
from shp_analysis.wordings import capitalise
from shp_analysis.workbook import Run

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INDEX_YEAR, INDEX = 2019, 100
DAYS_IN_YEAR = 365.25
MOST_INDEX = 300
_STEP = 25
_HEAD = 1.06


def plot_indexed_years(run: Run, indicator: str, *, first_year: int = INDEX_YEAR) -> Figure | Notes:
    """Draw an area's years beside those of the rest of its police force area and of the country, from 100.

    Parameters
    ----------
    run : Run
    indicator : str
        Id or name of a figure that is counted from the road safety data.
    first_year : int
        The year that is set at 100.

    Returns
    -------
    Figure or Notes
        A line that says why, where nothing can be set beside the area.
    """
    assessment = run.assessment(indicator)
    found = compare_courses(run.elsewhere, assessment, first_year=first_year)
    if isinstance(found, NotCompared):
        return Notes((Note(f"{assessment.indicator.name} elsewhere", f"Not compared. {found.reason}"),))

    def paint(axes: Axes) -> None:
        draw_indexed_years(axes, found)

    return Figure(
        title=f"{assessment.indicator.name}: {_say_finding(found)}",
        picture=draw(paint, DESK),
        narrow_picture=draw(paint, "narrow"),
        alternative_text=_describe(found),
        caption=" ".join((assessment.indicator.definition, _explain(found, first_year), *name_breaks(found.breaks))),
        table=_tabulate(found),
        can_conclude=tuple(Sentence(each) for each in state_elsewhere(found)),
        cannot_conclude=f"{NO_REASON} {_warn(found)}{say_caveat(assessment)}",
    )


def _explain(comparison: CourseComparison, first_year: int) -> str:
    return (
        f"Each year's count for every {INDEX} of {first_year}. Upright lines: {comparison.own.name}'s 95% range, which "
        "allows for the place's usual variation."
    )


def state_elsewhere(comparison: CourseComparison) -> tuple[str, ...]:
    """Say how each place's count moved over the paper's two years, and whether the area's changed differently."""
    own, assessment = comparison.own, comparison.assessment
    now, then = (CalendarYear.containing(each.start) for each in _find_periods(assessment))
    if then not in own.counts:
        return ("Nothing can be concluded: the year before is not shown.",)
    moved = [f"{other.name} went {_say_counts(other.compare(then, now))}" for other in comparison.others]
    return (
        f"{assessment.indicator.name}: {_say_change(own, then, now)}.",
        _say_ratios(comparison),
        f"{capitalise(', and '.join(moved))}.",
    )


def draw_indexed_years(axes: Axes, comparison: CourseComparison) -> None:
    """Draw a line for each place, named at its end, and the area's own ranges."""
    rows = [
        (year.start.year, capitalise(course.label), *_index(course, comparison.years[0], year))
        for course in (comparison.own, *comparison.others)
        for year in comparison.years
    ]
    frame = pd.DataFrame(rows, columns=["year", "place", "value", "lower", "upper"])
    first, last = comparison.years[0].start, comparison.years[-1].start.year
    plot_series(frame, x="year", color="place", label_last=True, unit=f"For every {INDEX} in {first.year}", ax=axes)
    own = frame[frame["place"] == capitalise(comparison.own.label)]
    axes.vlines(own["year"], own["lower"], own["upper"], color=CATEGORICAL_COLOURS[0], linewidth=1.6, zorder=4)
    axes.axhline(INDEX, color=TEXT_COLOUR, linewidth=1, zorder=1)
    low, high = min(own["lower"].min(), frame["value"].min()), max(own["upper"].max(), frame["value"].max())
    # An index is read from 100 and not from 0; the axis says where it starts.
    axes.set_ylim(_STEP * math.floor(max(low, 0) / _STEP), _HEAD * min(high, MOST_INDEX))
    axes.set_xlim(first.year - 0.5, last + 0.05)
    mark_breaks(axes, comparison.breaks, lambda day: first.year + (day - first).days / DAYS_IN_YEAR - 0.5)


def _index(course: Course, first: CalendarYear, year: CalendarYear) -> tuple[float, float, float]:
    """Give a year's index with its range; the first year is 100 by itself."""
    if year == first:
        return INDEX, INDEX, INDEX
    change = course.compare(first, year)
    value = math.nan if change.adjusted_percent is None else INDEX + change.adjusted_percent
    return value, INDEX + change.lower, INDEX + change.upper


def _find_periods(assessment: Assessment) -> tuple[CalendarYear, CalendarYear]:
    comparison = assessment.comparisons[0]
    return CalendarYear.containing(comparison.period.start), CalendarYear.containing(comparison.baseline.start)


def _say_counts(change: Change) -> str:
    return f"from {format_count(change.baseline_count)} to {format_count(change.count)}"


def _say_change(course: Course, then: CalendarYear, now: CalendarYear) -> str:
    change = course.compare(then, now)
    counts = (
        f"from {format_count(change.baseline_count)} in {then.label} to {format_count(change.count)} in {now.label}"
    )
    if change.baseline_count < SMALLEST_PERCENT_BASE:
        return f"{course.name} went {counts}"
    return f"{course.name} went {counts} ({_write_range(change)})"


def _write_range(change: Change) -> str:
    base = change.baseline_count
    by, low, high = (format_change_percent(each, base) for each in (change.change_percent, change.lower, change.upper))
    return f"{by}; 95% range {low} to {high}"


def _say_finding(comparison: CourseComparison) -> str:
    name = comparison.own.name
    apart = _list_by_finding(comparison, is_clear=True)
    if not apart and all(ratio is None for ratio in comparison.ratios):
        return f"{name} beside {list_names([each.name for each in comparison.others])}"
    where = "elsewhere" if len(apart) in {0, len(comparison.others)} else list_names(apart)
    return f"{name} changed differently from {where}" if apart else f"{name} shows no clear difference from {where}"


def _list_by_finding(comparison: CourseComparison, *, is_clear: bool) -> list[str]:
    """Name the places beside which the area's change is clearly another one, or is not."""
    pairs = zip(comparison.others, comparison.ratios, strict=True)
    return [other.name for other, ratio in pairs if ratio is not None and ratio.is_clear is is_clear]


def _say_ratios(comparison: CourseComparison) -> str:
    """Say what the area would have had if it had moved like the others, and what its own count was tested against."""
    name, now = comparison.own.name, format_count(round(comparison.own.counts[comparison.years[-1]]))
    pairs = zip(comparison.others, comparison.ratios, strict=True)
    expected = [f"{format_count(ratio.expected)} ({each.label})" for each, ratio in pairs if ratio is not None]
    if not expected:
        return f"Whether {name} changed differently cannot be told: the numbers are too few, or may not be compared."
    had = f"Had {name} moved alike, it would have had {' or '.join(expected)}"
    return f"{had}; {_say_tests(comparison, now)}."


def _say_tests(comparison: CourseComparison, now: str) -> str:
    """Say what the count is beyond, or within; beside which place, where the places differ."""
    named: dict[str, list[str]] = {}
    for other, ratio, test in zip(comparison.others, comparison.ratios, comparison.tests, strict=True):
        if ratio is not None and test is not None:
            why = explain_change(test) if ratio.is_clear else explain_no_change(test)
            named.setdefault(why, []).append(other.name)
    if len(named) == 1:
        return f"{now} is {next(iter(named))}"
    return "; ".join(f"beside {list_names(names)} {now} is {why}" for why, names in named.items())


def _warn(comparison: CourseComparison) -> str:
    """Say what the file does not cover, and where a confirmed change of recording came after the first year."""
    covered = "" if comparison.country == GREAT_BRITAIN else f"The file does not cover {GREAT_BRITAIN}. "
    first, last = comparison.years[0], comparison.years[-1]
    apart = [each.break_id for each in comparison.breaks if each.is_confirmed and each.separates(first, last)]
    if not apart:
        return covered
    codes = list_names(apart)
    return (
        f"{covered}Across {codes} the years do not mean the same, so {first.label} and {last.label} are not compared. "
    )


def _describe(comparison: CourseComparison) -> str:
    told = []
    for course in (comparison.own, *comparison.others):
        years = [(year, _index(course, comparison.years[0], year)[0]) for year in comparison.years]
        told.append(f"{capitalise(course.name)}: " + ", ".join(f"{value:.0f} in {year.label}" for year, value in years))
    return f"Lines of years, {comparison.years[0].label} set at {INDEX}. {'. '.join(told)}."


def _tabulate(comparison: CourseComparison) -> DataTable:
    places = (comparison.own, *comparison.others)
    rows = [
        {"year": year.label, **{str(at): _cell(course, comparison.years[0], year) for at, course in enumerate(places)}}
        for year in comparison.years
    ]
    return build_table(
        rows,
        caption=f"{comparison.assessment.indicator.name}, year by year",
        columns=(
            Column("year", "Year", is_row_heading=True),
            *(Column(str(at), capitalise(course.name), align="right") for at, course in enumerate(places)),
        ),
        note=f"Small type: for every {INDEX} in {comparison.years[0].label}, and its 95% range.",
    )


def _cell(course: Course, first: CalendarYear, year: CalendarYear) -> Cell:
    count = course.counts[year]
    written = format_count(count) if float(count).is_integer() else format_rate(count)
    value, low, high = _index(course, first, year)
    detail = f"{value:.0f}" if year == first else f"{value:.0f} ({low:.0f} to {high:.0f})"
    return Cell(written, detail)
