"""The methods against statsmodels, against series that leave no doubt, and against their own shorter selves."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.tsa.exponential_smoothing.ets import ETSModel
from statsmodels.tsa.holtwinters import ExponentialSmoothing

from shp_analysis.statistics import forecast_methods
from shp_analysis.statistics.forecast_methods import (
    Stretches,
    begin_stretches,
    estimate_seasons,
    smooth_damped_trend,
    smooth_level,
    smooth_level_drift,
    smooth_theta,
)

SMOOTHERS = (smooth_damped_trend, smooth_level, smooth_level_drift, smooth_theta)
UNEVEN = np.array([31, 28, 40, 37, 33, 45, 39, 42, 50, 41, 38, 47, 52, 49, 44, 58], dtype=float)
QUARTERS = np.array([0.8, 1.1, 1.3, 0.8])


def whole(values: np.ndarray) -> Stretches:
    return begin_stretches(values, [len(values)])


def test_beginnings_are_cut_where_told() -> None:
    stretches = begin_stretches([5, 6, 7, 8], [2, 4])
    assert stretches.values.tolist() == [[5, 6, 0, 0], [5, 6, 7, 8]]  # noqa: PD011 -- an array, no frame
    assert stretches.is_inside.tolist() == [[True, True, False, False], [True] * 4]


def test_the_recursion_is_that_of_statsmodels() -> None:
    grid = np.array([[0.4, 0.1, 0.9]])
    errors, states = forecast_methods._run(UNEVEN[None], grid, np.array([[30.0, 1.5]]))
    model = ExponentialSmoothing(
        UNEVEN, trend="add", damped_trend=True, initialization_method="known", initial_level=30.0, initial_trend=1.5
    )
    # statsmodels' trend step is a share of the level step.
    fit = model.fit(smoothing_level=0.4, smoothing_trend=0.1 / 0.4, damping_trend=0.9, optimized=False)
    assert errors[:, 0, 0] == pytest.approx(fit.resid, abs=1e-9)
    assert states[0, :, 0, 0] == pytest.approx(fit.level, abs=1e-9)
    assert states[1, :, 0, 0] == pytest.approx(fit.trend, abs=1e-9)


def test_the_start_leaves_the_least_squares() -> None:
    grid = np.array([[0.3, 0.06, 0.9]])
    zero, _ = forecast_methods._run(UNEVEN[None], grid, np.zeros((1, 2)))
    unit, _ = forecast_methods._run(np.zeros((2, len(UNEVEN))), grid, np.eye(2))
    best = forecast_methods._best_starts(zero, unit, np.array([len(UNEVEN)]))[:, 0, 0]
    expected, *_ = np.linalg.lstsq(-unit[:, :, 0], zero[:, 0, 0], rcond=None)
    assert best == pytest.approx(expected)


def test_one_column_forecasts_and_widens_as_statsmodels_does() -> None:
    grid = np.array([[0.4, 0.1, 0.9]])
    fit = forecast_methods._average_grid(whole(UNEVEN), 6, grid)
    zero, _ = forecast_methods._run(UNEVEN[None], grid, np.zeros((1, 2)))
    unit, _ = forecast_methods._run(np.zeros((2, len(UNEVEN))), grid, np.eye(2))
    level, trend = forecast_methods._best_starts(zero, unit, np.array([len(UNEVEN)]))[:, 0, 0]
    model = ETSModel(
        pd.Series(UNEVEN),
        error="add",
        trend="add",
        damped_trend=True,
        initialization_method="known",
        initial_level=level,
        initial_trend=trend,
    )
    result = model.smooth([0.4, 0.1, 0.9])
    assert fit.forecasts[0] == pytest.approx(result.forecast(6).to_numpy(), abs=1e-8)
    prediction = result.get_prediction(start=len(UNEVEN), end=len(UNEVEN) + 5)
    variance = np.asarray(prediction.forecast_variance)
    assert fit.growth[0] == pytest.approx(np.sqrt(variance / variance[0]))


@pytest.mark.parametrize("smooth", [smooth_level_drift, smooth_theta])
def test_a_straight_line_goes_on_or_half_as_steeply(smooth: forecast_methods.Smoother) -> None:
    # Theta halves the slope of the line: that is its caution.
    fit = smooth(whole(10 + 2.0 * np.arange(20)), 3)
    slope = np.diff(fit.forecasts[0])
    assert slope == pytest.approx(2.0 if smooth is smooth_level_drift else 1.0, rel=1e-6)


def test_a_line_known_to_the_digit_is_forecast_to_the_digit_far_from_zero() -> None:
    fit = smooth_level_drift(whole(1e9 + 2.0 * np.arange(20)), 2)
    assert fit.forecasts[0] == pytest.approx([1e9 + 40, 1e9 + 42], abs=1e-4)


def test_noise_around_a_level_is_forecast_by_the_level() -> None:
    noise = np.random.default_rng(4).normal(100, 5, 60)
    for smooth in (smooth_level, smooth_damped_trend):
        fit = smooth(whole(noise), 8)
        assert fit.forecasts[0] == pytest.approx(np.full(8, noise.mean()), abs=4)
        assert fit.spread[0] == pytest.approx(noise.std(), rel=0.15)
        assert fit.growth[0, -1] < 1.2


def test_a_random_walk_is_forecast_by_its_end_and_its_errors_grow() -> None:
    walk = np.cumsum(np.random.default_rng(5).normal(0, 1, 80))
    fit = smooth_level(whole(walk), 8)
    assert fit.forecasts[0] == pytest.approx(np.full(8, walk[-1]), abs=1.0)
    assert fit.growth[0, -1] == pytest.approx(np.sqrt(8), rel=0.15)


@pytest.mark.parametrize("smooth", SMOOTHERS)
def test_a_row_knows_nothing_of_what_came_after(smooth: forecast_methods.Smoother) -> None:
    together = smooth(begin_stretches(UNEVEN, [12, 16]), 4)
    alone = smooth(whole(UNEVEN[:12]), 4)
    assert together.forecasts[0] == pytest.approx(alone.forecasts[0])
    assert together.spread[0] == pytest.approx(alone.spread[0])


@pytest.mark.parametrize("smooth", SMOOTHERS)
@given(shift=st.floats(-1e4, 1e4), factor=st.floats(0.01, 100))
def test_another_unit_gives_the_same_forecast_in_that_unit(
    smooth: forecast_methods.Smoother, shift: float, factor: float
) -> None:
    plain, moved = smooth(whole(UNEVEN), 4), smooth(whole(shift + factor * UNEVEN), 4)
    assert moved.forecasts[0] == pytest.approx(shift + factor * plain.forecasts[0], rel=1e-6, abs=1e-4)
    assert moved.growth[0] == pytest.approx(plain.growth[0], rel=1e-5)


@pytest.mark.parametrize("is_multiplied", [True, False])
def test_pure_seasons_are_found_and_put_back(*, is_multiplied: bool) -> None:
    effect = QUARTERS if is_multiplied else np.array([-5.0, 0.0, 8.0, -3.0])
    values = np.tile(20 * effect if is_multiplied else 20 + effect, 5)
    stretches = begin_stretches(values, [20, 18])
    seasons = estimate_seasons(stretches, 4, is_multiplied=is_multiplied)
    assert seasons.factors == pytest.approx(np.tile(effect, (2, 1)))
    flat = seasons.take_out(stretches)
    assert flat.values[0] == pytest.approx(np.full(20, 20.0))  # noqa: PD011 -- an array, no frame
    # The second row ends after the second quarter, so that its forecast begins with the third.
    ahead = seasons.put_back(np.full((2, 3), 20.0), stretches.lengths)
    assert ahead == pytest.approx(np.array([values[[0, 1, 2]], values[[2, 3, 0]]]))


def test_seasons_of_an_odd_year_are_found() -> None:
    effect = np.array([0.5, 1.0, 1.5])
    seasons = estimate_seasons(whole(np.tile(40 * effect, 6)), 3, is_multiplied=True)
    assert seasons.factors[0] == pytest.approx(effect)


def test_chance_is_hardly_taken_for_seasons() -> None:
    noise = np.random.default_rng(6).normal(100, 10, (200, 40))
    stretches = Stretches(noise, np.full(200, 40))
    factors = estimate_seasons(stretches, 4, is_multiplied=True).factors
    raw = noise.reshape(200, 10, 4).mean(axis=1) / noise.mean(axis=1, keepdims=True)
    assert ((factors - 1) ** 2).mean() < 0.6 * ((raw - 1) ** 2).mean()


def test_less_than_three_years_has_no_seasons() -> None:
    values = np.tile(20 * QUARTERS, 4)
    seasons = estimate_seasons(begin_stretches(values, [11, 16]), 4, is_multiplied=True)
    assert seasons.factors[0].tolist() == [1.0] * 4
    assert seasons.factors[1] == pytest.approx(QUARTERS)
    assert estimate_seasons(whole(values), 1, is_multiplied=False).factors.tolist() == [[0.0]]
