"""Which received file holds which part of which table: ledger and list of parts joined, and kept while neither changes.

A run asks this hundreds of times of two files that do not change meanwhile. Both are only ever replaced by a rename, so
a new inode, size or time says that they must be read again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pandas as pd
import pyarrow as arrow
from pyarrow import parquet

from shp_analysis.files import hash_file
from shp_analysis.store.index import read_parts
from shp_analysis.store.ledger import ReceivedFile, read_ledger

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
