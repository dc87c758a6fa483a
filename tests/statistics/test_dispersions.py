"""How jumpy a series is: recovered with like neighbours too, borrowed where histories are short, fast and the same."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from shp_analysis.statistics.changes import Dispersion, compare_counts, estimate_dispersion, moderate_dispersions
from shp_analysis.statistics.dispersions import weigh_neighbours

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
    assert weigh_neighbours(1) == 0
    assert weigh_neighbours(3) == pytest.approx(2 * (2 / 3 + 1 / 3 / 2))
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
    assert np.mean([each.measured_autocorrelation for each in calm]) == pytest.approx(0, abs=0.05)
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


def test_a_pack_lends_its_short_histories_strength() -> None:
    alone, together, wide, narrow = [], [], [], []
    for pack in range(25):
        series = [_simulate(100 * pack + each, dispersion=(1.0, 3.0, 6.0)[each % 3]) for each in range(12)]
        own = [_estimate(counts, 15) for counts in series]
        shared = moderate_dispersions(own)
        assert all(each.degrees_of_freedom == 2 for each in own)
        wide += [each.degrees_of_freedom for each in own]
        narrow += [each.degrees_of_freedom for each in shared]
        alone += [_is_clear(counts, each) for counts, each in zip(series, own, strict=True)]
        together += [_is_clear(counts, each) for counts, each in zip(series, shared, strict=True)]
    assert np.mean(alone) < 0.02
    assert 0.02 <= np.mean(together) <= 0.075
    # Dispersions of 1, 3 and 6 are so unlike that what is usual among them is worth four or five degrees of freedom.
    assert np.median(narrow) > 2.5 * np.median(wide)


def test_moderation_goes_towards_the_usual_by_how_little_is_known() -> None:
    def known(value: float, degrees: float, months: int) -> Dispersion:
        return Dispersion(value, degrees, months, window_months=3, unfloored=value)

    pack = [known(2.0, 43, 60), known(2.2, 43, 60), known(1.9, 43, 60), known(9.0, 2, 15), Dispersion()]
    *long, short, none = moderate_dispersions(pack)
    assert all(abs(each.value - own.value) < 0.3 for each, own in zip(long, pack, strict=False))
    assert 2.0 < short.value < 4
    assert short.degrees_of_freedom > 40
    assert none.value == pytest.approx(2.0, abs=0.3)
    assert (none.months, none.window_months) == (0, 3)
    assert none.degrees_of_freedom <= 43 * 3 + 2


def test_unlike_series_lend_each_other_little() -> None:
    values = [1.0, 30.0, 3.0, 90.0, 10.0]
    pack = [Dispersion(each, 43.0, 60, unfloored=each) for each in values]
    for own, each in zip(pack, moderate_dispersions(pack), strict=True):
        assert each.value == pytest.approx(own.value, rel=0.15)
        assert each.degrees_of_freedom < 50


def test_the_moments_recover_a_known_spread_of_dispersions() -> None:
    """Estimates drawn from Smyth's own model: 8 degrees of freedom of prior around 4."""
    rng = np.random.default_rng(2)
    true = 4 * 8 / rng.chisquare(8, 4_000)
    pack = [Dispersion(v, 5.0, 19, unfloored=v) for v in true * rng.chisquare(5, 4_000) / 5]
    shared = moderate_dispersions(pack)
    assert shared[0].degrees_of_freedom == pytest.approx(5 + 8, rel=0.1)
    error = [np.mean((np.log([each.value for each in which]) - np.log(true)) ** 2) for which in (pack, shared)]
    assert error[1] < 0.6 * error[0]


def test_two_series_are_no_pack() -> None:
    pair = [Dispersion(2.0, 4.0, 17, unfloored=2.0), Dispersion()]
    assert moderate_dispersions(pair) == pair
    assert moderate_dispersions([]) == []


def test_a_prior_that_says_nothing_gives_the_widest_range() -> None:
    change = compare_counts(400, 500, dispersion=Dispersion(3.0, 0.01, 7))
    assert (change.lower, change.upper) == (-100, math.inf)
    assert not change.is_clear
