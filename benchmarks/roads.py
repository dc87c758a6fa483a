"""Road safety files of all years, generated in the Department for Transport's exact layout of 2024.

Nothing in them is real: every code is drawn from the published code lists, every place at random.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow as arrow

from benchmarks.archives import as_words, read_reference, to_csv

FIRST_YEAR, LAST_YEAR = 1979, 2024
COLLISIONS_PER_CASUALTY = 0.78
FIRST_WEIGHTED_YEAR = 2004
"""Adjusted severities were estimated from this year on; before it they are -1."""
PLACES = 30_000
COLLISION_HEADINGS = (
    "collision_index,collision_year,collision_ref_no,location_easting_osgr,location_northing_osgr,longitude,latitude,"
    "police_force,collision_severity,number_of_vehicles,number_of_casualties,date,day_of_week,time,"
    "local_authority_district,local_authority_ons_district,local_authority_highway,local_authority_highway_current,"
    "first_road_class,first_road_number,road_type,speed_limit,junction_detail_historic,junction_detail,"
    "junction_control,second_road_class,second_road_number,pedestrian_crossing_human_control_historic,"
    "pedestrian_crossing_physical_facilities_historic,pedestrian_crossing,light_conditions,weather_conditions,"
    "road_surface_conditions,special_conditions_at_site,carriageway_hazards_historic,carriageway_hazards,"
    "urban_or_rural_area,did_police_officer_attend_scene_of_accident,trunk_road_flag,lsoa_of_accident_location,"
    "enhanced_severity_collision,collision_injury_based,collision_adjusted_severity_serious,"
    "collision_adjusted_severity_slight"
)
CASUALTY_HEADINGS = (
    "collision_index,collision_year,collision_ref_no,vehicle_reference,casualty_reference,casualty_class,"
    "sex_of_casualty,age_of_casualty,age_band_of_casualty,casualty_severity,pedestrian_location,pedestrian_movement,"
    "car_passenger,bus_or_coach_passenger,pedestrian_road_maintenance_worker,casualty_type,casualty_imd_decile,"
    "lsoa_of_casualty,enhanced_casualty_severity,casualty_injury_based,casualty_adjusted_severity_serious,"
    "casualty_adjusted_severity_slight,casualty_distance_banding"
)
_GUIDE_FIELDS = {
    "did_police_officer_attend_scene_of_accident": "did_police_officer_attend_scene_of_collision",
    "trunk_road_flag": "trunk_road_flag",
}

Columns = dict[str, arrow.Array]


def write_road_files(folder: Path, casualties: int, seed: int) -> tuple[Path, Path]:
    """Write a casualty file of all years and the collisions to match.

    Parameters
    ----------
    folder : Path
    casualties : int
        About how many people were hurt in all.
    seed : int

    Returns
    -------
    tuple of Path
        The casualty file and the collision file.
    """
    rng = np.random.default_rng(seed)
    span = f"{FIRST_YEAR}-latest-published-year"
    paths = [folder / f"dft-road-casualty-statistics-{table}-{span}.csv" for table in ("casualty", "collision")]
    per_year = max(int(casualties * COLLISIONS_PER_CASUALTY / (LAST_YEAR - FIRST_YEAR + 1)), 1)
    places = _build_places(rng)
    with paths[0].open("wb") as casualty_file, paths[1].open("wb") as collision_file:
        casualty_file.write(CASUALTY_HEADINGS.encode() + b"\n")
        collision_file.write(COLLISION_HEADINGS.encode() + b"\n")
        for year in range(FIRST_YEAR, LAST_YEAR + 1):
            # One casualty in most collisions, and never none.
            hurt = 1 + rng.poisson(1 / COLLISIONS_PER_CASUALTY - 1, per_year)
            collisions = _build_collisions(year, hurt, places, rng)
            collision_file.write(to_csv({name: collisions[name] for name in COLLISION_HEADINGS.split(",")}))
            people = _build_casualties(year, hurt, collisions, rng)
            casualty_file.write(to_csv({name: people[name] for name in CASUALTY_HEADINGS.split(",")}))
    return paths[0], paths[1]


def _build_places(rng: np.random.Generator) -> arrow.Table:
    authorities = [row["authority_code"] for row in read_reference("stats19/authorities.csv")]
    authorities = [code for code in authorities if len(code) == len("E06000006") and code[0] in "EWS"]
    own = rng.integers(0, len(authorities), PLACES)
    return arrow.table(
        {
            "location_easting_osgr": as_text(rng.integers(100_000, 650_000, PLACES)),
            "location_northing_osgr": as_text(rng.integers(10_000, 1_200_000, PLACES)),
            "longitude": [f"{degrees:.6f}" for degrees in rng.uniform(-5.5, -0.1, PLACES)],
            "latitude": [f"{degrees:.6f}" for degrees in rng.uniform(50.2, 58.0, PLACES)],
            "local_authority_ons_district": as_words(authorities, own),
            "local_authority_highway": as_words(authorities, own),
            "local_authority_highway_current": as_words(authorities, own),
            "lsoa_of_accident_location": [f"E01{number:06d}" for number in rng.integers(1, 35_000, PLACES)],
        }
    )


def _build_collisions(year: int, hurt: np.ndarray, places: arrow.Table, rng: np.random.Generator) -> Columns:
    rows = len(hurt)
    days = np.arange(f"{year}-01-01", f"{year + 1}-01-01", dtype="datetime64[D]")
    day = rng.integers(0, len(days), rows)
    # The first of January 1970 was a Thursday, the fifth day of a week that begins on Sunday.
    weekdays = [str((number + 4) % 7 + 1) for number in days.astype(int)]
    severity = rng.choice(3, rows, p=[0.02, 0.18, 0.8]) + 1
    references = [f"{number:09d}" for number in rng.permutation(rows) + 10_000_000]
    columns: Columns = {
        **_draw_codes("collision", COLLISION_HEADINGS, rows, rng),
        **_identify(year, references, np.arange(rows)),
        **{name: column.combine_chunks() for name, column in _take(places, rng.integers(0, PLACES, rows)).items()},
        "collision_severity": as_text(severity),
        "number_of_vehicles": as_text(rng.integers(1, 4, rows)),
        "number_of_casualties": as_text(hurt),
        "date": as_words([f"{str(each)[8:]}/{str(each)[5:7]}/{year}" for each in days], day),
        "day_of_week": as_words(weekdays, day),
        "time": as_words(
            [f"{minute // 60:02d}:{minute % 60:02d}" for minute in range(1440)], rng.integers(0, 1440, rows)
        ),
        "speed_limit": as_words(["20", "30", "40", "50", "60", "70", "-1"], rng.integers(0, 7, rows)),
        "first_road_number": as_text(rng.integers(0, 6000, rows)),
        "second_road_number": as_text(rng.integers(0, 6000, rows)),
        **_weigh("collision", year, severity, rng),
    }
    return columns


def _build_casualties(year: int, hurt: np.ndarray, collisions: Columns, rng: np.random.Generator) -> Columns:
    collision = np.repeat(np.arange(len(hurt)), hurt)
    rows = len(collision)
    severity = rng.choice(3, rows, p=[0.01, 0.14, 0.85]) + 1
    reference = np.arange(rows) - np.repeat(np.cumsum(hurt) - hurt, hurt) + 1
    taken = arrow.array(collision)
    return {
        **_draw_codes("casualty", CASUALTY_HEADINGS, rows, rng),
        **{name: collisions[name].take(taken) for name in ("collision_index", "collision_year", "collision_ref_no")},
        "vehicle_reference": as_text(rng.integers(1, 3, rows)),
        "casualty_reference": as_text(reference),
        "age_of_casualty": as_words([*map(str, range(96)), "-1"], rng.integers(0, 97, rows)),
        "casualty_severity": as_text(severity),
        "casualty_imd_decile": as_words([*map(str, range(1, 11)), "-1"], rng.integers(0, 11, rows)),
        "lsoa_of_casualty": as_words(
            [f"E01{number:06d}" for number in range(1, 35_000)], rng.integers(0, 34_999, rows)
        ),
        **_weigh("casualty", year, severity, rng),
    }


def as_text(numbers: np.ndarray) -> arrow.Array:
    """Write whole numbers as text."""
    return arrow.array(numbers).cast(arrow.string())


def _identify(year: int, references: list[str], row: np.ndarray) -> Columns:
    return {
        "collision_index": as_words([f"{year}{reference}" for reference in references], row),
        "collision_year": as_words([str(year)], np.zeros(len(row), int)),
        "collision_ref_no": as_words(references, row),
    }


def _take(table: arrow.Table, rows: np.ndarray) -> Mapping[str, arrow.ChunkedArray]:
    taken = table.take(arrow.array(rows))
    return {name: taken.column(name) for name in taken.column_names}


def _draw_codes(table: str, headings: str, rows: int, rng: np.random.Generator) -> Columns:
    """Draw a published code for every cell; a column that has no list here is missing."""
    codes: dict[str, list[str]] = {}
    for row in read_reference("stats19/codes.csv"):
        if row["table"] == table:
            codes.setdefault(row["field"], []).append(row["code"])
    lists = {heading: codes.get(_GUIDE_FIELDS.get(heading, heading), ["-1"]) for heading in headings.split(",")}
    return {heading: as_words(each, rng.integers(0, len(each), rows)) for heading, each in lists.items()}


def _weigh(table: str, year: int, severity: np.ndarray, rng: np.random.Generator) -> Columns:
    rows, names = len(severity), [f"{table}_adjusted_severity_{word}" for word in ("serious", "slight")]
    if year < FIRST_WEIGHTED_YEAR:
        return {name: as_words(["-1"], np.zeros(rows, int)) for name in names}
    weights = [0.0, 1.0, *(number / 100_000 for number in range(1, 30_000))]
    # Fatal has the weights 0 and 0, serious 1 and 0, and slight the second of both and what is left of it.
    drawn = np.choose(severity - 1, [0, 1, rng.integers(2, len(weights), rows)])
    rest = np.maximum(drawn, 1)
    serious, slight = [f"{weight:g}" for weight in weights], [f"{1 - weight:.6g}" for weight in weights]
    return {names[0]: as_words(serious, drawn), names[1]: as_words(slight, rest)}
