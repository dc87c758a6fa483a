"""Intervals for counts, rates and proportions, one row or a hundred thousand at a time.

A missing count or denominator gives a missing answer; an impossible one is refused. Zero is an ordinary count: its
lower limit is 0 and its upper limit is not.

References
----------
Garwood (1936), Biometrika 28, 437-442: the exact Poisson interval.
Breslow and Day (1987), Statistical Methods in Cancer Research II, p. 69: Byar's approximation.
Wilson (1927), JASA 22, 209-212: the score interval of a proportion.
Office for Health Improvement and Disparities, public health profiles technical guide: Byar's from 10 events on and the
exact interval below; Wilson for proportions.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special, stats
from statsmodels.stats.proportion import proportion_confint

from shp_analysis.errors import RequestError

CONFIDENCE = 0.95
EXACT_BELOW = 10
"""Byar's approximation is used from this many events on; below it the exact interval."""
PER = 1_000
"""Rates are per this many unless asked otherwise."""

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Estimates:
    """Values with their intervals, row by row.

    Attributes
    ----------
    value, lower, upper : numpy.ndarray, shape (n,)
        In one unit. A lower limit of 0 with a value of 0 means that none were seen, not that none are to be expected:
        read the upper limit.
    confidence : float
        How sure the interval is: 0.95 means that about one in twenty such intervals misses the truth.
    """

    value: Floats
    lower: Floats
    upper: Floats
    confidence: float = CONFIDENCE

    def is_above(self, target: npt.ArrayLike) -> Flags:
        """Say which rows lie clearly above a target: the whole interval does. Only then may it be called higher."""
        return np.asarray(self.lower > np.asarray(target, dtype=float), dtype=bool)

    def is_below(self, target: npt.ArrayLike) -> Flags:
        """Say which rows lie clearly below a target: the whole interval does. Only then may it be called lower."""
        return np.asarray(self.upper < np.asarray(target, dtype=float), dtype=bool)


def exact_interval_of_count(counts: npt.ArrayLike, confidence: float = CONFIDENCE) -> tuple[Floats, Floats]:
    """Give the exact (Garwood) interval of the expected number behind observed counts of events.

    Parameters
    ----------
    counts : array_like of float, shape (n,)
        Not negative. Fractions are taken as they are (adjusted casualties, expected numbers).
    confidence : float

    Returns
    -------
    lower, upper : numpy.ndarray, shape (n,)
        What the underlying number may be. It covers the truth at least as often as it says, so it is a little wide.

    Raises
    ------
    RequestError
        Where a count is negative or the confidence is not between 0 and 1.

    References
    ----------
    Garwood (1936): limits are quantiles of the gamma distribution. The interval is that of statsmodels'
    `confint_poisson`, which takes eighteen times as long and gives a missing count a lower limit of 0.
    """
    observed = check_counts(counts)
    tail = _tail(confidence)
    # The quantile at no events at all is not defined; its limit is 0.
    lower = np.where(observed > 0, special.gammaincinv(np.where(observed > 0, observed, 1.0), tail), observed)
    return lower, np.asarray(special.gammainccinv(observed + 1, tail))


def byars_interval_of_count(counts: npt.ArrayLike, confidence: float = CONFIDENCE) -> tuple[Floats, Floats]:
    """Give Byar's approximation of the interval of the expected number behind observed counts.

    Parameters
    ----------
    counts : array_like of float, shape (n,)
        Not negative. From about ten events on it agrees with the exact interval to a per cent of its width.
    confidence : float

    Returns
    -------
    lower, upper : numpy.ndarray, shape (n,)
        What the underlying number may be. A lower limit that the formula puts below 0 (one event, 99 %) is 0.

    Raises
    ------
    RequestError
        Where a count is negative or the confidence is not between 0 and 1.

    References
    ----------
    Breslow and Day (1987), p. 69.
    """
    observed = check_counts(counts)
    z = stats.norm.isf(_tail(confidence))
    some, more = np.where(observed > 0, observed, 1.0), observed + 1
    lower = some * np.maximum(1 - 1 / (9 * some) - z / (3 * np.sqrt(some)), 0.0) ** 3
    upper = more * (1 - 1 / (9 * more) + z / (3 * np.sqrt(more))) ** 3
    return np.where(observed > 0, lower, observed), upper


def interval_of_count(counts: npt.ArrayLike, confidence: float = CONFIDENCE) -> tuple[Floats, Floats]:
    """Give the interval of the expected number behind observed counts of events: Byar's, and exact below ten.

    Parameters
    ----------
    counts : array_like of float, shape (n,)
        Not negative.
    confidence : float

    Returns
    -------
    lower, upper : numpy.ndarray, shape (n,)
        Divide by the denominator for a rate's interval. For a count of 0 the lower limit is 0.

    Raises
    ------
    RequestError
        Where a count is negative or the confidence is not between 0 and 1.

    References
    ----------
    Public health profiles technical guide: the rule that fingertips publishes by.
    """
    observed = check_counts(counts)
    lower, upper = byars_interval_of_count(observed, confidence)
    small = observed < EXACT_BELOW
    # The exact quantiles cost a hundred times as much as the formula, so they are asked for the small counts only.
    lower[small], upper[small] = exact_interval_of_count(observed[small], confidence)
    return lower, upper


