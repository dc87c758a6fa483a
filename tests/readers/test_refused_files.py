"""Every way a CSV can be wrong ends in one sentence, and leaves the store as it was, byte for byte."""

from __future__ import annotations

from datetime import date
from pathlib import PurePosixPath

import pytest
from police_files import (
    ASB,
    OUTCOMES,
    STREET,
    member_name,
    outcome_rows,
    search_rows,
    street_csv,
    street_rows,
    write_csv,
    write_files,
    write_zip,
)
from refusals import (
    MEMBER,
    NAME,
    change_rows,
    check_refused,
    move_column,
    one_csv,
    rename,
    set_cell,
    swap_cells,
    swap_headings,
)

from shp_analysis.store.intake import ingest
from shp_analysis.store.store import open_store

HEADINGS = ",".join(STREET)
WRONG_CELLS = [
    ("Crime ID", 4, "12345", "64 hexadecimal digits"),
    ("Month", 5, "2024-02", "is of 2024-02 in a file of 2024-01"),
    ("Month", 5, "Jan-24", "a month like 2024-01"),
    ("Month", 5, "", "says nothing; allowed: a month like 2024-01"),
    ("Month", 5, "2024-13", "a month like 2024-01"),
    ("Reported by", 3, "Merseyside Police", "in a file of the force 'cheshire'"),
    ("Falls within", 3, "Merseyside Police", "in a file of the force 'cheshire'"),
    ("Falls within", 3, "", "says nothing; allowed: some text"),
    ("Longitude", 7, "53.366970", "a longitude in the United Kingdom, -9.0 to 2.5 degrees"),
    ("Latitude", 7, "-2.724080", "a latitude in the United Kingdom, 49.5 to 61.0 degrees"),
    ("Latitude", 7, "north", "says 'north'"),
    ("Latitude", 7, "inf", "49.5 to 61.0"),
    ("Location", 6, "Local resolution", "never an outcome"),
    ("LSOA code", 6, "Halton 007A", "a code like E01012367"),
    ("LSOA code", 6, "E06000006", "a code like E01012367"),
    ("LSOA name", 6, "E01012367", "a name like Halton 009A"),
    ("LSOA name", 6, "Halton", "a name like Halton 009A"),
    ("LSOA name", 6, "Halton 7A", "a name like Halton 009A"),
    ("LSOA name", 6, "Warrington 007A", "says 'Warrington 007A' for E01012371, which lies in Halton"),
    ("LSOA name", 6, "HALTON 016A", "which lies in Halton"),
    ("LSOA name", 6, "Halton  016A", "which lies in Halton"),
    ("LSOA name", 6, "Halton 016B", "has two names: 'Halton 016A' here and 'Halton 016B' in row 6"),
    ("LSOA code", 6, "E01012372", "has two codes: 'E01012371' here and 'E01012372' in row 6"),
    ("Crime type", 4, "Burglery", "says 'Burglery'; allowed: one of Anti-social behaviour, Bicycle theft"),
    ("Crime type", 4, " Burglary", "allowed: one of"),
    ("Crime type", 4, "burglary", "allowed: one of"),
    ("Crime type", 4, "", "says nothing; allowed: one of"),
    ("Crime type", 4, ASB, "row 4 (Anti-social behaviour) has a Crime ID, unlike most rows of anti-social behaviour"),
    ("Crime type", 2, "Burglary", "row 2 (Burglary) has no Crime ID, unlike most rows of crimes"),
    ("Last outcome category", 4, "On or near High Street", "never the name of a place"),
    ("Context", 4, "Under investigation", "never a Crime ID, a place or an outcome"),
]


@pytest.mark.parametrize(("heading", "row", "value", "told"), WRONG_CELLS)
def test_a_wrong_cell_is_told_by_row_column_and_value(tmp_path, data, heading, row, value, told):
    message = check_refused(set_cell(row, heading, value)(tmp_path), data, told)
    assert "row " in message
    if "two" not in told and "Crime ID, unlike" not in told:
        assert f"row {row}" in message
        assert f"'{heading}'" in message
        assert value in message


@pytest.mark.parametrize("half", ["Longitude", "Latitude", "LSOA code", "LSOA name"])
def test_half_a_place_is_told(tmp_path, data, half):
    check_refused(set_cell(9, half, "")(tmp_path), data, "row 9 has only one of", f"'{half}'", "both or neither")


