"""A table of counts as a picture: the darker a cell, the more there were."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap

from shp_analysis.charts.drawing import count_labels, draw_nothing, open_axes
from shp_analysis.errors import RequestError
from shp_analysis.page.style import SEQUENTIAL_COLOURS, use_house_style

_SHADES = LinearSegmentedColormap.from_list("counts", ["white", *reversed(SEQUENTIAL_COLOURS)])


@use_house_style()
def plot_heatmap(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw a table of counts, each cell with its number: weekdays by hours, say.

    Parameters
    ----------
    table : pandas.DataFrame
        Whole numbers, such as `pandas.crosstab` gives: the index names the rows. A missing cell is left white.
    ax : matplotlib.axes.Axes, optional
        New axes where left out.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    RequestError
        Where the table holds something other than whole numbers.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame([[3, 1200], [5, 0]], index=["Saturday", "Sunday"], columns=["Day", "Night"])
    >>> [text.get_text() for text in plot_heatmap(table).texts]
    ['3', '1,200', '5', '0']
    """
    if table.empty:
        return draw_nothing(ax)
    counts = _read_counts(table)
    axes = open_axes(ax)
    sns.heatmap(
        counts,
        annot=True,
        fmt=",.0f",
        cbar=False,
        cmap=_SHADES,
        vmin=0,
        vmax=max(float(counts.max().max()), 1),
        ax=axes,
    )
    axes.set(xlabel="", ylabel="")
    axes.xaxis.tick_top()
    axes.tick_params(length=0, labelrotation=0)
    names = [str(each) for each in table.columns]
    axes.xaxis.set_major_formatter(lambda place, _: _write_name(axes, names, place))
    return axes


def _write_name(axes: Axes, names: Sequence[str], place: float) -> str:
    """Write a column's name, broken at a space or a dash where the picture is narrow."""
    name = names[min(int(place), len(names) - 1)]
    fits = count_labels(axes, max(map(len, names))) >= len(names)
    return name if fits else name.replace("–", "–\n").replace(" ", "\n")


def _read_counts(table: pd.DataFrame) -> pd.DataFrame:
    try:
        counts = table.astype("Float64").astype(float)
    except (TypeError, ValueError) as error:
        raise RequestError("A heat map is of counts, and the table holds something that is no number.") from error
    if (counts % 1).gt(0).any(axis=None):
        raise RequestError("A heat map is of counts, and the table holds numbers that are not whole. Round them first.")
    return counts
