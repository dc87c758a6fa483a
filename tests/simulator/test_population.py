"""Residents, households, deaths and weights: accepted by the reader, adding up to the published totals."""

import pandas as pd
import pytest
from builders import HALTON
from reader_checks import read_table

from shp_analysis.errors import RequestError
from shp_analysis.readers import ons
from shp_analysis.reference.areas import read_area
from shp_analysis.reference.periods import CalendarYear
from shp_analysis.simulator import DEFAULT_SEED
from shp_analysis.simulator.borough import choose_months
from shp_analysis.simulator.planted_series import draw_period_count
from shp_analysis.simulator.population import (
    DEATHS,
    count_residents_aged,
    draw_year_count,
    expect_residents,
    read_larger_areas,
    spread_residents,
    write_population,
)
from shp_analysis.store.intake import ingest
from shp_analysis.store.store import open_store

AREA, SEFTON = read_area(HALTON), read_area("E08000014")


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    return tuple(write_population(tmp_path_factory.mktemp("ons"), DEFAULT_SEED, [AREA, SEFTON], choose_months(12)))


def test_the_store_takes_every_file_into_the_simulated_room(written, tmp_path):
    reports = [ingest(path, folder=tmp_path) for path in written]
    assert all(report.is_simulated and report.rows and not report.unclaimed for report in reports)
    assert open_store(tmp_path, simulated=False).is_empty


def test_residents_add_up_to_the_published_totals(written):
    residents = read_table(ons.READER, written[0], "ons_populations_authority")
    totals = residents.groupby(["area_code", "mid_year"])["residents"].sum()
    for area in (AREA, SEFTON):
        assert area.populations
        for year, published in area.populations.items():
            assert totals[area.code, str(year)] == published
    assert totals[HALTON, "2024"] > totals[HALTON, "2020"]


def test_an_age_band_is_that_of_the_file(written):
    residents = read_table(ons.READER, written[0], "ons_populations_authority")
    women = residents[(residents["sex"] == "female") & (residents["age_years"] >= 16)]
    halton = women[(women["area_code"] == HALTON) & (women["mid_year"] == "2023")]
    assert halton["residents"].sum() == count_residents_aged(HALTON, 2023, 16, sex="female")


def test_ages_are_shared_out_to_the_last_resident_and_look_like_england():
    spread = spread_residents(129_759)
    assert spread.sum() == 129_759
    assert (spread > 0).all()
    assert 0.19 < spread[:, :18].sum() / spread.sum() < 0.23
    assert 0.50 < spread[0].sum() / spread.sum() < 0.52
    assert abs(spread[0, 30] - spread[0, 31]) < 100


def test_an_area_without_an_estimate_is_refused():
    with pytest.raises(RequestError, match="no estimate of residents"):
        expect_residents("E06000001", 2020)


def test_deaths_are_those_of_the_series(written):
    deaths = read_table(ons.READER, written[2], "ons_drug_poisoning_deaths").set_index(
        ["area_code", "registration_year"]
    )
    year = CalendarYear("2023")
    assert deaths.loc[(HALTON, "2023"), "deaths_registered"] == draw_period_count(DEFAULT_SEED, DEATHS, HALTON, year)
    england = deaths.loc[("E92000001", "2023"), "deaths_registered"]
    assert england == draw_year_count(DEFAULT_SEED, DEATHS, "E92000001", year.months)
    assert 3_500 < england < 6_000
    assert {area.code for area in read_larger_areas()} < set(deaths.index.get_level_values("area_code"))


def test_weights_are_worse_for_worse_offences(written):
    weights = read_table(ons.READER, written[3], "ons_severity_weights")
    assert set(weights["weights_edition"]) == {"2025"}
    assert weights["offence_description"].str.contains("simulated").all()
    by_code = weights.set_index("offence_code")["severity_weight"]
    assert by_code["34A"] > by_code["46"]


def test_households_are_hundreds(written):
    households = read_table(ons.READER, written[1], "ons_households").set_index("local_authority_code")["households"]
    assert (households % 100 == 0).all()
    assert 2.1 < expect_residents(HALTON, 2021) / households[HALTON] < 2.5


def test_the_same_seed_gives_the_same_bytes_and_fewer_areas_the_same_rows(written, tmp_path):
    again = write_population(tmp_path, DEFAULT_SEED, [AREA], choose_months(1))
    for large, small in zip(written, again, strict=True):
        assert large.name == small.name
        rows, fewer = (pd.read_csv(path, dtype=str) for path in (large, small))
        assert len(fewer) <= len(rows)
        assert len(fewer.merge(rows)) == len(fewer)
