"""Intervals for one rate or one proportion.

References
----------
Garwood (1936), Biometrika 28, 437-442: the exact Poisson interval.
Breslow and Day (1987), Statistical Methods in Cancer Research II, p. 69: Byar's approximation.
Office for Health Improvement and Disparities, public health profiles technical guide: Byar's from 10 events on and the
exact interval below.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import stats

CONFIDENCE = 0.95
EXACT_BELOW = 10
"""Byar's approximation is used from this many events on; below it the exact interval."""

Floats = npt.NDArray[np.float64]


def interval_of_count(counts: npt.ArrayLike, confidence: float = CONFIDENCE) -> tuple[Floats, Floats]:
    """Give the interval of the expected number behind observed counts of events.

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
    ValueError
        Where a count is negative.
    """
    observed = np.atleast_1d(np.asarray(counts, dtype=float))
    if (observed < 0).any():
        raise ValueError(f"a count of events cannot be negative (found {observed.min():g})")
    alpha = 1 - confidence
    exact_lower = np.where(observed > 0, stats.chi2.ppf(alpha / 2, 2 * np.maximum(observed, 1)) / 2, 0.0)
    exact_upper = stats.chi2.ppf(1 - alpha / 2, 2 * observed + 2) / 2
    z = stats.norm.ppf(1 - alpha / 2)
    some = np.maximum(observed, 1)
    byar_lower = some * (1 - 1 / (9 * some) - z / (3 * np.sqrt(some))) ** 3
    byar_upper = (some + 1) * (1 - 1 / (9 * (some + 1)) + z / (3 * np.sqrt(some + 1))) ** 3
    small = observed < EXACT_BELOW
    return np.where(small, exact_lower, byar_lower), np.where(small, exact_upper, byar_upper)
