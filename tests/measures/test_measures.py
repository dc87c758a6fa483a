"""Counting months: what is there, what is missing, what is a part of a month, what other forces recorded."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from builders import ASB, build_records, steady, street_rows, unplaced_rows, write_street

from shp_analysis.assessment.comparator_areas import read_records_of_areas
from shp_analysis.config.catalogue import Indicator, Measure, Polarity, Tier, read_catalogue
from shp_analysis.errors import ParametersError
from shp_analysis.measures.observations import OBSERVATION_COLUMNS, count_observations, missing_months
from shp_analysis.measures.records import read_area_records, select_records
from shp_analysis.reference.areas import read_area
from shp_analysis.reference.periods import Quarter
from shp_analysis.store.intake import ingest
from shp_analysis.store.store import open_store

CATALOGUE = read_catalogue()


def test_observations_of_a_quarter(tmp_path: Path) -> None:
    records = build_records(
        tmp_path, {"2025-01": {ASB: 2, "Burglary": 3}, "2025-02": {"Burglary": 1}, "2025-03": {ASB: 4, "Drugs": 5}}
    )
    crimes = count_observations(records, CATALOGUE.indicator("ALL-01"))
    assert tuple(crimes.columns) == OBSERVATION_COLUMNS
    assert crimes["numerator"].tolist() == [3, 1, 5]
    assert crimes["denominator"].tolist() == [129_759] * 3
    assert crimes["period_start"].tolist() == [date(2025, 1, 1), date(2025, 2, 1), date(2025, 3, 1)]
    assert crimes["is_provisional"].all()
    assert count_observations(records, CATALOGUE.indicator("ASB-01"))["numerator"].tolist() == [2, 0, 4]


def test_a_month_without_a_file_is_missing_and_not_zero(tmp_path: Path) -> None:
    records = build_records(tmp_path, {"2025-01": {"Burglary": 3}, "2025-03": {"Burglary": 5}})
    observations = count_observations(records, CATALOGUE.indicator("Burglary"))
    assert observations["numerator"].tolist() == [3, 5]
    assert [month.label for month in missing_months(observations, Quarter("2024-25 Q4"))] == ["2025-02"]


def test_a_part_of_a_month_is_missing_too(tmp_path: Path) -> None:
    months = steady("2024-01", 12, {ASB: 10, "Burglary": 40})
    months["2024-07"] = {ASB: 10, "Burglary": 9}
    records = build_records(tmp_path, months)
    assert records.thin_periods == {"asb": frozenset(), "crime": frozenset({"2024-07"})}
    burglary = count_observations(records, CATALOGUE.indicator("Burglary"))
    assert "2024-07" not in [f"{start:%Y-%m}" for start in burglary["period_start"]]
    assert len(count_observations(records, CATALOGUE.indicator("ASB-01"))) == 12


def test_a_month_with_no_row_of_the_area_is_missing(tmp_path: Path) -> None:
    published = tmp_path / "published"
    write_street(published, "2025-01", {"Burglary": 2})
    write_street(
        published, "2025-02", {}, more=street_rows("2025-02", {"Burglary": 9}, place=("E01012500", "Warrington 024C"))
    )
    ingest(published, folder=tmp_path / "data", received_on=date(2025, 6, 1))
    records = read_area_records(open_store(tmp_path / "data"), "police_uk_street", read_area("Halton"))
    assert count_observations(records, CATALOGUE.indicator("Burglary"))["numerator"].tolist() == [2]


def test_a_quiet_month_is_whole(tmp_path: Path) -> None:
    months = steady("2024-01", 12, {ASB: 10, "Burglary": 40})
    months["2024-07"] = {ASB: 10, "Burglary": 11}
    assert build_records(tmp_path, months).thin_periods["crime"] == frozenset()


def test_too_few_months_nearby_to_call_one_thin(tmp_path: Path) -> None:
    months = {"2024-01": {"Burglary": 40}, "2024-02": {"Burglary": 40}, "2024-03": {"Burglary": 1}}
    assert build_records(tmp_path, months).thin_periods["crime"] == frozenset()


def test_rows_of_other_forces_and_places_are_not_counted(tmp_path: Path) -> None:
    published = tmp_path / "published"
    other_areas = street_rows("2025-01", {"Burglary": 7}, place=("E01012500", "Warrington 024C"))
    write_street(published, "2025-01", {"Burglary": 2}, more=other_areas)
    write_street(published, "2025-01", {"Burglary": 3}, force="merseyside")
    ingest(published, folder=tmp_path / "data", received_on=date(2025, 6, 1))
    store = open_store(tmp_path / "data")
    halton = read_area_records(store, "police_uk_street", read_area("Halton"))
    assert count_observations(halton, CATALOGUE.indicator("Burglary"))["numerator"].tolist() == [2]
    assert halton.other_forces.to_dict("records") == [
        {"period": "2025-01", "force": "merseyside", "crime_type": "Burglary", "records": 3}
    ]
    warrington = read_area_records(store, "police_uk_street", read_area("Warrington"))
    assert count_observations(warrington, CATALOGUE.indicator("Burglary"))["numerator"].tolist() == [7]
    cheshire = read_area_records(store, "police_uk_street", read_area("Cheshire"))
    assert count_observations(cheshire, CATALOGUE.indicator("Burglary"))["numerator"].tolist() == [9]


@pytest.mark.parametrize(
    ("area", "counted"), [("Cheshire", 9 + 5 + 1), ("Halton", 2), ("Warrington", 7), ("Runcorn", None)]
)
def test_records_without_a_place_are_the_whole_forces(tmp_path: Path, area: str, counted: int | None) -> None:
    published = tmp_path / "published"
    more = street_rows("2025-01", {"Burglary": 7}, place=("E01012500", "Warrington 024C"))
    beyond = street_rows("2025-01", {"Burglary": 1}, place=("E01033768", "Liverpool 061C"))
    lost = unplaced_rows("2025-01", {"Burglary": 5, "Drugs": 4})
    write_street(published, "2025-01", {"Burglary": 2}, more=[*more, *beyond, *lost])
    others = unplaced_rows("2025-01", {"Burglary": 50}, force="merseyside")
    write_street(published, "2025-01", {"Burglary": 3}, force="merseyside", more=others)
    ingest(published, folder=tmp_path / "data", received_on=date(2025, 6, 1))
    store = open_store(tmp_path / "data")
    place = read_area(area)
    read = [
        read_area_records(store, "police_uk_street", place),
        read_records_of_areas(store, "police_uk_street", [read_area("Merseyside"), place])[place.code],
    ]
    for records in read:
        found = count_observations(records, CATALOGUE.indicator("Burglary"))
        assert found["numerator"].tolist() == ([counted] if counted else [])


def test_towns_are_counted_by_their_neighbourhoods(tmp_path: Path) -> None:
    published = tmp_path / "published"
    runcorn = street_rows("2025-01", {"Burglary": 4}, place=("E01012428", "Halton 011A"))
    write_street(published, "2025-01", {"Burglary": 2}, more=runcorn)
    ingest(published, folder=tmp_path / "data", received_on=date(2025, 6, 1))
    store = open_store(tmp_path / "data")
    counted = {
        town: count_observations(
            read_area_records(store, "police_uk_street", read_area(town)), CATALOGUE.indicator("Burglary")
        )["numerator"].tolist()
        for town in ("Runcorn", "Widnes")
    }
    assert counted == {"Runcorn": [4], "Widnes": [2]}


def test_the_newest_archive_on_the_day_is_counted(tmp_path: Path) -> None:
    data = tmp_path / "data"
    for day, count in ((date(2025, 3, 31), 5), (date(2025, 6, 30), 6)):
        published = tmp_path / f"received-{day}"
        write_street(published, "2025-01", {"Burglary": count})
        ingest(published, folder=data, received_on=day)
    store = open_store(data)
    told = [
        count_observations(
            read_area_records(store, "police_uk_street", read_area("Halton"), as_of=as_of),
            CATALOGUE.indicator("Burglary"),
        )["numerator"].tolist()
        for as_of in (date(2025, 3, 1), date(2025, 4, 1), date(2025, 7, 1), None)
    ]
    assert told == [[], [5], [6], [6]]


def test_an_area_whose_force_sent_nothing_has_no_months(tmp_path: Path) -> None:
    records = build_records(tmp_path, {"2025-01": {"Burglary": 3}}, area="Leeds")
    assert records.periods.empty
    assert count_observations(records, CATALOGUE.indicator("Burglary")).empty


def test_a_filter_on_an_unknown_column_is_refused(tmp_path: Path) -> None:
    records = build_records(tmp_path, {"2025-01": {"Burglary": 3}})
    with pytest.raises(ParametersError, match="it can be filtered by crime_type"):
        select_records(records, Measure(records="police_uk_street", include={"weapon": ("knife",)}))


def test_an_unknown_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ParametersError, match="not a table that indicators are counted from"):
        read_area_records(open_store(tmp_path), "sightings", read_area("Halton"))


def test_a_new_indicator_is_an_entry_and_no_code(tmp_path: Path) -> None:
    records = build_records(tmp_path, {"2025-01": {"Burglary": 3, "Robbery": 2, "Drugs": 9}})
    taking = Measure(records="police_uk_street", include={"crime_type": ("Burglary", "Robbery")})
    entry = Indicator(
        id="NEW-01",
        name="Taking",
        definition="Burglary and robbery.",
        theme="crime_and_asb",
        numerator="recorded crimes",
        polarity=Polarity.LOWER,
        lowest_geography="lsoa",
        release_lag_days=60,
        disclosure_tier=Tier.OPEN,
        caveat="None.",
        sources={"police_uk": taking},
    )
    assert count_observations(records, entry)["numerator"].tolist() == [5]
