"""What every received file holds: its parts and headings, and which file answers for which part of a table.

Each list ends in a line with the sha256 of all lines above it, so that a list that has lost or changed a line is
noticed when it is read. Of each part the list of parts says in which Parquet file its records are, and that file's own
sha256.

A run asks this hundreds of times of two files that do not change meanwhile. Both are only ever replaced by a rename, so
a new inode, size or time says that they must be read again.
"""

from __future__ import annotations

import io
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pandas as pd
import pyarrow as arrow
from pyarrow import parquet

from shp_analysis.files import hash_file
from shp_analysis.store.ledger import ReceivedFile, read_checked, read_ledger, write_checked

PARTS_NAME = "parts.csv"
HEADINGS_NAME = "headings.csv"
PART_COLUMNS = ("sha256", "table", "unit", "period", "member", "rows", "parquet_sha256")
"""One line of `store/parts.csv`: one part of a table - a force's month, a year, an indicator's window - in a file."""
HEADING_COLUMNS = ("sha256", "member", "tables", "headings")
"""One line of `store/headings.csv`: a published file, the tables made of it, and its headings as a JSON list."""


def read_parts(tables_folder: Path) -> pd.DataFrame:
    """Read which parts every received file holds.

    Returns
    -------
    pandas.DataFrame
        `sha256, table, unit, period, member, rows, parquet_sha256`; text, and whole numbers.

    Raises
    ------
    ValueError
        Where the list is not such a list, or is no longer as it was written.
    """
    types = {column: int if column == "rows" else str for column in PART_COLUMNS}
    lines = io.StringIO(read_checked(tables_folder / PARTS_NAME))
    return pd.read_csv(lines, dtype=types, usecols=list(PART_COLUMNS), keep_default_na=False)[list(PART_COLUMNS)]


def read_headings(tables_folder: Path) -> pd.DataFrame:
    """Read the headings that every published file came with.

    Returns
    -------
    pandas.DataFrame
        `sha256, member, tables, headings`; the last two are tuples of text.

    Raises
    ------
    ValueError
        Where the list is no longer as it was written, or is gone while the list of parts is there.
    """
    path = tables_folder / HEADINGS_NAME
    if not path.exists() and (tables_folder / PARTS_NAME).exists():
        raise ValueError("it is gone")
    if not path.exists():
        return pd.DataFrame(columns=list(HEADING_COLUMNS))
    frame = pd.read_csv(io.StringIO(read_checked(path)), dtype=str, keep_default_na=False)
    return frame.assign(
        tables=frame["tables"].map(lambda cell: tuple(cell.split())),
        headings=frame["headings"].map(lambda cell: tuple(json.loads(cell))),
    )


def write_index(
    tables_folder: Path, parts: Sequence[pd.DataFrame], headings: Sequence[pd.DataFrame], keep: Collection[str] = ()
) -> None:
    """Write both lists, each replaced by one rename: the lines of new files, and those of some files held before.

    Parameters
    ----------
    tables_folder : Path
    parts, headings : sequence of pandas.DataFrame
        Of the new files.
    keep : collection of str
        Sha256 of the files whose lines stay. Others drop out: an ingest that was killed may have left them behind.
    """
    for name, columns, added in ((PARTS_NAME, PART_COLUMNS, parts), (HEADINGS_NAME, HEADING_COLUMNS, headings)):
        path = tables_folder / name
        before = _read_lines(path) if path.exists() else pd.DataFrame(columns=list(columns), dtype=str)
        kept = before[before["sha256"].isin(set(keep))]
        after = pd.concat([kept, *(frame.astype(str) for frame in added)])
        write_checked(path, after.reindex(columns=list(columns)).to_csv(index=False, lineterminator="\n"))


def _read_lines(path: Path) -> pd.DataFrame:
    return pd.read_csv(io.StringIO(read_checked(path)), dtype=str, keep_default_na=False)


HELD_COLUMNS = ("unit", "period", "rows", "member", "sha256", "received_on", "path", "sequence")
Stamp = tuple[int, int, int]


@dataclass(frozen=True)
class TableFile:
    """What a Parquet file was when it was written: its sha256, and how many rows it holds."""

    sha256: str
    rows: int


@dataclass(frozen=True, eq=False)
class Holdings:
    """What a room holds.

    Attributes
    ----------
    tables : mapping of str to pandas.DataFrame
        By table: `HELD_COLUMNS`, every release of every part, the later ones last. Not to be changed.
    unlisted : tuple of ReceivedFile
        Received files of which the list of parts says nothing, in order of arrival.
    table_files : mapping of (str, str) to TableFile
        By table and the received file's sha256: what its Parquet file has to be.
    """

    tables: Mapping[str, pd.DataFrame]
    unlisted: tuple[ReceivedFile, ...]
    table_files: Mapping[tuple[str, str], TableFile]


def stamp_file(path: Path) -> Stamp | None:
    """Give what changes when a file is replaced; None where there is none."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


@lru_cache(maxsize=16)
def read_files(raw_folder: Path, _ledger: Stamp | None) -> tuple[ReceivedFile, ...]:
    """Read a room's ledger, once for each state of it."""
    return read_ledger(raw_folder)


@lru_cache(maxsize=16)
def read_holdings(raw_folder: Path, tables_folder: Path, ledger: Stamp | None, _parts: Stamp | None) -> Holdings:
    """Read what a room holds, once for each state of its ledger and its list of parts.

    Raises
    ------
    StoreError
        Where the ledger is not a ledger.
    ValueError
        Where the list of parts is not such a list.
    """
    files = [file for file in read_files(raw_folder, ledger) if file.withdrawn_on is None]
    parts = read_parts(tables_folder)
    listed = set(parts["sha256"])
    frame = pd.DataFrame([vars(file) for file in files], columns=[*ReceivedFile.__annotations__])
    held = parts.merge(frame, on="sha256").sort_values(["received_on", "sequence", "unit", "period"])
    tables = {str(name): rows.reset_index(drop=True) for name, rows in held.groupby("table")[list(HELD_COLUMNS)]}
    unlisted = tuple(file for file in files if file.sha256 not in listed)
    return Holdings(tables, unlisted, _list_table_files(held))


def _list_table_files(parts: pd.DataFrame) -> dict[tuple[str, str], TableFile]:
    rows = parts.groupby(["table", "sha256", "parquet_sha256"], as_index=False)["rows"].sum()
    columns = (rows[name].tolist() for name in ("table", "sha256", "parquet_sha256", "rows"))
    return {(table, sha256): TableFile(own, n) for table, sha256, own, n in zip(*columns, strict=True)}


def describe_damage(path: Path, expected: TableFile) -> str:
    """Say how a Parquet file differs from what was written; empty where it does not.

    A file is read for its hash once in each process, and again where it was replaced or changed meanwhile.
    """
    stamp = stamp_file(path)
    if stamp is None:
        return "is gone"
    found = _look_at(path, stamp)
    if found is None:
        return "cannot be read as a table"
    if found.rows != expected.rows:
        return f"holds {found.rows:,} rows, and {expected.rows:,} were written"
    return "" if found == expected else "is not as it was written"


@lru_cache(maxsize=65536)
def _look_at(path: Path, _stamp: Stamp) -> TableFile | None:
    try:
        return TableFile(hash_file(path), parquet.read_metadata(path).num_rows)
    except (OSError, arrow.ArrowException):
        return None
