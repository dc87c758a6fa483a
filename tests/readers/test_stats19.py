"""Road safety data: the real files of four vintages, every published layout, and each of their traps."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pandas as pd
import pytest
from stats19_files import (
    CASUALTIES,
    COLLISIONS,
    LAYOUTS,
    Row,
    count_matches,
    find_orphans,
    headings_of,
    published_rows,
    read_casualties,
    read_collisions,
    read_vehicles,
    write_rows,
    write_table,
)

from shp_analysis.errors import SourceError
from shp_analysis.readers.readers import read_code_table
from shp_analysis.readers.stats19_layout import FIELDS, Table, plain_heading

READERS = {"collision": read_collisions, "casualty": read_casualties, "vehicle": read_vehicles}
WEST_YORKSHIRE = "west-yorkshire-2024-{}.csv"
LAYOUT_YEARS = {"2005": 1979, "2021": 2021, "provisional": 2021, "2023": 2021, "2024": 2024, "2025": 2025}
"""By the headings of its identifiers, the file that calls 2023's collisions accidents is one of 2021."""
YORK = {"collision": "accidents", "casualty": "casualties", "vehicle": "vehicles"}


@pytest.fixture(scope="module")
def published(shared_data: Path) -> Path:
    return shared_data / "stats19"


@pytest.fixture(scope="module")
def west_yorkshire(published: Path) -> dict[str, pd.DataFrame]:
    return {table: read(published / WEST_YORKSHIRE.format(table)) for table, read in READERS.items()}


def count_ksi(casualties: pd.DataFrame) -> int:
    return int(casualties["casualty_severity"].isin(["Fatal", "Serious"]).sum())


def adjust_ksi(casualties: pd.DataFrame) -> float:
    is_fatal = casualties["casualty_severity"] == "Fatal"
    return float(is_fatal.sum() + casualties["adjusted_serious"].mask(is_fatal, 0.0).sum(skipna=False))


# The real files


def test_west_yorkshire_has_its_known_rows_and_no_orphans(west_yorkshire):
    collisions, casualties, vehicles = west_yorkshire.values()
    assert (len(collisions), len(casualties), len(vehicles)) == (4060, 5240, 7355)
    assert find_orphans(casualties, collisions).empty
    assert find_orphans(vehicles, collisions).empty
    assert count_matches(collisions, casualties, "number_of_casualties")
    assert count_matches(collisions, vehicles, "number_of_vehicles")


def test_where_injury_is_recorded_adjusted_and_reported_agree(west_yorkshire):
    casualties = west_yorkshire["casualty"]
    assert casualties["casualty_severity"].value_counts().to_dict() == {"Slight": 3922, "Serious": 1278, "Fatal": 40}
    assert count_ksi(casualties) == 40 + 1278
    assert adjust_ksi(casualties) == 1318.0
    assert casualties["severity_basis"].unique().tolist() == ["Based on Injury code reporting"]


def test_an_authority_is_selected_by_its_ons_code(west_yorkshire):
    collisions, casualties = west_yorkshire["collision"], west_yorkshire["casualty"]
    leeds = collisions[collisions["authority_code"] == "E08000035"]
    assert len(leeds) == 1463
    assert set(leeds["authority_name"]) == {"Leeds"}
    assert casualties["collision_index"].isin(leeds["collision_index"]).sum() == leeds["number_of_casualties"].sum()


def test_minus_one_is_missing_and_never_a_number(west_yorkshire):
    for frame in west_yorkshire.values():
        numbers = frame.select_dtypes("number").drop(columns=["longitude"], errors="ignore")
        assert (numbers.fillna(0) >= 0).all().all()
        assert not frame.select_dtypes("str").eq("-1").any().any()
    vehicles = west_yorkshire["vehicle"]
    assert vehicles["driver_age_years"].isna().sum() == 1475
    assert vehicles["vehicle_age_years"].isna().sum() == 1644
    assert vehicles["engine_capacity_cc"].isna().sum() == 1762
    assert west_yorkshire["casualty"]["home_lsoa_code"].isna().sum() == 154
    assert west_yorkshire["casualty"]["casualty_type"].isna().sum() == 40


