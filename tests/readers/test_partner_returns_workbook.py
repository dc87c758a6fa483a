"""Partners' returns as workbooks, and what a spreadsheet can hide."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.worksheet.worksheet import Worksheet
from partner_return_files import make_row, read_returns
from reader_checks import claim, read_all

from shp_analysis.errors import SourceError
from shp_analysis.readers.partner_returns import READER
from shp_analysis.readers.partner_returns_workbook import COLUMNS

NAME = "halton-marac-2024-25-Q3.xlsx"
Change = Callable[[Worksheet], object]


def write_workbook(folder: Path, change: Change = lambda sheet: None, name: str = NAME) -> Path:
    """Write a return of two rows as a workbook: headings in row 1, cases in row 2, repeat cases in row 3."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Returns"
    sheet.append(list(COLUMNS))
    for row in (make_row("marac_cases", ""), make_row("marac_repeat_cases", "")):
        sheet.append([row[column] or None for column in COLUMNS])
    sheet["G2"], sheet["G3"] = 45, 9
    change(sheet)
    book.save(folder / name)
    return folder / name


def set_cells(**cells) -> Change:
    def change(sheet: Worksheet) -> None:
        for name, value in cells.items():
            sheet[name] = value

    return change


def refuse(path: Path, *fragments: str, never: str = "\0") -> None:
    with pytest.raises(SourceError) as refusal:
        read_returns(path)
    message = str(refusal.value)
    for fragment in (path.name, *fragments):
        assert fragment in message, message
    assert never not in message


def test_a_workbook_is_found_by_its_sheet_and_read(tmp_path):
    path = write_workbook(tmp_path)
    assert len(claim(READER, path)) == 1
    records = read_all(READER, path)["partner_returns_quarter"]
    assert records["value"].tolist() == [45, 9]


def test_another_workbook_is_not_claimed_unless_its_name_says_so(tmp_path):
    change = set_cells(A1="thing", E1="split", F1="part", K1="state")
    assert claim(READER, write_workbook(tmp_path, change)) == ()
    path = write_workbook(tmp_path, change, "partner-return-marac.xlsx")
    assert len(claim(READER, path)) == 1
    refuse(path, "column 'measure' is missing")


def test_a_renamed_sheet_is_claimed_and_refused(tmp_path):
    def rename(sheet):
        sheet.title = "Data"

    refuse(write_workbook(tmp_path, rename), "a sheet 'Data'", "Returns")


def test_a_workbook_of_a_million_formatted_cells_is_refused_before_it_is_opened(tmp_path):
    path = write_workbook(tmp_path)
    rows = b"".join(b'<row r="%d"><c s="1"/><c s="1"/><c s="1"/><c s="1"/></row>' % n for n in range(20_000))
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet9.xml", rows * 60)
    refuse(path, "unpacks to", "new template")


def test_a_date_of_the_spreadsheet_is_read_as_the_day_it_shows(tmp_path):
    change = set_cells(
        A2="idva_cases_open", C2=date(2024, 12, 31), I2="Halton IDVA service", A3="police_incidents",
        B3=date(2024, 10, 1), I3="Cheshire Constabulary",
    )  # fmt: skip
    records = read_returns(write_workbook(tmp_path, change))
    assert records["as_at"].dt.strftime("%Y-%m-%d").iloc[0] == "2024-12-31"
    assert records["period"].tolist() == ["2024-25-Q3", "2024-10"]


def hide_row(sheet):
    sheet.row_dimensions[3].hidden = True


def hide_column(sheet):
    sheet.column_dimensions["L"].hidden = True


def hide_sheet(sheet):
    sheet.parent.create_sheet("Lists").sheet_state = "hidden"


def bury_sheet(sheet):
    sheet.parent.create_sheet("Lists").sheet_state = "veryHidden"


def add_sheet(sheet):
    sheet.parent.create_sheet("Cases by name")


def show_percentage(sheet):
    sheet["G2"] = 0.45
    sheet["G2"].number_format = "0%"


def show_whole_percentage(sheet):
    sheet["G2"].number_format = "0.0%"


def merge(sheet):
    sheet.merge_cells("G2:G3")


def comment(sheet):
    sheet["G2"].comment = Comment("Secret", "Jane Doe")


def show_as_date(sheet):
    sheet["G2"].number_format = "yyyy-mm-dd"


def rows_above(sheet):
    sheet.insert_rows(1)
    sheet["A1"], sheet["G1"] = "marac_cases", 7


def rows_on_another_sheet(sheet):
    lists = sheet.parent.create_sheet("Lists")
    for row in sheet.iter_rows(values_only=True):
        lists.append(row)


def filter_rows(sheet):
    sheet.auto_filter.ref = "A1:L3"
    sheet.auto_filter.add_filter_column(0, ["marac_cases"])
    sheet.row_dimensions[3].hidden = True


