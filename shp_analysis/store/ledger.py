"""The ledger of received files, what each of them holds, and which answers for which part of a table.

Each list ends in a line with the sha256 of all lines above it, so that a list that has lost or changed a line is
noticed when it is read. Of each part the list of parts says in which Parquet file its records are, and that file's own
sha256.

A run asks this hundreds of times of two files that do not change meanwhile. Both are only ever replaced by a rename, so
a new inode, size or time says that they must be read again.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from functools import lru_cache
from pathlib import Path

import pandas as pd
import pyarrow as arrow
from pyarrow import parquet

from shp_analysis.errors import StoreError
from shp_analysis.files import hash_file, replace_file
from shp_analysis.personal_data.finding import mask_file_name, mask_personal_data

_MARK = b"# sha256 "


def read_checked(path: Path) -> str:
    """Read a list, without its last line.

    Raises
    ------
    ValueError
        Where it does not end in its checksum, or its lines do not match it.
    """
    body, line_end, checksum = path.read_bytes().rstrip(b"\n").rpartition(b"\n")
    if not checksum.startswith(_MARK):
        raise ValueError("it does not end in its checksum: it was cut short, or an earlier version wrote it")
    if checksum != _write_checksum(body + line_end):
        raise ValueError("its lines do not match its checksum: some were lost or changed")
    return body.decode() + "\n"


def write_checked(path: Path, text: str) -> None:
    """Replace a list by one atomic rename, with its checksum as the last line."""
    content = text.encode()
    replace_file(path, content + _write_checksum(content) + b"\n")


def _write_checksum(content: bytes) -> bytes:
    return _MARK + hashlib.sha256(content).hexdigest().encode()


LEDGER_NAME = "received.csv"


@dataclass(frozen=True)
class ReceivedFile:
    """One line of the ledger.

    Attributes
    ----------
    sequence : int
        Order of arrival; decides between two files of one day.
    source : str
    received_on : date
    path : str
        Below the room's `raw/` folder, with forward slashes.
    sha256 : str
    size_bytes : int
    withdrawn_on : date, optional
        The day it was taken out again; it then answers no question, whatever day is asked about.
    withdrawal_reason : str
    """

    sequence: int
    source: str
    received_on: date
    path: str
    sha256: str
    size_bytes: int
    withdrawn_on: date | None = None
    withdrawal_reason: str = ""

    @property
    def name(self) -> str:
        """The file's own name."""
        return self.path.rsplit("/", 1)[-1]

    @property
    def shown_name(self) -> str:
        """The name as papers print it: one that holds a person's name is masked."""
        return mask_file_name(self.name)

    @property
    def shown_path(self) -> str:
        """The path as a manifest writes it, with such a name masked."""
        return f"{self.path.removesuffix(self.name)}{self.shown_name}"

    def describe_withdrawal(self) -> dict[str, str]:
        """Write of a withdrawn file which it is, when it was taken out and why, as plain values."""
        day = self.withdrawn_on.isoformat() if self.withdrawn_on else ""
        reason = mask_personal_data(self.withdrawal_reason)
        return {"file": self.shown_path, "sha256": self.sha256, "withdrawn_on": day, "reason": reason}


_HEADINGS = [field.name for field in fields(ReceivedFile)]
_EARLIER_HEADINGS = _HEADINGS[:6]
"""Of ledgers written before a file could be withdrawn; those have no checksum yet."""
_SHA256 = re.compile(r"[0-9a-f]{64}")
_ADVICE = "The ledger is not edited by hand: restore it from a backup."


def read_ledger(raw_folder: Path) -> tuple[ReceivedFile, ...]:
    """Read a room's ledger, oldest line first; empty where nothing was ever taken in.

    Raises
    ------
    StoreError
        Where the ledger was edited into something that is not a ledger.
    """
    path = raw_folder / LEDGER_NAME
    if not path.exists():
        return ()
    try:
        rows = list(csv.reader(io.StringIO(_read_text(path), newline=""), strict=True))
    except (ValueError, csv.Error) as error:
        raise StoreError(f"{path}: is not a ledger ({error}). {_ADVICE}") from error
    if not rows or rows[0] not in (_HEADINGS, _EARLIER_HEADINGS):
        raise StoreError(f"{path}: row 1 is not the ledger's headings, {','.join(_HEADINGS)}. {_ADVICE}")
    files = tuple(_parse(row, number, path, rows[0]) for number, row in enumerate(rows[1:], start=2))
    _check_hashes(files, path)
    return files


def write_ledger(raw_folder: Path, files: tuple[ReceivedFile, ...]) -> None:
    """Replace the ledger by one atomic rename."""
    lines = io.StringIO(newline="")
    writer = csv.DictWriter(lines, _HEADINGS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(asdict(file) for file in files)
    write_checked(raw_folder / LEDGER_NAME, lines.getvalue())


def _read_text(path: Path) -> str:
    text = path.read_bytes().decode("utf-8")
    is_earlier = text.splitlines()[:1] == [",".join(_EARLIER_HEADINGS)]
    return text if is_earlier else read_checked(path)


def _parse(row: list[str], number: int, path: Path, headings: list[str]) -> ReceivedFile:
    try:
        cells = dict(zip(headings, row, strict=True))
        withdrawn_on = cells.get("withdrawn_on")
        file = ReceivedFile(
            sequence=int(cells["sequence"]),
            source=cells["source"],
            received_on=date.fromisoformat(cells["received_on"]),
            path=cells["path"],
            sha256=cells["sha256"],
            size_bytes=int(cells["size_bytes"]),
            withdrawn_on=date.fromisoformat(withdrawn_on) if withdrawn_on else None,
            withdrawal_reason=cells.get("withdrawal_reason", ""),
        )
    except ValueError as error:
        raise StoreError(f"{path}: row {number} is not a line of the ledger ({error}). {_ADVICE}") from error
    for complaint in _complain(file, number):
        raise StoreError(f"{path}: row {number} is not a line of the ledger ({complaint}). {_ADVICE}")
    return file


def _complain(file: ReceivedFile, number: int) -> Iterator[str]:
    """Say what in a line contradicts the rest of it: a changed cell would change what was known on a day."""
    if file.sequence != number - 1:
        yield f"its sequence is {file.sequence} where {number - 1} comes next, so a line is gone, doubled or moved"
    folder = f"{file.source}/{file.received_on.isoformat()}/"
    if not file.path.startswith(folder) or ".." in file.path.split("/"):
        yield f"its path {file.path!r} does not lie in {folder}"
    if not _SHA256.fullmatch(file.sha256):
        yield f"{file.sha256!r} is not a sha256"


def _check_hashes(files: tuple[ReceivedFile, ...], path: Path) -> None:
    first: dict[str, int] = {}
    for number, file in enumerate(files, start=2):
        if first.setdefault(file.sha256, number) != number:
            raise StoreError(f"{path}: rows {first[file.sha256]} and {number} have one sha256. {_ADVICE}")


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
