"""Opening what a publisher or partner sent: a zip archive, a folder, or a single file, all seen as named members.

Nothing is unpacked to disk, so a member's path cannot climb out of anything; sizes are checked against the archive's
own directory before a byte is inflated, so a zip bomb is refused and not read.
"""

from __future__ import annotations

import io
import lzma
import os
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO, Any

from shp_analysis.errors import SourceError, describe_disk_error

LARGEST_MEMBER_BYTES = 3 << 30
"""Road safety data of all years are the largest tables there are, one to two gigabytes, and are read piece by piece.

A force's month is about 25 MB at most. Room is left for growth, and below the four gigabytes of a plain zip archive.
"""
LARGEST_COMPRESSION_RATIO = 200
"""Published CSV compresses about 5 to 15 times; a hundredfold beyond that is a zip bomb."""
START_BYTES = 1 << 16
"""Enough for the headings of any published table."""
SMALLEST_SUSPECT_BYTES = 10 << 20
"""Below this size a high ratio is harmless."""
WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xlsb", ".ods"})
"""Spreadsheets that are zip archives inside; they are one file, read by their reader."""
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    IndexError,
    RuntimeError,
)
"""What the standard library raises on one or other damaged, encrypted or unsupported archive."""
_NO_FILE = "is a pipe, a socket or a device, and not a file. Take it out of the folder, or give the path of a file."
_DATE_AT_END = re.compile(r"(?:^|[-_ .])(?P<year>\d{4})-(?P<month>\d{2})(?:-(?P<day>\d{2}))?$")


@dataclass(frozen=True)
class Member:
    """One file of a delivery.

    Attributes
    ----------
    label : str
        How messages name it: `archive.zip > 2024-01/2024-01-cheshire-street.csv`.
    path : PurePosixPath
        Its path inside the delivery.
    size_bytes : int
    open : callable
        Opens it as a binary stream, for files that are read piece by piece; damage inside an archive is told as
        `SourceError` while it is read.
    """

    label: str
    path: PurePosixPath
    size_bytes: int
    open: Callable[[], AbstractContextManager[IO[bytes]]]

    def read(self) -> bytes:
        """Give its bytes."""
        with self.open() as file:
            return file.read()

    def read_start(self, size_bytes: int = START_BYTES) -> bytes:
        """Give its first bytes, enough to see its headings."""
        with self.open() as file:
            return file.read(size_bytes)


@contextmanager
def open_delivery(path: Path) -> Iterator[tuple[Member, ...]]:
    """Open a zip archive, a folder or a single file and list its members, sorted by path.

    Parameters
    ----------
    path : Path

    Yields
    ------
    tuple of Member
        Folders, hidden files and `__MACOSX` leave no trace in it.

    Raises
    ------
    SourceError
        Where nothing is there, the archive is damaged or truncated, a member is implausibly large, or a member's
        path or a link points outside the delivery.
    """
    if path.is_dir():
        members, problems = list_folder(path)
        for _, reason in problems:
            raise SourceError(reason)
        yield members
    elif not path.exists():
        message = f"{path}: there is no such file or folder. Check the path."
        raise SourceError(message)
    elif not path.is_file():
        raise SourceError(f"{path}: {_NO_FILE}")
    elif path.suffix.lower() == ".zip" or _begins_like_a_zip(path):
        with _open_zip(path) as archive:
            yield _members_of_zip(path, archive)
    else:
        yield (Member(path.name, PurePosixPath(path.name), path.stat().st_size, partial(_open_file, path)),)


