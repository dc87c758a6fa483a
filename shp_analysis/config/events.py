"""The register of events: laws, changes of service, operations and seasons that charts mark and nothing else heeds.

An event explains nothing and stops no comparison. What changes the meaning of a series stands in the register of
breaks; the same law may stand in both. A date that no source confirms is shown as such. Two sources that date one
event differently are two rows with the same `what`, and `list_conflicts` says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from shp_analysis.config.catalogue import (
    CATALOGUE_FOLDER,
    EVERY,
    Catalogue,
    Words,
    check_areas,
    check_indicators,
    read_catalogue,
)
from shp_analysis.config.reading import Settings, read_rows, refuse_repeated
from shp_analysis.reference.areas import Area
from shp_analysis.reference.period_spellings import write_day

EVENTS_NAME = "events.csv"
NOT_CONFIRMED = "date not confirmed"
_LEAP_YEAR = 2024
_DAY_OF_YEAR = r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$"


class EventKind(StrEnum):
    """What sort of event it is."""

    LAW = "law"
    SERVICE = "service"
    OPERATION = "operation"
    ROADS = "roads"
    GEOGRAPHY = "geography"
    RECORDING = "recording"
    RESTRICTIONS = "restrictions"
    SEASON = "season"


def _keep_dates_written(cell: object) -> object:
    # A date without its dashes is a number to a spreadsheet, and would be taken for seconds since 1970.
    if isinstance(cell, str) and cell.isdigit():
        raise ValueError("write the day as year-month-day, like 2024-02-01")
    return cell


Day = Annotated[date, BeforeValidator(_keep_dates_written)]


class Event(Settings):
    """Something that happened on a day, happens every year, or happened on a day that nobody could yet name.

    Attributes
    ----------
    event_id : str
    what : str
        What happened, as a chart's note says it. Rows of one `what` are statements about one event.
    kind : EventKind
    from_day, until_day : date, optional
        Its first and last day; without `until_day` it is one day.
    yearly_from, yearly_until : str, optional
        Month and day, `10-28`, of an event of every year; it may run over the new year.
    indicators, area_codes : tuple of str
        What charts it is marked on, separated by semicolons in the file; `*` is every one.
    is_confirmed : bool
        Whether the source gives the date. An unconfirmed one is shown as such.
    source : str
        Who says so.
    note : str
        What a reader should know of the date.
    """

    event_id: str
    what: str
    kind: EventKind
    from_day: Day | None = None
    until_day: Day | None = None
    yearly_from: Annotated[str, Field(pattern=_DAY_OF_YEAR)] | None = None
    yearly_until: Annotated[str, Field(pattern=_DAY_OF_YEAR)] | None = None
    indicators: Words
    area_codes: Words
    is_confirmed: bool
    source: str
    note: str = ""

    @model_validator(mode="after")
    def _check_days(self) -> Event:
        if self.until_day is not None and (self.from_day is None or self.until_day < self.from_day):
            raise ValueError("until_day needs a from_day that is not later")
        if (self.yearly_from is None) != (self.yearly_until is None):
            raise ValueError("yearly_from and yearly_until come together")
        if self.recurs and self.from_day is not None:
            raise ValueError("an event has a from_day or recurs every year, and not both")
        for written in (self.yearly_from, self.yearly_until):
            if written is not None:
                _day_in(_LEAP_YEAR, written)
        if not self.is_dated and self.is_confirmed:
            raise ValueError("an event without a date is not confirmed")
        return self

    @property
    def recurs(self) -> bool:
        """Whether it happens every year."""
        return self.yearly_from is not None

    @property
    def is_dated(self) -> bool:
        """Whether a date is known; without one it is a note and no mark on a chart."""
        return self.from_day is not None or self.recurs

    def affects(self, indicator_id: str, area: Area) -> bool:
        """Say whether charts of an indicator in an area show it."""
        places = {area.code, area.force.area_code, *area.authority_codes, EVERY}
        return bool({indicator_id, EVERY} & set(self.indicators)) and bool(places & set(self.area_codes))


@dataclass(frozen=True)
class EventWindow:
    """One occurrence of an event, with its first and last day."""

    event: Event
    first_day: date
    last_day: date

    @property
    def label(self) -> str:
        """What a chart's note says, with a warning where the date is not confirmed."""
        return self.event.what if self.event.is_confirmed else f"{self.event.what} ({NOT_CONFIRMED})"


