"""Outcomes, knives, hate crime and stop and search: both vintages of headings, and the traps that they hold."""

from __future__ import annotations

from pathlib import Path

import pytest
from home_office_files import (
    HATE_HEADINGS,
    KNIFE_HEADINGS,
    OLDER_OUTCOME_HEADINGS,
    OLDER_SEARCH_HEADINGS,
    OUTCOME_HEADINGS,
    SEARCH_HEADINGS,
    Row,
    hate_rows,
    knife_rows,
    older_search_rows,
    outcome_rows,
    save,
    search_rows,
    write_csv,
    write_workbook,
)
from reader_checks import read_all
from refusals import ADVICE

from shp_analysis.errors import SourceError
from shp_analysis.readers import home_office
from shp_analysis.readers.home_office_layout import find_force
from shp_analysis.readers.home_office_outcomes import NOT_YET_ASSIGNED

OUTCOMES, SEARCHES = "home_office_outcomes", "home_office_stop_and_search"
KNIFE, HATE = "home_office_knife", "home_office_hate_crime"


def read_rows(folder: Path, headings, rows, name: str = "table.csv"):
    ((_, frame),) = read_all(home_office.READER, save(folder, name, write_csv(headings, rows))).items()
    return frame


def refuse(folder: Path, headings, rows, name: str = "table.csv") -> str:
    with pytest.raises(SourceError) as refusal:
        read_rows(folder, headings, rows, name)
    message = str(refusal.value)
    assert name in message
    assert ADVICE.search(message), message
    return message


def change(rows: list[Row], headings, number: int, heading: str, value: str | int | None) -> list[Row]:
    """Change one cell; rows are numbered as a spreadsheet does."""
    rows[number - 2][list(headings).index(heading)] = value
    return rows


def test_outcomes_have_two_counts_and_the_unassigned_are_none(tmp_path):
    outcomes = read_rows(tmp_path, OUTCOME_HEADINGS, outcome_rows())
    cheshire = outcomes[(outcomes["area_code"] == "E23000006") & (outcomes["period"] == "2024-25-Q1")]
    assert cheshire["outcomes_of_offences_recorded"].tolist() == [20, 40, 40]
    assert cheshire["outcomes_of_investigations_closed"].fillna(-1).tolist() == [25, 55, -1]
    assert cheshire["closed_value_note"].fillna("").tolist() == ["", "", "not applicable"]
    assert cheshire["outcome_type"].tolist() == ["1", "18", NOT_YET_ASSIGNED]
    assert set(outcomes["force_name"]) == {"Cheshire", "London, City of"}
    assert set(outcomes["offences_involving"]) == {"all offences"}


def test_both_vintages_of_outcomes_give_the_same(tmp_path):
    now = read_rows(tmp_path, OUTCOME_HEADINGS, outcome_rows())
    older = read_rows(tmp_path, OLDER_OUTCOME_HEADINGS, [[row[0], f"Q{row[1]}", *row[2:]] for row in outcome_rows()])
    assert now.equals(older)


@pytest.mark.parametrize(
    ("cell", "note"),
    [
        ("N/A - data not provided", "the force gave no figures"),
        ("N/A - Offence code expired", "the offence code has expired"),
        ("NA", "not applicable"),
        ("*", "not available"),
        (None, "left blank"),
    ],
)
def test_a_number_that_is_not_there_is_missing_with_its_reason(tmp_path, cell, note):
    rows = change(outcome_rows(), OUTCOME_HEADINGS, 2, OUTCOME_HEADINGS[-1], cell)
    first = read_rows(tmp_path, OUTCOME_HEADINGS, rows).iloc[0]
    assert first["closed_value_note"] == note
    assert first.isna()["outcomes_of_investigations_closed"]


def test_a_table_without_the_second_count_says_so(tmp_path):
    outcomes = read_rows(tmp_path, OUTCOME_HEADINGS[:-1], [row[:-1] for row in outcome_rows()])
    assert outcomes["outcomes_of_investigations_closed"].isna().all()
    assert set(outcomes["closed_value_note"]) == {"not in this table"}


def test_a_negative_count_and_an_expired_code_stay(tmp_path):
    rows = change(outcome_rows(), OUTCOME_HEADINGS, 2, OUTCOME_HEADINGS[-2], -3)
    rows = change(rows, OUTCOME_HEADINGS, 2, "Offence code expired", "x")
    outcomes = read_rows(tmp_path, OUTCOME_HEADINGS, rows)
    assert outcomes["outcomes_of_offences_recorded"].tolist()[0] == -3
    assert outcomes["is_offence_code_expired"].tolist()[:2] == [True, False]


