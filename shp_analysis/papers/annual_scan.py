"""The annual strategic assessment: the place, its years, every offence group, and how reliable the records are."""

from __future__ import annotations

from shp_analysis.assessment.assessments import Assessment
from shp_analysis.config.catalogue import Denominator, Importance, SeriesBreak
from shp_analysis.monitoring.timeliness import NeededFeed, list_needed_feeds
from shp_analysis.page.data_tables import Cell, Column, DataTable, build_table
from shp_analysis.page.parts import Note, Notes
from shp_analysis.page.style import format_count, format_rate
from shp_analysis.papers.annual_assessment import (
    EXPLAIN_EVIDENCE,
    describe_change_between,
    grade_evidence,
    name_priority,
    shorten,
)
from shp_analysis.papers.run import Run, YearCount
from shp_analysis.papers.scorecard import write_verdict
from shp_analysis.reference.period_spellings import write_month
from shp_analysis.text.sentences import RANGES_ALLOW, describe_caveat, expect_false, state
from shp_analysis.text.words import capitalise

_PURPOSE = (
    Note(
        "What it is for",
        "Community safety partnerships in England prepare a strategic assessment every year (Crime and Disorder "
        "(Formulation and Implementation of Strategy) Regulations 2007). It sets out the year's records, so that the "
        "partnership can choose its priorities and see what it does not know.",
    ),
    Note(
        "Verdicts",
        "Up and down are said only where the 95% range of a change leaves out no change. No clear change means that "
        "these numbers cannot tell; it does not show that nothing changed. " + RANGES_ALLOW,
    ),
    Note(
        "Recorded is not all", "Police records count what was reported and recorded, which is less than what happened."
    ),
    Note("Causes", "No figure here says why it moved. What partners believe stands under their own names."),
)


def explain_purpose(run: Run) -> Notes:
    """Say what the assessment is for and how its words are to be read."""
    asked = run.asked_period
    if run.period.end == asked.end:
        return Notes(_PURPOSE)
    told = f"{run.period.short_words} is the newest financial year that was over by the end of {asked.short_words}."
    return Notes((*_PURPOSE, Note("Which year", told)))


def list_breaks(run: Run) -> DataTable:
    """List the recording changes that reach into the year or the year before, and what they touch."""
    named: dict[str, tuple[SeriesBreak, list[str]]] = {}
    for each in run.assessments:
        for found in each.comparisons[0].breaks:
            named.setdefault(found.break_id, (found, []))[1].append(each.indicator.name)
    rows = [
        {
            "when": write_month(found.first_day),
            "what": f"{capitalise(found.what_changed)}.",
            "touches": shorten(names),
            "sure": "yes" if found.is_confirmed else "no; it stops no comparison",
        }
        for found, names in sorted(named.values(), key=lambda item: item[0].from_month)
    ]
    nothing = {"when": "None", "what": "No recording change is known within the two years.", "touches": "", "sure": ""}
    return build_table(
        rows or [nothing],
        caption="Changes in how things are recorded, within the two years that are compared",
        columns=(
            Column("when", "From", is_row_heading=True),
            Column("what", "What changed"),
            Column("touches", "Touches"),
            Column("sure", "Date confirmed"),
        ),
    )


def list_feeds(run: Run) -> DataTable:
    """List the feeds that the year needs, and which of them did not come whole."""
    opened = run.opened
    needed = list_needed_feeds(opened.store, opened.catalogue, run.area, run.period, as_of=run.as_of)
    received = [each for each in needed if each.is_received]
    rows = [_feed_row(run, each) for each in needed if not each.is_received]
    nothing = {"feed": "None", "state": "Every feed covers the year.", "missing": "", "indicators": ""}
    return build_table(
        rows or [nothing],
        caption=f"Feeds that do not cover the year ({len(received)} of {len(needed)} do)",
        columns=(
            Column("feed", "Feed", is_row_heading=True),
            Column("state", "Newest part"),
            Column("missing", "Parts missing", align="right"),
            Column("indicators", "Indicators that need it"),
        ),
        note="A feed that is missing makes its indicators incomplete; it never makes a zero.",
    )


def list_definitions(run: Run) -> Notes:
    """List what each figure is and what to keep in mind about it.

    On paper stand those that stand for a priority; the web edition has all.
    """
    leads = {each.lead_indicator for each in run.priorities}
    return Notes(
        tuple(
            Note(
                each.indicator.name,
                f"{each.indicator.definition} {describe_caveat(each)}",
                is_on_paper=each.indicator.id in leads,
            )
            for each in run.assessments
        )
    )


def count_sources(run: Run) -> Notes:
    """Say how many files the year rests on and where they are listed with their hashes."""
    files = {source.sha256 for each in run.assessments for source in each.sources}
    told = f"{format_count(len(files))} received files; manifest.json lists each with its SHA-256. Run {run.run_id}."
    return Notes((Note("Sources", told),))


def _feed_row(run: Run, feed: NeededFeed) -> dict[str, object]:
    names = [run.catalogue.indicator(each).name for each in feed.indicators]
    return {
        "feed": Cell(feed.table.replace("_", " "), feed.unit.replace("_", " ")),
        "state": feed.last or "nothing received",
        "missing": f"{len(feed.missing)} of {len(feed.wanted)}" if feed.wanted else "–",
        "indicators": shorten(names),
    }


MOST_YEARS = 6
"""More columns would not fit on a sheet of paper; results.csv has every year."""
LACKING = (
    "Not in this table, because it was not received: the harm of each group by itself, and which of them residents "
    "worry about most."
)


def describe_place(run: Run) -> Notes:
    """Say who lives here, and what is known of deprivation and health."""
    annual, people, end = run.contents.annual_assessment, run.opened.people, run.period.end
    population = people.number_on(end, Denominator.RESIDENTS)
    notes = []
    if population:
        notes.append(Note("Residents", f"{format_count(population.residents)} (mid-{population.mid_year} estimate)."))
    for group in dict.fromkeys(each.indicator.denominator for each in run.assessments):
        known = people.number_on(end, group) if group else None
        if group and known and group not in {Denominator.RESIDENTS, Denominator.VEHICLE_MILES}:
            notes.append(Note(str(group).capitalize(), f"{format_count(known.residents)} ({known.mid_year})."))
    deprived = next((each for each in run.assessments if each.indicator.id == annual.deprivation), None)
    if deprived is not None and deprived.count is not None:
        notes.append(Note("Deprivation", state(deprived).text))
    else:
        told = "The index of deprivation by neighbourhood was not received, so nothing is set beside it."
        notes.append(Note("Deprivation", told))
    notes += [Note("Health", state(each).text) for each in run.assessments if each.indicator.id in annual.health]
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
    harm = next((each for each in run.assessments if each.indicator.id == run.contents.annual_assessment.harm), None)
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
        "change": describe_change_between(comparison),
        "verdict": write_verdict(comparison),
        "evidence": grade_evidence(comparison),
        "priority": name_priority(run, assessment),
    }
