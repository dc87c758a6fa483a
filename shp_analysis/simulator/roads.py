"""Road safety data and traffic of the simulated borough, as the Department for Transport publishes them.

Collisions, casualties and vehicles of ten years under the headings of the files of 2024, in one zip; a mid-year file
of casualties, which lies alone and is led by `status`; and motor traffic by authority. These CSVs have no place for a
word of their own, so that their names begin `simulated-`; every collision's reference has `SIM` in it as well. The grid
reference is left out: a point is where its longitude and latitude say.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import ascii_uppercase
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import numpy as np
import numpy.typing as npt
import pandas as pd

from shp_analysis.readers.stats19_layout import PROVISIONAL, Table, read_labels
from shp_analysis.reference.areas import Area, PoliceForce
from shp_analysis.reference.periods import CalendarYear, Month
from shp_analysis.simulator.borough import (
    Floats,
    Whole,
    choose_authorities,
    list_months,
    open_stream,
    read_sample_table,
)
from shp_analysis.simulator.geography import draw_points, read_places
from shp_analysis.simulator.planted_series import draw_month_count
from shp_analysis.simulator.workbooks import write_file

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


LAST_YEAR = 2024
YEARS_BEFORE = 5
"""How many calendar years before the street files' first the road safety data begin."""
FINAL_PUBLISHED, MID_YEAR_PUBLISHED, TRAFFIC_PUBLISHED = "2025-09", "2025-11", "2025-05"
MID_YEAR = list_months(Month("2025-01"), Month("2025-06"))
FORCES_THAT_JUDGE = ("Cheshire",)
"""Forces that judge severity themselves, so that the weights of their casualties are fractions."""
MISSING = -1
BUS = 11
DAYLIGHT, LIT, UNLIT, RURAL = 1, 4, 6, 2
FIRST_LIGHT_HOUR, LAST_LIGHT_HOUR = 7, 17
MAKE_AND_MODEL = "SIMULATED"
KM_PER_MILE = 1.609344
TRAFFIC_SPREAD = 0.015
"""Standard deviation of a year's traffic about the usual, as a share."""
COMPRESSION_LEVEL = 4
_IDENTIFIERS = ("collision_index", "collision_year", "collision_ref_no")
_MID_YEAR_LEFT_OUT = (
    *("enhanced_casualty_severity", "casualty_injury_based", "casualty_adjusted_severity_serious"),
    *("casualty_adjusted_severity_slight", "casualty_distance_banding"),
)


def write_roads(folder: Path, seed: int, areas: Sequence[Area], months: Sequence[Month]) -> Iterator[Path]:
    """Write road safety data and traffic.

    Parameters
    ----------
    folder : Path
    seed : int
    areas : sequence of Area
        The authorities whose roads are in the files.
    months : sequence of Month
        Those of the street files, oldest first: calendar years from five before the first month's are written.

    Yields
    ------
    Path
        The zip of the three tables, the mid-year file, and the traffic, when each is in place.
    """
    years = [CalendarYear(str(year)) for year in range(months[0].start.year - YEARS_BEFORE, LAST_YEAR + 1)]
    drawn = _draw(seed, areas, [year.months for year in years])
    span = f"{years[0].label}-to-{years[-1].label}"
    tables = {
        Table.COLLISION: _build_collisions(drawn),
        Table.CASUALTY: _build_casualties(drawn),
        Table.VEHICLE: _build_vehicles(drawn),
    }
    yield _write_tables(folder / f"simulated-dft-road-safety-data-{span}-{FINAL_PUBLISHED}.zip", span, tables)
    name = f"simulated-dft-road-casualty-statistics-casualty-provisional-mid-year-unvalidated-{MID_YEAR_PUBLISHED}.csv"
    yield write_file(folder / name, _write_csv(build_mid_year(seed, areas)))
    traffic = build_traffic(seed, areas, years)
    yield write_file(folder / f"simulated-local_authority_traffic-{TRAFFIC_PUBLISHED}.csv", _write_csv(traffic))


