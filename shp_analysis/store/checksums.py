"""Lists that end in a line with the sha256 of the lines above it, so that a lost or changed line is noticed."""

from __future__ import annotations

import hashlib
from pathlib import Path

from shp_analysis.files import replace_file

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
