"""The tables of a briefing."""

from __future__ import annotations

from collections.abc import Sequence

from shp_analysis.assessments import Assessment
from shp_analysis.briefing.data_tables import Cell, Column, DataTable, build_table
from shp_analysis.catalogue import Importance, Kind
from shp_analysis.comparisons import Basis, Comparison
from shp_analysis.sentences import has_figure, state_difference, state_tested
from shp_analysis.style import (
    SMALLEST_PERCENT_BASE,
    SUPPRESSED,
    format_change_count,
    format_change_percent,
    format_count,
    format_percent_range,
    format_rate,
    format_share,
)
from shp_analysis.workbook import Run

_SMALL_TYPE = (
    "Small type: under a name, the figure's own time, place or unit; under a figure, its rate, a share's counts or a "
    "score's 95% range; under a change, its 95% range. Twelve months: from the twelve before."
)


def build_scorecard(run: Run, *charted: str) -> DataTable:
    """Set the theme's figures in one table, section by section: now, a year ago, the change and the verdict.

    Parameters
    ----------
    run : Run
    *charted : str
        Ids of figures that a chart of the paper shows; they stand in the table whether they are core or not.

    Returns
    -------
    DataTable
        Core figures, charted ones, and others that clearly changed. What was not received stands in no row:
        `findings.list_not_received` names it. A missing count is `[x]`; a change that may not be given is a dash.
    """
    shown = [each for each in run.assessments if is_shown(each, charted)]
    sections = list(dict.fromkeys(each.indicator.section for each in shown))
    rows = [_row(run, each) for section in sections for each in shown if each.indicator.section == section]
    baseline = run.period.same_last_year().short_words
    return build_table(
        rows or [_empty_row(len(run.assessments))],
        caption=f"Scorecard: {run.period.short_words} beside {baseline}, {run.area.name}",
        columns=(
            Column("name", "Indicator", is_row_heading=True),
            Column("now", "Now", align="right"),
            Column("then", "A year earlier", align="right"),
            Column("change", "Change", align="right"),
            Column("year", "Twelve months", align="right"),
            Column("verdict", "Verdict", is_verdict=True),
            Column("data_to", "Data to", align="right"),
        ),
        group_by="section",
        note=_note(run, shown),
    )


def is_shown(assessment: Assessment, charted: Sequence[str] = ()) -> bool:
    """Say whether a figure stands in the scorecard."""
    if not (has_figure(assessment) or assessment.is_suppressed):
        return False
    indicator = assessment.indicator
    return indicator.importance is Importance.CORE or indicator.id in charted or assessment.verdict.is_clear


def _note(run: Run, shown: Sequence[Assessment]) -> str:
    lines = [_SMALL_TYPE]
    if any(each.is_suppressed for each in shown):
        lines.append(f"{SUPPRESSED}: withheld in this edition, because it is about few persons.")
    left_out = sum(has_figure(each) for each in run.assessments) - sum(has_figure(each) for each in shown)
    if left_out:
        were = (
            "further figure without a clear change is"
            if left_out == 1
            else "further figures without a clear change are"
        )
        lines.append(f"{left_out} {were} in the results file alone.")
    return " ".join(lines)


def _empty_row(total: int) -> dict[str, object]:
    name = f"None of the {total} figures of this theme was received"
    return {"section": "", "name": name, **dict.fromkeys(("now", "then", "change", "year", "verdict", "data_to"))}


def _row(run: Run, assessment: Assessment) -> dict[str, object]:
    main = assessment.comparisons[0]
    year = next((each for each in assessment.comparisons if each.basis is Basis.TWELVE_MONTHS), None)
    rate = _write_rate(assessment)
    withheld = Cell(SUPPRESSED)
    return {
        "section": assessment.indicator.section,
        "name": Cell(assessment.indicator.name, _describe_name(run, assessment)),
        "now": withheld if assessment.is_suppressed else _figure_cell(main, main.count, main.whole, main.value, rate),
        "then": withheld
        if assessment.is_suppressed
        else _figure_cell(main, main.baseline_count, main.baseline_whole, main.baseline_value),
        "change": _change_cell(main),
        "year": _year_cell(year),
        "verdict": assessment.verdict.value + (" slightly" if main.is_slight else ""),
        "data_to": f"{assessment.data_to:%b %Y}" if assessment.data_to else "no month yet",
    }


