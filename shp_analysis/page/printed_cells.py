"""Every cell of every table of a page, as it was printed: what the charts draw, for whoever wants to count it again."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from shp_analysis.page.data_tables import Cell, CellContent, CellPicture, DataTable
from shp_analysis.page.parts import Sources
from shp_analysis.page.rendering import clean_text
from shp_analysis.reference.period_spellings import write_day

_FORMULA = re.compile(r"[=@\t\r]|[+\-](?![\d.])")
"""How a cell begins that a spreadsheet would run; "+45" is a number and stays one."""


@dataclass(frozen=True)
class PrintedCell:
    """One cell, with what leads to it.

    Attributes
    ----------
    paper : str
        Name of the page's notebook.
    table : str
        The table's id on the page.
    caption, group, row, column : str
        Headings of the table, of the rows it stands among, of its row and of its column.
    text, detail : str
        What is printed, and in small type under it.
    """

    paper: str
    table: str
    caption: str
    group: str
    row: str
    column: str
    text: str
    detail: str


CELL_COLUMNS = tuple(field.name for field in fields(PrintedCell))


def list_cells(tables: Iterable[DataTable | Sources], paper: str) -> Iterator[PrintedCell]:
    """List the cells of a page's tables, table by table, from left to right.

    Parameters
    ----------
    tables : iterable of DataTable or Sources
    paper : str

    Yields
    ------
    PrintedCell
        Pictures give their words. Cells without words are left out.
    """
    for table in tables:
        columns = [_words(each.heading) for each in table.columns] if isinstance(table, DataTable) else table.headings
        for group, row, printed in _list_rows(table):
            for column, (text, detail) in zip(columns, printed, strict=True):
                if text or detail:
                    words = (_words(table.caption), group, row, column, text, detail)
                    yield PrintedCell(paper, table.table_id, *map(clean_text, words))


def write_cells(cells: Iterable[PrintedCell]) -> str:
    """Write cells as CSV, so that no spreadsheet takes a partner's words for a formula."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(CELL_COLUMNS)
    writer.writerows([_disarm(text) for text in astuple(cell)] for cell in cells)
    return stream.getvalue()


def read_cells(path: Path) -> tuple[PrintedCell, ...]:
    """Read what `write_cells` wrote."""
    with path.open(encoding="utf-8", newline="") as stream:
        return tuple(PrintedCell(**{str(name): text for name, text in row.items()}) for row in csv.DictReader(stream))


def _list_rows(table: DataTable | Sources) -> Iterator[tuple[str, str, Sequence[tuple[str, str]]]]:
    """List the rows, each with the headings of its group and of its own."""
    if isinstance(table, Sources):
        for row in table.rows:
            file = (_words(row.file_name), f"{row.short_sha256}…")
            others = ((_words(each), "") for each in (row.publisher, write_day(row.received), row.licence))
            yield "", file[0], (file, *others)
        return
    place = next(number for number, column in enumerate(table.columns) if column.is_row_heading)
    for group in table.groups:
        for cells in group.rows:
            printed = [_print_cell(cell) for cell in cells]
            yield _words(group.heading), printed[place][0], printed


def _print_cell(cell: CellContent) -> tuple[str, str]:
    if isinstance(cell, CellPicture):
        return cell.alternative_text, ""
    return (_words(cell.text), _words(cell.detail)) if isinstance(cell, Cell) else (cell.word, "")


def _words(text: str) -> str:
    return " ".join(text.split())


def _disarm(text: str) -> str:
    return f"'{text}" if _FORMULA.match(text) else text