@pytest.mark.parametrize(
    ("name", "involving"),
    [
        ("prc-knives_or_sharps-outcomes-open-data-apr2024.csv", "knives or sharp instruments"),
        ("prc-firearms-outcomes-open-data-apr2024.csv", "firearms"),
    ],
)
def test_outcomes_of_a_part_of_offences_are_a_part_of_their_own(tmp_path, name, involving):
    outcomes = read_rows(tmp_path, OUTCOME_HEADINGS, outcome_rows(), name)
    assert set(outcomes["offences_involving"]) == {involving}


def test_alternate_offences_would_be_counted_twice(tmp_path):
    rows = change(outcome_rows(), OUTCOME_HEADINGS, 2, "Outcome Type", "1a")
    assert "row 2, column 'Outcome Type' says '1a': this is the table of alternate" in refuse(
        tmp_path, OUTCOME_HEADINGS, rows
    )


def test_a_quarter_in_two_sheets_is_refused_and_other_sheets_are_passed_over(tmp_path):
    table = [OUTCOME_HEADINGS, *outcome_rows()]
    sheets = {"Cover_sheet": [["Outcomes open data"]], "Outcomes_open_data": table}
    path = save(tmp_path, "a.xlsx", write_workbook("xlsx", sheets))
    assert len(read_all(home_office.READER, path)[OUTCOMES]) == len(outcome_rows())
    path = save(tmp_path, "b.xlsx", write_workbook("xlsx", {**sheets, "again": table}))
    with pytest.raises(SourceError, match=r"2024-25-Q1, all offences is also in b\.xlsx > Outcomes_open_data"):
        read_all(home_office.READER, path)
    changed = [[*OUTCOME_HEADINGS[:8], "Kind of outcome", *OUTCOME_HEADINGS[9:]], *outcome_rows("2023/24")]
    path = save(tmp_path, "c.xlsx", write_workbook("xlsx", {**sheets, "2023_24": changed}))
    with pytest.raises(SourceError, match=r"c\.xlsx > 2023_24: row 1: column 'Outcome Type' is missing"):
        read_all(home_office.READER, path)


@pytest.mark.parametrize(
    ("heading", "value", "told"),
    [
        ("Financial Year", "2024/26", "says '2024-26'; allowed: two years that follow each other"),
        ("Financial Quarter", "Q5", "says 'Q5'; allowed: 1 to 4, or Q1 to Q4"),
        ("Force Name", "Halton", "says 'Halton'; allowed: a force of the list"),
        ("Force Name", None, "says nothing"),
        ("Offence Code", "2024-10-08", "says '2024-10-08'; allowed: a code like 8N or 4.10"),
        (OUTCOME_HEADINGS[-1], "1,234", "says '1,234'; allowed: a whole number, or one of"),
        (OUTCOME_HEADINGS[-2], "2.5", "says '2.5'; allowed: a whole number, or one of"),
    ],
)
def test_a_wrong_cell_is_told_with_what_was_allowed(tmp_path, heading, value, told):
    message = refuse(tmp_path, OUTCOME_HEADINGS, change(outcome_rows(), OUTCOME_HEADINGS, 3, heading, value))
    assert "row 3" in message
    assert told in message


def test_an_unknown_column_is_refused(tmp_path):
    message = refuse(tmp_path, [*OUTCOME_HEADINGS, "Region"], [[*row, "x"] for row in outcome_rows()])
    assert "column 'Region' is not known" in message


def test_both_vintages_of_stop_and_search_have_the_same_columns(tmp_path):
    now = read_rows(tmp_path, SEARCH_HEADINGS, search_rows())
    older = read_rows(tmp_path, OLDER_SEARCH_HEADINGS, older_search_rows())
    assert now.dtypes.equals(older.dtypes)
    assert now[["area_code", "financial_quarter", "searches"]].fillna("").to_numpy().tolist() == [
        ["E23000006", "2024-25 Q1", 7],
        ["E23000006", "2024-25 Q1", 70],
        ["E23000006", "2024-25 Q2", 3],
        ["", "2024-25 Q1", 11],
    ]
    assert older["value_note"].fillna("").tolist() == ["", "not available"]
    assert older["arrests"].tolist()[0] == 9
    assert (set(now["counted_by"]), set(older["counted_by"])) == ({"reason and outcome"}, {"reason"})
    assert now["region"].isna().tolist() == [False, False, False, True]


def test_a_search_under_another_force_than_its_code_is_refused(tmp_path):
    rows = change(search_rows(), SEARCH_HEADINGS, 3, "police_force_area", "Merseyside")
    assert "row 3, column 'geocode' says 'E23000006' for 'Merseyside'" in refuse(tmp_path, SEARCH_HEADINGS, rows)


