"""An area beside the rest of its police force area and of the country: its years, and its cases at MARAC.

The area's own events are left out of what its years are compared with: counted on both sides they would hide a
difference. What the file covers decides what the rest is called. It is Great Britain only where every police force of
England and Wales has rows, and Scotland has, with about as many authorities as there are; otherwise the authorities
that are in every year of the file are counted, and called no more than that.

Of cases at MARAC, SafeLives publishes a figure for each police force area, never for an authority; the authority's own
comes from its partners' returns. SafeLives says how many cases it recommends (40 for every 10,000 adult females) and
how many there were for every 10,000, from which the number of adult females it reckons with follows. England and Wales
is said of all the 43 forces alone; with fewer, how many of them is said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat

import pandas as pd

from shp_analysis.assessment.assessments import Assessment
from shp_analysis.assessment.comparator_areas import NotCompared, OtherAreas
from shp_analysis.assessment.comparisons import FEWEST_EVENTS, judge_dispersion
from shp_analysis.assessment.verdicts import SignificanceTest, describe_test
from shp_analysis.config.catalogue import EVERY, Kind, Measure, SeriesBreak
from shp_analysis.measures.counted_tables import Place, find_counted_table
from shp_analysis.measures.observations import missing_months, sum_within
from shp_analysis.measures.records import count_unlinked
from shp_analysis.reference.areas import Area, list_authorities, read_area, read_forces
from shp_analysis.reference.periods import CalendarYear, FinancialYear, Month, Period
from shp_analysis.statistics.changes import Change, ChangeRatio, compare_changes, compare_counts
from shp_analysis.statistics.comparator_means import RankedArea, rank_areas
from shp_analysis.statistics.dispersions import Dispersion
from shp_analysis.statistics.intervals import rate_with_interval
from shp_analysis.text.words import capitalise

GREAT_BRITAIN, ENGLAND_AND_WALES = "Great Britain", "England and Wales"
FEWEST_ENGLISH_AND_WELSH, FEWEST_SCOTTISH = 310, 30
"""England and Wales have had 318 authorities or more, Scotland 32: a file with fewer than these is a part of them."""
SCOTLAND = "S"
"""What the codes of Scottish authorities begin with."""
COLLISIONS = "stats19_collision"
"""The stored table by which the coverage is judged: it names the police force of every record."""
KINDS = frozenset({Kind.COUNT, Kind.SCORE})


@dataclass(frozen=True)
class YearsOfArea:
    """The years of one place.

    Attributes
    ----------
    name : str
        As a sentence has it: `Halton`, `the rest of Cheshire`, `the 13 other authorities in the file`.
    label : str
        As a legend has it.
    counts : mapping of CalendarYear to float
        Whole years, oldest first; the first is what the others are indexed to.
    dispersion : Dispersion
        How jumpy the place's own months are.
    """

    name: str
    label: str
    counts: Mapping[CalendarYear, float]
    dispersion: Dispersion

    def compare(self, baseline: CalendarYear, year: CalendarYear, *, by_chance: bool = False) -> Change:
        """Compare two of its years, as counts: allowing for usual variation, or for chance alone."""
        then, now = (round(self.counts[each]) for each in (baseline, year))
        return compare_counts(then, now, dispersion=None if by_chance else self.dispersion)


@dataclass(frozen=True)
class YearsCompared:
    """An area's years beside others'.

    Attributes
    ----------
    assessment : Assessment
        The area's own, whose two periods are compared.
    years : tuple of CalendarYear
        Oldest first.
    own : YearsOfArea
    others : tuple of YearsOfArea
        The rest of the police force area, where all of it is in the file, and the rest of what the file covers.
    ratios : tuple of ChangeRatio or None
        The area's change over each of the others'; None where the paper compares the two periods in no other way
        either, or the counts are too few.
    tests : tuple of SignificanceTest or None
        Which test each of the ratios comes from, likewise.
    breaks : tuple of SeriesBreak
        That touch the years shown.
    country : str
        Which one the file covers in all years; nothing where it covers none.
    """

    assessment: Assessment
    years: tuple[CalendarYear, ...]
    own: YearsOfArea
    others: tuple[YearsOfArea, ...]
    ratios: tuple[ChangeRatio | None, ...]
    tests: tuple[SignificanceTest | None, ...]
    breaks: tuple[SeriesBreak, ...]
    country: str


def compare_years_with_rest(
    other_areas: OtherAreas, assessment: Assessment, *, first_year: int
) -> YearsCompared | NotCompared:
    """Set an area's years of road casualties or collisions beside those of the rest of the file.

    Parameters
    ----------
    elsewhere : OtherAreas
    assessment : Assessment
        Of a calendar year, counted from the road safety data.
    first_year : int
        The year that the others are indexed to.

    Returns
    -------
    CourseComparison or NotCompared
    """
    reason = _find_obstacle(other_areas.area, assessment)
    if reason:
        return NotCompared(reason)
    _, measure = assessment.indicator.measure(assessment.source)
    years = tuple(CalendarYear(str(year)) for year in range(first_year, assessment.period.start.year + 1))
    held = set(other_areas.store.parts_held(COLLISIONS, as_of=other_areas.as_of)["period"])
    if len(years) < 2 or not {year.label for year in years} <= held:  # noqa: PLR2004 - one year is no course
        return NotCompared(f"The file does not hold every year from {first_year} on.")
    records = other_areas.opened.records_of(measure.records)
    unlinked = next(filter(None, (count_unlinked(records, measure, year.months) for year in years)), None)
    if unlinked:
        return NotCompared(f"{capitalise(unlinked.words)}.")
    own, coverage = frozenset(other_areas.area.authority_codes), find_coverage(other_areas, years)
    groups = _name_groups(other_areas.area, coverage)
    if not own <= coverage.authorities or not groups:
        return NotCompared("The file holds no other authority for all of these years.")
    counts = _count_by_authority(other_areas, measure, years)
    if counts.isna().to_numpy().any():
        return NotCompared("A count of one of these years is not known.")
    breaks = other_areas.opened.catalogue.breaks_of(assessment.indicator, other_areas.area)
    shared = tuple(each for each in breaks if EVERY in each.area_codes)
    courses = [
        _build_years(group, counts[counts.index.isin(group.codes)], assessment.period, known)
        for group, known in zip(
            (_Group(other_areas.area.name, other_areas.area.name, own), *groups),
            (breaks, *repeat(shared, len(groups))),
            strict=True,
        )
    ]
    ratios = tuple(_divide(assessment, courses[0], each) for each in courses[1:])
    return YearsCompared(
        assessment=assessment,
        years=years,
        own=courses[0],
        others=tuple(courses[1:]),
        ratios=ratios,
        tests=tuple(
            _describe_test(assessment, courses[0], other) if ratio else None
            for other, ratio in zip(courses[1:], ratios, strict=True)
        ),
        breaks=tuple(each for each in breaks if each.settled_day >= years[0].start and each.first_day <= years[-1].end),
        country=coverage.country,
    )


def _find_obstacle(area: Area, assessment: Assessment) -> str:
    table = (
        find_counted_table(assessment.indicator.measure(assessment.source)[1].records) if assessment.source else None
    )
    if table is None or COLLISIONS not in table.stored or assessment.indicator.kind not in KINDS:
        return "Only what is counted from the road safety data can be set beside the country."
    if area.lsoa_codes:
        return "Only whole authorities are set beside the country."
    if not isinstance(assessment.period, CalendarYear) or assessment.is_suppressed:
        return "No whole year has been received."
    return ""


def _count_by_authority(other_areas: OtherAreas, measure: Measure, years: Sequence[CalendarYear]) -> pd.DataFrame:
    """Count every authority's months, shape (authorities, months); 0 where it has none."""
    table = find_counted_table(measure.records)
    conditions, values = _write_selection(measure)
    # A sum with an unknown part is unknown.
    number = f"CASE WHEN count({measure.sum}) = count(*) THEN sum({measure.sum}) END" if measure.sum else "count(*)"
    sql = (
        f"SELECT {Place.AUTHORITY} AS code, period, count(*) AS records, {number} AS number FROM ({table.sql}) "
        f"WHERE left(period, 4) BETWEEN ? AND ? AND {conditions} GROUP BY ALL"
    )
    bounds = [years[0].label, years[-1].label]
    found = other_areas.store.query(table.stored, sql, [*bounds, *values], as_of=other_areas.as_of)
    for name in table.stored:
        parts = other_areas.store.parts_held(name, as_of=other_areas.as_of)
        other_areas.opened.note_files(name, parts[parts["period"].between(bounds[0], bounds[1])])
    placed = found.dropna(subset="code")
    months = [month.label for year in years for month in year.months]
    records, numbers = (
        placed.set_index(["code", "period"])[name].unstack().reindex(columns=months)  # noqa: PD010 - no aggregation
        for name in ("records", "number")
    )
    return numbers.astype(float).where(records.notna(), 0.0)


