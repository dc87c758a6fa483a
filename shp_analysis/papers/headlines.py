"""The sentences for somebody who reads nothing else."""

from __future__ import annotations

from collections.abc import Sequence

from shp_analysis.assessment.assessments import Assessment
from shp_analysis.assessment.new_signals import count_verdicts
from shp_analysis.assessment.verdicts import Verdict
from shp_analysis.page.parts import MOST_HEADLINES, Headlines, Sentence
from shp_analysis.papers.run import Run
from shp_analysis.text.sentences import expect_false, has_figure, state
from shp_analysis.text.words import list_names

_OTHERS = (Verdict.TOO_FEW, Verdict.NOT_COMPARABLE, Verdict.INCOMPLETE, Verdict.NO_LOCAL_MEASURE)


def list_headlines(run: Run) -> Headlines:
    """Choose and write the three to five sentences for somebody who reads nothing else.

    Clear changes come first, the strongest evidence before the weaker; the theme's leading figures are always told
    where they came; the last sentence says how many series were compared and how many would look clear
    though nothing had changed.
    """
    return Headlines((*map(state, choose_headlines(run)), _tally(run.assessments)))


def choose_headlines(run: Run) -> list[Assessment]:
    """Choose what the headlines tell, in their order."""
    leads = find_leads(run)
    clear = [each for each in run.assessments if each.verdict.is_clear and each not in leads]
    rest = sorted(clear, key=_rank)[: MOST_HEADLINES - 1 - len(leads)]
    return sorted([*rest, *leads], key=lambda each: (not each.verdict.is_clear, _rank(each)))


def find_leads(run: Run) -> list[Assessment]:
    """Give the theme's leading figures that came; where none did, the first, to say so."""
    leads = [each for each in run.assessments if each.indicator.id in run.contents.headlines[run.theme]]
    return [each for each in leads if has_figure(each)] or leads[:1]


def _rank(assessment: Assessment) -> float:
    return assessment.comparisons[0].evidence_rank


def _tally(assessments: Sequence[Assessment]) -> Sentence:
    verdicts, unjudged = count_verdicts(assessments)
    compared = sum(verdicts[verdict] for verdict in Verdict if verdict.shows_percent)
    others = [f"{verdicts[verdict]} {verdict}" for verdict in _OTHERS if verdicts[verdict]]
    others += [f"{unjudged} not judged"] if unjudged else []
    if not compared:
        return Sentence(f"None of the {len(assessments)} series could be compared: {list_names(others)}.")
    up, down, unclear = (verdicts[each] or "none" for each in (Verdict.UP, Verdict.DOWN, Verdict.NO_CLEAR_CHANGE))
    text = (
        f"Of {len(assessments)} series, {compared} could be compared: {up} up, {down} down, {unclear} no clear change. "
        f"{expect_false(compared)}"
    )
    return Sentence(f"{text} The others: {list_names(others)}." if others else text)
