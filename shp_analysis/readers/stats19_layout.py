"""DfT road safety data: telling the three tables and their vintages by their headings."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum

import pandas as pd
import pandera.pandas as pa

from shp_analysis.errors import SourceError
from shp_analysis.readers.deliveries import Member
from shp_analysis.readers.readers import read_code_table
from shp_analysis.readers.strict_csv import is_like, read_numbers

SOURCE = "stats19"

MISSING = "-1"
"""The publisher's mark for "data missing or out of range", in numbers, codes and identifiers alike."""


class Vintage(IntEnum):
    """How a file is laid out, told by its identifier's headings; the value is the first year of that layout.

    Old years are published again under new headings, so this is not the year of the collisions. The file of 2023 that
    calls itself "accident" and has adjusted severities is laid out as of 2021.
    """

    ACCIDENT_INDEX = 1979
    ACCIDENT_REFERENCE = 2021
    COLLISION_REF_NO = 2024
    COLLISION_REFERENCE = 2025


@dataclass(frozen=True)
class Field:
    """One kept column.

    Attributes
    ----------
    name : str
        The tidy name.
    headings : tuple of str
        What the publisher has called it, in plain form; the first is what a message calls it.
    check : pandera.Check
        What a cell that is not missing may say, before anything is made of it.
    allowed : str
        The same in words.
    codes : mapping of str to str or None
        The label of every code, where the cells are codes.
    is_number : bool
        Becomes a float, which is missing where the cell is -1.
    is_key : bool
        Never missing.
    needed_since : Vintage or None
        A file of this layout or a later one must have it; None where no layout is held to it.
    in_provisional : bool
        Whether a mid-year file must have it too.
    """

    name: str
    headings: tuple[str, ...]
    check: pa.Check
    allowed: str
    codes: Mapping[str, str] | None = None
    is_number: bool = False
    is_key: bool = False
    needed_since: Vintage | None = Vintage.ACCIDENT_INDEX
    in_provisional: bool = True


def read_labels(table: str, field: str) -> dict[str, str]:
    """Read the labels of one coded field, as the data guide gives them; a code for "missing" has none.

    Parameters
    ----------
    table, field : str
        The data guide's words, such as `"casualty"` and `"casualty_severity"`.

    Returns
    -------
    dict of str to str
    """
    rows = read_code_table(SOURCE, "codes.csv")
    return {
        row["code"]: row["label"]
        for row in rows
        if row["table"] == table and row["field"] == field and row["code"] != MISSING
    }


def describe_text(
    name: str,
    *headings: str,
    like: str = r"\S.*",
    allowed: str = "some text",
    is_key: bool = False,
    since: Vintage | None = Vintage.ACCIDENT_INDEX,
) -> Field:
    """Describe a column of text or of identifiers; `like` is what a whole cell looks like."""
    # A key is never -1; anything else may be.
    pattern = like if is_key else f"{like}|{MISSING}"
    check = pa.Check(lambda cells: is_like(cells, pattern), name=f"is like {pattern}")
    return Field(name, headings or (name,), check, allowed, is_key=is_key, needed_since=since)


def describe_code(
    name: str,
    *headings: str,
    guide: tuple[str, str],
    is_key: bool = False,
    since: Vintage | None = Vintage.ACCIDENT_INDEX,
    in_provisional: bool = True,
) -> Field:
    """Describe a column of codes; `guide` is the table and field that the data guide lists them under."""
    labels = read_labels(*guide)
    codes = [*labels] if is_key else [*labels, MISSING]
    return Field(
        name,
        headings or (name,),
        pa.Check.isin(codes),
        "one of " + ", ".join(f"{code} ({labels.get(code, 'missing')})" for code in codes),
        codes=labels,
        is_key=is_key,
        needed_since=since,
        in_provisional=in_provisional,
    )


def describe_number(
    name: str,
    *headings: str,
    limits: tuple[float, float],
    unit: str,
    like: str = r"\d+",
    is_key: bool = False,
    since: Vintage | None = Vintage.ACCIDENT_INDEX,
    in_provisional: bool = True,
) -> Field:
    """Describe a column of numbers; `like` is how they are written."""

    def is_within(cells: pd.Series) -> pd.Series:
        within = read_numbers(cells, like).between(*limits)
        return within if is_key else within | (cells == MISSING)

    return Field(
        name,
        headings or (name,),
        pa.Check(is_within, name=f"is within {limits}"),
        f"{unit}, {limits[0]:g} to {limits[1]:g}" + ("" if is_key else f", or {MISSING} where it is missing"),
        is_number=True,
        is_key=is_key,
        needed_since=since,
        in_provisional=in_provisional,
    )


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


