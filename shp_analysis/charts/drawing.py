"""What all charts share: axes in the house style, names of axes and rows, and legends."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Sequence
from datetime import date, datetime
from textwrap import fill
from typing import TYPE_CHECKING, Any, cast

import matplotlib.dates as mdates
import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
import pandas as pd
import seaborn.objects as so
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.legend_handler import HandlerTuple
from matplotlib.ticker import Locator, MaxNLocator
from pandas.errors import Pandas4Warning

from shp_analysis.errors import RequestError, suggest
from shp_analysis.page.style import MINUS, TEXT_COLOUR, FigureSize, figure_size, format_count, save_svg, use_house_style
from shp_analysis.reference.periods import Period

if TYPE_CHECKING:
    from matplotlib.artist import Artist


MM_PER_INCH = 25.4
NOTHING = "No figure to draw: none was received."
HEAD = 1.1
"""An axis that starts at zero ends above the highest point by so much."""
_LETTER_POINTS = 5.7
POINTS_PER_INCH = 72
_SEABORN_COPIES = "The copy keyword is deprecated"
"""seaborn 0.13 passes pandas 3 a keyword that no longer does anything."""


def open_axes(ax: Axes | None, size: FigureSize = "standard", height_mm: float | None = None) -> Axes:
    """Give the axes to draw in: those given, or new ones at the size of a picture on a page.

    Parameters
    ----------
    ax : matplotlib.axes.Axes or None
    size : FigureSize
    height_mm : float, optional
        Of a chart whose number of rows decides how high it is.
    """
    if ax is not None:
        return ax
    width, height = figure_size(size)
    _, axes = plt.subplots(figsize=(width, height if height_mm is None else height_mm / MM_PER_INCH))
    return axes


def draw_nothing(ax: Axes | None) -> Axes:
    """Give axes that say that there is nothing to draw: a figure that was not received stops no notebook."""
    axes = open_axes(ax)
    axes.set_axis_off()
    axes.text(0.5, 0.5, NOTHING, transform=axes.transAxes, ha="center", va="center", color=TEXT_COLOUR)
    return axes


def save_both(axes: Axes) -> tuple[str, str]:
    """Save a chart as SVG twice: as it is, and as wide as a phone.

    A narrow picture is lower too, but for one whose rows decide how high it is.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Alone in its figure, which is closed afterwards: a notebook does not show it a second time.

    Returns
    -------
    wide, narrow : str
    """
    figure = cast("Figure", axes.get_figure(root=True))
    wide = save_svg(figure)
    width, height = figure_size("narrow")
    is_standard = tuple(figure.get_size_inches()) == figure_size("standard")
    figure.set_size_inches(width, height if is_standard else figure.get_size_inches()[1])
    narrow = save_svg(figure)
    plt.close(figure)
    return wide, narrow


def draw_objects(plot: so.Plot, axes: Axes) -> None:
    """Draw a seaborn plot of objects into axes."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=_SEABORN_COPIES, category=Pandas4Warning)
        plot.on(axes).plot()


def read_numbers(frame: pd.DataFrame, column: str) -> npt.NDArray[np.float64]:
    """Give a column as numbers, with NaN where one is missing."""
    return np.asarray(frame[column].astype("Float64").to_numpy(dtype=float, na_value=np.nan), dtype=np.float64)


class NameLocator(Locator):
    """Ticks for as many of some names as stand side by side, the last one among them, however wide the axis is.

    Parameters
    ----------
    names : sequence of str
        At 0, 1, 2 and so on; a name may have several lines.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self.names = names

    def __call__(self) -> Sequence[float]:
        """Give the places of the ticks."""
        longest = max((len(line) for name in self.names for line in name.splitlines()), default=1)
        step = math.ceil(len(self.names) / count_labels(cast("Axes", self.axis.axes), longest))  # type: ignore[union-attr]
        return list(range((len(self.names) - 1) % step, len(self.names), step))


def name_places(axes: Axes, names: Sequence[str]) -> None:
    """Write names below axes, at 0, 1, 2 and so on."""
    axes.xaxis.set_major_locator(NameLocator(names))
    axes.xaxis.set_major_formatter(lambda place, _: names[round(place)] if 0 <= round(place) < len(names) else "")


def write_numbers(axis: Axis) -> None:
    """Write an axis's numbers with their separators, in steps that need no rounding."""
    axis.set_major_locator(MaxNLocator(nbins="auto", steps=[1, 2, 2.5, 5, 10], integer=True))
    axis.set_major_formatter(lambda number, _: f"{number:,g}".replace("-", MINUS))


def count_labels(axes: Axes, letters: int) -> int:
    """Say how many labels of so many letters stand side by side below axes, at the size they have now."""
    width = axes.get_window_extent().width * POINTS_PER_INCH / cast("Figure", axes.get_figure(root=True)).dpi
    return max(1, int(width / (_LETTER_POINTS * (letters + 1))))


class YearLocator(MaxNLocator):
    """Whole numbers, such as years, as many as stand side by side however wide the axis is."""

    def __init__(self) -> None:
        super().__init__(integer=True, steps=[1, 2, 5, 10])

    def __call__(self) -> Sequence[float]:
        """Give the places of the ticks."""
        self.set_params(nbins=count_labels(cast("Axes", self.axis.axes), 4))  # type: ignore[union-attr]
        return super().__call__()


def check_columns(columns: list[str], *wanted: str | None) -> None:
    """Refuse a frame that lacks a column that was asked for.

    Raises
    ------
    RequestError
        Names the column and those that there are.
    """
    for each in wanted:
        if each is not None and each not in columns:
            raise RequestError(
                f"There is no column '{each}'; there are {', '.join(columns)}. {suggest(each, columns)}".strip()
            )


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
        canvas = Figure(figsize=(width, own_height if height is None else height / MM_PER_INCH), layout="constrained")
        paint(canvas.subplots())
        return save_svg(canvas)


def is_wide(axes: Axes) -> bool:
    """Say whether a chart is drawn for a desk, and not for paper or a phone."""
    return bool(_width_of(axes) > WIDE_INCHES)


def _width_of(axes: Axes) -> float:
    return float(cast("Figure", axes.figure).get_size_inches()[0])


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
    cast("Figure", axes.figure).legend(
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
        width = self.axis.axes.get_window_extent().width * POINTS_PER_INCH / self.axis.axes.figure.dpi  # type: ignore[union-attr]
        most = min(MOST_DATES, max(FEWEST_DATES, int(width / _DATE_POINTS)))
        self.maxticks = dict.fromkeys(self.maxticks, most)
        self.minticks = min(self.fewest, most // 2)
        return super().get_locator(dmin, dmax)  # type: ignore[no-untyped-call, no-any-return]


def finish_month_axis(axes: Axes, what: str, *, fewest_ticks: int = 3) -> None:
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
