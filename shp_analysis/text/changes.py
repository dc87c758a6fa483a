"""A change with its 95% range, for a sentence and for a cell of a table."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from shp_analysis.assessment.verdicts import Comparison
from shp_analysis.config.catalogue import Kind
from shp_analysis.page.style import (
    SMALLEST_PERCENT_BASE,
    count_decimals,
    format_change_count,
    format_change_percent,
    format_percent,
    format_percent_range,
)
from shp_analysis.statistics.changes import Change
from shp_analysis.statistics.proportions import Difference


@dataclass(frozen=True)
class WrittenChange:
    """The written parts of a change; a part that there is not is empty.

    Attributes
    ----------
    moved : str
        By how much, with its sign: `+86`.
    points : str
        `points` or `point` of a change of shares, in percentage points.
    percent : str
        `+3%` of the earlier figure; empty where that is too small for a percentage.
    per_day : str
        The same per day, where the two periods differ in length so much that it is written differently.
    interval : str
        `−2% to +9%`, or in the unit of the figures: `+5 to +31`.
    """

    moved: str
    points: str = ""
    percent: str = ""
    per_day: str = ""
    interval: str = ""

    @property
    def size(self) -> str:
        """`+86, +3%`; `+18 percentage points`."""
        return self._join_size("percentage ")

    @property
    def brief_size(self) -> str:
        """`+86, +3%`; `+18 points`, for a narrow column."""
        return self._join_size("")

    @property
    def moved_in_words(self) -> str:
        """`+86`; `+18 percentage points`."""
        return replace(self, percent="").size

    @property
    def evidence(self) -> str:
        """`95% range −2% to +9%`, with what is per day where the days differ."""
        per_day = f"per day {self.per_day}, " if self.per_day else ""
        return f"{per_day}95% range {self.interval}" if self.interval else ""

    @property
    def in_full(self) -> str:
        """`+86, +3%; 95% range −2% to +9%`."""
        return f"{self.size}; {self.evidence}" if self.interval else self.size

    def _join_size(self, what: str) -> str:
        moved = f"{self.moved} {what}{self.points}" if self.points else self.moved
        return f"{moved}, {self.percent}" if self.percent else moved


def write_change(comparison: Comparison) -> WrittenChange:
    """Write what was tested of a comparison, whatever its kind.

    Parameters
    ----------
    comparison : Comparison
        With a tested change or difference.

    Returns
    -------
    WrittenChange
        Of counts in counts and per cent; of ratios and scores over people in their unit and in per cent; of shares in
        percentage points; of published figures in their unit.
    """
    if comparison.difference is not None:
        return _write_difference(comparison.difference, comparison.kind)
    assert comparison.change is not None  # noqa: S101 - what is not a difference of figures is a change of counts
    if comparison.kind in {Kind.RATIO, Kind.SCORE} and comparison.value is not None:
        return _write_rates(comparison, comparison.change)
    return _write_counts(comparison.change)


def _write_counts(change: Change) -> WrittenChange:
    base = change.baseline_count
    moved = format_change_count(change.change_count, decimals=0 if float(change.change_count).is_integer() else 1)
    if base < SMALLEST_PERCENT_BASE:
        return WrittenChange(moved)
    percent, per_day = (format_change_percent(each, base) for each in (change.change_percent, change.adjusted_percent))
    return WrittenChange(
        moved, percent=percent, per_day=per_day if per_day != percent else "", interval=_write_interval(change)
    )


def _write_rates(comparison: Comparison, change: Change) -> WrittenChange:
    assert comparison.value is not None and comparison.baseline_value is not None  # noqa: S101, PT018 - both were tested
    difference = round(comparison.value, 1) - round(comparison.baseline_value, 1)
    moved = format_change_count(difference, decimals=1)
    if change.baseline_count < SMALLEST_PERCENT_BASE:
        return WrittenChange(moved)
    percent = format_change_percent(change.adjusted_percent, change.baseline_count)
    return WrittenChange(moved, percent=percent, interval=_write_interval(change))


def _write_difference(difference: Difference, kind: Kind) -> WrittenChange:
    """Write a change of shares or of published figures.

    A decimal is given where one of the two shares is written with one, and another to a number that is not nothing and
    would be written as 0.
    """
    numbers = (difference.difference, difference.lower, difference.upper)
    shares = ((difference.baseline_value, difference.baseline_whole), (difference.value, difference.whole))
    decimals = max((count_decimals(value, whole) for value, whole in shares if whole), default=1)
    by, low, high = (format_change_count(each, decimals=decimals + _vanishes(each, decimals)) for each in numbers)
    points = "" if kind is not Kind.PROPORTION else "point" if by in _ONE else "points"
    return WrittenChange(by, points=points, interval=f"{low} to {high}")


_ONE = {format_change_count(1), format_change_count(-1)}


def _vanishes(value: float, decimals: int) -> bool:
    return value != 0 and round(value, decimals) == 0


def _write_interval(change: Change) -> str:
    if not math.isfinite(change.upper):
        return f"from {format_percent(change.lower, change.baseline_count, signed=True)} up"
    return format_percent_range(change.lower, change.upper, change.baseline_count, signed=True)
