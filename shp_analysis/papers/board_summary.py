"""The board summary: one side of A4 for somebody who reads nothing else before the meeting."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from shp_analysis.assessment.assessments import Assessment
from shp_analysis.assessment.new_signals import NewSignal, count_verdicts
from shp_analysis.assessment.verdicts import Comparison, Reason, Verdict
from shp_analysis.charts.sparklines import draw_sparkline
from shp_analysis.config.catalogue import Kind, SeriesBreak
from shp_analysis.config.priorities import NO_LOCAL_MEASURE, Priority, find_lead
from shp_analysis.page.data_tables import Cell, Column, DataTable, build_table
from shp_analysis.page.parts import Headlines, Note, Notes, Sentence
from shp_analysis.page.style import format_count, format_rate
from shp_analysis.papers.run import Run
from shp_analysis.papers.scorecard import PEERS_NOTE, write_comparators_cell
from shp_analysis.partners.delivery import find_delivery_changes, list_asked, summarise_delivery
from shp_analysis.reference.period_spellings import write_day, write_month
from shp_analysis.reference.periods import Month, Period, Quarter, YearEnding
from shp_analysis.text.changes import write_change
from shp_analysis.text.reasons import say
from shp_analysis.text.sentences import ONE_IN_TWENTY, expect_false, state, write_figure, write_title
from shp_analysis.text.words import capitalise, list_names


def group_by_break(assessments: Iterable[Assessment]) -> Iterator[tuple[SeriesBreak | Reason, list[str]]]:
    """Group what is not comparable by the recording change that stands between, the one that touches most first."""
    groups: dict[SeriesBreak | Reason, list[str]] = {}
    for each in assessments:
        comparison = each.comparisons[0]
        if comparison.verdict is Verdict.NOT_COMPARABLE:
            groups.setdefault(find_break(comparison) or comparison.reasons[0], []).append(each.indicator.name)
    yield from sorted(groups.items(), key=lambda item: -len(item[1]))


def find_break(comparison: Comparison) -> SeriesBreak | None:
    """Give the confirmed recording change that stands between the two periods."""
    apart = (each for each in comparison.breaks if each.separates(comparison.baseline, comparison.period))
    return next((each for each in apart if each.is_confirmed), None)


def write_apart(reason: SeriesBreak | Reason) -> str:
    """Say why nothing is compared, in one sentence."""
    if isinstance(reason, SeriesBreak):
        return f"{capitalise(reason.what_changed)} ({write_month(reason.first_day)})."
    return say(reason)


def list_changes(run: Run) -> DataTable:
    """List the indicators of which something else is said now than of the period that the last meeting heard of.

    Parameters
    ----------
    run : Run

    Returns
    -------
    DataTable
        Both periods as their figures stand now, so that a revision is not taken for news.
    """
    before = {each.indicator.id: each for each in run.assessments_before}
    rows = [
        {
            "name": each.indicator.name,
            "was": before[each.indicator.id].verdict.value,
            "is": each.verdict.value,
            "words": state(each).text,
        }
        for each in run.assessments
        if each.verdict is not before[each.indicator.id].verdict
    ]
    nothing = {"name": "None", "was": Cell("–"), "is": Cell("–"), "words": "The same is said of every indicator."}
    return build_table(
        rows or [nothing],
        caption="Indicators of which something else is said than last time",
        columns=(
            Column("name", "Indicator", is_row_heading=True),
            Column("was", f"{run.asked_period.previous().short_words}", is_verdict=True),
            Column("is", f"{run.period.short_words}", is_verdict=True),
            Column("words", "What may be said now"),
        ),
        note=f"A verdict that differs is not by itself a change. {ONE_IN_TWENTY}",
    )


def list_delivery_changes(run: Run) -> Notes:
    """List the actions that their leads rate otherwise than a quarter ago, and those that are new."""
    if not run.partners_before.delivery_plan:
        told = "The plan of the quarter before is not at hand, so nothing can be said of what changed."
        return Notes((Note("Delivery", told),))
    changes = find_delivery_changes(run.partners.delivery_plan, run.partners_before.delivery_plan)
    return Notes(
        tuple(Note(each.action.action_id, each.sentence) for each in changes)
        or (Note("Delivery", "Every action is rated as it was a quarter ago."),)
    )


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
    of_area = f", {assessment.area.name}" if assessment.area.code != run.area.code else ""
    when = f", {_name_period(assessment.period)}" if assessment.paper_period else ""
    is_reported = priority.shows_change and not assessment.is_suppressed
    return {
        "name": Cell(name, f"{lead.name}{of_area}{when}"),
        "verdict": assessment.verdict.value if is_reported else Cell("not judged"),
        "course": draw_sparkline(assessment),
        "peers": write_comparators_cell(run, assessment),
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
    return "–" if count is None else write_figure(assessment, comparison, is_baseline=is_baseline)


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
        return f"Not compared with {write_month(since.first_day)} to {Month(since.until_month).in_words}."
    return f"Not compared: recorded otherwise since {write_month(since.first_day)}."


def _tested(comparison: Comparison) -> str:
    """Write the change and its range as briefly as a row allows."""
    written = write_change(comparison)
    return f"{written.percent}, range {written.interval}" if written.percent else written.in_full


def _delivery(run: Run, priority: Priority) -> Cell:
    summary = summarise_delivery(run.partners.delivery_plan, priority)
    return Cell(f"{summary.worst.letter} {summary.worst.value}") if summary.worst else Cell("– no action")


def _name_period(period: Period) -> str:
    return f"year to {write_month(period.end)}" if isinstance(period, YearEnding) else period.short_words


MOST_CONVERSATIONS = 3
MOST_REASONS = 2
"""More reasons why things cannot be compared stand in the themes' papers."""
MOST_NAMES = 3
MOST_QUESTIONS = 2


