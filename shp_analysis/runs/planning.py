"""Planning a run: everything that was asked for is validated, and enough must be held, before a kernel starts.

An indicator that is published within a quarter is held when there is a figure of the period itself. One that comes
later or yearly, as road casualties and deaths do, is held when no newer figure is due. The latter decide only where a
pack has none of the former: last year's road figures alone do not make a quarter's pack.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from shp_analysis.assessment.area_records import OpenedRecords, open_records
from shp_analysis.assessment.assessments import Assessment
from shp_analysis.config.catalogue import Frequency, Indicator
from shp_analysis.config.parameters import (
    LATEST,
    NOTEBOOK_MINUTES,
    EditionSettings,
    Paper,
    RunSettings,
    Theme,
    find_edition,
    read_day,
    read_partnership,
    read_run_settings,
    today,
)
from shp_analysis.config.priorities import read_priorities
from shp_analysis.config.reading import PROJECT_FOLDER, validate
from shp_analysis.errors import NotReadyError, RequestError
from shp_analysis.papers.run import find_annual_year
from shp_analysis.reference.areas import Area, read_area
from shp_analysis.reference.periods import Period, Quarter, parse_period
from shp_analysis.runs.packs import Readers, Shelf
from shp_analysis.store.store import Store, data_folder, open_store

PROMPT_DAYS = 92
"""A quarter: what is due later than that after a period's end is not awaited for the period's papers."""
_STEP_DAYS = {Frequency.MONTHLY: 31, Frequency.QUARTERLY: 92, Frequency.YEARLY: 366}
"""The longest from one figure to the next."""


def require_ready(plan: Plan) -> None:
    """Refuse papers about a period of which too few of their lead indicators are held.

    Parameters
    ----------
    plan : Plan
        Its edition says in `editions.yaml` how many are needed, and which lead where not the priorities' own do.

    Raises
    ------
    NotReadyError
        Naming the period and the indicators.
    """
    opened = open_records(
        area=plan.area.code,
        as_of=plan.as_of.isoformat(),
        simulated=plan.store.is_simulated,
        data_folder=str(plan.data_folder),
    )
    # The annual assessment is about a year that is over; it decides only where nothing else is asked for.
    papers = [paper for paper in plan.papers if paper is not Paper.ANNUAL_ASSESSMENT]
    period = plan.period if papers or not plan.papers else find_annual_year(plan.period)
    rule = plan.audience.readiness
    leads = choose_leads(opened, papers, rule.lead_indicators)
    needed, held = min(rule.at_least, len(leads)), 0
    for lead in leads:
        held += held < needed and is_held(opened.assess_for_paper(lead, period), period, opened.as_of)
    if held < needed:
        found = f"{held} of {needed} needed" if held else "none"
        raise NotReadyError(
            f"{period.in_words} is not ready for {plan.area.name}: of its lead indicators "
            f"({', '.join(lead.id for lead in leads)}) {found} is held on {plan.as_of}. `shp check` lists "
            "what is late; --even-if-not-ready makes the papers all the same."
        )


def choose_leads(
    opened: OpenedRecords, papers: Collection[Paper], named: Collection[str] = ()
) -> tuple[Indicator, ...]:
    """Choose the indicators that decide whether papers are ready.

    Parameters
    ----------
    opened : OpenedRecords
    papers : collection of Paper
        Of every theme where it is empty.
    named : collection of str
        Ids that an edition names; else those of the priorities that the papers are about.

    Returns
    -------
    tuple of Indicator
        Those that are published within a quarter; the others only where there is none of these.
    """
    themes = {paper.theme for paper in papers} or {None}
    priorities = read_priorities(catalogue=opened.catalogue)
    own = [name for each in priorities if None in themes or each.theme in themes for name in each.indicators]
    leads = [opened.catalogue.indicator(name) for name in named or own]
    prompt = [lead for lead in leads if is_prompt(lead)]
    return tuple(prompt or leads)


def is_prompt(indicator: Indicator) -> bool:
    """Say whether an indicator's figures are due within a quarter of a period's end."""
    return indicator.frequency is not Frequency.YEARLY and indicator.release_lag_days <= PROMPT_DAYS


def is_held(assessment: Assessment, period: Period, as_of: date) -> bool:
    """Say whether an indicator has the figure that a paper on a period can be expected to print."""
    indicator = assessment.indicator
    has_own = assessment.count is not None and indicator.frequency is not Frequency.YEARLY
    if has_own or is_prompt(indicator):
        return has_own
    newest = assessment.period.end if assessment.count is not None else assessment.data_to
    if newest is None or newest > period.end:
        return False
    following = newest + timedelta(_STEP_DAYS[indicator.frequency])
    return following > period.end or following + timedelta(indicator.release_lag_days) > as_of


OUTPUTS_FOLDER = PROJECT_FOLDER / "outputs"


@dataclass(frozen=True)
class Plan:
    """One pack to be made; everything in it was validated.

    Attributes
    ----------
    period : Period
    area : Area
    as_of : date
    edition : str
    papers : tuple of Paper
        None for an edition without narrative.
    store : Store
    data_folder : Path
    outputs_folder : Path
    jobs : int
        How many notebooks run at once.
    comments_by : date, optional
        The day by which partners were asked to comment.
    notebook_minutes : float
        The longest that a notebook may take.
    as_of_is_given : bool
        Whether the day was asked for; else it is the day of the run.
    """

    period: Period
    area: Area
    as_of: date
    edition: str
    papers: tuple[Paper, ...]
    store: Store
    data_folder: Path
    outputs_folder: Path
    jobs: int = 2
    comments_by: date | None = None
    notebook_minutes: float = NOTEBOOK_MINUTES
    as_of_is_given: bool = True

    @property
    def audience(self) -> EditionSettings:
        """What the edition is."""
        return find_edition(self.edition)

    @property
    def place(self) -> Path:
        """Where the pack lies below a folder of packs; simulated packs lie apart from real ones."""
        room = Path("simulated") if self.store.is_simulated else Path()
        return room / self.area.code / self.period.slug / self.edition

    @property
    def shelf(self) -> Shelf:
        """Where the pack is published: apart from the others, if anybody may read it."""
        readers = Readers.PUBLIC if self.audience.withholds_small_numbers else Readers.INTERNAL
        return Shelf(self.outputs_folder, self.place, readers)

    @property
    def is_part(self) -> bool:
        """Whether only some of the edition's papers are asked for."""
        return not set(self.audience.papers) <= set(self.papers)

    @property
    def shelf_apart(self) -> Shelf:
        """Where some papers of an edition are published that do not go together with the published pack."""
        name = "-".join((self.edition, *self.papers))
        return replace(self.shelf, place=self.place.with_name(name))

    def parameters(self) -> dict[str, Any]:
        """Give the parameters that every notebook of the pack is run with."""
        return {
            # The slug and not the label: "2025-03" alone would be read as a month, "2024-25" as two kinds of year.
            "period": self.period.slug,
            "area": self.area.code,
            "as_of": self.as_of.isoformat(),
            "edition": self.edition,
            "data_folder": str(self.data_folder.resolve()),
            "simulated": self.store.is_simulated,
        }


