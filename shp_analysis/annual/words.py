"""What the chapters of the assessment have in common: a change, a verdict, a priority and chance, in words."""

from __future__ import annotations

from collections.abc import Sequence

from shp_analysis.assessments import Assessment
from shp_analysis.briefing.data_tables import Cell
from shp_analysis.comparisons import Comparison, Verdict
from shp_analysis.sentences import list_names, state_tested
from shp_analysis.workbook import Run

MOST_NAMES = 6
STRONG_P_VALUE = 0.002
"""At 99.8%, which chance alone seldom reaches."""
CHANCE_OF_A_FALSE_SIGNAL = 0.05
OUTSIDE = "under none"
EXPLAIN_EVIDENCE = (
    "Evidence: strong, a change clear at 99.8%; moderate, clear at 95%; within chance, compared and not clear; weak, a "
    "figure with nothing to test it against; none, no figure."
)


def say_change(comparison: Comparison) -> str:
    """Write a change with its range; a dash where none may be given."""
    return state_tested(comparison) if comparison.verdict.shows_percent else "–"


def say_verdict(comparison: Comparison) -> str | Cell:
    """Write a verdict as a table's cell has it."""
    if not comparison.is_judged and comparison.verdict is Verdict.TOO_FEW:
        return Cell("not judged")
    return comparison.verdict.value + (" slightly" if comparison.is_slight else "")


def find_p_value(comparison: Comparison) -> float:
    """Give the p-value of a comparison; 1 where none was made."""
    return 1.0 if comparison.p_value is None else comparison.p_value


def name_priority(run: Run, assessment: Assessment) -> str:
    """Name the priority that an indicator is counted under, or say that it is under none."""
    number = assessment.indicator.priority
    found = next((each for each in run.priorities if each.number == number), None)
    return found.name if found else OUTSIDE


def say_chance(compared: int) -> str:
    """Say how many of so many comparisons would look clear by chance."""
    expected = compared * CHANCE_OF_A_FALSE_SIGNAL
    words = "fewer than one" if expected < 1 else f"about {expected:.0f}"
    return f"Of the {compared} compared, {words} would look clear by chance alone."


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
        `strong` and `moderate` of a change that is clear at 99.8 % and at 95 %; `within chance` where it was tested and
        is not clear; `weak` where there is a figure and nothing to test; `none` where there is no figure.
    """
    if comparison.verdict.is_clear:
        return "strong" if find_p_value(comparison) < STRONG_P_VALUE else "moderate"
    if comparison.verdict.shows_percent:
        return "within chance"
    return "weak" if comparison.count is not None or comparison.value is not None else "none"
