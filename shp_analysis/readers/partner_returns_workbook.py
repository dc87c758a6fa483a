"""A partner's workbook: what a spreadsheet can hide, and the one sheet that is read.

A reader of values does not see that a row is hidden, a cell shows 12% and holds 0.12, or a second sheet came along.
Whatever could make the file say another thing than its reader sees, or carry what nobody looks at, is refused. Every
row below the headings is read, whatever empty rows stand between them.
"""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Mapping
from typing import TYPE_CHECKING

import openpyxl
import pandas as pd

from shp_analysis.errors import SourceError
from shp_analysis.readers.partner_returns_cells import COLUMNS
from shp_analysis.readers.personal_data import check_texts
from shp_analysis.readers.sheet_marks import name_cell
from shp_analysis.readers.strict_sheet import Sheet, open_workbook, read_sheet, read_table
from shp_analysis.readers.strict_sheet import Workbook as OpenedWorkbook

if TYPE_CHECKING:
    from openpyxl.workbook.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

RETURNS_SHEET = "Returns"
NOTES_SHEET = "Read me"
MEASURES_SHEET = "Measures"
LISTS_SHEET = "Lists"
SHEETS = (NOTES_SHEET, RETURNS_SHEET, MEASURES_SHEET, LISTS_SHEET)
"""The sheets of the template, in order."""
STOWAWAYS: Mapping[str, str] = {
    "xl/vbaProject": "macros",
    "xl/macrosheets": "macros",
    "xl/comments": "comments on cells",
    "xl/threadedComments": "comments on cells",
    "xl/persons": "comments on cells",
    "xl/externalLinks": "links to other workbooks",
    "xl/pivotCache": "a pivot table, which keeps a copy of the rows it was made from",
    "xl/embeddings": "embedded files",
    "xl/media": "pictures",
    "xl/connections": "links to databases",
}
"""Parts of a workbook that nobody looks at and that may carry anything, by how their names begin."""
LARGEST_UNPACKED_BYTES = 8 << 20
"""The template with a year's return unpacks to less than two megabytes."""
_ADVICE = "Copy the values into a new template, and send that."


def read_returns_sheet(content: bytes, label: str) -> pd.DataFrame:
    """Read the sheet of returns as text.

    Parameters
    ----------
    content : bytes
        An xlsx file.
    label : str
        How messages name the file.

    Returns
    -------
    pandas.DataFrame
        `COLUMNS`, indexed by row in the sheet; an empty cell is missing.

    Raises
    ------
    SourceError
        Where the workbook carries macros, comments, links, pivot tables, pictures or other sheets than the template's;
        where a sheet, row or column is hidden; where a cell is a formula, is merged, shows a percentage or carries a
        footnote mark; and where the table is not the template's.
    """
    workbook = open_workbook(content, label)
    _check_stowaways(content, label)
    _check_sheets(workbook.sheet_names, label)
    _check_hidden(content, label)
    sheet = read_sheet(workbook, RETURNS_SHEET)
    _check_particulars(sheet)
    if sheet.marks.formulas:
        cell = min(sheet.marks.formulas)
        message = (
            f"{sheet.label}: row {cell[0] + 1}, cell {name_cell(*cell)} is a formula ({len(sheet.marks.formulas):,} "
            "cells are). Paste values in place of formulas."
        )
        raise SourceError(message)
    _check_raised(sheet)
    table = read_table(sheet, {name: name for name in COLUMNS}, formulas=True, gaps=True)
    _check_above(sheet)
    _check_other_sheets(workbook)
    return table


def _check_above(sheet: Sheet) -> None:
    for number, row in enumerate(sheet.rows, start=1):
        filled = [cell for cell in row if cell]
        if set(COLUMNS) <= {cell.strip() for cell in filled}:
            return
        if len(filled) > 1:
            message = (
                f"{sheet.label}: row {number} holds {len(filled)} cells and stands above the row of headings. Put it "
                "below them, or take it out."
            )
            raise SourceError(message)


