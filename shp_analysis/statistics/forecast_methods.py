"""The forecasting methods that `forecasts` combines: each is fitted to many beginnings of a series at once.

A back-test asks what a method would have said at every earlier point of time. So each function here takes the
beginnings ("stretches") of a series as the rows of one array, and gives one forecast per row that uses that row's
values alone. The methods are small linear recursions; instead of searching for the best smoothing constants, every
combination of a fixed grid is run as a column of one array, and the forecasts are averaged with the weights that the
fit of each gives it. That is faster than a search, cannot fail to converge, and forecasts better: on short series the
"best" constants are mostly chance.

References
----------
Gardner and McKenzie (1985), Management Science 31, 1237-1246: the damped trend.
Hyndman, Koehler, Ord and Snyder (2008), Forecasting with Exponential Smoothing, chapters 3 and 5: the innovations form,
and starting values by least squares, since errors are linear in them.
Assimakopoulos and Nikolopoulos (2000), International Journal of Forecasting 16, 521-530: the Theta method.
Miller and Williams (2003), International Journal of Forecasting 19, 669-684: seasonal factors shrunk towards none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int_]

SEASONS_NEEDED = 3
"""With fewer full years than this the seasons of a stretch are left as they are: each would rest on one value."""
LEVEL_STEPS = (0.1, 0.3, 0.5, 0.7, 0.85, 1.0)
"""How much of a surprise the level takes up."""
TREND_SHARES = (0.0, 0.05, 0.2, 0.5)
"""How much of what the level takes up the trend takes up."""
DAMPINGS = (0.8, 0.9, 0.97)
"""What part of the trend is left from one point of time to the next."""
SMALLEST_SHARE = 1e-12
"""A fit without any error is taken to leave this share of the series' variance, so that fits can be compared."""


@dataclass(frozen=True)
class Stretches:
    """Beginnings of one series, or of several, as rows.

    Attributes
    ----------
    values : numpy.ndarray, shape (rows, times)
        Each row starts at time 0 and is 0 after its end.
    lengths : numpy.ndarray of int, shape (rows,)
        How many values of each row count.
    """

    values: Floats
    lengths: Ints

    @property
    def is_inside(self) -> npt.NDArray[np.bool_]:
        """Whether a place in the array belongs to its row's stretch, shape (rows, times)."""
        inside: npt.NDArray[np.bool_] = np.arange(self.values.shape[1])[None, :] < self.lengths[:, None]
        return inside


@dataclass(frozen=True)
class Seasons:
    """What the time of year does to each stretch.

    Attributes
    ----------
    factors : numpy.ndarray, shape (rows, period)
        By time modulo the period: what to multiply by, or to add.
    is_multiplied : bool
    """

    factors: Floats
    is_multiplied: bool

    def take_out(self, stretches: Stretches) -> Stretches:
        """Give the stretches as they would be without seasons."""
        times = np.arange(stretches.values.shape[1]) % self.factors.shape[1]
        factors = self.factors[:, times]
        without = stretches.values / factors if self.is_multiplied else stretches.values - factors
        return Stretches(np.where(stretches.is_inside, without, 0.0), stretches.lengths)

    def put_back(self, forecasts: Floats, lengths: Ints) -> Floats:
        """Give forecasts, shape (rows, horizon), the seasons of their times."""
        times = (lengths[:, None] + np.arange(forecasts.shape[1])[None, :]) % self.factors.shape[1]
        factors = np.take_along_axis(self.factors, times, axis=1)
        return forecasts * factors if self.is_multiplied else forecasts + factors


@dataclass(frozen=True)
class Fit:
    """What one method says after each stretch.

    Attributes
    ----------
    forecasts : numpy.ndarray, shape (rows, horizon)
    spread : numpy.ndarray, shape (rows,)
        Root mean square of the errors one step ahead inside the stretch.
    growth : numpy.ndarray, shape (rows, horizon)
        How many times as wide the errors are at each step ahead as at the first, by the method's own theory: 1
        throughout where the level stands still, growing the more the level takes up of each surprise.
    """

    forecasts: Floats
    spread: Floats
    growth: Floats


Smoother = Callable[[Stretches, int], Fit]
"""A method: stretches and a horizon in, one forecast a row out."""


def begin_stretches(values: npt.ArrayLike, lengths: npt.ArrayLike) -> Stretches:
    """Cut the beginnings of one series.

    Parameters
    ----------
    values : array_like of float, shape (times,)
    lengths : array_like of int, shape (rows,)
        Each from 1 to `times`.

    Returns
    -------
    Stretches
    """
    series, rows = np.asarray(values, dtype=float), np.asarray(lengths, dtype=int)
    inside = np.arange(len(series))[None, :] < rows[:, None]
    return Stretches(np.where(inside, series[None, :], 0.0), rows)


