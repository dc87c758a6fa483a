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
from pathlib import Path
from string import ascii_uppercase
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import numpy as np
import numpy.typing as npt
import pandas as pd

from shp_analysis.areas import Area, PoliceForce
from shp_analysis.periods import CalendarYear, Month
from shp_analysis.sample.borough import Whole, choose_authorities, list_months, open_stream, read_sample_table
from shp_analysis.sample.collisions import (
    CAR,
    FATAL,
    ON_FOOT,
    PASSENGER,
    CollisionBlock,
    Columns,
    draw_block,
)
from shp_analysis.sample.workbooks import write_file
from shp_analysis.sources.stats19_cells import read_labels
from shp_analysis.sources.stats19_layout import PROVISIONAL, Table

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
