"""Funnels against independent answers and as properties."""

from __future__ import annotations

import numpy as np
import pytest
from oracle_tables import copied, largest_difference
from scipy import stats

from shp_analysis.errors import RequestError
from shp_analysis.statistics import funnels
from shp_analysis.statistics.funnels import (
    Limits,
    Place,
    Scale,
    build_funnel,
    estimate_overdispersion,
    limits_with_overdispersion,
)

FUNNEL = "build_funnel"


def _counts(case: str) -> tuple[np.ndarray, np.ndarray, Scale, bool]:
    rows = copied(FUNNEL, "R_funnel_ratio_input").sort_values("pop")
    counts, residents = rows.n.to_numpy(dtype=float), rows["pop"].to_numpy(dtype=float)
    expected = residents * counts.sum() / residents.sum()
    return {
        "PR_winsor10": (counts, residents, Scale.PROPORTION, False),
        "RC_winsor10": (counts, residents, Scale.RATE_LOG, False),
        "SR_SHMI_trunc10": (counts, expected, Scale.RATIO_LOG, True),
        "SR_CQC_winsor10": (counts, expected, Scale.RATIO, False),
    }[case]


CASES = ["PR_winsor10", "RC_winsor10", "SR_SHMI_trunc10", "SR_CQC_winsor10"]


@pytest.mark.parametrize("case", CASES)
def test_overdispersion_of_funnelplotr(case: str) -> None:
    counts, denominators, scale, is_truncated = _counts(case)
    found = estimate_overdispersion(counts, denominators, scale=scale, is_truncated=is_truncated)
    expected = copied(FUNNEL, "funnelplotr_dispersion_expected").set_index("case").loc[case]
    assert found.areas == expected.n
    assert found.phi == pytest.approx(expected.phi, rel=1e-9)
    assert found.tau2 == pytest.approx(expected.tau2, rel=1e-9)


