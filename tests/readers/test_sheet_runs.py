"""Footnote marks above the line: never joined to the number before them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from partner_return_files import read_returns
from reader_checks import claim, read_all
from sheet_files import write_ods

from shp_analysis.errors import SourceError
from shp_analysis.readers import home_office
from shp_analysis.readers.deliveries import open_delivery
from shp_analysis.readers.partner_returns_workbook import COLUMNS
from shp_analysis.readers.sheet_marks import Height, Run, part_runs, part_small_digits
from shp_analysis.readers.sheet_starts import read_sheet_starts
from shp_analysis.readers.strict_sheet import open_workbook, read_sheet
from shp_analysis.store.intake import ingest

CASES = Path(__file__).parents[3] / "shared" / "cases"
UP, DOWN, LINE = Height.RAISED, Height.LOWERED, Height.ON_THE_LINE
Runs = Sequence[tuple[str, Height]]
HEADINGS = (
    *("Financial Year", "Financial Quarter", "Police Force", "CSP Name", "Offence Description", "Offence Group"),
    *("Offence Subgroup", "Offence Code", "Offence Count"),
)
RECORD = (
    *("2024/25", "Q1", "Cheshire", "Halton", "Theft or unauthorised taking of a pedal cycle", "Theft offences"),
    *("Bicycle theft", "44", "24"),
)


def write_shared(rows: Sequence[Sequence[str | Runs]], name: str = "Table") -> bytes:
    """Write a workbook as Excel does: texts are shared, and a text in several kinds of type is in runs."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        scripts = {UP: book.add_format({"font_script": 1}), DOWN: book.add_format({"font_script": 2})}
        sheet = book.add_worksheet(name)
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                if isinstance(cell, str):
                    sheet.write_string(row, column, cell)
                elif len(cell) == 1:
                    sheet.write_string(row, column, cell[0][0], scripts[cell[0][1]])
                else:
                    parts = [part for text, height in cell for part in (scripts.get(height), text) if part]
                    sheet.write_rich_string(row, column, *parts)
    return file.getvalue()


