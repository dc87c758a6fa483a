"""The chapters of the annual assessment, on two years of three counts and on nothing at all."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders import ASB, steady, write_street

from shp_analysis.config.priorities import NO_LOCAL_MEASURE, Priority
from shp_analysis.errors import RequestError
from shp_analysis.page.data_tables import DataTable
from shp_analysis.papers import annual_assessment, annual_scan
from shp_analysis.papers.run import Run, open_run
from shp_analysis.store.intake import ingest

QUARTER, DAY = "2024-25 Q4", "2025-06-30"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Burglary 20 a month and then 60, drugs 1 a month, anti-social behaviour 30: two financial years."""
    folder = tmp_path_factory.mktemp("annual")
    months = steady("2023-04", 24, {"Burglary": 20, "Drugs": 1, ASB: 30})
    for label in list(months)[12:]:
        months[label]["Burglary"] = 60
    for month, counts in months.items():
        write_street(folder / "published", month, counts)
    ingest(folder / "published", folder=folder / "data", received_on=None)
    return open_run(
        period=QUARTER,
        paper="annual_assessment",
        data_folder=str(folder / "data"),
        parameters_folder=str(folder),
        simulated=False,
    )


def rows_of(table: DataTable, heading: str = "") -> dict[str, list[str]]:
    groups = [group for group in table.groups if (group.heading or "").startswith(heading)]
    cells = [row for group in groups for row in group.rows]
    return {row[0].text: [getattr(cell, "text", getattr(cell, "value", "")) for cell in row] for row in cells}


def test_each_offence_group_has_its_evidence(run: Run) -> None:
    rows = rows_of(annual_scan.build_scan(run))
    evidence = {name: cells[5] for name, cells in rows.items()}
    assert evidence["Burglary"] == "strong"
    assert evidence["Drugs"] == "not clear"
    assert set(evidence.values()) <= {"strong", "moderate", "not clear", "weak", "none"}
    assert rows["Burglary"][1:3] == ["720", "240"]
    note = annual_scan.build_scan(run).note
    assert "Not in this table, because it was not received: the harm of each group" in note


def test_offence_groups_have_their_years_too(run: Run) -> None:
    assert "Burglary" in rows_of(annual_scan.build_years(run))


def test_every_chapter_is_headed_by_its_question(run: Run) -> None:
    headings = [group.heading for group in annual_assessment.build_chapters(run).groups]
    assert len(headings) == 9
    assert headings[0] == "1 Anti-Social Behaviour: is it changing? Seen in: Anti-social behaviour"
    assert headings[4] == "5 Counter Terrorism/Prevent: is the work being done? Seen in: Prevent training"


def test_what_was_not_received_is_named_among_the_people_and_is_no_zero(run: Run) -> None:
    rows = rows_of(annual_assessment.build_people(run))
    assert rows["First-time entrants to youth justice"][1:4] == ["not received whole", "–", "–"]
    assert "0" not in {cell for cells in rows.values() for cell in cells[1:3]}


def test_needs_say_what_is_known_and_what_is_not(run: Run) -> None:
    notes = {note.term: note.text for note in annual_assessment.describe_needs(run, "serious_violence").items}
    assert "Knife-enabled serious violence: not received for April 2024 to March 2025." in notes["Knives and weapons"]
    assert "none was received" in notes["Not known"]
    assert "Use and need" in {note.term for note in annual_assessment.describe_needs(run, "drugs").items}
    with pytest.raises(RequestError, match="no chapter of needs about 'weather'"):
        annual_assessment.describe_needs(run, "weather")


def test_priorities_are_weighed_by_evidence_and_not_chosen(run: Run) -> None:
    table = annual_assessment.assess_priorities(run)
    inside, outside = rows_of(table, "The priorities"), rows_of(table, "Outside")
    assert inside["1 Anti-Social Behaviour"][1::2] == ["360", "not clear"]
    assert inside["6 Hate Crime"][1::2] == ["–", "none"]
    assert outside["Burglary"][1::2] == ["720", "strong"]
    assert "the board's choice" in table.note


def test_a_priority_without_a_measure_asks_for_one(run: Run) -> None:
    blank = replace(run)
    blank.__dict__["priorities"] = (Priority(number=10, name="Loneliness", theme="crime_and_asb"),)
    (heading,) = [group.heading for group in annual_assessment.build_chapters(blank).groups]
    assert heading == "10 Loneliness: how should it be measured?"
    assert rows_of(annual_assessment.assess_priorities(blank), "The priorities")["10 Loneliness"][3] == "none"
    assert NO_LOCAL_MEASURE in next(iter(rows_of(annual_assessment.build_chapters(blank)).values()))[2]


def test_gaps_name_what_no_source_holds(run: Run) -> None:
    notes = {note.term: note.text for note in annual_assessment.list_gaps(run).items}
    assert notes["Not collected at all"].startswith("What residents worry about most")
    assert any(term.startswith("Not received whole") for term in notes)


def test_definitions_of_what_stands_for_a_priority_are_on_paper_and_the_others_on_screen(run: Run) -> None:
    notes = annual_scan.list_definitions(run).items
    assert len(notes) == len(run.assessments)
    on_paper = {note.term for note in notes if note.is_on_paper}
    assert {"Anti-social behaviour", "MARAC cases"} <= on_paper
    assert "Burglary" not in on_paper
    assert not any("%" in note.text for note in notes)
