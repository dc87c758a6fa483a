"""Centre and limits of each kind of control chart; `rate_charts` says which chart is for what, and reads them.

References
----------
Those of `rate_charts`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from shp_analysis.statistics.chart_stretches import SCREEN_ABOVE_MEAN_RANGES, Bools, Floats, average_ranges

LIMIT_SIGMAS = 3.0
WARNING_SIGMAS = 2.0
RANGE_PER_SIGMA = 1.128
"""Mean distance of two normal values, in standard deviations."""
WEIBULL_POWER = 3.6
"""The power that makes exponential waiting times nearly normal."""


class ChartKind(StrEnum):
    """What is charted; see the table of `rate_charts`."""

    RUN = "run"
    INDIVIDUALS = "I"
    INDIVIDUALS_WEIGHTED = "I′"
    MOVING_RANGE = "MR"
    COUNTS = "c"
    RATES = "u"
    RATES_LANEY = "u′"
    SHARES = "p"
    SHARES_LANEY = "p′"
    BETWEEN = "g"
    TIME_BETWEEN = "t"


PER_DENOMINATOR = frozenset(
    {
        ChartKind.RATES,
        ChartKind.RATES_LANEY,
        ChartKind.SHARES,
        ChartKind.SHARES_LANEY,
        ChartKind.INDIVIDUALS_WEIGHTED,
    }
)
BY_MOVING_RANGE = frozenset(
    {
        ChartKind.INDIVIDUALS,
        ChartKind.INDIVIDUALS_WEIGHTED,
        ChartKind.TIME_BETWEEN,
        ChartKind.RATES_LANEY,
        ChartKind.SHARES_LANEY,
    }
)
"""Kinds whose limits are measured between neighbours."""
SHARES = frozenset({ChartKind.SHARES, ChartKind.SHARES_LANEY})
MAY_BE_NEGATIVE = frozenset({ChartKind.RUN, ChartKind.INDIVIDUALS, ChartKind.INDIVIDUALS_WEIGHTED})


@dataclass(frozen=True)
class StretchValues:
    """One stretch of a chart, before its lines are drawn.

    Attributes
    ----------
    values, weights : numpy.ndarray of float, shape (n,)
        What is plotted, and the denominators; 1 where there are none.
    use : numpy.ndarray of bool, shape (n,)
        Which values make the lines; never one that is missing.
    screen : bool
        Whether moving ranges that are events are left out.
    """

    values: Floats
    weights: Floats
    use: Bools
    screen: bool

    @property
    def used(self) -> Floats:
        """Give the values that make the lines, and NaN in place of the others."""
        return np.where(self.use, self.values, np.nan)

    @property
    def mean(self) -> float:
        """Average the used values; NaN without any."""
        return float(self.values[self.use].mean()) if self.use.any() else math.nan

    @property
    def median(self) -> float:
        """Give the middle of the used values; NaN without any."""
        return float(np.median(self.values[self.use])) if self.use.any() else math.nan

    @property
    def pooled(self) -> float:
        """Average the used values by their weights: all events over all exposure; NaN without any."""
        weights = self.weights[self.use]
        return float((self.values[self.use] * weights).sum() / weights.sum()) if self.use.any() else math.nan

    def fill(self, number: float) -> Floats:
        """Give one number for every value."""
        return np.full(len(self.values), number)


@dataclass(frozen=True)
class Lines:
    """Centre and limits of one stretch.

    Attributes
    ----------
    centre : float
    lower, lower_warning, upper_warning, upper : numpy.ndarray of float, shape (n,)
        Three and two standard deviations off; NaN where there is nothing to draw them from.
    spread : float
        Of u′ and p′ charts: standard deviations between neighbours, in those of pure chance. 1 elsewhere.
    """

    centre: float
    lower: Floats
    lower_warning: Floats
    upper_warning: Floats
    upper: Floats
    spread: float = 1.0


def _symmetric(centre: float, sigmas: Floats, spread: float = 1.0) -> Lines:
    far, near = LIMIT_SIGMAS * spread * sigmas, WARNING_SIGMAS * spread * sigmas
    return Lines(centre, centre - far, centre - near, centre + near, centre + far, spread)


def _sigma_of_neighbours(values: Floats, *, screen: bool) -> float:
    return average_ranges(np.abs(np.diff(values)), screen=screen)[0] / RANGE_PER_SIGMA


def _run_lines(part: StretchValues) -> Lines:
    return _symmetric(part.median, part.fill(math.nan))


def _individual_lines(part: StretchValues) -> Lines:
    return _symmetric(part.mean, part.fill(_sigma_of_neighbours(part.used, screen=part.screen)))


def _weighted_lines(part: StretchValues) -> Lines:
    shares = 1 / part.weights
    ranges = np.abs(np.diff(part.used)) / np.sqrt(shares[1:] + shares[:-1])
    sigma = math.sqrt(math.pi / 2) * average_ranges(ranges, screen=part.screen)[0]
    return _symmetric(part.pooled, sigma * np.sqrt(shares))


def _range_lines(part: StretchValues) -> Lines:
    upper = part.fill(SCREEN_ABOVE_MEAN_RANGES * part.mean)
    return Lines(part.mean, 0 * upper, 0 * upper, upper * WARNING_SIGMAS / LIMIT_SIGMAS, upper)


def _count_lines(part: StretchValues) -> Lines:
    return _symmetric(part.mean, part.fill(math.sqrt(part.mean)))


def _rate_lines(part: StretchValues) -> Lines:
    return _symmetric(part.pooled, np.sqrt(part.pooled / part.weights))


def _share_lines(part: StretchValues) -> Lines:
    return _symmetric(part.pooled, np.sqrt(part.pooled * (1 - part.pooled) / part.weights))


def _widened(lines_by_chance: Callable[[StretchValues], Lines]) -> Callable[[StretchValues], Lines]:
    """Make Laney's chart of a u or p chart: its limits times how far its own standardised values move."""

    def widen(part: StretchValues) -> Lines:
        lines = lines_by_chance(part)
        sigmas = (lines.upper - lines.centre) / LIMIT_SIGMAS
        if not (sigmas[part.use] > 0).any():
            return lines
        spread = _sigma_of_neighbours((part.used - lines.centre) / sigmas, screen=part.screen)
        return _symmetric(lines.centre, sigmas, spread)

    return widen


