"""The priorities' chapters, and the towns beside one another."""

from __future__ import annotations

from collections.abc import Iterator

from shp_analysis.annual.words import say_change
from shp_analysis.assessments import Assessment
from shp_analysis.briefing.data_tables import Cell, Column, DataTable, build_table
from shp_analysis.catalogue import NO_LOCAL_MEASURE, Priority, find_lead
from shp_analysis.comparisons import Verdict
from shp_analysis.sentences import say_own_period, state, state_figure
from shp_analysis.shared_cells import write_verdict
from shp_analysis.style import format_count
from shp_analysis.workbook import Run


def build_chapters(run: Run) -> DataTable:
    """Give each priority its chapter: the lead indicator first, then every other one, each in one sentence."""
    return build_table(
        [row for each in run.priorities for row in _chapter_rows(run, each)],
        caption=f"The priorities in {run.period.short_words}: what the records show",
        columns=(
            Column("name", "Indicator", is_row_heading=True),
            Column("verdict", "Verdict", is_verdict=True),
            Column("words", "What may be said"),
        ),
        group_by="priority",
    )


def build_places(run: Run) -> DataTable:
    """Set the towns of the area beside one another, by counts of the police's records.

    Parameters
    ----------
    run : Run

    Returns
    -------
    DataTable
        One row that says so where the area is not divided here.
    """
    columns = (
        Column("name", "Indicator", is_row_heading=True),
        Column("now", "This year", align="right"),
        Column("then", "Year before", align="right"),
        Column("change", "Change and 95% range"),
        Column("verdict", "Verdict", is_verdict=True),
    )
    rows = [_place_row(place.name, each) for place, found in run.places for each in found]
    nothing: dict[str, object] = {"place": run.area.name, "name": "Not divided here", "verdict": Cell("–")}
    return build_table(
        rows or [{**nothing, "now": "", "then": "", "change": ""}],
        caption=f"Places in {run.period.short_words}: recorded by the police, by town",
        columns=columns,
        group_by="place",
        note="No rates: the number of people who live in each town is not at hand.",
    )


def _chapter_rows(run: Run, priority: Priority) -> Iterator[dict[str, object]]:
    heading = f"{priority.number} {priority.name}: {_ask(run, priority)}"
    own = [each for each in run.assessments if each.indicator.priority == priority.number]
    own.sort(key=lambda each: each.indicator.id != priority.lead_indicator)
    if not own:
        nothing = {"name": "None", "verdict": Verdict.NO_LOCAL_MEASURE.value, "words": f"{NO_LOCAL_MEASURE}."}
        yield {"priority": heading, **nothing}
    for each in own:
        is_lead = each.indicator.id == priority.lead_indicator
        yield {
            "priority": heading,
            "name": Cell(each.indicator.name, "stands for the priority" if is_lead else ""),
            "verdict": write_verdict(each.comparisons[0]) if priority.shows_change else Cell("not judged"),
            "words": state(each).text if priority.shows_change else _state_plainly(each),
        }


def _ask(run: Run, priority: Priority) -> str:
    """Give the question that a chapter answers, and the indicator it is seen in."""
    lead = find_lead(priority, run.catalogue)
    if lead is None:
        return "how should it be measured?"
    return f"{'is it changing' if priority.shows_change else 'is the work being done'}? Seen in: {lead.name}"


def _state_plainly(assessment: Assessment) -> str:
    comparison = assessment.comparisons[0]
    if comparison.count is None:
        return state(assessment).text
    when = f" ({say_own_period(assessment)})" if assessment.paper_period else ""
    figure = state_figure(assessment, comparison)
    return f"{assessment.indicator.name}{when} came to {figure}; no direction is read from it."


def _place_row(place: str, assessment: Assessment) -> dict[str, object]:
    comparison = assessment.comparisons[0]
    return {
        "place": place,
        "name": assessment.indicator.name,
        "now": format_count(comparison.count),
        "then": format_count(comparison.baseline_count),
        "change": say_change(comparison),
        "verdict": write_verdict(comparison),
    }
