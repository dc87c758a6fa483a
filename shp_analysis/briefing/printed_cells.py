"""Every cell of every table of a page, as it was printed: what the charts draw, for whoever wants to count it again."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass, fields

from bs4 import BeautifulSoup, Tag

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


def list_cells(html: str, paper: str) -> Iterator[PrintedCell]:
    """List a page's cells, table by table, from left to right.

    Parameters
    ----------
    html : str
        The whole page.
    paper : str

    Yields
    ------
    PrintedCell
        Pictures give their words. Cells without words are left out.
    """
    for table in BeautifulSoup(html, "html.parser").select("table[id]"):
        caption = _words(table.caption) if table.caption else ""
        columns = [_words(heading) for heading in table.select("thead tr:last-child > *")]
        group = ""
        for row in table.select("tbody tr"):
            cells = row.find_all(["th", "td"], recursive=False)
            if "row-group" in (row.get("class") or ()):
                group = _words(row)
                continue
            name = next((_parts(cell)[0] for cell in cells if cell.name == "th"), "")
            for column, cell in zip(columns, cells, strict=True):
                text, detail = _parts(cell)
                if text or detail:
                    yield PrintedCell(paper, str(table["id"]), caption, group, name, column, text, detail)


def write_cells(cells: Iterable[PrintedCell]) -> str:
    """Write cells as CSV, so that no spreadsheet takes a partner's words for a formula."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(CELL_COLUMNS)
    writer.writerows([_disarm(text) for text in astuple(cell)] for cell in cells)
    return stream.getvalue()


def _parts(cell: Tag) -> tuple[str, str]:
    details = [_words(each) for each in cell.select(".cell-detail:not(.print-only), .hash")]
    picture = cell.find("img")
    if isinstance(picture, Tag):
        return str(picture.get("alt") or ""), " ".join(details)
    shown = [
        str(each)
        for each in cell.find_all(string=True)
        if not each.find_parent(class_=("cell-detail", "hash", "verdict-code", "print-only"))
    ]
    return " ".join(" ".join(shown).split()), " ".join(details)


def _words(tag: Tag) -> str:
    return " ".join(tag.get_text(" ").split())


def _disarm(text: str) -> str:
    return f"'{text}" if _FORMULA.match(text) else text