def plan_run(
    period: str,
    *,
    area: str | None = None,
    as_of: str | None = None,
    edition: str | None = None,
    themes: Sequence[str] | None = None,
    papers: Sequence[str] | None = None,
    jobs: int | None = None,
    notebook_minutes: float | None = None,
    simulated: bool | None = None,
    outputs: Path = OUTPUTS_FOLDER,
) -> Plan:
    """Turn what was asked for, and the quarter's `run.yaml`, into a plan.

    Parameters
    ----------
    period : str
        As people write it, or `latest` for the newest whole quarter received.
    area, as_of, edition, jobs, notebook_minutes : optional
        Win over `run.yaml`.
    themes, papers : sequence of str, optional
        Only these papers; the edition's, or those that `run.yaml` names, where both are left out.
    simulated : bool, optional
        Which room of the store; the real files if there are any where left out.
    outputs : Path

    Returns
    -------
    Plan

    Raises
    ------
    RequestError
        Where something asked for does not exist.
    StoreError
        Where the store is empty.
    """
    # What was asked for is looked at before the store: a slip in it is told as a slip, whatever has been received.
    window = None if period == LATEST else parse_period(period)
    if area:
        read_area(area)
    store = open_store(simulated=simulated)
    store.require_files()
    _refuse_unknown("theme", themes, Theme)
    _refuse_unknown("paper", papers, Paper)
    only = frozenset(map(Paper, (*(themes or ()), *(papers or ()))))
    asked = {
        "area": area,
        "as_of": read_day(as_of),
        "edition": edition,
        "jobs": jobs,
        "notebook_minutes": notebook_minutes,
    }
    chosen = {key: value for key, value in asked.items() if value is not None}
    window = window or _find_latest(area, as_of, simulated=store.is_simulated)
    settings = read_run_settings(window)
    settings = validate({**settings.model_dump(), **chosen}, RunSettings, label="What was asked for")
    as_of_day = settings.as_of or today()
    if as_of_day < window.end:
        told = f"{window.in_words} is not over on {as_of_day}, the day the paper is written"
        raise RequestError(f"{told}. Choose an earlier period or a later --as-of.")
    audience = find_edition(settings.edition)
    settings = settings.for_edition(audience, window)
    check_edition(settings, audience, window, as_of_day)
    return Plan(
        period=window,
        area=_choose_area(area, settings, audience),
        as_of=as_of_day,
        edition=settings.edition,
        papers=_choose_papers(only, settings, audience),
        store=store,
        data_folder=data_folder(),
        outputs_folder=outputs,
        jobs=settings.jobs,
        comments_by=settings.comments_by,
        notebook_minutes=settings.notebook_minutes,
        as_of_is_given=settings.as_of is not None,
    )


