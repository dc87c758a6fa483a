"""A received file can be taken out and put back, and answers nothing meanwhile."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from police_files import hash_tree, member_name, street_rows, write_csv, write_files, write_zip

from shp_analysis.config.parameters import today
from shp_analysis.errors import RequestError, SourceError, StoreError
from shp_analysis.store.intake import ingest, rebuild
from shp_analysis.store.store import Store, open_store
from shp_analysis.store.withdrawal import restore, withdraw

STREET = "police_uk_street"
MARCH, JUNE = date(2024, 3, 31), date(2024, 6, 30)


def write_edition(path: Path, rows: dict[str, int]) -> Path:
    return write_zip(path, {member_name(month): write_csv(street_rows(month)[:n]) for month, n in rows.items()})


def count_months(store: Store, as_of: date | None = None) -> dict[str, int]:
    found = store.query(STREET, "SELECT month, count(*) AS n FROM records GROUP BY month ORDER BY month", as_of=as_of)
    return dict(zip(found["month"], found["n"], strict=True))


@pytest.fixture
def store(tmp_path) -> Store:
    """Give a store in which January came in March and, wrong, in June."""
    data = tmp_path / "data"
    ingest(write_edition(tmp_path / "march.zip", {"2024-01": 5}), folder=data, received_on=MARCH)
    ingest(write_edition(tmp_path / "june.zip", {"2024-01": 6, "2024-02": 7}), folder=data, received_on=JUNE)
    return open_store(data)


def test_what_was_withdrawn_answers_for_no_day_and_what_it_had_replaced_does(store):
    file = withdraw("june.zip", reason="of another\nforce", folder=store.root)
    assert (file.withdrawn_on, file.withdrawal_reason) == (today(), "of another force")
    assert count_months(store) == count_months(store, JUNE) == {"2024-01": 5}
    assert [each.name for each in store.received_files()] == ["march.zip"]
    assert store.withdrawn_files() == (file,)
    assert (store.raw_folder / file.path).exists()
    assert set(store.releases(STREET)["period"]) == {"2024-01"}


def test_what_was_put_back_answers_as_before(store):
    before = hash_tree(store.root)
    withdraw("june.zip", folder=store.root)
    assert hash_tree(store.root) != before
    restore("june.zip", folder=store.root)
    assert hash_tree(store.root) == before
    assert count_months(store) == {"2024-01": 6, "2024-02": 7}
    assert count_months(store, MARCH) == {"2024-01": 5}


def test_a_rebuild_leaves_it_out_and_it_can_still_be_put_back(store):
    before = hash_tree(store.root)
    withdraw("june.zip", folder=store.root)
    assert rebuild(store) == 1
    assert count_months(store) == {"2024-01": 5}
    assert len(list(store.tables_folder.rglob("*.parquet"))) == 1
    restore("june.zip", folder=store.root)
    assert count_months(store) == {"2024-01": 6, "2024-02": 7}
    rebuild(store)
    assert hash_tree(store.root) == before


def test_the_only_file_may_be_withdrawn(store):
    withdraw("june.zip", folder=store.root)
    withdraw("march.zip", folder=store.root)
    rebuild(store)
    assert store.parts_held(STREET).empty
    assert store.table_names == frozenset()
    restore("march.zip", folder=store.root)
    assert count_months(store) == {"2024-01": 5}


def test_the_same_bytes_again_are_told_to_be_withdrawn(store, tmp_path):
    file = withdraw("june.zip", reason="wrong force", folder=store.root)
    said = rf"june\.zip: was received on 2024-06-30 and withdrawn on {today()} \(wrong force\)\. Put it back with"
    with pytest.raises(StoreError, match=f"{said} `shp restore {file.sha256[:12]}`"):
        ingest(tmp_path / "june.zip", folder=store.root)


def test_in_a_folder_a_withdrawn_file_is_named_and_the_others_are_taken_in(tmp_path):
    data, name = tmp_path / "data", "2024-01-cheshire-street.csv"
    folder = write_files(tmp_path / "inbox", {name: write_csv(street_rows("2024-01"))})
    ingest(folder, folder=data, received_on=JUNE)
    withdraw(name, folder=data)
    with pytest.raises(SourceError, match="and withdrawn on"):
        ingest(folder, folder=data, received_on=JUNE)
    write_files(folder, {name.replace("01-", "02-"): write_csv(street_rows("2024-02"))})
    report = ingest(folder, folder=data, received_on=JUNE)
    assert ([each.name for each in report.refused], len(report.received)) == ([name], 1)


def test_a_file_is_found_by_its_path_its_name_or_how_its_hash_begins(store):
    (_, june) = store.received_files()
    for name in (june.path, june.name, june.sha256[:6], june.sha256):
        assert withdraw(name, folder=store.root).path == june.path
        restore(name, folder=store.root)


def test_a_name_of_several_lists_them_and_changes_nothing(store, tmp_path):
    ingest(write_edition(tmp_path / "again" / "june.zip", {"2024-03": 4}), folder=store.root, received_on=MARCH)
    before = hash_tree(store.root)
    with pytest.raises(RequestError, match=r"2 received files are called 'june\.zip'") as refusal:
        withdraw("june.zip", folder=store.root)
    assert [line.split("  ")[-1] for line in str(refusal.value).splitlines()[1:]] == [
        f"police_uk/{JUNE}/june.zip",
        f"police_uk/{MARCH}/june.zip",
    ]
    assert hash_tree(store.root) == before


def test_what_is_not_there_or_was_done_already_is_told(store):
    with pytest.raises(
        RequestError, match=r"No received file is called 'jun\.zip'\. Did you mean june\.zip or march\.zip\?"
    ):
        withdraw("jun.zip", folder=store.root)
    with pytest.raises(RequestError, match="is not withdrawn, so there is nothing to put back"):
        restore("june.zip", folder=store.root)
    withdraw("june.zip", folder=store.root)
    with pytest.raises(RequestError, match=r"was withdrawn on .* already"):
        withdraw("june.zip", folder=store.root)
