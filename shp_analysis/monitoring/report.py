"""The morning-of report: what an analyst reads before the board meets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from shp_analysis.config.catalogue import Catalogue
from shp_analysis.monitoring.data_quality import (
    AgeMismatch,
    BlankField,
    Coverage,
    TotalsCheck,
    check_ages,
    check_totals,
    list_blanks,
    list_coverage,
)
from shp_analysis.monitoring.feeds import Feed, choose_units, list_feeds, select_units
from shp_analysis.monitoring.releases import ReleaseChange, ReleasePair, list_changes, pair_releases
from shp_analysis.monitoring.timeliness import (
    IndicatorReach,
    NeededFeed,
    RecordsOf,
    State,
    list_needed_feeds,
    list_reaches,
)
from shp_analysis.readers.registry import list_tables
from shp_analysis.reference.areas import Area
from shp_analysis.reference.periods import Period
from shp_analysis.store.ledger import ReceivedFile
from shp_analysis.store.store import RawFileFinding, Store, check_raw_files

SCHEMA = 1
"""Of the record; another number where a name in it changes its meaning or goes."""


@dataclass(frozen=True)
class DataReport:
    """What is in on a day for an area and a period, and what is wrong with it.

    Attributes
    ----------
    area : Area
    period : Period
    as_of : date
    is_simulated : bool
    needed : tuple of NeededFeed
        Feeds that the catalogue's indicators are counted from.
    feeds : tuple of Feed
        All that is held, needed or not.
    reaches : tuple of IndicatorReach
    changes : tuple of ReleaseChange
    blanks : tuple of BlankField
    totals : tuple of TotalsCheck
    ages : tuple of AgeMismatch
    coverage : tuple of Coverage
    raw_files : tuple of RawFileFinding
        Files as received that are missing, changed, or unknown to the ledger.
    withdrawn : tuple of ReceivedFile
        Files that were taken out again and answer nothing.
    """

    area: Area
    period: Period
    as_of: date
    is_simulated: bool
    needed: tuple[NeededFeed, ...]
    feeds: tuple[Feed, ...]
    reaches: tuple[IndicatorReach, ...]
    changes: tuple[ReleaseChange, ...]
    blanks: tuple[BlankField, ...]
    totals: tuple[TotalsCheck, ...]
    ages: tuple[AgeMismatch, ...]
    coverage: tuple[Coverage, ...]
    raw_files: tuple[RawFileFinding, ...] = ()
    withdrawn: tuple[ReceivedFile, ...] = ()

    @property
    def n_received(self) -> int:
        """How many of the needed feeds cover the period."""
        return sum(each.is_received for each in self.needed)

    @property
    def missing(self) -> tuple[NeededFeed, ...]:
        """Needed feeds that do not cover the period."""
        return tuple(each for each in self.needed if not each.is_received)

    @property
    def knows_area(self) -> bool:
        """Whether any indicator has a figure of the area, or any feed is the area's own by its name.

        A table of all areas together, such as every force's MARAC cases, does not make each of them one that is known.
        """
        named = (choose_units(list_tables()[feed.table], self.area) for feed in self.feeds)
        return any(each.data_to for each in self.reaches) or any(named)

    def needs(self, feed: Feed) -> bool:
        """Say whether any indicator is counted from a feed."""
        return any(each.takes(feed) for each in self.needed)

    @property
    def late(self) -> tuple[IndicatorReach, ...]:
        """Indicators that should reach further by now, or of which nothing ever came."""
        return tuple(each for each in self.reaches if each.state in {State.LATE, State.NEVER})

    def as_record(self) -> dict[str, Any]:
        """Write the report as plain values, under names that stay."""
        return {
            "schema": SCHEMA,
            "is_simulated": self.is_simulated,
            "area": self.area.code,
            "area_name": self.area.name,
            "period": self.period.slug,
            "period_in_words": self.period.in_words,
            "as_of": self.as_of.isoformat(),
            "feeds_received": self.n_received,
            "feeds_needed": len(self.needed),
            "needed": [each.as_record() for each in self.needed],
            "feeds": [{**each.as_record(), "is_needed": self.needs(each)} for each in self.feeds],
            "indicators": [each.as_record() for each in self.reaches],
            "late": [each.indicator for each in self.late],
            "changes": [each.as_record() for each in self.changes],
            "blanks": [each.as_record() for each in self.blanks],
            "totals": [each.as_record() for each in self.totals],
            "ages": [each.as_record() for each in self.ages],
            "coverage": [each.as_record() for each in self.coverage],
            "raw_files": [each.as_record() for each in self.raw_files],
            "withdrawn": [each.describe_withdrawal() for each in self.withdrawn],
        }


def report_data(
    store: Store,
    catalogue: Catalogue,
    area: Area,
    period: Period,
    records_of: RecordsOf,
    *,
    as_of: date,
    is_of_area_only: bool = False,
) -> DataReport:
    """Say what is in for an area and a period on a day, and what is wrong with it.

    Parameters
    ----------
    store : Store
    catalogue : Catalogue
    area : Area
    period : Period
    records_of : callable
        Gives the area's records of a counted table, as known on that day.
    as_of : date
        Nothing received later is looked at.
    is_of_area_only : bool
        Leave other forces' and places' feeds out of what is held, changed and blank.

    Returns
    -------
    DataReport

    Raises
    ------
    StoreError
        Where the store's tables are gone or damaged.
    """
    whose = area if is_of_area_only else None
    pairs = _pair_all(store, whose, as_of)
    return DataReport(
        area=area,
        period=period,
        as_of=as_of,
        is_simulated=store.is_simulated,
        needed=list_needed_feeds(store, catalogue, area, period, as_of=as_of),
        feeds=list_feeds(store, area=whose, as_of=as_of),
        reaches=list_reaches(store, catalogue, records_of, period, as_of=as_of),
        changes=list_changes(store, pairs, as_of=as_of),
        blanks=list_blanks(store, pairs, as_of=as_of),
        totals=check_totals(store, area, as_of=as_of),
        ages=check_ages(catalogue),
        coverage=list_coverage(store, area, as_of=as_of),
        raw_files=check_raw_files(store),
        withdrawn=store.withdrawn_files(as_of),
    )


def _pair_all(store: Store, area: Area | None, as_of: date) -> tuple[ReleasePair, ...]:
    pairs: list[ReleasePair] = []
    for table in list_tables().values():
        releases = store.releases(table.name, as_of=as_of)
        mine = releases if area is None else select_units(releases, table, choose_units(table, area))
        pairs += pair_releases(table, mine)
    return tuple(pairs)
