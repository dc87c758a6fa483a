"""Partners' returns: taken in whole, agreeing with what was drawn, with the gaps and plants that are promised."""

import zipfile

import pandas as pd
import pytest
from builders import HALTON
from partner_return_files import read_returns

from shp_analysis.readers.partner_returns_measures import read_measures
from shp_analysis.reference.areas import read_area
from shp_analysis.reference.periods import FinancialYear, Quarter
from shp_analysis.simulator import DEFAULT_SEED
from shp_analysis.simulator.borough import choose_months
from shp_analysis.simulator.planted_series import draw_period_count, list_series, read_planted_series, read_series
from shp_analysis.simulator.police import count_offences, read_offences
from shp_analysis.simulator.returns import RULES, count_local, read_return_lines, write_returns
from shp_analysis.simulator.treatment import count_all_groups
from shp_analysis.statistics.changes import compare_counts
from shp_analysis.statistics.dispersions import Dispersion
from shp_analysis.statistics.proportions import compare_proportions, compare_with_national
from shp_analysis.store.intake import ingest
from shp_analysis.store.store import open_store

AREA, SEFTON = read_area(HALTON), read_area("E08000014")
MALE_NATIONAL_SHARE = 0.065
LAST_YEAR, YEAR = FinancialYear("2023-24"), FinancialYear("2024-25")


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    return tuple(write_returns(tmp_path_factory.mktemp("returns"), DEFAULT_SEED, [AREA, SEFTON], choose_months(24)))


@pytest.fixture(scope="module")
def records(written):
    return pd.concat([read_returns(path) for path in written], ignore_index=True)


def choose(records, measure, breakdown="total", category="all"):
    of = (records["measure"] == measure) & (records["breakdown"] == breakdown) & (records["category"] == category)
    return records[of].set_index("period")


def count(records, measure, year, breakdown="total", category="all"):
    """Add up a year's periods; they have to be there, all of them."""
    rows = choose(records, measure, breakdown, category)
    here = rows[(rows["period_start"] >= str(year.start)) & (rows["period_end"] <= str(year.end))]
    assert here["value"].notna().all()
    assert len(here) in {1, 4, 12}
    return int(here["value"].sum())


def test_the_store_takes_every_year_into_the_simulated_room(written, tmp_path):
    reports = [ingest(path, folder=tmp_path) for path in written]
    assert all(report.is_simulated and report.rows and not report.unclaimed for report in reports)
    assert open_store(tmp_path, simulated=False).is_empty


def test_every_measure_is_returned_by_an_organisation_of_the_right_type(records):
    measures = set(read_measures())
    assert {line.measure.id for line in read_return_lines()} == measures
    # Reoffending is known two years later.
    assert measures - set(records["measure"]) == set()
    assert records["organisation"].str.startswith("Simulated ").all()
    assert set(records["area_code"]) == {HALTON}


def test_every_rule_and_every_series_is_used():
    lines = read_return_lines()
    assert {line.rule for line in lines} == set(RULES)
    named = {line.of for line in lines} | {"partner_returns/marac_male_victims", "partner_returns/idva_cases_opened"}
    assert {series.name for series in list_series("partner_returns")} <= named


def test_counts_are_those_of_the_series(records):
    for line in read_return_lines():
        if line.rule == "series" and line.measure.frequency == "quarter":
            drawn = draw_period_count(DEFAULT_SEED, line.of, HALTON, Quarter("2024-25 Q2"))
            rows = choose(records, line.measure.id)
            own = rows[rows["organisation"] == f"Simulated {line.organisation}"]
            assert own.loc["2024-25-Q2", "value"] == drawn


def test_the_police_return_what_the_street_files_and_incidents_hold(records):
    quarter = Quarter("2024-25 Q3")
    months = [month.slug for month in quarter.months]
    for measure, what in (("recorded_crimes", "crimes"), ("police_incidents", "incidents"), ("asb_incidents", "asb")):
        assert choose(records, measure).loc[months, "value"].sum() == count_local(DEFAULT_SEED, HALTON, quarter, what)
    placed = choose(records, "asb_youth_incidents", "looked_after", "placed here by another authority")
    assert placed.loc[months, "value"].sum() == count_local(DEFAULT_SEED, HALTON, quarter, "youth_placed_asb")
    injured = count_offences(DEFAULT_SEED, HALTON, quarter)[read_offences().subgroup == "Violence with injury"].sum()
    assert choose(records, "violence_with_injury").loc[months, "value"].sum() == injured


def test_the_provider_returns_the_caseload_that_the_monitoring_system_publishes(records):
    counts = count_all_groups(DEFAULT_SEED, HALTON, Quarter("2024-25 Q1").months)
    exits = choose(records, "planned_exits").loc["2024-25-Q1"]
    assert choose(records, "adults_in_treatment").loc["2024-25-Q1", "value"] == counts["in_treatment"]
    assert (exits["value"], exits["base"]) == (counts["completions"], counts["exits"])


