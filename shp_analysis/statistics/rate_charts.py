"""Control charts for counts, shares, rates and rare events, and run charts with Anhøj's rules.

Which chart, by what is counted:

========= =========================================== ==================================================
kind      for                                         how far chance reaches
========= =========================================== ==================================================
c         events in periods alike                     Poisson
u         events per exposure (days, residents)       Poisson
p         a share: so many of so many                 binomial
u′, p′    the same with large denominators            Poisson or binomial, times what neighbours show
g         events (or days) *between* rare events      geometric
t         time between rare events, never zero        Weibull, made normal by the power 1/3.6
I, I′     one measurement; weighted by a denominator  the moving range
MR        the moving range itself                     the mean moving range
run       anything                                    no limits: runs and crossings of the median
========= =========================================== ==================================================

With thousands of events c, u and p charts call almost every point special, because real rates vary by more than pure
chance; u′ and p′ measure how much more (`Stretch.spread`, 1 where chance is all there is). On g and t charts a *high*
point means that events have become rarer.

Anhøj's rules find a lasting shift that no single point shows: a longest run on one side of the centre above, or a
number of crossings below, what chance makes in about 95 of 100 charts. They are told for a whole stretch, not for a
point.

References
----------
Provost and Murray (2011), The Health Care Data Guide, chapters 5 and 7: choice of chart, limits, t charts.
Montgomery (2013), Introduction to Statistical Quality Control, 7th ed., chapters 6 and 7: worked examples.
Laney (2002), Improved control charts for attributes, Quality Engineering 14, 531-537: p′ and u′.
Benneyan (2001), Number-between g-type statistical quality control charts, Health Care Management Science 4, 305-318.
Nelson (1994), A control chart for parts-per-million nonconforming items, Journal of Quality Technology 26, 239-240: t.
Taylor (2018), Normalized individuals control chart: I′.
Anhøj and Olesen (2014), Run charts revisited, PLoS ONE 9, e113825; Anhøj (2015), PLoS ONE 10, e0121349.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from shp_analysis.errors import RequestError
from shp_analysis.statistics.chart_lines import (
    BY_MOVING_RANGE,
    MAY_BE_NEGATIVE,
    PER_DENOMINATOR,
    SHARES,
    ChartKind,
    Lines,
    StretchValues,
    draw_lines,
)
from shp_analysis.statistics.chart_stretches import (
    FEWEST_POINTS,
    Bools,
    Floats,
    Footing,
    Ints,
    bound_stretches,
    judge_footing,
    number_stretches,
    tolerance_of,
)
from shp_analysis.statistics.runs import RunSignal, assess_runs

__all__ = ["PER_DENOMINATOR", "ChartKind", "LimitChart", "Stretch", "assess_limit_chart"]


@dataclass(frozen=True)
class Stretch:
    """What holds for one segment of a chart.

    Attributes
    ----------
    start, stop : int
        Positions; `stop` is the first that no longer belongs.
    baseline_points : int
        How many values centre and limits rest on.
    footing : Footing
        With too few points nothing is marked as outside.
    spread : float
        Of u′ and p′ charts: how much further the series moves than chance alone, in standard deviations. 1 elsewhere.
    runs : RunSignal
    """

    start: int
    stop: int
    baseline_points: int
    footing: Footing
    spread: float
    runs: RunSignal


@dataclass(frozen=True, eq=False)
class LimitChart:
    """A chart with limits; every array has one entry for each value given.

    Attributes
    ----------
    kind : ChartKind
    values, centre : numpy.ndarray of float, shape (n,)
        What is drawn (the rate, the share, the moving range) and the line through it. The centre is the mean, but the
        median on g and run charts; the limits of a g chart come from the mean all the same.
    lower, upper, lower_warning, upper_warning : numpy.ndarray of float, shape (n,)
        Three and two standard deviations, cut to where a value can lie. NaN on a run chart.
    is_outside, is_excluded : numpy.ndarray of bool, shape (n,)
    segment : numpy.ndarray of int, shape (n,)
    stretches : tuple of Stretch
    """

    kind: ChartKind
    values: Floats
    centre: Floats
    lower: Floats
    lower_warning: Floats
    upper_warning: Floats
    upper: Floats
    is_outside: Bools
    is_excluded: Bools
    segment: Ints
    stretches: tuple[Stretch, ...] = field(repr=False)

    @property
    def latest(self) -> Stretch:
        """The stretch that the last value belongs to."""
        return self.stretches[-1]


def assess_limit_chart(
    kind: ChartKind,
    counts: npt.ArrayLike,
    denominators: npt.ArrayLike | None = None,
    *,
    fix_after_n_points: int | None = None,
    segments: npt.ArrayLike | None = None,
    excluded: Sequence[int] = (),
    screen_ranges: bool = True,
    fewest_points: int = FEWEST_POINTS,
) -> LimitChart:
    """Draw a chart of one kind and find what lies outside its limits.

    Parameters
    ----------
    kind : ChartKind
    counts : array_like of float, shape (n,)
        In order of time; NaN for a gap. Numerators of u, p and I′ charts, else the values themselves.
    denominators : array_like of float, shape (n,), optional
        For u, u′, p, p′ and I′ charts only, above zero; divide by 1,000 for a rate per 1,000. NaN for a gap.
    fix_after_n_points : int, optional
        Centre and limits come from the first so many places of each segment; all where left out.
    segments : array_like of int, shape (n,), optional
        Never falling; each number gets lines of its own. See `chart_stretches.number_segments`.
    excluded : sequence of int
        Positions left out of centre, limits and runs because their cause is known; they are still drawn and judged.
    screen_ranges : bool
        Whether moving ranges that are events are left out of the limits, once; see
        `chart_stretches.average_ranges`.
    fewest_points : int
        With fewer values behind the limits no point is marked as outside.

    Returns
    -------
    LimitChart

    Raises
    ------
    RequestError
        Where denominators are missing, not wanted or not positive, a share is above 1, a count is negative, a t
        chart holds a zero, or the segments do not fit.

    Examples
    --------
    >>> chart = assess_limit_chart(ChartKind.COUNTS, [9, 16, 11, 9, 12, 9, 10, 12, 9, 11, 10, 31, 8, 12])
    >>> round(float(chart.upper[0]), 2), chart.is_outside.nonzero()[0].tolist()
    (22.49, [11])
    """
    if fix_after_n_points is not None and fix_after_n_points < 1:
        raise RequestError(f"fix_after_n_points is {fix_after_n_points}; give 1 or more, or leave it out")
    numbers = number_stretches(segments, len(np.atleast_1d(np.asarray(counts))))
    values, weights = _plot_values(kind, counts, denominators, numbers)
    is_excluded = _mark_excluded(excluded, len(values))
    pieces = []
    for start, stop in bound_stretches(numbers):
        use = ~is_excluded[start:stop] & ~np.isnan(values[start:stop])
        use[len(use) if fix_after_n_points is None else fix_after_n_points :] = False
        part = StretchValues(values[start:stop], weights[start:stop], use, screen_ranges)
        lines = draw_lines(kind, part)
        footing = judge_footing(int(use.sum()), _ranges_behind(kind, part), fewest_points)
        runs = assess_runs(np.where(is_excluded[start:stop], np.nan, part.values), lines.centre)
        pieces.append((part, lines, Stretch(start, stop, int(use.sum()), footing, lines.spread, runs)))
    return LimitChart(
        kind=kind,
        values=values,
        centre=np.concatenate([part.fill(lines.centre) for part, lines, _ in pieces]),
        lower=np.concatenate([lines.lower for _, lines, _ in pieces]),
        lower_warning=np.concatenate([lines.lower_warning for _, lines, _ in pieces]),
        upper_warning=np.concatenate([lines.upper_warning for _, lines, _ in pieces]),
        upper=np.concatenate([lines.upper for _, lines, _ in pieces]),
        is_outside=np.concatenate([_find_outside(part, lines, stretch) for part, lines, stretch in pieces]),
        is_excluded=is_excluded,
        segment=numbers,
        stretches=tuple(stretch for _, _, stretch in pieces),
    )


def _find_outside(part: StretchValues, lines: Lines, stretch: Stretch) -> Bools:
    tolerance = tolerance_of(part.values)
    outside = (part.values < lines.lower - tolerance) | (part.values > lines.upper + tolerance)
    return outside & (stretch.footing is not Footing.TOO_FEW)


def _ranges_behind(kind: ChartKind, part: StretchValues) -> int:
    """Count the neighbours that limits rest on; charts of pure chance need none, and as many as points stand in."""
    if kind not in BY_MOVING_RANGE:
        return int(part.use.sum())
    return int((part.use[1:] & part.use[:-1]).sum())


def _plot_values(
    kind: ChartKind, counts: npt.ArrayLike, denominators: npt.ArrayLike | None, numbers: Ints
) -> tuple[Floats, Floats]:
    """Check what was given, and turn it into what is drawn and its weights."""
    series = np.array(counts, dtype=float)
    if series.ndim != 1 or not np.isfinite(series[~np.isnan(series)]).all() or np.isnan(series).all():
        raise RequestError(f"a {kind} chart needs one row of finite values, NaN for a gap, and at least one number")
    if kind not in MAY_BE_NEGATIVE and np.nanmin(series) < 0 and kind is not ChartKind.MOVING_RANGE:
        raise RequestError(f"a {kind} chart holds nothing below zero, and the series has {np.nanmin(series):g}")
    if kind is ChartKind.TIME_BETWEEN and np.nanmin(series) == 0:
        raise RequestError("a t chart needs times above zero: give hours for days, or use a g chart")
    if (denominators is None) == (kind in PER_DENOMINATOR):
        needs = "needs" if kind in PER_DENOMINATOR else "takes no"
        raise RequestError(
            f"a {kind} chart {needs} denominators; kinds with them: {', '.join(sorted(PER_DENOMINATOR))}"
        )
    if kind is ChartKind.MOVING_RANGE:
        series = np.abs(np.diff(series, prepend=np.nan))
        series[np.flatnonzero(np.diff(numbers)) + 1] = np.nan
    if denominators is None:
        return series, np.ones(len(series))
    weights = _check_denominators(denominators, len(series))
    if kind in SHARES and (series > weights).any():
        place = int(np.flatnonzero(series > weights)[0])
        raise RequestError(f"a share cannot be {series[place]:g} of {weights[place]:g} (place {place})")
    return series / weights, weights


def _check_denominators(denominators: npt.ArrayLike, length: int) -> Floats:
    weights = np.array(denominators, dtype=float)
    if weights.shape != (length,):
        raise RequestError(f"{length} counts need {length} denominators, and there are {weights.size}")
    if (weights <= 0).any() or np.isinf(weights).any():
        place = int(np.flatnonzero((weights <= 0) | np.isinf(weights))[0])
        raise RequestError(f"denominator {place} is {weights[place]:g}; give one above zero, or NaN for a gap")
    return weights


def _mark_excluded(excluded: Sequence[int], length: int) -> Bools:
    outside = [place for place in excluded if not 0 <= place < length]
    if outside:
        raise RequestError(f"place {outside[0]} cannot be excluded from {length} values: places run from 0")
    marks = np.zeros(length, dtype=bool)
    marks[list(excluded)] = True
    return marks
