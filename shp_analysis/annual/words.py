"""What the chapters of the assessment have in common: a change, a verdict, a priority and the evidence, in words."""

from __future__ import annotations

from collections.abc import Sequence

from shp_analysis.assessments import Assessment
from shp_analysis.comparisons import Comparison
from shp_analysis.text.changes import write_change
from shp_analysis.text.lists import list_names
from shp_analysis.workbook import Run

MOST_NAMES = 6
OUTSIDE = "under none"
EXPLAIN_EVIDENCE = (
    "Evidence: strong, a change clear at 99.8%; moderate, clear at 95%; not clear, compared and no clear change; weak, "
    "a figure with nothing to test it against; none, no figure."
)


def say_change(comparison: Comparison) -> str:
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
