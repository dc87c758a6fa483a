"""What is new over all series of a paper at once: levels that have just shifted, beside how many chance would make."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np

from shp_analysis.assessment.new_signals import NewSignal, NewSignals
from shp_analysis.page.parts import Note, Notes
from shp_analysis.page.style import format_count
from shp_analysis.papers.run import Run
from shp_analysis.statistics.early_warning import FEWEST_EVENTS, FEWEST_QUARTERS, Direction, Standing
from shp_analysis.text.sentences import name_with_area
from shp_analysis.text.words import list_names

_UNJUDGED: Mapping[Standing, str] = {
    Standing.NEW: "",
    Standing.NOTHING_NEW: "",
    Standing.TOO_SHORT: f"with fewer than {FEWEST_QUARTERS} comparable quarters",
    Standing.TOO_FEW: f"with fewer than {FEWEST_EVENTS:.0f} events a quarter",
    Standing.INCOMPLETE: "without all of the latest quarter",
}
"""Why a series was not judged; nothing for those that were."""


def describe_new_signals(run: Run) -> Notes:
    """Say which levels have newly shifted, since when and by how much, over all series of a paper together.

    Parameters
    ----------
    run : Run
        Of any paper.

    Returns
    -------
    page.parts.Notes
        One for each, the clearest first; the last says how many were looked at, how many false ones are to be expected
        of so many, and how many could not be looked at.
    """
    found = run.new_signals
    notes = tuple(Note(name_with_area(each.assessment), describe_new_signal(each)) for each in found.signals)
    return Notes((*notes, _tell_search(found)))


def describe_new_signal(signal: NewSignal) -> str:
    """Say that a level has newly shifted, since when, and what it would have brought unshifted.

    Parameters
    ----------
    signal : NewSignal

    Returns
    -------
    str
        In counts: the size is a ratio of levels, and a percentage of no two counts is not printed.
    """
    where = "higher" if signal.warning.direction is Direction.UP else "lower"
    likely = signal.since.short_words
    span = f"from {signal.since_earliest.short_words} to {signal.since_latest.short_words}"
    is_dated = signal.since_earliest == signal.since_latest
    began = f"in {likely}" if is_dated else f"at some time {span}, most likely in {likely}"
    shift = f"The level is newly {where}, season allowed for; the shift began {began}."
    return f"{shift} {size}" if (size := _state_size(signal)) else shift


def _state_size(signal: NewSignal) -> str:
    size = signal.size
    if size is None:
        return ""
    likely, lower, upper = (format_count(each) for each in (size.expected, size.lower, size.upper))
    return (
        f"Since then {format_count(size.counted)} were counted; the level before would have brought {likely} (95% "
        f"range {lower} to {upper})."
    )


def _tell_search(found: NewSignals) -> Note:
    reasons = Counter(Standing(reason) for _, reason in found.unjudged)
    others = [f"{number} {_UNJUDGED[reason]}" for reason, number in reasons.items()]
    if not found.judged:
        why = list_names(others) if others else "none is counted by month or quarter"
        return Note("Nothing could be looked at", f"No series has a long enough course: {why}.")
    together = "One series was" if found.judged == 1 else f"{found.judged} series were"
    when = f" at the end of {found.quarter.short_words}" if found.quarter else ""
    left = f" Not looked at: {list_names(others)}." if others else ""
    title = "How far this holds" if found.signals else "Nothing new"
    size = " A shift was looked for where it is largest, so a small one is overstated." if found.signals else ""
    return Note(title, f"{together} looked at together{when}. {_expect_false(found.expected_false)}{size}{left}")


def _expect_false(expected: float) -> str:
    return (
        "Were nothing to change in any of them, at most one quarter in "
        f"{format_count(np.floor(1 / expected))} would bring a false sign."
    )