def rate_with_interval(
    counts: npt.ArrayLike, denominators: npt.ArrayLike, *, per: float = PER, confidence: float = CONFIDENCE
) -> Estimates:
    """Give rates of events with their intervals: Byar's, and exact below ten events.

    Parameters
    ----------
    counts, denominators : array_like of float, shape (n,)
        Events, and what they were counted over (residents, residents times years). Denominators above 0.
    per : float
        1,000 gives rates per 1,000.
    confidence : float

    Returns
    -------
    Estimates
        Two rates differ clearly where their intervals do not overlap; where they do, compare the counts themselves
        with `changes.compare_counts` before saying anything.

    Raises
    ------
    RequestError
        Where a count is negative, a denominator is not above 0, or the confidence is not between 0 and 1.

    Examples
    --------
    >>> rate = rate_with_interval([65], [100], per=100)
    >>> float(rate.value[0]), float(rate.lower[0].round(2)), float(rate.upper[0].round(2))
    (65.0, 50.16, 82.85)
    """
    observed, over = np.broadcast_arrays(check_counts(counts), check_denominators(denominators))
    lower, upper = interval_of_count(observed, confidence)
    return Estimates(observed / over * per, lower / over * per, upper / over * per, confidence)


def wilson_interval(
    counts: npt.ArrayLike, totals: npt.ArrayLike, confidence: float = CONFIDENCE
) -> tuple[Floats, Floats]:
    """Give Wilson's score interval of a proportion.

    Parameters
    ----------
    counts, totals : array_like of float, shape (n,)
        How many have the attribute, of how many; no count above its total.
    confidence : float

    Returns
    -------
    lower, upper : numpy.ndarray, shape (n,)
        Shares between 0 and 1. It never leaves that range, and is not centred on the share itself.

    Raises
    ------
    RequestError
        Where a count is negative or above its total, a total is not above 0, or the confidence is out of range.

    References
    ----------
    Wilson (1927); the interval of statsmodels' `proportion_confint`.
    """
    having, of = check_shares(counts, totals)
    lower, upper = proportion_confint(having, of, alpha=2 * _tail(confidence), method="wilson")
    # At none and at all, rounding can leave a limit a hair outside the range that it must touch.
    return np.where(having == 0, 0.0, lower), np.where(having == of, 1.0, upper)


def proportion_with_interval(
    counts: npt.ArrayLike, totals: npt.ArrayLike, *, per: float = 1.0, confidence: float = CONFIDENCE
) -> Estimates:
    """Give proportions with Wilson's interval.

    Parameters
    ----------
    counts, totals : array_like of float, shape (n,)
    per : float
        100 gives per cent.
    confidence : float

    Returns
    -------
    Estimates
        A published share is clearly different from this one where it lies outside the interval.

    Raises
    ------
    RequestError
        As for `wilson_interval`.

    Examples
    --------
    >>> share = proportion_with_interval([13], [26], per=100)
    >>> float(share.value[0]), float(share.lower[0].round(1)), float(share.upper[0].round(1))
    (50.0, 32.1, 67.9)
    """
    having, of = check_shares(counts, totals)
    lower, upper = wilson_interval(having, of, confidence)
    return Estimates(having / of * per, lower * per, upper * per, confidence)


def check_counts(counts: npt.ArrayLike) -> Floats:
    """Take counts of events as floats, refusing any below 0; missing ones stay missing.

    Raises
    ------
    RequestError
        Where a count is negative.
    """
    observed = np.atleast_1d(np.asarray(counts, dtype=float))
    _refuse_where(observed < 0, observed, "a count of events cannot be negative")
    return observed


def check_denominators(denominators: npt.ArrayLike) -> Floats:
    """Take denominators as floats, refusing any that is not above 0; missing ones stay missing.

    Raises
    ------
    RequestError
        Where a denominator is 0 or negative.
    """
    over = np.atleast_1d(np.asarray(denominators, dtype=float))
    _refuse_where(over <= 0, over, "a denominator must be above zero")
    return over


def check_shares(counts: npt.ArrayLike, totals: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Take counts and the totals they are part of as floats of one shape.

    Raises
    ------
    RequestError
        Where a count is negative or above its total, or a total is not above 0.
    """
    having, of = np.broadcast_arrays(check_counts(counts), check_denominators(totals))
    _refuse_where(having > of, having, "a part cannot be larger than the whole it is a part of")
    return having, of


def _refuse_where(bad: Flags, values: Floats, reason: str) -> None:
    if bad.any():
        row = int(np.flatnonzero(bad)[0])
        raise RequestError(f"{reason}: found {values.flat[row]:g} in row {row}; correct it or leave the row out")


def _tail(confidence: float) -> float:
    if not 0 < confidence < 1:
        raise RequestError(f"a confidence must lie between 0 and 1, such as 0.95, not {confidence:g}")
    return (1 - confidence) / 2
