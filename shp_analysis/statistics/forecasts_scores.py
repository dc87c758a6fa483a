"""Scores of forecasts: how far off, and whether the intervals held.

References
----------
Hyndman and Koehler (2006), International Journal of Forecasting 22, 679-688: the mean absolute scaled error (MASE).
Makridakis and Hibon (2000), International Journal of Forecasting 16, 451-476: the symmetric percentage error (sMAPE).
Gneiting and Raftery (2007), JASA 102, 359-378: the interval score and the pinball loss.
Makridakis, Spiliotis and Assimakopoulos (2020), International Journal of Forecasting 36, 54-74: the interval score
scaled as in MASE (MSIS).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def measure_naive_error(history: npt.ArrayLike, period: int) -> float:
    """Give the mean absolute error of "the same as a year ago" inside a series: the unit of scaled scores.

    Parameters
    ----------
    history : array_like of float, shape (n,)
    period : int
        Points of time in a year; 1 compares with the point before.

    Returns
    -------
    float
        0 for a series that repeats itself exactly; NaN where it is no longer than a year.
    """
    values = np.asarray(history, dtype=float)
    if len(values) <= period:
        return float("nan")
    return float(np.abs(values[period:] - values[:-period]).mean())


def score_scaled_errors(actual: npt.ArrayLike, forecast: npt.ArrayLike, naive_error: float) -> Floats:
    """Give absolute errors in units of the naive error; their mean is the MASE.

    Parameters
    ----------
    actual, forecast : array_like of float, shape (h,)
    naive_error : float
        From `measure_naive_error`.

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


def score_quantile(actual: npt.ArrayLike, quantile: npt.ArrayLike, probability: float) -> Floats:
    """Give pinball losses of a forecast quantile.

    Parameters
    ----------
    actual, quantile : array_like of float, shape (h,)
    probability : float
        Of the quantile, such as 0.1 for the lower limit of an 80 % interval.

    Returns
    -------
    numpy.ndarray, shape (h,)
        In the unit of the values; smaller is better.
    """
    above = np.asarray(actual, dtype=float) - np.asarray(quantile, dtype=float)
    losses: Floats = np.maximum(probability * above, (probability - 1) * above)
    return losses


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
