"""Referrals of potential victims of modern slavery: rows that say only what differs, and totals at every level."""

from __future__ import annotations

from pathlib import Path

import pytest
from home_office_files import Row, save, write_workbook
from reader_checks import claim, is_simulated, read_all

from shp_analysis.errors import SourceError
from shp_analysis.readers import nrm

TITLE = "Table 13: NRM referrals by police first responder, exploitation type, age at exploitation and gender"
QUARTER = "United Kingdom, 1 October to 31 December 2023 [note 1]"
HEADINGS = ("Police first responder", "Exploitation type", "Age at exploitation", "Gender", "Albanian", "UK", "Total")
OLDER_HEADINGS = (
    *("First responder (Police)", "Claimed exploitation type", "Age group at exploitation", "Gender"),
    *("Albanian", "UK", "Total"),
)


def rows() -> list[Row]:
    """Give Cheshire's five referrals and a regional unit's one."""
    return [
        ["Cheshire Police", None, None, None, 2, 3, 5],
        [None, "Criminal", None, None, 1, 3, 4],
        [None, None, "Adult (18 or over)", None, 1, 0, 1],
        [None, None, None, "Male", 1, 0, 1],
        [None, None, "Child (17 or under)", None, 0, 3, 3],
        [None, None, None, "Female", 0, 1, 1],
        [None, None, None, "Male", 0, 2, 2],
        [None, "Labour", None, None, 1, 0, 1],
        [None, None, "Adult (18 or over)", None, 1, 0, 1],
        [None, None, None, "Male", 1, 0, 1],
        ["North West ROCU", None, None, None, 0, 1, 1],
        [None, "Sexual", None, None, 0, 1, 1],
        [None, None, "Age not specified or unknown", None, 0, 1, 1],
        [None, None, None, "Female", 0, 1, 1],
        ["Total", None, None, None, 2, 4, 6],
    ]


def write(folder: Path, table: list[Row], name: str = "a.ods", headings=HEADINGS, quarter: str = QUARTER, cover=None):
    sheets = {
        "Cover": cover or [["Modern slavery statistics"]],
        "Table_13": [[TITLE], [quarter], [], headings, *table],
    }
    return save(folder, name, write_workbook(name.rpartition(".")[2], sheets))


def read(path: Path):
    return read_all(nrm.READER, path)["nrm_referrals"]


def refuse(path: Path) -> str:
    with pytest.raises(SourceError) as refusal:
        read(path)
    return str(refusal.value)


@pytest.mark.parametrize("kind", ["ods", "xlsx"])
def test_rows_are_kept_by_force_type_and_age(tmp_path, kind):
    path = write(tmp_path, rows(), f"a.{kind}")
    assert claim(nrm.READER, path)[0].headings == tuple(f"Table_13: {heading}" for heading in HEADINGS)
    referrals = read(path)
    assert tuple(referrals.columns) == nrm.TIDY_COLUMNS
    assert referrals.drop(columns=["calendar_quarter", "responder_type"]).fillna("").to_numpy().tolist() == [
        ["2023-24-Q3", "Cheshire Police", "E23000006", "Criminal", "adults", 1],
        ["2023-24-Q3", "Cheshire Police", "E23000006", "Criminal", "children", 3],
        ["2023-24-Q3", "Cheshire Police", "E23000006", "Labour", "adults", 1],
        ["2023-24-Q3", "North West ROCU", "", "Sexual", "not known", 1],
    ]
    assert set(referrals["calendar_quarter"]) == {"2023 Q4"}


def test_the_older_layout_begins_in_the_second_column_and_gives_the_same(tmp_path):
    older = [[None, *row] for row in rows()]
    path = write(tmp_path, older, "older.ods", (None, *OLDER_HEADINGS))
    assert read(path).equals(read(write(tmp_path, rows())))


@pytest.mark.parametrize(
    ("quarter", "slug"),
    [
        ("January to March 2025", "2024-25-Q4"),
        ("Quarter 2 2024: April to June", "2024-25-Q1"),
        ("1 July 2024 to 30 September 2024", "2024-25-Q2"),
        ("1 October to 31 December 2023", "2023-24-Q3"),
    ],
)
def test_the_publishers_quarters_are_the_calendars(tmp_path, quarter, slug):
    assert set(read(write(tmp_path, rows(), quarter=quarter))["period"]) == {slug}


