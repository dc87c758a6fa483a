"""An indicator's months: with its events and breaks, beside its season, and in the limits of a control chart.

A chart marks what may matter to the comparison it shows, and no more than a reader takes in: the confirmed events of
its period and of the same one a year before. All events of the days shown stand in the table behind it.

It is a control chart where the months allow for one: the range in which nearly all of them fall if nothing changes
stands behind the line, and what lies outside it, or makes a pattern in it, is marked by shape.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from string import ascii_lowercase
from typing import TYPE_CHECKING

from matplotlib.ticker import MaxNLocator

from shp_analysis.assessment.assessments import Assessment
from shp_analysis.assessment.signals import (
    ExpectedMonth,
    LimitStretch,
    Mark,
    MarkKind,
    SeasonOfPeriod,
    Signals,
    count_false_marks,
    list_expected_months,
    list_marks,
    list_stretches,
    name_usual_months,
)
from shp_analysis.charts.drawing import (
    DESK,
    HEAD,
    NO_REASON,
    ON_WHITE,
    add_legend,
    draw,
    finish_month_axis,
    is_wide,
    name_shortly,
    number_of,
)
from shp_analysis.charts.series import mark_breaks, plot_series
from shp_analysis.config.catalogue import SeriesBreak
from shp_analysis.config.events import EventWindow, list_windows, read_events
from shp_analysis.page.data_tables import Cell, Column, DataTable, build_table
from shp_analysis.page.parts import Figure, Notes, Sentence
from shp_analysis.page.style import (
    DUO_COLOURS,
    MUTED_COLOUR,
    NOT_AVAILABLE,
    SEQUENTIAL_COLOURS,
    TEXT_COLOUR,
    format_count,
)
from shp_analysis.papers.figures.notes import describe_not_received, list_breaks, name_breaks
from shp_analysis.papers.run import Run
from shp_analysis.reference.period_spellings import MONTHS_IN_QUARTER, write_month
from shp_analysis.reference.periods import FinancialYear, Month, Period, Quarter, count_months
from shp_analysis.statistics.control_charts import FEWEST_POINTS, Footing
from shp_analysis.statistics.trends import AgainstSameQuarters
from shp_analysis.text.sentences import describe_caveat, name_with_area, state, write_title
from shp_analysis.text.words import capitalise, list_names

if TYPE_CHECKING:
    from matplotlib.axes import Axes


ROOM = 0.2
"""The share of a chart's height, under its lowest point, that bars and letters take."""
_BAR, _BAR_DAYS = 0.035, 5
"""Height of a bar as a share of the chart's; a single day is drawn this wide, so that it is seen at all."""
MOST_EVENTS = 4
"""More events than these are not marked; the latest are."""
_LETTER_SHARE = {True: 0.02, False: 0.045}
"""The width of a letter as a share of the axis, on a wide and on a narrow chart."""


@dataclass(frozen=True)
class MarkedEvent:
    """An event in a chart's days.

    Attributes
    ----------
    letter : str
        The same for every year of an event that comes every year.
    name : str
    windows : tuple of EventWindow
    """

    letter: str
    name: str
    windows: tuple[EventWindow, ...]


def list_marked_events(run: Run, assessment: Assessment, *periods: Period) -> tuple[MarkedEvent, ...]:
    """List the confirmed events that touch an indicator in some periods, lettered in order of their first day.

    Parameters
    ----------
    run : Run
    assessment : Assessment
    *periods : Period
        The period under comparison and the same one a year before.

    Returns
    -------
    tuple of MarkedEvent
        At most `MOST_EVENTS`, the latest; one whose date no source confirms is not among them.
    """
    events = [each for each in read_events(catalogue=run.catalogue) if each.is_confirmed]
    windows = [
        window
        for period in sorted(periods, key=lambda each: each.start)
        for window in list_windows(events, assessment.indicator.id, assessment.area, period.start, period.end)
    ]
    named = _name_windows(windows)
    chosen = sorted(named, key=lambda name: max(each.first_day for each in named[name]))[-MOST_EVENTS:]
    in_order = [name for name in named if name in chosen]
    return tuple(
        MarkedEvent(letter, name, tuple(named[name])) for letter, name in zip(ascii_lowercase, in_order, strict=False)
    )