def _write_selection(measure: Measure) -> tuple[str, list[str]]:
    pairs = [(column, "IN", own) for column, own in measure.include.items()]
    pairs += [(column, "NOT IN", own) for column, own in measure.exclude.items()]
    words = [f"{column} {how} ({', '.join('?' * len(own))})" for column, how, own in pairs]
    return " AND ".join(words) or "true", [value for _, _, own in pairs for value in own]


@dataclass(frozen=True)
class Coverage:
    """What the road safety data cover in every one of some years.

    Attributes
    ----------
    country : str
        `Great Britain`, `England and Wales`, or nothing where the file is a part of them.
    authorities : frozenset of str
        Codes of the authorities with a collision in each of the years.
    ever : frozenset of str
        Codes of those with one in any of the years, among them authorities that were merged since.
    """

    country: str
    authorities: frozenset[str]
    ever: frozenset[str]


@dataclass(frozen=True)
class _Group:
    """Authorities that are counted as one place, and its names in a sentence and in a legend."""

    name: str
    label: str
    codes: frozenset[str]


def find_coverage(other_areas: OtherAreas, years: Sequence[CalendarYear]) -> Coverage:
    """Say what the road safety data cover in every one of some years.

    Parameters
    ----------
    elsewhere : OtherAreas
    years : sequence of CalendarYear

    Returns
    -------
    Coverage
    """
    sql = f"SELECT DISTINCT part_period AS year, police_force, authority_code FROM {COLLISIONS} ORDER BY ALL"
    found = other_areas.store.query(COLLISIONS, sql, as_of=other_areas.as_of).dropna(subset="authority_code")
    return judge_coverage({year: found[found["year"] == year.label] for year in years})


