"""Spreadsheets written part by part, in the three formats that publishers use."""

from __future__ import annotations

import base64
import io
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from xml.sax.saxutils import escape, quoteattr

from shp_analysis.readers.sheet_marks import name_cell


@dataclass(frozen=True)
class Formula:
    """A formula with the result that was saved for it, or with none."""

    result: str | float | None = None


@dataclass(frozen=True)
class Error:
    """A cell that shows an error, as a formula's result or pasted as a value."""

    shown: str


@dataclass(frozen=True)
class Merged:
    """A text over several cells; the cells it covers are written as None."""

    text: str
    rows: int = 1
    columns: int = 1


Value = str | float | bool | date | Formula | Error | Merged | None
Rows = Sequence[Sequence[Value]]

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OASIS = "urn:oasis:names:tc:opendocument:xmlns"
_DAY_ZERO = date(1899, 12, 30)


def write_xlsx(sheets: Mapping[str, Rows]) -> bytes:
    """Write a workbook as Excel does."""
    listed = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{n}" r:id="rId{n}"/>' for n, name in enumerate(sheets, start=1)
    )
    targets = "".join(
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, len(sheets) + 1)
    )
    styles = (
        f'<styleSheet xmlns="{_MAIN}"><fonts><font/></fonts><fills><fill/></fills><borders><border/></borders>'
        '<cellStyleXfs><xf/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>'
    )
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" '
        'ContentType="application/xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{targets}'
        f'<Relationship Id="rIdS" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": styles,
    }
    for n, rows in enumerate(sheets.values(), start=1):
        parts[f"xl/worksheets/sheet{n}.xml"] = _xlsx_sheet(rows)
    return _zip(parts)


def write_ods(sheets: Mapping[str, Rows]) -> bytes:
    """Write a workbook as LibreOffice does, down to the million empty rows at the end of each sheet."""
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
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        f'<manifest:manifest xmlns:manifest="{_OASIS}:manifest:1.0"><manifest:file-entry manifest:full-path="/" '
        f'manifest:media-type="{kind}"/></manifest:manifest>'
    )
    return _zip({"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": manifest})


