"""An area's years beside those of the rest of its police force area and of the country, and how its change differs.

The area's own events are left out of what it is compared with: counted on both sides they would hide a difference. What
the file covers decides what the rest is called. It is Great Britain only where every police force of England and Wales
has rows, and Scotland has, with about as many authorities as there are; otherwise the authorities that are in every
year of the file are counted, and called no more than that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from shp_analysis.areas import Area, list_authorities, read_area, read_forces
from shp_analysis.assessments import Assessment
from shp_analysis.catalogue import EVERY, Kind, Measure, SeriesBreak
from shp_analysis.comparisons import FEWEST_EVENTS, judge_dispersion
from shp_analysis.elsewhere.records import Elsewhere, NotCompared
from shp_analysis.measures import Place, find_counted_table
from shp_analysis.periods import CalendarYear, Month, Period
from shp_analysis.statistics.change_ratios import ChangeRatio, compare_changes
from shp_analysis.statistics.changes import Change, Dispersion, compare_counts

GREAT_BRITAIN, ENGLAND_AND_WALES = "Great Britain", "England and Wales"
FEWEST_ENGLISH_AND_WELSH, FEWEST_SCOTTISH = 310, 30
"""England and Wales have had 318 authorities or more, Scotland 32: a file with fewer than these is a part of them."""
SCOTLAND = "S"
"""What the codes of Scottish authorities begin with."""
COLLISIONS = "stats19_collision"
"""The stored table by which the coverage is judged: it names the police force of every record."""
KINDS = frozenset({Kind.COUNT, Kind.SCORE})


@dataclass(frozen=True)
class Course:
    """The years of one place.

    Attributes
    ----------
    name : str
        As a sentence has it: `Halton`, `the rest of Cheshire`, `the 13 other authorities in the file`.
    counts : mapping of CalendarYear to float
        Whole years, oldest first; the first is what the others are indexed to.
    dispersion : Dispersion
        How jumpy the place's own months are.
    """

    name: str
    counts: Mapping[CalendarYear, float]
    dispersion: Dispersion

    def compare(self, baseline: CalendarYear, year: CalendarYear) -> Change:
        """Compare two of its years, as counts."""
        then, now = (round(self.counts[each]) for each in (baseline, year))
        return compare_counts(then, now, dispersion=self.dispersion)


@dataclass(frozen=True)
class CourseComparison:
    """An area's years beside others'.

    Attributes
    ----------
    assessment : Assessment
        The area's own, whose two periods are compared.
    years : tuple of CalendarYear
        Oldest first.
    own : Course
    others : tuple of Course
        The rest of the police force area, where all of it is in the file, and the rest of what the file covers.
    ratios : tuple of ChangeRatio or None
        The area's change over each of the others'; None where the paper compares the two periods in no other way
        either, or the counts are too few.
    breaks : tuple of SeriesBreak
        That touch the years shown.
    """

    assessment: Assessment
    years: tuple[CalendarYear, ...]
    own: Course
    others: tuple[Course, ...]
    ratios: tuple[ChangeRatio | None, ...]
    breaks: tuple[SeriesBreak, ...]


def compare_courses(elsewhere: Elsewhere, assessment: Assessment, *, first_year: int) -> CourseComparison | NotCompared:
    """Set an area's years of road casualties or collisions beside those of the rest of the file.

    Parameters
    ----------
    elsewhere : Elsewhere
    assessment : Assessment
        Of a calendar year, counted from the road safety data.
    first_year : int
        The year that the others are indexed to.

    Returns
    -------
    CourseComparison or NotCompared
    """
    reason = _find_obstacle(elsewhere.area, assessment)
    if reason:
        return NotCompared(reason)
    _, measure = assessment.indicator.measure(assessment.source)
    years = tuple(CalendarYear(str(year)) for year in range(first_year, assessment.period.start.year + 1))
    held = set(elsewhere.store.parts_held(COLLISIONS, as_of=elsewhere.as_of)["period"])
    if len(years) < 2 or not {year.label for year in years} <= held:  # noqa: PLR2004 - one year is no course
        return NotCompared(f"The file does not hold every year from {first_year} on.")
    counts = _count_by_authority(elsewhere, measure, years)
    own = set(elsewhere.area.authority_codes)
    if not own <= set(counts.index) or counts.isna().to_numpy().any():
        return NotCompared("A count of one of these years is not known.")
    breaks = elsewhere.opened.catalogue.breaks_of(assessment.indicator, elsewhere.area)
    groups = _name_groups(elsewhere, counts, years)
    if not groups:
        return NotCompared("The file holds no other authority for all of these years.")
    shared = tuple(each for each in breaks if EVERY in each.area_codes)
    courses = [
        _build_course(name, counts.loc[sorted(codes)], assessment.period, breaks if codes == own else shared)
        for name, codes in ((elsewhere.area.name, own), *groups)
    ]
    return CourseComparison(
        assessment=assessment,
        years=years,
        own=courses[0],
        others=tuple(courses[1:]),
        ratios=tuple(_divide(assessment, courses[0], each) for each in courses[1:]),
        breaks=tuple(each for each in breaks if each.settled_day >= years[0].start and each.first_day <= years[-1].end),
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


def _count_by_authority(elsewhere: Elsewhere, measure: Measure, years: Sequence[CalendarYear]) -> pd.DataFrame:
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
    found = elsewhere.store.query(table.stored, sql, [*bounds, *values], as_of=elsewhere.as_of)
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


def _name_groups(
    elsewhere: Elsewhere, counts: pd.DataFrame, years: Sequence[CalendarYear]
) -> tuple[tuple[str, set[str]], ...]:
    """Name the authorities that an area is set beside: the rest of its force's, and the rest of what is covered."""
    own, area = set(elsewhere.area.authority_codes), elsewhere.area
    in_all_years = _find_in_all_years(counts, years)
    of_force = set(list_authorities(area.force.area_code))
    groups = []
    if own < of_force <= in_all_years:
        groups.append((f"the rest of {area.force.area_name}", of_force - own))
    covered = find_coverage(elsewhere, years)
    if covered:
        # Every authority counts, whatever its code was before a merger: the whole is whole in each year.
        codes = {code for code in counts.index if covered == GREAT_BRITAIN or not _is_scottish(code)}
        return (*groups, (f"the rest of {covered}", codes - own))
    others = in_all_years - own
    if others and others != of_force - own:
        groups.append((_name_others(others), others))
    return tuple(groups)


