"""Taking files in: whole or not at all, once, on a day that can be."""

from __future__ import annotations

import errno
import os
import shutil
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from police_files import (
    hash_tree,
    member_name,
    outcome_rows,
    search_rows,
    street_csv,
    street_rows,
    write_archive,
    write_csv,
    write_files,
    write_zip,
)

from shp_analysis.errors import RequestError, SourceError, StoreError
from shp_analysis.readers.deliveries import date_in_name
from shp_analysis.store import staging
from shp_analysis.store.intake import EARLIEST_RECEIPT, _day_of_receipt, ingest, rebuild
from shp_analysis.store.staging import LOCK_NAME
from shp_analysis.store.store import Store, open_store

STREET = "police_uk_street"
DAY = date(2024, 6, 30)
ALL_KINDS = {
    member_name("2024-10"): street_csv("2024-10"),
    member_name("2024-10", kind="outcomes"): write_csv(outcome_rows("2024-10")),
    member_name("2024-10", kind="stop-and-search"): write_csv(search_rows()),
    member_name("2024-10", "merseyside"): street_csv("2024-10", "merseyside"),
}


def today() -> date:
    return datetime.now(tz=UTC).astimezone().date()


def simulated_csv(month: str = "2024-01") -> bytes:
    return write_csv([{**row, "Location": "On or near Simulated Street 1"} for row in street_rows(month)])


def list_left(data: Path) -> list[str]:
    """List what a writer may leave behind only while it writes."""
    return sorted(path.name for path in data.rglob(".*") if path.name != LOCK_NAME)


def count_months(store: Store, as_of: date | None = None) -> dict[str, int]:
    """Count the records of each month, as a question to the store does."""
    found = store.query(STREET, "SELECT month, count(*) AS n FROM records GROUP BY month ORDER BY month", as_of=as_of)
    return dict(zip(found["month"], found["n"], strict=True))


def test_an_archive_is_kept_as_received_and_can_be_asked(tmp_path):
    path = write_zip(tmp_path / "cheshire-archive-2024-11.zip", ALL_KINDS)
    report = ingest(path, folder=tmp_path / "data")
    (received,) = report.received
    assert (report.files, report.rows, report.is_simulated, report.already_held) == (4, 12 + 8 + 2 + 12, False, ())
    assert (received.sequence, received.name, received.received_on) == (1, path.name, date(2024, 11, 30))
    store = open_store(tmp_path / "data")
    assert (store.raw_folder / received.path).read_bytes() == path.read_bytes()
    assert received.path == "police_uk/2024-11-30/cheshire-archive-2024-11.zip"
    assert received.size_bytes == path.stat().st_size
    assert store.received_files() == (received,)
    assert count_months(store) == {"2024-10": 24}
    by_force = store.query(STREET, "SELECT force, count(*) AS n FROM records GROUP BY force ORDER BY force")
    assert by_force.to_dict("list") == {"force": ["cheshire", "merseyside"], "n": [12, 12]}
    assert store.query("police_uk_outcomes", "SELECT count(*) AS n FROM records")["n"].tolist() == [8]
    assert store.query("police_uk_stop_and_search", "SELECT count(*) AS n FROM records")["n"].tolist() == [2]


def test_nothing_is_left_lying_about(tmp_path):
    ingest(write_archive(tmp_path / "archive.zip"), folder=tmp_path / "data", received_on=DAY)
    kept = hash_tree(tmp_path / "data")
    assert sorted(name for name, content in kept.items() if content != "/") == [
        LOCK_NAME,
        "raw/police_uk/2024-06-30/archive.zip",
        "raw/received.csv",
        "store/headings.csv",
        "store/parts.csv",
        f"store/police_uk_street/{kept['raw/police_uk/2024-06-30/archive.zip']}.parquet",
    ]


def test_taking_the_same_bytes_in_again_changes_nothing(tmp_path):
    data = tmp_path / "data"
    path = write_archive(tmp_path / "archive.zip")
    first = ingest(path, folder=data, received_on=DAY)
    before = hash_tree(data)
    again = ingest(path, folder=data, received_on=DAY + timedelta(days=9))
    renamed = ingest(path.rename(tmp_path / "renamed-2024-09.zip"), folder=data)
    for report in (again, renamed):
        assert (report.received, report.already_held) == ((), first.received)
        assert (report.files, report.rows, report.is_simulated) == (0, 0, False)
    assert hash_tree(data) == before


