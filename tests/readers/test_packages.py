"""Workbooks that claim far more than they hold: refused in a sentence before they are parsed."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Mapping

import pytest
from sheet_files import OLD_WORKBOOK, write_ods, write_xlsx

from shp_analysis.errors import SourceError
from shp_analysis.readers import packages
from shp_analysis.readers.packages import MOST_SHEETS, check_package
from shp_analysis.readers.strict_sheet import open_workbook, read_sheet
from shp_analysis.store.intake import ingest

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET = "xl/worksheets/sheet1.xml"
GRID = [["Name", "Number"], ["ann", 7]]
XLSX, ODS = write_xlsx({"Table": GRID}), write_ods({"Table": GRID})


def unpack(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def pack(parts: Mapping[str, bytes | str]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def with_rows(body: str) -> bytes:
    text = f'<worksheet xmlns="{MAIN}"><dimension ref="A1:XFD1048576"/><sheetData>{body}</sheetData></worksheet>'
    return pack(unpack(XLSX) | {SHEET: text})


def with_ods(old: str, new: str) -> bytes:
    parts = unpack(ODS)
    return pack(parts | {"content.xml": parts["content.xml"].decode().replace(old, new, 1)})


def cell(reference: str) -> str:
    return f'<c r="{reference}"><v>1</v></c>'


def row_of_ods(rows: int, columns: int, value: str = 'office:value-type="float" office:value="1"') -> str:
    return (
        f'<table:table-row table:number-rows-repeated="{rows}"><table:table-cell '
        f'table:number-columns-repeated="{columns}" {value}/></table:table-row><table:table-row>'
    )


ENTITY = '<!DOCTYPE x [<!ENTITY e "lol">]>'
FAR = "far more than it fills"
HOSTILE: Mapping[str, tuple[bytes, str]] = {
    "two cells": (with_rows(f'<row r="1">{cell("A1")}</row><row r="1048576">{cell("XFD1048576")}</row>'), FAR),
    "two cells in one row": (with_rows(f'<row r="1">{cell("XFD1048576")}{cell("A1")}</row>'), FAR),
    "two cells, quoted singly": (
        with_rows(f"<row r='1'>{cell('A1')}</row><row r='99999'><c r='ZZ99999'><v>1</v></c></row>"), FAR,
    ),
    "a last column": (with_rows(f'<row r="1">{cell("A1")}</row><row r="900">{cell("XFD900")}</row>'), FAR),
    "cells without a name": (
        with_rows(f"<row>{'<c><v>1</v></c>' * 9000}</row>{'<row/>' * 900}<row><c><v>1</v></c></row>"), FAR,
    ),
    "rows that repeat": (with_ods("<table:table-row>", row_of_ods(1_000_000, 3)), FAR),
    "cells that repeat": (with_ods("<table:table-row>", row_of_ods(100, 16_384)), FAR),
    "a filled cell after empty ones": (
        with_ods("<table:table-row>", '<table:table-row><table:table-cell table:number-columns-repeated="99999"/>'
                 '<table:table-cell office:value-type="string"/></table:table-row>'
                 '<table:table-row table:number-rows-repeated="99"/><table:table-row>'), FAR,
    ),
    "an entity": (pack(unpack(XLSX) | {SHEET: ENTITY.encode() + unpack(XLSX)[SHEET]}), "declares a document type"),
    "an entity of the styles": (
        pack(unpack(XLSX) | {"xl/styles.xml": ENTITY.encode() + unpack(XLSX)["xl/styles.xml"]}),
        "xl/styles.xml declares a document type",
    ),
    "an entity in UTF-16": (
        pack(unpack(XLSX) | {SHEET: (ENTITY + unpack(XLSX)[SHEET].decode()).encode("utf-16")}),
        "declares a document type",
    ),
    "an entity of an ods": (
        pack(unpack(ODS) | {"content.xml": ENTITY.encode() + unpack(ODS)["content.xml"]}), "declares a document type",
    ),
    "no end of a comment": (pack(unpack(XLSX) | {SHEET: b"<!--" + b"-a" * 40_000}), "has no element in its first"),
    "shared strings": (
        pack(unpack(XLSX) | {"xl/sharedStrings.xml": "<sst>" + "<si><t>a</t></si>" * 300_000 + "</sst>"}),
        "sharedStrings.xml: would unpack to",
    ),
    "styles": (pack(unpack(XLSX) | {"xl/styles.xml": "<xf/>" * 600_000}), "styles.xml: would unpack to"),
    "parts": (pack(unpack(XLSX) | {f"xl/x/{n}.xml": b"" for n in range(3_000)}), "parts; at most 2,000"),
    "sheets": (write_xlsx({f"s{n}": [] for n in range(MOST_SHEETS + 1)}), "has 301 sheets; at most 300"),
    "a binary workbook": (pack(unpack(XLSX) | {"xl/workbook.bin": b"\x00"}), "xlsb"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_workbook_that_claims_far_more_than_it_holds_is_refused(name):
    content, told = HOSTILE[name]
    assert len(content) < 600_000
    with pytest.raises(SourceError) as refusal:
        open_workbook(content, "file.xlsx")
    message = str(refusal.value)
    assert message.startswith("file.xlsx")
    assert told in message
    assert message.endswith(".")


@pytest.mark.parametrize("name", ["two cells", "an entity", "shared strings", "parts", "rows that repeat"])
def test_a_delivery_of_one_is_refused_with_the_reason(tmp_path, name):
    content, told = HOSTILE[name]
    path = tmp_path / ("table.ods" if "repeat" in name else "table.xlsx")
    path.write_bytes(content)
    with pytest.raises(SourceError, match=told):
        ingest(path, folder=tmp_path / "data")


@pytest.mark.parametrize("write", [write_xlsx, write_ods])
def test_ordinary_workbooks_pass_whatever_their_shape(write):
    rng = random.Random(5)  # noqa: S311
    long = [[rng.randrange(10**6) for _ in range(8)] for _ in range(3_000)]
    wide = [[rng.randrange(10**6) for _ in range(900)] for _ in range(20)]
    sparse = [[None] * 60 for _ in range(400)]
    sparse[399][59] = "here"
    book = open_workbook(write({"long": long, "wide": wide, "sparse": sparse}), "file")
    assert len(read_sheet(book, "long").rows) == 3_000
    assert len(read_sheet(book, "wide").rows[0]) == 900
    assert read_sheet(book, "sparse").rows[399][59] == "here"


@pytest.mark.parametrize("write", [write_xlsx, write_ods])
def test_the_measure_of_a_sheet_is_its_last_filled_row_times_its_last_filled_column(write):
    content = write({"a": [[1, None, 3], [None, 2, None], []]})
    part, measure = ("content.xml", packages._measure_ods) if write is write_ods else (SHEET, packages._measure_exactly)
    with packages.open_package(io.BytesIO(content), "file") as archive:
        assert measure(archive, part, 10**9) == 6


def test_a_cell_longer_than_a_spreadsheet_lets_it_be_is_refused():
    content = write_xlsx({"Table": [["x" * 32_768]]})
    with pytest.raises(SourceError, match="cell A1 holds 32,768 characters"):
        read_sheet(open_workbook(content, "file.xlsx"), "Table")


def test_an_old_binary_workbook_passes():
    check_package(OLD_WORKBOOK, "file.xls")
    assert read_sheet(open_workbook(OLD_WORKBOOK, "file.xls"), "Cases").rows
