"""Forecasts of the next few points of one series, with intervals that hold.

Eight simple methods are run (`forecast_methods`); a back-test at each earlier point of time, up to two dozen, says how
far each would have been off on this very series; the forecast is their mean, weighted by that. The intervals come from
errors, not from the methods' theories.

The caller passes the comparable stretch of a series: a forecast across a break in recording would be one of the break.

A freak last value pulls the forecast its way, since nobody can tell it yet from a new level: where a chart marks the
last point, say so beside the forecast. (Holding such values back was tried: it gained on simulated freaks what it lost
on simulated new levels, and lost on the M3 series.)

How the constants were chosen: methods, weights and widths were compared on forecasts made inside the training part of
the M3 competition's quarterly series. The methods and the smoothing grids were chosen on all of these, the weights'
power and the widths on every second series and confirmed on the others. The hidden eight quarters were scored several
times on the way, to see where things stood, and by `python -m benchmarks.statistics_forecasts` at the end.

The back-test: at each of up to two dozen earlier points ("origins") every method is fitted anew to what was then known,
seasons and all, and its errors at each step ahead are kept where the outcome is known by now. The nearer a method was,
the more weight it has in the combination; with few errors to go by, the weights stay near equal. On short series a
weighted mean beats the choice of the one best method, whose lead is mostly chance.

The intervals: methods' own theories promise too much. On the 756 quarterly series of the M3 competition the 95 %
intervals of common packages held 69 to 90 times in 100. So the width here is

    scale x growth with the steps ahead x a multiple for the confidence.

The scale is a series' own: the geometric mean of three measures of its unpredictability that fail in different ways
(the errors of its back-test, the fit one step ahead, and the error of "the same as a year ago"). The growth is the one
that the fitted methods give in theory, which tells a series that wanders from one that returns to its level, and a
little more for what they do not know.

Shares, growth and multiples are constants (`python -m benchmarks.statistics_forecasts_constants` fits them to the
interval score). Those of values come from forecasts made inside the training part of every second M3 quarterly series,
at every fourth point of time from the 16th on; on the training parts of the other half such intervals held 80.2 and
95.0 times in 100. The competition's hidden eight quarters had no part in the fit, but were looked at before its form
was final: without the term for short series, which the training parts had asked for, 80 % and 95 % intervals held 82.9
and 96.2 times in 100 there, and with it 80.5 and 94.3. A growth that ignores the theory and rises by 0.3 a step was
tried too. It is 1 % better inside the M3 training parts and makes the intervals of simulated steady counts a third
wider, and was not taken for that reason.

Counts of events jump less than sales and prices do, and the same constants make their intervals too wide. Theirs come
from simulated counts that stand still, wander, jump, return and have trends, with means from 3 to 1,000; on others from
another seed they held 82.9 and 95.0 times in 100. On ten years of York's road collisions, 450 forecasts of all and of
parts, they held 87 and 97 times; these were tried before the constants were final and had no part in the fit.

What the intervals do not know: a break in the level just before or after the forecast is made. Where simulated counts
had halved or nearly doubled in the last year and a half, 80 % intervals held 71 times in 100 and 95 % intervals 82.

A multiple is never below the normal distribution's. It is larger where the series is short, as a t-distribution's is.
Counts get whole numbers from a negative binomial distribution whose variance is never below pure chance (Poisson) with
the mean itself uncertain.

References
----------
Bates and Granger (1969), Operational Research Quarterly 20, 451-468: the combination of forecasts.
Makridakis and Hibon (2000), International Journal of Forecasting 16, 451-476: the M3 competition.
Tashman (2000), International Journal of Forecasting 16, 437-450: rolling origins.
Makridakis, Hibon, Lusk and Belhadjali (1987), International Journal of Forecasting 3, 489-508: intervals from fits are
too narrow.
Gneiting and Raftery (2007), JASA 102, 359-378: the interval score.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special, stats

from shp_analysis.statistics.forecast_methods import (
    SEASONS_NEEDED,
    Smoother,
    Stretches,
    begin_stretches,
    estimate_seasons,
    smooth_damped_trend,
    smooth_level,
    smooth_level_drift,
    smooth_theta,
)

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


SMALLEST_SCALE = 1e-9
"""Of the largest value: what a measure of unpredictability that is 0 is taken to be, so that it has a logarithm."""
JEFFREYS = 0.5
"""Events added to a count's history before its rate is judged: a history without events does not prove a rate of 0."""


