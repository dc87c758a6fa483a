"""Funnel limits: how far chance alone lets an area of a given size lie from the common level.

References
----------
Spiegelhalter (2005), Statistics in Medicine 24, 1185-1202: funnel plots.
Office for Health Improvement and Disparities, public health profiles technical guide: 95 % and 99.8 % limits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt
from scipy import special, stats

from shp_analysis.errors import RequestError
from shp_analysis.statistics.intervals import Flags, Floats, check_denominators

INNER, OUTER = 0.95, 0.998
"""Of forty areas that differ by chance alone two lie outside the inner limits; of a thousand, two outside the outer."""

Places = tuple["Place", ...]


class Place(StrEnum):
    """Where an area lies against its limits."""

    FAR_BELOW = "below the 99.8 % limit"
    BELOW = "below the 95 % limit"
    WITHIN = "within the limits"
    ABOVE = "above the 95 % limit"
    FAR_ABOVE = "above the 99.8 % limit"
    TOO_FEW = "too few events to say"
    UNKNOWN = "no figure"


@dataclass(frozen=True)
class Limits:
    """Funnel limits, one row per area (or per point of the curve).

    Attributes
    ----------
    lower_95, upper_95, lower_998, upper_998 : numpy.ndarray, shape (n,)
        Between the first two lie 95 of 100 areas that are at the common level; between the last two 998 of 1,000. One
        area outside the 95 % limits is nothing unusual among twenty; outside the 99.8 % limits it is worth asking why.
    """

    lower_95: Floats
    upper_95: Floats
    lower_998: Floats
    upper_998: Floats

    def place(self, values: npt.ArrayLike) -> Places:
        """Say where each value lies."""
        found = np.asarray(values, dtype=float)
        below, above = found < self.lower_95, found > self.upper_95
        far_below, far_above = found < self.lower_998, found > self.upper_998
        return _name_places(far_below, far_above, below, above, np.isnan(found))

    def times(self, per: float) -> Limits:
        """Give the limits in another unit, such as per 1,000."""
        return Limits(self.lower_95 * per, self.upper_95 * per, self.lower_998 * per, self.upper_998 * per)


def limits_of_ratio(expected: npt.ArrayLike) -> Limits:
    """Give the limits of observed over expected counts around 1, as chance alone would have them.

    Parameters
    ----------
    expected : array_like of float, shape (n,)

    Returns
    -------
    Limits
        An area lies outside exactly where 1 lies outside the exact (Garwood) interval of its ratio. The lower limit is
        0 where so few are expected that even none would be nothing unusual.

    References
    ----------
    Spiegelhalter (2005), appendix A.1.1, with the Poisson distribution made continuous by the incomplete gamma.
    """
    mean = check_denominators(expected)

    def between(confidence: float) -> tuple[Floats, Floats]:
        tail = (1 - confidence) / 2
        # Below this mean, seeing no events at all is likelier than the tail.
        can_be_low = np.exp(-mean) <= tail
        lower = np.where(can_be_low, special.pdtrik(tail, np.where(can_be_low, mean, 10.0)), 0.0)
        return lower / mean, (special.pdtrik(1 - tail, mean) + 1) / mean

    return limits_at_both(between)


def limits_of_rate(denominators: npt.ArrayLike, target: float) -> Limits:
    """Give the limits of rates around a common rate, as chance alone would have them.

    Parameters
    ----------
    denominators : array_like of float, shape (n,)
        Residents.
    target : float
        The common rate per resident.

    Returns
    -------
    Limits
        Rates per resident. See `limits_of_ratio`.
    """
    return limits_of_ratio(check_denominators(denominators) * target).times(target)


def limits_of_proportion(totals: npt.ArrayLike, target: float, *, is_exact: bool = False) -> Limits:
    """Give the limits of proportions around a common one, as chance alone would have them.

    Parameters
    ----------
    totals : array_like of float, shape (n,)
    target : float
        The common share, between 0 and 1.
    is_exact : bool
        Use the binomial distribution, made continuous by the incomplete beta, and not the normal one. Better where
        fewer than about ten are expected on either side.

    Returns
    -------
    Limits
        Shares, cut off at 0 and 1.

    Raises
    ------
    RequestError
        Where the target is not between 0 and 1.

    References
    ----------
    Spiegelhalter (2005), section 2; the normal limits are those of the public health profiles technical guide.
    """
    of = check_denominators(totals)
    if not 0 < target < 1:
        raise RequestError(f"a common share must lie between 0 and 1, not {target:g}; give 6.5 per cent as 0.065")

    def normal(confidence: float) -> tuple[Floats, Floats]:
        half = stats.norm.isf((1 - confidence) / 2) * np.sqrt(target * (1 - target) / of)
        return np.maximum(target - half, 0.0), np.minimum(target + half, 1.0)

    def exact(confidence: float) -> tuple[Floats, Floats]:
        lower = _binomial_limit(of, target, (1 - confidence) / 2)
        # The upper limit is the lower one of those without the attribute, seen from the other end.
        return lower, 1 - _binomial_limit(of, 1 - target, (1 - confidence) / 2)

    return limits_at_both(exact if is_exact else normal)


def _binomial_limit(of: Floats, target: float, tail: float) -> Floats:
    can_be_low = (1 - target) ** of <= tail
    lower = special.bdtrik(tail, np.where(can_be_low, of, 1e6), target)
    return np.where(can_be_low, lower, 0.0) / of


def limits_at_both(between: Callable[[float], tuple[Floats, Floats]]) -> Limits:
    """Give the inner and the outer limits of a function that gives those of any confidence."""
    return Limits(*between(INNER), *between(OUTER))


def _name_places(far_below: Flags, far_above: Flags, below: Flags, above: Flags, is_unknown: Flags) -> Places:
    names = (Place.UNKNOWN, Place.FAR_BELOW, Place.FAR_ABOVE, Place.BELOW, Place.ABOVE, Place.WITHIN)
    number = np.select([is_unknown, far_below, far_above, below, above], list(range(5)), default=5)
    return tuple(names[int(index)] for index in number)
