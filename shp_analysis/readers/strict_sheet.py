"""Reading a sheet of a workbook strictly, as text, with a refusal that names the row.

The sibling of `strict_csv`. A sheet has more ways to mislead than a CSV: its table begins somewhere below a title, a
merged heading belongs to several columns, a cell may be a formula that nobody calculated or an error that reads as
nothing, a long identifier was rounded, and notes stand below the last row. Each is found, and refused or told.
"""

from __future__ import annotations

import io
import logging
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property, lru_cache, partial
from typing import Any
from xml.parsers import expat

import pandas as pd
from python_calamine import CalamineError
from xlrd.biffh import XLRDError
from xlrd.compdoc import CompDocError

from shp_analysis.errors import SourceError, suggest
from shp_analysis.readers.deliveries import Member
from shp_analysis.readers.packages import LONGEST_TEXT, MOST_CELLS, check_package, check_sheets
from shp_analysis.readers.sheet_marks import (
    BinaryMarkFinder,
    Cell,
    MarkFinder,
    Marks,
    Parted,
    Run,
    is_binary_workbook,
    name_cell,
    part_runs,
    part_small_digits,
)
from shp_analysis.readers.strict_csv import SWAPPED, check_cell, check_digits, find_swapped

MOST_DIGITS = 15
"""A spreadsheet keeps no more digits of a number than these: a longer identifier was rounded."""

Value = str | float | bool | date | time | datetime | timedelta
"""What calamine makes of a cell."""


def write_cell(value: Value, cell: Cell, marks: Marks, label: str) -> str | None:
    """Write one cell as text.

    Parameters
    ----------
    value : str, float, bool, date, time, datetime or timedelta
    cell : (int, int)
        Its row and column, both counted from 0.
    marks : Marks
        The sheet's formulas, errors and raised text.
    label : str
        How messages name the sheet.

    Returns
    -------
    str or None
        None for an empty cell. A footnote mark is left out (`sheet_runs.part_runs`).

    Raises
    ------
    SourceError
        Where a number has more digits than a spreadsheet keeps, or a text holds digits of another script.
    """
    if cell in marks.parted and isinstance(value, str):
        text: str | None = marks.parted[cell].text
    else:
        text = _write_value(value, cell, marks, label)
    if text and cell in marks.heights:
        text = part_runs((Run(text, marks.heights[cell]),)).text
    if text and not text.isascii():
        check_digits(text, f"{label}: cell {name_cell(*cell)}")
    return text


def _write_value(value: Value, cell: Cell, marks: Marks, label: str) -> str | None:
    if isinstance(value, str):
        if len(value) > LONGEST_TEXT:
            message = (
                f"{label}: cell {name_cell(*cell)} holds {len(value):,} characters; a spreadsheet lets a cell have "
                f"{LONGEST_TEXT:,}. Use the file as published."
            )
            raise SourceError(message)
        return (value if value.strip() else None) or marks.shown.get(cell)
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return _write_number(value, cell, label)
    return _write_time(value)


def _write_number(value: float, cell: Cell, label: str) -> str:
    if float(value).is_integer():
        if abs(value) >= 10**MOST_DIGITS:
            message = (
                f"{label}: cell {name_cell(*cell)} holds the number {value:.0f}, and a spreadsheet keeps only "
                f"{MOST_DIGITS} digits: the rest was lost. Use the file as published, with this column as text."
            )
            raise SourceError(message)
        return str(int(value))
    return f"{value:.{MOST_DIGITS}g}"


def _write_time(value: date | time | datetime | timedelta) -> str:
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    return str(value) if isinstance(value, timedelta) else value.isoformat()


_log = logging.getLogger(__name__)
LOWEST_HEADING_ROW = 100
"""Titles and notes above a table take up fewer rows than these."""
DAMAGE = (
    CalamineError,
    XLRDError,
    CompDocError,
    AssertionError,  # how xlrd notices what cannot be
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    expat.ExpatError,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    LookupError,
    RuntimeError,
)
"""What the libraries raise on one or other damaged, encrypted or unsupported file."""

