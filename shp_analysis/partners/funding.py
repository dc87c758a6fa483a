"""The money behind the plan: funds, what they are for and until when, and whether stated totals add up."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import BeforeValidator, Field, model_validator

from shp_analysis.errors import RequestError
from shp_analysis.partners.records import Day, PartnerRecord, read_records
from shp_analysis.sources.reconciliation import Reconciliation, reconcile

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
class FundingTotal:
    """The sum of some funds."""

    amount_pounds: Decimal
    is_at_least: bool

    def __str__(self) -> str:
        return f"{'at least ' if self.is_at_least else ''}{write_pounds(self.amount_pounds)}"


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


def total_funding(funds: Sequence[Funding]) -> FundingTotal:
    """Add funds up; a total with an "at least" in it is one itself."""
    return FundingTotal(
        sum((each.amount_pounds for each in funds), Decimal(0)), any(each.is_at_least for each in funds)
    )


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


def write_pounds(amount: Decimal) -> str:
    """Write an amount: whole pounds as £12,500, others with pence."""
    return f"£{amount:,.0f}" if amount == amount.to_integral_value() else f"£{amount:,.2f}"
