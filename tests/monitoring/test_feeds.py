"""What is in and what is not, feed by feed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from partner_return_files import make_row, make_stock, write_return
from police_files import member_name, outcome_rows, street_csv, write_archive, write_csv, write_zip
from safelives_files import DERIVED, write_derived

from shp_analysis.monitoring.feeds import Feed, list_feeds, list_gaps
from shp_analysis.readers.readers import Frequency
from shp_analysis.reference.areas import read_area
from shp_analysis.store.intake import ingest
from shp_analysis.store.store import Store, open_store

MARCH, JUNE = date(2024, 3, 31), date(2024, 6, 30)


@pytest.fixture
def store(tmp_path: Path) -> Store:
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
        table="police_uk_street",
        unit_columns=("force",),
        unit="cheshire",
        frequency=Frequency.MONTH,
        first="2023-10",
        last="2024-04",
        parts=4,
        missing=("2023-11", "2024-02", "2024-03"),
        rows=48,
        newest_file="june.zip",
        newest_received_on=JUNE,
    )
    assert (mersey.unit, mersey.first, mersey.last, mersey.missing, mersey.rows) == (
        "merseyside",
        "2024-01",
        "2024-01",
        (),
        12,
    )
    assert (outcomes.table, outcomes.parts, outcomes.rows, outcomes.newest_file) == (
        "police_uk_outcomes",
        1,
        8,
        "march.zip",
    )


def test_feeds_can_be_asked_for_one_area_and_day(store):
    street, outcomes = list_feeds(store, area=read_area("Halton"), as_of=MARCH)
    assert (street.last, street.parts, street.missing, street.newest_file) == ("2024-01", 3, ("2023-11",), "march.zip")
    assert outcomes.table == "police_uk_outcomes"
    assert [feed.unit for feed in list_feeds(store, area=read_area("Liverpool"))] == ["merseyside"]
    assert list_feeds(store, area=read_area("Leeds")) == ()
    assert list_feeds(store, as_of=date(2024, 1, 1)) == ()


def test_an_empty_store_has_no_feeds(tmp_path):
    assert list_feeds(open_store(tmp_path)) == ()


def test_a_feed_is_written_as_plain_values(store):
    assert list_feeds(store)[0].as_record() == {
        "table": "police_uk_street",
        "unit": "cheshire",
        "force": "cheshire",
        "frequency": "month",
        "first": "2023-10",
        "last": "2024-04",
        "parts": 4,
        "months": 4,
        "missing": ["2023-11", "2024-02", "2024-03"],
        "rows": 48,
        "newest_file": "june.zip",
        "newest_received_on": "2024-06-30",
    }


def test_tables_of_every_kind_are_feeds(tmp_path):
    data = tmp_path / "data"
    rows = [DERIVED, {**DERIVED, "financial_year": "2021-22"}]
    ingest(write_derived(tmp_path / "marac.csv", *rows), folder=data, received_on=JUNE)
    returns = [make_row("marac_cases", "120"), make_stock("idva_cases_open", "42")]
    ingest(write_return(tmp_path, returns), folder=data, received_on=JUNE)
    feeds = {feed.table: feed for feed in list_feeds(open_store(data))}
    cases = feeds["safelives_marac_cases"]
    assert (cases.unit, cases.parts, cases.months, cases.missing) == ("", 2, 24, ("2022-23", "2023-24"))
    flow = feeds["partner_returns_quarter"].as_record()
    assert (flow["organisation"], flow["measure"], flow["area_code"]) == ("Halton MARAC", "marac_cases", "E06000006")
    assert (flow["first"], flow["months"]) == ("2024-25-Q3", 3)
    stock = feeds["partner_returns_stock"]
    assert (stock.frequency, stock.months, stock.missing) == (Frequency.SNAPSHOT, None, ())
    warrington = {feed.table for feed in list_feeds(open_store(data), area=read_area("Warrington"))}
    assert warrington == {"safelives_marac_cases", "safelives_marac_referrals"}


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        ((), "none"),
        (("2023-11",), "2023-11"),
        (tuple(f"2023-0{number}" for number in range(1, 7)), "2023-01, 2023-02, 2023-03, 2023-04, 2023-05, 2023-06"),
        (tuple(f"2023-0{number}" for number in range(1, 8)), "7 months, 2023-01 to 2023-07"),
    ],
)
def test_missing_parts_are_told_in_words(missing, words):
    feed = Feed("t", (), "", Frequency.MONTH, "2022-01", "2024-01", 1, missing, 1, "a.zip", JUNE)
    assert feed.missing_in_words == words


@pytest.mark.parametrize(
    ("frequency", "labels", "gaps"),
    [
        (Frequency.QUARTER, ["2023-24-Q4", "2024-25-Q2"], ("2024-25-Q1",)),
        (Frequency.FINANCIAL_YEAR, ["1998-99", "2000-01"], ("1999-00",)),
        (Frequency.CALENDAR_YEAR, ["2019", "2020"], ()),
        (Frequency.WINDOW, ["2016-18", "2019-21"], ()),
        (Frequency.SNAPSHOT, ["2019", "2025"], ()),
    ],
)
def test_gaps_are_those_of_parts_that_follow_one_another(frequency, labels, gaps):
    assert list_gaps(frequency, labels) == gaps


def test_the_real_feeds_are_listed_with_their_gaps(published_store):
    feeds = {(feed.table, feed.unit): feed for feed in list_feeds(published_store)}
    cheshire = feeds["police_uk_street", "cheshire"]
    assert (cheshire.first, cheshire.last, cheshire.parts) == ("2016-02", "2025-06", 13 + 4 + 6)
    assert len(cheshire.missing) == 113 - 23
    assert cheshire.newest_file == "cheshire-archive-2026-07.zip"
    london = feeds["police_uk_stop_and_search", "city-of-london"]
    assert (london.first, london.last, london.missing, london.rows) == ("2018-12", "2021-11", (), 8057)
    assert set(feeds) == {
        ("police_uk_street", "cheshire"),
        ("police_uk_street", "merseyside"),
        ("police_uk_street", "city-of-london"),
        ("police_uk_outcomes", "cheshire"),
        ("police_uk_stop_and_search", "cheshire"),
        ("police_uk_stop_and_search", "city-of-london"),
    }
