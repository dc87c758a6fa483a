"""DfT road safety data (STATS19): collisions that hurt someone, the people hurt, and the vehicles involved.

Published by the Department for Transport under the Open Government Licence v3.0. A release is three CSV files for a
year, for five years or for all, joined by `collision_index`. What the files do, and what is done:

- The headings were renamed in 2021, 2024 and 2025 (`Accident_Index`, `accident_reference`, `collision_ref_no`,
  `collision_reference`), and the old years with them. All vintages give the same tidy columns; `layout_year` keeps the
  vintage of the headings. What a vintage does not have is a column of missing values.
- Identifiers are text, with leading zeros and letters. A spreadsheet that opened an older file turned them into
  2.00512E+12, all alike: such a file cannot be linked and is refused.
- -1 means missing in every column, and so does NULL in old ones: never a number, never a word. A speed limit keeps the
  reason in `speed_limit_note`.
- `local_authority_district` is the former number (124 for Halton) and mostly -1 now. It is not kept; the authority is
  that of `local_authority_ons_district`. Files before 2021 have none: there the highway authority is taken where it is
  a council of one tier, which is its own district, and nothing elsewhere. Codes of councils to come are let in
  without a name.
- A mid-year casualty file is led by `status`, has no adjusted severities and may lie alone, without the collisions that
  say when and where: `is_provisional` marks its rows, and every one of them is an orphan.
- Reporting differs between forces, so the Department publishes for every casualty the probability that it would be
  serious had the injury been recorded. These weights are estimated again with every release: never add up casualties of
  two releases. Before 2004 and in older vintages there are none, and missing stays missing.

Columns that a partnership has no use for are known and not kept (`reference/stats19/headings_not_kept.csv`). A column
that no vintage is known to have is not kept either, and told: `frame.attrs["unknown_columns"]` lists them, as file and
heading. A file is refused only where a column that its vintage must have is missing.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from shp_analysis.errors import SourceError
from shp_analysis.sources.deliveries import Member, open_delivery
from shp_analysis.sources.stats19_cells import SOURCE, Field, Vintage
from shp_analysis.sources.stats19_checks import check_once
from shp_analysis.sources.stats19_layout import (
    COLUMNS,
    FIELDS,
    KEYS,
    NULL,
    Table,
    build_schema,
    known_headings,
    plain_heading,
)
from shp_analysis.sources.stats19_tidy import tidy_cells
from shp_analysis.sources.strict_csv import check_records, read_strict_csv

__all__ = [
    "ADDRESS",
    "COLUMNS",
    "LICENCE",
    "PUBLISHER",
    "SOURCE",
    "UNKNOWN_COLUMNS",
    "Table",
    "TableFile",
    "Vintage",
    "find_table_files",
    "read_casualties",
    "read_collisions",
    "read_table_file",
    "read_vehicles",
]

PUBLISHER = "Department for Transport (road safety data)"
ADDRESS = "https://www.data.gov.uk/dataset/cb7ae6f0-4be6-4935-9277-47e5ce24a11f/road-accidents-safety-data"
LICENCE = "Open Government Licence v3.0"
UNKNOWN_COLUMNS = "unknown_columns"
"""The frame's attribute that lists the columns no vintage is known to have."""

_OTHER = "not kept: "
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


def find_table_files(members: tuple[Member, ...], path: Path) -> tuple[TableFile, ...]:
    """Pick the tables out of an opened delivery by their headings, without checking their rows.

    Parameters
    ----------
    members : tuple of Member
    path : Path
        The delivery, for messages.

    Returns
    -------
    tuple of TableFile
        In order of path. Files that are named like none of the tables and have none of their headings are passed over.

    Raises
    ------
    SourceError
        Where there is none, or a file is named after one table and has the headings of another.
    """
    csv_files = [member for member in members if member.path.suffix.lower() == ".csv"]
    found = [file for file in map(_recognise, csv_files) if file]
    if not found:
        message = (
            f"{path}: holds no collision, casualty or vehicle table of the road safety data; {len(members)} other "
            f"file{'' if len(members) == 1 else 's'} found. Check the path, or fetch the files from {ADDRESS}."
        )
        raise SourceError(message)
    return tuple(found)


