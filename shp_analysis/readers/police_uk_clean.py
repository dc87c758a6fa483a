"""data.police.uk: the short way through a street or outcomes file in which nothing is odd.

A national archive holds some eighteen million crimes. Nearly all of its files are in order, and that can be seen from
the distinct words of each column: each is held against the rules of `police_uk_layout` and `police_uk_checks`, which
the strict reading uses too. The answer is the strict reading's records, or None: then the strict reading finds out
what is wrong, or that a rare thing which it lets pass is all there is.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import pandas as pd
import pyarrow as arrow
from pyarrow import compute

from shp_analysis.errors import SourceError
from shp_analysis.readers.clean_columns import WORDS, constant, is_column_allowed, translate
from shp_analysis.readers.police_uk_checks import (
    FEWEST_COPIED_ROWS,
    MOST_COPIED_ROWS,
    NO_LSOA_NORTH_OF,
    check_force,
    is_stranger,
)
from shp_analysis.readers.police_uk_layout import ANTI_SOCIAL_BEHAVIOUR, COLUMNS, SCHEMAS, Kind
from shp_analysis.readers.strict_csv import read_clean_csv
from shp_analysis.reference.areas import read_lsoa_authorities

_TYPES = {"Crime ID": arrow.string(), "Longitude": arrow.float64(), "Latitude": arrow.float64()}
_MONTH_COLUMNS: Mapping[Kind, str | None] = {
    Kind.STREET: "month",
    Kind.OUTCOMES: "outcome_month",
    Kind.STOP_AND_SEARCH: None,
}
"""The column of the month, in the files that have a short way."""
RECORD_SCHEMAS = {
    kind: arrow.schema(
        [
            ("force", WORDS),
            ("file_month", WORDS),
            *((name, _TYPES.get(heading, WORDS)) for heading, name in COLUMNS[kind].items()),
            ("authority_name", WORDS),
        ]
    )
    if month
    else None
    for kind, month in _MONTH_COLUMNS.items()
}
"""How the records of street and outcomes files are kept; None for those that are kept as they are read."""


def read_clean_file(content: bytes, kind: Kind, force: str, month: str) -> arrow.Table | None:
    """Read a force's file of one month, if it is beyond doubt.

    Parameters
    ----------
    content : bytes
    kind : Kind
    force, month : str
        As the file's name has them.

    Returns
    -------
    pyarrow.Table or None
        The records of `RECORD_SCHEMAS`, in the file's order; None where there is any doubt, or the kind has no short
        way.
    """
    month_column, schema = _MONTH_COLUMNS[kind], RECORD_SCHEMAS[kind]
    if month_column is None or schema is None:
        return None
    types = {heading: _TYPES.get(heading, WORDS) for heading in COLUMNS[kind]}
    table = read_clean_csv(content, types, COLUMNS[kind])
    if table is None or not table.num_rows:
        return None
    table = table.rename_columns(list(COLUMNS[kind].values()))
    rules = SCHEMAS[kind].columns
    is_clean = (
        all(
            is_column_allowed(table.column(name), rule.checks, is_nullable=rule.nullable)
            for name, rule in rules.items()
        )
        and _words(table, month_column) == (month,)
        and _is_of_force(force, _words(table, "falls_within"), _words(table, "reported_by"))
        and _are_places_clean(table)
        and (_are_crime_ids_clean(table) if kind is Kind.STREET else _has_few_copies(_cells(table, "crime_id")))
    )
    return _build_records(table, schema, force, month) if is_clean else None


def _cells(table: arrow.Table, name: str) -> arrow.Array:
    return table.column(name).combine_chunks()


def _words(table: arrow.Table, name: str) -> tuple[str, ...]:
    return tuple(_cells(table, name).dictionary.to_pylist())


@lru_cache(maxsize=4096)
def _is_of_force(force: str, *columns: tuple[str, ...]) -> bool:
    names = sorted(set().union(*columns))
    try:
        check_force(pd.DataFrame({"falls_within": names, "reported_by": names}), force, "")
    except SourceError:
        return False
    return True


def _are_places_clean(table: arrow.Table) -> bool:
    """Say whether every place is whole and every LSOA has one name, which lies in its own authority."""
    gaps = {name: compute.is_null(_cells(table, name)) for name in ("longitude", "latitude", "lsoa_code", "lsoa_name")}
    if not gaps["longitude"].equals(gaps["latitude"]) or not gaps["lsoa_code"].equals(gaps["lsoa_name"]):
        return False
    is_south = compute.less(_cells(table, "latitude"), NO_LSOA_NORTH_OF)
    if compute.any(compute.and_(is_south, gaps["lsoa_code"])).as_py():
        return False
    codes, names = _cells(table, "lsoa_code"), _cells(table, "lsoa_name")
    if len(codes.dictionary) > 1 and any(
        compute.count_distinct(_cells(table, name)).as_py() == 1 for name in ("longitude", "latitude")
    ):
        return False
    # Words are numbered by their first appearance: where every code has one name and every name one code, alike.
    if not codes.indices.equals(names.indices):
        return False
    known = read_lsoa_authorities()
    pairs = zip(codes.dictionary.to_pylist(), names.dictionary.to_pylist(), strict=True)
    return not any(is_stranger(code, name, known) for code, name in pairs)


def _are_crime_ids_clean(table: arrow.Table) -> bool:
    """Say whether anti-social behaviour alone has no ID, and no more IDs are there twice than rows may be."""
    ids, types = _cells(table, "crime_id"), _cells(table, "crime_type")
    position = compute.index(types.dictionary, ANTI_SOCIAL_BEHAVIOUR).as_py()
    is_asb = compute.equal(types.indices, position)
    return bool(is_asb.equals(compute.is_null(ids))) and _has_few_copies(ids)


def _has_few_copies(ids: arrow.Array) -> bool:
    crimes = len(ids) - ids.null_count
    repeated = crimes - compute.count_distinct(ids).as_py()
    return bool(repeated < FEWEST_COPIED_ROWS or repeated <= MOST_COPIED_ROWS * crimes)


def _build_records(table: arrow.Table, schema: arrow.Schema, force: str, month: str) -> arrow.Table:
    names = _cells(table, "lsoa_name")
    authorities = translate(names, compute.utf8_slice_codeunits(names.dictionary, 0, -5))
    columns = [constant(force, len(names)), constant(month, len(names)), *table.columns, authorities]
    return arrow.Table.from_arrays(columns, schema=schema)
