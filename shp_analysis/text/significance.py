"""The only words in which a page speaks of a significance test.

"Chance alone" is said only of a test that allowed for nothing else, or where it was worked out beside the test
that decided. A test against a series' own history speaks of its usual variation, or of a history too short to tell.
"""

from __future__ import annotations

from collections.abc import Mapping

from shp_analysis.assessment.verdicts import Model, SignificanceTest
from shp_analysis.reference.period_spellings import MONTHS_IN_QUARTER, MONTHS_IN_YEAR


def describe_history(periods: int, months_each: int) -> str:
    """Say how long a history is: `7 comparable months`, `11 comparable quarters`."""
    return f"{periods} comparable {_PERIODS.get(months_each, 'periods')}"


def _describe_history_of(test: SignificanceTest) -> str:
    return describe_history(test.history, test.months_each)


def explain_change(test: SignificanceTest) -> str:
    """Say what a clear change is more than; it goes on from "the difference is"."""
    match test.model:
        case Model.USUAL_VARIATION:
            return "beyond its usual variation"
        case Model.SHORT_HISTORY:
            return f"beyond its variation over {_describe_history_of(test)}"
        case Model.PUBLISHED_RANGES:
            return "beyond the published ranges"
        case _:
            return "larger than chance alone would produce"


def explain_no_change(test: SignificanceTest, whose: str = "its") -> str:
    """Say why a difference is no clear change; it goes on from "the difference is".

    Examples
    --------
    >>> explain_no_change(SignificanceTest(Model.SHORT_HISTORY, 0.00004, history=7))
    'more than chance alone, but 7 comparable months are too few to tell'
    """
    start = "more than chance alone, but " if test.is_beyond_chance else ""
    match test.model:
        case Model.USUAL_VARIATION:
            return f"{start}within {whose} usual variation"
        case Model.SHORT_HISTORY if test.p_value_by_chance is None:
            return f"within {whose} variation over {_describe_history_of(test)}"
        case Model.SHORT_HISTORY if test.is_beyond_chance:
            return f"{start}{_describe_history_of(test)} are too few to tell"
        case Model.PUBLISHED_RANGES:
            return "within the published ranges"
        case _:
            return "within what chance alone would produce"


def explain_range(test: SignificanceTest) -> str:
    """Say what the range of a change allows for; nothing where that is the usual variation of a long history."""
    match test.model:
        case Model.USUAL_VARIATION:
            return ""
        case Model.SHORT_HISTORY:
            return f"judged on {_describe_history_of(test)}"
        case Model.PUBLISHED_RANGES:
            return "judged on the published ranges"
        case _:
            return "allowing for chance alone"


_PERIODS: Mapping[int, str] = {1: "months", MONTHS_IN_QUARTER: "quarters", MONTHS_IN_YEAR: "years"}
