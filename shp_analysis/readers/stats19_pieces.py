"""DfT road safety data: reading one file of any size piece by piece, and seeing that no row of it is there twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

import duckdb
import numpy as np
import pandas as pd
import pyarrow as arrow

from shp_analysis.errors import SourceError
from shp_analysis.readers.clean_columns import as_table
from shp_analysis.readers.lookahead import map_ahead
from shp_analysis.readers.stats19_checks import OddRows, check_once
from shp_analysis.readers.stats19_clean import RECORD_SCHEMAS, read_clean_piece
from shp_analysis.readers.stats19_headings import ADDRESS, TableFile, match_headings
from shp_analysis.readers.stats19_layout import KEYS, NULL, Table, build_schema
from shp_analysis.readers.stats19_tidy import tidy_cells
from shp_analysis.readers.strict_csv import FIRST_DATA_ROW, Piece, check_records, read_strict_csv, split_csv

PIECE_BYTES = 24 << 20
"""About a quarter of a million casualties; three pieces and their tables are in memory at once."""
_OTHER = "not kept: "
_Answer = tuple[int, arrow.Table, OddRows]


def read_whole(file: TableFile) -> pd.DataFrame:
    """Read a file strictly, all at once.

    Parameters
    ----------
    file : TableFile

    Returns
    -------
    pandas.DataFrame
        Tidy records, indexed by the row in the file.

    Raises
    ------
    SourceError
        Naming file, row, column, value and what was allowed.
    """
    odd_rows = OddRows(file.member.label)
    frame = _read_strictly(Piece(file.member.read(), FIRST_DATA_ROW), file, match_headings(file), odd_rows)
    if frame is None:
        raise _refuse_empty(file)
    odd_rows.check()
    return frame


def read_pieces(file: TableFile, size_bytes: int = PIECE_BYTES) -> Iterator[arrow.Table]:
    """Read a file piece by piece: what is beyond doubt the short way, anything else strictly.

    Parameters
    ----------
    file : TableFile
    size_bytes : int
        About how large a piece of the file is.

    Yields
    ------
    pyarrow.Table
        Records of `RECORD_SCHEMAS`, in the file's order.

    Raises
    ------
    SourceError
        As `read_whole`, and where two rows are of the same collision, casualty or vehicle; that, and whether too many
        rows are odd, is known after the last piece only.
    """
    rows, odd_rows, hashes = 0, OddRows(file.member.label), []
    for _, table, odd in _answers(file, size_bytes):
        rows += table.num_rows
        odd_rows.add(odd)
        hashes.append(_hash_keys(table, file.table))
        if table.num_rows:
            yield table
    if not rows:
        raise _refuse_empty(file)
    odd_rows.check()
    _check_once(file, hashes, size_bytes)


def _answers(file: TableFile, size_bytes: int) -> Iterator[_Answer]:
    with file.member.open() as stream:
        yield from map_ahead(partial(_read_piece, file, match_headings(file)), split_csv(stream, size_bytes))


def _read_piece(file: TableFile, kept: Mapping[str, str], piece: Piece) -> _Answer:
    odd_rows = OddRows(file.member.label)
    table = read_clean_piece(piece, file, kept)
    if table is not None:
        odd_rows.count_rows(table.num_rows)
        return piece.first_row, table, odd_rows
    frame, schema = _read_strictly(piece, file, kept, odd_rows), RECORD_SCHEMAS[file.table]
    return piece.first_row, schema.empty_table() if frame is None else as_table(frame, schema), odd_rows


def _read_strictly(piece: Piece, file: TableFile, kept: Mapping[str, str], odd_rows: OddRows) -> pd.DataFrame | None:
    label = file.member.label
    others = {heading: _OTHER + heading for heading in file.headings if heading not in kept}
    frame = read_strict_csv(piece.content, {**kept, **others}, label, first_row=piece.first_row)[list(kept.values())]
    if frame.empty:
        return None
    frame = frame.mask(frame == NULL)
    headings = {name: heading for heading, name in kept.items()}
    cells = check_records(frame, build_schema(file.table, headings), label)
    return tidy_cells(cells, file.table, file.vintage, label, odd_rows)


def _refuse_empty(file: TableFile) -> SourceError:
    return SourceError(f"{file.member.label}: has headings and no rows. Fetch it again from {ADDRESS}.")


def _hash_keys(table: arrow.Table, kind: Table) -> np.ndarray:
    """Give a number for every row's key, the same for the same key and almost surely another for another."""
    with duckdb.connect() as connection:
        keys = connection.from_arrow(table.select(list(KEYS[kind])))
        hashes: np.ndarray = keys.project(f"hash({', '.join(KEYS[kind])}) AS key").fetchnumpy()["key"]
    return hashes


def _check_once(file: TableFile, hashes: list[np.ndarray], size_bytes: int) -> None:
    """Refuse a file that has a key twice: ten million numbers fit into memory where ten million keys do not."""
    numbers = np.sort(np.concatenate(hashes))
    repeated = np.unique(numbers[1:][numbers[1:] == numbers[:-1]])
    if not len(repeated):
        return
    suspects = []
    for first_row, table, _ in _answers(file, size_bytes):
        is_suspect = np.isin(_hash_keys(table, file.table), repeated)
        keys = table.select(list(KEYS[file.table])).filter(arrow.array(is_suspect))
        rows = first_row + np.flatnonzero(is_suspect)
        index = pd.MultiIndex.from_product([[file.member.label], rows])
        suspects.append(
            pd.DataFrame({name: keys.column(name).cast(arrow.string()) for name in keys.column_names}, index=index)
        )
    check_once(pd.concat(suspects), KEYS[file.table])
