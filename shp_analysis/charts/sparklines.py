"""The course of an indicator in small: a line in a cell of a table, with words for those who cannot see it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd
from matplotlib.figure import Figure as Canvas

from shp_analysis.assessment.assessments import Assessment
from shp_analysis.config.catalogue import Kind
from shp_analysis.page.data_tables import Cell, CellPicture
from shp_analysis.page.style import MUTED_COLOUR, TEXT_COLOUR, format_count, format_rate, save_svg, use_house_style
from shp_analysis.reference.period_spellings import write_day

SPARKLINE_MONTHS = 36
SPARKLINE_INCHES = (0.75, 0.24)
"""Small enough that nine of them and the rest of the summary stay on one side of paper."""
FEWEST_SPARKLINE_POINTS = 3


def draw_sparkline(assessment: Assessment) -> Cell | CellPicture:
    """Draw the last 36 months of an indicator.

    Parameters
    ----------
    assessment : Assessment

    Returns
    -------
    Cell or CellPicture
        The vertical axis begins at zero; no line crosses a period that is missing; a confirmed recording change is a
        broken upright line. A dash where there are too few points to draw.
    """
    frame = _recent_values(assessment)
    if len(frame) < FEWEST_SPARKLINE_POINTS:
        return Cell("–")
    low, high, last = frame["value"].min(), frame["value"].max(), frame["value"].iloc[-1]
    first, end = frame["end"].iloc[0], frame["end"].iloc[-1]
    breaks = [each.first_day for each in assessment.breaks if each.is_confirmed and first < each.first_day <= end]
    words = (
        f"{assessment.indicator.name}, {len(frame)} points to {write_day(end)}: lowest {_write(low)}, "
        f"highest {_write(high)}, last {_write(last)}."
    )
    if breaks:
        words += f" A recording change at {write_day(breaks[-1])} is marked."
    return CellPicture(_draw(frame, breaks), words)


def _recent_values(assessment: Assessment) -> pd.DataFrame:
    """Give the last 36 months of an indicator, one value a period; empty where it is counted once a year."""
    months = assessment.months
    if months.empty:
        return pd.DataFrame(columns=["end", "value", "run"])
    values = months["numerator"].astype(float)
    if assessment.indicator.kind in {Kind.PROPORTION, Kind.RATIO}:
        values = 100 * values / months["denominator"].astype(float)
    elif "value" in months:
        values = months["value"].astype(float)
    frame = pd.DataFrame({"start": months["period_start"], "end": months["period_end"], "value": values})
    months_ago = np.array(
        [12 * (assessment.period.end.year - end.year) + assessment.period.end.month - end.month for end in frame["end"]]
    )
    frame = frame[(months_ago < SPARKLINE_MONTHS) & frame["value"].notna()].reset_index(drop=True)
    # No line crosses a period that was not received.
    apart = [
        start.toordinal() - end.toordinal() > 1 for start, end in zip(frame["start"][1:], frame["end"], strict=False)
    ]
    return frame.assign(run=np.cumsum([False, *apart])[: len(frame)])


def _draw(frame: pd.DataFrame, breaks: Sequence[date]) -> str:
    with use_house_style():
        canvas = Canvas(figsize=SPARKLINE_INCHES, layout="constrained")
        axes = canvas.subplots()
        days = [end.toordinal() for end in frame["end"]]
        for _, part in frame.groupby("run"):
            chosen = [days[place] for place in part.index]
            axes.plot(chosen, part["value"], color=MUTED_COLOUR, linewidth=1.1)
        axes.plot(days[-1], frame["value"].iloc[-1], marker="o", markersize=3.2, color=TEXT_COLOUR)
        for day in breaks:
            axes.axvline(day.toordinal(), color=TEXT_COLOUR, linewidth=0.8, linestyle="--")
        axes.set_ylim(0, 1.1 * max(frame["value"].max(), 1e-9))
        axes.set_axis_off()
        return save_svg(canvas)


def _write(value: float) -> str:
    return format_count(value) if float(value).is_integer() else format_rate(value)
