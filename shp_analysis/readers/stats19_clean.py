"""DfT road safety data: the short way through a piece of a file in which nothing is odd.

The file of all years holds some ten million casualties in about a gigabyte. Each column is held by its distinct words
against the rules of `stats19_layout`, made into records word by word with the functions of `stats19_tidy`, and rows
are held against the checks of `stats19_checks`, each distinct combination once. The answer is the strict reading's
records, or None: then the strict reading finds out what is wrong, or that nothing is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd
import pyarrow as arrow
from pyarrow import compute

from shp_analysis.errors import SourceError
from shp_analysis.readers.clean_columns import WORDS, is_column_allowed, translate
from shp_analysis.readers.stats19_cells import MISSING, Field
from shp_analysis.readers.stats19_checks import POINTS, OddRows, check_days, check_identifiers, check_weights
from shp_analysis.readers.stats19_headings import TableFile
from shp_analysis.readers.stats19_layout import FIELDS, NULL, Table
from shp_analysis.readers.stats19_tidy import (
    SEVERITIES,
    YEAR_DIGITS,
    clear_highway_authority,
    group_road_users,
    name_authorities,
    note_speed_limits,
    read_days,
    read_speed_limits,
    tidy_column,
)
from shp_analysis.readers.strict_csv import Piece, read_clean_csv

_VARIED = frozenset(
    {
        "collision_index",
        "collision_reference",
        "longitude",
        "latitude",
        "easting_m",
        "northing_m",
        "adjusted_serious",
        "adjusted_slight",
    }
)
"""Columns in which most cells say something of their own."""
_IDENTIFIERS = ("collision_index", "collision_year", "collision_reference")
_DERIVED = {
    "collision_reference": ("is_provisional", "layout_year"),
    "authority_code": ("authority_name",),
    "speed_limit_mph": ("speed_limit_note",),
    "casualty_type": ("road_user",),
}
"""Columns of the records that stand behind another and are in no file."""
_TYPES = {
    "is_provisional": arrow.bool_(),
    "layout_year": arrow.int64(),
    "collision_date": arrow.timestamp("us"),
    "speed_limit_mph": arrow.float64(),
    "collision_year": WORDS,
    "collision_index": arrow.string(),
    "collision_reference": arrow.string(),
}


def _record_schema(table: Table) -> arrow.Schema:
    columns = []
    for field in FIELDS[table]:
        if field.name != "status":
            number = arrow.int64() if field.is_key else arrow.float64()
            columns.append((field.name, _TYPES.get(field.name, number if field.is_number else WORDS)))
        columns += [(name, _TYPES.get(name, WORDS)) for name in _DERIVED.get(field.name, ())]
    return arrow.schema(columns)


RECORD_SCHEMAS: Mapping[Table, arrow.Schema] = {table: _record_schema(table) for table in Table}
"""How the records of each table are kept: those of `tidy_cells`, with the year as text."""


def read_clean_piece(piece: Piece, file: TableFile, kept: Mapping[str, str]) -> arrow.Table | None:
    """Read a piece of a file, if it is beyond doubt.

    Parameters
    ----------
    piece : Piece
    file : TableFile
    kept : mapping of str to str
        The tidy name of every kept heading.

    Returns
    -------
    pyarrow.Table or None
        The records of `RECORD_SCHEMAS`, in the file's order; None where there is any doubt.
    """
    types = {heading: arrow.string() if name in _VARIED else WORDS for heading, name in kept.items()}
    cells = read_clean_csv(piece.content, types, file.headings, ("", NULL))
    if cells is None or not cells.num_rows:
        return None
    cells = cells.rename_columns(list(kept.values()))
    rules = [field for field in FIELDS[file.table] if field.name in cells.column_names]
    if not all(is_column_allowed(cells.column(rule.name), [rule.check], is_nullable=not rule.is_key) for rule in rules):
        return None
    try:
        return _build_records(cells, file)
    except SourceError:
        return None


def _build_records(cells: arrow.Table, file: TableFile) -> arrow.Table | None:
    rows, schema = cells.num_rows, RECORD_SCHEMAS[file.table]
    fields = {field.name: field for field in FIELDS[file.table]}
    columns = {
        **_split_index(_cells(cells, "collision_index")),
        **{name: _tidy(_cells(cells, name), fields[name]) for name in cells.column_names if name != "status"},
        "is_provisional": arrow.repeat(file.is_provisional, rows),
        "layout_year": arrow.repeat(arrow.scalar(int(file.vintage), arrow.int64()), rows),
    }
    if file.table is Table.COLLISION:
        if "collision_time" not in columns or "authority_code" not in columns:
            return None  # older files say both in other columns
        columns |= _tidy_collisions(cells, columns["authority_code"])
    if file.table is Table.CASUALTY:
        columns["road_user"] = _spread(_cells(cells, "casualty_type"), group_road_users)
    columns |= {field.name: arrow.nulls(rows, field.type) for field in schema if field.name not in columns}
    table = arrow.Table.from_arrays([columns[name] for name in schema.names], schema=schema)
    return table if _are_rows_clean(table, cells, file.table) else None


def _cells(table: arrow.Table, name: str) -> arrow.Array:
    return table.column(name).combine_chunks()


def _split_index(index: arrow.Array) -> dict[str, arrow.Array]:
    return {
        "collision_year": compute.utf8_slice_codeunits(index, 0, YEAR_DIGITS).dictionary_encode(),
        "collision_reference": compute.utf8_slice_codeunits(index, YEAR_DIGITS),
    }


def _tidy(cells: arrow.Array, field: Field) -> arrow.Array:
    """Make of a column what `tidy_column` makes of it, each distinct word once."""
    if field.name == "collision_year":
        return cells
    if arrow.types.is_dictionary(cells.type):
        return _spread(cells, lambda words: tidy_column(words, field))
    if field.is_number:
        is_missing = compute.equal(cells, MISSING)
        return compute.if_else(is_missing, arrow.scalar(None, arrow.string()), cells).cast(arrow.float64())
    return cells


def _spread(cells: arrow.DictionaryArray, tidy: Callable[[pd.Series], pd.Series]) -> arrow.Array:
    """Make something of every distinct word of a column, and put it wherever the word stands."""
    tidied = arrow.array(tidy(cells.dictionary.to_pandas()), from_pandas=True)
    if arrow.types.is_large_string(tidied.type) or arrow.types.is_string(tidied.type):
        return translate(cells, tidied)
    return tidied.take(cells.indices)


def _tidy_collisions(cells: arrow.Table, authorities: arrow.DictionaryArray) -> dict[str, arrow.Array]:
    limits, highways = _cells(cells, "speed_limit_mph"), _cells(cells, "highway_authority_code")
    return {
        "collision_date": _spread(_cells(cells, "collision_date"), read_days),
        "authority_name": _spread(authorities, name_authorities),
        "highway_authority_code": _spread(
            highways, lambda codes: clear_highway_authority(codes.where(codes != MISSING))
        ),
        "speed_limit_mph": _spread(limits, read_speed_limits),
        "speed_limit_note": _spread(limits, note_speed_limits),
    }


def _are_rows_clean(table: arrow.Table, cells: arrow.Table, kind: Table) -> bool:
    """Hold rows against the strict reading's checks; a row that is odd in a way that a few may be is a doubt.

    Raises
    ------
    SourceError
        Where a check refuses.
    """
    odd_rows = OddRows("")
    identifiers = [table.column(name).cast(arrow.string()) for name in _IDENTIFIERS]
    check_identifiers(arrow.table(identifiers, names=list(_IDENTIFIERS)).to_pandas(), "")
    severity = SEVERITIES[kind]
    if severity is not None:
        weights = table.select(["adjusted_serious", "adjusted_slight", severity])
        check_weights(weights.to_pandas(), severity, "")
    if kind is Table.COLLISION:
        days = table.select(["collision_date", "collision_year", "day_of_week"])
        days = days.append_column("cell", cells.column("collision_date"))
        frame = days.group_by(days.column_names).aggregate([]).to_pandas()
        frame = frame.assign(
            collision_year=frame["collision_year"].astype("int64"), day_of_week=frame["day_of_week"].astype("str")
        )
        check_days(frame, frame["cell"].astype("str"), "", odd_rows)
    are_points_whole = all(
        compute.is_null(_cells(table, first)).equals(compute.is_null(_cells(table, second)))
        for first, second, _, _ in (POINTS if kind is Table.COLLISION else ())
    )
    return odd_rows.is_empty and are_points_whole