def _between_lines(part: StretchValues) -> Lines:
    lines = _symmetric(part.mean, part.fill(math.sqrt(part.mean * (part.mean + 1))))
    return replace(lines, centre=part.median)


def _time_lines(part: StretchValues) -> Lines:
    lines = _individual_lines(replace(part, values=part.values ** (1 / WEIBULL_POWER)))
    limits = (lines.lower, lines.lower_warning, lines.upper_warning, lines.upper)
    lower, lower_warning, upper_warning, upper = (np.maximum(limit, 0) ** WEIBULL_POWER for limit in limits)
    return Lines(lines.centre**WEIBULL_POWER, lower, lower_warning, upper_warning, upper)


_LINES_OF: dict[ChartKind, Callable[[StretchValues], Lines]] = {
    ChartKind.RUN: _run_lines,
    ChartKind.INDIVIDUALS: _individual_lines,
    ChartKind.INDIVIDUALS_WEIGHTED: _weighted_lines,
    ChartKind.MOVING_RANGE: _range_lines,
    ChartKind.COUNTS: _count_lines,
    ChartKind.RATES: _rate_lines,
    ChartKind.RATES_LANEY: _widened(_rate_lines),
    ChartKind.SHARES: _share_lines,
    ChartKind.SHARES_LANEY: _widened(_share_lines),
    ChartKind.BETWEEN: _between_lines,
    ChartKind.TIME_BETWEEN: _time_lines,
}


def draw_lines(kind: ChartKind, part: StretchValues) -> Lines:
    """Draw the lines of one stretch, kept where values can lie: a count is not negative, a share not above 1.

    Parameters
    ----------
    kind : ChartKind
    part : StretchValues
        Without any value to use, the lines are NaN.

    Returns
    -------
    Lines
    """
    lines = _LINES_OF[kind](part)
    if kind in MAY_BE_NEGATIVE:
        return lines
    highest = 1.0 if kind in SHARES else math.inf
    lower, lower_warning = np.maximum(lines.lower, 0), np.maximum(lines.lower_warning, 0)
    upper_warning, upper = np.minimum(lines.upper_warning, highest), np.minimum(lines.upper, highest)
    return Lines(lines.centre, lower, lower_warning, upper_warning, upper, lines.spread)
