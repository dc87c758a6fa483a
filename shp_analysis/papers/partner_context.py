"""What partners and the board put into a paper: comments, the delivery plan, questions asked, decisions sought.

All of it is theirs: dated, owned, printed as it came, and kept apart from what was worked out. Where nothing came, the
page says so, because silence would read as agreement. Rules of wording are advice here: the analyst hears of a claim
that nothing backs, and the words stay the partner's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from shp_analysis.config.priorities import NO_LOCAL_MEASURE, Priority, find_lead
from shp_analysis.page.data_tables import Cell, Column, DataTable, build_table
from shp_analysis.page.parts import CommentOnFigure, Note, Notes, PartnerContext
from shp_analysis.page.wording import check_wording
from shp_analysis.papers.run import Run
from shp_analysis.partners.comments import PartnerComment, describe_missing_comment, merge_comments
from shp_analysis.partners.delivery import NO_ACTION, BoardAction, DeliveryAction, DeliveryRag, list_asked, list_four_ps
from shp_analysis.partners.quarter_folder import PartnerFiles
from shp_analysis.text.words import list_names

MOST_DECISIONS = 3
"""A board that is asked for more decides none of them well."""
_NEVER_LATE = date.max


def list_comments(run: Run) -> PartnerContext:
    """Give what partners say of the paper's figures, dated and owned.

    Parameters
    ----------
    run : Run

    Returns
    -------
    PartnerContext
        In the order of the figures; empty where nobody commented, which `list_missing_comments` then says. A public
        edition has only what its owner released.
    """
    late = "; given after the day asked for"
    return PartnerContext(
        tuple(
            CommentOnFigure(
                about=each.measure,
                text=each.text,
                owner=each.owner,
                given_on=each.given_on,
                evidence_type=each.evidence_type.in_words + (late if each.is_late else ""),
            )
            for each in _merge(run)
            if each.given_on is not None and each.evidence_type is not None
        )
    )


def list_missing_comments(run: Run) -> Notes:
    """Say of which figures no partner commented by the day asked for.

    Parameters
    ----------
    run : Run

    Returns
    -------
    page.parts.Notes
        One note, on paper with their number in the place of their names; in a public edition it says only whether any
        comment was released.
    """
    merged, deadline = _merge(run), run.settings.comments_by
    silent = [each.measure for each in merged if not each.is_received]
    if run.audience.withholds_small_numbers:
        told = "Comments that their owners released are printed above." if merged else "None was released for print."
        return Notes((Note("Partners' comments", told),))
    if deadline is None:
        told = "No day was set by which partners were asked to comment; what came is printed."
        return Notes((Note("Partners' comments", told if merged else f"{told} Nothing came."),))
    if not silent:
        return Notes((Note("Partners' comments", "Every figure of this paper has a comment."),))
    line, figures = describe_missing_comment(deadline), {each.measure for each in merged}
    number = f"That is so for {len(silent)} of the paper's {len(figures)} figures; the web edition names them."
    return Notes((Note(line, f"Of {list_names(silent)}.", in_short=Note(line, number), unanswered=tuple(silent)),))


def list_delivery(run: Run) -> DataTable:
    """Set out the delivery plan under the four Ps, priority by priority.

    Parameters
    ----------
    run : Run

    Returns
    -------
    DataTable
        A row for every action, and one for those of the four Ps of a priority that have none.
    """
    rows = [row for each in run.priorities for row in _delivery_rows(run, each)]
    return build_table(
        rows,
        caption=f"Delivery plan, {run.asked_period.short_words}: what was to be done, and how far it is",
        columns=(
            Column("p", "P", is_row_heading=True),
            Column("action", "Action"),
            Column("lead", "Lead"),
            Column("progress", "Progress"),
            Column("delivery", "Delivery"),
            Column("outcome", "Would show in"),
        ),
        group_by="priority",
        note=(
            "Delivery is rated by the action's lead: R off track, A at risk, W not started, G on track, B complete. It "
            "says whether something was done, and nothing of whether it worked."
        ),
    )


def list_questions(run: Run) -> Notes:
    """List what the board asked and what it was answered: "You asked last time".

    Parameters
    ----------
    run : Run

    Returns
    -------
    page.parts.Notes
        What is open first; then what was answered since the last meeting. One note says so where there is neither.
    """
    asked = list_asked(run.partners.actions, as_of=run.as_of, last_meeting=run.settings.last_meeting)
    return Notes(
        tuple(_as_note(each) for each in asked)
        or (Note("Nothing", "No question of the board is recorded as open or as answered since it last met."),)
    )


def list_decisions(run: Run) -> Notes:
    """List what the board is asked to decide.

    Parameters
    ----------
    run : Run

    Returns
    -------
    page.parts.Notes
        What `run.yaml` asks first, then what the plan and the catalogue leave open; `MOST_DECISIONS` at most.
    """
    asked = [Note(f"Decision {number}", text) for number, text in enumerate(run.settings.decisions, start=1)]
    asked += [*_stuck_actions(run), *_missing_measures(run)]
    return Notes(
        tuple(asked[:MOST_DECISIONS]) or (Note("None", "This paper is to be noted; nothing is asked of the board."),)
    )


def advise_wording(files: PartnerFiles) -> tuple[str, ...]:
    """Tell the analyst which of partners' words claim more than a count shows; nothing is changed by it.

    Parameters
    ----------
    files : PartnerFiles

    Returns
    -------
    tuple of str
        One line a finding: whose text, the words, and what could be written instead.
    """
    return tuple(
        f"{whose}: '{finding.words}' ({finding.rule_id}). {finding.instead} Their words are printed as they are."
        for whose, text in _texts_of(files)
        for finding in check_wording(text)
    )


def _merge(run: Run) -> tuple[PartnerComment, ...]:
    deadline = run.settings.comments_by
    merged = merge_comments(
        [each.indicator for each in run.assessments],
        run.partners.commentary,
        deadline or _NEVER_LATE,
        as_of=run.as_of,
        for_public=run.audience.withholds_small_numbers,
    )
    return merged if deadline else tuple(each for each in merged if each.is_received)


def _delivery_rows(run: Run, priority: Priority) -> Iterator[dict[str, object]]:
    four = list_four_ps(run.partners.delivery_plan, priority)
    heading = {"priority": f"{priority.number} {priority.name}"}
    for row in four:
        yield from ({**heading, "p": row.p.value.capitalize(), **_describe(run, each)} for each in row.actions)
    without = [row.p.value for row in four if not row.actions]
    if without:
        nothing = {"action": NO_ACTION, "lead": "", "progress": "", "delivery": "", "outcome": ""}
        yield {**heading, "p": list_names(without).capitalize(), **nothing}


def _describe(run: Run, action: DeliveryAction) -> dict[str, object]:
    outcome = run.catalogue.indicator(action.outcome_indicator).name if action.outcome_indicator else ""
    return {
        "action": action.action,
        "lead": action.lead,
        "progress": action.progress,
        "delivery": Cell(action.delivery.letter, action.delivery.value),
        "outcome": outcome,
    }


def _as_note(action: BoardAction) -> Note:
    return Note(action.status.value.capitalize(), action.sentence)


def _stuck_actions(run: Run) -> Iterator[Note]:
    numbers = {str(each.number) for each in run.priorities}
    for each in run.partners.delivery_plan:
        if each.delivery is DeliveryRag.OFF_TRACK and each.priority in numbers:
            yield Note(f"Action {each.action_id}, off track", f"{each.lead} to say what it needs. {each.action}")


def _missing_measures(run: Run) -> Iterator[Note]:
    names = [each.name for each in run.priorities if find_lead(each, run.catalogue) is None]
    if names:
        yield Note(NO_LOCAL_MEASURE, f"Agree how {list_names(names)} should be measured.")


def _texts_of(files: PartnerFiles) -> Iterable[tuple[str, str]]:
    yield from ((f"{each.owner} on {each.indicator}", each.text) for each in files.commentary)
    for each in files.delivery_plan:
        yield f"Action {each.action_id}", f"{each.action}. {each.progress}"
    yield from ((f"Answer to {each.asked_by}", each.answer) for each in files.actions if each.answer)
