"""What the board asked, and what it was answered: carried from meeting to meeting until it is closed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import Field, model_validator

from shp_analysis.catalogue.naming import write_day
from shp_analysis.partners.records import Day, PartnerRecord, read_records

ACTIONS_NAME = "actions.csv"


class ActionStatus(StrEnum):
    """Where a question stands."""

    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"


class BoardAction(PartnerRecord):
    """One question of the board.

    Attributes
    ----------
    asked_on : date
    asked_by : str
        The board or the office, not a private person.
    question, answer : str
    answered_on : date, optional
    status : ActionStatus
        Closed where the board no longer wants an answer, or took the one it got.
    """

    prose: ClassVar[frozenset[str]] = frozenset({"question", "answer"})
    asked_on: Day
    asked_by: Annotated[str, Field(min_length=1)]
    question: Annotated[str, Field(min_length=1)]
    answer: str = ""
    answered_on: Day | None = None
    status: ActionStatus

    @model_validator(mode="after")
    def _check_answer(self) -> BoardAction:
        if bool(self.answer) != (self.answered_on is not None):
            raise ValueError("an answer and its date, answered_on, come together")
        if self.status is ActionStatus.ANSWERED and not self.answer:
            raise ValueError("it is answered, and there is no answer")
        if self.status is ActionStatus.OPEN and self.answer:
            raise ValueError("it has an answer, and is open: write answered, or closed")
        if self.answered_on is not None and self.answered_on < self.asked_on:
            raise ValueError("it was answered before it was asked")
        return self

    @property
    def sentence(self) -> str:
        """Question and answer in words, as the box "You asked last time" prints them."""
        asked = f"{self.asked_by} asked on {write_day(self.asked_on)}: {self.question}"
        if self.answered_on is None:
            return f"{asked} Not answered." if self.status is ActionStatus.CLOSED else f"{asked} Not answered yet."
        return f"{asked} Answered on {write_day(self.answered_on)}: {self.answer}"


def read_actions(path: Path) -> tuple[BoardAction, ...]:
    """Read a quarter's `actions.csv`; a missing file is no questions.

    Raises
    ------
    ParametersError
        Naming file, row and column.
    SourceError
        Where a cell looks like somebody's particulars.
    """
    return tuple(record for _, record in read_records(path, BoardAction))


def list_asked(
    actions: Iterable[BoardAction], *, as_of: date, last_meeting: date | None = None
) -> tuple[BoardAction, ...]:
    """List what the board should hear of: what is open, and what was answered since it last met.

    Parameters
    ----------
    actions : iterable of BoardAction
    as_of : date
        The day of the paper: what was asked later is left out, and a later answer is not yet known.
    last_meeting : date, optional
        Answers given after it are listed; every answer, if left out. What is closed is listed no more.

    Returns
    -------
    tuple of BoardAction
        Open ones first, oldest first; then the answered, oldest first.
    """
    known = [_as_known_on(each, as_of) for each in actions if each.asked_on <= as_of]
    waiting = [each for each in known if each.status is ActionStatus.OPEN]
    answered = [
        each
        for each in known
        if each.status is ActionStatus.ANSWERED
        and (last_meeting is None or (each.answered_on is not None and each.answered_on > last_meeting))
    ]
    return (*sorted(waiting, key=_by_day), *sorted(answered, key=_by_day))


def _as_known_on(action: BoardAction, as_of: date) -> BoardAction:
    if action.answered_on is None or action.answered_on <= as_of:
        return action
    return action.model_copy(update={"answer": "", "answered_on": None, "status": ActionStatus.OPEN})


def _by_day(action: BoardAction) -> date:
    return action.asked_on
