"""Road safety files in each published layout, heading for heading: one small set of rows in every vintage's words."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pandas as pd

from shp_analysis.errors import SourceError
from shp_analysis.readers.deliveries import open_delivery
from shp_analysis.readers.stats19 import read_whole
from shp_analysis.readers.stats19_layout import Table, recognise_table

Row = dict[str, str]

_COLLISION_2021 = (
    "accident_index,accident_year,accident_reference,location_easting_osgr,location_northing_osgr,longitude,latitude,"
    "police_force,accident_severity,number_of_vehicles,number_of_casualties,date,day_of_week,time,"
    "local_authority_district,local_authority_ons_district,local_authority_highway,first_road_class,first_road_number,"
    "road_type,speed_limit,junction_detail,junction_control,second_road_class,second_road_number,"
    "pedestrian_crossing_human_control,pedestrian_crossing_physical_facilities,light_conditions,weather_conditions,"
    "road_surface_conditions,special_conditions_at_site,carriageway_hazards,urban_or_rural_area,"
    "did_police_officer_attend_scene_of_accident,trunk_road_flag,lsoa_of_accident_location"
)
_COLLISION_2024 = (
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
_CASUALTY_2021 = (
    "accident_index,accident_year,accident_reference,vehicle_reference,casualty_reference,casualty_class,"
    "sex_of_casualty,age_of_casualty,age_band_of_casualty,casualty_severity,pedestrian_location,pedestrian_movement,"
    "car_passenger,bus_or_coach_passenger,pedestrian_road_maintenance_worker,casualty_type,casualty_home_area_type,"
    "casualty_imd_decile,lsoa_of_casualty"
)
_CASUALTY_2024 = (
    "collision_index,collision_year,collision_ref_no,vehicle_reference,casualty_reference,casualty_class,"
    "sex_of_casualty,age_of_casualty,age_band_of_casualty,casualty_severity,pedestrian_location,pedestrian_movement,"
    "car_passenger,bus_or_coach_passenger,pedestrian_road_maintenance_worker,casualty_type,casualty_imd_decile,"
    "lsoa_of_casualty,enhanced_casualty_severity,casualty_injury_based,casualty_adjusted_severity_serious,"
    "casualty_adjusted_severity_slight,casualty_distance_banding"
)
_VEHICLE_2021 = (
    "accident_index,accident_year,accident_reference,vehicle_reference,vehicle_type,towing_and_articulation,"
    "vehicle_manoeuvre,vehicle_direction_from,vehicle_direction_to,vehicle_location_restricted_lane,junction_location,"
    "skidding_and_overturning,hit_object_in_carriageway,vehicle_leaving_carriageway,hit_object_off_carriageway,"
    "first_point_of_impact,vehicle_left_hand_drive,journey_purpose_of_driver,sex_of_driver,age_of_driver,"
    "age_band_of_driver,engine_capacity_cc,propulsion_code,age_of_vehicle,generic_make_model,driver_imd_decile,"
    "driver_home_area_type,lsoa_of_driver"
)
_VEHICLE_2024 = (
    "collision_index,collision_year,collision_ref_no,vehicle_reference,vehicle_type,towing_and_articulation,"
    "vehicle_manoeuvre_historic,vehicle_manoeuvre,vehicle_direction_from,vehicle_direction_to,"
    "vehicle_location_restricted_lane_historic,vehicle_location_restricted_lane,junction_location,"
    "skidding_and_overturning,hit_object_in_carriageway,vehicle_leaving_carriageway,hit_object_off_carriageway,"
    "first_point_of_impact,vehicle_left_hand_drive,journey_purpose_of_driver_historic,journey_purpose_of_driver,"
    "sex_of_driver,age_of_driver,age_band_of_driver,engine_capacity_cc,propulsion_code,age_of_vehicle,"
    "generic_make_model,driver_imd_decile,lsoa_of_driver,escooter_flag,driver_distance_banding"
)


def _call_accident(headings: str) -> str:
    """Give the first three of a table of 2024 the names that the file of 2023 has."""
    identifiers = "collision_index,collision_year,collision_ref_no"
    assert headings.startswith(identifiers)
    return "accident_index,accident_year,accident_reference" + headings.removeprefix(identifiers)


LAYOUTS: dict[tuple[str, str], str] = {
    ("collision", "2005"): (
        "Accident_Index,Location_Easting_OSGR,Location_Northing_OSGR,Longitude,Latitude,Police_Force,"
        "Accident_Severity,Number_of_Vehicles,Number_of_Casualties,Date,Day_of_Week,Time,Local_Authority_(District),"
        "Local_Authority_(Highway),1st_Road_Class,1st_Road_Number,Road_Type,Speed_limit,Junction_Detail,"
        "Junction_Control,2nd_Road_Class,2nd_Road_Number,Pedestrian_Crossing-Human_Control,"
        "Pedestrian_Crossing-Physical_Facilities,Light_Conditions,Weather_Conditions,Road_Surface_Conditions,"
        "Special_Conditions_at_Site,Carriageway_Hazards,Urban_or_Rural_Area,"
        "Did_Police_Officer_Attend_Scene_of_Accident,LSOA_of_Accident_Location"
    ),
    ("collision", "2021"): _COLLISION_2021,
    ("collision", "2023"): _call_accident(_COLLISION_2024),
    ("collision", "2024"): _COLLISION_2024,
    ("collision", "2025"): _COLLISION_2024.replace("collision_ref_no", "collision_reference"),
    ("casualty", "2005"): (
        "Accident_Index,Vehicle_Reference,Casualty_Reference,Casualty_Class,Sex_of_Casualty,Age_of_Casualty,"
        "Age_Band_of_Casualty,Casualty_Severity,Pedestrian_Location,Pedestrian_Movement,Car_Passenger,"
        "Bus_or_Coach_Passenger,Pedestrian_Road_Maintenance_Worker,Casualty_Type,Casualty_Home_Area_Type"
    ),
    ("casualty", "2021"): _CASUALTY_2021,
    ("casualty", "provisional"): f"status,{_CASUALTY_2021}",
    ("casualty", "2023"): _call_accident(_CASUALTY_2024),
    ("casualty", "2024"): _CASUALTY_2024,
    ("casualty", "2025"): _CASUALTY_2024.replace("collision_ref_no", "collision_reference"),
    ("vehicle", "2005"): (
        "Accident_Index,Vehicle_Reference,Vehicle_Type,Towing_and_Articulation,Vehicle_Manoeuvre,"
        "Vehicle_Location-Restricted_Lane,Junction_Location,Skidding_and_Overturning,Hit_Object_in_Carriageway,"
        "Vehicle_Leaving_Carriageway,Hit_Object_off_Carriageway,1st_Point_of_Impact,Was_Vehicle_Left_Hand_Drive?,"
        "Journey_Purpose_of_Driver,Sex_of_Driver,Age_of_Driver,Age_Band_of_Driver,Engine_Capacity_(CC),"
        "Propulsion_Code,Age_of_Vehicle,Driver_IMD_Decile,Driver_Home_Area_Type,Vehicle_IMD_Decile"
    ),
    ("vehicle", "2021"): _VEHICLE_2021,
    ("vehicle", "2023"): _call_accident(_VEHICLE_2024),
    ("vehicle", "2024"): _VEHICLE_2024,
    ("vehicle", "2025"): _VEHICLE_2024.replace("collision_ref_no", "collision_reference"),
}
"""The headings of each table in each vintage, in their published order."""

HALTON = "E06000006"
COLLISIONS: list[Row] = [
    # A Wednesday and a Sunday; the reference begins with a zero, and the other holds letters.
    {
        "index": "2019070542272", "year": "2019", "reference": "070542272", "easting": "352000", "northing": "383000",
        "longitude": "-2.72", "latitude": "53.34", "force": "7", "severity": "2", "vehicles": "2", "casualties": "2",
        "date": "03/04/2019", "weekday": "4", "time": "07:05", "district": "124", "authority": HALTON, "limit": "30",
        "lsoa": "E01012367",
    },
    {
        "index": "201907H000912", "year": "2019", "reference": "07H000912", "easting": "-1", "northing": "-1",
        "longitude": "-1", "latitude": "-1", "force": "7", "severity": "1", "vehicles": "1", "casualties": "1",
        "date": "29/12/2019", "weekday": "1", "time": "23:59", "district": "128", "authority": "E06000007",
        "limit": "-1", "lsoa": "-1",
    },
]  # fmt: skip
CASUALTIES: list[Row] = [
    {
        "index": "2019070542272", "year": "2019", "reference": "070542272", "vehicle": "1", "casualty": "1",
        "class": "3", "sex": "2", "age": "9", "band": "2", "severity": "3", "type": "0", "serious": "0.0612",
        "slight": "0.9388", "lsoa": "E01012368",
    },
    {
        "index": "2019070542272", "year": "2019", "reference": "070542272", "vehicle": "2", "casualty": "2",
        "class": "1", "sex": "1", "age": "41", "band": "7", "severity": "2", "type": "9", "serious": "1",
        "slight": "0", "lsoa": "-1",
    },
    {
        "index": "201907H000912", "year": "2019", "reference": "07H000912", "vehicle": "1", "casualty": "1",
        "class": "1", "sex": "-1", "age": "-1", "band": "-1", "severity": "1", "type": "5", "serious": "0",
        "slight": "0", "lsoa": "W01000154",
    },
]  # fmt: skip
VEHICLES: list[Row] = [
    {
        "index": "2019070542272", "year": "2019", "reference": "070542272", "vehicle": "1", "type": "9", "sex": "1",
        "age": "30", "band": "6", "cc": "998", "made": "4", "lsoa": "E01012369",
    },
    {
        "index": "201907H000912", "year": "2019", "reference": "07H000912", "vehicle": "1", "type": "5", "sex": "3",
        "age": "-1", "band": "-1", "cc": "-1", "made": "-1", "lsoa": "-1",
    },
]  # fmt: skip
ROWS = {"collision": COLLISIONS, "casualty": CASUALTIES, "vehicle": VEHICLES}

_CELLS: dict[str, dict[str, str]] = {
    "collision": {
        "location_easting_osgr": "easting", "location_northing_osgr": "northing", "longitude": "longitude",
        "latitude": "latitude", "police_force": "force", "accident_severity": "severity",
        "collision_severity": "severity", "number_of_vehicles": "vehicles", "number_of_casualties": "casualties",
        "date": "date", "day_of_week": "weekday", "time": "time", "local_authority_(district)": "district",
        "local_authority_district": "district", "local_authority_(highway)": "authority",
        "local_authority_ons_district": "authority", "local_authority_highway": "authority",
        "local_authority_highway_current": "authority", "speed_limit": "limit", "lsoa_of_accident_location": "lsoa",
    },
    "casualty": {
        "vehicle_reference": "vehicle", "casualty_reference": "casualty", "casualty_class": "class",
        "sex_of_casualty": "sex", "age_of_casualty": "age", "age_band_of_casualty": "band",
        "casualty_severity": "severity", "casualty_type": "type", "lsoa_of_casualty": "lsoa",
        "casualty_adjusted_severity_serious": "serious", "casualty_adjusted_severity_slight": "slight",
    },
    "vehicle": {
        "vehicle_reference": "vehicle", "vehicle_type": "type", "sex_of_driver": "sex", "age_of_driver": "age",
        "age_band_of_driver": "band", "engine_capacity_(cc)": "cc", "engine_capacity_cc": "cc",
        "age_of_vehicle": "made", "lsoa_of_driver": "lsoa",
    },
}  # fmt: skip
_IDENTIFIERS = {
    "accident_index": "index", "collision_index": "index", "accident_year": "year", "collision_year": "year",
    "accident_reference": "reference", "collision_ref_no": "reference", "collision_reference": "reference",
}  # fmt: skip
_CONSTANT = {"status": "Unvalidated", "1st_road_number": "0", "first_road_number": "0", "escooter_flag": "0"}


def headings_of(table: str, vintage: str) -> list[str]:
    return LAYOUTS[table, vintage].split(",")


def published_rows(table: str, vintage: str, rows: list[Row] | None = None) -> list[Row]:
    """Write the rows under a vintage's headings; what the vintage has and no row says is -1."""
    cells = {**_IDENTIFIERS, **_CELLS[table]}
    headings = headings_of(table, vintage)
    written = []
    for row in rows or ROWS[table]:
        values = {heading: _CONSTANT.get(heading.lower(), "-1") for heading in headings}
        values.update({heading: row[cells[heading.lower()]] for heading in headings if heading.lower() in cells})
        if "collision_adjusted_severity_slight" in values:
            values["collision_adjusted_severity_serious"] = "1" if row["severity"] == "2" else "0"
            values["collision_adjusted_severity_slight"] = "1" if row["severity"] == "3" else "0"
        if vintage == "2005":
            values = {
                heading: "" if heading.startswith("LSOA") and cell == "-1" else cell for heading, cell in values.items()
            }
        written.append(values)
    return written


