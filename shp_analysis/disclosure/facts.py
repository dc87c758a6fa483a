"""What a pack prints of few persons, as linear facts: each number is a sum over cells of a publisher's table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple

import pandas as pd

from shp_analysis.assessment.verdicts import Comparison
from shp_analysis.config.catalogue import Indicator, Kind, Selection, Tier
from shp_analysis.measures.observations import count_observations
from shp_analysis.measures.records import AreaRecords, select_records
from shp_analysis.readers.partner_returns_measures import ALL, TOTAL, Sensitivity, find_measure
from shp_analysis.reference.periods import Period, build_window, count_months

RETURNS = "partner_returns_"
"""How the names of the tables of partners' returns begin: these alone say what their breakdowns are."""
ROW = "row"
"""Stands for the breakdown in every other table: a cell is what the table's filters tell apart."""
_NEVER_ADDED = frozenset({Kind.STOCK, Kind.PUBLISHED})


class Cell(NamedTuple):
    """The smallest thing that a table counts, in any period."""

    table: str
    area: str
    column: str
    measure: str
    breakdown: str
    category: str

    @property
    def is_total(self) -> bool:
        """Whether it is the total of its measure."""
        return self.breakdown == TOTAL


What = frozenset[Cell]
When = frozenset[str]
"""The months that a number is over; one label of its own where periods do not add up."""


@dataclass(frozen=True)
class Fact:
    """One number that a reader of the pack knows.

    Attributes
    ----------
    holder : str
        The indicator, or the chart or table, that prints it.
    what : frozenset of Cell
    when : frozenset of str
    value : float
    """

    holder: str
    what: What
    when: When
    value: float


@dataclass
class Facts:
    """All facts of a pack, and what is known of how their cells stand to each other.

    Attributes
    ----------
    facts : list of Fact
    pairs : set of tuple of What
        A part and the whole that it lies in.
    withheld : dict of Cell to set of When
        Cells that the publisher did not give because they are small.
    sensitive : set of Cell
    towns : dict of str to tuple of str
        The codes of the areas that an area consists of.
    """

    facts: list[Fact] = field(default_factory=list)
    pairs: set[tuple[What, What]] = field(default_factory=set)
    withheld: dict[Cell, set[When]] = field(default_factory=dict)
    sensitive: set[Cell] = field(default_factory=set)
    towns: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def joined(self, other: Facts) -> Facts:
        """Give these facts and some more."""
        withheld = {cell: set(whens) for cell, whens in self.withheld.items()}
        for cell, whens in other.withheld.items():
            withheld.setdefault(cell, set()).update(whens)
        return Facts(
            [*self.facts, *other.facts],
            self.pairs | other.pairs,
            withheld,
            self.sensitive | other.sensitive,
            self.towns | other.towns,
        )

    def without(self, holders: Iterable[str]) -> Facts:
        """Give the facts that are left when some holders print nothing."""
        out = set(holders)
        kept = [each for each in self.facts if each.holder not in out]
        return replace(self, facts=kept)


def is_about_persons(indicator: Indicator, source: str | None = None) -> bool:
    """Say whether a figure is of records of persons: its tier says so, or a measure that it is counted from.

    Parameters
    ----------
    indicator : Indicator
    source : str, optional
        Any of the indicator's sources where left out.
    """
    measures = [each for name, each in indicator.sources.items() if source in {None, "", name}]
    names = (name for each in measures if each.records.startswith(RETURNS) for name in each.include.get("measure", ()))
    return indicator.disclosure_tier is not Tier.OPEN or any(map(_is_sensitive, names))


def stays_with_partners(indicator: Indicator) -> bool:
    """Say whether a figure is counted from a measure about so few persons that it is never made public."""
    measures = (each for each in indicator.sources.values() if each.records.startswith(RETURNS))
    names = (name for each in measures for name in each.include.get("measure", ()))
    return any(find_measure(name).sensitivity is Sensitivity.RESTRICTED for name in names)


def list_indicator_facts(holder: str, indicator: Indicator, records: AreaRecords, source: str, end: date) -> Facts:
    """List what an indicator tells: its number, and the whole of a share, in every period up to a day.

    Every sum that a paper prints of them, of a quarter or of twelve months, follows from these.

    Parameters
    ----------
    holder : str
    indicator : Indicator
    records : AreaRecords
        Of the table that the source names.
    source : str
    end : datetime.date
    """
    _, measure = indicator.measure(source)
    observations = count_observations(records, indicator, source)
    what = _list_cells(records, measure)
    over = _list_cells(records, measure.of) if measure.of else frozenset[Cell]()
    found = Facts(sensitive=set(what) if is_about_persons(indicator, source) else set())
    if indicator.kind is Kind.PROPORTION:
        found.pairs.add((what, over))
    columns = ["period_start", "period_end", "numerator", "denominator"]
    for start, last, count, whole in observations[columns].itertuples(index=False):
        if last > end or pd.isna(count):
            continue
        when = _name_time(build_window(start, count_months(start, last)), adds=_adds_up(indicator, what))
        found.facts.append(Fact(holder, what, when, float(count)))
        if over and not pd.isna(whole):
            found.facts.append(Fact(holder, over, when, float(whole)))
    found.withheld = _list_withheld(records, what | over, end)
    return found


