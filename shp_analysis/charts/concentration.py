"""How much of recorded crime a few neighbourhoods hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from shp_analysis.briefing.data_tables import Column, build_table
from shp_analysis.briefing.parts import Figure, Notes, Sentence
from shp_analysis.charts.drawing import DESK, ON_WHITE, draw, is_wide, name_unit
from shp_analysis.charts.notes import explain_not_shown
from shp_analysis.cleared import Concentration, NotShown, count_neighbourhoods
from shp_analysis.cleared.deprivation import CRIME
from shp_analysis.style import (
    CATEGORICAL_COLOURS,
    DUO_COLOURS,
    MUTED_COLOUR,
    format_count,
    format_share,
)
from shp_analysis.workbook import Run

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
        return explain_not_shown(found, run.assessment(CRIME))
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