def _check_other_sheets(workbook: OpenedWorkbook) -> None:
    # The template's other sheets have some of the headings, and none has these two.
    for name in workbook.sheet_names:
        sheet = read_sheet(workbook, name)
        is_return = any({"measure", "value"} <= {cell.strip().lower() for cell in row if cell} for row in sheet.rows)
        if is_return and name != RETURNS_SHEET:
            message = f"{sheet.label}: the sheet has the headings of a return. Put its rows on '{RETURNS_SHEET}'."
            raise SourceError(message)


def _check_raised(sheet: Sheet) -> None:
    for cell, parted in sorted(sheet.marks.parted.items()):
        if parted.mark:
            message = (
                f"{sheet.label}: row {cell[0] + 1}, cell {name_cell(*cell)} says {parted.text[:80]!r} with the "
                f"footnote mark {parted.mark[:20]!r}. Take the mark out, and write what the footnote says into 'note'."
            )
            raise SourceError(message)


def _check_particulars(sheet: Sheet) -> None:
    # Before the table is read, since a refusal of a stray cell quotes it.
    for row in range(len(sheet.rows)):
        check_texts([cell for cell in sheet.rows[row] if cell], f"{sheet.label}: row {row + 1}")


def _check_stowaways(content: bytes, label: str) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        size = sum(part.file_size for part in archive.infolist())
    if size > LARGEST_UNPACKED_BYTES:
        message = (
            f"{label}: unpacks to {size:,} bytes, and a return to at most {LARGEST_UNPACKED_BYTES:,}: cells far below "
            f"or beside the table are formatted, or it carries something else. {_ADVICE}"
        )
        raise SourceError(message)
    for start, what in STOWAWAYS.items():
        if any(name.startswith(start) for name in names):
            raise SourceError(f"{label}: the workbook holds {what}, and may not. {_ADVICE}")


def _check_sheets(names: tuple[str, ...], label: str) -> None:
    other = [name for name in names if name not in SHEETS]
    if RETURNS_SHEET not in names or other:
        what = f"has a sheet '{other[0]}'" if other else f"has no sheet '{RETURNS_SHEET}'"
        message = f"{label}: the workbook {what}; allowed: {', '.join(SHEETS)}. {_ADVICE}"
        raise SourceError(message)


def _check_hidden(content: bytes, label: str) -> None:
    try:
        with warnings.catch_warnings():
            # What the library cannot keep when it saves does not matter to one that only looks.
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(content), keep_links=False)
    except Exception as error:  # On a damaged file the library may raise anything.
        message = f"{label}: cannot be read as a workbook ({error}). {_ADVICE}"
        raise SourceError(message) from error
    _check_hidden_sheets(book, label)
    sheet = book[RETURNS_SHEET]
    where = f"{label} > {RETURNS_SHEET}"
    _check_hidden_lines(sheet, where)
    _check_formats(sheet, where)


def _check_hidden_sheets(book: Workbook, label: str) -> None:
    hidden = [sheet.title for sheet in book.worksheets if sheet.sheet_state != "visible"]
    if hidden:
        raise SourceError(f"{label}: the sheet '{hidden[0]}' is hidden. Show it, or take it out.")


def _check_hidden_lines(sheet: Worksheet, where: str) -> None:
    rows = sorted(number for number, row in sheet.row_dimensions.items() if row.hidden or row.height == 0)
    columns = sorted(name for name, column in sheet.column_dimensions.items() if column.hidden or column.width == 0)
    if rows or columns:
        what = f"row {rows[0]}" if rows else f"column {columns[0]}"
        count = len(rows) + len(columns)
        more = f" ({count} rows or columns are)" if count > 1 else ""
        raise SourceError(f"{where}: {what} is hidden or filtered out{more}. Show it, and take out what is not sent.")


def _check_formats(sheet: Worksheet, where: str) -> None:
    for row in sheet.iter_rows():
        for cell in row:
            if isinstance(cell.value, int | float) and "%" in str(cell.number_format):
                message = (
                    f"{where}: row {cell.row}, cell {cell.coordinate} is formatted as a percentage, so that it shows "
                    "another number than it holds. Give a count, and its base in 'of'."
                )
                raise SourceError(message)
