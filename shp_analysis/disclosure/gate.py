"""The last gate before anything is drawn or told: what could point at a person is withheld from public editions.

The gate asks what all papers of a pack tell of persons together, subtracts everything from everything, and withholds
whole indicators until no count of 1 to 4 persons is left to be had: every count, rate and month of them. A chart or
table that prints a publisher's own cells asks the gate whether it may.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import pandas as pd

from shp_analysis.assessment.assessments import Assessment
from shp_analysis.assessment.verdicts import Comparison, FiguresWithheld, Verdict
from shp_analysis.config.catalogue import Catalogue, Importance, Indicator, Kind
from shp_analysis.disclosure.audit import find_disclosures
from shp_analysis.disclosure.facts import (
    RETURNS,
    Facts,
    is_about_persons,
    list_comparison_facts,
    list_frame_facts,
    list_indicator_facts,
    stays_with_partners,
)
from shp_analysis.errors import ShpAnalysisError, StoreError
from shp_analysis.measures.records import AreaRecords
from shp_analysis.reference.areas import Area
from shp_analysis.reference.periods import Period

ReadRecords = Callable[[str], AreaRecords]


@dataclass(frozen=True)
class Gate:
    """What an edition's readers may see.

    Attributes
    ----------
    facts : Facts or None
        What the pack tells of persons once whole indicators were withheld; None where nothing is withheld at all.
    withheld : frozenset of tuple of str
        The area code and id of each indicator that is withheld.
    """

    facts: Facts | None = None
    withheld: frozenset[tuple[str, str]] = frozenset()
    _admitted: list[Facts] = field(default_factory=list, compare=False, repr=False)

    def withhold(self, assessments: Iterable[Assessment]) -> tuple[Assessment, ...]:
        """Withhold the indicators that could point at a person.

        Parameters
        ----------
        assessments : iterable of Assessment

        Returns
        -------
        tuple of Assessment
            In the same order; a withheld one has no number left and says so.
        """
        if self.facts is None:
            return tuple(assessments)
        return tuple(_withhold(each) if self._holds_back(each) else _leave_out_notes(each) for each in assessments)

    def anew(self) -> Gate:
        """Give the same gate, to which no chart or table has been admitted yet."""
        return replace(self, _admitted=[])

    def _holds_back(self, assessment: Assessment) -> bool:
        return (assessment.area.code, assessment.indicator.id) in self.withheld

    def admits_counts(self, name: str, records: AreaRecords, rows: pd.DataFrame, window: Period | None = None) -> bool:
        """Say whether a chart or table may print cells of a partner's return.

        Parameters
        ----------
        name : str
            Of the chart or table.
        records : AreaRecords
        rows : pandas.DataFrame
            Rows of `records.counts`: every one whose number is printed or can be worked out from what is.
        window : Period, optional
            Where sums over this period are printed and not period by period.
        """
        if self.facts is None:
            return True
        told = list_frame_facts(name, records, rows, window)
        lacks_a_cell = bool(told.sensitive) and bool(rows["sum_value"].isna().any())
        return not lacks_a_cell and self._admits(told)

    def admits_figures(self, name: str, assessments: Sequence[Assessment], records: AreaRecords) -> bool:
        """Say whether a table may print the first comparison of figures that the catalogue does not have.

        Parameters
        ----------
        name : str
            Of the table.
        assessments : sequence of Assessment
            Each of an indicator with one source.
        records : AreaRecords
            Of the table that they are counted from.
        """
        if self.facts is None:
            return True
        told = Facts()
        for each in assessments:
            told = told.joined(list_comparison_facts(name, each.indicator, each.comparisons[0], records))
        return not any(stays_with_partners(each.indicator) for each in assessments) and self._admits(told)

    def _admits(self, told: Facts) -> bool:
        together = Facts()
        for each in (self.facts or Facts(), *self._admitted, told):
            together = together.joined(each)
        if find_disclosures(together):
            return False
        self._admitted.append(told)
        return True


def open_gate(catalogue: Catalogue, places: Sequence[tuple[Area, ReadRecords]], end: date) -> Gate:
    """Find what a public pack must withhold.

    Parameters
    ----------
    catalogue : Catalogue
    places : sequence of tuple
        The area that is divided, if any is, and then the areas that it is divided into, or else the one area that the
        pack is about; each with what reads its records of a table.
    end : datetime.date
        Last day of the pack's period. All that is held up to it counts as printed, in every area and by every paper:
        what is withheld does not depend on which of the papers is made.

    Returns
    -------
    Gate
    """
    facts = _list_facts(catalogue, places, end)
    order = {each.id: _rank(each, place) for place, each in enumerate(catalogue.indicators)}
    out = {each.holder for each in facts.facts if stays_with_partners(catalogue.indicator(_split(each.holder)[1]))}
    left = facts.without(out)
    while found := find_disclosures(left):
        for each in sorted(found, key=lambda each: (len(each.holders), sorted(each.holders))):
            if not each.holders & out:
                out.add(max(each.holders, key=lambda holder: order[_split(holder)[1]]))
        left = facts.without(out)
    return Gate(left, frozenset(map(_split, out)))


def _list_facts(catalogue: Catalogue, places: Sequence[tuple[Area, ReadRecords]], end: date) -> Facts:
    """List what the indicators tell that are of persons, and all others from the same publishers' tables."""
    sources = [(each, name, measure.records) for each in catalogue.indicators for name, measure in each.sources.items()]
    tables = {table for each, name, table in sources if is_about_persons(each, name)}
    first, *parts = (area for area, _ in places)
    facts = Facts(towns={first.code: tuple(each.code for each in parts)} if parts else {})
    for place, read in places:
        for indicator, name, table in sources:
            if table not in tables or (place != first and not table.startswith(RETURNS)):
                continue  # nothing smaller than a borough is told there
            facts = facts.joined(_read_facts(indicator, name, read, end))
    return facts


