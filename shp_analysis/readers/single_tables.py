"""Finding the one CSV of a delivery that holds the table asked for, by its headings.

Reference tables (populations, deprivation, households) are published one by one and kept together in a folder or zip:
the reader of one table passes the others over, and refuses two of its own.
"""

from __future__ import annotations

import csv
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from shp_analysis.errors import SourceError
from shp_analysis.readers.deliveries import Member, open_delivery

_CERTAIN = "‘’“”–—"
"""Typographic signs that a spreadsheet puts into names, beside letters with accents."""


@dataclass(frozen=True)
class SingleTable:
    """One CSV, found but not yet read.

    Attributes
    ----------
    label : str
        How messages name it.
    path : PurePosixPath
        Its path inside the delivery.
    headings : tuple of str
    content : bytes
    """

    label: str
    path: PurePosixPath
    headings: tuple[str, ...]
    content: bytes = field(repr=False)


def find_single_table(path: Path, marks: Collection[str], what: str) -> SingleTable:
    """Find the CSV whose headings hold all of some that no other table has.

    Parameters
    ----------
    path : Path
        A CSV, which is taken whatever it holds, so that its reader can say what is wrong with it; or a zip or folder.
    marks : collection of str
        Headings that tell the table from others.
    what : str
        What the table is, for messages: "mid-year populations by local authority".

    Raises
    ------
    SourceError
        Where there is none, or more than one.
    """
    with open_delivery(path) as members:
        files = [member for member in members if member.path.suffix.lower() == ".csv"]
        tables = [_read_member(member) for member in files]
    if len(tables) > 1 or len(members) > 1:
        tables = [table for table in tables if set(marks) <= set(table.headings)]
    if not tables:
        message = (
            f"{path}: holds no CSV of {what}, which has the columns {', '.join(marks)}; {len(files)} other CSV "
            f"file{'' if len(files) == 1 else 's'} found. Check the path."
        )
        raise SourceError(message)
    if len(tables) > 1:
        message = f"{tables[1].label}: {what} are also in {tables[0].label}. Keep one of the two."
        raise SourceError(message)
    return tables[0]


def read_headings(content: bytes) -> tuple[str, ...]:
    """Read the headings of a CSV for choosing its columns; what is wrong with them is the strict reader's to tell."""
    line = content.removeprefix(b"\xef\xbb\xbf").split(b"\n", 1)[0].decode("utf-8", "replace").strip("\r")
    try:
        return tuple(next(csv.reader([line]), []))
    except csv.Error:
        return ()


def repair_encoding(content: bytes, label: str) -> bytes:
    """Turn text that a spreadsheet saved as Windows-1252 into UTF-8, where it can be nothing else.

    Raises
    ------
    SourceError
        Where the bytes that are not ASCII would be anything but letters, typographic quotation marks and dashes.
    """
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
        odd = next((sign for sign in text if not sign.isascii() and not sign.isalpha() and sign not in _CERTAIN), None)
        if odd is None:
            return text.encode("utf-8")
        row = text.count("\n", 0, text.index(odd)) + 1
        message = (
            f"{label}: row {row} is neither UTF-8 nor Windows-1252 text (it holds {odd!r}). Use the file as published."
        )
        raise SourceError(message) from None
    return content


def _read_member(member: Member) -> SingleTable:
    content = member.read()
    return SingleTable(member.label, member.path, read_headings(content), content)
