"""Road safety data and traffic: accepted by the readers, as many as the series say, plants as promised."""

import zipfile

import numpy as np
import pandas as pd
import pytest
from builders import HALTON
from reader_checks import read_table
from stats19_files import read_casualties, read_collisions, read_vehicles

from shp_analysis.readers import dft_traffic, stats19
from shp_analysis.reference.areas import read_area
from shp_analysis.reference.periods import CalendarYear, Month
from shp_analysis.simulator import DEFAULT_SEED
from shp_analysis.simulator.borough import choose_authorities, choose_months, read_sample_table
from shp_analysis.simulator.planted_series import draw_month_count, draw_period_count, multiply_series
from shp_analysis.simulator.roads import COLLISIONS, FURTHER, MID_YEAR, draw_block, write_roads
from shp_analysis.statistics.changes import compare_counts
from shp_analysis.store.intake import ingest
from shp_analysis.store.store import open_store

AREA, SEFTON = read_area(HALTON), read_area("E08000014")
YEARS = [str(year) for year in range(2018, 2025)]


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    return tuple(write_roads(tmp_path_factory.mktemp("roads"), DEFAULT_SEED, [AREA, SEFTON], choose_months(24)))


@pytest.fixture(scope="module")
def collisions(written):
    return read_collisions(written[0])


@pytest.fixture(scope="module")
def casualties(written, collisions):
    places = ["collision_index", "collision_date", "authority_code", "authority_name", "lsoa_code"]
    return read_casualties(written[0]).merge(collisions[places], on="collision_index", validate="many_to_one")


def own(frame, code=HALTON):
    return frame[frame["authority_code"] == code]


# Format


def test_the_store_takes_every_file_into_the_simulated_room(written, tmp_path):
    reports = [ingest(path, folder=tmp_path) for path in written]
    assert all(report.is_simulated and report.rows and not report.unclaimed for report in reports)
    store = open_store(tmp_path, simulated=True)
    assert set(store.parts_held("stats19_collision")["period"]) == set(YEARS)
    assert set(store.parts_held("stats19_casualty")["period"]) == {*YEARS, "2025"}
    assert open_store(tmp_path, simulated=False).is_empty


def test_headings_are_those_of_real_files_of_2024(written, shared_data):
    with zipfile.ZipFile(written[0]) as zipped:
        for name in zipped.namelist():
            table = next(table for table in stats19.Table if f"-{table}-{YEARS[0]}" in name)
            published = pd.read_csv(shared_data / "stats19" / f"west-yorkshire-2024-{table}.csv", nrows=0)
            assert list(pd.read_csv(zipped.open(name), nrows=0)) == list(published)


def test_every_file_and_collision_says_that_it_is_simulated(written, collisions):
    assert all(path.name.startswith("simulated-") for path in written)
    with zipfile.ZipFile(written[0]) as zipped:
        assert all(name.startswith("simulated-") for name in zipped.namelist())
    assert collisions["collision_reference"].str.contains("SIM").all()


def test_the_three_tables_belong_together(written, collisions, casualties):
    vehicles = read_vehicles(written[0])
    by_collision = casualties.groupby("collision_index").size()
    assert collisions.set_index("collision_index")["number_of_casualties"].eq(by_collision).all()
    by_vehicle = vehicles.groupby("collision_index").size()
    assert collisions.set_index("collision_index")["number_of_vehicles"].eq(by_vehicle).all()
    known = set(zip(vehicles["collision_index"], vehicles["vehicle_reference"], strict=True))
    assert set(zip(casualties["collision_index"], casualties["vehicle_reference"], strict=True)) <= known
    drivers = casualties[casualties["casualty_class"] == "Driver or rider"]
    assert not drivers.duplicated(["collision_index", "vehicle_reference"]).any()
    both = drivers.merge(vehicles, on=["collision_index", "vehicle_reference"], suffixes=("", "_vehicle"))
    assert (both["age_years"] == both["driver_age_years"]).all()


def test_a_collision_is_as_severe_as_its_worst_casualty(collisions, casualties):
    order = ["Fatal", "Serious", "Slight"]
    worst = casualties["casualty_severity"].map(order.index).groupby(casualties["collision_index"]).min()
    by_collision = collisions.set_index("collision_index")["collision_severity"].map(order.index)
    assert (worst == by_collision.reindex(worst.index)).all()


def test_collisions_lie_in_their_authority_and_on_their_day(collisions):
    for area in (AREA, SEFTON):
        found = own(collisions, area.code)
        assert set(found["highway_authority_code"]) == {area.code}
        assert set(found["police_force"]) == {area.force.area_name}
    assert (collisions["collision_date"].dt.day_name() == collisions["day_of_week"]).all()
    assert collisions["easting_m"].isna().all()


def test_weights_are_fractions_in_cheshire_and_whole_elsewhere(casualties):
    slight = casualties[casualties["casualty_severity"] == "Slight"]
    assert own(slight)["adjusted_serious"].between(0, 1, inclusive="neither").all()
    assert own(slight)["adjusted_serious"].mean() == pytest.approx(0.1, abs=0.02)
    assert set(own(slight, SEFTON.code)["adjusted_serious"]) == {0.0}
    assert set(own(casualties)["severity_basis"]) == {"Based on severity reporting"}
    assert own(casualties)["enhanced_severity"].isna().all()
    assert own(casualties, SEFTON.code)["enhanced_severity"].notna().all()


