"""Scores by hand, and against what the M3 competition published for its own submissions."""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from benchmarks.forecast_scores import is_inside, score_interval, score_percentage_errors, score_scaled_errors
from shp_analysis.statistics.forecasts import (
    measure_naive_error,
)

ORACLE = Path(__file__).parents[2] / ".." / "shared" / "oracles" / "forecast"


def test_the_naive_error_by_hand() -> None:
    # Against a year ago: 14 - 10, 20 - 20, 27 - 30.
    assert measure_naive_error([10, 20, 30, 14, 20, 27], period=3) == pytest.approx(7 / 3)
    assert measure_naive_error([1, 2, 4], period=1) == 1.5


def test_a_series_no_longer_than_a_year_has_no_naive_error() -> None:
    assert np.isnan(measure_naive_error([1, 2, 3, 4], period=4))


def test_scaled_errors_by_hand() -> None:
    assert score_scaled_errors([10, 20], [13, 16], naive_error=2.0) == pytest.approx([1.5, 2.0])


def test_a_series_that_repeats_itself_has_no_scaled_errors() -> None:
    assert np.isnan(score_scaled_errors([10, 20], [13, 16], naive_error=0.0)).all()


def test_percentage_errors_by_hand() -> None:
    assert score_percentage_errors([90, 0, 0], [110, 5, 0]) == pytest.approx([20.0, 200.0, 0.0])


def test_interval_scores_by_hand() -> None:
    # 95 %: each unit outside costs 40. 80 %: it costs 10.
    assert score_interval([5, 1, 12], [2, 2, 2], [10, 10, 10], 0.95) == pytest.approx([8, 48, 88])
    assert score_interval([1], [2], [10], 0.80) == pytest.approx([18])


def test_limits_belong_to_the_interval() -> None:
    assert is_inside([2, 10, 1.9, 10.1], [2] * 4, [10] * 4).tolist() == [True, True, False, False]


def test_the_published_scores_of_the_m3_competition_come_out() -> None:
    if not ORACLE.exists():
        pytest.skip(f"the M3 competition's series and forecasts are not here: {ORACLE}")
    parts, published = _read_series(), _read_published()
    scores = defaultdict(list)
    for (name, method), forecast in _read_forecasts().items():
        scores[method].append(_score(parts[name, "x"], parts[name, "xx"], forecast))
    assert set(scores) == {"COMB S-H-D", "DAMPEN", "ForecastPro", "NAIVE2", "THETA"}
    for method, pairs in scores.items():
        assert np.mean(pairs, axis=0) == pytest.approx(published[method], rel=1e-9)
    naive = [_score(parts[name, "x"], parts[name, "xx"], np.tile(parts[name, "x"][-4:], 2)) for name, _ in parts]
    assert np.mean(naive, axis=0) == pytest.approx([11.0651313, 1.4253438], abs=1e-7)


def _score(training: np.ndarray, hidden: np.ndarray, forecast: np.ndarray) -> tuple[float, float]:
    scaled = score_scaled_errors(hidden, forecast, measure_naive_error(training, 4))
    return float(score_percentage_errors(hidden, forecast).mean()), float(scaled.mean())


def _read_series() -> dict[tuple[str, str], np.ndarray]:
    parts = defaultdict(list)
    with gzip.open(ORACLE / "m3_quarterly_data.csv.gz", "rt", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            parts[row["sn"], row["part"]].append(float(row["y"]))
    return {key: np.array(values) for key, values in parts.items()}


def _read_forecasts() -> dict[tuple[str, str], np.ndarray]:
    forecasts = defaultdict(list)
    with gzip.open(ORACLE / "m3_quarterly_published_forecasts.csv.gz", "rt", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            forecasts[row["sn"], row["method"]].append(float(row["forecast"]))
    return {key: np.array(values) for key, values in forecasts.items()}


def _read_published() -> dict[str, tuple[float, float]]:
    with (ORACLE / "m3_published_methods_scores.csv").open(encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if row["period"] == "QUARTERLY"]
    return {row["method"]: (float(row["sMAPE"]), float(row["MASE"])) for row in rows}
