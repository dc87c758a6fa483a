"""How jumpy a series is: recovered with like neighbours too, and weighed against pure chance."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from shp_analysis.statistics.changes import compare_counts
from shp_analysis.statistics.dispersions import (
    ASSUMED_AUTOCORRELATION,
    Dispersion,
    allow_for_autocorrelation,
    estimate_dispersion,
    weight_towards_chance,
)

MONTHS = np.arange(60) + 3


def _simulate(seed: int, *, dispersion: float = 3.0, alike: float = 0.0, quarter: float = 300.0) -> np.ndarray:
    """Sixty months whose neighbours are alike, of negative binomial (or Poisson) counts around a season."""
    rng = np.random.default_rng(seed)
    noise = rng.normal(size=60)
    for month in range(1, 60):
        noise[month] = alike * noise[month - 1] + math.sqrt(1 - alike**2) * noise[month]
    share, mean = stats.norm.cdf(noise), quarter / 3 * (1 + 0.2 * np.sin(2 * np.pi * MONTHS / 12))
    if dispersion == 1:
        return stats.poisson.ppf(share, mean)
    return stats.nbinom.ppf(share, mean / (dispersion - 1), 1 / dispersion)


def _estimate(counts: np.ndarray, last: int = 60) -> Dispersion:
    return estimate_dispersion(counts[-last:], MONTHS[-last:], np.full(last, 30.0), tested_months=3)


def _is_clear(counts: np.ndarray, dispersion: Dispersion) -> bool:
    return compare_counts(int(counts[45:48].sum()), int(counts[57:].sum()), dispersion=dispersion).is_clear


def test_neighbours_count_by_the_length_of_the_window() -> None:
    assert allow_for_autocorrelation(1) == 0
    assert allow_for_autocorrelation(3) == pytest.approx(2 * (2 / 3 + 1 / 3 / 2))
    known = Dispersion(2.0, 40.0, 60, autocorrelation=0.3, window_months=3)
    assert known.of_sums == pytest.approx(2 * (1 + 0.3 * 5 / 3))
    assert known.over(1).of_sums == 2
    assert known.over(12).of_sums > known.of_sums
    assert known.over(12).degrees_of_sums < known.over(1).degrees_of_sums == 40
    assert Dispersion(2.0).of_sums == 2


def test_like_neighbours_are_seen_and_chance_is_mostly_not() -> None:
    alike = [_estimate(_simulate(seed, alike=0.4)).autocorrelation for seed in range(60)]
    calm = [_estimate(_simulate(seed)) for seed in range(60)]
    assert np.mean(alike) == pytest.approx(0.35, abs=0.07)
    assert np.mean([each.autocorrelation > 0 for each in calm]) < 0.25


@pytest.mark.parametrize("dispersion", [1.0, 3.0, 6.0])
def test_like_neighbours_raise_few_false_alarms(dispersion: float) -> None:
    alarms, naive = [], []
    for seed in range(300):
        counts = _simulate(seed, dispersion=dispersion, alike=0.4)
        estimate = _estimate(counts)
        alarms.append(_is_clear(counts, estimate))
        naive.append(_is_clear(counts, Dispersion(estimate.value, estimate.degrees_of_freedom, 60)))
    assert np.mean(alarms) <= 0.085  # 7 in 100, and a standard error of 300 draws
    assert np.mean(naive) > 0.10


@pytest.mark.parametrize("degrees", [10.0, 20.0, 45.0])
@pytest.mark.parametrize("dispersion", [1.0, 1.5, 2.0, 3.0, 6.0, 20.0])
def test_the_weighed_dispersion_keeps_the_level(degrees: float, dispersion: float) -> None:
    """Of 40,000 unchanged differences, each held against its own estimate, about one in twenty is called."""
    rng = np.random.default_rng(int(10 * dispersion + degrees))
    estimates = dispersion * rng.chisquare(degrees, 4_000) / degrees
    known = np.array([weight_towards_chance(estimate, degrees) for estimate in estimates])
    limits = stats.t.ppf(0.975, known[:, 1]) * np.sqrt(known[:, 0])
    differences = rng.normal(0, math.sqrt(dispersion), (10, 4_000))
    assert 0.03 <= (abs(differences) > limits).mean() <= 0.07


def test_raising_every_estimate_to_one_would_be_too_careful() -> None:
    rng = np.random.default_rng(4)
    raised = np.maximum(1, rng.chisquare(20, 40_000) / 20)
    called = abs(rng.normal(0, 1, 40_000)) > stats.t.ppf(0.975, 20) * np.sqrt(raised)
    assert called.mean() < 0.032


@given(st.floats(0, 500), st.floats(2, 60), st.floats(0.01, 50))
def test_the_weighed_dispersion_is_at_least_chance_and_rises_with_the_estimate(
    ratio: float, degrees: float, more: float
) -> None:
    value, rests_on = weight_towards_chance(ratio, degrees)
    assert value >= 1
    assert rests_on > 0
    assert weight_towards_chance(ratio + more, degrees)[0] >= value * (1 - 1e-6)


def test_a_clear_estimate_comes_out_as_it_went_in() -> None:
    assert weight_towards_chance(8.0, 40.0) == (pytest.approx(8.0, rel=0.001), pytest.approx(40.0, rel=0.001))


def test_a_short_history_assumes_like_neighbours() -> None:
    short, long = (_estimate(_simulate(1), last) for last in (18, 60))
    assert short.autocorrelation == ASSUMED_AUTOCORRELATION
    assert short.degrees_of_sums == short.degrees_of_freedom
    assert long.autocorrelation < ASSUMED_AUTOCORRELATION


@pytest.mark.parametrize("alike", [0.0, 0.4])
def test_a_short_history_raises_few_false_alarms(alike: float) -> None:
    alarms = []
    for seed in range(400):
        counts = _simulate(seed, dispersion=(1.0, 3.0, 6.0)[seed % 3], alike=alike)
        alarms.append(_is_clear(counts, _estimate(counts, 15)))
    assert np.mean(alarms) <= 0.095  # 7 in 100, and twice the standard error of 400 draws


def test_a_prior_that_says_nothing_gives_the_widest_range() -> None:
    change = compare_counts(400, 500, dispersion=Dispersion(3.0, 0.01, 7))
    assert (change.lower, change.upper) == (-100, math.inf)
    assert not change.is_clear