def check_edition(settings: RunSettings, audience: EditionSettings, period: Period, as_of: date) -> None:
    """Refuse an edition that cannot be made yet, or not of this period.

    Raises
    ------
    RequestError
        Where the edition waits for comments and no day was set for them, or it is not over; or where the body hears of
        whole quarters and something else was asked for.
    """
    if (audience.needs_comments or not audience.prints_narrative) and settings.comments_by is None:
        told = f"The {settings.edition} edition names the day by which partners are asked to comment, and none is set"
        raise RequestError(f"{told}. Write comments_by into parameters/{period.slug}/run.yaml.")
    if audience.needs_comments and settings.comments_by is not None and as_of <= settings.comments_by:
        told = f"Comments are awaited until {settings.comments_by}, and the paper is written on {as_of}"
        raise RequestError(f"{told}. The {settings.edition} edition can be made from the day after.")
    if (audience.meetings or not audience.prints_narrative) and not isinstance(period, Quarter):
        raise RequestError(f"The {settings.edition} edition is about a quarter, and {period.in_words} is none.")


def _choose_area(asked: str | None, settings: RunSettings, audience: EditionSettings) -> Area:
    if audience.area is None:
        return read_area(settings.area or read_partnership().area)
    own = read_area(audience.area)
    if asked and read_area(asked) != own:
        raise RequestError(f"The {settings.edition} edition is about {own.name}. Leave --area out, or choose another.")
    return own


def _choose_papers(only: Collection[Paper], settings: RunSettings, audience: EditionSettings) -> tuple[Paper, ...]:
    """Give the papers asked for, or the edition's as far as the quarter's file wants them, in the order of the pack."""
    if not audience.prints_narrative:
        if only:
            told = f"The {settings.edition} edition holds figures and no paper"
            raise RequestError(f"{told}. Leave --theme and --paper out.")
        return ()
    wanted = only or set(audience.papers) & set(settings.papers or Paper)
    if not wanted:
        told = f"The {settings.edition} edition has none of the papers that run.yaml wants"
        raise RequestError(f"{told}. Name papers with --paper, or change the file.")
    return tuple(paper for paper in Paper if paper in wanted)


def _refuse_unknown(word: str, asked: Sequence[str] | None, known: type[StrEnum]) -> None:
    unknown = [each for each in asked or () if each not in set(known)]
    if unknown:
        raise RequestError(f"There is no {word} '{unknown[0]}'; the {word}s are {', '.join(known)}.")


def _find_latest(area: str | None, as_of: str | None, *, simulated: bool) -> Period:
    # Imported here because it brings the statistics along, which a named period does not need.
    return open_records(area=area, as_of=as_of, simulated=simulated).latest_whole_quarter()