def test_road_users_are_grouped(west_yorkshire):
    users = west_yorkshire["casualty"]["road_user"].value_counts()
    assert users["Pedestrian"] == 985
    assert users["Pedal cyclist"] == 449
    assert users["Motorcyclist"] == 131 + 117 + 37 + 28 + 24 + 23
    assert users["Car occupant"] == 3122 + 27


def test_weights_of_2023_are_fractional(published):
    casualties = read_casualties(published / "dft-road-casualty-statistics-casualty-2023.csv")
    assert count_ksi(casualties) == 2
    assert adjust_ksi(casualties) == pytest.approx(2.73992)
    collisions = read_collisions(published / "dft-road-casualty-statistics-collision-2023.csv")
    vehicles = read_vehicles(published / "dft-road-casualty-statistics-vehicle-2023.csv")
    assert (len(collisions), len(casualties), len(vehicles)) == (8, 12, 17)
    assert set(collisions["layout_year"]) == {2021}
    assert find_orphans(casualties, collisions).empty
    assert vehicles["escooter"].eq("Vehicle was an e-scooter").sum() == 1


def test_identifiers_of_2021_keep_zeros_and_letters(published):
    casualties = read_casualties(published / "sample-casualty-2021.csv")
    assert "010296300" in set(casualties["collision_reference"])
    assert adjust_ksi(casualties) == pytest.approx(2 + 0.06126 + 0.03758)
    collisions = read_collisions(published / "sample-collision-2021.csv")
    assert "2021170H10581" in set(collisions["collision_index"])
    assert collisions["collision_date"].dt.year.eq(2021).all()
    # Samples of one year, cut apart: rows without their collisions.
    assert len(find_orphans(casualties, collisions)) == 5


@pytest.mark.parametrize("table", YORK)
def test_identifiers_that_a_spreadsheet_has_damaged_are_refused(published, table):
    path = published / "old-format-york-2005-2014" / f"sebity_york_{YORK[table]}.csv"
    with pytest.raises(SourceError, match=r"row 2, column 'Acc.*_?Index' says '2\.00512E\+12'.*more rows are wrong"):
        READERS[table](path)


def test_old_rows_are_read_once_their_identifiers_are_whole(published, tmp_path):
    old = published / "old-format-york-2005-2014" / "sebity_york_accidents.csv"
    rows = pd.read_csv(old, dtype=str, keep_default_na=False)
    days = rows["Date"].str.slice(6, 10)
    rows["Accident_Index"] = [f"{year}12{number:07d}" for number, year in enumerate(days)]
    rows.to_csv(tmp_path / "Accidents.csv", index=False)
    collisions = read_collisions(tmp_path / "Accidents.csv")
    assert len(collisions) == 4778
    assert collisions["collision_severity"].value_counts().to_dict() == {"Slight": 4076, "Serious": 650, "Fatal": 52}
    assert set(collisions["authority_code"]) == {"E06000014"}
    assert set(collisions["authority_name"]) == {"York"}
    # Date and time lie in one cell there.
    assert collisions.loc[0, "collision_date"] == pd.Timestamp("2005-01-01")
    assert collisions.loc[0, "collision_time"] == "09:45"
    assert collisions["adjusted_serious"].isna().all()


