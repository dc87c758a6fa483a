"""What the directory of a zip archive claims, and the limits that it is held to before anything is unpacked."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import IO

from shp_analysis.errors import SourceError

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
