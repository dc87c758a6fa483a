"""Second opinions on one count: is it more than its own past leads to expect, as disease surveillance asks it.

Farrington's method compares a week with the same weeks of earlier years; Noufaily's successor uses all weeks since,
with a level for each part of the year, and a trend. Both give less weight to weeks in which something happened
already, and both ask about one count alone: a lasting small change is the business of `early_warning`. EARS needs
no more than the last weeks, and knows no season.

References
----------
Farrington, Andrews, Beale and Catchpole (1996), JRSS A 159, 547-563.
Noufaily, Enki, Farrington, Garthwaite, Andrews and Charlett (2013), Statistics in Medicine 32, 1206-1222.
Hutwagner, Thompson, Seeman and Treadwell (2003), Journal of Urban Health 80, i89-i96: EARS.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy import stats

from shp_analysis.errors import RequestError

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int_]

TAIL = 0.01
HALF_WINDOW = 3
"""Weeks on either side of the same week of an earlier year that count as like it."""
PARTS_OF_YEAR = 10
"""Levels in a year: the weeks like this one, and nine more."""
LEFT_OUT = 26
"""Weeks before the one under test that are left out, so that a slow rise does not hide itself."""
DOWNWEIGHT_ABOVE = 2.58
"""Anscombe residuals above this mark weeks in which something happened (Noufaily)."""
DOWNWEIGHT_ABOVE_1996 = 1.0
TREND_TAIL = 0.05
FEWEST_RECENT_EVENTS, RECENT_WEEKS = 5, 4
"""With fewer events in the last weeks, this one among them, there is no bound."""
MOST_ROUNDS = 50
CONVERGED = 1e-8
EARS_WEEKS = 7
EARS_TAIL = 0.001
EARS_GUARD = 2
"""Weeks between the one under test and its past (C3), so that a slow rise does not hide itself."""
EARS_SUMMED = 2
"""Weeks before it whose excess is added to its own."""
EARS_CUMULATIVE_TAIL = 0.025


class BoundKind(StrEnum):
    """How Noufaily's fit becomes a bound."""

    PLUG_IN = "negative binomial with the fitted mean"
    UPPER_MEAN = "negative binomial with the upper limit of the fitted mean"
    POWER = "two-thirds power scale"


@dataclass(frozen=True)
class Bound:
    """What the past leads to expect of one count.

    Attributes
    ----------
    expected, upper : float
        `upper` is NaN where there were too few events to say.
    dispersion : float
        Variance over chance variance, 1 or more.
    p_value : float
        Of a count at least as large.
    is_above : bool
        Whether the count is above `upper`.
    """

    expected: float
    upper: float
    dispersion: float
    p_value: float
    is_above: bool


@dataclass(frozen=True, eq=False)
class _Fit:
    coefficients: Floats
    expected: Floats
    covariance: Floats
    dispersion: float
    leverages: Floats

    @property
    def score_of_trend(self) -> float:
        """How many standard errors the last coefficient is from zero."""
        return float(abs(self.coefficients[-1]) / np.sqrt(self.covariance[-1, -1]))


def bound_noufaily(
    counts: npt.ArrayLike, at: int, same_weeks: Sequence[int], kind: BoundKind = BoundKind.PLUG_IN
) -> Bound:
    """Bound a count by all weeks before it (Noufaily and others).

    Parameters
    ----------
    counts : array_like of float, shape (n,)
        In order of time without gaps.
    at : int
        Place of the count under test.
    same_weeks : sequence of int
        Places of the same week one, two, ... years before, latest first.
    kind : BoundKind

    Returns
    -------
    Bound

    Raises
    ------
    RequestError
        Where the weeks reach behind the series or are not in order.
    """
    series, anchors = _check(counts, at, same_weeks)
    weeks = np.arange(anchors[-1] - HALF_WINDOW, at - LEFT_OUT)
    levels = _part_of_year(weeks, np.array([at, *anchors]))
    design = (levels[:, None] == np.unique(levels)).astype(float)
    design = np.column_stack([design, (weeks - at) / len(weeks)])
    fit = _fit_twice(series[weeks], design, DOWNWEIGHT_ABOVE)
    if kind is BoundKind.POWER:
        return _bound_by_power(series, at, fit)
    expected, dispersion = float(np.exp(fit.coefficients[0])), max(1.0, fit.dispersion)
    reach = stats.norm.isf(TAIL) * np.sqrt(fit.covariance[0, 0]) if kind is BoundKind.UPPER_MEAN else 0.0
    upper, p_value = _negative_binomial(series[at], expected * float(np.exp(reach)), dispersion)
    return _answer(series, at, Bound(expected, upper, dispersion, p_value, bool(series[at] > upper)))


