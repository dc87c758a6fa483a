"""Proven reoffending: cohorts of twelve months, percentages that their counts bear out, both spellings of headings."""

from __future__ import annotations

from pathlib import Path

import pytest
from home_office_files import save, write_csv, write_workbook
from reader_checks import claim, is_simulated, read_all, read_table
from refusals import ADVICE

from shp_analysis.errors import SourceError
from shp_analysis.readers import moj

HEADINGS = (
    *("Cohort", "Region", "Local authority", "Age group", "Number of offenders in cohort", "Number of reoffenders"),
    *("Number of reoffences", "Proportion of offenders who reoffend (%)"),
    *("Average number of reoffences per reoffender", "Average number of reoffences per offender"),
)
OLDER_HEADINGS = (
    *("cohort", "Region", "Upper-tier local authority", "adult_juvenile", "offenders", "reoffenders", "reoffences"),
    *("Proportion of offenders who re-offend (%)", "Average number of re-offences per re-offender"),
    "Average number of re-offences per offender",
)
COHORT = "April 2021 to March 2022"
Rows = list[list[str | int | float]]


def rows() -> Rows:
    """Give Halton's adults, children and all of one cohort, and Warrington's adults."""
    return [
        [COHORT, "North West", "Halton", "Adult", 400, 120, 480, "30.0", "4.00", "1.20"],
        [COHORT, "North West", "Halton", "Juvenile", 30, 11, 40, "36.7", "3.64", "1.33"],
        [COHORT, "North West", "Halton", "All", 430, 131, 520, "30.5", "3.97", "1.21"],
        [COHORT, "North West", "Warrington", "Adult", 500, 100, 350, "20.0", "3.50", "0.70"],
    ]


def read(folder: Path, table: Rows, headings=HEADINGS, name: str = "table.csv"):
    return read_all(moj.READER, save(folder, name, write_csv(headings, table)))["moj_reoffending"]


def refuse(folder: Path, table: Rows, headings=HEADINGS) -> str:
    with pytest.raises(SourceError) as refusal:
        read(folder, table, headings)
    message = str(refusal.value)
    assert message.startswith("table.csv: ")
    assert ADVICE.search(message), message
    return message


def change(heading: str, value: str | float, number: int = 2) -> Rows:
    table = rows()
    table[number - 2][HEADINGS.index(heading)] = value
    return table


def test_a_row_says_its_cohort_its_authority_and_its_counts(tmp_path):
    tidy = read(tmp_path, rows())
    assert tuple(tidy.columns) == moj.TIDY_COLUMNS
    assert tidy.iloc[0].dropna().to_dict() == {
        "period": "year-ending-2022-03",
        "first_month": "2021-04",
        "last_month": "2022-03",
        "geography": "local authority",
        "area_code": "E06000006",
        "area_name": "Halton",
        "age_group": "adults",
        "sex": "all",
        "offenders": 400,
        "reoffenders": 120,
        "reoffences": 480,
        "reoffenders_percent": 30.0,
        "reoffences_per_reoffender": 4.0,
        "reoffences_per_offender": 1.2,
    }


@pytest.mark.parametrize(
    ("cohort", "period"),
    [
        ("Apr 2021 - Mar 2022", "year-ending-2022-03"),
        ("Apr13-Mar14", "year-ending-2014-03"),
        ("July 2019 to June 2020", "year-ending-2020-06"),
        ("2021/22", "year-ending-2022-03"),
        ("2022", "year-ending-2022-12"),
    ],
)
def test_both_vintages_and_every_spelling_of_a_cohort_become_one(tmp_path, cohort, period):
    older = read(tmp_path, [[cohort, *row[1:]] for row in rows()], OLDER_HEADINGS)
    now = read(tmp_path, rows())
    assert set(older["period"]) == {period}
    same = list(moj.TIDY_COLUMNS[3:])
    assert older[same].equals(now[same])


@pytest.mark.parametrize("cohort", ["January to March 2022", "Q1", ""])
def test_a_cohort_that_is_no_twelve_months_is_refused(tmp_path, cohort):
    assert "allowed: twelve months" in refuse(tmp_path, change("Cohort", cohort))


