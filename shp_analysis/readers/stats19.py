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

Columns that a partnership has no use for, and any that no vintage is known to have, are not kept; the store tells when
a release has other headings than the last. A file is refused only where a column that its vintage must have is missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

import duckdb
import numpy as np
import pandas as pd
import pyarrow as arrow

from shp_analysis.errors import SourceError
from shp_analysis.readers.clean_columns import as_table
from shp_analysis.readers.deliveries import Member, map_ahead
from shp_analysis.readers.readers import Frequency, Reader, Records, RecordTable, SourceFile, is_named_simulated
from shp_analysis.readers.stats19_clean import RECORD_SCHEMAS, OddRows, check_once, read_clean_piece, tidy_cells
from shp_analysis.readers.stats19_layout import (
    ADDRESS,
    KEYS,
    NULL,
    SOURCE,
    Table,
    TableFile,
    build_schema,
    is_claimed,
    match_headings,
    recognise_table,
)
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


def _find_files(members: Sequence[Member]) -> tuple[SourceFile, ...]:
    csv_files = [member for member in members if member.path.suffix.lower() == ".csv"]
    found = [file for file in map(recognise_table, csv_files) if file and is_claimed(file)]
    return tuple(SourceFile(SOURCE, file.member, file.headings, partial(_read_records, file)) for file in found)


def _read_records(file: TableFile) -> Iterator[Records]:
    is_simulated = is_named_simulated(file.member)
    return (Records(file.table.table, table, is_simulated) for table in read_pieces(file))


READER = Reader(
    source=SOURCE,
    publisher="Department for Transport (road safety data)",
    address=ADDRESS,
    tables=tuple(RecordTable(table.table, Frequency.CALENDAR_YEAR, "collision_year") for table in Table),
    find_files=_find_files,
)