def bound_farrington(counts: npt.ArrayLike, at: int, same_weeks: Sequence[int]) -> Bound:
    """Bound a count by the same weeks of earlier years (Farrington and others), on the two-thirds power scale.

    Parameters
    ----------
    counts : array_like of float, shape (n,)
    at : int
    same_weeks : sequence of int
        As in `bound_noufaily`.

    Returns
    -------
    Bound
        A trend is kept where it is clear and leads to no more than was seen before.

    Raises
    ------
    RequestError
        As in `bound_noufaily`.
    """
    series, anchors = _check(counts, at, same_weeks)
    weeks = np.sort((anchors[:, None] + np.arange(-HALF_WINDOW, HALF_WINDOW + 1)).ravel())
    design = np.column_stack([np.ones(len(weeks)), (weeks - at) / len(weeks)])
    fit = _fit_twice(series[weeks], design, DOWNWEIGHT_ABOVE_1996)
    is_clear = 2 * stats.t.sf(fit.score_of_trend, len(weeks) - 2) < TREND_TAIL
    if not (is_clear and np.exp(fit.coefficients[0]) <= series[weeks].max()):
        fit = _fit_twice(series[weeks], design[:, :1], DOWNWEIGHT_ABOVE_1996)
    return _bound_by_power(series, at, fit)


def bound_ears(counts: npt.ArrayLike, at: int) -> float:
    """Bound a count by the mean and spread of the seven before it (EARS C1).

    Parameters
    ----------
    counts : array_like of float, shape (n,)
    at : int
        Place of the count under test.

    Returns
    -------
    float
        Upper bound at `EARS_TAIL`.

    Raises
    ------
    RequestError
        Where there are not seven counts before it.
    """
    series = np.asarray(counts, dtype=float)
    if not EARS_WEEKS <= at < len(series):
        raise RequestError(f"place {at} of {len(series)} counts has no {EARS_WEEKS} counts before it; give a later one")
    before = series[at - EARS_WEEKS : at]
    return float(before.mean() + stats.norm.isf(EARS_TAIL) * before.std(ddof=1))


def bound_ears_cumulative(counts: npt.ArrayLike, at: int) -> float:
    """Bound a count by how far it and the two before it were above their own pasts (EARS C3).

    Parameters
    ----------
    counts : array_like of float, shape (n,)
    at : int
        Place of the count under test.

    Returns
    -------
    float
        What the count would have to exceed to raise an alarm. It moves with the count itself, so it says by how much
        an alarm is missed and is no limit to draw. NaN or infinite where a past does not vary.

    Raises
    ------
    RequestError
        Where there are not eleven counts before it.
    """
    series = np.asarray(counts, dtype=float)
    fewest = EARS_WEEKS + EARS_GUARD + EARS_SUMMED
    if not fewest <= at < len(series):
        raise RequestError(f"place {at} of {len(series)} counts has no {fewest} counts before it; give a later one")
    recent = np.arange(at - EARS_SUMMED, at + 1)
    pasts = np.stack([series[week - EARS_GUARD - EARS_WEEKS : week - EARS_GUARD] for week in recent])
    with np.errstate(divide="ignore", invalid="ignore"):
        above = (series[recent] - pasts.mean(axis=1)) / pasts.std(axis=1, ddof=1)
    room = stats.norm.isf(EARS_CUMULATIVE_TAIL) - np.maximum(0.0, above[:-1] - 1).sum()
    return max(0.0, float(series[at] + pasts[-1].std(ddof=1) * room))


def _bound_by_power(series: Floats, at: int, fit: _Fit) -> Bound:
    expected, dispersion = float(np.exp(fit.coefficients[0])), max(1.0, fit.dispersion)
    spread = 2 / 3 * np.sqrt(dispersion / expected + fit.covariance[0, 0])
    upper = float(expected * (1 + stats.norm.isf(TAIL) * spread) ** 1.5)
    p_value = float(stats.norm.sf(((series[at] / expected) ** (2 / 3) - 1) / spread))
    return _answer(series, at, Bound(expected, upper, dispersion, p_value, bool(series[at] > upper)))


