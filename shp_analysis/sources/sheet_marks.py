"""What a spreadsheet's cells hide from their values: formulas, errors and merged cells, read from the file's own XML.

A reader of values sees an empty cell where the sheet shows `#DIV/0!`, where a formula was never calculated, and
under a merged heading. Large published sheets have none of these, so the XML is searched for the few words that give
them away before any of it is parsed.

The old binary format (xls) is not looked into: there an error reads as an empty cell.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

CHUNK_BYTES = 1 << 20
_LONGEST_WORD = 64
_ODS_CONTENT = "content.xml"
_ODS_WORDS = (b":formula=", b':value-type="error"', b"-spanned=")
_XLSX_WORDS = (b"<f>", b"<f ", b"<f/", b":f>", b":f ", b't="e"')
_CELL = re.compile(r"([A-Z]+)(\d+)")

Cell = tuple[int, int]
"""Row and column of a cell, both counted from 0."""


@dataclass(frozen=True)
class Marks:
    """What one sheet's cells are besides their values.

    Attributes
    ----------
    formulas : frozenset of (int, int)
        Cells whose value is the saved result of a formula.
    uncalculated : frozenset of (int, int)
        Those of them that no result was saved for.
    shown : mapping of (int, int) to str
        What a cell shows where its value alone says less: errors such as `#DIV/0!`.
    merged : tuple of ((int, int), (int, int))
        First and last cell of every merged range; empty for the formats whose reader gives them itself.
    """

    formulas: frozenset[Cell] = frozenset()
    uncalculated: frozenset[Cell] = frozenset()
    shown: Mapping[Cell, str] = field(default_factory=dict)
    merged: tuple[tuple[Cell, Cell], ...] = ()


def name_cell(row: int, column: int) -> str:
    """Name a cell as a spreadsheet does: row 3, column 1, both counted from 0, is `B4`."""
    letters = ""
    number = column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row + 1}"


def find_marks(content: bytes, sheet: str) -> Marks:
    """Find the formulas, errors and merged cells of one sheet.

    Parameters
    ----------
    content : bytes
        A whole xlsx or ods file. Of any other format nothing is found.
    sheet : str
        The sheet's name.

    Returns
    -------
    Marks
    """
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return Marks()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = set(archive.namelist())
        if _ODS_CONTENT in members:
            return _find_in_ods(archive, sheet)
        part = _find_xlsx_part(archive, sheet)
        if part not in members or not _mentions(archive, part, _XLSX_WORDS):
            return Marks()
        finder = _XlsxFinder()
        _parse(archive, part, finder.start, finder.end, finder.text)
        return finder.marks()


def _mentions(archive: zipfile.ZipFile, part: str, words: tuple[bytes, ...]) -> bool:
    before = b""
    for chunk in _read_chunks(archive, part):
        text = before + chunk
        if any(word in text for word in words):
            return True
        before = text[-_LONGEST_WORD:]
    return False


def _read_chunks(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    with archive.open(part) as file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk


def _parse(
    archive: zipfile.ZipFile,
    part: str,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None],
    text: Callable[[str], None],
) -> None:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    # Only the last part of a name matters here: the publisher's tool chooses the prefixes.
    parser.StartElementHandler = lambda name, attributes: start(
        name.rpartition(" ")[2], {key.rpartition(" ")[2]: value for key, value in attributes.items()}
    )
    parser.EndElementHandler = lambda name: end(name.rpartition(" ")[2])
    parser.CharacterDataHandler = text
    for chunk in _read_chunks(archive, part):
        parser.Parse(chunk, False)
    parser.Parse(b"", True)


def _find_xlsx_part(archive: zipfile.ZipFile, sheet: str) -> str:
    """Find the member that holds a sheet, through the workbook's list and its relations."""
    sheets: dict[str, str] = {}
    targets: dict[str, str] = {}

    def note_sheet(name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            sheets[attributes.get("name", "")] = attributes.get("id", "")

    def note_target(name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship":
            targets[attributes.get("Id", "")] = attributes.get("Target", "")

    for part, note in (("xl/workbook.xml", note_sheet), ("xl/_rels/workbook.xml.rels", note_target)):
        if part in archive.namelist():
            _parse(archive, part, note, lambda _: None, lambda _: None)
    target = targets.get(sheets.get(sheet, ""), "")
    return posixpath.normpath(posixpath.join("xl", target)).lstrip("/")


class _XlsxFinder:
    """Collects the marks of one worksheet while its XML goes by."""

    def __init__(self) -> None:
        self._formulas: set[Cell] = set()
        self._calculated: set[Cell] = set()
        self._shown: dict[Cell, str] = {}
        self._cell: Cell = (-1, -1)
        self._is_error = self._is_value = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "row":
            self._cell = (int(attributes.get("r", self._cell[0] + 2)) - 1, -1)
        elif name == "c":
            self._cell = self._place(attributes.get("r"))
            self._is_error = attributes.get("t") == "e"
        elif name == "f":
            self._formulas.add(self._cell)
        elif name == "v":
            self._calculated.add(self._cell)
            self._is_value = True

    def end(self, name: str) -> None:
        self._is_value = self._is_value and name != "v"

    def text(self, text: str) -> None:
        if self._is_value and self._is_error:
            self._shown[self._cell] = self._shown.get(self._cell, "") + text

    def marks(self) -> Marks:
        return Marks(frozenset(self._formulas), frozenset(self._formulas - self._calculated), self._shown)

    def _place(self, reference: str | None) -> Cell:
        found = _CELL.fullmatch(reference or "")
        if not found:
            return self._cell[0], self._cell[1] + 1
        column = 0
        for letter in found[1]:
            column = column * 26 + ord(letter) - ord("A") + 1
        return int(found[2]) - 1, column - 1


def _find_in_ods(archive: zipfile.ZipFile, sheet: str) -> Marks:
    if not _mentions(archive, _ODS_CONTENT, _ODS_WORDS):
        return Marks()
    finder = _OdsFinder(sheet)
    _parse(archive, _ODS_CONTENT, finder.start, finder.end, finder.text)
    return finder.marks()


class _OdsFinder:
    """Collects the marks of one table while the whole document's XML goes by."""

    def __init__(self, sheet: str) -> None:
        self._sheet = sheet
        self._is_inside = self._is_paragraph = self._is_marked = False
        self._row = self._column = 0
        self._row_repeats = self._column_repeats = 1
        self._formulas: set[Cell] = set()
        self._uncalculated: set[Cell] = set()
        self._shown: dict[Cell, str] = {}
        self._merged: list[tuple[Cell, Cell]] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "table":
            self._is_inside = attributes.get("name") == self._sheet
            self._row = 0
        elif not self._is_inside:
            return
        elif name == "table-row":
            self._column = 0
            self._row_repeats = int(attributes.get("number-rows-repeated", 1))
        elif name in {"table-cell", "covered-table-cell"}:
            self._column_repeats = int(attributes.get("number-columns-repeated", 1))
            self._note_cell(attributes)
        elif name == "p":
            self._is_paragraph = True

    def end(self, name: str) -> None:
        if not self._is_inside:
            return
        if name == "table-row":
            self._row += self._row_repeats
        elif name in {"table-cell", "covered-table-cell"}:
            self._column += self._column_repeats
            self._is_marked = False
        elif name == "table":
            self._is_inside = False
        elif name == "p":
            self._is_paragraph = False

    def text(self, text: str) -> None:
        if self._is_paragraph and self._is_marked:
            cell = (self._row, self._column)
            self._shown[cell] = self._shown.get(cell, "") + text

    def marks(self) -> Marks:
        return Marks(frozenset(self._formulas), frozenset(self._uncalculated), self._shown, tuple(self._merged))

    def _note_cell(self, attributes: dict[str, str]) -> None:
        cell = (self._row, self._column)
        is_formula = "formula" in attributes
        # LibreOffice says `calcext:value-type="error"` beside `office:value-type`; both end up under one name here.
        self._is_marked = is_formula or attributes.get("value-type") == "error"
        if is_formula:
            self._formulas.add(cell)
            if "value-type" not in attributes:
                self._uncalculated.add(cell)
        rows, columns = (int(attributes.get(f"number-{what}-spanned", 1)) for what in ("rows", "columns"))
        if rows > 1 or columns > 1:
            self._merged.append((cell, (cell[0] + rows - 1, cell[1] + columns - 1)))