@dataclass(frozen=True)
class EventConflict:
    """Sources that date one event differently."""

    what: str
    events: tuple[Event, ...]

    @property
    def sentence(self) -> str:
        """The conflict in words, with every source."""
        statements = [f"{_write_days(each)} according to {each.source}" for each in self.events]
        return f"Sources disagree on when this happened: {self.what}. It is {', and '.join(statements)}."


def read_events(folder: Path = CATALOGUE_FOLDER, catalogue: Catalogue | None = None) -> tuple[Event, ...]:
    """Read the register of events.

    Parameters
    ----------
    folder : Path
        Holds `events.csv`.
    catalogue : Catalogue, optional
        Whose indicators they may name; the folder's own if left out.

    Raises
    ------
    ParametersError
        Where a row says something it may not, an id is written twice, or an indicator or area does not exist.
    """
    path = folder / EVENTS_NAME
    events = read_rows(path, Event)
    refuse_repeated([each.event_id for each in events], path, "an id belongs to one row")
    known = [each.id for each in (catalogue or read_catalogue(folder)).indicators]
    for each in events:
        check_indicators(each.event_id, each.indicators, known, path)
        check_areas(each.event_id, each.area_codes, path)
    return events


def list_windows(
    events: Iterable[Event], indicator_id: str, area: Area, first_day: date, last_day: date
) -> tuple[EventWindow, ...]:
    """List what happened in a stretch of days, to be marked on one indicator's chart.

    Parameters
    ----------
    events : iterable of Event
    indicator_id : str
    area : Area
    first_day, last_day : date
        The chart's first and last day; an event that reaches into it is listed with all of its own days.

    Returns
    -------
    tuple of EventWindow
        In order of date; an event of every year stands in it once a year, an undated one not at all.
    """
    windows = [
        EventWindow(event, start, end)
        for event in events
        if event.affects(indicator_id, area)
        for start, end in _list_days(event, first_day.year, last_day.year)
        if start <= last_day and end >= first_day
    ]
    return tuple(sorted(windows, key=lambda each: (each.first_day, each.last_day, each.event.event_id)))


def list_conflicts(events: Iterable[Event]) -> tuple[EventConflict, ...]:
    """List the events that two sources date differently.

    Returns
    -------
    tuple of EventConflict
        In the register's order; empty where every event has one date. Both dates stay in the register, at most one
        of them confirmed, until somebody settles which is right.
    """
    statements: dict[str, list[Event]] = {}
    for each in events:
        if each.is_dated:
            statements.setdefault(" ".join(each.what.casefold().split()), []).append(each)
    return tuple(
        EventConflict(rows[0].what, tuple(rows))
        for rows in statements.values()
        if len({(row.from_day, row.until_day, row.yearly_from, row.yearly_until) for row in rows}) > 1
    )


def _day_in(year: int, written: str) -> date:
    """Give a day of every year in one year; 29 February is 1 March where the year has none."""
    month, day = (int(part) for part in written.split("-"))
    try:
        return date(year, month, day)
    except ValueError:
        if (month, day) == (2, 29):
            return date(year, 3, 1)
        raise


def _list_days(event: Event, first_year: int, last_year: int) -> Iterator[tuple[date, date]]:
    if event.from_day is not None:
        yield event.from_day, event.until_day or event.from_day
    if event.yearly_from is None or event.yearly_until is None:
        return
    runs_over = event.yearly_until < event.yearly_from
    for year in range(first_year - 1, last_year + 1):
        yield _day_in(year, event.yearly_from), _day_in(year + runs_over, event.yearly_until)


def _write_days(event: Event) -> str:
    if event.from_day is None:
        return f"every year from {event.yearly_from} to {event.yearly_until}"
    if event.until_day is None or event.until_day - event.from_day < timedelta(days=1):
        return write_day(event.from_day)
    return f"{write_day(event.from_day)} to {write_day(event.until_day)}"
