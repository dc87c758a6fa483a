"""DfT road safety data: the columns that are kept, every heading they have had, and what their cells may say.

A heading is compared in lower case with everything but letters and digits made an underscore, so that
`Local_Authority_(Highway)` of the older files and `local_authority_highway` of the newer are one. What is left of the
renaming (accident to collision, reference to ref_no) is listed here once, newest name first.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from functools import cache

import pandera.pandas as pa

from shp_analysis.readers.code_tables import read_code_table
from shp_analysis.readers.stats19_cells import SOURCE, Field, Vintage, describe_code, describe_number, describe_text

NULL = "NULL"
"""Another mark, in coordinates and times of older files."""
UNKNOWN_SPEED_LIMIT = "99"
NO_HIGHWAY_AUTHORITY = "9999"
"""What files of the years before 2005 say for every collision."""
FIRST_YEAR = 1979
LONGITUDES = (-9.0, 2.5)
LATITUDES = (49.5, 61.0)
OLDEST_AGE = 120
DATE = r"(0[1-9]|[12]\d|3[01])/(0[1-9]|1[0-2])/(19|20)\d\d"
TIME = r"([01]\d|2[0-3]):[0-5]\d"
COLLISION_INDEX = r"(19[7-9]\d|20\d\d)[0-9A-Za-z]{3,}"
PROVISIONAL = "Unvalidated"
"""What `status` says in every row of a mid-year file."""


class Table(StrEnum):
    """The three tables; the value is the publisher's word."""

    COLLISION = "collision"
    CASUALTY = "casualty"
    VEHICLE = "vehicle"

    @property
    def table(self) -> str:
        """The name of the store's table for these records."""
        return f"{SOURCE}_{self.value}"


def plain_heading(heading: str) -> str:
    """Write a heading in the plain form that all vintages share: `1st_Road_Class` is `1st_road_class`."""
    return re.sub(r"[^0-9a-z]+", "_", heading.strip().lower()).strip("_")


@cache
def known_headings(table: Table) -> frozenset[str]:
    """Give every plain heading that a table has had in any vintage, kept or not."""
    kept = {heading for field in FIELDS[table] for heading in field.headings}
    rows = read_code_table(SOURCE, "headings_not_kept.csv")
    return frozenset(kept | {row["heading"] for row in rows if row["table"] == table})


def build_schema(table: Table, headings: Mapping[str, str]) -> pa.DataFrameSchema:
    """Build the schema of a file's kept cells.

    Parameters
    ----------
    table : Table
    headings : mapping of str to str
        The tidy names of the kept columns that the file has, each with its heading in this file.

    Returns
    -------
    pandera.DataFrameSchema
    """
    return pa.DataFrameSchema(
        {
            field.name: pa.Column(
                str, field.check, nullable=not field.is_key, title=headings[field.name], description=field.allowed
            )
            for field in FIELDS[table]
            if field.name in headings
        },
        strict=True,
    )


_LSOA = r"[EW]01\d{6}|S01\d{6}"
_DECIMAL = r"\d+(\.\d+)?([eE]-\d+)?"
_DEGREES = r"-?\d+(\.\d+)?"
_LSOA_WORDS = "a code like E01012367, or -1 where it is missing"


def _adjusted(table: str, word: str) -> Field:
    return describe_number(
        f"adjusted_{word}",
        f"{table}_adjusted_severity_{word}",
        f"{table}_adjusted_{word}",
        limits=(0, 1),
        unit="a weight",
        like=_DECIMAL,
        since=Vintage.COLLISION_REF_NO,
        in_provisional=False,
    )