_FIGURE = re.compile(r"\s*(?:[-+<]?\d[\d, ]*(?:\.\d+)?%?|\[\w{1,4}\]|[*.:–-]{1,3})\s*")
"""A number, or a mark that stands for one."""

Row = tuple[str | None, ...]


@dataclass(frozen=True)
class Workbook:
    """An opened spreadsheet file.

    Attributes
    ----------
    label : str
        How messages name the file.
    sheet_names : tuple of str
        Its worksheets in their order, hidden ones too; charts are left out.
    content : bytes
        The file.
    book : object
        calamine's own workbook.
    marks : MarkFinder or BinaryMarkFinder
        Finds what its cells hide.
    """

    label: str
    sheet_names: tuple[str, ...]
    content: bytes = field(repr=False)
    book: Any = field(repr=False)

    @cached_property
    def marks(self) -> MarkFinder | BinaryMarkFinder:  # noqa: D102 - see the class
        is_binary = is_binary_workbook(self.content)
        return BinaryMarkFinder(self.content) if is_binary else MarkFinder(self.content)


@dataclass(frozen=True)
class Sheet:
    """One worksheet, every cell as text.

    Attributes
    ----------
    label : str
        How messages name it: `file.ods > 2020_21`.
    rows : tuple of tuple
        From row 1 and column A on, whatever is empty there; an empty cell is None.
    remarks : tuple of str
        Sentences about formulas and merged cells, for the log.
    marks : Marks
        Where those are.
    """

    label: str
    rows: tuple[Row, ...] = field(repr=False)
    remarks: tuple[str, ...] = ()
    marks: Marks = field(default_factory=Marks, repr=False)


def open_workbook(content: bytes, label: str) -> Workbook:
    """Open a spreadsheet file and list its sheets.

    Parameters
    ----------
    content : bytes
        An xls, xlsx or ods file; what it is is told by its content, never by its name.
    label : str
        How messages name the file.

    Raises
    ------
    SourceError
        Where the file is empty, damaged, locked by a password, no spreadsheet at all, or beyond the limits of
        `packages`.
    """
    if not content:
        message = f"{label}: the file is empty. Fetch it again."
        raise SourceError(message)
    with _refusing_damage(partial(_describe_damage, content, label)):
        check_package(content, label)
        file = pd.ExcelFile(io.BytesIO(content), engine="calamine")
        names = tuple(str(name) for name in file.sheet_names)
    check_sheets(names, label)
    return Workbook(label, names, content, file.book)


def read_sheet(workbook: Workbook, name: str) -> Sheet:
    """Read one sheet whole, as `look_at_sheet` does, and log which footnote marks were left out."""
    sheet = look_at_sheet(workbook, name)
    if raised := _describe_raised(sheet.marks):
        _log.warning("%s: %s", sheet.label, raised)
    return sheet


def look_at_sheet(workbook: Workbook, name: str) -> Sheet:
    """Read one sheet whole to see what it is, without a word in the log.

    A number is written without a trailing `.0` and with at most 15 digits, a date as 2024-04-01, a truth as TRUE. What
    a formula shows is its saved result. An error cell says what it shows, `#DIV/0!`. A footnote
    mark above the line is left out; one that cannot be told from the text keeps its small digits.

    Raises
    ------
    SourceError
        Where there is no such sheet, it cannot be read, or a number in it has more digits than a spreadsheet keeps.
    """
    if name not in workbook.sheet_names:
        near = suggest(name, workbook.sheet_names)
        message = (
            f"{workbook.label}: there is no sheet '{name}'; its sheets are {', '.join(workbook.sheet_names)}. "
            f"{near + ' ' if near else ''}Use the file as published."
        )
        raise SourceError(message)
    label = f"{workbook.label} > {name}"
    with _refusing_damage(lambda error: f"{label}: the sheet is damaged ({error}). Fetch the file again."):
        sheet = workbook.book.get_sheet_by_name(name)
        _check_extent(sheet, workbook, label)
        cells = sheet.to_python(skip_empty_area=False)
        marks = workbook.marks.find(name)
    if sheet.merged_cell_ranges:
        marks = replace(marks, merged=tuple(sheet.merged_cell_ranges))
    marks = replace(marks, parted={**_part_small_digits(cells), **marks.parted})
    rows = tuple(
        tuple(write_cell(value, (row, column), marks, label) for column, value in enumerate(values))
        for row, values in enumerate(cells)
    )
    return Sheet(label, rows, tuple(_describe_marks(marks)), marks)


