"""Two counts compared: the partnership's own figures, an independent implementation, and properties."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shp_analysis.statistics.changes import Change, compare_counts
from shp_analysis.statistics.dispersions import Dispersion, estimate_dispersion

# Figures printed in the partnership's papers, with what an honest test says of them (worked by hand and in R).
PAPERS = [
    # baseline, count, lower %, upper %, p
    pytest.param(13_418, 13_546, -1.4, 3.4, 0.436, id="recorded crime 2021 to 2022"),
    pytest.param(30_864, 30_821, -1.7, 1.5, 0.863, id="incidents 2021 to 2022"),
    pytest.param(34_733, 30_821, -12.6, -9.9, 0.000, id="incidents 2019 to 2022"),
    pytest.param(304, 354, -0.1, 35.7, 0.051, id="casualties 2015 to 2016"),
    pytest.param(224, 258, -3.7, 37.7, 0.122, id="collisions 2015 to 2016"),
    pytest.param(374, 423, -1.6, 30.0, 0.083, id="slight casualties 2009 to 2010"),
    pytest.param(158, 123, -38.5, -1.5, 0.037, id="collisions 2023 to 2024"),
    pytest.param(195, 163, -32.1, 2.9, 0.091, id="casualties 2023 to 2024"),
    pytest.param(5_056, 5_281, 0.5, 8.6, 0.027, id="domestic abuse incidents, a neighbour"),
]


@pytest.mark.parametrize(("baseline", "count", "lower", "upper", "p"), PAPERS)
def test_the_papers_figures(baseline: int, count: int, lower: float, upper: float, p: float) -> None:
    change = compare_counts(baseline, count)
    assert (change.lower, change.upper) == (pytest.approx(lower, abs=0.06), pytest.approx(upper, abs=0.06))
    assert change.p_value == pytest.approx(p, abs=0.0006)


def test_small_counts_are_tested_exactly() -> None:
    few = compare_counts(2, 6)
    assert few.is_exact
    assert few.p_value == pytest.approx(0.289, abs=0.0005)
    killed_or_seriously_injured = compare_counts(32, 46)
    assert killed_or_seriously_injured.is_exact
    assert killed_or_seriously_injured.p_value == pytest.approx(0.14, abs=0.005)
    assert not killed_or_seriously_injured.is_clear


def test_dispersion_takes_a_clear_change_away() -> None:
    assert compare_counts(5_056, 5_281).is_clear
    jumpy = compare_counts(5_056, 5_281, dispersion=Dispersion(2.0))
    assert not jumpy.is_clear
    assert jumpy.p_value == pytest.approx(0.12, abs=0.005)
    assert compare_counts(34_733, 30_821, dispersion=Dispersion(25.0)).is_clear


def test_little_history_widens_the_range() -> None:
    long, short = Dispersion(1.0, 50.0, 60), Dispersion(1.0, 2.0, 7)
    widths = [change.upper - change.lower for change in (compare_counts(398, 259, dispersion=d) for d in (long, short))]
    assert widths[1] > 2 * widths[0]


def test_zero_counts() -> None:
    from_nothing = compare_counts(0, 30)
    assert from_nothing.change_percent is None
    assert from_nothing.upper == math.inf
    assert from_nothing.is_clear
    nothing = compare_counts(0, 0)
    assert (nothing.p_value, nothing.is_clear) == (1.0, False)
    to_nothing = compare_counts(30, 0)
    assert (to_nothing.change_percent, to_nothing.lower) == (-100.0, pytest.approx(-100.0))


def test_a_leap_day_is_not_a_change() -> None:
    change = compare_counts(9_100, 9_000, baseline_exposure=91, exposure=90)
    assert change.change_percent == pytest.approx(-100 / 91)
    assert change.adjusted_percent == pytest.approx(0.0, abs=1e-9)
    assert change.p_value == pytest.approx(1.0)


def test_impossible_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="must not be negative"):
        compare_counts(-1, 3)
    with pytest.raises(ValueError, match="above zero"):
        compare_counts(1, 3, exposure=0)


def test_exact_p_values_of_r() -> None:
    """R's `poisson.test` sums unlikelier outcomes where this doubles the smaller tail; equal exposures agree."""
    oracle = Path(__file__).parents[2] / ".." / "shared" / "oracles" / "rates" / "poisson_test_2sample_expected.csv"
    if not oracle.exists():
        pytest.skip(f"the reference answers are not here: {oracle}")
    with oracle.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    compared = 0
    for row in rows:
        counts = int(float(row["x1"])), int(float(row["x2"]))
        if float(row["t1"]) != float(row["t2"]) or not 0 < sum(counts) < 100:
            continue
        compared += 1
        change = compare_counts(counts[1], counts[0])
        assert change.p_value == pytest.approx(float(row["p"]), abs=1e-9), row
    assert compared > 10


