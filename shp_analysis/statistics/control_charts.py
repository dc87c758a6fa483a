"""XmR control charts, read by the four Making Data Count rules: is this month news, or the usual ups and downs.

A series that nothing acts upon still moves. The chart draws how far it usually moves, from the average distance
between one point and the next, and a rule speaks only where a point or a pattern is hard to put down to that. The
rules, in the order in which they claim a point (`RULES_IN_ORDER`; a point that several rules mark carries the first):

1. *Outside*: a point beyond a process limit. Something unusual happened at that point.
2. *Trend*: seven points in a row each above (or each below) the one before. The level is drifting.
3. *Near a limit*: two of three points in a row in the outer third between mean and limit, and all three on one side
   of the mean; the near ones are marked. A point outside the limit is not near it. An early warning.
4. *Run*: seven points in a row on one side of the mean. The level has shifted.

Seven points rising are six steps, and a peak between a rise and a fall belongs to the rise. A point on the mean ends a
run, and two equal neighbours end a trend. A missing value is a gap: it is marked as not judged, no range is measured
across it, and no rule looks across it.

What to expect of it: the four rules together mark something on 15 to 19 of 100 charts of twenty quarters in which
nothing happened. A mark is a reason to ask, and no proof.

References
----------
NHS England, Making Data Count: Strengthening your decisions (2019). The rules, the icons and their colours.
Provost and Murray (2011), The Health Care Data Guide, pp. 155 and 192: individuals charts, how many points limits need.
Nelson (1982), Control charts for individual measurements, Journal of Quality Technology 14, 172-173: screening of
ranges.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from shp_analysis.errors import RequestError

SCREEN_ABOVE_MEAN_RANGES = 3.267
"""A moving range longer than this many mean ranges is an event and no part of the usual movement."""
FEWEST_POINTS = 12
"""Below this many points to draw limits from nothing is marked."""
FIRM_POINTS = 15
"""From this many points on limits are taken without comment; between the two they are provisional."""
RELATIVE_TOLERANCE = 1e-12
"""Two numbers nearer than this share of the largest value are equal: else rounding would mark a constant series."""

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int_]
Bools = npt.NDArray[np.bool_]


class Footing(StrEnum):
    """How much the limits rest on."""

    FIRM = "firm"
    PROVISIONAL = "provisional"
    TOO_FEW = "too few points"


def number_segments(dates: npt.ArrayLike, rebase_dates: Sequence[object]) -> Ints:
    """Give each date the number of its stretch between rebase dates.

    Parameters
    ----------
    dates : array_like of datetime64, date or ISO text, shape (n,)
        Of the points, rising.
    rebase_dates : sequence of the same
        Each is the first day of a new stretch: a point on that day belongs to it. Rebase where something is known
        to have changed (a recording break), and never to make a mark go away.

    Returns
    -------
    numpy.ndarray of int, shape (n,)
        From 0. A rebase date with no point before or after it starts nothing.

    Raises
    ------
    RequestError
        Where the dates do not rise.
    """
    days = np.asarray(dates, dtype="datetime64[D]")
    if (np.diff(days).astype(int) <= 0).any():
        place = int(np.flatnonzero(np.diff(days).astype(int) <= 0)[0])
        raise RequestError(f"dates must rise, but {days[place + 1]} follows {days[place]}: sort the series first")
    starts = np.sort(np.asarray(rebase_dates, dtype="datetime64[D]"))
    crossed = np.searchsorted(starts, days, side="right")
    return np.unique(crossed, return_inverse=True)[1].reshape(-1)


def number_stretches(segments: npt.ArrayLike | None, length: int) -> Ints:
    """Check segment numbers and renumber them from 0 without gaps; one stretch where none are given.

    Raises
    ------
    RequestError
        Where there are not as many numbers as values, or they fall.
    """
    if segments is None:
        return np.zeros(length, dtype=np.int_)
    numbers = np.asarray(segments, dtype=np.int_)
    if numbers.shape != (length,):
        raise RequestError(f"{length} values need {length} segment numbers, and there are {numbers.size}")
    if (np.diff(numbers) < 0).any():
        raise RequestError("segment numbers fall; give numbers that only rise, as `number_segments` does")
    return np.concatenate([[0], np.cumsum(np.diff(numbers) > 0)]).astype(np.int_)


def bound_stretches(numbers: Ints) -> list[tuple[int, int]]:
    """Give the first position of each stretch and the first after it."""
    bounds = [0, *(np.flatnonzero(np.diff(numbers)) + 1).tolist(), len(numbers)]
    return list(pairwise(bounds))


def average_ranges(ranges: Floats, *, screen: bool) -> tuple[float, int, int]:
    """Average moving ranges, without those that are events.

    Parameters
    ----------
    ranges : numpy.ndarray of float, shape (n,)
        Distances between neighbours; NaN where one of the two has no value.
    screen : bool
        Whether to leave out, once, ranges above `SCREEN_ABOVE_MEAN_RANGES` mean ranges. Where only ranges of zero
        would be left nothing is left out: one step in a flat series must not mark every point of it.

    Returns
    -------
    mean : float
        NaN without any range.
    ranges, screened : int
        How many there were, and how many of them were left out.
    """
    known = ranges[~np.isnan(ranges)]
    if not known.size:
        return float("nan"), 0, 0
    mean = float(known.mean())
    kept = known[known <= SCREEN_ABOVE_MEAN_RANGES * mean] if screen else known
    if not kept.any():
        return mean, known.size, 0
    return float(kept.mean()), known.size, known.size - kept.size


def judge_footing(points: int, ranges: int, fewest_points: int) -> Footing:
    """Say how much limits rest on, given the values and the moving ranges behind them.

    A series full of gaps has few neighbours: half as many ranges as points are asked for.
    """
    if points < fewest_points or ranges < fewest_points / 2:
        return Footing.TOO_FEW
    return Footing.FIRM if points >= FIRM_POINTS else Footing.PROVISIONAL


def tolerance_of(values: Floats) -> float:
    """Give the distance below which two values of a series are taken for equal."""
    return RELATIVE_TOLERANCE * float(np.abs(values[~np.isnan(values)]).max(initial=0.0))


LIMIT_PER_MEAN_RANGE = 2.66
"""Three standard deviations in units of the mean moving range (3 / 1.128, rounded as Making Data Count does)."""
NEAR_LIMIT_SHARE = 2 / 3
"""Beyond this share of the way from mean to limit a point is near the limit."""
RUN_LENGTH = 7
TREND_LENGTH = 7
NEAR_WINDOW = 3
NEAR_NEEDED = 2
Words = npt.NDArray[np.str_]


class Improvement(StrEnum):
    """Which way is better."""

    INCREASE = "increase"
    DECREASE = "decrease"
    NEUTRAL = "neutral"


class SpecialCause(StrEnum):
    """The rule that marks a point, and which way."""

    COMMON_CAUSE = "common cause"
    NOT_JUDGED = "not judged"
    ABOVE_UPPER_LIMIT = "above the upper limit"
    BELOW_LOWER_LIMIT = "below the lower limit"
    SEVEN_RISING = "7 points rising"
    SEVEN_FALLING = "7 points falling"
    NEAR_UPPER_LIMIT = "2 of 3 near the upper limit"
    NEAR_LOWER_LIMIT = "2 of 3 near the lower limit"
    SEVEN_ABOVE_MEAN = "7 points above the mean"
    SEVEN_BELOW_MEAN = "7 points below the mean"


class PointType(StrEnum):
    """What a mark means, given which way is better; `high` and `low` where neither way is."""

    COMMON_CAUSE = "common cause"
    NOT_JUDGED = "not judged"
    IMPROVEMENT = "improvement"
    CONCERN = "concern"
    NEUTRAL_HIGH = "neutral high"
    NEUTRAL_LOW = "neutral low"


class Assurance(StrEnum):
    """Whether the target will be met if nothing changes: always, never, or by luck."""

    PASS = "pass"  # noqa: S105 - the name of an icon
    FAIL = "fail"
    INCONSISTENT = "inconsistent"


RULES_IN_ORDER: tuple[tuple[SpecialCause, SpecialCause], ...] = (
    (SpecialCause.ABOVE_UPPER_LIMIT, SpecialCause.BELOW_LOWER_LIMIT),
    (SpecialCause.SEVEN_RISING, SpecialCause.SEVEN_FALLING),
    (SpecialCause.NEAR_UPPER_LIMIT, SpecialCause.NEAR_LOWER_LIMIT),
    (SpecialCause.SEVEN_ABOVE_MEAN, SpecialCause.SEVEN_BELOW_MEAN),
)
"""Each rule's upward and downward mark; a point carries the first that applies."""
HIGH = frozenset(upward for upward, _ in RULES_IN_ORDER)
_MARKS = np.array([str(SpecialCause.COMMON_CAUSE), *(str(cause) for pair in RULES_IN_ORDER for cause in pair)])
_TYPES = {
    Improvement.INCREASE: (PointType.IMPROVEMENT, PointType.CONCERN),
    Improvement.DECREASE: (PointType.CONCERN, PointType.IMPROVEMENT),
    Improvement.NEUTRAL: (PointType.NEUTRAL_HIGH, PointType.NEUTRAL_LOW),
}