def describe_tally(run: Run) -> Headlines:
    """Say how many indicators moved, beside how many would look so though nothing had changed.

    Parameters
    ----------
    run : Run

    Returns
    -------
    Headlines
        One sentence.
    """
    counts, unjudged = count_verdicts(run.assessments)
    compared = sum(counts[verdict] for verdict in Verdict if verdict.shows_percent)
    said = [
        f"{counts[verdict]} {words}"
        for verdict, words in (
            (Verdict.UP, "clearly up"),
            (Verdict.DOWN, "clearly down"),
            (Verdict.NO_CLEAR_CHANGE, "no clear change"),
            (Verdict.TOO_FEW, "too few to say"),
            (Verdict.NOT_COMPARABLE, "not comparable"),
            (Verdict.INCOMPLETE, "incomplete"),
            (Verdict.NO_LOCAL_MEASURE, "without an agreed measure"),
        )
        if counts[verdict]
    ]
    said += [f"{unjudged} not judged"] if unjudged else []
    text = f"Of {len(run.assessments)} indicators: {list_names(said)}."
    return Headlines((Sentence(f"{text} {expect_false(compared)}" if compared else text),))


def build_boxes(run: Run, *, decisions: Notes) -> Notes:
    """Set the boxes of the summary beside one another, so that all of it stays on one side of paper.

    Parameters
    ----------
    run : Run
    decisions : page.parts.Notes
        What the board is asked (`partner_context.list_decisions`).

    Returns
    -------
    page.parts.Notes
        What is worth a conversation, what cannot be compared and why, what was asked last time, decisions sought; then
        to which day the figures reach, and under which number the run is found again.
    """
    return Notes(
        (
            Note("New, or worth a conversation", " ".join(each.text for each in list_conversations(run).sentences)),
            *(Note(f"Cannot be compared: {each.term}", each.text) for each in list_incomparable(run).items),
            Note("You asked last time", _list_open_questions(run)),
            Note("Decisions sought", " ".join(map(_as_sentence, decisions.items))),
            *describe_basis(run).items,
        )
    )


