"""The delivery plan: what partners said they would do under each priority, and how far they are.

Whether something was done and whether anything changed are two questions. Delivery is rated red, amber or green by the
partner that leads it; an outcome has a verdict, which only a test of two counts gives. The two never share a word, a
letter or a column.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, ClassVar

import pandas as pd
from pydantic import Field

from shp_analysis.catalogue import Catalogue, Priority
from shp_analysis.configuration import refuse_repeated
from shp_analysis.partners.records import (
    Day,
    PartnerRecord,
    indicator_finder,
    priority_finder,
    read_records,
    resolve,
)

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


def tabulate_four_ps(rows: Iterable[FourPRow]) -> pd.DataFrame:
    """Write the four Ps of a priority as a table.

    Returns
    -------
    pandas.DataFrame
        `p, action, lead, progress, delivery, letter, outcome_indicator, updated_on`, one row an action; a P without
        actions is one row that says so.
    """
    cells = [
        (
            *(row.p.value, each.action, each.lead, each.progress, each.delivery.value, each.delivery.letter),
            *(each.outcome_indicator or "", each.updated_on),
        )
        if each
        else (row.p.value, NO_ACTION, "", "", "", "", "", None)
        for row in rows
        for each in (row.actions or (None,))
    ]
    return pd.DataFrame(cells, columns=_COLUMNS, dtype=object)


_COLUMNS = ["p", "action", "lead", "progress", "delivery", "letter", "outcome_indicator", "updated_on"]


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
