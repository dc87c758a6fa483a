"""MARACs: what the derived CSV says, and a workbook written in the publisher's layout with every one of its traps."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pandas as pd
import pytest
from reader_checks import read_all
from safelives_files import (
    BODY,
    CHESHIRE,
    DERIVED,
    FORCE,
    HEADINGS,
    LANCASHIRE,
    NOT_SUBMITTED,
    REFERRALS,
    REGION,
    Body,
    cases_sheet,
    read_marac_cases,
    read_marac_referrals,
    read_marac_totals,
    referrals_sheet,
    with_row,
    workbook,
    write_derived,
    write_workbook,
)
from sheet_files import Error, Formula, Value, write_ods, write_xlsx

from shp_analysis.errors import SourceError
from shp_analysis.readers.readers import read_code_table
from shp_analysis.readers.safelives import READER
from shp_analysis.readers.safelives_workbook import CASES_COLUMNS
from shp_analysis.reference.areas import read_forces


def of_force(frame: pd.DataFrame, name: str) -> pd.Series:
    return frame.set_index("police_force_area").loc[name]


@pytest.fixture(scope="module")
def derived(shared_data) -> Path:
    return shared_data / "marac" / "marac-by-force-2018-19-to-2024-25.csv"


def check_cheshire(row: pd.Series) -> None:
    assert row["marac_cases"] == 3009
    assert round(row["cases_per_10000_adult_females"], 1) == 64.8
    assert round(row["repeat_marac_cases_percent"]) == 30
    assert row["repeat_marac_cases"] == 908
    assert row["maracs"] == 4
    assert row["area_code"] == "E23000006"
    assert row["geography"] == "police force area"
    assert pd.isna(row["value_note"])


def test_the_derived_csv_gives_cheshires_figures(derived):
    frame = read_marac_cases(derived)
    assert len(frame) == 266
    check_cheshire(of_force(frame[frame["financial_year"] == "2024-25"], "Cheshire"))


def test_the_derived_csv_is_of_force_areas_alone_and_has_lost_one(derived):
    frame = read_marac_cases(derived)
    assert set(frame["geography"]) == {"police force area"}
    english = {force.area_code for force in read_forces().values() if force.area_code.startswith("E23")}
    assert english - set(frame["area_code"]) == {"E23000014"}
    assert "safelives_marac_totals" not in read_all(READER, derived)


def test_norfolk_is_missing_in_three_years_and_says_why(derived):
    frame = read_marac_cases(derived)
    norfolk = frame[frame["police_force_area"] == "Norfolk"].set_index("financial_year")
    figures = [column for column in CASES_COLUMNS.values() if column != "written_name"]
    assert norfolk.loc[["2022-23", "2023-24", "2024-25"], figures].isna().all(axis=None)
    assert norfolk.loc["2022-23", "value_note"] == "blank in the file"
    assert norfolk.loc["2023-24", "value_note"] == "written as 0, but nothing was submitted"
    assert norfolk.loc["2021-22", "marac_cases"] == 1004
    others = frame[frame["police_force_area"] != "Norfolk"]
    assert others[figures].notna().all(axis=None)


def test_the_derived_csvs_housing_referrals_are_missing_where_nothing_was_submitted(derived):
    frame = read_marac_referrals(derived)
    assert set(frame["referral_source"]) == {"Housing"}
    norfolk = frame[frame["police_force_area"] == "Norfolk"].set_index("financial_year")
    assert norfolk["referrals"].isna().sum() == 3
    assert norfolk.loc["2023-24", "value_note"] == "written as 0, but nothing was submitted"
    lancashire = frame[frame["police_force_area"] == "Lancashire"].set_index("financial_year")
    assert lancashire.loc["2024-25", "referrals"] == 0
    assert (frame["referrals"] % 1 == 0.5).any()


def test_every_force_area_of_england_and_wales_has_a_name_here():
    codes = {row["area_code"] for row in read_code_table("safelives", "areas.csv") if row["region"]}
    assert codes == {force.area_code for force in read_forces().values()}


@pytest.mark.parametrize("written", ["Devon & Cornwall", "Devon and Cornwall", "DEVON AND CORNWALL3"])
def test_a_name_is_known_in_each_spelling(tmp_path, written):
    frame = read_marac_cases(write_derived(tmp_path / "marac.csv", {**DERIVED, "pfa_name_safelives": written}))
    assert frame["police_force_area"].tolist() == ["Devon & Cornwall"]
    assert frame["area_code"].tolist() == ["E23000035"]


def test_the_workbook_gives_the_forces_and_their_year(tmp_path):
    frame = read_marac_cases(write_workbook(tmp_path / "Marac-data-2024-2025.xlsx"))
    assert frame["police_force_area"].tolist() == [
        "Cheshire",
        "Lancashire",
        "Staffordshire",
        "West Midlands",
        "Norfolk",
    ]
    assert set(frame["geography"]) == {"police force area"}
    assert set(frame["financial_year"]) == {"2024-25"}
    check_cheshire(of_force(frame, "Cheshire"))


def test_the_workbook_and_the_derived_csv_agree(tmp_path, derived):
    old = read_marac_cases(derived)
    new = read_marac_cases(write_workbook(tmp_path / "Marac-data-2024-2025.xlsx"))
    both = new.merge(old, on=["area_code", "financial_year"], suffixes=("", "_old"))
    assert len(both) == 4
    for column in (column for column in CASES_COLUMNS.values() if column != "written_name"):
        pd.testing.assert_series_equal(both[column], both[f"{column}_old"], check_names=False)


def test_the_workbook_is_read_from_other_formats_too(tmp_path):
    path = tmp_path / "Marac-data-2024-2025.ods"
    path.write_bytes(write_ods(workbook()))
    check_cheshire(of_force(read_marac_cases(path), "Cheshire"))


def test_west_midlands_is_the_region_first_and_the_force_second(tmp_path):
    path = write_workbook(tmp_path / "marac.xlsx")
    force = of_force(read_marac_cases(path), "West Midlands")
    assert (force["area_code"], force["marac_cases"]) == ("E23000014", 2000)
    totals = read_marac_totals(path)
    region = totals[totals["area_name"] == "West Midlands"]
    assert region["area_code"].tolist() == ["E12000005"]
    assert region["marac_cases"].tolist() == [4097]
    assert set(totals["geography"]) == {"country", "region"}


def test_a_lone_west_midlands_among_regions_is_the_region(tmp_path):
    body = [row for row in BODY if row != ("West Midlands", FORCE)]
    path = write_workbook(tmp_path / "marac.xlsx", workbook(body))
    assert "West Midlands" not in set(read_marac_cases(path)["police_force_area"])
    assert "West Midlands" in set(read_marac_totals(path)["area_name"])


def test_a_lone_west_midlands_among_forces_is_the_force(tmp_path):
    sheets = workbook([("Cheshire", CHESHIRE), ("West Midlands", FORCE)])
    frame = read_marac_cases(write_workbook(tmp_path / "marac.xlsx", sheets))
    assert frame["area_code"].tolist() == ["E23000006", "E23000014"]


def test_a_force_that_stands_before_its_region_is_refused(tmp_path):
    body: Body = [(name, {id(REGION): FORCE, id(FORCE): REGION}.get(id(values), values)) for name, values in BODY]
    with pytest.raises(SourceError, match="The first should be the region and the second the force"):
        read_marac_cases(write_workbook(tmp_path / "marac.xlsx", workbook(body)))


def test_a_third_west_midlands_is_refused(tmp_path):
    with pytest.raises(SourceError, match="says 'West Midlands', and so does row 14"):
        read_marac_cases(write_workbook(tmp_path / "marac.xlsx", workbook([*BODY[:12], ("West Midlands", FORCE)])))


def test_a_footnotes_digit_is_no_part_of_the_name_and_its_text_is_kept(tmp_path):
    lancashire = of_force(read_marac_cases(write_workbook(tmp_path / "marac.xlsx")), "Lancashire")
    assert lancashire["area_note"] == "One MARAC within the Lancashire police force is not included."
    assert lancashire["marac_cases"] == 976


def test_raised_marks_beside_a_name_and_a_number_are_no_part_of_them(tmp_path, caplog):
    raised = '<r><t>{}</t></r><r><rPr><vertAlign val="superscript"/></rPr><t>2</t></r>'
    path = write_workbook(tmp_path / "marac.xlsx", workbook(with_row("Lancashire2", 2, "976", 480, *LANCASHIRE[3:])))
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    for name, shown in (("Lancashire2", "Lancashire"), ("976", "976")):
        before = f'<is><t xml:space="preserve">{name}</t></is>'
        parts["xl/worksheets/sheet2.xml"] = parts["xl/worksheets/sheet2.xml"].replace(
            before, f"<is>{raised.format(shown)}</is>"
        )
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    lancashire = of_force(read_marac_cases(path), "Lancashire")
    assert lancashire["area_note"] == "One MARAC within the Lancashire police force is not included."
    assert lancashire["marac_cases"] == 976
    assert sum("above the line" in message for message in caplog.messages) == 1


def test_a_footnote_that_is_not_there_is_named_by_its_digit(tmp_path):
    sheets = workbook(with_row("Cheshire7", *CHESHIRE, instead_of="Cheshire"))
    cheshire = of_force(read_marac_cases(write_workbook(tmp_path / "marac.xlsx", sheets)), "Cheshire")
    assert cheshire["area_note"] == "footnote 7"


def test_no_data_is_missing_and_says_so(tmp_path):
    norfolk = of_force(read_marac_cases(write_workbook(tmp_path / "marac.xlsx")), "Norfolk")
    assert norfolk["value_note"] == "no data was submitted"
    assert norfolk[["maracs", "marac_cases", "children_in_household"]].isna().all()


@pytest.mark.parametrize("error", [Error("#DIV/0!"), "#DIV/0!"], ids=["an error", "its text"])
def test_zeros_of_a_force_that_submitted_nothing_are_missing(tmp_path, error):
    cells = [error if isinstance(cell, Error) else cell for cell in NOT_SUBMITTED]
    path = write_workbook(tmp_path / "marac.xlsx", workbook(with_row("Norfolk", *cells)))
    norfolk = of_force(read_marac_cases(path), "Norfolk")
    assert norfolk["value_note"] == "written as 0, but nothing was submitted"
    assert norfolk[["maracs", "marac_cases", "recommended_marac_cases", "repeat_marac_cases"]].isna().all()


def test_other_zeros_stay_zeros(tmp_path):
    path = write_workbook(tmp_path / "marac.xlsx", workbook(with_row("Norfolk", 1, 6, 10, 20.2, 0, 0, 0)))
    norfolk = of_force(read_marac_cases(path), "Norfolk")
    assert norfolk["repeat_marac_cases"] == 0
    assert norfolk["children_in_household"] == 0
    assert pd.isna(norfolk["value_note"])


def test_one_missing_figure_is_named(tmp_path):
    cells: list[Value] = [3, 0, 1460, "No population data", 0, Error("#DIV/0!"), "No data"]
    path = write_workbook(tmp_path / "marac.xlsx", workbook(with_row("Norfolk", *cells)))
    norfolk = of_force(read_marac_cases(path), "Norfolk")
    assert norfolk["marac_cases"] == 0
    assert norfolk["value_note"] == (
        "cases_per_10000_adult_females: there is no population to divide by; repeat_marac_cases_percent: cannot be "
        "calculated; children_in_household: no data was submitted"
    )


def test_a_force_with_nothing_beside_its_name_is_missing_and_not_passed_over(tmp_path):
    path = write_workbook(tmp_path / "marac.xlsx", workbook(with_row("Norfolk")))
    norfolk = of_force(read_marac_cases(path), "Norfolk")
    assert norfolk["value_note"] == "blank in the file"


def test_referrals_may_be_fractions(tmp_path):
    frame = read_marac_referrals(write_workbook(tmp_path / "marac.xlsx")).set_index(
        ["police_force_area", "referral_source"]
    )
    assert len(frame) == 8
    assert frame.loc[("Cheshire", "Police"), "referrals"] == 2400.5
    assert frame.loc[("West Midlands", "Housing"), "referrals"] == 12.83
    assert frame.loc[("Lancashire", "Housing"), "referrals"] == 0
    assert frame.loc[("Norfolk", "Housing"), "value_note"] == "no data was submitted"
    assert frame.loc[[("Norfolk", "Police")], "referrals"].isna().all()
    assert set(frame["geography"]) == {"police force area"}


def test_referrals_of_a_force_that_submitted_nothing_are_missing(tmp_path):
    sheets = workbook(with_row("Norfolk", *NOT_SUBMITTED))
    sheets["Referral routes"] = referrals_sheet([("Cheshire", [1, 2, 3, 4]), ("Norfolk", [0, 0, 0, 0])])
    frame = read_marac_referrals(write_workbook(tmp_path / "marac.xlsx", sheets))
    norfolk = frame[frame["police_force_area"] == "Norfolk"]
    assert norfolk["referrals"].isna().all()
    assert set(norfolk["value_note"]) == {"written as 0, but nothing was submitted"}


def test_headings_may_differ_in_case_and_carry_a_footnote(tmp_path):
    headings = ("Area Name", "Number of Maracs", "Number of cases discussed1", *HEADINGS[3:])
    frame = read_marac_cases(write_workbook(tmp_path / "marac.xlsx", workbook(headings=headings)))
    check_cheshire(of_force(frame, "Cheshire"))


@pytest.mark.parametrize(
    ("headings", "told"),
    [
        (HEADINGS[:-1], "column 'Number of children in household' is missing"),
        ((*HEADINGS[:2], "Number of cases heard", *HEADINGS[3:]), "(is it now 'Number of cases heard'?)"),
        ((*HEADINGS, "Number of adults"), "column 'Number of adults' is not known"),
        ((*HEADINGS, HEADINGS[1]), "column 'Number of MARACs' is there more than once"),
        (("Force", *HEADINGS[1:]), "no cell says 'Area Name'"),
    ],
)
def test_other_headings_are_refused(tmp_path, headings, told):
    with pytest.raises(SourceError) as refusal:
        read_marac_cases(write_workbook(tmp_path / "marac.xlsx", workbook(headings=headings)))
    assert told in str(refusal.value)
    assert "marac.xlsx > Cases" in str(refusal.value)


@pytest.mark.parametrize("name", ["Halton", "Warrington", "Cheshire East"])
def test_a_local_authority_is_refused(tmp_path, name):
    with pytest.raises(SourceError, match="never a local authority") as refusal:
        read_marac_cases(
            write_workbook(tmp_path / "marac.xlsx", workbook(with_row(name, *CHESHIRE, instead_of="Cheshire")))
        )
    assert f"row 11, column 'Area Name' says '{name}'" in str(refusal.value)
    with pytest.raises(SourceError, match=f"row 2, column 'pfa_name_safelives' says '{name}'"):
        read_marac_cases(write_derived(tmp_path / "marac.csv", {**DERIVED, "pfa_name_safelives": name}))


@pytest.mark.parametrize(
    ("column", "cell", "told"),
    [
        (1, "3,009", "column 'Number of cases discussed' says '3,009'; allowed: a number of 0 or more"),
        (1, "n/a", "column 'Number of cases discussed' says 'n/a'"),
        (1, -5, "column 'Number of cases discussed' says '-5'"),
        (0, 2.5, "column 'Number of MARACs' says 2.5; allowed: a whole number"),
        (5, 64.8, "says 64.8 % of its cases were repeats, and 908 of 3009 are 30.2 %"),
        (1, Formula(), "a formula that no result was saved for"),
    ],
)
def test_a_wrong_cell_is_told(tmp_path, column, cell, told):
    cells = [*CHESHIRE[:column], cell, *CHESHIRE[column + 1 :]]
    with pytest.raises(SourceError) as refusal:
        read_marac_cases(write_workbook(tmp_path / "marac.xlsx", workbook(with_row("Cheshire", *cells))))
    assert told in str(refusal.value)
    assert "marac.xlsx > Cases: row 11" in str(refusal.value)


def test_figures_without_a_name_or_a_heading_are_refused(tmp_path):
    with pytest.raises(SourceError, match="row 9 has figures and no area's name"):
        read_marac_cases(write_workbook(tmp_path / "a.xlsx", workbook([*BODY[:3], (None, CHESHIRE)])))
    with pytest.raises(SourceError, match="row 11 has a cell under no heading"):
        read_marac_cases(write_workbook(tmp_path / "b.xlsx", workbook(with_row("Cheshire", *CHESHIRE, 1))))


def test_forces_that_do_not_add_up_to_england_are_refused(tmp_path):
    rows = read_code_table("safelives", "areas.csv")
    names = dict.fromkeys(row["name"] for row in rows if row["area_code"].startswith("E23"))
    body: Body = [("England", [39, 3900, 3900, 40, 0, 0, 0]), *((name, [1, 100, 100, 40, 0, 0, 0]) for name in names)]
    sheets = {name: sheet for name, sheet in workbook(body).items() if name not in {"Gender", "Demographics"}}
    assert len(read_marac_cases(write_workbook(tmp_path / "a.xlsx", sheets))) == 39
    body[1] = (body[1][0], [1, 101, 100, 40, 0, 0, 0])
    with pytest.raises(SourceError, match="England, has 3,900 cases, and its forces together have 3,901"):
        read_marac_cases(write_workbook(tmp_path / "b.xlsx", workbook(body)))


def test_a_notes_sheet_of_the_year_before_is_outvoted(tmp_path):
    path = write_workbook(tmp_path / "Marac-data-2022-2023.xlsx", workbook(year=2023, notes=2022))
    assert set(read_marac_cases(path)["financial_year"]) == {"2022-23"}


def test_years_that_contradict_one_another_are_refused(tmp_path):
    with pytest.raises(SourceError, match=r"Cases says the year to March 2025, .*the file's name says .* March 2024"):
        read_marac_cases(write_workbook(tmp_path / "Marac-data-2023-2024.xlsx"))
    sheets = workbook() | {"Referral routes": referrals_sheet(REFERRALS, 2024)}
    with pytest.raises(SourceError, match="cannot tell which year it is about"):
        read_marac_cases(write_workbook(tmp_path / "marac.xlsx", sheets))
    alone = {name: sheet for name, sheet in workbook(notes=2024).items() if name != "Referral routes"}
    with pytest.raises(SourceError, match="Notes says the year to March 2024"):
        read_marac_cases(write_workbook(tmp_path / "marac-data.xlsx", alone))


def test_a_workbook_without_titles_takes_its_year_from_its_name_or_is_refused(tmp_path):
    sheets = {
        "Cases": [[], [], [], *cases_sheet(BODY)[3:]],
        "Referral routes": [[], [], *referrals_sheet(REFERRALS)[2:]],
    }
    assert set(
        read_marac_cases(write_workbook(tmp_path / "Marac-data-2020-to-2021.xlsx", sheets))["financial_year"]
    ) == {"2020-21"}
    for name in ("marac.xlsx", "marac-2024-06-14.xlsx", "marac-2011-12-01.xlsx"):
        with pytest.raises(SourceError, match="nothing says it"):
            read_marac_cases(write_workbook(tmp_path / name, sheets))


def test_several_years_are_read_together(tmp_path):
    with zipfile.ZipFile(tmp_path / "years.zip", "w") as archive:
        archive.writestr("Marac-data-2023-2024.xlsx", write_xlsx(workbook(year=2024)))
        archive.writestr("Marac-data-2024-2025.xlsx", write_xlsx(workbook()))
        archive.writestr("readme.txt", "not read")
    assert len(read_marac_cases(tmp_path / "years.zip")) == 10


def test_referrals_without_their_second_headings_are_refused(tmp_path):
    sheets = workbook()
    sheets["Referral routes"][4] = [None, None, "Number", None, "Number", "%"]
    with pytest.raises(SourceError, match="row 5, the heading 'Number' in column 3 is not followed by %"):
        read_marac_referrals(write_workbook(tmp_path / "marac.xlsx", sheets))
    sheets["Referral routes"][4] = []
    with pytest.raises(SourceError, match="row 5 has no heading 'Number'"):
        read_marac_referrals(write_workbook(tmp_path / "marac.xlsx", sheets))


def test_a_workbook_without_its_sheet_or_a_damaged_one_is_refused(tmp_path):
    with pytest.raises(SourceError, match="there is no sheet 'Cases'"):
        read_marac_cases(
            write_workbook(tmp_path / "marac-data.xlsx", {"Case": cases_sheet(BODY), "Referral routes": []})
        )
    (tmp_path / "marac-data-page.xlsx").write_text("<!DOCTYPE html><title>Just a moment...</title>")
    with pytest.raises(SourceError, match="is a web page"):
        read_marac_cases(tmp_path / "marac-data-page.xlsx")


def test_nothing_to_read_is_refused(tmp_path):
    with pytest.raises(SourceError, match="has headings and no rows"):
        read_marac_cases(write_derived(tmp_path / "marac.csv"))


@pytest.mark.parametrize(
    ("heading", "value", "told"),
    [
        ("financial_year", "2024/25", "a financial year like 2024-25"),
        ("cases_discussed", "3,009", "says '3,009'"),
        ("pfa_name_safelives", "", "says nothing; allowed: the name of a force area"),
    ],
)
def test_a_wrong_cell_of_the_derived_csv_is_told(tmp_path, heading, value, told):
    with pytest.raises(SourceError) as refusal:
        read_marac_cases(write_derived(tmp_path / "marac.csv", {**DERIVED, heading: value}))
    assert f"marac.csv: row 2, column '{heading}'" in str(refusal.value)
    assert told in str(refusal.value)
