"""The report as a whole: its names stay, and all of it can be written as JSON."""

from __future__ import annotations

import json
from datetime import date

import pytest
from builders import ASB, write_street
from safelives_files import DERIVED, write_derived
from stats19_files import write_table

from shp_analysis.errors import StoreError
from shp_analysis.monitoring.report import DataReport, report_data
from shp_analysis.reference.areas import read_area
from shp_analysis.reference.periods import Quarter
from shp_analysis.store.intake import ingest
from shp_analysis.store.store import Store, open_store

from .makers import make_catalogue, make_indicator, make_marac, reader_of

DAY = date(2025, 6, 2)
KEYS = [
    *("schema", "is_simulated", "area", "area_name", "period", "period_in_words", "as_of"),
    *("feeds_received", "feeds_needed", "needed", "feeds", "indicators", "late", "changes", "blanks", "totals"),
    *("ages", "coverage", "raw_files", "withdrawn"),
]


@pytest.fixture
def store(tmp_path) -> Store:
    for month in ("2025-01", "2025-02", "2025-03"):
        write_street(tmp_path / "published", month, {"Burglary": 4, ASB: 3})
        write_street(tmp_path / "published", month, {"Burglary": 4}, force="merseyside")
    ingest(tmp_path / "published", folder=tmp_path / "data", received_on=DAY)
    rows = [DERIVED, {**DERIVED, "financial_year": "2023-24", "marac_count": "5.0"}]
    ingest(write_derived(tmp_path / "marac.csv", *rows), folder=tmp_path / "data", received_on=DAY)
    return open_store(tmp_path / "data")


def report(store: Store, as_of: date = DAY, area: str = "Halton", **changes: bool) -> DataReport:
    catalogue = make_catalogue(make_indicator(), make_marac())
    place, period = read_area(area), Quarter("2024-25 Q4")
    return report_data(store, catalogue, place, period, reader_of(store, as_of, area), as_of=as_of, **changes)


def test_what_is_needed_is_told_from_what_is_only_held(store):
    found = report(store)
    assert (found.n_received, len(found.needed), found.missing, found.late) == (2, 2, (), ())
    needed = {(feed.table, feed.unit): found.needs(feed) for feed in found.feeds}
    assert needed == {
        ("police_uk_street", "cheshire"): True,
        ("police_uk_street", "merseyside"): False,
        ("safelives_marac_cases", ""): True,
        ("safelives_marac_referrals", "Housing"): False,
    }


def test_the_record_has_the_same_names_whatever_there_is(store, tmp_path):
    before = report(store, as_of=date(2025, 6, 1))
    for each in (report(store), before):
        record = json.loads(json.dumps(each.as_record()))
        assert list(record) == KEYS
    assert (before.n_received, len(before.needed), len(before.late), before.feeds) == (0, 2, 2, ())


def test_coverage_is_part_of_it(store):
    assert [each.change.is_comparable for each in report(store).coverage] == [False, False, True]


def test_one_area_leaves_the_other_forces_out(store):
    found = report(store, is_of_area_only=True)
    assert [feed.unit for feed in found.feeds if feed.table == "police_uk_street"] == ["cheshire"]
    assert {field.unit for field in found.blanks if field.table == "police_uk_street"} == {"cheshire"}


def test_an_area_of_which_nothing_came_is_not_known(tmp_path):
    """Road casualties of everywhere do not make Leeds an area that sent something; Cheshire's street files do."""
    (tmp_path / "roads").mkdir()
    ingest(write_table(tmp_path / "roads", "collision", "2024"), folder=tmp_path / "data", received_on=DAY)
    store = open_store(tmp_path / "data")
    assert (bool(report(store, area="Leeds").feeds), report(store, area="Leeds").knows_area) == (True, False)
    write_street(tmp_path / "published", "2025-01", {"Burglary": 4})
    ingest(tmp_path / "published", folder=tmp_path / "data", received_on=DAY)
    assert report(store, is_of_area_only=True).knows_area
    assert not report(store, area="Leeds", is_of_area_only=True).knows_area


def test_a_damaged_store_is_no_report(store):
    for path in (store.tables_folder / "police_uk_street").iterdir():
        path.write_bytes(b"damaged")
    with pytest.raises(StoreError, match="shp rebuild"):
        report(store)
