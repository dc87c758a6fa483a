"""How steeply a figure rises or falls from the most to the least deprived areas.

References
----------
Low and Low (2004), Journal of Public Health 26, 388-395: the slope index of inequality on relative ranks.
Pamuk (1985), Population Studies 39, 17-31: slope and relative index.
Cornish and Fisher (1938), Revue de l'Institut International de Statistique 5, 307-320: quantiles from cumulants.
Armitage (1955), Biometrics 11, 375-386: the test for a trend over ordered groups.
Office for Health Improvement and Disparities, public health profiles technical guide: log scale for rates and logit for
proportions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

import numpy as np
import numpy.typing as npt
from scipy import optimize, special, stats

from shp_analysis.errors import RequestError
from shp_analysis.statistics.intervals import CONFIDENCE, Floats

FEWEST_GROUPS = 5
"""A slope over fewer groups than fifths says little."""
QUADRATURE_POINTS = 64
WIDEST_SEARCH = 60
"""How often the search for a limit doubles its width before the limit is said to be without bound."""


class FigureScale(StrEnum):
    """What the figures are, and so on which scale their errors are normal."""

    VALUE = "value"
    RATE = "rate"
    PROPORTION = "proportion"


@dataclass(frozen=True)
class SlopeOfInequality:
    """The gap between the two ends of the social scale, with its interval.

    Attributes
    ----------
    slope, slope_lower, slope_upper : float
        Slope index of inequality, in the unit of the figures: the fitted figure at the least deprived end less that at
        the most deprived. -3 for a rate means 3 fewer among the least deprived. An interval that holds 0 shows no
        gradient.
    relative, relative_lower, relative_upper : float
        Relative index: the fitted figure at the least deprived end over that at the most deprived. 1 is no gradient;
        turn it over to say how many times higher the most deprived end is. A limit is infinite where there is no bound,
        and all three are missing where the line does not start above 0: then give the slope alone.
    intercept : float
        The fitted figure at the most deprived end.
    groups : int
    confidence : float
    """

    slope: float
    slope_lower: float
    slope_upper: float
    relative: float
    relative_lower: float
    relative_upper: float
    intercept: float
    groups: int
    confidence: float

    @property
    def is_clear(self) -> bool:
        """Whether there is a gradient beyond what chance explains."""
        return self.slope_lower > 0 or self.slope_upper < 0


def errors_from_limits(
    lower: npt.ArrayLike, upper: npt.ArrayLike, *, kind: FigureScale = FigureScale.VALUE, confidence: float = CONFIDENCE
) -> Floats:
    """Give the standard errors behind published confidence limits, on the scale where they are normal.

    Parameters
    ----------
    lower, upper : array_like of float, shape (groups,)
    kind : FigureScale
        Rates are taken on the log scale and proportions on the logit.
    confidence : float
        Of the published limits.

    Returns
    -------
    numpy.ndarray, shape (groups,)
        For `slope_of_inequality`; not an error in the figures' own unit where they are rates or proportions.

    Raises
    ------
    RequestError
        Where a limit is missing, or is not one that such a figure can have.
    """
    low, high = (_check(limit, kind, "limit") for limit in (lower, upper))
    forward = _SCALES[kind].forward
    return np.asarray((forward(high) - forward(low)) / 2 / stats.norm.isf((1 - confidence) / 2))


def slope_of_inequality(
    values: npt.ArrayLike,
    populations: npt.ArrayLike,
    standard_errors: npt.ArrayLike,
    *,
    kind: FigureScale = FigureScale.VALUE,
    is_transformed: bool = False,
    confidence: float = CONFIDENCE,
) -> SlopeOfInequality:
    """Give the slope and relative index of inequality.

    Parameters
    ----------
    values, populations : array_like of float, shape (groups,)
        The figure and the residents of each group, from the most to the least deprived.
    standard_errors : array_like of float, shape (groups,)
        Of the figures themselves, of their logarithms (rate) or of their logits (proportion): see
        `errors_from_limits`.
    kind : FigureScale
    is_transformed : bool
        Fit the line on the log or logit scale, where a rate cannot fall below 0. Better where the gradient is steep.
    confidence : float

    Returns
    -------
    SlopeOfInequality
        Read `is_clear` first. The interval needs no simulation: it differs from the simulated one of the reference by
        what simulation leaves to chance.

    Raises
    ------
    RequestError
        Where there are fewer than five groups, a population or an error is not above 0 or missing, or a value is not
        one that such a figure can have.

    References
    ----------
    Low and Low (2004); for the interval Cornish and Fisher (1938), and Fieller's argument for the ratio.
    """
    figures, scale = _check(values, kind, "value"), _SCALES[kind]
    errors = _check_positive(standard_errors, "a standard error")
    ranks, shares = _relative_ranks(_check_positive(populations, "a population"))
    if not figures.size == errors.size == ranks.size:
        raise RequestError(f"{figures.size} values, {ranks.size} populations and {errors.size} errors do not match")
    if ranks.size < FEWEST_GROUPS:
        raise RequestError(f"a slope over {ranks.size} groups says little; give at least {FEWEST_GROUPS}")
    line = _Line.through(ranks, shares)
    fit = _fit_transformed if is_transformed else _fit_plain
    slope, relative, intercept = fit(line, scale, scale.forward(figures), errors, (1 - confidence) / 2)
    return SlopeOfInequality(*slope, *relative, intercept, ranks.size, confidence)


@dataclass(frozen=True)
class _Scale:
    forward: Callable[[Floats], Floats]
    back: Callable[[Floats], Floats]
    lowest: float
    highest: float


def _same(values: Floats) -> Floats:
    return values


_SCALES = {
    FigureScale.VALUE: _Scale(_same, _same, -np.inf, np.inf),
    FigureScale.RATE: _Scale(np.log, np.exp, 0.0, np.inf),
    FigureScale.PROPORTION: _Scale(special.logit, special.expit, 0.0, 1.0),
}
_Limits = tuple[float, float, float]


@dataclass(frozen=True)
class _Line:
    """What each group's figure adds to the intercept and the slope of the weighted line."""

    intercept: Floats
    slope: Floats

    @classmethod
    def through(cls, ranks: Floats, shares: Floats) -> _Line:
        centred = ranks - shares @ ranks
        slope = shares * centred / (shares @ centred**2)
        return cls(shares - (shares @ ranks) * slope, slope)


