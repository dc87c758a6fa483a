"""The feeds of the store: every table, unit by unit, with what is in and what is missing in between."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from shp_analysis.readers.readers import UNIT_SEPARATOR, Frequency, RecordTable
from shp_analysis.readers.registry import list_tables
from shp_analysis.reference.areas import Area
from shp_analysis.reference.periods import Period
from shp_analysis.store.store import Store

MOST_GAPS_TOLD = 6
"""A longer list of missing parts is shortened in words; the record has all of them."""
_WORDS: Mapping[Frequency, str] = {
    Frequency.MONTH: "months",
    Frequency.QUARTER: "quarters",
    Frequency.CALENDAR_YEAR: "years",
    Frequency.FINANCIAL_YEAR: "years",
    Frequency.WINDOW: "windows",
    Frequency.SNAPSHOT: "states",
}


@dataclass(frozen=True)
class Feed:
    """One unit of one table: a force's street files, an indicator's windows, an organisation's returns of a measure.

    Attributes
    ----------
    table : str
    unit_columns : tuple of str
        What a unit is of; empty where the publisher releases all of a period together.
    unit : str
        Its values, as the store joins them.
    frequency : Frequency
        How long a part is.
    first, last : str
        The earliest and the latest part that are in, as the store writes them: `2024-01`, `2024-25-Q1`.
    parts : int
        How many are in.
    missing : tuple of str
        Parts between the first and the last that are not.
    rows : int
    newest_file : str
    newest_received_on : date
    """

    table: str
    unit_columns: tuple[str, ...]
    unit: str
    frequency: Frequency
    first: str
    last: str
    parts: int
    missing: tuple[str, ...]
    rows: int
    newest_file: str
    newest_received_on: date

    @property
    def months(self) -> int | None:
        """How many months its parts cover; None where they overlap or have no length."""
        kind = self.frequency.period_kind
        return self.parts * kind.n_months if kind else None

    @property
    def missing_in_words(self) -> str:
        """The missing parts, or how many there are where they are many."""
        return shorten_labels(self.missing, _WORDS[self.frequency])

    def as_record(self) -> dict[str, Any]:
        """Write the feed as plain values; each part of its unit also stands under its own column's name."""
        units = dict(zip(self.unit_columns, split_unit(self.unit, self.unit_columns), strict=True))
        return {
            "table": self.table,
            "unit": self.unit,
            **units,
            "frequency": self.frequency.value,
            "first": self.first,
            "last": self.last,
            "parts": self.parts,
            "months": self.months,
            "missing": list(self.missing),
            "rows": self.rows,
            "newest_file": self.newest_file,
            "newest_received_on": self.newest_received_on.isoformat(),
        }


def list_feeds(store: Store, *, area: Area | None = None, as_of: date | None = None) -> tuple[Feed, ...]:
    """List every feed of the store, as known on a day.

    Parameters
    ----------
    store : Store
    area : Area, optional
        Leave out units that are another force's, authority's or place's. Tables of all areas together stay.
    as_of : date, optional

    Returns
    -------
    tuple of Feed
        In the order of the readers' tables and of the units' names.
    """
    known = list_tables()
    held = store.table_names
    feeds = []
    for name, table in known.items():
        if name in held:
            parts = store.parts_held(name, as_of=as_of)
            mine = parts if area is None else select_units(parts, table, choose_units(table, area))
            feeds += [_describe_feed(table, str(unit), rows) for unit, rows in mine.groupby("unit")]
    return tuple(feeds)


def select_units(parts: pd.DataFrame, table: RecordTable, chosen: Mapping[str, Collection[str]]) -> pd.DataFrame:
    """Keep the parts whose unit has one of the chosen values in every column that has any.

    Parameters
    ----------
    parts : pandas.DataFrame
        With a column `unit`, as the store joins its values.
    table : RecordTable
    chosen : mapping of str to collection of str
        By unit column: `{"force": ("cheshire",)}`. Empty keeps all.

    Returns
    -------
    pandas.DataFrame
    """
    columns = table.unit_columns
    units = [dict(zip(columns, split_unit(unit, columns), strict=True)) for unit in parts["unit"]]
    kept = [all(unit[column] in values for column, values in chosen.items()) for unit in units]
    return parts[pd.Series(kept, parts.index, dtype=bool)]


def choose_units(table: RecordTable, area: Area) -> dict[str, tuple[str, ...]]:
    """Say which values a table's unit columns have for an area, of those columns that name places."""
    places = {
        "force": (area.force.police_uk_slug,),
        "area_code": (area.code,),
        "area_name": (area.name, *area.authority_names),
    }
    return {column: places[column] for column in table.unit_columns if column in places}


def split_unit(unit: str, columns: Sequence[str]) -> list[str]:
    """Take a unit's values apart again; a value may itself hold the separator, and then the last takes the rest."""
    return unit.split(UNIT_SEPARATOR, len(columns) - 1) if columns else []


def shorten_labels(labels: Sequence[str], word: str = "parts") -> str:
    """Write labels in words: all of them where they are few, else how many and from which to which."""
    if not labels:
        return "none"
    if len(labels) > MOST_GAPS_TOLD:
        return f"{len(labels)} {word}, {labels[0]} to {labels[-1]}"
    return ", ".join(labels)


def write_label(period: Period) -> str:
    """Write a period as the store labels its parts."""
    return period.label.replace(" ", "-")


def list_gaps(frequency: Frequency, labels: Sequence[str]) -> tuple[str, ...]:
    """List the parts between the first and the last that are not there; none for windows and states.

    Parameters
    ----------
    frequency : Frequency
    labels : sequence of str
        In order; at least one.

    Returns
    -------
    tuple of str
    """
    if frequency.period_kind is None:
        return ()
    held, gaps = set(labels), []
    period, last = frequency.read_period(labels[0]), frequency.read_period(labels[-1])
    while period < last:
        period = period.next()
        if write_label(period) not in held:
            gaps.append(write_label(period))
    return tuple(gaps)


def _describe_feed(table: RecordTable, unit: str, parts: pd.DataFrame) -> Feed:
    labels = parts["period"].tolist()
    newest = parts.sort_values(["received_on", "sequence"]).iloc[-1]
    return Feed(
        table=table.name,
        unit_columns=table.unit_columns,
        unit=unit,
        frequency=table.frequency,
        first=labels[0],
        last=labels[-1],
        parts=len(labels),
        missing=list_gaps(table.frequency, labels),
        rows=int(parts["rows"].sum()),
        newest_file=newest["path"].rsplit("/", 1)[-1],
        newest_received_on=newest["received_on"],
    )
