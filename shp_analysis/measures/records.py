"""An area's records of one table: which are counted, by period, place and kind, and which cannot be.

A partner's return replaces its own earlier one, and nobody else's. So one measure of one period may come from several
partners. Of most measures they then return the same figure: it counts once, and where they differ it is not counted
until they agree. Of a few each returns what it did itself (powers used by the council and by the police): these are
added up, and a period in which one of them has not returned is not whole.

A period counts only when the part it lies in was delivered, and delivered all of it. A part that did not come is
missing, never zero; a month with far fewer rows than the months around it is taken for a part of a month; and one in
which the publisher has rows and the area has none at all is taken for one whose places were lost.

A casualty's row says neither when nor where. Where its collision was not received, no figure of its year is whole in
any area that it may belong to, and what is counted of the year is too few.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from shp_analysis.config.catalogue import Denominator, Measure, Selection
from shp_analysis.errors import ParametersError
from shp_analysis.measures.counted_tables import CountedTable, Link, find_counted_table
from shp_analysis.measures.denominators import Denominators, read_denominators
from shp_analysis.readers.partner_returns_measures import read_measures
from shp_analysis.readers.readers import Frequency
from shp_analysis.reference.areas import Area, Population, read_area
from shp_analysis.reference.periods import Month, Period, build_window
from shp_analysis.store.store import Store

_KEY = ["measure", "period"]
_CELL = ["breakdown", "category"]
_NUMBERS = ["sum_value", "sum_base"]


@dataclass(frozen=True)
class Unsettled:
    """One measure and period that is not counted, because of who returned it.

    Attributes
    ----------
    measure, period : str
        The measure's id, and the period's label.
    organisations : tuple of str
        Who returned different figures; or who has not returned its own.
    is_missing : bool
        Whether it is the second.
    """

    measure: str
    period: str
    organisations: tuple[str, ...]
    is_missing: bool


def settle_contributors(counts: pd.DataFrame) -> tuple[pd.DataFrame, tuple[Unsettled, ...]]:
    """Leave each measure and period one answer, whoever returned it.

    Parameters
    ----------
    counts : pandas.DataFrame
        The newest return of every partner, of one area: `measure, period, breakdown, category, organisation,
        sum_value, sum_base` and more.

    Returns
    -------
    counts : pandas.DataFrame
        Without what is not settled, and without what a second partner returned alike.
    unsettled : tuple of Unsettled
    """
    if counts.groupby("measure")["organisation"].nunique().max() in {0, 1} or counts.empty:
        return counts, ()
    unsettled = tuple(_list_unsettled(counts))
    left_out = {(each.measure, each.period) for each in unsettled}
    keys = zip(counts["measure"], counts["period"], strict=True)
    kept = counts[[key not in left_out for key in keys]]
    # Of equal figures one stays; a number rather than a cell that was withheld, which says nothing else.
    kept = kept.sort_values(_NUMBERS, na_position="last", kind="stable")
    is_again = kept.duplicated([*_KEY, *_CELL]) & ~kept["measure"].isin(_list_own_measures())
    return kept[~is_again].sort_index().reset_index(drop=True), unsettled


def _list_own_measures() -> tuple[str, ...]:
    """List the measures of which every partner returns its own."""
    return tuple(each.id for each in read_measures().values() if each.adds_over_organisations)


def _list_unsettled(counts: pd.DataFrame) -> Iterator[Unsettled]:
    for (measure, period), own in counts.groupby(_KEY):
        returned = set(own["organisation"])
        if measure in _list_own_measures():
            everybody = set(counts.loc[counts["measure"] == measure, "organisation"])
            if everybody > returned:
                yield Unsettled(str(measure), str(period), tuple(sorted(everybody - returned)), is_missing=True)
        elif len(returned) > 1 and _differ(own):
            yield Unsettled(str(measure), str(period), tuple(sorted(returned)), is_missing=False)


def _differ(returned: pd.DataFrame) -> bool:
    """Say whether two partners give different numbers for one cell; one that was withheld says nothing."""
    numbers = returned.groupby(_CELL)[_NUMBERS]
    return bool((numbers.max() > numbers.min()).any(axis=None))


PART_OF_A_MONTH = 0.25
"""A force's month with less than this share of what its neighbouring months hold is taken for incomplete."""
NEIGHBOURING_MONTHS = 12
LARGEST_GAP_IN_MONTHS = 18
FEWEST_NEIGHBOURS = 3
WINDOW_SEPARATOR = "/"
"""Between the first day and the number of months in the label of a window."""
EVERYTHING = "all"
"""The class of records where a table has no others."""


