"""A figure with its range: a dot with a line for each row, of any kind, or of the changes that comparisons found."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from typing import Literal, cast

import numpy as np
import pandas as pd
import seaborn.objects as so
from matplotlib.axes import Axes
from matplotlib.ticker import Locator, NullLocator

from shp_analysis.assessment.assessments import Assessment
from shp_analysis.assessment.verdicts import Comparison, Verdict
from shp_analysis.charts.drawing import (
    HEAD,
    ON_WHITE,
    ROW_POINTS,
    add_legend,
    check_columns,
    count_labels,
    draw_nothing,
    draw_objects,
    name_places,
    name_rows,
    name_unit,
    open_axes,
    read_numbers,
    write_numbers,
)
from shp_analysis.errors import RequestError
from shp_analysis.page.style import (
    CATEGORICAL_COLOURS,
    DUO_COLOURS,
    MINUS,
    MUTED_COLOUR,
    SEQUENTIAL_COLOURS,
    TEXT_COLOUR,
    format_count,
    format_rate,
    use_house_style,
)

ROW_MM, FOOT_MM = 5.4, 13.0
"""Height of a row, and of the axis below all."""
RATIO_LIMITS = (1.25, 1.5, 2.0, 4.0)
"""How far an axis of changes goes: to the first of these ratios, and its reciprocal, that holds every change."""
_PAST = 1.03
"""The axis ends a little further out, so that an arrow has room."""
_TICKS = {
    1.25: (0.8, 0.9, 1.0, 1.1, 1.25),
    1.5: (0.67, 0.8, 1.0, 1.2, 1.5),
    2.0: (0.5, 0.7, 1.0, 1.4, 2.0),
    4.0: (0.25, 0.5, 1.0, 2.0, 4.0),
}


@use_house_style()
def plot_ranges(
    frame: pd.DataFrame,
    *,
    value: str = "value",
    lower: str = "lower",
    upper: str = "upper",
    name: str = "name",
    color: str | None = None,
    own: str | Collection[str] | None = None,
    reference: float | str | None = None,
    orient: Literal["h", "v"] = "h",
    unit: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw a dot with its range for each row of a frame, in the frame's order.

    Parameters
    ----------
    frame : pandas.DataFrame
        A row for each dot. A row without a value is named and has no dot; one without ends has no line.
    value, lower, upper : str
        Columns of the figure and of the ends of its range, in the same unit.
    name : str
        Column of the names; none may stand twice, or twice in one series.
    color : str, optional
        Column that tells series apart, whose dots of one name stand side by side; they are named below.
    own : str or collection of str, optional
        The names drawn in dark blue, and in rows with their figure; the others are grey. All are dark blue where left
        out.
    reference : float or str, optional
        A figure to hold all others against, as a broken line with its number; or the column that holds one for each
        row, as diamonds that are named below by their column.
    orient : {"h", "v"}
        "h" gives a row to each name, from the top: for areas, groups, kinds. "v" gives each an upright range above its
        name: for years and other periods.
    unit : str
        What the figures are.
    ax : matplotlib.axes.Axes, optional
        New axes, as high as the rows need, where left out.

    Returns
    -------
    matplotlib.axes.Axes
        Of rows the axis is near the figures: dots show a place, not a length. Upright ranges start at zero.

    Raises
    ------
    RequestError
        Where a column does not exist, a name stands twice, or `own` is no name of the frame.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = {"name": ["Halton", "Wirral"], "value": [25.1, 20.3], "lower": [23, 19], "upper": [27, 22]}
    >>> axes = plot_ranges(pd.DataFrame(rows), own="Halton", reference=21, unit="crimes per 1,000 residents")
    >>> [label.get_text() for label in axes.get_yticklabels()], axes.get_xlabel()
    (['Halton', 'Wirral'], 'Crimes per 1,000 residents')
    """
    beside = reference if isinstance(reference, str) else None
    check_columns(list(frame.columns), value, lower, upper, name, color, beside)
    if frame.empty:
        return draw_nothing(ax)
    rows = _list_rows(frame, {"value": value, "lower": lower, "upper": upper, "beside": beside}, name, color)
    names = list(dict.fromkeys(rows["name"]))
    _check_names(rows, own)
    axes = open_axes(ax) if orient == "v" else open_axes(ax, "rows", FOOT_MM + ROW_MM * len(names))
    series = list(dict.fromkeys(rows["series"]))
    chosen = set(names) if own is None else {own} if isinstance(own, str) else set(own)
    if color is None:
        colours = {each: CATEGORICAL_COLOURS[0] if each in chosen else MUTED_COLOUR for each in names}
        _draw_rows(axes, rows, "name", colours, orient=orient)
    else:
        _draw_rows(axes, rows, "series", dict(zip(series, CATEGORICAL_COLOURS, strict=False)), orient=orient)
    if isinstance(reference, int | float):
        _draw_reference(axes, reference, orient)
    if beside:
        _draw_diamonds(axes, rows, beside.replace("_", " "), orient)
    if orient == "h":
        _name_rows(axes, names, chosen, unit)
        _label_values(axes, rows if own is not None else rows[:0], chosen)
    else:
        _name_periods(axes, names, rows, unit)
    labels = [*(series if color else []), *([beside] if beside else [])]
    if labels:
        add_legend(axes, entries=len(labels))
    return axes


