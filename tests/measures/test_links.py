"""Casualties without their collision: told, and no figure of a year that they may belong to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from builders import assess_one
from stats19_files import CASUALTIES, COLLISIONS, Row, published_rows, write_rows

from shp_analysis.assessment.comparator_areas import read_records_of_areas
from shp_analysis.assessment.verdicts import Verdict
from shp_analysis.config.catalogue import read_catalogue
from shp_analysis.measures.observations import count_observations
from shp_analysis.measures.records import AreaRecords, read_area_records
from shp_analysis.page.wording import check_wording
from shp_analysis.papers.results import as_record
from shp_analysis.reference.areas import read_area
from shp_analysis.store.intake import ingest
from shp_analysis.store.store import open_store
from shp_analysis.text.reasons import say
from shp_analysis.text.sentences import state, write_title

CASE = Path(__file__).parents[3] / "shared" / "cases" / "stats19-orphan-casualties-apart"
HALTON, WARRINGTON, LEEDS = ("E06000006", "07", "7"), ("E06000007", "07", "7"), ("E08000035", "13", "13")


def collide(place: tuple[str, str, str], number: int, year: str = "2024", hurt: int = 1) -> tuple[Row, list[Row]]:
    """Write a collision of a place, and those hurt in it: the first seriously, the others slightly."""
    authority, sender, force = place
    reference = f"{sender}{number:07d}"
    names = {"index": f"{year}{reference}", "year": year, "reference": reference}
    day = {"date": f"{1 + number % 28:02d}/{1 + number % 12:02d}/{year}", "force": force, "authority": authority}
    collision = {**COLLISIONS[0], **names, **day, "casualties": str(hurt), "severity": "2", "lsoa": "-1"}
    weekday = str(date(int(year), 1 + number % 12, 1 + number % 28).isoweekday() % 7 + 1)
    severities = ["2"] + ["3"] * (hurt - 1)
    casualties = [
        {**CASUALTIES[0], **names, "casualty": str(1 + place), "severity": severity,
         "serious": str(int(severity == "2")), "slight": str(int(severity == "3"))}
        for place, severity in enumerate(severities)
    ]  # fmt: skip
    return {**collision, "weekday": weekday}, casualties


def a_year(year: str = "2024") -> list[tuple[Row, list[Row]]]:
    """Twelve collisions of each place, one a month, two people hurt in each."""
    places = (HALTON, WARRINGTON, LEEDS)
    return [
        collide(place, 12 * at + number, year, hurt=2) for at, place in enumerate(places) for number in range(1, 13)
    ]


def write(folder: Path, table: str, rows: Sequence[Row]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"dft-road-casualty-statistics-{table}-2024.csv"
    return write_rows(path, published_rows(table, "2024", list(rows)))


def take_in(tmp_path: Path, collisions: Sequence[Row], casualties: Sequence[Row], *, first: str = "collision") -> Path:
    """Take in one file after the other, in either order."""
    files = {
        "collision": write(tmp_path / "published", "collision", collisions),
        "casualty": write(tmp_path / "published", "casualty", casualties),
    }
    for name in sorted(files, key=lambda name: name != first):
        ingest(files[name], folder=tmp_path / "data", received_on=date(2025, 10, 1))
    return tmp_path / "data"


def read(data: Path, area: str, table: str = "stats19_casualties") -> AreaRecords:
    return read_area_records(open_store(data), table, read_area(area))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    year = a_year()
    folder = tmp_path_factory.mktemp("whole")
    return take_in(folder, [each for each, _ in year], [each for _, hurt in year for each in hurt])


@pytest.mark.parametrize("first", ["collision", "casualty"])
def test_casualties_without_their_collision_are_told(tmp_path: Path, first: str) -> None:
    year = a_year()
    held = [each for number, (each, _) in enumerate(year) if number not in {2, 5, 7}]
    data = take_in(tmp_path, held, [each for _, hurt in year for each in hurt], first=first)
    found = assess_one(read(data, "Halton"), "RS-01", "2024")
    assert (found.verdict, found.count) == (Verdict.INCOMPLETE, None)
    assert say(found.reasons[0]) == (
        "2024 is not whole: no collision was received for 6 casualties, who may be of Halton or not; 18 of Halton have "
        "one, so the number lies between 18 and 24. No comparison is made."
    )
    assert as_record(found)["unlinked"] == {"records": 6, "counted": 18}
    assert write_title(found) == "All casualties: incomplete"
    sentence = "All casualties: 2024 is not whole, so no figure is given. No collision was received for 6 casualties"
    assert state(found).text.startswith(sentence)
    assert check_wording(state(found).text, verdict=found.verdict.value) == []


def test_the_rest_of_the_force_is_not_whole_either_and_another_force_is(tmp_path: Path) -> None:
    year = a_year()
    data = take_in(tmp_path, [each for each, _ in year[1:]], [each for _, hurt in year for each in hurt])
    assert assess_one(read(data, "Warrington"), "RS-01", "2024").count is None
    assert assess_one(read(data, "Cheshire"), "RS-01", "2024").count is None
    leeds = assess_one(read(data, "Leeds"), "RS-01", "2024")
    assert (leeds.count, leeds.comparisons[0].unlinked) == (24, None)


def test_every_kind_of_casualty_is_asked_for_itself(tmp_path: Path) -> None:
    year = a_year()
    one, (serious, slight) = year[0]
    others = [each for _, hurt in year[1:] for each in hurt]
    data = take_in(tmp_path, [each for each, _ in year[1:]], [*others, slight])
    assert one not in [each for each, _ in year[1:]]
    assert assess_one(read(data, "Halton"), "RS-04", "2024").count == 11  # nobody seriously hurt is without a collision
    assert assess_one(read(data, "Halton"), "RS-01", "2024").count is None
    again = take_in(tmp_path / "other", [each for each, _ in year[1:]], [*others, serious])
    assert assess_one(read(again, "Halton"), "RS-04", "2024").count is None


def test_collisions_that_only_casualties_name_are_missing_collisions(tmp_path: Path, whole: Path) -> None:
    year = a_year()
    data = take_in(tmp_path, [each for each, _ in year[2:]], [each for _, hurt in year for each in hurt])
    found = assess_one(read(data, "Halton", "stats19_collisions"), "RS-02", "2024")
    assert found.count is None
    assert say(found.reasons[0]).startswith(
        "2024 is not whole: casualties name 2 collisions, of Halton or not, that were not"
    )
    assert "between 10 and 12" in say(found.reasons[0])
    assert assess_one(read(whole, "Halton", "stats19_collisions"), "RS-02", "2024").count == 12


def test_a_casualty_file_that_was_cut_short(tmp_path: Path) -> None:
    year = a_year()
    casualties = [each for _, hurt in year for each in hurt][1:]
    data = take_in(tmp_path, [each for each, _ in year], casualties)
    found = assess_one(read(data, "Halton"), "RS-01", "2024")
    assert found.count is None
    assert say(found.reasons[0]) == (
        "2024 is not whole: the collisions of Halton state 1 casualty more than the file holds, which are 23. No "
        "comparison is made."
    )
    assert assess_one(read(data, "Warrington"), "RS-01", "2024").count == 24
    assert assess_one(read(data, "Halton", "stats19_collisions"), "RS-02", "2024").count == 12


def test_whole_files_are_counted(whole: Path) -> None:
    for area in ("Halton", "Warrington", "Leeds"):
        records = read(whole, area)
        assert (len(records.unlinked), len(records.lacking)) == (0, 0)
        assert assess_one(records, "RS-01", "2024").count == 24
        assert assess_one(records, "RS-04", "2024").count == 12


def test_a_later_file_that_brings_the_collisions_mends_the_year(tmp_path: Path) -> None:
    year = a_year()
    casualties = [each for _, hurt in year for each in hurt]
    data = take_in(tmp_path, [each for each, _ in year[1:]], casualties)
    later = write(tmp_path / "later", "collision", [each for each, _ in year])
    ingest(later, folder=data, received_on=date(2025, 11, 1))
    assert assess_one(read(data, "Halton"), "RS-01", "2024").count == 24
    then = read_area_records(open_store(data), "stats19_casualties", read_area("Halton"), as_of=date(2025, 10, 15))
    assert assess_one(then, "RS-01", "2024").count is None


def test_casualties_of_a_year_without_any_collision(tmp_path: Path) -> None:
    before, year = a_year("2023"), a_year("2024")
    casualties = [each for _, hurt in (*before, *year) for each in hurt]
    data = take_in(tmp_path, [each for each, _ in before], casualties)
    records = read(data, "Halton")
    assert assess_one(records, "RS-01", "2023").count == 24
    found = assess_one(records, "RS-01", "2024")
    assert (found.period.label, found.count) == ("2023", 24)
    assert say(found.notes[-1]) == (
        "After 2023, no collision was received for 48 casualties, who may be of Halton or not; 0 of Halton have one, "
        "so the number lies between 0 and 48."
    )
    assert int(records.unlinked["records"].sum()) == 48  # of both authorities of the force


def test_other_areas_are_read_by_the_same_rule(tmp_path: Path) -> None:
    year = a_year()
    data = take_in(tmp_path, [each for each, _ in year[1:]], [each for _, hurt in year for each in hurt])
    places = [read_area(name) for name in ("Halton", "Warrington", "Leeds")]
    found = read_records_of_areas(open_store(data), "stats19_casualties", places)
    indicator = read_catalogue().indicator("RS-01")
    counted = {
        records.area.name: count_observations(records, indicator)["numerator"].sum() for records in found.values()
    }
    assert counted == {"Halton": 0, "Warrington": 0, "Leeds": 24}


@pytest.mark.skipif(not CASE.exists(), reason="the shared cases are not beside the project")
def test_published_files_with_casualties_apart(tmp_path: Path) -> None:
    for path in sorted(CASE.glob("*.csv")):
        ingest(path, folder=tmp_path, received_on=date(2025, 10, 1))
    found = assess_one(read(tmp_path, "E08000033"), "RS-01", "2024")
    assert found.count is None
    assert say(found.reasons[0]) == (
        "2024 is not whole: no collision was received for 48 casualties, who may be of Calderdale or not; 428 of "
        "Calderdale have one, so the number lies between 428 and 476. No comparison is made."
    )
