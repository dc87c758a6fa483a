"""Road safety data: orphans, places, and who counts as killed or seriously injured."""

from __future__ import annotations

import math

import duckdb
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stats19_files import COLLISIONS, write_table

from shp_analysis.errors import RequestError, SourceError
from shp_analysis.readers.stats19 import read_casualties, read_collisions
from shp_analysis.readers.stats19_links import (
    find_miscounts,
    find_orphans,
    place_records,
    place_records_sql,
    select_authority,
    sum_ksi,
    weigh_ksi,
)


@pytest.fixture
def collisions(tmp_path) -> pd.DataFrame:
    return read_collisions(write_table(tmp_path, "collision", "2024"))


@pytest.fixture
def casualties(tmp_path) -> pd.DataFrame:
    return read_casualties(write_table(tmp_path, "casualty", "2024"))


def people(*rows: tuple[str, float | None]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["casualty_severity", "adjusted_serious"]).astype({"adjusted_serious": float})


def test_adjusted_is_fatal_plus_the_weights(casualties):
    totals = sum_ksi(casualties)
    assert totals.ksi_casualties == 2
    assert totals.ksi_casualties_adjusted == pytest.approx(1 + 1 + 0.0612)


def test_reported_and_adjusted_are_two_series():
    frame = people(("Slight", 0.3), ("Slight", 0.2), ("Fatal", 0.0))
    assert sum_ksi(frame).ksi_casualties == 1
    assert sum_ksi(frame).ksi_casualties_adjusted == pytest.approx(1.5)


@pytest.mark.parametrize("severity", ["Fatal", "Serious", "Slight"])
def test_a_missing_weight_is_missing_and_never_zero(severity):
    totals = sum_ksi(people(("Serious", 1.0), (severity, None)))
    assert math.isnan(totals.ksi_casualties_adjusted)
    assert totals.ksi_casualties == 1 + (severity != "Slight")


def test_nobody_hurt_is_nobody():
    assert sum_ksi(people()).ksi_casualties == 0
    assert sum_ksi(people()).ksi_casualties_adjusted == 0.0


def test_a_vintage_without_weights_has_no_adjusted_figure(tmp_path):
    totals = sum_ksi(read_casualties(write_table(tmp_path, "casualty", "2005")))
    assert totals.ksi_casualties == 2
    assert math.isnan(totals.ksi_casualties_adjusted)


@given(st.lists(st.tuples(st.sampled_from(["Serious", "Slight"]), st.floats(0, 1)), max_size=20), st.integers(0, 5))
def test_adjusted_lies_between_the_fatal_and_everybody(weights, fatal):
    frame = people(*weights, *[("Fatal", 0.0)] * fatal)
    adjusted = sum_ksi(frame).ksi_casualties_adjusted
    assert fatal - 1e-9 <= adjusted <= len(frame) + 1e-9
    assert weigh_ksi(frame)["ksi_casualties"].sum() == fatal + sum(severity == "Serious" for severity, _ in weights)


def test_weighing_leaves_the_frame_as_it_was(casualties):
    before = casualties.copy()
    assert weigh_ksi(casualties).index.equals(casualties.index)
    pd.testing.assert_frame_equal(casualties, before)


def test_a_casualty_without_its_collision_is_found_and_never_dropped(collisions, casualties):
    orphans = find_orphans(casualties, collisions.iloc[:1])
    assert orphans["collision_index"].tolist() == ["201907H000912"]
    with pytest.raises(SourceError, match=r"'201907H000912' is not among the 1 collisions; 1 of 3 rows are without"):
        place_records(casualties, collisions.iloc[:1])


def test_casualties_get_day_and_place_from_their_collision(collisions, casualties):
    placed = place_records(casualties, collisions)
    assert placed["authority_name"].tolist() == ["Halton", "Halton", "Warrington"]
    assert placed["collision_date"].tolist()[2] == pd.Timestamp("2019-12-29")
    assert placed["lsoa_code"].tolist()[0] == "E01012367"
    assert placed["home_lsoa_code"].tolist()[0] == "E01012368"
    assert len(select_authority(placed, "E06000006")) == 2


def test_a_file_cut_short_between_rows_shows_in_the_counts(collisions, casualties):
    assert find_miscounts(collisions, casualties, "number_of_casualties").empty
    short = find_miscounts(collisions, casualties.iloc[:1], "number_of_casualties")
    assert short["collision_index"].tolist() == ["2019070542272", "201907H000912"]
    assert short["rows_found"].tolist() == [1, 0]
    assert short["number_of_casualties"].tolist() == [2, 1]


def test_the_former_number_of_a_district_selects_nothing(collisions):
    with pytest.raises(RequestError, match="'124' is not the ONS code"):
        select_authority(collisions, "124")


def test_rows_that_say_no_authority_are_not_taken_for_none_there(tmp_path):
    nowhere = [{**row, "authority": "-1"} for row in COLLISIONS]
    collisions = read_collisions(write_table(tmp_path, "collision", "2024", nowhere))
    with pytest.raises(SourceError, match="None of the 2 rows says in which authority it lies"):
        select_authority(collisions, "E06000006")


def test_an_authority_without_collisions_is_empty(collisions):
    assert select_authority(collisions, "E06000008").empty


def test_a_store_places_records_as_a_notebook_does(collisions, casualties):
    placed = place_records(casualties, collisions)
    with duckdb.connect() as connection:
        connection.register("stats19_collision", collisions)
        connection.register("stats19_casualty", casualties)
        found = connection.sql(place_records_sql()).df()
        assert list(found.columns) == list(placed.columns)
        key = ["collision_index", "casualty_reference"]
        for name in placed.columns:
            expected = placed.sort_values(key)[name].astype("object").where(placed[name].notna(), None)
            answer = found.sort_values(key)[name].astype("object").where(found[name].notna(), None)
            assert answer.tolist() == expected.tolist(), name


def test_a_record_without_its_collision_stays_in_the_stores_count_without_a_place(collisions, casualties):
    collisions = collisions.iloc[:1]
    with duckdb.connect() as connection:
        connection.register("stats19_collision", collisions)
        connection.register("stats19_casualty", casualties)
        found = connection.sql(place_records_sql()).df()
    assert len(found) == len(casualties) == 3
    assert found["authority_code"].isna().sum() == len(find_orphans(casualties, collisions)) == 1