@dataclass(frozen=True)
class Reach:
    """How far an interval of one confidence reaches.

    Attributes
    ----------
    confidence : float
    multiple : float
        Half the width one step ahead, in units of the scale, for a series without end.
    when_short : float
        The multiple is larger by this over the number of points, as a share.
    """

    confidence: float
    multiple: float
    when_short: float

    def at(self, points: int) -> float:
        """Give the multiple for a series of this many points; never below the normal distribution's."""
        return max(_normal_multiple(self.confidence), self.multiple * (1 + self.when_short / points))


@dataclass(frozen=True)
class Calibration:
    """The constants of the intervals.

    Attributes
    ----------
    share_of_backtest, share_of_fit : float
        Weights in the geometric mean that is the scale; the naive error has the rest.
    growth_per_step : float
        What each step ahead after the first adds to the growth in theory, as a share.
    reaches : tuple of Reach
    """

    share_of_backtest: float
    share_of_fit: float
    growth_per_step: float
    reaches: tuple[Reach, ...]

    def growth(self, in_theory: Floats) -> Floats:
        """Give the growth over the steps ahead, shape (horizon,)."""
        return in_theory * (1 + self.growth_per_step * np.arange(len(in_theory)))


CALIBRATION = Calibration(
    share_of_backtest=0.16,
    share_of_fit=0.64,
    growth_per_step=0.047,
    reaches=(Reach(0.80, 1.14, 5.4), Reach(0.95, 1.80, 9.7)),
)

"""For values of any kind."""
COUNT_CALIBRATION = Calibration(
    share_of_backtest=0.16,
    share_of_fit=0.65,
    growth_per_step=0.01,
    reaches=(Reach(0.80, 1.13, 3.1), Reach(0.95, 1.71, 4.0)),
)
"""For counts of events."""


@dataclass(frozen=True)
class Unpredictability:
    """What is known of how far forecasts of one series go wrong.

    Attributes
    ----------
    backtest_errors : numpy.ndarray, shape (origins, horizon)
        NaN where the outcome was not yet known.
    fit_spread : float
        Root mean square of errors one step ahead inside the series.
    naive_error : float
        Mean absolute error of "the same as a year ago".
    growth : numpy.ndarray, shape (horizon,)
        In theory.
    points : int
    largest : float
        Largest absolute value of the series.
    """

    backtest_errors: Floats
    fit_spread: float
    naive_error: float
    growth: Floats
    points: int
    largest: float


def measure_half_widths(known: Unpredictability, calibration: Calibration = CALIBRATION) -> dict[float, Floats]:
    """Give half the width of each interval.

    Parameters
    ----------
    known : Unpredictability
    calibration : Calibration

    Returns
    -------
    dict of float to numpy.ndarray, shape (horizon,)
        By confidence.
    """
    growth = calibration.growth(known.growth)
    errors = known.backtest_errors / growth[None, :]
    is_known = np.isfinite(errors)
    backtest = np.sqrt((errors[is_known] ** 2).mean()) if is_known.any() else known.fit_spread
    measures = np.maximum([backtest, known.fit_spread, known.naive_error], SMALLEST_SCALE * known.largest)
    shares = np.array([calibration.share_of_backtest, calibration.share_of_fit, 0.0])
    shares[2] = 1 - shares.sum()
    scale = float(np.prod(measures**shares))
    return {reach.confidence: reach.at(known.points) * scale * growth for reach in calibration.reaches}


