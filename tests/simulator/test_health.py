"""Profiles: read as published, windows that overlap, counts of the series, the force's value at each authority."""

from itertools import pairwise

import pytest
from builders import HALTON
from reader_checks import read_table

from shp_analysis.readers import fingertips
from shp_analysis.reference.areas import read_area
from shp_analysis.reference.periods import CalendarYear, FinancialYear
from shp_analysis.simulator import DEFAULT_SEED
from shp_analysis.simulator.borough import choose_months
from shp_analysis.simulator.health import draw_figure, read_profile_indicators, write_health
from shp_analysis.simulator.planted_series import draw_period_count
from shp_analysis.simulator.treatment import count_treatment, read_substance_groups
from shp_analysis.store.intake import ingest
from shp_analysis.store.store import open_store

AREA, WARRINGTON, SEFTON = (read_area(code) for code in (HALTON, "E06000007", "E08000014"))
AREAS = [AREA, WARRINGTON, SEFTON]


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    return tuple(write_health(tmp_path_factory.mktemp("profiles"), DEFAULT_SEED, AREAS, choose_months(36)))


@pytest.fixture(scope="module")
def profiles(written):
    return {path.name.split("-")[2]: read_table(fingertips.READER, path) for path in written}


def of(profiles, indicator, area=HALTON, sex="Persons"):
    rows = profiles[indicator]
    return rows[(rows["area_code"] == area) & (rows["sex"] == sex)].set_index("time_period")


def test_the_store_takes_every_export_into_the_simulated_room(written, tmp_path):
    reports = [ingest(path, folder=tmp_path) for path in written]
    assert all(report.is_simulated and report.rows and not report.unclaimed for report in reports)
    assert open_store(tmp_path, simulated=False).is_empty


def test_every_indicator_is_written_and_every_row_says_that_it_is_simulated(profiles):
    assert set(profiles) == {indicator.indicator_id for indicator in read_profile_indicators()}
    assert all(rows["value_note"].str.contains("Simulated").all() for rows in profiles.values())


def test_windows_are_of_the_years_that_each_indicator_has(profiles):
    for indicator in read_profile_indicators():
        assert profiles[indicator.indicator_id]["window_years"].eq(indicator.window_years).all()


def test_a_window_counts_the_months_of_the_series(profiles):
    years = [CalendarYear(label) for label in ("2022", "2023", "2024")]
    deaths = [draw_period_count(DEFAULT_SEED, "fingertips/alcohol_specific_deaths", HALTON, year) for year in years]
    assert of(profiles, "91380").loc["2022 - 24", "numerator"] == sum(deaths)


def test_under_18s_are_those_of_the_health_return(profiles):
    admissions = of(profiles, "92904").loc["2022/23 - 24/25", "numerator"]
    years = [FinancialYear(label) for label in ("2022-23", "2023-24", "2024-25")]
    series = "partner_returns/alcohol_admissions_under_18"
    drawn = [draw_period_count(DEFAULT_SEED, series, HALTON, year) for year in years]
    assert admissions == sum(drawn)


def test_men_and_women_are_all(profiles):
    men, women, everybody = (of(profiles, "91380", sex=sex)["numerator"] for sex in ("Male", "Female", "Persons"))
    assert (men + women == everybody).all()


def test_a_value_is_left_out_where_there_are_few_and_the_count_is_given(profiles):
    rows = profiles["92432"]
    small = rows["numerator"] < 10
    assert small.any()
    assert rows.loc[small, "indicator_value"].isna().all()
    assert rows.loc[small, "value_note"].str.contains("too small").all()
    assert rows.loc[~small, "indicator_value"].notna().all()


def test_domestic_abuse_is_the_forces_and_copied_to_each_authority(profiles):
    here, next_door, other_areas = (of(profiles, "92863", area.code) for area in AREAS)
    assert (here["indicator_value"] == next_door["indicator_value"]).all()
    assert (here["indicator_value"] != other_areas["indicator_value"]).all()
    year = FinancialYear("2024-25")
    names = ("partner_returns/da_crimes", "partner_returns/da_incidents")
    counted = [
        draw_period_count(DEFAULT_SEED, name, code, year)
        for code in read_area(AREA.force.area_code).authority_codes
        for name in names
    ]
    assert here.loc["2024/25", "numerator"] == sum(counted)
    assert here["value_note"].str.contains("police force area").all()


def test_completions_are_those_of_the_caseload(profiles):
    opiate = read_substance_groups()[0]
    counts = count_treatment(DEFAULT_SEED, HALTON, opiate, CalendarYear("2024").months)
    row = of(profiles, "90244").loc["2024"]
    assert (row["numerator"], row["denominator"]) == (counts["lasting_completions"], counts["in_treatment"])
    assert row["indicator_value"] == pytest.approx(100 * row["numerator"] / row["denominator"])


def test_england_and_the_region_are_there_and_no_other_region(profiles):
    for rows in profiles.values():
        assert set(rows["area_code"]) == {"E92000001", "E12000002", *(area.code for area in AREAS)}


def test_areas_are_near_england_and_not_the_same(profiles):
    for indicator in read_profile_indicators():
        rows = profiles[indicator.indicator_id].dropna(subset="indicator_value")
        england = rows[(rows["area_code"] == "E92000001") & (rows["sex"] == "Persons")]["indicator_value"].mean()
        values = rows[rows["sex"] == "Persons"]["indicator_value"]
        assert values.between(0.3 * england, 3 * england).all()
        assert values.nunique() > 3


def test_newer_windows_share_two_years_with_the_last(profiles):
    starts = sorted(profiles["91380"]["period_start"].unique())
    assert [later.year - earlier.year for earlier, later in pairwise(starts)] == [1] * (len(starts) - 1)


def test_an_indicator_is_drawn_once_for_a_year():
    indicator = read_profile_indicators()[0]
    year = CalendarYear("2023")
    assert draw_figure(1, indicator, HALTON, year) == draw_figure(1, indicator, HALTON, year)


def test_fewer_areas_and_months_give_the_same_rows(written, tmp_path):
    large = {path.name: set(path.read_text().splitlines()) for path in written}
    fewer = list(write_health(tmp_path, DEFAULT_SEED, [AREA], choose_months(3)))
    assert [path.name.split("-")[2] for path in fewer] == ["92904", "90808", "92863"]
    for path in fewer:
        assert set(path.read_text().splitlines()) <= large[path.name]
