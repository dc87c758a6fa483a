"""What page charts say in words: that nothing can be drawn, and which breaks are marked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from shp_analysis.assessment.assessments import Assessment
from shp_analysis.config.catalogue import SeriesBreak
from shp_analysis.page.parts import Note, Notes
from shp_analysis.papers.gated_counts import NotShown
from shp_analysis.text.sentences import name_with_area
from shp_analysis.text.words import list_names


def describe_not_received(assessments: Sequence[Assessment]) -> Notes:
    """Say that nothing can be drawn, in the place of a chart without a line in it."""
    return Notes(tuple(Note(name_with_area(each), _why_no_chart(each)) for each in assessments))


def explain_not_shown(reason: NotShown, assessment: Assessment) -> Notes:
    """Say in the place of a chart that its numbers were not received, or are withheld in the edition."""
    if reason is NotShown.WITHHELD:
        return Notes((Note(name_with_area(assessment), _WITHHELD),))
    return describe_not_received([assessment])


_WITHHELD = "No chart is drawn: the figures are withheld in this edition."


def _why_no_chart(assessment: Assessment) -> str:
    if assessment.is_suppressed:
        return _WITHHELD
    return "No chart is drawn: nothing of it has been received."


def list_breaks(assessment: Assessment, first: date, last: date) -> tuple[SeriesBreak, ...]:
    """List the breaks that touch the days shown."""
    return tuple(each for each in assessment.breaks if each.first_day <= last and each.settled_day >= first)


def name_breaks(breaks: Sequence[SeriesBreak]) -> tuple[str, ...]:
    """Say which breaks a chart marks; `findings.explain_breaks` says once for a page what they are."""
    if not breaks:
        return ()
    names = list_names(list(dict.fromkeys(each.name for each in breaks)))
    return (f"{names}: {'a recording change' if len(breaks) == 1 else 'recording changes'}, explained below.",)
