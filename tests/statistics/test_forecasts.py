"""Forecasts as a caller sees them: what goes in, what comes out, what is refused, and whether the intervals hold."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from benchmarks.forecast_scores import is_inside, score_scaled_errors
from shp_analysis.statistics.forecasts import (
    Forecast,
    TooFewPoints,
    count_points_needed,
    forecast_series,
)

M3 = Path(__file__).parents[1] / "data" / "statistics" / "forecasts" / "m3_every_32nd.csv"
SEASONAL = np.tile([52, 61, 70, 49], 8).astype(float)
SETTINGS = {"period": 4, "horizon": 4}


def forecast(values: object, **changed: object) -> Forecast:
    answer = forecast_series(values, **(SETTINGS | changed))
    assert isinstance(answer, Forecast)
    return answer


@settings(max_examples=40, deadline=None)
@given(values=arrays(np.float64, st.integers(12, 30), elements=st.floats(-1e6, 1e6)))
def test_any_values_get_a_finite_forecast(values: np.ndarray) -> None:
    answer = forecast(values)
    assert np.isfinite(answer.values).all()
    for interval in answer.intervals:
        assert np.isfinite([interval.lower, interval.upper]).all()
        assert (interval.lower <= interval.upper).all()


def test_a_series_that_repeats_itself_goes_on_repeating() -> None:
    answer = forecast(SEASONAL, horizon=8)
    assert answer.values == pytest.approx(np.tile([52, 61, 70, 49], 2), rel=1e-6)
    assert (answer.points, answer.period, answer.naive_error) == (32, 4, 0.0)
    assert sum(answer.weights.values()) == pytest.approx(1)


def test_too_few_points_are_an_answer_and_no_error() -> None:
    assert forecast_series(SEASONAL[:11], **SETTINGS) == TooFewPoints(points=11, needed=12)
    assert forecast_series([], **SETTINGS) == TooFewPoints(points=0, needed=12)
    assert forecast_series(np.ones(35), period=12, horizon=12) == TooFewPoints(points=35, needed=36)
    assert (count_points_needed(1), count_points_needed(4), count_points_needed(12)) == (12, 12, 36)


def test_just_enough_points_are_forecast_without_a_back_test() -> None:
    answer = forecast([50, 63, 70, 47, 55, 60, 73, 51, 49, 62, 66, 50])
    assert answer.backtest.origins == 0
    assert np.isnan(answer.backtest.mean_absolute_error)
    assert (answer.interval(0.95).upper > answer.values).all()


def test_the_back_test_says_whether_last_year_would_have_done_as_well() -> None:
    rng = np.random.default_rng(7)
    rising = forecast(np.arange(40) * 3 + 100 + rng.normal(0, 2, 40)).backtest
    assert rising.origins == 24
    assert rising.mean_absolute_error < 0.5 * rising.naive_mean_absolute_error


def test_intervals_are_nested_and_widen() -> None:
    answer = forecast(100 + np.cumsum(np.random.default_rng(8).normal(0, 5, 40)), horizon=8)
    inner, outer = answer.interval(0.80), answer.interval(0.95)
    assert (outer.lower < inner.lower).all()
    assert (inner.upper < outer.upper).all()
    assert (np.diff(outer.upper - outer.lower) > 0).all()


def test_an_interval_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(ValueError, match=r"confidence 0\.9; ask for one of 0\.8, 0\.95"):
        forecast(SEASONAL).interval(0.9)


def test_the_callers_array_is_left_alone() -> None:
    before = SEASONAL.copy()
    forecast(before, is_count=True)
    assert (before == SEASONAL).all()


def test_a_rate_stops_at_its_lowest() -> None:
    falling = np.maximum(40 - 1.2 * np.arange(32) + np.tile([3, -2, 1, -2], 8), 0.1)
    free, bounded = forecast(falling, horizon=8), forecast(falling, horizon=8, lowest=0.0)
    assert free.interval(0.95).lower.min() < 0
    assert bounded.interval(0.95).lower.min() == 0
    assert bounded.values.min() >= 0


def test_months_have_a_year_of_twelve() -> None:
    season = 100 + 20 * np.sin(np.arange(12) * np.pi / 6)
    noise = np.random.default_rng(9).normal(0, 2, 60)
    answer = forecast(np.tile(season, 5) + noise, period=12, horizon=12)
    assert answer.values == pytest.approx(season, rel=0.06)


def test_no_events_at_all() -> None:
    answer = forecast(np.zeros(16), is_count=True)
    assert answer.values.tolist() == [0.0] * 4
    assert answer.interval(0.95).lower.tolist() == [0.0] * 4
    assert answer.interval(0.95).upper.max() <= 2


@pytest.mark.parametrize(
    ("values", "changed", "message"),
    [
        ([*SEASONAL, np.nan], {}, "value 33 of 33 is missing"),
        ([*SEASONAL, -1.0], {"is_count": True}, "cannot fall below 0, and its smallest value is -1"),
        ([*SEASONAL], {"lowest": 50.0}, "cannot fall below 50, and its smallest value is 49"),
        ([*SEASONAL], {"horizon": 0}, r"horizon \(0\) must be 1 or more"),
        ([*SEASONAL], {"period": 0}, r"period \(0\) and horizon"),
        ([[1.0, 2.0]], {}, "has 2 dimensions"),
    ],
)
def test_what_makes_no_sense_is_refused(values: list[float], changed: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        forecast_series(values, **(SETTINGS | changed))


@settings(max_examples=40, deadline=None)
@given(counts=arrays(np.int64, st.integers(12, 40), elements=st.integers(0, 300)))
def test_forecasts_of_counts_are_finite_whole_at_the_limits_and_never_negative(counts: np.ndarray) -> None:
    answer = forecast(counts, is_count=True)
    assert np.isfinite(answer.values).all()
    assert (answer.values >= 0).all()
    for interval in answer.intervals:
        assert (interval.lower >= 0).all()
        assert (interval.lower <= interval.upper).all()
        assert (np.r_[interval.lower, interval.upper] % 1 == 0).all()
    assert (answer.interval(0.95).lower <= answer.interval(0.80).lower).all()
    assert (answer.interval(0.80).upper <= answer.interval(0.95).upper).all()


@settings(max_examples=20, deadline=None)
@given(factor=st.floats(0.01, 1000))
def test_another_unit_gives_the_same_forecast_in_that_unit(factor: float) -> None:
    values = SEASONAL + np.random.default_rng(10).normal(0, 4, 32)
    plain, other = forecast(values), forecast(factor * values)
    assert other.values == pytest.approx(factor * plain.values, rel=1e-6)
    assert other.interval(0.95).lower == pytest.approx(factor * plain.interval(0.95).lower, rel=1e-5)


@pytest.mark.parametrize("mean", [3, 30])
def test_intervals_of_counts_hold(mean: int) -> None:
    rng = np.random.default_rng(11)
    seasons = 1 + 0.15 * np.sin(np.arange(36) * np.pi / 2)
    held = {0.80: [], 0.95: []}
    for _ in range(80):
        counts = rng.poisson(mean * seasons)
        for interval in forecast(counts[:32], is_count=True).intervals:
            held[interval.confidence].extend(is_inside(counts[32:], interval.lower, interval.upper))
    # 320 outcomes: chance alone moves these shares by 4 and 2 points. Whole numbers hold more often, never less.
    assert 0.78 <= np.mean(held[0.80]) <= 0.97
    assert np.mean(held[0.95]) >= 0.93


def test_real_series_are_forecast_no_worse_than_by_the_winner_of_the_competition() -> None:
    ours, winners, naive = [], [], []
    held = {0.80: [], 0.95: []}
    for training, hidden, submitted in _read_m3():
        answer = forecast(training, horizon=8)
        ours.append(score_scaled_errors(hidden, answer.values, answer.naive_error).mean())
        winners.append(score_scaled_errors(hidden, submitted, answer.naive_error).mean())
        naive.append(score_scaled_errors(hidden, np.tile(training[-4:], 2), answer.naive_error).mean())
        for interval in answer.intervals:
            held[interval.confidence].extend(is_inside(hidden, interval.lower, interval.upper))
    assert len(ours) == 24
    # Two dozen series do not tell good methods apart, but they tell a good one from a spoilt one.
    assert np.mean(ours) < 1.1 * np.mean(winners)
    assert np.mean(ours) < np.mean(naive)
    # Eight quarters of a series fail together: the shares of 24 series vary by about 6 and 4 points.
    assert 0.68 <= np.mean(held[0.80]) <= 0.92
    assert 0.87 <= np.mean(held[0.95]) <= 1.00


def _read_m3() -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    parts = defaultdict(list)
    with M3.open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            parts[row["series"], row["part"]].append(float(row["value"]))
            if row["theta_forecast"]:
                parts[row["series"], "submitted"].append(float(row["theta_forecast"]))
    names = dict.fromkeys(name for name, _ in parts)
    return [tuple(np.array(parts[name, part]) for part in ("training", "hidden", "submitted")) for name in names]
