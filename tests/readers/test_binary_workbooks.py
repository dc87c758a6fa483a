"""What the cells of an xls file hide: a workbook written by another library (`tests/data/workbooks`)."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shp_analysis.errors import SourceError
from shp_analysis.readers.sheet_marks import BinaryMarkFinder, Height, Parted, is_binary_workbook
from shp_analysis.readers.strict_sheet import open_workbook, read_sheet

CONTENT = (Path(__file__).parents[1] / "data" / "workbooks" / "raised-text.xls").read_bytes()
SHEET = "Table 1"
COMPOUND_HEADER_BYTES = 512


def test_a_raised_footnote_mark_is_never_joined_to_the_number_before_it(caplog: pytest.LogCaptureFixture) -> None:
    sheet = read_sheet(open_workbook(CONTENT, "marac.xls"), SHEET)
    assert sheet.rows == (
        ("Area", "MARAC cases", "Repeat cases"),
        ("Halton", "12", "7"),
        ("Warrington", "2¹4", "#DIV/0!"),
        ("Chester", "31", "³"),
        ("Knowsley", "H₂O", "5"),
    )
    assert "the first is B2" in caplog.text


def test_errors_raised_parts_and_raised_cells_are_found() -> None:
    marks = BinaryMarkFinder(CONTENT).find(SHEET)
    assert marks.shown == {(2, 2): "#DIV/0!"}
    assert marks.parted == {(1, 1): Parted("12", "1"), (2, 1): Parted("2¹4"), (4, 1): Parted("H₂O")}
    assert marks.heights == {(3, 2): Height.RAISED}


def test_only_the_old_format_is_taken_for_it() -> None:
    assert is_binary_workbook(CONTENT)
    assert not is_binary_workbook(b"PK\x03\x04")
    assert not is_binary_workbook(b"")


@given(
    places=st.lists(st.integers(COMPOUND_HEADER_BYTES, len(CONTENT) - 1), min_size=1, max_size=30),
    filled=st.integers(0, 255),
    kept=st.integers(COMPOUND_HEADER_BYTES, len(CONTENT)),
)
def test_a_damaged_file_is_refused_in_a_sentence_or_read(places: list[int], filled: int, kept: int) -> None:
    damaged = bytearray(CONTENT)
    for place in places:
        damaged[place] = filled
    with suppress(SourceError):
        read_sheet(open_workbook(bytes(damaged[:kept]), "marac.xls"), SHEET)