def find_headings(sheet: Sheet, likely: Collection[str]) -> tuple[str, ...]:
    """Find the row that holds most of the likely headings, and give all of its headings.

    Parameters
    ----------
    sheet : Sheet
    likely : collection of str
        Headings of any of the layouts that the publisher has used; case and underscores do not matter.

    Returns
    -------
    tuple of str
        The headings as they are written there, from left to right; empty where no row has two of them.
    """
    words = {fold_heading(heading) for heading in likely}
    best = max(
        sheet.rows[:LOWEST_HEADING_ROW],
        key=lambda row: len(words & {fold_heading(cell) for cell in row if cell}),
        default=(),
    )
    headings = tuple(_plain(cell) for cell in best if cell)
    return headings if len(words & {fold_heading(heading) for heading in headings}) > 1 else ()


def fold_heading(heading: str) -> str:
    """Fold a heading for comparison: one case, and spaces for underscores and line breaks."""
    return _plain(heading).replace("_", " ").casefold()


def read_table(sheet: Sheet, columns: Mapping[str, str], *, formulas: bool = False, gaps: bool = False) -> pd.DataFrame:
    """Read the one table of a sheet into a frame of text, under tidy column names.

    The heading row is the first that holds all the headings. The table ends at the first empty row; below it only
    notes may stand, which hold no number under a heading but the first.

    Parameters
    ----------
    sheet : Sheet
    columns : mapping of str to str
        The publisher's headings (runs of spaces and line breaks as one space), each with its tidy name. All must be
        there, no other may be; order is free, and so is where the table begins.
    formulas : bool
        Whether text that is a formula is let through, for a reader that refuses it in words of its own.
    gaps : bool
        Whether everything down to the last filled row is the table, empty rows and all, in a layout without notes.

    Returns
    -------
    pandas.DataFrame
        Text columns in the order of `columns`; an empty cell is missing. The index is the spreadsheet row number.

    Raises
    ------
    SourceError
        Where headings are missing, repeated, unknown or merged; a cell stands under no heading, is merged or is a
        formula without a result; or the table goes on below an empty row.
    """
    top = _find_heading_row(sheet, columns)
    places = {_plain(cell): column for column, cell in enumerate(sheet.rows[top]) if cell}
    empty = (row for row in range(top + 1, len(sheet.rows)) if _is_empty(sheet.rows[row]))
    bottom = len(sheet.rows) if gaps else next(empty, len(sheet.rows))
    _check_merged(sheet, top, bottom)
    _check_strays(sheet, range(top + 1, bottom), set(places.values()))
    _check_formulas(sheet, range(top + 1, bottom))
    _check_below(sheet, bottom, sorted(places.values()))
    for row in range(top + 1, bottom):
        for column, cell in enumerate(sheet.rows[row]):
            if cell is not None:
                place = f"{sheet.label}: row {row + 1}, cell {name_cell(row, column)}"
                check_cell(cell, place, formulas=formulas)
    body = sheet.rows[top + 1 : bottom]
    frame = pd.DataFrame(
        {tidy: [row[places[heading]] for row in body] for heading, tidy in columns.items()},
        index=pd.RangeIndex(top + 2, bottom + 1),
        dtype="str",
    )
    frame.attrs[SWAPPED] = find_swapped(list(places), list(columns))
    return frame


@contextmanager
def _refusing_damage(describe: Callable[[BaseException], str]) -> Iterator[None]:
    try:
        yield
    except DAMAGE as error:
        raise SourceError(describe(error)) from error
    except BaseException as error:
        # On some damage calamine's Rust gives up with an exception that is no Exception.
        if type(error).__name__ != "PanicException":
            raise
        raise SourceError(describe(error)) from error


