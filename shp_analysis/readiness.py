"""Whether enough is held of a period to write papers about it: at least some of the indicators that lead them.

An indicator that is published within a quarter is held when there is a figure of the period itself. One that comes
later or yearly, as road casualties and deaths do, is held when no newer figure is due. The latter decide only where a
pack has none of the former: last year's road figures alone do not make a quarter's pack.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

from shp_analysis.assessments import Assessment
from shp_analysis.catalogue import Frequency, Indicator, read_priorities
from shp_analysis.errors import NotReadyError
from shp_analysis.opened_records import OpenedRecords, open_records
from shp_analysis.parameters import Paper
from shp_analysis.periods import Period
from shp_analysis.planning import Plan
from shp_analysis.workbook import find_annual_year

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