WRONG_FILES = {
    "renamed column": (
        rename("Crime type", "Offence type"),
        ["'Crime type' is missing (is it now 'Offence type'?)", "row 1"],
    ),
    "heading in another case": (rename("LSOA name", "lsoa name"), ["'LSOA name' is missing (is it now 'lsoa name'?)"]),
    "missing column": (
        change_rows(lambda rows: None, STREET[:-1]),
        ["column 'Context' is missing", f"Expected: {', '.join(STREET)}"],
    ),
    "duplicated column": (
        rename("Context", "Location"),
        ["'Location' is there more than once", "'Context' is missing"],
    ),
    "column written twice": (change_rows(lambda rows: None, (*STREET, "Month")), ["'Month' is there more than once"]),
    "extra column": (
        change_rows(lambda rows: [{**row, "Ward": "Mersey"} for row in rows]),
        ["column 'Ward' is not known", "the reader must be taught the new one first"],
    ),
    "no headings": (one_csv(street_csv().split(b"\r\n", 1)[1]), ["row 1", "'Crime ID' is missing"]),
    "headings of another kind": (one_csv(write_csv(outcome_rows())), ["'Crime type' is missing"]),
    "all rows of another month": (
        one_csv(street_csv("2024-02")),
        ["is of 2024-02 in a file of 2024-01 (12 of 12 rows)"],
    ),
    "file named after another month": (
        one_csv(street_csv(), "2024-02-cheshire-street.csv"),
        ["row 2, column 'Month' is of 2024-01 in a file of 2024-02 (12 of 12 rows)", "named after the wrong month?"],
    ),
    "rows of another force": (
        change_rows(lambda rows: rows + street_rows(force="merseyside")[:3]),
        ["row 14, column 'Falls within' says 'Merseyside Police'", "(3 of 15 rows)"],
    ),
    "file named after another force": (
        one_csv(street_csv(), "2024-01-merseyside-street.csv"),
        ["says 'Cheshire Constabulary' in a file of the force 'merseyside' (12 of 12 rows)"],
    ),
    "latitude in the longitude column": (
        change_rows(lambda rows: swap_cells(rows, "Longitude", "Latitude")),
        ["row 2, column 'Longitude' says '53.366970'", "10 more rows are wrong"],
    ),
    "latitude in the longitude column, one row": (
        change_rows(lambda rows: [*rows[:4], *swap_cells(rows[4:5], "Longitude", "Latitude"), *rows[5:]]),
        ["row 6, column 'Longitude' says '53.330124'"],
    ),
    "crime types moved down a row": (
        change_rows(lambda rows: move_column(rows, "Crime type")),
        ["unlike most rows of", "'Crime type' or 'Crime ID' was probably edited or moved"],
    ),
    "LSOA names moved down a row": (
        change_rows(lambda rows: move_column(rows, "LSOA name")),
        ["row 2 has only one of 'LSOA code' and 'LSOA name'"],
    ),
    "LSOA names moved, no blanks": (
        change_rows(lambda rows: move_column(rows[:-1], "LSOA name")),
        ["LSOA"],
    ),
    "a place that lost its LSOA": (
        change_rows(lambda rows: [{**rows[0], "LSOA code": "", "LSOA name": ""}, *rows[1:]]),
        ["row 2 has a point in England or Wales and no 'LSOA code' (1 of 11 rows are so; at most 1% may be)"],
    ),
    "names of an authority misspelt throughout": (
        change_rows(lambda rows: [{**row, "LSOA name": row["LSOA name"].replace("Halton", "Haltn")} for row in rows]),
        ["row 2, column 'LSOA name' says 'Haltn 007A' for E01012367, which lies in Halton"],
    ),
    "crimes pasted in twice": (
        change_rows(lambda rows: street_rows(what=[("park lane", "Drugs", "")] * 40) * 2),
        ["row 42 is a copy of an earlier row", "40 of the 80 crimes"],
    ),
    "the file pasted after itself": (one_csv(street_csv() * 2), ["row 14, column 'Longitude' says 'Longitude'"]),
    "empty": (one_csv(b""), ["the file is empty"]),
    "only line ends": (one_csv(b"\r\n\r\n"), ["the file is empty"]),
    "only a byte-order mark": (one_csv(b"\xef\xbb\xbf"), ["the file is empty"]),
    "headings and no rows": (one_csv(HEADINGS.encode() + b"\r\n"), ["has headings and no rows", "leave the file out"]),
    "short row": (
        one_csv(street_csv() + b",2024-01,Cheshire Constabulary\r\n"),
        ["row 14 has 3 cells where the headings are 12"],
    ),
    "short row in the middle": (
        one_csv(street_csv().replace(b",Drugs,Local resolution,\r\n", b",Drugs,Local resolution\r\n")),
        ["row 7 has 11 cells where the headings are 12"],
    ),
    "long row": (
        one_csv(street_csv().replace(b",Drugs,Local resolution,\r\n", b",Drugs,Local resolution,,\r\n")),
        ["row 7 has 13 cells"],
    ),
    "an unquoted comma": (
        one_csv(street_csv().replace(b"On or near Park Lane", b"On or near Park Lane, Penketh", 1)),
        ["row 11 has 13 cells"],
    ),
    "an empty line in the middle": (
        one_csv(street_csv().replace(b"Local resolution,\r\n", b"Local resolution,\r\n\r\n")),
        ["row 8, column 'Month' says nothing"],
    ),
    "a row of nothing but commas": (one_csv(street_csv() + b"," * 11 + b"\r\n"), ["row 14", "says nothing"]),
    "a quotation mark that swallows a line": (
        one_csv(street_csv().replace(b"On or near High Street", b'"On or near High Street', 2)),
        ["12 lines follow the headings, and they read as 11 rows", "quotation mark"],
    ),
    "a quotation mark that never closes": (
        one_csv(street_csv().replace(b"On or near Park Lane", b'"On or near Park Lane', 1)),
        ["row"],
    ),
    "a line end within a cell": (
        one_csv(street_csv().replace(b"On or near Park Lane", b'"On or near\nPark Lane"', 1)),
        ["13 lines follow the headings, and they read as 12 rows"],
    ),
    "cut within a row": (one_csv(street_csv()[:-60]), ["does not end with a line break", "cut short"]),
    "cut within the last line end": (one_csv(street_csv()[:-2]), ["row 13, the last, does not end with a line break"]),
    "cut within the headings": (one_csv(street_csv()[:50]), ["row 1", "is missing"]),
    "CP1252 bytes": (
        one_csv(street_csv().decode().replace("Church Lane", "Café Lane").encode("cp1252")),
        ["row 6 holds the byte 0xe9, which is not UTF-8 text", "saved again by a spreadsheet"],
    ),
    "UTF-16": (one_csv(street_csv().decode().encode("utf-16")), ["row 1 holds the byte 0xff"]),
    "UTF-16 without its mark": (one_csv(street_csv().decode().encode("utf-16-le")), ["row 1 holds a NUL byte"]),
    "NUL bytes": (one_csv(street_csv().replace(b"Church", b"Chur\x00h", 1)), ["row 6 holds a NUL byte"]),
    "line ends of an old Macintosh": (one_csv(write_csv(street_rows(), newline="\r")), ["row 1"]),
    "semicolons": (one_csv(street_csv().replace(b",", b";")), ["row 1", "is missing"]),
    "tabs": (one_csv(street_csv().replace(b",", b"\t")), ["row 1", "is missing"]),
    "a web page": (one_csv(b"<!DOCTYPE html>\n<title>Not found</title>\n"), ["row 1", "is missing"]),
    "Crime ID and Context exchanged": (swap_headings("Crime ID", "Context"), ["column 'Context'", "never a Crime ID"]),
    "Location and Context exchanged": (swap_headings("Location", "Context"), ["column 'Context'", "a place"]),
    "outcome and Context exchanged": (
        swap_headings("Last outcome category", "Context"),
        ["row 4, column 'Context' says 'Under investigation'"],
    ),
    "outcome and Location exchanged": (swap_headings("Last outcome category", "Location"), ["never"]),
    "Reported by and Location exchanged": (swap_headings("Reported by", "Location"), ["column 'Reported by' says"]),
    "Month and Crime type exchanged": (swap_headings("Month", "Crime type"), ["column 'Month' says"]),
}


