"""What differs from the release before."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from builders import write_street
from stats19_files import CASUALTIES, COLLISIONS, write_table

from shp_analysis.monitoring.releases import ReleaseChange, compare_headings, list_changes
from shp_analysis.store.intake import ingest
from shp_analysis.store.store import Store, open_store

from .makers import pairs_of

STREET = "police_uk_street"
FIRST, SECOND = date(2025, 4, 30), date(2025, 6, 30)


def take_in(tmp_path: Path, releases: dict[date, dict[str, dict[str, int]]]) -> Store:
    for day, months in releases.items():
        for month, counts in months.items():
            write_street(tmp_path / f"received-{day}", month, counts)
        ingest(tmp_path / f"received-{day}", folder=tmp_path / "data", received_on=day)
    return open_store(tmp_path / "data")


def changes(store: Store, table: str = STREET) -> tuple[ReleaseChange, ...]:
    return list_changes(store, pairs_of(store, table))


@pytest.mark.parametrize(
    ("before", "now", "added", "removed", "renamed"),
    [
        ("a b c", "a b c", "", "", []),
        ("a b c", "c a b", "", "", []),
        ("code name 2020", "code name 2021 2020", "2021", "", []),
        ("code name extra", "code name", "", "extra", []),
        ("accident_index date", "collision_index date", "", "", [("accident_index", "collision_index")]),
        ("Value Count", "Count Value_new Sex", "Sex", "", [("Value", "Value_new")]),
        ("a quarter", "a Q9zx b", "Q9zx b", "quarter", []),
    ],
)
def test_headings_are_added_removed_or_renamed(before, now, added, removed, renamed):
    found = compare_headings(before.split(), now.split())
    assert [set(found[0]), set(found[1]), list(found[2])] == [set(added.split()), set(removed.split()), renamed]


def test_the_same_again_is_no_change(tmp_path):
    store = take_in(tmp_path, {FIRST: {"2025-01": {"Burglary": 20}}, SECOND: {"2025-02": {"Burglary": 25}}})
    assert changes(store) == ()


def test_new_codes_and_gone_codes_are_told(tmp_path):
    before = {"Burglary": 20, "Drugs": 19, "Robbery": 20}
    now = {"Burglary": 59, "Shoplifting": 1}
    (found,) = changes(take_in(tmp_path, {FIRST: {"2025-01": before}, SECOND: {"2025-01": now}}))
    assert found.codes_new == {"crime_type": ("Shoplifting",)}
    assert found.codes_gone == {"crime_type": ("Robbery",)}, "nineteen drugs offences may be absent by chance"
    assert found.sentences == ("New in crime_type: Shoplifting.", "No longer in crime_type: Robbery.")


@pytest.mark.parametrize(("rows", "is_reported"), [(209, False), (210, False), (211, True), (189, True), (191, False)])
def test_rows_of_the_same_month_are_told_beyond_a_twentieth(tmp_path, rows, is_reported):
    releases = {FIRST: {"2025-01": {"Burglary": 200}}, SECOND: {"2025-01": {"Burglary": rows}}}
    found = changes(take_in(tmp_path, releases))
    assert [dict(each.rows_changed or {}) for each in found] == ([{"2025-01": (200, rows)}] if is_reported else [])


def test_a_few_rows_are_no_news_whatever_their_share(tmp_path):
    assert changes(take_in(tmp_path, {FIRST: {"2025-01": {"Drugs": 3}}, SECOND: {"2025-01": {"Drugs": 12}}})) == ()


def test_a_month_that_is_gone_from_the_middle_is_told(tmp_path):
    months = ("2025-01", "2025-02", "2025-03")
    releases = {
        FIRST: {month: {"Burglary": 5} for month in months},
        SECOND: {month: {"Burglary": 6} for month in ("2025-01", "2025-03", "2025-04")},
    }
    (found,) = changes(take_in(tmp_path, releases))
    assert (found.parts_gone, found.unit, found.received_on) == (("2025-02",), "cheshire", SECOND)
    assert found.sentences == ("Was there before and is not now: 2025-02.",)


def test_months_before_the_newer_release_begins_are_not_gone(tmp_path):
    """An archive holds thirty-six months: the oldest fall out of the next."""
    releases = {
        FIRST: {month: {"Burglary": 5} for month in ("2025-01", "2025-02")},
        SECOND: {month: {"Burglary": 6} for month in ("2025-02", "2025-03")},
    }
    assert changes(take_in(tmp_path, releases)) == ()


def test_renamed_headings_of_a_release_are_told(tmp_path):
    data = tmp_path / "data"
    for day, vintage in ((FIRST, "2023"), (SECOND, "2024")):
        folder = tmp_path / vintage
        folder.mkdir()
        ingest(write_table(folder, "collision", vintage), folder=data, received_on=day)
    (found,) = changes(open_store(data), "stats19_collision")
    assert ("accident_index", "collision_index") in found.headings_renamed
    assert any("'accident_index' is now 'collision_index'" in sentence for sentence in found.sentences)


def test_a_release_of_which_nothing_can_be_counted_yet_has_lost_no_codes(tmp_path):
    """Casualties of half a year come without their collisions, which say when and where they were hurt."""
    data = tmp_path / "data"
    many = [{**CASUALTIES[0], "casualty": str(number)} for number in range(1, 31)]
    (tmp_path / "final").mkdir()
    write_table(tmp_path / "final", "collision", "2024", [{**COLLISIONS[0], "casualties": "30"}])
    write_table(tmp_path / "final", "casualty", "2024", [{**each, "index": COLLISIONS[0]["index"]} for each in many])
    ingest(tmp_path / "final", folder=data, received_on=FIRST)
    (tmp_path / "early").mkdir()
    later = [{**CASUALTIES[0], "index": "2025050000001", "year": "2025", "reference": "050000001"}]
    ingest(write_table(tmp_path / "early", "casualty", "2024", later), folder=data, received_on=SECOND)
    assert [each.codes_gone for each in changes(open_store(data), "stats19_casualty")] == []


def test_a_change_is_written_as_plain_values(tmp_path):
    releases = {FIRST: {"2025-01": {"Burglary": 20}}, SECOND: {"2025-01": {"Burglary": 40}}}
    (found,) = changes(take_in(tmp_path, releases))
    record = found.as_record()
    assert record["rows_changed"] == [{"period": "2025-01", "before": 20, "now": 40}]
    assert record["sentences"] == ["Rows changed: 2025-01 from 20 to 40 (+100%)."]
    assert (record["newer_file"], record["received_on"]) == ("2025-01-cheshire-street.csv", "2025-06-30")
