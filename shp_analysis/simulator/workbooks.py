"""Workbooks of the simulated borough: a sheet of notes that says what they are, and sheets of tables."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import xlsxwriter

from shp_analysis.readers.readers import SIMULATED_MARK

NOTES_SHEET = "Notes"
SIMULATED_NOTE = f"{SIMULATED_MARK} data: every figure was generated, and none is about a real crime, person or force."
_CREATED = datetime(2025, 1, 1, tzinfo=UTC)
"""Written into every workbook in place of the time of day, which would make each another."""


def build_workbook(notes: Sequence[str], tables: Mapping[str, pd.DataFrame], *, above: Sequence[str] = ()) -> bytes:
    """Build a workbook, the same bytes for the same content.

    Parameters
    ----------
    notes : sequence of str
        Lines of the first sheet, after the one that says that the data are simulated.
    tables : mapping of str to pandas.DataFrame
        Sheets by name, in order; cells are text or numbers, and what is missing is an empty cell.
    above : sequence of str
        Lines above the headings of every sheet.

    Returns
    -------
    bytes
        An xlsx file.
    """
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"title": f"{SIMULATED_MARK} data", "created": _CREATED})
        book.add_worksheet(NOTES_SHEET).write_column(0, 0, [SIMULATED_NOTE, *notes])
        for name, table in tables.items():
            sheet = book.add_worksheet(name)
            sheet.write_column(0, 0, above)
            cells = table.astype(object).where(table.notna(), None)
            rows = [tuple(cells.columns), *cells.itertuples(index=False, name=None)]
            for number, row in enumerate(rows, start=len(above)):
                sheet.write_row(number, 0, row)
    return file.getvalue()


def write_file(path: Path, content: bytes) -> Path:
    """Write a file under a passing name and put it in place when it is whole."""
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_bytes(content)
    return unfinished.replace(path)
