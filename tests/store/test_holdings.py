"""What a room holds is read once for each state of its lists, and anew where either is replaced."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from police_files import write_archive

from shp_analysis.store.intake import ingest
from shp_analysis.store.ledger import HELD_COLUMNS, read_holdings, stamp_file
from shp_analysis.store.store import Store, open_store

STREET = "police_uk_street"
MARCH, JUNE = date(2024, 3, 31), date(2024, 6, 30)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    ingest(write_archive(tmp_path / "one.zip", months=["2024-01"]), folder=tmp_path / "data", received_on=MARCH)
    return open_store(tmp_path / "data")


def test_the_lists_are_read_once_while_they_stay(store: Store) -> None:
    store.parts_held(STREET)
    before = read_holdings.cache_info()
    store.parts_held(STREET)
    store.releases("police_uk_outcomes")
    after = read_holdings.cache_info()
    assert (after.misses, after.hits) == (before.misses, before.hits + 2)


def test_a_file_taken_in_is_seen_at_once(store: Store, tmp_path: Path) -> None:
    assert set(store.parts_held(STREET)["period"]) == {"2024-01"}
    ingest(write_archive(tmp_path / "two.zip", months=["2024-02"]), folder=tmp_path / "data", received_on=JUNE)
    assert set(store.parts_held(STREET)["period"]) == {"2024-01", "2024-02"}
    assert set(store.parts_held(STREET, as_of=MARCH)["period"]) == {"2024-01"}
    assert len(store.received_files()) == 2


def test_what_is_handed_out_is_the_callers_own(store: Store) -> None:
    mine = store.releases(STREET)
    mine["period"] = "changed"
    assert set(store.releases(STREET)["period"]) == {"2024-01"}
    assert list(mine.columns) == list(HELD_COLUMNS)


def test_a_file_has_a_stamp_and_nothing_has_none(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    assert stamp_file(path) is None
    path.write_text("a", encoding="utf-8")
    before = stamp_file(path)
    new = tmp_path / "list.new"
    new.write_text("b", encoding="utf-8")
    new.replace(path)
    assert stamp_file(path) not in {None, before}
