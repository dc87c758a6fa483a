"""What all charts share: a canvas in the house style, names of axes and rows, and legends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from textwrap import fill
from typing import TYPE_CHECKING, Any, cast

import matplotlib.dates as mdates
from matplotlib.figure import Figure as Canvas
from matplotlib.legend_handler import HandlerTuple
from matplotlib.ticker import MaxNLocator

from shp_analysis.periods import Period
from shp_analysis.style import (
    FigureSize,
    figure_size,
    format_count,
    save_svg,
    use_house_style,
)

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis

DESK: FigureSize = "standard"
"""What a desk shows beside a panel of words, which is as high; paper and phones show the narrow drawing."""
NO_REASON = "No chart here says why numbers differ."
"""Said by every chart in the same words, so that paper says it once."""
ROW_POINTS = 9
"""The type of a row's name: names stand in rows of less than five millimetres."""
LEGEND_LETTERS = 85
"""More than these do not stand side by side under a chart as wide as the page."""
_LETTERS_ACROSS = {True: 90, False: 43}
"""Letters that stand in one line of a wide and of a narrow drawing."""
SHORT_LABEL = 16
"""Labels of at most so many letters stand two by two under a narrow chart."""
WIDE_INCHES = 5
"""From this width on a legend's entries stand side by side."""
_ROW_POINTS = 12
"""The height of a row of names above a chart."""
_POINTS_PER_INCH = 72
_MM_PER_INCH = 25.4
FEWEST_DATES, MOST_DATES = 4, 8
_DATE_POINTS = 36
"""The width that a date takes on an axis."""
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


def draw(paint: Callable[[Axes], None], size: FigureSize, height: float | None = None) -> str:
    """Draw one chart in the house style and give it as SVG.

    Parameters
    ----------
    paint : callable
        Draws into the axes it is given.
    size : FigureSize
    height : float, optional
        In millimetres, of a chart whose rows say how high it is; the size's own where left out.
    """
    width, own_height = figure_size(size)
    with use_house_style():
        canvas = Canvas(figsize=(width, own_height if height is None else height / _MM_PER_INCH), layout="constrained")
        paint(canvas.subplots())
        return save_svg(canvas)


def is_wide(axes: Axes) -> bool:
    """Say whether a chart is drawn for a desk, and not for paper or a phone."""
    return bool(_width_of(axes) > WIDE_INCHES)


def _width_of(axes: Axes) -> float:
    return float(cast("Canvas", axes.figure).get_size_inches()[0])


def name_unit(axes: Axes, words: str, *, rows_below: int = 0) -> None:
    """Say above a chart what its figures are, over so many rows of names."""
    written = fill(f"{words[0].upper()}{words[1:]}", _LETTERS_ACROSS[is_wide(axes)])
    axes.set_title(written, loc="left", fontsize=9.5, fontweight="normal", pad=4 + rows_below * _ROW_POINTS)


def name_percents(axis: Axis) -> None:
    """Write an axis's shares as percentages, in steps that need no decimals."""
    axis.set_major_locator(MaxNLocator(nbins="auto", steps=[1, 2, 5, 10]))
    axis.set_major_formatter(lambda value, _: f"{value:g}%")


def name_rows(axes: Axes, names: Sequence[str]) -> None:
    """Write the names of rows at the left of a chart, from the top."""
    axes.set_yticks(range(len(names)), names)
    axes.tick_params(axis="y", length=0, labelsize=ROW_POINTS)
    axes.grid(visible=False, axis="y")


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
        [fill(label, _LETTERS_ACROSS[is_wide(axes)]) for label in handles],
        loc="outside lower left",
        frameon=False,
        ncols=wide if is_wide(axes) else narrow,
        handler_map={tuple: HandlerTuple(ndivide=None, pad=0.2)},
        handlelength=2.2 if any(len(each) > 1 for each in handles.values()) else 1.4,
        **_TIGHT,
    )


class _DateLocator(mdates.AutoDateLocator):
    """As many dates as the axis has room for, at whatever size the picture is saved."""

    def __init__(self, fewest: int) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.fewest = fewest

    def get_locator(self, dmin: datetime, dmax: datetime) -> mdates.DateLocator:
        width = self.axis.axes.get_window_extent().width * _POINTS_PER_INCH / self.axis.axes.figure.dpi  # type: ignore[union-attr]
        most = min(MOST_DATES, max(FEWEST_DATES, int(width / _DATE_POINTS)))
        self.maxticks = dict.fromkeys(self.maxticks, most)
        self.minticks = min(self.fewest, most // 2)
        return super().get_locator(dmin, dmax)  # type: ignore[no-untyped-call, no-any-return]


def dress_months(axes: Axes, what: str, *, fewest_ticks: int = 3) -> None:
    """Name what is counted above the chart, write the years or months below it, and counts with their separators."""
    axes.set_xlabel("")
    axes.set_ylabel("")
    name_unit(axes, what)
    locator = _DateLocator(fewest_ticks)
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
