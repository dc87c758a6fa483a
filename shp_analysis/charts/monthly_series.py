"""An indicator's months or quarters in order, the two periods under comparison, and every break.

It is a control chart where the months allow for one: the range in which nearly all of them fall if nothing changes
stands behind the line, and what lies outside it, or makes a pattern in it, is marked by shape.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from shp_analysis.assessments import Assessment
from shp_analysis.briefing.data_tables import Cell, Column, DataTable, build_table
from shp_analysis.briefing.parts import Figure, Notes
from shp_analysis.catalogue import SeriesBreak
from shp_analysis.charts.break_marks import mark_breaks
from shp_analysis.charts.drawing import DESK, NO_REASON, add_legend, draw, name_shortly, number_of
from shp_analysis.charts.notes import list_breaks, name_breaks, say_not_received
from shp_analysis.charts.series import plot_series
from shp_analysis.charts.usual_range import (
    deny_proof,
    draw_limits,
    draw_marks,
    explain_limits,
    list_ranges,
    list_shown_marks,
    state_marks,
)
from shp_analysis.periods import FinancialYear, Month, Period, Quarter, count_months
from shp_analysis.sentences import name_with_area, say_caveat, state, state_title
from shp_analysis.style import (
    DUO_COLOURS,
    MUTED_COLOUR,
    NOT_AVAILABLE,
    format_count,
)
from shp_analysis.workbook import Run

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MONTHS_IN_QUARTER = 3
MOST_LEGEND_ENTRIES = 4
HEAD = 1.1
"""The axis ends above the highest point by so much."""
_MONTHS = ("Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Jan", "Feb", "Mar")
_QUARTERS = ("Apr to Jun", "Jul to Sep", "Oct to Dec", "Jan to Mar")


def plot_indicator(run: Run, indicator: str) -> Figure | Notes:
    """Draw an indicator month by month, or quarter by quarter where it is counted so, with its usual range.

    Parameters
    ----------
    run : Run
    indicator : str
        Id or name.

    Returns
    -------
    Figure or Notes
        A line where nothing was received.
    """
    assessment = run.assessment(indicator)
    if assessment.months.empty:
        return say_not_received([assessment])
    first = find_first_day(assessment)
    breaks = list_breaks(assessment, first, assessment.period.end)
    ranges, marks = list_ranges(assessment, first), list_shown_marks(assessment, first)

    def paint(axes: Axes) -> None:
        draw_indicator(axes, assessment)
        draw_limits(axes, ranges)
        draw_marks(axes, marks)
        dress_indicator(axes, assessment)
        mark_breaks(axes, breaks)

    told = state_marks(assessment, ranges, marks)
    denied = (
        deny_proof(assessment, ranges, marks),
        NO_REASON,
        say_caveat(assessment),
    )
    return Figure(
        title=state_title(assessment),
        picture=draw(paint, DESK),
        narrow_picture=draw(paint, "narrow"),
        alternative_text=" ".join((_describe(assessment), *([told.text] if told else []))),
        caption=_caption(assessment, explain_limits(assessment, ranges), breaks),
        table=_tabulate(assessment),
        can_conclude=(state(assessment), *([told] if told else [])),
        cannot_conclude=" ".join(each for each in denied if each),
        verdict=assessment.verdict.value,
    )


def months_each(assessment: Assessment) -> int:
    """Give how many months each point of an indicator holds: one, or three."""
    starts, ends = (assessment.months[name].tolist() for name in ("period_start", "period_end"))
    return max((count_months(*each) for each in zip(starts, ends, strict=True)), default=1)


def list_points(assessment: Assessment) -> Mapping[Period, float]:
    """Give the count of every month or quarter at hand, in order."""
    unit: type[Month | Quarter] = Quarter if months_each(assessment) == MONTHS_IN_QUARTER else Month
    starts, counts = (assessment.months[name].tolist() for name in ("period_start", "numerator"))
    return {unit.containing(start): count for start, count in zip(starts, counts, strict=True)}


def draw_indicator(axes: Axes, assessment: Assessment) -> None:
    """Draw the line, which breaks off where a month or quarter is missing, and the points of the periods compared."""
    months = assessment.months
    unit = f"{assessment.indicator.numerator} {_each(assessment)}"
    plot_series(months, y="numerator", label_last=True, unit=unit, ax=axes)
    for drawn in (*axes.lines, *axes.collections):
        drawn.set(color=MUTED_COLOUR)
    comparison = assessment.comparisons[0]
    starts, counts = months["period_start"], months["numerator"]
    for period, colour in ((comparison.baseline, DUO_COLOURS[1]), (comparison.period, DUO_COLOURS[0])):
        own = [period.contains(day) for day in starts]
        if any(own):
            axes.scatter(starts[own], counts[own], color=colour, s=34, zorder=4, label=name_shortly(period))


def has_gap(assessment: Assessment) -> bool:
    """Say whether a month or quarter between others is missing."""
    starts, ends = (assessment.months[name].tolist() for name in ("period_start", "period_end"))
    return any((later - end).days > 1 for later, end in zip(starts[1:], ends, strict=False))


def dress_indicator(axes: Axes, assessment: Assessment) -> None:
    """Make room for the usual range and put the legend under the chart."""
    first = find_first_day(assessment)
    highest = max((each.upper for each in list_ranges(assessment, first)), default=0)
    axes.set_ylim(0, HEAD * max([1, highest, *assessment.months["numerator"]]))
    axes.set_xlim(number_of(first) - 20, number_of(assessment.comparisons[0].period.end) + 20)
    add_legend(axes, entries=MOST_LEGEND_ENTRIES)


def _each(assessment: Assessment) -> str:
    return "a quarter" if months_each(assessment) == MONTHS_IN_QUARTER else "a month"


def find_first_day(assessment: Assessment) -> date:
    """Give the first day that the chart shows."""
    first: date = min(assessment.months["period_start"])
    return min(first, assessment.comparisons[0].baseline.start)


def _caption(assessment: Assessment, limits: str, breaks: Sequence[SeriesBreak]) -> str:
    lines = [
        assessment.indicator.definition,
        "A gap in the line: not received." if has_gap(assessment) else "",
        limits,
        *name_breaks(breaks),
    ]
    return " ".join(each for each in lines if each)


def _describe(assessment: Assessment) -> str:
    points = list_points(assessment)
    low, high = min(points, key=lambda each: points[each]), max(points, key=lambda each: points[each])
    first, last = min(points), max(points)
    own = assessment.comparisons[0]
    marked = [
        f"{period.short_words}: "
        + ", ".join(format_count(points[each]) if each in points else NOT_AVAILABLE for each in _within(period, points))
        for period in (own.baseline, own.period)
    ]
    return (
        f"Line chart of {assessment.indicator.numerator} {_each(assessment)} from {first.short_words} to "
        f"{last.short_words}, between {format_count(points[low])} ({low.short_words}) and "
        f"{format_count(points[high])} ({high.short_words}). {'. '.join(marked)}."
    )


def _within(period: Period, points: Mapping[Period, float]) -> list[Period]:
    """List the months or quarters of a period, received or not."""
    unit = next(iter(points)).__class__
    units = [unit.containing(month.start) for month in period.months]
    return list(dict.fromkeys(units))


def _tabulate(assessment: Assessment) -> DataTable:
    return tabulate_by_year(
        {period: format_count(count) for period, count in list_points(assessment).items()},
        caption=f"{name_with_area(assessment)}: {assessment.indicator.numerator} {_each(assessment)}",
        note="–: not received, or outside the months shown.",
    )


def tabulate_by_year(cells: Mapping[Period, str | Cell], *, caption: str, note: str) -> DataTable:
    """Set months or quarters in rows and financial years in columns: a row a month would be too long.

    Parameters
    ----------
    cells : mapping of Month or Quarter to str or Cell
        All of one kind.
    caption, note : str
    """
    headings = _QUARTERS if isinstance(next(iter(cells)), Quarter) else _MONTHS
    years = sorted({FinancialYear.containing(each.start) for each in cells})
    size = len(_MONTHS) // len(headings)
    written = {
        (FinancialYear.containing(each.start).label, (each.start.month - 4) % 12 // size): cell
        for each, cell in cells.items()
    }
    rows = [
        {"name": name, **{year.label: written.get((year.label, row)) for year in years}}
        for row, name in enumerate(headings)
    ]
    return build_table(
        rows,
        caption=caption,
        columns=(
            Column("name", "Months", is_row_heading=True),
            *(Column(year.label, year.label, align="right") for year in years),
        ),
        note=note,
    )
