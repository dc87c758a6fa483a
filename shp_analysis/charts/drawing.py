"""What all charts share: a canvas in the house style, the marks of breaks, and what to show where nothing came."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, cast

import matplotlib.dates as mdates
from matplotlib.figure import Figure as Canvas
from matplotlib.legend_handler import HandlerTuple

from shp_analysis.assessments import Assessment
from shp_analysis.briefing.parts import Note, Notes
from shp_analysis.catalogue import SeriesBreak
from shp_analysis.periods import Period
from shp_analysis.sentences import list_names, name_with_area
from shp_analysis.style import (
    BAND_COLOUR,
    TEXT_COLOUR,
    FigureSize,
    figure_size,
    format_count,
    save_svg,
    use_house_style,
)

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

LABEL_SHARE, LABEL_POINTS = 0.14, 13
"""Codes of breaks that lie closer together than this share of the axis stand under each other, so many points down."""
LEGEND_LETTERS = 85
"""More than these do not stand side by side under a chart as wide as the page."""
SHORT_LABEL = 16
"""Labels of at most so many letters stand two by two under a narrow chart."""
WIDE_INCHES = 5
"""From this width on a legend's entries stand side by side."""
MOST_SHAPES = 2
"""Shapes that a legend shows of one entry; the words beside the chart name them all."""
_TIGHT: dict[str, Any] = {
    "borderpad": 0,
    "borderaxespad": 0.2,
    "labelspacing": 0.2,
    "columnspacing": 1.2,
    "handletextpad": 0.5,
}
"""On a low chart a legend's room is taken from the line's."""
ON_WHITE: dict[str, Any] = {"zorder": 5, "bbox": {"facecolor": "white", "edgecolor": "none", "pad": 0.5}}
"""Words that stand over a line hide it."""


@dataclass(frozen=True)
class Point:
    """One figure with its 95% range, as charts of few points draw it.

    Attributes
    ----------
    label : str
        Of its year, quarter or group.
    value, lower, upper : float
        In the chart's unit; the ends are None where no range is known.
    written : str
        As the table prints the figure, with its counts.
    """

    label: str
    value: float
    lower: float | None
    upper: float | None
    written: str


def draw(paint: Callable[[Axes], None], size: FigureSize) -> str:
    """Draw one chart in the house style and give it as SVG."""
    with use_house_style():
        canvas = Canvas(figsize=figure_size(size), layout="constrained")
        paint(canvas.subplots())
        return save_svg(canvas)


def is_wide(axes: Axes) -> bool:
    """Say whether a chart is drawn for a desk and paper, and not for a phone."""
    return bool(cast("Canvas", axes.figure).get_size_inches()[0] > WIDE_INCHES)


def add_legend(axes: Axes, entries: int) -> None:
    """Put the legend under the chart, its entries side by side where there is room; what is labelled alike is one."""
    handles: dict[str, list[Any]] = {}
    for handle, label in zip(*axes.get_legend_handles_labels(), strict=True):
        handles.setdefault(label, []).append(handle)
    wide = entries if sum(map(len, handles)) <= LEGEND_LETTERS else 1
    narrow = 2 if max(map(len, handles), default=0) <= SHORT_LABEL else 1
    # A tuple of handles is drawn as one entry; matplotlib's types know of single ones only.
    entered = cast(
        "list[Artist]", [each[0] if len(each) == 1 else tuple(each[:MOST_SHAPES]) for each in handles.values()]
    )
    cast("Canvas", axes.figure).legend(
        entered,
        list(handles),
        loc="outside lower left",
        frameon=False,
        ncols=wide if is_wide(axes) else narrow,
        handler_map={tuple: HandlerTuple(ndivide=None, pad=0.2)},
        handlelength=2.2 if any(len(each) > 1 for each in handles.values()) else 1.4,
        **_TIGHT,
    )


def dress_months(axes: Axes, what: str, *, fewest_ticks: int = 3) -> None:
    """Name what is counted above the chart, write the years or months below it, and counts with their separators."""
    axes.set_xlabel("")
    axes.set_ylabel("")
    axes.set_title(f"{what[0].upper()}{what[1:]}", loc="left", fontsize=10, fontweight="normal")
    locator = mdates.AutoDateLocator(minticks=fewest_ticks, maxticks=8)  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(
        mdates.ConciseDateFormatter(locator, show_offset=False)  # type: ignore[no-untyped-call]
    )
    axes.yaxis.set_major_formatter(lambda value, _: format_count(value))


def name_shortly(period: Period) -> str:
    """Name a period as a legend has room for it: `Jan to Mar 2025`."""
    start, end = f"{period.start:%b %Y}", f"{period.end:%b %Y}"
    if start == end:
        return end
    return f"{period.start:%b} to {end}" if period.start.year == period.end.year else f"{start} to {end}"


def number_of(day: date) -> float:
    """Give a day's place on a time axis."""
    return float(mdates.date2num(day))  # type: ignore[no-untyped-call]


def say_not_received(assessments: Sequence[Assessment]) -> Notes:
    """Say that nothing can be drawn, in the place of a chart without a line in it."""
    return Notes(tuple(Note(name_with_area(each), _why_no_chart(each)) for each in assessments))


def _why_no_chart(assessment: Assessment) -> str:
    if assessment.is_suppressed:
        return "No chart is drawn: the figures are withheld in this edition."
    return "No chart is drawn: nothing of it has been received."


def list_breaks(assessment: Assessment, first: date, last: date) -> tuple[SeriesBreak, ...]:
    """List the breaks that touch the days shown."""
    return tuple(each for each in assessment.breaks if each.first_day <= last and each.settled_day >= first)


def mark_breaks(axes: Axes, breaks: Sequence[SeriesBreak], place_of: Callable[[date], float]) -> None:
    """Draw a line with its code where the series stopped meaning what it meant, and shade what lasted.

    Parameters
    ----------
    axes : Axes
        With its limits set.
    breaks : sequence of SeriesBreak
    place_of : callable
        Gives a day's place on the axis.
    """
    left, right = axes.get_xlim()
    before, depth = -math.inf, 0
    for each in sorted(breaks, key=lambda one: one.first_day):
        place = place_of(each.first_day)
        if each.until_month:
            axes.axvspan(max(place, left), place_of(each.settled_day), color=BAND_COLOUR, zorder=0)
        style = "--" if each.is_confirmed else ":"
        axes.axvline(place, color=TEXT_COLOUR, linestyle=style, linewidth=1, zorder=1)
        label = max(place, left)
        depth = depth + 1 if label - before < LABEL_SHARE * (right - left) else 0
        axes.annotate(
            each.break_id,
            (label, 1.0),
            xycoords=("data", "axes fraction"),
            xytext=(3, -3 - depth * LABEL_POINTS),
            textcoords="offset points",
            va="top",
            color=TEXT_COLOUR,
        )
        before = label
    axes.set_xlim(left, right)


def name_breaks(breaks: Sequence[SeriesBreak]) -> tuple[str, ...]:
    """Say which codes of breaks a chart marks; `findings.explain_breaks` says once for a page what they are."""
    if not breaks:
        return ()
    codes = list_names([each.break_id for each in breaks])
    return (f"{codes}: {'a recording change' if len(breaks) == 1 else 'recording changes'}, explained below.",)