def write_inline(rows: Sequence[Sequence[str | Runs]], name: str = "Table") -> bytes:
    """Write a workbook with the texts in the cells themselves."""
    book = openpyxl.Workbook(write_only=False)
    sheet = book.active
    sheet.title = name
    for row, cells in enumerate(rows, start=1):
        for column, cell in enumerate(cells, start=1):
            if isinstance(cell, str):
                sheet.cell(row, column, cell)
            else:
                blocks = [
                    text if height is LINE else TextBlock(InlineFont(vertAlign=height), text) for text, height in cell
                ]
                sheet.cell(row, column).value = CellRichText(*blocks)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def write_open_document(rows: Sequence[Sequence[str | Runs]], name: str = "Table") -> bytes:
    """Write a workbook as LibreOffice does: a span has a style, and the style says that it is raised."""
    words = {UP: "super 58%", DOWN: "-33% 58%"}
    places = {UP: "T1", DOWN: "T2"}
    shown = [
        [cell if isinstance(cell, str) else f"@{r},{c}@" for c, cell in enumerate(row)] for r, row in enumerate(rows)
    ]
    with zipfile.ZipFile(io.BytesIO(write_ods({name: shown}))) as archive:
        parts = {part: archive.read(part).decode() for part in archive.namelist()}
    text = parts["content.xml"]
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            if not isinstance(cell, str):
                spans = "".join(
                    part if height is LINE else f'<text:span text:style-name="{places[height]}">{part}</text:span>'
                    for part, height in cell
                )
                text = text.replace(f"@{r},{c}@", spans)
    styles = "".join(
        f'<style:style style:name="{place}" style:family="text"><style:text-properties '
        f'style:text-position="{words[height]}"/></style:style>'
        for height, place in places.items()
    )
    text = text.replace(
        "<office:body>",
        f'<office:automatic-styles xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0">{styles}'
        "</office:automatic-styles><office:body>",
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for part, content in (parts | {"content.xml": text}).items():
            archive.writestr(part, content)
    return file.getvalue()


EVERY_FORM = pytest.mark.parametrize("write", [write_shared, write_inline, write_open_document])


@pytest.mark.parametrize(
    ("runs", "text", "mark"),
    [
        ([("24", LINE), ("1", UP)], "24", "1"),
        ([("24 ", LINE), ("1, 2", UP)], "24", "1, 2"),
        ([("1,024", LINE), ("[note 3]", UP)], "1,024", "[note 3]"),
        ([("24", LINE), ("r", UP)], "24", "r"),
        ([("1", UP), ("24", LINE)], "24", "1"),
        ([("Halton", LINE), ("1", UP)], "Halton", "1"),
        ([("2024/25", LINE), ("a", UP)], "2024/25", "a"),
        ([("1", LINE), ("2", UP), ("4", LINE)], "1²4", ""),
        ([("12", UP)], "¹²", ""),
        ([("12", LINE), ("1", DOWN)], "12₁", ""),
        ([("per km", LINE), ("2", UP)], "per km2", ""),
        ([("25", LINE), ("th", UP)], "25th", ""),
        ([("Provisional", UP)], "Provisional", ""),
        ([("Halton", LINE), (" (provisional)", UP)], "Halton (provisional)", ""),
    ],
)
def test_a_mark_is_taken_off_or_stays_small(runs, text, mark):
    parted = part_runs([Run(*run) for run in runs])
    assert (parted.text, parted.mark) == (text, mark)


@pytest.mark.parametrize(
    ("written", "text"), [("24¹", "24"), ("24 ¹ ²", "24"), ("Halton²", "Halton"), ("per km²", "per km²"), ("¹²", "¹²")]
)
def test_small_digits_of_unicode_are_marks_too(written, text):
    assert part_small_digits(written).text in {text, text.replace("²", "2")}


@EVERY_FORM
def test_raised_text_is_read_in_every_form_of_workbook(write, caplog):
    rows = [
        ["Name", "Number"],
        [[("Halton", LINE), ("2", UP)], [("12", LINE), ("1", UP)]],
        ["Widnes", [("1", LINE), ("2", DOWN)]],
        ["Runcorn", "121"],
    ]
    sheet = read_sheet(open_workbook(write(rows), "file"), "Table")
    assert sheet.rows == (("Name", "Number"), ("Halton", "12"), ("Widnes", "1₂"), ("Runcorn", "121"))
    assert caplog.messages == ["file > Table: " + sheet.remarks[-1]]
    assert "2 cells carry a footnote mark" in sheet.remarks[-1]


@EVERY_FORM
def test_a_workbook_is_recognised_without_its_marks(tmp_path, write):
    suffix = ".ods" if write is write_open_document else ".xlsx"
    path = tmp_path / f"file{suffix}"
    path.write_bytes(write([[[("Offence Count", LINE), ("1", UP)], "Name"]]))
    with open_delivery(path) as [member]:
        assert [sheet.rows[0] for sheet in read_sheet_starts(member)] == [("Offence Count", "Name")]


def test_a_cell_whose_style_is_raised_is_no_number():
    sheet = read_sheet(open_workbook(write_shared([["Name", [("12", UP)]], ["a", "b"]]), "file"), "Table")
    assert sheet.rows[0] == ("Name", "¹²")


@EVERY_FORM
@pytest.mark.parametrize(
    ("column", "runs"),
    [
        (8, [("24", LINE), ("1", UP)]),
        (8, [("24", LINE), ("[note 1]", UP)]),
        (3, [("Halton", LINE), ("1", UP)]),
        (0, [("2024/25", LINE), ("1", UP)]),
        (7, [("44", LINE), ("1", UP)]),
    ],
)
def test_a_published_count_is_read_without_its_footnote(tmp_path, write, column, runs):
    rows = [list(HEADINGS), list(RECORD)]
    rows[1][column] = runs
    records = read_crimes(tmp_path, write(rows, "2024_25"), write)
    [record] = records.to_dict("records")
    assert (record["recorded_crimes"], record["csp_name"], record["offence_code"]) == (24, "Halton", "44")
    assert record["financial_year"] == "2024-25"


@EVERY_FORM
def test_marks_are_logged_once_for_a_sheet_though_several_readers_look_at_it(tmp_path, write, caplog):
    path = tmp_path / f"prc-csp-mar2025-tables{'.ods' if write is write_open_document else '.xlsx'}"
    path.write_bytes(write([HEADINGS, [*RECORD[:8], [("24", LINE), ("1", UP)]]], "2024_25"))
    ingest(path, folder=tmp_path / "data", received_on=date(2025, 7, 24))
    assert [message for message in caplog.messages if "above the line" in message] == caplog.messages
    assert len(caplog.messages) == 1


@EVERY_FORM
@pytest.mark.parametrize("runs", [[("2", LINE), ("1", UP), ("4", LINE)], [("24", LINE), ("1", DOWN)]])
def test_a_mark_that_cannot_be_told_from_the_number_is_refused(tmp_path, write, runs):
    rows = [list(HEADINGS), [*RECORD[:8], runs]]
    with pytest.raises(SourceError, match=r"2024_25.*row 2, column 'Offence Count' says"):
        read_crimes(tmp_path, write(rows, "2024_25"), write)


@pytest.mark.parametrize(
    "value", ["24¹", "24 ¹", "24*", "24 [r]", "24 (1)", "24[note 1]", "24 [note 1]", "²⁴", "24₁", "24r", "24†"]
)
def test_other_marks_beside_a_number_are_read_without_or_refused(tmp_path, value):
    rows = [list(HEADINGS), [*RECORD[:8], value]]
    if value.startswith("24") and value.endswith("¹"):
        assert read_crimes(tmp_path, write_shared(rows, "2024_25"), write_shared)["recorded_crimes"].tolist() == [24]
        return
    with pytest.raises(SourceError, match="row 2, column 'Offence Count' says"):
        read_crimes(tmp_path, write_shared(rows, "2024_25"), write_shared)


def read_crimes(folder, content, write):
    path = folder / f"prc-csp-mar2025-tables{'.ods' if write is write_open_document else '.xlsx'}"
    path.write_bytes(content)
    assert claim(home_office.READER, path)
    return read_all(home_office.READER, path)["home_office_crime_csp"]


@pytest.mark.parametrize("write", [write_shared, write_inline])
@pytest.mark.parametrize("column", ["value", "period", "organisation"])
def test_a_return_with_a_footnote_mark_is_refused(tmp_path, write, column):
    row = dict.fromkeys(COLUMNS, "") | {
        "measure": "marac_repeat_cases",
        "period": "2025-26 Q1",
        "area": "Halton",
        "breakdown": "total",
        "category": "all",
        "value": "12",
        "organisation": "Halton MARAC",
        "contact_role": "Coordinator",
        "completeness": "complete",
    }
    path = tmp_path / "halton-marac.xlsx"
    path.write_bytes(write([list(COLUMNS), list(row.values())], "Returns"))
    assert read_returns(path)["value"].tolist() == [12]
    marked = [[(cell, LINE), ("1", UP)] if name == column else cell for name, cell in row.items()]
    path.write_bytes(write([list(COLUMNS), marked], "Returns"))
    with pytest.raises(SourceError, match=r"halton-marac.xlsx > Returns: row 2, cell [A-Z]2 .* footnote mark '1'"):
        read_returns(path)


@pytest.mark.skipif(not CASES.exists(), reason="the shared cases are not beside the project")
def test_the_cases_are_never_read_as_241_and_121():
    path = CASES / "ho-count-rich-superscript" / "prc-csp-mar2025-tables.xlsx"
    assert read_all(home_office.READER, path)["home_office_crime_csp"]["recorded_crimes"].sum() == 128
    with pytest.raises(SourceError, match="says '12' with the footnote mark '1'"):
        read_returns(CASES / "return-value-rich-superscript" / "r.xlsx")
