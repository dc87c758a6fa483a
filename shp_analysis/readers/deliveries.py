"""Opening a delivery: a file, a folder, or a zip that is held to limits before anything in it is unpacked.

No member is unpacked to disk, so its path cannot climb out of anything; numbers and sizes are checked against the
archive's own directory before a byte is inflated, so a zip bomb is refused and not read. Archives inside an archive are
read one level deep, from unnamed temporary copies.
"""

from __future__ import annotations

import io
import lzma
import os
import re
import shutil
import struct
import zipfile
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property, partial
from pathlib import Path, PurePosixPath
from tempfile import SpooledTemporaryFile
from typing import IO, Any, TypeVar

from shp_analysis.errors import SourceError, describe_disk_error

Item = TypeVar("Item")
Answer = TypeVar("Answer")

WORKERS = 2
"""Parsing and packing leave Python's lock; a third would only wait, and hold memory."""


def map_ahead(function: Callable[[Item], Answer], items: Iterable[Item]) -> Iterator[Answer]:
    """Apply a function to items, working ahead of the answer that is being used.

    Parameters
    ----------
    function : callable
        Safe to run in two threads at once.
    items : iterable
        Drawn one at a time, in the caller's thread.

    Yields
    ------
    object
        The answers in the order of the items; an error of the function is raised in its place.
    """
    with ThreadPoolExecutor(WORKERS) as pool:
        waiting: deque[Future[Answer]] = deque()
        try:
            for item in items:
                waiting.append(pool.submit(function, item))
                if len(waiting) > WORKERS:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for each in waiting:
                each.cancel()


MOST_ENTRIES = 10_000
"""A national archive of data.police.uk has about 5,000: three years of three kinds of file of 45 forces."""
LARGEST_DELIVERY_BYTES = 64 << 30
"""A national archive of data.police.uk unpacks to some ten gigabytes."""
LARGEST_INNER_BYTES = 8 << 30
"""Archives inside an archive are copied out before they are read, so they take room on the disk."""
LARGEST_MEMBER_BYTES = 3 << 30
"""Road safety data of all years are the largest tables there are, one to two gigabytes, and are read piece by piece.

A force's month is about 25 MB at most. Room is left for growth, and below the four gigabytes of a plain zip archive.
"""
LARGEST_COMPRESSION_RATIO = 200
"""Published CSV compresses about 5 to 15 times; a hundredfold beyond that is a zip bomb."""
SMALLEST_SUSPECT_BYTES = 10 << 20
"""Below this size a high ratio is harmless."""
MOST_FOLDERS = 20
LONGEST_PATH = 1_000
_SHOWN_PATH = 60
_ADVICE = "Do not use this file."
_LONGEST_ENTRY_BYTES = 300
_LOCAL_HEADER_BYTES = 30
_ENCRYPTED = 1
_END = struct.Struct("<4s4H2LH")
_END_64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR_64 = struct.Struct("<4sLQL")


@dataclass(frozen=True)
class SizeLimits:
    """How much may be unpacked.

    Attributes
    ----------
    largest_bytes : int
    largest_ratio : int
        How many times its packed size, of what is larger than `smallest_suspect_bytes`.
    smallest_suspect_bytes : int
    """

    largest_bytes: int
    largest_ratio: int
    smallest_suspect_bytes: int


_MEMBER_LIMITS = SizeLimits(LARGEST_MEMBER_BYTES, LARGEST_COMPRESSION_RATIO, SMALLEST_SUSPECT_BYTES)


@dataclass
class Contents:
    """What the archives of one delivery hold in all: the archive that was sent, and those inside it.

    Attributes
    ----------
    label : str
        How messages name the delivery.
    entries, unpacked_bytes, inner_bytes : int
    """

    label: str
    entries: int = 0
    unpacked_bytes: int = 0
    inner_bytes: int = 0

    def expect(self, entries: int) -> None:
        """Refuse a directory that claims more entries than are left, before a list is made of them."""
        self._check(self.entries + entries, MOST_ENTRIES, "files")

    def add(self, entries: Sequence[zipfile.ZipInfo]) -> None:
        """Count an archive's entries and what they unpack to."""
        self.entries += len(entries)
        self.unpacked_bytes += sum(entry.file_size for entry in entries)
        self._check(self.entries, MOST_ENTRIES, "files")
        self._check(self.unpacked_bytes, LARGEST_DELIVERY_BYTES, "bytes when unpacked")

    def add_inner(self, size: int) -> None:
        """Count an archive inside the archive, before it is copied out."""
        self.inner_bytes += size
        self._check(self.inner_bytes, LARGEST_INNER_BYTES, "bytes of archives inside it")

    def _check(self, found: int, most: int, what: str) -> None:
        if found > most:
            message = (
                f"{self.label}: holds {found:,} {what}; at most {most:,} are taken. Send it in several archives, or "
                "leave the file out."
            )
            raise SourceError(message)


