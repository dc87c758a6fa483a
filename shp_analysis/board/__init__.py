"""The board summary: one side of A4 for somebody who reads nothing else before the meeting.

Nine rows in the strategy's order, which is not a ranking. Whether a figure moved and whether the work was done stand in
two columns and never in one word. What could not be compared is named as plainly as what could.
"""

from shp_analysis.board.meetings import list_changes, list_delivery_changes
from shp_analysis.board.rows import build_priorities
from shp_analysis.board.summary import (
    build_boxes,
    describe_footing,
    list_conversations,
    list_incomparable,
    state_age,
    state_tally,
)

__all__ = [
    "build_boxes",
    "build_priorities",
    "describe_footing",
    "list_changes",
    "list_conversations",
    "list_delivery_changes",
    "list_incomparable",
    "state_age",
    "state_tally",
]