def _zip(parts: Mapping[str, str]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return file.getvalue()


def _xlsx_sheet(rows: Rows) -> str:
    merged = [
        f'<mergeCell ref="{name_cell(r, c)}:{name_cell(r + value.rows - 1, c + value.columns - 1)}"/>'
        for r, row in enumerate(rows)
        for c, value in enumerate(row)
        if isinstance(value, Merged)
    ]
    body = "".join(
        f'<row r="{r + 1}">{"".join(_xlsx_cell(value, name_cell(r, c)) for c, value in enumerate(row))}</row>'
        for r, row in enumerate(rows)
    )
    cells = f"<mergeCells>{''.join(merged)}</mergeCells>" if merged else ""
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{body}</sheetData>{cells}</worksheet>'


def _xlsx_cell(value: Value, name: str) -> str:
    if value is None:
        return ""
    if isinstance(value, str | Merged):
        text = escape(value.text if isinstance(value, Merged) else value)
        return f'<c r="{name}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
    kind, inside = "", f"<v>{value}</v>"
    if isinstance(value, Formula):
        kind = ' t="str"' if isinstance(value.result, str) else ""
        inside = "<f>A1</f>" + ("" if value.result is None else f"<v>{escape(str(value.result))}</v>")
    elif isinstance(value, Error):
        kind, inside = ' t="e"', f"<f>1/0</f><v>{value.shown}</v>"
    elif isinstance(value, bool):
        kind, inside = ' t="b"', f"<v>{int(value)}</v>"
    elif isinstance(value, date):
        kind, inside = ' s="1"', f"<v>{(value - _DAY_ZERO).days}</v>"
    return f'<c r="{name}"{kind}>{inside}</c>'


def _ods_cell(value: Value) -> str:
    if value is None:
        return "<table:table-cell/>"
    kind, shown = 'office:value-type="string"', str(value)
    if isinstance(value, Formula):
        kind = 'table:formula="of:=[.A1]"'
        if isinstance(value.result, int | float):
            kind += f' office:value-type="float" office:value="{value.result}"'
        elif value.result is not None:
            kind += ' office:value-type="string"'
        shown = "" if value.result is None else str(value.result)
    elif isinstance(value, Error):
        kind = 'table:formula="of:=1/0" office:value-type="string" office:string-value="" calcext:value-type="error"'
        shown = value.shown
    elif isinstance(value, Merged):
        kind += f' table:number-columns-spanned="{value.columns}" table:number-rows-spanned="{value.rows}"'
        shown = value.text
    elif isinstance(value, bool):
        kind = f'office:value-type="boolean" office:boolean-value="{str(value).lower()}"'
    elif isinstance(value, date):
        kind = f'office:value-type="date" office:date-value="{value.isoformat()}"'
    elif isinstance(value, int | float):
        kind, shown = f'office:value-type="float" office:value="{value}"', f"{value:,}"
    return f"<table:table-cell {kind}><text:p>{escape(shown)}</text:p></table:table-cell>"


OLD_WORKBOOK = zlib.decompress(
    base64.b64decode(
        "eNrtWE9IFFEY/73ZmV1XXN31T6CBTEZaKlR06WKbaUqHFvNQEUHN5pSi7cbsSBhElnkMgk5FF8FLF6tLf+gPdesQGHUIgsAtOnUKCjqo0/e+mT"
        "HNPbhgkjG/5X3ve9+f/d68970/M2+mEzMT9+vy+AN7EMK8E0V4kUxQifqNOEjvOJL16xIqToB1hWgJTWRYw5PY64icQznfeSi4p74kCnyichzn"
        "kMpmTH0NsY/7YAjZhzahUu4puE2lHLXcr0qmp5hWMb3Ltk+Z7mXJNaZtZDsjjmE6mWre7eXxUaWBdeVEBR6yzweW7EQNXsk8vnRduLYa2q0BY+"
        "jfVNSrZZgEzVy3mTEtY2gG1TSFk/jh6MB3f62+0AP52soFSP5zqTxSQH5DUYFROCeFTMRxxNCkSo1GC842c1JwUXMFHUbOzM3SUox623AV0J7O"
        "Dtu63W/mTP30wJlhy8zF4Frq6RHdsEyDLNup0lPGWVPzdBSi17BN2q87yLV/wJKa7vNmxqZMSmX1TsM2iNvceeDw9h2bSmU83ibiS7aJGC+eMq"
        "J9qGA+wUsoTgfB7J1vbw+me5InWDLKR4N7gGyRTwwHl6UHOZcvaFzazB4tTK/wv25kvo5pNQ0E1Y09NR7TNcY2V1nbSHF2Md4lmxbxW4kf/3ro"
        "Uf345+Q24qe68xeqp94nJ9BAI9lH/vI3hlbRKm7dlHic9GvhbTUfmdYu23ZKlLjXd8c7JSswh1JmE+5RqlTigTSlbek31mJUw6xV1/GoqstGVY"
        "6HfOLn3FKolaCrirQPFbAPLYyf21LY2m+FqKV60dQC3ip7y/X3jPqrsncXz2sLUTeqVsBPY7+wF0djv8hCS0aVM/eFWn7eh9wsQaEsCRAgQIAA"
        "AQIEWFUIvkTBuzyBrzPy4hLxvuvMUZkPPpP8t+hFln42vZbuR4ZqCyNF5c8GaML/L7FCH/97ocQRim5hEGnux2DR+UuvEWLx86zYMb56S6jY+P"
        "PF9PMvx/8FSngQJw=="
    )
)
"""An xls file: `Notes`, and `Cases` with a merged title (B1:D1) and a table that heads on row 4 from column B:
Area Name, Cases, Rate | Cheshire, 17, 0.1 | Gwent, No Data, #DIV/0! (as text)."""