@dataclass(frozen=True)
class XmrSettings:
    """How a chart is drawn and read.

    Attributes
    ----------
    improvement : Improvement
        Neutral unless said otherwise, so that nothing is called better or worse by default.
    target : float, optional
        In the unit of the values.
    fix_after_n_points : int, optional
        Mean and limits come from the first so many periods of each segment, gaps among them; from all where left out.
    screen_ranges : bool
        Whether moving ranges above `SCREEN_ABOVE_MEAN_RANGES` mean ranges are left out, once. The spreadsheet of
        Making Data Count does not do this and draws wider limits around an outlier.
    fewest_points : int
        With fewer points behind the limits nothing is marked.

    Raises
    ------
    RequestError
        Where a number of points is not positive, or the target not finite.
    """

    improvement: Improvement = Improvement.NEUTRAL
    target: float | None = None
    fix_after_n_points: int | None = None
    screen_ranges: bool = True
    fewest_points: int = FEWEST_POINTS

    def __post_init__(self) -> None:
        if self.fix_after_n_points is not None and self.fix_after_n_points < 1:
            raise RequestError(f"fix_after_n_points is {self.fix_after_n_points}; give 1 or more, or leave it out")
        if self.fewest_points < 2:  # noqa: PLR2004 - one range needs two points
            raise RequestError(f"fewest_points is {self.fewest_points}; one moving range needs at least 2 points")
        if self.target is not None and not np.isfinite(self.target):
            raise RequestError(f"the target is {self.target}; give a finite number, or leave it out")