def count_entries(file: IO[bytes]) -> int:
    """Read the number of entries from the end of a zip, before a list of them is made; 0 where it is no zip."""
    size = file.seek(0, io.SEEK_END)
    start = max(0, size - (1 << 16) - _END.size - _LOCATOR_64.size - _END_64.size)
    file.seek(start)
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + _END.size:
        file.seek(0)
        return 0
    _, _, _, _, entries, directory_bytes, _, _ = _END.unpack_from(tail, at)
    claims = [(entries, directory_bytes), *_read_zip64(file, start + at)]
    file.seek(0)
    # Every entry takes 46 bytes of the directory and the length of its name, whatever number is claimed.
    return int(max(max(count, total // _LONGEST_ENTRY_BYTES) for count, total in claims))


def _read_zip64(file: IO[bytes], end: int) -> list[tuple[int, int]]:
    """Read what the record of a large archive claims, where it should be and where it says it is."""
    if end < _LOCATOR_64.size:
        return []
    file.seek(end - _LOCATOR_64.size)
    signature, _, said, _ = _LOCATOR_64.unpack(file.read(_LOCATOR_64.size))
    claims = []
    for place in {said, end - _LOCATOR_64.size - _END_64.size} if signature == b"PK\x06\x07" else ():
        if 0 <= place < end:
            file.seek(place)
            record = file.read(_END_64.size)
            if record.startswith(b"PK\x06\x06") and len(record) == _END_64.size:
                claims.append(_END_64.unpack(record)[7:9])
    return claims


def check_directory(archive: zipfile.ZipFile, label: str) -> None:
    """Refuse an archive that would unpack to far more than its size, or whose entries share packed bytes.

    Raises
    ------
    SourceError
        Naming what is exceeded.
    """
    entries = sorted(archive.infolist(), key=lambda entry: entry.header_offset)
    ends = [*(entry.header_offset for entry in entries), archive.start_dir][1:]
    for entry, after in zip(entries, ends, strict=True):
        if entry.header_offset + _LOCAL_HEADER_BYTES + entry.compress_size > after:
            message = (
                f"{label}: two of its files share the same packed bytes, which no archive program writes. {_ADVICE}"
            )
            raise SourceError(message)
    unpacked, packed = sum(each.file_size for each in entries), sum(each.compress_size for each in entries)
    check_unpacked_size(unpacked, packed, label, replace(_MEMBER_LIMITS, largest_bytes=LARGEST_DELIVERY_BYTES))


def check_entry(entry: zipfile.ZipInfo, inside: PurePosixPath, archive_label: str) -> None:
    """Refuse an entry that is implausibly large, lies outside of the archive or too deep in it, or is encrypted.

    Raises
    ------
    SourceError
        Naming the entry, the limit and what to do.
    """
    label = f"{archive_label} > {inside}"
    folders = len(inside.parts) - 1
    if len(str(inside)) > LONGEST_PATH or folders > MOST_FOLDERS:
        message = (
            f"{archive_label} > {str(inside)[:_SHOWN_PATH]}...: lies in {folders:,} folders and its path has "
            f"{len(str(inside)):,} characters; at most {MOST_FOLDERS} and {LONGEST_PATH:,} are taken. {_ADVICE}"
        )
        raise SourceError(message)
    if inside.is_absolute() or ".." in inside.parts or (inside.parts and ":" in inside.parts[0]):
        message = f"{label}: the path climbs out of the archive, which no published archive does. {_ADVICE}"
        raise SourceError(message)
    if entry.flag_bits & _ENCRYPTED:
        message = f"{label}: is encrypted. Zip it without a password, or leave the file out."
        raise SourceError(message)
    check_unpacked_size(entry.file_size, entry.compress_size, label, _MEMBER_LIMITS)


def check_unpacked_size(size: int, packed: int, label: str, limits: SizeLimits) -> None:
    """Refuse what would unpack to too many bytes, or to far more than it has packed.

    Raises
    ------
    SourceError
        Naming both sizes and both limits.
    """
    ratio = size / max(packed, 1)
    if size > limits.largest_bytes or (size > limits.smallest_suspect_bytes and ratio > limits.largest_ratio):
        message = (
            f"{label}: would unpack to {size:,} bytes ({ratio:,.0f} times its packed size); at most "
            f"{limits.largest_bytes:,} bytes and {limits.largest_ratio} times are taken. {_ADVICE}"
        )
        raise SourceError(message)


START_BYTES = 1 << 16
"""Enough for the headings of any published table."""
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
_LARGEST_IN_MEMORY = 32 << 20
_NO_FILE = "is a pipe, a socket or a device, and not a file. Take it out of the folder, or give the path of a file."
_Open = Callable[[], AbstractContextManager[IO[bytes]]]
_DATE_AT_END = re.compile(r"(?:^|[-_ .])(?P<year>\d{4})-(?P<month>\d{2})(?:-(?P<day>\d{2}))?$")


@dataclass(frozen=True)
class Member:
    """One file of a delivery.

    Attributes
    ----------
    label : str
        How messages name it: `archive.zip > 2024-01/2024-01-cheshire-street.csv`, or of an archive inside the archive
        `delivery.zip > archive.zip > 2024-01/2024-01-cheshire-street.csv`.
    path : PurePosixPath
        Its path inside the delivery; an archive inside the archive counts as a folder.
    size_bytes : int
    open : callable
        Opens it as a binary stream, for files that are read piece by piece; damage inside an archive is told as
        `SourceError` while it is read.
    """

    label: str
    path: PurePosixPath
    size_bytes: int
    open: _Open

    @cached_property
    def _start(self) -> bytes:
        with self.open() as file:
            return file.read(START_BYTES)

    def read(self) -> bytes:
        """Give its bytes."""
        with self.open() as file:
            return file.read()

    def read_start(self) -> bytes:
        """Give its first bytes, enough to see its headings; they are remembered, since every reader looks at them."""
        return self._start


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
        Where nothing is there, the archive is damaged or truncated, holds implausibly many or large members or
        archives inside one another, or a member's path or a link points outside the delivery.
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
        with ExitStack() as closing:
            found = _list_archive(partial(_open_file, path), path.name, _Archives(Contents(path.name), closing))
            yield tuple(sorted(found, key=lambda member: str(member.path)))
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


@dataclass(frozen=True)
class _Archives:
    """The archive that was sent and those inside it: what they hold in all, and what closes them."""

    contents: Contents
    closing: ExitStack


def _list_archive(open_file: _Open, label: str, archives: _Archives) -> Iterator[Member]:
    """Give the members of an archive that was sent, and those of the archives in it."""
    for member in _list_entries(open_file, label, PurePosixPath(), archives):
        if not _is_zip(member.path):
            yield member
            continue
        archives.contents.add_inner(member.size_bytes)
        for inner in _list_entries(partial(_copy_out, member), member.label, member.path, archives):
            if _is_zip(inner.path):
                message = (
                    f"{member.label}: holds another archive, {inner.path.name}, and archives are read one level deep. "
                    "Unzip it and give the folder, or leave the file out."
                )
                raise SourceError(message)
            yield inner


def _list_entries(open_file: _Open, label: str, folder: PurePosixPath, archives: _Archives) -> list[Member]:
    archive = _open_zip(open_file, label, archives)
    entries = archive.infolist()
    archives.contents.add(entries)
    members = []
    for entry in entries:
        inside = PurePosixPath(entry.filename.replace("\\", "/"))
        if entry.filename.endswith("/") or _is_clutter(inside):
            continue
        check_entry(entry, inside, label)
        name = f"{label} > {inside}"
        members.append(Member(name, folder / inside, entry.file_size, partial(_open_entry, archive, entry, name)))
    check_directory(archive, label)
    return members


def _open_zip(open_file: _Open, label: str, archives: _Archives) -> zipfile.ZipFile:
    file = archives.closing.enter_context(open_file())
    archives.contents.expect(count_entries(file))
    try:
        return archives.closing.enter_context(zipfile.ZipFile(file))
    except _DAMAGE as error:
        message = (
            f"{label}: is not a complete zip archive ({error}). The download was probably cut short: "
            "fetch it again and compare its size with the publisher's page."
        )
        raise SourceError(message) from error


@contextmanager
def _copy_out(member: Member) -> Iterator[IO[bytes]]:
    """Copy an archive inside an archive to memory, or to an unnamed temporary file where it is large."""
    with SpooledTemporaryFile(_LARGEST_IN_MEMORY) as copy, member.open() as file:
        shutil.copyfileobj(file, copy)
        yield copy


def _is_zip(path: PurePosixPath) -> bool:
    return path.suffix.lower() == ".zip"


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
