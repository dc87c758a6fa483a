"""Intervals against independent answers, by hand, and as properties."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracle_tables import copied, largest_difference
from scipy import stats

from shp_analysis.errors import RequestError
from shp_analysis.statistics.intervals import (
    byars_interval_of_count,
    exact_interval_of_count,
    interval_of_count,
    proportion_with_interval,
    rate_with_interval,
    wilson_interval,
)

RATES, SHARES = "rate_with_interval", "proportion_with_interval"


def test_byars_and_exact_by_hand() -> None:
    # 100 events, Byar: 81.362 and 121.628; 0 events, exact: 0 and 3.689; 5 events, exact: 1.623 and 11.668.
    lower, upper = interval_of_count([100, 0, 5])
    assert lower == pytest.approx([81.362, 0.0, 1.6235], abs=5e-4)
    assert upper == pytest.approx([121.628, 3.6889, 11.6683], abs=5e-4)


def test_the_grid_of_phe_indicator_methods_and_r() -> None:
    for confidence, rows in copied(RATES, "R_byars_exact_grid").groupby("confidence"):
        lower, upper = byars_interval_of_count(rows.x, confidence)
        # The reference gives nothing for Byar's lower limit of 0 events, and of 1 at 99.8 %; here that is 0.
        shown = rows.lower.notna().to_numpy()
        assert largest_difference(lower[shown], rows.lower[shown]) < 1e-9
        assert (lower[~shown] == 0).all()
        assert largest_difference(upper, rows.upper) < 1e-9
        exact_lower, exact_upper = exact_interval_of_count(rows.x, confidence)
        assert largest_difference(exact_lower, rows.exact_lower) < 1e-9
        assert largest_difference(exact_upper, rows.exact_upper) < 1e-9
        small = (rows.x < 10).to_numpy()
        mixed_lower, mixed_upper = interval_of_count(rows.x, confidence)
        assert (mixed_lower == np.where(small, exact_lower, lower)).all()
        assert (mixed_upper == np.where(small, exact_upper, upper)).all()


def test_the_departments_own_limits() -> None:
    table = copied(RATES, "Byars_Wilson__testdata_B_W")
    for row in table.itertuples():
        confidence = float(row.confidence.rstrip("%")) / 100
        byars = row.method == "Byars"
        found = byars_interval_of_count(row.x, confidence) if byars else wilson_interval(row.x, row.n, confidence)
        expected = (0.0 if np.isnan(row.lowercl) else row.lowercl, row.uppercl)
        assert largest_difference(np.ravel(found), expected) < 1e-9, row


def _check_estimates(found: dict[str, object], rows: pd.DataFrame, columns: dict[str, str]) -> None:
    for name, column in columns.items():
        assert largest_difference(found[name], rows[column]) < 1e-9, column


PUBLISHED = {
    0.95: {"value": "Value", "lower": "lower_95_ci", "upper": "upper_95_ci"},
    0.998: {"value": "Value", "lower": "lower_99_8_ci", "upper": "upper_99_8_ci"},
}
OF_R = {
    0.95: {"value": "value", "lower": "lower95_0cl", "upper": "upper95_0cl"},
    0.998: {"value": "value", "lower": "lower99_8cl", "upper": "upper99_8cl"},
}


@pytest.mark.parametrize("confidence", [0.95, 0.998])
def test_rates(confidence: float) -> None:
    for per, rows in copied(RATES, "Rate__testdata_Rate").groupby("Multiplier"):
        found = rate_with_interval(rows.Numerator, rows.Denominator, per=float(per), confidence=confidence)
        _check_estimates(vars(found), rows, PUBLISHED[confidence])
    rows = copied(RATES, "R_phe_rate")
    assert 0 in set(rows.n)
    _check_estimates(vars(rate_with_interval(rows.n, rows["pop"], confidence=confidence)), rows, OF_R[confidence])


@pytest.mark.parametrize("confidence", [0.95, 0.998])
def test_proportions(confidence: float) -> None:
    table = copied(SHARES, "Proportion__testdata_Prop")
    for per, rows in table.groupby("multiplier"):
        found = proportion_with_interval(rows.Numerator, rows.Denominator, per=float(per), confidence=confidence)
        _check_estimates(vars(found), rows, PUBLISHED[confidence])
    rows = copied(SHARES, "R_phe_proportion")
    per = {"percentage": 100.0, "proportion of 1": 1.0}[rows.statistic.iloc[0]]
    found = proportion_with_interval(rows.n, rows["pop"], per=per, confidence=confidence)
    _check_estimates(vars(found), rows, OF_R[confidence])


def test_groups_added_up() -> None:
    rows = copied(RATES, "Rate__testdata_Rate_g")
    found = rate_with_interval(rows.Numerator, rows.Denominator, per=100_000)
    _check_estimates(vars(found), rows, PUBLISHED[0.95])
    rows = copied(SHARES, "Proportion__testdata_Prop_g")
    _check_estimates(vars(proportion_with_interval(rows.Numerator, rows.Denominator)), rows, PUBLISHED[0.95])


def test_child_measurement_shares() -> None:
    rows = copied(SHARES, "NCMP_testdata")
    found = proportion_with_interval(rows.Count, rows.Measured, per=100)
    _check_estimates(vars(found), rows, {"value": "Rate", "lower": "LCL", "upper": "UCL"})


def test_wilson_of_r() -> None:
    for confidence, rows in copied(SHARES, "R_wilson_grid").groupby("confidence"):
        lower, upper = wilson_interval(rows.x, rows.n, confidence)
        assert largest_difference(lower, rows.lower) < 1e-9
        assert largest_difference(upper, rows.upper) < 1e-9


def test_impossible_rows_are_refused_with_their_number() -> None:
    with pytest.raises(RequestError, match="cannot be negative: found -1 in row 1"):
        interval_of_count([3, -1])
    with pytest.raises(RequestError, match="above zero: found 0 in row 0"):
        rate_with_interval([3], [0])
    with pytest.raises(RequestError, match="larger than the whole it is a part of: found 7 in row 2"):
        wilson_interval([0, 1, 7], [5, 5, 5])
    with pytest.raises(RequestError, match=r"between 0 and 1, such as 0\.95, not 95"):
        interval_of_count([3], 95)


def test_a_missing_row_stays_missing_and_alone() -> None:
    found = rate_with_interval([3, np.nan, 12], [100, 100, np.nan])
    assert np.isnan(found.value).tolist() == [False, True, True]
    assert np.isnan(found.upper).tolist() == [False, True, True]


def test_many_at_once_equal_one_by_one() -> None:
    counts = np.arange(0, 200)
    lower, upper = interval_of_count(counts)
    singles = [interval_of_count([count]) for count in counts]
    assert lower == pytest.approx([low[0] for low, _ in singles])
    assert upper == pytest.approx([high[0] for _, high in singles])


def test_clearly_above_and_below() -> None:
    found = rate_with_interval([0, 65, 130], [100, 100, 100], per=100)
    assert found.is_above(60).tolist() == [False, False, True]
    assert found.is_below(60).tolist() == [True, False, False]


@given(st.integers(0, 100_000), st.floats(0.5, 0.9999))
def test_an_interval_holds_its_count_and_grows_with_confidence(count: int, confidence: float) -> None:
    for interval in (interval_of_count, exact_interval_of_count, byars_interval_of_count):
        lower, upper = interval([count], confidence)
        assert 0 <= lower[0] <= count <= upper[0]
        wider_lower, wider_upper = interval([count], (1 + confidence) / 2)
        assert wider_lower[0] <= lower[0]
        assert wider_upper[0] >= upper[0]


@given(st.integers(1, 5_000).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total))))
def test_shares_of_those_with_and_without_mirror_each_other(share: tuple[int, int]) -> None:
    count, total = share
    (lower, upper), (low, high) = wilson_interval([count], [total]), wilson_interval([total - count], [total])
    assert 0 <= lower[0] <= count / total <= upper[0] <= 1
    assert (1 - high[0], 1 - low[0]) == (pytest.approx(lower[0], abs=1e-9), pytest.approx(upper[0], abs=1e-9))


@given(st.integers(0, 300))
def test_exact_limits_leave_the_asked_probability_in_each_tail(count: int) -> None:
    lower, upper = exact_interval_of_count([count])
    assert stats.poisson.cdf(count, upper[0]) == pytest.approx(0.025)
    if count:
        assert stats.poisson.sf(count - 1, lower[0]) == pytest.approx(0.025)