@pytest.mark.parametrize("case", WRONG_FILES)
def test_a_wrong_file_is_refused_and_leaves_no_trace(tmp_path, data, case):
    build, fragments = WRONG_FILES[case]
    check_refused(build(tmp_path), data, *fragments)


@pytest.mark.parametrize("case", ["short row", "rows of another force", "CP1252 bytes", "cut within a row"])
def test_a_wrong_file_of_an_archive_is_named_with_its_archive(tmp_path, data, case):
    build, fragments = WRONG_FILES[case]
    wrong = build(tmp_path).read_bytes()
    path = write_zip(tmp_path / "months.zip", {member_name("2024-02"): street_csv("2024-02"), MEMBER: wrong})
    (tmp_path / NAME).unlink()
    message = check_refused(path, data, *fragments)
    assert message.startswith(f"months.zip > {MEMBER}: ")


def test_one_wrong_file_of_a_folder_is_named_and_the_others_are_taken_in(tmp_path):
    good = {member_name(month): street_csv(month) for month in ("2024-01", "2024-02")}
    folder = write_files(tmp_path / "months", {**good, member_name("2024-03"): street_csv("2024-02")})
    report = ingest(folder, folder=tmp_path / "store", received_on=date(2024, 6, 30))
    assert [file.name for file in report.received] == [PurePosixPath(name).name for name in good]
    (refused,) = report.refused
    assert refused.reason.startswith("months/2024-03/2024-03-cheshire-street.csv: ")
    assert "is of 2024-02 in a file of 2024-03" in refused.reason
    assert open_store(tmp_path / "store", simulated=False).read_parts()["period"].tolist() == ["2024-01", "2024-02"]


