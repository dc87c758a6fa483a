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
from importlib.resources import files
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pandas as pd

from shp_analysis.areas import Area
from shp_analysis.periods import Month
from shp_analysis.sample.borough import Whole, choose_authorities, open_stream, read_sample_table
from shp_analysis.sample.places import read_lsoas, read_places
from shp_analysis.sample.population import OLDEST_AGE, expect_residents, spread_residents
from shp_analysis.sample.workbooks import build_workbook, write_file
from shp_analysis.sources.dfe_neighbours import CLOSENESS, HEADINGS, N_NEIGHBOURS, SHEET
from shp_analysis.sources.mhclg import COLUMNS, DOMAINS, LSOAS_OF_ENGLAND, N_DECILES
from shp_analysis.sources.readers import SIMULATED_MARK

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
