"""The ledger of received files: what came, when, and its sha256. It ends in a checksum of its lines."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from datetime import date
from pathlib import Path

from shp_analysis.errors import StoreError
from shp_analysis.files import replace_file
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