def _fit_plain(
    line: _Line, scale: _Scale, means: Floats, errors: Floats, tail: float
) -> tuple[_Limits, _Limits, float]:
    """Fit the figures as they are; their errors are normal on the scale."""
    figures = scale.back(means)
    slope, intercept = float(line.slope @ figures), float(line.intercept @ figures)
    cumulants = _cumulants(scale, means, errors)

    def quantile(weights: Floats, probability: float) -> float:
        return _quantile(np.array([weights**order @ cumulants[order - 1] for order in range(1, 5)]), probability)

    def left_of(ratio: float, probability: float) -> float:
        # Fieller: the ratio of the two ends is below r where (intercept + slope) - r x intercept is below 0.
        return -quantile(line.slope + (1 - ratio) * line.intercept, probability)

    slopes = (slope, quantile(line.slope, tail), quantile(line.slope, 1 - tail))
    if intercept <= 0:
        return slopes, (np.nan, np.nan, np.nan), intercept
    relative = (intercept + slope) / intercept
    low, high = (_solve(partial(left_of, probability=p), relative, p) for p in (tail, 1 - tail))
    return slopes, (relative, low, high), intercept


def _fit_transformed(
    line: _Line, scale: _Scale, means: Floats, errors: Floats, tail: float
) -> tuple[_Limits, _Limits, float]:
    """Fit on the scale itself, where intercept and slope are normal together, and turn the two ends back."""
    start, rise = float(line.intercept @ means), float(line.slope @ means)
    variance = line.intercept**2 @ errors**2
    shared = (line.intercept * line.slope) @ errors**2
    left = np.sqrt(line.slope**2 @ errors**2 - shared**2 / variance)
    nodes, weights = np.polynomial.hermite_e.hermegauss(QUADRATURE_POINTS)
    starts = start + np.sqrt(variance) * nodes
    rises = rise + shared / np.sqrt(variance) * nodes
    first = scale.back(starts)
    top = scale.highest * (1 - 1e-15) if np.isfinite(scale.highest) else np.finfo(float).max

    def excess(difference: float, probability: float, *, is_ratio: bool) -> float:
        # How much lies below this gap (or ratio) between the two ends, beyond the probability asked for.
        last = first * difference if is_ratio else first + difference
        inside = scale.forward(np.clip(last, max(scale.lowest, -top) + np.finfo(float).tiny, top))
        below = stats.norm.cdf((inside - starts - rises) / left)
        return float(below @ weights / weights.sum()) - probability

    near, far = (float(scale.back(np.array([end]))[0]) for end in (start, start + rise))
    gap, ratio = far - near, far / near
    gap_low, gap_high = (_solve(partial(excess, probability=p, is_ratio=False), gap, p) for p in (tail, 1 - tail))
    low, high = (_solve(partial(excess, probability=p, is_ratio=True), ratio, p) for p in (tail, 1 - tail))
    return (gap, gap_low, gap_high), (ratio, low, high), near


