"""DfT road safety data: from checked cells to tidy columns, the same for every vintage."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import pandas as pd

from shp_analysis.errors import SourceError
from shp_analysis.readers.code_tables import read_code_table
from shp_analysis.readers.stats19_cells import MISSING, SOURCE, Field, Vintage
from shp_analysis.readers.stats19_checks import OddRows, check_days, check_identifiers, check_weights, count_half_points
from shp_analysis.readers.stats19_layout import FIELDS, NO_HIGHWAY_AUTHORITY, UNKNOWN_SPEED_LIMIT, Table

SINGLE_TIER = ("E06", "E08", "E09", "W06", "S12")
"""How the code of a council begins that is both district and highway authority."""
SPEED_LIMIT_NOTES: Mapping[str, str] = {
    MISSING: "Data missing or out of range",
    UNKNOWN_SPEED_LIMIT: "unknown (self reported)",
    "0": "0, which is no speed limit",
}
"""Why a speed limit is missing, by what its cell says; the first two are the data guide's words."""
YEAR_DIGITS = 4
SEVERITIES: Mapping[Table, str | None] = {
    Table.COLLISION: "collision_severity",
    Table.CASUALTY: "casualty_severity",
    Table.VEHICLE: None,
}
"""The column of the severity as a word, where a table has one."""


def tidy_cells(cells: pd.DataFrame, table: Table, vintage: Vintage, label: str, odd_rows: OddRows) -> pd.DataFrame:
    """Make tidy records of one file's checked cells.

    Parameters
    ----------
    cells : pandas.DataFrame
        Text under tidy names, indexed by row; columns that the vintage does not have are not there.
    table : Table
    vintage : Vintage
    label : str
        How messages name the file.
    odd_rows : OddRows
        Counts the rows that are odd in a way that a few may be.

    Returns
    -------
    pandas.DataFrame
        The table's columns, whatever the vintage.

    Raises
    ------
    SourceError
        Where the cells of a row contradict one another.
    """
    cells = _complete_identifiers(cells)
    check_identifiers(cells, label)
    frame = pd.DataFrame({field.name: _tidy_column(cells, field) for field in FIELDS[table]}, index=cells.index)
    frame = frame.drop(columns="status").assign(collision_year=cells["collision_year"].astype("int64"))
    frame.insert(3, "is_provisional", "status" in cells)
    frame.insert(4, "layout_year", int(vintage))
    if table is Table.COLLISION:
        frame = _tidy_collisions(frame, cells, label, odd_rows)
    if table is Table.CASUALTY:
        frame = _insert_after(frame, "casualty_type", "road_user", group_road_users(cells["casualty_type"]))
    severity = SEVERITIES[table]
    if severity is not None:
        check_weights(frame, severity, label)
    odd_rows.count_rows(len(frame))
    return frame


def tidy_column(cells: pd.Series, field: Field) -> pd.Series:
    """Make of one column's checked cells what the records say: labels of codes, numbers, text."""
    if field.codes is not None:
        return cells.map(field.codes).astype("str")
    present = cells.where(cells != MISSING)
    if field.is_number:
        return present.astype("int64" if field.is_key else float)
    return present


def read_days(cells: pd.Series) -> pd.Series:
    """Read days written like 30/09/2023; what is on no calendar is missing."""
    return pd.to_datetime(cells, format="%d/%m/%Y", errors="coerce").astype("datetime64[us]")


def group_road_users(casualty_types: pd.Series) -> pd.Series:
    """Give the group of road users that each code of a casualty's type belongs to."""
    return casualty_types.map(_read_pairs("road_users.csv", "casualty_type", "road_user")).astype("str")


def name_authorities(codes: pd.Series) -> pd.Series:
    """Give the names of authorities; a code to come has none."""
    return codes.map(_read_pairs("authorities.csv", "authority_code", "authority_name")).astype("str")


