"""What the board asked: open questions first, and on no day more than was known on it."""

from __future__ import annotations

from datetime import date

import pytest

from shp_analysis.errors import ParametersError
from shp_analysis.partners.delivery import list_asked, read_actions

HEAD = "asked_on,asked_by,question,answer,answered_on,status"
ROWS = (
    "2025-02-11,Scrutiny board,Where is fly-tipping?,,,open",
    "2025-02-11,Scrutiny board,How many calls?,In the paper.,2025-05-06,answered",
    "2024-11-12,Scrutiny board,Four pages?,Yes.,2025-01-20,answered",
    "2024-06-11,Scrutiny board,Who chairs?,,,closed",
)


def read(folder, *rows):
    path = folder / "actions.csv"
    path.write_text("\n".join((HEAD, *rows)) + "\n", encoding="utf-8")
    return read_actions(path)


def test_the_board_hears_of_what_is_open_and_of_what_was_answered_since_it_met(tmp_path):
    actions = read(tmp_path, *ROWS)
    told = [each.question for each in list_asked(actions, as_of=date(2025, 5, 15), last_meeting=date(2025, 2, 11))]
    assert told == ["Where is fly-tipping?", "How many calls?"]
    told = [each.question for each in list_asked(actions, as_of=date(2025, 5, 15))]
    assert told == ["Where is fly-tipping?", "Four pages?", "How many calls?"]


def test_an_earlier_paper_does_not_know_a_later_question_or_answer(tmp_path):
    actions = read(tmp_path, *ROWS)
    (only,) = list_asked(actions, as_of=date(2024, 12, 31))
    assert only.sentence == "Scrutiny board asked on 12 November 2024: Four pages? Not answered yet."
    assert actions[2].sentence.endswith("Answered on 20 January 2025: Yes.")
    assert actions[3].sentence.endswith("Who chairs? Not answered.")


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("2025-02-11,Board,Q,,,answered", "row 2: the file: .*there is no answer"),
        ("2025-02-11,Board,Q,A,2025-03-01,open", "it has an answer, and is open"),
        ("2025-02-11,Board,Q,A,,answered", "come together"),
        ("2025-02-11,Board,Q,,2025-03-01,closed", "come together"),
        ("2025-02-11,Board,Q,A,2025-02-01,answered", "answered before it was asked"),
        ("2025-02-11,Board,,,,open", "question: Field required"),
        ("2025-02-11,Board,Q,,,pending", "status: Input should be 'open', 'answered' or 'closed'"),
    ],
)
def test_a_question_that_contradicts_itself_is_refused(tmp_path, row, told):
    with pytest.raises(ParametersError, match=told):
        read(tmp_path, row)
