"""What should be in on a day and what is: feeds n of m, and how far every indicator reaches."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

import pandas as pd

from shp_analysis.config.catalogue import Catalogue, Frequency, Indicator, Measure
from shp_analysis.errors import ParametersError
from shp_analysis.measures.counted_tables import CountedTable, find_counted_table
from shp_analysis.measures.observations import OBSERVATION_COLUMNS, count_observations, missing_months
from shp_analysis.measures.records import AreaRecords
from shp_analysis.monitoring.feeds import Feed, choose_units, select_units, split_unit, write_label
from shp_analysis.readers.readers import RecordTable
from shp_analysis.readers.registry import list_tables
from shp_analysis.reference.areas import Area
from shp_analysis.reference.periods import CalendarYear, Month, Period, Quarter
from shp_analysis.store.store import Store

_STEPS: Mapping[Frequency, type[Period]] = {
    Frequency.MONTHLY: Month,
    Frequency.QUARTERLY: Quarter,
    Frequency.YEARLY: CalendarYear,
}
"""How often there is a new figure of an indicator whose table has no periods that follow one another."""
RecordsOf = Callable[[str], AreaRecords]
"""Gives an area's records of one counted table."""


class State(StrEnum):
    """Whether an indicator's figures are there when they should be."""

    RECEIVED = "received"
    LATE = "late"
    NOT_DUE = "not due yet"
    NEVER = "never received"


@dataclass(frozen=True)
class NeededFeed:
    """A feed that indicators of the catalogue are counted from, and whether it covers the period asked about.

    Attributes
    ----------
    table : str
        The stored table.
    units : mapping of str to tuple of str
        Whose part of it is needed: the allowed values of its unit columns. Empty where the table comes whole.
    indicators : tuple of str
        Ids of those that need it.
    wanted : tuple of str
        Parts that the period asked about takes.
    missing : tuple of str
        Those of them that are not in.
    last : str or None
        The latest part that is in.
    """

    table: str
    units: Mapping[str, tuple[str, ...]]
    indicators: tuple[str, ...]
    wanted: tuple[str, ...]
    missing: tuple[str, ...]
    last: str | None

    @property
    def unit(self) -> str:
        """Whose part of the table is needed, in words."""
        return ", ".join(" or ".join(dict.fromkeys(values)) for values in self.units.values())

    def takes(self, feed: Feed) -> bool:
        """Say whether a feed that is held is one of those needed."""
        units = dict(zip(feed.unit_columns, split_unit(feed.unit, feed.unit_columns), strict=True))
        return feed.table == self.table and all(units[column] in values for column, values in self.units.items())

    @property
    def is_received(self) -> bool:
        """Whether it is in and covers the period."""
        return self.last is not None and not self.missing

    def as_record(self) -> dict[str, Any]:
        """Write it as plain values."""
        return {
            "table": self.table,
            "unit": self.unit,
            "indicators": list(self.indicators),
            "wanted": list(self.wanted),
            "missing": list(self.missing),
            "last": self.last,
            "is_received": self.is_received,
        }


@dataclass(frozen=True)
class IndicatorReach:
    """How far one indicator's figures reach, and whether they reach as far as they should.

    Attributes
    ----------
    indicator, name : str
    source, table : str
        What it is counted from first.
    state : State
    data_to : date or None
        The last day that a whole period covers.
    late : tuple of str
        Periods that should be in by now and are not.
    not_due : tuple of str
        Periods asked about that need not be in yet.
    due_on : date or None
        The day from which the first of those that are missing is late.
    """

    indicator: str
    name: str
    source: str
    table: str
    state: State
    data_to: date | None
    late: tuple[str, ...]
    not_due: tuple[str, ...]
    due_on: date | None

    def as_record(self) -> dict[str, Any]:
        """Write it as plain values."""
        return {
            "indicator": self.indicator,
            "name": self.name,
            "source": self.source,
            "table": self.table,
            "state": self.state.value,
            "data_to": self.data_to.isoformat() if self.data_to else None,
            "late": list(self.late),
            "not_due": list(self.not_due),
            "due_on": self.due_on.isoformat() if self.due_on else None,
        }


def list_needed_feeds(
    store: Store, catalogue: Catalogue, area: Area, period: Period, *, as_of: date
) -> tuple[NeededFeed, ...]:
    """List the feeds that the catalogue's indicators are counted from, each with what it lacks of a period.

    Parameters
    ----------
    store : Store
    catalogue : Catalogue
        Every indicator's first source is asked.
    area : Area
    period : Period
        A feed covers it with the parts that end in it; where none does, as a year's in a quarter, with the newest
        part that was over by its end. Windows and states on a day cover it once any is in.
    as_of : date

    Returns
    -------
    tuple of NeededFeed
        In the catalogue's order.
    """
    tables = list_tables()
    needing: dict[tuple[str, tuple[tuple[str, tuple[str, ...]], ...]], list[str]] = {}
    for indicator in _list_measured(catalogue):
        _, measure = indicator.measure()
        for name in find_counted_table(measure.records).stored:
            units = {**_choose_measured(tables[name], measure), **choose_units(tables[name], area)}
            needing.setdefault((name, tuple(units.items())), []).append(indicator.id)
    return tuple(
        _judge_feed(store, tables[name], dict(units), ids, period, as_of) for (name, units), ids in needing.items()
    )


