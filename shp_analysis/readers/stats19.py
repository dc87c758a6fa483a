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

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import pandas as pd

from shp_analysis.errors import SourceError
from shp_analysis.readers.deliveries import Member, open_delivery
from shp_analysis.readers.readers import Frequency, Reader, Records, RecordTable, SourceFile
from shp_analysis.readers.simulated_marks import is_named_simulated
from shp_analysis.readers.stats19_cells import SOURCE, Vintage
from shp_analysis.readers.stats19_checks import check_once
from shp_analysis.readers.stats19_headings import ADDRESS, TableFile, is_claimed, list_unknown, recognise_table
from shp_analysis.readers.stats19_layout import COLUMNS, KEYS, Table
from shp_analysis.readers.stats19_pieces import read_pieces, read_whole

__all__ = [
    "ADDRESS",
    "COLUMNS",
    "LICENCE",
    "PUBLISHER",
    "READER",
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
LICENCE = "Open Government Licence v3.0"
UNKNOWN_COLUMNS = "unknown_columns"
"""The frame's attribute that lists the columns no vintage is known to have."""


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
    found = [file for file in map(recognise_table, csv_files) if file]
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
    tidy = read_whole(file)
    tidy.attrs[UNKNOWN_COLUMNS] = list(list_unknown(file))
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


def _find_files(members: Sequence[Member]) -> tuple[SourceFile, ...]:
    csv_files = [member for member in members if member.path.suffix.lower() == ".csv"]
    found = [file for file in map(recognise_table, csv_files) if file and is_claimed(file)]
    return tuple(SourceFile(SOURCE, file.member, file.headings, partial(_read_records, file)) for file in found)


def _read_records(file: TableFile) -> Iterator[Records]:
    is_simulated = is_named_simulated(file.member)
    return (Records(file.table.table, table, is_simulated) for table in read_pieces(file))


READER = Reader(
    source=SOURCE,
    publisher=PUBLISHER,
    address=ADDRESS,
    licence=LICENCE,
    tables=tuple(RecordTable(table.table, Frequency.CALENDAR_YEAR, "collision_year") for table in Table),
    find_files=_find_files,
)