def _cumulants(scale: _Scale, means: Floats, errors: Floats) -> Floats:
    """Give the first four cumulants of each figure, whose errors are normal on the scale; shape (4, groups)."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(QUADRATURE_POINTS)
    figures = scale.back(means[:, None] + errors[:, None] * nodes)
    weights = weights / weights.sum()
    mean = figures @ weights
    second, third, fourth = ((figures - mean[:, None]) ** order @ weights for order in (2, 3, 4))
    return np.array([mean, second, third, fourth - 3 * second**2])


def _quantile(cumulants: Floats, probability: float) -> float:
    """Cornish and Fisher's expansion: the normal quantile, bent by skewness and kurtosis."""
    mean, variance, third, fourth = cumulants
    z = stats.norm.ppf(probability)
    skewness, kurtosis = third / variance**1.5, fourth / variance**2
    bent = z + (z**2 - 1) * skewness / 6 + (z**3 - 3 * z) * kurtosis / 24 - (2 * z**3 - 5 * z) * skewness**2 / 36
    return float(mean + np.sqrt(variance) * bent)


def _solve(rising: Callable[[float], float], near: float, probability: float) -> float:
    """Find where a rising function crosses 0, on the side of `near` where that quantile lies."""
    side = -1.0 if probability < 0.5 else 1.0  # noqa: PLR2004 - the median parts the two sides
    width = max(abs(near), 1e-9) * 0.01
    for _ in range(WIDEST_SEARCH):
        if rising(near + side * width) * side > 0:
            return float(optimize.brentq(rising, near - side * width, near + side * width, xtol=1e-14, rtol=1e-12))
        width *= 2
    return side * np.inf


def _relative_ranks(populations: Floats) -> tuple[Floats, Floats]:
    shares = populations / populations.sum()
    return np.cumsum(shares) - shares / 2, shares


def _check(values: npt.ArrayLike, kind: FigureScale, what: str) -> Floats:
    figures = np.atleast_1d(np.asarray(values, dtype=float))
    scale = _SCALES[kind]
    bad = ~((figures > scale.lowest) & (figures < scale.highest))
    if bad.any():
        row = int(np.flatnonzero(bad)[0])
        raise RequestError(
            f"{figures[row]:g} in row {row} cannot be a {what} of a {kind}: it has to lie between {scale.lowest:g} and "
            f"{scale.highest:g}"
        )
    return figures


def _check_positive(values: npt.ArrayLike, what: str) -> Floats:
    found = np.atleast_1d(np.asarray(values, dtype=float))
    bad = ~(found > 0)
    if bad.any():
        row = int(np.flatnonzero(bad)[0])
        raise RequestError(f"{what} must be above zero: found {found[row]:g} in row {row}; no slope is drawn")
    return found