def clear_highway_authority(codes: pd.Series) -> pd.Series:
    """Take out the mark of the years that have no highway authority."""
    return codes.where(codes != NO_HIGHWAY_AUTHORITY)


def note_speed_limits(cells: pd.Series) -> pd.Series:
    """Say why a speed limit is missing, where it is one of the publisher's marks."""
    return cells.map(dict(SPEED_LIMIT_NOTES)).astype("str")


def read_speed_limits(cells: pd.Series) -> pd.Series:
    """Read speed limits, leaving out the publisher's marks."""
    return cells.where(~cells.isin(list(SPEED_LIMIT_NOTES))).astype(float)


@cache
def _read_pairs(name: str, key: str, value: str) -> dict[str, str]:
    return {row[key]: row[value] for row in read_code_table(SOURCE, name)}


def _complete_identifiers(cells: pd.DataFrame) -> pd.DataFrame:
    """Take year and reference out of the index where the file gives only that; the publisher made it of the two."""
    index = cells["collision_index"]
    parts = {"collision_year": index.str[:YEAR_DIGITS], "collision_reference": index.str[YEAR_DIGITS:]}
    return cells.assign(**{name: part for name, part in parts.items() if name not in cells})


def _tidy_column(cells: pd.DataFrame, field: Field) -> pd.Series:
    if field.name not in cells:
        return pd.Series(
            float("nan") if field.is_number else None, cells.index, dtype=float if field.is_number else str
        )
    return tidy_column(cells[field.name], field)


def _tidy_collisions(frame: pd.DataFrame, cells: pd.DataFrame, label: str, odd_rows: OddRows) -> pd.DataFrame:
    frame = _tidy_times(frame, cells, label)
    check_days(frame, cells["collision_date"], label, odd_rows)
    # One degree west is a place in England, and is written like "missing" where the latitude is there.
    is_west = (cells["longitude"] == MISSING) & frame["latitude"].notna()
    frame = frame.assign(longitude=frame["longitude"].mask(is_west, float(MISSING)))
    count_half_points(frame, odd_rows)
    return _tidy_limits(_tidy_authorities(frame, has_district="authority_code" in cells), cells["speed_limit_mph"])


def _tidy_times(frame: pd.DataFrame, cells: pd.DataFrame, label: str) -> pd.DataFrame:
    parts = cells["collision_date"].str.partition(" ")
    has_time = parts[2] != ""
    if "collision_time" in cells:
        wrong, told = has_time, "has a time of day, which has a column of its own"
        times = frame["collision_time"]
    else:
        wrong, told = ~has_time, "has no time of day, and there is no column 'time'"
        times = parts[2]
    for row in frame.index[wrong]:
        message = (
            f"{label}: row {row}, column 'date' says {cells.loc[row, 'collision_date']!r}, which {told} "
            f"({wrong.sum():,} of {len(frame):,} rows are so). Use the file as published."
        )
        raise SourceError(message)
    return frame.assign(collision_date=read_days(parts[0]), collision_time=times)


def _tidy_authorities(frame: pd.DataFrame, *, has_district: bool) -> pd.DataFrame:
    highway = clear_highway_authority(frame["highway_authority_code"])
    code = frame["authority_code"] if has_district else highway.where(highway.str.startswith(SINGLE_TIER, na=False))
    frame = frame.assign(authority_code=code, highway_authority_code=highway)
    return _insert_after(frame, "authority_code", "authority_name", name_authorities(code))


def _tidy_limits(frame: pd.DataFrame, cells: pd.Series) -> pd.DataFrame:
    frame = frame.assign(speed_limit_mph=read_speed_limits(cells))
    return _insert_after(frame, "speed_limit_mph", "speed_limit_note", note_speed_limits(cells))


def _insert_after(frame: pd.DataFrame, before: str, name: str, words: pd.Series) -> pd.DataFrame:
    columns = list(frame.columns)
    columns.insert(columns.index(before) + 1, name)
    return frame.assign(**{name: words.astype("str")})[columns]
