"""The place, its years, and a scan of every offence group."""

from __future__ import annotations

from shp_analysis.annual.words import (
    EXPLAIN_EVIDENCE,
    grade_evidence,
    name_priority,
    say_change,
)
from shp_analysis.assessments import Assessment
from shp_analysis.briefing.data_tables import Cell, Column, DataTable, build_table
from shp_analysis.briefing.parts import Note, Notes
from shp_analysis.catalogue import Denominator, Importance
from shp_analysis.sentences import expect_false, state
from shp_analysis.shared_cells import write_verdict
from shp_analysis.style import format_count, format_rate
from shp_analysis.workbook import Run, YearCount

MOST_YEARS = 6
"""More columns would not fit on a sheet of paper; results.csv has every year."""
HARM = "ALL-03"
DEPRIVATION = "CTX-03"
LACKING = (
    "Not in this table, because it was not received: the harm of each group by itself, and which of them residents "
    "worry about most."
)
HEALTH = ("SUB-08", "SUB-09")
"""What is known of the health that harm from drugs and alcohol leaves behind."""


def describe_place(run: Run) -> Notes:
    """Say who lives here, and what is known of deprivation and health."""
    people, end = run.opened.people, run.period.end
    population = people.number_on(end, Denominator.RESIDENTS)
    notes = []
    if population:
        notes.append(Note("Residents", f"{format_count(population.residents)} (mid-{population.mid_year} estimate)."))
    for group in dict.fromkeys(each.indicator.denominator for each in run.assessments):
        known = people.number_on(end, group) if group else None
        if group and known and group not in {Denominator.RESIDENTS, Denominator.VEHICLE_MILES}:
            notes.append(Note(str(group).capitalize(), f"{format_count(known.residents)} ({known.mid_year})."))
    deprived = next((each for each in run.assessments if each.indicator.id == DEPRIVATION), None)
    if deprived is not None and deprived.count is not None:
        notes.append(Note("Deprivation", state(deprived).text))
    else:
        told = "The index of deprivation by neighbourhood was not received, so nothing is set beside it."
        notes.append(Note("Deprivation", told))
    notes += [Note("Health", state(each).text) for each in run.assessments if each.indicator.id in HEALTH]
    return Notes(tuple(notes))


def build_years(run: Run) -> DataTable:
    """Set the core counts year by year, over the years that mean the same as the latest.

    Parameters
    ----------
    run : Run

    Returns
    -------
    DataTable
        A dash where a year is missing or was recorded otherwise. The last column is the trend of the rate over the
        years shown and those before them, or that there are not enough.
    """
    years = run.list_years()
    labels = sorted({each.year.label for each in years})[-MOST_YEARS:]
    by_indicator: dict[str, dict[str, YearCount]] = {}
    for each in years:
        by_indicator.setdefault(each.indicator, {})[each.year.label] = each
    rows = [
        {
            "name": each.indicator.name,
            **{label: _year_cell(by_indicator[each.indicator.id].get(label)) for label in labels},
            "trend": each.signals.trend.trend.verdict.value if each.signals else "",
        }
        for each in run.assessments
        if each.indicator.id in by_indicator
        and (each.indicator.importance is Importance.CORE or each.indicator.is_offence_group)
    ]
    nothing = {"name": "None", **dict.fromkeys(labels, ""), "trend": "not enough points"}
    return build_table(
        rows or [nothing],
        caption="Counts by financial year, as far back as they mean the same",
        columns=(
            Column("name", "Indicator", is_row_heading=True),
            *(Column(label, label, align="right") for label in labels),
            Column("trend", "Course of the rate"),
        ),
        note="–: not received, or recorded otherwise than now. A course is named only over five years or more.",
    )


def build_scan(run: Run) -> DataTable:
    """Scan every offence group: the year, the year before, the change, and whether a priority covers it.

    Parameters
    ----------
    run : Run

    Returns
    -------
    DataTable
    """
    groups = [each for each in run.assessments if each.indicator.is_offence_group]
    compared = sum(each.verdict.shows_percent for each in groups)
    harm = next((each for each in run.assessments if each.indicator.id == HARM), None)
    told = (
        f"Harm of all crime together: {state(harm).text}"
        if harm is not None and harm.count is not None
        else "No harm weight is given, because the weights of the Crime Severity Score were not received whole."
    )
    return build_table(
        [_scan_row(run, each) for each in groups],
        caption=f"Every offence group in {run.period.short_words} beside the year before",
        columns=(
            Column("name", "Offence group", is_row_heading=True),
            Column("now", "This year", align="right"),
            Column("then", "Year before", align="right"),
            Column("change", "Change and 95% range"),
            Column("verdict", "Verdict", is_verdict=True),
            Column("evidence", "Evidence"),
            Column("priority", "Counted under the priority"),
        ),
        note=(
            f"Small type: {groups[0].indicator.rate_unit if groups else 'rate'}. {EXPLAIN_EVIDENCE} "
            f"{expect_false(compared)} {told} {LACKING}"
        ),
    )


def _year_cell(year: YearCount | None) -> str:
    return "–" if year is None else format_count(year.count)


def _scan_row(run: Run, assessment: Assessment) -> dict[str, object]:
    comparison = assessment.comparisons[0]
    rate = format_rate(assessment.rate.value) if assessment.rate else ""
    return {
        "name": assessment.indicator.name,
        "now": Cell(format_count(comparison.count), rate),
        "then": format_count(comparison.baseline_count),
        "change": say_change(comparison),
        "verdict": write_verdict(comparison),
        "evidence": grade_evidence(comparison),
        "priority": name_priority(run, assessment),
    }