def test_the_mid_year_file_lies_alone(written):
    casualties = read_casualties(written[1])
    assert casualties["is_provisional"].all()
    assert casualties["adjusted_serious"].isna().all()
    assert set(casualties["collision_year"]) == {2025}
    drawn = sum(
        draw_month_count(DEFAULT_SEED, series, code, month)
        for series in (COLLISIONS, FURTHER)
        for code in (HALTON, SEFTON.code)
        for month in MID_YEAR
    )
    assert len(casualties) == drawn


def test_traffic_is_as_usual(written):
    traffic = read_table(dft_traffic.READER, written[2])
    halton = traffic[traffic["authority_code"] == HALTON]
    assert list(halton["year"]) == YEARS
    usual = read_sample_table("traffic.csv").set_index("local_authority_code").loc[HALTON, "million_miles_all"]
    assert halton["vehicle_miles_all"].astype(float).mean() / 1e6 == pytest.approx(usual, rel=0.02)
    assert set(read_sample_table("traffic.csv")["local_authority_code"]) == {a.code for a in choose_authorities(None)}


# Agreement with the series


@pytest.mark.parametrize("year", YEARS)
def test_a_year_has_the_collisions_and_casualties_that_were_drawn(collisions, casualties, year):
    drawn = [draw_period_count(DEFAULT_SEED, series, HALTON, CalendarYear(year)) for series in (COLLISIONS, FURTHER)]
    assert (own(collisions)["collision_year"] == int(year)).sum() == drawn[0]
    assert (own(casualties)["collision_year"] == int(year)).sum() == sum(drawn)


def test_months_have_what_was_drawn(collisions):
    months = own(collisions)["collision_date"].dt.strftime("%Y-%m").value_counts()
    for label in ("2018-01", "2020-06", "2024-12"):
        assert months[label] == draw_month_count(DEFAULT_SEED, COLLISIONS, HALTON, Month(label))


def test_shares_are_those_of_the_tables():
    types = read_sample_table("casualty_types.csv")
    bands = types[[f"age_band_{band}" for band in range(1, 12)]].sum(axis=1)
    np.testing.assert_allclose(bands, 1, atol=1e-9)
    assert types["share"].sum() == pytest.approx(1)
    fields = read_sample_table("collision_fields.csv")
    np.testing.assert_allclose(fields.groupby(["table", "field"])["share"].sum(), 1, atol=1e-9)
    blocks = [
        draw_block(seed, "E06000047", CalendarYear("2019").months, is_injury_based=True).casualties
        for seed in range(10)
    ]
    first = np.concatenate([block["casualty_type"][block["reference"] == 1] for block in blocks])
    for kind, share in zip(types["casualty_type"], types["share"], strict=True):
        assert (first == kind).mean() == pytest.approx(share, abs=4 * np.sqrt(share / len(first)))


def test_evenings_are_busier_than_nights(collisions):
    hour = collisions["collision_time"].str[:2].astype(int)
    assert hour.between(15, 18).sum() > 8 * hour.between(2, 5).sum()


# Plants


def count(frame, year):
    return int((own(frame)["collision_year"] == year).sum())


def test_collisions_read_down_and_casualties_no_clear_change(collisions, casualties):
    change = compare_counts(count(collisions, 2023), count(collisions, 2024))
    assert change.is_clear
    assert change.change_count < 0
    assert not compare_counts(count(casualties, 2023), count(casualties, 2024)).is_clear


def test_nothing_was_planted_elsewhere():
    for series in (COLLISIONS, FURTHER):
        assert multiply_series(series, SEFTON.code, Month("2024-06")) == 1
        assert multiply_series(series, HALTON, Month("2023-12")) == 1


def test_other_counts_of_halton_do_not_change(casualties):
    is_severe = casualties["casualty_severity"] != "Slight"
    is_child = casualties["age_years"] < 16
    for chosen in (is_severe, ~is_severe, is_severe & is_child, casualties["road_user"] == "Pedestrian"):
        part = casualties[chosen]
        assert not compare_counts(count(part, 2023), count(part, 2024)).is_clear


# The same again


def test_the_same_bytes_every_time(written, tmp_path):
    again = tuple(write_roads(tmp_path, DEFAULT_SEED, [AREA, SEFTON], choose_months(24)))
    assert [(path.name, path.read_bytes()) for path in again] == [(path.name, path.read_bytes()) for path in written]


def test_fewer_months_and_authorities_give_the_same_rows(collisions, casualties, tmp_path):
    files = tuple(write_roads(tmp_path, DEFAULT_SEED, [AREA], choose_months(3)))
    small = read_collisions(files[0])
    assert sorted(small["collision_year"].unique()) == [2020, 2021, 2022, 2023, 2024]
    wanted = own(collisions)[own(collisions)["collision_year"] >= 2020]
    pd.testing.assert_frame_equal(small, wanted.reset_index(drop=True), check_like=False)
    hurt = read_casualties(files[0])
    wanted = own(casualties)[own(casualties)["collision_year"] >= 2020]
    assert hurt["adjusted_serious"].sum() == pytest.approx(wanted["adjusted_serious"].sum())
