"""Totals that their parts do not make, and ages that do not fit."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from partner_return_files import make_row, write_return
from safelives_files import DERIVED, write_derived
from stats19_files import CASUALTIES, COLLISIONS, write_table

from shp_analysis.monitoring.data_quality import TotalsCheck, check_ages, check_totals
from shp_analysis.reference.areas import read_area
from shp_analysis.store.intake import ingest
from shp_analysis.store.store import open_store

from .makers import make_catalogue, make_indicator

DAY = date(2025, 7, 1)
HALTON = read_area("Halton")


def check(tmp_path: Path, *deliveries: Path) -> dict[str, TotalsCheck]:
    for path in deliveries:
        ingest(path, folder=tmp_path / "data", received_on=DAY)
    return {each.name: each for each in check_totals(open_store(tmp_path / "data"), HALTON)}


def test_casualties_that_are_not_listed_are_told(tmp_path):
    listed = [row for row in CASUALTIES if row["index"] == COLLISIONS[0]["index"]]
    collisions = [{**COLLISIONS[0], "casualties": str(len(listed) + 2)}]
    (tmp_path / "roads").mkdir()
    write_table(tmp_path / "roads", "collision", "2024", collisions)
    write_table(tmp_path / "roads", "casualty", "2024", listed)
    (found,) = check(tmp_path, tmp_path / "roads").values()
    assert found.compared == 1
    (wrong,) = found.disagreements
    assert wrong.sentence == (
        f"{len(listed)} casualties listed = {len(listed)}, which is 2 less than the total of {len(listed) + 2}. "
        "1 collisions differ."
    )


def test_casualties_that_are_listed_agree(tmp_path):
    listed = [row for row in CASUALTIES if row["index"] == COLLISIONS[0]["index"]]
    (tmp_path / "roads").mkdir()
    write_table(tmp_path / "roads", "collision", "2024", [{**COLLISIONS[0], "casualties": str(len(listed))}])
    write_table(tmp_path / "roads", "casualty", "2024", listed)
    (found,) = check(tmp_path, tmp_path / "roads").values()
    assert (found.compared, found.disagreements) == (1, ())


@pytest.mark.parametrize(("written", "is_reported"), [("16.8", True), ("17", False), ("17.9", False), ("18", True)])
def test_a_percentage_of_repeats_may_be_rounded_and_not_more(tmp_path, written, is_reported):
    """79 of 454 are 17.4%."""
    changed = {"cases_discussed": "454", "repeat_cases": "79", "repeat_cases_pct": written}
    found = check(tmp_path, write_derived(tmp_path / "marac.csv", {**DERIVED, **changed}))
    (name,) = found
    told = [each.sentence for each in found[name].disagreements]
    assert told == ([f"79 repeats of 454 cases are 17.4%, and {written}% is written."] if is_reported else [])


def test_a_part_larger_than_its_whole_is_told_though_they_came_apart(tmp_path):
    cases = write_return(tmp_path, [make_row("marac_cases", "30")], "partner-return-cases.csv")
    repeats = write_return(tmp_path, [make_row("marac_repeat_cases", "31")], "partner-return-repeats.csv")
    (found,) = check(tmp_path, cases, repeats).values()
    (wrong,) = found.disagreements
    assert wrong.what == "Halton MARAC, marac_repeat_cases, 2024-25-Q3"
    assert wrong.sentence == "31 marac_repeat_cases are more than the 30 marac_cases they are among."


def test_breakdowns_that_add_up_agree(tmp_path):
    rows = [make_row("marac_cases", "30")]
    rows += [
        make_row("marac_cases", value, breakdown="sex", category=category)
        for category, value in {"female": "28", "male": "2", "other": "0", "unknown": "0"}.items()
    ]
    found = check(tmp_path, write_return(tmp_path, rows))
    assert [(each.compared, each.disagreements) for each in found.values()] == [(1, ())]


def test_an_empty_store_has_nothing_to_compare(tmp_path):
    assert check_totals(open_store(tmp_path), HALTON) == ()


def test_the_real_figures_of_treatment_and_roads_agree(shared_data, tmp_path):
    roads = sorted((shared_data / "stats19").glob("west-yorkshire-2024-c*.csv"))
    found = check(tmp_path, shared_data / "ndtms" / "ViewIt Export Data_LAs.csv", *roads)
    assert {each.compared: len(each.disagreements) for each in found.values()} == {13: 0, 1: 0}


def partner_indicator(measure: str, denominator: str = "residents"):
    source = {"records": "partner_returns_quarter", "sum": "value", "include": {"measure": (measure,)}}
    return make_indicator(denominator=denominator, sources={"partners": source})


def test_adults_over_residents_of_all_ages_are_told():
    (found,) = check_ages(make_catalogue(partner_indicator("adults_in_treatment")))
    assert (found.indicator, found.numerator_band, found.denominator_band) == ("TST-01", "18 and over", "all ages")
    assert "those aged 0-17 are only among the residents" in found.sentence


@pytest.mark.parametrize(
    "indicator",
    [
        partner_indicator("adults_in_treatment", "residents aged 18 and over"),
        partner_indicator("asb_incidents"),
        partner_indicator("adults_in_treatment", "households"),
        make_indicator(),
        make_indicator(sources={}, is_agreed=False),
    ],
)
def test_ages_that_fit_or_are_not_said_are_passed_over(indicator):
    assert check_ages(make_catalogue(indicator)) == ()


def test_nineteen_and_over_is_not_eighteen_and_over():
    indicator = make_indicator(
        denominator="residents aged 18 and over",
        sources={"ndtms": {"records": "ndtms_monthly", "include": {"ages": ("19+",)}}},
    )
    (found,) = check_ages(make_catalogue(indicator))
    assert "those aged 18 are only among the residents" in found.sentence
