"""What the values of a sheet hide: footnote marks above the line, errors, hidden rows and formats.

A cell that shows 24 with a small raised 1 is 24 with a footnote, and its bare text is 241. Where the mark stands at one
end of the cell it is taken off; where there is doubt, its digits stay small (`1²4`, `¹²`), so that no reader takes them
for a number and the refusal shows them.

A reader of values sees an empty cell where the sheet shows `#DIV/0!`, where a formula was never calculated, and
under a merged heading, and 241 where it shows 24 with a small raised 1. Large published sheets have none of these, so
the XML is searched for the few words that give them away before any of it is parsed.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from itertools import pairwise

import xlrd
from xlrd.biffh import error_text_from_code
from xlrd.book import Book
from xlrd.sheet import Sheet

from shp_analysis.readers.packages import make_parser, read_chunks

_RAISED_DIGITS, _LOWERED_DIGITS = "⁰¹²³⁴⁵⁶⁷⁸⁹", "₀₁₂₃₄₅₆₇₈₉"
_PLAIN_DIGITS = "0123456789"
_SIGN = r"(?:\d{1,3}|[a-z]|[*†‡§¶#~]{1,3})"
_MARK = re.compile(rf"[\[(]?(?:notes?\s*)?{_SIGN}(?:(?:\s*[,;&-]\s*|\s+and\s+|\s+){_SIGN})*[\])]?", re.IGNORECASE)
_ORDINAL = re.compile(r"\s*(?:st|nd|rd|th)\s*", re.IGNORECASE)
_UNIT = re.compile(r"(?i:.*\b[kcm]?m)|m")
_POWERS = frozenset({"2", "3"})
_END_IN_UNICODE = re.compile(
    rf"(?P<plain>.*?[^\s{_RAISED_DIGITS}])\s*(?P<mark>[{_RAISED_DIGITS}][{_RAISED_DIGITS},\s]*)"
)


class Height(StrEnum):
    """Where a run of text stands."""

    ON_THE_LINE = "baseline"
    RAISED = "superscript"
    LOWERED = "subscript"


@dataclass(frozen=True)
class Run:
    """A piece of a cell's text in one kind of type."""

    text: str
    height: Height = Height.ON_THE_LINE


@dataclass(frozen=True)
class Parted:
    """A cell's text, and the footnote mark that was taken off it, if any."""

    text: str
    mark: str = ""


def part_runs(runs: Sequence[Run]) -> Parted:
    """Part the text of a cell from a footnote mark.

    Parameters
    ----------
    runs : sequence of Run
        From left to right.

    Returns
    -------
    Parted
        The text without its mark where a raised mark stands at one end of it; else the text with raised and lowered
        digits as small ones. Ordinals (1st), units (km2) and words stay as they are.
    """
    full = [run for run in runs if run.text.strip()]
    plain = "".join(run.text for run in full if run.height is Height.ON_THE_LINE).strip()
    mark = "".join(run.text for run in full if run.height is not Height.ON_THE_LINE).strip(" ,;\n\t\u00a0")
    heights = [run.height for run in full]
    if not plain and any(map(str.isalpha, mark)):
        return Parted(mark)
    if not plain or Height.LOWERED in heights or not _is_at_one_end(heights):
        return Parted("".join(map(_write_small, full)).strip())
    if _ORDINAL.fullmatch(mark) or (mark in _POWERS and _UNIT.fullmatch(plain)) or not _MARK.fullmatch(mark):
        return Parted("".join(_write_small(run) if plain[-1].isdigit() else run.text for run in full).strip())
    return Parted(plain, mark)


def part_small_digits(text: str) -> Parted:
    """Part a text from the small raised digits of Unicode at its end: `"24¹"` is 24 with the mark 1."""
    found = _END_IN_UNICODE.fullmatch(text.strip())
    if not found:
        return Parted(text)
    mark = found["mark"].translate(str.maketrans(_RAISED_DIGITS, _PLAIN_DIGITS)).strip()
    return part_runs((Run(found["plain"]), Run(mark, Height.RAISED)))


def _is_at_one_end(heights: Sequence[Height]) -> bool:
    return sum(one is not other for one, other in pairwise(heights)) <= 1


def _write_small(run: Run) -> str:
    if run.height is Height.ON_THE_LINE:
        return run.text
    small = _RAISED_DIGITS if run.height is Height.RAISED else _LOWERED_DIGITS
    return run.text.translate(str.maketrans(_PLAIN_DIGITS, small))