def test_a_percentage_is_held_against_its_counts(tmp_path):
    assert (
        "row 2 (Halton), column 'Proportion of offenders who reoffend (%)' says 30.1, and its counts, 120 of 400"
        in (refuse(tmp_path, change(HEADINGS[7], "30.1")))
    )
    assert read(tmp_path, change(HEADINGS[7], "0.3"))["reoffenders_percent"][0] == pytest.approx(30.0)
    assert read(tmp_path, change(HEADINGS[7], "30"))["reoffenders_percent"][0] == pytest.approx(30.0)
    assert read(tmp_path, change(HEADINGS[7], "*"))["reoffenders_percent"].isna().tolist()[0]


@pytest.mark.parametrize(
    ("heading", "value", "told"),
    [
        (HEADINGS[5], 401, "row 2 (Halton) has 401 reoffenders and only 400 offenders"),
        (HEADINGS[6], 100, "row 2 (Halton) has 120 reoffenders and only 100 reoffences"),
        (HEADINGS[8], "4.20", "says 4.20, and its counts, 480 of 120, make 4.000"),
        (HEADINGS[4], "1,400", "says '1,400'; allowed: a whole number, or one of"),
        (HEADINGS[4], "", "says nothing; allowed: a whole number"),
        (HEADINGS[3], "Elders", "says 'Elders'; allowed: a group of the list"),
        (HEADINGS[2], "", "says nothing"),
    ],
)
def test_a_wrong_cell_is_told(tmp_path, heading, value, told):
    assert told in refuse(tmp_path, change(heading, value))


def test_adults_and_children_must_be_all(tmp_path):
    table = rows()
    table[2][4:] = [431, 131, 520, "30.4", "3.97", "1.21"]
    message = refuse(tmp_path, table)
    assert "Halton, all: adults and children have 430 offenders, and all ages 431" in message


def test_a_suppressed_count_is_missing_with_its_reason(tmp_path):
    table = rows()
    table[1][4:] = ["*", "*", "*", "*", "*", "*"]
    child = read(tmp_path, table).iloc[1]
    assert child["value_note"] == "too few offenders to publish"
    assert child[["offenders", "reoffenders", "reoffenders_percent"]].isna().all()


def test_a_row_that_is_there_twice_is_refused(tmp_path):
    assert (
        "row 6: 'year-ending-2022-03' and 'local authority' and 'Halton' and 'adults' and 'all' is there already"
        in refuse(tmp_path, [*rows(), rows()[0]])
    )


def test_unknown_authorities_have_no_code_and_too_many_are_a_misreading(tmp_path):
    county = [COHORT, "North West", "Lancashire", "Adult", 10, 1, 1, "10.0", "1.00", "0.10"]
    tidy = read(tmp_path, [*rows(), county])
    assert tidy["area_code"].isna().tolist() == [False] * 4 + [True]
    unknown = [[*row[:2], f"Place {n}", *row[3:]] for n, row in enumerate(rows())]
    assert "says 'Place 0', which is no authority known here, and so are 4 of 4 names" in refuse(tmp_path, unknown)


def test_a_code_that_is_another_authoritys_is_refused(tmp_path):
    headings = ("Area code", *HEADINGS)
    codes = ["E06000006"] * 3 + ["E06000007"]
    assert len(read(tmp_path, [[code, *row] for code, row in zip(codes, rows(), strict=True)], headings)) == 4
    swapped = [["E06000007", *row] for row in rows()]
    assert "row 2 says 'E06000007' for 'Halton', whose code is E06000006" in refuse(tmp_path, swapped, headings)


def test_a_workbook_is_known_by_its_headings_and_may_say_that_it_is_simulated(tmp_path):
    sheets = {"Notes": [["Simulated"]], "Data": [HEADINGS, *rows()]}
    path = save(tmp_path, "a.xlsx", write_workbook("xlsx", sheets))
    assert claim(moj.READER, path)[0].headings == HEADINGS
    assert is_simulated(moj.READER, path) == {True}
    assert len(read_table(moj.READER, path)) == len(rows())


def test_the_interactive_tool_is_refused_and_files_of_others_are_left_to_them(tmp_path):
    tool = save(tmp_path, "PRSQ_geographic_data_tool.xlsx", write_workbook("xlsx", {"Tool": [["Choose an area"]]}))
    with pytest.raises(SourceError, match="The interactive data tool is none"):
        read_all(moj.READER, tool)
    other = save(tmp_path, "other.csv", write_csv(["Local authority", "Number of offenders"], [["Halton", 1]]))
    assert claim(moj.READER, other) == ()


def test_no_published_file_of_others_is_claimed(shared_data):
    assert claim(moj.READER, shared_data) == ()