OUTCOMES_NAME = "2024-01-cheshire-outcomes.csv"
SEARCHES_NAME = "2024-10-cheshire-stop-and-search.csv"
GOOD_SEARCHES = write_csv(search_rows())
OTHER_KINDS = {
    "an outcome cut short": (
        one_csv(write_csv(outcome_rows())[:-8], OUTCOMES_NAME),
        ["does not end with a line break"],
    ),
    "an outcome without a crime": (
        one_csv(write_csv([{**row, "Crime ID": ""} for row in outcome_rows()]), OUTCOMES_NAME),
        ["row 2, column 'Crime ID' says nothing", "64 hexadecimal digits"],
    ),
    "outcomes of another month": (
        one_csv(write_csv(outcome_rows("2024-02")), OUTCOMES_NAME),
        ["column 'Month' is of 2024-02 in a file of 2024-01"],
    ),
    "outcomes of another force": (
        one_csv(write_csv(outcome_rows(force="merseyside")), OUTCOMES_NAME),
        ["in a file of the force 'cheshire'"],
    ),
    "outcome and place exchanged": (
        swap_headings("Outcome type", "Location", write_csv(outcome_rows()), OUTCOMES_NAME),
        ["never"],
    ),
    "an outcome's place that contradicts the map": (
        one_csv(write_csv([{**row, "LSOA name": "Wirral 001A"} for row in outcome_rows()[:-1]]), OUTCOMES_NAME),
        ["Wirral 001A"],
    ),
    "a street file named outcomes": (one_csv(street_csv(), OUTCOMES_NAME), [f"Expected: {', '.join(OUTCOMES)}"]),
    "a search without its zone": (
        one_csv(write_csv(search_rows(["2024-10-01 02:30:00"])), SEARCHES_NAME),
        ["row 2, column 'Date' says '2024-10-01 02:30:00'; allowed: a time like 2024-10-01T02:30:00+00:00"],
    ),
    "a search dated the American way": (
        one_csv(write_csv(search_rows(["10/01/2024 02:30"])), SEARCHES_NAME),
        ["row 2, column 'Date'"],
    ),
    "a search on no day": (
        one_csv(write_csv(search_rows(["2024-10-31T12:00:00+00:00", "2024-10-32T12:00:00+00:00"])), SEARCHES_NAME),
        ["row 3, column 'Date' says '2024-10-32T12:00:00+00:00', which is no time on any day"],
    ),
    "a search of another local month": (
        one_csv(write_csv(search_rows(["2024-10-31T23:30:00+00:00", "2024-09-30T22:59:00+00:00"])), SEARCHES_NAME),
        ["row 3, column 'Date' is of 2024-09 in a file of 2024-10 (1 of 2 rows)"],
    ),
    "a search's latitude and longitude exchanged": (
        swap_headings("Latitude", "Longitude", GOOD_SEARCHES, SEARCHES_NAME),
        ["row 2, column 'Latitude' says '-2.724080'", "1 more row is wrong"],
    ),
    "an unknown kind of search": (
        one_csv(GOOD_SEARCHES.replace(b"Person search", b"Strip search"), SEARCHES_NAME),
        ["column 'Type' says 'Strip search'", "Person and Vehicle search"],
    ),
    "a search's last cell cut short": (one_csv(GOOD_SEARCHES[:-7], SEARCHES_NAME), ["does not end with a line break"]),
    **{
        f"a search's {one} and {other} exchanged": (
            swap_headings(one, other, GOOD_SEARCHES, SEARCHES_NAME),
            ["column '"],
        )
        for one, other in [
            ("Gender", "Age range"),
            ("Officer-defined ethnicity", "Self-defined ethnicity"),
            ("Legislation", "Object of search"),
            ("Legislation", "Outcome"),
            ("Object of search", "Outcome"),
            ("Self-defined ethnicity", "Outcome"),
            ("Policing operation", "Legislation"),
            ("Type", "Gender"),
        ]
    },
}


@pytest.mark.parametrize("case", OTHER_KINDS)
def test_wrong_outcomes_and_searches_are_refused(tmp_path, data, case):
    build, fragments = OTHER_KINDS[case]
    check_refused(build(tmp_path), data, *fragments)