_LONGEST_WORD = 64
_ODS_CONTENT = "content.xml"
_STYLES_OF_ODS = "styles.xml"
ODS_SPANS = frozenset({"span", "note", "a"})
_MOST_REPEATS = 1_000
_ODS_WORDS = (b":formula=", b':value-type="error"', b"-spanned=")
_XLSX_WORDS = (b"<f>", b"<f ", b"<f/", b":f>", b":f ", b't="e"')
_RAISED_WORDS = (b"vertAlign",)
_STRINGS, _STYLES = "xl/sharedStrings.xml", "xl/styles.xml"
_MOST_SOUGHT = 50
"""More raised texts than these are not sought one by one: the sheet is parsed."""
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
    parted : mapping of (int, int) to Parted
        Cells of which a part stands above or below the line: what to read in place of the value, and the footnote mark
        that was taken off it.
    heights : mapping of (int, int) to Height
        Cells that stand above or below the line as a whole.
    """

    formulas: frozenset[Cell] = frozenset()
    uncalculated: frozenset[Cell] = frozenset()
    shown: Mapping[Cell, str] = field(default_factory=dict)
    merged: tuple[tuple[Cell, Cell], ...] = ()
    parted: Mapping[Cell, Parted] = field(default_factory=dict)
    heights: Mapping[Cell, Height] = field(default_factory=dict)


def name_cell(row: int, column: int) -> str:
    """Name a cell as a spreadsheet does: row 3, column 1, both counted from 0, is `B4`."""
    letters = ""
    number = column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row + 1}"


class MarkFinder:
    """Finds what the sheets of one workbook hide; what they share is read once.

    Parameters
    ----------
    content : bytes
        A whole xlsx or ods file. Of any other format nothing is found.
    """

    def __init__(self, content: bytes) -> None:
        self._content = content

    def find(self, sheet: str) -> Marks:
        """Find the formulas, errors, merged cells and raised text of one sheet."""
        if not zipfile.is_zipfile(io.BytesIO(self._content)):
            return Marks()
        with zipfile.ZipFile(io.BytesIO(self._content)) as archive:
            if _ODS_CONTENT in archive.namelist():
                return self._ods_marks.get(sheet, Marks())
            part = self._parts.get(sheet, "")
            return self._find_in_xlsx(archive, part) if part in archive.namelist() else Marks()

    @cached_property
    def _parts(self) -> dict[str, str]:
        with zipfile.ZipFile(io.BytesIO(self._content)) as archive:
            return _list_xlsx_parts(archive)

    @cached_property
    def _raised(self) -> tuple[dict[int, tuple[Run, ...]], dict[int, Height]]:
        with zipfile.ZipFile(io.BytesIO(self._content)) as archive:
            return _read_raised_strings(archive), _read_raised_styles(archive)

    @cached_property
    def _ods_marks(self) -> dict[str, Marks]:
        with zipfile.ZipFile(io.BytesIO(self._content)) as archive:
            return _find_in_ods(archive)

    def _find_in_xlsx(self, archive: zipfile.ZipFile, part: str) -> Marks:
        strings, styles = self._raised
        sought = [*(b"<v>%d</v>" % index for index in strings), *(b' s="%d"' % index for index in styles)]
        is_few = len(sought) <= _MOST_SOUGHT
        if not _mentions(archive, part, (*_XLSX_WORDS, *_RAISED_WORDS, *(sought if is_few else [b"<"]))):
            return Marks()
        finder = _XlsxFinder(strings, styles)
        _parse(archive, part, finder.start, finder.end, finder.text)
        return finder.marks()


def _mentions(archive: zipfile.ZipFile, part: str, words: tuple[bytes, ...]) -> bool:
    before = b""
    for chunk in read_chunks(archive, part):
        text = before + chunk
        if any(word in text for word in words):
            return True
        before = text[-_LONGEST_WORD:]
    return False


def _parse(
    archive: zipfile.ZipFile,
    part: str,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None],
    text: Callable[[str], None],
) -> None:
    parser = make_parser()
    # Only the last part of a name matters here: the publisher's tool chooses the prefixes.
    parser.StartElementHandler = lambda name, attributes: start(
        name.rpartition(" ")[2], {key.rpartition(" ")[2]: value for key, value in attributes.items()}
    )
    parser.EndElementHandler = lambda name: end(name.rpartition(" ")[2])
    parser.CharacterDataHandler = text
    for chunk in read_chunks(archive, part):
        parser.Parse(chunk, False)
    parser.Parse(b"", True)


def _list_xlsx_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Find the member that holds each sheet, through the workbook's list and its relations."""
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
    return {
        name: posixpath.normpath(posixpath.join("xl", targets.get(identifier, ""))).lstrip("/")
        for name, identifier in sheets.items()
    }