def _read_facts(indicator: Indicator, source: str, read: ReadRecords, end: date) -> Facts:
    """List what one source tells of an indicator; where its figures cannot be read, none is printed either."""
    try:
        records = read(indicator.sources[source].records)
        if records.counts.empty:
            return Facts()
        return list_indicator_facts(f"{records.area.code} {indicator.id}", indicator, records, source, end)
    except StoreError:
        raise
    except ShpAnalysisError:
        return Facts()


def _split(holder: str) -> tuple[str, str]:
    area, _, indicator = holder.partition(" ")
    return area, indicator


def _rank(indicator: Indicator, place: int) -> tuple[bool, bool, int]:
    """Say what is withheld first where one of several must be: what is not core, then shares, then what stands last."""
    return indicator.importance is not Importance.CORE, indicator.kind is not Kind.COUNT, place


def _leave_out_notes(assessment: Assessment) -> Assessment:
    """Leave out what was said of persons before a revision: beside the number of today it tells of those few."""
    is_of_persons = is_about_persons(assessment.indicator, assessment.source)
    return replace(assessment, notes=()) if is_of_persons else assessment


def _withhold(assessment: Assessment) -> Assessment:
    comparisons = tuple(
        # Built anew, so that a value that a comparison comes to hold one day is withheld as well.
        Comparison(
            basis=each.basis,
            period=each.period,
            baseline=each.baseline,
            count=None,
            baseline_count=None,
            change=None,
            verdict=Verdict.TOO_FEW,
            reasons=(FiguresWithheld(),),
            breaks=each.breaks,
            missing=each.missing,
            kind=each.kind,
            is_judged=False,
        )
        for each in assessment.comparisons
    )
    return replace(
        assessment,
        count=None,
        rate=None,
        comparisons=comparisons,
        verdict=Verdict.TOO_FEW,
        reasons=(FiguresWithheld(),),
        months=assessment.months.iloc[:0],
        concentration=None,
        notes=(),
        is_suppressed=True,
        signals=None,
    )