def build_mid_year(seed: int, areas: Sequence[Area]) -> pd.DataFrame:
    """Build the casualties of the first half of 2025, not yet validated."""
    casualties = _build_casualties(_draw(seed, areas, [MID_YEAR])).drop(columns=list(_MID_YEAR_LEFT_OUT))
    casualties.insert(0, "status", PROVISIONAL)
    return casualties


def build_traffic(seed: int, areas: Sequence[Area], years: Sequence[CalendarYear]) -> pd.DataFrame:
    """Build motor traffic: every year as usual but for chance."""
    usual = {str(row["local_authority_code"]): row for row in read_sample_table("traffic.csv").to_dict("records")}
    rows = []
    for year in years:
        for area in areas:
            own = usual[area.code]
            stream = open_stream(seed, "traffic", area.code, year.label)
            factor = float(np.exp(stream.normal(0, TRAFFIC_SPREAD)))
            rows.append(
                {
                    "local_authority_id": own["local_authority_id"],
                    "local_authority_name": own["local_authority_name"],
                    "local_authority_code": area.code,
                    "year": year.label,
                    "link_length_km": own["link_length_km"],
                    "link_length_miles": round(own["link_length_km"] / KM_PER_MILE),
                    "cars_and_taxis": _round_miles(own["million_miles_cars_and_taxis"] * factor),
                    "all_motor_vehicles": _round_miles(own["million_miles_all"] * factor),
                }
            )
    return pd.DataFrame(rows)


def _round_miles(millions: float) -> int:
    """Write millions of vehicle miles out, to a tenth of a million as published."""
    return round(millions * 10) * 100_000


@dataclass(frozen=True)
class _Drawn:
    """Blocks of authorities and years, drawn one by one and put together."""

    blocks: tuple[CollisionBlock, ...]
    areas: tuple[Area, ...]
    years: tuple[int, ...]

    def gather(self, table: Table) -> tuple[Columns, Whole]:
        """Put a table's columns together, with the number of each row's block."""
        parts = [_PARTS[table](block) for block in self.blocks]
        block = np.repeat(np.arange(len(parts)), [len(next(iter(part.values()))) for part in parts])
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}, block

    def identify(self, block: Whole, collision: Whole) -> Columns:
        """Give every row the index, year and reference of its collision."""
        letters = {area.code: letter for area, letter in zip(choose_authorities(None), ascii_uppercase, strict=False)}
        starts = [f"{_number_force(area.force):02d}SIM{letters[area.code]}" for area in self.areas]
        years = np.array([str(year) for year in self.years], dtype=object)[block]
        numbers = np.array([f"{number:05d}" for number in range(1, collision.max(initial=0) + 2)], dtype=object)
        references = np.array(starts, dtype=object)[block] + numbers[collision]
        return dict(zip(_IDENTIFIERS, (years + references, years, references), strict=True))

    def of_area(self, block: Whole, what: Callable[[Area], object]) -> npt.NDArray[np.object_]:
        """Give every row something of its authority."""
        return np.array([what(area) for area in self.areas], dtype=object)[block]


def _draw(seed: int, areas: Sequence[Area], years: Sequence[Sequence[Month]]) -> _Drawn:
    wanted = [(area, months) for area in areas for months in years]
    blocks = (draw_block(seed, area.code, months, is_injury_based=_is_injury_based(area)) for area, months in wanted)
    return _Drawn(tuple(blocks), tuple(area for area, _ in wanted), tuple(months[0].start.year for _, months in wanted))


def _is_injury_based(area: Area) -> bool:
    return area.force.area_name not in FORCES_THAT_JUDGE


def _number_force(force: PoliceForce) -> int:
    names = read_labels("collision", "police_force")
    return next(int(number) for number, name in names.items() if name == force.area_name)