def estimate_seasons(stretches: Stretches, period: int, *, is_multiplied: bool) -> Seasons:
    """Estimate seasonal factors by classical decomposition, shrunk towards none.

    Each value is set against the centred moving average of a year around it; a season's factor is the mean of that.
    The factors are then drawn towards "no season" by the share of their differences that chance alone would make
    (James and Stein's rule), so that no yes-or-no test of seasonality is needed.

    Parameters
    ----------
    stretches : Stretches
    period : int
        Points of time in a year; 1 for none.
    is_multiplied : bool
        Factors multiply (all values must be positive) or are added.

    Returns
    -------
    Seasons
        No effect for a row that is shorter than three years.
    """
    rows, times = stretches.values.shape
    neutral = 1.0 if is_multiplied else 0.0
    if period == 1 or times < SEASONS_NEEDED * period:
        return Seasons(np.full((rows, period), neutral), is_multiplied)
    effects, is_known = _effects(stretches, period, is_multiplied=is_multiplied)
    season = np.arange(times)[:, None] % period == np.arange(period)[None, :]
    many = np.maximum(is_known @ season.astype(float), 1.0)
    means = effects @ season / many
    scatter = np.where(is_known, effects - means @ season.T, 0.0)
    freedom = np.maximum(is_known.sum(axis=1) - period, 1)
    by_chance = (scatter**2).sum(axis=1) / freedom / many.mean(axis=1)
    centred = means / means.mean(axis=1, keepdims=True) if is_multiplied else means - means.mean(axis=1, keepdims=True)
    differences = ((centred - neutral) ** 2).sum(axis=1) / (period - 1)
    kept = np.clip(1.0 - by_chance / np.maximum(differences, np.finfo(float).tiny), 0.0, 1.0)
    kept = np.where(stretches.lengths >= SEASONS_NEEDED * period, kept, 0.0)
    return Seasons(neutral + kept[:, None] * (centred - neutral), is_multiplied)


def _effects(stretches: Stretches, period: int, *, is_multiplied: bool) -> tuple[Floats, npt.NDArray[np.float64]]:
    """Set each value against the year around it; 0 and unknown where a stretch has no full year around it."""
    half = period // 2
    weights = np.ones(2 * half + 1) / period
    if period % 2 == 0:
        weights[[0, -1]] /= 2  # A year of even length around a point ends in the middle of two points.
    times = stretches.values.shape[1]
    year = np.lib.stride_tricks.sliding_window_view(stretches.values, 2 * half + 1, axis=1) @ weights
    middle = stretches.values[:, half : times - half]
    is_known = np.arange(half, times - half)[None, :] + half < stretches.lengths[:, None]
    against = middle / np.where(is_known, year, 1.0) if is_multiplied else middle - year
    ends = ((0, 0), (half, half))
    return np.pad(np.where(is_known, against, 0.0), ends), np.pad(is_known.astype(float), ends)


def smooth_level_drift(stretches: Stretches, horizon: int) -> Fit:
    """Forecast by a smoothed level with a steady drift, which is a random walk with drift where the level step is 1."""
    return _average_grid(stretches, horizon, _grid((0.0,), (1.0,)))


def smooth_damped_trend(stretches: Stretches, horizon: int) -> Fit:
    """Forecast by a smoothed level and a trend that fades."""
    return _average_grid(stretches, horizon, _grid(TREND_SHARES, DAMPINGS))


def smooth_theta(stretches: Stretches, horizon: int) -> Fit:
    """Forecast by the mean of a straight line and of a smoothed level of the series with that line's bends doubled."""
    inside, values = stretches.is_inside, stretches.values
    middle = (stretches.lengths - 1)[:, None] / 2
    times = np.where(inside, np.arange(values.shape[1])[None, :] - middle, 0.0)
    mean = (values.sum(axis=1) / stretches.lengths)[:, None]
    slope = ((times * values).sum(axis=1) / np.maximum((times**2).sum(axis=1), 1.0))[:, None]
    line = mean + slope * times
    doubled = Stretches(np.where(inside, 2 * values - line, 0.0), stretches.lengths)
    fit = _average_grid(doubled, horizon, _grid((0.0,), (0.0,)))
    ahead = mean + slope * (stretches.lengths[:, None] + np.arange(horizon)[None, :] - middle)
    # The line has no errors of its own and half the weight, and the doubled bends double the errors of the other half.
    return Fit((fit.forecasts + ahead) / 2, fit.spread / 2, fit.growth)


def smooth_level(stretches: Stretches, horizon: int) -> Fit:
    """Forecast that the smoothed level stays."""
    return _average_grid(stretches, horizon, _grid((0.0,), (0.0,)))


def _grid(shares: tuple[float, ...], dampings: tuple[float, ...]) -> Floats:
    """Give every combination as a row of level step, trend step and damping."""
    return np.array([(step, step * share, kept) for step in LEVEL_STEPS for share in shares for kept in dampings])


