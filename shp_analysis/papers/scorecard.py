"""The tables of a briefing."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from shp_analysis.assessment.assessments import Assessment
from shp_analysis.assessment.comparator_areas import NotCompared, compare_with_areas, name_place
from shp_analysis.assessment.verdicts import Basis, Comparison
from shp_analysis.charts.sparklines import draw_sparkline
from shp_analysis.config.catalogue import Denominator, Importance, Kind
from shp_analysis.config.comparator_lists import ComparatorList
from shp_analysis.page.data_tables import Cell, CellPicture, Column, DataTable, build_table
from shp_analysis.page.style import NOT_AVAILABLE, SUPPRESSED, format_count, format_rate, format_share
from shp_analysis.papers.run import Run
from shp_analysis.reference.period_spellings import JANUARY, MONTHS_IN_YEAR, write_month
from shp_analysis.reference.periods import Period
from shp_analysis.text.changes import write_change
from shp_analysis.text.sentences import RANGES_ALLOW, has_figure

PEERS_WORDS = (
    "above, within or below the range in which areas of its size and kind lie; just above or just below where one area "
    "in twenty would lie anyway; a dash where peers have no such figure."
)
PEERS_NOTE = f"Peers: {PEERS_WORDS}"


def write_verdict(comparison: Comparison) -> str | Cell:
    """Write a verdict as a table's cell has it; of a change that is not judged, that."""
    if comparison.is_left_unjudged:
        return Cell("not judged")
    return comparison.verdict.value + (" slightly" if comparison.is_slight else "")


def write_comparators_cell(run: Run, assessment: Assessment, peers: ComparatorList | None = None) -> Cell:
    """Say in a cell where a figure lies among its peers'; a dash where nothing is compared.

    Parameters
    ----------
    run : Run
    assessment : Assessment
    peers : ComparatorList, optional
        The first that the register of peers has for the area where left out.

    Returns
    -------
    briefing.data_tables.Cell
        "just above", and in small type "10 peers", for a column is narrow.
    """
    if assessment.is_suppressed or not has_figure(assessment):
        return Cell("–")
    found = compare_with_areas(run.other_areas, assessment, peers)
    place = name_place(found)
    if isinstance(found, NotCompared) or place is None:
        return Cell("–")
    return Cell(place, f"{found.others} peers")


COMMON_RATE = "per 1,000 residents"
"""Said once under the table and not in each row."""
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
    return build_table(
        rows or [_empty_row(len(run.assessments))],
        caption=f"Scorecard: {_name_periods(run)}, {run.area.name}",
        columns=tuple(_COLUMNS),
        group_by="section",
        note=_note(run, shown, rows),
    )


def is_shown(assessment: Assessment, charted: Sequence[str] = ()) -> bool:
    """Say whether a figure stands in the scorecard."""
    if not (has_figure(assessment) or assessment.is_suppressed):
        return False
    indicator = assessment.indicator
    return indicator.importance is Importance.CORE or indicator.id in charted or assessment.verdict.is_clear


def _note(run: Run, shown: Sequence[Assessment], rows: Sequence[dict[str, object]]) -> str:
    lines = [_SMALL_TYPE, RANGES_ALLOW]
    if any(each.rate and each.indicator.rate_unit == COMMON_RATE for each in shown):
        people = run.opened.people.number_on(run.period.end, Denominator.RESIDENTS)
        whom = f" ({format_count(people.residents)} in mid-{people.mid_year})" if people else ""
        lines.append(f"Rates are {COMMON_RATE}{whom} where a row says nothing else.")
    if any(cell == Cell(NOT_AVAILABLE) for row in rows for cell in row.values()):
        lines.append(f"{NOT_AVAILABLE}: not available.")
    if any(each.is_suppressed for each in shown):
        lines.append(f"{SUPPRESSED}: withheld in this edition, so that nobody can be identified.")
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
    nothing = dict.fromkeys(column.key for column in _COLUMNS)
    return {**nothing, "section": "", "name": f"None of the {total} figures of this theme was received"}


def _row(run: Run, assessment: Assessment) -> dict[str, object]:
    section = {"section": assessment.indicator.section}
    return section | {column.key: write(run, assessment) for column, write in _COLUMNS.items()}


def _name_cell(run: Run, assessment: Assessment) -> Cell:
    reached = assessment.data_to
    is_other = reached is not None and reached != assessment.period.end
    told = f"data to {reached:%b %Y}" if is_other else ""
    return Cell(assessment.indicator.name, _describe_name(run, assessment), on_paper=told)