def _name_windows(windows: Sequence[EventWindow]) -> dict[str, list[EventWindow]]:
    named: dict[str, list[EventWindow]] = {}
    for each in windows:
        named.setdefault(each.label, []).append(each)
    return named


def list_names_of_events(run: Run, assessment: Assessment, first_day: date, last_day: date) -> list[str]:
    """Name every dated event that touches an indicator in some days, each with its first days, for a table's note."""
    events = read_events(catalogue=run.catalogue)
    named = _name_windows(list_windows(events, assessment.indicator.id, assessment.area, first_day, last_day))
    return [
        f"{name} ({', '.join(dict.fromkeys(write_month(each.first_day) for each in windows))})"
        for name, windows in named.items()
    ]


def mark_events(axes: Axes, events: Sequence[MarkedEvent], *, is_wide: bool) -> None:
    """Draw a bar over each event's days at the foot of a chart, and its letter above.

    Parameters
    ----------
    axes : Axes
        With its limits set, and nothing drawn in the lowest `ROOM` of it.
    events : sequence of MarkedEvent
    is_wide : bool
    """
    left, right = axes.get_xlim()
    placed = []
    for each in events:
        for window in each.windows:
            start = max(number_of(window.first_day), left)
            end = min(max(number_of(window.last_day) + 1, start + _BAR_DAYS), right)
            axes.axvspan(start, end, ymin=0, ymax=_BAR, color=MUTED_COLOUR, linewidth=0, zorder=2)
            placed.append(((start + end) / 2, each.letter))
    width = _LETTER_SHARE[is_wide] * (right - left)
    for place, letter in spread_letters(sorted(placed), width, right - width / 2):
        axes.annotate(
            letter,
            (place, _BAR),
            xycoords=("data", "axes fraction"),
            xytext=(0, 1),
            textcoords="offset points",
            ha="center",
            va="bottom",
            fontsize=9.5,
            color=TEXT_COLOUR,
            **ON_WHITE,
        )


def spread_letters(placed: Sequence[tuple[float, str]], width: float, last: float) -> list[tuple[float, str]]:
    """Move letters that would stand in one another to the right, and none past the chart's end.

    Parameters
    ----------
    placed : sequence of (place, letter)
        In order.
    width : float
        Of a letter.
    last : float
        The last place for a letter's middle.

    Returns
    -------
    list of (place, letter)
    """
    places: list[float] = []
    for place, _ in placed:
        places.append(max(place, places[-1] + width) if places else place)
    limit = last
    for number in range(len(places) - 1, -1, -1):
        places[number] = min(places[number], limit)
        limit = places[number] - width
    return [(place, letter) for place, (_, letter) in zip(places, placed, strict=True)]


def name_events(events: Sequence[MarkedEvent]) -> str:
    """Name the letters; nothing where no event is marked."""
    if not events:
        return ""
    return f"Events, which explain nothing: {'; '.join(f'{each.letter}, {_shorten(each.name)}' for each in events)}."


def _shorten(name: str) -> str:
    """Leave out what stands in brackets."""
    return re.sub(r" \([^)]*\)", "", name)