def test_a_folder_of_old_and_new_files_brings_the_new_ones(tmp_path):
    data = tmp_path / "data"
    folder = write_files(tmp_path / "months", {member_name("2024-01"): street_csv("2024-01")})
    first = ingest(folder, folder=data, received_on=DAY)
    write_files(folder, {member_name("2024-02"): street_csv("2024-02")})
    second = ingest(folder, folder=data, received_on=DAY)
    assert [file.path for file in first.received + second.received] == [
        "police_uk/2024-06-30/months/2024-01/2024-01-cheshire-street.csv",
        "police_uk/2024-06-30/months/2024-02/2024-02-cheshire-street.csv",
    ]
    assert second.already_held == first.received
    assert [file.sequence for file in open_store(data).received_files()] == [1, 2]
    assert count_months(open_store(data)) == {"2024-01": 12, "2024-02": 12}


def test_a_single_file_is_taken_in(tmp_path):
    (tmp_path / "2024-01-cheshire-street.csv").write_bytes(street_csv())
    report = ingest(tmp_path / "2024-01-cheshire-street.csv", folder=tmp_path / "data")
    assert report.received[0].received_on == today(), "the date its name begins with is that of the records"
    assert count_months(open_store(tmp_path / "data")) == {"2024-01": 12}


def test_every_monthly_file_is_announced(tmp_path):
    told: list[tuple[str, int, int]] = []
    folder = write_files(
        tmp_path / "months", {member_name(month): street_csv(month) for month in ("2024-02", "2024-01")}
    )
    ingest(folder, folder=tmp_path / "data", on_progress=lambda *what: told.append(what))
    assert told == [("2024-01-cheshire-street.csv", 1, 2), ("2024-02-cheshire-street.csv", 2, 2)]


# --- the day ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["archive-2024-06.zip", "archive-2024-06-14.zip", "2024-06.zip"])
def test_the_day_is_the_one_the_name_ends_in(tmp_path, name):
    path = write_archive(tmp_path / name)
    (received,) = ingest(path, folder=tmp_path / "data").received
    assert received.received_on == date_in_name(path)


def test_the_day_that_is_given_wins_over_the_name(tmp_path):
    path = write_archive(tmp_path / "archive-2024-06.zip")
    (received,) = ingest(path, folder=tmp_path / "data", received_on=date(2024, 7, 3)).received
    assert received.received_on == date(2024, 7, 3)


@pytest.mark.parametrize("name", ["archive.zip", "archive-2999-01.zip", "archive-1999-01.zip", "archive-2024-13.zip"])
def test_the_day_is_today_where_the_name_has_none_that_can_be(tmp_path, name):
    before = today()
    (received,) = ingest(write_archive(tmp_path / name), folder=tmp_path / "data").received
    assert before <= received.received_on <= today()


@pytest.mark.parametrize("day", [today() + timedelta(days=2), EARLIEST_RECEIPT - timedelta(days=1)])
def test_a_day_that_cannot_be_is_refused_before_anything_is_read(tmp_path, day):
    with pytest.raises(RequestError, match=f"cannot have been received on {day}: give a day from 2010-12-01 to today"):
        ingest(tmp_path / "not even there.zip", folder=tmp_path / "data", received_on=day)
    assert not (tmp_path / "data").exists()


def test_the_first_day_that_can_be_is_taken(tmp_path):
    path = write_archive(tmp_path / "archive.zip", ["2010-12"])
    (received,) = ingest(path, folder=tmp_path / "data", received_on=EARLIEST_RECEIPT).received
    assert received.received_on == EARLIEST_RECEIPT


def test_two_files_of_one_name_on_one_day_both_stay(tmp_path):
    data = tmp_path / "data"
    one = write_archive(tmp_path / "one" / "archive.zip", ["2024-01"])
    other = write_archive(tmp_path / "other" / "archive.zip", ["2024-02"])
    (first,) = ingest(one, folder=data, received_on=DAY).received
    (second,) = ingest(other, folder=data, received_on=DAY).received
    store = open_store(data)
    assert first.path != second.path
    assert first.name == second.name == "archive.zip"
    assert (store.raw_folder / first.path).read_bytes() == one.read_bytes()
    assert (store.raw_folder / second.path).read_bytes() == other.read_bytes()
    assert count_months(store) == {"2024-01": 12, "2024-02": 12}
    before = hash_tree(data)
    assert rebuild(store) == 2
    assert hash_tree(data) == before


