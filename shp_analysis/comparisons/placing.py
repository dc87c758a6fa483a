"""Whether two periods are alike in their records without a place, and the words where they are not."""

from __future__ import annotations

from dataclasses import dataclass

from shp_analysis.measures import Unplaced
from shp_analysis.periods import Period

WRITTEN_WHOLE_FROM = 9.95
"""Per cent; smaller percentages are written with a decimal."""


@dataclass(frozen=True)
class Placing:
    """Records without a place in two periods.

    Attributes
    ----------
    now, then : Unplaced
    largest_shift : float
        By how many percentage points their shares may differ.
    """

    now: Unplaced
    then: Unplaced
    largest_shift: float

    @property
    def has_jumped(self) -> bool:
        """Whether the shares differ by more than that, and by more than chance alone would make them."""
        return self.now.differs_from(self.then, self.largest_shift)


def say_jumped(placing: Placing, period: Period, baseline: Period) -> str:
    """Say that a comparison would be one of records without a place."""
    return f"It cannot be compared with {baseline.short_words}: {_say_both(placing, period, baseline)}."


def say_dependent(placing: Placing, period: Period, baseline: Period) -> str:
    """Say that a change is no longer clear once records without a place are shared out."""
    return (
        f"It cannot be compared with {baseline.short_words}: the difference is not clear once records without a place "
        f"are shared out. {_say_both(placing, period, baseline)}."
    )


def say_unplaced(unplaced: Unplaced) -> str:
    """Say how many of a force's records have no place: `315 of 900 records of Cheshire Constabulary (35%)`."""
    percent = f"{unplaced.percent:.{0 if unplaced.percent >= WRITTEN_WHOLE_FROM else 1}f}"
    return f"{unplaced.records:,} of {unplaced.whole:,} records of {unplaced.whose} ({percent}%)"


def _say_both(placing: Placing, period: Period, baseline: Period) -> str:
    now, then = say_unplaced(placing.now), say_unplaced(placing.then).replace(f" records of {placing.then.whose}", "")
    return f"{now} have no place in {period.short_words}, and {then} in {baseline.short_words}"
