"""Limits of a workbook's package, the zip of XML parts that an xlsx or ods file is, before any of it is parsed.

A few kilobytes can claim a sheet of seventeen billion cells, repeat a row a million times or declare entities that
unfold to gigabytes. Each limit lies far above every workbook that a publisher has sent, and a file beyond one is
refused in a sentence.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from itertools import chain
from typing import IO
from xml.parsers import expat

from shp_analysis.errors import SourceError
from shp_analysis.readers.deliveries import SizeLimits, check_unpacked_size, count_entries

LARGEST_WORKBOOK_BYTES = 4 << 30
"""The largest published table known (crime by partnership, 50 MB of ods) unpacks to about one gigabyte."""
LARGEST_RATIO = 100
"""How many times its packed size a part may have: XML of tables packs 10 to 30 times."""
SMALLEST_SUSPECT_BYTES = 2 << 20
"""Below this size a high ratio is harmless."""
MOST_PARTS = 2_000
MOST_SHEETS = 300
MOST_CELLS = 1_000_000
"""A sheet may span this many cells, or as many as its XML has bytes: a cell that is filled takes more than one."""
LONGEST_TEXT = 32_767
"""What a spreadsheet program lets one cell hold."""
CHUNK_BYTES = 1 << 20
_PROLOGUE_BYTES = 1 << 16
_LONGEST_ROW_BYTES = 32 << 20
_ADVICE = "Do not use this file."
_LIMITS = SizeLimits(LARGEST_WORKBOOK_BYTES, LARGEST_RATIO, SMALLEST_SUSPECT_BYTES)
_ODS_CONTENT = "content.xml"
_SHEET_PART = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
_BINARY_WORKBOOK = "xl/workbook.bin"
_CELL = re.compile(r"([A-Za-z]{1,3})(\d{1,7})")
_NO_REFERENCE = re.compile(rb"[<:](?:c|row)(?:/?>|\s+(?!r=))")
_LONGER_LETTERS = tuple(re.compile(rb"r=[\"']([A-Za-z]{%d,3})\d" % length) for length in (1, 2, 3))
_LONGER_DIGITS = tuple(re.compile(rb"r=[\"'][A-Za-z]{1,3}(\d{%d,7})[\"']" % length) for length in range(1, 8))
_MOST_COLUMNS = (0, 26, 702, 16_384)

Attributes = dict[str, str]


class ForbiddenMarkupError(ValueError):
    """A part of a package declares a document type, which no spreadsheet program writes."""


def open_package(file: IO[bytes], label: str) -> zipfile.ZipFile:
    """Open a package whose number of parts and sizes are plausible.

    Raises
    ------
    SourceError
        Naming the limit that is exceeded.
    zipfile.BadZipFile
        Where it is no zip.
    """
    parts = count_entries(file)
    if parts > MOST_PARTS:
        message = f"{label}: holds {parts:,} parts; at most {MOST_PARTS:,} are taken in a workbook. {_ADVICE}"
        raise SourceError(message)
    archive = zipfile.ZipFile(file)
    entries = archive.infolist()
    for each in entries:
        check_unpacked_size(each.file_size, each.compress_size, f"{label} > {each.filename}", _LIMITS)
    unpacked, packed = sum(each.file_size for each in entries), sum(each.compress_size for each in entries)
    check_unpacked_size(unpacked, packed, label, _LIMITS)
    return archive


def check_package(content: bytes, label: str) -> None:
    """Check a whole workbook before it is parsed; a file that is no zip passes.

    Raises
    ------
    SourceError
        Where it has implausibly many parts or bytes, declares a document type, is a binary workbook (xlsb), or has a
        sheet that spans far more cells than it fills.
    """
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return
    with open_package(io.BytesIO(content), label) as archive:
        names = archive.namelist()
        if _BINARY_WORKBOOK in names:
            message = f"{label}: is a binary workbook (xlsb), which is not read. Save it as an Excel workbook (xlsx)."
            raise SourceError(message)
        for name in names:
            if name.lower().endswith((".xml", ".rels")):
                _check_prologue(archive, name, label)
        for name in names:
            if _SHEET_PART.fullmatch(name):
                _check_extent(archive, name, _measure_xlsx_sheet, label)
        if _ODS_CONTENT in names:
            _check_extent(archive, _ODS_CONTENT, _measure_ods, label)


def check_sheets(names: tuple[str, ...], label: str) -> None:
    """Refuse a workbook with implausibly many sheets."""
    if len(names) > MOST_SHEETS:
        raise SourceError(f"{label}: has {len(names):,} sheets; at most {MOST_SHEETS:,} are taken. {_ADVICE}")


def make_parser() -> expat.XMLParserType:
    """Make a parser of a package's XML that stops at a document type."""

    def refuse(*_: object) -> None:
        raise ForbiddenMarkupError("it declares a document type")

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse
    return parser