@dataclass(frozen=True)
class AreaRecords:
    """Everything one table holds about one area.

    Attributes
    ----------
    table : CountedTable
    area : Area
        Whose records these are: the police force's where the table knows no smaller place than that.
    as_of : date or None
    counts : pandas.DataFrame
        `part_unit, part_period, period, sha256`, the place, the columns an indicator may filter by, `records`, and for
        every column that can be added up `sum_<column>` and `known_<column>`.
    periods : pandas.DataFrame
        One row a period that was delivered: `period, part_period, rows, path, sha256, received_on`, in order.
    thin_periods : mapping of str to frozenset of str
        For each class of records: periods whose part holds too few rows to be whole, or none of the area.
    other_forces : pandas.DataFrame
        `period, force`, the columns an indicator may filter by, `records`: what other forces recorded within the area;
        it is told and not counted.
    recorded : pandas.DataFrame
        `period`, the columns an indicator may filter by, `records, unplaced`: all that the area's force recorded,
        inside the area or not, and how much of it has no place. Empty of a table of which that is not asked.
    unlinked : pandas.DataFrame
        `part_period`, the columns a table's link may be filtered by, `records`: those that cannot be counted and may be
        the area's, because a record of another table is not there. Empty of a table without a link.
    lacking : pandas.DataFrame
        `period, records`: those that records of another table state, and that are not there.
    release_counts, release_parts : pandas.DataFrame
        As `counts`, and the parts behind `periods`, of every release and not only the newest of each part.
    people : Denominators, optional
        Whom rates are of; residents of all ages alone where left out.
    unsettled : tuple of Unsettled
        What of partners' returns is not counted, because they differ or one of them is missing.
    """

    table: CountedTable
    area: Area
    as_of: date | None
    counts: pd.DataFrame
    periods: pd.DataFrame
    thin_periods: Mapping[str, frozenset[str]] = field(default_factory=dict)
    other_forces: pd.DataFrame = field(default_factory=pd.DataFrame)
    recorded: pd.DataFrame = field(default_factory=pd.DataFrame)
    unlinked: pd.DataFrame = field(default_factory=pd.DataFrame)
    lacking: pd.DataFrame = field(default_factory=pd.DataFrame)
    release_counts: pd.DataFrame = field(default_factory=pd.DataFrame)
    release_parts: pd.DataFrame = field(default_factory=pd.DataFrame)
    people: Denominators | None = None
    unsettled: tuple[Unsettled, ...] = ()

    @cached_property
    def files(self) -> pd.DataFrame:
        """Every file that a record may come from: `path, received_on`, by sha256."""
        columns = ["sha256", "path", "received_on"]
        held = [each.reindex(columns=columns) for each in (self.periods, self.release_parts) if len(each)]
        return pd.concat(held or [self.periods[columns]]).drop_duplicates("sha256").set_index("sha256")

    @property
    def received_on(self) -> dict[str, date]:
        """The day that each file came, by sha256."""
        return dict(zip(self.files.index, self.files["received_on"], strict=True))

    def as_known_on(self, day: date) -> AreaRecords:
        """Give what was known on an earlier day, from the releases received by then.

        Which parts are too thin to be whole is judged with what is known now.
        """
        parts = _newest(self.release_parts[self.release_parts["received_on"] <= day])
        counts, unsettled = settle(self.table, _answering(self.table, self.release_counts, parts))
        periods = list_periods(self.table, parts, counts)
        absent = find_absent_periods(periods, counts)
        thin = {name: labels | absent for name, labels in self.thin_periods.items()}
        return replace(self, as_of=day, counts=counts, periods=periods, thin_periods=thin, unsettled=unsettled)

    def number_of(self, group: Denominator | None, day: date) -> Population | None:
        """Give the newest number of a group of people not later than a day; None where none is known."""
        return (self.people or Denominators(self.area)).number_on(day, group) if group else None

    def read_period(self, label: str) -> Period:
        """Give the period that a label of `periods` stands for."""
        if self.table.frequency is Frequency.WINDOW:
            start, months = label.split(WINDOW_SEPARATOR)
            return build_window(date.fromisoformat(start), int(months))
        return self.table.frequency.read_period(label)

    def list_whole_parts(self) -> tuple[Period, ...]:
        """List the parts that were released whole and are longer than a record's period: years of dated collisions."""
        parts = self.table.parts.frequency
        if parts.period_kind is None or parts is self.table.frequency:
            return ()
        labels = [parts.read_period(label) for label in self.periods["part_period"].unique()]
        held = set(self.periods["period"])
        return tuple(part for part in labels if {month.label for month in part.months} <= held)


