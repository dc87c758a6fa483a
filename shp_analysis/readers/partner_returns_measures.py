"""A partner's return: what its rows must have to do with one another."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

import pandas as pd

from shp_analysis.errors import RequestError, SourceError, suggest
from shp_analysis.readers.readers import SIMULATED_MARK, read_code_table
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


_PART = ["organisation", "measure", "period", "area_code"]
"""What a later return replaces whole."""
_KEY = [*_PART, "breakdown", "category"]


def check_origin(records: pd.DataFrame, label: str) -> bool:
    """Say whether a return is simulated, and refuse one in which only some rows are.

    A row says so in its organisation or its note.
    """
    marked = pd.concat(
        [records[column].str.contains(SIMULATED_MARK, regex=False, na=False) for column in ("organisation", "note")],
        axis="columns",
    ).any(axis="columns")
    if marked.any() and not marked.all():
        message = (
            f"{label}: row {records.index[~marked][0]} does not say '{SIMULATED_MARK}' in 'organisation' or 'note', "
            f"and row {records.index[marked][0]} does. Keep simulated and real figures in files of their own."
        )
        raise SourceError(message)
    return bool(marked.any())


def check_twins(records: pd.DataFrame, label: str) -> None:
    """Refuse two rows about the same thing, be their values equal or not."""
    again = records.index[records.duplicated(_KEY)]
    if len(again):
        row = records.loc[again[0]]
        first = records.index[(records[_KEY] == row[_KEY]).all(axis="columns")][0]
        message = (
            f"{label}: row {again[0]} is about the same thing as row {first} ({', '.join(row[_KEY])}), and so "
            f"{'are' if len(again) > 1 else 'is'} {len(again)} of {len(records)} rows. Keep one of them."
        )
        raise SourceError(message)


def check_days(records: pd.DataFrame, label: str) -> None:
    """Refuse a stock whose rows were counted on different days."""
    for _, part in records[records["as_at"].notna()].groupby(_PART):
        other = part.index[part["as_at"] != part["as_at"].iloc[0]]
        if len(other):
            message = (
                f"{label}: row {other[0]}, column 'as_at' says {part.loc[other[0], 'as_at']:%Y-%m-%d}, and row "
                f"{part.index[0]} of the same measure says {part['as_at'].iloc[0]:%Y-%m-%d}. Count it all on one day."
            )
            raise SourceError(message)


def check_totals(records: pd.DataFrame, label: str) -> None:
    """Refuse a breakdown without its total, or one that contradicts it.

    Categories that add up give the total where all are known, and never more. Of categories that overlap, as hate
    strands do, none exceeds the total, and all together are not below it: what has two counts in both, and once in
    the total. Categories of which each has a base of its own are not compared with it.
    """
    for _, part in records.groupby(_PART):
        totals = part[part["breakdown"] == TOTAL]
        if totals.empty:
            message = (
                f"{label}: row {part.index[0]} is a part of '{part['measure'].iloc[0]}' "
                f"({part['period'].iloc[0]}, {part['area_name'].iloc[0]}), whose total is nowhere. Add its row, with "
                f"the breakdown '{TOTAL}'."
            )
            raise SourceError(message)
        total = totals["value"].iloc[0]
        if pd.notna(total):
            for breakdown, rows in part[part["breakdown"] != TOTAL].groupby("breakdown"):
                _check_breakdown(rows, str(breakdown), total, f"{label}: row {totals.index[0]}")


def check_parts(records: pd.DataFrame, label: str) -> None:
    """Refuse a measure that exceeds the one it is a part of, where the file holds both."""
    wholes = {key: (row, value) for key, row, value in _list_values(records)}
    for (organisation, measure, *rest), row, value in _list_values(records):
        part_of = read_measures()[measure].part_of
        whole_row, whole = wholes.get((organisation, part_of, *rest), (0, value))
        if value > whole:
            message = (
                f"{label}: row {row}, column 'value' says {value:,.0f} for '{measure}', and row {whole_row} says "
                f"{whole:,.0f} for '{part_of}', of which it is a part. Check the two."
            )
            raise SourceError(message)


def _list_values(records: pd.DataFrame) -> Iterator[tuple[tuple[str, ...], int, float]]:
    known = records[records["value"].notna()]
    keys = known[_KEY].itertuples(index=False, name=None)
    yield from zip(keys, known.index, known["value"], strict=True)


def _check_breakdown(rows: pd.DataFrame, breakdown: str, total: float, where: str) -> None:
    parts, values = read_parts()[breakdown], rows["value"].dropna()
    is_whole = len(values) == len(read_breakdowns()[breakdown])
    shown = f"the total {total:,.0f} of '{rows['measure'].iloc[0]}'"
    if parts is Parts.SEPARATE:
        return
    if (values > total).any():
        row = values.index[values > total][0]
        message = f"{where} has {shown}, and row {row} has {values[row]:,.0f} for a part of it. Check the two."
        raise SourceError(message)
    added = values.sum()
    is_too_many = parts is Parts.ADD_UP and added > total
    is_too_few = is_whole and added < total
    if is_too_many or is_too_few:
        how = "which add up to it" if parts is Parts.ADD_UP else "in one or more of which everything is"
        message = (
            f"{where} has {shown}, and the rows of its breakdown '{breakdown}', {how}, have {added:,.0f} together. "
            "Check them; what is not known is counted as unknown."
        )
        raise SourceError(message)
