"""The marked points of an indicator's control chart, each with what marks it, and how many marks chance alone makes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from shp_analysis.assessment.signals.series import CountedSeries
from shp_analysis.reference.periods import Period
from shp_analysis.statistics.control_charts import HIGH, SpecialCause, XmrChart

FALSE_MARKS = ((12, 8.0), (20, 15.0), (24, 18.5), (36, 28.0), (44, 36.0), (60, 48.0), (84, 61.0), (120, 75.0))
"""Points, and how many of 100 charts of so many have a mark somewhere although nothing happened: 1,500 simulated charts
of each length, of independent counts with a mean of 200."""
_NEXT_TO_NOTHING = 5.0
"""A number of charts is told in steps of this: the simulation is of one kind of series."""


class MarkKind(StrEnum):
    """What marks a point."""

    OUTSIDE = "outside the range"
    DRIFT = "seven in one direction"
    NEAR = "near the edge"
    ROW = "seven on one side"


_KINDS: Mapping[SpecialCause, MarkKind | None] = {
    SpecialCause.COMMON_CAUSE: None,
    SpecialCause.NOT_JUDGED: None,
    SpecialCause.ABOVE_UPPER_LIMIT: MarkKind.OUTSIDE,
    SpecialCause.BELOW_LOWER_LIMIT: MarkKind.OUTSIDE,
    SpecialCause.SEVEN_RISING: MarkKind.DRIFT,
    SpecialCause.SEVEN_FALLING: MarkKind.DRIFT,
    SpecialCause.NEAR_UPPER_LIMIT: MarkKind.NEAR,
    SpecialCause.NEAR_LOWER_LIMIT: MarkKind.NEAR,
    SpecialCause.SEVEN_ABOVE_MEAN: MarkKind.ROW,
    SpecialCause.SEVEN_BELOW_MEAN: MarkKind.ROW,
}


@dataclass(frozen=True)
class Mark:
    """A point that a rule marks.

    Attributes
    ----------
    period : Period
        Its month or quarter.
    count : float
    kind : MarkKind
    is_high : bool
        Whether it lies on the upper side, or belongs to points each above the one before.
    """

    period: Period
    count: float
    kind: MarkKind
    is_high: bool


@dataclass(frozen=True)
class LimitStretch:
    """Neighbouring points that are judged by one range.

    Attributes
    ----------
    periods : tuple of Period
    mean, lower, upper : float
        A count is not negative, so the range is cut at zero.
    """

    periods: tuple[Period, ...]
    mean: float
    lower: float
    upper: float


def list_marks(series: CountedSeries, chart: XmrChart) -> tuple[Mark, ...]:
    """List the marked points of a chart, in order of time.

    Parameters
    ----------
    series : CountedSeries
    chart : XmrChart
        Of this series.

    Returns
    -------
    tuple of Mark
    """
    causes = [SpecialCause(str(each)) for each in chart.special_cause]
    return tuple(
        Mark(series.period_at(place), float(chart.values[place]), kind, cause in HIGH)
        for place, cause in enumerate(causes)
        if (kind := _KINDS[cause]) is not None
    )


def list_stretches(series: CountedSeries, chart: XmrChart) -> tuple[LimitStretch, ...]:
    """List the stretches of a chart over which one range holds.

    Parameters
    ----------
    series : CountedSeries
    chart : XmrChart
        Of this series.

    Returns
    -------
    tuple of LimitStretch
        In order of time. A point that may not be judged - missing, disturbed by a break, in a stretch too short for
        a range - is in none, and ends one.
    """
    judged = np.flatnonzero(chart.special_cause != str(SpecialCause.NOT_JUDGED))
    apart = (np.diff(judged) > 1) | (np.diff(chart.segment[judged]) > 0)
    pieces = np.split(judged, np.flatnonzero(apart) + 1) if len(judged) else []
    return tuple(
        LimitStretch(
            tuple(series.period_at(int(place)) for place in piece),
            *(max(0.0, float(line[piece[0]])) for line in (chart.mean, chart.lower, chart.upper)),
        )
        for piece in pieces
    )


def count_false_marks(points: int) -> int:
    """Say of how many of 100 charts some point would be marked although nothing happened.

    Parameters
    ----------
    points : int
        That are judged.

    Returns
    -------
    int
        In steps of five; between the simulated lengths by a straight line. A season that the chart makes no allowance
        for makes it more.
    """
    lengths, shares = zip(*FALSE_MARKS, strict=True)
    return int(_NEXT_TO_NOTHING * round(float(np.interp(points, lengths, shares)) / _NEXT_TO_NOTHING))