def read_area_records(
    store: Store,
    table: str,
    area: Area,
    *,
    as_of: date | None = None,
    read_people: Callable[[Area], Denominators] | None = None,
) -> AreaRecords:
    """Count a table's records of one area, as known on a day.

    Parameters
    ----------
    store : Store
    table : str
    area : Area
    as_of : date, optional
    read_people : callable, optional
        Gives an area's people, for a caller who reads many tables and counts its people once.

    Returns
    -------
    AreaRecords
        Without rows where nothing about the area was delivered, or the table does not know places so small.

    Raises
    ------
    ParametersError
        Where no indicator can be counted from that table.
    """
    counted = find_counted_table(table)
    place = read_area(area.force.area_code) if counted.is_of_forces else area
    unit = place.force.police_uk_slug if counted.is_own_force_only else None
    releases = store.releases(counted.stored[0], unit=unit, as_of=as_of)
    condition = counted.condition(place)
    lacks_another = any(store.parts_held(name, as_of=as_of).empty for name in counted.stored[1:])
    if releases.empty or lacks_another or condition is None:
        return AreaRecords(counted, place, as_of, _no_counts(counted), _no_periods())
    every = _count(store, counted, *condition, as_of)
    own = (every["part_unit"] == unit) if unit else pd.Series(data=True, index=every.index)
    parts = _newest(releases)
    links = count_missing_links(store, counted, {place.code: condition}, as_of)[place.code]
    counts, unsettled = settle(counted, _answering(counted, every[own], parts))
    periods = list_periods(counted, parts, counts)
    return AreaRecords(
        table=counted,
        area=place,
        as_of=as_of,
        counts=counts,
        periods=periods,
        thin_periods=_find_thin_periods(store, counted, unit, as_of, absent=find_absent_periods(periods, counts)),
        other_forces=_count_others(counted, _only_of(every[~own], store.parts_held(counted.stored[0], as_of=as_of))),
        recorded=count_recorded(store, counted, unit, as_of),
        unlinked=links.unlinked,
        lacking=links.lacking,
        release_counts=every[own].reset_index(drop=True),
        release_parts=releases,
        people=read_people(place) if read_people else read_denominators(store, place, as_of=as_of),
        unsettled=unsettled,
    )


def settle(table: CountedTable, counts: pd.DataFrame) -> tuple[pd.DataFrame, tuple[Unsettled, ...]]:
    """Leave what partners return one answer (see `contributors`); other tables are as they are."""
    return settle_contributors(counts) if "organisation" in table.filters else (counts, ())


def _newest(releases: pd.DataFrame) -> pd.DataFrame:
    return releases.drop_duplicates(["unit", "period"], keep="last").reset_index(drop=True)


def _answering(table: CountedTable, counts: pd.DataFrame, parts: pd.DataFrame) -> pd.DataFrame:
    """Keep the counts of some parts; of a figure that is in several of them, that of the newest release."""
    found = _only_of(counts, parts)
    keys = [column for column in table.parts.key_columns if column in found]
    if not keys or found.empty:
        return found
    arrivals = parts.drop_duplicates("sha256").sort_values(["received_on", "sequence"])["sha256"]
    ranked = found.assign(
        order=-found["sha256"].map({sha256: number for number, sha256 in enumerate(arrivals)}),
        blanks=found[[f"known_{name}" for name in table.summed]].eq(0).sum(axis=1),
    )
    first = ranked.sort_values(["order", "blanks", "part_unit"]).drop_duplicates(keys)
    return found.loc[first.index.sort_values()].reset_index(drop=True)


