"""The back-test: origins without hindsight, and weights that follow errors."""

from __future__ import annotations

import numpy as np
import pytest

from shp_analysis.statistics.forecasts import LEVEL, MOST_ORIGINS, SAME_AS_LAST_YEAR, _weigh, combine_methods

RISING = 100 * np.exp(0.02 * np.arange(32)) * np.tile([0.9, 1.0, 1.2, 0.9], 8)


def combine(values: np.ndarray, **changed: object) -> object:
    settings = {"period": 4, "horizon": 4, "first_origin": 12, "is_count": False} | changed
    return combine_methods(np.asarray(values, dtype=float), **settings)


def test_errors_of_last_year_are_known_without_any_method() -> None:
    combination = combine(np.arange(1, 17) ** 2, horizon=2)
    # From the 12th on: the 13th was 169 and the 9th 81, the 14th was 196 and the 10th 100; and so on.
    expected = [[88, 96], [96, 104], [104, 112], [112, np.nan]]
    assert combination.naive_backtest_errors == pytest.approx(np.array(expected), nan_ok=True)


def test_an_outcome_not_yet_known_is_no_error() -> None:
    known = np.isfinite(combine(RISING).unpredictability.backtest_errors)
    assert known.shape == (20, 4)
    assert known[-4:].sum(axis=1).tolist() == [4, 3, 2, 1]


def test_the_back_test_uses_no_hindsight() -> None:
    changed = np.append(RISING[:-1], 10 * RISING[-1])
    naive = combine(RISING).naive_backtest_errors - combine(changed).naive_backtest_errors
    # Only errors at the last point of time differ, and none of what was forecast before it.
    assert np.count_nonzero(np.nan_to_num(naive)) == 4
    known_alone, known_longer = combine(RISING[:-1]), combine(RISING)
    assert np.isfinite(known_alone.unpredictability.backtest_errors).sum() == (
        np.isfinite(known_longer.unpredictability.backtest_errors).sum() - 4
    )


def test_only_the_latest_origins_count() -> None:
    values = np.random.default_rng(1).normal(100, 5, 60)
    assert combine(values).unpredictability.backtest_errors.shape == (MOST_ORIGINS, 4)


def test_weights_follow_the_errors() -> None:
    errors = np.array([1.0, 2.0, 1.0])[:, None, None] * np.ones((3, 20, 4))
    weights = _weigh(errors, np.array([1.0, 1.0, 0.5]))
    # 80 errors: four fifths of the fourth power of a half.
    assert weights[1] / weights[0] == pytest.approx(0.5 ** (4 * 0.8))
    assert weights[2] / weights[0] == pytest.approx(0.5)
    assert weights.sum() == pytest.approx(1)


def test_without_errors_the_weights_are_the_priors() -> None:
    assert _weigh(np.full((2, 1, 2), np.nan), np.array([1.0, 0.5])) == pytest.approx([2 / 3, 1 / 3])
    assert combine(RISING[:12]).weights[LEVEL] == pytest.approx(0.5 / 7)


def test_a_steady_rise_leaves_little_to_the_methods_without_trend() -> None:
    combination = combine(RISING)
    assert combination.weights[LEVEL] + combination.weights[SAME_AS_LAST_YEAR] < 0.01
    assert combination.expected == pytest.approx(RISING[-4:] * np.exp(0.08), rel=0.01)


def test_logarithms_are_left_out_near_zero() -> None:
    few = np.tile([1.0, 4.0, 2.0, 3.0], 5)
    assert "drift in logarithms" in combine(RISING).weights
    assert "drift in logarithms" in combine(few).weights
    assert "drift in logarithms" not in combine(few, is_count=True).weights
    assert "drift in logarithms" not in combine(few - 1).weights
    assert "drift in logarithms" not in combine(np.append(RISING, 0.01)).weights