def _list_rows(frame: pd.DataFrame, columns: Mapping[str, str | None], name: str, color: str | None) -> pd.DataFrame:
    """Give `value, lower, upper, beside, name, series`."""
    rows = pd.DataFrame({key: read_numbers(frame, column) for key, column in columns.items() if column})
    series = "" if color is None else frame[color].astype(str).to_numpy()
    return rows.assign(name=frame[name].astype(str).to_numpy(), series=series)


def _check_names(rows: pd.DataFrame, own: str | Collection[str] | None = None) -> None:
    twice = rows.loc[rows.duplicated(["name", "series"]), "name"].tolist()
    if twice:
        raise RequestError(f"The name '{twice[0]}' stands in more than one row; each row needs a name of its own.")
    names = rows["name"].tolist()
    unknown = sorted(({own} if isinstance(own, str) else set(own or ())) - set(names))
    if unknown:
        raise RequestError(f"There is no row '{unknown[0]}'; there are {', '.join(names)}.")


def _draw_rows(
    axes: Axes,
    rows: pd.DataFrame,
    by: str,
    colours: Mapping[str, str],
    *,
    hollow: Collection[str] = (),
    orient: Literal["h", "v"] = "h",
) -> None:
    """Draw `value, lower, upper` of each `name`, coloured by a column, and hollow where it holds some values."""
    along, across = ("x", "y") if orient == "h" else ("y", "x")
    moves = [so.Dodge(by=["color"])] if by == "series" else []
    ends = {f"{along}min": "lower", f"{along}max": "upper"}
    plot = (
        so.Plot(rows, color=by, fill=by, **{along: "value", across: "name"})
        .add(
            so.Range(linewidth=2),
            *moves,
            legend=False,
            orient=across,
            **ends,
        )
        .add(so.Dot(pointsize=7, stroke=1.6), *moves, legend=False, orient=across)
        .scale(
            color=so.Nominal(list(colours.values()), order=list(colours)),
            fill=so.Nominal([each not in hollow for each in colours], order=list(colours)),
            **{across: so.Nominal(order=list(dict.fromkeys(rows["name"])))},
        )
        .label(x="", y="")
    )
    draw_objects(plot, axes)
    if by == "series":
        for name, colour in colours.items():
            axes.plot([], [], "o", color=colour, markersize=7, label=name)


def _draw_reference(axes: Axes, reference: float, orient: Literal["h", "v"]) -> None:
    """Draw a broken line, with its number at its end."""
    is_upright = orient == "h"
    (axes.axvline if is_upright else axes.axhline)(
        reference, color=TEXT_COLOUR, linestyle="--", linewidth=1.2, zorder=1
    )
    axes.annotate(
        _write(reference),
        (reference, 1.0) if is_upright else (1.0, reference),
        xycoords=("data", "axes fraction") if is_upright else ("axes fraction", "data"),
        xytext=(0, 2) if is_upright else (4, 0),
        textcoords="offset points",
        ha="center" if is_upright else "left",
        va="bottom" if is_upright else "center",
        fontsize=ROW_POINTS,
    )


