"""What a damaged store answers: the figures that `shp show` prints, beside those that are right.

An answer may be refused, may say that it is not whole, or may be right. Another number without a word is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

from benchmarks.judging import Outcome, Verdict
from shp_analysis.assessment import verdicts
from shp_analysis.assessment.area_records import open_records
from shp_analysis.errors import ShpAnalysisError
from shp_analysis.text.reasons import say

AS_OF = "2026-07-01"
Number = float | None


@dataclass(frozen=True)
class Question:
    """One indicator of one area and period."""

    indicator: str
    area: str
    period: str


@dataclass(frozen=True)
class Answer:
    """What is said: the figures of each comparison, the first one's verdict, the reasons, and of which period.

    An indicator of whole years answers from its latest one, and says which that is.
    """

    figures: tuple[tuple[Number, ...], ...]
    verdict: verdicts.Verdict
    words: str
    period: str

    def is_other_than(self, right: Answer) -> bool:
        """Say whether a figure is given that is not the right one; a figure left out is none."""
        pairs = zip(sum(self.figures, ()), sum(right.figures, ()), strict=True)
        return any(own is not None and own != other for own, other in pairs)

    @property
    def says_nothing(self) -> bool:
        """Whether a figure is left out without a reason."""
        return self.figures[0][0] is None and not self.words


@dataclass(frozen=True)
class AnswerKind:
    """One way of damaging what is held, and the judgement of what is answered then.

    Attributes
    ----------
    name : str
    group : str
        "orphans", "blank places" or "store damage".
    variants : int
        How many times it is tried.
    try_once : callable
        Given an empty folder and a source of chance: makes the damage there, asks and judges.
    prepare : callable
        Makes once what all its trials start from; its time is not counted.
    """

    name: str
    group: str
    variants: int
    try_once: Callable[[Path, Random], Verdict]
    prepare: Callable[[], object] = tuple


def ask(data: Path, question: Question) -> Answer:
    """Ask a data folder, in whichever room it holds files."""
    opened = open_records(area=question.area, as_of=AS_OF, data_folder=str(data))
    indicator = opened.catalogue.indicator(question.indicator)
    found = opened.assess(indicator, opened.read_period(question.period))
    figures = tuple(
        (each.count, each.baseline_count, each.whole, each.baseline_whole, each.value, each.baseline_value)
        for each in found.comparisons
    )
    return Answer(figures, found.verdict, " ".join(map(say, (*found.reasons, *found.notes))), found.period.label)


def judge_answers(
    data: Path, whole: Path, right: Sequence[tuple[Question, Answer]], *, tell: Callable[[], str] = str
) -> Verdict:
    """Ask again what was asked of the whole store, and say what became of the answers.

    Parameters
    ----------
    data, whole : Path
        The damaged data folder, and the one that it was made from.
    right : sequence of (Question, Answer)
    tell : callable, optional
        What `shp check` says of the damage, if anything.
    """
    outcomes = [_judge_one(data, whole, question, answer) for question, answer in right]
    for outcome in (Outcome.WRONG, Outcome.REFUSED, Outcome.TOLD):
        found = [each for each in outcomes if each.outcome is outcome]
        told = _tell(tell) if outcome is Outcome.WRONG and found else ""
        if found:
            return Verdict(Outcome.TOLD, told) if told else found[0]
    told = _tell(tell)
    return Verdict(Outcome.TOLD, told) if told else Verdict(Outcome.RIGHT)


def _judge_one(data: Path, whole: Path, question: Question, right: Answer) -> Verdict:
    try:
        found = ask(data, question)
    except ShpAnalysisError as error:
        return Verdict(Outcome.REFUSED, str(error)[:300])
    except Exception as error:  # noqa: BLE001 - any other class is the finding
        return Verdict(Outcome.WRONG, f"{question}: crash: {type(error).__name__}: {error}"[:300])
    if found.period != right.period:
        own = ask(whole, replace(question, period=found.period))
        is_right = not found.is_other_than(own)
        return Verdict(Outcome.TOLD if is_right else Outcome.WRONG, f"{question}: {found} for {own}"[:400])
    if found.is_other_than(right) or found.says_nothing:
        return Verdict(Outcome.WRONG, f"{question}: {found.figures} for {right.figures}: {found.words}"[:400])
    return Verdict(Outcome.RIGHT if found.figures == right.figures else Outcome.TOLD, found.words[:300])


def _tell(tell: Callable[[], str]) -> str:
    try:
        return tell()
    except ShpAnalysisError as error:
        return str(error)[:300]