@given(st.integers(0, 5_000), st.integers(0, 5_000), st.floats(1, 20), st.floats(2, 80))
def test_the_range_and_the_test_never_disagree(baseline: int, count: int, dispersion: float, degrees: float) -> None:
    change = compare_counts(baseline, count, dispersion=Dispersion(dispersion, degrees, 12))
    if abs(change.p_value - 0.05) > 1e-6:
        assert change.is_clear == (change.p_value < 0.05)


@given(st.integers(1, 5_000), st.integers(1, 5_000), st.floats(1, 20))
def test_turning_the_comparison_round_turns_the_answer_round(a: int, b: int, dispersion: float) -> None:
    there = compare_counts(a, b, dispersion=Dispersion(dispersion))
    back = compare_counts(b, a, dispersion=Dispersion(dispersion))
    assert back.p_value == pytest.approx(there.p_value)
    assert (1 + back.lower / 100) * (1 + there.upper / 100) == pytest.approx(1.0)


@given(st.integers(20, 5_000), st.floats(1, 10), st.floats(1, 10))
def test_more_dispersion_never_makes_a_change_clearer(count: int, small: float, more: float) -> None:
    calm, jumpy = (compare_counts(count, count + 40, dispersion=Dispersion(d)) for d in (small, small + more))
    if calm.is_exact == jumpy.is_exact:
        assert jumpy.p_value >= calm.p_value


def _series(seed: int, dispersion: float, mean: float = 300.0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    expected = mean * (1 + 0.2 * np.sin(2 * np.pi * np.arange(60) / 12))
    if dispersion == 1:
        return rng.poisson(expected)
    return rng.negative_binomial(expected / (dispersion - 1), 1 / dispersion)


@pytest.mark.parametrize("dispersion", [1.0, 3.0, 6.0])
def test_dispersion_is_recovered(dispersion: float) -> None:
    estimates = [
        estimate_dispersion(_series(seed, dispersion), np.arange(60) + 3, np.full(60, 30.4), tested_months=3).value
        for seed in range(60)
    ]
    assert np.mean(estimates) == pytest.approx(dispersion, rel=0.12)


def test_the_change_under_test_is_not_taken_for_noise() -> None:
    calm = np.full(60, 300)
    stepped = calm.copy()
    stepped[57:] = 450
    estimate = estimate_dispersion(stepped, np.arange(60) + 3, np.full(60, 30.0), tested_months=3)
    assert estimate.value == pytest.approx(1, abs=0.01)
    assert estimate.months == 60


def test_a_history_too_short_says_nothing() -> None:
    assert estimate_dispersion([5, 6], [0, 12], [31, 31], tested_months=1) == Dispersion()
    assert estimate_dispersion([], [], [], tested_months=3) == Dispersion()


def test_gaps_may_leave_a_season_and_a_level_in_the_same_months() -> None:
    # Two years of different months share no season, so their levels cannot be told from their seasons.
    months = [0, 1, 2, 12, 13, 14, 27, 28, 29, 39, 40, 41]
    counts = [50, 60, 70, 52, 61, 68, 20, 25, 30, 22, 27, 29]
    estimate = estimate_dispersion(counts, months, [30] * 12, tested_months=3)
    assert estimate.months == 12
    assert estimate.value == pytest.approx(1, abs=0.25)
    assert estimate.residual_degrees == 4


def test_months_without_events_say_nothing_of_dispersion() -> None:
    counts = [0, 4, 0, 5] * 6
    estimate = estimate_dispersion(counts, range(24), [30] * 24, tested_months=3)
    assert estimate.months < 24
    assert estimate.value == pytest.approx(1, abs=0.2)


def test_false_alarms_stay_near_the_level() -> None:
    """The share of calm series that look changed, at three dispersions; the wide study is a benchmark."""
    for dispersion in (1.0, 3.0, 6.0):
        alarms = [_compare_last_quarter(_series(seed, dispersion, 100.0)).is_clear for seed in range(1_000, 1_400)]
        assert 0.02 <= np.mean(alarms) <= 0.08


def _compare_last_quarter(counts: np.ndarray) -> Change:
    dispersion = estimate_dispersion(counts, np.arange(60) + 3, np.full(60, 30.0), tested_months=3)
    return compare_counts(int(counts[45:48].sum()), int(counts[57:].sum()), dispersion=dispersion)
