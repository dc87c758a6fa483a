"""What was said then and is said now: how published figures of past periods changed from release to release.

A published month is revised for about a year. Every release is kept, so each figure can be given as it stood on any
day, and a paper that prints a figure other than it printed before can say so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from shp_analysis.config.catalogue import Indicator
from shp_analysis.measures.observations import count_observations, list_files_within, missing_months, sum_within
from shp_analysis.measures.records import AreaRecords
from shp_analysis.reference.periods import Month, Period, Quarter


@dataclass(frozen=True)
class StatedFigure:
    """What a period's figure was from one day on.

    Attributes
    ----------
    since : date
        The day the release was received.
    count : int or float
    """

    since: date
    count: float


@dataclass(frozen=True)
class Revision:
    """One period's figure through its releases.

    Attributes
    ----------
    period : Period
    sayings : tuple of StatedFigure
        The first and every one that differed from the one before, oldest first; at least one.
    """

    period: Period
    sayings: tuple[StatedFigure, ...]

    @property
    def first(self) -> StatedFigure:
        """What was said when the period was first whole."""
        return self.sayings[0]

    @property
    def now(self) -> StatedFigure:
        """What is said now."""
        return self.sayings[-1]

    @property
    def is_revised(self) -> bool:
        """Whether it changed since it was first whole."""
        return self.now.count != self.first.count

    @property
    def change_percent(self) -> float | None:
        """The change since then in per cent of what was first said; None where that was nothing."""
        return 100 * (self.now.count / self.first.count - 1) if self.first.count else None

    def as_record(self) -> dict[str, Any]:
        """Write the revision as plain values."""
        return {
            "period": self.period.slug,
            "first": self.first.count,
            "first_received_on": self.first.since.isoformat(),
            "now": self.now.count,
            "now_received_on": self.now.since.isoformat(),
            "change_percent": None if self.change_percent is None else round(self.change_percent, 2),
            "sayings": [{"received_on": each.since.isoformat(), "count": each.count} for each in self.sayings],
        }


def list_revisions(records: AreaRecords, indicator: Indicator, source: str | None = None) -> tuple[Revision, ...]:
    """List what every whole period was said to be, release by release.

    Parameters
    ----------
    records : AreaRecords
    indicator : Indicator
    source : str, optional
        Which of the indicator's sources; the first where left out.

    Returns
    -------
    tuple of Revision
        Financial quarters where the records have months or quarters, else the periods they have; in order. A period
        appears from the release with which it was whole.
    """
    said: dict[Period, list[StatedFigure]] = {}
    for day in sorted(set(records.release_parts["received_on"])) if len(records.release_parts) else ():
        for period, count in _count_periods(records.as_known_on(day), indicator, source):
            sayings = said.setdefault(period, [])
            if not sayings or sayings[-1].count != count:
                sayings.append(StatedFigure(day, count))
    return tuple(
        Revision(period, tuple(sayings)) for period, sayings in sorted(said.items(), key=lambda item: item[0].start)
    )


def find_revision(
    records: AreaRecords, indicator: Indicator, period: Period, now: float, source: str | None = None
) -> Revision | None:
    """Set what a period was first said to be beside what is said now.

    Parameters
    ----------
    records : AreaRecords
    indicator : Indicator
    period : Period
    now : float
        Its figure as known now.
    source : str, optional

    Returns
    -------
    Revision or None
        Of two sayings; None where the period was not revised since it was first whole.
    """
    parts = records.release_parts
    if not len(parts) or not parts.duplicated(["unit", "period"]).any():
        return None
    days = sorted(set(parts["received_on"]))
    for day in days[:-1]:
        first = sum_within(count_observations(records.as_known_on(day), indicator, source), period)
        if first is not None:
            latest = _last_release_of(records, indicator, period, source)
            return None if first == now else Revision(period, (StatedFigure(day, first), StatedFigure(latest, now)))
    return None


def _last_release_of(records: AreaRecords, indicator: Indicator, period: Period, source: str | None) -> date:
    """Give the day the newest file came that a period's figure is from."""
    used = list_files_within(count_observations(records, indicator, source), period)
    return max(received_on for sha256, received_on in records.received_on.items() if sha256 in used)


def _count_periods(records: AreaRecords, indicator: Indicator, source: str | None) -> Iterator[tuple[Period, float]]:
    observations = count_observations(records, indicator, source)
    labels = [records.read_period(label) for label in records.periods["period"]]
    periods = {Quarter.containing(each.start) if isinstance(each, Month | Quarter) else each for each in labels}
    for period in sorted(periods, key=lambda each: each.start):
        if not missing_months(observations, period):
            count = sum_within(observations, period)
            assert count is not None  # noqa: S101 - no month is missing
            yield period, count
