"""Seeing how sheets begin: the same cells as the strict reader sees, and nothing of what is no spreadsheet."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from sheet_files import Error, Formula, Merged, write_ods, write_xlsx

from shp_analysis.readers.deliveries import open_delivery
from shp_analysis.readers.sheet_starts import list_words, read_sheet_starts
from shp_analysis.readers.strict_sheet import LOWEST_HEADING_ROW, open_workbook, read_sheet

SHEETS = {
    "Notes": [["About & <what>"], [], [None, "Simulated"]],
    "2020_21": [[Merged("A title", columns=2), None], ["Force Name", "Count"], ["Cheshire", 3], ["Kent", Formula("x")]],
    "Wide": [[f"c{n}" for n in range(40)]],
    "Long": [[f"r{n}"] for n in range(LOWEST_HEADING_ROW + 50)],
    "Errors": [["a", Error("#DIV/0!")]],
}
WRITERS = {"ods": write_ods, "xlsx": write_xlsx}


def read_starts(path: Path):
    with open_delivery(path) as members:
        return read_sheet_starts(members[0])


@pytest.fixture(params=sorted(WRITERS))
def path(request, tmp_path) -> Path:
    path = tmp_path / f"book.{request.param}"
    path.write_bytes(WRITERS[request.param](SHEETS))
    return path


def test_the_first_rows_are_those_that_the_strict_reader_sees(path):
    workbook = open_workbook(path.read_bytes(), path.name)
    starts = read_starts(path)
    assert [start.label for start in starts] == list(SHEETS)
    for start in starts:
        rows = read_sheet(workbook, start.label).rows[:LOWEST_HEADING_ROW]
        seen = [[cell for cell in row if cell] for row in start.rows]
        assert seen == [[cell for cell in row if cell] for row in rows][: len(seen)]
        assert len(start.rows) == len(rows)


def test_the_words_of_all_sheets_are_listed(path):
    assert {"About & <what>", "Simulated", "Force Name", "c39"} <= set(list_words(read_starts(path)))


def test_a_workbook_inside_an_archive_is_seen_too(tmp_path, path):
    archive = tmp_path / "delivery.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.write(path, f"folder/{path.name}")
    assert [start.label for start in read_starts(archive)] == list(SHEETS)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 and no more", b"<html>", b"a,b\n1,2\n"])
@pytest.mark.parametrize("name", ["a.xlsx", "a.ods", "a.csv"])
def test_nothing_is_seen_of_what_is_no_spreadsheet(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    assert read_starts(tmp_path) == ()


def test_a_spreadsheet_that_was_cut_short_is_left_to_the_strict_reader(path):
    path.write_bytes(path.read_bytes()[:-40])
    assert read_starts(path) == ()


def test_no_more_than_the_first_rows_are_kept(tmp_path):
    rows = [[f"row {n}", "x" * 50] for n in range(20_000)]
    path = tmp_path / "large.xlsx"
    path.write_bytes(write_xlsx({"Large": rows, "Next": [["after"]]}))
    assert [len(start.rows) for start in read_starts(path)] == [LOWEST_HEADING_ROW, 1]
