"""Where it happens: the LSOAs of an authority, how busy each is, and the points that rows are snapped to.

The LSOAs are real; how busy each is was drawn by lot and says nothing about the place that bears the name.
The lot does not depend on the seed of a run, so a place keeps its standing whatever is drawn there.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from statistics import NormalDist

import numpy as np
import numpy.typing as npt
import pandas as pd

from shp_analysis.sample.borough import Floats, Whole, open_stream, read_categories, read_sample_table

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
