"""Records of many areas at once: one question of the store for all peers, and then the same rules for each.

What is told of the paper's own area holds for every other: a part that did not come is missing, a month with far fewer
rows than the months around it is no whole month, and an area without a row in a delivered part was lost there. Only
the newest release of each part is read, and no place below an authority.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

import pandas as pd

from shp_analysis.assessment.area_records import OpenedRecords
from shp_analysis.config.indicators import Denominator
from shp_analysis.measures.denominators import HOUSEHOLDS, Denominators, add_up_years, read_denominators, read_residents
from shp_analysis.measures.records import (
    EVERYTHING,
    AreaRecords,
    count_missing_links,
    count_recorded,
    find_absent_periods,
    find_thin_months,
    list_periods,
    settle,
)
from shp_analysis.measures.tables import CountedTable, find_counted_table
from shp_analysis.reference.areas import Area
from shp_analysis.store.store import Store


@dataclass(frozen=True)
class NotCompared:
    """Why a figure is not set beside those of other areas, in a sentence."""

    reason: str


@dataclass(frozen=True)
class OtherAreas:
    """What the store holds of other areas, as known on the day of a paper; each table is read once.

    Attributes
    ----------
    opened : OpenedRecords
        The paper's own area, whose store and day these are.
    """

    opened: OpenedRecords
    _tables: dict[tuple[str, tuple[str, ...]], dict[str, AreaRecords]] = field(
        default_factory=dict, repr=False, compare=False
    )
    _people: dict[str, Denominators] = field(default_factory=dict, repr=False, compare=False)

    @property
    def area(self) -> Area:
        """The paper's own area."""
        return self.opened.area

    @property
    def as_of(self) -> date:
        """Nothing received later is in it."""
        return self.opened.as_of

    @property
    def store(self) -> Store:
        """Where the records are."""
        return self.opened.store

    def records_of(self, table: str, areas: Sequence[Area]) -> dict[str, AreaRecords]:
        """Give the records that a table holds of some areas, by code; without those it does not tell apart."""
        key = table, tuple(area.code for area in areas)
        if key not in self._tables:
            self._tables[key] = read_records_of_areas(self.store, table, areas, as_of=self.as_of)
        return self._tables[key]

    def people_of(self, area: Area, group: Denominator | None) -> Denominators:
        """Give an area's people; residents and households of all areas are read with one question each."""
        if group is None:
            return Denominators(area)
        if group is Denominator.RESIDENTS:
            own = [] if area.lsoa_codes else [self._residents.get(code, {}) for code in area.authority_codes]
            return Denominators(area, {group: add_up_years(own)})
        if group is Denominator.HOUSEHOLDS and len(area.authority_codes) == 1:
            return Denominators(area, {group: self._households.get(area.authority_codes[0], {})})
        if area.code not in self._people:
            self._people[area.code] = read_denominators(self.store, area, as_of=self.as_of)
        return self._people[area.code]

    @cached_property
    def _residents(self) -> dict[str, dict[int, int]]:
        """Every authority's residents by mid-year."""
        return read_residents(self.store, as_of=self.as_of)

    @cached_property
    def _households(self) -> dict[str, dict[int, int]]:
        """Every authority's households by census: one question for all, where each by itself is asked three."""
        if self.store.parts_held(HOUSEHOLDS, as_of=self.as_of).empty:
            return {}
        sql = (
            "SELECT local_authority_code AS code, census_year AS year, sum(households) AS number "
            f"FROM {HOUSEHOLDS} GROUP BY ALL ORDER BY ALL"
        )
        found = self.store.query(HOUSEHOLDS, sql, as_of=self.as_of).dropna(subset="number")
        by_code: dict[str, dict[int, int]] = {}
        for code, year, number in zip(found["code"], found["year"], found["number"], strict=True):
            by_code.setdefault(str(code), {})[int(year)] = int(number)
        return by_code


def open_other_areas(opened: OpenedRecords) -> OtherAreas:
    """Open what the store holds of other areas than the one whose records were opened."""
    return OtherAreas(opened)


