"""Tables of the Office for National Statistics: residents by age and sex, households, deaths, severity weights.

Totals of residents are the published ones of `reference/populations.csv`, and after the last of those they go on
growing as they grew in the five years before. Who is how old is England's structure of mid-2020 for every area. None of
these tables has a place for a word of its own, so every file's name begins `simulated-`.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from scipy.interpolate import PchipInterpolator

from shp_analysis.errors import RequestError
from shp_analysis.readers.readers import read_code_table
from shp_analysis.reference.areas import Area, read_area
from shp_analysis.reference.periods import CalendarYear, Month
from shp_analysis.simulator.borough import LAST_MONTH, Floats, Whole, open_stream, read_sample_table
from shp_analysis.simulator.planted_series import draw_month_count, read_series

SEXES = ("female", "male")
OLDEST_AGE = 90
"""Everybody of this age and over is one number."""
FIRST_MID_YEAR, LAST_MID_YEAR = 2011, 2024
FIRST_DEATHS_YEAR, LAST_DEATHS_YEAR = 1993, 2024
DEATHS = "ons/drug_poisoning_deaths"
_GROWTH_YEARS = 5
LARGER_AREAS_YEAR = 2020
_YEARLY_GROWTH = 1.004
"""Of England and its regions."""
_RESIDENTS_PER_HOUSEHOLD = 2.3
_HUNDREDS = -2
_ENGLAND_AND_WALES = ("K04000001", "ENGLAND AND WALES", 1.056)
"""Code, name, and how many residents more than England."""
_NOT_WEIGHTED = "Fraud offences"
"""Fraud has no part in the score."""
_WEIGHT_SPREAD = 0.8
"""Standard deviation of the logarithm of an offence's weight about its group's."""


@dataclass(frozen=True)
class LargerArea:
    """England, or a region that simulated authorities lie in; the parent of England is empty."""

    code: str
    name: str
    area_type: str
    parent_code: str
    parent_name: str
    residents_2020: int


def write_population(folder: Path, seed: int, areas: Sequence[Area], months: Sequence[Month]) -> Iterator[Path]:
    """Write the office's tables for the simulated authorities.

    Parameters
    ----------
    folder : pathlib.Path
    seed : int
    areas : sequence of Area
    months : sequence of Month
        Not used: these tables are published with all their years.

    Yields
    ------
    pathlib.Path
        Residents by sex and age, households, deaths from drug poisoning, and severity weights.
    """
    del months
    yield _write_rows(folder / "simulated-myeb1-residents-by-sex-and-age-2025-07.csv", _list_residents(areas))
    yield _write_rows(folder / "simulated-households21_ltla21-2022-06.csv", _list_households(seed, areas))
    yield _write_rows(folder / "simulated-drug-poisoning-registrations-by-LA-2025-10.csv", _list_deaths(seed, areas))
    yield _write_rows(folder / f"simulated-severity-weights-{LAST_MONTH.start.year}-2025-07.csv", _list_weights(seed))


def count_residents_aged(
    area_code: str, mid_year: int, first_age: int = 0, last_age: int | None = None, sex: str | None = None
) -> int:
    """Count an authority's simulated residents of some ages.

    Parameters
    ----------
    area_code : str
    mid_year : int
    first_age : int, default 0
    last_age : int, optional
        Included; no upper limit where left out.
    sex : {"female", "male"}, optional
        Both where left out.

    Returns
    -------
    int
    """
    residents = spread_residents(expect_residents(area_code, mid_year))
    rows = residents if sex is None else residents[[SEXES.index(sex)]]
    return int(rows[:, first_age : OLDEST_AGE + 1 if last_age is None else last_age + 1].sum())


@cache
def expect_residents(area_code: str, mid_year: int) -> int:
    """Give an area's residents: as published, or grown on from the last published year.

    Parameters
    ----------
    area_code : str
        An authority, or one of `larger_areas.csv`.
    mid_year : int

    Raises
    ------
    RequestError
        Where no year of the area is known.
    """
    larger = {area.code: area.residents_2020 for area in read_larger_areas()}
    if area_code in larger:
        return _grow(larger[area_code], _YEARLY_GROWTH, mid_year - LARGER_AREAS_YEAR)
    known = read_area(area_code).populations
    if not known:
        raise RequestError(f"{area_code} has no estimate of residents, so nothing can be simulated per resident.")
    if mid_year in known:
        return known[mid_year]
    last = max(known)
    if mid_year < last:
        return known[min(known)]
    growth = known[last] / known[last - _GROWTH_YEARS]
    return _grow(known[last], growth ** (1 / _GROWTH_YEARS), mid_year - last)


def _grow(residents: int, yearly: float, years: int) -> int:
    return round(residents * math.pow(yearly, years))


@cache
def read_larger_areas() -> tuple[LargerArea, ...]:
    """Read England and the regions that the simulated authorities lie in."""
    rows = read_sample_table("larger_areas.csv").itertuples(index=False, name=None)
    return tuple(
        LargerArea(str(code), str(name), str(kind), str(parent_code), str(parent_name), int(residents))
        for code, name, kind, parent_code, parent_name, residents in rows
    )


@cache
def spread_residents(total: int) -> Whole:
    """Share a total out by sex and single year of age.

    Returns
    -------
    array of int, sexes × ages
        Adds up to the total; the last age is everybody of 90 and over.
    """
    exact = (_age_shares() * total).ravel()
    counts: Whole = np.floor(exact).astype(np.int64)
    largest_remainders = np.argsort(counts - exact, kind="stable")[: total - int(counts.sum())]
    counts[largest_remainders] += 1
    spread: Whole = counts.reshape(len(SEXES), OLDEST_AGE + 1)
    spread.setflags(write=False)
    return spread


@cache
def _age_shares() -> Floats:
    """Give shares, sexes × ages: a smooth curve through the five-year groups."""
    table = read_sample_table("age_structure.csv")
    starts = table["from_age"].to_numpy(float)
    shares = np.empty((len(SEXES), OLDEST_AGE + 1))
    for row, sex in enumerate(SEXES):
        groups = table[sex].to_numpy(float)
        below = PchipInterpolator(starts, np.append(0.0, np.cumsum(groups[:-1])))
        shares[row, :OLDEST_AGE] = np.diff(below(np.arange(OLDEST_AGE + 1)))
        shares[row, OLDEST_AGE] = groups[-1]
    of_all: Floats = shares / shares.sum()
    return of_all


def _list_residents(areas: Sequence[Area]) -> Iterator[list[object]]:
    years = range(FIRST_MID_YEAR, LAST_MID_YEAR + 1)
    yield ["ladcode23", "laname23", "country", "sex", "age", *(f"population_{year}" for year in years)]
    for area in areas:
        counts = np.stack([spread_residents(expect_residents(area.code, year)) for year in years], axis=-1)
        for row, sex in enumerate(SEXES):
            for age in range(OLDEST_AGE + 1):
                yield [area.code, area.name, "E", sex[0].upper(), age, *counts[row, age].tolist()]


def _list_households(seed: int, areas: Sequence[Area]) -> Iterator[list[object]]:
    yield ["ltla21_code", "ltla21_name", "households"]
    for area in areas:
        size = _RESIDENTS_PER_HOUSEHOLD + open_stream(seed, "households", area.code).normal(0, 0.03)
        # Published as decimals, though they are rounded to hundreds.
        yield [area.code, area.name, f"{round(expect_residents(area.code, 2021) / size, _HUNDREDS):.1f}"]


def _list_deaths(seed: int, areas: Sequence[Area]) -> Iterator[list[object]]:
    years = range(LAST_DEATHS_YEAR, FIRST_DEATHS_YEAR - 1, -1)
    yield ["code", "name", *years]
    england, *regions = read_larger_areas()
    code, name, larger = _ENGLAND_AND_WALES
    deaths = [draw_deaths(seed, england.code, year) for year in years]
    yield [code, name, *(round(count * larger) for count in deaths)]
    yield [england.code, england.name.upper(), *deaths]
    for region in regions:
        name = region.name.removesuffix(" region")
        yield [region.code, name, *(draw_deaths(seed, region.code, year) for year in years)]
    for area in areas:
        yield [area.code, area.name, *(draw_deaths(seed, area.code, year) for year in years)]


def draw_deaths(seed: int, area_code: str, year: int) -> int:
    """Draw the deaths from drug poisoning that were registered in an area in a year.

    England and its regions are drawn for themselves, and are not the sum of the simulated authorities.
    """
    return draw_year_count(seed, DEATHS, area_code, CalendarYear(str(year)).months)


@cache
def draw_year_count(seed: int, series: str, area_code: str, months: tuple[Month, ...]) -> int:
    """Draw a series' count over some months, in an authority or in England or a region.

    Parameters
    ----------
    seed : int
    series : str
        A line of `series.csv`.
    area_code : str
        An authority, whose months add up to it, or one of `larger_areas.csv`, which is Poisson about its residents.
    months : tuple of Month

    Returns
    -------
    int
    """
    if area_code not in {area.code for area in read_larger_areas()}:
        return sum(draw_month_count(seed, series, area_code, month) for month in months)
    first, last = months[0].label, months[-1].label
    residents = expect_residents(area_code, months[-1].start.year)
    expected = read_series(series).yearly_per_100000 * residents / 100_000 * len(months) / 12
    return int(open_stream(seed, "larger area", series, area_code, first, last).poisson(expected))


def _list_weights(seed: int) -> Iterator[list[object]]:
    yield ["Offence code", "Offence description", "Weight"]
    levels = {
        str(row["offence_group"]): float(row["typical_weight"])
        for row in read_sample_table("severity_levels.csv").to_dict("records")
    }
    for code, (description, group) in _list_offences().items():
        if group == _NOT_WEIGHTED:
            continue
        stream = open_stream(seed, "severity", code)
        drawn = max(levels[group] * float(np.exp(stream.normal(0, _WEIGHT_SPREAD))), 1.0)
        yield [code, f"{description} (simulated weight)", f"{drawn:.1f}"]


def _list_offences() -> dict[str, tuple[str, str]]:
    """List descriptions and groups by code: the published offences, and those that are simulated beside them."""
    published = {
        row["offence_code"]: (row["offence_description"], row["offence_group"])
        for row in read_code_table("home_office", "offences.csv")
    }
    simulated = {
        str(row["offence_code"]): (str(row["offence_description"]), str(row["offence_group"]))
        for row in read_sample_table("home_office_offences.csv").to_dict("records")
    }
    return {**published, **{code: offence for code, offence in simulated.items() if code not in published}}


def _write_rows(path: Path, rows: Iterator[list[object]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
    return path