def _build_collisions(drawn: _Drawn) -> pd.DataFrame:
    own, block = drawn.gather(Table.COLLISION)
    codes = drawn.of_area(block, lambda area: area.code)
    return pd.DataFrame(
        {
            **drawn.identify(block, own["position"]),
            "location_easting_osgr": MISSING,
            "location_northing_osgr": MISSING,
            "longitude": own["longitude"],
            "latitude": own["latitude"],
            "police_force": drawn.of_area(block, lambda area: _number_force(area.force)),
            "collision_severity": own["severity"],
            "number_of_vehicles": own["number_of_vehicles"],
            "number_of_casualties": own["number_of_casualties"],
            "date": pd.DatetimeIndex(own["day"]).strftime("%d/%m/%Y"),
            "day_of_week": own["weekday"],
            "time": _TIMES[own["hour"] * 60 + own["minute"]],
            **_describe_road(own, codes),
            "light_conditions": _light(own["hour"], own["urban_or_rural_area"]),
            "weather_conditions": own["weather_conditions"],
            "road_surface_conditions": own["road_surface_conditions"],
            "special_conditions_at_site": 0,
            "carriageway_hazards_historic": MISSING,
            "carriageway_hazards": 0,
            "urban_or_rural_area": own["urban_or_rural_area"],
            "did_police_officer_attend_scene_of_accident": own["did_police_officer_attend_scene_of_collision"],
            "trunk_road_flag": own["trunk_road_flag"],
            "lsoa_of_accident_location": own["lsoa_code"],
            "enhanced_severity_collision": _enhance(own, drawn, block),
            "collision_injury_based": drawn.of_area(block, lambda area: int(_is_injury_based(area))),
            "collision_adjusted_severity_serious": own["adjusted_serious"],
            "collision_adjusted_severity_slight": _weigh_slight(own),
        }
    )


def _describe_road(own: Columns, codes: npt.NDArray[np.object_]) -> dict[str, Any]:
    """Say whose road it was and what sort; what no record keeps is missing."""
    return {
        "local_authority_district": MISSING,
        "local_authority_ons_district": codes,
        "local_authority_highway": codes,
        "local_authority_highway_current": codes,
        "first_road_class": own["first_road_class"],
        "first_road_number": 0,
        "road_type": own["road_type"],
        "speed_limit": own["speed_limit"],
        "junction_detail_historic": MISSING,
        "junction_detail": own["junction_detail"],
        **dict.fromkeys(("junction_control", "second_road_class"), MISSING),
        "second_road_number": 0,
        "pedestrian_crossing_human_control_historic": MISSING,
        "pedestrian_crossing_physical_facilities_historic": MISSING,
        "pedestrian_crossing": 0,
    }


def _build_casualties(drawn: _Drawn) -> pd.DataFrame:
    own, block = drawn.gather(Table.CASUALTY)
    is_on_foot, is_passenger = own["casualty_class"] == ON_FOOT, own["casualty_class"] == PASSENGER
    return pd.DataFrame(
        {
            **drawn.identify(block, own["collision"]),
            "vehicle_reference": own["vehicle"],
            "casualty_reference": own["reference"],
            "casualty_class": own["casualty_class"],
            "sex_of_casualty": own["sex"],
            "age_of_casualty": own["age"],
            "age_band_of_casualty": own["age_band"],
            "casualty_severity": own["severity"],
            "pedestrian_location": np.where(is_on_foot, 5, 0),
            "pedestrian_movement": np.where(is_on_foot, 1, 0),
            "car_passenger": np.where(is_passenger & (own["casualty_type"] == CAR), 1, 0),
            "bus_or_coach_passenger": np.where(is_passenger & (own["casualty_type"] == BUS), 4, 0),
            "pedestrian_road_maintenance_worker": 0,
            "casualty_type": own["casualty_type"],
            "casualty_imd_decile": MISSING,
            "lsoa_of_casualty": own["lsoa_code"],
            "enhanced_casualty_severity": _enhance(own, drawn, block),
            "casualty_injury_based": drawn.of_area(block, lambda area: int(_is_injury_based(area))),
            "casualty_adjusted_severity_serious": own["adjusted_serious"],
            "casualty_adjusted_severity_slight": _weigh_slight(own),
            "casualty_distance_banding": MISSING,
        }
    )


