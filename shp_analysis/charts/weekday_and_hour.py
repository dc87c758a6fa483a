"""When injury collisions happen: a table of weekdays and hours, its cells the darker the more there were."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from shp_analysis.briefing.data_tables import Column, build_table
from shp_analysis.briefing.parts import Figure, Note, Notes, Sentence
from shp_analysis.charts.drawing import DESK, draw, is_wide
from shp_analysis.charts.heatmaps import plot_heatmap
from shp_analysis.charts.notes import explain_not_shown
from shp_analysis.cleared import NotShown, count_collision_times
from shp_analysis.cleared.collision_times import BANDS, COLLISIONS, DAYS, HOURS_EACH
from shp_analysis.comparisons import FEWEST_EVENTS
from shp_analysis.sentences import say_caveat
from shp_analysis.style import format_count, format_share
from shp_analysis.workbook import Run

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_weekday_and_hour(run: Run) -> Figure | Notes:
    """Draw the injury collisions of five years by weekday and hour.

    Parameters
    ----------
    run : Run
        Of road casualties.

    Returns
    -------
    Figure or Notes
        A line where nothing, or hardly anything, was received.
    """
    assessment, found = run.assessment(COLLISIONS), count_collision_times(run)
    if isinstance(found, NotShown):
        return explain_not_shown(found, assessment)
    counts, total, held, years = found.counts, found.total, found.held, found.years
    if total < FEWEST_EVENTS:
        text = f"No table is drawn: {format_count(total)} collisions are too few to part by weekday and hour."
        return Notes((Note(assessment.indicator.name, text),))
    window = str(held[0]) if len(held) == 1 else f"{held[0]} to {held[-1]}"

    def paint(axes: Axes) -> None:
        draw_weekday_and_hour(axes, counts)

    return Figure(
        title=f"Injury collisions by weekday and hour, {window}: {_say_busiest(counts)}",
        picture=draw(paint, DESK),
        narrow_picture=draw(paint, "narrow"),
        alternative_text=f"A table of seven days and eight times of day. {_say_busiest(counts)}.",
        caption=(
            f"Collisions on public roads in which somebody was hurt, {format_count(total)} in the {len(held)} years "
            f"received of {years[0]} to {years[-1]}, three hours to a cell. Darker: more."
            + (f" {format_count(found.untimed)} without a time are left out." if found.untimed else "")
        ),
        table=build_table(
            [_row(str(day), row) for day, row in counts.iterrows()],
            caption=f"Injury collisions by weekday and hour, {window}",
            columns=(
                Column("day", "Day", is_row_heading=True),
                *(Column(band, band, align="right") for band in BANDS),
            ),
        ),
        can_conclude=(Sentence(_say_weekdays(counts)), Sentence(_say_nights(counts))),
        cannot_conclude=(
            "More traffic brings more collisions: these are not risks of a journey, and cells with few collisions "
            f"differ by chance. {say_caveat(assessment)}"
        ),
    )


def draw_weekday_and_hour(axes: Axes, counts: pd.DataFrame) -> None:
    """Draw a cell for each weekday and time of day, with its number in it."""
    if is_wide(axes):
        plot_heatmap(counts, ax=axes)
        return
    plot_heatmap(counts.rename(index=lambda day: day[:3], columns=lambda band: band[:2]), ax=axes)
    axes.set_xlabel("Three hours from")
    axes.xaxis.set_label_position("top")


def _say_busiest(counts: pd.DataFrame) -> str:
    day, band = np.unravel_index(int(counts.to_numpy().argmax()), counts.shape)
    return f"{_write_part(counts, int(counts.to_numpy().max()))} on a {DAYS[int(day)]} between {_say_band(int(band))}"


def _say_band(band: int) -> str:
    first = band * HOURS_EACH
    return f"{first}:00 and {first + HOURS_EACH}:00"


def _say_weekdays(counts: pd.DataFrame) -> str:
    by_band = counts.iloc[:5].sum().to_numpy()
    band = int(by_band.argmax())
    number = int(by_band[band])
    return f"Of all, {_write_part(counts, number)} were on Mondays to Fridays between {_say_band(band)}."


def _say_nights(counts: pd.DataFrame) -> str:
    evening, night = counts[BANDS[-1]], counts[BANDS[0]]
    late = int(evening[["Friday", "Saturday"]].sum() + night[["Saturday", "Sunday"]].sum())
    told = "on Friday and Saturday nights, from 21:00 to 3:00 the next morning"
    return f"Of all, {_write_part(counts, late)} were {told}."


def _write_part(counts: pd.DataFrame, number: int) -> str:
    total = int(counts.to_numpy().sum())
    return f"{format_count(number)} of {format_count(total)} ({format_share(100 * number / total, total)})"


def _row(day: str, row: pd.Series) -> dict[str, object]:
    return {"day": day, **{band: format_count(int(row[band])) for band in BANDS}}