def _average_grid(stretches: Stretches, horizon: int, grid: Floats) -> Fit:
    """Run every row of the grid, start each where it fits best, and average by how well each fits."""
    rows, times = stretches.values.shape
    # Around its mean, so that small errors of large values keep their digits; the start takes up any shift.
    mean = (stretches.values.sum(axis=1) / stretches.lengths)[:, None]
    around = Stretches(np.where(stretches.is_inside, stretches.values - mean, 0.0), stretches.lengths)
    errors, states = _run(around.values, grid, np.zeros((rows, 2)))
    # What a start of one unit, of level or of trend, does to the errors and to the states: all is linear in it.
    unit_errors, unit_states = _run_units(times, tuple(map(tuple, grid.tolist())))
    errors *= stretches.is_inside.T[:, :, None]
    start = _best_starts(errors, unit_errors, stretches.lengths)
    last = stretches.lengths - 1
    ends = states[:, last, np.arange(rows)]
    squares = np.einsum("trg,trg->rg", errors, errors)
    for unit in range(len(start)):
        ends = ends + start[unit] * unit_states[:, last, unit]
        squares += start[unit] * np.einsum("trg,tg->rg", errors, unit_errors[:, unit])
    fit = _weigh(around, ends, squares, grid, horizon, used=len(start) + 1)
    return replace(fit, forecasts=mean + fit.forecasts)


@lru_cache(maxsize=64)
def _run_units(times: int, grid: tuple[tuple[float, ...], ...]) -> tuple[Floats, Floats]:
    """Run the recursion from a level of 1, and from a trend of 1 where the grid has one, with nothing after it."""
    columns = np.array(grid)
    starts = np.eye(2) if columns[:, 2].any() else np.eye(2)[:1]
    return _run(np.zeros((len(starts), times)), columns, starts)


def _run(values: Floats, grid: Floats, starts: Floats) -> tuple[Floats, Floats]:
    """Run the recursion.

    Parameters
    ----------
    values : numpy.ndarray, shape (rows, times)
    grid : numpy.ndarray, shape (columns, 3)
    starts : numpy.ndarray, shape (rows, 2)
        Level and trend before the first value.

    Returns
    -------
    errors : numpy.ndarray, shape (times, rows, columns)
        One step ahead.
    states : numpy.ndarray, shape (2, times, rows, columns)
        Level and trend after each value.
    """
    level_steps, trend_steps, kept = grid.T
    rows, times = values.shape
    errors = np.empty((times, rows, len(grid)))
    states = np.empty((2, times, rows, len(grid)))
    level = np.repeat(starts[:, :1], len(grid), axis=1)
    trend = np.repeat(starts[:, 1:], len(grid), axis=1)
    for time in range(times):
        trend = trend * kept
        expected = level + trend
        error = np.subtract(values[:, time, None], expected, out=errors[time])
        level = np.add(expected, level_steps * error, out=states[0, time])
        trend = np.add(trend, trend_steps * error, out=states[1, time])
    return errors, states


def _best_starts(errors: Floats, unit_errors: Floats, lengths: Ints) -> Floats:
    """Give the starts that make the sum of squares least, shape (starts, rows, columns)."""
    # cross[i] and square[i, j] are the normal equations' two sides, over the times inside each stretch.
    cross = -np.einsum("trg,tig->irg", errors, unit_errors)
    square = np.cumsum(np.einsum("tig,tjg->tijg", unit_errors, unit_errors), axis=0)[lengths - 1].transpose(1, 2, 0, 3)
    if len(square) == 1:
        only: Floats = cross / square[0, 0]
        return only
    determinant = square[0, 0] * square[1, 1] - square[0, 1] ** 2
    level = square[1, 1] * cross[0] - square[0, 1] * cross[1]
    trend = square[0, 0] * cross[1] - square[0, 1] * cross[0]
    both: Floats = np.stack([level, trend]) / determinant
    return both


def _weigh(stretches: Stretches, ends: Floats, squares: Floats, grid: Floats, horizon: int, used: int) -> Fit:
    """Average the grid's forecasts by their likelihood, shape of `ends` (2, rows, columns)."""
    freedom = np.maximum(stretches.lengths - used, 1)[:, None]
    smallest = SMALLEST_SHARE * np.maximum((stretches.values**2).sum(axis=1), np.finfo(float).tiny)[:, None]
    squares = np.maximum(squares, smallest)
    weights = (squares.min(axis=1, keepdims=True) / squares) ** (freedom / 2)
    weights /= weights.sum(axis=1, keepdims=True)
    # A trend that keeps the share k of itself has moved the level by k + k^2 + ... + k^h after h steps.
    moved = np.cumsum(grid[:, 2][:, None] ** np.arange(1, horizon + 1)[None, :], axis=1)
    forecasts = (weights * ends[0]).sum(axis=1)[:, None] + (weights * ends[1]) @ moved
    # What a surprise adds to the values 1, 2, ... steps later, and so the variance that has piled up by then.
    passed_on = grid[:, :1] + grid[:, 1:2] * moved
    variance = 1 + np.cumsum(passed_on**2, axis=1) - passed_on**2
    return Fit(forecasts, np.sqrt((weights * squares).sum(axis=1) / freedom[:, 0]), np.sqrt(weights @ variance))
