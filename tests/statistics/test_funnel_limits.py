"""Funnel limits against independent answers and as properties."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracle_tables import copied, kept, largest_difference

from shp_analysis.errors import RequestError
from shp_analysis.statistics.funnels import Place, limits_of_proportion, limits_of_rate, limits_of_ratio
from shp_analysis.statistics.intervals import exact_interval_of_count

FUNNEL = "build_funnel"
PUBLISHED_PLACES = {
    "Low (0.001)": Place.FAR_BELOW,
    "Low (0.025)": Place.BELOW,
    "Not significant": Place.WITHIN,
    "High (0.025)": Place.ABOVE,
    "High (0.001)": Place.FAR_ABOVE,
    "Not applicable for events less than 10 for dsrs": Place.TOO_FEW,
}
HALVING_STEP = 2**-24
"""The reference finds its Poisson limits by halving to this width on v, where the mean is (1 + events) v / (1 - v)."""


def _named(published: pd.Series) -> list[Place]:
    return [PUBLISHED_PLACES[words.replace("DSRs", "dsrs")] for words in published]


def test_proportion_limits_of_phe_indicator_methods() -> None:
    rows = copied(FUNNEL, "R_funnel_prop_limits")
    _check_proportions(rows, rows.columns[:6].tolist(), 1e-9)


@pytest.mark.parametrize(
    "table",
    [
        "funnels__prop_outputs",
        "funnels__prop_outputs_axis_var",
        "testdata_funnel_prop_outputs",
        "testdata_funnel_prop_outputs_with_axis_variation",
    ],
)
def test_proportion_limits_of_the_department(table: str) -> None:
    rows = kept(table)
    # Printed to six or eight decimals of a per cent, around a target printed likewise.
    _check_proportions(rows, rows.columns[:6].tolist(), 1e-6)


def _check_proportions(rows: pd.DataFrame, columns: list[str], tolerance: float) -> None:
    totals, low, high, far_low, far_high, baseline = (rows[column].to_numpy(dtype=float) for column in columns)
    found = limits_of_proportion(totals, baseline[0] / 100)
    for ours, theirs in zip(
        (found.lower_95, found.upper_95, found.lower_998, found.upper_998), (low, high, far_low, far_high), strict=True
    ):
        assert np.abs(ours * 100 - theirs).max() / 100 < tolerance


@pytest.mark.parametrize("family", ["funnels__rate_outputs", "testdata_funnel_rate_outputs"])
@pytest.mark.parametrize("number", ["", "_2", "_3"])
def test_rate_limits_of_the_department(family: str, number: str) -> None:
    rows = kept(f"{family}{number}")
    _check_rates(rows, 3, 100_000, printed=5e-9)


def test_rate_limits_of_phe_indicator_methods() -> None:
    _check_rates(copied(FUNNEL, "R_funnel_rate_limits"), 1, 1_000, printed=1e-13)


def _check_rates(rows: pd.DataFrame, years: int, per: float, *, printed: float) -> None:
    """The limit at the population at which so many events are the limit is their rate there."""
    target = float(rows.baseline.iloc[0]) / per
    for side, ours in (
        ("lower_2s", "lower_95"),
        ("upper_2s", "upper_95"),
        ("lower_3s", "lower_998"),
        ("upper_3s", "upper_998"),
    ):
        population = rows[f"{side}_population_1_year"].to_numpy(dtype=float) * years
        events = rows.Events.to_numpy(dtype=float)
        found = getattr(limits_of_rate(population, target), ours)
        _check_within_halving(found * population, events, population * target, printed)
        # Both ends of the table are rates at those populations.
        assert largest_difference(events / population * per, rows[f"{side}_limit"]) < 1e-6


@pytest.mark.parametrize("table", ["funnels__ratio_outputs", "testdata_funnel_ratio_outputs"])
def test_ratio_limits_of_the_department(table: str) -> None:
    rows = kept(table)
    events = rows.iloc[:, 0].to_numpy(dtype=float)
    for side, ours in (
        ("lower_2s", "lower_95"),
        ("upper_2s", "upper_95"),
        ("lower_3s", "lower_998"),
        ("upper_3s", "upper_998"),
    ):
        expected = rows[f"{side}_exp_events"].to_numpy(dtype=float)
        found = getattr(limits_of_ratio(expected), ours)
        _check_within_halving(found * expected, events, expected, 5e-9)
        assert largest_difference(events / expected * 100, rows[f"{side}_isr"]) < 1e-5


def test_limits_invert_the_exact_interval() -> None:
    """Sharper than the search of the reference: at the mean where an interval ends, the limit is its count."""
    counts = np.arange(1.0, 2_000.0)
    for confidence, low, high in ((0.95, "lower_95", "upper_95"), (0.998, "lower_998", "upper_998")):
        lower, upper = exact_interval_of_count(counts, confidence)
        assert largest_difference(getattr(limits_of_ratio(upper), low) * upper, counts) < 1e-9
        assert largest_difference(getattr(limits_of_ratio(lower), high) * lower, counts) < 1e-9


def _check_within_halving(found: np.ndarray, events: np.ndarray, mean: np.ndarray, printed: float) -> None:
    """Equal up to what the reference's own search leaves open; the slope of events by mean is below 2 here."""
    left_open = HALVING_STEP * (1 + events + mean) ** 2 / (1 + events)
    # A limit of few expected events hangs on the mean far more than one of many.
    slope = np.maximum(2.0, events / mean)
    assert (np.abs(found - events) <= slope * (left_open + printed * 10)).all()


@pytest.mark.parametrize("case", ["SR_SHMI_trunc10", "SR_CQC_winsor10"])
def test_chance_limits_of_funnelplotr_are_the_interval_of_the_expected(case: str) -> None:
    """It draws the exact interval of the expected count; ours are the counts whose interval holds the expected."""
    rows = copied(FUNNEL, "funnelplotr_limits_expected")
    rows = rows[rows.case == case]
    for confidence, ending in ((0.95, "95"), (0.998, "998")):
        lower, upper = exact_interval_of_count(rows.denominator, confidence)
        assert largest_difference(lower / rows.denominator, rows[f"ll{ending}"]) < 1e-9
        assert largest_difference(upper / rows.denominator, rows[f"ul{ending}"]) < 1e-9


@given(st.integers(0, 3_000), st.floats(0.05, 3_000))
def test_a_ratio_lies_outside_its_limits_where_1_lies_outside_its_interval(count: int, expected: float) -> None:
    limits = limits_of_ratio([expected])
    for confidence, low, high in (
        (0.95, limits.lower_95, limits.upper_95),
        (0.998, limits.lower_998, limits.upper_998),
    ):
        lower, upper = (limit[0] / expected for limit in exact_interval_of_count([count], confidence))
        if min(abs(lower - 1), abs(upper - 1)) > 1e-6:
            assert (count / expected > high[0]) == (lower > 1)
            assert (count / expected < low[0]) == (upper < 1)


def test_a_common_share_in_per_cent_is_refused() -> None:
    with pytest.raises(RequestError, match=r"6\.5 per cent as 0\.065"):
        limits_of_proportion([100], 6.5)
