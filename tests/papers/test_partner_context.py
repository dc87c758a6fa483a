"""What partners sent stands on the page as they wrote it, and what nobody sent is said."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from shp_analysis.config.priorities import NO_LOCAL_MEASURE
from shp_analysis.papers.partner_context import (
    MOST_DECISIONS,
    advise_wording,
    list_comments,
    list_decisions,
    list_delivery,
    list_missing_comments,
    list_questions,
)
from shp_analysis.papers.run import Run, open_run
from shp_analysis.partners.comments import Comment, EvidenceType
from shp_analysis.partners.delivery import DeliveryAction, DeliveryRag, FourP
from shp_analysis.partners.quarter_folder import PartnerFiles
from shp_analysis.simulator import write_simulated_borough
from shp_analysis.store.intake import ingest

DEADLINE = date(2025, 5, 9)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Halton's street files of the simulated borough, with the files that its partners sent for the quarter."""
    folder = tmp_path_factory.mktemp("borough")
    for path in write_simulated_borough(folder / "published", authorities=("E06000006",)):
        if path.suffix == ".zip":
            ingest(path, folder=folder / "data")
    return open_run(
        period="2024-25 Q4", as_of="2025-06-30", data_folder=str(folder / "data"), simulated=True, theme="crime_and_asb"
    )


def comment(
    text: str, *, indicator: str = "ALL-01", given_on: date = date(2025, 5, 1), public: bool = False
) -> Comment:
    return Comment(
        indicator=indicator,
        text=text,
        owner="Simulated office",
        given_on=given_on,
        evidence_type=EvidenceType.ANECDOTAL,
        is_public=public,
    )


def with_comments(run: Run, *comments: Comment) -> Run:
    return replace(run, partners=replace(run.partners, commentary=comments))


def test_comments_are_printed_with_owner_date_and_evidence(run: Run) -> None:
    remarks = list_comments(run).remarks
    assert [each.about for each in remarks] == ["Anti-social behaviour", "Shoplifting", "Burglary"]
    assert remarks[1].owner == "Simulated retail crime officer"
    assert remarks[1].given_on == date(2025, 4, 30)
    assert remarks[1].evidence_type == "administrative (counted in a service's own records)"


def test_every_figure_without_a_comment_is_named_once_with_the_day(run: Run) -> None:
    (note,) = list_missing_comments(run).items
    assert note.term == "No comment received by 9 May 2025."
    commented = {each.about for each in list_comments(run).remarks}
    for each in run.assessments:
        assert (each.indicator.name in note.text) or each.indicator.name in commented
    assert "Total recorded crime" in note.text
    assert set(note.unanswered) == {each.indicator.name for each in run.assessments} - commented


def test_paper_says_how_many_figures_nobody_commented_on_and_not_which(run: Run) -> None:
    (note,) = list_missing_comments(run).items
    total, silent = len(run.assessments), len(run.assessments) - 3
    assert note.in_short is not None
    assert note.in_short.term == note.term
    assert note.in_short.text == f"That is so for {silent} of the paper's {total} figures; the web edition names them."


def test_without_a_deadline_nobody_is_called_silent(run: Run) -> None:
    (note,) = list_missing_comments(replace(run, settings=run.settings.model_copy(update={"comments_by": None}))).items
    assert note.text == "No day was set by which partners were asked to comment; what came is printed."


def test_a_late_comment_is_printed_and_says_so(run: Run) -> None:
    (remark,) = list_comments(with_comments(run, comment("SIMULATED: quiet.", given_on=date(2025, 5, 10)))).remarks
    assert remark.evidence_type.endswith("; given after the day asked for")


def test_a_comment_given_after_the_day_of_the_paper_is_not_known_yet(run: Run) -> None:
    assert list_comments(with_comments(run, comment("SIMULATED: quiet.", given_on=date(2025, 7, 1)))).remarks == ()