# --- the simulated room -----------------------------------------------------------------------------------------------


def test_simulated_files_go_to_a_room_of_their_own(tmp_path):
    data = tmp_path / "data"
    pretend = write_zip(tmp_path / "pretend.zip", {member_name(): simulated_csv()})
    assert ingest(pretend, folder=data, received_on=DAY).is_simulated
    assert open_store(data).is_simulated, "the only room with anything in it"
    ingest(write_archive(tmp_path / "real.zip", ["2024-02"]), folder=data, received_on=DAY)
    assert not open_store(data).is_simulated, "real files come first"
    real, simulated = open_store(data, simulated=False), open_store(data, simulated=True)
    assert count_months(real) == {"2024-02": 12}
    assert count_months(simulated) == {"2024-01": 12}
    assert simulated.root == data / "simulated"


def test_a_simulated_file_goes_in_once(tmp_path):
    data = tmp_path / "data"
    path = write_zip(tmp_path / "pretend.zip", {member_name(): simulated_csv()})
    first = ingest(path, folder=data, received_on=DAY)
    before = hash_tree(data)
    again = ingest(path, folder=data, received_on=DAY)
    assert (again.received, again.already_held, again.is_simulated) == ((), first.received, True)
    assert hash_tree(data) == before


def test_an_archive_of_simulated_and_real_files_is_refused(tmp_path):
    data = tmp_path / "data"
    ingest(write_archive(tmp_path / "first.zip"), folder=data, received_on=DAY)
    before = hash_tree(data)
    mixed = {member_name("2024-02"): street_csv("2024-02"), member_name("2024-03"): simulated_csv("2024-03")}
    with pytest.raises(StoreError, match="holds simulated and real files together"):
        ingest(write_zip(tmp_path / "mixed.zip", mixed), folder=data, received_on=DAY)
    assert hash_tree(data) == before


def test_of_a_folder_of_simulated_and_real_files_the_real_ones_are_taken_in(tmp_path):
    data = tmp_path / "data"
    mixed = {member_name("2024-02"): street_csv("2024-02"), member_name("2024-03"): simulated_csv("2024-03")}
    report = ingest(write_files(tmp_path / "mixed", mixed), folder=data, received_on=DAY)
    assert [file.name for file in report.received] == ["2024-02-cheshire-street.csv"]
    (refused,) = report.refused
    assert refused.reason.endswith("is simulated, and other files of the folder are real. Take it in by itself.")
    assert count_months(open_store(data, simulated=False)) == {"2024-02": 12}
    assert open_store(data, simulated=True).is_empty


def test_a_real_file_beside_a_simulated_one_that_is_held_goes_to_the_room_of_real_files(tmp_path):
    data = tmp_path / "data"
    folder = write_files(tmp_path / "months", {member_name("2024-01"): simulated_csv("2024-01")})
    ingest(folder, folder=data, received_on=DAY)
    write_files(folder, {member_name("2024-02"): street_csv("2024-02")})
    report = ingest(folder, folder=data, received_on=DAY)
    assert (len(report.received), len(report.already_held), report.is_simulated) == (1, 1, False)
    assert count_months(open_store(data, simulated=False)) == {"2024-02": 12}
    assert count_months(open_store(data, simulated=True)) == {"2024-01": 12}


# --- when something goes wrong ----------------------------------------------------------------------------------------


def test_a_second_ingest_while_one_goes_on_is_refused_and_told_who_is_writing(tmp_path, monkeypatch):
    monkeypatch.setattr(staging, "WAIT_SECONDS", 0)
    data = tmp_path / "data"
    path = write_archive(tmp_path / "archive.zip")
    refusals = []

    def ingest_meanwhile(*_: object) -> None:
        with pytest.raises(StoreError) as refusal:
            ingest(path, folder=data, received_on=DAY)
        refusals.append(str(refusal.value))

    ingest(path, folder=data, received_on=DAY, on_progress=ingest_meanwhile)
    assert len(refusals) == 1
    assert f"{data} is in use by shp ingest (process {os.getpid()}, since " in refusals[0]
    assert count_months(open_store(data)) == {"2024-01": 12}


