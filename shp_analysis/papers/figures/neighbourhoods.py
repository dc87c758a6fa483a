"""Recorded crime by neighbourhood: how concentrated it is, and how deprived the places are."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from shp_analysis.charts.drawing import DESK, ON_WHITE, draw, is_wide, name_unit
from shp_analysis.charts.ranges import plot_ranges
from shp_analysis.page.data_tables import Column, build_table
from shp_analysis.page.parts import Figure, Note, Notes, Sentence
from shp_analysis.page.style import (
    CATEGORICAL_COLOURS,
    DUO_COLOURS,
    MUTED_COLOUR,
    TEXT_COLOUR,
    format_count,
    format_rate,
    format_share,
)
from shp_analysis.papers.figures.notes import explain_not_shown
from shp_analysis.papers.gated_counts import (
    Concentration,
    Gradient,
    NotShown,
    count_neighbourhoods,
    find_gradient,
)
from shp_analysis.papers.run import Run
from shp_analysis.statistics.inequality import SlopeOfInequality

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_concentration(run: Run) -> Figure | Notes:
    """Draw how much of recorded crime the busiest neighbourhoods hold.

    Parameters
    ----------
    run : Run
        Of crime and anti-social behaviour.

    Returns
    -------
    Figure or Notes
        A line where the twelve months are not whole.
    """
    found = count_neighbourhoods(run)
    if isinstance(found, NotShown):
        return explain_not_shown(found, run.assessment(run.contents.charts.recorded_crime))
    counts = found.counts

    def paint(axes: Axes) -> None:
        draw_concentration(axes, found)

    rows = [_share_row(found, each, words) for each, words, _ in _SHARES]
    share, words, even = _SHARES[0]
    told = f"{words} of {len(counts)} neighbourhoods holds {_write_share(found, share)}"
    return Figure(
        title=told,
        picture=draw(paint, DESK),
        narrow_picture=draw(paint, "narrow"),
        alternative_text="A curve above a straight line. " + " ".join(f"{row['name']}: {row['held']}." for row in rows),
        caption=(
            f"Recorded crimes in {found.period.short_words}, neighbourhoods from the busiest to the quietest. "
            "Dashed: the same number in each. Dot: the busiest twentieth."
        ),
        table=build_table(
            rows,
            caption=f"Recorded crime held by the busiest neighbourhoods, {found.period.short_words}",
            columns=(
                Column("name", "Neighbourhoods", is_row_heading=True),
                Column("held", "Recorded crimes", align="right"),
            ),
        ),
        can_conclude=Sentence(f"{told}. With as many crimes in each neighbourhood it would be one in {even}."),
        cannot_conclude=(
            "Places are rounded to the nearest of a list of points, and chance alone makes some neighbourhoods busier "
            "than others. A busy place may be one with many visitors: the curve says nothing of the risk to a resident."
        ),
    )


_SHARES = ((0.05, "The busiest twentieth", 20), (0.2, "The busiest fifth", 5), (0.5, "The busier half", 2))
"""Shares of the neighbourhoods in which anything was recorded: in words, and one in how many."""


def draw_concentration(axes: Axes, found: Concentration) -> None:
    """Draw the share of crimes over the share of neighbourhoods, the busiest first."""
    places = 100 * np.arange(len(found.counts) + 1) / len(found.counts)
    held = 100 * np.concatenate([[0], np.cumsum(found.counts)]) / found.total
    axes.plot([0, 100], [0, 100], "--", color=MUTED_COLOUR, linewidth=1.2, zorder=2)
    axes.plot(places, held, color=CATEGORICAL_COLOURS[0], linewidth=2, zorder=3)
    share, words, _ = _SHARES[0]
    dot = (100 * share, 100 * found.count_in_busiest(share) / found.total)
    axes.plot(*dot, "o", color=DUO_COLOURS[1], markersize=8, zorder=4)
    label = f"{words}: " if is_wide(axes) else ""
    label = f"{label}{format_share(dot[1], found.total)}"
    axes.annotate(label, dot, xytext=(10, -4), textcoords="offset points", va="center", **ON_WHITE)
    axes.set_xlim(0, 100)
    axes.set_ylim(0, 102)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(lambda value, _: f"{value:.0f}%")
    axes.set_xlabel("Neighbourhoods, from the busiest")
    name_unit(axes, "Share of recorded crimes")


def _write_share(found: Concentration, share: float) -> str:
    held, total = found.count_in_busiest(share), found.total
    return f"{format_count(held)} of {format_count(total)} recorded crimes ({format_share(100 * held / total, total)})"


def _share_row(found: Concentration, share: float, words: str) -> dict[str, object]:
    return {"name": words, "held": _write_share(found, share)}


TENTHS = 10


def plot_deprivation(run: Run) -> Figure | Notes:
    """Draw recorded crime per 1,000 residents by the tenth of deprivation that a neighbourhood lies in.

    Parameters
    ----------
    run : Run
        Of crime and anti-social behaviour.

    Returns
    -------
    Figure or Notes
        A line where the twelve months are not whole, or residents or the index were not received.
    """
    gradient = find_gradient(run)
    if isinstance(gradient, NotShown):
        return _explain(gradient, run)
    frame = gradient.deciles.frame

    def paint(axes: Axes) -> None:
        draw_gradient(axes, gradient)

    ends = _say_ends(gradient)
    return Figure(
        title=f"Recorded crime by deprivation: {_say_gradient(gradient.slope)}",
        picture=draw(paint, DESK),
        narrow_picture=draw(paint, "narrow"),
        alternative_text=(
            "A dot with its 95% range for each tenth. "
            + " ".join(_describe_decile(row) for row in frame.to_dict("records"))
        ),
        caption=(
            f"Recorded crimes per 1,000 residents (mid-{gradient.neighbourhoods.mid_year}) in "
            f"{gradient.period.short_words}, by tenth of England's neighbourhoods (index of "
            f"{gradient.neighbourhoods.imd_edition}; 1: the most deprived). Dashed: the fitted line. Lines: the 95% "
            "range, widened for how much the neighbourhoods of one tenth differ."
        ),
        table=build_table(
            [_row(row) for row in frame.to_dict("records")],
            caption=f"Recorded crime by tenth of deprivation, {gradient.period.short_words}",
            columns=(
                Column("name", "Tenth", is_row_heading=True),
                Column("neighbourhoods", "Neighbourhoods", align="right"),
                Column("residents", "Residents", align="right"),
                Column("crimes", "Crimes", align="right"),
                Column("rate", "Per 1,000", align="right"),
                Column("range", "95% range", align="right"),
            ),
            note=_describe_unplaced_crimes(gradient.deciles.unplaced_crimes)
            + "1 is the most deprived tenth in England.",
        ),
        can_conclude=(Sentence(ends),) if gradient.slope is None else (_conclude(gradient.slope), Sentence(ends)),
        cannot_conclude=(
            "Crimes are counted where they were recorded and divided by the people who live there. A town centre has "
            "many crimes and few residents, so this does not say who is harmed, who did it, or why."
        ),
    )


def _explain(reason: NotShown, run: Run) -> Notes:
    if reason not in {NotShown.NO_RESIDENTS, NotShown.NO_DEPRIVATION_INDEX}:
        return explain_not_shown(reason, run.assessment(run.contents.charts.recorded_crime))
    what = "residents by neighbourhood" if reason is NotShown.NO_RESIDENTS else "the index of deprivation"
    return Notes((Note("Recorded crime by deprivation", f"No chart is drawn: {what} was not received."),))


def draw_gradient(axes: Axes, gradient: Gradient) -> None:
    """Draw a dot with its range for each tenth, and the fitted line."""
    frame = gradient.deciles.frame.set_index("imd_decile").reindex(range(1, TENTHS + 1)).reset_index()
    plot_ranges(frame, value="rate", name="imd_decile", orient="v", unit="Recorded crimes per 1,000 residents", ax=axes)
    if gradient.slope is not None:
        axes.plot(gradient.deciles.frame["imd_decile"] - 1, fit_rates(gradient), "--", color=TEXT_COLOUR, linewidth=1.4)
    axes.set_ylim(0, min(1.08 * float(frame["upper"].max()), 3.2 * float(frame["rate"].max())))
    whose = "Tenth of England's neighbourhoods; " if is_wide(axes) else ""
    axes.set_xlabel(f"{whose}1 is the most deprived")


def fit_rates(gradient: Gradient) -> npt.NDArray[np.float64]:
    """Give the fitted line's rate at each tenth."""
    assert gradient.slope is not None  # noqa: S101 - asked only where a line was fitted
    shares = gradient.deciles.frame["residents"].to_numpy(dtype=float)
    shares = shares / shares.sum()
    first, last = math.log(gradient.slope.intercept), math.log(gradient.slope.intercept + gradient.slope.slope)
    fitted: npt.NDArray[np.float64] = np.exp(first + (last - first) * (np.cumsum(shares) - shares / 2))
    return fitted