def list_reaches(
    store: Store, catalogue: Catalogue, records_of: RecordsOf, period: Period, *, as_of: date
) -> tuple[IndicatorReach, ...]:
    """Say of every indicator how far it reaches, and whether what should be in by a day is.

    Parameters
    ----------
    store : Store
    catalogue : Catalogue
        An indicator's figures are due `release_lag_days` after the period's end.
    records_of : callable
        Gives the area's records of a counted table, as known on that day.
    period : Period
    as_of : date

    Returns
    -------
    tuple of IndicatorReach
        In the catalogue's order.
    """
    return tuple(
        _judge_reach(each, _observe(store, each, records_of, as_of), period, as_of)
        for each in _list_measured(catalogue)
    )


def list_wanted(kind: type[Period], period: Period) -> tuple[Period, ...]:
    """List the periods of a kind that end in a period; where none does, the newest that was over by its end.

    Parameters
    ----------
    kind : type
        `Month`, `Quarter`, `CalendarYear` or `FinancialYear`.
    period : Period

    Returns
    -------
    tuple of Period
        In order; at least one.
    """
    last = _newest_over(kind, period.end)
    found = [last]
    while found[0].previous().end >= period.start:
        found.insert(0, found[0].previous())
    return tuple(found)


def _newest_over(kind: type[Period], day: date) -> Period:
    current = kind.containing(day)
    return current if current.end <= day else current.previous()


def _list_measured(catalogue: Catalogue) -> tuple[Indicator, ...]:
    """Leave out the indicators of which no measure is agreed."""
    return tuple(indicator for indicator in catalogue.indicators if indicator.sources)


def _choose_measured(table: RecordTable, measure: Measure) -> dict[str, tuple[str, ...]]:
    return {column: tuple(measure.include[column]) for column in table.unit_columns if column in measure.include}


def _judge_feed(
    store: Store,
    table: RecordTable,
    units: dict[str, tuple[str, ...]],
    indicators: Sequence[str],
    period: Period,
    as_of: date,
) -> NeededFeed:
    held = store.parts_held(table.name, as_of=as_of)
    mine = select_units(held, table, units)
    kind = table.frequency.period_kind
    wanted = tuple(write_label(each) for each in list_wanted(kind, period)) if kind else ()
    return NeededFeed(
        table=table.name,
        units=units,
        indicators=tuple(indicators),
        wanted=wanted,
        missing=tuple(label for label in wanted if label not in set(mine["period"])),
        last=None if mine.empty else str(mine["period"].max()),
    )


def _observe(store: Store, indicator: Indicator, records_of: RecordsOf, as_of: date) -> pd.DataFrame:
    """Count an indicator; nothing where one of the tables it is made of never came."""
    table = find_counted_table(indicator.measure()[1].records)
    if any(store.parts_held(name, as_of=as_of).empty for name in table.stored):
        return pd.DataFrame(columns=list(OBSERVATION_COLUMNS))
    try:
        return count_observations(records_of(table.name), indicator)
    except ParametersError:  # two figures for one period are none; `shp show` says which
        return pd.DataFrame(columns=list(OBSERVATION_COLUMNS))


def _judge_reach(indicator: Indicator, observations: pd.DataFrame, period: Period, as_of: date) -> IndicatorReach:
    source, measure = indicator.measure()
    table = find_counted_table(measure.records)
    lag = timedelta(days=indicator.release_lag_days)
    missing = _list_missing(table, indicator, observations, period, as_of - lag)
    late = [each for each in missing if each.end + lag < as_of]
    return IndicatorReach(
        indicator=indicator.id,
        name=indicator.name,
        source=source,
        table=table.name,
        state=_judge_state(observations, missing, late),
        data_to=None if observations.empty else max(observations["period_end"]),
        late=tuple(map(write_label, late)),
        not_due=tuple(write_label(each) for each in missing if each not in late),
        due_on=missing[0].end + lag if missing else None,
    )


def _list_missing(
    table: CountedTable, indicator: Indicator, observations: pd.DataFrame, period: Period, over_by: date
) -> tuple[Period, ...]:
    """List what the indicator lacks of the period asked about, and of what should be in whatever that is.

    What comes late is a part of a release: a year of road casualties, though each has its month.
    Windows overlap and states have a day: of these it is asked how far the newest reaches.
    """
    kind = table.parts.frequency.period_kind
    if kind is not None:
        return tuple(each for each in _list_expected(kind, period, over_by) if missing_months(observations, each))
    if observations.empty:
        return ()
    reached = max(observations["period_end"])
    kind = _STEPS[indicator.frequency]
    return tuple(each for each in _list_expected(kind, period, over_by) if each.end > reached)


def _list_expected(kind: type[Period], period: Period, over_by: date) -> tuple[Period, ...]:
    """List what the period asked about takes, and the newest period up to it that should be in by a day."""
    wanted = list_wanted(kind, period)
    newest_due = _newest_over(kind, min(period.end, over_by))
    return wanted if newest_due.start >= wanted[0].start else (newest_due, *wanted)


def _judge_state(observations: pd.DataFrame, missing: Sequence[Period], late: Sequence[Period]) -> State:
    if observations.empty:
        return State.NEVER
    if late:
        return State.LATE
    return State.NOT_DUE if missing else State.RECEIVED
