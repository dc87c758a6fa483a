"""Reading a CSV strictly: whole rows under known headings, numbered as a spreadsheet shows them."""

from __future__ import annotations

import pandas as pd
import pandera.pandas as pa
import pytest
from pandas.testing import assert_frame_equal

from shp_analysis.errors import SourceError
from shp_analysis.readers.strict_csv import FIRST_DATA_ROW, check_records, read_strict_csv

COLUMNS = {"Name": "name", "Number": "number"}
SCHEMA = pa.DataFrameSchema(
    {
        "name": pa.Column(str, pa.Check.isin(["ann", "bob"]), title="Name", description="ann or bob"),
        "number": pa.Column(
            float, pa.Check.in_range(0, 9), nullable=True, coerce=True, title="Number", description="0 to 9"
        ),
    },
    strict=True,
)


def read(content: bytes) -> pd.DataFrame:
    return read_strict_csv(content, COLUMNS, "file.csv")


def refuse(content: bytes) -> str:
    with pytest.raises(SourceError) as refusal:
        read(content)
    assert str(refusal.value).startswith("file.csv: ")
    return str(refusal.value)


def test_cells_are_text_under_tidy_names_in_the_order_asked_for():
    frame = read(b"Number,Name\n007,ann\n,bob\n")
    expected = pd.DataFrame({"name": ["ann", "bob"], "number": ["007", None]}, index=[2, 3], dtype="str")
    assert_frame_equal(frame, expected, check_index_type=False)
    assert frame.index[0] == FIRST_DATA_ROW


def test_headings_alone_are_an_empty_table():
    assert list(read(b"Name,Number\n").columns) == ["name", "number"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "the file is empty"),
        (b" \n", "the file is empty"),
        (b"Name\nann\n", "column 'Number' is missing"),
        (b"Name,Numbers\nann,1\n", "'Number' is missing (is it now 'Numbers'?)"),
        (b"Name,Number,Age\nann,1,2\n", "column 'Age' is not known. Expected: Name, Number"),
        (b"Name,Number,Name\nann,1,2\n", "column 'Name' is there more than once"),
        (b"Name,Number\nann\n", "row 2 has 1 cells where the headings are 2 (it begins 'ann')"),
        (b"Name,Number\nann,1\nbob,2,3\n", "row 3 has 3 cells where the headings are 2"),
        (b"Name,Number\nann,1\nbob,2", "row 3, the last, does not end with a line break (it ends 'bob,2')"),
        (b"Name,Number", "row 1, the last, does not end with a line break"),
        (b'Name,Number\n"ann,1\nb"ob,2\n', "2 lines follow the headings, and they read as 1 rows"),
        (b"Name,Number\nann,1\n\xff,2\n", "row 3 holds the byte 0xff"),
        (b"Name,Number\nann,1\nb\x00b,2\n", "row 3 holds a NUL byte"),
        (b'Na"me,Number\nann,1\n', "'Name' is missing"),
        (b'"Name"x,Number\nann,1\n', "row 1 cannot be read as headings"),
    ],
)
def test_what_is_wrong_is_told_by_row(content, told):
    assert told in refuse(content)


def test_rows_beyond_the_first_million_bytes_are_numbered_right():
    content = b"Name,Number\n" + b"ann,1\n" * 300_000
    assert read(content).index[-1] == 300_001
    assert "row 300002 has 3 cells" in refuse(content + b"ann,1,2\n" + b"ann,1\n" * 10)


def check(name: list[str | None], number: list[str | None]) -> pd.DataFrame:
    frame = pd.DataFrame({"name": name, "number": number}, index=range(2, 2 + len(name)), dtype="str")
    before = frame.copy()
    try:
        return check_records(frame, SCHEMA, "file.csv")
    finally:
        assert_frame_equal(frame, before)


def test_records_get_the_types_of_the_schema():
    checked = check(["ann", "bob"], ["1.50", None])
    assert checked["number"].tolist()[0] == 1.5
    assert checked["number"].isna().tolist() == [False, True]


@pytest.mark.parametrize(
    ("name", "number", "told"),
    [
        (["ann", "eve"], ["1", "2"], "row 3, column 'Name' says 'eve'; allowed: ann or bob. Use"),
        (["ann", None], ["1", "2"], "row 3, column 'Name' says nothing; allowed: ann or bob."),
        (["ann", "bob"], ["1", "2.50x"], "row 3, column 'Number' says '2.50x'; allowed: 0 to 9."),
        (["ann", "bob"], ["10.00", "2"], "row 2, column 'Number' says '10.00'; allowed: 0 to 9."),
        (
            ["ann", "eve", "eve"],
            ["1", "2", "3"],
            "row 3, column 'Name' says 'eve'; allowed: ann or bob. 1 more row is wrong.",
        ),
        (
            ["ann", "eve", "eve"],
            ["10", "2", "3"],
            "row 2, column 'Number' says '10'; allowed: 0 to 9. 2 more rows are wrong.",
        ),
        (["x" * 200], ["1"], f"says '{'x' * 80}'; allowed"),
    ],
)
def test_the_first_wrong_row_is_told_with_its_cell_as_the_file_has_it(name, number, told):
    with pytest.raises(SourceError) as refusal:
        check(name, number)
    assert told in str(refusal.value)