class _Runs:
    """Collects the runs of a text of an xlsx file: `<r><rPr><vertAlign val="superscript"/></rPr><t>1</t></r>`."""

    def __init__(self) -> None:
        self.runs: list[Run] = []
        self._height = Height.ON_THE_LINE
        self._is_text = False
        self._inside_phonetic = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "r":
            self._height = Height.ON_THE_LINE
        elif name == "vertAlign":
            self._height = _read_height(attributes)
        elif name == "rPh":
            self._inside_phonetic = True
        self._is_text = name == "t" and not self._inside_phonetic

    def end(self, name: str) -> None:
        self._is_text = False
        if name == "rPh":
            self._inside_phonetic = False
        elif name == "r":
            self._height = Height.ON_THE_LINE

    def text(self, text: str) -> None:
        if self._is_text:
            self.runs.append(Run(text, self._height))

    @property
    def is_raised(self) -> bool:
        return any(run.height is not Height.ON_THE_LINE for run in self.runs)


def _read_height(attributes: Mapping[str, str]) -> Height:
    val = attributes.get("val", "")
    return Height(val) if val in set(Height) else Height.ON_THE_LINE


def _read_raised_strings(archive: zipfile.ZipFile) -> dict[int, tuple[Run, ...]]:
    """Read those shared strings of which a part stands above or below the line, by their number."""
    if _STRINGS not in archive.namelist() or not _mentions(archive, _STRINGS, _RAISED_WORDS):
        return {}
    found: dict[int, tuple[Run, ...]] = {}
    number, runs = -1, _Runs()

    def text(piece: str) -> None:
        runs.text(piece)

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal number, runs
        if name == "si":
            number, runs = number + 1, _Runs()
        runs.start(name, attributes)

    def end(name: str) -> None:
        runs.end(name)
        if name == "si" and runs.is_raised:
            found[number] = tuple(runs.runs)

    _parse(archive, _STRINGS, start, end, text)
    return found


def _read_raised_styles(archive: zipfile.ZipFile) -> dict[int, Height]:
    """Read which cell styles have a font above or below the line, by their number."""
    if _STYLES not in archive.namelist() or not _mentions(archive, _STYLES, _RAISED_WORDS):
        return {}
    fonts: list[Height] = []
    styles: list[Height] = []
    inside: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if inside[-1:] == ["fonts"] and name == "font":
            fonts.append(Height.ON_THE_LINE)
        elif inside[-2:] == ["fonts", "font"] and name == "vertAlign":
            fonts[-1] = _read_height(attributes)
        elif inside[-1:] == ["cellXfs"] and name == "xf":
            font = int(attributes.get("fontId", 0))
            styles.append(fonts[font] if font < len(fonts) else Height.ON_THE_LINE)
        inside.append(name)

    _parse(archive, _STYLES, start, lambda _: inside.__delitem__(-1), lambda _: None)
    return {number: height for number, height in enumerate(styles) if height is not Height.ON_THE_LINE}


class _XlsxFinder:
    """Collects the marks of one worksheet while its XML goes by."""

    def __init__(self, strings: Mapping[int, tuple[Run, ...]], styles: Mapping[int, Height]) -> None:
        self._strings, self._styles = strings, styles
        self._formulas: set[Cell] = set()
        self._calculated: set[Cell] = set()
        self._shown: dict[Cell, str] = {}
        self._parted: dict[Cell, Parted] = {}
        self._heights: dict[Cell, Height] = {}
        self._cell: Cell = (-1, -1)
        self._kind, self._value = "n", ""
        self._runs = _Runs()
        self._is_value = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "row":
            self._cell = (int(attributes.get("r", self._cell[0] + 2)) - 1, -1)
        elif name == "c":
            self._cell = self._place(attributes.get("r"))
            self._kind, self._value, self._runs = attributes.get("t", "n"), "", _Runs()
            if self._styles and (height := self._styles.get(int(attributes.get("s", 0)))):
                self._heights[self._cell] = height
        elif name == "f":
            self._formulas.add(self._cell)
        elif name == "v":
            self._calculated.add(self._cell)
            self._is_value = True
        else:
            self._runs.start(name, attributes)

    def end(self, name: str) -> None:
        self._is_value = self._is_value and name != "v"
        self._runs.end(name)
        if name == "c":
            self._note_cell()

    def text(self, text: str) -> None:
        if self._is_value:
            self._value += text
        else:
            self._runs.text(text)

    def marks(self) -> Marks:
        uncalculated = frozenset(self._formulas - self._calculated)
        formulas = frozenset(self._formulas)
        return Marks(formulas, uncalculated, self._shown, parted=self._parted, heights=self._heights)

    def _note_cell(self) -> None:
        if self._kind == "e":
            self._shown[self._cell] = self._value
        elif self._kind == "s" and self._strings and (runs := self._strings.get(int(self._value or -1))):
            self._parted[self._cell] = part_runs(runs)
        elif self._runs.is_raised:
            self._parted[self._cell] = part_runs(self._runs.runs)

    def _place(self, reference: str | None) -> Cell:
        found = _CELL.fullmatch(reference or "")
        if not found:
            return self._cell[0], self._cell[1] + 1
        column = 0
        for letter in found[1]:
            column = column * 26 + ord(letter) - ord("A") + 1
        return int(found[2]) - 1, column - 1


