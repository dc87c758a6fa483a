"""Counts of the simulated borough beyond street-level crime: series that publishers and partners give by period.

A series is a line of `series.csv`: what it counts, how many a year per 100,000 residents, how jumpy, with whose season.
What was planted in it is a line of `planted_series.csv`. A month's count is drawn once, from a stream of random numbers
keyed by seed, series, area and month, so that every table that prints the series adds up to the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import prod
from typing import Any

import numpy as np
import pandas as pd

from shp_analysis.errors import RequestError
from shp_analysis.reference.areas import read_area
from shp_analysis.reference.periods import Month, Period
from shp_analysis.simulator.borough import (
    DAYS_IN_YEAR,
    draw_overdispersed,
    index_of_season,
    open_stream,
    read_sample_table,
)

FLAT = "flat"
"""The season of a series that has none."""
STEP, BREAK, EXACT, WITHHELD = "step", "break", "exact_counts", "not_received"
_PER = 100_000


@dataclass(frozen=True)
class Series:
    """One simulated series.

    Attributes
    ----------
    name : str
        `<source>/<what>`: `home_office/robbery`.
    yearly_per_100000 : float
        Expected events a year per 100,000 residents of any area; areas differ by a lot drawn once.
    dispersion : float
        Variance over mean of a month's count; 1 is Poisson.
    season : str
        A series of `seasons.csv`, or `flat`.
    """

    name: str
    yearly_per_100000: float
    dispersion: float
    season: str


def read_series(name: str) -> Series:
    """Read one line of `series.csv`.

    Raises
    ------
    RequestError
        Where there is no such series.
    """
    if name not in _all_series():
        raise RequestError(f"series.csv has no series '{name}'; it has {', '.join(sorted(_all_series()))}.")
    return _all_series()[name]


def list_series(source: str) -> tuple[Series, ...]:
    """List the series of one source, in the order of the file."""
    return tuple(each for each in _all_series().values() if each.name.startswith(f"{source}/"))


def read_planted_series() -> pd.DataFrame:
    """Read what was planted in the series.

    Returns
    -------
    pandas.DataFrame
        `id, series, area_code, first_month, last_month, kind, multiplier, monthly_counts, verdict, note`. `kind` is
        `step` (a real change), `break` (a change of recording that the break register announces), `exact_counts`
        (`monthly_counts`, separated by semicolons) or `not_received` (the publisher leaves those months out).
        `verdict` is what a paper on the last of those months should say.
    """
    return read_sample_table("planted_series.csv")


@cache
def draw_month_count(seed: int, name: str, area_code: str, month: Month) -> int:
    """Draw one month's count of a series in an area.

    Parameters
    ----------
    seed : int
    name : str
        Of the series.
    area_code : str
        A local authority.
    month : Month

    Returns
    -------
    int
    """
    exact = _exact_count(name, area_code, month)
    if exact is not None:
        return exact
    series = read_series(name)
    expected = np.array([expect_month_count(seed, name, area_code, month)])
    stream = open_stream(seed, "series", name, area_code, month.label)
    mean = draw_overdispersed(expected, np.array([series.dispersion]), stream)
    return int(stream.poisson(mean)[0])


def draw_period_count(seed: int, name: str, area_code: str, period: Period) -> int:
    """Add up a period's months, as `draw_month_count` draws them."""
    return sum(draw_month_count(seed, name, area_code, month) for month in period.months)


def expect_month_count(seed: int, name: str, area_code: str, month: Month) -> float:
    """Give a month's expected count, with season, length of month and plants, before chance."""
    series = read_series(name)
    population = read_area(area_code).population_on(month.end)
    if population is None:
        raise RequestError(f"{area_code} has no estimate of residents, so no count of {name} can be expected there.")
    season = 1.0 if series.season == FLAT else index_of_season(series.season, month)
    yearly = series.yearly_per_100000 * population.residents / _PER * _level_of_area(seed, name, area_code)
    return yearly * season * month.days / DAYS_IN_YEAR * multiply_series(name, area_code, month)


def multiply_series(name: str, area_code: str, month: Month) -> float:
    """Give the planted factor of a series in an area and month, 1 where nothing was planted.

    Also for series that are split from another draw and have no line in `series.csv`.
    """
    rows = [row for row in _plants(name, area_code, month) if row["kind"] in {STEP, BREAK}]
    return prod(float(row["multiplier"]) for row in rows)


def is_received(name: str, area_code: str, month: Month) -> bool:
    """Say whether the publisher's files have this month at all."""
    return not any(row["kind"] == WITHHELD for row in _plants(name, area_code, month))


@cache
def _level_of_area(seed: int, name: str, area_code: str) -> float:
    """Areas differ by about a fifth for good, as real ones do."""
    return float(np.exp(open_stream(seed, "level", name, area_code).normal(0, 0.2)))


def _exact_count(name: str, area_code: str, month: Month) -> int | None:
    for row in _plants(name, area_code, month):
        if row["kind"] == EXACT:
            counts = [int(count) for count in str(row["monthly_counts"]).split(";")]
            first = Month(str(row["first_month"]))
            return counts[(month.start.year - first.start.year) * 12 + month.start.month - first.start.month]
    return None


def _plants(name: str, area_code: str, month: Month) -> list[dict[str, Any]]:
    return [
        row
        for row in _planted_rows()
        if row["series"] == name
        and row["area_code"] in {area_code, "*"}
        and str(row["first_month"]) <= month.label <= str(row["last_month"])
    ]


@cache
def _planted_rows() -> tuple[dict[str, Any], ...]:
    rows = read_planted_series().to_dict("records")
    return tuple({str(key): value for key, value in row.items()} for row in rows)


@cache
def _all_series() -> dict[str, Series]:
    rows = read_sample_table("series.csv").to_dict("records")
    return {
        str(row["series"]): Series(
            str(row["series"]), float(row["yearly_per_100000"]), float(row["dispersion"]), str(row["season"])
        )
        for row in rows
    }
