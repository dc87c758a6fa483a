"""Small published files as grids of cells, and how they are written again: CSV, gz, xlsx, ods.

A mutation changes cells, headings or rows of a grid and writes it in the publisher's form, or changes the bytes.
"""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from xml.sax.saxutils import escape, quoteattr

import xlsxwriter

_OASIS = "urn:oasis:names:tc:opendocument:xmlns"
_ODS_KIND = "application/vnd.oasis.opendocument.spreadsheet"


@dataclass(frozen=True)
class Formula:
    """A formula with the result that was saved for it; None where nobody calculated it."""

    text: str
    result: str | float | None = None


@dataclass(frozen=True)
class ErrorCell:
    """A cell that shows an error, `#DIV/0!`."""

    shown: str


Value = str | float | bool | Formula | ErrorCell | None
Rows = list[list[Value]]


@dataclass(frozen=True)
class Base:
    """One small valid file of a publisher.

    Attributes
    ----------
    name : str
        The file's name as published.
    source : str
        Short name of the reader that claims it.
    form : str
        "csv", "csv.gz", "xlsx", "ods" or "json".
    sheets : mapping of str to list of lists
        Cells, sheet by sheet; a CSV has one sheet, called "".
    sheet : str
        The sheet that is mutated.
    top : int
        Index of the row of headings in it.
    first, bottom : int
        Index of the first row of the table, and of the row after its last; 0 stands for what follows `top` and for
        the end.
    newline, encoding : str
        How a CSV is written.
    rows_repeat : bool
        Whether the publisher's own files hold rows that are equal in every cell, because nothing in a row tells one
        event from another.
    blocks_repeat : bool
        Whether whole files have been published twice over: City of London's searches of July 2020 are.
    content : bytes
        The file where it is no grid.
    """

    name: str
    source: str
    form: str
    sheets: Mapping[str, Rows] = field(default_factory=dict, repr=False)
    sheet: str = ""
    top: int = 0
    first: int = 0
    bottom: int = 0
    newline: str = "\n"
    encoding: str = "utf-8"
    rows_repeat: bool = False
    blocks_repeat: bool = False
    content: bytes = field(default=b"", repr=False)

    @property
    def is_grid(self) -> bool:
        """Whether it has cells."""
        return bool(self.sheets)

    @property
    def is_text(self) -> bool:
        """Whether it is a CSV."""
        return self.form == "csv"

    @property
    def grid(self) -> Rows:
        """The rows of the sheet that is mutated, copied."""
        return [list(row) for row in self.sheets[self.sheet]]

    @property
    def body(self) -> range:
        """Where the table's rows are."""
        return range(self.first or self.top + 1, self.bottom or len(self.sheets[self.sheet]))

    def with_grid(self, rows: Rows) -> Base:
        """Give the same file with other cells."""
        return replace(self, sheets={**self.sheets, self.sheet: rows})

    def to_bytes(self) -> bytes:
        """Write the file."""
        if not self.sheets:
            return self.content
        if self.form == "xlsx":
            return write_xlsx(self.sheets)
        if self.form == "ods":
            return write_ods(self.sheets)
        text = encode(write_csv(self.sheets[self.sheet], self.newline), self.encoding)
        return gzip.compress(text, mtime=0) if self.form == "csv.gz" else text


def encode(text: str, encoding: str) -> bytes:
    """Write text in a file's own encoding, or in UTF-8 where that lacks a sign."""
    try:
        return text.encode(encoding)
    except UnicodeEncodeError:
        return text.encode("utf-8")


def show(value: Value) -> str:
    """Write a cell as a CSV has it."""
    if value is None:
        return ""
    if isinstance(value, Formula):
        return value.text
    return value.shown if isinstance(value, ErrorCell) else str(value)


def write_csv(rows: Rows, newline: str = "\n", *, quote_all: bool = False, delimiter: str = ",") -> str:
    """Write rows as CSV."""
    text = io.StringIO(newline="")
    quoting = csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL
    writer = csv.writer(text, lineterminator=newline, quoting=quoting, delimiter=delimiter)
    writer.writerows([[show(cell) for cell in row] for row in rows])
    return text.getvalue()


