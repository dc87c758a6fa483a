"""Whose number a rate is of: residents by age and sex, or households, of an area in a year.

People are counted from the ONS files that were received. Residents of all ages are in the project's own reference
tables too, for years of which no file came; anyone else's number is then not known, and no rate is printed: a rate over
the wrong people is worse than none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from shp_analysis.config.catalogue import Denominator
from shp_analysis.reference.areas import MID_YEAR, Area, Population
from shp_analysis.store.store import Store

POPULATIONS, HOUSEHOLDS, TRAFFIC = "ons_populations_authority", "ons_households", "dft_traffic"
OLDEST = 200
_AGES: Mapping[Denominator, tuple[int, int]] = {
    Denominator.RESIDENTS: (0, OLDEST),
    Denominator.RESIDENTS_16: (16, OLDEST),
    Denominator.RESIDENTS_18: (18, OLDEST),
    Denominator.ADULT_FEMALES: (16, OLDEST),
    Denominator.CHILDREN: (0, 17),
    Denominator.YOUNG_PEOPLE: (10, 17),
    Denominator.YOUNG_ADULTS: (15, 24),
}
_EVERYBODY, _FEMALES = "all", "female"


@dataclass(frozen=True)
class Denominators:
    """An area's people by group and year, as known on a day.

    Attributes
    ----------
    area : Area
    counts : mapping of Denominator to mapping of int to int
        By mid-year, as received; a group that was not received is not there.
    """

    area: Area
    counts: Mapping[Denominator, Mapping[int, int]] = field(default_factory=dict)

    def number_on(self, day: date, group: Denominator) -> Population | None:
        """Give the newest number not later than a day, or the earliest there is; None where none is known."""
        known = dict(self.counts.get(group, {}))
        if group is Denominator.RESIDENTS:
            known = {**self.area.populations, **known}  # of one year, what was received is the later estimate
        if not known:
            return None
        past = [year for year in known if date(year, *MID_YEAR) <= day]
        year = max(past) if past else min(known)
        return Population(known[year], year)


def find_people_table(group: Denominator) -> str:
    """Give the stored table that a group of people, households or miles is counted from; its parts are years."""
    if group is Denominator.HOUSEHOLDS:
        return HOUSEHOLDS
    return TRAFFIC if group is Denominator.VEHICLE_MILES else POPULATIONS


def read_denominators(store: Store, area: Area, *, as_of: date | None = None) -> Denominators:
    """Read an area's people from the files received by a day.

    Parameters
    ----------
    store : Store
    area : Area
        Groups are known for whole local authorities and for areas made of them; a town or ward has none.
    as_of : date, optional

    Returns
    -------
    Denominators
    """
    if area.lsoa_codes:
        return Denominators(area)
    counts = _count_people(store, area, as_of)
    counts[Denominator.HOUSEHOLDS] = _count_households(store, area, as_of)
    counts[Denominator.VEHICLE_MILES] = _sum_traffic(store, area, as_of)
    return Denominators(area, {group: years for group, years in counts.items() if years})


def read_residents(store: Store, *, as_of: date | None = None) -> dict[str, dict[int, int]]:
    """Read the residents of every authority from the files received by a day: one question for all of them.

    Parameters
    ----------
    store : Store
    as_of : date, optional

    Returns
    -------
    dict of str to dict of int to int
        By code and mid-year; empty where no file was received.
    """
    if store.parts_held(POPULATIONS, as_of=as_of).empty:
        return {}
    group = Denominator.RESIDENTS
    sql = f"SELECT area_code, mid_year, {_write_sums(group)} FROM {POPULATIONS} GROUP BY ALL ORDER BY ALL"
    found = store.query(POPULATIONS, sql, as_of=as_of).dropna(subset=group.name)
    by_code: dict[str, dict[int, int]] = {}
    for code, year, number in zip(found["area_code"], found["mid_year"], found[group.name], strict=True):
        by_code.setdefault(str(code), {})[int(year)] = int(number)
    return by_code


def add_up_years(parts: Sequence[Mapping[int, int]]) -> dict[int, int]:
    """Add up the numbers of an area's parts, in the years in which every part has one."""
    years = set[int](parts[0]).intersection(*parts[1:]) if parts else set[int]()
    return {year: sum(each[year] for each in parts) for year in sorted(years)}


def _count_people(store: Store, area: Area, as_of: date | None) -> dict[Denominator, dict[int, int]]:
    if store.parts_held(POPULATIONS, as_of=as_of).empty:
        return {}
    codes = ", ".join("?" * len(area.authority_codes))
    sums = ", ".join(_write_sums(group) for group in _AGES)
    sql = f"SELECT mid_year AS year, {sums} FROM {POPULATIONS} WHERE area_code IN ({codes}) GROUP BY mid_year"
    found = store.query(POPULATIONS, sql, list(area.authority_codes), as_of=as_of)
    return {
        group: _whole_years(found.rename(columns={group.name: "number", f"{group.name}_AREAS": "areas"}), area)
        for group in _AGES
    }


def _write_sums(group: Denominator) -> str:
    """Write how many people of a group there are, and in how many authorities they were counted."""
    first, last = _AGES[group]
    ages = f"age_years BETWEEN {first} AND {last}"
    areas = f"count(DISTINCT area_code) FILTER ({ages}) AS {group.name}_AREAS"
    if group is Denominator.ADULT_FEMALES:
        return f"sum(residents) FILTER (sex = '{_FEMALES}' AND {ages}) AS {group.name}, {areas}"
    # Some editions have a row for everybody, others one for each sex.
    everybody = f"sum(residents) FILTER (sex = '{_EVERYBODY}' AND {ages})"
    number = f"coalesce({everybody}, sum(residents) FILTER ({ages}))"
    is_whole = f"count(residents) FILTER ({ages}) = count(*) FILTER ({ages})"  # the oldest are not always published
    return f"CASE WHEN {is_whole} THEN {number} END AS {group.name}, {areas}"


def _count_households(store: Store, area: Area, as_of: date | None) -> dict[int, int]:
    if store.parts_held(HOUSEHOLDS, as_of=as_of).empty:
        return {}
    codes = ", ".join("?" * len(area.authority_codes))
    sql = (
        "SELECT census_year AS year, sum(households) AS number, count(DISTINCT local_authority_code) AS areas "
        f"FROM {HOUSEHOLDS} WHERE local_authority_code IN ({codes}) GROUP BY census_year"
    )
    return _whole_years(store.query(HOUSEHOLDS, sql, list(area.authority_codes), as_of=as_of), area)


def _sum_traffic(store: Store, area: Area, as_of: date | None) -> dict[int, int]:
    """Add up vehicle miles; in whole miles, so that a rate is of miles until it is printed."""
    if store.parts_held(TRAFFIC, as_of=as_of).empty:
        return {}
    codes = ", ".join("?" * len(area.authority_codes))
    sql = (
        "SELECT year, sum(vehicle_miles_all) AS number, count(DISTINCT authority_code) AS areas "
        f"FROM {TRAFFIC} WHERE authority_code IN ({codes}) GROUP BY year"
    )
    return _whole_years(store.query(TRAFFIC, sql, list(area.authority_codes), as_of=as_of), area)


def _whole_years(found: pd.DataFrame, area: Area) -> dict[int, int]:
    """Keep the years in which every authority of the area has a number."""
    whole = found[(found["areas"] == len(area.authority_codes)) & found["number"].notna()]
    return {int(year): int(number) for year, number in zip(whole["year"], whole["number"], strict=True)}
