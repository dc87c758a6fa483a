"""Comparing two shares, or two published figures that come with their own intervals.

References
----------
Newcombe (1998), Statistics in Medicine 17, 873-890: the interval of a difference of two shares (method 10).
Zou and Donner (2008), Statistics in Medicine 27, 1693-1702: the interval of a difference from two separate intervals.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy import stats

from shp_analysis.statistics.proportions import compare_proportions

PUBLISHED_CONFIDENCE = 0.95


@dataclass(frozen=True)
class Difference:
    """Two figures compared, in their own unit.

    Attributes
    ----------
    baseline_value, value : float
        Per cent for shares.
    difference, lower, upper : float
        The second less the first, with its 95% interval: percentage points for shares.
    p_value : float
        Two-sided, of no difference.
    baseline_whole, whole : float or None
        What the two shares are of; None for published figures.
    """

    baseline_value: float
    value: float
    difference: float
    lower: float
    upper: float
    p_value: float
    baseline_whole: float | None = None
    whole: float | None = None

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves out "no difference"."""
        return self.lower > 0 or self.upper < 0


@dataclass(frozen=True)
class PublishedFigure:
    """A figure with the 95% interval that its publisher gives it."""

    value: float
    lower: float
    upper: float


def compare_shares(baseline: tuple[float, float], current: tuple[float, float]) -> Difference:
    """Compare the shares of two different groups, or of one group in two periods.

    Parameters
    ----------
    baseline, current : tuple of float
        The part and the whole, both counts.

    Returns
    -------
    Difference
        In per cent and percentage points.
    """
    found = compare_proportions(baseline, current)
    return Difference(
        baseline_value=100 * baseline[0] / baseline[1],
        value=100 * current[0] / current[1],
        difference=100 * found.difference,
        lower=100 * found.lower,
        upper=100 * found.upper,
        p_value=found.p_value,
        baseline_whole=baseline[1],
        whole=current[1],
    )


def compare_published(baseline: PublishedFigure, current: PublishedFigure) -> Difference:
    """Compare two published figures of windows that do not overlap.

    Parameters
    ----------
    baseline, current : PublishedFigure

    Returns
    -------
    Difference
        Its interval puts the two published intervals together, so it needs neither counts nor a distribution.
    """
    difference = current.value - baseline.value
    below = math.hypot(current.value - current.lower, baseline.upper - baseline.value)
    above = math.hypot(current.upper - current.value, baseline.value - baseline.lower)
    towards_zero = below if difference > 0 else above
    z = stats.norm.ppf((1 + PUBLISHED_CONFIDENCE) / 2)
    p_value = 2 * stats.norm.sf(abs(difference) / towards_zero * z) if towards_zero > 0 else float(difference == 0)
    return Difference(baseline.value, current.value, difference, difference - below, difference + above, float(p_value))
