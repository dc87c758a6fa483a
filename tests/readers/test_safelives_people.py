"""Who the victims were, and what the reader offers to the store."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from reader_checks import claim, is_simulated, read_all
from safelives_files import (
    DEMOGRAPHICS,
    DERIVED,
    GENDER,
    NOT_SUBMITTED,
    Body,
    demographics_sheet,
    gender_sheet,
    read_marac_people,
    with_row,
    workbook,
    write_derived,
    write_workbook,
)
from sheet_files import OLD_WORKBOOK, Merged

from shp_analysis.errors import SourceError
from shp_analysis.readers.safelives import READER


def people(path: Path) -> pd.DataFrame:
    return read_marac_people(path).set_index(["area_code", "characteristic", "group"])


def replace(body: Body, name: str, cells: list) -> Body:
    assert name in [row for row, _ in body]
    return [(row, cells if row == name else values) for row, values in body]


def test_each_group_is_a_row_with_its_cases_and_its_share(tmp_path):
    frame = people(write_workbook(tmp_path / "marac.xlsx"))
    cheshire = frame.loc["E23000006"]
    assert cheshire["marac_cases"].to_dict() == {
        ("gender", "female"): 2800.5,
        ("gender", "male"): 200.5,
        ("ethnicity", "Black, Asian or racially minoritised"): 150,
        ("LGBT+", "LGBT+"): 30,
        ("disability", "with a disability"): 301,
        ("age", "16-17"): 40,
    }
    assert cheshire.loc[("disability", "with a disability"), "marac_cases_percent"] == 10
    assert set(cheshire["financial_year"]) == {"2024-25"}
    assert set(cheshire["geography"]) == {"police force area"}


def test_regions_and_forces_are_told_apart(tmp_path):
    frame = people(write_workbook(tmp_path / "marac.xlsx")).xs(("gender", "male"), level=("characteristic", "group"))
    assert frame.loc["E12000005", ["geography", "marac_cases"]].tolist() == ["region", 190]
    assert frame.loc["E23000014", ["geography", "marac_cases"]].tolist() == ["police force area", 95]
    assert frame.loc["E23000003", "area_note"] == "footnote 2"


def test_no_data_is_missing_and_says_so(tmp_path):
    norfolk = people(write_workbook(tmp_path / "marac.xlsx")).loc["E23000024"]
    assert norfolk[["marac_cases", "marac_cases_percent"]].isna().all(axis=None)
    assert set(norfolk["value_note"]) == {"no data was submitted"}


def test_zeros_of_a_force_that_submitted_nothing_are_missing(tmp_path):
    sheets = workbook(with_row("Norfolk", *NOT_SUBMITTED)) | {
        "Gender": gender_sheet(replace(GENDER, "Norfolk", [0] * 4))
    }
    norfolk = people(write_workbook(tmp_path / "marac.xlsx", sheets)).loc["E23000024"].loc["gender"]
    assert norfolk["marac_cases"].isna().all()
    assert set(norfolk["value_note"]) == {"written as 0, but nothing was submitted"}


def test_other_zeros_stay_zeros(tmp_path):
    sheets = workbook() | {
        "Demographics": demographics_sheet(replace(DEMOGRAPHICS, "Cheshire", [0, 0, *[1] * 6, 200.5, 6.7]))
    }
    cheshire = people(write_workbook(tmp_path / "marac.xlsx", sheets)).loc["E23000006"]
    assert cheshire.loc[("ethnicity", "Black, Asian or racially minoritised"), "marac_cases"] == 0


def test_a_group_that_is_not_known_keeps_its_name(tmp_path):
    sheet = gender_sheet()
    sheet[2] = [None, "Area Name", "Female", None, Merged("Agender people", columns=2), None]
    frame = people(write_workbook(tmp_path / "marac.xlsx", workbook() | {"Gender": sheet}))
    assert frame.loc[("E23000006", "not classified", "Agender people"), "marac_cases"] == 200.5


def test_men_who_are_in_both_sheets_are_one_row_or_refused(tmp_path):
    frame = read_marac_people(write_workbook(tmp_path / "marac.xlsx"))
    assert not frame.duplicated(["area_code", "characteristic", "group"]).any()
    other = demographics_sheet(replace(DEMOGRAPHICS, "Cheshire", [*DEMOGRAPHICS[0][1][:8], 100, 3.3]))
    with pytest.raises(SourceError, match=r"\(Cheshire, 2024-25, gender, male\) is also row"):
        read_marac_people(write_workbook(tmp_path / "marac.xlsx", workbook() | {"Demographics": other}))


@pytest.mark.parametrize("cells", [[3010, 93, 1, 1], [2800, 193, 1, 1]])
def test_more_cases_than_the_area_had_are_refused(tmp_path, cells):
    sheets = workbook() | {"Gender": gender_sheet(replace(GENDER, "Cheshire", cells))}
    with pytest.raises(SourceError, match="the area had 3009 cases in all"):
        read_marac_people(write_workbook(tmp_path / "marac.xlsx", sheets))


@pytest.mark.parametrize(
    ("row", "cells", "told"),
    [
        (3, [None, None, "Number", "Rate", "Number", "%"], "column 4 is headed 'Female', below it 'Rate'"),
        (3, [None, None, "Number", "Number", "Number", "%"], "group 'Female' is there more than once"),
        (2, [None, "Area", "Female", None, "Male", None], "no cell says 'Area Name'"),
        (3, [], "column 3 is headed 'Female', below it 'nothing'"),
    ],
)
def test_other_headings_are_refused(tmp_path, row, cells, told):
    sheet = gender_sheet()
    sheet[row] = cells
    with pytest.raises(SourceError) as refusal:
        read_marac_people(write_workbook(tmp_path / "marac.xlsx", workbook() | {"Gender": sheet}))
    assert told in str(refusal.value)
    assert "marac.xlsx > Gender" in str(refusal.value)


def test_a_workbook_or_csv_without_the_sheets_says_nothing_of_people(tmp_path):
    sheets = {name: sheet for name, sheet in workbook().items() if name not in {"Gender", "Demographics"}}
    for path in (write_workbook(tmp_path / "marac.xlsx", sheets), write_derived(tmp_path / "marac.csv", DERIVED)):
        tables = read_all(READER, path)
        assert "safelives_marac_cases" in tables
        assert "safelives_marac_people" not in tables


def test_the_reader_gives_the_derived_csv(shared_data):
    path = shared_data / "marac" / "marac-by-force-2018-19-to-2024-25.csv"
    tables = read_all(READER, path)
    assert {name: len(frame) for name, frame in tables.items()} == {
        "safelives_marac_cases": 266,
        "safelives_marac_referrals": 266,
    }
    cases = tables["safelives_marac_cases"]
    cheshire = cases[(cases["police_force_area"] == "Cheshire") & (cases["financial_year"] == "2024-25")].iloc[0]
    assert (cheshire["marac_cases"], cheshire["area_code"]) == (3009, "E23000006")
    assert round(cheshire["cases_per_10000_adult_females"], 1) == 64.8
    assert round(cheshire["repeat_marac_cases_percent"]) == 30
    assert cases["area_code"].str.fullmatch("(E23|W15)000[0-9]{3}").all()
    assert is_simulated(READER, path) == {False}


def test_the_reader_gives_workbooks_and_the_csv_as_one_type(tmp_path):
    folder = tmp_path / "marac"
    folder.mkdir()
    write_workbook(folder / "2024-2025.xlsx")
    write_derived(folder / "derived.csv", {**DERIVED, "financial_year": "2018-19"})
    older = {name: sheet for name, sheet in workbook(year=2024).items() if name not in {"Gender", "Demographics"}}
    write_workbook(folder / "2023-2024.xlsx", older)
    tables = read_all(READER, folder)
    assert set(tables) == {table.name for table in READER.tables}
    assert set(tables["safelives_marac_cases"]["financial_year"]) == {"2018-19", "2023-24", "2024-25"}
    assert set(tables["safelives_marac_people"]["financial_year"]) == {"2024-25"}


def test_the_reader_claims_by_sheets_and_a_damaged_file_by_name(tmp_path):
    write_workbook(tmp_path / "anything.xlsx")
    (tmp_path / "Marac-data-2024-2025.xlsx").write_bytes(b"PK damaged")
    write_workbook(tmp_path / "halton-marac-data.xlsx", {"Return": [["Quarter", "Cases"], ["2024-25 Q3", 41]]})
    write_workbook(tmp_path / "Marac-data-2023-2024.xlsx", {"Cases": [["Area Name"]]})
    (tmp_path / "crime.xlsx").write_bytes(b"PK damaged")
    (tmp_path / "maracas.csv").write_text("name,cases\n")
    (tmp_path / "old.xls").write_bytes(OLD_WORKBOOK)
    names = {file.member.path.name for file in claim(READER, tmp_path)}
    assert names == {"Marac-data-2024-2025.xlsx", "Marac-data-2023-2024.xlsx", "anything.xlsx"}
    with pytest.raises(SourceError, match="cannot be read as a spreadsheet"):
        read_all(READER, tmp_path / "Marac-data-2024-2025.xlsx")


def test_a_simulated_file_says_so_in_its_notes_or_its_source(tmp_path):
    sheets = workbook()
    sheets["Notes"].append([None, "Simulated figures of no real force"])
    assert is_simulated(READER, write_workbook(tmp_path / "marac.xlsx", sheets)) == {True}
    assert is_simulated(READER, write_derived(tmp_path / "marac.csv", {**DERIVED, "source": "Simulated"})) == {True}