@pytest.mark.parametrize("case", CASES)
def test_widened_limits_of_funnelplotr(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """To the last digit once its rounded normal quantiles stand in for ours."""
    monkeypatch.setattr(funnels, "INNER", 1 - 2 * stats.norm.sf(1.959964))
    monkeypatch.setattr(funnels, "OUTER", 1 - 2 * stats.norm.sf(3.090232))
    counts, denominators, scale, is_truncated = _counts(case)
    rows = copied(FUNNEL, "funnelplotr_limits_expected")
    rows = rows[rows.case == case].sort_values("denominator")
    assert rows.denominator.tolist() == np.round(np.sort(denominators)).tolist()
    tau2 = estimate_overdispersion(counts, denominators, scale=scale, is_truncated=is_truncated).tau2
    target = 1.0 if case.startswith("SR") else counts.sum() / denominators.sum()
    errors = (1 if scale is Scale.RATIO_LOG else 0.5) / np.sqrt(rows.denominator)
    found = limits_with_overdispersion(target, errors, tau2, scale=scale)
    # It leaves the limits of ratios compared by root on the root scale, where ours are ratios again.
    power = 0.5 if scale is Scale.RATIO else 1.0
    for ours, column in (
        ("lower_95", "odll95"),
        ("upper_95", "odul95"),
        ("lower_998", "odll998"),
        ("upper_998", "odul998"),
    ):
        assert largest_difference(getattr(found, ours) ** power, rows[column]) < 1e-9, column


@pytest.mark.parametrize("case", ["PR_winsor10", "RC_winsor10"])
def test_chance_limits_of_funnelplotr_on_the_transformed_scale(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(funnels, "INNER", 1 - 2 * stats.norm.sf(1.959964))
    monkeypatch.setattr(funnels, "OUTER", 1 - 2 * stats.norm.sf(3.090232))
    counts, denominators, scale, _ = _counts(case)
    rows = copied(FUNNEL, "funnelplotr_limits_expected")
    rows = rows[rows.case == case]
    found = limits_with_overdispersion(
        counts.sum() / denominators.sum(), 0.5 / np.sqrt(rows.denominator), 0.0, scale=scale
    )
    for ours, column in (("lower_95", "ll95"), ("upper_95", "ul95"), ("lower_998", "ll998"), ("upper_998", "ul998")):
        assert largest_difference(getattr(found, ours), rows[column]) < 1e-9, column


def _drawn(spread: float, seed: int = 5) -> tuple[list[str], np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    residents = rng.uniform(5_000, 200_000, 300)
    counts = rng.poisson(residents * 0.004 * np.exp(rng.normal(0, spread, residents.size)))
    return [f"area {number}" for number in range(residents.size)], counts, residents


def test_areas_that_differ_by_chance_alone_lie_within() -> None:
    funnel = build_funnel(*_drawn(0.0), per=1_000)
    assert funnel.overdispersion.phi < 1.3
    outside = np.mean([place is not Place.WITHIN for place in funnel.places])
    assert 0.01 <= outside <= 0.08
    assert np.mean(funnel.values) == pytest.approx(4.0, rel=0.05)


def test_areas_that_differ_widen_the_limits() -> None:
    funnel = build_funnel(*_drawn(0.3), per=1_000)
    assert funnel.is_adjusted
    assert (funnel.limits.upper_95 > funnel.chance_limits.upper_95).mean() > 0.95
    by_chance = np.mean([place is not Place.WITHIN for place in funnel.chance_limits.place(funnel.values)])
    widened = np.mean([place is not Place.WITHIN for place in funnel.places])
    assert by_chance > 0.5
    assert 0.01 <= widened <= 0.15


@pytest.mark.parametrize("scale", [Scale.RATE, Scale.RATE_LOG, Scale.PROPORTION, Scale.RATIO])
def test_limits_are_nested_around_the_common_level(scale: Scale) -> None:
    names, counts, residents = _drawn(0.2)
    over = residents * counts.sum() / residents.sum() if scale is Scale.RATIO else residents
    funnel = build_funnel(names, counts, over, scale=scale)
    limits: Limits = funnel.limits
    assert (limits.lower_998 <= limits.lower_95).all()
    assert (limits.lower_95 < funnel.target).all()
    assert (limits.upper_95 > funnel.target).all()
    assert (limits.upper_95 <= limits.upper_998).all()
    assert funnel.areas == tuple(names)


def test_the_variance_between_areas_is_recovered() -> None:
    """A spread of 0.3 in the logarithm of a rate is one of 0.15 of its root, in the root's own size."""
    _, counts, residents = _drawn(0.3)
    whole = estimate_overdispersion(counts, residents, trim=0.0)
    assert whole.tau2 / 0.004 == pytest.approx(0.15**2, rel=0.25)
    # Pulling in the ends, which shields against a few that stand out, costs about half of it where none do.
    pulled = estimate_overdispersion(counts, residents)
    assert 0.4 <= pulled.tau2 / whole.tau2 <= 0.75


def test_areas_without_events_are_areas_among_others() -> None:
    """Small areas of which many have no event: they neither widen the limits nor stand out."""
    rng = np.random.default_rng(4)
    residents = rng.uniform(200, 900, 200)
    counts = rng.poisson(residents * 0.004)
    assert (counts == 0).sum() > 15
    funnel = build_funnel([f"ward {number}" for number in range(200)], counts, residents)
    assert funnel.overdispersion.phi < 1.6
    assert all(place is Place.WITHIN for place, count in zip(funnel.places, counts, strict=True) if count == 0)
    with pytest.raises(RequestError, match="compare by the root"):
        estimate_overdispersion(counts, residents, scale=Scale.RATE_LOG)


def test_what_makes_no_funnel_is_refused() -> None:
    with pytest.raises(RequestError, match="2 areas were named for 3 figures"):
        build_funnel(["a", "b"], [1, 2, 3], [9, 9, 9])
    with pytest.raises(RequestError, match="at least 5"):
        build_funnel(["a", "b"], [1, 2], [9, 9])
    with pytest.raises(RequestError, match="nothing was counted"):
        build_funnel(list("abcde"), [0] * 5, [9] * 5)
    with pytest.raises(RequestError, match="leave it out and say so"):
        build_funnel(list("abcde"), [1, 2, np.nan, 4, 5], [9] * 5)
    with pytest.raises(RequestError, match="compare by the root"):
        estimate_overdispersion([0, 1, 2], [1, 1, 1], scale=Scale.RATIO_LOG)