def read_csv(content: bytes, encoding: str = "utf-8") -> Rows:
    """Read a CSV into a grid of text."""
    return [list(row) for row in csv.reader(io.StringIO(content.decode(encoding), newline=""))]


def write_xlsx(sheets: Mapping[str, Rows], *, hidden: Sequence[str] = (), merged: Sequence[str] = ()) -> bytes:
    """Write a workbook as Excel does.

    Parameters
    ----------
    sheets : mapping of str to list of lists
    hidden : sequence of str
        Sheets that are not shown.
    merged : sequence of str
        Ranges of the last sheet that are one cell, `B3:C3`.
    """
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "nan_inf_to_errors": True}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for row, cells in enumerate(rows):
                for column, cell in enumerate(cells):
                    _write_xlsx_cell(sheet, row, column, cell)
            if name in hidden:
                sheet.hide()
            if merged and name == list(sheets)[-1]:
                for place in merged:
                    sheet.merge_range(place, "")
    return file.getvalue()


def _write_xlsx_cell(sheet: xlsxwriter.worksheet.Worksheet, row: int, column: int, cell: Value) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, Formula):
        sheet.write_formula(row, column, cell.text, None, "" if cell.result is None else cell.result)
    elif isinstance(cell, ErrorCell):
        sheet.write_formula(row, column, "=1/0", None, cell.shown)
    elif isinstance(cell, bool):
        sheet.write_boolean(row, column, cell)
    elif isinstance(cell, str):
        sheet.write_string(row, column, cell)
    else:
        sheet.write_number(row, column, cell)


def write_ods(sheets: Mapping[str, Rows]) -> bytes:
    """Write a workbook as LibreOffice does, down to the million empty rows at the end of a sheet."""
    tables = "".join(
        f"<table:table table:name={quoteattr(name)}>"
        + "".join(f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in rows)
        + '<table:table-row table:number-rows-repeated="1048000"><table:table-cell '
        'table:number-columns-repeated="16384"/></table:table-row></table:table>'
        for name, rows in sheets.items()
    )
    content = (
        f'<office:document-content xmlns:office="{_OASIS}:office:1.0" xmlns:table="{_OASIS}:table:1.0" '
        f'xmlns:text="{_OASIS}:text:1.0" '
        'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0" office:version="1.3">'
        f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = (
        f'<manifest:manifest xmlns:manifest="{_OASIS}:manifest:1.0"><manifest:file-entry manifest:full-path="/" '
        f'manifest:media-type="{_ODS_KIND}"/></manifest:manifest>'
    )
    return write_zip({"mimetype": _ODS_KIND, "content.xml": content, "META-INF/manifest.xml": manifest})


def _ods_cell(cell: Value) -> str:
    if cell is None or cell == "":
        return "<table:table-cell/>"
    kind, shown = 'office:value-type="string"', show(cell)
    if isinstance(cell, Formula):
        kind = f'table:formula="of:{escape(cell.text)}"'
        if isinstance(cell.result, int | float):
            kind += f' office:value-type="float" office:value="{cell.result}"'
        elif cell.result is not None:
            kind += ' office:value-type="string"'
        shown = "" if cell.result is None else str(cell.result)
    elif isinstance(cell, ErrorCell):
        kind = 'table:formula="of:=1/0" office:value-type="string" office:string-value="" calcext:value-type="error"'
    elif isinstance(cell, bool):
        kind = f'office:value-type="boolean" office:boolean-value="{str(cell).lower()}"'
    elif not isinstance(cell, str):
        kind, shown = f'office:value-type="float" office:value="{cell}"', f"{cell:,}"
    return f"<table:table-cell {kind}><text:p>{escape(shown)}</text:p></table:table-cell>"


def write_zip(parts: Mapping[str, str | bytes], *, packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Write an archive."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", packing) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()
