"""Writing one cell of a spreadsheet as the text that the sheet shows."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from shp_analysis.errors import SourceError
from shp_analysis.readers.odd_cells import check_digits
from shp_analysis.readers.packages import LONGEST_TEXT
from shp_analysis.readers.sheet_marks import Cell, Marks, name_cell
from shp_analysis.readers.sheet_runs import Run, part_runs

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
