"""A stretch of a folded text that holds somebody's particulars."""

from __future__ import annotations

from typing import NamedTuple


class Span(NamedTuple):
    """What a stretch looks like, and where it stands in the folded text."""

    kind: str
    start: int
    end: int
