"""Which significance test decided a verdict, as a value; `text.significance` puts it into words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

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
