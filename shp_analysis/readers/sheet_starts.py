"""Seeing how the sheets of a spreadsheet begin without reading it: enough to tell whose file it is.

The largest published workbook unpacks to about a gigabyte. Of an xlsx or ods file only the beginnings of its parts are
inflated, so that a delivery can be shown to every reader. What is damaged here is left for the strict reader to tell.
Text above the line, the mark of a footnote, is left out.
"""

from __future__ import annotations

import io
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import IO
from xml.parsers import expat

from shp_analysis.errors import SourceError
from shp_analysis.readers.deliveries import Member
from shp_analysis.readers.packages import make_parser, open_package
from shp_analysis.readers.sheet_marks import ODS_SPANS, Height, read_position
from shp_analysis.readers.strict_sheet import LOWEST_HEADING_ROW, Sheet

MOST_BYTES_OF_A_PART = 4 << 20
"""How much of one part is inflated: an ods file's notes and its first table's headings take up far less."""
MOST_SHEETS = 40
MOST_COLUMNS = 300
WORKBOOKS = (".ods", ".xlsx", ".xlsm")
_CHUNK_BYTES = 1 << 16
_SHARED_STRINGS = "xl/sharedStrings.xml"
_DAMAGE = (
    SourceError,
    zipfile.BadZipFile,
    zlib.error,
    expat.ExpatError,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    LookupError,
    RuntimeError,
    NotImplementedError,
)


@dataclass
class _Start:
    """A sheet that is being collected."""

    name: str
    rows: list[list[str | None]] = field(default_factory=list)

    def put(self, row: int, column: int, text: str) -> None:
        if text and row < LOWEST_HEADING_ROW and column < MOST_COLUMNS:
            self.rows += [[] for _ in range(row + 1 - len(self.rows))]
            cells = self.rows[row]
            cells += [None] * (column + 1 - len(cells))
            cells[column] = text


@lru_cache(maxsize=1)
def read_sheet_starts(member: Member) -> tuple[Sheet, ...]:
    """Read the first rows of a workbook's sheets; the last ones are remembered, since every reader looks at them.

    Parameters
    ----------
    member : Member
        Any file; of anything but an xlsx or ods file nothing is read.

    Returns
    -------
    tuple of Sheet
        Its sheets in their order, each with its first 100 rows as text, labelled by the sheet's name alone. Of a large
        ods file the later sheets are left out. Empty for any other file, and where the file is damaged.
    """
    if not member.path.name.lower().endswith(WORKBOOKS):
        return ()
    try:
        with member.open() as file, _open_package(file, member.label) as archive:
            starts = _read_ods(archive) if "content.xml" in archive.namelist() else _read_xlsx(archive)
    except _DAMAGE:
        return ()
    return tuple(Sheet(start.name, tuple(tuple(row) for row in start.rows)) for start in starts)


def _open_package(file: IO[bytes], label: str) -> zipfile.ZipFile:
    return open_package(file if file.seekable() else io.BytesIO(file.read()), label)


def list_words(sheets: tuple[Sheet, ...]) -> tuple[str, ...]:
    """List every filled cell of some sheets' first rows."""
    return tuple(cell for sheet in sheets for row in sheet.rows for cell in row if cell)


_Handle = Callable[[str, Mapping[str, str]], None]
_Text = Callable[[str], None]


def _ignore(_: str) -> None:
    """Leave an event of the parser aside."""