def date_in_name(path: Path) -> date | None:
    """Read the date of publication that a delivery's name ends in.

    Parameters
    ----------
    path : Path
        `cheshire-archive-2024-06.zip` was published in June 2024; `returns-2024-06-14.xlsx` on 14 June 2024.

    Returns
    -------
    date or None
        The day, or the last day of the month; None where the name ends in no date, or in what may be a financial year
        (`2011-12`). A date at the *beginning*, as in
        `2024-10-cheshire-street.csv`, is the month that the records are about and not the day they were received.
    """
    found = _DATE_AT_END.search(path.name if path.is_dir() else path.stem)
    if not found or (path.is_dir() and found.start() == 0):
        return None
    year, month = int(found["year"]), int(found["month"])
    try:
        if found["day"]:
            return date(year, month, int(found["day"]))
        if month == (year + 1) % 100:
            return None
        return (date(year, month, 28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    except ValueError:
        return None


def _begins_like_a_zip(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"PK\x03\x04" and path.suffix.lower() not in WORKBOOKS


@contextmanager
def _open_zip(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        archive = zipfile.ZipFile(path)
    except _DAMAGE as error:
        message = (
            f"{path.name}: is not a complete zip archive ({error}). The download was probably cut short: "
            "fetch it again and compare its size with the publisher's page."
        )
        raise SourceError(message) from error
    with archive:
        yield archive


def _members_of_zip(path: Path, archive: zipfile.ZipFile) -> tuple[Member, ...]:
    members = []
    for entry in archive.infolist():
        inside = PurePosixPath(entry.filename.replace("\\", "/"))
        label = f"{path.name} > {inside}"
        if entry.filename.endswith("/") or _is_clutter(inside):
            continue
        _check_inside(inside, label)
        _check_size(entry.file_size, entry.compress_size, label)
        members.append(Member(label, inside, entry.file_size, partial(_open_entry, archive, entry, label)))
    return tuple(sorted(members, key=lambda member: str(member.path)))


def _open_file(path: Path) -> AbstractContextManager[IO[bytes]]:
    return path.open("rb")


@contextmanager
def _open_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, label: str) -> Iterator[IO[bytes]]:
    try:
        file = archive.open(entry)
    except _DAMAGE as error:
        raise SourceError(_damage(label, error)) from error
    with file:
        yield io.BufferedReader(_CheckedEntry(file, entry.file_size, label))


class _CheckedEntry(io.RawIOBase):
    """An archive's entry that tells damage as a refusal and must hold as many bytes as the archive promises."""

    def __init__(self, file: IO[bytes], size: int, label: str) -> None:
        self._file, self._size, self._label, self._seen = file, size, label, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - whatever can be written into
        try:
            piece = self._file.read(len(buffer))
        except _DAMAGE as error:
            raise SourceError(_damage(self._label, error)) from error
        self._seen += len(piece)
        if (not piece and self._seen != self._size) or self._seen > self._size:
            message = (
                f"{self._label}: holds {self._seen:,} bytes where the archive promises {self._size:,}. Fetch the "
                "archive again."
            )
            raise SourceError(message)
        buffer[: len(piece)] = piece
        return len(piece)


def _damage(label: str, error: BaseException) -> str:
    return f"{label}: is damaged inside the archive ({error}). Fetch the archive again."


def list_folder(folder: Path) -> tuple[tuple[Member, ...], tuple[tuple[str, str], ...]]:
    """List the files of a folder, and what in it cannot be read as a file.

    Returns
    -------
    members : tuple of Member
        Sorted by path.
    problems : tuple of (str, str)
        Name of everything else but folders and hidden files - links to nothing or to somewhere else, pipes, sockets,
        devices, folders that may not be looked into - each with a sentence that says what it is and what to do.
    """
    members: list[Member] = []
    problems: list[tuple[str, str]] = []
    root = folder.resolve()
    for file in sorted(_walk(folder, problems)):
        inside = PurePosixPath(file.relative_to(folder).as_posix())
        label = f"{folder.name}/{inside}"
        if _is_clutter(inside):
            continue
        problem = _find_problem(file, root)
        if problem:
            problems.append((label, f"{label}: {problem}"))
        else:
            members.append(Member(label, inside, file.stat().st_size, partial(_open_file, file)))
    return tuple(members), tuple(problems)


def _walk(folder: Path, problems: list[tuple[str, str]]) -> Iterator[Path]:
    """Give every file and link below a folder; links to folders are given and not followed."""

    def note(error: OSError) -> None:
        problems.append((str(error.filename), describe_disk_error(error)))

    for place, folders, files in os.walk(folder, onerror=note):
        yield from (Path(place, name) for name in files)
        yield from (path for path in (Path(place, name) for name in folders) if path.is_symlink())


def _find_problem(file: Path, root: Path) -> str:
    # A link to a folder would be passed over, and its months be missing without a word.
    if not file.is_symlink():
        return "" if file.is_file() else _NO_FILE
    target = file.resolve()
    if target.is_file() and target.is_relative_to(root):
        return ""
    what = "a folder" if target.is_dir() else "a file outside the folder" if target.exists() else "nothing"
    return f"is a link to {what}. Copy the file into the folder."


def _is_clutter(inside: PurePosixPath) -> bool:
    return any((part.startswith(".") and part not in {".", ".."}) or part == "__MACOSX" for part in inside.parts)


def _check_inside(inside: PurePosixPath, label: str) -> None:
    if inside.is_absolute() or ".." in inside.parts or (inside.parts and ":" in inside.parts[0]):
        message = f"{label}: the path climbs out of the archive, which no published archive does. Do not use this file."
        raise SourceError(message)


def _check_size(size: int, compressed: int, label: str) -> None:
    ratio = size / max(compressed, 1)
    if size > LARGEST_MEMBER_BYTES or (size > SMALLEST_SUSPECT_BYTES and ratio > LARGEST_COMPRESSION_RATIO):
        message = (
            f"{label}: would unpack to {size:,} bytes ({ratio:,.0f} times its packed size); at most "
            f"{LARGEST_MEMBER_BYTES:,} bytes and {LARGEST_COMPRESSION_RATIO} times are taken. Do not use this file."
        )
        raise SourceError(message)