def test_code_lists_are_those_of_the_data_guide(published):
    guide = pd.read_excel(
        published / "dft-road-casualty-statistics-road-safety-open-dataset-data-guide-2024.xlsx",
        engine="calamine",
        dtype=str,
        keep_default_na=False,
    )
    guide = guide.map(lambda cell: " ".join(cell.split()))
    guided = set(guide[["table", "field name", "code/format", "label"]].itertuples(index=False, name=None))
    for row in read_code_table("stats19", "codes.csv"):
        assert (row["table"], row["field"], row["code"], row["label"]) in guided
    districts = guide[(guide["field name"] == "local_authority_ons_district") & (guide["code/format"] != "-1")]
    ours = {(row["authority_code"], row["authority_name"]) for row in read_code_table("stats19", "authorities.csv")}
    assert ours == set(districts[["code/format", "label"]].itertuples(index=False, name=None))
    types = {row["code/format"] for _, row in guide[guide["field name"] == "casualty_type"].iterrows()} - {"-1"}
    assert {row["casualty_type"] for row in read_code_table("stats19", "road_users.csv")} == types


@pytest.mark.parametrize("table", READERS)
def test_the_layouts_written_here_are_the_published_ones(published, table):
    assert (published / WEST_YORKSHIRE.format(table)).read_text().splitlines()[0] == LAYOUTS[table, "2024"]
    newest = published / f"dft-road-casualty-statistics-{table}-2023.csv"
    assert newest.read_text().splitlines()[0] == LAYOUTS[table, "2023"]


# Every layout


@pytest.mark.parametrize(("table", "vintage"), LAYOUTS)
def test_every_layout_gives_the_same_columns(tmp_path, table, vintage):
    frame = READERS[table](write_table(tmp_path, table, vintage))
    reference = READERS[table](write_table(tmp_path, table, "2024"))
    assert frame.dtypes.to_dict() == reference.dtypes.to_dict()
    assert list(frame.columns) == list(reference.columns)
    # What a vintage has must say what the newest says.
    shared = [name for name in frame if frame[name].notna().any() and name not in {"layout_year", "is_provisional"}]
    pd.testing.assert_frame_equal(frame[shared], reference[shared])
    assert set(frame["layout_year"]) == {LAYOUT_YEARS[vintage]}


def test_old_files_take_the_authority_from_a_highway_authority_of_one_tier(tmp_path):
    rows = published_rows("collision", "2005")
    rows[1]["Local_Authority_(Highway)"] = "E10000006"
    collisions = read_collisions(write_rows(tmp_path / "Accidents0514.csv", rows))
    assert collisions["authority_code"].tolist()[0] == "E06000006"
    assert collisions["authority_name"].tolist()[0] == "Halton"
    assert collisions["authority_code"].isna().tolist() == [False, True]
    assert collisions["highway_authority_code"].tolist() == ["E06000006", "E10000006"]


def test_a_newer_file_takes_no_authority_from_the_highway(tmp_path):
    rows = [{**row, "authority": "-1"} for row in COLLISIONS]
    written = published_rows("collision", "2024", rows)
    for row in written:
        row["local_authority_highway"] = "E06000006"
    collisions = read_collisions(write_rows(tmp_path / "collision-2024.csv", written))
    assert collisions["authority_code"].isna().all()


def test_an_authority_to_come_is_let_in_without_a_name(tmp_path):
    rows = [{**row, "authority": "E06000099"} for row in COLLISIONS]
    collisions = read_collisions(write_table(tmp_path, "collision", "2024", rows))
    assert set(collisions["authority_code"]) == {"E06000099"}
    assert collisions["authority_name"].isna().all()


def test_a_provisional_file_lies_alone(tmp_path):
    assert len(headings_of("casualty", "provisional")) == 20
    path = write_table(tmp_path, "casualty", "provisional")
    casualties = read_casualties(path)
    assert casualties["is_provisional"].all()
    assert casualties["adjusted_serious"].isna().all()
    assert casualties["casualty_severity"].tolist() == ["Slight", "Serious", "Fatal"]
    no_collisions = read_collisions(write_table(tmp_path, "collision", "2024")).iloc[:0]
    assert len(find_orphans(casualties, no_collisions)) == 3


