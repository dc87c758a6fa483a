"""Which significance test decided a verdict, as a value, and the only words in which a page speaks of it.

"Chance alone" is said only of a test that allowed for nothing else, or where it was worked out beside the test
that decided. A test against a series' own history speaks of its usual variation, or of a history too short to tell.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from shp_analysis.period_spellings import MONTHS_IN_QUARTER, MONTHS_IN_YEAR
from shp_analysis.statistics.changes import CONFIDENCE, LONG_HISTORY_MONTHS, Dispersion


class Model(StrEnum):
    """What a difference was tested against."""

    CHANCE = "chance alone"
    CHANCE_ASSUMED = "chance alone, no history"
    SHARES = "chance alone, two shares"
    USUAL_VARIATION = "usual variation"
    SHORT_HISTORY = "short history"
    PUBLISHED_RANGES = "published ranges"


@dataclass(frozen=True)
class SignificanceTest:
    """The test that decided a verdict.

    Attributes
    ----------
    model : Model
        `CHANCE` of stocks and ratios, `SHARES` of shares (Newcombe's interval), `PUBLISHED_RANGES` of published
        figures. Counts and scores are tested against the variation of their own history; `SHORT_HISTORY` where it has
        fewer than 24 periods (Student's t makes the range wider), `CHANCE_ASSUMED` where it shows nothing.
    p_value_by_chance : float or None
        Two-sided, by chance alone, whatever was tested. None of scores and published figures, of which chance alone
        says nothing.
    history : int
        How many comparable periods show the usual variation.
    months_each : int
        How long each of these periods is.
    """

    model: Model
    p_value_by_chance: float | None = None
    history: int = 0
    months_each: int = 1

    @property
    def is_beyond_chance(self) -> bool:
        """Whether the difference is more than chance alone would produce, whatever else was allowed for."""
        return self.p_value_by_chance is not None and self.p_value_by_chance < 1 - CONFIDENCE


def describe_test(dispersion: Dispersion, p_value_by_chance: float | None) -> SignificanceTest:
    """Say which test was made of counts whose series has such a dispersion.

    Parameters
    ----------
    dispersion : Dispersion
    p_value_by_chance : float or None
        None of a weighted score.

    Returns
    -------
    SignificanceTest
    """
    if not dispersion.months and dispersion.of_sums == 1:
        return SignificanceTest(Model.CHANCE_ASSUMED, p_value_by_chance)
    model = Model.SHORT_HISTORY if 0 < dispersion.months < LONG_HISTORY_MONTHS else Model.USUAL_VARIATION
    return SignificanceTest(model, p_value_by_chance, dispersion.months, dispersion.months_each)


def say_history(test: SignificanceTest) -> str:
    """Say how long a history is: `7 comparable months`, `11 comparable quarters`."""
    return f"{test.history} comparable {_PERIODS.get(test.months_each, 'periods')}"


def explain_change(test: SignificanceTest) -> str:
    """Say what a clear change is more than; it goes on from "the difference is"."""
    match test.model:
        case Model.USUAL_VARIATION:
            return "beyond its usual variation"
        case Model.SHORT_HISTORY:
            return f"beyond its variation over {say_history(test)}"
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
            return f"within {whose} variation over {say_history(test)}"
        case Model.SHORT_HISTORY if test.is_beyond_chance:
            return f"{start}{say_history(test)} are too few to tell"
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
            return f"judged on {say_history(test)}"
        case Model.PUBLISHED_RANGES:
            return "judged on the published ranges"
        case _:
            return "allowing for chance alone"


def explain_history(test: SignificanceTest) -> str:
    """Say what a short history, or none, does to a range; nothing where the history is long, or was not asked."""
    match test.model:
        case Model.CHANCE_ASSUMED:
            return "No history is long enough to show the usual variation, so the 95% range allows for chance alone."
        case Model.SHORT_HISTORY:
            return f"Only {say_history(test)} show the usual variation, so the 95% range is wider."
        case _:
            return ""


_PERIODS: Mapping[int, str] = {1: "months", MONTHS_IN_QUARTER: "quarters", MONTHS_IN_YEAR: "years"}