@dataclass(frozen=True)
class Segment:
    """One stretch of a chart with limits of its own, between two rebase dates.

    Attributes
    ----------
    number : int
        From 0.
    start, stop : int
        Positions in the chart; `stop` is the first that no longer belongs.
    baseline_points : int
        How many values mean and limits rest on.
    screened_ranges : int
        How many moving ranges were left out as events.
    mean, lower, upper : float
        NaN where there is nothing to draw them from. Below `fewest_points` they are for orientation only.
    footing : Footing
    special_cause, variation : SpecialCause, PointType
        Of the last point that has a value.
    assurance : Assurance or None
        None without a target, where neither way is better, or with too few points.
    """

    number: int
    start: int
    stop: int
    baseline_points: int
    screened_ranges: int
    mean: float
    lower: float
    upper: float
    footing: Footing
    special_cause: SpecialCause
    variation: PointType
    assurance: Assurance | None


@dataclass(frozen=True, eq=False)
class XmrChart:
    """A series with its limits and marks; every array has one entry for each value given.

    Attributes
    ----------
    values, mean, lower, upper : numpy.ndarray of float, shape (n,)
        `lower` and `upper` are the process limits. They are not cut at zero.
    special_cause : numpy.ndarray of str, shape (n,)
        Words of `SpecialCause`.
    point_type : numpy.ndarray of str, shape (n,)
        Words of `PointType`.
    segment : numpy.ndarray of int, shape (n,)
        Number of the segment, from 0.
    segments : tuple of Segment
        What is said of each; read the last for "now", and its `footing` first.
    settings : XmrSettings
    """

    values: Floats
    mean: Floats
    lower: Floats
    upper: Floats
    special_cause: Words
    point_type: Words
    segment: Ints
    segments: tuple[Segment, ...] = field(repr=False)
    settings: XmrSettings

    @property
    def latest(self) -> Segment:
        """The segment that the last value belongs to."""
        return self.segments[-1]


