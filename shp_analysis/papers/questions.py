"""Questions that the board asked of one number, each answered in a small table.

Do children whom other authorities placed here distort anti-social behaviour? How much do alcohol and drugs feature in
domestic abuse? How many drug deaths were there, and of whom in treatment? Each figure is judged as every other one: by
an entry made from the catalogue's own, so that counting, breaks, ranges and verdicts are the same.
"""

from __future__ import annotations

from collections.abc import Sequence

from shp_analysis.assessment.assessments import Assessment
from shp_analysis.assessment.verdicts import Comparison, FiguresWithheld
from shp_analysis.config.catalogue import RETURNS, Indicator, Kind, Measure
from shp_analysis.page.data_tables import Cell, Column, DataTable, build_table
from shp_analysis.page.parts import Note, Notes
from shp_analysis.page.style import format_count, format_share
from shp_analysis.papers.run import Run
from shp_analysis.text.changes import WrittenChange, write_change
from shp_analysis.text.reasons import say
from shp_analysis.text.sentences import has_figure

PLACED_HERE = "placed here by another authority"
LOOKED_AFTER = (PLACED_HERE, "looked after by this council", "not looked after", "unknown")
KNOWN_MARKERS = ("alcohol only", "drugs only", "alcohol and drugs", "neither")
_COLUMNS = (
    Column("now", "Now", align="right"),
    Column("then", "A year earlier", align="right"),
    Column("change", "Change", align="right"),
    Column("verdict", "Verdict", is_verdict=True),
)


def compare_without_placed_children(run: Run) -> DataTable | Notes:
    """Set youth-related anti-social behaviour with and without children placed here by other authorities.

    Parameters
    ----------
    run : Run
        Of crime and anti-social behaviour.

    Returns
    -------
    DataTable or Notes
        Counts, the share, both verdicts and whether they differ; a line where the returns do not say.
    """
    base = run.assessment(run.contents.questions.children_placed_here)
    every, without, unknown = (
        _assess(run, base.indicator, name, categories, kind=Kind.COUNT)
        for name, categories in (
            ("All youth-related incidents", LOOKED_AFTER),
            ("Without children placed by other authorities", LOOKED_AFTER[1:]),
            ("Not known", LOOKED_AFTER[-1:]),
        )
    )
    if not _may_print(run, asked := (base, every, without, unknown)):
        return _say_missing(run, "Children placed by other authorities", asked)
    share = base.comparisons[0]
    differs = every.verdict is not without.verdict
    answer = (
        f"With them the verdict is {every.verdict}, without them {without.verdict}."
        if differs
        else f"With and without them it is: {every.verdict}."
    )
    placed = _write_share(share.count, share.whole)
    missing = _write_share(unknown.comparisons[0].count, share.whole)
    return build_table(
        [_row(each) for each in (every, without)],
        caption=f"Youth-related anti-social behaviour with and without children placed here, {run.period.short_words}",
        columns=(Column("name", "Incidents", is_row_heading=True), *_COLUMNS),
        note=(
            f"Does the verdict change? {'Yes' if differs else 'No'}. {answer} Of the incidents, {placed} concerned a "
            f"child placed here by another authority; of {missing} it is not known, and they count in both rows."
        ),
    )


def compare_substances(run: Run) -> DataTable | Notes:
    """Say in how many domestic abuse crimes alcohol, drugs or both were marked.

    Parameters
    ----------
    run : Run
        Of domestic abuse.

    Returns
    -------
    DataTable or Notes
        Counts and shares of the crimes in which it is known, a year apart; a line where the returns do not say.
    """
    base = run.assessment(run.contents.questions.substances_in_domestic_abuse)
    asked = {
        "Alcohol, with or without drugs": ("alcohol only", "alcohol and drugs"),
        "Drugs, with or without alcohol": ("drugs only", "alcohol and drugs"),
        "Both alcohol and drugs": ("alcohol and drugs",),
        "Neither": ("neither",),
    }
    found = [_assess(run, base.indicator, name, categories) for name, categories in asked.items()]
    unmarked = _assess(run, base.indicator, "Not known", ("unknown",), kind=Kind.COUNT)
    if not _may_print(run, [*found, unmarked]):
        return _say_missing(run, "Alcohol and drugs in domestic abuse crimes", [*found, unmarked])
    unknown = unmarked.comparisons[0]
    told = (
        f"In {format_count(unknown.count)} further crimes it is not known ({format_count(unknown.baseline_count)} a "
        "year earlier). "
    )
    return build_table(
        [_row(each) for each in found],
        caption=f"Alcohol and drugs in domestic abuse-related crimes, {run.period.short_words}",
        columns=(Column("name", "Marked by the officer", is_row_heading=True), *_COLUMNS),
        note=f"Shares of the crimes in which it is known. {told}{_OVERLAP}",
    )


_OVERLAP = "Crimes with both stand in the first three rows. A marker does not say that a substance was the reason."


