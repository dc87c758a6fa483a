"""Where the plotting functions draw: axes of their own in the house style, or the ones that they are given."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from typing import cast

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
import pandas as pd
import seaborn.objects as so
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import Locator, MaxNLocator
from pandas.errors import Pandas4Warning

from shp_analysis.errors import RequestError, suggest
from shp_analysis.style import MINUS, FigureSize, figure_size, save_svg

MM_PER_INCH = 25.4
HEAD = 1.1
"""An axis that starts at zero ends above the highest point by so much."""
_LETTER_POINTS = 5.7
_POINTS_PER_INCH = 72
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
    width = axes.get_window_extent().width * _POINTS_PER_INCH / cast("Figure", axes.get_figure(root=True)).dpi
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