def test_the_quarter_may_stand_on_the_cover_or_in_the_name(tmp_path):
    on_cover = write(tmp_path, rows(), quarter="", cover=[["Quarter 1 2025 - January to March"]])
    assert set(read(on_cover)["period"]) == {"2024-25-Q4"}
    named = write(tmp_path, rows(), "nrm-dtn-statistics-april-to-june-2024-data-tables.ods", quarter="")
    assert set(read(named)["period"]) == {"2024-25-Q1"}
    assert "say which quarter it is of" in refuse(write(tmp_path, rows(), quarter=""))
    several = write(tmp_path, rows(), quarter="January to March 2025, compared with October to December 2024")
    assert "its titles speak of quarter 4 2024, quarter 1 2025" in refuse(several)
    annual = write(tmp_path, rows(), quarter="End of year summary 2023", name="nrm-q4-2023-tables.ods")
    assert "its titles speak of a whole year" in refuse(annual)


@pytest.mark.parametrize(
    ("number", "column", "value", "told"),
    [
        (0, 6, 6, "row 5 says 6 referrals, and its nationalities add up to 5"),
        (3, 0, "Kent Police", "row 8 does not say what it counts"),
        (2, 2, None, "row 7 does not say what it counts"),
        (1, 6, "[c]", "row 6, column Total says '[c]'; allowed: a whole number"),
        (1, 4, None, "row 6, column of a nationality says ''; allowed"),
        (2, 2, "Grown", "row 7, column 'Age at exploitation' says 'Grown'; allowed: an age"),
    ],
)
def test_a_wrong_cell_is_told(tmp_path, number, column, value, told):
    table = rows()
    table[number][column] = value
    assert told in refuse(write(tmp_path, table))


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (14, "row 19 says 7 referrals, and its first responders add up to 6"),
        (0, "row 19 says 6 referrals, and its first responders add up to 7"),
        (1, "row 5 says 5 referrals, and its exploitation types add up to 6"),
        (4, "row 6 says 4 referrals, and its age groups add up to 5"),
        (5, "row 9 says 3 referrals, and its genders add up to 4"),
    ],
)
def test_every_level_is_held_against_the_next(tmp_path, number, told):
    table = rows()
    for column in (5, 6):
        table[number][column] = int(str(table[number][column])) + 1
    assert told in refuse(write(tmp_path, table))


def test_a_row_that_was_taken_out_is_missed(tmp_path):
    table = rows()
    del table[7:10]
    assert "row 5 says 5 referrals, and its exploitation types add up to 4" in refuse(write(tmp_path, table))


def test_a_force_twice_and_a_first_row_about_nothing_are_refused(tmp_path):
    assert "row 20: 'Cheshire Police' and 'Total' and 'Total' and 'Total' is there already" in refuse(
        write(tmp_path, [*rows(), rows()[0]])
    )
    assert "row 5 does not say what it counts" in refuse(write(tmp_path, rows()[1:]))


def test_bodies_that_are_no_police_have_no_area(tmp_path):
    headings = ("Government agency first responder", *HEADINGS[1:])
    table = [["Home Office", *rows()[0][1:]], *rows()[1:10]]
    referrals = read(write(tmp_path, table, headings=headings))
    assert set(referrals["responder_type"]) == {"government agency"}
    assert referrals["area_code"].isna().all()


def test_a_file_of_its_name_without_tables_is_refused_and_others_are_left(tmp_path):
    empty = save(tmp_path, "nrm-data-tables.ods", write_workbook("ods", {"Cover": [["x"]]}))
    assert "holds no table of referrals by first responder" in refuse(empty)
    assert claim(nrm.READER, save(tmp_path, "b.ods", write_workbook("ods", {"Cases": [["Area Name", "Total"]]}))) == ()


def test_a_simulated_workbook_says_so(tmp_path):
    assert is_simulated(nrm.READER, write(tmp_path, rows(), cover=[["Simulated"]])) == {True}
    assert is_simulated(nrm.READER, write(tmp_path, rows())) == {False}


def test_no_published_file_of_others_is_claimed(shared_data):
    assert claim(nrm.READER, shared_data) == ()