_IDENTIFIERS = (
    describe_text(
        "collision_index",
        "collision_index",
        "accident_index",
        "acc_index",
        like=COLLISION_INDEX,
        allowed="a year and the police reference, like 2023170H10013 (a spreadsheet makes 2.02317E+12 of such a thing)",
        is_key=True,
    ),
    describe_number(
        "collision_year",
        "collision_year",
        "accident_year",
        limits=(FIRST_YEAR, 2099),
        unit="a year",
        like=r"\d{4}",
        is_key=True,
        since=Vintage.ACCIDENT_REFERENCE,
    ),
    describe_text(
        "collision_reference",
        "collision_reference",
        "collision_ref_no",
        "accident_reference",
        like=r"[0-9A-Za-z]{3,}",
        allowed="letters and digits like 170H10013",
        is_key=True,
        since=Vintage.ACCIDENT_REFERENCE,
    ),
    describe_text("status", like=PROVISIONAL, allowed=f"{PROVISIONAL}, or no such column", is_key=True, since=None),
)
FIELDS: Mapping[Table, tuple[Field, ...]] = {
    Table.COLLISION: (
        *_IDENTIFIERS,
        describe_text(
            "collision_date",
            "date",
            like=f"{DATE}( {TIME})?",
            allowed="a day like 30/09/2023",
            is_key=True,
        ),
        describe_text(
            "collision_time",
            "time",
            like=TIME,
            allowed="a time like 14:55, or nothing",
            since=Vintage.ACCIDENT_REFERENCE,
        ),
        describe_code("day_of_week", guide=("collision", "day_of_week"), is_key=True),
        describe_code("police_force", guide=("collision", "police_force"), is_key=True),
        describe_code(
            "collision_severity",
            "collision_severity",
            "legacy_collision_severity",
            "accident_severity",
            guide=("collision", "collision_severity"),
            is_key=True,
        ),
        describe_number("number_of_vehicles", limits=(1, 9999), unit="a whole number", is_key=True),
        describe_number("number_of_casualties", limits=(1, 9999), unit="a whole number", is_key=True),
        describe_number("easting_m", "location_easting_osgr", limits=(0, 700_000), unit="metres"),
        describe_number("northing_m", "location_northing_osgr", limits=(0, 1_300_000), unit="metres"),
        describe_number("longitude", limits=LONGITUDES, unit="degrees", like=_DEGREES),
        describe_number("latitude", limits=LATITUDES, unit="degrees", like=_DEGREES),
        describe_text(
            "authority_code",
            "local_authority_ons_district",
            like=r"[EWS]\d{8}|EHEATHROW",
            allowed="an ONS code like E06000006, or -1 where it is missing (a number is the former district's)",
            since=Vintage.ACCIDENT_REFERENCE,
        ),
        describe_text(
            "highway_authority_code",
            "local_authority_highway",
            like=rf"[EWS]\d{{8}}|EHEATHROW|{NO_HIGHWAY_AUTHORITY}",
            allowed="an ONS code like E06000006, or -1 where it is missing",
        ),
        describe_text(
            "lsoa_code", "lsoa_of_collision_location", "lsoa_of_accident_location", like=_LSOA, allowed=_LSOA_WORDS
        ),
        describe_code(
            "first_road_class", "first_road_class", "1st_road_class", guide=("collision", "first_road_class")
        ),
        describe_text(
            "first_road_number",
            "first_road_number",
            "1st_road_number",
            like=r"\d{1,4}",
            allowed="0 to 9999, or -1 where it is missing",
        ),
        describe_code("road_type", guide=("collision", "road_type")),
        describe_text(
            "speed_limit_mph",
            "speed_limit",
            like=rf"[0-9]|[1-6]\d|70|{UNKNOWN_SPEED_LIMIT}",
            allowed="miles an hour up to 70, 99 (unknown), or -1 where it is missing",
        ),
        describe_code("light_conditions", guide=("collision", "light_conditions")),
        describe_code("weather_conditions", guide=("collision", "weather_conditions")),
        describe_code("road_surface_conditions", guide=("collision", "road_surface_conditions")),
        describe_code("urban_or_rural_area", guide=("collision", "urban_or_rural_area")),
        describe_code(
            "police_attendance",
            "did_police_officer_attend_scene_of_collision",
            "did_police_officer_attend_scene_of_accident",
            guide=("collision", "did_police_officer_attend_scene_of_collision"),
        ),
        describe_code("trunk_road", "trunk_road_flag", guide=("collision", "trunk_road_flag"), since=None),
        describe_code(
            "enhanced_severity",
            "enhanced_severity_collision",
            "enhanced_collision_severity",
            guide=("collision", "enhanced_collision_severity"),
            since=None,
        ),
        describe_code(
            "severity_basis",
            "collision_injury_based",
            guide=("collision", "collision_injury_based"),
            since=Vintage.COLLISION_REF_NO,
            in_provisional=False,
        ),
        _adjusted("collision", "serious"),
        _adjusted("collision", "slight"),
    ),
    Table.CASUALTY: (
        *_IDENTIFIERS,
        describe_text("vehicle_reference", like=r"\d{1,4}", allowed="a whole number", is_key=True),
        describe_text("casualty_reference", like=r"\d{1,4}", allowed="a whole number", is_key=True),
        describe_code("casualty_class", guide=("casualty", "casualty_class")),
        describe_code("sex", "sex_of_casualty", guide=("casualty", "sex_of_casualty")),
        describe_number(
            "age_years",
            "age_of_casualty",
            limits=(0, OLDEST_AGE),
            unit="whole years",
            since=Vintage.ACCIDENT_REFERENCE,
        ),
        describe_code("age_band", "age_band_of_casualty", guide=("casualty", "age_band_of_casualty")),
        describe_code("casualty_severity", guide=("casualty", "casualty_severity"), is_key=True),
        describe_code("casualty_type", guide=("casualty", "casualty_type")),
        describe_number(
            "home_imd_decile",
            "casualty_imd_decile",
            limits=(1, 10),
            unit="a decile",
            since=Vintage.ACCIDENT_REFERENCE,
        ),
        describe_text(
            "home_lsoa_code",
            "lsoa_of_casualty",
            like=_LSOA,
            allowed=_LSOA_WORDS,
            since=Vintage.ACCIDENT_REFERENCE,
        ),
        describe_code(
            "enhanced_severity",
            "enhanced_casualty_severity",
            guide=("casualty", "enhanced_casualty_severity"),
            since=None,
        ),
        describe_code(
            "severity_basis",
            "casualty_injury_based",
            guide=("casualty", "casualty_injury_based"),
            since=Vintage.COLLISION_REF_NO,
            in_provisional=False,
        ),
        _adjusted("casualty", "serious"),
        _adjusted("casualty", "slight"),
    ),
    Table.VEHICLE: (
        *_IDENTIFIERS,
        describe_text("vehicle_reference", like=r"\d{1,4}", allowed="a whole number", is_key=True),
        describe_code("vehicle_type", guide=("vehicle", "vehicle_type")),
        describe_code("driver_sex", "sex_of_driver", guide=("vehicle", "sex_of_driver")),
        describe_number(
            "driver_age_years",
            "age_of_driver",
            limits=(0, OLDEST_AGE),
            unit="whole years",
            since=Vintage.ACCIDENT_REFERENCE,
        ),
        describe_code("driver_age_band", "age_band_of_driver", guide=("vehicle", "age_band_of_driver")),
        describe_number("engine_capacity_cc", limits=(0, 999_999), unit="cubic centimetres", since=None),
        describe_code("propulsion", "propulsion_code", guide=("vehicle", "propulsion_code"), since=None),
        describe_number("vehicle_age_years", "age_of_vehicle", limits=(0, 199), unit="whole years", since=None),
        describe_text(
            "make_and_model", "generic_make_model", like=".*[A-Za-z].*", allowed="a make and model", since=None
        ),
        describe_number("driver_home_imd_decile", "driver_imd_decile", limits=(1, 10), unit="a decile", since=None),
        describe_text(
            "driver_home_lsoa_code",
            "lsoa_of_driver",
            like=_LSOA,
            allowed=_LSOA_WORDS,
            since=Vintage.ACCIDENT_REFERENCE,
        ),
        describe_code("escooter", "escooter_flag", guide=("vehicle", "escooter_flag"), since=None),
    ),
}
"""Every kept column, in the order of the tidy frame."""
COLUMNS: Mapping[Table, Mapping[str, str]] = {
    table: {heading: field.name for field in fields for heading in field.headings} for table, fields in FIELDS.items()
}
"""Every heading of a kept column in any vintage, in plain form, with its tidy name."""
KEYS: Mapping[Table, tuple[str, ...]] = {
    Table.COLLISION: ("collision_index",),
    Table.CASUALTY: ("collision_index", "vehicle_reference", "casualty_reference"),
    Table.VEHICLE: ("collision_index", "vehicle_reference"),
}
"""What no two rows of a delivery share."""
