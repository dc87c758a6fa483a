"""How much of each field is blank."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from police_files import member_name, street_csv, street_rows, write_csv, write_files

from shp_analysis.monitoring.data_quality import BlankField, list_blanks
from shp_analysis.store.intake import ingest
from shp_analysis.store.store import Store, open_store

from .makers import pairs_of

STREET = "police_uk_street"
FIRST, SECOND = date(2024, 4, 30), date(2024, 6, 30)


def without_outcomes(blank: int) -> bytes:
    """Write a month of twelve rows, the first of them without an outcome."""
    rows = street_rows("2024-01")
    lost = {"Last outcome category": ""}
    return write_csv([{**row, **lost} if number < blank else row for number, row in enumerate(rows)])


def take_in(tmp_path: Path, *contents: bytes) -> Store:
    for number, (day, content) in enumerate(zip((FIRST, SECOND), contents, strict=False)):
        folder = write_files(tmp_path / str(number), {member_name("2024-01"): content})
        ingest(folder, folder=tmp_path / "data", received_on=day)
    return open_store(tmp_path / "data")


def blanks(store: Store) -> dict[str, BlankField]:
    return {field.field: field for field in list_blanks(store, pairs_of(store, STREET))}


def test_shares_are_of_the_newest_release(tmp_path):
    """Anti-social behaviour never has an outcome."""
    asb = sum(not row["Last outcome category"] for row in street_rows("2024-01"))
    found = blanks(take_in(tmp_path, street_csv("2024-01"), without_outcomes(12)))["last_outcome_category"]
    assert (found.rows, found.share, found.share_before) == (12, 1.0, pytest.approx(asb / 12))
    assert (found.has_risen_sharply, found.is_reported) == (True, True)
    assert found.in_words == f"last_outcome_category 100% (was {100 * asb / 12:.0f}%)"


def test_a_first_release_has_nothing_before_it(tmp_path):
    fields = blanks(take_in(tmp_path, without_outcomes(12)))
    assert (fields["last_outcome_category"].share, fields["last_outcome_category"].share_before) == (1.0, None)
    assert fields["last_outcome_category"].in_words == "last_outcome_category 100%"
    assert "month" not in fields, "a field that is never blank is not listed"


def test_what_is_little_and_steady_is_not_told():
    assert not BlankField("t", "", "f", 0.2, 100, 0.16).is_reported
    assert BlankField("t", "", "f", 0.21, 100, 0.21).is_reported
    assert BlankField("t", "", "f", 0.0, 100, 0.06).is_reported, "a field that is filled all at once is news too"


def test_a_field_is_written_as_plain_values():
    assert BlankField("t", "u", "f", 1 / 3, 3, None).as_record() == {
        "table": "t",
        "unit": "u",
        "field": "f",
        "share": 0.3333,
        "rows": 3,
        "share_before": None,
        "is_reported": True,
    }