def _build_vehicles(drawn: _Drawn) -> pd.DataFrame:
    own, block = drawn.gather(Table.VEHICLE)
    unknown = (
        *("towing_and_articulation", "vehicle_manoeuvre_historic", "vehicle_manoeuvre", "vehicle_direction_from"),
        *("vehicle_direction_to", "vehicle_location_restricted_lane_historic", "vehicle_location_restricted_lane"),
        *("junction_location", "skidding_and_overturning", "hit_object_in_carriageway"),
        *("vehicle_leaving_carriageway", "hit_object_off_carriageway", "first_point_of_impact"),
        *("vehicle_left_hand_drive", "journey_purpose_of_driver_historic", "journey_purpose_of_driver"),
    )
    return pd.DataFrame(
        {
            **drawn.identify(block, own["collision"]),
            "vehicle_reference": own["reference"],
            "vehicle_type": own["vehicle_type"],
            **dict.fromkeys(unknown, MISSING),
            "sex_of_driver": own["sex"],
            "age_of_driver": own["age"],
            "age_band_of_driver": own["age_band"],
            "engine_capacity_cc": MISSING,
            "propulsion_code": own["propulsion_code"],
            "age_of_vehicle": own["vehicle_age"],
            "generic_make_model": MAKE_AND_MODEL,
            "driver_imd_decile": MISSING,
            "lsoa_of_driver": MISSING,
            "escooter_flag": 0,
            "driver_distance_banding": MISSING,
        }
    )


def _enhance(own: Columns, drawn: _Drawn, block: Whole) -> npt.NDArray[Any]:
    """Tell kinds of serious injury apart, where the force records injuries."""
    return np.where(drawn.of_area(block, _is_injury_based).astype(bool), own["enhanced"], MISSING)


def _weigh_slight(own: Columns) -> npt.NDArray[Any]:
    return np.where(own["severity"] == FATAL, 0.0, (1 - own["adjusted_serious"]).round(6))


def _light(hour: Whole, area_kind: Whole) -> npt.NDArray[Any]:
    """Say by the hour alone whether it was light; where it was dark, lamps were lit in town."""
    is_light = (hour >= FIRST_LIGHT_HOUR) & (hour <= LAST_LIGHT_HOUR)
    return np.where(is_light, DAYLIGHT, np.where(area_kind == RURAL, UNLIT, LIT))


def _number_rows(columns: Columns) -> Columns:
    return {**columns, "position": np.arange(len(columns["severity"]))}


_PARTS: Mapping[Table, Callable[[CollisionBlock], Columns]] = {
    Table.COLLISION: lambda block: _number_rows(block.collisions),
    Table.CASUALTY: lambda block: block.casualties,
    Table.VEHICLE: lambda block: block.vehicles,
}
_TIMES = np.array([f"{hour:02d}:{minute:02d}" for hour in range(24) for minute in range(60)], dtype=object)


def _write_csv(table: pd.DataFrame) -> bytes:
    return table.to_csv(index=False, lineterminator="\n").encode()


def _write_tables(path: Path, span: str, tables: Mapping[Table, pd.DataFrame]) -> Path:
    file = io.BytesIO()
    with ZipFile(file, "w") as zipped:
        for table, rows in tables.items():
            name = f"simulated-dft-road-casualty-statistics-{table}-{span}.csv"
            member = ZipInfo(name, date_time=(2025, 9, 1, 0, 0, 0))
            member.compress_type = ZIP_DEFLATED
            zipped.writestr(member, _write_csv(rows), compresslevel=COMPRESSION_LEVEL)
    return write_file(path, file.getvalue())
