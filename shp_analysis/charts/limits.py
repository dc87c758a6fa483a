"""The range of a control chart over an indicator's course: drawn, marked by shape, and said in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from shp_analysis.assessments import Assessment
from shp_analysis.briefing.parts import Sentence
from shp_analysis.charts.drawing import number_of
from shp_analysis.periods import Quarter
from shp_analysis.sentences import list_names
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

if TYPE_CHECKING:
    from matplotlib.axes import Axes

RANGE_LABEL = "usual range"
MOST_NAMES = 3
MARK_LABEL = "marked"
_HALF_A_MONTH = 15
_POINTS = {"^": 62, "v": 62, "s": 34, "D": 34}
"""What lies outside the range is seen first."""
_SHAPES: Mapping[tuple[MarkKind, bool], str] = {
    (MarkKind.OUTSIDE, True): "^",
    (MarkKind.OUTSIDE, False): "v",
    (MarkKind.DRIFT, True): "D",
    (MarkKind.DRIFT, False): "D",
    (MarkKind.NEAR, True): "D",
    (MarkKind.NEAR, False): "D",
    (MarkKind.ROW, True): "s",
    (MarkKind.ROW, False): "s",
}
_SEASON_WARNING = "The range makes no allowance for the season."
_PATTERNS: Mapping[MarkKind, str] = {
    MarkKind.ROW: "squares: 7 or more in a row on one side of the mean",
    MarkKind.DRIFT: "diamonds: 7 in a row that go one way",
    MarkKind.NEAR: "diamonds: 2 of 3 near one edge",
}


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


def draw_marks(axes: Axes, marks: Sequence[Mark]) -> None:
    """Ring the marked points: a triangle for outside the range, other shapes for patterns within it."""
    for shape, points in _POINTS.items():
        own = [each for each in marks if _SHAPES[each.kind, each.is_high] == shape]
        if own:
            axes.scatter(
                [number_of(each.period.start) for each in own],
                [each.count for each in own],
                marker=shape,
                s=points,
                facecolor="none",
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
    return told + (provisional if latest.footing is Footing.PROVISIONAL else "")


def _explain_band(ranges: Sequence[LimitStretch], units: str, *, is_now: bool) -> str:
    last = ranges[-1]
    now = f", now {format_count(last.lower)} to {format_count(last.upper)}" if is_now else ""
    anew = (
        " It is drawn anew where a recording change moved the level." if len({each.mean for each in ranges}) > 1 else ""
    )
    return f"Blue band: the range in which nearly all {units} lie if nothing changes{now}; dashed: their mean.{anew}"


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
    told = [*outside, _state_patterns([each for each in marks if each.kind is not MarkKind.OUTSIDE], units)]
    said = " ".join(each for each in told if each)
    return Sentence(said or f"None of the {judged} {units} that could be judged stands out from the usual range.")


def deny_proof(assessment: Assessment, ranges: Sequence[LimitStretch], marks: Sequence[Mark]) -> str:
    """Say what a mark does not prove; nothing where there is none."""
    if not marks:
        return ""
    signals, units = assessment.signals, _name_units(assessment)
    judged = sum(len(each.periods) for each in ranges)
    chance = (
        f"A marked {units[:-1]} is a question and not a proof: of 100 charts of {judged} {units} in which nothing "
        f"happened, about {count_false_marks(judged)} have a mark."
    )
    is_seasonal = signals and isinstance(signals.season, SeasonOfPeriod) and signals.season.season.is_clear
    return f"{_SEASON_WARNING} {chance}" if is_seasonal else chance


def _state_outside(marks: Sequence[Mark], units: str, where: str) -> str:
    names = [each.period.short_words for each in marks]
    if not names:
        return ""
    if len(names) == 1:
        return f"One {units[:-1]}, {names[0]}, stands out {where} the usual range (triangle)."
    who = list_names(names) if len(names) <= MOST_NAMES else f"the latest {names[-1]}"
    return f"{len(names)} {units}, {who}, stand out {where} the usual range (triangles)."


def _state_patterns(marks: Sequence[Mark], units: str) -> str:
    if not marks:
        return ""
    kinds = [words for kind, words in _PATTERNS.items() if any(each.kind is kind for each in marks)]
    latest = marks[-1].period.short_words
    who = f"{len(marks)} {units}, the latest {latest}, form" if len(marks) > 1 else f"One {units[:-1]}, {latest}, forms"
    return f"{who} a pattern ({'; '.join(kinds)})."


def _name_units(assessment: Assessment) -> str:
    signals = assessment.signals
    return "quarters" if signals is not None and signals.series.unit is Quarter else "months"