def find_coverage(elsewhere: Elsewhere, years: Sequence[CalendarYear]) -> str:
    """Say which country the road safety data cover in every one of some years.

    Parameters
    ----------
    elsewhere : Elsewhere
    years : sequence of CalendarYear

    Returns
    -------
    str
        `Great Britain`, `England and Wales`, or nothing where the file is a part of them.
    """
    sql = (
        "SELECT part_period AS year, count(DISTINCT police_force) FILTER (NOT is_scottish) AS forces, "
        "count(DISTINCT authority_code) FILTER (NOT is_scottish) AS english_and_welsh, "
        "count(DISTINCT authority_code) FILTER (is_scottish) AS scottish "
        f"FROM (SELECT *, starts_with(authority_code, '{SCOTLAND}') AS is_scottish FROM {COLLISIONS}) GROUP BY 1"
    )
    found = elsewhere.store.query(COLLISIONS, sql, as_of=elsewhere.as_of)
    held = found[found["year"].isin([year.label for year in years])]
    is_whole = (held["forces"] >= len(read_forces())) & (held["english_and_welsh"] >= FEWEST_ENGLISH_AND_WELSH)
    if len(held) < len(years) or not is_whole.all():
        return ""
    return GREAT_BRITAIN if (held["scottish"] >= FEWEST_SCOTTISH).all() else ENGLAND_AND_WALES


def _find_in_all_years(counts: pd.DataFrame, years: Iterable[CalendarYear]) -> set[str]:
    found = set(counts.index)
    for year in years:
        own = counts[[month for month in counts.columns if month.startswith(year.label)]]
        found &= set(own.index[own.sum(axis=1) > 0])
    return found


def _is_scottish(code: str) -> bool:
    return code.startswith(SCOTLAND)


def _name_others(codes: set[str]) -> str:
    if len(codes) > 1:
        return f"the {len(codes)} other authorities in the file"
    (code,) = codes
    return f"{read_area(code).name}, the one other authority in the file"


def _build_course(name: str, counts: pd.DataFrame, period: Period, breaks: Sequence[SeriesBreak]) -> Course:
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
    return Course(name, years, judge_dispersion(observations, period, breaks).over(len(period.months)))


def _divide(assessment: Assessment, own: Course, other: Course) -> ChangeRatio | None:
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
