"""The analyst's way in: three lines of a notebook, and the same three lines in every briefing.

>>> from shp_analysis.papers.run import open_run
>>> run = open_run(period="2024-25 Q4", area="Halton")  # doctest: +SKIP
>>> run.assessment("ALL-01").verdict  # doctest: +SKIP
<Verdict.NO_CLEAR_CHANGE: 'no clear change'>
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import pandas as pd

from shp_analysis.assessment.area_records import OpenedRecords, open_records
from shp_analysis.assessment.assessments import Assessment
from shp_analysis.assessment.comparator_areas import OtherAreas, open_other_areas
from shp_analysis.assessment.new_signals import NewSignals, list_new_signals
from shp_analysis.config.catalogue import Catalogue, Indicator
from shp_analysis.config.papers import PaperContents, read_paper_contents
from shp_analysis.config.parameters import (
    LATEST,
    PARAMETERS_FOLDER,
    RESULTS_NAME,
    UNREAD_NAME,
    EditionSettings,
    Paper,
    RunSettings,
    Theme,
    find_edition,
    read_partnership,
    read_run_settings,
)
from shp_analysis.config.priorities import Priority, read_priorities
from shp_analysis.disclosure.gate import Gate
from shp_analysis.errors import RequestError
from shp_analysis.papers.results import RESULT_COLUMNS, tabulate_new_signals, tabulate_results
from shp_analysis.partners.quarter_folder import PartnerFiles, read_partner_files
from shp_analysis.reference.areas import Area, read_area
from shp_analysis.reference.periods import FinancialYear, Period, parse_period
from shp_analysis.store.store import Store

__all__ = [
    "OpenedRecords",
    "Run",
    "YearCount",
    "assess_one",
    "choose_window",
    "find_annual_year",
    "find_gate",
    "identify_run",
    "list_indicators",
    "open_records",
    "open_run",
    "read_partners",
    "save_results",
]


FINANCIAL_YEAR_END = 3
"""March."""


@dataclass(frozen=True)
class YearCount:
    """A count of one financial year that means the same as the latest year's."""

    indicator: str
    area: Area
    year: FinancialYear
    count: int
    unit: str
    inputs: str


