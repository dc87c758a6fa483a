"""The nine rows of the summary, one a priority: figure, verdict, course, place among peers, delivery, one sentence."""

from __future__ import annotations

from shp_analysis.assessments import Assessment
from shp_analysis.board.recordings import find_break
from shp_analysis.briefing.data_tables import Cell, Column, DataTable, build_table
from shp_analysis.catalogue import NO_LOCAL_MEASURE, Kind, Priority, SeriesBreak, find_lead
from shp_analysis.comparisons import Comparison, Verdict
from shp_analysis.partners import summarise_delivery
from shp_analysis.periods import Month, Period, YearEnding
from shp_analysis.sentences import state_figure
from shp_analysis.shared_cells import PEERS_NOTE, write_peers_cell
from shp_analysis.sparklines import draw_sparkline
from shp_analysis.style import (
    format_count,
    format_rate,
)
from shp_analysis.text.changes import write_change
from shp_analysis.text.dates import say_month
from shp_analysis.text.reasons import say
from shp_analysis.workbook import Run


def build_priorities(run: Run) -> DataTable:
    """Set the priorities in one table: figure, verdict, course, delivery, and one sentence.

    Parameters
    ----------
    run : Run

    Returns
    -------
    DataTable
        One row a priority, in the strategy's order.
    """
    return build_table(
        [_priority_row(run, each) for each in run.priorities],
        caption=f"The priorities in {run.period.short_words}: one indicator each, beside the year before",
        columns=(
            Column("name", "Priority and indicator", is_row_heading=True),
            Column("words", "Figure"),
            Column("verdict", "Verdict", is_verdict=True),
            Column("course", "36 months"),
            Column("peers", "Peers"),
            Column("delivery", "Delivery"),
        ),
        note=(
            "Range: where the change may really lie, 19 times in 20. Delivery: how its lead rates the action that is "
            f"furthest behind: R off track, A at risk, W not started, G on track, B complete. {PEERS_NOTE}"
        ),
    )


def _priority_row(run: Run, priority: Priority) -> dict[str, object]:
    lead = find_lead(priority, run.catalogue)
    name = f"{priority.number} {priority.name}"
    if lead is None:
        nothing: dict[str, object] = {"verdict": Verdict.NO_LOCAL_MEASURE.value, "course": "", "peers": "–"}
        words = f"{NO_LOCAL_MEASURE} for this priority."
        return {"name": name, **nothing, "words": words, "delivery": _delivery(run, priority)}
    assessment = run.assessment(lead.id)
    elsewhere = f", {assessment.area.name}" if assessment.area.code != run.area.code else ""
    when = f", {_name_period(assessment.period)}" if assessment.paper_period else ""
    is_told = priority.shows_change and not assessment.is_suppressed
    return {
        "name": Cell(name, f"{lead.name}{elsewhere}{when}"),
        "verdict": assessment.verdict.value if is_told else Cell("not judged"),
        "course": draw_sparkline(assessment),
        "peers": write_peers_cell(run, assessment),
        "words": Cell(_value(assessment, assessment.comparisons[0]), _sentence(assessment, priority)),
        "delivery": _delivery(run, priority),
    }


def _value(assessment: Assessment, comparison: Comparison, *, is_baseline: bool = False) -> str:
    count = comparison.baseline_count if is_baseline else comparison.count
    whole = comparison.baseline_whole if is_baseline else comparison.whole
    value = comparison.baseline_value if is_baseline else comparison.value
    if comparison.kind is Kind.PUBLISHED and value is not None:
        return format_rate(value)
    if count is not None and whole:
        return f"{format_count(count)} of {format_count(whole)}"
    return "–" if count is None else state_figure(assessment, comparison, is_baseline=is_baseline)


def _sentence(assessment: Assessment, priority: Priority) -> str:
    """Write what stands beside the figure: shorter than a headline, because figure and name are in the row."""
    comparison = assessment.comparisons[0]
    if comparison.count is None and comparison.value is None:
        return say(comparison.reasons[0])
    if not priority.shows_change:
        return "Shows work, not change."
    before = f"{_value(assessment, comparison, is_baseline=True)} a year before"
    if comparison.verdict.is_clear:
        return f"{before}; {_tested(comparison)}."
    if comparison.verdict.shows_percent or (comparison.verdict is Verdict.TOO_FEW and comparison.p_value is not None):
        return f"{before}."
    return _say_apart(comparison)


def _say_apart(comparison: Comparison) -> str:
    """Say briefly why nothing is compared; the boxes below give the reason in full."""
    since = find_break(comparison)
    if since is None:
        return say(comparison.reasons[0])
    if since.until_month:
        return f"Not compared with {say_month(since.first_day)} to {_end(since)}."
    return f"Not compared: recorded otherwise since {say_month(since.first_day)}."


def _tested(comparison: Comparison) -> str:
    """Write the change and its range as briefly as a row allows."""
    written = write_change(comparison)
    return f"{written.percent}, range {written.interval}" if written.percent else written.in_full


def _delivery(run: Run, priority: Priority) -> Cell:
    summary = summarise_delivery(run.partners.delivery_plan, priority)
    return Cell(f"{summary.worst.letter} {summary.worst.value}") if summary.worst else Cell("– no action")


def _name_period(period: Period) -> str:
    return f"year to {period.end:%B %Y}" if isinstance(period, YearEnding) else period.short_words


def _end(each: SeriesBreak) -> str:
    return Month(each.until_month).in_words if each.until_month else ""
