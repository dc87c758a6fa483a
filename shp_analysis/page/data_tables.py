"""Tables that a person, a screen reader and a sheet of A4 can all read: captioned, with scoped headings.

`build_table` is the one way in. It takes text that is already formatted (see `shp_analysis.page.style`) and
refuses bare numbers, so that no table can print more decimals than the number style allows.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

import pandas as pd

from shp_analysis.errors import BriefingError
from shp_analysis.page.rendering import Part, Picture
from shp_analysis.page.style import VerdictMark, mark_verdict

MOST_COLUMNS_ON_PHONE = 4
EMPTY_CELL = "–"
"""Stands where there is nothing to print: a screen reader passes over an empty cell without a word."""

Alignment = Literal["left", "right", "centre"]


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Attributes
    ----------
    key : str
        The name of the value in each row.
    heading : str
        What the reader sees above the column; never empty.
    align : {"left", "right", "centre"}
        Words to the left, numbers to the right.
    is_row_heading : bool
        This column says what the row is about; at least one column of a table must.
    is_verdict : bool
        The cells are verdicts: shown with letter, symbol and word.
    is_on_paper : bool
        Whether the column is printed, or left to the web edition because a sheet is narrower than a desk.
    """

    key: str
    heading: str
    align: Alignment = "left"
    is_row_heading: bool = False
    is_verdict: bool = False
    is_on_paper: bool = True

    @property
    def css_class(self) -> str:
        """The classes of its cells."""
        return self.align if self.is_on_paper else f"{self.align} screen-only"


@dataclass(frozen=True)
class Cell:
    """A cell with a second line: the number, and what it rests on in smaller type below it.

    Attributes
    ----------
    text, detail : str
        The first line and the one below it.
    on_paper : str
        A further line on paper alone: what a column says that paper leaves out.
    """

    text: str
    detail: str = ""
    on_paper: str = ""


@dataclass(frozen=True)
class CellPicture:
    """A small picture in a cell, such as a sparkline, with the words for those who cannot see it."""

    svg: Picture
    alternative_text: str

    def __post_init__(self) -> None:
        if not self.alternative_text.strip():
            raise BriefingError("A picture in a table cell has no alternative text. Say in words what it shows.")


CellContent = Cell | CellPicture | VerdictMark


@dataclass(frozen=True)
class RowGroup:
    """Rows that belong together under a heading of their own (empty where a table is not grouped)."""

    heading: str
    rows: tuple[tuple[CellContent, ...], ...]


@dataclass(frozen=True, repr=False)
class DataTable(Part):
    """A table as it is printed. Build it with `build_table`.

    Attributes
    ----------
    caption : str
        What the table shows; it names the table for a screen reader too.
    columns : tuple of Column
        From left to right.
    groups : tuple of RowGroup
        From top to bottom; one without a heading where the table is not grouped.
    note : str
        Printed under the table: shorthand, what a range means.
    table_id : str
        Made from what the table says, so the same table has the same id in every run.
    is_on_paper : bool
        Whether it is printed, or left to the web edition for want of room; paper then says so.
    """

    caption: str
    columns: tuple[Column, ...]
    groups: tuple[RowGroup, ...]
    note: str
    table_id: str
    is_on_paper: bool = True
    kind = "data_table"

    @property
    def is_grouped(self) -> bool:
        """Its rows stand in groups with headings of their own."""
        return any(group.heading for group in self.groups)

    @property
    def is_wide(self) -> bool:
        """Too many columns for a phone: the table then scrolls sideways under its row headings."""
        return len(self.columns) > MOST_COLUMNS_ON_PHONE

    def __str__(self) -> str:
        rows = sum(len(group.rows) for group in self.groups)
        return f"Table: {self.caption} ({rows} rows, {len(self.columns)} columns)"


def build_table(
    rows: pd.DataFrame | Iterable[Mapping[str, object]],
    *,
    caption: str,
    columns: Sequence[Column],
    group_by: str | None = None,
    note: str = "",
) -> DataTable:
    """Build a table for the page from text that is already formatted.

    Parameters
    ----------
    rows : DataFrame or iterable of mappings
        One row each; holds every column's `key`. A value is text, a `Cell`, a `CellPicture`, or for a verdict
        column one of the verdict words. None, NaN and blank text print as a dash. Other keys are not printed.
    caption : str
        What the table shows, with its unit and period.
    columns : sequence of Column
        What is printed, from left to right.
    group_by : str, optional
        The key whose value heads a group of rows; rows that belong together stand together.
    note : str, default ""
        A line under the table.

    Returns
    -------
    DataTable
        Show it as the last value of a cell, or give it to a `Figure`.

    Raises
    ------
    BriefingError
        No caption, no row heading, an empty heading, a column that the rows do not hold, a number where text
        is due, or a word that is no verdict (a `RequestError`).
    """
    _check_columns(caption, columns)
    records = _list_records(rows)
    groups = tuple(
        RowGroup(heading, tuple(_read_row(record, columns, caption) for record in members))
        for heading, members in groupby(records, key=lambda record: str(record[group_by]) if group_by else "")
    )
    return DataTable(caption, tuple(columns), groups, note, _name_table(caption, groups))


def _list_records(rows: pd.DataFrame | Iterable[Mapping[str, object]]) -> list[dict[str, object]]:
    if isinstance(rows, pd.DataFrame):
        return [{str(key): value for key, value in record.items()} for record in rows.to_dict("records")]
    return [dict(row) for row in rows]


def _check_columns(caption: str, columns: Sequence[Column]) -> None:
    if not caption.strip():
        raise BriefingError("A table has no caption. Say what it shows: the measure, its unit and the period.")
    if not any(column.is_row_heading for column in columns):
        raise BriefingError(f"The table '{caption}' has no row heading. Mark one column is_row_heading=True.")
    empty = [column.key for column in columns if not column.heading.strip()]
    if empty:
        raise BriefingError(f"The table '{caption}' has no heading over {', '.join(empty)}. Give it one.")


def _read_row(record: Mapping[str, object], columns: Sequence[Column], caption: str) -> tuple[CellContent, ...]:
    missing = [column.key for column in columns if column.key not in record]
    if missing:
        raise BriefingError(
            f"The table '{caption}' has no column {', '.join(missing)}. Its rows hold: {', '.join(map(str, record))}."
        )
    return tuple(_read_cell(record[column.key], column, caption) for column in columns)


def _read_cell(value: object, column: Column, caption: str) -> CellContent:
    if isinstance(value, Cell | CellPicture):
        return value
    if _is_blank(value):
        return Cell(EMPTY_CELL)
    if not isinstance(value, str):
        raise BriefingError(
            f"The table '{caption}' holds {value!r} in '{column.key}', and a table takes text. Format "
            "it first with shp_analysis.page.style: format_count, format_percent, format_rate."
        )
    return mark_verdict(value) if column.is_verdict else Cell(value)


def _is_blank(value: object) -> bool:
    if isinstance(value, str):
        return not value.strip()
    return value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and math.isnan(value))


def _name_table(caption: str, groups: tuple[RowGroup, ...]) -> str:
    words = re.sub(r"[^a-z0-9]+", "-", caption.lower()).strip("-")[:24].strip("-")
    return f"table-{words}-{hashlib.sha256(repr((caption, groups)).encode(errors='replace')).hexdigest()[:6]}"