def _check_extent(sheet: Any, workbook: Workbook, label: str) -> None:  # noqa: ANN401 - calamine's own sheet
    # Of a package this was checked before it was parsed; of the old binary format it is known only now.
    cells = sheet.total_height * sheet.total_width
    if not zipfile.is_zipfile(io.BytesIO(workbook.content)) and cells > max(MOST_CELLS, len(workbook.content)):
        message = (
            f"{label}: the sheet spans {cells:,} cells, far more than it fills. Delete the cells far below or beside "
            "the table, or use the file as published."
        )
        raise SourceError(message)


def _describe_damage(content: bytes, label: str, error: BaseException) -> str:
    begins = content[:20].decode("ascii", "replace").strip()
    if begins.startswith("<"):
        return f"{label}: is a web page (it begins {begins!r}) and no spreadsheet. Fetch the file again, not its page."
    return (
        f"{label}: cannot be read as a spreadsheet ({error}). It is damaged, cut short or locked by a password: fetch "
        "it again."
    )


def _describe_marks(marks: Marks) -> list[str]:
    remarks = []
    if marks.formulas:
        remarks.append(
            f"{len(marks.formulas):,} cells are formulas (the first is {name_cell(*min(marks.formulas))}); their saved "
            "results are read."
        )
    if marks.merged:
        remarks.append(f"Merged cells: {', '.join(map(_name_range, marks.merged))}.")
    if raised := _describe_raised(marks):
        remarks.append(raised)
    return remarks


def _describe_raised(marks: Marks) -> str:
    raised = sorted(cell for cell, parted in marks.parted.items() if parted.mark)
    if not raised:
        return ""
    what = "1 cell carries" if len(raised) == 1 else f"{len(raised):,} cells carry"
    return f"{what} a footnote mark above the line, which is not read (the first is {name_cell(*raised[0])})."


def _part_small_digits(rows: Sequence[Sequence[Any]]) -> dict[Cell, Parted]:
    """Find the texts that end in a small raised digit of Unicode."""
    found = {
        (row, column): part_small_digits(value)
        for row, values in enumerate(rows)
        for column, value in enumerate(values)
        if isinstance(value, str) and not value.isascii()
    }
    return {cell: parted for cell, parted in found.items() if parted.mark}


def _name_range(merged: tuple[Cell, Cell]) -> str:
    return f"{name_cell(*merged[0])}:{name_cell(*merged[1])}"


def _plain(heading: str) -> str:
    return " ".join(heading.split())


def _is_empty(row: Row) -> bool:
    return all(cell is None for cell in row)


def _find_heading_row(sheet: Sheet, columns: Mapping[str, str]) -> int:
    found = [[_plain(cell) for cell in row if cell] for row in sheet.rows[:LOWEST_HEADING_ROW]]
    top = next((row for row, headings in enumerate(found) if set(columns) <= set(headings)), None)
    if top is None:
        raise SourceError(_describe_missing(sheet, found, columns))
    headings = found[top]
    repeated = sorted({heading for heading in headings if headings.count(heading) > 1})
    extra = [heading for heading in headings if heading not in columns]
    if repeated or extra:
        what = "is there more than once" if repeated else "is not known"
        raise SourceError(_describe_headings(sheet.label, top, [f"column {_quote(repeated or extra)} {what}"], columns))
    return top


def _describe_missing(sheet: Sheet, found: Sequence[list[str]], columns: Mapping[str, str]) -> str:
    wanted = {fold_heading(heading) for heading in columns}
    hits = [len(wanted & {fold_heading(heading) for heading in headings}) for headings in found]
    if not any(hits):
        return (
            f"{sheet.label}: no row holds any of the headings {', '.join(columns)}. Is it another sheet or another "
            "table? Use the file as published."
        )
    top = hits.index(max(hits))
    complaints = []
    for heading in columns:
        if heading not in found[top]:
            near = suggest(heading, [other for other in found[top] if other not in columns])
            complaints.append(f"column '{heading}' is missing" + (f" (is it now {near[13:-1]!r}?)" if near else ""))
    merged = [_name_range(each) for each in sheet.marks.merged if each[0][0] <= top <= each[1][0]]
    if merged:
        complaints.append(f"the cells {', '.join(merged)} are merged")
    return _describe_headings(sheet.label, top, complaints, columns)


