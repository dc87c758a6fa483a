"""What the Home Office's reader offers to the store: its own files, a financial year at a time."""

from __future__ import annotations

import gzip
from pathlib import Path, PurePosixPath

import pytest
from home_office_files import (
    CSP_HEADINGS,
    FORCE_HEADINGS,
    HATE_HEADINGS,
    KNIFE_HEADINGS,
    OUTCOME_HEADINGS,
    SEARCH_HEADINGS,
    SHOPLIFTING,
    Row,
    hate_rows,
    knife_rows,
    outcome_rows,
    save,
    search_rows,
    write_csv,
    write_workbook,
)
from reader_checks import claim, is_simulated, read_all

from shp_analysis.errors import SourceError
from shp_analysis.readers.deliveries import open_delivery
from shp_analysis.readers.home_office import READER

OFFENCE = (*SHOPLIFTING[1:], SHOPLIFTING[0])
NOTES = [["Police recorded crime by community safety partnership"], [], ["Kent has rows under Unassigned Kent"]]


def csp_rows(year: str = "2020/21") -> list[Row]:
    return [
        [year, "Q1", "Cheshire", "Halton", *OFFENCE, 30],
        [year, "Q1", "Cheshire", "Warrington", *OFFENCE, 50],
        [year, "Q1", "Cheshire", "Unassigned", *OFFENCE, 3],
    ]


def force_rows() -> list[Row]:
    return [["2017/18", "1", "Cheshire", *OFFENCE, 900], ["2017/18", "1", "British Transport Police", *OFFENCE, 12]]


def refuse(path: Path) -> str:
    with pytest.raises(SourceError) as refusal:
        read_all(READER, path)
    return str(refusal.value)


@pytest.fixture(params=["ods", "xlsx"])
def workbook(request, tmp_path) -> Path:
    sheets = {
        "Notes": NOTES,
        "2020_21": [CSP_HEADINGS, *csp_rows()],
        "2021_22": [CSP_HEADINGS, *csp_rows("2021/22")],
    }
    return save(tmp_path, f"a.{request.param}", write_workbook(request.param, sheets))


def test_a_workbook_is_known_by_its_headings_and_read_a_year_at_a_time(workbook):
    (file,) = claim(READER, workbook)
    assert file.headings == tuple(f"2020_21: {heading}" for heading in CSP_HEADINGS)
    with open_delivery(workbook) as members:
        pieces = [records for found in READER.find_files(members) for records in found.read()]
    assert [set(piece.frame["period"]) for piece in pieces] == [{"2020-21-Q1"}, {"2021-22-Q1"}]
    assert [piece.table for piece in pieces] == ["home_office_crime_csp"] * 2
    assert pieces[0].frame["area_code"].fillna("").tolist() == ["E22000023", "E22000026", ""]
    assert pieces[0].frame["recorded_crimes"].tolist() == [30, 50, 3]
    assert is_simulated(READER, workbook) == {False}


def test_every_kind_of_table_is_known_by_its_headings_whatever_its_name(tmp_path):
    tables = {
        "home_office_crime_csp": (CSP_HEADINGS, csp_rows()),
        "home_office_crime_force": (FORCE_HEADINGS, force_rows()),
        "home_office_outcomes": (OUTCOME_HEADINGS, outcome_rows()),
        "home_office_stop_and_search": (SEARCH_HEADINGS, search_rows()),
        "home_office_hate_crime": (HATE_HEADINGS, hate_rows()),
        "home_office_knife": ([*KNIFE_HEADINGS[:-1], "Number of knife offences"], knife_rows()),
        "home_office_firearms": ([*KNIFE_HEADINGS[:-1], "Number of firearm offences"], knife_rows()),
    }
    for number, (table, (headings, rows)) in enumerate(tables.items()):
        assert set(read_all(READER, save(tmp_path, f"{number}.csv", write_csv(headings, rows)))) == {table}
    assert {table.name for table in READER.tables} == set(tables)


def test_a_force_has_the_code_of_its_area_and_the_transport_police_none(tmp_path):
    path = save(tmp_path, "force.csv.gz", gzip.compress(write_csv(FORCE_HEADINGS, force_rows())))
    crimes = read_all(READER, path)["home_office_crime_force"]
    assert crimes["area_code"].fillna("").tolist() == ["E23000006", ""]
    assert "csp_name" not in crimes


