"""Funnels: how far an area may lie from the common level before it stands out, given its size.

Small areas swing more than large ones, so a league table puts small areas at both ends. A funnel draws, for each size,
how far chance alone would let an area stray. Where nearly all areas stray further (they differ in ways that nobody has
allowed for), the limits are widened by what the areas differ among themselves.

References
----------
Spiegelhalter (2005), Statistics in Medicine 24, 1185-1202: funnel plots, transformed data, winsorised overdispersion.
Spiegelhalter and others (2012), JRSS A 175, 1-47: additive random effects for indicators.
DerSimonian and Laird (1986), Controlled Clinical Trials 7, 177-188: the variance between areas.
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
from shp_analysis.statistics.intervals import EXACT_BELOW, Flags, Floats, check_counts, check_denominators, check_shares

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


TRIM = 0.1
"""This share of areas at either end is pulled in before overdispersion is measured: those that stand out most."""
FEWEST_AREAS = 5
"""With fewer areas than this, how much areas differ among themselves cannot be said."""


class Scale(StrEnum):
    """What is compared, and so on which scale areas of one size vary alike.

    Rates and ratios are compared by their square roots, where an area without events is one among others. By their
    logarithms, as some publishers do it, such an area has no place.
    """

    PROPORTION = "proportion"
    RATE = "rate"
    RATE_LOG = "rate on the log scale"
    RATIO = "ratio"
    RATIO_LOG = "ratio on the log scale"


@dataclass(frozen=True)
class Overdispersion:
    """How much more areas differ than their sizes explain.

    Attributes
    ----------
    phi : float
        Mean squared z-score. About 1: chance explains the differences. 4: areas stray twice as far as chance would
        have them, and limits without allowance would mark most of them.
    tau2 : float
        Variance between areas on the transformed scale, to be added to each area's own; 0 where chance suffices. With
        the ends pulled in it comes out too small by up to a half where no area stands out, so that limits err on the
        narrow side.
    areas : int
        How many it rests on.
    """

    phi: float
    tau2: float
    areas: int


@dataclass(frozen=True)
class Funnel:
    """Areas against the limits for their size.

    Attributes
    ----------
    areas : tuple of str
        In the order given: the list of who is compared belongs under every such chart.
    values : numpy.ndarray, shape (areas,)
        Rates per `per`, proportions, or ratios.
    target : float
        The common level.
    limits : Limits
        Those to read: widened where `is_adjusted`.
    chance_limits : Limits
        Those of chance alone.
    overdispersion : Overdispersion
    is_adjusted : bool
        Whether areas differ more than chance explains, and the limits allow for it.
    places : tuple of Place
        Never say of an area within the limits that it is higher or lower than others.
    """

    areas: tuple[str, ...]
    values: Floats
    target: float
    limits: Limits
    chance_limits: Limits
    overdispersion: Overdispersion
    is_adjusted: bool
    places: Places


def build_funnel(
    areas: tuple[str, ...] | list[str],
    counts: npt.ArrayLike,
    denominators: npt.ArrayLike,
    *,
    scale: Scale = Scale.RATE,
    per: float = 1.0,
    trim: float = TRIM,
) -> Funnel:
    """Place areas against the limits for their size, allowing for overdispersion where there is any.

    Parameters
    ----------
    areas : sequence of str
    counts, denominators : array_like of float, shape (areas,)
        Events and residents (rate), part and whole (proportion), or observed and expected (ratio).
    scale : Scale
    per : float
        1,000 for a rate per 1,000, 100 for per cent.
    trim : float
        Share of areas at either end whose z-scores are pulled in before overdispersion is measured.

    Returns
    -------
    Funnel
        Read `places`; print `areas`, and say whether limits were widened.

    Raises
    ------
    RequestError
        Where names and figures differ in number, areas are fewer than five, or nothing was counted at all.

    References
    ----------
    Spiegelhalter (2005); the limits of chance are `limits_of_rate`, `limits_of_proportion` and `limits_of_ratio`.
    """
    observed, over = _check_areas(areas, counts, denominators, scale)
    target = _target(observed, over, scale)
    found = estimate_overdispersion(observed, over, scale=scale, trim=trim)
    chance = _chance_limits(over, target, scale)
    is_adjusted = found.tau2 > 0
    errors = _TRANSFORMS[scale].error(over * target, over)
    limits = limits_with_overdispersion(target, errors, found.tau2, scale=scale) if is_adjusted else chance
    values = observed / over
    places = limits.place(values)
    return Funnel(
        tuple(areas), values * per, target * per, limits.times(per), chance.times(per), found, is_adjusted, places
    )


def estimate_overdispersion(
    counts: npt.ArrayLike,
    denominators: npt.ArrayLike,
    *,
    scale: Scale = Scale.RATE,
    trim: float = TRIM,
    is_truncated: bool = False,
) -> Overdispersion:
    """Measure how much more areas differ than their sizes explain.

    Parameters
    ----------
    counts, denominators : array_like of float, shape (areas,)
    scale : Scale
        Proportions are compared on the arcsine-root scale, rates and ratios on the root, or on the log where asked.
    trim : float
        Share at either end that is pulled in to the nearest z-score left (winsorised), so that the areas that stand
        out do not hide themselves by widening the limits.
    is_truncated : bool
        Leave those areas out altogether.

    Returns
    -------
    Overdispersion
        Read `phi`: near 1, chance explains the differences between areas.

    Raises
    ------
    RequestError
        Where nothing was counted at all, or an area without events is to be compared on a log scale.

    References
    ----------
    Spiegelhalter (2005), appendix A.3; DerSimonian and Laird (1986).
    """
    observed, over = np.broadcast_arrays(check_counts(counts), check_denominators(denominators))
    transform = _TRANSFORMS[scale]
    if scale in (Scale.RATE_LOG, Scale.RATIO_LOG) and (observed == 0).any():
        raise RequestError(f"an area without events has no place on the scale {scale.value!r}; compare by the root")
    errors = transform.error(observed, over)
    centre = transform.target(_target(observed, over, scale))
    z_scores = (transform.forward(observed, over) - centre) / errors
    low, high = np.quantile(z_scores, [trim, 1 - trim])
    kept = (z_scores >= low) & (z_scores <= high) if is_truncated else np.ones(z_scores.size, dtype=bool)
    areas = int(kept.sum())
    phi = float(np.mean(np.clip(z_scores, low, high)[kept] ** 2))
    weights = errors[kept] ** -2
    between = (areas * phi - (areas - 1)) / (weights.sum() - (weights**2).sum() / weights.sum())
    return Overdispersion(phi, max(float(between), 0.0), areas)


def limits_with_overdispersion(
    target: float, standard_errors: npt.ArrayLike, tau2: float, *, scale: Scale = Scale.RATE
) -> Limits:
    """Give limits that allow for a variance between areas.

    Parameters
    ----------
    target : float
        The common level: rate per resident, share, or 1 for ratios.
    standard_errors : array_like of float, shape (n,)
        Of areas of each size at the common level, on the transformed scale.
    tau2 : float
        Variance between areas; 0 gives limits of chance alone, by the normal distribution.
    scale : Scale

    Returns
    -------
    Limits
        An area outside these stands out even from areas that differ as much as these do.

    References
    ----------
    Spiegelhalter (2005), appendix A.3.2.
    """
    transform = _TRANSFORMS[scale]
    spread = np.sqrt(np.asarray(standard_errors, dtype=float) ** 2 + tau2)
    centre = transform.target(target)

    def between(confidence: float) -> tuple[Floats, Floats]:
        half = stats.norm.isf((1 - confidence) / 2) * spread
        return transform.back(centre - half), transform.back(centre + half)

    return limits_at_both(between)


@dataclass(frozen=True)
class _Transform:
    """A scale on which areas of one size vary alike, the error of an area there, and the way back."""

    forward: Callable[[Floats, Floats], Floats]
    error: Callable[[Floats, Floats], Floats]
    target: Callable[[float], float]
    back: Callable[[Floats], Floats]


def _log_rate(counts: Floats, denominators: Floats) -> Floats:
    # Half a case more on either side (Haldane) takes the bias out of the logarithm of a small count.
    return np.asarray(np.log((counts + 0.5) / (denominators + 0.5)))


def _log_rate_error(counts: Floats, denominators: Floats) -> Floats:
    return np.asarray(np.sqrt(counts / (counts + 0.5) ** 2 + denominators / (denominators + 0.5) ** 2))


_ROOT = _Transform(
    lambda x, n: np.sqrt(x / n),
    lambda _, n: 0.5 / np.sqrt(n),
    lambda level: level**0.5,
    lambda y: np.maximum(y, 0.0) ** 2,
)
_TRANSFORMS = {
    Scale.PROPORTION: _Transform(
        lambda x, n: np.arcsin(np.sqrt(x / n)),
        lambda _, n: 0.5 / np.sqrt(n),
        lambda share: float(np.arcsin(np.sqrt(share))),
        lambda y: np.sin(np.clip(y, 0.0, np.pi / 2)) ** 2,
    ),
    Scale.RATE: _ROOT,
    Scale.RATE_LOG: _Transform(_log_rate, _log_rate_error, lambda rate: float(np.log(rate)), np.exp),
    Scale.RATIO: _ROOT,
    Scale.RATIO_LOG: _Transform(
        lambda x, e: np.log(x / e), lambda _, e: 1 / np.sqrt(e), lambda ratio: float(np.log(ratio)), np.exp
    ),
}


def _target(observed: Floats, over: Floats, scale: Scale) -> float:
    if observed.sum() == 0:
        raise RequestError("nothing was counted in any area, so there is no common level to compare with")
    return 1.0 if scale in (Scale.RATIO, Scale.RATIO_LOG) else float(observed.sum() / over.sum())


def _chance_limits(over: Floats, target: float, scale: Scale) -> Limits:
    if scale is Scale.PROPORTION:
        few = (over * min(target, 1 - target) < EXACT_BELOW).any()
        return limits_of_proportion(over, target, is_exact=bool(few))
    return limits_of_rate(over, target)


def _check_areas(
    areas: tuple[str, ...] | list[str], counts: npt.ArrayLike, denominators: npt.ArrayLike, scale: Scale
) -> tuple[Floats, Floats]:
    if scale is Scale.PROPORTION:
        observed, over = check_shares(counts, denominators)
    else:
        observed, over = np.broadcast_arrays(check_counts(counts), check_denominators(denominators))
    if not len(areas) == observed.size:
        raise RequestError(f"{len(areas)} areas were named for {observed.size} figures; name each one")
    if len(areas) < FEWEST_AREAS:
        raise RequestError(f"a funnel of {len(areas)} areas says nothing; give at least {FEWEST_AREAS}")
    if np.isnan(observed).any() or np.isnan(over).any():
        raise RequestError("an area without a figure has no place in a funnel; leave it out and say so")
    return observed, over