def _find_in_ods(archive: zipfile.ZipFile) -> dict[str, Marks]:
    styles = _read_ods_heights(archive)
    words = (*_ODS_WORDS, *(b'style-name="%s"' % name.encode() for name in styles), b"<text:note")
    if not _mentions(archive, _ODS_CONTENT, words):
        return {}
    finder = _OdsFinder(styles)
    _parse(archive, _ODS_CONTENT, finder.start, finder.end, finder.text)
    return finder.found


def _read_ods_heights(archive: zipfile.ZipFile) -> dict[str, Height]:
    """Read which styles set text above or below the line, by name: `style:text-position="super 58%"`."""
    found: dict[str, Height] = {}
    name = ""

    def start(element: str, attributes: dict[str, str]) -> None:
        nonlocal name
        if element == "style":
            name = attributes.get("name", "")
        elif element == "text-properties" and name and (position := attributes.get("text-position")):
            found[name] = read_position(position)

    for part in (_STYLES_OF_ODS, _ODS_CONTENT):
        if part in archive.namelist() and _mentions(archive, part, (b"text-position",)):
            _parse(archive, part, start, lambda _: None, lambda _: None)
    return {name: height for name, height in found.items() if height is not Height.ON_THE_LINE}


def read_position(position: str) -> Height:
    """Read where `style:text-position` sets text: "super 58%", "sub 58%", or by how much it is raised, "33% 58%"."""
    first = position.partition(" ")[0]
    if first == "super" or (first.endswith("%") and not first.startswith(("-", "0%"))):
        return Height.RAISED
    return Height.LOWERED if first == "sub" or first.startswith("-") else Height.ON_THE_LINE


class _OdsFinder:
    """Collects the marks of every table, by its name, while a document's XML goes by."""

    def __init__(self, styles: Mapping[str, Height]) -> None:
        self.found: dict[str, Marks] = {}
        self._styles = styles
        self._name = ""
        self._is_paragraph = self._is_marked = False
        self._row_repeats = self._column_repeats = 1
        self._clear()

    def _clear(self) -> None:
        self._row = self._column = 0
        self._formulas: set[Cell] = set()
        self._uncalculated: set[Cell] = set()
        self._shown: dict[Cell, str] = {}
        self._merged: list[tuple[Cell, Cell]] = []
        self._parted: dict[Cell, Parted] = {}
        self._heights: dict[Cell, Height] = {}
        self._runs: list[Run] = []
        self._spans: list[Height] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "table":
            self._name = attributes.get("name", "")
            self._clear()
        elif name == "table-row":
            self._column = 0
            self._row_repeats = int(attributes.get("number-rows-repeated", 1))
        elif name in {"table-cell", "covered-table-cell"}:
            self._column_repeats = int(attributes.get("number-columns-repeated", 1))
            self._note_cell(attributes)
        elif name == "p":
            self._is_paragraph = True
        elif name in ODS_SPANS:
            height = Height.RAISED if name == "note" else self._styles.get(attributes.get("style-name", ""))
            self._spans.append(height or (self._spans or [Height.ON_THE_LINE])[-1])

    def end(self, name: str) -> None:
        if name == "table-row":
            self._row += self._row_repeats
        elif name in {"table-cell", "covered-table-cell"}:
            if any(run.height is not Height.ON_THE_LINE for run in self._runs):
                self._parted.update(dict.fromkeys(self._repeats(), part_runs(self._runs)))
            self._column += self._column_repeats
            self._is_marked = False
        elif name == "table":
            self.found[self._name] = self._marks()
        elif name == "p":
            self._is_paragraph = False
        elif name in ODS_SPANS and self._spans:
            self._spans.pop()

    def text(self, text: str) -> None:
        if not self._is_paragraph:
            return
        self._runs.append(Run(text, self._spans[-1] if self._spans else Height.ON_THE_LINE))
        if self._is_marked:
            cell = (self._row, self._column)
            self._shown[cell] = self._shown.get(cell, "") + text

    def _marks(self) -> Marks:
        formulas, uncalculated = frozenset(self._formulas), frozenset(self._uncalculated)
        return Marks(formulas, uncalculated, self._shown, tuple(self._merged), self._parted, self._heights)

    def _repeats(self) -> Iterator[Cell]:
        """Give the cells that one element stands for; more than a table has are an empty end."""
        for row in range(self._row, self._row + min(self._row_repeats, _MOST_REPEATS)):
            for column in range(self._column, self._column + min(self._column_repeats, _MOST_REPEATS)):
                yield row, column

    def _note_cell(self, attributes: dict[str, str]) -> None:
        cell = (self._row, self._column)
        self._runs, self._spans = [], []
        is_formula = "formula" in attributes
        # LibreOffice says `calcext:value-type="error"` beside `office:value-type`; both end up under one name here.
        self._is_marked = is_formula or attributes.get("value-type") == "error"
        if is_formula:
            self._formulas.add(cell)
            if "value-type" not in attributes:
                self._uncalculated.add(cell)
        if "value-type" in attributes and (height := self._styles.get(attributes.get("style-name", ""))):
            self._heights.update(dict.fromkeys(self._repeats(), height))
        rows, columns = (int(attributes.get(f"number-{what}-spanned", 1)) for what in ("rows", "columns"))
        if rows > 1 or columns > 1:
            self._merged.append((cell, (cell[0] + rows - 1, cell[1] + columns - 1)))


