"""Adjusted p-values against R's, and as properties."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracle_tables import copied

from shp_analysis.statistics.early_warning import adjust_p_values

P_VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=40)


@pytest.mark.parametrize("case", ["BH1995_Table1", "mix60_seed8", "ties_na"])
def test_agrees_with_r(case: str) -> None:
    rows = copied("adjust_p_values", "padjust_expected")
    rows = rows[rows.case == case]
    assert len(rows) > 0
    found = adjust_p_values(rows.p)
    np.testing.assert_allclose(found, rows.BH.to_numpy(dtype=float), rtol=0, atol=1e-12)


@given(P_VALUES)
def test_never_falls_below_the_p_value_and_keeps_its_order(p_values: list[float]) -> None:
    given_order = np.argsort(p_values, kind="stable")
    adjusted = adjust_p_values(p_values)
    assert (adjusted >= np.asarray(p_values) - 1e-15).all()
    assert (adjusted <= 1).all()
    assert (np.diff(adjusted[given_order]) >= -1e-15).all()


@given(P_VALUES)
def test_a_missing_test_does_not_count(p_values: list[float]) -> None:
    alone, with_gap = adjust_p_values(p_values), adjust_p_values([float("nan"), *p_values])
    assert np.isnan(with_gap[0])
    np.testing.assert_array_equal(with_gap[1:], alone)


def test_no_test_at_all() -> None:
    assert adjust_p_values([]).tolist() == []
    assert np.isnan(adjust_p_values([float("nan")])).all()