def _only_of(counts: pd.DataFrame, parts: pd.DataFrame) -> pd.DataFrame:
    """Keep the counts that come from some parts of some files."""
    keys = parts.rename(columns={"unit": "part_unit", "period": "part_period"})
    return counts.merge(keys[["sha256", "part_unit", "part_period"]], on=["sha256", "part_unit", "part_period"])


def _count(store: Store, table: CountedTable, place: str, values: Sequence[object], as_of: date | None) -> pd.DataFrame:
    keys = ", ".join(("part_unit", "part_period", "period", "sha256", *table.columns))
    sums = "".join(f", sum({name}) AS sum_{name}, count({name}) AS known_{name}" for name in table.summed)
    sql = f"SELECT {keys}, count(*) AS records{sums} FROM ({table.sql}) WHERE {place} GROUP BY ALL ORDER BY ALL"
    return store.query(table.stored, sql, values, as_of=as_of, every_release=True)


def list_periods(table: CountedTable, parts: pd.DataFrame, counts: pd.DataFrame) -> pd.DataFrame:
    """List the periods that the delivered parts cover; the last, unfinished year reaches to its last record."""
    if table.frequency is Frequency.WINDOW:
        windows = counts[["part_unit", "part_period", "period"]].drop_duplicates()
        keys = {"unit": "part_unit", "period": "part_period"}
        return parts.rename(columns=keys).merge(windows, on=list(keys.values())).reset_index(drop=True)
    held = parts.drop_duplicates("period", keep="last")
    held = held.rename(columns={"period": "part_period"}).sort_values("part_period")
    if table.frequency is table.parts.frequency or table.parts.frequency is Frequency.SNAPSHOT:
        return held.assign(period=held["part_period"]).reset_index(drop=True)
    last = counts["period"].max() if len(counts) else ""
    labels = [
        [month.label for month in table.parts.frequency.read_period(part).months if month.label <= last]
        for part in held["part_period"]
    ]
    return (
        held.assign(period=pd.Series(labels, held.index)).explode("period").dropna(subset="period", ignore_index=True)
    )


def find_absent_periods(periods: pd.DataFrame, counts: pd.DataFrame) -> frozenset[str]:
    """Find the periods of parts in which others have rows and the area has none: a zero would be a wrong number."""
    present = counts["part_period"].unique()
    return frozenset(periods.loc[~periods["part_period"].isin(present), "period"])


def _find_thin_periods(
    store: Store, table: CountedTable, unit: str | None, as_of: date | None, *, absent: frozenset[str]
) -> dict[str, frozenset[str]]:
    """Compare each part of the whole delivery with the held parts nearest to it, class by class."""
    classes = table.classes or {EVERYTHING: "true"}
    if not table.is_checked_for_thin_parts:
        return dict.fromkeys(classes, absent)
    sums = ", ".join(f"count(*) FILTER ({condition}) AS {name}" for name, condition in classes.items())
    whose = "WHERE part_unit = ?" if unit else ""
    sql = f"SELECT period, {sums} FROM ({table.sql}) {whose} GROUP BY period ORDER BY period"
    totals = store.query(table.stored, sql, [unit] if unit else [], as_of=as_of)
    return {name: absent | find_thin_months(totals[name], totals["period"].tolist()) for name in classes}


def find_thin_months(totals: npt.ArrayLike, months: Sequence[str]) -> frozenset[str]:
    """Find the months that hold far fewer rows than the held months nearest to them.

    Parameters
    ----------
    totals : array_like of float, shape (months,)
        Rows of a whole delivery.
    months : sequence of str
        Their labels.

    Returns
    -------
    frozenset of str
    """
    rows = np.asarray(totals, dtype=float)
    positions = np.array([12 * int(label[:4]) + int(label[5:]) for label in months])
    found = []
    for own, label in enumerate(months):
        gaps = np.abs(positions - positions[own])
        nearest = [place for place in np.argsort(gaps, kind="stable") if place != own]
        near = [place for place in nearest if gaps[place] <= LARGEST_GAP_IN_MONTHS][:NEIGHBOURING_MONTHS]
        if len(near) >= FEWEST_NEIGHBOURS and rows[own] < PART_OF_A_MONTH * np.median(rows[near]):
            found.append(label)
    return frozenset(found)