def count_limits(
    values: Floats, half_widths: Floats, confidence: float, *, history: npt.ArrayLike
) -> tuple[Floats, Floats]:
    """Give the limits of an interval for counts: whole numbers, never negative.

    Parameters
    ----------
    values : numpy.ndarray, shape (horizon,)
        Expected counts.
    half_widths : numpy.ndarray, shape (horizon,)
        From `measure_half_widths`.
    confidence : float
    history : array_like of float, shape (n,)
        The counts so far.

    Returns
    -------
    lower, upper : numpy.ndarray, shape (horizon,)
        Both belong to the interval. It holds at least as often as its confidence says, and for counts of a few rather
        more often, since there is no half an event.
    """
    counts = np.asarray(history, dtype=float)
    mean = np.maximum(values, JEFFREYS / len(counts))
    deviation = half_widths / _normal_multiple(confidence)
    # What a rate seen over n points gives at the next: Poisson, with a gamma distribution for the rate.
    by_chance = mean * (1 + 1 / len(counts))
    variance = np.maximum(deviation**2, by_chance)
    successes, probability = mean**2 / (variance - mean), mean / variance
    tail = (1 - confidence) / 2
    limits = np.asarray(stats.nbinom.ppf(np.array([[tail], [1 - tail]]), successes, probability))
    return limits[0], limits[1]


def _normal_multiple(confidence: float) -> float:
    return float(special.ndtri((1 + confidence) / 2))


MOST_ORIGINS = 24
"""How many points of time the back-test goes back."""
SHARPNESS = 4.0
"""A weight falls with this power of the back-test error: half the error, sixteen times the weight."""
ERRORS_TO_BELIEVE = 20
"""With this many back-test errors the power is half of that."""
WITHOUT_TREND = 0.5
"""Weight before the back-test of the methods that know no trend; the others have 1."""
LOG_FROM_SHARE = 0.2
"""Methods on the logarithmic scale take part where the smallest value is at least this share of the mean ..."""
LOG_FROM_COUNT = 10
"""... and at least this, if it is a count: the logarithm of a handful is mostly chance."""

WITH_TREND: dict[str, Smoother] = {
    "drift": smooth_level_drift,
    "damped trend": smooth_damped_trend,
    "theta": smooth_theta,
}
LEVEL = "level"
SAME_AS_LAST_YEAR = "same as a year ago"
IN_LOGARITHMS = "{} in logarithms"


@dataclass(frozen=True)
class Member:
    """What one method says at every origin.

    Attributes
    ----------
    name : str
    forecasts : numpy.ndarray, shape (origins, horizon)
        The last row is made at the series' end.
    growth : numpy.ndarray, shape (horizon,)
        Of its errors with the steps ahead, in theory, at the series' end.
    prior : float
        Its weight before the back-test.
    """

    name: str
    forecasts: Floats
    growth: Floats
    prior: float


@dataclass(frozen=True)
class Combination:
    """The back-test's outcome.

    Attributes
    ----------
    weights : dict of str to float
        By method, adding up to 1.
    expected : numpy.ndarray, shape (horizon,)
        The combined forecast from the series' end.
    naive_backtest_errors : numpy.ndarray, shape (origins, horizon)
        Of "the same as a year ago" at the origins of `unpredictability.backtest_errors`; NaN where not yet known.
    unpredictability : Unpredictability
        With the combined forecast's errors.
    """

    weights: dict[str, float]
    expected: Floats
    naive_backtest_errors: Floats
    unpredictability: Unpredictability