@pytest.mark.parametrize(
    ("headings", "rows"),
    [
        (["Month", "Reported by", "Falls within", "Outcome type"], [["2024-01", "Cheshire", "Cheshire", "None"]]),
        (["pfa_name_safelives", "financial_year", "marac_count"], [["Cheshire", "2024-25", 12]]),
        (["Type", "Date", "Legislation", "Object of search", "Outcome"], [["Person", "x", "s1", "Drugs", "Arrest"]]),
        (["Financial Year", "Value"], [["2024/25", 3]]),
    ],
)
def test_files_of_others_are_left_to_them(tmp_path, headings, rows):
    assert claim(READER, save(tmp_path, "other.csv", write_csv(headings, rows))) == ()


def test_nothing_is_claimed_for_a_spreadsheet_that_is_damaged_or_none(tmp_path):
    assert claim(READER, save(tmp_path, "a.xlsx", b"not a zip")) == ()
    assert claim(READER, save(tmp_path, "b.pdf", b"%PDF")) == ()


@pytest.mark.parametrize(
    "name", ["prc-csp-mar21.csv", "prc-pfa-mar2013-onwards-tables-230726.csv", "stop-search-open-data-tables-mar25.csv"]
)
def test_a_file_that_only_its_name_knows_is_claimed_and_refused(tmp_path, name):
    path = save(tmp_path, name, write_csv(["A", "B"], [[1, 2]]))
    assert len(claim(READER, path)) == 1
    assert "is missing" in refuse(path)


def test_a_workbook_named_like_one_and_without_tables_is_refused(tmp_path):
    path = save(tmp_path, "prc-outcomes-open-data-mar2025.xlsx", write_workbook("xlsx", {"Cover": NOTES}))
    assert "is named like a table of the Home Office and holds none" in refuse(path)


@pytest.mark.parametrize("place", ["notes", "sheet name", "file name"])
def test_a_simulated_file_says_so(tmp_path, place):
    if place == "file name":
        path = save(tmp_path, "simulated-prc-csp.csv", write_csv(CSP_HEADINGS, csp_rows()))
    else:
        sheets = {
            "Simulated" if place == "sheet name" else "Notes": [["Simulated: no published figures"], *NOTES],
            "2020_21": [CSP_HEADINGS, *csp_rows()],
        }
        path = save(tmp_path, "prc-csp.ods", write_workbook("ods", sheets))
    assert is_simulated(READER, path) == {True}


def test_a_total_is_held_against_its_parts_and_left_out(tmp_path):
    total: Row = ["2020/21", "Q1", "Cheshire", "Total", *OFFENCE, 83]
    right = save(tmp_path, "right.csv", write_csv(CSP_HEADINGS, [*csp_rows(), total]))
    assert len(read_all(READER, right)["home_office_crime_csp"]) == len(csp_rows())
    total[-1] = 84
    message = refuse(save(tmp_path, "wrong.csv", write_csv(CSP_HEADINGS, [*csp_rows(), total])))
    assert "row 5 is a total of 2020/21, Cheshire, Q1" in message
    assert "says 84, and its 3 parts add up to 83" in message
    alone = [["2020/21", "Q2", "Cheshire", "Total", *OFFENCE, 5], *csp_rows()]
    assert "no row is a part of it" in refuse(save(tmp_path, "alone.csv", write_csv(CSP_HEADINGS, alone)))


def test_the_published_table_is_claimed_and_read(shared_data):
    path = shared_data / "home_office" / "prc-pfa-2017-18-with-police-uk-category.csv.gz"
    crimes = read_all(READER, path)["home_office_crime_force"]
    cheshire = crimes[crimes["area_code"] == "E23000006"]
    assert len(crimes) == 23068
    assert cheshire.groupby("period")["recorded_crimes"].sum().to_dict() == {
        "2017-18-Q1": 19923,
        "2017-18-Q2": 21638,
        "2017-18-Q3": 23535,
        "2017-18-Q4": 22265,
    }


def test_of_all_published_files_only_its_own_are_claimed(shared_data):
    with open_delivery(shared_data) as members:
        claimed = {file.member.path for file in READER.find_files(members)}
    assert claimed == {PurePosixPath("home_office/prc-pfa-2017-18-with-police-uk-category.csv.gz")}