def test_more_arrests_than_searches_are_refused(tmp_path):
    rows = change(older_search_rows(), OLDER_SEARCH_HEADINGS, 2, "Resultant arrests", 91)
    assert "row 2 says 90 searches and 91 arrests" in refuse(tmp_path, OLDER_SEARCH_HEADINGS, rows)


@pytest.mark.parametrize(
    ("headings", "name"),
    [
        (KNIFE_HEADINGS, "prc-knife-open-data.csv"),
        ([*KNIFE_HEADINGS[:-1], "Number of offences involving a knife or sharp instrument"], "table.csv"),
    ],
)
def test_knife_offences_are_known_by_their_heading_or_their_file(tmp_path, headings, name):
    knife = read_rows(tmp_path, headings, knife_rows(), name)
    assert knife[["period", "area_code", "offences_with_weapon"]].to_numpy().tolist() == [
        ["2024-25-Q1", "E23000006", 12],
        ["2024-25-Q1", "E23000006", 30],
    ]
    assert knife["offences"].isna().all()


def test_more_offences_with_a_knife_than_there_were_are_refused(tmp_path):
    headings = [*KNIFE_HEADINGS[:-1], "Number of offences involving a knife or sharp instrument", "Number of Offences"]
    rows = [[*row, 20] for row in knife_rows()]
    assert "row 3 says that 30 of 20 offences involved the weapon" in refuse(tmp_path, headings, rows)
    assert read_rows(tmp_path, headings, [[*row, 40] for row in knife_rows()])["offences"].tolist() == [40, 40]


def test_a_knife_row_twice_is_refused(tmp_path):
    rows = [*knife_rows(), knife_rows()[0]]
    assert "row 4 counts the same as row 2" in refuse(tmp_path, KNIFE_HEADINGS, rows, "prc-knife.csv")


def test_england_and_wales_may_leave_the_transport_police_out(tmp_path):
    rows = [*knife_rows(), ["2024/25", "Q1", "British Transport Police", "Robbery", 2]]
    for total in (12, 14):
        whole: Row = ["2024/25", "Q1", "England and Wales", "Robbery", total]
        assert len(read_rows(tmp_path, KNIFE_HEADINGS, [*rows, whole], "prc-knife.csv")) == len(rows)
    whole = ["2024/25", "Q1", "England and Wales", "Robbery", 13]
    assert "says 13, and its 2 parts add up to 14" in refuse(tmp_path, KNIFE_HEADINGS, [*rows, whole], "prc-knife.csv")


def test_strands_of_hate_crime_overlap_and_offences_stay_beside_them(tmp_path):
    crimes = read_rows(tmp_path, HATE_HEADINGS, hate_rows())
    assert dict(zip(crimes["strand"], crimes["hate_crimes"], strict=True)) == {
        "Race": 30,
        "Religion": 8,
        "Sexual orientation": 10,
        "Disability": 5,
        "Transgender": 2,
        "any": 50,
    }
    assert set(crimes["period"]) == {"2024-25"}


@pytest.mark.parametrize("offences", [56, 29])
def test_hate_crimes_are_no_more_than_their_factors_and_no_fewer_than_the_largest(tmp_path, offences):
    rows = change(hate_rows(), HATE_HEADINGS, 8, "Number of Offences", offences)
    message = refuse(tmp_path, HATE_HEADINGS, rows)
    assert f"row 8 says {offences} offences of Cheshire, 2024-25" in message
    assert "add up to 55, the largest being 30" in message


def test_a_sum_of_factors_that_is_wrong_and_an_unknown_strand_are_refused(tmp_path):
    rows = change(hate_rows(), HATE_HEADINGS, 7, "Number of Offences", 54)
    assert "row 7 is a total" in refuse(tmp_path, HATE_HEADINGS, rows)
    rows = change(hate_rows()[:5], HATE_HEADINGS, 2, "Motivating Factor", "Height")
    assert "row 2, column 'Motivating Factor' says 'Height'; allowed: any, Race" in refuse(
        tmp_path, HATE_HEADINGS, rows
    )


@pytest.mark.parametrize(
    ("spelling", "name", "code"),
    [
        ("CHESHIRE CONSTABULARY", "Cheshire", "E23000006"),
        ("City of London Police", "London, City of", "E23000034"),
        ("Devon & Cornwall", "Devon and Cornwall", "E23000035"),
        ("Metropolitan Police Service", "Metropolitan Police", "E23000001"),
        ("British Transport Police", "British Transport Police", None),
    ],
)
def test_a_force_is_known_by_its_other_spellings(spelling, name, code):
    assert find_force(spelling) == (name, code)


@pytest.mark.parametrize("name", ["Halton", "", "Police", "England and Wales"])
def test_what_is_no_force_is_none(name):
    assert find_force(name) is None
