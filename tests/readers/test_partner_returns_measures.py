"""The measures that partners return, and stocks and flows."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shp_analysis.errors import RequestError
from shp_analysis.readers.partner_returns_measures import (
    PERIOD_KINDS,
    Quantity,
    Sensitivity,
    check_same_kind,
    find_measure,
    list_measures_of,
    read_breakdowns,
    read_measures,
    read_organisations,
    read_parts,
)
from shp_analysis.readers.readers import read_code_table

LOCAL_INDICATORS = (
    *("ALL-01", "ALL-02", "ALL-08", "ASB-01", "ASB-02", "ASB-03", "ASB-04", "ASB-05", "ASB-06", "ASB-08", "ASB-09"),
    *("ASB-10", "DA-01", "DA-03", "DA-04", "DA-05", "DA-06", "DA-07", "DA-08", "DA-09", "DA-10", "DA-13", "DA-14"),
    *("IOM-04", "CT-01", "HC-01", "HC-02", "HC-03", "HC-04", "HC-05", "SUB-05", "SUB-12", "SUB-14", "SUB-15"),
    *("SV-01", "SV-02", "SV-07", "RS-04", "RS-09", "CTX-01", "CTX-02", "CTX-04"),
)
"""Indicators of the field study whose source is a local, police, council, service or provider file."""
MEASURES = list(read_measures().values())


def test_every_local_indicator_can_be_returned():
    served = {indicator for measure in MEASURES for indicator in measure.indicators}
    assert set(LOCAL_INDICATORS) <= served


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.id)
def test_a_measure_says_all_that_a_data_officer_needs(measure):
    assert measure.name[0].isupper()
    assert measure.definition.endswith(".")
    assert measure.frequency in PERIOD_KINDS
    assert set(measure.breakdowns) <= set(read_breakdowns())
    assert measure.age_band
    assert any(set(types) & set(measure.organisation_types) for types in read_organisations().values())
    whole = read_measures().get(measure.part_of, measure)
    assert bool(measure.part_of) == (whole is not measure)
    assert (whole.kind, whole.frequency) == (measure.kind, measure.frequency)
    assert set(whole.organisation_types) >= set(measure.organisation_types)
    assert not (measure.kind is Quantity.STOCK and measure.adds_over_periods)


def test_nothing_is_there_twice_and_every_breakdown_is_known():
    assert max(Counter(row["measure"] for row in read_code_table("partner_returns", "measures.csv")).values()) == 1
    assert max(Counter(measure.name for measure in MEASURES).values()) == 1
    pairs = [(row["breakdown"], row["category"]) for row in read_code_table("partner_returns", "categories.csv")]
    assert max(Counter(pairs).values()) == 1
    assert set(read_parts()) == set(read_breakdowns())
    assert {breakdown for measure in MEASURES for breakdown in measure.breakdowns} == set(read_breakdowns()) - {"total"}


def test_deaths_are_two_counts_that_are_never_broken_down():
    in_treatment, coroner = find_measure("deaths_in_treatment"), find_measure("drug_related_deaths_coroner")
    for measure in (in_treatment, coroner):
        assert measure.breakdowns == ()
        assert measure.sensitivity is Sensitivity.RESTRICTED
        assert "Never added" in measure.definition
        assert measure.part_of == ""


def test_episodes_of_missing_children_add_up_over_months_and_children_do_not():
    assert find_measure("missing_from_home_episodes").adds_over_periods
    assert not find_measure("missing_from_home_children").adds_over_periods


def test_an_unknown_measure_is_told_with_the_nearest():
    with pytest.raises(RequestError, match="idva_cases_open"):
        find_measure("idva_case_open")


def test_a_stock_cannot_be_set_against_a_flow():
    stock, flow = find_measure("idva_cases_open"), find_measure("idva_cases_opened")
    for pair in ((stock, flow), (flow, stock)):
        with pytest.raises(RequestError, match=r"'IDVA cases open' is a stock.*'IDVA cases opened' is a flow"):
            check_same_kind(*pair)


@given(first=st.sampled_from(MEASURES), second=st.sampled_from(MEASURES))
def test_only_measures_of_one_kind_pass(first, second):
    if first.kind is second.kind:
        check_same_kind(first, second)
    else:
        with pytest.raises(RequestError, match="cannot be compared"):
            check_same_kind(first, second)


def test_an_organisation_returns_its_own_measures():
    ids = {measure.id for measure in list_measures_of("Halton MARAC")}
    assert ids == {"marac_cases", "marac_repeat_cases", "marac_children_in_households", "records_with_field_known"}
    assert list_measures_of("Simulated Halton MARAC") == list_measures_of("Halton MARAC")
    with pytest.raises(RequestError, match="Halton MARAC"):
        list_measures_of("Halton Marrack")
