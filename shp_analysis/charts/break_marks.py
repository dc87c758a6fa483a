"""The breaks of a series on its chart: an upright line where it stopped meaning what it meant, with a name above."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from matplotlib.axes import Axes

from shp_analysis.catalogue import SeriesBreak
from shp_analysis.charts.drawing import name_unit, number_of
from shp_analysis.style import BAND_COLOUR, TEXT_COLOUR

_NAME_POINTS, _ROW_POINTS = 9, 12
_WHITE = {"facecolor": "white", "edgecolor": "none", "pad": 0.6}


def mark_breaks(axes: Axes, breaks: Sequence[SeriesBreak], place_of: Callable[[date], float] = number_of) -> None:
    """Draw a line where a series stopped meaning what it meant, its name above, and shade the months it lasted.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        With its limits and its unit (`name_unit`) set.
    breaks : sequence of SeriesBreak
        Those outside the limits are left out.
    place_of : callable
        Gives a day's place on the axis, which is of dates where it is left out.
    """
    left, right = axes.get_xlim()
    shown = [each for each in breaks if place_of(each.first_day) <= right and place_of(each.settled_day) >= left]
    for each in shown:
        place = max(place_of(each.first_day), left)
        if each.until_month:
            axes.axvspan(place, min(place_of(each.settled_day), right), color=BAND_COLOUR, linewidth=0, zorder=0)
        axes.axvline(place, color=TEXT_COLOUR, linestyle=_line_of(each), linewidth=1, zorder=1)
    axes.set_xlim(left, right)
    lefts = [each for each in shown if place_of(each.first_day) < (left + right) / 2]
    for row, each in enumerate(_stack_names(shown, lefts)):
        _name_break(axes, each, max(place_of(each.first_day), left), row, is_left=each in lefts)
    if shown:
        name_unit(axes, axes.get_title(loc="left") or " ", rows_below=len(shown))


def _line_of(each: SeriesBreak) -> str:
    return "--" if each.is_confirmed else ":"


def _stack_names(breaks: Sequence[SeriesBreak], lefts: Sequence[SeriesBreak]) -> list[SeriesBreak]:
    """Order names from the lowest row up, so that no name stands over the line of one above it.

    A name in the left half of the chart goes on to the right of its line, one in the right half to the left.
    """
    ordered = sorted(breaks, key=lambda each: each.first_day)
    return [*(each for each in reversed(ordered) if each in lefts), *(each for each in ordered if each not in lefts)]


def _name_break(axes: Axes, each: SeriesBreak, place: float, row: int, *, is_left: bool) -> None:
    """Write a name in its row above the chart, and draw the line on up to it."""
    above: dict[str, Any] = {"xycoords": ("data", "axes fraction"), "textcoords": "offset points"}
    height = 2 + row * _ROW_POINTS
    line = {"arrowstyle": "-", "linestyle": _line_of(each), "linewidth": 1, "color": TEXT_COLOUR, "shrinkA": 0}
    axes.annotate("", (place, 1.0), xytext=(0, height), arrowprops={**line, "shrinkB": 0}, zorder=5, **above)
    # A lower name hides the lines of those above it.
    axes.annotate(
        each.name,
        (place, 1.0),
        xytext=(0, height),
        ha="left" if is_left else "right",
        va="bottom",
        fontsize=_NAME_POINTS,
        color=TEXT_COLOUR,
        bbox=_WHITE,
        zorder=6 - row / 100,
        **above,
    )
