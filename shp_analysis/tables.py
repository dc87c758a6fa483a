"""The tables of a briefing."""

from __future__ import annotations

from shp_analysis.assessments import Assessment
from shp_analysis.briefing.data_tables import Cell, Column, DataTable, build_table
from shp_analysis.catalogue import Kind
from shp_analysis.comparisons import Basis, Comparison
from shp_analysis.sentences import state_difference
from shp_analysis.style import (
    NOT_AVAILABLE,
    SMALLEST_PERCENT_BASE,
    format_change_count,
    format_change_percent,
    format_count,
    format_percent_range,
    format_rate,
    format_share,
)
from shp_analysis.workbook import Run


def build_scorecard(run: Run) -> DataTable:
    """Set every indicator of the theme in one table: now, a year ago, the change, twelve months, the verdict.

    Parameters
    ----------
    run : Run

    Returns
    -------
    DataTable
        A missing count is `[x]`; a change that may not be given is a dash.
    """
    period, baseline = run.period, run.assessments[0].comparisons[0].baseline
    ends = {_data_to(each) for each in run.assessments}
    last = (Column("data_to", "Data to", align="right"),) if len(ends) > 1 else ()
    told = "" if last else f" Every figure has data to {ends.pop()}."
    return build_table(
        [_scorecard_row(each) for each in run.assessments],
        caption=f"Scorecard: {period.short_words} beside {baseline.short_words}, {run.area.name}",
        columns=(
            Column("name", "Indicator", is_row_heading=True),
            Column("now", _heading(period.label, period.short_words), align="right"),
            Column("then", _heading(baseline.label, baseline.short_words), align="right"),
            Column("change", "Change", align="right"),
            Column("year", "Twelve months, from the twelve before", align="right"),
            Column("verdict", "Verdict", is_verdict=True),
            *last,
        ),
        note=(
            f"{NOT_AVAILABLE}: not received whole. Small type under a count: {run.assessments[0].indicator.rate_unit}. "
            f"Small type under a change: its 95% range.{told}"
        ),
    )


def _heading(label: str, words: str) -> str:
    return f"{label} ({words})" if label != words else words


def _scorecard_row(assessment: Assessment) -> dict[str, object]:
    main = assessment.comparisons[0]
    year = next((each for each in assessment.comparisons if each.basis is Basis.TWELVE_MONTHS), None)
    rate = format_rate(assessment.rate.value) if assessment.rate else ""
    return {
        "name": assessment.indicator.name,
        "now": _figure_cell(main, main.count, main.whole, main.value, rate),
        "then": _figure_cell(main, main.baseline_count, main.baseline_whole, main.baseline_value),
        "change": _change_cell(main),
        "year": _year_cell(year),
        "verdict": assessment.verdict.value + (" slightly" if main.is_slight else ""),
        "data_to": _data_to(assessment),
    }


def _data_to(assessment: Assessment) -> str:
    return f"{assessment.data_to:%B %Y}" if assessment.data_to else "no month yet"


def _figure_cell(
    comparison: Comparison, count: int | None, whole: int | None, value: float | None, rate: str = ""
) -> Cell:
    """Write a figure as its kind asks, with its counts or its rate in small type."""
    match comparison.kind:
        case Kind.PROPORTION if count is not None and whole:
            return Cell(format_share(value, whole), f"{format_count(count)} of {format_count(whole)}")
        case Kind.RATIO if count is not None and whole:
            return Cell(format_count(count), f"to {format_count(whole)}")
        case Kind.PUBLISHED if value is not None:
            return Cell(format_rate(value), format_count(count) if count is not None else "")
        case _:
            return Cell(format_count(count), rate)


def _change_cell(comparison: Comparison) -> Cell:
    if comparison.difference is not None and comparison.verdict.shows_percent:
        by, _, interval = state_difference(comparison.difference, comparison.kind).partition("; 95% range ")
        return Cell(by, interval)
    change = comparison.change
    if change is None:
        return Cell("–")
    count, base = format_change_count(change.change_count), change.baseline_count
    if not comparison.verdict.shows_percent or base < SMALLEST_PERCENT_BASE:
        return Cell(count)
    percent = format_change_percent(change.change_percent, base)
    return Cell(f"{count}, {percent}", format_percent_range(change.lower, change.upper, base, signed=True))


def _year_cell(comparison: Comparison | None) -> Cell:
    if comparison is None or comparison.count is None or comparison.baseline_count is None:
        return Cell("–", comparison.verdict.value if comparison else "")
    counts = f"{format_count(comparison.count)} from {format_count(comparison.baseline_count)}"
    return Cell(counts, comparison.verdict.value)
