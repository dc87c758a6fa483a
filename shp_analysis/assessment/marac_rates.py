"""Cases at MARAC for every 10,000 adult females: the area's own, its police force area's, and England and Wales's.

SafeLives publishes a figure for each police force area, never for an authority; the authority's own comes from its
partners' returns. SafeLives says how many cases it recommends (40 for every 10,000 adult females) and how many there
were for every 10,000, from which the number of adult females it reckons with follows. England and Wales is said of all
the 43 forces alone; with fewer, how many of them is said.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from shp_analysis.assessment.assessments import Assessment
from shp_analysis.assessment.other_areas import NotCompared, OtherAreas
from shp_analysis.measures.observations import missing_months, sum_within
from shp_analysis.reference.areas import Area, read_area, read_forces
from shp_analysis.reference.periods import FinancialYear
from shp_analysis.statistics.comparator_means import RankedArea, rank_areas
from shp_analysis.statistics.intervals import rate_with_interval

CASES = "safelives_marac_cases"
PER_FEMALES = 10_000
RECOMMENDED = 40
"""Cases a year for every 10,000 adult females that SafeLives recommends."""


@dataclass(frozen=True)
class MaracRate:
    """Cases of one financial year in one place, for every 10,000 adult females.

    Attributes
    ----------
    name : str
        The place; a police force area is never named as the borough.
    cases : float
    rate, lower, upper : float
        With the 95% range that chance alone would give it.
    forces : int
        Of how many police force areas it is; 0 for an authority.
    """

    name: str
    cases: float
    rate: float
    lower: float
    upper: float
    forces: int


@dataclass(frozen=True)
class MaracComparison:
    """One financial year of cases at MARAC, here and elsewhere.

    Attributes
    ----------
    year : FinancialYear
        The newest that SafeLives published by the paper's day, not later than the paper's period.
    own : MaracRate or None
        The area's own return of the same year; None where it is not whole, or the area is not an authority.
    force : MaracRate
    everywhere : MaracRate
    rank : RankedArea
        Of the force among those with a figure, 1 the highest rate; to be told with its interval alone.
    without_figure : tuple of str
        Force areas that submitted nothing.
    """

    year: FinancialYear
    own: MaracRate | None
    force: MaracRate
    everywhere: MaracRate
    rank: RankedArea
    without_figure: tuple[str, ...]

    @property
    def rates(self) -> tuple[MaracRate, ...]:
        """From the smallest place to the largest."""
        return (*((self.own,) if self.own else ()), self.force, self.everywhere)


def compare_marac_cases(other_areas: OtherAreas, assessment: Assessment) -> MaracComparison | NotCompared:
    """Set an area's cases at MARAC beside its force area's and those of England and Wales.

    Parameters
    ----------
    elsewhere : OtherAreas
    assessment : Assessment
        Of the area's own cases, by quarter.

    Returns
    -------
    MaracComparison or NotCompared
    """
    if other_areas.store.parts_held(CASES, as_of=other_areas.as_of).empty:
        return NotCompared("SafeLives's figures have not been received.")
    code = other_areas.area.force.area_code
    by_year = _read_forces(other_areas)
    known = by_year[by_year["marac_cases"].notna() & by_year["females"].notna()]
    told = [FinancialYear(label) for label in known.loc[known["area_code"] == code, "financial_year"]]
    years = [year for year in told if year.end <= assessment.period.end]
    if not years:
        return NotCompared(f"SafeLives has no figure of {other_areas.area.force.area_name} for a year that is over.")
    year = max(years)
    own = known[known["financial_year"] == year.label].set_index("area_code")
    if len(own) < 2:  # noqa: PLR2004 - a force alone is compared with nobody
        return NotCompared(f"SafeLives's figures for {year.label} hold one police force area alone.")
    silent = sorted(force.area_name for force in read_forces().values() if force.area_code not in own.index)
    cases, females = (
        {str(area): float(each) for area, each in own[name].items()} for name in ("marac_cases", "females")
    )
    ranking = rank_areas(cases, females, comparators=len(own), per=PER_FEMALES)
    other_areas.opened.note_files(CASES, other_areas.store.parts_held(CASES, as_of=other_areas.as_of))
    return MaracComparison(
        year=year,
        own=_read_own(other_areas, assessment, year),
        force=_rate(read_area(code).name, cases[code], females[code], forces=1),
        everywhere=_rate(_name_all(len(own)), sum(cases.values()), sum(females.values()), forces=len(own)),
        rank=ranking.of(code),
        without_figure=tuple(silent),
    )


def _read_forces(other_areas: OtherAreas) -> pd.DataFrame:
    sql = (
        "SELECT area_code, financial_year, marac_cases, "
        f"coalesce({PER_FEMALES} * marac_cases / nullif(cases_per_10000_adult_females, 0), "
        f"{PER_FEMALES} * recommended_marac_cases / {RECOMMENDED}) AS females "
        f"FROM {CASES} WHERE geography = 'police force area' ORDER BY ALL"
    )
    return other_areas.store.query(CASES, sql, as_of=other_areas.as_of)


def _read_own(other_areas: OtherAreas, assessment: Assessment, year: FinancialYear) -> MaracRate | None:
    """Give the area's own rate, of the same twelve months and of whom its own rate is a rate."""
    area: Area = other_areas.area
    group = assessment.indicator.denominator
    is_own = assessment.area.code == area.code and not assessment.is_suppressed and group is not None
    if not is_own or group is None or missing_months(assessment.months, year):
        return None
    cases = sum_within(assessment.months, year)
    people = other_areas.people_of(area, group).number_on(year.end, group)
    return None if cases is None or people is None else _rate(area.name, cases, people.residents, forces=0)


def _name_all(forces: int) -> str:
    total = len(read_forces())
    return "England and Wales" if forces == total else f"{forces} of the {total} police force areas"


def _rate(name: str, cases: float, females: float, *, forces: int) -> MaracRate:
    found = rate_with_interval(cases, females, per=PER_FEMALES)
    return MaracRate(name, cases, float(found.value[0]), float(found.lower[0]), float(found.upper[0]), forces)
