"""An indicator of one area beside its peers' of the same period: rates, means, limits for each size, a rank's range.

Spiegelhalter's limits say how far an area of its size may lie from the common level, given how much these areas differ
among themselves anyway; the inspectorate's rule says that the mean of a group has the own area in it. Both are worked
out in `shp_analysis.statistics`; here is decided who is compared, and who cannot be.

What holds for the paper's own area holds for every other: a part that did not come is missing, a month with far fewer
rows than the months around it is no whole month, and an area without a row in a delivered part was lost there. Only
the newest release of each part is read, and no place below an authority.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd

from shp_analysis.assessment.area_records import OpenedRecords
from shp_analysis.assessment.assessments import Assessment
from shp_analysis.assessment.comparisons import Figure, read_figure
from shp_analysis.config.catalogue import Denominator, Indicator, Kind
from shp_analysis.config.comparator_lists import ComparatorList, find_comparators, read_comparator_lists
from shp_analysis.disclosure.facts import is_about_persons
from shp_analysis.measures.counted_tables import CountedTable, find_counted_table
from shp_analysis.measures.denominators import HOUSEHOLDS, Denominators, add_up_years, read_denominators, read_residents
from shp_analysis.measures.observations import count_observations, list_files_within
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
from shp_analysis.measures.unplaced_records import Unplaced, count_unplaced
from shp_analysis.reference.areas import Area, read_area
from shp_analysis.reference.periods import Period
from shp_analysis.statistics.comparator_means import MeanOfAreas, RankedArea, mean_of_areas, rank_areas
from shp_analysis.statistics.funnels import FEWEST_AREAS, Funnel, Place, Scale, build_funnel
from shp_analysis.statistics.intervals import rate_with_interval, wilson_interval
from shp_analysis.store.store import Store
from shp_analysis.text.reasons import describe_unplaced


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


PERCENT = 100
LARGEST_PER = 100_000
"""Rates of rare events are told of more people, up to so many: 0.2 beside 0.2 per 1,000 tells nobody anything."""


@dataclass(frozen=True)
class AreaFigure:
    """One area's figure among its peers'.

    Attributes
    ----------
    area : Area
    count, over : float
        Events and people, or a part and its whole.
    rate, lower, upper : float
        With the 95% range that chance alone would give it; of a proportion, per cent.
    place : Place
        Where the rate lies against the limits for an area of this size.
    low_95, high_95, low_998, high_998 : float
        Those limits, widened where the areas differ by more than chance.
    """

    area: Area
    count: float
    over: float
    rate: float
    lower: float
    upper: float
    place: Place
    low_95: float
    high_95: float
    low_998: float
    high_998: float


@dataclass(frozen=True)
class LeftOut:
    """A peer without a figure, and why."""

    name: str
    reason: str


@dataclass(frozen=True)
class AreaComparison:
    """An area among its peers in one period.

    Attributes
    ----------
    indicator : Indicator
    area : Area
    period : Period
    peers : ComparatorList
        Everybody on the list, with or without a figure.
    figures : tuple of AreaFigure
        The area and every peer with a figure, the highest rate first.
    left_out : tuple of LeftOut
    mean : MeanOfAreas
        Unweighted and pooled, the area itself included.
    rank : RankedArea
        1 is the highest rate; to be told with its interval alone, which is somewhat too wide for a proportion.
    funnel : Funnel
        In the order of `figures`.
    per : int
        Of how many people the rates are: the indicator's number, or ten or a hundred times it where events are rare;
        100 of a proportion.
    """

    indicator: Indicator
    area: Area
    period: Period
    peers: ComparatorList
    figures: tuple[AreaFigure, ...]
    left_out: tuple[LeftOut, ...]
    mean: MeanOfAreas
    rank: RankedArea
    funnel: Funnel
    per: int

    @property
    def unit(self) -> str:
        """The unit of the rates in words."""
        indicator = self.indicator
        is_share = indicator.kind is Kind.PROPORTION
        return f"in a hundred {indicator.of}" if is_share else f"per {self.per:,} {indicator.denominator}"

    @property
    def own(self) -> AreaFigure:
        """The area's own figure."""
        return next(each for each in self.figures if each.area.code == self.area.code)

    @property
    def others(self) -> int:
        """How many peers have a figure."""
        return len(self.figures) - 1