def _count_others(table: CountedTable, rows: pd.DataFrame) -> pd.DataFrame:
    others = rows.rename(columns={"part_unit": "force"})
    keys = ["period", "force", *table.filters]
    return others.groupby(keys, dropna=False, observed=True)["records"].sum().reset_index()


def count_recorded(store: Store, table: CountedTable, unit: str | None, as_of: date | None) -> pd.DataFrame:
    """Count all that was recorded, by a force or by everybody, and how much of it has no place.

    Parameters
    ----------
    store : Store
    table : CountedTable
    unit : str, optional
        The force's short name; everybody where left out.
    as_of : date, optional

    Returns
    -------
    pandas.DataFrame
        As `AreaRecords.recorded`, with `part_unit`; empty of a table of which it is not asked.
    """
    if not table.unplaced:
        return pd.DataFrame()
    keys = ", ".join(("part_unit", "period", *table.filters))
    whose = "WHERE part_unit = ?" if unit else ""
    sql = (
        f"SELECT {keys}, count(*) AS records, count(*) FILTER ({table.unplaced}) AS unplaced FROM ({table.sql}) "
        f"{whose} GROUP BY ALL ORDER BY ALL"
    )
    return store.query(table.stored, sql, [unit] if unit else [], as_of=as_of)


@dataclass(frozen=True, eq=False)
class MissingLinks:
    """What `AreaRecords` has under the same names."""

    unlinked: pd.DataFrame = field(default_factory=pd.DataFrame)
    lacking: pd.DataFrame = field(default_factory=pd.DataFrame)


def count_missing_links(
    store: Store, table: CountedTable, conditions: Mapping[str, tuple[str, Sequence[str]]], as_of: date | None
) -> dict[str, MissingLinks]:
    """Count, for each of some areas, the records that cannot be counted because another table's are not there.

    Parameters
    ----------
    store : Store
    table : CountedTable
    conditions : mapping of str to tuple
        By area code, as `CountedTable.condition` gives them.
    as_of : date, optional

    Returns
    -------
    dict of str to MissingLinks
        By area code; nothing in them where the table has no link.
    """
    link = table.link
    if link is None or any(store.parts_held(name, as_of=as_of).empty for name in link.stored):
        return {code: MissingLinks() for code in conditions}
    keys = ", ".join(("part_period", "sender", *link.filters))
    sql = f"SELECT {keys}, count(*) AS records FROM ({link.sql}) GROUP BY ALL ORDER BY ALL"
    lost = store.query(link.stored, sql, as_of=as_of)
    lacking = _count_lacking(store, link, conditions, as_of) if link.stated else {}
    return {
        code: MissingLinks(_select_senders(store, link, lost, place, as_of), lacking.get(code, pd.DataFrame()))
        for code, place in conditions.items()
    }


def _select_senders(
    store: Store, link: Link, lost: pd.DataFrame, place: tuple[str, Sequence[str]], as_of: date | None
) -> pd.DataFrame:
    """Keep what comes from the senders of an area's own records or, where it has none, from one of nobody's."""
    if lost.empty:
        return lost
    condition, values = place
    sql = f"SELECT DISTINCT sender FROM ({link.senders})"
    own = store.query(link.stored, f"{sql} WHERE {condition}", values, as_of=as_of)["sender"]
    is_own = lost["sender"].isin(own)
    if own.empty:
        is_own = ~lost["sender"].isin(store.query(link.stored, sql, as_of=as_of)["sender"])
    return lost[is_own].reset_index(drop=True)


def _count_lacking(
    store: Store, link: Link, conditions: Mapping[str, tuple[str, Sequence[str]]], as_of: date | None
) -> dict[str, pd.DataFrame]:
    whose = " ".join(f"WHEN {place} THEN '{code}'" for code, (place, _) in conditions.items())
    sql = (
        f"SELECT area, period, sum(lacking) AS records FROM (SELECT *, CASE {whose} END AS area FROM ({link.stated})) "
        "WHERE area IS NOT NULL GROUP BY ALL ORDER BY ALL"
    )
    every = store.query(link.stored, sql, [value for _, own in conditions.values() for value in own], as_of=as_of)
    return {str(code): rows.reset_index(drop=True) for code, rows in every.groupby("area")}


