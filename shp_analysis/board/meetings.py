"""What is said otherwise than at the last meeting: verdicts, and how far the work is."""

from __future__ import annotations

from shp_analysis.briefing.data_tables import Cell, Column, DataTable, build_table
from shp_analysis.briefing.parts import Note, Notes
from shp_analysis.partners import find_delivery_changes
from shp_analysis.sentences import ONE_IN_TWENTY, state
from shp_analysis.workbook import Run


def list_changes(run: Run) -> DataTable:
    """List the indicators of which something else is said now than of the period that the last meeting heard of.

    Parameters
    ----------
    run : Run

    Returns
    -------
    DataTable
        Both periods as their figures stand now, so that a revision is not taken for news.
    """
    before = {each.indicator.id: each for each in run.assessments_before}
    rows = [
        {
            "name": each.indicator.name,
            "was": before[each.indicator.id].verdict.value,
            "is": each.verdict.value,
            "words": state(each).text,
        }
        for each in run.assessments
        if each.verdict is not before[each.indicator.id].verdict
    ]
    nothing = {"name": "None", "was": Cell("–"), "is": Cell("–"), "words": "The same is said of every indicator."}
    return build_table(
        rows or [nothing],
        caption="Indicators of which something else is said than last time",
        columns=(
            Column("name", "Indicator", is_row_heading=True),
            Column("was", f"{run.asked_period.previous().short_words}", is_verdict=True),
            Column("is", f"{run.period.short_words}", is_verdict=True),
            Column("words", "What may be said now"),
        ),
        note=f"A verdict that differs is not by itself a change. {ONE_IN_TWENTY}",
    )


def list_delivery_changes(run: Run) -> Notes:
    """List the actions that their leads rate otherwise than a quarter ago, and those that are new."""
    if not run.partners_before.delivery_plan:
        told = "The plan of the quarter before is not at hand, so nothing can be said of what changed."
        return Notes((Note("Delivery", told),))
    changes = find_delivery_changes(run.partners.delivery_plan, run.partners_before.delivery_plan)
    return Notes(
        tuple(Note(each.action.action_id, each.sentence) for each in changes)
        or (Note("Delivery", "Every action is rated as it was a quarter ago."),)
    )