def _label_values(axes: Axes, rows: pd.DataFrame, own: Collection[str]) -> None:
    """Write the figure of each own row to the right of its range."""
    columns = (rows[name].tolist() for name in ("name", "value", "upper"))
    for row, (name, value, upper) in enumerate(zip(*columns, strict=True)):
        if name in own and not math.isnan(value):
            axes.annotate(
                _write(value),
                (value if math.isnan(upper) else max(value, upper), row),
                xytext=(6, 0),
                textcoords="offset points",
                va="center",
                fontsize=ROW_POINTS,
                zorder=6,
            )


def _write(number: float) -> str:
    return format_count(number) if float(number).is_integer() else format_rate(number)


def _draw_diamonds(axes: Axes, rows: pd.DataFrame, label: str, orient: Literal["h", "v"]) -> None:
    """Draw the figure beside each row's own, over its range."""
    places = rows["name"].map({each: place for place, each in enumerate(dict.fromkeys(rows["name"]))})
    at = (rows["beside"], places) if orient == "h" else (places, rows["beside"])
    axes.plot(*at, "D", color=DUO_COLOURS[1], markersize=6, linestyle="", zorder=5, label=label)


def _name_rows(axes: Axes, names: Sequence[str], own: Collection[str], unit: str) -> None:
    name_rows(axes, names)
    if len(own) < len(names):
        for label, name in zip(axes.get_yticklabels(), names, strict=True):
            label.set_fontweight("bold" if name in own else "normal")
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_xlabel(unit[:1].upper() + unit[1:])


def _name_periods(axes: Axes, names: Sequence[str], rows: pd.DataFrame, unit: str) -> None:
    held = rows[["value", "upper"]].to_numpy(dtype=float)
    highest = float(held[~np.isnan(held)].max(initial=0.0))
    axes.set_xlim(-0.5, len(names) - 0.5)
    axes.set_ylim(0, HEAD * highest if highest > 0 else 1)
    name_places(axes, names)
    write_numbers(axes.yaxis)
    axes.grid(visible=False, axis="x")
    name_unit(axes, unit or " ")


@use_house_style()
def plot_changes(
    comparisons: Sequence[Assessment | Comparison], *, names: Sequence[str] | None = None, ax: Axes | None = None
) -> Axes:
    """Draw the change that each comparison found, in per cent, with its 95% range.

    Parameters
    ----------
    comparisons : sequence of Assessment or Comparison
        What `compare` gives; of an assessment the first comparison is drawn.
    names : sequence of str, optional
        One for each; the indicators' names where left out.
    ax : matplotlib.axes.Axes, optional
        New axes, as high as the rows need, where left out.

    Returns
    -------
    matplotlib.axes.Axes
        Distances are ratios: half and double are as far from no change. Filled dots are clear changes, hollow ones are
        not clear; an arrow says that a range goes further. Where no change in per cent was tested, the verdict stands
        in words.

    Raises
    ------
    RequestError
        Where there is not one name for each comparison.

    Examples
    --------
    >>> axes = plot_changes([burglary, shoplifting])  # doctest: +SKIP
    """
    if not comparisons:
        return draw_nothing(ax)
    compared = [each.comparisons[0] if isinstance(each, Assessment) else each for each in comparisons]
    rows = _list_changes(compared, _list_names(comparisons, names))
    limit = _find_limit(rows)
    axes = open_axes(ax, "rows", FOOT_MM + ROW_MM * len(rows))
    shown = rows.assign(lower=rows["lower"].clip(lower=1 / limit), upper=rows["upper"].clip(upper=limit))
    shown["value"] = rows["value"].where(rows["value"].between(1 / limit, limit))
    colours = {each.value: _colour_of(each) for each in Verdict}
    unclear = [each.value for each in Verdict if not each.is_clear]
    _draw_rows(axes, shown, "verdict", colours, hollow=unclear)
    _finish_change_axes(axes, limit)
    _draw_arrows(axes, rows, limit)
    for row, words in enumerate(rows["words"]):
        if words:
            axes.text(1.0, row, words, ha="center", va="center", fontsize=ROW_POINTS, **ON_WHITE)
    name_rows(axes, rows["name"].tolist())
    axes.set_ylim(len(rows) - 0.4, -0.6)
    return axes


