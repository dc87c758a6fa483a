"""Stop and search of a month: generated rows in the publisher's layout, drawn for nobody.

Every characteristic is drawn by itself, so the rows carry the format and nothing else: no rate by age,
gender or ethnicity can be learnt from them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from shp_analysis.reference.areas import Area
from shp_analysis.reference.periods import Month
from shp_analysis.simulator.borough import DAYS_IN_YEAR, Floats, open_stream, read_sample_table
from shp_analysis.simulator.geography import draw_points, read_places
from shp_analysis.simulator.published import Vintage

STOPS_HEADING = (
    "Type,Date,Part of a policing operation,Policing operation,Latitude,Longitude,Gender,Age range,"
    "Self-defined ethnicity,Officer-defined ethnicity,Legislation,Object of search,Outcome,"
    "Outcome linked to object of search,Removal of more than just outer clothing"
)
SIMULATED_OPERATION = "Simulated operation"
VEHICLE_SEARCH = "Vehicle search"
BLANK_FOR_VEHICLES = (
    "Gender",
    "Age range",
    "Self-defined ethnicity",
    "Officer-defined ethnicity",
    "Outcome",
    "Outcome linked to object of search",
    "Removal of more than just outer clothing",
)
NO_PLACE_SHARE = 0.1
LOCAL_TIME = "Europe/London"
BUSIEST_HOUR = 18.0
HOURS_SPREAD = 5.0


def write_stop_lines(seed: int, authorities: Sequence[Area], month: Month, vintage: Vintage) -> bytes:
    """Write a month's stop-and-search file, heading included, in order of time.

    Parameters
    ----------
    seed : int
    authorities : sequence of Area
        The simulated authorities of the force.
    month : Month
        By the local calendar; stamps are UTC, so in summer the first hour belongs to the day before.
    vintage : Vintage
    """
    columns = STOPS_HEADING.split(",")
    drawn = pd.concat([_draw_stops(seed, area.code, month) for area in authorities], ignore_index=True)
    ordered = drawn.sort_values("Date", kind="stable")[columns]
    return ordered.to_csv(index=False, lineterminator=vintage.newline).encode()


def count_stops(seed: int, authority_code: str, month: Month) -> int:
    """Count the stops and searches that `write_stop_lines` writes of an authority and month."""
    return _draw_size(authority_code, month, _open_stops(seed, authority_code, month))


def list_values(field: str, given: str = "") -> tuple[npt.NDArray[np.object_], Floats]:
    """List what a field of a stop may say and how often, where another field says `given`."""
    values, shares = _values(field, given)
    return values.copy(), shares.copy()


def _open_stops(seed: int, authority_code: str, month: Month) -> np.random.Generator:
    return open_stream(seed, "stops", authority_code, month.label)


def _draw_size(authority_code: str, month: Month, stream: np.random.Generator) -> int:
    return int(stream.poisson(_yearly_stops()[authority_code] * month.days / DAYS_IN_YEAR))


@cache
def _yearly_stops() -> dict[str, float]:
    authorities = read_sample_table("authorities.csv")
    return dict(zip(authorities["local_authority_code"], authorities["stops_per_year"].astype(float), strict=True))


def _draw_stops(seed: int, authority_code: str, month: Month) -> pd.DataFrame:
    stream = _open_stops(seed, authority_code, month)
    size = _draw_size(authority_code, month, stream)
    # Kept as objects: turning every column into Arrow text and back takes longer than all the draws.
    stops = pd.DataFrame({name: _draw_field(name, size, stream) for name in _plain_fields()}, dtype=object)
    stops["Object of search"] = _draw_objects(stops["Legislation"], stream)
    stops["Date"] = _draw_stamps(month, size, stream)
    stops["Part of a policing operation"] = "True"
    stops["Policing operation"] = SIMULATED_OPERATION
    stops[["Latitude", "Longitude"]] = _draw_positions(authority_code, size, stream)
    is_vehicle = stops["Type"] == VEHICLE_SEARCH
    stops[list(BLANK_FOR_VEHICLES)] = stops[list(BLANK_FOR_VEHICLES)].mask(is_vehicle, "")
    return stops


@cache
def _plain_fields() -> tuple[str, ...]:
    table = read_sample_table("stop_and_search.csv")
    return tuple(table.loc[table["given"] == "", "field"].unique())


@cache
def _values(field: str, given: str) -> tuple[npt.NDArray[np.object_], Floats]:
    """List what a field may say and how often, where another field says `given`."""
    table = read_sample_table("stop_and_search.csv")
    rows = table.loc[(table["field"] == field) & (table["given"] == given)]
    return rows["value"].to_numpy(object), rows["share"].to_numpy(float)


def _draw_field(field: str, size: int, stream: np.random.Generator, given: str = "") -> npt.NDArray[np.object_]:
    values, shares = _values(field, given)
    drawn: npt.NDArray[np.object_] = stream.choice(values, size, p=shares)
    return drawn


def _draw_objects(legislation: pd.Series, stream: np.random.Generator) -> npt.NDArray[np.object_]:
    objects = np.full(len(legislation), "", dtype=object)
    for power in sorted(legislation.unique()):
        is_power = (legislation == power).to_numpy()
        objects[is_power] = _draw_field("Object of search", int(is_power.sum()), stream, given=str(power))
    return objects


def _draw_stamps(month: Month, size: int, stream: np.random.Generator) -> pd.Series:
    """Draw local times of the month and write them in UTC, as the publisher does."""
    hours = stream.normal(BUSIEST_HOUR, HOURS_SPREAD, size) % 24
    minutes = ((stream.integers(0, month.days, size) * 24 + hours) * 60).astype(np.int64)
    local = pd.Series(pd.Timestamp(month.start) + pd.to_timedelta(minutes, unit="min"))
    zoned = local.dt.tz_localize(LOCAL_TIME, ambiguous=np.zeros(size, dtype=bool), nonexistent="shift_forward")
    return zoned.dt.tz_convert("UTC").dt.strftime("%Y-%m-%dT%H:%M:%S+00:00")


def _draw_positions(authority_code: str, size: int, stream: np.random.Generator) -> pd.DataFrame:
    places = read_places(authority_code)
    share = places.shares.mean(axis=1)
    lsoa = stream.choice(len(share), size, p=share)
    points = places.points[2021].iloc[draw_points(places, lsoa, stream)].reset_index(drop=True)
    nowhere = stream.random(size) < NO_PLACE_SHARE
    return points[["latitude", "longitude"]].mask(pd.Series(nowhere), "")
