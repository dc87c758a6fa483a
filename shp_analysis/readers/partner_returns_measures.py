"""What partners return: the measures, whether each is a state on a day or happens in a period, and their breakdowns.

The measures are data (`reference/partner_returns/measures.csv`). A stock, such as the cases open on 31 December, and a
flow, such as the cases opened from October to December, are different things though both are numbers of cases: they
are never compared, trended or added together, and `check_same_kind` stands before every place where they could be.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

import pandas as pd

from shp_analysis.errors import RequestError, suggest
from shp_analysis.readers.code_tables import read_code_table
from shp_analysis.readers.readers import SIMULATED_MARK
from shp_analysis.reference.periods import CalendarYear, FinancialYear, Month, Period, Quarter

FOLDER = "partner_returns"
TOTAL = "total"
"""The breakdown of a row that counts everything."""
ALL = "all"
"""Its category."""


class Quantity(StrEnum):
    """Whether a number is a state on a day or what happened during a period."""

    STOCK = "stock"
    FLOW = "flow"


class Sensitivity(StrEnum):
    """How far a figure may travel: open; about persons, so suppressed; about so few that it stays with partners."""

    OPEN = "open"
    SENSITIVE = "sensitive"
    RESTRICTED = "restricted"


class Parts(StrEnum):
    """How the categories of a breakdown stand to their total."""

    ADD_UP = "add up"
    OVERLAP = "overlap"
    SEPARATE = "separate"


PERIOD_KINDS: Mapping[str, type[Period]] = {
    "month": Month,
    "quarter": Quarter,
    "year": FinancialYear,
    "calendar year": CalendarYear,
}
"""The kind of period of each frequency; a year is a financial one."""


@dataclass(frozen=True)
class PartnerMeasure:
    """One thing that partners count.

    Attributes
    ----------
    id, name, definition : str
    organisation_types : tuple of str
        Who returns it.
    unit : str
        `"count"`, or what else a number is of.
    kind : Quantity
    frequency : str
        One of `PERIOD_KINDS`. Of a stock it says how often it is counted.
    breakdowns : tuple of str
        Those it may be returned by, beside the total.
    base : str
        What its base is, where it is a part of something that is returned with it; empty where it has none.
    part_of : str
        Id of the measure that it cannot exceed; empty where there is none.
    adds_over_periods : bool
        Whether three months may be added to a quarter. Not so for stocks, for windows of twelve months, and for
        people who are counted once a period.
    adds_over_organisations : bool
        Whether each organisation returns what is its own, so that theirs are added up; else they all return the same.
    age_band : str
        Of whom it is counted: figures of 18 and over are no part of a rate per resident aged 16 and over.
    sensitivity : Sensitivity
    indicators : tuple of str
        Ids of the indicators that it serves.
    """

    id: str
    name: str
    definition: str
    organisation_types: tuple[str, ...]
    unit: str
    kind: Quantity
    frequency: str
    breakdowns: tuple[str, ...]
    base: str
    part_of: str
    adds_over_periods: bool
    adds_over_organisations: bool
    age_band: str
    sensitivity: Sensitivity
    indicators: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        """Whether only whole numbers are possible."""
        return self.unit == "count"


@cache
def read_measures() -> Mapping[str, PartnerMeasure]:
    """Read every measure, by id, in the order of the table."""
    return {row["measure"]: _read_measure(row) for row in read_code_table(FOLDER, "measures.csv")}


def find_measure(measure_id: str) -> PartnerMeasure:
    """Give a measure by its id.

    Raises
    ------
    RequestError
        Where there is none; the message names the nearest.
    """
    measures = read_measures()
    if measure_id not in measures:
        message = f"There is no measure '{measure_id}' among what partners return. {suggest(measure_id, measures)}"
        raise RequestError(message.strip())
    return measures[measure_id]


def check_same_kind(first: PartnerMeasure, second: PartnerMeasure) -> None:
    """Refuse to set a stock against a flow.

    Parameters
    ----------
    first, second : PartnerMeasure
        Two measures about to be compared, trended, divided or added together.

    Raises
    ------
    RequestError
        Where one is a state on a day and the other happens during a period.
    """
    if first.kind is not second.kind:
        stock, flow = (first, second) if first.kind is Quantity.STOCK else (second, first)
        message = (
            f"'{stock.name}' is a stock, counted on a day, and '{flow.name}' is a flow, counted over a period: they "
            "cannot be compared, trended or added together. Compare stocks with stocks on other days, and flows with "
            "flows of other periods."
        )
        raise RequestError(message)


def count_stock(records: pd.DataFrame, measure_ids: Sequence[str]) -> int:
    """Add stocks that were counted on one day: cases open and cases pending.

    Parameters
    ----------
    records : pandas.DataFrame
        Records of `partner_returns_stock`, of one area and one organisation.
    measure_ids : sequence of str
        The measures to add, each of another set of cases.

    Returns
    -------
    int
        The sum of their totals on that day. It is a state too: never add it to the next day's.

    Raises
    ------
    RequestError
        Where a measure is a flow, is not there or not known, is there more than once, or the days differ.
    """
    measures = [find_measure(each) for each in measure_ids]
    flows = [measure for measure in measures if measure.kind is Quantity.FLOW]
    if flows:
        message = f"'{flows[0].name}' is a flow, counted over a period, and cannot be part of a stock. Leave it out."
        raise RequestError(message)
    totals = records[(records["breakdown"] == TOTAL) & records["measure"].isin(list(measure_ids))]
    for measure in measures:
        values = totals.loc[totals["measure"] == measure.id, "value"]
        if len(values) != 1 or values.isna().any():
            found = "is not known" if len(values) == 1 else f"is there {len(values)} times"
            message = (
                f"The total of '{measure.name}' {found}, and is needed once. Choose one area, organisation and period."
            )
            raise RequestError(message)
    days = sorted({day.date().isoformat() for day in totals["as_at"]})
    if len(days) > 1:
        message = f"The stocks were counted on different days ({', '.join(days)}) and cannot be added. Choose one day."
        raise RequestError(message)
    return int(totals["value"].sum())


@cache
def read_breakdowns() -> Mapping[str, tuple[str, ...]]:
    """Give the categories of every breakdown, the total among them."""
    categories: dict[str, tuple[str, ...]] = {}
    for row in read_code_table(FOLDER, "categories.csv"):
        categories[row["breakdown"]] = (*categories.get(row["breakdown"], ()), row["category"])
    return categories


@cache
def read_parts() -> Mapping[str, Parts]:
    """Say of every breakdown how its categories stand to their total."""
    return {row["breakdown"]: Parts(row["parts"]) for row in read_code_table(FOLDER, "breakdowns.csv")}


@cache
def read_organisations() -> Mapping[str, tuple[str, ...]]:
    """Give every organisation that returns something, with what it is."""
    return {
        row["organisation"]: tuple(row["organisation_types"].split())
        for row in read_code_table(FOLDER, "organisations.csv")
    }


def list_codes(column: str) -> tuple[str, ...]:
    """List the allowed words of `contact_role` or `completeness`."""
    table = {"contact_role": "contact_roles.csv", "completeness": "completeness.csv"}[column]
    return tuple(row[column] for row in read_code_table(FOLDER, table))


def list_measures_of(organisation: str) -> tuple[PartnerMeasure, ...]:
    """List what an organisation returns.

    Raises
    ------
    RequestError
        Where there is no such organisation; the message names the nearest.
    """
    known = read_organisations()
    name = organisation.removeprefix(SIMULATED_MARK).strip()
    if name not in known:
        message = (
            f"There is no organisation '{organisation}' among those that return something. {suggest(name, known)} "
            f"They are: {', '.join(known)}."
        )
        raise RequestError(message)
    return tuple(measure for measure in read_measures().values() if is_returned_by(measure, known[name]))


def is_returned_by(measure: PartnerMeasure, organisation_types: Collection[str]) -> bool:
    """Say whether an organisation of these types returns a measure."""
    return not set(measure.organisation_types).isdisjoint(organisation_types)


def _read_measure(row: Mapping[str, str]) -> PartnerMeasure:
    return PartnerMeasure(
        id=row["measure"],
        name=row["name"],
        definition=row["definition"],
        organisation_types=tuple(row["organisation_types"].split()),
        unit=row["unit"],
        kind=Quantity(row["kind"]),
        frequency=row["frequency"],
        breakdowns=tuple(row["breakdowns"].split()),
        base=row["of"],
        part_of=row["part_of"],
        adds_over_periods=row["adds_over_periods"] == "yes",
        adds_over_organisations=row["adds_over_organisations"] == "yes",
        age_band=row["age_band"],
        sensitivity=Sensitivity(row["sensitivity"]),
        indicators=tuple(row["indicators"].split()),
    )
