"""Which file a question is answered from, and on which day."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from multiprocessing import get_context
from pathlib import Path

import pandas as pd
import pytest
from police_files import (
    ASB,
    hash_tree,
    member_name,
    search_rows,
    street_rows,
    write_archive,
    write_csv,
    write_zip,
)
from processes import PATIENCE_SECONDS
from pyarrow import parquet

import shp_analysis
from shp_analysis.errors import StoreError
from shp_analysis.runs.forked_kernels import CAN_FORK
from shp_analysis.store.intake import ingest, rebuild
from shp_analysis.store.ledger import _look_at, write_index
from shp_analysis.store.store import DATA_VARIABLE, Store, data_folder, open_store

STREET = "police_uk_street"
MARCH, JUNE = date(2024, 3, 31), date(2024, 6, 30)
SEPTEMBER = date(2024, 9, 30)


def write_edition(path: Path, rows: dict[str, int]) -> Path:
    """Write an archive with so many rows of each month."""
    return write_zip(path, {member_name(month): write_csv(street_rows(month)[:n]) for month, n in rows.items()})


def count_months(store: Store, as_of: date | None = None) -> dict[str, int]:
    found = store.query(STREET, "SELECT month, count(*) AS n FROM records GROUP BY month ORDER BY month", as_of=as_of)
    return dict(zip(found["month"], found["n"], strict=True))


@pytest.fixture
def store(tmp_path) -> Store:
    """Give a store in which January came three times: in March, and twice on one day of June."""
    data = tmp_path / "data"
    ingest(write_edition(tmp_path / "march.zip", {"2023-12": 4, "2024-01": 5}), folder=data, received_on=MARCH)
    ingest(write_edition(tmp_path / "june.zip", {"2024-01": 6, "2024-02": 7}), folder=data, received_on=JUNE)
    ingest(write_edition(tmp_path / "late.zip", {"2024-01": 8}), folder=data, received_on=JUNE)
    return open_store(data)


@pytest.mark.parametrize(
    ("as_of", "counts"),
    [
        (MARCH, {"2023-12": 4, "2024-01": 5}),
        (JUNE - timedelta(days=1), {"2023-12": 4, "2024-01": 5}),
        (JUNE, {"2023-12": 4, "2024-01": 8, "2024-02": 7}),
        (SEPTEMBER, {"2023-12": 4, "2024-01": 8, "2024-02": 7}),
        (None, {"2023-12": 4, "2024-01": 8, "2024-02": 7}),
    ],
)
def test_a_month_is_answered_from_the_file_received_last_by_that_day(store, as_of, counts):
    assert count_months(store, as_of) == counts
    held = store.parts_held(STREET, as_of=as_of)
    assert dict(zip(held["period"], held["rows"], strict=True)) == counts


def test_an_older_edition_that_comes_later_is_older_by_its_day(store, tmp_path):
    old = write_edition(tmp_path / "found-in-a-drawer.zip", {"2024-01": 3})
    ingest(old, folder=store.root, received_on=MARCH + timedelta(days=1))
    assert count_months(store)["2024-01"] == 8
    assert count_months(store, JUNE - timedelta(days=1))["2024-01"] == 3
    assert count_months(store, MARCH)["2024-01"] == 5


def test_parts_held_say_which_file_answers(store):
    held = store.parts_held(STREET, unit="cheshire", as_of=JUNE)
    assert list(held.columns) == ["unit", "period", "rows", "member", "sha256", "received_on", "path", "sequence"]
    assert held["path"].tolist() == [
        f"police_uk/{day}/{name}.zip" for day, name in [(MARCH, "march"), (JUNE, "late"), (JUNE, "june")]
    ]
    assert held["member"].tolist() == [member_name(month) for month in ("2023-12", "2024-01", "2024-02")]
    assert held["sequence"].tolist() == [1, 3, 2]
    assert held["received_on"].tolist() == [MARCH, JUNE, JUNE]


def test_before_anything_was_received_nothing_is_held(store):
    day = MARCH - timedelta(days=1)
    assert store.parts_held(STREET, as_of=day).empty
    assert store.received_files(day) == ()
    with pytest.raises(StoreError, match=f"holds no {STREET} records received by {day}"):
        store.query(STREET, "SELECT * FROM records", as_of=day)


def test_a_force_or_a_kind_that_is_not_there_is_not_held(store):
    assert store.parts_held(STREET, unit="kent").empty
    assert store.parts_held("police_uk_outcomes").empty
    with pytest.raises(StoreError, match=r"holds no police_uk_outcomes records\. Take"):
        store.query("police_uk_outcomes", "SELECT * FROM records")


def test_forces_are_answered_from_their_own_newest_file(store, tmp_path):
    path = tmp_path / "merseyside.zip"
    write_archive(path, ["2024-01"], "merseyside")
    ingest(path, folder=store.root, received_on=MARCH)
    found = store.query(
        STREET, "SELECT force, count(*) AS n FROM records WHERE month = ? GROUP BY force ORDER BY force", ["2024-01"]
    )
    assert found.to_dict("list") == {"force": ["cheshire", "merseyside"], "n": [8, 12]}


def test_a_question_may_hold_any_value(store):
    found = store.query(
        STREET, "SELECT count(*) AS n FROM records WHERE crime_type = ? OR location = ?", [ASB, "x'; DROP"]
    )
    assert found["n"].tolist() == [2 + 3 + 3]


def test_answers_have_plain_types(store):
    found = store.query(
        STREET,
        "SELECT max(month) AS month, sum(1) AS whole, avg(longitude) AS mean, count(*) AS n, "
        "CAST(sum(0.25) AS DECIMAL(9, 2)) AS quarters FROM records WHERE month = '2023-12'",
    )
    assert found.to_dict("records") == [{"month": "2023-12", "whole": 4, "mean": -2.72408, "n": 4, "quarters": 1.0}]
    kinds = {name: dtype.kind for name, dtype in found.dtypes.items()}
    assert kinds == {"month": "O", "whole": "i", "mean": "f", "n": "i", "quarters": "f"}


def test_times_are_answered_in_utc_wherever_the_machine_stands(tmp_path, monkeypatch):
    path = write_zip(
        tmp_path / "searches.zip",
        {member_name("2024-10", kind="stop-and-search"): write_csv(search_rows(["2024-09-30T23:30:00+00:00"]))},
    )
    ingest(path, folder=tmp_path / "data", received_on=JUNE + timedelta(days=200))
    monkeypatch.setenv("TZ", "America/New_York")
    found = open_store(tmp_path / "data").query("police_uk_stop_and_search", "SELECT searched_at FROM records")
    assert found["searched_at"].tolist() == [pd.Timestamp("2024-09-30 23:30", tz="UTC")]
    assert str(found["searched_at"].dt.tz) == "UTC"


def test_questions_at_once_each_have_views_of_their_own(store):
    days = [MARCH, JUNE] * 10
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda day: count_months(store, day), days))
    assert found == [count_months(store, day) for day in days]
    assert found[0] != found[1]


@pytest.mark.skipif(not CAN_FORK, reason="kernels are forked on Linux alone")
def test_a_fork_asks_with_an_engine_of_its_own(store):
    before = count_months(store)
    receiver, sender = get_context("fork").Pipe(duplex=False)
    process = get_context("fork").Process(target=lambda: sender.send(count_months(store)))
    process.start()
    assert receiver.poll(PATIENCE_SECONDS)
    assert receiver.recv() == before
    process.join()
    assert count_months(store) == before


def test_a_folder_may_have_any_name(store, tmp_path):
    other = tmp_path / "the board's [data] *"
    shutil.copytree(store.root, other)
    assert count_months(open_store(other)) == count_months(store)


def test_a_store_is_empty_until_something_comes(tmp_path):
    store = open_store(tmp_path / "data")
    assert store.is_empty
    assert not store.is_simulated
    assert store.received_files() == ()
    assert store.parts_held(STREET).empty
    with pytest.raises(StoreError, match="holds no police_uk_street records"):
        store.query(STREET, "SELECT 1")
    assert not (tmp_path / "data").exists(), "asking makes nothing"


def test_the_data_folder_is_where_the_variable_says(tmp_path, monkeypatch):
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path / "elsewhere"))
    assert data_folder() == tmp_path / "elsewhere"
    ingest(write_archive(tmp_path / "archive.zip"), received_on=JUNE)
    assert open_store().root == tmp_path / "elsewhere"
    assert count_months(open_store()) == {"2024-01": 12}


def test_without_the_variable_the_data_lie_in_the_project(tmp_path, monkeypatch):
    in_the_project = Path(shp_analysis.__file__).parent.parent / "data"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(DATA_VARIABLE, "")
    assert data_folder() == in_the_project
    monkeypatch.delenv(DATA_VARIABLE)
    assert data_folder() == in_the_project


def test_missing_tables_ask_to_be_made_again(store):
    shutil.rmtree(store.tables_folder)
    before = hash_tree(store.root)
    for ask in (store.read_parts, lambda: store.parts_held(STREET), lambda: store.query(STREET, "SELECT 1")):
        with pytest.raises(StoreError, match="store is missing, but raw files are there"):
            ask()
    assert hash_tree(store.root) == before


def halve_table(path: Path) -> None:
    rows = parquet.read_table(path)
    parquet.write_table(rows.slice(0, rows.num_rows // 2), path)


def lose_line(path: Path) -> None:
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(lines[:1] + lines[2:]))


def find_table(store: Store) -> Path:
    return store.table_path(STREET, store.received_files()[0].sha256)


@pytest.mark.parametrize(
    "damage",
    [
        lambda store: find_table(store).unlink(),
        lambda store: find_table(store).write_bytes(b"not a table"),
        lambda store: find_table(store).write_bytes(find_table(store).read_bytes()[:-100]),
        lambda store: halve_table(find_table(store)),
        lambda store: (store.tables_folder / "parts.csv").write_text("nothing\n"),
        lambda store: (store.tables_folder / "parts.csv").write_bytes(b""),
        lambda store: (store.tables_folder / "parts.csv").write_bytes(b"\xff\xfe"),
        lambda store: (store.tables_folder / "parts.csv").write_text(
            (store.tables_folder / "parts.csv").read_text().replace(",5,", ",five,")
        ),
        lambda store: lose_line(store.tables_folder / "parts.csv"),
    ],
    ids=["gone", "junk", "cut", "fewer rows", "other list", "empty list", "no text", "no number", "a line lost"],
)
def test_damaged_tables_ask_to_be_made_again(store, damage):
    damage(store)
    with pytest.raises(StoreError, match="Make the tables again with `shp rebuild`"):
        count_months(store)


def test_a_file_that_the_tables_do_not_know_is_not_passed_over(store):
    (late,) = [file for file in store.received_files() if file.name == "late.zip"]
    write_index(store.tables_folder, [], [], {file.sha256 for file in store.received_files()} - {late.sha256})
    with pytest.raises(StoreError, match=r"holds nothing of police_uk/2024-06-30/late\.zip, which was received"):
        count_months(store)
    assert count_months(store, MARCH) == {"2023-12": 4, "2024-01": 5}, "what was known in March is still known"


def test_a_list_of_an_earlier_version_asks_for_new_tables(store):
    path = store.tables_folder / "parts.csv"
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:-1]))
    with pytest.raises(StoreError, match=r"an earlier version wrote it\)\. Make the tables again with `shp rebuild`"):
        store.parts_held(STREET)
    rebuild(store)
    assert count_months(store, MARCH) == {"2023-12": 4, "2024-01": 5}


def test_changed_rows_are_noticed_though_their_number_is_the_same(store):
    path = find_table(store)
    parquet.write_table(parquet.read_table(path), path, compression="gzip")
    with pytest.raises(StoreError, match=r"parquet is not as it was written\. Make the tables again"):
        count_months(store)


def test_a_damaged_list_of_headings_asks_for_new_tables(store):
    lose_line(store.tables_folder / "headings.csv")
    with pytest.raises(StoreError, match=r"headings\.csv cannot be read \(its lines do not match its checksum"):
        store.read_headings()


def test_a_table_is_read_for_its_hash_once(store):
    count_months(store)
    before = _look_at.cache_info()
    count_months(store)
    assert _look_at.cache_info().misses == before.misses
