"""The fast fit of counts against statsmodels' general one, and its edges."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm

from shp_analysis.statistics.dispersions import fit_counts, level_terms


@pytest.mark.parametrize("mean", [3, 10, 300, 20_000])
def test_the_fit_is_that_of_statsmodels(mean: int) -> None:
    rng = np.random.default_rng(mean)
    when = np.arange(60)
    design = np.hstack([level_terms(when % 12), level_terms(when // 12, is_first_left_out=True)])
    days = rng.integers(28, 32, 60).astype(float)
    counts = rng.negative_binomial(mean / 2, 1 / 3, 60) + 1
    ours = fit_counts(counts, design, days)
    theirs = sm.GLM(counts, design, family=sm.families.Poisson(), exposure=days).fit(tol=1e-14)
    assert ours.coefficients == pytest.approx(theirs.params, abs=1e-8)
    assert ours.pearson @ ours.pearson == pytest.approx(theirs.pearson_chi2, rel=1e-8)
    assert ours.degrees_of_freedom == theirs.df_resid == 44
    assert ours.unscaled_covariance == pytest.approx(theirs.normalized_cov_params, abs=1e-6)


def test_terms_that_say_the_same_twice_change_nothing() -> None:
    counts, ones = np.array([4.0, 6, 8, 10]), np.ones((4, 1))
    once, twice = fit_counts(counts, ones, np.ones(4)), fit_counts(counts, np.hstack([ones, ones]), np.ones(4))
    assert once.expected == pytest.approx([7.0] * 4)
    assert twice.expected == pytest.approx([7.0] * 4)
    assert once.degrees_of_freedom == twice.degrees_of_freedom == 3


def test_levels_without_events_come_to_rest() -> None:
    model = fit_counts([0, 0, 5, 7], level_terms([0, 0, 1, 1]), [30, 31, 30, 31])
    assert model.expected[:2] == pytest.approx([0, 0], abs=1e-6)
    assert model.expected[2:].sum() == pytest.approx(12)
    assert model.dispersion == 1.0


def test_dispersion_is_never_below_one_nor_without_freedom() -> None:
    assert fit_counts([5, 5, 5], np.ones((3, 1)), np.ones(3)).dispersion == 1.0
    full = fit_counts([5], np.ones((1, 1)), [1])
    assert full.dispersion == 1.0
    assert np.isnan(full.pearson_ratio)


def test_impossible_input_is_refused() -> None:
    with pytest.raises(ValueError, match="not negative"):
        fit_counts([1, -1], np.ones((2, 1)), [1, 1])
    with pytest.raises(ValueError, match="above zero"):
        fit_counts([1, 1], np.ones((2, 1)), [1, 0])