def compare_with_areas(
    other_areas: OtherAreas, assessment: Assessment, peers: ComparatorList | None = None
) -> AreaComparison | NotCompared:
    """Set an assessed figure beside the same figure of the area's peers.

    Parameters
    ----------
    elsewhere : OtherAreas
    assessment : Assessment
        Its indicator, source and period are the peers' too.
    peers : ComparatorList, optional
        Any list; the first that the register of peers has for the area where left out.

    Returns
    -------
    PeerComparison or NotCompared
    """
    chosen = peers or find_comparators(read_comparator_lists(), other_areas.area)
    reason = _find_obstacle(assessment, other_areas.area, chosen)
    if reason or chosen is None:
        return NotCompared(reason)
    areas = (other_areas.area, *(read_area(code) for code in chosen.codes))
    found, left_out = _read_figures(other_areas, assessment, areas)
    if other_areas.area.code not in found:
        return NotCompared(f"{other_areas.area.name} has no figure for {assessment.period.short_words}.")
    if len(found) < FEWEST_AREAS:
        held = f"{len(found) - 1} of {len(chosen.peers)} peers"
        which = f"a figure for {assessment.period.short_words} that can be compared"
        return NotCompared(f"Only {held} have {which}, too few to compare with.")
    return _compare(assessment, other_areas.area, chosen, found, left_out)


def write_place(comparison: AreaComparison | NotCompared) -> str:
    """Say in a few words where an area lies among its peers, for a cell of a table.

    Returns
    -------
    str
        `within the range of 10 peers`, `just above the range of 10 peers` (beyond the limits that one area in twenty
        passes anyway), `above the range of 10 peers` (beyond those that one in five hundred does), or a dash.
    """
    place = name_place(comparison)
    if isinstance(comparison, NotCompared) or place is None:
        return "–"
    return f"{place} the range of {comparison.others} peers"


def name_place(comparison: AreaComparison | NotCompared) -> str | None:
    """Name an area's place beside the range of its peers: `just above`; None where there is none to name."""
    return None if isinstance(comparison, NotCompared) else _PLACES[comparison.own.place]


_PLACES: Mapping[Place, str | None] = {
    Place.FAR_BELOW: "below",
    Place.BELOW: "just below",
    Place.WITHIN: "within",
    Place.ABOVE: "just above",
    Place.FAR_ABOVE: "above",
    Place.TOO_FEW: None,
    Place.UNKNOWN: None,
}
"""Of too few events, or no figure, there is no place to say."""


def _find_obstacle(assessment: Assessment, area: Area, peers: ComparatorList | None) -> str:
    """Give the first thing that forbids the comparison, in a sentence; nothing where none does."""
    indicator = assessment.indicator
    is_of_persons = assessment.is_suppressed or is_about_persons(indicator, assessment.source)
    has_rate = indicator.kind is Kind.PROPORTION or (indicator.kind is Kind.COUNT and indicator.denominator is not None)
    obstacles = (
        (peers is None, f"No list of areas like {area.name} is in the register of peers."),
        (peers is not None and peers.area_code != area.code, "The list is of another area's peers."),
        (not assessment.source, "No measure of it is agreed."),
        (assessment.is_unread, "Its figures cannot be read from the files held."),
        (is_of_persons, "It comes from records of persons, which other areas do not share with this partnership."),
        (assessment.area.code != area.code, f"The figure is {assessment.area.name}'s, and not {area.name}'s."),
        (not has_rate, "It is not counted for each so many people, nor is it a share."),
    )
    return next((reason for is_there, reason in obstacles if is_there), "")


def _read_figures(
    other_areas: OtherAreas, assessment: Assessment, areas: Sequence[Area]
) -> tuple[dict[str, tuple[float, float]], tuple[LeftOut, ...]]:
    """Give every area's count and what it is over, and who has none and why."""
    indicator, period = assessment.indicator, assessment.period
    _, measure = indicator.measure(assessment.source)
    records = other_areas.records_of(measure.records, areas)
    found: dict[str, tuple[float, float]] = {}
    left_out = []
    points = other_areas.opened.catalogue.comparability.largest_unplaced_shift
    unplaced = {code: count_unplaced(each, measure, period) for code, each in records.items()}
    for area in areas:
        own = records.get(area.code)
        figure = _read_figure(other_areas, own, assessment) if own else Figure(None, missing=period.months)
        over = (
            float(figure.whole or 0)
            if indicator.kind is Kind.PROPORTION
            else _number_people(other_areas, area, assessment)
        )
        if figure.count is None:
            left_out.append(LeftOut(area.name, _say_missing(figure, own, period)))
        elif not over:
            left_out.append(LeftOut(area.name, f"the number of {indicator.denominator or 'cases'} is not known"))
        elif _is_placed_unlike(unplaced.get(area.code), unplaced.get(other_areas.area.code), points):
            left_out.append(LeftOut(area.name, _say_unlike(unplaced[area.code], unplaced[other_areas.area.code])))
        else:
            found[area.code] = (float(figure.count), over)
    return found, tuple(left_out)