def _write_rate(assessment: Assessment) -> str:
    """Write what stands under a figure: a count's rate; of a score, which is a rate already, its 95% range."""
    rate = assessment.rate
    if rate is None:
        return ""
    if assessment.indicator.kind is Kind.SCORE:
        return f"{format_rate(rate.lower)} to {format_rate(rate.upper)}"
    return format_rate(rate.value)


def _describe_name(run: Run, assessment: Assessment) -> str:
    """Say what of a figure is not the paper's: its place, its time, and the unit of its rate."""
    indicator, told = assessment.indicator, []
    if assessment.area.code != run.area.code:
        told.append(f"{assessment.area.name}, not {run.area.name}")
    if assessment.paper_period is not None:
        told.append(f"{assessment.period.short_words}, beside {assessment.comparisons[0].baseline.short_words}")
    if indicator.kind is Kind.PROPORTION:
        told.append(f"of {indicator.of}")
    elif indicator.unit or assessment.rate:
        told.append(indicator.unit or indicator.rate_unit)
    return "; ".join(told)


def _figure_cell(
    comparison: Comparison, count: float | None, whole: float | None, value: float | None, rate: str = ""
) -> Cell:
    """Write a figure as its kind asks, with its counts or its rate in small type."""
    match comparison.kind:
        case Kind.PROPORTION if count is not None and whole:
            return Cell(format_share(value, whole), f"{format_count(count)} of {format_count(whole)}")
        case Kind.RATIO if count is not None and whole:
            wholes = format_count(whole, decimals=0 if float(whole).is_integer() else 1)
            return Cell(format_rate(value), f"{format_count(count)} to {wholes}")
        case Kind.PUBLISHED if value is not None:
            return Cell(format_rate(value), format_count(count) if count is not None else "")
        case Kind.SCORE if value is not None:
            return Cell(format_rate(value), rate)
        case Kind.SCORE if count is not None:
            return Cell(format_count(count, decimals=0 if float(count).is_integer() else 1))
        case _:
            return Cell(format_count(count), rate)


def _change_cell(comparison: Comparison) -> Cell:
    if comparison.difference is not None and comparison.verdict.shows_percent:
        by, _, interval = state_difference(comparison.difference, comparison.kind).partition("; 95% range ")
        return Cell(by.replace("percentage ", ""), interval)
    change = comparison.change
    if change is None:
        return Cell("–")
    if comparison.kind in {Kind.RATIO, Kind.SCORE} and comparison.value is not None:
        by, _, interval = state_tested(comparison).partition("; 95% range ")
        return Cell(by, interval)
    decimals = 0 if float(change.change_count).is_integer() else 1
    count, base = format_change_count(change.change_count, decimals=decimals), change.baseline_count
    if not comparison.verdict.shows_percent or base < SMALLEST_PERCENT_BASE:
        return Cell(count)
    percent = format_change_percent(change.change_percent, base)
    return Cell(f"{count}, {percent}", format_percent_range(change.lower, change.upper, base, signed=True))


def _year_cell(comparison: Comparison | None) -> Cell:
    if comparison is None or comparison.count is None or comparison.baseline_count is None:
        return Cell("–", comparison.verdict.value if comparison else "")
    if comparison.kind is Kind.PROPORTION and comparison.whole and comparison.baseline_whole:
        now, then = (
            format_share(value, whole)
            for value, whole in (
                (comparison.value, comparison.whole),
                (comparison.baseline_value, comparison.baseline_whole),
            )
        )
        return Cell(f"{now} from {then}", comparison.verdict.value)
    if comparison.value is not None and comparison.baseline_value is not None:
        rates = f"{format_rate(comparison.value)} from {format_rate(comparison.baseline_value)}"
        return Cell(rates, comparison.verdict.value)
    counts = f"{format_count(comparison.count)} from {format_count(comparison.baseline_count)}"
    return Cell(counts, comparison.verdict.value)
