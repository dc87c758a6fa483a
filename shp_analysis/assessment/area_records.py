"""An area's records of every table, as known on a day: what all papers of a run are assessed from."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import pandas as pd

from shp_analysis.assessment.assessments import Assessment, assess, assess_unmeasured, assess_unread, note_returned
from shp_analysis.config.catalogue import RETURNS, Catalogue, Indicator, read_catalogue
from shp_analysis.config.parameters import LATEST, read_day, read_partnership, today
from shp_analysis.disclosure.gate import Gate, open_gate
from shp_analysis.errors import RequestError, ShpAnalysisError, StoreError
from shp_analysis.measures.denominators import Denominators, read_denominators
from shp_analysis.measures.records import AreaRecords, read_area_records
from shp_analysis.monitoring.revisions import Revision, list_revisions
from shp_analysis.readers import police_uk
from shp_analysis.reference.areas import Area, read_area
from shp_analysis.reference.periods import Month, Period, Quarter, parse_period
from shp_analysis.store.store import Store, open_store


@dataclass(frozen=True, eq=False)
class KeptAnswers:
    """What was read and assessed of one store as known on one day, for each area that was asked about.

    Attributes
    ----------
    tables : dict of (str, str) to AreaRecords
        By area code and table.
    people : dict of str to Denominators
        By area code.
    assessments : dict of tuple to Assessment
        By area code, indicator id, period and the source asked for.
    gates : dict of (str, date) to Gate
        By area code and last day.
    """

    tables: dict[tuple[str, str], AreaRecords] = field(default_factory=dict)
    people: dict[str, Denominators] = field(default_factory=dict)
    assessments: dict[tuple[str, str, Period, str | None], Assessment] = field(default_factory=dict)
    gates: dict[tuple[str, date], Gate] = field(default_factory=dict)


@dataclass(frozen=True)
class OpenedRecords:
    """An area's records of every table, as known on a day, with the catalogue that goes with them.

    `unread` says of every indicator of a paper whose figures could not be read, by id, why. `kept` holds what was read
    and assessed, so that nothing is asked of the store twice; papers may share it (see `SharedRecords`).
    """

    store: Store
    area: Area
    catalogue: Catalogue
    as_of: date
    unread: dict[str, str] = field(default_factory=dict, repr=False, compare=False)
    kept: KeptAnswers = field(default_factory=KeptAnswers, repr=False, compare=False)
    _noted: dict[str, str] = field(default_factory=dict, repr=False, compare=False)

    @property
    def is_simulated(self) -> bool:
        """Whether these are the simulated borough's."""
        return self.store.is_simulated

    @property
    def records(self) -> AreaRecords:
        """The police's street-level records, which set the pace of the papers."""
        return self.records_of(police_uk.Kind.STREET.table)

    def records_of(self, table: str) -> AreaRecords:
        """Give the area's records of one table, read once."""
        key = self.area.code, table
        if key not in self.kept.tables:
            self.kept.tables[key] = read_area_records(
                self.store, table, self.area, as_of=self.as_of, read_people=self._people_of
            )
        return self.kept.tables[key]

    @property
    def people(self) -> Denominators:
        """Whom the area's rates are of, whatever else was received."""
        return self._people_of(self.area)

    def _people_of(self, area: Area) -> Denominators:
        """Give the people of the area, or of the force's whole area, read once."""
        if area.code not in self.kept.people:
            self.kept.people[area.code] = read_denominators(self.store, area, as_of=self.as_of)
        return self.kept.people[area.code]

    def assess(self, indicator: Indicator, period: Period, source: str | None = None) -> Assessment:
        """Assess one indicator from the table that its source names, once.

        Where no source is named it is the first. A partner's total answers where no other source holds the period.
        """
        key = self.area.code, indicator.id, period, source
        found = self.kept.assessments.get(key)
        if found is None or found.indicator != indicator:  # a page may ask for a variant of one in the catalogue
            found = self.kept.assessments[key] = self._assess(indicator, period, source)
        return found

    def _assess(self, indicator: Indicator, period: Period, source: str | None) -> Assessment:
        if not indicator.is_agreed:
            return assess_unmeasured(indicator, period, self.area, self.as_of)
        first = self._assess_from(indicator, period, source)
        if source is not None or first.has_figure or RETURNS not in indicator.sources or first.source == RETURNS:
            return first
        others = (name for name in indicator.sources if name not in {first.source, RETURNS})
        if any(self._assess_from(indicator, period, name).has_figure for name in others):
            return first
        returned = self._assess_from(indicator, period, RETURNS)
        return note_returned(returned) if returned.has_figure else first

    def _assess_from(self, indicator: Indicator, period: Period, source: str | None) -> Assessment:
        _, measure = indicator.measure(source)
        return assess(indicator, period, self.records_of(measure.records), self.catalogue, source=source)

    def of_area(self, area: Area) -> OpenedRecords:
        """Give another area's records of the same store and day."""
        return self if area.code == self.area.code else replace(self, area=area)

    def open_gate(self, end: date) -> Gate:
        """Find once what public papers of periods up to a day withhold, of the area and of all that divide it.

        Each call gives a gate that has admitted nothing yet: what one paper prints is no other paper's.
        """
        key = self.area.code, end
        if key not in self.kept.gates:
            own = read_partnership()
            is_own = self.area.code in (own.area, *own.towns)
            codes = (own.area, *own.towns) if is_own else (self.area.code,)
            places = [self.of_area(read_area(code)) for code in codes]
            self.kept.gates[key] = open_gate(self.catalogue, [(each.area, each.records_of) for each in places], end)
        return self.kept.gates[key].anew()

    def assess_for_paper(self, indicator: Indicator, period: Period, source: str | None = None) -> Assessment:
        """Assess one indicator of many: one whose figures cannot be read is incomplete and named in `unread`.

        Raises
        ------
        StoreError
            Where the store itself is damaged, which `shp rebuild` mends for all of them.
        """
        try:
            return self.assess(indicator, period, source)
        except StoreError:
            raise
        except ShpAnalysisError as error:
            self.unread[indicator.id] = f"{indicator.id} {indicator.name} is incomplete: {error}"
            return assess_unread(indicator, period, self.area, self.as_of, source)

    def note_files(self, table: str, parts: pd.DataFrame) -> None:
        """Note that a page rests on files beside those of its assessments.

        Parameters
        ----------
        table : str
            That the files' records are in.
        parts : pandas.DataFrame
            As `Store.parts_held` gives them, or the `periods` of an area's records: those that were used.
        """
        self._noted.update(dict.fromkeys(parts["sha256"], table))

    @property
    def noted_files(self) -> dict[str, str]:
        """The files that were noted, by their sha256, each with its table."""
        return dict(self._noted)

    def list_revisions(self, indicator: Indicator, source: str | None = None) -> tuple[Revision, ...]:
        """List what every whole period of an indicator was said to be, release by release."""
        _, measure = indicator.measure(source)
        return list_revisions(self.records_of(measure.records), indicator, source)

    def read_period(self, text: str) -> Period:
        """Read a period as people write it, or `latest`."""
        return self.latest_whole_quarter() if text == LATEST else parse_period(text)

    def latest_whole_quarter(self) -> Quarter:
        """Give the newest financial quarter whose three months the area's force has delivered.

        Raises
        ------
        RequestError
            Where no quarter is whole.
        """
        held = {Month(label) for label in self.records.periods["period"]}
        quarters = {Quarter.containing(month.start) for month in held}
        whole = [quarter for quarter in quarters if set(quarter.months) <= held]
        if not whole:
            message = f"No whole quarter has been received for {self.area.name}. `shp check` lists what is in."
            raise RequestError(message)
        return max(whole)