def test_a_lock_file_left_behind_stops_nobody(tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    (data / LOCK_NAME).touch()
    ingest(write_archive(tmp_path / "archive.zip"), folder=data, received_on=DAY)
    rebuild(open_store(data))
    assert count_months(open_store(data)) == {"2024-01": 12}


def test_a_failure_while_files_are_kept_leaves_every_answer_as_it_was(tmp_path):
    data = tmp_path / "data"
    ingest(write_archive(tmp_path / "first.zip", ["2024-01"]), folder=data, received_on=DAY)
    store = open_store(data)
    before = count_months(store), store.received_files()
    # The ledger's draft cannot be written where a folder of that name is.
    (store.raw_folder / ".received.csv.new").mkdir()
    second = write_archive(tmp_path / "second.zip", ["2024-01", "2024-02"])
    with pytest.raises(StoreError, match=r"\.received\.csv\.new: is a folder where a file is needed"):
        ingest(second, folder=data, received_on=DAY + timedelta(days=1))
    assert (count_months(store), store.received_files()) == before
    (store.raw_folder / ".received.csv.new").rmdir()
    assert list_left(data) == [], "no staging folder stays"
    assert not list(data.rglob("second.zip"))
    assert len(list(data.rglob("*.parquet"))) == 1
    ingest(second, folder=data, received_on=DAY + timedelta(days=1))
    assert count_months(store) == {"2024-01": 12, "2024-02": 12}
    assert [file.path for file in store.received_files()] == [
        "police_uk/2024-06-30/first.zip",
        "police_uk/2024-07-01/second.zip",
    ]


def test_a_room_that_lost_its_tables_takes_nothing_in(tmp_path):
    data = tmp_path / "data"
    ingest(write_archive(tmp_path / "first.zip", ["2024-01"]), folder=data, received_on=DAY)
    shutil.rmtree(data / "store")
    before = hash_tree(data)
    second = write_archive(tmp_path / "second.zip", ["2024-02"])
    with pytest.raises(StoreError, match="shp rebuild"):
        ingest(second, folder=data, received_on=DAY)
    assert hash_tree(data) == before
    rebuild(open_store(data))
    ingest(second, folder=data, received_on=DAY)
    assert count_months(open_store(data)) == {"2024-01": 12, "2024-02": 12}


# --- rebuilding -------------------------------------------------------------------------------------------------------


@pytest.fixture
def filled(tmp_path) -> Path:
    """Give a data folder of archives, a folder and a single file."""
    data = tmp_path / "data"
    ingest(write_zip(tmp_path / "all.zip", ALL_KINDS), folder=data, received_on=DAY)
    folder = write_files(
        tmp_path / "months", {member_name(month): street_csv(month) for month in ("2024-01", "2024-02")}
    )
    ingest(folder, folder=data, received_on=DAY)
    (tmp_path / "2024-02-cheshire-street.csv").write_bytes(write_csv(street_rows("2024-02")[:9]))
    ingest(tmp_path / "2024-02-cheshire-street.csv", folder=data, received_on=DAY)
    return data


def test_tables_made_again_are_the_same_byte_for_byte(filled):
    before = hash_tree(filled)
    store = open_store(filled)
    assert rebuild(store) == 4
    assert hash_tree(filled) == before
    shutil.rmtree(store.tables_folder)
    rebuild(store)
    assert hash_tree(filled) == before
    assert count_months(store) == {"2024-01": 12, "2024-02": 9, "2024-10": 24}


@pytest.mark.parametrize(
    "damage", [lambda path: path.unlink(), lambda path: path.write_bytes(path.read_bytes() + b" ")]
)
def test_a_raw_file_that_was_altered_or_is_gone_stops_a_rebuild(filled, damage):
    store = open_store(filled)
    path = store.raw_folder / store.received_files()[1].path
    damage(path)
    before = hash_tree(filled)
    with pytest.raises(StoreError, match="is no longer the file that was received on 2024-06-30"):
        rebuild(store)
    assert hash_tree(filled) == before


def test_an_empty_room_has_nothing_to_rebuild(tmp_path):
    assert rebuild(open_store(tmp_path / "data")) == 0
    assert not (tmp_path / "data").exists()


def test_the_simulated_room_is_rebuilt_by_itself(filled, tmp_path):
    ingest(write_zip(tmp_path / "pretend.zip", {member_name(): simulated_csv()}), folder=filled, received_on=DAY)
    before = hash_tree(filled)
    assert rebuild(open_store(filled, simulated=True)) == 1
    assert hash_tree(filled) == before


BAD_MONTH = {
    member_name("2023-01"): street_csv("2023-01"),
    member_name("2023-02"): street_csv("2023-02"),
    member_name("2023-03"): street_csv("2023-03").replace(b"Burglary", b"Burgling", 1),
}


def test_a_refused_file_of_an_archive_leaves_the_store_as_it_was(filled, tmp_path):
    before = hash_tree(filled)
    with pytest.raises(SourceError, match="Burgling"):
        ingest(write_zip(tmp_path / "three.zip", BAD_MONTH), folder=filled, received_on=DAY)
    assert hash_tree(filled) == before


def test_a_refused_file_of_a_folder_stops_no_other(tmp_path):
    report = ingest(write_files(tmp_path / "three", BAD_MONTH), folder=tmp_path / "data", received_on=DAY)
    (refused,) = report.refused
    assert refused.name == "three/2023-03/2023-03-cheshire-street.csv"
    assert "Burgling" in refused.reason
    assert count_months(open_store(tmp_path / "data")) == {"2023-01": 12, "2023-02": 12}
    assert report.rows_of == {file.sha256: 12 for file in report.received}
    assert len(list((tmp_path / "data").rglob("*.parquet"))) == 2


def test_a_folder_of_refused_files_alone_is_refused_with_every_reason(tmp_path):
    bad = {name: content.replace(b"Burglary", b"Burgling", 1) for name, content in BAD_MONTH.items()}
    with pytest.raises(SourceError) as refusal:
        ingest(write_files(tmp_path / "three", bad), folder=tmp_path / "data", received_on=DAY)
    assert len(str(refusal.value).splitlines()) == 3
    assert open_store(tmp_path / "data").is_empty


def test_an_inbox_of_everything_that_is_no_file_takes_the_good_ones(tmp_path):
    inbox = write_files(tmp_path / "inbox", {"2024-01-cheshire-street.csv": street_csv("2024-01"), "note.txt": b"Hi"})
    (inbox / "2024-02-cheshire-street.csv").symlink_to(tmp_path / "nowhere.csv")
    (inbox / "2024-03").symlink_to(tmp_path)
    os.mkfifo(inbox / "2024-04-cheshire-street.csv")
    report = ingest(inbox, folder=tmp_path / "data", received_on=DAY)
    assert [file.name for file in report.received] == ["2024-01-cheshire-street.csv"]
    assert report.unclaimed == ("inbox/note.txt",)
    reasons = [each.reason.removeprefix(f"{each.name}: ") for each in report.refused]
    assert [reason.split(".")[0] for reason in reasons] == [
        "is a link to nothing",
        "is a link to a folder",
        "is a pipe, a socket or a device, and not a file",
    ]


def test_a_file_of_a_folder_was_received_on_the_day_that_its_own_name_ends_in():
    folder = Path("returns-2024-06-10")
    assert _day_of_receipt([folder / "marac-2024-06-14.csv", folder], None) == date(2024, 6, 14)
    assert _day_of_receipt([folder / "2024-02-cheshire-street.csv", folder], None) == date(2024, 6, 10)
    assert _day_of_receipt([folder / "marac-2024-06-14.csv", folder], DAY) == DAY


@pytest.mark.parametrize("copy", ["b/2024-01-cheshire-street.csv", "a/2024-01-cheshire-street (1).csv"])
def test_two_editions_of_one_month_under_one_name_in_one_folder_are_both_refused(tmp_path, copy):
    files = {"a/2024-01-cheshire-street.csv": street_csv(), copy: write_csv(street_rows("2024-01")[:9])}
    files["2024-02-cheshire-street.csv"] = street_csv("2024-02")
    report = ingest(write_files(tmp_path / "twice", files), folder=tmp_path / "data", received_on=DAY)
    assert count_months(open_store(tmp_path / "data")) == {"2024-02": 12}
    assert all(each.reason.endswith("and differs from it. Keep one of the two.") for each in report.refused)
    assert len(report.refused) == 2


# --- killed at any moment ---------------------------------------------------------------------------------------------


class Killed(BaseException):
    """Stands for a process that ends at once: nothing of its own tidies up."""


STEPS = (
    "shp_analysis.store.intake._keep_tables",
    "shp_analysis.store.intake.write_index",
    "shp_analysis.store.intake.write_ledger",
)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("is_done", [False, True])
def test_what_a_killed_ingest_leaves_is_swept_by_the_next(tmp_path, monkeypatch, step, is_done):
    data = tmp_path / "data"
    ingest(write_archive(tmp_path / "first.zip", ["2024-01"]), folder=data, received_on=DAY)
    module, _, name = step.rpartition(".")
    own = getattr(sys.modules[module], name)

    def stop(*arguments: object) -> None:
        if is_done:
            own(*arguments)
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(staging, "sweep", lambda _folder: None)
        patched.setattr(step, stop)
        with pytest.raises(Killed):
            ingest(write_archive(tmp_path / "second.zip", ["2024-02"]), folder=data, received_on=DAY)
    assert list_left(data), "the dead writer's staging folder is there"
    is_in = step.endswith("write_ledger") and is_done
    assert count_months(open_store(data)) == {"2024-01": 12, **({"2024-02": 12} if is_in else {})}
    ingest(write_archive(tmp_path / "third.zip", ["2024-03"]), folder=data, received_on=DAY)
    store = open_store(data)
    names = ["first.zip", *(["second.zip"] if is_in else []), "third.zip"]
    assert [file.name for file in store.received_files()] == names
    assert list_left(data) == []
    assert sorted(path.name for path in store.raw_folder.rglob("*.zip")) == names
    known = {file.sha256 for file in store.received_files()}
    assert {path.stem for path in store.tables_folder.rglob("*.parquet")} == known
    assert set(store.read_parts()["sha256"]) == known


@pytest.mark.parametrize("is_done", [False, True])
def test_a_killed_rebuild_leaves_tables_that_answer_after_the_next_ingest(filled, tmp_path, monkeypatch, is_done):
    before = count_months(open_store(filled))
    rename = Path.rename
    store = open_store(filled)

    def stop(path: Path, target: Path) -> Path:
        if path != store.tables_folder:
            raise Killed
        renamed = rename(path, target)
        if is_done:
            raise Killed
        return renamed

    with monkeypatch.context() as patched:
        patched.setattr(staging, "sweep", lambda _folder: None)
        patched.setattr(Path, "rename", stop)
        with pytest.raises(Killed):
            rebuild(store)
    ingest(write_archive(tmp_path / "third.zip", ["2024-03"]), folder=filled, received_on=DAY)
    assert count_months(store) == {**before, "2024-03": 12}
    assert list_left(filled) == []


def test_nothing_that_a_dead_writer_did_not_list_is_removed(tmp_path):
    data = tmp_path / "data"
    ingest(write_archive(tmp_path / "first.zip", ["2024-01"]), folder=data, received_on=DAY)
    stray = data / "raw" / "police_uk" / "found.zip"
    stray.write_bytes(b"somebody put it here")
    (data / ".staging-dead").mkdir()
    (data / ".workshop-old").mkdir()
    ingest(write_archive(tmp_path / "second.zip", ["2024-02"]), folder=data, received_on=DAY)
    assert stray.exists()
    assert list_left(data) == []


def test_a_full_disk_is_told_in_one_sentence_with_the_path(tmp_path, monkeypatch):
    def fill(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("shp_analysis.store.intake.shutil.copyfile", fill)
    with pytest.raises(StoreError, match=rf"^{tmp_path}/data: the disk is full; make room and try again\.$"):
        ingest(write_archive(tmp_path / "first.zip"), folder=tmp_path / "data", received_on=DAY)
    assert open_store(tmp_path / "data").is_empty
    assert list_left(tmp_path / "data") == []


def test_a_data_folder_that_is_a_file_is_told(tmp_path):
    (tmp_path / "data").write_text("no folder")
    with pytest.raises(StoreError, match="data: is a file where a folder is needed"):
        ingest(write_archive(tmp_path / "first.zip"), folder=tmp_path / "data", received_on=DAY)


def test_a_real_archive_goes_in_once(police_archives, tmp_path):
    path = police_archives / "cheshire-archive-2024-06.zip"
    first = ingest(path, folder=tmp_path)
    assert (first.rows, first.files) == (24983, 4)
    assert first.received[0].received_on == date(2024, 6, 30)
    before = hash_tree(tmp_path)
    assert ingest(path, folder=tmp_path).already_held == first.received
    assert hash_tree(tmp_path) == before
    rebuild(open_store(tmp_path))
    assert hash_tree(tmp_path) == before