def write_rows(path: Path, rows: list[Row]) -> Path:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(text.getvalue(), encoding="utf-8")
    return path


def write_table(folder: Path, table: str, vintage: str, rows: list[Row] | None = None) -> Path:
    name = f"dft-road-casualty-statistics-{table}-{vintage}.csv"
    return write_rows(folder / name, published_rows(table, vintage, rows))


def read_table(path: Path, table: Table) -> pd.DataFrame:
    """Read a delivery's files of one table the strict way."""
    with open_delivery(path) as members:
        csvs = [member for member in members if member.path.suffix.lower() == ".csv"]
        files = [file for file in map(recognise_table, csvs) if file and file.table is table]
        frames = [read_whole(file) for file in files]
    if not frames:
        raise SourceError(f"{path}: holds no {table} table. Check the path.")
    return pd.concat(frames, ignore_index=True)


def read_collisions(path: Path) -> pd.DataFrame:
    """Read the collisions of a delivery."""
    return read_table(path, Table.COLLISION)


def read_casualties(path: Path) -> pd.DataFrame:
    """Read the casualties of a delivery."""
    return read_table(path, Table.CASUALTY)


def read_vehicles(path: Path) -> pd.DataFrame:
    """Read the vehicles of a delivery."""
    return read_table(path, Table.VEHICLE)


def find_orphans(records: pd.DataFrame, collisions: pd.DataFrame) -> pd.DataFrame:
    """Find casualties or vehicles whose collision is not there."""
    return records[~records["collision_index"].isin(collisions["collision_index"])]


def count_matches(collisions: pd.DataFrame, records: pd.DataFrame, column: str) -> bool:
    """Say whether every collision states as many casualties (or vehicles) as there are rows."""
    counts = records.groupby("collision_index").size()
    stated = collisions.set_index("collision_index")[column]
    return bool((stated == counts.reindex(stated.index, fill_value=0)).all())
