"""Collisions in which somebody was hurt, in one simulated authority and year: when and where, who was hurt, in what.

The number of collisions of a month is the series `stats19/collisions`, and the casualties beyond the first of each are
`stats19/further_casualties`. Everything else is drawn from shares that `collision_fields.csv`, `casualty_types.csv` and
`collision_hours.csv` list, each by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from shp_analysis.periods import Month
from shp_analysis.sample.borough import Floats, Whole, open_stream, read_sample_table
from shp_analysis.sample.places import draw_points, read_places
from shp_analysis.sample.series import draw_month_count

COLLISIONS, FURTHER = "stats19/collisions", "stats19/further_casualties"
CAR, PEDESTRIAN, CYCLIST = 9, 0, 1
DRIVER, PASSENGER, ON_FOOT = 1, 2, 3
FATAL, SERIOUS, SLIGHT = 1, 2, 3
ENHANCED, ENHANCED_SHARES = (5, 6, 7), (0.1, 0.3, 0.6)
"""Very, moderately and less serious, as forces that record injuries tell serious ones apart."""
SECOND = 2
FIRST_DRIVERS_BAND = 3
"""Position of the age band 16 to 20: nobody younger drives, but for cyclists."""
FIRST_AGES = (0, 6, 11, 16, 21, 26, 36, 46, 56, 66, 76, 96)
"""The youngest age of every age band, and the age that nobody is given or more."""
SELF_REPORTED_UNDER = (1.3, 11.0)
"""Shape of the chance that a casualty reported as slight was serious, where forces judge for themselves: a tenth."""


Columns = dict[str, npt.NDArray[Any]]
"""Columns of one length, by name."""


@dataclass(frozen=True)
class CollisionBlock:
    """Collisions of one authority and year, and who was hurt in them.

    Attributes
    ----------
    collisions : dict of str to array
        One element a collision: `day, weekday, hour, minute, longitude, latitude, lsoa_code, number_of_vehicles,
        number_of_casualties, severity, enhanced, adjusted_serious` and the fields of `collision_fields.csv`.
    casualties : dict of str to array
        One element a person hurt: `collision` (position), `reference, vehicle, casualty_type, casualty_class, sex, age,
        age_band, severity, enhanced, adjusted_serious, lsoa_code`.
    vehicles : dict of str to array
        One element a vehicle: `collision, reference, vehicle_type, sex, age, age_band, vehicle_age, propulsion_code`.
    """

    collisions: Columns
    casualties: Columns
    vehicles: Columns


def draw_block(seed: int, authority_code: str, months: Sequence[Month], *, is_injury_based: bool) -> CollisionBlock:
    """Draw an authority's collisions.

    Parameters
    ----------
    seed : int
    authority_code : str
        A simulated authority.
    months : sequence of Month
        Of one year, from its January.
    is_injury_based : bool
        Whether the force records injuries, from which the severity follows; where it judges severity itself, a slight
        casualty has a chance of being serious.

    Returns
    -------
    CollisionBlock
    """
    # The months are in the key: half a year is drawn otherwise than the whole, as it is validated otherwise.
    stream = open_stream(seed, "roads", authority_code, months[0].label, months[-1].label)
    counts = [draw_month_count(seed, COLLISIONS, authority_code, month) for month in months]
    further = [draw_month_count(seed, FURTHER, authority_code, month) for month in months]
    times = [_draw_times(month, count, stream) for month, count in zip(months, counts, strict=True)]
    collisions: Columns = {name: np.concatenate([each[name] for each in times]) for name in times[0]}
    numbers = 1 + _share_further(counts, further, stream)
    for field, (values, shares) in _read_fields("collision").items():
        collisions[field] = stream.choice(values, len(numbers), p=shares)
    collisions |= _draw_places(authority_code, len(numbers), stream)
    casualties, first_types = _draw_casualties(numbers, authority_code, stream, is_injury_based=is_injury_based)
    first = np.cumsum(numbers) - numbers
    vehicles_needed = np.maximum.reduceat(casualties["vehicle"], first)
    collisions["number_of_vehicles"] = np.maximum(collisions["number_of_vehicles"], vehicles_needed)
    collisions |= {"number_of_casualties": numbers, **_summarise(casualties, first)}
    vehicles = _draw_vehicles(collisions["number_of_vehicles"], first_types, casualties, stream)
    return CollisionBlock(collisions, casualties, vehicles)


def _draw_times(month: Month, count: int, stream: np.random.Generator) -> Columns:
    hours = _read_hours()
    # The table begins with Sunday, and so do the publisher's days of the week.
    weekday = (np.arange(month.days) + month.start.weekday() + 1) % 7
    weights = hours.sum(axis=1)[weekday]
    day = stream.choice(month.days, count, p=weights / weights.sum())
    cumulative = np.cumsum(hours, axis=1) / hours.sum(axis=1, keepdims=True)
    return {
        "day": np.datetime64(month.start.isoformat()) + day,
        "weekday": weekday[day] + 1,
        "hour": _pick(cumulative[weekday[day]], stream),
        "minute": stream.integers(0, 60, count),
    }


def _share_further(counts: Sequence[int], further: Sequence[int], stream: np.random.Generator) -> Whole:
    """Share out a month's further casualties among its collisions."""
    parts = [
        np.bincount(stream.integers(0, count, more), minlength=count) if count else np.zeros(0, dtype=np.int64)
        for count, more in zip(counts, further, strict=True)
    ]
    shared: Whole = np.concatenate(parts)
    return shared


