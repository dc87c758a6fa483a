"""Recorded crime: both tables, both vintages of headings, and every trap that they are known to hold."""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest
from home_office_files import read_by_csp, read_by_force
from reader_checks import read_all
from refusals import ADVICE
from sheet_files import write_ods, write_xlsx

from shp_analysis.errors import SourceError
from shp_analysis.readers import home_office
from shp_analysis.readers.home_office_crime import TIDY_COLUMNS
from shp_analysis.readers.home_office_layout import UNASSIGNED, fold_place
from shp_analysis.readers.readers import read_code_table
from shp_analysis.reference.periods import Quarter

CSP_HEADINGS = (
    *("Financial Year", "Financial Quarter", "Police Force", "CSP Name", "Offence Description", "Offence Group"),
    *("Offence Subgroup", "Offence Code", "Offence Count"),
)
FORCE_HEADINGS = (
    *("Financial Year", "Financial Quarter", "Force Name", "Offence Description", "Offence Group"),
    *("Offence Subgroup", "Offence Code", "Number of Offences"),
)
SHOPLIFTING = ("Shoplifting", "Theft offences", "Shoplifting", "46")
DRUGS = ("Trafficking in controlled drugs", "Drug Offences", "Trafficking of Drugs", "92A")
HOMICIDE = ("Homicide", "Violence against the person", "Homicide", "1/4.1/4.10/4.2")
FRAUD = ("Fraud offences recorded by Action Fraud", "Fraud offences", "Fraud: action fraud", "AF")

Row = list[str | int]


def csp_rows(year: str = "2020/21", quarters: Sequence[str] = ("Q1", "Q2")) -> list[Row]:
    """Give rows in the exact layout of the table by partnership; each of Halton's quarters sums to 40."""
    rows: list[Row] = []
    for quarter in quarters:
        for csp, counts in (("Halton", (30, 9, 1, 0)), ("Warrington", (50, 12, 0, 0)), ("Unassigned", (3, 2, 0, 0))):
            for offence, count in zip((SHOPLIFTING, DRUGS, HOMICIDE, HOMICIDE), counts, strict=True):
                rows.append([year, quarter, "Cheshire", csp, *offence, count])
    return rows


def force_rows() -> list[Row]:
    rows: list[Row] = [["2017/18", "1", "Action Fraud", *FRAUD, 66776]]
    rows += [["2017/18", "1", "Cheshire", *SHOPLIFTING, 900], ["2017/18", "1", "Metropolitan Police", *DRUGS, -2]]
    return rows


