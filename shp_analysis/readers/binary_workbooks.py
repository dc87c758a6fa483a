"""What the cells of an old binary workbook (xls) hide from their values: errors and text above or below the line."""

from __future__ import annotations

import io
from functools import cached_property
from itertools import pairwise

import xlrd
from xlrd.biffh import error_text_from_code
from xlrd.book import Book
from xlrd.sheet import Sheet

from shp_analysis.readers.sheet_marks import Cell, Marks
from shp_analysis.readers.sheet_runs import Height, Run, part_runs

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