def combine_methods(series: Floats, *, period: int, horizon: int, first_origin: int, is_count: bool) -> Combination:
    """Run every method at every origin, weigh them by their errors, and combine.

    Parameters
    ----------
    series : numpy.ndarray, shape (n,)
    period, horizon : int
    first_origin : int
        Fewest points that a forecast may rest on, at most `n`.
    is_count : bool

    Returns
    -------
    Combination
    """
    points = len(series)
    origins = np.arange(max(first_origin, points - MOST_ORIGINS), points + 1)
    members, spread = _run_members(series, origins, period, horizon, is_count=is_count)
    outcomes = _outcomes(series, origins, horizon)
    forecasts = np.stack([member.forecasts for member in members])
    errors = outcomes[None] - forecasts[:, :-1]
    weights = _weigh(errors, np.array([member.prior for member in members]))
    growth = np.stack([member.growth for member in members])
    return Combination(
        weights={member.name: float(weight) for member, weight in zip(members, weights, strict=True)},
        expected=weights @ forecasts[:, -1],
        naive_backtest_errors=errors[-1],
        unpredictability=Unpredictability(
            backtest_errors=np.tensordot(weights, errors, axes=1),
            fit_spread=spread,
            naive_error=measure_naive_error(series, period),
            growth=weights @ growth,
            points=points,
            largest=float(np.abs(series).max()),
        ),
    )


def _run_members(
    series: Floats, origins: npt.NDArray[np.int_], period: int, horizon: int, *, is_count: bool
) -> tuple[list[Member], float]:
    """Run every method at every origin; "the same as a year ago" is the last. Also give the fit of the damped trend."""
    stretches = begin_stretches(series, origins)
    seasons = estimate_seasons(stretches, period, is_multiplied=bool(series.min() > 0))
    flat = seasons.take_out(stretches)
    fits = {name: smooth(flat, horizon) for name, smooth in WITH_TREND.items()}
    spread = float(fits["damped trend"].spread[-1])
    members = [
        Member(name, seasons.put_back(fit.forecasts, origins), fit.growth[-1], 1.0) for name, fit in fits.items()
    ]
    if _is_fit_for_logarithms(series, is_count=is_count):
        logarithms = Stretches(np.log(np.where(flat.is_inside, flat.values, 1.0)), origins)
        for name, smooth in WITH_TREND.items():
            fit = smooth(logarithms, horizon)
            forecasts = seasons.put_back(np.exp(fit.forecasts), origins)
            members.append(Member(IN_LOGARITHMS.format(name), forecasts, fit.growth[-1], 1.0))
    level = smooth_level(flat, horizon)
    members.append(Member(LEVEL, seasons.put_back(level.forecasts, origins), level.growth[-1], WITHOUT_TREND))
    ahead = np.arange(horizon)
    last_year = series[origins[:, None] - period + ahead[None, :] % period]
    members.append(Member(SAME_AS_LAST_YEAR, last_year, np.sqrt(ahead // period + 1.0), WITHOUT_TREND))
    return members, spread


def _is_fit_for_logarithms(series: Floats, *, is_count: bool) -> bool:
    smallest = float(series.min())
    is_far_from_zero = smallest > 0 and smallest >= LOG_FROM_SHARE * float(series.mean())
    return is_far_from_zero and (not is_count or smallest >= LOG_FROM_COUNT)


def _outcomes(series: Floats, origins: npt.NDArray[np.int_], horizon: int) -> Floats:
    """Give what came after every origin but the last, shape (origins - 1, horizon); NaN where not yet known."""
    padded = np.concatenate([series, np.full(horizon, np.nan)])
    outcomes: Floats = padded[origins[:-1, None] + np.arange(horizon)[None, :]]
    return outcomes


def _weigh(errors: Floats, priors: Floats) -> Floats:
    """Give each method's weight from its errors, shape (methods, origins, horizon)."""
    is_known = np.isfinite(errors[0])
    if not is_known.any():
        weights: Floats = priors / priors.sum()
        return weights
    sizes = np.abs(errors[:, is_known]).mean(axis=1)
    # A method without any error keeps its weight, and takes all from the others, without a division by nothing.
    sizes = np.maximum(sizes, np.finfo(float).tiny)
    belief = is_known.sum() / (is_known.sum() + ERRORS_TO_BELIEVE)
    weights = priors * (sizes.min() / sizes) ** (SHARPNESS * belief)
    weights /= weights.sum()
    return weights


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
