"""The ledger of received files: what came, when, and its sha256."""

from __future__ import annotations

import csv
import hashlib
import os
from dataclasses import asdict, dataclass, fields
from datetime import date
from pathlib import Path

from shp_analysis.errors import StoreError

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
    """

    sequence: int
    source: str
    received_on: date
    path: str
    sha256: str
    size_bytes: int

    @property
    def name(self) -> str:
        """The file's own name."""
        return self.path.rsplit("/", 1)[-1]


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
    with path.open(encoding="utf-8", newline="") as lines:
        return tuple(_parse(row, number, path) for number, row in enumerate(csv.DictReader(lines), start=2))


def write_ledger(raw_folder: Path, files: tuple[ReceivedFile, ...]) -> None:
    """Replace the ledger by one atomic rename."""
    path = raw_folder / LEDGER_NAME
    draft = path.with_suffix(".new")
    with draft.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, [field.name for field in fields(ReceivedFile)], lineterminator="\n")
        writer.writeheader()
        writer.writerows(asdict(file) for file in files)
    os.replace(draft, path)  # noqa: PTH105 - says "atomic" to every reader


def hash_file(path: Path) -> str:
    """Give a file's sha256 as 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _parse(row: dict[str, str], number: int, path: Path) -> ReceivedFile:
    try:
        return ReceivedFile(
            sequence=int(row["sequence"]),
            source=row["source"],
            received_on=date.fromisoformat(row["received_on"]),
            path=row["path"],
            sha256=row["sha256"],
            size_bytes=int(row["size_bytes"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        message = f"{path}: row {number} is not a line of the ledger ({error}). The ledger is not edited by hand: restore it from a backup."
        raise StoreError(message) from error
