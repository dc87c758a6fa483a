"""What is in and what is not, force by force."""

from __future__ import annotations

from datetime import date

import pytest
from police_files import member_name, outcome_rows, street_csv, write_archive, write_csv, write_zip

from shp_analysis.feeds import Feed, list_feeds
from shp_analysis.store import Store, ingest, open_store

MARCH, JUNE = date(2024, 3, 31), date(2024, 6, 30)


@pytest.fixture
def store(tmp_path) -> Store:
    data = tmp_path / "data"
    first = {member_name(month): street_csv(month) for month in ("2023-10", "2023-12", "2024-01")}
    first[member_name("2023-12", kind="outcomes")] = write_csv(outcome_rows("2023-12"))
    ingest(write_zip(tmp_path / "march.zip", first), folder=data, received_on=MARCH)
    ingest(write_archive(tmp_path / "june.zip", ["2024-01", "2024-04"]), folder=data, received_on=JUNE)
    ingest(write_archive(tmp_path / "mersey.zip", ["2024-01"], "merseyside"), folder=data, received_on=JUNE)
    return open_store(data)


def test_every_feed_says_its_months_its_gaps_and_its_newest_file(store):
    street, mersey, outcomes = list_feeds(store)
    assert street == Feed(
        kind="street",
        force="cheshire",
        first="2023-10",
        last="2024-04",
        months=4,
        missing=("2023-11", "2024-02", "2024-03"),
        rows=48,
        newest_file="june.zip",
        newest_received_on=JUNE,
    )
    assert (mersey.force, mersey.first, mersey.last, mersey.missing, mersey.rows) == (
        "merseyside",
        "2024-01",
        "2024-01",
        (),
        12,
    )
    assert (outcomes.kind, outcomes.months, outcomes.rows, outcomes.newest_file) == ("outcomes", 1, 8, "march.zip")


def test_feeds_can_be_asked_for_one_force_and_day(store):
    (street, outcomes) = list_feeds(store, force="cheshire", as_of=MARCH)
    assert (street.last, street.months, street.missing, street.newest_file) == ("2024-01", 3, ("2023-11",), "march.zip")
    assert outcomes.kind == "outcomes"
    assert [feed.force for feed in list_feeds(store, force="merseyside")] == ["merseyside"]
    assert list_feeds(store, force="kent") == ()
    assert list_feeds(store, as_of=date(2024, 1, 1)) == ()


def test_an_empty_store_has_no_feeds(tmp_path):
    assert list_feeds(open_store(tmp_path)) == ()


def test_a_feed_is_written_as_plain_values(store):
    assert list_feeds(store)[0].as_record() == {
        "kind": "street",
        "force": "cheshire",
        "first": "2023-10",
        "last": "2024-04",
        "months": 4,
        "missing": ["2023-11", "2024-02", "2024-03"],
        "rows": 48,
        "newest_file": "june.zip",
        "newest_received_on": "2024-06-30",
    }


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        ((), "none"),
        (("2023-11",), "2023-11"),
        (tuple(f"2023-0{number}" for number in range(1, 7)), "2023-01, 2023-02, 2023-03, 2023-04, 2023-05, 2023-06"),
        (tuple(f"2023-0{number}" for number in range(1, 8)), "7 months, 2023-01 to 2023-07"),
    ],
)
def test_missing_months_are_told_in_words(missing, words):
    feed = Feed("street", "cheshire", "2022-01", "2024-01", 1, missing, 1, "a.zip", JUNE)
    assert feed.missing_in_words == words


def test_the_real_feeds_are_listed_with_their_gaps(published_store):
    feeds = {(feed.kind, feed.force): feed for feed in list_feeds(published_store)}
    cheshire = feeds["street", "cheshire"]
    assert (cheshire.first, cheshire.last, cheshire.months) == ("2016-02", "2025-06", 13 + 4 + 6)
    assert len(cheshire.missing) == 113 - 23
    assert cheshire.newest_file == "cheshire-archive-2026-07.zip"
    london = feeds["stop-and-search", "city-of-london"]
    assert (london.first, london.last, london.missing, london.rows) == ("2018-12", "2021-11", (), 8057)
    assert set(feeds) == {
        ("street", "cheshire"),
        ("street", "merseyside"),
        ("street", "city-of-london"),
        ("outcomes", "cheshire"),
        ("stop-and-search", "cheshire"),
        ("stop-and-search", "city-of-london"),
    }