def list_comparison_facts(holder: str, indicator: Indicator, comparison: Comparison, records: AreaRecords) -> Facts:
    """List what one comparison tells: two numbers, and of a share or ratio the two wholes.

    Parameters
    ----------
    holder : str
    indicator : Indicator
        With one source.
    comparison : Comparison
    records : AreaRecords
        Of the table that the source names.
    """
    measure = next(iter(indicator.sources.values()))
    what = _list_cells(records, measure)
    over = _list_cells(records, measure.of) if measure.of else frozenset[Cell]()
    found = Facts(sensitive=set(what) if is_about_persons(indicator) else set())
    if indicator.kind is Kind.PROPORTION:
        found.pairs.add((what, over))
    now = (comparison.period, comparison.count, comparison.whole)
    then = (comparison.baseline, comparison.baseline_count, comparison.baseline_whole)
    for period, count, whole in (now, then):
        when = _name_time(period, adds=_adds_up(indicator, what))
        numbers = ((what, count), (over, whole))
        found.facts += [Fact(holder, cells, when, float(each)) for cells, each in numbers if cells and each is not None]
    return found


def list_frame_facts(holder: str, records: AreaRecords, rows: pd.DataFrame, window: Period | None = None) -> Facts:
    """List what a chart or table tells that prints a publisher's own cells.

    Parameters
    ----------
    holder : str
    records : AreaRecords
        Of the table that the rows are from.
    rows : pandas.DataFrame
        Rows of `records.counts` whose `sum_value` is printed.
    window : Period, optional
        Where each cell is printed as its sum over this period alone, and not period by period.
    """
    found = Facts()
    for (name, breakdown, category), own in rows.groupby(["measure", "breakdown", "category"]):
        cell = Cell(records.table.name, records.area.code, "value", str(name), str(breakdown), str(category))
        if _is_sensitive(cell.measure):
            found.sensitive.add(cell)
        adds = find_measure(cell.measure).adds_over_periods
        for label, numbers in own.groupby("period")["sum_value"]:
            period = records.read_period(str(label))
            if numbers.isna().any():
                found.withheld.setdefault(cell, set()).add(_name_time(period, adds=adds))
            elif window is None:
                found.facts.append(Fact(holder, frozenset({cell}), _name_time(period, adds=adds), float(numbers.sum())))
        if window is not None and own["sum_value"].notna().all():
            when = _name_time(window, adds=adds)
            found.facts.append(Fact(holder, frozenset({cell}), when, float(own["sum_value"].sum())))
    return found


def _list_cells(records: AreaRecords, selection: Selection) -> What:
    rows, table = select_records(records, selection), records.table.name
    column = selection.sum or "records"
    names = ["measure", "breakdown", "category"] if table.startswith(RETURNS) else list(records.table.filters)
    values = rows[names].drop_duplicates().astype(str).itertuples(index=False)
    if table.startswith(RETURNS):
        return frozenset(Cell(table, records.area.code, column, *each) for each in values)
    return frozenset(Cell(table, records.area.code, column, table, ROW, "|".join(each)) for each in values)


def _list_withheld(records: AreaRecords, cells: What, end: date) -> dict[Cell, set[When]]:
    """List the small cells that partners did not give, of the measures that some cells are of."""
    found: dict[Cell, set[When]] = {}
    if not records.table.name.startswith(RETURNS):
        return found
    names = {each.measure for each in cells if each.column == "value"}
    rows = records.counts[records.counts["sum_value"].isna() & records.counts["measure"].isin(names)]
    for label, *name in rows[["period", "measure", "breakdown", "category"]].itertuples(index=False):
        period = records.read_period(label)
        if period.end <= end:
            cell = Cell(records.table.name, records.area.code, "value", *map(str, name))
            adds = find_measure(cell.measure).adds_over_periods
            found.setdefault(cell, set()).add(_name_time(period, adds=adds))
    return found


def list_parts(facts: Facts) -> Iterator[tuple[What, What]]:
    """List each part with the whole that it lies in: shares, subsets of a measure, and areas within areas."""
    yield from facts.pairs
    for cell in {cell for each in facts.facts for cell in each.what}:
        if cell.table.startswith(RETURNS) and cell.is_total and (whole := find_measure(cell.measure).part_of):
            yield frozenset({cell}), frozenset({cell._replace(measure=whole, breakdown=TOTAL, category=ALL)})


def _adds_up(indicator: Indicator, what: What) -> bool:
    measures = {each.measure for each in what if each.table.startswith(RETURNS)}
    is_added = indicator.adds_over_periods and indicator.kind not in _NEVER_ADDED
    return all(find_measure(each).adds_over_periods for each in measures) if measures else is_added


def _name_time(period: Period, *, adds: bool) -> When:
    if adds:
        return frozenset(month.label for month in period.months)
    return frozenset({f"{period.start}/{period.end}"})


def _is_sensitive(measure: str) -> bool:
    return find_measure(measure).sensitivity is not Sensitivity.OPEN
