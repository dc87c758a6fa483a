"""Reading a spreadsheet strictly: the right sheet, the right headings, whole tables, every cell as text."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from datetime import date

import pandas as pd
import pandera.pandas as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal
from refusals import ADVICE
from sheet_files import OLD_WORKBOOK, Error, Formula, Merged, write_ods, write_xlsx

from shp_analysis.errors import SourceError
from shp_analysis.readers.sheet_marks import MarkFinder, name_cell
from shp_analysis.readers.strict_csv import check_records
from shp_analysis.readers.strict_sheet import find_headings, open_workbook, read_sheet, read_table

COLUMNS = {"Name": "name", "Number": "number"}
BOTH = pytest.mark.parametrize("write", [write_xlsx, write_ods])


def read_strict_sheet(content: bytes, name: str, columns: Mapping[str, str], label: str) -> pd.DataFrame:
    return read_table(read_sheet(open_workbook(content, label), name), columns)


def read(content: bytes, sheet: str = "Table") -> pd.DataFrame:
    return read_strict_sheet(content, sheet, COLUMNS, "file.ods")


def refuse(content: bytes, sheet: str = "Table") -> str:
    with pytest.raises(SourceError) as refusal:
        read(content, sheet)
    message = str(refusal.value)
    assert message.startswith("file.ods")
    assert ADVICE.search(message) or "taught" in message
    assert message.endswith(".")
    return message


@BOTH
def test_a_table_is_found_by_its_headings_wherever_it_stands(write):
    rows = [
        ["People by number"],
        [],
        [None, None, "Number", " Na\nme "],
        [None, None, 7, "ann"],
        [None, None, None, "bob"],
    ]
    frame = read_strict_sheet(write({"Notes": [["x"]], "Table": rows}), "Table", {"Na me": "name", "Number": "n"}, "f")
    expected = pd.DataFrame({"name": ["ann", "bob"], "n": ["7", None]}, index=[4, 5], dtype="str")
    assert_frame_equal(frame, expected, check_index_type=False)


@BOTH
def test_every_kind_of_cell_is_text_as_the_sheet_shows_it(write):
    values = [
        "007",
        17,
        17.0,
        0.1,
        0.1 + 0.2,
        -1,
        2005120000000,
        True,
        date(2024, 4, 1),
        " ",
        None,
        "1,234",
        Formula(2),
    ]
    rows = [["Name", "Number"], *(["row", value] for value in values)]
    assert read(write({"Table": rows}))["number"].fillna("nothing").tolist() == [
        *("007", "17", "17", "0.1", "0.3", "-1", "2005120000000", "TRUE", "2024-04-01"),
        *("nothing", "nothing", "1,234", "2"),
    ]


@BOTH
def test_an_error_says_what_it_shows_and_is_never_an_empty_cell(write):
    assert read(write({"Table": [["Name", "Number"], ["ann", Error("#DIV/0!")]]}))["number"].tolist() == ["#DIV/0!"]


def test_an_old_binary_workbook_is_read_like_the_others():
    workbook = open_workbook(OLD_WORKBOOK, "cases.xls")
    assert workbook.sheet_names == ("Notes", "Cases")
    sheet = read_sheet(workbook, "Cases")
    assert sheet.label == "cases.xls > Cases"
    assert sheet.remarks == ("Merged cells: B1:D1.",)
    frame = read_table(sheet, {"Area Name": "area_name", "Cases": "cases", "Rate": "rate"})
    assert frame.index.tolist() == [5, 6]
    assert frame.to_numpy().tolist() == [["Cheshire", "17", "0.1"], ["Gwent", "No Data", "#DIV/0!"]]


@BOTH
def test_formulas_and_merged_cells_outside_the_table_are_told(write):
    rows = [[Merged("Title", columns=2), None], ["Name", "Number"], ["ann", Formula(1)], ["bob", Formula("two")]]
    sheet = read_sheet(open_workbook(write({"Table": rows}), "file.ods"), "Table")
    assert read_table(sheet, COLUMNS)["number"].tolist() == ["1", "two"]
    assert sheet.remarks == (
        "2 cells are formulas (the first is B3); their saved results are read.",
        "Merged cells: A1:B1.",
    )


@BOTH
def test_notes_below_an_empty_row_are_no_part_of_the_table(write):
    rows = [["Name", "Number"], ["ann", 1], [], ["Source: the publisher"], [None, "Revised"]]
    assert read(write({"Table": rows})).index.tolist() == [2]


WIDE = {name: name.lower() for name in ("Force", "Area", "Group", "Code", "Number", "Rate")}


@BOTH
@pytest.mark.parametrize(
    "below",
    [["Cheshire", None, None, None, 12], [None, None, None, None, None, 0.5], ["Gwent", None, None, None, "1,024"],
     ["Gwent", None, None, None, "*"]],
)  # fmt: skip
def test_a_half_filled_row_below_an_empty_row_is_refused(write, below):
    rows = [list(WIDE), ["Cheshire", "Halton", "Theft", "44", 7, 1.5], [], below]
    with pytest.raises(SourceError, match=r"row 4 begins .* looks like more of the table, but row 3 is empty"):
        read_strict_sheet(write({"Table": rows}), "Table", WIDE, "file.ods")
    notes = [*rows[:3], ["1", "Figures of 2024 are provisional"], ["Note 2", "See the guide"], ["Crown copyright 2025"]]
    frame = read_strict_sheet(write({"Table": notes}), "Table", WIDE, "file.ods")
    assert frame["number"].tolist() == ["7"]


@BOTH
def test_headings_alone_are_an_empty_table(write):
    assert read(write({"Table": [["Name", "Number"]]})).shape == (0, 2)


HEAD = ["Name", "Number"]


@BOTH
@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([["Name"], ["ann"]], "row 1: column 'Number' is missing"),
        ([["Title"], ["Name", "Numbers"]], "row 2: column 'Number' is missing (is it now 'Numbers'?)"),
        ([["NAME", "Number"]], "row 1: column 'Name' is missing (is it now 'NAME'?)"),
        ([[*HEAD, "Age"]], "row 1: column 'Age' is not known. Expected: Name, Number"),
        ([[*HEAD, "Name"]], "row 1: column 'Name' is there more than once"),
        ([["something else"]], "no row holds any of the headings Name, Number"),
        ([], "no row holds any of the headings"),
        ([HEAD, ["ann", 1], ["bob", 2, "x"]], "row 3, cell C3 says 'x' and stands under no heading"),
        ([HEAD, ["ann", 1], [], ["bob", 2]], "row 4 begins 'bob' and looks like more of the table, but row 3 is empty"),
        ([HEAD, ["ann", 1], [], [None, 2]], "row 4 begins '2' and looks like more of the table, but row 3 is empty"),
        ([HEAD, ["ann", 1], [], [], [None, "[x]"]], "row 5 begins '[x]' and looks like more of the table"),
        ([HEAD, ["ann", 1], [], ["Name", "Age"], ["x", "y"]], "row 4 begins 'Name' and looks like more of the table"),
        (
            [HEAD, ["ann", Formula()], ["bob", Formula()]],
            "row 2, cell B2 is a formula that no result was saved for (2 such",
        ),
        (
            [HEAD, ["ann", 12345678901234567]],
            "cell B2 holds the number [a record number], and a spreadsheet keeps only 15",
        ),
        ([[Merged("Name", rows=2), None], [None, "Number"]], "'Number' is missing; the cells A1:A2 are merged"),
        (
            [[Merged("Name", rows=2), "Number"], [None, 1]],
            "row 1: the cells A1:A2 are merged, so that one of the headings",
        ),
        ([HEAD, [Merged("ann", rows=2), 1], [None, 2]], "row 2: the cells A2:A3 are merged, so that one of the values"),
    ],
)
def test_what_is_wrong_is_told_by_sheet_and_row(write, rows, told):
    message = refuse(write({"Notes": [["Name", "Number"]], "Table": rows}))
    assert message.startswith("file.ods > Table: ")
    assert told in message


def test_a_sheet_that_is_not_there_is_told_with_those_that_are():
    message = refuse(write_ods({"Notes": [["x"]], "2020_21": [["x"]]}), "2020-21")
    assert "there is no sheet '2020-21'; its sheets are Notes, 2020_21. Did you mean 2020_21?" in message


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "the file is empty"),
        (b"<!DOCTYPE html><html>", "is a web page (it begins '<!DOCTYPE html><html')"),
        (b"Name,Number\nann,1\n", "cannot be read as a spreadsheet"),
        (write_xlsx({"Table": [HEAD]})[:-60], "cannot be read as a spreadsheet"),
        (write_ods({"Table": [HEAD]})[:200], "cannot be read as a spreadsheet"),
        (OLD_WORKBOOK[:2000], "cannot be read as a spreadsheet"),
    ],
)
def test_what_is_no_whole_spreadsheet_is_refused(content, told):
    assert told in refuse(content)


def test_a_workbook_that_would_unpack_to_far_more_than_it_is_is_refused():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("content.xml", b" " * (30 << 20))
    assert "would unpack to 31,457,280 bytes" in refuse(file.getvalue())


@given(
    st.sampled_from(["xlsx", "ods", "xls"]),
    st.lists(st.tuples(st.integers(0, 1 << 20), st.binary(min_size=1, max_size=4))),
)
@settings(max_examples=150, deadline=None)
def test_random_damage_is_refused_or_harmless(kind, changes):
    rows = [HEAD, *([f"name {n}", n] for n in range(50))]
    whole = {"xlsx": write_xlsx({"Table": rows}), "ods": write_ods({"Table": rows}), "xls": OLD_WORKBOOK}[kind]
    damaged = bytearray(whole)
    for place, change in changes:
        start = place % len(damaged)
        damaged[start : start + len(change)] = change
    with suppress(SourceError):
        workbook = open_workbook(bytes(damaged), "file.ods")
        for name in workbook.sheet_names:
            read_sheet(workbook, name)


def test_headings_of_any_vintage_are_found_whatever_their_case_and_underscores():
    rows = [["A title: Name"], ["x", "FORCE_NAME", "Financial\nYear", "Other"], ["Cheshire", "Name", "1"]]
    sheet = read_sheet(open_workbook(write_xlsx({"Table": rows}), "file.xlsx"), "Table")
    found = find_headings(sheet, ["Financial Year", "Force Name", "Police Force"])
    assert found == ("x", "FORCE_NAME", "Financial Year", "Other")
    assert find_headings(sheet, ["Financial Year", "Police Force"]) == ()


def test_records_of_a_sheet_are_checked_like_those_of_a_csv():
    schema = pa.DataFrameSchema({"name": pa.Column(str), "number": pa.Column(int, coerce=True, title="Number")})
    frame = read(write_ods({"Table": [["Title"], HEAD, ["ann", 1], ["bob", "No Data"]]}))
    with pytest.raises(SourceError, match=r"^file.ods > Table: row 4, column 'Number' says 'No Data'"):
        check_records(frame, schema, "file.ods > Table")


def test_cells_are_named_as_a_spreadsheet_does():
    assert [name_cell(0, 0), name_cell(2, 25), name_cell(9, 26), name_cell(0, 701), name_cell(0, 702)] == [
        *("A1", "Z3", "AA10", "ZZ1", "AAA1")
    ]


@BOTH
def test_marks_are_those_of_the_sheet_that_was_asked_for(write):
    content = write({"One & two": [[Formula(1)]], "Three": [["x"], ["x", Error("#N/A")]]})
    assert MarkFinder(content).find("One & two").formulas == {(0, 0)}
    assert MarkFinder(content).find("Three").shown == {(1, 1): "#N/A"}


def test_a_published_workbook_is_read(shared_data):
    content = (shared_data / "geography" / "dfe-statistical-neighbours-2025.xlsx").read_bytes()
    workbook = open_workbook(content, "neighbours.xlsx")
    sheet = read_sheet(workbook, "LA SN Groups")
    halton = next(row for row in sheet.rows if row[1] == "Halton")
    assert halton[:2] == ("876", "Halton")
    with pytest.raises(SourceError, match="column 'SNP' is there more than once"):
        read_table(sheet, dict.fromkeys((cell for cell in sheet.rows[2] if cell), "x"))