@dataclass(frozen=True)
class Run:
    """One area and period as known on one day: what a notebook draws, tabulates and tells.

    Attributes
    ----------
    area : Area
    period : Period
    as_of : date
        Nothing received later is in it.
    edition : str
    paper : Paper
    assessments : tuple of Assessment
        After disclosure control, in the catalogue's order: of the paper's theme, or of every theme.
    partners : PartnerFiles
        What partners and the board sent for the quarter; each part is empty where nothing came.
    settings : RunSettings
        The quarter's `run.yaml`: the day for comments, the last meeting, the decisions sought.
    opened : OpenedRecords
        For whatever else is asked of the same records.
    asked_period : Period
        The period that was asked for; `period` is its financial year in the annual assessment.
    parameters_folder : Path
        Where the quarters' folders are.
    """

    area: Area
    period: Period
    as_of: date
    edition: str
    paper: Paper
    assessments: tuple[Assessment, ...]
    partners: PartnerFiles
    settings: RunSettings
    opened: OpenedRecords
    asked_period: Period
    parameters_folder: Path

    @property
    def theme(self) -> Theme:
        """The theme of the paper.

        Raises
        ------
        RequestError
            Where the paper goes across all themes.
        """
        if self.paper.theme is None:
            raise RequestError(f"The paper {self.paper} goes across all themes; ask its assessments.")
        return self.paper.theme

    @property
    def catalogue(self) -> Catalogue:
        """Every indicator and the break register."""
        return self.opened.catalogue

    @property
    def is_simulated(self) -> bool:
        """Whether these are the simulated borough's figures."""
        return self.opened.is_simulated

    @property
    def audience(self) -> EditionSettings:
        """What the edition is: its title, its status, and whether small numbers are withheld."""
        return find_edition(self.edition, self.parameters_folder)

    @property
    def contents(self) -> PaperContents:
        """Which indicators the papers tell of, beside those of their themes."""
        return read_paper_contents(self.parameters_folder)

    @cached_property
    def gate(self) -> Gate:
        """What the edition's readers may see: everything that prints counts of persons asks it."""
        return find_gate(self.opened, self.audience, self.asked_period)

    @cached_property
    def other_areas(self) -> OtherAreas:
        """What the same files hold of other areas."""
        return open_other_areas(self.opened)

    @cached_property
    def run_id(self) -> str:
        """A number under which the run can be found again: the same for the same files and the same question."""
        return identify_run(self.opened.store, self.area, self.asked_period, self.as_of, self.edition)

    @cached_property
    def priorities(self) -> tuple[Priority, ...]:
        """The partnership's priorities that the paper is about, in the strategy's order."""
        every = read_priorities(catalogue=self.catalogue)
        return tuple(each for each in every if self.paper.theme in {None, each.theme})

    def assessment(self, indicator: str) -> Assessment:
        """Give one indicator's assessment, by id or name.

        Raises
        ------
        RequestError
            Where the theme has no such indicator.
        """
        wanted = self.catalogue.indicator(indicator).id
        for each in self.assessments:
            if each.indicator.id == wanted:
                return each
        message = f"{wanted} is not part of the paper {self.paper}."
        raise RequestError(message)

    @cached_property
    def new_signals(self) -> NewSignals:
        """What is new in the latest quarter over all of the paper's series together."""
        return list_new_signals(self.assessments)

    @cached_property
    def results(self) -> pd.DataFrame:
        """Every number of the run, one row each (see `shp_analysis.papers.results`)."""
        news = tabulate_new_signals(self.new_signals, self.paper)
        if self.paper is Paper.CHANGES_SINCE_LAST_MEETING:
            return pd.concat([tabulate_results([*self.assessments, *self.assessments_before]), news])
        if self.paper is not Paper.ANNUAL_ASSESSMENT:
            return pd.concat([tabulate_results(self.assessments), news])
        towns = (each for _, found in self.places for each in found)
        return pd.concat([tabulate_results([*self.assessments, *towns]), _tabulate_years(self.list_years()), news])

    @cached_property
    def assessments_before(self) -> tuple[Assessment, ...]:
        """The period before, of which the last meeting heard, as its figures stand now."""
        before = self.asked_period.previous()
        return self.gate.withhold(self.opened.assess_for_paper(each.indicator, before) for each in self.assessments)

    @cached_property
    def partners_before(self) -> PartnerFiles:
        """What partners and the board sent for the period before."""
        return read_partners(self.opened, self.asked_period.previous(), self.settings, self.parameters_folder)

    @cached_property
    def places(self) -> tuple[tuple[Area, tuple[Assessment, ...]], ...]:
        """The area's towns, each with what the police's records count there; none where it is not divided."""
        found, own = [], read_partnership(self.parameters_folder)
        for code in own.towns if self.area.code == own.area else ():
            town = self.opened.of_area(read_area(code))
            wanted = (self.catalogue.indicator(each) for each in self.contents.annual_assessment.towns)
            found.append((town.area, self.gate.withhold(town.assess_for_paper(each, self.period) for each in wanted)))
        return tuple(found)

    def list_years(self) -> tuple[YearCount, ...]:
        """List every indicator's financial years that mean the same as the latest, oldest first."""
        return tuple(
            YearCount(each.indicator.id, each.area, FinancialYear.containing(year.end), round(count), *_words(each))
            for each in self.assessments
            if each.signals and each.indicator.adds_over_periods
            for year, count in zip(each.signals.trend.years, each.signals.trend.counts, strict=True)
            if year.end.month == FINANCIAL_YEAR_END
        )


def open_run(
    *,
    period: str,
    area: str | None = None,
    as_of: str | None = None,
    edition: str = "partnership",
    theme: str | None = None,
    paper: str | None = None,
    data_folder: str | None = None,
    simulated: bool | None = None,
    parameters_folder: str | None = None,
) -> Run:
    """Assess every indicator of a paper in one area and period.

    Parameters
    ----------
    period : str
        As people write it: `"2024-25 Q4"`, `"Jan 2025"`, or `"latest"` for the newest whole quarter received.
    area : str
        Code or name.
    as_of : str, optional
        ISO date; today where left out.
    edition : str
    theme : str, optional
        Crime and anti-social behaviour where neither this nor a paper is named.
    paper : str, optional
        One across all themes: `"board_summary"`, or `"annual_assessment"`, which is about a financial year.
    data_folder : str, optional
        `SHP_DATA`, else `data`, where left out.
    simulated : bool, optional
        Which room of the store; the real files if there are any where left out.
    parameters_folder : str, optional
        Holds a folder a quarter, with its `run.yaml` and what partners sent; the project's own where left out.

    Returns
    -------
    Run

    Raises
    ------
    RequestError
        Where the area, period, date, edition, theme or paper does not exist.
    ParametersError
        Where a file of the quarter's folder says what it may not.
    StoreError
        Where the store holds nothing.
    """
    chosen = _choose_paper(paper or theme or Theme.CRIME_AND_ASB, "paper" if paper else "theme")
    folder = Path(parameters_folder) if parameters_folder else PARAMETERS_FOLDER
    audience = find_edition(edition, folder)
    opened = open_records(area=area, as_of=as_of, simulated=simulated, data_folder=data_folder)
    asked = opened.read_period(period)
    window = choose_window(chosen, asked)
    found = (opened.assess_for_paper(each, window) for each in list_indicators(chosen, opened.catalogue))
    settings = read_run_settings(asked, folder).for_edition(audience, asked)
    return Run(
        area=opened.area,
        period=window,
        as_of=opened.as_of,
        edition=edition,
        paper=chosen,
        assessments=find_gate(opened, audience, asked).withhold(found),
        partners=read_partners(opened, asked, settings, folder),
        settings=settings,
        opened=opened,
        asked_period=asked,
        parameters_folder=folder,
    )