def _now_cell(_: Run, assessment: Assessment) -> Cell:
    if assessment.is_suppressed:
        return Cell(SUPPRESSED)
    main = assessment.comparisons[0]
    return _figure_cell(main, main.count, main.whole, main.value, _write_rate(assessment))


def _then_cell(_: Run, assessment: Assessment) -> Cell:
    if assessment.is_suppressed:
        return Cell(SUPPRESSED)
    main = assessment.comparisons[0]
    return _figure_cell(main, main.baseline_count, main.baseline_whole, main.baseline_value)


def _write_trend_cell(_: Run, assessment: Assessment) -> Cell | CellPicture:
    return Cell(SUPPRESSED) if assessment.is_suppressed else draw_sparkline(assessment)


def _reach_cell(_: Run, assessment: Assessment) -> str:
    return f"{assessment.data_to:%b %Y}" if assessment.data_to else "no month yet"


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
    if assessment.paper_period is not None and _find_shared_period(run) is None:
        told.append(_name_both(assessment.period, assessment.comparisons[0].baseline))
    if indicator.kind is Kind.PROPORTION:
        told.append(f"of {indicator.of}")
    elif indicator.unit or assessment.rate:
        told.append(indicator.unit or indicator.rate_unit)
    return "; ".join(each for each in told if each != COMMON_RATE)


def _find_shared_period(run: Run) -> Period | None:
    """Give the one period of all figures, where it is not the paper's: casualties are published for whole years."""
    periods = {each.period for each in run.assessments if has_figure(each)}
    return periods.pop() if len(periods) == 1 and periods != {run.period} else None


def _name_periods(run: Run) -> str:
    shared = _find_shared_period(run)
    if shared is None:
        return f"{run.period.short_words} beside {run.period.same_last_year().short_words}"
    baselines = {each.comparisons[0].baseline for each in run.assessments if each.period == shared}
    beside = f" beside {baselines.pop().short_words}" if len(baselines) == 1 else ""
    return f"{shared.short_words}{beside} (the newest published)"


def _name_both(period: Period, baseline: Period) -> str:
    """Name two periods in small type: what both share is said once, "12 months to March 2025 and 2024"."""
    words, before = _name_briefly(period), _name_briefly(baseline)
    is_named_by_its_end = _is_told_as_year(period) or (
        period.start.year == period.end.year and len(period.months) < MONTHS_IN_YEAR
    )
    if is_named_by_its_end and baseline == period.same_last_year():
        return f"{words} and {baseline.end.year}"
    return f"{words}, beside {before}"


def _name_briefly(period: Period) -> str:
    return f"12 months to {write_month(period.end)}" if _is_told_as_year(period) else period.short_words


def _is_told_as_year(period: Period) -> bool:
    return len(period.months) == MONTHS_IN_YEAR and period.start.month != JANUARY


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
    shows_percent = comparison.verdict.shows_percent
    if comparison.change is None and not (comparison.difference is not None and shows_percent):
        return Cell("–")
    written = write_change(comparison)
    is_rate = comparison.kind in {Kind.RATIO, Kind.SCORE} and comparison.value is not None
    return Cell(written.brief_size, written.interval) if shows_percent or is_rate else Cell(written.moved)


def _year_cell(assessment: Assessment) -> Cell:
    comparison = next((each for each in assessment.comparisons if each.basis is Basis.TWELVE_MONTHS), None)
    if comparison and assessment.is_suppressed:
        return Cell(SUPPRESSED)
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


_COLUMNS: dict[Column, Callable[[Run, Assessment], Cell | CellPicture | str]] = {
    Column("name", "Indicator", is_row_heading=True): _name_cell,
    Column("now", "Now", align="right"): _now_cell,
    Column("then", "A year earlier", align="right"): _then_cell,
    Column("change", "Change", align="right"): lambda _, assessment: _change_cell(assessment.comparisons[0]),
    Column("year", "Twelve months", align="right"): lambda _, assessment: _year_cell(assessment),
    Column("verdict", "Verdict", is_verdict=True): lambda _, assessment: write_verdict(assessment.comparisons[0]),
    Column("peers", "Peers", is_on_paper=False): write_comparators_cell,
    Column("course", "36 months", is_on_paper=False): _write_trend_cell,
    Column("data_to", "Data to", align="right", is_on_paper=False): _reach_cell,
}
"""The scorecard from left to right: each column, and what writes its cells. Paper has no room for the last three."""
