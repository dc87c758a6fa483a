"""Series over time: lines with gaps where periods are missing, their names at their ends, and breaks by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from textwrap import fill
from typing import Any, cast

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from pandas.api.types import is_numeric_dtype

from shp_analysis.charts.drawing import (
    HEAD,
    MM_PER_INCH,
    POINTS_PER_INCH,
    YearLocator,
    check_columns,
    draw_nothing,
    finish_month_axis,
    name_unit,
    number_of,
    open_axes,
    read_numbers,
    write_numbers,
)
from shp_analysis.config.catalogue import SeriesBreak
from shp_analysis.errors import RequestError
from shp_analysis.page.style import (
    BAND_COLOUR,
    CATEGORICAL_COLOURS,
    FIGURE_SIZES_MM,
    TEXT_COLOUR,
    format_count,
    format_rate,
    use_house_style,
)

_NAME_POINTS, _NAME_ROW_POINTS = 9, 12
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
    height = 2 + row * _NAME_ROW_POINTS
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


LABEL_LETTERS = 18
"""Letters in one line of a name at the end of a series."""
_LABEL_POINTS, _ROW_POINTS = 9.5, 12
_AXIS_SHARE = 0.6
"""The share of a low picture's height that is left to its axis."""


@use_house_style()
def plot_series(
    frame: pd.DataFrame,
    *,
    x: str = "period_start",
    y: str | None = None,
    color: str | None = None,
    breaks: Iterable[SeriesBreak] | None = None,
    label_last: bool = False,
    unit: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw one or several series over time.

    Parameters
    ----------
    frame : pandas.DataFrame
        Long: a row for each period, and for each series where there are several. A period without a row, or with a
        missing value, is a gap in the line.
    x : str
        Column of dates or numbers. A `period_end` beside `period_start` says where a period is missing; else the
        smallest step between two rows does.
    y : str, optional
        Column of numbers. The frame's `percent`, `count`, `value` or `rate_...` where left out: the first of these that
        holds a number.
    color : str, optional
        Column that tells the series apart: at most six. Each is named at its end, in its colour.
    breaks : iterable of SeriesBreak, optional
        Those within the dates drawn get an upright line (broken; dotted where the date is not confirmed) with their
        name above, and a grey band over the months they lasted.
    label_last : bool
        Write the last value at the end of each line.
    unit : str
        What the numbers are, written above the chart; the column's name where left out.
    ax : matplotlib.axes.Axes, optional
        New axes as wide as a page where left out.

    Returns
    -------
    matplotlib.axes.Axes
        The vertical axis starts at zero, unless a number lies below. Where no number was received, they say so.

    Raises
    ------
    RequestError
        Where a column does not exist, no column is one of numbers, or there are more than six series.

    Examples
    --------
    >>> import pandas as pd
    >>> starts = pd.to_datetime(["2024-01-01", "2024-02-01", "2024-04-01"])
    >>> frame = pd.DataFrame({"period_start": starts, "count": [8, 6, 9]})
    >>> axes = plot_series(frame, label_last=True, unit="cases a month")
    >>> axes.get_title(loc="left"), [text.get_text() for text in axes.texts]
    ('Cases a month', ['9'])
    """
    check_columns(list(frame.columns), x, y, color)
    column = y or find_value_column(frame)
    points = _list_points(frame, x, column, color)
    if points.empty:
        return draw_nothing(ax)
    palette = _choose_colours(list(dict.fromkeys(points["series"])))
    axes = open_axes(ax)
    _draw_lines(axes, points, palette)
    _set_limits(axes, points)
    _name_axes(axes, points, unit or column.replace("_", " "))
    if label_last or color is not None:
        _label_ends(axes, points, palette, is_named=color is not None, is_valued=label_last)
    mark_breaks(axes, tuple(breaks or ()))
    return axes


def find_value_column(frame: pd.DataFrame) -> str:
    """Find the column of a tidy frame that a chart draws: `percent`, `count`, `value` or the first `rate_...`.

    The first of these that holds a number; the first of them where nothing was received.

    Raises
    ------
    RequestError
        Where none of these is there.
    """
    rates = [each for each in map(str, frame.columns) if each.startswith("rate")]
    wanted = [each for each in ("percent", "count", "value", *rates) if each in frame.columns]
    for each in wanted:
        if is_numeric_dtype(frame[each]) and frame[each].notna().any():
            return each
    if wanted:
        return wanted[0]
    raise RequestError(
        "No column of numbers is named percent, count, value or rate_...; there are "
        f"{', '.join(map(str, frame.columns))}. Name one with y=."
    )


def _list_points(frame: pd.DataFrame, x: str, y: str, color: str | None) -> pd.DataFrame:
    """Give `x, y, series, run` in order: a run is a stretch of one series without a gap."""
    at = frame[x] if is_numeric_dtype(frame[x]) else pd.to_datetime(frame[x])
    points = pd.DataFrame(
        {
            "x": at,
            "y": read_numbers(frame, y),
            "series": "" if color is None else frame[color].astype(str),
            "end": pd.to_datetime(frame["period_end"]) if x == "period_start" and "period_end" in frame else pd.NaT,
        }
    )
    points = points[points["y"].notna()].sort_values(["x"], kind="stable")
    points["run"] = points["series"] + _count_gaps(points).astype(str)
    return points.reset_index(drop=True)


def _count_gaps(points: pd.DataFrame) -> pd.Series:
    """Count the gaps before each point of its series."""
    if points["end"].notna().all():
        before = points.groupby("series")["end"].shift()
        is_after_gap = (points["x"] - before).dt.days > 1
    else:
        at = points["x"] if is_numeric_dtype(points["x"]) else points["x"].dt.year * 12 + points["x"].dt.month
        steps = at.groupby(points["series"]).diff()
        is_after_gap = steps > steps[steps > 0].min()
    return is_after_gap.groupby(points["series"]).cumsum()


def _choose_colours(names: Sequence[str]) -> dict[str, str]:
    if len(names) > len(CATEGORICAL_COLOURS):
        raise RequestError(
            f"{len(names)} series cannot be told apart on one chart, {len(CATEGORICAL_COLOURS)} can: choose some."
        )
    return dict(zip(names, CATEGORICAL_COLOURS, strict=False))


def _draw_lines(axes: Axes, points: pd.DataFrame, palette: dict[str, str]) -> None:
    """Draw a line for every run, and a dot where a run is a single point."""
    style = {"hue": "series", "palette": palette, "ax": axes, "legend": False, "zorder": 3}
    sns.lineplot(points, x="x", y="y", units="run", estimator=None, **style)
    lone = points[points.groupby("run")["run"].transform("size") == 1]
    if len(lone):
        sns.scatterplot(lone, x="x", y="y", s=22, linewidth=0, **style)


def _set_limits(axes: Axes, points: pd.DataFrame) -> None:
    low, high = float(points["y"].min()), float(points["y"].max())
    axes.set_ylim(min(0.0, HEAD * low), HEAD * high if high > 0 else 1)


def _name_axes(axes: Axes, points: pd.DataFrame, unit: str) -> None:
    axes.set(xlabel="", ylabel="")
    if is_numeric_dtype(points["x"]):
        name_unit(axes, unit)
        axes.xaxis.set_major_locator(YearLocator())
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    else:
        finish_month_axis(axes, unit)
    write_numbers(axes.yaxis)


def _label_ends(axes: Axes, points: pd.DataFrame, palette: dict[str, str], *, is_named: bool, is_valued: bool) -> None:
    """Write each series' name, its last value or both to the right of its last point, none over another."""
    last = points.groupby("series", sort=False).tail(1).sort_values("y")
    values = [_write(each, points["y"]) if is_valued else "" for each in last["y"]]
    named = [
        fill(f"{name} {value}".strip() if is_named else value, LABEL_LETTERS)
        for name, value in zip(last["series"], values, strict=True)
    ]
    row_height = _ROW_POINTS / _points_each(axes)
    heights = [(1 + each.count("\n")) * row_height for each in named]
    for place, (at, value, name), words in zip(
        spread_labels(last["y"].tolist(), heights),
        last[["x", "y", "series"]].itertuples(index=False),
        named,
        strict=True,
    ):
        axes.annotate(
            words,
            (at, value),
            xytext=(6, (place - value) * _points_each(axes)),
            textcoords="offset points",
            va="center",
            fontsize=_LABEL_POINTS,
            color=palette[name] if is_named else TEXT_COLOUR,
            zorder=5,
        )


def _write(value: float, others: pd.Series) -> str:
    return format_count(value) if (others % 1 == 0).all() else format_rate(value)


def _points_each(axes: Axes) -> float:
    """Give how many points of height one unit of the axis has on the lowest picture that shows the chart."""
    low, high = axes.get_ylim()
    figure = cast("Canvas", axes.get_figure(root=True))
    height = min(float(figure.get_size_inches()[1]), FIGURE_SIZES_MM["narrow"][1] / MM_PER_INCH)
    return _AXIS_SHARE * height * POINTS_PER_INCH / (high - low)


def spread_labels(wanted: Sequence[float], heights: Sequence[float]) -> list[float]:
    """Move labels that would stand in one another up and down, as little as possible.

    Parameters
    ----------
    wanted : sequence of float, in ascending order
        Where each label's middle should be.
    heights : sequence of float
        Of each label, in the same unit.

    Returns
    -------
    list of float
        Where each label's middle is, in the same order.

    Examples
    --------
    >>> spread_labels([10, 10, 30], [4, 4, 4])
    [8.0, 12.0, 30.0]
    """
    groups: list[tuple[list[float], float]] = []  # the heights of labels that touch, and the middle of all of them
    for middle, height in zip(wanted, heights, strict=True):
        groups.append(([height], float(middle)))
        while len(groups) > 1 and _reach(groups[-2], 1) > _reach(groups[-1], -1):
            (below, low), (above, high) = groups[-2:]
            size = len(below) + len(above)
            groups[-2:] = [([*below, *above], (low * len(below) + high * len(above)) / size)]
    return [place for held, middle in groups for place in _stack(held, middle)]


def _reach(group: tuple[list[float], float], side: int) -> float:
    held, middle = group
    return middle + side * sum(held) / 2


def _stack(heights: Sequence[float], middle: float) -> list[float]:
    tops = np.cumsum(heights) + middle - sum(heights) / 2
    return [float(top - height / 2) for top, height in zip(tops, heights, strict=True)]