def test_a_mid_year_collision_file_is_read_under_its_own_names(tmp_path):
    renamed = {
        "collision_ref_no": "collision_reference",
        "collision_severity": "legacy_collision_severity",
        "lsoa_of_accident_location": "lsoa_of_collision_location",
        "did_police_officer_attend_scene_of_accident": "did_police_officer_attend_scene_of_collision",
    }
    dropped = {"collision_injury_based", "collision_adjusted_severity_serious", "collision_adjusted_severity_slight"}
    rows = [
        {"status": "Unvalidated"} | {renamed.get(name, name): cell for name, cell in row.items() if name not in dropped}
        for row in published_rows("collision", "2024")
    ]
    path = tmp_path / "dft-road-casualty-statistics-collision-provisional-mid-year-unvalidated-2024.csv"
    collisions = read_collisions(write_rows(path, rows))
    assert collisions["is_provisional"].all()
    assert collisions["collision_severity"].tolist() == ["Serious", "Fatal"]
    assert collisions["lsoa_code"].tolist()[0] == "E01012367"


# Cells


def change(table: str, row: int, heading: str, cell: str, vintage: str = "2024") -> list[Row]:
    rows = published_rows(table, vintage)
    assert heading in rows[0]
    rows[row - 2][heading] = cell
    return rows


def test_days_come_before_months(tmp_path):
    collisions = read_collisions(write_table(tmp_path, "collision", "2024"))
    assert collisions["collision_date"].tolist() == [pd.Timestamp("2019-04-03"), pd.Timestamp("2019-12-29")]
    assert collisions["collision_time"].tolist() == ["07:05", "23:59"]


def test_a_point_one_degree_west_is_a_point(tmp_path):
    rows = change("collision", 2, "longitude", "-1")
    collisions = read_collisions(write_rows(tmp_path / "collision.csv", rows))
    assert collisions["longitude"].tolist()[0] == -1.0
    assert collisions["longitude"].isna().tolist() == [False, True]


def test_old_marks_for_missing_are_missing(tmp_path):
    rows = published_rows("collision", "2005")
    for heading in ("Longitude", "Latitude", "Location_Easting_OSGR", "Location_Northing_OSGR", "Time"):
        rows[0][heading] = "NULL"
        rows[1][heading] = ""
    rows[1]["Local_Authority_(Highway)"] = "9999"
    collisions = read_collisions(write_rows(tmp_path / "Accidents7904.csv", rows))
    for name in ("longitude", "latitude", "easting_m", "northing_m", "collision_time"):
        assert collisions[name].isna().all()
    assert pd.isna(collisions.loc[1, "highway_authority_code"])


@pytest.mark.parametrize(
    ("cell", "limit", "note"),
    [
        ("30", 30.0, None),
        ("-1", None, "Data missing or out of range"),
        ("99", None, "unknown (self reported)"),
        ("0", None, "0, which is no speed limit"),
    ],
)
def test_a_missing_speed_limit_keeps_its_reason(tmp_path, cell, limit, note):
    collisions = read_collisions(write_rows(tmp_path / "collision.csv", change("collision", 2, "speed_limit", cell)))
    first = collisions.iloc[0]
    assert (None if pd.isna(first["speed_limit_mph"]) else first["speed_limit_mph"]) == limit
    assert (None if pd.isna(first["speed_limit_note"]) else first["speed_limit_note"]) == note


