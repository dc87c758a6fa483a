"""Standardised rates against independent answers and by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from oracle_tables import copied, largest_difference

from shp_analysis.errors import RequestError
from shp_analysis.statistics.intervals import Estimates
from shp_analysis.statistics.standardisation import (
    DirectRates,
    rate_directly_standardised,
    rate_indirectly_standardised,
)

DIRECT, INDIRECT = "rate_directly_standardised", "rate_indirectly_standardised"


def _check(found: Estimates, rows: pd.DataFrame, value: str, lower: str, upper: str) -> None:
    for ours, column in ((found.value, value), (found.lower, lower), (found.upper, upper)):
        assert largest_difference(ours, rows[column]) < 1e-9, column


@pytest.mark.parametrize(("confidence", "label"), [(0.95, "95_0"), (0.998, "99_8")])
def test_direct_rates_of_phe_indicator_methods(confidence: float, label: str) -> None:
    rows, expected = copied(DIRECT, "R_dsr_input"), copied(DIRECT, "R_dsr_expected")
    found = rate_directly_standardised(rows.n, rows["pop"], rows.esp, areas=rows.area, confidence=confidence)
    assert found.areas == tuple(expected.area)
    _check(found.rates, expected, "value", f"lower{label}cl", f"upper{label}cl")


@pytest.mark.parametrize(("confidence", "label"), [(0.95, "95"), (0.998, "99_8")])
@pytest.mark.parametrize("per", [10_000, 100_000])
def test_direct_rates_of_the_department(confidence: float, label: str, per: int) -> None:
    expected = copied(DIRECT, "DSR_ISR__testresults_DSR")
    expected = expected.iloc[:4] if per == 10_000 else expected.iloc[4:]
    # The published limits of this row are ten times too large at 99.8 %, beyond the 95 % ones by a factor of ten.
    wrong = (expected.area == "testdata_1976") & (confidence == 0.998)
    expected = expected.assign(
        **{f"{side}_{label}_ci": expected[f"{side}_{label}_ci"] / np.where(wrong, 10, 1) for side in ("lower", "upper")}
    )
    rows = copied(DIRECT, "DSR_ISR__testdata_multiarea").fillna({"count": 0})
    standard = np.tile(copied(DIRECT, "DSR_ISR__testdata_err1").stdpop, 3)
    options = {"per": per, "confidence": confidence}
    found = rate_directly_standardised(rows["count"], rows["pop"], standard, areas=rows.area, **options)
    columns = ("Value", f"lower_{label}_ci", f"upper_{label}_ci")
    assert found.counts.tolist() == expected["Total Count"].tolist()[:3]
    assert found.populations.tolist() == expected["Total Pop"].tolist()[:3]
    _check(found.rates, expected.iloc[:3], *columns)
    old = copied(DIRECT, "DSR_ISR__testdata_1976")
    found = rate_directly_standardised(old["count"], old["pop"], old.esp1976, **options)
    _check(found.rates, expected.iloc[3:], *columns)


def test_years_and_areas_together() -> None:
    rows = copied(DIRECT, "DSR_ISR__testdata_multigroup")
    expected = copied(DIRECT, "DSR_ISR__testresults_DSR").iloc[4:7].set_index("area")
    labels = rows.area + " " + rows.year.astype(str)
    standard = np.tile(copied(DIRECT, "DSR_ISR__testdata_err1").stdpop, labels.nunique())
    found = rate_directly_standardised(rows["count"], rows["pop"], standard, areas=labels)
    assert len(found.areas) == 6
    by_label = pd.DataFrame(vars(found.rates), index=list(found.areas))
    of_2015 = by_label[[label.endswith("2015") for label in by_label.index]]
    # The published answers are those of 2015; the other year's rows must leave them as they are.
    for ours, column in (("value", "Value"), ("lower", "lower_95_ci"), ("upper", "upper_95_ci")):
        assert largest_difference(of_2015[ours], expected[column]) < 1e-9


def test_too_few_events_give_no_direct_rate() -> None:
    nine, ten = (_two_bands(counts) for counts in ([4, 5], [4, 6]))
    assert np.isnan([nine.rates.value[0], nine.rates.lower[0], nine.rates.upper[0]]).all()
    assert nine.counts.tolist() == [9]
    assert ten.rates.value[0] > 0
    none = _two_bands([0, 0])
    assert none.counts.tolist() == [0]
    assert np.isnan(none.rates.value[0])


def test_a_missing_band_makes_its_area_missing() -> None:
    """The reference reads a missing count as 0; here whoever means 0 has to say so."""
    rows = copied(DIRECT, "DSR_ISR__testdata_multiarea")
    standard = np.tile(copied(DIRECT, "DSR_ISR__testdata_err1").stdpop, 3)
    found = rate_directly_standardised(rows["count"], rows["pop"], standard, areas=rows.area)
    assert np.isnan(found.counts).tolist() == [False, False, True]


def test_a_direct_rate_by_hand() -> None:
    # Bands of 1,000 and 500 residents, 4 and 6 events; a standard of 3 to 1: (3 x 4/1,000 + 6/500) / 4 = 0.006.
    assert _two_bands([4, 6]).rates.value.tolist() == pytest.approx([600.0])


def _two_bands(counts: list[int]) -> DirectRates:
    return rate_directly_standardised(counts, [1_000, 500], [3, 1])


def test_the_departments_faulty_tables_are_refused() -> None:
    negative, empty, below = (copied(DIRECT, f"DSR_ISR__testdata_err{number}") for number in (1, 2, 3))
    with pytest.raises(RequestError, match="found -26 in row 5"):
        rate_directly_standardised(negative["count"], negative["pop"], negative.stdpop)
    with pytest.raises(RequestError, match="found 0 in row 1"):
        rate_directly_standardised(empty["count"], empty["pop"], np.ones(len(empty)), areas=empty.area)
    with pytest.raises(RequestError, match="found -558 in row 1"):
        rate_directly_standardised(below["count"], below["pop"], below.stdpop)
    with pytest.raises(RequestError, match="2 area names were given for 3 rows"):
        rate_directly_standardised([1, 2, 3], [9, 9, 9], [1, 1, 1], areas=["a", "b"])


@pytest.mark.parametrize(("confidence", "label"), [(0.95, "95_0"), (0.998, "99_8")])
def test_indirect_rates_of_phe_indicator_methods(confidence: float, label: str) -> None:
    rows = copied(DIRECT, "R_dsr_input")
    together = rows.groupby("age")[["n", "pop"]].transform("sum")
    found = rate_indirectly_standardised(
        rows.n, rows["pop"], together.n, together["pop"], areas=rows.area, confidence=confidence
    )
    ratios, rates = copied(INDIRECT, "R_isratio_expected"), copied(INDIRECT, "R_israte_expected")
    columns = ("value", f"lower{label}cl", f"upper{label}cl")
    _check(found.ratios, ratios, *columns)
    _check(found.rates, rates, *columns)
    assert largest_difference(found.expected, ratios.expected) < 1e-9
    assert largest_difference(found.reference_rate, rates.ref_rate) < 1e-9


@pytest.mark.parametrize(("confidence", "label"), [(0.95, "95"), (0.998, "99_8")])
def test_indirect_rates_of_the_department(confidence: float, label: str) -> None:
    rows = copied(INDIRECT, "DSR_ISR__testdata_multiarea_isr").fillna(0)
    assert rows.groupby("area")["count"].sum().to_dict() == dict(
        copied(INDIRECT, "DSR_ISR__testdata_multiarea_lookup").to_numpy()
    )
    expected = copied(INDIRECT, "DSR_ISR__testresults_ISR")
    columns = ("Value", f"lower_{label}_ci", f"upper_{label}_ci")
    for per, of_rate, of_ratio in ((100_000, 0, None), (1_000, 3, None), (1, None, 6)):
        found = rate_indirectly_standardised(
            rows["count"], rows["pop"], rows.refcount, rows.refpop, areas=rows.area, per=per, confidence=confidence
        )
        start = of_rate if of_ratio is None else of_ratio
        _check(found.rates if of_ratio is None else found.ratios, expected.iloc[start : start + 3], *columns)
        assert largest_difference(found.expected, expected.Expected.iloc[start : start + 3]) < 1e-9


def test_an_age_band_without_people_expects_nothing() -> None:
    rows, reference = copied(DIRECT, "DSR_ISR__testdata_err2"), copied(INDIRECT, "DSR_ISR__refdata")
    expected = copied(INDIRECT, "DSR_ISR__testresults_ISR").iloc[12:14]
    found = rate_indirectly_standardised(
        rows["count"], rows["pop"], np.tile(reference.refcount, 2), np.tile(reference.refpop, 2), areas=rows.area
    )
    _check(found.rates, expected, "Value", "lower_95_ci", "upper_95_ci")


def test_events_known_in_total_only() -> None:
    bands, totals = copied(INDIRECT, "ISR_obs__df"), copied(INDIRECT, "ISR_obs__obs")
    keys = ["indicatorid", "year", "sex"]
    bands = bands.merge(totals, on=keys)
    observed = bands.observed.where(~bands.duplicated(keys), 0)
    labels = bands[keys].astype(str).agg(" ".join, axis=1)
    found = rate_indirectly_standardised(observed, bands["pop"], bands.refcount, bands.refpop, areas=labels)
    expected = copied(INDIRECT, "ISR_obs__obs_results")
    expected.index = expected[keys].astype(str).agg(" ".join, axis=1)
    rows = expected.loc[list(found.areas)]
    assert len(rows) == 40
    _check(found.ratios, rows, "Value", "lower_95_ci", "upper_95_ci")
    assert largest_difference(found.expected, rows.expected) < 1e-9


def test_nothing_expected_is_refused() -> None:
    with pytest.raises(RequestError, match="above zero"):
        rate_indirectly_standardised([3], [100], [0], [1_000])
