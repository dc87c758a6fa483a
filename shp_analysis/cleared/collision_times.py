"""Injury collisions of five years by weekday and hour."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from shp_analysis.cleared.reasons import NotShown
from shp_analysis.measures import find_counted_table
from shp_analysis.workbook import Run

COLLISIONS = "RS-02"
YEARS = 5
HOURS_EACH = 3
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
BANDS = tuple(f"{hour:02d}–{hour + HOURS_EACH:02d}" for hour in range(0, 24, HOURS_EACH))
"""Hours of the day, three at a time: of single hours most cells would hold a handful."""
_TIMES = ["year", "day_of_week", "hour", "collisions"]


@dataclass(frozen=True)
class CollisionTimes:
    """When injury collisions happened.

    Attributes
    ----------
    years : tuple of int
        The years asked for.
    held : tuple of int
        Those of them that were received.
    counts : pandas.DataFrame of int, shape (7, 8)
        Days from Monday, times of day from midnight.
    untimed : int
        Collisions without a time, which are in no cell.
    """

    years: tuple[int, ...]
    held: tuple[int, ...]
    counts: pd.DataFrame
    untimed: int

    @property
    def total(self) -> int:
        """How many collisions the cells hold together."""
        return int(self.counts.to_numpy().sum())


def count_collision_times(run: Run) -> CollisionTimes | NotShown:
    """Count the area's injury collisions of the five years to the paper's end by weekday and time of day."""
    last = run.assessment(COLLISIONS).period.end.year
    years = tuple(range(last - YEARS + 1, last + 1))
    times = _read_times(run, years)
    if times.empty:
        return NotShown.NOT_RECEIVED
    counts = count_times(times)
    held = tuple(sorted(int(year) for year in times["year"].unique()))
    return CollisionTimes(years, held, counts, int(times["collisions"].sum() - counts.to_numpy().sum()))


def _read_times(run: Run, years: tuple[int, ...]) -> pd.DataFrame:
    """Read `year, day_of_week, hour, collisions`; the hour is missing where no time was recorded."""
    table = find_counted_table("stats19_collisions")
    condition = table.condition(run.area)
    stored, store = table.stored[0], run.opened.store
    parts = store.parts_held(stored, as_of=run.as_of)
    if condition is None or parts.empty:
        return pd.DataFrame(columns=_TIMES)
    where, values = condition
    sql = (
        "SELECT year(collision_date) AS year, day_of_week, TRY_CAST(left(collision_time, 2) AS INTEGER) AS hour, "
        f"count(*) AS collisions FROM {stored} WHERE {where} AND year(collision_date) BETWEEN ? AND ? "
        "GROUP BY ALL ORDER BY ALL"
    )
    run.opened.note_files(stored, parts[parts["period"].between(str(years[0]), str(years[-1]))])
    return store.query(stored, sql, [*values, years[0], years[-1]], as_of=run.as_of)


def count_times(times: pd.DataFrame) -> pd.DataFrame:
    """Count collisions by weekday and time of day.

    Parameters
    ----------
    times : pandas.DataFrame
        `day_of_week, hour, collisions`; rows without either are left out.

    Returns
    -------
    pandas.DataFrame of int, shape (7, 8)
        Days from Monday, times of day from midnight.
    """
    timed = times[times["hour"].notna() & times["day_of_week"].isin(DAYS)]
    bands = [BANDS[int(hour) // HOURS_EACH] for hour in timed["hour"]]
    counted = timed.assign(band=pd.Series(bands, timed.index, dtype=object)).pivot_table(
        index="day_of_week", columns="band", values="collisions", aggfunc="sum"
    )
    return counted.reindex(index=list(DAYS), columns=list(BANDS)).fillna(0).astype(int)