ADDRESS = "https://www.data.gov.uk/dataset/cb7ae6f0-4be6-4935-9277-47e5ce24a11f/road-accidents-safety-data"

_IDENTIFYING = {
    Table.COLLISION: {"date", "number_of_vehicles", "number_of_casualties", "location_easting_osgr"},
    Table.CASUALTY: {"casualty_reference", "casualty_class", "casualty_severity", "casualty_type"},
    Table.VEHICLE: {"vehicle_type", "vehicle_manoeuvre", "sex_of_driver", "age_of_vehicle"},
}
"""Headings, in plain form, that only one of the tables has had in every vintage."""
_NAMED = {
    Table.COLLISION: re.compile(r"collision|accident|\bacc(?=\d|\b)"),
    Table.CASUALTY: re.compile(r"casualt(y|ies)|\bcas(?=\d|\b)"),
    Table.VEHICLE: re.compile(r"vehicle|\bveh(?=\d|\b)"),
}
_SERIES_NAME = re.compile(r"road[-_ ](casualty|accidents?)[-_ ](statistics|safety[-_ ]data)")
_FEWEST_IDENTIFYING = 2


@dataclass(frozen=True)
class TableFile:
    """One table's file, found in a delivery: its rows are not yet read.

    Attributes
    ----------
    table : Table
    member : Member
    headings : tuple of str
        As in its first row.
    """

    table: Table
    member: Member
    headings: tuple[str, ...]

    @property
    def is_provisional(self) -> bool:
        """Whether it is laid out as a mid-year file."""
        return "status" in map(plain_heading, self.headings)

    @property
    def vintage(self) -> Vintage:
        """Which headings it has."""
        plain = set(map(plain_heading, self.headings))
        if "collision_reference" in plain:
            return Vintage.COLLISION_REFERENCE
        if plain & {"collision_ref_no", "collision_index"}:
            return Vintage.COLLISION_REF_NO
        if plain & {"accident_reference", "accident_year"}:
            return Vintage.ACCIDENT_REFERENCE
        return Vintage.ACCIDENT_INDEX


def recognise_table(member: Member) -> TableFile | None:
    """Tell which table a CSV holds, by its headings, or else by its name; none where neither says so.

    Raises
    ------
    SourceError
        Where it is named after one table and has the headings of another.
    """
    headings = _read_headings(member)
    plain = set(map(plain_heading, headings))
    scores = {table: len(plain & identifying) for table, identifying in _IDENTIFYING.items()}
    by_headings = max(scores, key=lambda table: scores[table])
    name = _SERIES_NAME.sub("", member.path.stem.lower().replace("_", "-"))
    by_name = [table for table, named in _NAMED.items() if named.search(name)]
    if scores[by_headings] < _FEWEST_IDENTIFYING:
        # A file that is named after a table and lost its headings must be refused and not passed over.
        return TableFile(by_name[0], member, headings) if len(by_name) == 1 else None
    if len(by_name) == 1 and by_name[0] is not by_headings:
        message = (
            f"{member.label}: is named like a {by_name[0]} file and has the headings of a {by_headings} file. Fetch it "
            f"again from {ADDRESS}."
        )
        raise SourceError(message)
    return TableFile(by_headings, member, headings)


def _read_headings(member: Member) -> tuple[str, ...]:
    content = member.read_start()
    first = re.split(r"[\r\n]", content.decode("utf-8-sig", errors="replace"), maxsplit=1)[0]
    try:
        return tuple(next(csv.reader([first]), []))
    except csv.Error:
        return ()


def match_headings(file: TableFile) -> dict[str, str]:
    """Pair this file's headings with the tidy names; what it must have and has not is there under its newest name."""
    names = COLUMNS[file.table]
    kept = {heading: names[plain] for heading in file.headings if (plain := plain_heading(heading)) in names}
    for field in FIELDS[file.table]:
        same = [heading for heading, name in kept.items() if name == field.name]
        if len(same) > 1:
            message = (
                f"{file.member.label}: row 1: columns {' and '.join(map(repr, same))} are the same column under two "
                "names. Use the file as published."
            )
            raise SourceError(message)
        if not same and _is_needed(field, file):
            kept[field.headings[0]] = field.name
    return kept


def _is_needed(field: Field, file: TableFile) -> bool:
    if field.needed_since is None or file.vintage < field.needed_since:
        return False
    return field.in_provisional or not file.is_provisional


def is_claimed(file: TableFile) -> bool:
    """Say whether a recognised file is clearly the Department's: by its headings, or by the name of the series."""
    plain = set(map(plain_heading, file.headings))
    has_headings = len(plain & _IDENTIFYING[file.table]) >= _FEWEST_IDENTIFYING
    return has_headings or bool(_SERIES_NAME.search(file.member.path.stem.lower().replace("_", "-")))
