"""Tables about neighbourhoods and authorities: deprivation, residents, which lies in which, neighbours, outlines.

Deprivation, residents, statistical neighbours and outlines are made up: how deprived an LSOA is here was drawn by lot
and says nothing about the place. Which area lies in which is real, cut to the simulated authorities, for the other
files lean on it. An outline is the box about an LSOA's simulated points: boxes overlap, as no published outlines do, so
that nobody takes them for the place. Most of these tables have no place for a word of their own, so every file's name
begins `simulated-`; the neighbours, the outlines and the lookup of force areas say it inside as well.
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from statistics import NormalDist

import numpy as np
import numpy.typing as npt
import pandas as pd

from shp_analysis.readers.dfe_neighbours import CLOSENESS, HEADINGS, N_NEIGHBOURS, SHEET
from shp_analysis.readers.mhclg import COLUMNS, DOMAINS, LSOAS_OF_ENGLAND, N_DECILES
from shp_analysis.readers.readers import SIMULATED_MARK
from shp_analysis.reference.areas import Area
from shp_analysis.reference.periods import Month
from shp_analysis.simulator.borough import (
    Floats,
    Whole,
    choose_authorities,
    open_stream,
    read_categories,
    read_sample_table,
)
from shp_analysis.simulator.population import OLDEST_AGE, expect_residents, spread_residents
from shp_analysis.simulator.workbooks import build_workbook, write_file

CENSUSES = (2011, 2021)
LAYOUT_SEED = 2
COMMON_ATTRACTION = 0.8
"""Share of an LSOA's attraction that all categories have in common: a town centre is busy with everything."""
LEAST_POINTS = 6
TYPICAL_POINTS = 9.0
MOST_POINTS = 68
POINT_CROWDING = 0.9
"""Exponent of the fall in a point's share with its rank: rows of one LSOA crowd on its first points."""
POINT_SPREAD_DEGREES = 0.004
RESNAP_DEGREES = 0.0004
"""How far every point moved between the older archive and the newer, as the real points did in 2022."""
LONGITUDE_STRETCH = 1.65
"""Degrees of longitude that are as long as one of latitude at 53 degrees north."""
NAMED_SPOTS = ("Parking Area", "Shopping Area", "Supermarket", "Petrol Station", "Park/Open Space")
NAMED_SPOT_SHARE = 0.08


@dataclass(frozen=True)
class Places:
    """The places of one authority.

    Attributes
    ----------
    authority_code : str
    lsoa_codes : tuple of str
        2021 codes, in the order of their names.
    shares : array, LSOAs × categories
        Share of the authority's rows of a category that falls in each LSOA; columns add up to 1.
    point_lsoa : array, one element a point
        Position in `lsoa_codes` of the LSOA that the point lies in; ascending.
    point_cumulative : array, one element a point
        `point_lsoa` plus the share of the LSOA's rows up to and including this point: a row in LSOA `i`
        with a uniform draw `u` lies at the first point whose value exceeds `i + u`.
    points : dict of int to pandas.DataFrame
        By census year: `longitude, latitude, location, lsoa_code, lsoa_name` as published, one row a point.
    """

    authority_code: str
    lsoa_codes: tuple[str, ...]
    shares: Floats
    point_lsoa: Whole
    point_cumulative: Floats
    points: dict[int, pd.DataFrame]


@cache
def read_places(authority_code: str) -> Places:
    """Lay out the LSOAs and points of a simulated authority: the same every time, for every seed."""
    lsoas = read_lsoas(authority_code)
    codes = tuple(lsoas["lsoa_2021_code"].drop_duplicates())
    stream = open_stream(LAYOUT_SEED, "places", authority_code)
    common = _lots(len(codes), stream)
    shares = _share_out(common, stream)
    point_lsoa = _scatter_points(common, stream)
    return Places(
        authority_code=authority_code,
        lsoa_codes=codes,
        shares=shares,
        point_lsoa=point_lsoa,
        point_cumulative=_accumulate_points(point_lsoa),
        points=_describe_points(authority_code, lsoas, point_lsoa, stream),
    )