def write_csv(headings: Sequence[str], rows: Sequence[Row]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([headings, *rows])
    return text.getvalue().encode()


def save(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def refuse(path: Path) -> str:
    with pytest.raises(SourceError) as refusal:
        read_all(home_office.READER, path)
    message = str(refusal.value)
    assert path.name in message
    assert message.endswith(".")
    assert ADVICE.search(message), message
    return message


def refuse_rows(tmp_path: Path, rows: Sequence[Row], headings: Sequence[str] = CSP_HEADINGS) -> str:
    return refuse(save(tmp_path, "table.csv", write_csv(headings, rows)))


def change(rows: list[Row], number: int, heading: str, value: str | int) -> list[Row]:
    """Change one cell; rows are numbered as a spreadsheet does."""
    rows[number - 2][CSP_HEADINGS.index(heading)] = value
    return rows


@pytest.fixture(params=[write_ods, write_xlsx], ids=["ods", "xlsx"])
def workbook(request, tmp_path) -> Path:
    sheets = {
        "Notes": [["Police recorded crime by partnership"], [], ["Kent", "Some crimes are under Unassigned Kent"]],
        "2020_21": [CSP_HEADINGS, *csp_rows()],
        "2021_22": [CSP_HEADINGS, *csp_rows("2021/22", ["Q1"])],
    }
    return save(tmp_path, f"prc-csp.{request.param.__name__[6:]}", request.param(sheets))


def test_every_year_of_a_workbook_becomes_one_tidy_table(workbook):
    crimes = read_by_csp(workbook)
    assert tuple(crimes.columns) == (*TIDY_COLUMNS, "period", "area_code")
    assert crimes.iloc[0].dropna().to_dict() == {
        "period": "2020-21-Q1",
        "area_code": "E22000023",
        "financial_year": "2020-21",
        "financial_quarter": "2020-21 Q1",
        "force_name": "Cheshire",
        "csp_name": "Halton",
        "csp_code": "E22000023",
        "offence_group": "Theft offences",
        "offence_subgroup": "Shoplifting",
        "offence_description": "Shoplifting",
        "offence_code": "46",
        "recorded_crimes": 30,
    }
    halton = crimes[crimes["csp_code"] == "E22000023"]
    assert halton.groupby("financial_quarter")["recorded_crimes"].sum().to_dict() == {
        "2020-21 Q1": 40,
        "2020-21 Q2": 40,
        "2021-22 Q1": 40,
    }


def test_quarters_are_labels_of_periods(workbook):
    for label in read_by_csp(workbook)["financial_quarter"].unique():
        assert Quarter(label).label == label


def test_case_is_written_as_the_lists_write_it(workbook):
    crimes = read_by_csp(workbook)
    drugs = crimes[crimes["offence_code"] == "92A"]
    assert set(drugs["offence_group"]) == {"Drug offences"}
    assert set(drugs["offence_subgroup"]) == {"Trafficking of drugs"}


def test_homicide_stands_under_several_codes_and_all_its_rows_stay(workbook):
    crimes = read_by_csp(workbook)
    homicide = crimes[(crimes["offence_subgroup"] == "Homicide") & (crimes["csp_name"] == "Halton")]
    assert (
        homicide.groupby("financial_quarter")["recorded_crimes"].agg(["size", "sum"]).to_numpy().tolist()
        == [[2, 1]] * 3
    )


def test_unassigned_rows_stay_apart_and_are_counted(tmp_path):
    rows = csp_rows(quarters=["Q1"])
    rows += [
        ["2020/21", "Q1", "Kent", "Unassigned Kent", *SHOPLIFTING, 7],
        ["2020/21", "Q1", "Kent", "Ashford", *DRUGS, 1],
    ]
    crimes = read_by_csp(save(tmp_path, "csp.csv", write_csv(CSP_HEADINGS, rows)))
    unassigned = crimes[crimes["csp_name"] == UNASSIGNED]
    assert unassigned["csp_code"].isna().all()
    assert unassigned.groupby("force_name")["recorded_crimes"].sum().to_dict() == {"Cheshire": 5, "Kent": 7}
    assert crimes.groupby("force_name")["recorded_crimes"].sum().to_dict() == {"Cheshire": 107, "Kent": 8}


def test_partnerships_are_known_by_other_spellings_and_those_of_old_have_no_code(tmp_path):
    rows: list[Row] = [
        ["2020/21", "Q1", "Merseyside", "St Helens", *DRUGS, 1],
        ["2020/21", "Q1", "Avon and Somerset", "Bristol", *DRUGS, 1],
        ["2020/21", "Q1", "North Yorkshire", "York", *DRUGS, 1],
        ["2020/21", "Q1", "CHESHIRE", "Cheshire West & Chester", *DRUGS, 1],
        ["2020/21", "Q1", "Avon and Somerset", "Taunton Deane", *DRUGS, 1],
    ]
    crimes = read_by_csp(save(tmp_path, "csp.csv", write_csv(CSP_HEADINGS, rows)))
    assert crimes["csp_code"].fillna("").tolist() == ["E22000184", "E22000002", "E22000371", "E22000355", ""]
    assert crimes["csp_name"].tolist() == [
        *("St. Helens", "Bristol, City of", "City of York", "Cheshire West and Chester", "Taunton Deane")
    ]
    assert crimes["force_name"].tolist()[3] == "Cheshire"


def test_every_partnership_keeps_a_name_of_its_own_when_names_are_folded():
    rows = {(row["csp_code"], row["csp_name"]) for row in read_code_table(".", "local_authorities.csv")}
    assert len({fold_place(name) for _, name in rows}) == len({code for code, _ in rows})


@pytest.mark.parametrize("quarter", ["1", "Q1"])
@pytest.mark.parametrize(
    "headings",
    [
        FORCE_HEADINGS,
        [heading.replace(" ", "_") for heading in FORCE_HEADINGS],
        [*FORCE_HEADINGS[:-1], "Offence Count"],
    ],
)
def test_both_vintages_of_the_table_by_force_become_one(tmp_path, quarter, headings):
    rows = [[row[0], quarter, *row[2:]] for row in force_rows()]
    crimes = read_by_force(save(tmp_path, "force.csv", write_csv(headings, rows)))
    assert crimes["financial_quarter"].tolist() == ["2017-18 Q1"] * 3
    assert crimes["recorded_crimes"].tolist() == [66776, 900, -2]
    assert not {"csp_name", "csp_code"} & set(crimes.columns)


def test_a_number_that_is_not_there_is_missing_with_its_reason(tmp_path):
    rows = force_rows()
    rows[1][-1] = "[x]"
    crimes = read_by_force(save(tmp_path, "force.csv", write_csv(FORCE_HEADINGS, rows)))
    assert crimes["recorded_crimes"].isna().tolist() == [False, True, False]
    assert crimes["value_note"].fillna("").tolist() == ["", "not available", ""]


def test_a_zip_of_tables_is_read_whole(tmp_path):
    path = tmp_path / "tables.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("one.csv", write_csv(CSP_HEADINGS, csp_rows(quarters=["Q1"])))
        archive.writestr("two.csv", write_csv(CSP_HEADINGS, csp_rows(quarters=["Q2"])))
        archive.writestr("readme.txt", "about")
    assert len(read_by_csp(path)) == len(csp_rows())


@pytest.mark.parametrize(
    ("number", "heading", "value", "told"),
    [
        (3, "Financial Year", "2020", "row 3, column 'Financial Year' says '2020'; allowed: a year like 2020/21"),
        (3, "Financial Year", "2020/22", "row 3, column 'Financial Year' says '2020-22'; allowed: two years"),
        (3, "Financial Quarter", "Q5", "row 3, column 'Financial Quarter' says 'Q5'; allowed: 1 to 4, or Q1 to Q4"),
        (
            3,
            "Police Force",
            "Chesire",
            "column 'Police Force' says 'Chesire'; allowed: one of the list reference/home_off",
        ),
        (
            3,
            "Police Force",
            "Merseyside",
            "column 'CSP Name' says 'Halton', which is no partnership of the force 'Merse",
        ),
        (3, "CSP Name", "17", "row 3, column 'CSP Name' says '17'; allowed: the name of a partnership"),
        (3, "Offence Group", "Theft", "column 'Offence Group' says 'Theft'; allowed: one of the list"),
        (3, "Offence Subgroup", "Drug offences", "column 'Offence Subgroup' says 'Drug offences'; allowed"),
        (3, "Offence Code", "2024-10-08", "column 'Offence Code' says '2024-10-08'; allowed: a code like 8N"),
        (3, "Offence Count", "1,234", "column 'Offence Count' says '1,234'; allowed: a whole number"),
        (3, "Offence Count", "", "column 'Offence Count' says nothing; allowed: a whole number"),
        (3, "Offence Count", "2.5", "column 'Offence Count' says '2.5'; allowed: a whole number"),
    ],
)
def test_a_wrong_cell_is_told_with_what_was_allowed(tmp_path, number, heading, value, told):
    assert told in refuse_rows(tmp_path, change(csp_rows(), number, heading, value))


def test_a_missing_unknown_or_doubled_column_is_told(tmp_path):
    rows = csp_rows()
    renamed = [heading.replace("CSP Name", "Partnership") for heading in CSP_HEADINGS]
    assert "column 'Partnership' is not known" in refuse_rows(tmp_path, rows, renamed)
    assert "column 'Region' is not known" in refuse_rows(
        tmp_path, [[*row, "x"] for row in rows], [*CSP_HEADINGS, "Region"]
    )
    twice = refuse_rows(tmp_path, [[*row, "x"] for row in rows], [*CSP_HEADINGS, "Force Name"])
    assert "the columns 'Police Force' and 'Force Name' are the same under two names" in twice


def test_a_sheet_of_another_year_than_its_name_is_refused(tmp_path):
    path = save(tmp_path, "csp.ods", write_ods({"2021_22": [CSP_HEADINGS, *csp_rows()]}))
    assert "csp.ods > 2021_22: row 2, column 'Financial Year' is of 2020-21 in a sheet of 2021-22" in refuse(path)


def test_a_table_in_a_sheet_that_is_no_year_is_not_passed_over(tmp_path):
    path = save(tmp_path, "csp.ods", write_ods({"Sheet3": [CSP_HEADINGS, *csp_rows()]}))
    assert "csp.ods > Sheet3: holds a table, and its name is no financial year" in refuse(path)


def test_a_workbook_without_a_table_or_a_table_without_rows_is_refused(tmp_path):
    notes, bare = write_ods({"Notes": [["x"]]}), write_ods({"2020_21": [["x"]]})
    assert "holds none with a sheet like 2020_21" in refuse(save(tmp_path, "prc-csp.ods", notes))
    assert "no row holds any of the headings" in refuse(save(tmp_path, "prc-csp-bare.ods", bare))
    assert "has headings and no rows" in refuse_rows(tmp_path, [])


def test_rows_of_a_partnership_pasted_in_twice_are_refused(tmp_path):
    codes = ("46", "45", "44", "39", "41", "42", "43", "47")
    rows: list[Row] = [
        ["2020/21", "Q1", "Cheshire", csp, f"Offence {code}", *SHOPLIFTING[1:3], code, n]
        for csp in ("Halton", "Warrington")
        for n, code in enumerate(codes, start=1)
    ]
    message = refuse_rows(tmp_path, [*rows, *rows[:5]])
    assert "row 18 is a copy of an earlier row, and so are 5 of the 13 rows of Cheshire and Halton" in message


def test_codes_moved_against_their_subgroups_are_refused(tmp_path):
    rows = csp_rows()
    column = CSP_HEADINGS.index("Offence Code")
    codes = [row[column] for row in rows]
    for row, code in zip(rows[:12], [*codes[1:12], codes[0]], strict=True):
        row[column] = code
    assert "rows are so; at most 1% may be)" in refuse_rows(tmp_path, rows)


def test_a_table_whose_partnerships_are_mostly_unknown_is_refused(tmp_path):
    rows = [["2020/21", "Q1", "Cheshire", name, *SHOPLIFTING, 1] for name in ("Halton", "Weaver", "Mersey", "Dee")]
    assert "says 'Weaver', which is no partnership known here, and so are 3 of 4 names" in refuse_rows(tmp_path, rows)


def test_a_gz_that_was_cut_short_is_refused(tmp_path):
    content = gzip.compress(write_csv(CSP_HEADINGS, csp_rows()))
    assert "is not a complete gz file" in refuse(save(tmp_path, "csp.csv.gz", content[:-20]))


@pytest.fixture(scope="module")
def published(shared_data) -> tuple[pd.DataFrame, list[dict[str, str]]]:
    path = shared_data / "home_office" / "prc-pfa-2017-18-with-police-uk-category.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return read_by_force(path), list(csv.DictReader(file))


def test_the_published_table_is_read_row_for_row(published):
    crimes, rows = published
    assert len(crimes) == len(rows) == 23068
    expected = Counter()
    for row in rows:
        expected[row["Force_Name"], f"2017-18 Q{row['Financial_Quarter']}"] += int(row["Number_of_Offences"])
    counted = crimes.groupby(["force_name", "financial_quarter"])["recorded_crimes"].sum()
    assert counted.to_dict() == dict(expected)


def test_the_published_table_holds_the_known_figures(published):
    crimes, _ = published
    cheshire = crimes[crimes["force_name"] == "Cheshire"].groupby("financial_quarter")["recorded_crimes"].sum()
    assert cheshire.tolist() == [19923, 21638, 23535, 22265]
    assert (crimes["recorded_crimes"] < 0).sum() == 36
    assert crimes["recorded_crimes"].min() == -45
    assert crimes["force_name"].nunique() == 48
    homicide = crimes[(crimes["offence_subgroup"] == "Homicide") & (crimes["force_name"] == "Cheshire")]
    assert (len(homicide), homicide["recorded_crimes"].sum()) == (16, 5)
    assert crimes["value_note"].isna().all()
