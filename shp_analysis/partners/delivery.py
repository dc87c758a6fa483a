"""The delivery plan, what the board asked and was answered, and the money behind it.

Whether something was done and whether anything changed are two questions. Delivery is rated red, amber or green by the
partner that leads it; an outcome has a verdict, which only a test of two counts gives. The two never share a word, a
letter or a column.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import BeforeValidator, Field, model_validator

from shp_analysis.config.catalogue import Catalogue
from shp_analysis.config.priorities import Priority
from shp_analysis.config.reading import refuse_repeated
from shp_analysis.errors import RequestError
from shp_analysis.partners.returned_files import (
    Day,
    PartnerRecord,
    indicator_finder,
    priority_finder,
    read_records,
    resolve,
)
from shp_analysis.readers.reconciliation import Reconciliation, reconcile
from shp_analysis.reference.period_spellings import write_day

DELIVERY_PLAN_NAME = "delivery_plan.csv"
NO_ACTION = "No action recorded"
"""Printed in the row of a P under which a priority has no action."""


class FourP(StrEnum):
    """The four parts of the strategy's plan for each priority, in its order."""

    PREPARE = "prepare"
    PREVENT = "prevent"
    PURSUE = "pursue"
    PROTECT = "protect"


class DeliveryRag(StrEnum):
    """How far an action is, as its lead rates it. It says nothing about outcomes."""

    OFF_TRACK = "off track"
    AT_RISK = "at risk"
    NOT_STARTED = "not started"
    ON_TRACK = "on track"
    COMPLETE = "complete"

    @property
    def letter(self) -> str:
        """A letter that stands beside the colour, for those who do not see it; no verdict has the same."""
        return _LETTERS[self]

    @property
    def colour(self) -> str:
        """The colour's name."""
        return _COLOURS[self]


_LETTERS = dict(zip(DeliveryRag, "RAWGB", strict=True))
_COLOURS = dict(zip(DeliveryRag, ("red", "amber", "white", "green", "blue"), strict=True))


class DeliveryAction(PartnerRecord):
    """One action of the delivery plan.

    Attributes
    ----------
    action_id : str
        The same in every quarter, so that progress can be followed.
    priority : str
        The priority's number; in the file any wording of it.
    p : FourP
    action, progress : str
    lead : str
        The organisation or role that answers for it.
    delivery : DeliveryRag
    outcome_indicator : str, optional
        The id of the indicator on which an effect would show, if any.
    updated_on : date
    """

    prose: ClassVar[frozenset[str]] = frozenset({"action", "progress"})
    action_id: str
    priority: str
    p: FourP
    action: Annotated[str, Field(min_length=1)]
    lead: Annotated[str, Field(min_length=1)]
    progress: str = ""
    delivery: DeliveryRag
    outcome_indicator: str | None = None
    updated_on: Day


@dataclass(frozen=True)
class FourPRow:
    """One P of one priority, with its actions; a P without any is a row too."""

    p: FourP
    actions: tuple[DeliveryAction, ...]


@dataclass(frozen=True)
class DeliverySummary:
    """How far the actions of a priority are, together.

    Attributes
    ----------
    worst : DeliveryRag or None
        The least good rating; none where there are no actions.
    sentence : str
        How many actions have each rating.
    """

    worst: DeliveryRag | None
    sentence: str


@dataclass(frozen=True)
class DeliveryChange:
    """An action that is rated otherwise than a quarter ago, or is new."""

    action: DeliveryAction
    before: DeliveryRag | None

    @property
    def sentence(self) -> str:
        """The change in words."""
        now = self.action.delivery.value
        was = f"{self.before.value} last quarter, {now} now" if self.before else f"new, {now}"
        return f"{self.action.action}: {was}."


def read_delivery_plan(path: Path, catalogue: Catalogue, priorities: Sequence[Priority]) -> tuple[DeliveryAction, ...]:
    """Read a quarter's `delivery_plan.csv`; a missing file is a plan without actions.

    Raises
    ------
    ParametersError
        Naming file, row and column; an unknown priority or indicator with the nearest one; an id written twice.
    SourceError
        Where a cell looks like somebody's particulars.
    """
    finders = {"priority": priority_finder(priorities), "outcome_indicator": indicator_finder(catalogue)}
    plan = resolve(read_records(path, DeliveryAction), path, finders)
    refuse_repeated([each.action_id for each in plan], path, "an id belongs to one action")
    return plan


def list_four_ps(plan: Iterable[DeliveryAction], priority: Priority) -> tuple[FourPRow, ...]:
    """List a priority's actions under the four Ps: always four rows, in the strategy's order, empty or not."""
    own = [each for each in plan if each.priority == str(priority.number)]
    return tuple(FourPRow(p, tuple(each for each in own if each.p is p)) for p in FourP)


