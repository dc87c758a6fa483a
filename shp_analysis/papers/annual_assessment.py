"""The annual strategic assessment: the chapters of the priorities, people and needs, and what is emerging.

They choose among the year's figures and add none; what a needs assessment would have to know besides is named.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from shp_analysis.assessment.assessments import Assessment
from shp_analysis.assessment.verdicts import Comparison, Verdict
from shp_analysis.config.priorities import NO_LOCAL_MEASURE, Priority, find_lead
from shp_analysis.errors import RequestError
from shp_analysis.page.data_tables import Cell, Column, DataTable, build_table
from shp_analysis.page.parts import Note, Notes
from shp_analysis.page.style import format_count
from shp_analysis.papers.run import Run
from shp_analysis.papers.scorecard import write_verdict
from shp_analysis.text.changes import write_change
from shp_analysis.text.sentences import (
    describe_own_period,
    expect_false,
    has_figure,
    name_with_area,
    state,
    write_figure,
)
from shp_analysis.text.words import list_names

MOST_NAMES = 6
OUTSIDE = "under none"
EXPLAIN_EVIDENCE = (
    "Evidence: strong, a change clear at 99.8%; moderate, clear at 95%; not clear, compared and no clear change; weak, "
    "a figure with nothing to test it against; none, no figure."
)


def describe_change_between(comparison: Comparison) -> str:
    """Write a change with its range; a dash where none may be given."""
    return write_change(comparison).in_full if comparison.verdict.shows_percent else "–"


def name_priority(run: Run, assessment: Assessment) -> str:
    """Name the priority that an indicator is counted under, or say that it is under none."""
    number = assessment.indicator.priority
    found = next((each for each in run.priorities if each.number == number), None)
    return found.name if found else OUTSIDE


def shorten(names: Sequence[str]) -> str:
    """List some names, and the number of the others."""
    if len(names) <= MOST_NAMES:
        return list_names(names)
    return f"{', '.join(names[: MOST_NAMES - 1])} and {len(names) - MOST_NAMES + 1} more"


def grade_evidence(comparison: Comparison) -> str:
    """Grade what a year's comparison can bear, in plain words.

    Returns
    -------
    str
        `strong` and `moderate` of a change that is clear at 99.8 % and at 95 %; `not clear` where it was tested and is
        not clear; `weak` where there is a figure and nothing to test; `none` where there is no figure.
    """
    if comparison.verdict.is_clear:
        return "strong" if comparison.is_strong else "moderate"
    if comparison.verdict.shows_percent:
        return "not clear"
    return "weak" if comparison.count is not None or comparison.value is not None else "none"


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
    when = f" ({describe_own_period(assessment)})" if assessment.paper_period else ""
    figure = write_figure(assessment, comparison)
    return f"{assessment.indicator.name}{when} came to {figure}; no direction is read from it."


def _place_row(place: str, assessment: Assessment) -> dict[str, object]:
    comparison = assessment.comparisons[0]
    return {
        "place": place,
        "name": assessment.indicator.name,
        "now": format_count(comparison.count),
        "then": format_count(comparison.baseline_count),
        "change": describe_change_between(comparison),
        "verdict": write_verdict(comparison),
    }


_SOUGHT = (
    Note(
        "Not collected at all",
        "What residents worry about most, offence by offence: a survey of residents would say. How much harm each "
        "group of offences does: the Crime Severity Score by group would say.",
    ),
)
"""What a strategic assessment asks for and no source of the workbook holds."""


def list_emerging(run: Run) -> DataTable:
    """List what is clearly changing, the strongest evidence first, and whether a priority covers it already."""
    new = {each.assessment.indicator.id for each in run.new_signals.signals}
    clear = [each for each in run.assessments if each.verdict.is_clear or each.indicator.id in new]
    compared = sum(each.verdict.shows_percent for each in run.assessments)
    rows = [
        {
            "name": each.indicator.name,
            "priority": name_priority(run, each),
            "grade": _grade(each.comparisons[0], is_new=each.indicator.id in new),
            "words": _state(each, is_new=each.indicator.id in new),
        }
        for each in sorted(clear, key=lambda each: each.comparisons[0].evidence_rank)
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
            f"{expect_false(compared)}"
        ),
    )


def list_gaps(run: Run) -> Notes:
    """List what the partnership does not know: no measure, nothing received, nothing comparable, too few."""
    words = (
        (Verdict.NO_LOCAL_MEASURE, "No agreed measure", "Agree one, or say that none is wanted."),
        (Verdict.INCOMPLETE, "Not received whole", "Ask the owner of the record."),
        (Verdict.NOT_COMPARABLE, "Cannot be compared", "Wait for two years recorded alike, or ask for a bridge."),
        (Verdict.TOO_FEW, "Too few to say", "Read several years together; no yearly change can be shown."),
    )
    judged = [each for each in run.assessments if not each.comparisons[0].is_left_unjudged]
    notes = []
    for verdict, term, advice in words:
        names = [each.indicator.name for each in judged if each.verdict is verdict]
        if names:
            notes.append(Note(f"{term} ({len(names)})", f"{list_names(names)}. {advice}"))
    return Notes((*notes, *_SOUGHT))


def assess_priorities(run: Run) -> DataTable:
    """Set beside each priority what its evidence bears, and below them what changed clearly outside all of them.

    Parameters
    ----------
    run : Run

    Returns
    -------
    DataTable
        The records do not choose priorities; the table says how well each can be seen.
    """
    outside = [each for each in run.assessments if each.verdict.is_clear and name_priority(run, each) == OUTSIDE]
    rows = [_weigh(run, each) for each in run.priorities]
    rows += [
        {
            "group": "Outside the priorities, and clearly changed",
            **_assessed(Cell(each.indicator.name, describe_own_period(each)), each),
        }
        for each in sorted(outside, key=lambda each: each.comparisons[0].evidence_rank)
    ]
    return build_table(
        rows,
        caption="The priorities and what might be one: how strong the evidence is",
        columns=(
            Column("name", "Priority or issue", is_row_heading=True),
            Column("now", "This year"),
            Column("verdict", "Verdict", is_verdict=True),
            Column("evidence", "Evidence"),
        ),
        group_by="group",
        note=(
            f"{EXPLAIN_EVIDENCE} Which priorities to keep, to drop or to add is the board's choice; the records say "
            "only how well each can be seen."
        ),
    )


def _weigh(run: Run, priority: Priority) -> dict[str, object]:
    heading, name = {"group": "The priorities of the strategy"}, f"{priority.number} {priority.name}"
    lead = find_lead(priority, run.catalogue)
    if lead is None:
        return {**heading, "name": name, "now": "–", "verdict": Verdict.NO_LOCAL_MEASURE.value, "evidence": "none"}
    own = run.assessment(lead.id)
    row = {**heading, **_assessed(Cell(name, _join(lead.name, describe_own_period(own))), own)}
    return row if priority.shows_change else {**row, "verdict": Cell("not judged"), "evidence": "says what was done"}


def _join(*words: str) -> str:
    return ", ".join(filter(None, words))


def _assessed(name: Cell, assessment: Assessment) -> dict[str, object]:
    comparison = assessment.comparisons[0]
    return {
        "name": name,
        "now": write_figure(assessment, comparison) if has_figure(assessment) else "–",
        "verdict": write_verdict(comparison),
        "evidence": grade_evidence(comparison),
    }


def _state(assessment: Assessment, *, is_new: bool) -> str:
    """Say what changed; of a level that shifted in the last quarter, that the year as a whole cannot show it yet."""
    if assessment.verdict.is_clear or not is_new:
        return state(assessment).text
    return (
        f"Its level shifted in the last quarter, which the year as a whole does not show yet. {state(assessment).text}"
    )


def _grade(comparison: Comparison, *, is_new: bool) -> str:
    strength = grade_evidence(comparison) if comparison.verdict.is_clear else ""
    return ", ".join(word for word in (strength, "new" if is_new else "") if word)


def build_people(run: Run) -> DataTable:
    """Set out what the year's figures say of people: victims, the young, and those who offend.

    Parameters
    ----------
    run : Run

    Returns
    -------
    DataTable
        An indicator that was not received has a row that says so.
    """
    people = run.contents.annual_assessment.people
    rows = [{"group": group, **_person_row(each)} for group, wanted in people.items() for each in _choose(run, wanted)]
    return build_table(
        rows,
        caption=f"People in {run.period.short_words}: victims, the young, and those who offend",
        columns=(
            Column("name", "Indicator", is_row_heading=True),
            Column("now", "This year"),
            Column("then", "Year before"),
            Column("change", "Change and 95% range"),
            Column("verdict", "Verdict", is_verdict=True),
        ),
        group_by="group",
        note=(
            "A person may be counted more than once, in one row and in several. Small type: the time of a figure that "
            "is not of the year."
        ),
    )


def describe_needs(run: Run, subject: str) -> Notes:
    """Gather what the year's figures say towards one assessment of needs, and what they leave open.

    Parameters
    ----------
    run : Run
    subject : str
        A chapter that `papers.yaml` names, such as `serious_violence`.

    Returns
    -------
    page.parts.Notes

    Raises
    ------
    RequestError
        For another subject.
    """
    chapters = run.contents.annual_assessment.needs
    if subject not in chapters:
        raise RequestError(f"There is no chapter of needs about '{subject}'; there are {list_names(list(chapters))}.")
    needs = chapters[subject]
    notes = [
        Note(term, " ".join(state(each).text for each in _choose(run, wanted)))
        for term, wanted in needs.parts.items()
        if _choose(run, wanted)
    ]
    return Notes((*notes, *_by_town(run, needs.by_town), Note("Not known", needs.not_known)))


def _choose(run: Run, wanted: Sequence[str]) -> list[Assessment]:
    by_id = {each.indicator.id: each for each in run.assessments}
    return [by_id[each] for each in wanted if each in by_id]


def _person_row(assessment: Assessment) -> dict[str, object]:
    comparison = assessment.comparisons[0]
    is_known = has_figure(assessment)
    before = comparison.baseline_count is not None or comparison.baseline_value is not None
    return {
        "name": Cell(name_with_area(assessment), describe_own_period(assessment)),
        "now": write_figure(assessment, comparison) if is_known else "not received whole",
        "then": write_figure(assessment, comparison, is_baseline=True) if before else "–",
        "change": describe_change_between(comparison),
        "verdict": write_verdict(comparison),
    }


def _by_town(run: Run, wanted: Sequence[str]) -> Iterator[Note]:
    """Say how a count of the police divides among the towns, where the area is divided."""
    for indicator in wanted:
        told = [
            f"{place.name} {format_count(each.count)}"
            for place, found in run.places
            for each in found
            if each.indicator.id == indicator and each.count is not None
        ]
        if told:
            yield Note(f"{run.catalogue.indicator(indicator).name} by town", f"{list_names(told)}.")
