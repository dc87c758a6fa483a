"""What damaged holdings answer: another number is found out, and each kind of damage is refused or told."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from benchmarks import answers
from benchmarks.answers import Answer, AnswerKind, Question, judge_answers
from benchmarks.bad_input import list_answer_kinds, try_answers
from benchmarks.judging import Outcome
from shp_analysis.assessment.verdicts import Verdict
from shp_analysis.errors import StoreError

RIGHT = Answer(((10, 8, None, None, None, None),), Verdict.TOO_FEW, "", "2024-25 Q4")
QUESTION = Question("ALL-01", "E06000006", "2024-25 Q4")
LEFT_OUT = ((None, 8, None, None, None, None),)


@pytest.mark.parametrize(
    ("found", "outcome"),
    [
        (RIGHT, Outcome.RIGHT),
        (replace(RIGHT, figures=((9, 8, None, None, None, None),)), Outcome.WRONG),
        (replace(RIGHT, figures=((10, 7, None, None, None, None),)), Outcome.WRONG),
        (replace(RIGHT, figures=LEFT_OUT, words="A month is missing."), Outcome.TOLD),
        (replace(RIGHT, figures=LEFT_OUT), Outcome.WRONG),
        (StoreError("parts.csv has lost lines."), Outcome.REFUSED),
        (KeyError("parts"), Outcome.WRONG),
    ],
)
def test_each_answer_is_told_apart(monkeypatch, tmp_path, found, outcome):
    def answer(_data, _question):
        if isinstance(found, Exception):
            raise found
        return found

    monkeypatch.setattr(answers, "ask", answer)
    assert judge_answers(tmp_path, tmp_path, [(QUESTION, RIGHT)]).outcome is outcome


def test_what_the_check_says_of_another_number_is_told(monkeypatch, tmp_path):
    monkeypatch.setattr(answers, "ask", lambda *_: replace(RIGHT, figures=((9, 8, None, None, None, None),)))
    verdict = judge_answers(tmp_path, tmp_path, [(QUESTION, RIGHT)], tell=lambda: "raw/a.csv is not in the ledger.")
    assert verdict == answers.Verdict(Outcome.TOLD, "raw/a.csv is not in the ledger.")


@pytest.mark.parametrize("kind", list_answer_kinds(), ids=lambda kind: kind.name)
def test_no_kind_of_damage_gives_another_number(kind: AnswerKind):
    trials = list(try_answers(kind, every=kind.variants))
    outcomes = Counter(trial.outcome for trial in trials)
    assert len(trials) == 1
    assert outcomes[Outcome.WRONG] == 0, trials
    if kind.group != "orphans":  # who is hurt in another year, or not hurt, leaves an answer as it was
        assert (outcomes[Outcome.RIGHT] == 0) == (kind.name != "as many records without a place"), trials
