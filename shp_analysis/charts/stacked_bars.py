"""Parts of a whole: stacked bars over periods, or one bar for each part."""

from __future__ import annotations

import pandas as pd
import seaborn.objects as so
from matplotlib.axes import Axes

from shp_analysis.charts.drawing import (
    add_legend,
    check_columns,
    draw_nothing,
    draw_objects,
    name_percents,
    name_places,
    name_unit,
    open_axes,
    write_numbers,
)
from shp_analysis.errors import RequestError
from shp_analysis.page.style import CATEGORICAL_COLOURS, format_count, use_house_style

ROW_MM, FOOT_MM = 6.0, 4.0
"""Height of a bar's row, and of what stands below all."""


@use_house_style()
def plot_parts(
    frame: pd.DataFrame,
    *,
    x: str,
    y: str,
    color: str | None = None,
    as_share: bool = False,
    unit: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw the parts of a whole.

    Parameters
    ----------
    frame : pandas.DataFrame
        Long: a row for each part, of each period where there are several.
    x : str
        Column of the periods, or of the parts where `color` is left out, in the order of the frame.
    y : str
        Column of numbers, none below zero.
    color : str, optional
        Column of the parts, at most six: they are stacked, and named below. Where it is left out, each row is a bar of
        its own, with its name at the left and its number at the end.
    as_share : bool
        Draw per cent of the whole of each period (or of all rows) in place of the numbers.
    unit : str
        What the numbers are, written above; the column's name where left out.
    ax : matplotlib.axes.Axes, optional
        New axes where left out.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    RequestError
        Where a column does not exist, a number lies below zero, or there are more parts than can be told apart.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"route": ["Police", "Housing", "Health"], "cases": [79, 15, 6]})
    >>> axes = plot_parts(frame, x="route", y="cases", as_share=True)
    >>> [text.get_text() for text in axes.texts]
    ['79%', '15%', '6%']
    """
    check_columns(list(frame.columns), x, y, color)
    if frame.empty:
        return draw_nothing(ax)
    parts = _list_parts(frame, x, y, color, as_share=as_share)
    words = unit or ("Per cent" if as_share else y.replace("_", " "))
    if color is None:
        return _draw_bars(parts, words, ax, as_share=as_share)
    return _draw_stacks(parts, words, ax, as_share=as_share)


def _list_parts(frame: pd.DataFrame, x: str, y: str, color: str | None, *, as_share: bool) -> pd.DataFrame:
    """Give `whole, part, number` in the frame's order."""
    numbers = frame[y].astype("Float64").fillna(0).to_numpy(dtype=float)
    if (numbers < 0).any():
        raise RequestError(f"The column '{y}' holds numbers below zero, which are no parts of a whole.")
    names = frame[x].astype(str).tolist()
    parts = pd.DataFrame(
        {"whole": names, "part": names if color is None else frame[color].astype(str).tolist(), "number": numbers}
    )
    if as_share:
        totals = parts["number"].sum() if color is None else parts.groupby("whole")["number"].transform("sum")
        parts["number"] = (100 * parts["number"] / totals).fillna(0)
    return parts


def _draw_bars(parts: pd.DataFrame, words: str, ax: Axes | None, *, as_share: bool) -> Axes:
    axes = open_axes(ax, "rows", FOOT_MM + ROW_MM * (1 + len(parts)))
    plot = so.Plot(parts, x="number", y="part").add(
        so.Bar(color=CATEGORICAL_COLOURS[0], alpha=1, edgewidth=0, width=0.7)
    )
    draw_objects(plot.scale(y=so.Nominal(order=parts["part"].tolist())).label(x="", y=""), axes)
    for row, number in enumerate(parts["number"]):
        axes.annotate(
            f"{number:.0f}%" if as_share else format_count(number),
            (number, row),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
        )
    axes.set_xlim(0, None)
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=False)
    name_unit(axes, words)
    return axes


def _draw_stacks(parts: pd.DataFrame, words: str, ax: Axes | None, *, as_share: bool) -> Axes:
    names, wholes = (list(dict.fromkeys(parts[each])) for each in ("part", "whole"))
    if len(names) > len(CATEGORICAL_COLOURS):
        raise RequestError(
            f"{len(names)} parts cannot be told apart by colour, {len(CATEGORICAL_COLOURS)} can: add the small ones up."
        )
    axes = open_axes(ax)
    plot = (
        so.Plot(parts, x="whole", y="number", color="part")
        .add(so.Bar(alpha=1, edgewidth=0.4, edgecolor="white", width=0.75), so.Stack(), legend=False)
        .scale(color=so.Nominal(list(CATEGORICAL_COLOURS[: len(names)]), order=names), x=so.Nominal(order=wholes))
        .label(x="", y="")
    )
    draw_objects(plot, axes)
    for name, colour in zip(names, CATEGORICAL_COLOURS, strict=False):
        axes.bar(0, 0, color=colour, label=name)
    axes.grid(visible=False, axis="x")
    name_places(axes, wholes)
    axes.set_xlim(-0.6, len(wholes) - 0.4)
    if as_share:
        axes.set_ylim(0, 100)
        name_percents(axes.yaxis)
    else:
        write_numbers(axes.yaxis)
    name_unit(axes, words)
    add_legend(axes, entries=len(names))
    return axes