def _draw_places(authority_code: str, size: int, stream: np.random.Generator) -> Columns:
    places = read_places(authority_code)
    share = places.shares.mean(axis=1)
    point = draw_points(places, stream.choice(len(share), size, p=share), stream)
    return {name: column[point] for name, column in _list_points(authority_code).items()}


@cache
def _list_points(authority_code: str) -> Columns:
    points = read_places(authority_code).points[2021]
    return {name: points[name].to_numpy(object) for name in ("longitude", "latitude", "lsoa_code")}


def _draw_casualties(
    numbers: Whole, authority_code: str, stream: np.random.Generator, *, is_injury_based: bool
) -> tuple[Columns, Whole]:
    """Draw who was hurt: the first in any sort of vehicle or on foot, the others in a car of the same collision."""
    types = _read_types()
    collision, reference = _number_within(numbers)
    first_row = stream.choice(len(types["share"]), len(numbers), p=types["share"])
    first_type = types["casualty_type"][first_row]
    is_first, is_car_first = reference == 1, np.isin(first_type, [CAR, PEDESTRIAN])[collision]
    row = np.where(is_first, first_row[collision], np.flatnonzero(types["casualty_type"] == CAR)[0])
    kind = _draw_classes(types["driver"][row], first_type[collision], reference, stream)
    bands = np.cumsum([types[f"age_band_{band}"] for band in range(1, len(FIRST_AGES))], axis=0).T
    band = _pick(bands[row], stream)
    is_driver = (kind == DRIVER) & (types["casualty_type"][row] != CYCLIST)
    band = np.where(is_driver, np.maximum(band, FIRST_DRIVERS_BAND), band)
    severity = _draw_severity(types["fatal"][row], types["serious"][row], stream)
    lsoas = np.array([*read_places(authority_code).lsoa_codes, "-1"], dtype=object)
    casualties = {
        "collision": collision,
        "reference": reference,
        "vehicle": np.where(is_first | is_car_first, 1, 2),
        "casualty_type": types["casualty_type"][row],
        "casualty_class": kind,
        "sex": np.where(stream.random(len(row)) < types["male"][row], 1, 2),
        "age": _draw_ages(band, stream),
        "age_band": band + 1,
        "severity": severity,
        "enhanced": np.where(severity == SERIOUS, stream.choice(ENHANCED, len(row), p=ENHANCED_SHARES), severity),
        "adjusted_serious": _adjust(severity, stream, is_injury_based=is_injury_based),
        "lsoa_code": lsoas[stream.integers(0, len(lsoas), len(row))],
    }
    return casualties, first_type


def _number_within(numbers: Whole) -> tuple[Whole, Whole]:
    """Give every person or vehicle its collision, and its number in it from 1."""
    collision = np.repeat(np.arange(len(numbers)), numbers)
    first = np.repeat(np.cumsum(numbers) - numbers, numbers)
    return collision, np.arange(len(collision)) - first + 1


def _draw_classes(driver_share: Floats, first_type: Whole, reference: Whole, stream: np.random.Generator) -> Whole:
    """Say who drove, who went along, and who was on foot; a vehicle has one driver."""
    is_first = reference == 1
    drives = stream.random(len(reference)) < driver_share
    kind = np.where(first_type == PEDESTRIAN, ON_FOOT, np.where(drives, DRIVER, PASSENGER))
    # Of a car whose first casualty was its driver, every other one is a passenger.
    first = np.maximum.accumulate(np.where(is_first, np.arange(len(reference)), 0))
    has_driver = (first_type == CAR) & (kind[first] == DRIVER)
    return np.where(is_first, kind, np.where((reference == SECOND) & ~has_driver, DRIVER, PASSENGER))