def list_conversations(run: Run) -> Headlines:
    """Choose what is worth a conversation: new shifts of level first, then the changes clear at 99.8%.

    Parameters
    ----------
    run : Run

    Returns
    -------
    Headlines
        `MOST_CONVERSATIONS` at most, the strongest evidence first; one sentence saying so where there is nothing.
    """
    new = run.new_signals.signals
    told = {each.assessment.indicator.id for each in new}
    strong = sorted(
        (each for each in run.assessments if each.comparisons[0].is_strong and each.indicator.id not in told),
        key=lambda each: each.comparisons[0].evidence_rank,
    )
    sentences = [*map(_state_signal, new), *map(_state_shortly, strong)][:MOST_CONVERSATIONS]
    nothing = Sentence("No level has newly shifted, and no change passes the strict test (99.8% confidence).")
    return Headlines(tuple(sentences) or (nothing,))


def list_incomparable(run: Run) -> Notes:
    """Say what cannot be compared in this paper, and why.

    Parameters
    ----------
    run : Run

    Returns
    -------
    page.parts.Notes
        The recording changes that stand between, the one that touches most indicators first and `MOST_REASONS` at
        most; then what did not arrive whole.
    """
    changes = list(group_by_break(run.assessments))
    notes = [Note(_name_some(names), write_apart(reason)) for reason, names in changes[:MOST_REASONS]]
    others = {name for _, names in changes[MOST_REASONS:] for name in names}
    late = [each.indicator.name for each in run.assessments if each.verdict is Verdict.INCOMPLETE]
    told = [f"{len(others)} because of other changes in recording"] if others else []
    told += [f"{_name_some(late)} because not all of it was received"] if late else []
    if told:
        number = len(others) + len(late)
        notes.append(Note("1 other" if number == 1 else f"{number} others", f"{capitalise('; '.join(told))}."))
    return Notes(tuple(notes) or (Note("Nothing", "Every indicator could be compared with the year before."),))


def describe_basis(run: Run) -> Notes:
    """Say to which day the figures reach, and under which number the run can be found again."""
    ends = Counter(each.data_to for each in run.assessments if each.data_to)
    if not ends:
        return Notes((Note("Data to", f"No day; nothing was received. Run {run.run_id}."),))
    last = max(ends)
    earlier = ends.total() - ends[last]
    told = f"{write_day(last)} for {ends[last]} indicators" + (f", an earlier day for {earlier}" if earlier else "")
    age = write_age(run.asked_period, run.as_of)
    return Notes((Note("Data to", f"{told}. {age} Run {run.run_id}; its figures are the rows of results.csv."),))


def write_age(period: Period, as_of: date) -> str:
    """Say how long after its period a paper was written.

    Parameters
    ----------
    period : Period
    as_of : date
        The day the paper is written.

    Returns
    -------
    str
        One sentence.

    Examples
    --------
    >>> write_age(Quarter("2010-11 Q3"), date(2011, 2, 15))
    'Written 46 days after the end of the quarter.'
    """
    days = period.days_since_end(as_of)
    kind = "quarter" if isinstance(period, Quarter) else "period"
    return f"Written {days:,} day{'' if days == 1 else 's'} after the end of the {kind}."


def _list_open_questions(run: Run) -> str:
    asked = list_asked(run.partners.actions, as_of=run.as_of, last_meeting=run.settings.last_meeting)
    told = [
        f"{each.status.value.capitalize()}: {each.question} {each.answer}".strip() for each in asked[:MOST_QUESTIONS]
    ]
    if len(asked) > MOST_QUESTIONS:
        told.append(f"{len(asked) - MOST_QUESTIONS} more are open or answered.")
    return " ".join(told) or "Nothing is recorded as open, or as answered since the last meeting."


def _state_signal(signal: NewSignal) -> Sentence:
    where = "higher" if str(signal.warning.direction) == "up" else "lower"
    span = (
        f"some time from {signal.since_earliest.short_words} to {signal.since_latest.short_words}"
        if signal.since_earliest != signal.since_latest
        else f"in {signal.since.short_words}"
    )
    text = f"{signal.assessment.indicator.name}: newly {where} than its seasons explain, beginning {span}."
    return Sentence(text, None)


def _state_shortly(assessment: Assessment) -> Sentence:
    return Sentence(f"{write_title(assessment)}.", assessment.verdict.value)


def _name_some(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"


def _as_sentence(note: Note) -> str:
    text = f"{note.term}: {note.text}"
    return text if text.endswith((".", "?", "!")) else f"{text}."
