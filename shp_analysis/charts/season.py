"""Is this just the season? An indicator's months beside what season and level lead to expect of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from matplotlib.ticker import MaxNLocator

from shp_analysis.assessments import Assessment
from shp_analysis.briefing.data_tables import Cell, DataTable
from shp_analysis.briefing.parts import Figure, Notes, Sentence
from shp_analysis.catalogue import SeriesBreak
from shp_analysis.charts.break_marks import mark_breaks
from shp_analysis.charts.drawing import DESK, add_legend, draw, dress_months, is_wide, name_shortly, number_of
from shp_analysis.charts.event_marks import (
    ROOM,
    MarkedEvent,
    list_marked_events,
    list_names_of_events,
    mark_events,
    name_events,
)
from shp_analysis.charts.monthly_series import plot_indicator, tabulate_by_year
from shp_analysis.charts.notes import list_breaks, name_breaks
from shp_analysis.sentences import name_with_area, say_caveat
from shp_analysis.signals import (
    ExpectedMonth,
    SeasonOfPeriod,
    Signals,
    list_expected_months,
    name_usual_months,
)
from shp_analysis.statistics.seasonality import AgainstSameQuarters
from shp_analysis.style import DUO_COLOURS, MUTED_COLOUR, SEQUENTIAL_COLOURS, format_count
from shp_analysis.text.lists import list_names
from shp_analysis.wordings import capitalise
from shp_analysis.workbook import Run

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MONTHS_SHOWN = 36
"""Three years, so that a season is seen to come again."""
_HEAD = 1.08
"""The axis ends above the highest point by so much."""
_MOST_TICKS = 4
_HALF_A_MONTH = timedelta(days=15)


class _CountLocator(MaxNLocator):
    """Ticks from zero up: the room below it is for the events."""

    def tick_values(self, vmin: float, vmax: float) -> Sequence[float]:
        return [each for each in super().tick_values(vmin, vmax) if 0 <= each <= vmax]


def plot_season(run: Run, indicator: str) -> Figure | Notes:
    """Draw an indicator's months over what its season and the level before lead to expect, with the events of the time.

    Parameters
    ----------
    run : Run
    indicator : str
        Id or name.

    Returns
    -------
    Figure or Notes
        Where there are too few months to know a season, the months without one (`plot_indicator`), and why.
    """
    assessment = run.assessment(indicator)
    signals = assessment.signals
    if signals is None or not isinstance(signals.season, SeasonOfPeriod):
        return _plot_without(run, assessment)
    season = signals.season
    months = list_expected_months(signals.series, season, MONTHS_SHOWN)
    first, last = months[0].period.start, months[-1].period.end
    breaks = list_breaks(assessment, first, last)
    marked = list_marked_events(run, assessment, season.period, season.period.same_last_year())

    def paint(axes: Axes) -> None:
        draw_season(axes, months, season)
        dress_season(axes, months, assessment, has_events=bool(marked))
        mark_breaks(axes, breaks)
        mark_events(axes, marked, is_wide=is_wide(axes))

    told = state_season(season)
    return Figure(
        title=_title(assessment, season),
        picture=draw(paint, DESK),
        narrow_picture=draw(paint, "narrow"),
        alternative_text=_describe(assessment, months),
        caption=_caption(assessment, season, breaks, marked),
        table=_tabulate(assessment, months, list_names_of_events(run, assessment, first, last)),
        can_conclude=told,
        cannot_conclude=(
            "The level before holds what moved in earlier quarters, so a count inside may still differ from the year "
            f"before. {say_caveat(assessment)}"
        ),
    )


def draw_season(axes: Axes, months: Sequence[ExpectedMonth], season: SeasonOfPeriod) -> None:
    """Draw the expected range as a band, the months as a line over it, and the months asked about as dots."""
    places = [number_of(each.period.start + _HALF_A_MONTH) for each in months]
    bounds = ([each.lower for each in months], [each.upper for each in months])
    axes.fill_between(
        places, *bounds, color=SEQUENTIAL_COLOURS[-1], alpha=0.4, linewidth=0, zorder=0.5, label="expected range"
    )
    axes.plot(
        places,
        [each.expected for each in months],
        color=SEQUENTIAL_COLOURS[1],
        linestyle=(0, (4, 3)),
        linewidth=1,
        zorder=2,
        label="expected",
    )
    axes.plot(places, [each.count for each in months], color=MUTED_COLOUR, linewidth=1.4, zorder=3, label="counted")
    asked = [(place, each.count) for place, each in zip(places, months, strict=True) if each.is_asked]
    own, counts = zip(*asked, strict=True)
    axes.scatter(own, counts, color=DUO_COLOURS[0], s=34, zorder=4, label=name_shortly(season.period))


def dress_season(axes: Axes, months: Sequence[ExpectedMonth], assessment: Assessment, *, has_events: bool) -> None:
    """Start the counts at zero, with room below for events, name the axes and put the legend under the chart."""
    known = [number for each in months for number in (each.count, each.upper) if not math.isnan(number)]
    top = _HEAD * max([1.0, *known])
    axes.set_ylim(-ROOM / (1 - ROOM) * top if has_events else 0, top)
    axes.set_xlim(number_of(months[0].period.start), number_of(months[-1].period.end + _HALF_A_MONTH))
    dress_months(axes, f"{assessment.indicator.numerator} a month", fewest_ticks=4)
    axes.yaxis.set_major_locator(_CountLocator(nbins=_MOST_TICKS, steps=[1, 2, 2.5, 5, 10]))
    add_legend(axes, entries=4)


def state_season(season: SeasonOfPeriod) -> tuple[Sentence, ...]:
    """Say whether such a count is usual by season and the level before, and which months are usually high."""
    return (Sentence(_state_count(season)), Sentence(_state_months(season)))


def _title(assessment: Assessment, season: SeasonOfPeriod) -> str:
    count = f"{format_count(season.count)}, where " if season.count is not None else ""
    return f"{name_with_area(assessment)}: {count}{_say_usual(season)}"


def _state_count(season: SeasonOfPeriod) -> str:
    when, usual = capitalise(season.period.short_words), _say_usual(season)
    if season.count is None:
        return f"{when} was not received whole; {usual}."
    if season.is_unusual:
        return (
            f"{when} had {format_count(season.count)}, where {usual}. Even if nothing had changed, one period in 20 "
            "would lie outside."
        )
    return f"{when} had {format_count(season.count)}, about as expected: {usual}."


def _say_usual(season: SeasonOfPeriod) -> str:
    """Give the 95% range; of the time of year only where a season shows clearly."""
    span = f"{format_count(season.lower)} to {format_count(season.upper)}"
    return f"{span} would be usual {'for the time of year' if season.season.is_clear else 'at the level before'}"


def _state_months(season: SeasonOfPeriod) -> str:
    high, low = (name_usual_months(season, is_high=is_high) for is_high in (True, False))
    kinds = [(names, word) for names, word in ((high, "high"), (low, "low")) if names]
    told = [
        f"{list_names(names)} {'' if place else 'is usually ' if len(names) == 1 else 'are usually '}{word}"
        for place, (names, word) in enumerate(kinds)
    ]
    if not season.season.is_clear:
        return f"No clear season shows in the {season.season.months} months before."
    months = f"by the {season.season.months} months before"
    return f"{'; '.join(told)}, {months}." if told else f"There is a season, but no month stands apart, {months}."


def _describe(assessment: Assessment, months: Sequence[ExpectedMonth]) -> str:
    outside = [each.period.short_words for each in months if not each.is_asked and _is_outside(each)]
    asked = ", ".join(
        f"{each.period.short_words} {format_count(each.count)} (expected {format_count(each.lower)} to "
        f"{format_count(each.upper)})"
        for each in months
        if each.is_asked
    )
    before = f"Before that, outside the range of their month: {list_names(outside)}." if outside else ""
    return (
        f"Line chart of {assessment.indicator.numerator} a month from {months[0].period.short_words} to "
        f"{months[-1].period.short_words}, over the range expected by season and level. {asked}. {before}"
    ).strip()


def _is_outside(month: ExpectedMonth) -> bool:
    return month.count < month.lower or month.count > month.upper


def _caption(
    assessment: Assessment, season: SeasonOfPeriod, breaks: Sequence[SeriesBreak], marked: Sequence[MarkedEvent]
) -> str:
    # Paper prints a caption's first sentences: a letter in the drawing has to be among them.
    lines = (
        name_events(marked),
        assessment.indicator.definition,
        _explain_band(season),
        *name_breaks(breaks),
    )
    return " ".join(each for each in lines if each)


def _explain_band(season: SeasonOfPeriod) -> str:
    return (
        "Blue band: where 95 of 100 single months would lie, by season and level. Before "
        f"{season.period.short_words} it rests on the months it stands behind."
    )


def _tabulate(assessment: Assessment, months: Sequence[ExpectedMonth], events: Sequence[str]) -> DataTable:
    return tabulate_by_year(
        {each.period: _write(each) for each in months},
        caption=f"{name_with_area(assessment)}: {assessment.indicator.numerator} a month beside the season",
        note="Small type: expected, and its 95% range. –: not received, or outside the months shown."
        + (f" Events in these months: {'; '.join(events)}." if events else ""),
    )


def _write(month: ExpectedMonth) -> Cell:
    counted = "–" if math.isnan(month.count) else format_count(month.count)
    if math.isnan(month.expected):
        return Cell(counted)
    span = f"{format_count(month.lower)} to {format_count(month.upper)}"
    return Cell(counted, f"{format_count(month.expected)} ({span})")


def _plot_without(run: Run, assessment: Assessment) -> Figure | Notes:
    """Draw the months alone, and say why nothing is said of its season."""
    figure = plot_indicator(run, assessment.indicator.id)
    if isinstance(figure, Notes):
        return figure
    told = _state_without(assessment.signals)
    cannot = f"Whether it is the season cannot be said. {told.text} {figure.cannot_conclude}"
    if assessment.signals is not None and isinstance(assessment.signals.season, AgainstSameQuarters):
        return replace(figure, can_conclude=(*figure.conclusions, told))
    return replace(figure, cannot_conclude=cannot)


def _state_without(signals: Signals | None) -> Sentence:
    if signals is None:
        return Sentence("A season is looked for only where months or quarters are counted.")
    season = signals.season
    if isinstance(season, AgainstSameQuarters):
        return Sentence(
            f"The same part of the {season.earlier} years before came to {format_count(season.mean)} on average; there "
            "are too few months to expect a range."
        )
    assert not isinstance(season, SeasonOfPeriod)  # noqa: S101 - a season that is known is drawn
    return Sentence(season.reason)
