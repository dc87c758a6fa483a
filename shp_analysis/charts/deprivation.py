"""Recorded crime by how deprived the neighbourhood is."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from shp_analysis.briefing.data_tables import Column, build_table
from shp_analysis.briefing.parts import Figure, Note, Notes, Sentence
from shp_analysis.charts.drawing import DESK, draw, is_wide
from shp_analysis.charts.notes import explain_not_shown
from shp_analysis.charts.ranges import plot_ranges
from shp_analysis.cleared import Gradient, NotShown, find_gradient
from shp_analysis.cleared.deprivation import CRIME
from shp_analysis.statistics.inequality import SlopeOfInequality
from shp_analysis.style import (
    TEXT_COLOUR,
    format_count,
    format_rate,
)
from shp_analysis.workbook import Run

if TYPE_CHECKING:
    from matplotlib.axes import Axes

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
    frame = gradient.tenths.frame

    def paint(axes: Axes) -> None:
        draw_gradient(axes, gradient)

    ends = _say_ends(gradient)
    return Figure(
        title=f"Recorded crime by deprivation: {_say_gradient(gradient.slope)}",
        picture=draw(paint, DESK),
        narrow_picture=draw(paint, "narrow"),
        alternative_text=(
            f"A dot with its 95% range for each tenth. {' '.join(_say_tenth(row) for row in frame.to_dict('records'))}"
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
            note=f"{_say_elsewhere(gradient.tenths.elsewhere)}1 is the most deprived tenth in England.".strip(),
        ),
        can_conclude=(Sentence(ends),) if gradient.slope is None else (_conclude(gradient.slope), Sentence(ends)),
        cannot_conclude=(
            "Crimes are counted where they were recorded and divided by the people who live there. A town centre has "
            "many crimes and few residents, so this does not say who is harmed, who did it, or why."
        ),
    )


def _explain(reason: NotShown, run: Run) -> Notes:
    if reason not in {NotShown.NO_RESIDENTS, NotShown.NO_DEPRIVATION_INDEX}:
        return explain_not_shown(reason, run.assessment(CRIME))
    what = "residents by neighbourhood" if reason is NotShown.NO_RESIDENTS else "the index of deprivation"
    return Notes((Note("Recorded crime by deprivation", f"No chart is drawn: {what} was not received."),))


def draw_gradient(axes: Axes, gradient: Gradient) -> None:
    """Draw a dot with its range for each tenth, and the fitted line."""
    frame = gradient.tenths.frame.set_index("imd_decile").reindex(range(1, TENTHS + 1)).reset_index()
    plot_ranges(frame, value="rate", name="imd_decile", orient="v", unit="Recorded crimes per 1,000 residents", ax=axes)
    if gradient.slope is not None:
        axes.plot(gradient.tenths.frame["imd_decile"] - 1, fit_rates(gradient), "--", color=TEXT_COLOUR, linewidth=1.4)
    axes.set_ylim(0, min(1.08 * float(frame["upper"].max()), 3.2 * float(frame["rate"].max())))
    whose = "Tenth of England's neighbourhoods; " if is_wide(axes) else ""
    axes.set_xlabel(f"{whose}1 is the most deprived")


def fit_rates(gradient: Gradient) -> npt.NDArray[np.float64]:
    """Give the fitted line's rate at each tenth."""
    assert gradient.slope is not None  # noqa: S101 - asked only where a line was fitted
    shares = gradient.tenths.frame["residents"].to_numpy(dtype=float)
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
    rows = gradient.tenths.frame.to_dict("records")
    return f"{_say_tenth(rows[0])} {_say_tenth(rows[-1])}"


def _say_tenth(row: Mapping[Hashable, Any]) -> str:
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


def _say_elsewhere(crimes: int) -> str:
    if not crimes:
        return ""
    return f"{format_count(crimes)} crimes have no place, or one whose residents are not known. "