MOST_LEGEND_ENTRIES = 4
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
        return describe_not_received([assessment])
    first = find_first_day(assessment)
    breaks = list_breaks(assessment, first, assessment.period.end)
    ranges, marks = list_ranges(assessment, first), list_shown_marks(assessment, first)

    def paint(axes: Axes) -> None:
        draw_indicator(axes, assessment)
        draw_limits(axes, ranges)
        draw_marks(axes, marks)
        finish_indicator_axes(axes, assessment)
        mark_breaks(axes, breaks)

    told = describe_marks(assessment, ranges, marks)
    denied = (
        deny_proof(assessment, ranges, marks),
        NO_REASON,
        describe_caveat(assessment),
    )
    return Figure(
        title=write_title(assessment),
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


def finish_indicator_axes(axes: Axes, assessment: Assessment) -> None:
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
        finish_season_axes(axes, months, assessment, has_events=bool(marked))
        mark_breaks(axes, breaks)
        mark_events(axes, marked, is_wide=is_wide(axes))

    told = describe_season(season)
    return Figure(
        title=_title(assessment, season),
        picture=draw(paint, DESK),
        narrow_picture=draw(paint, "narrow"),
        alternative_text=_describe_season(assessment, months),
        caption=_caption_season(assessment, season, breaks, marked),
        table=_tabulate_season(assessment, months, list_names_of_events(run, assessment, first, last)),
        can_conclude=told,
        cannot_conclude=(
            "The level before holds what moved in earlier quarters, so a count inside may still differ from the year "
            f"before. {describe_caveat(assessment)}"
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


def finish_season_axes(
    axes: Axes, months: Sequence[ExpectedMonth], assessment: Assessment, *, has_events: bool
) -> None:
    """Start the counts at zero, with room below for events, name the axes and put the legend under the chart."""
    known = [number for each in months for number in (each.count, each.upper) if not math.isnan(number)]
    top = _HEAD * max([1.0, *known])
    axes.set_ylim(-ROOM / (1 - ROOM) * top if has_events else 0, top)
    axes.set_xlim(number_of(months[0].period.start), number_of(months[-1].period.end + _HALF_A_MONTH))
    finish_month_axis(axes, f"{assessment.indicator.numerator} a month", fewest_ticks=4)
    axes.yaxis.set_major_locator(_CountLocator(nbins=_MOST_TICKS, steps=[1, 2, 2.5, 5, 10]))
    add_legend(axes, entries=4)


def describe_season(season: SeasonOfPeriod) -> tuple[Sentence, ...]:
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


def _describe_season(assessment: Assessment, months: Sequence[ExpectedMonth]) -> str:
    outside = [
        each.period.short_words
        for each in months
        if not each.is_asked and (each.count < each.lower or each.count > each.upper)
    ]
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


def _caption_season(
    assessment: Assessment, season: SeasonOfPeriod, breaks: Sequence[SeriesBreak], marked: Sequence[MarkedEvent]
) -> str:
    # Paper prints a caption's first sentences: a letter in the drawing has to be among them.
    lines = (
        name_events(marked),
        assessment.indicator.definition,
        _explain_season_band(season),
        *name_breaks(breaks),
    )
    return " ".join(each for each in lines if each)


def _explain_season_band(season: SeasonOfPeriod) -> str:
    return (
        "Blue band: where 95 of 100 single months would lie, by season and level. Before "
        f"{season.period.short_words} it rests on the months it stands behind."
    )


def _tabulate_season(assessment: Assessment, months: Sequence[ExpectedMonth], events: Sequence[str]) -> DataTable:
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


RANGE_LABEL = "usual range"
MOST_NAMES = 3
MARK_LABEL, PATTERN_LABEL = "out of range", "unusual run"
_HALF_A_MONTH_IN_DAYS = 15
_POINTS = 62
_SHAPES: Mapping[bool, str] = {True: "^", False: "v"}
_SEASON_WARNING = "The band makes no allowance for the season."
MOST_APART = 2
"""Marked points that are no further apart, in months or quarters, are one run: of three near an edge one may not be."""


@dataclass(frozen=True)
class PatternRun:
    """Neighbouring points that form a pattern, marked once.

    Attributes
    ----------
    kind : MarkKind
        Of the pattern, never `MarkKind.OUTSIDE`.
    marks : tuple of Mark
        In order; points of the run that lie outside the range are among them.
    """

    kind: MarkKind
    marks: tuple[Mark, ...]

    @property
    def is_high(self) -> bool:
        """Whether it lies above the average, or each point above the one before."""
        return self.marks[0].is_high

    @property
    def length(self) -> int:
        """How many months or quarters it spans."""
        return _count_units(self.marks[0].period, self.marks[-1].period) + 1

    @property
    def words(self) -> str:
        """From which month to which: `May to December 2023`."""
        first, last = self.marks[0].period.start, self.marks[-1].period.end
        head = f"{first:%B}" if first.year == last.year else write_month(first)
        return f"{head} to {write_month(last)}"


def list_ranges(assessment: Assessment, first_day: date) -> list[LimitStretch]:
    """List the ranges that a chart from some day on shows; none where no point may be judged."""
    signals = assessment.signals
    if signals is None or signals.chart is None:
        return []
    found = []
    for each in list_stretches(signals.series, signals.chart):
        shown = tuple(period for period in each.periods if period.start >= first_day)
        found += [LimitStretch(shown, each.mean, each.lower, each.upper)] if shown else []
    return found


def list_shown_marks(assessment: Assessment, first_day: date) -> list[Mark]:
    """List the marked points that a chart from some day on shows."""
    signals = assessment.signals
    if signals is None or signals.chart is None:
        return []
    return [each for each in list_marks(signals.series, signals.chart) if each.period.start >= first_day]


def draw_limits(axes: Axes, ranges: Sequence[LimitStretch]) -> None:
    """Draw the mean, and the range around it as a band, as far as each holds."""
    label = RANGE_LABEL
    for each in ranges:
        half = timedelta(days=_HALF_A_MONTH_IN_DAYS * len(each.periods[0].months))
        left, right = number_of(each.periods[0].start - half), number_of(each.periods[-1].start + half)
        axes.fill_between(
            [left, right],
            each.lower,
            each.upper,
            color=SEQUENTIAL_COLOURS[-1],
            alpha=0.4,
            linewidth=0,
            zorder=0.5,
            label=label,
        )
        axes.hlines(each.mean, left, right, color=SEQUENTIAL_COLOURS[1], linestyle=(0, (4, 3)), linewidth=1, zorder=1)
        label = "_again"


def list_runs(marks: Sequence[Mark]) -> list[PatternRun]:
    """Gather the marks of patterns into runs: neighbours on one side of the average, or that go one way.

    Parameters
    ----------
    marks : sequence of Mark
        In order of time.

    Returns
    -------
    list of PatternRun
        In order of their first point. Points outside the range that belong to no pattern are in none.
    """
    groups: list[list[Mark]] = []
    for each in marks:
        mates = [group for group in groups if _belongs(each, group[-1])]
        if mates:
            mates[-1].append(each)
        else:
            groups.append([each])
    return [
        PatternRun(_kind_of(group), tuple(group))
        for group in groups
        if any(each.kind is not MarkKind.OUTSIDE for each in group)
    ]


def _belongs(mark: Mark, before: Mark) -> bool:
    is_drift, was_drift = (each.kind is MarkKind.DRIFT for each in (mark, before))
    reach = MOST_APART if MarkKind.NEAR in {mark.kind, before.kind} else 1
    is_close = _count_units(before.period, mark.period) <= reach
    return is_close and mark.is_high is before.is_high and is_drift is was_drift


def _count_units(first: Period, last: Period) -> int:
    """Count the steps of a month or a quarter from one to another."""
    months = 12 * (last.start.year - first.start.year) + last.start.month - first.start.month
    return months // len(first.months)


def _kind_of(group: Sequence[Mark]) -> MarkKind:
    kinds = {each.kind for each in group}
    return next(each for each in (MarkKind.ROW, MarkKind.DRIFT, MarkKind.NEAR) if each in kinds)


def draw_runs(axes: Axes, runs: Sequence[PatternRun]) -> None:
    """Draw the line of each run thick."""
    label = PATTERN_LABEL
    for run in runs:
        axes.plot(
            [number_of(each.period.start) for each in run.marks],
            [each.count for each in run.marks],
            color=TEXT_COLOUR,
            linewidth=3,
            solid_capstyle="round",
            zorder=3.5,
            label=label,
        )
        label = "_again"


def draw_marks(axes: Axes, marks: Sequence[Mark]) -> None:
    """Ring the points outside the range with a triangle, and draw the runs that form a pattern thick."""
    draw_runs(axes, list_runs(marks))
    for is_high, shape in _SHAPES.items():
        own = [each for each in marks if each.kind is MarkKind.OUTSIDE and each.is_high is is_high]
        if own:
            axes.scatter(
                [number_of(each.period.start) for each in own],
                [each.count for each in own],
                marker=shape,
                s=_POINTS,
                facecolor="white",
                edgecolor=TEXT_COLOUR,
                linewidth=1,
                zorder=5,
                label=MARK_LABEL,
            )


def explain_limits(assessment: Assessment, ranges: Sequence[LimitStretch]) -> str:
    """Say in plain words what the band is, or why there is none."""
    signals = assessment.signals
    if signals is None:
        return ""
    units = _name_units(assessment)
    latest = signals.chart.latest if signals.chart is not None else None
    if not ranges or latest is None or latest.footing is Footing.TOO_FEW:
        now = f"No usual range is drawn for now: fewer than {FEWEST_POINTS} {units} mean the same as the latest."
        return now if not ranges else f"{now} {_explain_band(ranges, units, is_now=False)}"
    provisional = f" It is provisional, from {latest.baseline_points} {units}."
    told = _explain_band(ranges, units, is_now=True)
    is_seasonal = isinstance(signals.season, SeasonOfPeriod) and signals.season.season.is_clear
    told += f" {_SEASON_WARNING}" if is_seasonal else ""
    return told + (provisional if latest.footing is Footing.PROVISIONAL else "")


def _explain_band(ranges: Sequence[LimitStretch], units: str, *, is_now: bool) -> str:
    last = ranges[-1]
    now = f" ({format_count(last.lower)} to {format_count(last.upper)} now)" if is_now else ""
    anew = (
        " It is drawn anew where a recording change moved the level." if len({each.mean for each in ranges}) > 1 else ""
    )
    return f"Blue band: where nearly all {units} lie if nothing changes{now}; dashed: their average.{anew}"


def describe_marks(assessment: Assessment, ranges: Sequence[LimitStretch], marks: Sequence[Mark]) -> Sentence | None:
    """Say which points are marked; None where no point may be judged."""
    judged = sum(len(each.periods) for each in ranges)
    if not judged:
        return None
    units = _name_units(assessment)
    outside = [
        _state_outside(
            [each for each in marks if each.kind is MarkKind.OUTSIDE and each.is_high is is_high], units, where
        )
        for is_high, where in ((True, "above"), (False, "below"))
    ]
    told = [*outside, _state_patterns(list_runs(marks), units)]
    said = " ".join(each for each in told if each)
    return Sentence(said or f"None of the {judged} {units} that could be judged stands out from the usual range.")


def deny_proof(assessment: Assessment, ranges: Sequence[LimitStretch], marks: Sequence[Mark]) -> str:
    """Say what a mark does not prove; nothing where there is none."""
    if not marks:
        return ""
    units = _name_units(assessment)
    judged = sum(len(each.periods) for each in ranges)
    return (
        f"A mark is a question and not a proof: of 100 charts of {judged} {units} in which nothing happened, about "
        f"{count_false_marks(judged)} have one."
    )


def _state_outside(marks: Sequence[Mark], units: str, where: str) -> str:
    names = [each.period.short_words for each in marks]
    if not names:
        return ""
    if len(names) == 1:
        return f"One {units[:-1]}, {names[0]}, stands out {where} the usual range (triangle)."
    who = list_names(names) if len(names) <= MOST_NAMES else f"the latest {names[-1]}"
    return f"{len(names)} {units}, {who}, stand out {where} the usual range (triangles)."


def _state_patterns(runs: Sequence[PatternRun], units: str) -> str:
    """Tell of the latest run, and count those before."""
    if not runs:
        return ""
    earlier = len(runs) - 1
    more = (
        "" if not earlier else " An earlier run is marked too." if earlier == 1 else f" Earlier runs marked: {earlier}."
    )
    return f"{_state_run(runs[-1], units)} (thick line).{more}"


def _state_run(run: PatternRun, units: str) -> str:
    if len(run.marks) == 1:
        (mark,) = run.marks
        return f"{mark.period.short_words} ends an unusual run"
    if run.kind is MarkKind.ROW:
        return f"{run.length} {units} in a row, {run.words}, lie {'above' if run.is_high else 'below'} the average"
    if run.kind is MarkKind.DRIFT:
        way = "above" if run.is_high else "below"
        return f"{run.length} {units} in a row, {run.words}, each lie {way} the one before"
    edge = "upper" if run.is_high else "lower"
    return f"{len(run.marks)} of {run.length} {units}, {run.words}, lie near the {edge} edge of the usual range"


def _name_units(assessment: Assessment) -> str:
    signals = assessment.signals
    return "quarters" if signals is not None and signals.series.unit is Quarter else "months"
