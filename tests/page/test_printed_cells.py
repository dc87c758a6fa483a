"""What a page prints in its tables, cell by cell."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest

from shp_analysis.page.data_tables import Cell, CellPicture, Column, build_table
from shp_analysis.page.parts import Source, Sources
from shp_analysis.page.printed_cells import CELL_COLUMNS, PrintedCell, list_cells, read_cells, write_cells

COLUMNS = (
    Column("name", "Indicator", is_row_heading=True),
    Column("now", "Now", align="right"),
    Column("verdict", "Verdict", is_verdict=True),
    Column("course", "36 months"),
)
PICTURE = CellPicture("<svg></svg>", "Counts by month")
ROWS = [
    {"section": "Theft", "name": "Burglary", "now": Cell("118", "0.9"), "verdict": "up", "course": PICTURE},
    {"section": "Theft", "name": Cell("Robbery", on_paper="data to June"), "now": "6", "verdict": "too few to say"},
]


def test_every_cell_comes_with_what_leads_to_it():
    table = build_table(
        [{"course": "", **row} for row in ROWS], caption="Offences", columns=COLUMNS, group_by="section"
    )
    cells = list(list_cells([table], "01_crime"))
    assert [(cell.row, cell.column, cell.text, cell.detail) for cell in cells] == [
        ("Burglary", "Indicator", "Burglary", ""),
        ("Burglary", "Now", "118", "0.9"),
        ("Burglary", "Verdict", "up", ""),
        ("Burglary", "36 months", "Counts by month", ""),
        ("Robbery", "Indicator", "Robbery", ""),
        ("Robbery", "Now", "6", ""),
        ("Robbery", "Verdict", "too few to say", ""),
        ("Robbery", "36 months", "–", ""),
    ]
    assert {(cell.paper, cell.table, cell.caption, cell.group) for cell in cells} == {
        ("01_crime", table.table_id, "Offences", "Theft")
    }


def test_a_file_comes_with_the_beginning_of_its_hash():
    sources = Sources([Source("crime  1.csv", "Police", date(2025, 2, 15), "0123456789abcdef" * 4, "OGL")])
    cells = list(list_cells([sources], "01_crime"))
    assert [(cell.row, cell.column, cell.text, cell.detail) for cell in cells] == [
        ("crime 1.csv", "File and its SHA-256", "crime 1.csv", "0123456789abcdef…"),
        ("crime 1.csv", "Publisher", "Police", ""),
        ("crime 1.csv", "Received", "15 February 2025", ""),
        ("crime 1.csv", "Licence", "OGL", ""),
    ]


def test_what_was_written_is_read(tmp_path):
    cells = (PrintedCell("01_crime", "table-1", "A, b", "", "1", "Progress", 'line\nand "more"', ""),)
    (tmp_path / "tables.csv").write_text(write_cells(cells), encoding="utf-8", newline="")
    assert read_cells(tmp_path / "tables.csv") == cells


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
        ("+45, +1%", "+45, +1%"),
        ("−12%", "−12%"),
        ("–", "–"),
    ],
)
def test_no_words_of_a_partner_become_a_formula(text, written):
    cell = PrintedCell("01_crime", "table-1", "Actions", "", "1", "Progress", text, "")
    rows = list(csv.reader(io.StringIO(write_cells([cell]))))
    assert rows[0] == list(CELL_COLUMNS)
    assert rows[1][CELL_COLUMNS.index("text")] == written