def judge_coverage(by_year: Mapping[CalendarYear, pd.DataFrame]) -> Coverage:
    """Judge by the police forces and authorities that have rows in each year what the years cover together.

    Parameters
    ----------
    by_year : mapping of CalendarYear to pandas.DataFrame
        Columns `police_force, authority_code`, each pair once.

    Returns
    -------
    Coverage
    """
    codes = [frozenset(rows["authority_code"]) for rows in by_year.values()]
    countries = [_name_country(rows) for rows in by_year.values()]
    country = "" if "" in countries or not countries else min(countries, key=[ENGLAND_AND_WALES, GREAT_BRITAIN].index)
    return Coverage(country, frozenset.intersection(*codes), frozenset[str]().union(*codes))


def _name_country(rows: pd.DataFrame) -> str:
    is_scottish = rows["authority_code"].map(_is_scottish)
    south, north = rows[~is_scottish], rows[is_scottish]
    is_whole = south["police_force"].nunique() >= len(read_forces())
    if not is_whole or south["authority_code"].nunique() < FEWEST_ENGLISH_AND_WELSH:
        return ""
    return GREAT_BRITAIN if north["authority_code"].nunique() >= FEWEST_SCOTTISH else ENGLAND_AND_WALES


def _name_groups(area: Area, coverage: Coverage) -> tuple[_Group, ...]:
    """Name the authorities that an area is set beside: the rest of its force's, and the rest of what is covered."""
    own, force = frozenset(area.authority_codes), area.force
    of_force = frozenset(list_authorities(force.area_code))
    groups = []
    if own < of_force <= coverage.authorities:
        rest = f"rest of {force.area_name}"
        groups.append(_Group(f"the {rest}", capitalise(rest), of_force - own))
    if coverage.country:
        # Every authority of each year counts, whatever its code was before a merger: the country is whole in each.
        is_all = coverage.country == GREAT_BRITAIN
        codes = frozenset(code for code in coverage.ever if is_all or not _is_scottish(code)) - own
        rest = f"rest of {coverage.country}"
        return (*groups, _Group(f"the {rest}", capitalise(rest), codes))
    others = coverage.authorities - own
    if others and others != of_force - own:
        groups.append(_name_others(others))
    return tuple(groups)