REFUSED = [
    ("collision", "collision_index", "2.01907E+12", "column 'collision_index' says '2.01907E+12'"),
    ("collision", "collision_index", "2019070000000", "an index is its year and its reference"),
    ("collision", "collision_ref_no", "70542272", "Leading zeros were probably lost"),
    ("collision", "collision_year", "2020", "an index is its year and its reference"),
    ("collision", "collision_year", "-1", "column 'collision_year' says '-1'"),
    ("collision", "date", "04/03/2019", "a Monday, and column 'day_of_week' says Wednesday"),
    ("collision", "date", "03/04/19", "column 'date' says '03/04/19'"),
    ("collision", "date", "2019-04-03", "allowed: a day like 30/09/2023"),
    ("collision", "date", "31/02/2019", "which is no day"),
    ("collision", "date", "03/04/2018", "in a collision of the year 2019"),
    ("collision", "date", "03/04/2019 07:05", "has a time of day"),
    ("collision", "time", "58:00.0", "allowed: a time like 14:55, or nothing"),
    ("collision", "time", "7:05", "column 'time' says '7:05'"),
    ("collision", "collision_severity", "4", "allowed: one of 1 (Fatal), 2 (Serious), 3 (Slight)"),
    ("collision", "collision_severity", "-1", "column 'collision_severity' says '-1'"),
    ("collision", "number_of_casualties", "1,200", "column 'number_of_casualties' says '1,200'"),
    ("collision", "number_of_casualties", "-1", "column 'number_of_casualties' says '-1'"),
    ("collision", "police_force", "999", "column 'police_force' says '999'"),
    ("collision", "local_authority_ons_district", "124", "a number is the former district's"),
    ("collision", "longitude", "53.34", "allowed: degrees, -9 to 2.5"),
    ("collision", "latitude", "-1", "only one of 'longitude' and 'latitude'"),
    ("collision", "speed_limit", "320", "column 'speed_limit' says '320'"),
    ("collision", "road_type", "42", "column 'road_type' says '42'"),
    ("collision", "lsoa_of_accident_location", "Halton 009A", "column 'lsoa_of_accident_location' says 'Halton 009A'"),
    ("collision", "collision_adjusted_severity_serious", "nan", "says 'nan'"),
    ("casualty", "age_of_casualty", "430", "allowed: whole years, 0 to 120, or -1"),
    ("casualty", "casualty_severity", "Slight", "column 'casualty_severity' says 'Slight'"),
    ("casualty", "casualty_adjusted_severity_serious", "1.2", "column 'casualty_adjusted_severity_serious' says '1.2'"),
    ("casualty", "casualty_adjusted_severity_serious", "0.5", "they add up to 1 elsewhere"),
    ("casualty", "casualty_adjusted_severity_serious", "-1", "has the adjusted severities nothing (serious)"),
    ("casualty", "casualty_type", "7", "column 'casualty_type' says '7'"),
    ("vehicle", "vehicle_type", "12", "column 'vehicle_type' says '12'"),
    ("vehicle", "engine_capacity_cc", "1,998", "column 'engine_capacity_cc' says '1,998'"),
]


@pytest.mark.parametrize(("table", "heading", "cell", "told"), REFUSED)
def test_a_cell_that_cannot_be_is_refused(tmp_path, table, heading, cell, told):
    path = write_rows(tmp_path / f"{table}.csv", change(table, 2, heading, cell))
    with pytest.raises(SourceError) as refusal:
        READERS[table](path)
    message = str(refusal.value)
    assert told in message
    assert message.startswith(f"{table}.csv: row 2")
    assert "Use the file as published." in message


def test_a_fatal_casualty_with_a_weight_would_count_twice(tmp_path):
    rows = change("casualty", 4, "casualty_adjusted_severity_serious", "1")
    with pytest.raises(SourceError, match=r"row 4 \(Fatal\) has the adjusted severities 1 \(serious\) and 0"):
        read_casualties(write_rows(tmp_path / "casualty.csv", rows))


def test_another_status_is_refused(tmp_path):
    path = write_rows(tmp_path / "casualty.csv", change("casualty", 2, "status", "Draft", "provisional"))
    with pytest.raises(SourceError, match="column 'status' says 'Draft'; allowed: Unvalidated"):
        read_casualties(path)


def test_an_old_file_without_any_time_is_refused(tmp_path):
    rows = published_rows("collision", "2005")
    for row in rows:
        del row["Time"]
    with pytest.raises(SourceError, match="has no time of day, and there is no column 'time'"):
        read_collisions(write_rows(tmp_path / "Accidents.csv", rows))