def _describe_headings(label: str, top: int, complaints: list[str], columns: Mapping[str, str]) -> str:
    return (
        f"{label}: row {top + 1}: {'; '.join(complaints)}. Expected: {', '.join(columns)}. If the publisher changed "
        "the layout, the reader must be taught the new one first; otherwise use the file as published."
    )


def _quote(words: Sequence[str]) -> str:
    return ", ".join(map(repr, words))


def _check_merged(sheet: Sheet, top: int, bottom: int) -> None:
    for merged in sheet.marks.merged:
        (first, _), (last, _) = merged
        if first < bottom and last >= top:
            what = "headings" if first <= top else "values"
            message = (
                f"{sheet.label}: row {max(first, top) + 1}: the cells {_name_range(merged)} are merged, so that one of "
                f"the {what} stands for several. Take the cells apart as the publisher means them, or use the file "
                "as published."
            )
            raise SourceError(message)


def _check_strays(sheet: Sheet, rows: range, known: set[int]) -> None:
    for row in rows:
        for column, cell in enumerate(sheet.rows[row]):
            if cell is not None and column not in known:
                message = (
                    f"{sheet.label}: row {row + 1}, cell {name_cell(row, column)} says {cell[:80]!r} and stands under "
                    "no heading. Use the file as published."
                )
                raise SourceError(message)


def _check_formulas(sheet: Sheet, rows: range) -> None:
    without = sorted(cell for cell in sheet.marks.uncalculated if cell[0] in rows)
    if without:
        message = (
            f"{sheet.label}: row {without[0][0] + 1}, cell {name_cell(*without[0])} is a formula that no result was "
            f"saved for ({len(without):,} such cells). Open the file in a spreadsheet program and save it, or use the "
            "file as published."
        )
        raise SourceError(message)


def _check_below(sheet: Sheet, bottom: int, columns: Sequence[int]) -> None:
    # A note fills a cell or two with words; a number, or more than half a row, is a part of the table that was cut off.
    for row in range(bottom, len(sheet.rows)):
        filled = {column: cell for column, cell in enumerate(sheet.rows[row]) if cell is not None}
        has_number = any(_FIGURE.fullmatch(filled.get(column, "")) for column in columns[1:])
        if has_number or (2 * len(filled) > len(columns) and len(filled) > 1):
            message = (
                f"{sheet.label}: row {row + 1} begins {next(iter(filled.values()))[:40]!r} and looks like more of the "
                f"table, but row {bottom + 1} is empty. Take the empty row out, or use the file as published."
            )
            raise SourceError(message)


LARGEST_BYTES = 16 << 20
"""Reference workbooks are of a few megabytes at most; a larger one is none of them."""
WORKBOOKS = (".xls", ".xlsx", ".xlsm", ".ods")


@lru_cache(maxsize=1)
def open_small_workbook(member: Member) -> Workbook | None:
    """Open a workbook without reading its sheets; the last one is remembered, since every reader looks at it.

    Returns
    -------
    Workbook or None
        None where the file is no workbook by its name, is large, or cannot be opened: whoever it belongs to by its
        name will say what is wrong with it.
    """
    if member.path.suffix.lower() not in WORKBOOKS or member.size_bytes > LARGEST_BYTES:
        return None
    try:
        return open_workbook(member.read(), member.label)
    except SourceError:
        return None


def find_fault(member: Member) -> str:
    """Say which limit a workbook exceeds (`packages`); nothing of any other file."""
    if member.path.suffix.lower() not in WORKBOOKS or member.size_bytes > LARGEST_BYTES:
        return ""
    try:
        check_package(member.read(), member.label)
    except SourceError as error:
        return str(error)
    except DAMAGE:
        return ""
    return ""