def _is_scottish(code: str) -> bool:
    return code.startswith(SCOTLAND)


def _name_others(codes: frozenset[str]) -> _Group:
    if len(codes) > 1:
        return _Group(f"the {len(codes)} other authorities in the file", f"{len(codes)} others", codes)
    name = read_area(min(codes)).name
    return _Group(f"{name} (the one other authority in the file)", name, codes)


def _build_years(group: _Group, counts: pd.DataFrame, period: Period, breaks: Sequence[SeriesBreak]) -> YearsOfArea:
    months = [Month(label) for label in counts.columns]
    totals = counts.sum(axis=0).to_numpy(float)
    observations = pd.DataFrame(
        {
            "period_start": [each.start for each in months],
            "period_end": [each.end for each in months],
            "numerator": totals,
        }
    )
    years: dict[CalendarYear, float] = {}
    for month, total in zip(months, totals, strict=True):
        year = CalendarYear.containing(month.start)
        years[year] = years.get(year, 0.0) + float(total)
    return YearsOfArea(
        group.name, group.label, years, judge_dispersion(observations, period, breaks).over(len(period.months))
    )


def _divide(assessment: Assessment, own: YearsOfArea, other: YearsOfArea) -> ChangeRatio | None:
    """Divide the area's change by another's, where the paper compares the two years at all."""
    comparison = assessment.comparisons[0]
    now, then = comparison.period, comparison.baseline
    if not (isinstance(now, CalendarYear) and isinstance(then, CalendarYear) and then in own.counts):
        return None
    changes = own.compare(then, now), other.compare(then, now)
    are_enough = all(
        each.count + each.baseline_count >= FEWEST_EVENTS and min(each.count, each.baseline_count) > 0
        for each in changes
    )
    return compare_changes(*changes) if comparison.verdict.shows_percent and are_enough else None


def _describe_test(assessment: Assessment, own: YearsOfArea, other: YearsOfArea) -> SignificanceTest:
    """Say what the ratio was tested against: the shorter of the two histories decides."""
    comparison = assessment.comparisons[0]
    years = CalendarYear.containing(comparison.baseline.start), CalendarYear.containing(comparison.period.start)
    by_chance = None
    if comparison.kind is not Kind.SCORE:
        by_chance = compare_changes(own.compare(*years, by_chance=True), other.compare(*years, by_chance=True)).p_value
    shorter = min((own.dispersion, other.dispersion), key=lambda each: each.months)
    return describe_test(shorter, by_chance)


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
    ranking = rank_areas(cases, females, comparators=len(own))
    other_areas.opened.note_files(CASES, other_areas.store.parts_held(CASES, as_of=other_areas.as_of))
    return MaracComparison(
        year=year,
        own=_read_own(other_areas, assessment, year),
        force=_rate(read_area(code).name, cases[code], females[code], forces=1),
        everywhere=_rate(_name_all(len(own)), sum(cases.values()), sum(females.values()), forces=len(own)),
        rank=ranking[code],
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