def _list_names(comparisons: Sequence[Assessment | Comparison], names: Sequence[str] | None) -> list[str]:
    found = (
        [each.indicator.name if isinstance(each, Assessment) else each.period.short_words for each in comparisons]
        if names is None
        else list(names)
    )
    if len(found) != len(comparisons):
        raise RequestError(f"There are {len(comparisons)} comparisons and {len(found)} names; each needs a name.")
    _check_names(pd.DataFrame({"name": found, "series": ""}))
    return found


def _list_changes(compared: Sequence[Comparison], names: Sequence[str]) -> pd.DataFrame:
    """Give `name, value, lower, upper, verdict, words`: ratios, or words where no change in per cent was tested."""
    rows = [(name, *_read_ratios(each), each.verdict.value) for each, name in zip(compared, names, strict=True)]
    frame = pd.DataFrame(rows, columns=["name", "value", "lower", "upper", "verdict"])
    words = [_say_untested(each) for each in compared]
    return frame.assign(words=pd.Series(words, dtype=object).where(frame["value"].isna(), ""))


def _read_ratios(comparison: Comparison) -> tuple[float, float, float]:
    """Give the change as a ratio with the ends of its range; NaN where no change in per cent may be printed."""
    tested = comparison.change if comparison.verdict.shows_percent else None
    if tested is None or tested.adjusted_percent is None:
        return math.nan, math.nan, math.nan
    return 1 + tested.adjusted_percent / 100, 1 + tested.lower / 100, 1 + tested.upper / 100


def _say_untested(comparison: Comparison) -> str:
    """Give the verdict, and of a share or a published figure its difference."""
    if comparison.is_left_unjudged:
        return "not judged"
    if comparison.difference is None or not comparison.verdict.shows_percent:
        return comparison.verdict.value
    return f"{comparison.verdict.value} ({comparison.difference.difference:+.1f} points)".replace("-", MINUS)


def _find_limit(rows: pd.DataFrame) -> float:
    """Give the smallest limit that holds every change and, up to the largest limit, its range."""
    reach = rows[["value", "lower", "upper"]].to_numpy(dtype=float).ravel()
    far = max((max(each, 1 / each) if each > 0 else math.inf for each in reach if not math.isnan(each)), default=1.0)
    return next((each for each in RATIO_LIMITS if far <= each), RATIO_LIMITS[-1])


def _colour_of(verdict: Verdict) -> str:
    if not verdict.is_clear:
        return MUTED_COLOUR
    return SEQUENTIAL_COLOURS[1 if verdict is Verdict.UP else 2]


class _ChangeLocator(Locator):
    """Every tick of an axis of changes, or every other one where the axis is narrow."""

    def __init__(self, ticks: Sequence[float]) -> None:
        self.ticks = ticks

    def __call__(self) -> Sequence[float]:
        fitting = count_labels(cast("Axes", self.axis.axes), len("+300%"))  # type: ignore[union-attr]
        return self.ticks if fitting >= len(self.ticks) else self.ticks[::2]


def _finish_change_axes(axes: Axes, limit: float) -> None:
    axes.set_xscale("log")
    axes.set_xlim(limit**-_PAST, limit**_PAST)
    axes.xaxis.set_major_locator(_ChangeLocator(_TICKS[limit]))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(lambda ratio, _: _write_ratio(ratio))
    axes.axvline(1.0, color=TEXT_COLOUR, linewidth=1, zorder=1)
    axes.set_xlabel("Change, with its 95% range")


def _write_ratio(ratio: float) -> str:
    percent = round(100 * (ratio - 1))
    return f"{percent:+d}%".replace("-", MINUS) if percent else "0%"


def _draw_arrows(axes: Axes, rows: pd.DataFrame, limit: float) -> None:
    """Draw an arrow where a range goes beyond the axis."""
    for row, each in enumerate(rows.to_dict("records")):
        for is_beyond, edge, marker in (
            (each["lower"] < 1 / limit, 1 / limit, "<"),
            (each["upper"] > limit, limit, ">"),
        ):
            if is_beyond:
                axes.plot(
                    edge,
                    row,
                    marker=marker,
                    color=_colour_of(Verdict(each["verdict"])),
                    markersize=6,
                    clip_on=False,
                    zorder=3,
                )