def read_lsoas(authority_code: str) -> pd.DataFrame:
    """Read an authority's LSOAs of both censuses, one row a pair, ordered by the 2021 name.

    Returns
    -------
    pandas.DataFrame
        `lsoa_2011_code, lsoa_2011_name, lsoa_2021_code, lsoa_2021_name`.
    """
    with (files("shp_analysis.reference") / "lsoas_2011_to_2021.csv").open(encoding="utf-8") as lines:
        table = pd.read_csv(lines, dtype=str)
    own = table.loc[table["local_authority_code"] == authority_code].drop(columns=["change", "local_authority_code"])
    return own.sort_values(["lsoa_2021_name", "lsoa_2011_code"]).reset_index(drop=True)


def draw_points(places: Places, lsoa: Whole, stream: np.random.Generator) -> Whole:
    """Choose a point for every row.

    Parameters
    ----------
    places : Places
    lsoa : array of int
        Position of each row's LSOA in `places.lsoa_codes`.
    stream : numpy.random.Generator

    Returns
    -------
    array of int
        Position of each row's point in `places.points`.
    """
    found = np.searchsorted(places.point_cumulative, lsoa + stream.random(len(lsoa)), side="right")
    # A draw next to 1 can round up into the LSOA that follows.
    last_of_lsoa = np.searchsorted(places.point_lsoa, lsoa, side="right") - 1
    return np.minimum(found, last_of_lsoa)


def _lots(size: int, stream: np.random.Generator) -> Floats:
    """Deal out evenly spread normal scores, so that every authority has a centre and none has a freak."""
    scores = [NormalDist().inv_cdf((rank + 0.5) / size) for rank in range(size)]
    dealt: Floats = stream.permutation(np.array(scores))
    return dealt


def _share_out(common: Floats, stream: np.random.Generator) -> Floats:
    concentration = read_categories().place_concentration
    own = np.column_stack([_lots(len(common), stream) for _ in concentration])
    score = np.sqrt(COMMON_ATTRACTION) * common[:, None] + np.sqrt(1 - COMMON_ATTRACTION) * own
    attraction = np.exp(score * concentration)
    shares: Floats = attraction / attraction.sum(axis=0)
    return shares


def _scatter_points(common: Floats, stream: np.random.Generator) -> Whole:
    wanted = LEAST_POINTS + stream.poisson(TYPICAL_POINTS * np.exp(0.6 * common))
    return np.repeat(np.arange(len(common)), np.minimum(wanted, MOST_POINTS))


def _rank_within(point_lsoa: Whole) -> Whole:
    first = np.searchsorted(point_lsoa, point_lsoa, side="left")
    return np.arange(len(point_lsoa)) - first


def _accumulate_points(point_lsoa: Whole) -> Floats:
    weight = (1.0 + _rank_within(point_lsoa)) ** -POINT_CROWDING
    total = np.bincount(point_lsoa, weights=weight)
    running = np.cumsum(weight / total[point_lsoa])
    # The running sum gains one with every LSOA up to rounding; an exact last value keeps that from adding up.
    is_last = np.append(np.diff(point_lsoa) > 0, True)
    return np.where(is_last, point_lsoa + 1.0, running)


def _describe_points(
    authority_code: str, lsoas: pd.DataFrame, point_lsoa: Whole, stream: np.random.Generator
) -> dict[int, pd.DataFrame]:
    newer = _place_points(authority_code, point_lsoa, stream)
    older = newer + stream.uniform(-RESNAP_DEGREES, RESNAP_DEGREES, newer.shape)
    location = _name_points(len(point_lsoa), stream)
    positions = {2011: older, 2021: newer}
    return {
        census: pd.DataFrame(
            {
                "longitude": [f"{value:.6f}" for value in positions[census][:, 0]],
                "latitude": [f"{value:.6f}" for value in positions[census][:, 1]],
                "location": location,
            }
        ).join(_name_lsoas(lsoas, point_lsoa, census))
        for census in CENSUSES
    }


