"""Text above or below the line in a cell: footnote marks, which a reader of values joins to the number before them.

A cell that shows 24 with a small raised 1 is 24 with a footnote, and its bare text is 241. Where the mark stands at one
end of the cell it is taken off; where there is doubt, its digits stay small (`1²4`, `¹²`), so that no reader takes them
for a number and the refusal shows them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

_RAISED_DIGITS, _LOWERED_DIGITS = "⁰¹²³⁴⁵⁶⁷⁸⁹", "₀₁₂₃₄₅₆₇₈₉"
_PLAIN_DIGITS = "0123456789"
_SIGN = r"(?:\d{1,3}|[a-z]|[*†‡§¶#~]{1,3})"
_MARK = re.compile(rf"[\[(]?(?:notes?\s*)?{_SIGN}(?:(?:\s*[,;&-]\s*|\s+and\s+|\s+){_SIGN})*[\])]?", re.IGNORECASE)
_ORDINAL = re.compile(r"\s*(?:st|nd|rd|th)\s*", re.IGNORECASE)
_UNIT = re.compile(r"(?i:.*\b[kcm]?m)|m")
_POWERS = frozenset({"2", "3"})
_END_IN_UNICODE = re.compile(
    rf"(?P<plain>.*?[^\s{_RAISED_DIGITS}])\s*(?P<mark>[{_RAISED_DIGITS}][{_RAISED_DIGITS},\s]*)"
)


class Height(StrEnum):
    """Where a run of text stands."""

    ON_THE_LINE = "baseline"
    RAISED = "superscript"
    LOWERED = "subscript"


@dataclass(frozen=True)
class Run:
    """A piece of a cell's text in one kind of type."""

    text: str
    height: Height = Height.ON_THE_LINE


@dataclass(frozen=True)
class Parted:
    """A cell's text, and the footnote mark that was taken off it, if any."""

    text: str
    mark: str = ""


def part_runs(runs: Sequence[Run]) -> Parted:
    """Part the text of a cell from a footnote mark.

    Parameters
    ----------
    runs : sequence of Run
        From left to right.

    Returns
    -------
    Parted
        The text without its mark where a raised mark stands at one end of it; else the text with raised and lowered
        digits as small ones. Ordinals (1st), units (km2) and words stay as they are.
    """
    full = [run for run in runs if run.text.strip()]
    plain = "".join(run.text for run in full if run.height is Height.ON_THE_LINE).strip()
    mark = "".join(run.text for run in full if run.height is not Height.ON_THE_LINE).strip(" ,;\n\t\u00a0")
    heights = [run.height for run in full]
    if not plain and any(map(str.isalpha, mark)):
        return Parted(mark)
    if not plain or Height.LOWERED in heights or not _is_at_one_end(heights):
        return Parted("".join(map(_write_small, full)).strip())
    if _ORDINAL.fullmatch(mark) or (mark in _POWERS and _UNIT.fullmatch(plain)) or not _MARK.fullmatch(mark):
        return Parted("".join(_write_small(run) if plain[-1].isdigit() else run.text for run in full).strip())
    return Parted(plain, mark)


def part_small_digits(text: str) -> Parted:
    """Part a text from the small raised digits of Unicode at its end: `"24¹"` is 24 with the mark 1."""
    found = _END_IN_UNICODE.fullmatch(text.strip())
    if not found:
        return Parted(text)
    mark = found["mark"].translate(str.maketrans(_RAISED_DIGITS, _PLAIN_DIGITS)).strip()
    return part_runs((Run(found["plain"]), Run(mark, Height.RAISED)))


def _is_at_one_end(heights: Sequence[Height]) -> bool:
    return sum(one is not other for one, other in pairwise(heights)) <= 1


def _write_small(run: Run) -> str:
    if run.height is Height.ON_THE_LINE:
        return run.text
    small = _RAISED_DIGITS if run.height is Height.RAISED else _LOWERED_DIGITS
    return run.text.translate(str.maketrans(_PLAIN_DIGITS, small))
