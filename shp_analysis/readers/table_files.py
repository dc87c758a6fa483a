"""Files of whole tables, workbooks or CSVs, opened one table at a time.

A table is a sheet of a workbook (ods, xlsx, xls) or a CSV, which may be packed as gz. A workbook is opened once and its
sheets are handed out one by one: calamine unpacks the whole of an ods file when it opens it, and only what is made of
a sheet after that is freed before the next.
"""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from shp_analysis.errors import SourceError
from shp_analysis.readers.deliveries import Member
from shp_analysis.readers.packages import LARGEST_RATIO, SMALLEST_SUSPECT_BYTES
from shp_analysis.readers.readers import SIMULATED_MARK, is_named_simulated
from shp_analysis.readers.sheet_starts import list_words, read_sheet_starts
from shp_analysis.readers.strict_csv import read_headings, read_strict_csv
from shp_analysis.readers.strict_sheet import Sheet, open_workbook, read_sheet, read_table

CSV = (".csv", ".csv.gz")
SHEETS = (".ods", ".xlsx", ".xls")
LARGEST_TABLE_BYTES = 1 << 30
"""These tables are read whole; none that is published comes near a gigabyte."""

Columns = Mapping[str, str]
"""A table's headings as they are written in the file, each with its tidy name."""


@dataclass(frozen=True)
class Table:
    """One table as text.

    Attributes
    ----------
    label : str
        How messages name it: `file.ods > 2020_21`.
    name : str
        The sheet's name; of a CSV the file's.
    frame : pandas.DataFrame
        Text under tidy names, indexed by spreadsheet row.
    """

    label: str
    name: str
    frame: pd.DataFrame


def read_tables(
    member: Member,
    choose: Callable[[tuple[str, ...], str], Columns],
    choose_sheet: Callable[[Sheet, str], Columns | None],
) -> Iterator[Table]:
    """Read every table of a file, one at a time.

    Parameters
    ----------
    member : Member
        A file of any kind; of one that holds no tables nothing is given.
    choose : callable
        Chooses the columns of a CSV from its headings and its label.
    choose_sheet : callable
        Chooses the columns of a sheet from the sheet and its name; None where it is no table.

    Raises
    ------
    SourceError
        As the strict readers, and where a gz file is damaged.
    """
    name = member.path.name.lower()
    if name.endswith(CSV):
        content = unpack(member) if name.endswith(".gz") else member.read()
        columns = choose(read_headings(content), member.label)
        yield Table(member.label, member.path.name, read_strict_csv(content, columns, member.label))
    elif name.endswith(SHEETS):
        workbook = open_workbook(member.read(), member.label)
        for sheet_name in workbook.sheet_names:
            sheet = read_sheet(workbook, sheet_name)
            chosen = choose_sheet(sheet, sheet_name)
            if chosen is not None:
                yield Table(sheet.label, sheet_name, read_table(sheet, chosen))


def unpack(member: Member) -> bytes:
    """Unpack a gz file, and refuse one that is damaged or would be implausibly large."""
    most = min(LARGEST_TABLE_BYTES, max(SMALLEST_SUSPECT_BYTES, LARGEST_RATIO * member.size_bytes))
    try:
        with gzip.open(io.BytesIO(member.read())) as file:
            content = file.read(most + 1)
    except (OSError, EOFError, zlib.error) as error:
        message = f"{member.label}: is not a complete gz file ({error}). Fetch it again."
        raise SourceError(message) from error
    if len(content) > most:
        message = (
            f"{member.label}: has {member.size_bytes:,} bytes and would unpack to more than {most:,}. Do not use this "
            "file."
        )
        raise SourceError(message)
    return content


def read_start_headings(member: Member) -> tuple[str, ...]:
    """Read the headings of a CSV, packed or not, from its first bytes; empty where there are none to read."""
    start = member.read_start()
    if member.path.name.lower().endswith(".gz"):
        try:
            start = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(start)
        except zlib.error:
            return ()
    return read_headings(start)


def says_simulated_file(member: Member) -> bool:
    """Say whether a file says of itself that it was generated.

    A workbook says so in the name of a sheet or in a cell of one's first rows, such as its notes. The tables' columns
    are all names and codes, so a CSV has no place for a word of its own: its name begins `simulated-`.
    """
    sheets = read_sheet_starts(member)
    words = (*(sheet.label for sheet in sheets), *list_words(sheets))
    return is_named_simulated(member) or any(SIMULATED_MARK in word for word in words)
