"""The board's side of paper, on three months of two counts: tally, priorities, boxes and footing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from builders import ASB, steady, write_street

from shp_analysis.assessment.verdicts import Verdict
from shp_analysis.config.priorities import Priority
from shp_analysis.page.data_tables import Cell
from shp_analysis.papers import board_summary, partner_context
from shp_analysis.papers.run import Run, open_run
from shp_analysis.reference.periods import Quarter, YearEnding
from shp_analysis.store.intake import ingest


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Burglary trebles in the last quarter of two years; anti-social behaviour stays at 30 a month."""
    folder = tmp_path_factory.mktemp("board")
    months = steady("2023-04", 24, {"Burglary": 20, ASB: 30})
    for label in ("2025-01", "2025-02", "2025-03"):
        months[label]["Burglary"] = 60
    for month, counts in months.items():
        write_street(folder / "published", month, counts)
    ingest(folder / "published", folder=folder / "data")
    return open_run(
        period="2024-25 Q4",
        paper="board_summary",
        data_folder=str(folder / "data"),
        parameters_folder=str(folder),
        simulated=False,
    )


def test_the_tally_counts_every_indicator_once_and_expects_false_ones(run: Run) -> None:
    (sentence,) = board_summary.describe_tally(run).sentences
    clear = [each for each in run.assessments if each.verdict is Verdict.UP]
    assert {"PUK-02"} <= {each.indicator.id for each in clear}
    assert sentence.text.startswith(f"Of {len(run.assessments)} indicators: {len(clear)} clearly up, ")
    assert "Even if nothing had changed, " in sentence.text
    assert sentence.text.endswith(" compared would look clear.")


def test_nine_rows_in_the_strategys_order(run: Run) -> None:
    table = board_summary.build_priorities(run)
    first = [row[0].text for group in table.groups for row in group.rows]
    assert [int(name.split()[0]) for name in first] == list(range(1, 10))
    assert [column.heading for column in table.columns][:4] == [
        "Priority and indicator",
        "Figure",
        "Verdict",
        "36 months",
    ]
    figure = table.groups[0].rows[0][1]
    assert isinstance(figure, Cell)
    assert (figure.text, figure.detail) == ("90", "90 a year before.")


def test_what_was_not_received_is_no_zero(run: Run) -> None:
    figures = [row[1] for group in board_summary.build_priorities(run).groups for row in group.rows]
    texts = [figure.text for figure in figures if isinstance(figure, Cell)]
    assert texts[0] == "90"
    assert set(texts[1:]) == {"–"}


def test_a_priority_with_nothing_agreed_says_so(run: Run) -> None:
    blank = replace(run)
    blank.__dict__["priorities"] = (Priority(number=10, name="Loneliness", theme="crime_and_asb"),)
    ((row,),) = [group.rows for group in board_summary.build_priorities(blank).groups]
    assert (row[0].text, row[1].text) == ("10 Loneliness", "No agreed local measure for this priority.")
    assert "Loneliness" in " ".join(note.text for note in partner_context.list_decisions(blank).items)


def test_the_boxes_stand_in_their_order(run: Run) -> None:
    boxes = board_summary.build_boxes(run, decisions=partner_context.list_decisions(run)).items
    terms = [box.term.split(":")[0] for box in boxes]
    assert list(dict.fromkeys(terms)) == [
        "New, or worth a conversation",
        "Cannot be compared",
        "You asked last time",
        "Decisions sought",
        "Data to",
    ]
    assert "Burglary rose from 60 to 180." in boxes[0].text
    assert all(box.text.endswith((".", "?", "!")) for box in boxes)


def test_the_footing_says_to_which_day_how_old_and_which_run(run: Run) -> None:
    (footing,) = board_summary.describe_basis(run).items
    days = (run.as_of - date(2025, 3, 31)).days
    assert footing.text.startswith("31 March 2025 for ")
    assert f"Written {days:,} days after the end of the quarter." in footing.text
    assert run.run_id in footing.text


@pytest.mark.parametrize(
    ("period", "day", "said"),
    [
        (Quarter("2010-11 Q3"), date(2011, 2, 15), "Written 46 days after the end of the quarter."),
        (Quarter("2024-25 Q4"), date(2025, 4, 1), "Written 1 day after the end of the quarter."),
        (YearEnding("2025-03"), date(2025, 4, 30), "Written 30 days after the end of the period."),
    ],
)
def test_a_papers_age_is_in_days(period: Quarter | YearEnding, day: date, said: str) -> None:
    assert board_summary.write_age(period, day) == said