def _check(counts: npt.ArrayLike, at: int, same_weeks: Sequence[int]) -> tuple[Floats, Ints]:
    series, anchors = np.asarray(counts, dtype=float), np.asarray(same_weeks, dtype=np.int_)
    if np.isnan(series).any() or (series < 0).any():
        raise RequestError("a count is missing or below 0; give a stretch without gaps")
    in_order = len(anchors) > 0 and (np.diff([at, *anchors]) < 0).all() and anchors[-1] >= HALF_WINDOW
    if not (in_order and LEFT_OUT < at < len(series)):
        raise RequestError(
            f"same_weeks are {anchors.tolist()} before place {at} of {len(series)}; give them latest first, and at "
            f"least {HALF_WINDOW} places after the beginning"
        )
    return series, anchors


def _part_of_year(weeks: Ints, anchors: Ints) -> Ints:
    """Give each week its part of the year: 0 near an anchor, else 1 to 9, as equal as may be between two anchors."""
    parts = np.zeros(len(weeks), dtype=np.int_)
    for later, earlier in pairwise(anchors.tolist()):
        first, length = earlier + HALF_WINDOW + 1, later - earlier - 2 * HALF_WINDOW - 1
        inside = (weeks >= first) & (weeks < first + length)
        parts[inside] = 1 + (weeks[inside] - first) * (PARTS_OF_YEAR - 1) // length
    return parts


def _fit_twice(counts: Floats, design: Floats, threshold: float) -> _Fit:
    """Fit, give less weight to what stands out upwards, and fit again."""
    fit = _fit(counts, design, np.ones(len(counts)))
    dispersion = max(1.0, fit.dispersion)
    unusual = 1.5 * (counts ** (2 / 3) * fit.expected ** (-1 / 6) - np.sqrt(fit.expected))
    unusual = unusual / np.sqrt(dispersion * np.maximum(1 - fit.leverages, np.finfo(float).eps))
    weights = np.where(unusual > threshold, np.maximum(unusual, threshold) ** -2.0, 1.0)
    return _fit(counts, design, weights * len(weights) / weights.sum())


def _fit(counts: Floats, design: Floats, weights: Floats) -> _Fit:
    """Fit a quasi-Poisson model with logarithmic link by iterated weighted least squares."""
    expected = counts + 0.1
    deviance = np.inf
    for _ in range(MOST_ROUNDS):
        working = np.log(expected) + (counts - expected) / expected
        root = np.sqrt(weights * expected)
        coefficients = np.linalg.lstsq(design * root[:, None], working * root, rcond=None)[0]
        expected = np.exp(design @ coefficients)
        terms = counts * np.log(np.where(counts > 0, counts, 1.0) / expected) * (counts > 0)
        before, deviance = deviance, float(2 * np.sum(weights * (terms - counts + expected)))
        if abs(deviance - before) <= CONVERGED * (abs(deviance) + 0.1):
            break
    # Weights of the last round, as the reference takes them; once it has converged it makes no difference that matters.
    rooted = root[:, None] * design
    covariance = np.linalg.pinv(rooted.T @ rooted)
    leverages = np.einsum("ij,jk,ik->i", rooted, covariance, rooted)
    degrees, relative = len(counts) - design.shape[1], counts / expected - 1
    # The reference scales the coefficients' covariance by relative residuals, where Pearson's would be usual.
    covariance = covariance * float(np.sum(weights * relative**2)) / degrees
    dispersion = float(np.sum((root * relative) ** 2)) / degrees
    return _Fit(np.asarray(coefficients), np.asarray(expected), covariance, dispersion, leverages)


def _negative_binomial(count: float, expected: float, dispersion: float) -> tuple[float, float]:
    if dispersion <= 1:
        return float(stats.poisson.isf(TAIL, expected)), float(stats.poisson.sf(count - 1, expected))
    size = expected / (dispersion - 1)
    spread = stats.nbinom(size, 1 / dispersion)
    return float(spread.isf(TAIL)), float(spread.sf(count - 1))


def _answer(series: Floats, at: int, bound: Bound) -> Bound:
    if series[at - RECENT_WEEKS + 1 : at + 1].sum() >= FEWEST_RECENT_EVENTS:
        return bound
    return Bound(bound.expected, float("nan"), bound.dispersion, bound.p_value, is_above=False)