def _draw_severity(fatal: Floats, serious: Floats, stream: np.random.Generator) -> Whole:
    draw = stream.random(len(fatal))
    return np.where(draw < fatal, FATAL, np.where(draw < fatal + serious, SERIOUS, SLIGHT))


def _draw_ages(band: Whole, stream: np.random.Generator) -> Whole:
    first = np.array(FIRST_AGES)
    drawn: Whole = stream.integers(first[band], first[band + 1])
    return drawn


def _adjust(severity: Whole, stream: np.random.Generator, *, is_injury_based: bool) -> Floats:
    """Give the weight as serious: 0 or 1, or of a slight casualty a chance; 0 where it was fatal."""
    chance = stream.beta(*SELF_REPORTED_UNDER, len(severity)).round(6)
    of_slight = np.zeros(len(severity)) if is_injury_based else chance
    return np.where(severity == SERIOUS, 1.0, np.where(severity == SLIGHT, of_slight, 0.0))


def _summarise(casualties: Columns, first: Whole) -> Columns:
    """Give each collision the severity of its worst casualty, and the chance that any was serious."""
    severity = np.minimum.reduceat(casualties["severity"], first)
    # Worst first: fatal, the kinds of serious, slight; the publisher's codes are not in that order.
    worst_first = np.array([FATAL, *ENHANCED, SLIGHT])
    rank = np.minimum.reduceat(
        np.argsort(worst_first)[np.searchsorted(np.sort(worst_first), casualties["enhanced"])], first
    )
    serious = (1 - np.multiply.reduceat(1 - casualties["adjusted_serious"], first)).round(6)
    return {
        "severity": severity,
        "enhanced": worst_first[rank],
        "adjusted_serious": np.where(severity == FATAL, 0.0, serious),
    }


def _draw_vehicles(numbers: Whole, first_type: Whole, casualties: Columns, stream: np.random.Generator) -> Columns:
    collision, reference = _number_within(numbers)
    values, shares = _read_fields("vehicle")["vehicle_type"]
    fuels, fuel_shares = _read_fields("vehicle")["propulsion_code"]
    types = _read_types()
    vehicle_of = dict(zip(types["casualty_type"].tolist(), types["vehicle_type"].tolist(), strict=True))
    first_vehicle = np.array([vehicle_of[kind] for kind in first_type.tolist()])[collision]
    kind = np.where(reference == 1, first_vehicle, stream.choice(values, len(collision), p=shares))
    band = stream.integers(FIRST_DRIVERS_BAND, len(FIRST_AGES) - 1, len(collision))
    vehicles = {
        "collision": collision,
        "reference": reference,
        "vehicle_type": kind,
        "sex": stream.choice([1, 2], len(collision), p=[0.65, 0.35]),
        "age": _draw_ages(band, stream),
        "age_band": band + 1,
        "vehicle_age": stream.integers(0, 16, len(collision)),
        "propulsion_code": stream.choice(fuels, len(collision), p=fuel_shares),
    }
    at = (np.cumsum(numbers) - numbers)[casualties["collision"]] + casualties["vehicle"] - 1
    vehicles["vehicle_type"][at[casualties["vehicle"] == SECOND]] = CAR
    drove = casualties["casualty_class"] == DRIVER
    for name in ("sex", "age", "age_band"):
        vehicles[name][at[drove]] = casualties[name][drove]
    return vehicles


def _pick(cumulative: Floats, stream: np.random.Generator) -> Whole:
    """Choose a column for every row of cumulative shares."""
    chosen: Whole = (cumulative[:, :-1] <= stream.random(len(cumulative))[:, None]).sum(axis=1)
    return chosen


@cache
def _read_hours() -> Floats:
    """Read the weight of every hour of the week: seven days from Sunday, twenty-four hours."""
    weights: Floats = read_sample_table("collision_hours.csv").drop(columns="weekday").to_numpy(float)
    return weights


@cache
def _read_types() -> Columns:
    table = read_sample_table("casualty_types.csv")
    return {str(name): table[name].to_numpy() for name in table}


@cache
def _read_fields(table: str) -> dict[str, tuple[Whole, Floats]]:
    rows = read_sample_table("collision_fields.csv")
    own = rows[rows["table"] == table]
    return {
        str(field): (part["value"].to_numpy(), part["share"].to_numpy(float))
        for field, part in own.groupby("field", sort=True)
    }
