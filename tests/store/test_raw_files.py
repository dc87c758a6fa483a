"""Files as received are compared with the ledger."""

from __future__ import annotations

from datetime import date

from police_files import write_archive

from shp_analysis.store.intake import ingest
from shp_analysis.store.store import RawFileState, check_raw_files, open_store
from shp_analysis.store.withdrawal import withdraw


def test_missing_changed_and_unknown_files_are_named(tmp_path):
    data = tmp_path / "data"
    for month in ("01", "02", "03"):
        ingest(write_archive(tmp_path / f"{month}.zip", [f"2024-{month}"]), folder=data, received_on=date(2024, 6, 30))
    store = open_store(data)
    assert check_raw_files(store) == ()
    gone, changed, _ = (store.raw_folder / file.path for file in store.received_files())
    gone.unlink()
    content = changed.read_bytes()
    changed.write_bytes(bytes([content[0] ^ 1]) + content[1:])
    (store.raw_folder / "found.zip").write_bytes(b"?")
    withdraw("02.zip", folder=data)
    folder = "police_uk/2024-06-30"
    assert [(each.path, each.state) for each in check_raw_files(store)] == [
        (f"{folder}/01.zip", RawFileState.MISSING),
        (f"{folder}/02.zip", RawFileState.CHANGED),
        ("found.zip", RawFileState.UNKNOWN),
    ]
    assert check_raw_files(store)[2].sentence.startswith("raw/found.zip is not in the ledger.")


def test_an_empty_room_has_nothing_to_compare(tmp_path):
    assert check_raw_files(open_store(tmp_path / "data")) == ()