def _place_points(authority_code: str, point_lsoa: Whole, stream: np.random.Generator) -> Floats:
    authorities = read_sample_table("authorities.csv").set_index("local_authority_code")
    centre = authorities.loc[[authority_code], ["longitude", "latitude"]].to_numpy(float)
    spread = authorities.loc[[authority_code], "spread_degrees"].to_numpy(float)[0]
    stretch = np.array([LONGITUDE_STRETCH, 1.0])
    lsoa_centres = centre + stretch * stream.uniform(-spread, spread, (point_lsoa[-1] + 1, 2))
    scatter = stream.uniform(-POINT_SPREAD_DEGREES, POINT_SPREAD_DEGREES, (len(point_lsoa), 2))
    placed: Floats = lsoa_centres[point_lsoa] + stretch * scatter
    return placed


def _name_points(size: int, stream: np.random.Generator) -> npt.NDArray[np.object_]:
    streets = np.array([f"On or near Simulated Street {number}" for number in range(1, size + 1)], dtype=object)
    spots = np.array([f"On or near Simulated {spot}" for spot in NAMED_SPOTS], dtype=object)
    is_spot = stream.random(size) < NAMED_SPOT_SHARE
    return np.where(is_spot, spots[stream.integers(0, len(spots), size)], streets)


def _name_lsoas(lsoas: pd.DataFrame, point_lsoa: Whole, census: int) -> pd.DataFrame:
    """Name each point's LSOA in one census; one merged from two of 2011 gives its points to each in turn."""
    first, n_parents = np.unique(pd.factorize(lsoas["lsoa_2021_code"])[0], return_index=True, return_counts=True)[1:]
    rows = first[point_lsoa] + _rank_within(point_lsoa) % n_parents[point_lsoa]
    columns = {f"lsoa_{census}_code": "lsoa_code", f"lsoa_{census}_name": "lsoa_name"}
    return lsoas[list(columns)].rename(columns=columns).iloc[rows].reset_index(drop=True)


EDITION = 2025
COMMON_DEPRIVATION = 0.8
"""Share of a domain's variance that all domains have in common."""
TYPICAL_MEAN, MEAN_SPREAD = -0.5, 0.3
"""Mean and spread of an authority's place among the LSOAs of England, in standard deviations; below 0 is deprived."""
HIGHEST_SCORE = 90.0
LSOA_MID_YEAR = 2020
LSOA_SPREAD = 0.15
"""Standard deviation of the logarithm of an LSOA's residents."""
FORCE_SOURCE = f"{SIMULATED_MARK} file, though which force area an authority lies in is real"
_NEIGHBOUR_TITLE = f"{SIMULATED_MARK}: who is near whom was drawn by lot"
_Rows = Iterator[Sequence[object]]


def write_geography(folder: Path, seed: int, areas: Sequence[Area], months: Sequence[Month]) -> Iterator[Path]:
    """Write the tables about places.

    Parameters
    ----------
    folder : pathlib.Path
    seed : int
    areas : sequence of Area
        Whose LSOAs are in the tables. The list of neighbours has every simulated authority, for a neighbour has to be
        in it.
    months : sequence of Month
        Not used: these are states on a day.

    Yields
    ------
    pathlib.Path
        Deprivation, residents of LSOAs, four lookups, statistical neighbours, and outlines of LSOAs.
    """
    del months
    for name, rows in _list_tables(seed, areas):
        yield write_file(folder / name, _write_csv(rows))
    notes = ["Statistical neighbours: numbers of authorities are real, neighbours and closeness are not."]
    workbook = build_workbook(notes, {SHEET: build_neighbours(seed)}, above=[_NEIGHBOUR_TITLE])
    yield write_file(folder / "simulated-dfe-statistical-neighbours-2025-04.xlsx", workbook)
    outlines = json.dumps(build_outlines(areas), separators=(",", ":"))
    yield write_file(folder / "simulated-lsoa-2021-boundaries-2024-12.geojson", outlines.encode())


def _list_tables(seed: int, areas: Sequence[Area]) -> Iterator[tuple[str, _Rows]]:
    yield "simulated-imd2025_lsoa21-2025-10.csv", _list_deprivation(seed, areas)
    yield f"simulated-population_mid{LSOA_MID_YEAR}_lsoa11_single_year_of_age-2021-09.csv", _list_residents(seed, areas)
    for name, rows in _LOOKUPS.items():
        yield f"simulated-{name}.csv", rows(areas)


