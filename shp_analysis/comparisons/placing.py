"""Whether two periods are alike in their records without a place."""

from __future__ import annotations

from dataclasses import dataclass

from shp_analysis.measures import Unplaced


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
