"""Widths by hand, and counts' limits against the distribution they stand for."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from shp_analysis.statistics.forecasts import (
    CALIBRATION,
    Calibration,
    Reach,
    Unpredictability,
    count_limits,
    measure_half_widths,
)

PLAIN = Calibration(0.25, 0.25, 0.1, (Reach(0.80, 2.0, 10.0),))


def known(**changed: object) -> Unpredictability:
    settings = {
        "backtest_errors": np.array([[3.0, -6.6], [-3.0, np.nan]]),
        "fit_spread": 3.0,
        "naive_error": 3.0,
        "growth": np.array([1.0, 2.0]),
        "points": 20,
        "largest": 100.0,
    } | changed
    return Unpredictability(**settings)


def test_half_widths_by_hand() -> None:
    # Growth 1 and 2 x 1.1; back-test errors over it 3, 3 and 3; scale 3; multiple 2 x (1 + 10 / 20).
    assert measure_half_widths(known(), PLAIN)[0.80] == pytest.approx([9.0, 19.8])


def test_the_scale_is_a_geometric_mean() -> None:
    widths = measure_half_widths(known(fit_spread=48.0), PLAIN)[0.80]
    assert widths == pytest.approx([18.0, 39.6])  # Sixteen times one measure of weight a quarter: twice.


def test_without_a_back_test_the_fit_stands_in() -> None:
    widths = measure_half_widths(known(backtest_errors=np.empty((0, 2))), PLAIN)[0.80]
    assert widths == pytest.approx([9.0, 19.8])


def test_a_perfect_fit_has_a_width() -> None:
    widths = measure_half_widths(known(fit_spread=0.0), PLAIN)[0.80]
    assert (widths > 0).all()


def test_a_multiple_is_never_below_the_normal_distributions() -> None:
    for reach in CALIBRATION.reaches:
        assert reach.at(100_000) == pytest.approx(stats.norm.ppf((1 + reach.confidence) / 2))
        assert reach.at(16) > reach.at(40) > 0


def test_plain_chance_around_a_known_rate_gives_poisson_limits() -> None:
    history = np.full(10_000, 7.0)
    lower, upper = count_limits(np.array([7.0]), np.array([0.0]), 0.95, history=history)
    assert (lower[0], upper[0]) == stats.poisson.interval(0.95, 7.0)


def test_a_few_points_make_the_rate_itself_uncertain() -> None:
    # Poisson with a gamma-distributed rate of 70 events in 10 points is negative binomial.
    lower, upper = count_limits(np.array([7.0]), np.array([0.0]), 0.95, history=np.full(10, 7.0))
    assert (lower[0], upper[0]) == stats.nbinom.interval(0.95, 70, 10 / 11)


def test_counts_that_vary_more_than_chance_have_the_variance_asked_for() -> None:
    lower, upper = count_limits(np.array([400.0]), np.array([1.96 * 80]), 0.95, history=np.full(40, 400.0))
    # A skewed distribution of mean 400 and deviation 80: both limits lie higher than 400 -+ 157.
    assert lower[0] == pytest.approx(258, abs=2)
    assert upper[0] == pytest.approx(571, abs=2)


def test_no_events_so_far_do_not_prove_that_there_will_be_none() -> None:
    lower, upper = count_limits(np.zeros(1), np.zeros(1), 0.95, history=np.zeros(12))
    assert (lower[0], upper[0]) == (0, 1)


@given(
    mean=st.floats(0, 5000),
    width=st.floats(0, 3000),
    points=st.integers(12, 200),
)
def test_limits_of_counts_are_whole_ordered_and_not_negative(mean: float, width: float, points: int) -> None:
    lower, upper = count_limits(np.array([mean]), np.array([width]), 0.95, history=np.full(points, mean))
    assert 0 <= lower[0] <= upper[0]
    assert lower[0] == int(lower[0])
    assert upper[0] == int(upper[0])