def read_chunks(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """Read a part of a package piece by piece."""
    with archive.open(part) as file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk


def _check_prologue(archive: zipfile.ZipFile, part: str, label: str) -> None:
    """Refuse a part that declares a document type, which stands before its first element, and so do its entities."""
    parser = make_parser()
    has_begun = False

    def note(*_: object) -> None:
        nonlocal has_begun
        has_begun = True

    parser.StartElementHandler = note
    with archive.open(part) as file:
        start = file.read(_PROLOGUE_BYTES)
    try:
        parser.Parse(start, False)
    except ForbiddenMarkupError as error:
        message = f"{label}: {part} declares a document type, which no spreadsheet program writes. {_ADVICE}"
        raise SourceError(message) from error
    except expat.ExpatError:
        return  # a damaged part is the reader's to tell
    if not has_begun and len(start) == _PROLOGUE_BYTES:
        raise SourceError(f"{label}: {part} has no element in its first {_PROLOGUE_BYTES:,} bytes. {_ADVICE}")


def _check_extent(
    archive: zipfile.ZipFile, part: str, measure: Callable[[zipfile.ZipFile, str, int], int], label: str
) -> None:
    most = max(MOST_CELLS, archive.getinfo(part).file_size)
    try:
        cells = measure(archive, part, most)
    except expat.ExpatError:
        return
    if cells > most:
        message = (
            f"{label}: {part} spans {cells:,} cells, far more than it fills; at most {most:,} are taken. Delete the "
            "cells far below or beside the table, or use the file as published."
        )
        raise SourceError(message)


def _measure_xlsx_sheet(archive: zipfile.ZipFile, part: str, most: int) -> int:
    """Measure how many cells a worksheet spans: at most, where that is plausible, and else by parsing it."""
    letters = digits = 0
    before = b""
    for chunk in read_chunks(archive, part):
        text = before + chunk
        if _NO_REFERENCE.search(text):
            return _measure_exactly(archive, part, most)
        letters = _find_longest(_LONGER_LETTERS, letters, text)
        digits = _find_longest(_LONGER_DIGITS, digits, text)
        before = text[-64:]
    bound: int = _MOST_COLUMNS[letters] * (10**digits - 1)
    return bound if bound <= most else _measure_exactly(archive, part, most)


def _find_longest(longer: tuple[re.Pattern[bytes], ...], length: int, text: bytes) -> int:
    while length < len(longer) and (found := longer[length].search(text)):
        length = len(found[1])
    return length


class _Extent:
    """Finds how far the filled cells of a worksheet reach while its XML goes by."""

    def __init__(self) -> None:
        self._row = self._column = -1
        self._last_row = self._last_column = -1

    @property
    def cells(self) -> int:
        return (self._last_row + 1) * (self._last_column + 1)

    def start(self, name: str, attributes: Attributes) -> None:
        kind = name.rpartition(" ")[2]
        if kind == "row":
            written = attributes.get("r", "")
            self._row, self._column = (int(written) - 1 if written.isdecimal() else self._row + 1), -1
        elif kind == "c":
            self._place(attributes.get("r", ""))
        elif kind in {"v", "is"}:
            self._last_row = max(self._last_row, self._row)
            self._last_column = max(self._last_column, self._column)

    def _place(self, reference: str) -> None:
        found = _CELL.fullmatch(reference)
        if not found:
            self._column += 1
            return
        column = 0
        for letter in found[1].upper():
            column = column * 26 + ord(letter) - ord("A") + 1
        self._row, self._column = int(found[2]) - 1, column - 1


def _measure_exactly(archive: zipfile.ZipFile, part: str, most: int) -> int:
    extent, parser = _Extent(), make_parser()
    parser.StartElementHandler = extent.start
    for chunk in read_chunks(archive, part):
        parser.Parse(chunk, False)
        if extent.cells > most:
            break
    return extent.cells


_ODS_ROW = re.compile(rb"<table:table-row(?=[ />])")
_ODS_CELL = re.compile(rb"<table:(?:covered-)?table-cell\b([^>]*)>")
_ODS_REPEATS = re.compile(rb"number-(?:rows|columns)-repeated\s*=\s*[\"'](\d{1,9})")


def _measure_ods(archive: zipfile.ZipFile, part: str, most: int) -> int:
    """Measure how many cells the tables of an ods file span once every repeat is written out."""
    cells = rows = last_row = width = 0
    rest = b""
    for chunk in chain(read_chunks(archive, part), [b"<table:table-row "]):
        *blocks, rest = _ODS_ROW.split(rest + chunk)
        for block in blocks:
            head, _, _ = block.partition(b">")
            rows += _read_repeats(head)
            if b"value-type" in block:
                last_row, width = rows, max(width, _measure_ods_row(block))
            if b"<table:table " in block:
                cells, rows, last_row, width = cells + last_row * width, 0, 0, 0
            if cells + last_row * width > most:
                return cells + last_row * width
        if len(rest) > _LONGEST_ROW_BYTES:
            return most + 1
    return cells + last_row * width


def _measure_ods_row(block: bytes) -> int:
    if b"columns-repeated" not in block:
        return len(_ODS_CELL.findall(block))
    column = width = 0
    for found in _ODS_CELL.finditer(block):
        column += _read_repeats(found[1])
        width = column if b"value-type" in found[1] else width
    return width


def _read_repeats(attributes: bytes) -> int:
    found = _ODS_REPEATS.search(attributes)
    return int(found[1]) if found else 1