def _list_deprivation(seed: int, areas: Sequence[Area]) -> _Rows:
    yield list(COLUMNS[EDITION])
    for area in areas:
        codes = list(dict.fromkeys(read_lsoas(area.code)["lsoa_2021_code"]))
        ranks = draw_ranks(seed, area.code, len(codes))
        for code, own in zip(codes, ranks.tolist(), strict=True):
            yield [code, *_write_figures(own)]


def draw_ranks(seed: int, area_code: str, n_lsoas: int) -> Whole:
    """Draw how deprived an authority's LSOAs are.

    Parameters
    ----------
    seed : int
    area_code : str
    n_lsoas : int

    Returns
    -------
    array of int, LSOAs × domains
        Ranks among all LSOAs of England, 1 the most deprived; in one authority no two LSOAs have the same.
    """
    stream = open_stream(seed, "deprivation", area_code)
    mean = stream.normal(TYPICAL_MEAN, MEAN_SPREAD)
    common = stream.normal(0, math.sqrt(COMMON_DEPRIVATION), (n_lsoas, 1))
    own = stream.normal(0, math.sqrt(1 - COMMON_DEPRIVATION), (n_lsoas, len(DOMAINS)))
    below = np.vectorize(NormalDist().cdf)(mean + common + own)
    ranks: Whole = np.maximum(np.ceil(below * LSOAS_OF_ENGLAND[EDITION]), 1).astype(np.int64)
    return ranks


def _write_figures(ranks: Sequence[int]) -> list[str]:
    """Write an LSOA's deciles, ranks and scores; a score follows from its rank, so that the two agree everywhere."""
    size = LSOAS_OF_ENGLAND[EDITION]
    deciles = [f"{math.ceil(rank * N_DECILES / size):.1f}" for rank in ranks]
    scores = [f"{HIGHEST_SCORE * (1 - rank / size):.4f}" for rank in ranks]
    return [*deciles, *(f"{rank:.1f}" for rank in ranks), *scores]


def _list_residents(seed: int, areas: Sequence[Area]) -> _Rows:
    ages = [*map(str, range(OLDEST_AGE)), f"{OLDEST_AGE}+"]
    yield ["lsoa11_name", "lsoa11_code", "total_population", *ages]
    for area in areas:
        lsoas = read_lsoas(area.code)[["lsoa_2011_name", "lsoa_2011_code"]].drop_duplicates()
        totals = draw_lsoa_residents(seed, area.code, len(lsoas))
        for (name, code), total in zip(lsoas.itertuples(index=False, name=None), totals.tolist(), strict=True):
            counts = spread_residents(total).sum(axis=0).tolist()
            # Published as decimals, though they are whole.
            yield [name, code, *(f"{count:.1f}" for count in (total, *counts))]


def draw_lsoa_residents(seed: int, area_code: str, n_lsoas: int) -> Whole:
    """Share an authority's published residents out among its LSOAs, which are of about one size.

    Returns
    -------
    array of int, one element an LSOA
    """
    stream = open_stream(seed, "LSOA residents", area_code)
    sizes = np.exp(stream.normal(0, LSOA_SPREAD, n_lsoas))
    shared: Whole = stream.multinomial(expect_residents(area_code, LSOA_MID_YEAR), sizes / sizes.sum())
    return shared


def _list_wards(areas: Sequence[Area]) -> _Rows:
    wards = _read_reference("lsoas_to_wards.csv").set_index("lsoa_2021_code")
    yield ["lsoa21_name", "lsoa21_code", "ward24_name", "ward24_code", "ltla24_name", "ltla24_code"]
    for area in areas:
        names = read_lsoas(area.code)[["lsoa_2021_name", "lsoa_2021_code"]].drop_duplicates()
        for name, code in names.itertuples(index=False, name=None):
            yield [name, code, wards.loc[code, "ward_name"], wards.loc[code, "ward_code"], area.name, area.code]


