"""Which files make a release, and which release comes before it."""

from __future__ import annotations

from datetime import date

from police_files import member_name, street_csv, write_archive, write_files

from shp_analysis.monitoring.releases import name_files
from shp_analysis.store.intake import ingest
from shp_analysis.store.store import open_store

from .makers import pairs_of

STREET = "police_uk_street"
MAY, JUNE = date(2024, 5, 31), date(2024, 6, 30)


def test_a_folder_of_months_is_one_release(tmp_path):
    files = {member_name(month): street_csv(month) for month in ("2024-01", "2024-02")}
    ingest(write_files(tmp_path / "months", files), folder=tmp_path / "data", received_on=MAY)
    (pair,) = pairs_of(open_store(tmp_path / "data"), STREET)
    assert (pair.has_older, sorted(pair.newer["period"]), pair.units) == (False, ["2024-01", "2024-02"], ("cheshire",))
    assert name_files(pair.newer) == "2024-02-cheshire-street.csv and 1 more"


def test_a_part_that_comes_again_on_the_same_day_begins_a_new_release(tmp_path):
    data = tmp_path / "data"
    ingest(write_archive(tmp_path / "one.zip", ["2024-01", "2024-02"]), folder=data, received_on=MAY)
    ingest(write_archive(tmp_path / "two.zip", ["2024-02", "2024-03"]), folder=data, received_on=MAY)
    (pair,) = pairs_of(open_store(data), STREET)
    assert (list(pair.older["period"]), list(pair.newer["period"])) == (["2024-01", "2024-02"], ["2024-02", "2024-03"])


def test_every_force_has_its_own_release_before(tmp_path):
    data = tmp_path / "data"
    ingest(write_archive(tmp_path / "one.zip", ["2024-01"]), folder=data, received_on=MAY)
    ingest(write_archive(tmp_path / "mersey.zip", ["2024-01"], "merseyside"), folder=data, received_on=JUNE)
    ingest(write_archive(tmp_path / "two.zip", ["2024-02"]), folder=data, received_on=JUNE)
    pairs = {pair.units: pair for pair in pairs_of(open_store(data), STREET)}
    assert name_files(pairs["cheshire",].older) == "one.zip"
    assert not pairs["merseyside",].has_older


def test_the_newest_release_is_that_of_the_day_asked_about(tmp_path):
    data = tmp_path / "data"
    for day, month in ((MAY, "2024-01"), (JUNE, "2024-02")):
        ingest(write_archive(tmp_path / f"{month}.zip", [month]), folder=data, received_on=day)
    (pair,) = pairs_of(open_store(data), STREET, as_of=MAY)
    assert (name_files(pair.newer), pair.has_older) == ("2024-01.zip", False)