def _is_placed_unlike(other: Unplaced | None, own: Unplaced | None, points: float) -> bool:
    return other is not None and own is not None and other.differs_from(own, points)


def _say_unlike(other: Unplaced | None, own: Unplaced | None) -> str:
    return " and ".join(describe_unplaced(each) for each in (other, own) if each) + " have no place"


def _read_figure(other_areas: OtherAreas, records: AreaRecords, assessment: Assessment) -> Figure:
    """Read the period's figure by the rules that hold for the paper's own area."""
    period, labels = assessment.period, records.periods["period"]
    inside = [records.read_period(label).lies_within(period) for label in labels]
    own = replace(records, periods=records.periods[np.array(inside, dtype=bool)])
    observations = count_observations(own, assessment.indicator, assessment.source)
    used = own.files.index.isin(list_files_within(observations, period))
    for parts in (own.periods, own.files[used].reset_index()):
        other_areas.opened.note_files(own.table.stored[0], parts)
    return read_figure(observations, period, assessment.indicator.kind)


def _number_people(other_areas: OtherAreas, area: Area, assessment: Assessment) -> float:
    group = assessment.indicator.denominator
    people = other_areas.people_of(area, group).number_on(assessment.period.end, group) if group else None
    return float(people.residents) if people else 0.0


def _say_missing(figure: Figure, records: AreaRecords | None, period: Period) -> str:
    whose = f"{records.area.force.police_uk_name} has" if records and records.table.is_own_force_only else "was"
    months, total = len(figure.missing), len(period.months)
    which = f"{months} of the {total} months" if 0 < months < total else "the period"
    return f"{whose} not delivered {which} whole" if whose != "was" else f"{which} was not received whole"


def _compare(
    assessment: Assessment,
    area: Area,
    peers: ComparatorList,
    found: Mapping[str, tuple[float, float]],
    left_out: tuple[LeftOut, ...],
) -> AreaComparison:
    indicator = assessment.indicator
    is_share = indicator.kind is Kind.PROPORTION
    codes = sorted(found, key=lambda code: (-found[code][0] / found[code][1], code))
    counts, over = {code: found[code][0] for code in codes}, {code: found[code][1] for code in codes}
    per = PERCENT if is_share else _choose_per(indicator.rate_per, sum(counts.values()) / sum(over.values()))
    scale = Scale.PROPORTION if is_share else Scale.RATE
    funnel = build_funnel(codes, list(counts.values()), list(over.values()), scale=scale, per=per)
    return AreaComparison(
        indicator=indicator,
        area=area,
        period=assessment.period,
        peers=peers,
        figures=_list_figures(funnel, counts, over, per, is_share=is_share),
        left_out=left_out,
        mean=mean_of_areas(counts, over, own=area.code, per=per),
        rank=rank_areas(counts, over, comparators=len(codes))[area.code],
        funnel=funnel,
        per=per,
    )


def _choose_per(per: int, rate: float) -> int:
    """Give the number of people of whom a common rate is at least 1, starting with the indicator's."""
    while per * rate < 1 and per < LARGEST_PER:
        per *= 10
    return per


def _list_figures(
    funnel: Funnel, counts: Mapping[str, float], over: Mapping[str, float], per: float, *, is_share: bool
) -> tuple[AreaFigure, ...]:
    observed, whole = list(counts.values()), list(over.values())
    if is_share:
        lower, upper = (per * ends for ends in wilson_interval(observed, whole))
    else:
        estimates = rate_with_interval(observed, whole, per=per)
        lower, upper = estimates.lower, estimates.upper
    limits = funnel.limits
    return tuple(
        AreaFigure(
            area=read_area(code),
            count=counts[code],
            over=over[code],
            rate=float(funnel.values[at]),  # noqa: PD011 - a funnel is no frame
            lower=float(lower[at]),
            upper=float(upper[at]),
            place=funnel.places[at],
            low_95=float(limits.lower_95[at]),
            high_95=float(limits.upper_95[at]),
            low_998=float(limits.lower_998[at]),
            high_998=float(limits.upper_998[at]),
        )
        for at, code in enumerate(funnel.areas)
    )
