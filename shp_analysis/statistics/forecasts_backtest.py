"""The back-test behind a forecast: what each method would have said at earlier points of the series, and so its weight.

At each of up to two dozen earlier points ("origins") every method is fitted anew to what was then known, seasons and
all, and its errors at each step ahead are kept where the outcome is known by now. The nearer a method was, the more
weight it has in the combination; with few errors to go by, the weights stay near equal. On short series a weighted mean
beats the choice of the one best method, whose lead is mostly chance.

References
----------
Bates and Granger (1969), Operational Research Quarterly 20, 451-468: weights from past errors.
Tashman (2000), International Journal of Forecasting 16, 437-450: rolling origins.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shp_analysis.statistics.forecasts_intervals import Unpredictability
from shp_analysis.statistics.forecasts_members import (
    Smoother,
    Stretches,
    begin_stretches,
    estimate_seasons,
    smooth_damped_trend,
    smooth_level,
    smooth_level_drift,
    smooth_theta,
)
from shp_analysis.statistics.forecasts_scores import measure_naive_error

Floats = npt.NDArray[np.float64]

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
