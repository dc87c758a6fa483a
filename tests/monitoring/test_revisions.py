"""What was said then and is said now."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from builders import ASB, write_street

from shp_analysis.assessment.assessments import assess
from shp_analysis.config.catalogue import read_catalogue
from shp_analysis.measures.records import AreaRecords, read_area_records
from shp_analysis.monitoring.revisions import list_revisions
from shp_analysis.reference.areas import read_area
from shp_analysis.reference.periods import Quarter
from shp_analysis.store.intake import ingest
from shp_analysis.store.store import open_store
from shp_analysis.text.reasons import describe_revision, say

BURGLARY = read_catalogue().indicator("Burglary")
FIRST, SECOND, THIRD = date(2025, 4, 30), date(2025, 6, 30), date(2025, 9, 30)


@pytest.fixture
def records(tmp_path: Path) -> AreaRecords:
    """Three releases: March came with the second, and January was revised by the third."""
    releases = {
        FIRST: {"2025-01": 5, "2025-02": 6},
        SECOND: {"2025-01": 5, "2025-02": 6, "2025-03": 9},
        THIRD: {"2025-01": 8, "2025-02": 6},
    }
    for day, counts in releases.items():
        published = tmp_path / f"received-{day}"
        for month, count in counts.items():
            write_street(published, month, {"Burglary": count, ASB: 3})
        ingest(published, folder=tmp_path / "data", received_on=day)
    return read_area_records(open_store(tmp_path / "data"), "police_uk_street", read_area("Halton"))


def test_a_quarter_is_told_from_the_day_it_was_whole(records: AreaRecords) -> None:
    (found,) = list_revisions(records, BURGLARY)
    assert found.period == Quarter("2024-25 Q4")
    assert [(each.since, each.count) for each in found.sayings] == [(SECOND, 20), (THIRD, 23)]
    assert found.is_revised
    assert describe_revision(found) == (
        "Revised: January to March 2025 was first given as 20 (received 30 June 2025) and is now 23."
    )
    assert found.change_percent == pytest.approx(15.0)
    assert found.as_record() == {
        "period": "2024-25-Q4",
        "first": 20,
        "first_received_on": "2025-06-30",
        "now": 23,
        "now_received_on": "2025-09-30",
        "change_percent": 15.0,
        "sayings": [{"received_on": "2025-06-30", "count": 20}, {"received_on": "2025-09-30", "count": 23}],
    }


def test_a_paper_prints_a_revised_figure_as_revised(records: AreaRecords) -> None:
    assessment = assess(BURGLARY, Quarter("2024-25 Q4"), records, read_catalogue())
    assert assessment.count == 23
    assert say(assessment.notes[0]) == (
        "Revised: January to March 2025 was first given as 20 (received 30 June 2025) and is now 23."
    )
    then = assess(BURGLARY, Quarter("2024-25 Q4"), records.as_known_on(SECOND), read_catalogue())
    assert then.count == 20


def test_a_release_that_says_the_same_is_no_revision(records: AreaRecords) -> None:
    (found,) = list_revisions(records, read_catalogue().indicator("ASB-01"))
    assert found.period == Quarter("2024-25 Q4")
    assert [(each.since, each.count) for each in found.sayings] == [(SECOND, 9)]
    assert not found.is_revised
    assert describe_revision(found) == ""


def test_nothing_received_is_nothing_revised(tmp_path: Path) -> None:
    published = tmp_path / "published"
    write_street(published, "2025-01", {"Burglary": 1})
    ingest(published, folder=tmp_path / "data", received_on=FIRST)
    leeds = read_area_records(open_store(tmp_path / "data"), "police_uk_street", read_area("Leeds"))
    assert list_revisions(leeds, BURGLARY) == ()


def test_what_was_known_on_a_day_is_what_the_store_says_of_that_day(records: AreaRecords, tmp_path: Path) -> None:
    store = open_store(tmp_path / "data")
    for day in (FIRST, SECOND, THIRD):
        then = read_area_records(store, "police_uk_street", read_area("Halton"), as_of=day)
        again = records.as_known_on(day)
        assert again.counts.to_dict("records") == then.counts.to_dict("records")
        assert again.periods.to_dict("records") == then.periods.to_dict("records")