def _no_counts(table: CountedTable) -> pd.DataFrame:
    sums = [f"{word}_{name}" for name in table.summed for word in ("sum", "known")]
    return pd.DataFrame(columns=["part_unit", "part_period", "period", "sha256", *table.columns, "records", *sums])


def _no_periods() -> pd.DataFrame:
    return pd.DataFrame(columns=["period", "part_period", "rows", "path", "sha256", "received_on"])


def select_records(records: AreaRecords, selection: Selection) -> pd.DataFrame:
    """Give the counted records that a selection takes in.

    Raises
    ------
    ParametersError
        Where it filters by a column that the table does not offer.
    """
    return select_from(records.counts, records.table, selection)


def select_from(frame: pd.DataFrame, table: CountedTable, selection: Selection) -> pd.DataFrame:
    """Give the rows of any frame with a table's columns that a selection takes in.

    Raises
    ------
    ParametersError
        Where it filters by a column that the table does not offer.
    """
    known = table.filters
    unknown = sorted({*selection.include, *selection.exclude} - set(known))
    if unknown:
        allowed = f"it can be filtered by {', '.join(known)}"
        message = f"indicators.yaml filters {table.name} by {', '.join(unknown)}; {allowed}."
        raise ParametersError(message)
    for column, values in selection.include.items():
        frame = frame[frame[column].isin(values)]
    for column, values in selection.exclude.items():
        frame = frame[~frame[column].isin(values)]
    return frame


@dataclass(frozen=True)
class Unlinked:
    """Records of a period that cannot be counted.

    Attributes
    ----------
    records : int
        So many that may be the area's.
    counted : int
        So many that could be counted.
    words : str
        A sentence without its full stop.
    """

    records: int
    counted: int
    words: str


def find_unlinked_periods(records: AreaRecords, measure: Measure) -> frozenset[str]:
    """List the labels of `records.periods` that are not whole because records in them cannot be counted."""
    parts = {*_select(records, measure)["part_period"], *_select_lacking(records)["period"]}
    labels = records.periods[["period", "part_period"]].itertuples(index=False)
    return frozenset(label for label, part in labels if {label, part} & parts)


def count_unlinked(records: AreaRecords, measure: Measure, within: Iterable[Month]) -> Unlinked | None:
    """Count the records of some months that an indicator would count, and cannot.

    Parameters
    ----------
    records : AreaRecords
    measure : Measure
    within : iterable of Month

    Returns
    -------
    Unlinked or None
        None where there are none.
    """
    link = records.table.link
    if link is None:
        return None
    months = {month.label for month in within}
    selected = select_records(records, _whole_of(measure))
    counted = int(selected.loc[selected["period"].isin(months), "records"].sum())
    unlinked, lacking = _select(records, measure), _select_lacking(records)
    in_parts = unlinked["part_period"].map(lambda part: any(label.startswith(part) for label in months)).astype(bool)
    for frame, words in (
        (unlinked[in_parts], link.words),
        (lacking[lacking["period"].isin(months)], link.stated_words),
    ):
        number = int(frame["records"].sum())
        if number:
            said = words.format(
                area=records.area.name,
                records=f"{number:,} {link.nouns[number > 1]}",
                counted=f"{counted:,}",
                most=f"{counted + number:,}",
            )
            return Unlinked(number, counted, said)
    return None


def _whole_of(measure: Measure) -> Selection:
    return measure.of or measure


def _select(records: AreaRecords, measure: Measure) -> pd.DataFrame:
    """Give what cannot be counted, by as much of a selection as is known of it."""
    if records.unlinked.empty or records.table.link is None:
        return pd.DataFrame(columns=["part_period", "records"])
    whole, known = _whole_of(measure), set(records.table.link.filters)
    own = Selection(
        include={name: values for name, values in whole.include.items() if name in known},
        exclude={name: values for name, values in whole.exclude.items() if name in known},
    )
    return select_from(records.unlinked, records.table, own)


def _select_lacking(records: AreaRecords) -> pd.DataFrame:
    return records.lacking if len(records.lacking) else pd.DataFrame(columns=["period", "records"])
