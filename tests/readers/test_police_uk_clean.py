"""The short way through a police file gives what the strict reading gives, or nothing."""

from __future__ import annotations

from io import BytesIO
from pathlib import PurePosixPath

import pytest
from police_files import ASB, OUTCOMES, STREET, TWELVE, outcome_rows, search_rows, street_csv, street_rows, write_csv

from shp_analysis.errors import SourceError
from shp_analysis.readers.clean_columns import as_table
from shp_analysis.readers.deliveries import Member, open_delivery
from shp_analysis.readers.police_uk import READER, MonthlyFile, find_monthly_files, read_monthly_file
from shp_analysis.readers.police_uk_checks import RECORD_SCHEMAS, read_clean_file
from shp_analysis.readers.police_uk_layout import Kind

NAMES = {kind: f"2024-01-cheshire-{kind}.csv" for kind in Kind}


def member(content: bytes, name: str) -> Member:
    return Member(name, PurePosixPath(name), len(content), lambda: BytesIO(content))


def read_both(content: bytes, kind: Kind = Kind.STREET, force: str = "cheshire", month: str = "2024-01"):
    """Read a file both ways; None where there is no short way, or the strict reading refuses."""
    short = read_clean_file(content, kind, force, month)
    try:
        frame = read_monthly_file(MonthlyFile(kind, force, month, member(content, NAMES[kind])))
    except SourceError:
        return short, None
    return short, as_table(frame, RECORD_SCHEMAS[kind])


def assert_same(content: bytes, kind: Kind = Kind.STREET) -> None:
    short, strict = read_both(content, kind)
    assert short is not None
    short.validate(full=True)
    assert short.equals(strict)


def test_a_street_file_is_the_same_both_ways():
    assert_same(street_csv())


def test_an_outcomes_file_is_the_same_both_ways():
    assert_same(write_csv(outcome_rows()), Kind.OUTCOMES)


@pytest.mark.parametrize("kind", [Kind.STREET, Kind.OUTCOMES])
def test_columns_may_stand_in_any_order(kind):
    rows, headings = (street_rows(), STREET) if kind is Kind.STREET else (outcome_rows(), OUTCOMES)
    assert_same(write_csv(rows, headings[::-1]), kind)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_names_with_commas_quotation_marks_and_accents_are_the_same_both_ways(newline):
    rows = street_rows()
    rows[0]["Location"] = 'On or near Café "Aroma", Widnes'
    assert_same(write_csv(rows, newline=newline))


def test_every_real_file_is_beyond_doubt_and_the_same_both_ways(police_archives):
    read = 0
    for path in sorted(police_archives.glob("*.zip")):
        with open_delivery(path) as members:
            for file in find_monthly_files(members):
                short = read_clean_file(file.member.read(), file.kind, file.force, file.month)
                if file.kind is Kind.STREET:
                    assert short is not None, file.member.label
                    assert short.equals(as_table(read_monthly_file(file), RECORD_SCHEMAS[file.kind]))
                    read += 1
    assert read == 13 + 4 + 9 + 36


def test_searches_have_no_short_way():
    assert read_clean_file(write_csv(search_rows()), Kind.STOP_AND_SEARCH, "cheshire", "2024-10") is None


def spoil(**cells: str) -> bytes:
    rows = street_rows()
    rows[2].update({heading.replace("_", " "): cell for heading, cell in cells.items()})
    return write_csv(rows)


GOOD = street_csv()
DOUBTS = {
    "another month": spoil(Month="2024-02"),
    "no month": spoil(Month="2024-13"),
    "another force": spoil(Falls_within="Merseyside Police"),
    "half a point": spoil(Latitude=""),
    "a point at sea": spoil(Longitude="-12.5"),
    "no number": spoil(Longitude="nan"),
    "a word for a number": spoil(Longitude="west"),
    "half an LSOA": spoil(LSOA_name=""),
    "a lost LSOA": spoil(LSOA_code="", LSOA_name=""),
    "an LSOA with two names": spoil(LSOA_name="Halton 007B"),
    "two LSOAs of one name": spoil(LSOA_code="E01012368"),
    "an LSOA of another authority": GOOD.replace(b"Halton 007A", b"Barnet 007A"),
    "no LSOA code": GOOD.replace(b"E01012367", b"E02012367"),
    "an unknown type": spoil(Crime_type="Burglaries"),
    "a crime without an ID": spoil(Crime_ID=""),
    "behaviour with an ID": spoil(Crime_type=ASB),
    "an ID of 63 digits": spoil(Crime_ID="a" * 63),
    "an ID in capitals": spoil(Crime_ID="A" * 64),
    "an outcome for a place": spoil(Location="Under investigation"),
    "a place for an outcome": spoil(Last_outcome_category="On or near High Street"),
    "an ID for a remark": spoil(Context="a" * 64),
    "a lone quotation mark": GOOD.replace(b"On or near Church Lane", b'"On or near Church Lane', 1),
    "two lone quotation marks": GOOD.replace(b",On or near Church Lane", b',"On or near Church Lane'),
    "a short row": GOOD.replace(b",Awaiting court outcome,", b",Awaiting court outcome"),
    "a long row": GOOD.replace(b",Awaiting court outcome,", b",Awaiting court outcome,,"),
    "a last row cut short": GOOD[:-4],
    "no last line end": GOOD[:-2],
    "an empty line at the end": GOOD + b"\r\n",
    "an empty line within": GOOD.replace(b"\r\n", b"\r\n\r\n", 2),
    "old line ends": GOOD.replace(b"\r\n", b"\r"),
    "one old line end": GOOD.replace(b"\r\n", b"\r", 3),
    "a byte-order mark": b"\xef\xbb\xbf" + GOOD,
    "a NUL byte": GOOD.replace(b"High Street", b"High\x00Street", 1),
    "no UTF-8": GOOD.replace(b"High Street", b"Caf\xe9 Street", 1),
    "no rows": GOOD.split(b"\r\n")[0] + b"\r\n",
    "no headings": GOOD.split(b"\r\n", 1)[1],
    "a heading twice": GOOD.replace(b"Falls within", b"Reported by", 1),
    "a heading missing": write_csv(street_rows(), STREET[:-1]),
    "nothing": b"",
}


@pytest.mark.parametrize("content", DOUBTS.values(), ids=DOUBTS)
def test_a_doubt_is_left_to_the_strict_reading(content):
    assert read_clean_file(content, Kind.STREET, "cheshire", "2024-01") is None


def test_pasted_rows_are_left_to_the_strict_reading():
    rows = street_rows(what=[row for row in TWELVE if row[1] != ASB] * 10)
    assert_same(write_csv(rows))
    assert read_both(write_csv(rows + rows[:30])) == (None, None)


def test_the_reader_gives_one_kind_of_table_whichever_way_a_file_went():
    doubtful = b"\xef\xbb\xbf" + GOOD
    pieces = []
    for content in (GOOD, doubtful):
        (file,) = READER.find_files([member(content, NAMES[Kind.STREET])])
        pieces += file.read()
    clean, strict = pieces
    assert clean.frame.equals(strict.frame)
    assert clean.parts == strict.parts == (("cheshire", "2024-01"),)
    assert not clean.is_simulated
    assert not strict.is_simulated


@pytest.mark.parametrize("first", [b"", b"\xef\xbb\xbf"])
def test_the_simulated_mark_is_seen_whichever_way_a_file_went(first):
    content = first + GOOD.replace(b"On or near High Street", b"On or near Simulated Street")
    (file,) = READER.find_files([member(content, NAMES[Kind.STREET])])
    assert [records.is_simulated for records in file.read()] == [True]
