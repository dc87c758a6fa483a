"""DfT road safety data: from checked cells to tidy columns, the same for every vintage."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from shp_analysis.errors import SourceError
from shp_analysis.sources.code_tables import read_code_table
from shp_analysis.sources.stats19_cells import MISSING, SOURCE, Field, Vintage
from shp_analysis.sources.stats19_checks import check_days, check_identifiers, check_points, check_weights
from shp_analysis.sources.stats19_layout import (
    FIELDS,
    NO_HIGHWAY_AUTHORITY,
    UNKNOWN_SPEED_LIMIT,
    Table,
)

SINGLE_TIER = ("E06", "E08", "E09", "W06", "S12")
"""How the code of a council begins that is both district and highway authority."""
SPEED_LIMIT_NOTES: Mapping[str, str] = {
    MISSING: "Data missing or out of range",
    UNKNOWN_SPEED_LIMIT: "unknown (self reported)",
    "0": "0, which is no speed limit",
}
"""Why a speed limit is missing, by what its cell says; the first two are the data guide's words."""
_YEAR_DIGITS = 4
_SEVERITY = {Table.COLLISION: "collision_severity", Table.CASUALTY: "casualty_severity"}


def tidy_cells(cells: pd.DataFrame, table: Table, vintage: Vintage, label: str) -> pd.DataFrame:
    """Make tidy records of one file's checked cells.

    Parameters
    ----------
    cells : pandas.DataFrame
        Text under tidy names, indexed by row; columns that the vintage does not have are not there.
    table : Table
    vintage : Vintage
    label : str
        How messages name the file.

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
        frame = _tidy_collisions(frame, cells, label)
    if table is Table.CASUALTY:
        users = {row["casualty_type"]: row["road_user"] for row in read_code_table(SOURCE, "road_users.csv")}
        frame = _insert_after(frame, "casualty_type", "road_user", cells["casualty_type"].map(users))
    if table in _SEVERITY:
        check_weights(frame, _SEVERITY[table], label)
    return frame


def _complete_identifiers(cells: pd.DataFrame) -> pd.DataFrame:
    """Take year and reference out of the index where the file gives only that; the publisher made it of the two."""
    index = cells["collision_index"]
    parts = {"collision_year": index.str[:_YEAR_DIGITS], "collision_reference": index.str[_YEAR_DIGITS:]}
    return cells.assign(**{name: part for name, part in parts.items() if name not in cells})


def _tidy_column(cells: pd.DataFrame, field: Field) -> pd.Series:
    if field.name not in cells:
        return pd.Series(
            float("nan") if field.is_number else None, cells.index, dtype=float if field.is_number else str
        )
    column = cells[field.name]
    if field.codes is not None:
        return column.map(field.codes).astype("str")
    present = column.where(column != MISSING)
    if field.is_number:
        return present.astype("int64" if field.is_key else float)
    return present


def _tidy_collisions(frame: pd.DataFrame, cells: pd.DataFrame, label: str) -> pd.DataFrame:
    frame = _tidy_times(frame, cells, label)
    check_days(frame, cells["collision_date"], label)
    # One degree west is a place in England, and is written like "missing" where the latitude is there.
    is_west = (cells["longitude"] == MISSING) & frame["latitude"].notna()
    frame = frame.assign(longitude=frame["longitude"].mask(is_west, float(MISSING)))
    check_points(frame, label)
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
    days = pd.to_datetime(parts[0], format="%d/%m/%Y", errors="coerce").astype("datetime64[us]")
    return frame.assign(collision_date=days, collision_time=times)


def _tidy_authorities(frame: pd.DataFrame, *, has_district: bool) -> pd.DataFrame:
    highway = frame["highway_authority_code"]
    highway = highway.where(highway != NO_HIGHWAY_AUTHORITY)
    code = frame["authority_code"] if has_district else highway.where(highway.str.startswith(SINGLE_TIER, na=False))
    names = {row["authority_code"]: row["authority_name"] for row in read_code_table(SOURCE, "authorities.csv")}
    frame = frame.assign(authority_code=code, highway_authority_code=highway)
    return _insert_after(frame, "authority_code", "authority_name", code.map(names))


def _tidy_limits(frame: pd.DataFrame, cells: pd.Series) -> pd.DataFrame:
    notes = cells.map(dict(SPEED_LIMIT_NOTES))
    frame = frame.assign(speed_limit_mph=cells.where(notes.isna()).astype(float))
    return _insert_after(frame, "speed_limit_mph", "speed_limit_note", notes)


def _insert_after(frame: pd.DataFrame, before: str, name: str, words: pd.Series) -> pd.DataFrame:
    columns = list(frame.columns)
    columns.insert(columns.index(before) + 1, name)
    return frame.assign(**{name: words.astype("str")})[columns]