# Headings


@pytest.mark.parametrize("table", READERS)
def test_an_unknown_column_is_not_kept(tmp_path, table):
    rows = [{**row, "weather_station": "7"} for row in published_rows(table, "2024")]
    frame = READERS[table](write_rows(tmp_path / f"{table}.csv", rows))
    assert list(frame.columns) == list(READERS[table](write_table(tmp_path, table, "2024")).columns)


NEEDED = [
    (table, vintage, heading)
    for (table, vintage), headings in LAYOUTS.items()
    for heading in headings.split(",")
    for field in FIELDS[Table(table)]
    if plain_heading(heading) in field.headings
    and field.needed_since is not None
    and field.needed_since <= LAYOUT_YEARS[vintage]
]


@pytest.mark.parametrize(("table", "vintage", "heading"), NEEDED)
def test_a_needed_column_that_is_missing_is_refused(tmp_path, table, vintage, heading):
    rows = [{name: cell for name, cell in row.items() if name != heading} for row in published_rows(table, vintage)]
    with pytest.raises(SourceError, match=r"is missing|no time of day"):
        READERS[table](write_rows(tmp_path / f"{table}.csv", rows))


def test_weights_must_be_there_in_2024_and_need_not_be_in_2021(tmp_path):
    assert ("casualty", "2024", "casualty_adjusted_severity_serious") in NEEDED
    assert ("collision", "2021", "local_authority_ons_district") in NEEDED
    casualties = read_casualties(write_table(tmp_path, "casualty", "2021"))
    assert casualties["adjusted_serious"].isna().all()


def test_one_column_under_two_names_is_refused(tmp_path):
    rows = [{**row, "accident_index": row["collision_index"]} for row in published_rows("collision", "2024")]
    with pytest.raises(SourceError, match="'collision_index' and 'accident_index' are the same column"):
        read_collisions(write_rows(tmp_path / "collision.csv", rows))


def test_a_message_says_the_heading_of_the_file(tmp_path):
    path = write_rows(tmp_path / "Accidents.csv", change("collision", 2, "Accident_Severity", "9", "2005"))
    with pytest.raises(SourceError, match="column 'Accident_Severity' says '9'"):
        read_collisions(path)


# Deliveries


def test_a_zip_of_a_release_is_told_apart_by_headings(tmp_path):
    archive = tmp_path / "release.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for table in READERS:
            file.write(write_table(tmp_path, table, "2024"), f"{table[:2]}.csv")
        file.writestr("local_authority_traffic.csv", "local_authority_id,year\n1,1993\n")
        file.writestr("readme.txt", "see the data guide")
    frames = {table: read(archive) for table, read in READERS.items()}
    assert {table: len(frame) for table, frame in frames.items()} == {"collision": 2, "casualty": 3, "vehicle": 2}


def test_years_of_two_vintages_are_read_together(tmp_path):
    later = [{**row, "index": row["index"].replace("2019", "2024"), "year": "2024"} for row in CASUALTIES]
    write_table(tmp_path, "casualty", "2024", later)
    write_table(tmp_path, "casualty", "2005")
    casualties = read_casualties(tmp_path)
    assert len(casualties) == 6
    assert set(casualties["layout_year"]) == {1979, 2024}
    assert casualties.index.tolist() == list(range(6))


def test_a_file_named_after_another_table_is_refused(tmp_path):
    path = write_rows(tmp_path / "vehicle-2024.csv", published_rows("casualty", "2024"))
    with pytest.raises(SourceError, match="is named like a vehicle file and has the headings of a casualty file"):
        read_vehicles(path)


def test_a_file_without_rows_is_refused(tmp_path):
    path = tmp_path / "casualty.csv"
    path.write_text(LAYOUTS["casualty", "2024"] + "\n")
    with pytest.raises(SourceError, match="has headings and no rows"):
        read_casualties(path)