def test_a_stock_is_what_was_there_and_what_came_without_what_went(records):
    is_open, opened, closed = (
        choose(records, f"idva_cases_{what}")["value"].sort_index() for what in ("open", "opened", "closed")
    )
    assert (is_open.diff().dropna() == (opened - closed).iloc[1:]).all()
    assert (is_open != opened).any()
    days = choose(records, "idva_cases_open")["as_at"]
    assert (days == choose(records, "idva_cases_open")["period_end"]).all()


# Gaps


def test_an_organisation_leaves_out_the_quarter_that_was_withheld(records):
    assert "2024-25-Q3" in choose(records, "children_referred_for_da_support").index
    assert "2024-25-Q4" not in choose(records, "children_referred_for_da_support").index
    fires = choose(records, "deliberate_secondary_fires").index
    assert {"2023-06", "2023-10"} <= set(fires)
    assert not {"2023-07", "2023-08", "2023-09"} & set(fires)


def test_small_parts_are_suppressed_and_totals_are_not(records):
    rows = records[records["measure"] == "sharp_object_assault_admissions"]
    hidden = rows["value_note"] == "suppressed by the partner"
    assert hidden.any()
    assert set(rows.loc[hidden, "breakdown"]) == {"patient_under_25"}
    assert not rows["value"].between(1, 4).loc[rows["breakdown"] != "total"].any()


def test_the_newest_quarter_is_provisional_and_a_partial_one_says_why(records):
    newest = records[records["period_end"] == "2025-03-31"]
    assert set(newest["completeness"]) == {"provisional"}
    partial = records[records["completeness"] == "partial"]
    assert set(partial["measure"]) == {"idva_cases_open"}
    assert partial["note"].notna().all()


def test_reoffending_is_not_known_yet_for_those_who_joined_of_late(records):
    assert set(choose(records, "reoffending_adults").index) == {"2023-24-Q1", "2023-24-Q2"}


# Plants, each as its verdict in planted_series.csv says


def compare(records, measure):
    dispersion = Dispersion(read_series(f"partner_returns/{measure}").dispersion)
    return compare_counts(
        count(records, measure, LAST_YEAR),
        count(records, measure, YEAR),
        baseline_exposure=LAST_YEAR.days,
        exposure=YEAR.days,
        dispersion=dispersion,
    )


def test_cases_at_marac_read_up_and_the_share_of_repeats_does_not_change(records):
    assert compare(records, "marac_cases").lower > 0
    repeats = [
        (count(records, "marac_repeat_cases", year), count(records, "marac_cases", year)) for year in (LAST_YEAR, YEAR)
    ]
    assert not compare_proportions(*repeats).is_clear


def test_men_at_marac_read_fewer_than_nationally_and_within_chance(records):
    men = count(records, "marac_cases", YEAR, "sex", "male")
    cases = count(records, "marac_cases", YEAR)
    assert men == 22
    against = compare_with_national(men, cases, MALE_NATIONAL_SHARE)
    assert men / cases < MALE_NATIONAL_SHARE
    assert against.p_value > 0.05


def test_hate_incidents_read_up_and_their_conversion_to_crimes_does_not_change(records):
    assert compare(records, "hate_incidents").lower > 0
    converted = [
        (count(records, "hate_crimes", year), count(records, "hate_incidents", year)) for year in (LAST_YEAR, YEAR)
    ]
    assert not compare_proportions(*converted).is_clear


def test_every_plant_of_a_return_is_of_a_series_or_a_measure_that_exists():
    planted = read_planted_series()
    names = planted.loc[planted["series"].str.startswith("partner_returns/"), "series"]
    known = {series.name for series in list_series("partner_returns")}
    assert len(names) >= 11
    assert {name for name in names if name not in known} == {
        "partner_returns/marac_repeat_cases",
        "partner_returns/hate_crimes",
    }
    assert {name.split("/")[1] for name in names} - set(read_measures()) == {"marac_male_victims"}


# The same, again


def test_fewer_months_give_the_same_rows(written, tmp_path):
    fewer = list(write_returns(tmp_path, DEFAULT_SEED, [AREA], choose_months(2)))
    assert [path.name for path in fewer] == [written[-1].name]
    with zipfile.ZipFile(fewer[0]) as small, zipfile.ZipFile(written[-1]) as large:
        for name in small.namelist():
            rows = small.read(name).splitlines()
            assert len(rows) > 1
            assert set(rows) <= set(large.read(name).splitlines())


def test_the_same_seed_gives_the_same_bytes(written, tmp_path):
    again = list(write_returns(tmp_path, DEFAULT_SEED, [AREA], choose_months(12)))
    assert again[0].read_bytes() == written[-1].read_bytes()


def test_nothing_is_written_without_the_home_area(tmp_path):
    assert not list(write_returns(tmp_path, DEFAULT_SEED, [SEFTON], choose_months(12)))
