"""What stands above and below the nine rows: the tally, and the boxes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from shp_analysis.assessments import Assessment, NewSignal, count_verdicts
from shp_analysis.board.recordings import group_by_break, say_apart
from shp_analysis.briefing.parts import Headlines, Note, Notes, Sentence
from shp_analysis.comparisons import Verdict
from shp_analysis.partners import list_asked
from shp_analysis.periods import Period, Quarter
from shp_analysis.sentences import expect_false, state_title
from shp_analysis.text.dates import say_day
from shp_analysis.text.lists import list_names
from shp_analysis.wordings import capitalise
from shp_analysis.workbook import Run

MOST_CONVERSATIONS = 3
MOST_REASONS = 2
"""More reasons why things cannot be compared stand in the themes' papers."""
MOST_NAMES = 3
MOST_QUESTIONS = 2


def state_tally(run: Run) -> Headlines:
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
    decisions : briefing.parts.Notes
        What the board is asked (`partner_context.list_decisions`).

    Returns
    -------
    briefing.parts.Notes
        What is worth a conversation, what cannot be compared and why, what was asked last time, decisions sought; then
        to which day the figures reach, and under which number the run is found again.
    """
    return Notes(
        (
            Note("New, or worth a conversation", " ".join(each.text for each in list_conversations(run).sentences)),
            *(Note(f"Cannot be compared: {each.term}", each.text) for each in list_incomparable(run).items),
            Note("You asked last time", _recall_questions(run)),
            Note("Decisions sought", " ".join(map(_as_sentence, decisions.items))),
            *describe_footing(run).items,
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
    briefing.parts.Notes
        The recording changes that stand between, the one that touches most indicators first and `MOST_REASONS` at
        most; then what did not arrive whole.
    """
    changes = list(group_by_break(run.assessments))
    notes = [Note(_name_some(names), say_apart(reason)) for reason, names in changes[:MOST_REASONS]]
    others = {name for _, names in changes[MOST_REASONS:] for name in names}
    late = [each.indicator.name for each in run.assessments if each.verdict is Verdict.INCOMPLETE]
    told = [f"{len(others)} because of other changes in recording"] if others else []
    told += [f"{_name_some(late)} because not all of it was received"] if late else []
    if told:
        number = len(others) + len(late)
        notes.append(Note("1 other" if number == 1 else f"{number} others", f"{capitalise('; '.join(told))}."))
    return Notes(tuple(notes) or (Note("Nothing", "Every indicator could be compared with the year before."),))


def describe_footing(run: Run) -> Notes:
    """Say to which day the figures reach, and under which number the run can be found again."""
    ends = Counter(each.data_to for each in run.assessments if each.data_to)
    if not ends:
        return Notes((Note("Data to", f"No day; nothing was received. Run {run.run_id}."),))
    last = max(ends)
    earlier = ends.total() - ends[last]
    told = f"{say_day(last)} for {ends[last]} indicators" + (f", an earlier day for {earlier}" if earlier else "")
    age = state_age(run.asked_period, run.as_of)
    return Notes((Note("Data to", f"{told}. {age} Run {run.run_id}; its figures are the rows of results.csv."),))


def state_age(period: Period, as_of: date) -> str:
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
    >>> state_age(Quarter("2010-11 Q3"), date(2011, 2, 15))
    'Written 46 days after the end of the quarter.'
    """
    days = period.days_since_end(as_of)
    kind = "quarter" if isinstance(period, Quarter) else "period"
    return f"Written {days:,} day{'' if days == 1 else 's'} after the end of the {kind}."


def _recall_questions(run: Run) -> str:
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
    return Sentence(f"{state_title(assessment)}.", assessment.verdict.value)


def _name_some(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"


def _as_sentence(note: Note) -> str:
    text = f"{note.term}: {note.text}"
    return text if text.endswith((".", "?", "!")) else f"{text}."
