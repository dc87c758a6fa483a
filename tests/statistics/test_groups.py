"""Equal groups against independent answers and by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from oracle_tables import copied, kept

from shp_analysis.errors import RequestError
from shp_analysis.statistics.groups import group_by_quantile


def test_fifths_of_phe_indicator_methods() -> None:
    rows = copied("group_by_quantile", "R_quantile_input")
    expected = copied("group_by_quantile", "R_quantile_expected")
    found = group_by_quantile(rows.v, 5, within=rows.grp)
    assert np.array_equal(found, expected["quantile"].to_numpy(dtype=float), equal_nan=True)


def _published(group_set: str) -> pd.DataFrame:
    rows = kept("Quantiles__testdata_Quantiles")
    return rows[rows.GroupSet.fillna("all") == group_set]


@pytest.mark.parametrize(
    ("polarity", "is_highest_first"), [("Low", True), ("High", False), ("True", True), ("False", False)]
)
def test_tenths_within_regions(polarity: str, *, is_highest_first: bool) -> None:
    """Ties, missing values and regions of fewer areas than groups are among them."""
    rows = _published("IndSexReg")
    rows = rows[rows.Polarity.astype(str).str.contains(polarity)]
    found = group_by_quantile(rows.Value, 10, within=rows.ParentCode.fillna("none"), is_highest_first=is_highest_first)
    assert np.array_equal(found, rows.QuantileInGrp.to_numpy(dtype=float), equal_nan=True)
    assert len(rows) > 10


def test_quarters_over_all() -> None:
    rows = _published("all")
    found = group_by_quantile(rows.Value, 4)
    assert np.array_equal(found, rows.QuantileInGrp.to_numpy(dtype=float), equal_nan=True)
    assert len(rows) == 491


def test_sevenths_within_indicators() -> None:
    rows = _published("IndSex")
    found = group_by_quantile(rows.Value, 7, within=rows.IndSexRef)
    reverse = group_by_quantile(rows.Value, 7, within=rows.IndSexRef, is_highest_first=False)
    high_is_good = rows.Polarity.eq("RAG - High is good").to_numpy()
    expected = rows.QuantileInGrp.to_numpy(dtype=float)
    assert np.array_equal(np.where(high_is_good, reverse, found), expected, equal_nan=True)


def test_four_values_in_two_groups() -> None:
    assert group_by_quantile([4, 3, 2, 1], 2).tolist() == [1, 1, 2, 2]
    assert group_by_quantile([4, 3, 2, 1], 2, is_highest_first=False).tolist() == [2, 2, 1, 1]


def test_equal_values_share_a_group() -> None:
    found = group_by_quantile([1, 2, 2, 2, 3, 4], 3)
    assert len(set(found[1:4])) == 1


def test_missing_values_and_too_few_areas_get_no_group() -> None:
    found = group_by_quantile([5, np.nan, 3, 1], 3)
    assert np.isnan(found).tolist() == [False, True, False, False]
    assert np.isnan(group_by_quantile([1, 2], 3)).all()


def test_one_group_is_refused() -> None:
    with pytest.raises(RequestError, match="into 1 group"):
        group_by_quantile([1, 2, 3], 1)