def assess_xmr(
    values: npt.ArrayLike, settings: XmrSettings | None = None, *, segments: npt.ArrayLike | None = None
) -> XmrChart:
    """Draw limits around a series and mark what they leave out.

    Parameters
    ----------
    values : array_like of float, shape (n,)
        In order of time, one for each period; NaN where a period is missing.
    settings : XmrSettings, optional
    segments : array_like of int, shape (n,), optional
        Never falling; where the number rises, mean and limits are drawn anew and no rule looks across. See
        `number_segments`.

    Returns
    -------
    XmrChart
        Read `latest.footing` first: with too few points every point is "not judged" and nothing may be said.

    Raises
    ------
    RequestError
        Where there is no value at all, one is infinite, or the segments do not fit.

    Examples
    --------
    >>> chart = assess_xmr([1, 2, 1, 2, 10, 1, 2, 1, 2, 1, 2, 1])
    >>> round(float(chart.upper[0]), 2), str(chart.special_cause[4]), str(chart.latest.footing)
    (4.83, 'above the upper limit', 'provisional')
    """
    settings = settings or XmrSettings()
    series = _check_values(values)
    numbers = number_stretches(segments, len(series))
    pieces = [
        _assess_segment(number, start, series[start:stop], settings)
        for number, (start, stop) in enumerate(bound_stretches(numbers))
    ]
    parts = tuple(part for part, _, _ in pieces)
    lengths = [part.stop - part.start for part in parts]
    return XmrChart(
        values=series,
        mean=np.repeat([part.mean for part in parts], lengths),
        lower=np.repeat([part.lower for part in parts], lengths),
        upper=np.repeat([part.upper for part in parts], lengths),
        special_cause=np.concatenate([causes for _, causes, _ in pieces]),
        point_type=np.concatenate([types for _, _, types in pieces]),
        segment=numbers,
        segments=parts,
        settings=settings,
    )


def _assess_segment(number: int, start: int, values: Floats, settings: XmrSettings) -> tuple[Segment, Words, Words]:
    has_value, baseline = ~np.isnan(values), values[: settings.fix_after_n_points]
    known = baseline[~np.isnan(baseline)]
    mean = float(known.mean()) if known.size else float("nan")
    mean_range, ranges, screened = average_ranges(np.abs(np.diff(baseline)), screen=settings.screen_ranges)
    limit = LIMIT_PER_MEAN_RANGE * mean_range
    footing = judge_footing(known.size, ranges, settings.fewest_points)
    judged = has_value & (footing is not Footing.TOO_FEW)
    causes = np.where(judged, _MARKS[_mark(values, mean, limit)], str(SpecialCause.NOT_JUDGED))
    types = _type_points(causes, settings.improvement)
    last = int(np.flatnonzero(has_value)[-1]) if has_value.any() else 0
    lower, upper = mean - limit, mean + limit
    segment = Segment(
        number=number,
        start=start,
        stop=start + len(values),
        baseline_points=known.size,
        screened_ranges=screened,
        mean=mean,
        lower=lower,
        upper=upper,
        footing=footing,
        special_cause=SpecialCause(str(causes[last])),
        variation=PointType(str(types[last])),
        assurance=None if footing is Footing.TOO_FEW else _assure(lower, upper, settings),
    )
    return segment, causes, types


