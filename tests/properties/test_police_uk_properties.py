"""However a street file was spoilt, it is refused, or its numbers are still the right ones.

The right numbers are those of the rows before they were touched. What no reader can see from a file alone - rows that
are wholly gone, doubled or exchanged for others that might be true - is written down here one by one, with what the
reader then gives, so that nobody takes the door for tighter than it is. Inside an archive none of it passes: a zip
carries a checksum of every member.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from io import BytesIO
from pathlib import PurePosixPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from police_files import ASB, STREET, Row, street_rows, write_csv

from shp_analysis.errors import SourceError
from shp_analysis.readers.clean_columns import as_table
from shp_analysis.readers.deliveries import Member
from shp_analysis.readers.police_uk import MonthlyFile, read_monthly_file
from shp_analysis.readers.police_uk_checks import RECORD_SCHEMAS, read_clean_file
from shp_analysis.readers.police_uk_layout import CRIME_TYPES, Kind

Counts = Counter[tuple[str, str, str, str]]

NAME = "2024-01-cheshire-street.csv"
FAR = {"LSOA code": "W01000001", "LSOA name": "Isle of Anglesey 001A"}
"""A place that the map known here does not reach."""
WHAT = [
    ("high street", ASB, ""),
    ("high street", "Burglary", "Under investigation"),
    ("church lane", ASB, ""),
    ("church lane", "Drugs", "Local resolution"),
    ("church lane", "Shoplifting", "Awaiting court outcome"),
    ("crown avenue", "Burglary", "Investigation complete; no suspect identified"),
    ("crown avenue", "Vehicle crime", "Under investigation"),
    ("park lane", ASB, ""),
    ("park lane", "Drugs", "Unable to prosecute suspect"),
    ("park lane", "Burglary", "Under investigation"),
    ("park lane", "Robbery", "Under investigation"),
    ("nowhere", "Other crime", "Under investigation"),
]


def build_rows() -> list[Row]:
    rows = street_rows(what=WHAT)
    rows[5]["Location"] = "On or near Café Row"
    return [{**row, **FAR} if number in {9, 10} else row for number, row in enumerate(rows)]


ROWS = build_rows()
GOOD = write_csv(ROWS)
CRIMES = [number for number, row in enumerate(ROWS) if row["Crime type"] != ASB]


def read_counts(content: bytes) -> Counts:
    file = MonthlyFile(
        Kind.STREET, "cheshire", "2024-01", Member(NAME, PurePosixPath(NAME), len(content), lambda: BytesIO(content))
    )
    short = read_clean_file(content, Kind.STREET, "cheshire", "2024-01")
    frame = read_monthly_file(file)
    # The short way gives what the strict reading gives, or nothing.
    assert short is None or short.equals(as_table(frame, RECORD_SCHEMAS[Kind.STREET]))
    columns = (frame[name].fillna("") for name in ("month", "authority_name", "lsoa_code", "crime_type"))
    return Counter(zip(*columns, strict=True))


def count(rows: list[Row]) -> Counts:
    """Count rows as they were written, without the reader."""
    return Counter((row["Month"], row["LSOA name"][:-5], row["LSOA code"], row["Crime type"]) for row in rows)


RIGHT = count(ROWS)


def check(content: bytes, right: Counts = RIGHT) -> str:
    """Check that the bytes are refused in a sentence that names the file, or give the right numbers."""
    try:
        found = read_counts(content)
    except SourceError as refusal:
        assert read_clean_file(content, Kind.STREET, "cheshire", "2024-01") is None
        return str(refusal)
    assert found == right
    return ""


def test_the_good_file_is_read():
    assert read_counts(GOOD) == RIGHT
    assert read_clean_file(GOOD, Kind.STREET, "cheshire", "2024-01") is not None
    assert RIGHT.total() == len(ROWS)


# --- what is refused, or does no harm ---------------------------------------------------------------------------------

JUNK = st.one_of(
    st.sampled_from(sorted({cell for row in ROWS for cell in row.values()} | {heading.lower() for heading in STREET})),
    st.text(max_size=12),
    st.sampled_from(
        ["E01012999", "Halton 999Z", "Haltön 007A", "halton 007A", "Halton  007A", "0", "-", "NA", "\u00a0"]
    ),
)
HEADINGS = st.sampled_from(STREET)
NUMBERS = st.integers(0, len(ROWS) - 1)
Spoil = Callable[[list[Row]], bytes]


def may_be_true(heading: str, cell: str, row: Row) -> bool:
    """Say whether a counted cell was exchanged for what it might well have said: see the end of this file."""
    return heading == "Crime type" and cell in CRIME_TYPES and (cell == ASB) == (row["Crime type"] == ASB)


@st.composite
def draw_cell(draw: st.DrawFn, numbers: st.SearchStrategy[int] = NUMBERS) -> tuple[int, str, str]:
    number, heading = draw(numbers), draw(HEADINGS)
    return number, heading, draw(JUNK.filter(lambda cell: not may_be_true(heading, cell, ROWS[number])))


def spoil_cells(cells: list[tuple[int, str, str]]) -> Spoil:
    def spoil(rows: list[Row]) -> bytes:
        spoilt = [dict(row) for row in rows]
        for number, heading, cell in cells:
            spoilt[number][heading] = cell
        return write_csv(spoilt)

    return spoil


@st.composite
def spoil_column(draw: st.DrawFn) -> Spoil:
    """Write one cell into a whole column."""
    heading = draw(HEADINGS)
    cell = draw(JUNK.filter(lambda cell: not (heading == "Crime type" and cell in CRIME_TYPES)))
    return lambda rows: write_csv([{**row, heading: cell} for row in rows])


@st.composite
def move_column(draw: st.DrawFn) -> Spoil:
    """Move one column down against the others, the last cells coming up first."""
    heading, by = draw(HEADINGS), draw(st.integers(1, len(ROWS) - 1))
    return lambda rows: write_csv([{**row, heading: rows[each - by][heading]} for each, row in enumerate(rows)])


@st.composite
def swap_columns(draw: st.DrawFn) -> Spoil:
    """Exchange what two columns say, in all rows or in one."""
    one, other, only = draw(HEADINGS), draw(HEADINGS), draw(st.none() | NUMBERS)
    return lambda rows: write_csv(
        [{**row, one: row[other], other: row[one]} if only in {None, each} else row for each, row in enumerate(rows)],
        STREET,
    )


@st.composite
def change_headings(draw: st.DrawFn) -> Spoil:
    """Drop, double, rename or shuffle columns, headings and all, or headings alone."""
    headings = list(STREET)
    what = draw(st.sampled_from(["drop", "double", "rename", "shuffle", "shuffle headings alone", "shift"]))
    place = draw(st.integers(0, len(STREET) - 1))
    new = draw(JUNK)
    order = draw(st.permutations(headings))

    def spoil(rows: list[Row]) -> bytes:
        if what == "drop":
            return write_csv(rows, [*headings[:place], *headings[place + 1 :]])
        if what == "double":
            return write_csv(rows, [*headings, headings[place]])
        if what == "shuffle":
            return write_csv(rows, order)
        _, body = write_csv(rows).split(b"\r\n", 1)
        renamed = [*headings[:place], new, *headings[place + 1 :]]
        first = {"rename": renamed, "shift": headings[1:] + headings[:1]}.get(what, order)
        return write_csv([], first) + body

    return spoil


@st.composite
def spoil_bytes(draw: st.DrawFn) -> Spoil:
    """Change, insert or delete bytes within one line, or encode the text otherwise."""
    what = draw(st.sampled_from(["change", "insert", "delete", "encode"]))
    place, junk = draw(st.floats(0, 1, exclude_max=True)), draw(st.binary(min_size=1, max_size=3))
    encoding = draw(
        st.sampled_from(["cp1252", "latin-1", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp500", "mac-roman"])
    )

    def spoil(rows: list[Row]) -> bytes:
        content = write_csv(rows)
        if what == "encode":
            return content.decode().encode(encoding, errors="replace")
        at = int(place * len(content))
        rest = {"change": content[at + len(junk) :], "insert": content[at:], "delete": content[at + len(junk) :]}[what]
        return content[:at] + (b"" if what == "delete" else junk) + rest

    return spoil


@st.composite
def write_otherwise(draw: st.DrawFn) -> Spoil:
    """Write other line ends, each for itself, or quote cells."""
    ends = draw(
        st.lists(st.sampled_from([b"\r\n", b"\n", b"\r", b"\n\n", b" \r\n", b",\r\n"]), min_size=13, max_size=13)
    )
    quoted = draw(st.sets(st.integers(0, 12 * 12)))

    def spoil(rows: list[Row]) -> bytes:
        lines = write_csv(rows).split(b"\r\n")[:-1]
        cells = [
            [
                b'"' + cell + b'"' if each * 12 + number in quoted else cell
                for number, cell in enumerate(line.split(b","))
            ]
            for each, line in enumerate(lines)
        ]
        return b"".join(b",".join(line) + end for line, end in zip(cells, ends, strict=True))

    return spoil


ONE_CELL = draw_cell().map(lambda cell: spoil_cells([cell]))
WITHIN_THE_MAP = st.sampled_from([number for number, row in enumerate(ROWS) if row["LSOA code"] != FAR["LSOA code"]])
CELLS_OF_SEVERAL_ROWS = st.lists(draw_cell(WITHIN_THE_MAP), min_size=2, max_size=5, unique_by=lambda cell: cell[0])
SPOILS = st.one_of(
    ONE_CELL, spoil_column(), move_column(), swap_columns(), change_headings(), spoil_bytes(), write_otherwise()
)


@settings(max_examples=250, deadline=None)
@given(SPOILS)
def test_a_spoilt_file_is_refused_or_its_numbers_are_right(spoil):
    refusal = check(spoil(ROWS))
    assert not refusal or (refusal.startswith(f"{NAME}: ") and refusal.endswith("."))


@settings(max_examples=120, deadline=None)
@given(CELLS_OF_SEVERAL_ROWS)
def test_cells_spoilt_in_several_rows_are_refused_or_the_numbers_are_right(cells):
    check(spoil_cells(cells)(ROWS))


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(GOOD) - 1), st.sampled_from(["\r\n", "\n"]))
def test_a_file_cut_short_is_refused_or_holds_whole_rows(at, newline):
    """Cut anywhere: only a cut at a line end passes, and then the rows before it are counted."""
    content = write_csv(ROWS, newline=newline)[:at]
    whole = content.count(b"\n") + content.endswith(b"\r")
    refusal = check(content, count(ROWS[: max(whole - 1, 0)]))
    is_at_line_end = content.endswith((b"\n", b"\r"))
    assert (refusal == "") == (is_at_line_end and whole > 1)


@settings(max_examples=25, deadline=None)
@given(st.permutations(ROWS))
def test_the_order_of_rows_makes_no_difference(rows):
    assert read_counts(write_csv(rows)) == RIGHT


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(["Longitude", "Latitude"]),
    NUMBERS,
    st.one_of(
        st.floats().map(str),
        st.from_regex(r"[ +-]?[0-9]{0,3}[._,]?[0-9]{0,20}([eE][+-]?[0-9]{1,3})?[ %]?", fullmatch=True),
        st.sampled_from(["nan", "NaN", "inf", "-Infinity", "null", "0x1p3", "٥٣", "53,3", "\t53.3"]),
    ),
)
def test_numbers_are_read_alike_both_ways(heading, number, cell):
    """However a coordinate is written, both ways give the same number, or the strict reading decides."""
    check(spoil_cells([(number, heading, cell)])(ROWS))


# --- what no reader can see -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("whole_rows", range(1, len(ROWS)))
def test_a_cut_at_a_line_end_passes_with_the_rows_that_are_left(whole_rows):
    lines = GOOD.splitlines(keepends=True)
    assert read_counts(b"".join(lines[: whole_rows + 1])) == count(ROWS[:whole_rows])


@settings(max_examples=50, deadline=None)
@given(st.lists(NUMBERS, min_size=1, max_size=30))
def test_rows_that_are_gone_or_doubled_pass_and_are_counted_as_they_stand(numbers):
    """Published rows do repeat, and nothing says how many there should be.

    A file in which more than a tenth of the crimes, and twenty at least, are copies of others is refused; see the
    tests of the reader.
    """
    rows = [ROWS[number] for number in numbers]
    ids = [row["Crime ID"] for row in rows if row["Crime ID"]]
    content = write_csv(rows)
    if len(ids) - len(set(ids)) < 20:
        assert read_counts(content) == count(rows)
    else:
        assert "copy of an earlier row" in check(content)


@settings(max_examples=50, deadline=None)
@given(
    st.sampled_from([n for n, row in enumerate(ROWS) if row["Crime type"] != ASB]),
    st.sampled_from(sorted({*CRIME_TYPES} - {ASB})),
)
def test_one_crime_exchanged_for_another_passes_as_what_it_says(number, crime_type):
    rows = [{**row, "Crime type": crime_type} if each == number else row for each, row in enumerate(ROWS)]
    assert read_counts(write_csv(rows)) == count(rows)


def test_a_place_exchanged_for_another_whole_place_passes_as_what_it_says():
    place = {heading: ROWS[7][heading] for heading in ("LSOA code", "LSOA name")}
    rows = [{**ROWS[1], **place}, *ROWS[2:]]
    assert read_counts(write_csv(rows)) == count(rows)


def test_a_lone_lsoa_beyond_the_map_passes_under_whatever_name():
    rows = [row for row in ROWS if row["LSOA code"] != FAR["LSOA code"]]
    rows.append({**ROWS[9], "LSOA name": "Isle of Anglesea 001A"})
    assert read_counts(write_csv(rows)) == count(rows)


def test_a_lone_lsoa_of_the_map_passes_under_the_code_of_a_neighbour():
    """Its authority is checked against the map, its own name is not: a town or ward could gain a row of another."""
    rows = [*(row for row in ROWS if row["LSOA name"] != "Halton 007A"), {**ROWS[1], "LSOA code": "E01012385"}]
    assert read_counts(write_csv(rows)) == count(rows)


def test_a_hole_from_one_row_to_the_same_place_in_another_passes_without_the_rows_between():
    """Whole rows are gone, and two halves make one; within an archive the checksum tells."""
    start, end = GOOD.index(b"On or near Church Lane"), GOOD.index("On or near Café Row".encode())
    message = check(GOOD[:start] + GOOD[end:])
    assert "has no Crime ID" in message, "here the first half was of anti-social behaviour"
    start = GOOD.index(b"On or near Church Lane", start + 1)
    left = [*ROWS[:3], ROWS[5], *ROWS[6:]]
    assert read_counts(GOOD[:start] + GOOD[end:]) == count(left)


def test_crimes_whose_types_moved_among_themselves_pass_with_the_right_totals_by_type():
    types = [ROWS[number]["Crime type"] for number in CRIMES]
    moved = dict(zip(CRIMES, [*types[1:], types[0]], strict=True))
    rows = [{**row, "Crime type": moved.get(number, row["Crime type"])} for number, row in enumerate(ROWS)]
    found = read_counts(write_csv(rows))
    assert found == count(rows) != RIGHT
    assert Counter(key[3] for key in found.elements()) == Counter(key[3] for key in RIGHT.elements())


def test_columns_of_like_content_can_be_exchanged_without_harm_to_any_number():
    """Reported by and Falls within say the same in every published file."""
    rows = [{**row, "Reported by": row["Falls within"], "Falls within": row["Reported by"]} for row in ROWS]
    assert write_csv(rows) == GOOD