def _say_gradient(slope: SlopeOfInequality | None) -> str:
    if slope is None:
        return "too few tenths for a gradient"
    if _is_clear(slope):
        return f"{'less' if slope.slope < 0 else 'more'} in less deprived neighbourhoods"
    return "no clear gradient"


def _is_clear(slope: SlopeOfInequality) -> bool:
    return slope.slope_lower > 0 or slope.slope_upper < 0


def _conclude(slope: SlopeOfInequality) -> Sentence:
    start, end = (format_rate(each) for each in (slope.intercept, slope.intercept + slope.slope))
    ratio = [1 / each for each in (slope.relative, slope.relative_upper, slope.relative_lower)]
    times = f"{ratio[0]:.1f} times (95% range {ratio[1]:.1f} to {ratio[2]:.1f})"
    told = (
        f"The line through the tenths goes from {start} per 1,000 at the most deprived end to {end} at the least: "
        f"{times} the rate"
    )
    clear = (
        "the two ends differ by more than neighbourhoods of one tenth do"
        if _is_clear(slope)
        else "the two ends cannot be told apart"
    )
    return Sentence(f"{told}; {clear}.")


def _say_ends(gradient: Gradient) -> str:
    rows = gradient.deciles.frame.to_dict("records")
    return f"{_describe_decile(rows[0])} {_describe_decile(rows[-1])}"


def _describe_decile(row: Mapping[Hashable, Any]) -> str:
    places, crimes, rate = (row[name] for name in ("neighbourhoods", "crimes", "rate"))
    noun = "neighbourhood" if places == 1 else "neighbourhoods"
    return (
        f"Tenth {row['imd_decile']}: {format_rate(rate)} per 1,000 residents "
        f"({format_count(crimes)} crimes in {places} {noun})."
    )


def _row(row: Mapping[Hashable, Any]) -> dict[str, object]:
    return {
        "name": f"{row['imd_decile']}",
        **{name: format_count(row[name]) for name in ("neighbourhoods", "residents", "crimes")},
        "rate": format_rate(row["rate"]),
        "range": f"{format_rate(row['lower'])} to {format_rate(row['upper'])}",
    }


def _describe_unplaced_crimes(crimes: int) -> str:
    if not crimes:
        return ""
    return f"{format_count(crimes)} crimes have no place, or one whose residents are not known. "