def test_rows_below_empty_rows_are_read(tmp_path):
    change = set_cells(A6="marac_children_in_households", B6="2024-25 Q3", D6="Halton", E6="total", F6="all", G6=3,
                       I6="Halton MARAC", J6="Coordinator", K6="complete")  # fmt: skip
    records = read_returns(write_workbook(tmp_path, change))
    assert records["measure"].tolist() == ["marac_cases", "marac_repeat_cases", "marac_children_in_households"]
    assert records["value"].tolist() == [45, 9, 3]


def test_rows_below_a_gap_that_are_half_filled_are_refused():
    path = Path(__file__).parents[3] / "shared/cases/return-rows-after-gap-half-filled/r.xlsx"
    if not path.exists():
        pytest.skip("the shared cases are not beside the project")
    refuse(path, "row 4, column 'organisation' says nothing")


@pytest.mark.parametrize(
    ("change", "fragments"),
    [
        (set_cells(G2="=1+1"), ("row 2", "G2 is a formula", "Paste values")),
        (set_cells(L3='=HYPERLINK("http://example.org","x")'), ("row 3", "L3 is a formula")),
        (hide_row, ("row 3 is hidden",)),
        (hide_column, ("column L is hidden",)),
        (hide_sheet, ("'Lists' is hidden",)),
        (bury_sheet, ("'Lists' is hidden",)),
        (add_sheet, ("'Cases by name'", "allowed: Read me, Returns")),
        (show_percentage, ("row 2", "G2", "percentage", "base in 'of'")),
        (show_whole_percentage, ("G2", "percentage")),
        (merge, ("merged",)),
        (comment, ("comments",)),
        (show_as_date, ("row 2", "'value' says '1900-02-14'")),
        (set_cells(B2=45566), ("'period' says '45566'",)),
        (set_cells(A2="idva_cases_open", C2=45657, I2="Halton IDVA service"), ("'as_at' says '45657'",)),
        (set_cells(G2=12.5), ("'12.5'", "whole number")),
        (set_cells(A4="Total", G4=54), ("row 4", "row of totals")),
        (set_cells(N2=3), ("N2", "no heading")),
        (set_cells(A6="marac_children_in_households", B6="2024-25 Q3", D6="Halton", E6="total", F6="all", G6=3),
         ("row 6", "'organisation' says nothing")),
        (set_cells(G40=3), ("row 40", "'measure' says nothing")),
        (set_cells(A6="Source: our case files"), ("row 6", "'measure' says 'Source: our case files'")),
        (set_cells(G6="12 (1)"), ("row 6",)),
        (rows_above, ("row 1 holds 2 cells and stands above the row of headings",)),
        (rows_on_another_sheet, ("Lists", "has the headings of a return", "'Returns'")),
        (filter_rows, ("row 3 is hidden or filtered out",)),
        (set_cells(A1="measures"), ("'measure' is missing", "measures")),
    ],
)  # fmt: skip
def test_what_a_spreadsheet_can_hide_is_refused(tmp_path, change, fragments):
    refuse(write_workbook(tmp_path, change), *fragments)


@pytest.mark.parametrize("cell", ["L2", "A9", "N4"])
def test_particulars_anywhere_on_the_sheet_are_refused_and_not_repeated(tmp_path, cell):
    refuse(write_workbook(tmp_path, set_cells(**{cell: "Jane Doe, 01/02/1980"})), "date of birth", never="Doe")


@pytest.mark.parametrize(
    ("part", "what"),
    [
        ("xl/vbaProject.bin", "macros"),
        ("xl/pivotCache/pivotCacheRecords1.xml", "pivot"),
        ("xl/externalLinks/externalLink1.xml", "other workbooks"),
        ("xl/media/image1.png", "pictures"),
        ("xl/embeddings/book.xlsx", "embedded"),
    ],
)
def test_what_nobody_looks_at_is_refused(tmp_path, part, what):
    path = write_workbook(tmp_path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(part, b"anything")
    refuse(path, what, "new template")


@pytest.mark.parametrize("suffix", [".xlsm", ".xls", ".ods"])
def test_other_kinds_of_spreadsheet_are_asked_for_again(tmp_path, suffix):
    write_workbook(tmp_path, name="partner-return.xlsx").rename(tmp_path / f"partner-return{suffix}")
    refuse(tmp_path, f"partner-return{suffix}", f"is a {suffix} file", "xlsx")


def test_a_workbook_with_macros_is_known_by_its_sheet(tmp_path):
    write_workbook(tmp_path).rename(tmp_path / "marac.xlsm")
    refuse(tmp_path, "marac.xlsm", "without macros")


def test_a_damaged_workbook_is_refused(tmp_path):
    path = write_workbook(tmp_path, name="partner-return.xlsx")
    path.write_bytes(path.read_bytes()[:2000])
    refuse(path, "damaged")