def count_drug_deaths(run: Run) -> DataTable | Notes:
    """Set the two counts of drug deaths side by side, with the deaths that are in both.

    Parameters
    ----------
    run : Run
        Of substance misuse.

    Returns
    -------
    DataTable or Notes
        By calendar year of death; no change is tested, for the counts are small and the newest are provisional. A line
        where the returns were not received, or the edition withholds so small a number.
    """
    base = run.assessment(run.contents.questions.drug_deaths)
    measures = {
        "Deaths in treatment, of any cause": "deaths_in_treatment",
        "Drug-related deaths found by the coroner or the review": "drug_related_deaths_coroner",
        "In both counts": "drug_related_deaths_in_treatment",
    }
    found = [_assess(run, base.indicator, name, measure=measure) for name, measure in measures.items()]
    if not _is_admitted(run, found) or not any(map(has_figure, found[1:])):
        return _say_missing(run, "Drug-related deaths", found)
    rows: list[dict[str, object]] = [_count_row(each.indicator.name, each.comparisons[0]) for each in found]
    if all(map(has_figure, found)):
        rows.append(_either_row([each.comparisons[0] for each in found]))
    comparison = found[0].comparisons[0]
    return build_table(
        rows,
        caption=f"Drug deaths and deaths in treatment by year of death, {run.area.name}",
        columns=(
            Column("name", "People who died", is_row_heading=True),
            Column("then", comparison.baseline.short_words, align="right"),
            Column("now", comparison.period.short_words, align="right"),
        ),
        note=(
            "The two counts are never added up: a death may be in both. By the day of death, not of registration; "
            "inquests may take a year and more, so the newest year is provisional. No change is tested."
        ),
    )


def _assess(
    run: Run,
    indicator: Indicator,
    name: str,
    categories: Sequence[str] = (),
    *,
    measure: str = "",
    kind: Kind | None = None,
) -> Assessment:
    """Assess an indicator's own measure in some of its categories, or another measure of the same table."""
    _, own = indicator.measure(RETURNS)
    include = dict(own.include)
    if categories:
        include["category"] = tuple(categories)
    if measure:
        include["measure"] = (measure,)
    chosen = kind or indicator.kind
    is_part = chosen is Kind.PROPORTION
    changed = Measure(records=own.records, sum=own.sum, include=include, of=own.of if is_part else None)
    variant = indicator.model_copy(
        update={
            "name": name,
            "kind": chosen,
            "of": indicator.of if is_part else None,
            "sources": {RETURNS: changed},
        }
    )
    (assessed,) = run.gate.withhold([run.opened.assess_for_paper(variant, run.period, RETURNS)])
    return assessed


def _row(assessment: Assessment) -> dict[str, object]:
    comparison = assessment.comparisons[0]
    written = write_change(comparison) if comparison.verdict.shows_percent else WrittenChange("–")
    return {
        "name": assessment.indicator.name,
        "now": _figure(comparison.count, comparison.whole),
        "then": _figure(comparison.baseline_count, comparison.baseline_whole),
        "change": Cell(written.brief_size, written.evidence),
        "verdict": assessment.verdict.value,
    }


def _figure(count: float | None, whole: float | None) -> Cell:
    if count is None or not whole:
        return Cell(format_count(count))
    return Cell(f"{format_count(count)} of {format_count(whole)}", format_share(100 * count / whole, whole))


def _write_share(count: float | None, whole: float | None) -> str:
    if count is None or not whole:
        return format_count(count)
    return f"{format_count(count)} of {format_count(whole)} ({format_share(100 * count / whole, whole)})"


def _count_row(name: str, comparison: Comparison) -> dict[str, object]:
    return {"name": name, "then": format_count(comparison.baseline_count), "now": format_count(comparison.count)}


def _either_row(found: Sequence[Comparison]) -> dict[str, object]:
    """Count the people who are in at least one of the two counts: those in both stand there once."""
    now = [each.count for each in found]
    then = [each.baseline_count for each in found]
    return {"name": "In at least one of the two", "then": _write_either(then), "now": _write_either(now)}


def _write_either(counts: Sequence[int | None]) -> str:
    in_treatment, coroner, both = counts
    if in_treatment is None or coroner is None or both is None:
        return format_count(None)
    return format_count(in_treatment + coroner - both)


def _may_print(run: Run, found: Sequence[Assessment]) -> bool:
    """Say whether all were received and none is withheld: one that is could be worked out from the others."""
    return all(map(has_figure, found)) and _is_admitted(run, found)


def _is_admitted(run: Run, found: Sequence[Assessment]) -> bool:
    """Ask the gate for all of a table's figures together."""
    if any(each.is_suppressed for each in found):
        return False
    first = found[0]
    records = run.opened.records_of(first.indicator.measure(RETURNS)[1].records)
    return run.gate.admits_figures(first.indicator.id, found, records)


def _say_missing(run: Run, term: str, found: Sequence[Assessment]) -> Notes:
    is_received = any(each.is_suppressed for each in found) or any(map(has_figure, found))
    is_withheld = is_received and not _is_admitted(run, found)
    text = (
        say(FiguresWithheld()) if is_withheld else "No figure: the partner's return does not say, or was not received."
    )
    return Notes((Note(term, text),))