def read_collisions(path: Path) -> pd.DataFrame:
    """Read every collision file of a delivery.

    Parameters
    ----------
    path : Path
        A zip archive, a folder or a single CSV.

    Returns
    -------
    pandas.DataFrame
        One row is one collision in which somebody was hurt: `collision_index, collision_year, collision_reference,
        is_provisional, layout_year, collision_date, collision_time` (text, HH:MM), `day_of_week, police_force,
        collision_severity, number_of_vehicles, number_of_casualties, easting_m, northing_m, longitude, latitude,
        authority_code, authority_name, highway_authority_code, lsoa_code, first_road_class, first_road_number,
        road_type, speed_limit_mph, speed_limit_note, light_conditions, weather_conditions, road_surface_conditions,
        urban_or_rural_area, police_attendance, trunk_road, enhanced_severity, severity_basis, adjusted_serious,
        adjusted_slight`. Codes are words of the data guide. `attrs["unknown_columns"]` lists columns not known.

    Raises
    ------
    SourceError
        Where any file of the delivery is not what it says it is, or two have a collision in common.
    """
    return _read_table(path, Table.COLLISION)


def read_casualties(path: Path) -> pd.DataFrame:
    """Read every casualty file of a delivery.

    Returns
    -------
    pandas.DataFrame
        One row is one person hurt: `collision_index, collision_year, collision_reference, is_provisional, layout_year,
        vehicle_reference, casualty_reference, casualty_class, sex, age_years, age_band, casualty_severity,
        casualty_type, road_user, home_imd_decile, home_lsoa_code, enhanced_severity, severity_basis, adjusted_serious,
        adjusted_slight`. `casualty_severity` is Fatal, Serious or Slight as reported; `adjusted_serious` is the
        probability of a serious injury, 0 where it was fatal. When and where is in the collisions:
        `stats19_links.place_records`.

    Raises
    ------
    SourceError
        As `read_collisions`.
    """
    return _read_table(path, Table.CASUALTY)


def read_vehicles(path: Path) -> pd.DataFrame:
    """Read every vehicle file of a delivery.

    Returns
    -------
    pandas.DataFrame
        One row is one vehicle: `collision_index, collision_year, collision_reference, is_provisional, layout_year,
        vehicle_reference, vehicle_type, driver_sex, driver_age_years, driver_age_band, engine_capacity_cc, propulsion,
        vehicle_age_years, make_and_model, driver_home_imd_decile, driver_home_lsoa_code, escooter`.

    Raises
    ------
    SourceError
        As `read_collisions`.
    """
    return _read_table(path, Table.VEHICLE)


def read_table_file(file: TableFile) -> pd.DataFrame:
    """Read and validate one file.

    Parameters
    ----------
    file : TableFile

    Returns
    -------
    pandas.DataFrame
        Tidy records, indexed by the row in the file, with `attrs["unknown_columns"]`.

    Raises
    ------
    SourceError
        Naming file, row, column, value and what was allowed.
    """
    label = file.member.label
    kept = _match_headings(file)
    others = {heading: _OTHER + heading for heading in file.headings if heading not in kept}
    frame = read_strict_csv(file.member.read(), {**kept, **others}, label)[list(kept.values())]
    if frame.empty:
        raise SourceError(f"{label}: has headings and no rows. Fetch it again from {ADDRESS}.")
    frame = frame.mask(frame == NULL)
    headings = {name: heading for heading, name in kept.items()}
    cells = check_records(frame, build_schema(file.table, headings), label)
    tidy = tidy_cells(cells, file.table, file.vintage, label)
    tidy.attrs[UNKNOWN_COLUMNS] = list(_list_unknown(file))
    return tidy


def _read_table(path: Path, table: Table) -> pd.DataFrame:
    with open_delivery(path) as members:
        found = find_table_files(members, path)
        frames = {file.member.label: read_table_file(file) for file in found if file.table is table}
    if not frames:
        others = ", ".join(f"{file.table} in {file.member.label}" for file in found)
        message = (
            f"{path}: holds no {table} table (found: {others}). Check the path, or fetch the {table} file from "
            f"{ADDRESS}."
        )
        raise SourceError(message)
    frame = pd.concat(frames)
    check_once(frame, KEYS[table])
    frame = frame.reset_index(drop=True)
    frame.attrs[UNKNOWN_COLUMNS] = [told for each in frames.values() for told in each.attrs[UNKNOWN_COLUMNS]]
    return frame


def _recognise(member: Member) -> TableFile | None:
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
    content = member.read()
    first = content[: content.find(b"\n") + 1 or None].decode("utf-8-sig", errors="replace")
    return tuple(next(csv.reader([first.rstrip("\r\n")]), []))


def _match_headings(file: TableFile) -> dict[str, str]:
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


def _list_unknown(file: TableFile) -> Iterable[str]:
    known = known_headings(file.table)
    return (f"{file.member.label}: {heading}" for heading in file.headings if plain_heading(heading) not in known)
