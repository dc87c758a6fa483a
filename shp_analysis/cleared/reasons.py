"""Why there is nothing to draw."""

from __future__ import annotations

from enum import Enum, auto


class NotShown(Enum):
    """Why a chart has no numbers."""

    NOT_RECEIVED = auto()
    """Nothing, or not all of the period, was received."""
    WITHHELD = auto()
    """The edition's readers may not see it."""
    NO_RESIDENTS = auto()
    """Residents by neighbourhood were not received."""
    NO_DEPRIVATION_INDEX = auto()
    """The index of deprivation was not received."""