def test_a_public_paper_prints_only_what_was_released(run: Run) -> None:
    public = replace(run, edition="public")
    assert [each.about for each in list_comments(public).remarks] == ["Shoplifting"]
    (note,) = list_missing_comments(public).items
    assert "No comment received" not in note.term + note.text


def test_every_priority_tells_of_all_four_ps_even_without_actions(run: Run) -> None:
    table = list_delivery(run)
    assert [group.heading[0] for group in table.groups] == ["1", "3", "4", "5", "6", "8"]
    for group in table.groups:
        told = " ".join(getattr(row[0], "text", "") for row in group.rows).lower()
        assert all(told.count(p) == 1 for p in ("prepare", "prevent", "pursue", "protect")), told
        without = [getattr(row[1], "text", "") for row in group.rows].count("No action recorded")
        assert without <= 1
    assert "No action recorded" in table.to_html()
    assert "off track" in table.to_html()


def test_questions_open_first_and_closed_ones_not_at_all(run: Run) -> None:
    notes = list_questions(run).items
    assert [each.term for each in notes] == ["Open", "Answered"]
    assert "four pages" not in " ".join(each.text for each in notes)


def test_nothing_sent_is_said(run: Run) -> None:
    empty = replace(run, partners=PartnerFiles())
    assert list_comments(empty).remarks == ()
    assert list_questions(empty).items[0].term == "Nothing"
    assert list_decisions(empty).items[0].text == "This paper is to be noted; nothing is asked of the board."


def test_decisions_are_the_boards_own_first_and_few(run: Run) -> None:
    asked = run.settings.model_copy(update={"decisions": ("Fund the club for a year.", "Choose a lead.")})
    notes = list_decisions(replace(run, settings=asked)).items
    assert len(notes) == MOST_DECISIONS
    assert [each.text for each in notes[:2]] == ["Fund the club for a year.", "Choose a lead."]
    assert notes[2].term == "Action SIM-05, off track"


def test_a_priority_without_a_measure_is_put_to_the_board(run: Run) -> None:
    bare = replace(run, partners=PartnerFiles())
    bare.__dict__["priorities"] = (run.priorities[0].model_copy(update={"lead_indicator": None, "beside": ()}),)
    (note,) = list_decisions(bare).items
    assert (note.term, note.text) == (NO_LOCAL_MEASURE, "Agree how Anti-Social Behaviour should be measured.")


def test_partners_of_another_area_are_not_quoted(run: Run) -> None:
    data = str(run.opened.store.root.parent)
    other = open_run(period="2024-25 Q4", area="Warrington", as_of="2025-06-30", data_folder=data, simulated=True)
    assert other.partners == PartnerFiles()


def test_advice_names_the_claim_and_leaves_the_words_alone() -> None:
    said = comment("SIMULATED: it soared because of the weather.")
    action = DeliveryAction(
        action_id="SIM-01",
        priority="1",
        p=FourP.PREPARE,
        action="SIMULATED: a significant number of visits",
        lead="Simulated council",
        delivery=DeliveryRag.COMPLETE,
        updated_on=DEADLINE,
    )
    lines = advise_wording(PartnerFiles(commentary=(said,), delivery_plan=(action,)))
    assert ["cause" in lines[0], "loaded-word" in lines[1], "vague-quantity" in lines[2]] == [True, True, True]
    assert said.text == "SIMULATED: it soared because of the weather."


def test_plain_words_need_no_advice() -> None:
    assert advise_wording(PartnerFiles(commentary=(comment("SIMULATED: 40 visits were made."),))) == ()


def test_a_folder_without_files_is_no_partners(run: Run, tmp_path: Path) -> None:
    data = str(run.opened.store.root.parent)
    bare = open_run(
        period="2024-25 Q4", as_of="2025-06-30", data_folder=data, simulated=True, parameters_folder=str(tmp_path)
    )
    assert bare.partners == PartnerFiles()
    assert bare.settings.comments_by is None