class SharedRecords:
    """Records that are read once, and indicators that are assessed once, for all that open the same records.

    The process that makes a pack uses them, and so do the kernels that are forked from it. They answer only while the
    store and the catalogue are as they were.
    """

    def __init__(self) -> None:
        self._kept: dict[tuple[Store, Hashable, date], tuple[Catalogue, KeptAnswers]] = {}

    @contextmanager
    def used(self) -> Iterator[None]:
        """Let all that is opened in this process answer from them, and be kept in them, until the end."""
        _IN_USE.append(self)
        try:
            yield
        finally:
            _IN_USE.remove(self)

    def find(self, store: Store, catalogue: Catalogue, as_of: date) -> KeptAnswers:
        """Give what is kept of a store as known on a day; nothing yet where it or the catalogue has changed."""
        key = store, store.state, as_of
        if key not in self._kept or self._kept[key][0] != catalogue:
            self._kept[key] = catalogue, KeptAnswers()
        return self._kept[key][1]


_IN_USE: list[SharedRecords] = []


def open_records(
    *, area: str | None = None, as_of: str | None = None, simulated: bool | None = None, data_folder: str | None = None
) -> OpenedRecords:
    """Open an area's records as known on a day; the parameters are those of `papers.run.open_run`.

    Raises
    ------
    RequestError
        Where the area or the date does not exist.
    StoreError
        Where the store is empty.
    """
    place = read_area(area or read_partnership().area)
    day = read_day(as_of) or today()
    store = open_store(Path(data_folder) if data_folder else None, simulated=simulated)
    store.require_files()
    catalogue = read_catalogue(with_simulated=store.is_simulated)
    kept = _IN_USE[-1].find(store, catalogue, day) if _IN_USE else KeptAnswers()
    return OpenedRecords(store, place, catalogue, day, kept=kept)
