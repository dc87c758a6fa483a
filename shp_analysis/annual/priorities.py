"""What is emerging, what the evidence for each priority bears, and which records to seek."""

from __future__ import annotations

from shp_analysis.annual.words import (
    EXPLAIN_EVIDENCE,
    OUTSIDE,
    grade_evidence,
    name_priority,
)
from shp_analysis.assessments import Assessment
from shp_analysis.briefing.data_tables import Cell, Column, DataTable, build_table
from shp_analysis.briefing.parts import Note, Notes
from shp_analysis.catalogue import Priority, find_lead
from shp_analysis.comparisons import Comparison, Verdict
from shp_analysis.sentences import expect_false, has_figure, say_own_period, state, state_figure
from shp_analysis.shared_cells import write_verdict
from shp_analysis.text.lists import list_names
from shp_analysis.workbook import Run

_SOUGHT = (
    Note(
        "Not collected at all",
        "What residents worry about most, offence by offence: a survey of residents would say. How much harm each "
        "group of offences does: the Crime Severity Score by group would say.",
    ),
)
"""What a strategic assessment asks for and no source of the workbook holds."""


def list_emerging(run: Run) -> DataTable:
    """List what is clearly changing, the strongest evidence first, and whether a priority covers it already."""
    new = {each.assessment.indicator.id for each in run.new_signals.signals}
    clear = [each for each in run.assessments if each.verdict.is_clear or each.indicator.id in new]
    compared = sum(each.verdict.shows_percent for each in run.assessments)
    rows = [
        {
            "name": each.indicator.name,
            "priority": name_priority(run, each),
            "grade": _grade(each.comparisons[0], is_new=each.indicator.id in new),
            "words": _state(each, is_new=each.indicator.id in new),
        }
        for each in sorted(clear, key=lambda each: each.comparisons[0].evidence_rank)
    ]
    nothing = {"name": "None", "priority": "", "grade": "", "words": "Nothing changed clearly."}
    return build_table(
        rows or [nothing],
        caption="What is clearly changing, and how strong the evidence is",
        columns=(
            Column("name", "Indicator", is_row_heading=True),
            Column("priority", "Counted under the priority"),
            Column("grade", "Evidence"),
            Column("words", "What may be said"),
        ),
        note=(
            f"Strong: clear at 99.8%. Moderate: clear at 95%. New: its level shifted in the last quarter. "
            f"{expect_false(compared)}"
        ),
    )


def list_gaps(run: Run) -> Notes:
    """List what the partnership does not know: no measure, nothing received, nothing comparable, too few."""
    words = (
        (Verdict.NO_LOCAL_MEASURE, "No agreed measure", "Agree one, or say that none is wanted."),
        (Verdict.INCOMPLETE, "Not received whole", "Ask the owner of the record."),
        (Verdict.NOT_COMPARABLE, "Cannot be compared", "Wait for two years recorded alike, or ask for a bridge."),
        (Verdict.TOO_FEW, "Too few to say", "Read several years together; no yearly change can be shown."),
    )
    judged = [each for each in run.assessments if not each.comparisons[0].is_left_unjudged]
    notes = []
    for verdict, term, advice in words:
        names = [each.indicator.name for each in judged if each.verdict is verdict]
        if names:
            notes.append(Note(f"{term} ({len(names)})", f"{list_names(names)}. {advice}"))
    return Notes((*notes, *_SOUGHT))


def weigh_priorities(run: Run) -> DataTable:
    """Set beside each priority what its evidence bears, and below them what changed clearly outside all of them.

    Parameters
    ----------
    run : Run

    Returns
    -------
    DataTable
        The records do not choose priorities; the table says how well each can be seen.
    """
    outside = [each for each in run.assessments if each.verdict.is_clear and name_priority(run, each) == OUTSIDE]
    rows = [_weigh(run, each) for each in run.priorities]
    rows += [
        {
            "group": "Outside the priorities, and clearly changed",
            **_weighed(Cell(each.indicator.name, say_own_period(each)), each),
        }
        for each in sorted(outside, key=lambda each: each.comparisons[0].evidence_rank)
    ]
    return build_table(
        rows,
        caption="The priorities and what might be one: how strong the evidence is",
        columns=(
            Column("name", "Priority or issue", is_row_heading=True),
            Column("now", "This year"),
            Column("verdict", "Verdict", is_verdict=True),
            Column("evidence", "Evidence"),
        ),
        group_by="group",
        note=(
            f"{EXPLAIN_EVIDENCE} Which priorities to keep, to drop or to add is the board's choice; the records say "
            "only how well each can be seen."
        ),
    )


def _weigh(run: Run, priority: Priority) -> dict[str, object]:
    heading, name = {"group": "The priorities of the strategy"}, f"{priority.number} {priority.name}"
    lead = find_lead(priority, run.catalogue)
    if lead is None:
        return {**heading, "name": name, "now": "–", "verdict": Verdict.NO_LOCAL_MEASURE.value, "evidence": "none"}
    own = run.assessment(lead.id)
    row = {**heading, **_weighed(Cell(name, _join(lead.name, say_own_period(own))), own)}
    return row if priority.shows_change else {**row, "verdict": Cell("not judged"), "evidence": "says what was done"}


def _join(*words: str) -> str:
    return ", ".join(filter(None, words))


def _weighed(name: Cell, assessment: Assessment) -> dict[str, object]:
    comparison = assessment.comparisons[0]
    return {
        "name": name,
        "now": state_figure(assessment, comparison) if has_figure(assessment) else "–",
        "verdict": write_verdict(comparison),
        "evidence": grade_evidence(comparison),
    }


def _state(assessment: Assessment, *, is_new: bool) -> str:
    """Say what changed; of a level that shifted in the last quarter, that the year as a whole cannot show it yet."""
    if assessment.verdict.is_clear or not is_new:
        return state(assessment).text
    return (
        f"Its level shifted in the last quarter, which the year as a whole does not show yet. {state(assessment).text}"
    )


def _grade(comparison: Comparison, *, is_new: bool) -> str:
    strength = grade_evidence(comparison) if comparison.verdict.is_clear else ""
    return ", ".join(word for word in (strength, "new" if is_new else "") if word)
