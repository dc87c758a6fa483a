"""When injury collisions happen: a table of weekdays and hours, its cells the darker the more there were."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from shp_analysis.briefing.data_tables import Column, build_table
from shp_analysis.briefing.parts import Figure, Note, Notes, Sentence
from shp_analysis.charts.drawing import DESK, draw, is_wide
from shp_analysis.charts.heatmaps import plot_heatmap
from shp_analysis.charts.notes import say_not_received
from shp_analysis.comparisons import FEWEST_EVENTS
from shp_analysis.measures import find_counted_table
from shp_analysis.sentences import say_caveat
from shp_analysis.style import format_count, format_share
from shp_analysis.workbook import Run

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLLISIONS = "RS-02"
YEARS = 5
HOURS_EACH = 3
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
BANDS = tuple(f"{hour:02d}–{hour + HOURS_EACH:02d}" for hour in range(0, 24, HOURS_EACH))
"""Hours of the day, three at a time: of single hours most cells would hold a handful."""
Counts = npt.NDArray[np.int64]


def plot_hours(run: Run) -> Figure | Notes:
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
    assessment = run.assessment(COLLISIONS)
    years = list(range(assessment.period.end.year - YEARS + 1, assessment.period.end.year + 1))
    frame = read_times(run, years)
    if frame.empty:
        return say_not_received([assessment])
    counts = count_hours(frame)
    total = int(counts.sum())
    if total < FEWEST_EVENTS:
        text = f"No table is drawn: {format_count(total)} collisions are too few to part by weekday and hour."
        return Notes((Note(assessment.indicator.name, text),))
    held = sorted(int(year) for year in frame["year"].unique())
    window = str(held[0]) if len(held) == 1 else f"{held[0]} to {held[-1]}"
    untimed = int(frame["collisions"].sum()) - total

    def paint(axes: Axes) -> None:
        draw_hours(axes, counts)

    return Figure(
        title=f"Injury collisions by weekday and hour, {window}: {_say_busiest(counts)}",
        picture=draw(paint, DESK),
        narrow_picture=draw(paint, "narrow"),
        alternative_text=f"A table of seven days and eight times of day. {_say_busiest(counts)}.",
        caption=(
            f"Collisions on public roads in which somebody was hurt, {format_count(total)} in the {len(held)} years "
            f"received of {years[0]} to {years[-1]}, three hours to a cell. Darker: more."
            + (f" {format_count(untimed)} without a time are left out." if untimed else "")
        ),
        table=build_table(
            [_row(day, row) for day, row in zip(DAYS, counts, strict=True)],
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


def read_times(run: Run, years: list[int]) -> pd.DataFrame:
    """Read the area's injury collisions of some years by weekday and hour.

    Returns
    -------
    pandas.DataFrame
        `year, day_of_week, hour, collisions`; the hour is missing where no time was recorded.
    """
    table = find_counted_table("stats19_collisions")
    condition = table.condition(run.area)
    stored, store = table.stored[0], run.opened.store
    if condition is None or store.parts_held(stored, as_of=run.as_of).empty:
        return pd.DataFrame(columns=["year", "day_of_week", "hour", "collisions"])
    where, values = condition
    sql = (
        "SELECT year(collision_date) AS year, day_of_week, TRY_CAST(left(collision_time, 2) AS INTEGER) AS hour, "
        f"count(*) AS collisions FROM {stored} WHERE {where} AND year(collision_date) BETWEEN ? AND ? "
        "GROUP BY ALL ORDER BY ALL"
    )
    parts = store.parts_held(stored, as_of=run.as_of)
    run.opened.note_files(stored, parts[parts["period"].between(str(years[0]), str(years[-1]))])
    return store.query(stored, sql, [*values, years[0], years[-1]], as_of=run.as_of)


def count_hours(frame: pd.DataFrame) -> Counts:
    """Count collisions by weekday and time of day.

    Parameters
    ----------
    frame : pandas.DataFrame
        `day_of_week, hour, collisions`; rows without either are left out.

    Returns
    -------
    numpy.ndarray of int, shape (7, 8)
        Days from Monday, times of day from midnight.
    """
    counts = np.zeros((len(DAYS), len(BANDS)), dtype=np.int64)
    timed = frame[frame["hour"].notna() & frame["day_of_week"].isin(DAYS)]
    for day, hour, number in timed[["day_of_week", "hour", "collisions"]].itertuples(index=False):
        counts[DAYS.index(day), int(hour) // HOURS_EACH] += int(number)
    return counts


def draw_hours(axes: Axes, counts: Counts) -> None:
    """Draw a cell for each weekday and time of day, with its number in it."""
    wide = is_wide(axes)
    days, hours = ([name if wide else name[:letters] for name in names] for names, letters in ((DAYS, 3), (BANDS, 2)))
    plot_heatmap(pd.DataFrame(counts, index=days, columns=hours), ax=axes)
    if not wide:
        axes.set_xlabel("Three hours from")
        axes.xaxis.set_label_position("top")


def _say_busiest(counts: Counts) -> str:
    day, band = np.unravel_index(int(counts.argmax()), counts.shape)
    return f"{_write_part(counts, int(counts.max()))} on a {DAYS[int(day)]} between {_say_band(int(band))}"


def _say_band(band: int) -> str:
    first = band * HOURS_EACH
    return f"{first}:00 and {first + HOURS_EACH}:00"


def _say_weekdays(counts: Counts) -> str:
    weekdays = counts[:5]
    band = int(weekdays.sum(axis=0).argmax())
    number = int(weekdays[:, band].sum())
    return f"Of all, {_write_part(counts, number)} were on Mondays to Fridays between {_say_band(band)}."


def _say_nights(counts: Counts) -> str:
    late = int(counts[4:6, -1].sum() + counts[5:7, 0].sum())
    told = "on Friday and Saturday nights, from 21:00 to 3:00 the next morning"
    return f"Of all, {_write_part(counts, late)} were {told}."


def _write_part(counts: Counts, number: int) -> str:
    total = int(counts.sum())
    return f"{format_count(number)} of {format_count(total)} ({format_share(100 * number / total, total)})"


def _row(day: str, row: Counts) -> dict[str, object]:
    return {"day": day, **{band: format_count(int(each)) for band, each in zip(BANDS, row, strict=True)}}