_OLE_BEGINS = bytes.fromhex("D0CF11E0A1B11AE1")
_HEIGHTS = {0: Height.ON_THE_LINE, 1: Height.RAISED, 2: Height.LOWERED}
"""By `escapement` of a FONT record ([MS-XLS] 2.4.122)."""


def is_binary_workbook(content: bytes) -> bool:
    """Tell an xls file, or another of the same container, by its first bytes."""
    return content.startswith(_OLE_BEGINS)


class BinaryMarkFinder:
    """Finds what the sheets of one xls file hide; the fonts are read once.

    Parameters
    ----------
    content : bytes
        A whole xls file.
    """

    def __init__(self, content: bytes) -> None:
        self._content = content

    @cached_property
    def _book(self) -> Book:
        return xlrd.open_workbook(
            file_contents=self._content, formatting_info=True, on_demand=True, logfile=io.StringIO()
        )

    def find(self, name: str) -> Marks:
        """Find the errors and the raised and lowered text of one sheet.

        The file does not say whether a formula was calculated, so formulas are not told.

        Raises
        ------
        xlrd.XLRDError
            Where the file is damaged or locked by a password.
        """
        return _find_marks(self._book, name)


def _find_marks(book: Book, name: str) -> Marks:
    sheet = book.sheet_by_name(name)
    heights = [_HEIGHTS.get(font.escapement, Height.RAISED) for font in book.font_list]
    of_styles = [heights[style.font_index] for style in book.xf_list]
    shown: dict[Cell, str] = {}
    raised: dict[Cell, Height] = {}
    for row in range(sheet.nrows):
        for column, kind in enumerate(sheet.row_types(row)):
            if kind == xlrd.XL_CELL_ERROR:
                shown[row, column] = error_text_from_code.get(int(sheet.cell_value(row, column)), "#N/A")
            if kind not in {xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK}:
                height = of_styles[sheet.cell_xf_index(row, column)]
                if height is not Height.ON_THE_LINE:
                    raised[row, column] = height
    runs = {cell: _read_runs(sheet, cell, heights, of_styles) for cell in sheet.rich_text_runlist_map}
    parted = {
        cell: part_runs(found)
        for cell, found in runs.items()
        if any(run.height is not Height.ON_THE_LINE for run in found)
    }
    return Marks(shown=shown, parted=parted, heights=raised)


def _read_runs(sheet: Sheet, cell: Cell, heights: list[Height], of_styles: list[Height]) -> list[Run]:
    """Cut a text where its font changes; what comes before the first change has the font of the cell."""
    text = str(sheet.cell_value(*cell))
    changes = [(0, of_styles[sheet.cell_xf_index(*cell)])]
    changes += [(start, heights[font]) for start, font in sheet.rich_text_runlist_map[cell]]
    return [
        Run(text[start:end], height) for (start, height), (end, _) in pairwise([*changes, (len(text), changes[-1][1])])
    ]