def _mark(values: Floats, mean: float, limit: float) -> Ints:
    """Give each value the place of its mark in `_MARKS`; rules that come first overwrite those that come later."""
    upward, downward = (_apply_rules(values, mean, limit, sign) for sign in (1, -1))
    in_order = [hits for pair in zip(upward, downward, strict=True) for hits in pair]
    marks = np.zeros(len(values), dtype=np.int_)
    for place in range(len(in_order), 0, -1):
        marks[in_order[place - 1]] = place
    return marks


def _apply_rules(values: Floats, mean: float, limit: float, sign: int) -> tuple[Bools, Bools, Bools, Bools]:
    """Find what each rule marks on one side, in the order of `RULES_IN_ORDER`."""
    tolerance, off = tolerance_of(values), sign * (values - mean)
    on_side, outside = off > tolerance, off > limit + tolerance
    near = (off > NEAR_LIMIT_SHARE * limit + tolerance) & ~outside
    trend = _count(sign * np.diff(values) > tolerance, TREND_LENGTH - 1) == TREND_LENGTH - 1
    warning = (_count(near, NEAR_WINDOW) >= NEAR_NEEDED) & (_count(on_side, NEAR_WINDOW) == NEAR_WINDOW)
    run = _count(on_side, RUN_LENGTH) == RUN_LENGTH
    return (
        outside,
        _spread(trend, TREND_LENGTH, len(values)),
        _spread(warning, NEAR_WINDOW, len(values)) & near,
        _spread(run, RUN_LENGTH, len(values)),
    )


def _count(flags: Bools, length: int) -> Ints:
    """Count the flags in each window of so many neighbours, by the window's start."""
    if len(flags) < length:
        return np.zeros(0, dtype=np.int_)
    totals = np.concatenate([[0], np.cumsum(flags)])
    return np.asarray(totals[length:] - totals[:-length])


def _spread(windows: Bools, length: int, total: int) -> Bools:
    """Mark every point of every window that is flagged by its start."""
    if not windows.any():
        return np.zeros(total, dtype=bool)
    return np.asarray(np.convolve(windows, np.ones(length, dtype=int)) > 0)


def _type_points(causes: Words, improvement: Improvement) -> Words:
    upward, downward = _TYPES[improvement]
    types = {str(cause): str(upward if cause in HIGH else downward) for pair in RULES_IN_ORDER for cause in pair}
    # The two words without a rule mean the same of a point as of a cause.
    return np.array([types.get(cause, cause) for cause in causes.tolist()])


def _assure(lower: float, upper: float, settings: XmrSettings) -> Assurance | None:
    if settings.target is None or settings.improvement is Improvement.NEUTRAL:
        return None
    if lower <= settings.target <= upper:
        return Assurance.INCONSISTENT
    is_met = (settings.target < lower) == (settings.improvement is Improvement.INCREASE)
    return Assurance.PASS if is_met else Assurance.FAIL


def _check_values(values: npt.ArrayLike) -> Floats:
    series = np.array(values, dtype=float)
    if series.ndim != 1 or np.isnan(series).all():
        raise RequestError(f"a chart needs one row of values with at least one number, and got shape {series.shape}")
    if np.isinf(series).any():
        place = int(np.flatnonzero(np.isinf(series))[0])
        raise RequestError(f"value {place} of the series is {series[place]}; give a finite number, or NaN for a gap")
    return series