def choose_window(paper: Paper, asked: Period) -> Period:
    """Choose the period that a paper is about: the annual assessment's is a financial year that was over by then."""
    return find_annual_year(asked) if paper is Paper.ANNUAL_ASSESSMENT else asked


def list_indicators(paper: Paper, catalogue: Catalogue) -> tuple[Indicator, ...]:
    """List the indicators that a paper assesses: its theme's, or all."""
    return catalogue.theme(paper.theme) if paper.theme else catalogue.indicators


def identify_run(store: Store, area: Area, period: Period, as_of: date, edition: str) -> str:
    """Give a run's number, made from the files it rests on and from what was asked."""
    question = (area.code, period.slug, as_of.isoformat(), edition)
    files = sorted(file.sha256 for file in store.received_files(as_of))
    return hashlib.sha256("\n".join((*question, *files)).encode()).hexdigest()[:12]


def find_gate(opened: OpenedRecords, edition: EditionSettings, asked: Period) -> Gate:
    """Find what an edition's readers may see of a pack's papers (see `shp_analysis.disclosure`).

    Parameters
    ----------
    opened : OpenedRecords
    edition : EditionSettings
    asked : Period
        That the pack is about; its annual assessment is of a financial year that was over by then.
    """
    return opened.open_gate(asked.end) if edition.withholds_small_numbers else Gate()


def find_annual_year(period: Period) -> FinancialYear:
    """Give the year of an annual assessment: the period's financial year, or the one before where it is not over."""
    year = FinancialYear.containing(period.end)
    return year if year.end <= period.end else year.previous()


def read_partners(
    opened: OpenedRecords, period: Period, settings: RunSettings, folder: Path = PARAMETERS_FOLDER
) -> PartnerFiles:
    """Read what partners and the board sent for a quarter.

    They write about the area that `run.yaml` names: of another area's paper nothing is known, and nothing is read.
    """
    own = read_area(settings.area or read_partnership(folder).area)
    if set(opened.area.authority_codes) != set(own.authority_codes):
        return PartnerFiles()
    priorities = read_priorities(catalogue=opened.catalogue)
    return read_partner_files(folder / period.slug, opened.catalogue, priorities, is_simulated=opened.is_simulated)


def assess_one(
    indicator: str,
    *,
    period: str,
    area: str | None = None,
    source: str | None = None,
    as_of: str | None = None,
    simulated: bool | None = None,
    data_folder: str | None = None,
) -> tuple[Assessment, bool]:
    """Assess one indicator, as `shp show` does; the parameters are those of `open_run`.

    Returns
    -------
    assessment : Assessment
    is_simulated : bool
    """
    if period != LATEST:
        parse_period(period)  # a slip is told as a slip, whatever has been received
    opened = open_records(area=area, as_of=as_of, simulated=simulated, data_folder=data_folder)
    wanted, window = opened.catalogue.indicator(indicator), opened.read_period(period)
    return opened.assess(wanted, window, source), opened.is_simulated


def _words(assessment: Assessment) -> tuple[str, str]:
    return assessment.indicator.numerator, " ".join(each.sha256 for each in assessment.sources)


def _tabulate_years(years: Iterable[YearCount]) -> pd.DataFrame:
    rows = []
    for each in years:
        head = (each.indicator, each.area.code, each.year.label, "financial_year_count")
        rows.append(("/".join(head), *head, each.count, None, None, each.unit, "", False, each.inputs))
    return pd.DataFrame(rows, columns=list(RESULT_COLUMNS), dtype=object)


def save_results(run: Run, folder: str | None) -> None:
    """Write the run's results table into a folder, and beside it what could not be read; nothing without a folder."""
    if folder:
        run.results.to_csv(Path(folder) / RESULTS_NAME, index=False, lineterminator="\n")
        lines = "".join(f"{line}\n" for line in run.opened.unread.values())
        (Path(folder) / UNREAD_NAME).write_text(lines, encoding="utf-8")


def _choose_paper(value: str, word: str) -> Paper:
    try:
        return Paper(value)
    except ValueError as error:
        message = f"There is no {word} '{value}'; there are {', '.join(Paper)}."
        raise RequestError(message) from error
