"""Stop and search."""

import io

import pandas as pd
import pytest
from builders import HALTON

from shp_analysis.reference.periods import Month
from shp_analysis.simulator.borough import choose_authorities, read_sample_table
from shp_analysis.simulator.published import VINTAGES
from shp_analysis.simulator.stops import BLANK_FOR_VEHICLES, STOPS_HEADING, write_stop_lines

CHESHIRE = choose_authorities([HALTON, "E06000007", "E06000049", "E06000050"])


def read_stops(label):
    content = write_stop_lines(1, CHESHIRE, Month(label), VINTAGES[1])
    return pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False)


@pytest.mark.parametrize("label", ["2022-10", "2023-01", "2023-03", "2024-03", "2024-10"])
def test_every_search_is_filed_by_the_local_month(label):
    stops = read_stops(label)
    stamps = pd.to_datetime(stops["Date"])
    assert set(stamps.dt.tz_convert("Europe/London").dt.strftime("%Y-%m")) == {label}
    assert stops["Date"].is_monotonic_increasing
    assert stops["Date"].str.endswith("+00:00").all()


def test_an_october_file_can_open_in_september():
    first = [read_stops(f"{year}-10")["Date"].iloc[0] for year in range(2020, 2025)]
    assert any(stamp.startswith(f"{year}-09-30T23:") for stamp, year in zip(first, range(2020, 2025), strict=True))


def test_every_search_says_that_it_is_simulated():
    stops = read_stops("2024-06")
    assert list(stops.columns) == STOPS_HEADING.split(",")
    assert set(stops["Policing operation"]) == {"Simulated operation"}
    assert set(stops["Part of a policing operation"]) == {"True"}


def test_a_search_of_a_vehicle_describes_nobody():
    stops = read_stops("2024-06")
    is_vehicle = stops["Type"] == "Vehicle search"
    assert 0 < is_vehicle.mean() < 0.2
    assert (stops.loc[is_vehicle, list(BLANK_FOR_VEHICLES)] == "").all(axis=None)
    assert (stops.loc[~is_vehicle, "Gender"] != "").all()


def test_the_object_follows_from_the_legislation():
    stops = read_stops("2024-06")
    table = read_sample_table("stop_and_search.csv")
    objects = table.loc[table["field"] == "Object of search"]
    allowed = set(zip(objects["given"], objects["value"], strict=True))
    assert set(zip(stops["Legislation"], stops["Object of search"], strict=True)) <= allowed


def test_some_searches_have_no_place_and_the_others_have_both_coordinates():
    stops = read_stops("2024-06")
    assert ((stops["Latitude"] == "") == (stops["Longitude"] == "")).all()
    assert (stops["Latitude"] == "").mean() == pytest.approx(0.1, abs=0.05)
    placed = stops.loc[stops["Latitude"] != ""]
    assert placed["Latitude"].astype(float).between(52.9, 53.5).all()


def test_shares_add_up():
    shares = read_sample_table("stop_and_search.csv").groupby(["field", "given"])["share"].sum()
    assert shares.round(9).eq(1).all()
