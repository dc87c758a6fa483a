"""What a reader must know beside the verdict: archives of different age, other forces' records, one place's month."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import pandas as pd

from shp_analysis.assessments.records import Assessment, Concentration
from shp_analysis.catalogue import Indicator, Kind, Measure, Selection
from shp_analysis.comparisons import Comparison, Reason
from shp_analysis.comparisons.reasons import (
    LaterNotCounted,
    MonthsUnlike,
    OtherForces,
    PartnerTotal,
    RecordsUnplaced,
    ReleasesDiffer,
    ReturnsDiffer,
    ReturnsMissing,
    Revised,
)
from shp_analysis.measures import AreaRecords, count_unlinked, list_files_within, select_from
from shp_analysis.measures.contributors import Unsettled
from shp_analysis.periods import Month, Period
from shp_analysis.revisions import find_revision
from shp_analysis.sources.partner_returns_measures import find_measure

CONCENTRATED_SHARE = 0.3
CONCENTRATED_COUNT = 10
"""When one place in one month holds this share and this many of a period's events, the page says so."""


def note_ages(comparison: Comparison, observations: pd.DataFrame, records: AreaRecords) -> tuple[Reason, ...]:
    """Say when the two periods come from archives of different age: a month's file is revised after publication."""
    received = records.received_on
    now, then = (
        {received[sha256] for sha256 in list_files_within(observations, each)}
        for each in (comparison.period, comparison.baseline)
    )
    if comparison.p_value is None or now == then:
        return ()
    return (ReleasesDiffer(comparison.baseline, min(then), comparison.period, max(now)),)


def note_other_forces(records: AreaRecords, selection: Selection, period: Period) -> tuple[Reason, ...]:
    """Say how many records of other forces that an indicator would count lie in the area; they are not counted."""
    if records.other_forces.empty:
        return ()
    labels = [month.label for month in period.months]
    others = select_from(records.other_forces, records.table, selection)
    here = others[others["period"].isin(labels)]
    total = int(here["records"].sum())
    return (OtherForces(total, period),) if total else ()


def note_unplaced(comparison: Comparison, told_from: float) -> tuple[Reason, ...]:
    """Say how many of a force's records of a period have no place, where they are many and no reason says it."""
    unplaced = comparison.unplaced
    if unplaced is None or not unplaced.records or unplaced.percent < told_from or comparison.is_placed_unlike:
        return ()
    return (RecordsUnplaced(unplaced, comparison.period),)


def note_returned(assessment: Assessment) -> Assessment:
    """Say with a figure that it is a partner's own total, because nothing else holds its period."""
    return replace(assessment, notes=(PartnerTotal(assessment.period), *assessment.notes))


def note_later_unlinked(records: AreaRecords, measure: Measure, period: Period, paper: Period) -> tuple[Reason, ...]:
    """Say why what was received of a later time than a figure's own, up to the paper's end, is not counted."""
    later = []
    month = period.months[-1].next()
    while month.end <= paper.end:
        later.append(month)
        month = month.next()
    unlinked = count_unlinked(records, measure, later)
    return (LaterNotCounted(period, unlinked),) if unlinked else ()


def note_unlike_months(months: Collection[Month], period: Period) -> tuple[Reason, ...]:
    """Say how many earlier months are no guide to how much a figure varies, because of records without a place."""
    earlier = sum(month.end < period.start for month in months)
    return (MonthsUnlike(earlier),) if earlier else ()


def note_unsettled(records: AreaRecords, measure: Measure, comparison: Comparison) -> tuple[Reason, ...]:
    """Say of which periods partners returned different figures, or one has not returned its own: they do not count."""
    wanted = {name for each in (measure, measure.of) if each for name in each.include.get("measure", ())}
    both = (comparison.baseline, comparison.period)
    found = [
        (records.read_period(each.period), each)
        for each in records.unsettled
        if each.measure in wanted and any(_lies_within(records.read_period(each.period), period) for period in both)
    ]
    return tuple(_name_unsettled(period, each) for period, each in sorted(found, key=lambda pair: pair[0].start))


def _lies_within(inner: Period, outer: Period) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _name_unsettled(period: Period, unsettled: Unsettled) -> Reason:
    kind = ReturnsMissing if unsettled.is_missing else ReturnsDiffer
    return kind(find_measure(unsettled.measure).name, period, unsettled.organisations)


def note_revisions(
    records: AreaRecords, indicator: Indicator, comparison: Comparison, source: str
) -> tuple[Reason, ...]:
    """Say which of the two counts is another than was first published."""
    if indicator.kind is not Kind.COUNT:
        return ()
    both = ((comparison.baseline, comparison.baseline_count), (comparison.period, comparison.count))
    found = [find_revision(records, indicator, period, count, source) for period, count in both if count is not None]
    return tuple(Revised(each) for each in found if each)


def find_concentration(selected: pd.DataFrame, period: Period, comparison: Comparison) -> Concentration | None:
    """Find the one place and month that make up much of the count, so that a page can say it was one event."""
    if "lsoa_name" not in selected:
        return None
    here = selected[selected["period"].isin([month.label for month in period.months])]
    cells = here.groupby(["lsoa_name", "period"])["records"].sum().reset_index()
    if cells.empty or not comparison.count:
        return None
    place, month, count = cells.sort_values("records").iloc[-1]
    share = int(count) / comparison.count
    if count < CONCENTRATED_COUNT or share < CONCENTRATED_SHARE:
        return None
    return Concentration(str(place), Month(str(month)), int(count), share)
