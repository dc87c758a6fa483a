"""The annual strategic assessment: a year in chapters, for those who set the priorities.

It begins with what the records can bear, before any figure; it says of every chapter what is not known; and its last
two say what is emerging, with the strength of the evidence, and which records to seek.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from shp_analysis.assessments import Assessment, list_new_signals
from shp_analysis.briefing.data_tables import Cell, Column, DataTable, build_table
from shp_analysis.briefing.parts import Note, Notes
from shp_analysis.catalogue import NO_LOCAL_MEASURE, Denominator, Importance, Priority, SeriesBreak
from shp_analysis.comparisons import Comparison, Verdict
from shp_analysis.feeds.timeliness import NeededFeed, list_needed_feeds
from shp_analysis.sentences import list_names, state, state_change, state_figure
from shp_analysis.style import format_count, format_rate
from shp_analysis.workbook import Run, YearCount

MOST_YEARS = 6
"""More columns would not fit on a sheet of paper; results.csv has every year."""
MOST_NAMES = 6
STRONG_P_VALUE = 0.002
CHANCE_OF_A_FALSE_SIGNAL = 0.05
HARM = "ALL-03"
DEPRIVATION = "CTX-03"
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
        "these numbers cannot tell; it does not show that nothing changed.",
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
            "when": f"{found.first_day:%B %Y}",
            "what": f"{found.what_changed[:1].upper()}{found.what_changed[1:]}.",
            "touches": _shorten(names),
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


def describe_place(run: Run) -> Notes:
    """Say who lives here, and what is known of deprivation."""
    people = run.records.number_of
    end = run.period.end
    population = run.area.population_on(end)
    notes = []
    if population:
        notes.append(Note("Residents", f"{format_count(population.residents)} (mid-{population.mid_year} estimate)."))
    for group in dict.fromkeys(each.indicator.denominator for each in run.assessments):
        known = people(group, end) if group else None
        if group and known and group not in {Denominator.RESIDENTS, Denominator.VEHICLE_MILES}:
            notes.append(Note(str(group).capitalize(), f"{format_count(known.residents)} ({known.mid_year})."))
    deprived = next((each for each in run.assessments if each.indicator.id == DEPRIVATION), None)
    if deprived is not None and deprived.count is not None:
        notes.append(Note("Deprivation", state(deprived).text))
    else:
        told = "The index of deprivation by neighbourhood was not received, so nothing is set beside it."
        notes.append(Note("Deprivation", told))
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
        if each.indicator.id in by_indicator and each.indicator.importance is Importance.CORE
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
            Column("priority", "Counted under the priority"),
        ),
        note=f"Small type: {groups[0].indicator.rate_unit if groups else 'rate'}. {_chance(compared)} {told}",
    )


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


def list_emerging(run: Run) -> DataTable:
    """List what is clearly changing, the strongest evidence first, and whether a priority covers it already."""
    new = {each.assessment.indicator.id for each in list_new_signals(run.assessments).signals}
    clear = [each for each in run.assessments if each.verdict.is_clear or each.indicator.id in new]
    compared = sum(each.verdict.shows_percent for each in run.assessments)
    rows = [
        {
            "name": each.indicator.name,
            "priority": _name_priority(run, each),
            "grade": _grade(each.comparisons[0], is_new=each.indicator.id in new),
            "words": state(each).text,
        }
        for each in sorted(clear, key=lambda each: _p_value(each.comparisons[0]))
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
            f"{_chance(compared)}"
        ),
    )


def list_gaps(run: Run) -> Notes:
    """List what the partnership does not know: no measure, nothing received, nothing comparable, too few."""
    words = {
        Verdict.NO_LOCAL_MEASURE: ("No agreed measure", "Agree one, or say that none is wanted."),
        Verdict.INCOMPLETE: ("Not received whole", "Ask the owner of the record."),
        Verdict.NOT_COMPARABLE: ("Cannot be compared", "Wait for two years recorded alike, or ask for a bridge."),
        Verdict.TOO_FEW: ("Too few to say", "Read several years together; no yearly change can be shown."),
    }
    notes = []
    for verdict, (term, advice) in words.items():
        names = [each.indicator.name for each in run.assessments if each.verdict is verdict]
        if names:
            notes.append(Note(f"{term} ({len(names)})", f"{list_names(names)}. {advice}"))
    return Notes(tuple(notes) or (Note("None", "Every indicator was received, compared and large enough."),))


def count_sources(run: Run) -> Notes:
    """Say how many files the year rests on and where they are listed with their hashes."""
    files = {source.sha256 for each in run.assessments for source in each.sources}
    told = f"{format_count(len(files))} received files; manifest.json lists each with its SHA-256. Run {run.run_id}."
    return Notes((Note("Sources", told),))


# --- Rows


def _feed_row(run: Run, feed: NeededFeed) -> dict[str, object]:
    names = [run.catalogue.indicator(each).name for each in feed.indicators]
    return {
        "feed": Cell(feed.table.replace("_", " "), feed.unit.replace("_", " ")),
        "state": feed.last or "nothing received",
        "missing": f"{len(feed.missing)} of {len(feed.wanted)}" if feed.wanted else "–",
        "indicators": _shorten(names),
    }


def _year_cell(year: YearCount | None) -> str:
    return "–" if year is None else format_count(year.count)


def _scan_row(run: Run, assessment: Assessment) -> dict[str, object]:
    comparison = assessment.comparisons[0]
    rate = format_rate(assessment.rate.value) if assessment.rate else ""
    return {
        "name": assessment.indicator.name,
        "now": Cell(format_count(comparison.count), rate),
        "then": format_count(comparison.baseline_count),
        "change": _change(comparison),
        "verdict": _verdict(comparison),
        "priority": _name_priority(run, assessment),
    }


def _chapter_rows(run: Run, priority: Priority) -> Iterator[dict[str, object]]:
    heading = f"{priority.number} {priority.name}"
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
            "verdict": _verdict(each.comparisons[0]) if priority.shows_change else Cell("not judged"),
            "words": state(each).text if priority.shows_change else _state_plainly(each),
        }


def _state_plainly(assessment: Assessment) -> str:
    comparison = assessment.comparisons[0]
    if comparison.count is None:
        return state(assessment).text
    return f"{assessment.indicator.name} came to {state_figure(assessment, comparison)}; no direction is read from it."


def _place_row(place: str, assessment: Assessment) -> dict[str, object]:
    comparison = assessment.comparisons[0]
    return {
        "place": place,
        "name": assessment.indicator.name,
        "now": format_count(comparison.count),
        "then": format_count(comparison.baseline_count),
        "change": _change(comparison),
        "verdict": _verdict(comparison),
    }


# --- Words


def _change(comparison: Comparison) -> str:
    if comparison.change is None or not comparison.verdict.shows_percent:
        return "–"
    return state_change(comparison.change)


def _verdict(comparison: Comparison) -> str:
    return comparison.verdict.value + (" slightly" if comparison.is_slight else "")


def _grade(comparison: Comparison, *, is_new: bool) -> str:
    clear = comparison.verdict.is_clear
    strength = ("strong" if _p_value(comparison) < STRONG_P_VALUE else "moderate") if clear else ""
    return ", ".join(word for word in (strength, "new" if is_new else "") if word)


def _p_value(comparison: Comparison) -> float:
    return 1.0 if comparison.p_value is None else comparison.p_value


def _name_priority(run: Run, assessment: Assessment) -> str:
    number = assessment.indicator.priority
    found = next((each for each in run.priorities if each.number == number), None)
    return found.name if found else "under none"


def _chance(compared: int) -> str:
    expected = compared * CHANCE_OF_A_FALSE_SIGNAL
    words = "fewer than one" if expected < 1 else f"about {expected:.0f}"
    return f"Of the {compared} compared, {words} would look clear by chance alone."


def _shorten(names: Sequence[str]) -> str:
    if len(names) <= MOST_NAMES:
        return list_names(names)
    return f"{', '.join(names[: MOST_NAMES - 1])} and {len(names) - MOST_NAMES + 1} more"
