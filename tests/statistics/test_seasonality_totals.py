"""What a season expects of several months together."""

from __future__ import annotations

import numpy as np
import pytest

from shp_analysis.statistics.trends import Season, estimate_season

MONTHS = np.arange(72)
DAYS = np.full(72, 30.0)


def season_of(seed: int, mean: float = 100) -> tuple[Season, np.ndarray]:
    rng = np.random.default_rng(seed)
    index = 1 + 0.2 * np.sin(2 * np.pi * np.arange(75) / 12)
    counts = rng.poisson(mean * index)
    season = estimate_season(counts[:72], MONTHS, DAYS)
    assert isinstance(season, Season)
    return season, counts[72:]


def test_the_total_of_one_month_is_that_month() -> None:
    season, _ = season_of(1)
    one, total = season.expect([72], [30.0]), season.expect_total([72], [30.0])
    assert (total.value, total.lower, total.upper) == (
        pytest.approx(one.value),
        pytest.approx(one.lower),
        pytest.approx(one.upper),
    )


def test_the_total_is_the_sum_and_its_range_narrower_than_the_months_ranges_together() -> None:
    season, _ = season_of(1)
    months, total = season.expect([72, 73, 74], [30.0] * 3), season.expect_total([72, 73, 74], [30.0] * 3)
    assert total.value[0] == pytest.approx(months.value.sum())
    assert months.lower.sum() < total.lower[0] < total.value[0] < total.upper[0] < months.upper.sum()


def test_the_range_holds_as_often_as_it_says() -> None:
    held = []
    for seed in range(300):
        season, after = season_of(seed)
        total = season.expect_total([72, 73, 74], [30.0] * 3)
        held.append(total.lower[0] <= after.sum() <= total.upper[0])
    assert 0.91 <= np.mean(held) <= 0.99