def summarise_delivery(plan: Iterable[DeliveryAction], priority: Priority) -> DeliverySummary:
    """Say how far a priority's actions are: the least good rating, and how many actions have each."""
    counts = Counter(each.delivery for each in plan if each.priority == str(priority.number))
    if not counts:
        return DeliverySummary(None, f"{NO_ACTION}.")
    shown = ", ".join(f"{counts[rating]} {rating.value}" for rating in DeliveryRag if counts[rating])
    noun = "action" if counts.total() == 1 else "actions"
    return DeliverySummary(
        next(rating for rating in DeliveryRag if counts[rating]), f"{counts.total()} {noun}: {shown}."
    )


def find_delivery_changes(
    now: Iterable[DeliveryAction], before: Iterable[DeliveryAction]
) -> tuple[DeliveryChange, ...]:
    """List the actions that are rated otherwise than in the plan of the quarter before, and those that are new."""
    ratings = {each.action_id: each.delivery for each in before}
    return tuple(
        DeliveryChange(each, ratings.get(each.action_id))
        for each in now
        if ratings.get(each.action_id) is not each.delivery
    )


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


FUNDING_NAME = "funding.csv"
HUNDRED = Decimal(100)
_POUNDS = re.compile(r"£?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d{1,2})?")


def _read_pounds(cell: object) -> object:
    if isinstance(cell, str):
        if not _POUNDS.fullmatch(cell):
            raise ValueError("write an amount in pounds, like 12500 or 12,500.00")
        return cell.removeprefix("£").replace(",", "")
    return cell


class Funding(PartnerRecord):
    """One fund, or one year of it.

    Attributes
    ----------
    fund : str
    amount_pounds : Decimal
    is_at_least : bool
        The source says "over" or "at least", and so does every total it goes into.
    purpose : str
    from_day, to_day : date
        The first and last day it may be spent on.
    """

    prose: ClassVar[frozenset[str]] = frozenset({"purpose"})
    fund: Annotated[str, Field(min_length=1)]
    amount_pounds: Annotated[Decimal, BeforeValidator(_read_pounds), Field(ge=0)]
    is_at_least: bool = False
    purpose: Annotated[str, Field(min_length=1)]
    from_day: Day
    to_day: Day

    @model_validator(mode="after")
    def _check_days(self) -> Funding:
        if self.to_day < self.from_day:
            raise ValueError("to_day lies before from_day")
        return self


@dataclass(frozen=True)
class ImpliedBase:
    """What an amount and the percentage it is said to be must be a percentage of.

    Attributes
    ----------
    value : Decimal
        The amount divided by the percentage.
    lower, upper : Decimal
        What it may be, as both figures are rounded.
    """

    value: Decimal
    lower: Decimal
    upper: Decimal

    def reconciles_with(self, base: Decimal) -> bool:
        """Say whether a stated base is one that the two rounded figures can come from."""
        return self.lower <= base <= self.upper


def read_funding(path: Path) -> tuple[Funding, ...]:
    """Read a quarter's `funding.csv`; a missing file is no funds.

    Raises
    ------
    ParametersError
        Naming file, row and column.
    SourceError
        Where a cell looks like somebody's particulars.
    """
    return tuple(record for _, record in read_records(path, Funding))


def check_stated_total(funds: Sequence[Funding], stated_pounds: Decimal) -> Reconciliation:
    """Compare funds with the total that a paper states; the result says in a sentence whether they add up.

    Raises
    ------
    RequestError
        Where there are no funds.
    """
    parts = {f"pounds ({each.fund}, line {n})": float(each.amount_pounds) for n, each in enumerate(funds, start=1)}
    return reconcile(parts, float(stated_pounds))


def imply_base(amount: Decimal, percent: Decimal) -> ImpliedBase:
    """Work out what "4.99%, which is £12.50" is a percentage of.

    Parameters
    ----------
    amount, percent : Decimal
        As printed: each is taken to be rounded to its own last digit.

    Returns
    -------
    ImpliedBase

    Raises
    ------
    RequestError
        Where the percentage could be nought, of which nothing follows.

    Examples
    --------
    >>> round(imply_base(Decimal("12.50"), Decimal("4.99")).value, 2)
    Decimal('250.50')
    """
    half_amount, half_percent = _half_of_last_digit(amount), _half_of_last_digit(percent)
    if percent <= half_percent:
        raise RequestError(f"{percent}% may be nought, and nothing follows from it. Give a larger percentage.")
    return ImpliedBase(
        amount * HUNDRED / percent,
        (amount - half_amount) * HUNDRED / (percent + half_percent),
        (amount + half_amount) * HUNDRED / (percent - half_percent),
    )


def _half_of_last_digit(figure: Decimal) -> Decimal:
    exponent = figure.as_tuple().exponent
    if not isinstance(exponent, int):
        raise RequestError(f"{figure} is no figure that something follows from. Give a number.")
    return Decimal(1).scaleb(exponent) / 2
