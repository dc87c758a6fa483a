"""The range of a control chart over an indicator's months: drawn, marked by shape, and said in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from shp_analysis.assessments import Assessment
from shp_analysis.briefing.parts import Sentence
from shp_analysis.charts.drawing import number_of
from shp_analysis.periods import Period, Quarter
from shp_analysis.signals import (
    LimitStretch,
    Mark,
    MarkKind,
    SeasonOfPeriod,
    count_false_marks,
    list_marks,
    list_stretches,
)
from shp_analysis.statistics.chart_stretches import FEWEST_POINTS, Footing
from shp_analysis.style import SEQUENTIAL_COLOURS, TEXT_COLOUR, format_count
from shp_analysis.text.lists import list_names

if TYPE_CHECKING:
    from matplotlib.axes import Axes

RANGE_LABEL = "usual range"
MOST_NAMES = 3
MARK_LABEL, PATTERN_LABEL = "out of range", "unusual run"
_HALF_A_MONTH = 15
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
        head = f"{first:%B}" if first.year == last.year else f"{first:%B %Y}"
        return f"{head} to {last:%B %Y}"


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
        half = timedelta(days=_HALF_A_MONTH * len(each.periods[0].months))
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


def state_marks(assessment: Assessment, ranges: Sequence[LimitStretch], marks: Sequence[Mark]) -> Sentence | None:
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
