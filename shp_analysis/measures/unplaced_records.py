"""Records without a place: how many of a police force's there are, which no smaller area's figure can hold.

Some records of a force name no neighbourhood. They count in the force's whole area and in no authority, ward or town,
so an authority's figure falls where more of them are left without a place, though nothing else changed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from shp_analysis.config.catalogue import Measure
from shp_analysis.measures.records import AreaRecords, Unlinked, count_unlinked, find_absent_periods, select_from
from shp_analysis.reference.periods import Month, Period
from shp_analysis.statistics.proportions import compare_shares

PERCENT = 100.0


@dataclass(frozen=True)
class Unplaced:
    """How many of a period's records of one kind have no place.

    Attributes
    ----------
    whose : str
        The force that recorded them, by its name on data.police.uk.
    records : int
        Without a place.
    whole : int
        All that the force recorded of the kind; never 0.
    is_counted : bool
        Whether the area's own figure holds them, because it is the force's whole area.
    """

    whose: str
    records: int
    whole: int
    is_counted: bool = False

    @property
    def percent(self) -> float:
        """Of a hundred records, those without a place."""
        return PERCENT * self.records / self.whole

    @property
    def lost_percent(self) -> float:
        """Of a hundred records, those that the area's figure cannot hold."""
        return 0.0 if self.is_counted else self.percent

    @property
    def held_share(self) -> float:
        """The share of the records that the area's figure can hold."""
        return 1 - self.lost_percent / PERCENT

    def differs_from(self, other: Unplaced, points: float) -> bool:
        """Say whether two shares that figures cannot hold lie further apart than so many points, and than by chance."""
        if abs(self.lost_percent - other.lost_percent) <= points:
            return False
        parts = ((0 if each.is_counted else each.records, each.whole) for each in (other, self))
        return compare_shares(*parts).is_clear


def count_unplaced(records: AreaRecords, measure: Measure, period: Period) -> Unplaced | None:
    """Count the records of the kind that an indicator counts, of a whole force, that have no place.

    Parameters
    ----------
    records : AreaRecords
    measure : Measure
        Of a share, the whole is looked at.
    period : Period

    Returns
    -------
    Unplaced or None
        None where the table is not asked, or nothing of the kind was recorded in the period.
    """
    return _count(records, _select(records, measure), {month.label for month in period.months})


def count_all_unplaced(records: AreaRecords, measure: Measure, within: Iterable[Month]) -> Unlinked | None:
    """Count the records of those of some months in which the area has none because no record at all has a place.

    Parameters
    ----------
    records : AreaRecords
    measure : Measure
    within : iterable of Month

    Returns
    -------
    Unlinked or None
        None where there is no such month, or the table is not asked.
    """
    if records.recorded.empty:
        return None
    absent = find_absent_periods(records.periods, records.counts)
    selected = _select(records, measure)
    here = selected[selected["period"].isin(absent & {month.label for month in within})]
    number, unplaced = int(here["records"].sum()), int(here["unplaced"].sum())
    if not number or unplaced < number:
        return None
    labels = sorted(set(here["period"]))
    months = Month(labels[0]).in_words if len(labels) == 1 else f"{len(labels)} months"
    words = f"none of the {number:,} records of {records.area.force.police_uk_name} in {months} has a place"
    return Unlinked(number, 0, words)


def count_uncounted(records: AreaRecords, measure: Measure, within: Iterable[Month]) -> Unlinked | None:
    """Count the records of some months that no figure of the area can hold: without their link, or all without a place.

    Parameters and what is returned are those of `links.count_unlinked`.
    """
    months = tuple(within)
    return count_unlinked(records, measure, months) or count_all_unplaced(records, measure, months)


def find_unlike_months(records: AreaRecords, measure: Measure, period: Period, points: float) -> frozenset[Month]:
    """Find the months in which another share of the records has no place than in a period.

    Parameters
    ----------
    records : AreaRecords
    measure : Measure
    period : Period
        None of its own months is unlike it.
    points : float
        How far apart the two shares may lie, in percentage points.

    Returns
    -------
    frozenset of Month
    """
    own, selected = count_unplaced(records, measure, period), _select(records, measure)
    if own is None:
        return frozenset()
    counted = {str(label): _count(records, rows, {str(label)}) for label, rows in selected.groupby("period")}
    unlike = {Month(label) for label, each in counted.items() if each and each.differs_from(own, points)}
    return frozenset(unlike - set(period.months))


def drop_months(observations: pd.DataFrame, months: frozenset[Month]) -> pd.DataFrame:
    """Leave out the observations of some months."""
    if not months:
        return observations
    keep = [Month.containing(start) not in months for start in observations["period_start"]]
    return observations[np.array(keep, dtype=bool)].reset_index(drop=True)


def _select(records: AreaRecords, measure: Measure) -> pd.DataFrame:
    if records.recorded.empty:
        return records.recorded.reindex(columns=["period", "records", "unplaced"])
    return select_from(records.recorded, records.table, measure.of or measure)


def _count(records: AreaRecords, selected: pd.DataFrame, labels: set[str]) -> Unplaced | None:
    here = selected[selected["period"].isin(labels)]
    unplaced, whole = int(here["unplaced"].sum()), int(here["records"].sum())
    if not whole:
        return None
    return Unplaced(records.area.force.police_uk_name, unplaced, whole, records.table.counts_unplaced(records.area))