def _list_lsoas(areas: Sequence[Area]) -> _Rows:
    changes = _read_reference("lsoas_2011_to_2021.csv").set_index(["lsoa_2011_code", "lsoa_2021_code"])["change"]
    columns = ["lsoa_2011_name", "lsoa_2011_code", "lsoa_2021_name", "lsoa_2021_code"]
    yield [
        *("lsoa11_name", "lsoa11_code", "change_code"),
        *("lsoa21_name", "lsoa21_code", "ltla22_name", "ltla22_code"),
    ]
    for area in areas:
        for name, code, new_name, new_code in read_lsoas(area.code)[columns].itertuples(index=False, name=None):
            yield [name, code, changes[code, new_code], new_name, new_code, area.name, area.code]


def _list_forces(areas: Sequence[Area]) -> _Rows:
    rows = _read_reference("local_authorities.csv")
    yield ["ltla24_code", "ltla24_name", "csp24_code", "csp24_name", "pfa24_code", "pfa24_name"]
    for area in areas:
        own = rows[rows["local_authority_code"] == area.code]
        for code, name in own[["csp_code", "csp_name"]].itertuples(index=False, name=None):
            yield [area.code, area.name, code, name, area.force.area_code, area.force.area_name]


def _list_marac_areas(areas: Sequence[Area]) -> _Rows:
    yield ["lad24cd", "la_name", "pfa_name", "pfa_name_safelives", "population_weight", "source"]
    for area in areas:
        yield [area.code, area.name, area.force.area_name, area.force.area_name, "1.0", FORCE_SOURCE]


_LOOKUPS: dict[str, Callable[[Sequence[Area]], _Rows]] = {
    "lookup_lsoa21_ward24_ltla24-2024-12": _list_wards,
    "lookup_lsoa11_lsoa21_ltla22-2022-12": _list_lsoas,
    "lookup_ltla24_csp24_pfa24-2024-12": _list_forces,
    "la_pfa_mapping-2024-12": _list_marac_areas,
}


def build_neighbours(seed: int) -> pd.DataFrame:
    """Build the table of statistical neighbours: of every simulated authority, ten others in an order drawn by lot."""
    codes = [area.code for area in choose_authorities(None)]
    known = {row["local_authority_code"]: row for row in read_sample_table("dfe_authorities.csv").to_dict("records")}
    rows = []
    for code in codes:
        own = known[code]
        others = open_stream(seed, "neighbours", code).permutation([other for other in codes if other != code])
        number = own["dfe_authority_number"]
        row = [number, own["dfe_authority_name"], number, own["region_number"], own["region_name"]]
        for rank, other in enumerate(others[:N_NEIGHBOURS].tolist()):
            row += [known[other]["dfe_authority_number"], CLOSENESS[1 + 3 * rank // N_NEIGHBOURS]]
        rows.append(row)
    return pd.DataFrame(rows, columns=list(HEADINGS))


def build_outlines(areas: Sequence[Area]) -> dict[str, object]:
    """Build the collection of LSOAs of 2021, each with the box about its points as its outline."""
    return {
        "type": "FeatureCollection",
        "name": f"{SIMULATED_MARK} LSOAs",
        "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}},
        "features": [feature for area in areas for feature in _list_outlines(area)],
    }


def _list_outlines(area: Area) -> Iterator[dict[str, object]]:
    points = read_places(area.code).points[2021]
    degrees = points[["longitude", "latitude"]].astype(float).groupby([points["lsoa_code"], points["lsoa_name"]])
    corners = degrees.agg(["min", "max"])
    for (code, name), (west, east, south, north) in zip(corners.index, corners.to_numpy().tolist(), strict=True):
        ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
        yield {
            "type": "Feature",
            "properties": {"LSOA21CD": code, "LSOA21NM": name, "LADCD_ACTIVE": area.code},
            "geometry": {"type": "Polygon", "coordinates": [ring]},
        }


def _read_reference(name: str) -> pd.DataFrame:
    with (files("shp_analysis.reference") / name).open(encoding="utf-8") as lines:
        return pd.read_csv(lines, dtype=str)


def _write_csv(rows: _Rows) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()