def _parse(
    archive: zipfile.ZipFile,
    part: str,
    start: _Handle,
    end: _Text = _ignore,
    text: _Text = _ignore,
    is_done: Callable[[], bool] = bool,
) -> None:
    parser = make_parser()
    parser.StartElementHandler = lambda name, attributes: start(
        name.rpartition(" ")[2], {key.rpartition(" ")[2]: value for key, value in attributes.items()}
    )
    parser.EndElementHandler = lambda name: end(name.rpartition(" ")[2])
    parser.CharacterDataHandler = text
    with archive.open(part) as file:
        for _ in range(MOST_BYTES_OF_A_PART // _CHUNK_BYTES):
            chunk = file.read(_CHUNK_BYTES)
            if not chunk or is_done():
                break
            parser.Parse(chunk, False)


class _OdsStarts:
    """Collects the first rows of every table while a document's XML goes by."""

    def __init__(self) -> None:
        self.starts: list[_Start] = []
        self._row = self._column = 0
        self._row_repeats = self._column_repeats = 1
        self._text = ""
        self._is_cell = False
        self._style = ""
        self._raised: set[str] = set()
        self._spans: list[bool] = []

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "style":
            self._style = attributes.get("name", "")
        elif name == "text-properties" and read_position(attributes.get("text-position", "")) is Height.RAISED:
            self._raised.add(self._style)
        elif name in ODS_SPANS:
            self._spans.append(name == "note" or attributes.get("style-name", "") in self._raised)
        elif name == "table":
            self.starts.append(_Start(attributes.get("name", "")))
            self._row = 0
        elif name == "table-row":
            self._column = 0
            self._row_repeats = int(attributes.get("number-rows-repeated", 1))
        elif name in {"table-cell", "covered-table-cell"}:
            self._column_repeats = int(attributes.get("number-columns-repeated", 1))
            self._text, self._is_cell = "", True

    def end(self, name: str) -> None:
        if name == "table-row":
            self._row += self._row_repeats
        elif name in {"table-cell", "covered-table-cell"} and self.starts:
            self.starts[-1].put(self._row, self._column, self._text.strip())
            self._column += self._column_repeats
            self._is_cell = False
        elif name == "p":
            self._text += " "
        elif name in ODS_SPANS and self._spans:
            self._spans.pop()

    def text(self, text: str) -> None:
        if self._is_cell and not any(self._spans):
            self._text += text


def _read_ods(archive: zipfile.ZipFile) -> list[_Start]:
    collector = _OdsStarts()
    _parse(archive, "content.xml", collector.start, collector.end, collector.text)
    return collector.starts[:MOST_SHEETS]


class _XlsxStart:
    """Collects the first rows of one worksheet."""

    def __init__(self, name: str, shared: list[str]) -> None:
        self.sheet = _Start(name)
        self._shared = shared
        self._row, self._column = -1, -1
        self._kind = ""
        self._text = ""
        self._is_text = self._is_raised = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "row":
            self._row = int(attributes.get("r", self._row + 2)) - 1
            self._column = -1
        elif name == "c":
            self._column = _find_column(attributes.get("r", ""), self._column + 1)
            self._kind, self._text, self._is_raised = attributes.get("t", "n"), "", False
        elif name in {"v", "t"}:
            self._is_text = not self._is_raised
        elif name in {"r", "vertAlign"}:
            self._is_raised = attributes.get("val") == Height.RAISED

    def end(self, name: str) -> None:
        if name in {"v", "t"}:
            self._is_text = False
        elif name == "c":
            self.sheet.put(self._row, self._column, self._shown().strip())

    def text(self, text: str) -> None:
        if self._is_text:
            self._text += text

    def is_done(self) -> bool:
        return self._row >= LOWEST_HEADING_ROW

    def _shown(self) -> str:
        if self._kind != "s" or not self._text.isdecimal():
            return self._text
        number = int(self._text)
        return self._shared[number] if number < len(self._shared) else ""


def _find_column(reference: str, default: int) -> int:
    column = 0
    for letter in reference.rstrip("0123456789"):
        column = column * 26 + ord(letter) - ord("A") + 1
    return column - 1 if column else default


def _read_xlsx(archive: zipfile.ZipFile) -> list[_Start]:
    shared = _read_shared_strings(archive)
    starts = []
    for name, part in _list_xlsx_sheets(archive)[:MOST_SHEETS]:
        collector = _XlsxStart(name, shared)
        if part in archive.namelist():
            _parse(archive, part, collector.start, collector.end, collector.text, collector.is_done)
        starts.append(collector.sheet)
    return starts


def _list_xlsx_sheets(archive: zipfile.ZipFile) -> list[tuple[str, str]]:
    sheets: list[tuple[str, str]] = []
    targets: dict[str, str] = {}

    def note(name: str, attributes: Mapping[str, str]) -> None:
        if name == "sheet":
            sheets.append((attributes.get("name", ""), attributes.get("id", "")))
        elif name == "Relationship":
            targets[attributes.get("Id", "")] = attributes.get("Target", "")

    for part in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels"):
        _parse(archive, part, note)
    return [
        (name, posixpath.normpath(posixpath.join("xl", targets.get(identifier, ""))).lstrip("/"))
        for name, identifier in sheets
    ]


def _read_shared_strings(archive: zipfile.ZipFile) -> list[str]:
    if _SHARED_STRINGS not in archive.namelist():
        return []
    strings: list[str] = []
    inside = {"t": False, "raised": False}

    def start(name: str, attributes: Mapping[str, str]) -> None:
        if name == "si":
            strings.append("")
        if name in {"si", "r", "vertAlign"}:
            inside["raised"] = attributes.get("val") == Height.RAISED
        inside["t"] = name == "t" and not inside["raised"]

    def end(name: str) -> None:
        inside["t"] = inside["t"] and name != "t"

    def text(piece: str) -> None:
        if inside["t"] and strings:
            strings[-1] += piece

    _parse(archive, _SHARED_STRINGS, start, end, text)
    return strings
