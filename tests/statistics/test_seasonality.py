"""Season: a known one is recovered, what is expected is met as often as promised, and the second opinion agrees."""

from __future__ import annotations

import numpy as np
import pytest

from shp_analysis.statistics.trends import (
    AgainstSameQuarters,
    Season,
    TooShort,
    compare_with_same_quarters,
    estimate_season,
)

PATTERN = np.array([0.8, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3, 1.2, 1.0, 0.9, 0.9, 0.9])
PATTERN = PATTERN / PATTERN.mean()
DAYS = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])


def _simulate(seed: int, months: int = 60, *, dispersion: float = 3.0, growth: float = 1.0) -> np.ndarray:
    when = np.arange(months)
    mean = 10.0 * DAYS[when % 12] * PATTERN[when % 12] * growth ** (when / 12)
    rng = np.random.default_rng(seed)
    return rng.poisson(mean) if dispersion == 1 else rng.negative_binomial(mean / (dispersion - 1), 1 / dispersion)


def _season(counts: np.ndarray) -> Season:
    season = estimate_season(counts, np.arange(len(counts)), DAYS[np.arange(len(counts)) % 12])
    assert isinstance(season, Season)
    return season


def test_a_known_season_without_noise_is_recovered_exactly() -> None:
    when = np.arange(48)
    exact = _season(1_000.0 * DAYS[when % 12] * PATTERN[when % 12] * 1.1 ** (when / 12))
    assert exact.index == pytest.approx(PATTERN, abs=1e-6)
    assert exact.is_clear


def test_a_known_season_is_recovered_and_its_intervals_hold() -> None:
    seasons = [_season(_simulate(seed, growth=1.05)) for seed in range(80)]
    assert np.mean([each.index for each in seasons], axis=0) == pytest.approx(PATTERN, abs=0.02)
    held = np.mean([(each.lower <= PATTERN) & (each.upper >= PATTERN) for each in seasons])
    assert 0.92 <= held <= 0.98
    assert all(each.is_clear for each in seasons)


def test_a_flat_series_has_no_clear_season() -> None:
    rng = np.random.default_rng(5)
    shares = [
        isinstance(season := estimate_season(rng.poisson(40, 60), np.arange(60), np.full(60, 30.0)), Season)
        and season.is_clear
        for _ in range(200)
    ]
    assert 0.01 <= np.mean(shares) <= 0.10


@pytest.mark.parametrize("dispersion", [1.0, 4.0])
def test_what_is_expected_is_met_as_often_as_promised(dispersion: float) -> None:
    met = []
    for seed in range(150):
        counts = _simulate(seed, 63, dispersion=dispersion)
        expected = _season(counts[:60]).expect(np.arange(60, 63), DAYS[:3])
        met.append((expected.lower <= counts[60:]) & (counts[60:] <= expected.upper))
        assert (expected.lower <= expected.value).all()
    assert 0.91 <= np.mean(met) <= 0.99


def test_less_than_three_years_are_not_enough() -> None:
    short = estimate_season(_simulate(1, 35), np.arange(35), np.full(35, 30.0))
    assert isinstance(short, TooShort)
    assert short.reason == "35 months are not enough to know a season; at least 36 are needed."
    empty_july = np.where(np.arange(48) % 12 == 6, 0, 5)
    assert isinstance(estimate_season(empty_july, np.arange(48), np.full(48, 30.0)), TooShort)


def test_the_same_quarter_of_three_years() -> None:
    beside = compare_with_same_quarters(120, [400, 90, 100, 110])
    assert beside == AgainstSameQuarters(120.0, 100.0, 1.2, 3)
    per_day = compare_with_same_quarters(91, [90, 90, 90], exposure=91, earlier_exposures=90)
    assert isinstance(per_day, AgainstSameQuarters)
    assert per_day.ratio == pytest.approx(1.0)
    assert isinstance(compare_with_same_quarters(5, [1, 2]), TooShort)
    nothing = compare_with_same_quarters(5, [0, 0, 0])
    assert isinstance(nothing, AgainstSameQuarters)
    assert nothing.ratio is None
