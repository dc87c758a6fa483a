"""How near forecasts and their intervals came, by the measures of the M competitions.

References
----------
Hyndman and Koehler (2006), International Journal of Forecasting 22, 679-688: the mean absolute scaled error (MASE).
Makridakis and Hibon (2000), International Journal of Forecasting 16, 451-476: the symmetric percentage error (sMAPE).
Gneiting and Raftery (2007), JASA 102, 359-378: the interval score.
Makridakis, Spiliotis and Assimakopoulos (2020), International Journal of Forecasting 36, 54-74: the interval score
scaled as in MASE (MSIS).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def score_scaled_errors(actual: npt.ArrayLike, forecast: npt.ArrayLike, naive_error: float) -> Floats:
    """Give absolute errors in units of the naive error; their mean is the MASE.

    Parameters
    ----------
    actual, forecast : array_like of float, shape (h,)
    naive_error : float
        From `shp_analysis.statistics.forecasts.measure_naive_error`.

    Returns
    -------
    numpy.ndarray, shape (h,)
        Below 1: nearer than "the same as a year ago" was on average. NaN where the naive error is 0.
    """
    errors: Floats = np.abs(np.asarray(actual, dtype=float) - np.asarray(forecast, dtype=float))
    return errors / naive_error if naive_error else np.full(errors.shape, np.nan)


def score_percentage_errors(actual: npt.ArrayLike, forecast: npt.ArrayLike) -> Floats:
    """Give symmetric percentage errors, 0 to 200; their mean is the sMAPE.

    Parameters
    ----------
    actual, forecast : array_like of float, shape (h,)

    Returns
    -------
    numpy.ndarray, shape (h,)
        0 where both are 0.
    """
    observed, expected = np.asarray(actual, dtype=float), np.asarray(forecast, dtype=float)
    size = np.abs(observed) + np.abs(expected)
    scores: Floats = 200 * np.abs(observed - expected) / np.where(size > 0, size, 1.0)
    return scores


def score_interval(actual: npt.ArrayLike, lower: npt.ArrayLike, upper: npt.ArrayLike, confidence: float) -> Floats:
    """Give interval scores: the width, and a fine for every value outside that grows with its distance.

    Parameters
    ----------
    actual, lower, upper : array_like of float, shape (h,)
    confidence : float
        Of the interval, such as 0.95.

    Returns
    -------
    numpy.ndarray, shape (h,)
        In the unit of the values; smaller is better. Divided by the naive error its mean is the MSIS.
    """
    observed, low, high = (np.asarray(array, dtype=float) for array in (actual, lower, upper))
    outside = np.maximum(low - observed, 0) + np.maximum(observed - high, 0)
    scores: Floats = high - low + 2 / (1 - confidence) * outside
    return scores


def is_inside(actual: npt.ArrayLike, lower: npt.ArrayLike, upper: npt.ArrayLike) -> npt.NDArray[np.bool_]:
    """Say whether each value lies inside its interval, limits included; the mean is the coverage.

    Parameters
    ----------
    actual, lower, upper : array_like of float, shape (h,)

    Returns
    -------
    numpy.ndarray of bool, shape (h,)
    """
    observed = np.asarray(actual, dtype=float)
    inside: npt.NDArray[np.bool_] = (observed >= np.asarray(lower, dtype=float)) & (
        observed <= np.asarray(upper, dtype=float)
    )
    return inside