def read_records_of_areas(
    store: Store, table: str, areas: Sequence[Area], *, as_of: date | None = None
) -> dict[str, AreaRecords]:
    """Count a table's records of many areas with one question.

    Parameters
    ----------
    store : Store
    table : str
        One that indicators are counted from.
    areas : sequence of Area
        None of them part of another.
    as_of : date, optional

    Returns
    -------
    dict of str to AreaRecords
        By area code, as `measures.read_area_records` gives them, but for earlier releases, other forces' rows, places
        below an authority and people. Areas that the table does not tell apart from larger ones are not in it.

    Raises
    ------
    ParametersError
        Where no indicator can be counted from that table.
    """
    counted = find_counted_table(table)
    conditions = {area.code: found for area in areas if (found := counted.condition(area, with_others=False))}
    is_held = all(len(store.parts_held(name, as_of=as_of)) for name in counted.stored)
    if counted.is_of_forces or not conditions or not is_held:
        return {}
    counts = _count(store, counted, conditions, as_of)
    parts = store.parts_held(counted.stored[0], as_of=as_of)
    thin = _find_thin_by_force(store, counted, as_of)
    recorded = count_recorded(store, counted, None, as_of)
    links = count_missing_links(store, counted, conditions, as_of)
    by_area = dict(tuple(counts.groupby("area", sort=False)))
    return {
        area.code: replace(
            _gather(counted, area, as_of, by_area.get(area.code, counts.iloc[:0]), parts, thin, recorded),
            unlinked=links[area.code].unlinked,
            lacking=links[area.code].lacking,
        )
        for area in areas
        if area.code in conditions
    }


def _count(
    store: Store, table: CountedTable, conditions: Mapping[str, tuple[str, Sequence[str]]], as_of: date | None
) -> pd.DataFrame:
    whose = " ".join(f"WHEN {place} THEN '{code}'" for code, (place, _) in conditions.items())
    values = [value for _, own in conditions.values() for value in own]
    keys = ", ".join(("part_unit", "part_period", "period", "sha256", *table.filters))
    sums = "".join(f", sum({name}) AS sum_{name}, count({name}) AS known_{name}" for name in table.summed)
    sql = (
        f"SELECT area, {keys}, count(*) AS records{sums} FROM (SELECT *, CASE {whose} END AS area FROM ({table.sql})) "
        "WHERE area IS NOT NULL GROUP BY ALL ORDER BY ALL"
    )
    return store.query(table.stored, sql, values, as_of=as_of)


def _find_thin_by_force(store: Store, table: CountedTable, as_of: date | None) -> dict[tuple[str, str], frozenset[str]]:
    """Find the thin months of every force and class of records; none where they are not looked for."""
    if not table.is_checked_for_thin_parts:
        return {}
    classes = table.classes or {EVERYTHING: "true"}
    sums = ", ".join(f"count(*) FILTER ({condition}) AS {name}" for name, condition in classes.items())
    sql = f"SELECT part_unit, period, {sums} FROM ({table.sql}) GROUP BY ALL ORDER BY ALL"
    totals = store.query(table.stored, sql, as_of=as_of)
    return {
        (str(unit), name): find_thin_months(own[name], own["period"].tolist())
        for unit, own in totals.groupby("part_unit")
        for name in classes
    }


def _gather(
    table: CountedTable,
    area: Area,
    as_of: date | None,
    counts: pd.DataFrame,
    parts: pd.DataFrame,
    thin: Mapping[tuple[str, str], frozenset[str]],
    recorded: pd.DataFrame,
) -> AreaRecords:
    unit = area.force.police_uk_slug if table.is_own_force_only else ""
    if table.is_own_force_only:
        counts, parts = counts[counts["part_unit"] == unit], parts[parts["unit"] == unit]
        recorded = recorded[recorded["part_unit"] == unit] if len(recorded) else recorded
    counts, unsettled = settle(table, counts.reset_index(drop=True))
    periods = list_periods(table, parts, counts)
    absent = find_absent_periods(periods, counts)
    own_thin = {name: absent | thin.get((unit, name), frozenset()) for name in table.classes or (EVERYTHING,)}
    return AreaRecords(
        table,
        area,
        as_of,
        counts,
        periods,
        own_thin,
        recorded=recorded.reset_index(drop=True),
        release_parts=parts.reset_index(drop=True),
        unsettled=unsettled,
    )
