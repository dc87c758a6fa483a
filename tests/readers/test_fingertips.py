"""OHID's exports: what the real one says, and what is done with each of its traps."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pandas as pd
import pytest
from reader_checks import claim, is_simulated, read_all, read_table

from shp_analysis.errors import SourceError
from shp_analysis.readers.fingertips import (
    COLUMNS,
    READER,
    describe_window,
)

NEWER = tuple(COLUMNS)
OLDER = NEWER[:-1]
OF_PARENT = "Compared to parent value or percentiles"
TOO_SMALL = "Value cannot be calculated as number of cases is too small"
HALTON = {
    "Indicator ID": "91380",
    "Indicator Name": "Alcohol-specific mortality",
    "Parent Code": "E12000002",
    "Parent Name": "North West region",
    "Area Code": "E06000006",
    "Area Name": "Halton",
    "Area Type": "County & UA (pre 4/19)",
    "Sex": "Persons",
    "Age": "All ages",
    "Time period": "2016 - 18",
    "Value": "18.66324688",
    "Lower CI 95.0 limit": "14.56056128",
    "Upper CI 95.0 limit": "23.55935960",
    "Count": "71",
    "Denominator": "383333",
    "Recent Trend": "Cannot be calculated",
    "Compared to England value or percentiles": "Worse",
    OF_PARENT: "Similar",
    "Time period Sortable": "20160000",
}
ENGLAND = {
    **HALTON,
    "Parent Code": "",
    "Parent Name": "",
    "Area Code": "E92000001",
    "Area Name": "England",
    "Area Type": "England",
    "Value": "10.8",
    "Lower CI 95.0 limit": "10.7",
    "Upper CI 95.0 limit": "10.9",
}
DECILE = {
    **ENGLAND,
    "Category Type": "County & UA deprivation deciles in England (IMD2019, 4/19 geog.)",
    "Category": "Most deprived decile (IMD2019)",
    "Value": "16.1",
    "Lower CI 95.0 limit": "15.0",
    "Upper CI 95.0 limit": "17.2",
}


def write_export(path: Path, rows: list[dict[str, str]], headings: tuple[str, ...] = OLDER) -> Path:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(headings)
    current = [heading if heading in COLUMNS else OF_PARENT for heading in headings]
    writer.writerows([[row.get(heading, "") for heading in current] for row in rows])
    path.write_bytes(text.getvalue().encode())
    return path


@pytest.fixture(scope="module")
def published(shared_data) -> pd.DataFrame:
    return read_table(READER, shared_data / "fingertips" / "91380-alcohol-specific-mortality.csv")


def test_the_real_export_gives_haltons_figures(published):
    halton = published[published["area_code"] == "E06000006"]
    assert len(halton) == 33
    assert set(halton["sex"]) == {"Male", "Female", "Persons"}
    assert halton["time_period"].nunique() == 11
    latest = halton[(halton["time_period"] == "2016 - 18") & (halton["sex"] == "Persons")].iloc[0]
    assert round(latest["indicator_value"], 2) == 18.66
    assert (round(latest["lower_95"], 2), round(latest["upper_95"], 2)) == (14.56, 23.56)
    assert latest["numerator"] == 71
    assert latest["denominator"] == 383_333
    assert latest["value_unit"] == "directly standardised rate per 100,000"
    assert latest["period_start"] == pd.Timestamp("2016-01-01")
    assert latest["window_years"] == 3


def test_the_real_exports_blank_values_keep_their_count_and_their_note(published):
    blank = published[published["indicator_value"].isna()]
    assert len(blank) == 230
    assert blank["value_note"].notna().all()
    too_small = blank[blank["value_note"] == TOO_SMALL]
    assert len(too_small) == 197
    assert too_small["numerator"].notna().all()


def test_the_real_exports_deciles_are_kept_apart(published, shared_data):
    england = published[published["area_code"] == "E92000001"]
    assert len(england) == 33
    deciles = read_table(
        READER, shared_data / "fingertips" / "91380-alcohol-specific-mortality.csv", "fingertips_categories"
    )
    assert len(deciles) == 1260
    assert len(published) + len(deciles) == 6597
    assert set(deciles["area_code"]) == {"E92000001"}
    assert deciles["category_type"].nunique() == 4
    assert "category" not in published


@pytest.mark.parametrize(
    "name",
    [
        "Compared to Region value or percentiles",
        "Compared to Counties & UAs (from Apr 2021) value or percentiles",
        "Compared to subnational parent value or percentiles",
        "Compared to parent value or percentiles",
        "Compared to percentiles",
    ],
)
@pytest.mark.parametrize("headings", [OLDER, NEWER], ids=["26 columns", "27 columns"])
def test_column_23_is_read_under_each_of_its_names(tmp_path, name, headings):
    headings = tuple(name if heading == OF_PARENT else heading for heading in headings)
    frame = read_table(READER, write_export(tmp_path / "export.csv", [{**HALTON, "Time period range": "3y"}], headings))
    assert frame["compared_to_parent"].tolist() == ["Similar"]
    assert frame["compared_to_england"].tolist() == ["Worse"]
    assert frame["time_period_range"].fillna("none").tolist() == ["3y" if len(headings) == 27 else "none"]


def test_columns_are_read_by_name_and_not_by_place(tmp_path):
    frame = read_table(READER, write_export(tmp_path / "export.csv", [HALTON], tuple(reversed(OLDER))))
    assert frame["area_name"].tolist() == ["Halton"]
    assert frame["numerator"].tolist() == [71]


def test_two_columns_that_are_both_the_23rd_are_refused(tmp_path):
    headings = (*OLDER, "Compared to percentiles")
    with pytest.raises(SourceError, match="is not known"):
        read_table(READER, write_export(tmp_path / "export.csv", [HALTON], headings))


def test_a_blank_value_stays_missing_beside_its_count(tmp_path):
    row = {**HALTON, "Value": "", "Lower CI 95.0 limit": "", "Upper CI 95.0 limit": "", "Count": "4.5"}
    frame = read_table(READER, write_export(tmp_path / "export.csv", [{**row, "Value note": TOO_SMALL}]))
    assert frame["indicator_value"].isna().all()
    assert frame["numerator"].tolist() == [4.5]
    assert frame["value_note"].tolist() == [TOO_SMALL]


def test_a_unit_that_is_not_known_is_missing(tmp_path):
    frame = read_table(READER, write_export(tmp_path / "export.csv", [{**HALTON, "Indicator ID": "1"}]))
    assert frame["value_unit"].isna().all()


def test_rows_of_a_decile_are_never_england(tmp_path):
    path = write_export(tmp_path / "export.csv", [ENGLAND, DECILE])
    assert read_table(READER, path)["indicator_value"].tolist() == [10.8]
    categories = read_table(READER, path, "fingertips_categories")
    assert categories["indicator_value"].tolist() == [16.1]
    assert categories["category"].tolist() == ["Most deprived decile (IMD2019)"]


def test_one_area_under_two_parents_is_one_row_that_names_both(tmp_path):
    again = {**HALTON, "Parent Code": "E47000004", "Parent Name": "Liverpool City Region"}
    frame = read_table(READER, write_export(tmp_path / "export.csv", [HALTON, ENGLAND, again]))
    assert frame["area_name"].tolist() == ["Halton", "England"]
    assert frame["parent_codes"].tolist()[0] == "E12000002; E47000004"
    assert frame["parent_names"].tolist()[0] == "North West region; Liverpool City Region"
    assert frame["compared_to_parent"].tolist()[0] == "Similar"
    assert pd.isna(frame["parent_codes"].iloc[1])


def test_another_verdict_on_another_parent_is_no_contradiction(tmp_path):
    again = {**HALTON, "Parent Code": "E47000004", OF_PARENT: "Better"}
    frame = read_table(READER, write_export(tmp_path / "export.csv", [HALTON, again]))
    assert len(frame) == 1
    assert frame["compared_to_parent"].isna().all()


def test_an_area_with_two_values_is_refused(tmp_path):
    again = {**HALTON, "Parent Code": "E47000004", "Value": "19.5"}
    with pytest.raises(SourceError, match=r"row 3, column 'Value' says 19\.5 for Halton.* row 2 says 18\.66"):
        read_table(READER, write_export(tmp_path / "export.csv", [HALTON, again]))


def test_a_value_here_and_none_there_is_refused_too(tmp_path):
    again = {**HALTON, "Value": "", "Lower CI 95.0 limit": "", "Upper CI 95.0 limit": ""}
    with pytest.raises(SourceError, match="column 'Value' says nothing for Halton"):
        read_table(READER, write_export(tmp_path / "export.csv", [HALTON, again]))


WRONG_CELLS = [
    ("Value", "1,018.6", "a number, without thousands separators"),
    ("Value", "nan", "says 'nan'"),
    ("Value", "*", "says '*'"),
    ("Count", "-1", "a number of 0 or more"),
    ("Count", "7l", "a number of 0 or more"),
    ("Indicator ID", "9.14E+04", "a whole number like 91380"),
    ("Area Code", "", "says nothing; allowed: a code like E06000006"),
    ("Area Code", "6", "a code like E06000006"),
    ("Sex", "All", "one of Persons, Male, Female, Not applicable"),
    ("Time period", "Jan-18", "allowed: a period like 2019, 2016 - 18"),
    ("Time period", "2015 - 17", "'Time period Sortable' '20160000'"),
    ("Time period Sortable", "2016", "eight digits like 20160000"),
    ("Value", "25.1", "not within its limits 14.5606 to 23.5594"),
    ("Category", "Most deprived decile (IMD2019)", "only one of 'Category Type' and 'Category'"),
]


@pytest.mark.parametrize(("heading", "value", "told"), WRONG_CELLS)
def test_a_wrong_cell_is_told_by_row_column_and_value(tmp_path, heading, value, told):
    path = write_export(tmp_path / "export.csv", [ENGLAND, {**HALTON, heading: value}])
    with pytest.raises(SourceError) as refusal:
        read_table(READER, path)
    message = str(refusal.value)
    assert "export.csv: row 3" in message
    assert f"'{heading}'" in message
    assert told in message
    assert "Use the file as published." in message


@pytest.mark.parametrize(
    ("headings", "told"),
    [
        (OLDER[1:], "column 'Indicator ID' is missing"),
        ((*OLDER, "Ward"), "column 'Ward' is not known"),
        (tuple(heading.replace("Value note", "Note") for heading in OLDER), "'Value note' is missing"),
    ],
)
def test_other_headings_are_refused(tmp_path, headings, told):
    path = tmp_path / "export.csv"
    path.write_text(",".join(f'"{heading}"' for heading in headings) + "\n")
    with pytest.raises(SourceError, match=told):
        read_table(READER, path)


def test_an_empty_export_is_refused(tmp_path):
    with pytest.raises(SourceError, match="has headings and no rows"):
        read_table(READER, write_export(tmp_path / "export.csv", []))


@pytest.mark.parametrize(
    ("period", "start", "months", "slug"),
    [
        ("2019", "2019-01-01", 12, "2019"),
        ("2016 - 18", "2016-01-01", 36, "2016-18"),
        ("1999 - 01", "1999-01-01", 36, "1999-01"),
        ("2016-2018", "2016-01-01", 36, "2016-18"),
        ("2019 - 20", "2019-01-01", 24, "2019-to-2020"),
        ("2019/20", "2019-04-01", 12, "2019-20"),
        ("1999/00", "1999-04-01", 12, "1999-00"),
        ("2016/17 - 18/19", "2016-04-01", 36, "2016-17-to-2018-19"),
        ("2019 Q3", "2019-07-01", 3, "2019-20-Q2"),
        ("2019 Q1", "2019-01-01", 3, "2018-19-Q4"),
        ("2019/20 Q4", "2020-01-01", 3, "2019-20-Q4"),
        ("Mar 2019", "2019-03-01", 1, "2019-03"),
        ("Sept 2019", "2019-09-01", 1, "2019-09"),
    ],
)
def test_a_period_is_a_window_of_months(period, start, months, slug):
    window = describe_window(period, "row 2")
    assert window.start == pd.Timestamp(start)
    assert window.months == months
    assert window.slug == slug


@pytest.mark.parametrize("period", ["", "2019/21", "2018 - 16", "2016/17 - 18/20", "2019 Q5", "Mai 2019", "16-18"])
def test_what_is_no_period_is_refused(period):
    with pytest.raises(SourceError, match="column 'Time period' says"):
        describe_window(period, "export.csv: row 2")


def test_the_reader_gives_areas_and_categories_apart(shared_data, published):
    path = shared_data / "fingertips" / "91380-alcohol-specific-mortality.csv"
    (file,) = claim(READER, path)
    assert file.headings[0] == "Indicator ID"
    tables = read_all(READER, path)
    areas, categories = tables["fingertips_indicators"], tables["fingertips_categories"]
    assert (len(areas), len(categories)) == (6597 - 1260, 1260)
    halton = areas[(areas["area_code"] == "E06000006") & (areas["period"] == "2016-18") & (areas["sex"] == "Persons")]
    assert halton["numerator"].tolist() == [71]
    assert halton[["indicator_value", "lower_95", "upper_95"]].round(2).iloc[0].tolist() == [18.66, 14.56, 23.56]
    assert is_simulated(READER, path) == {False}


def test_the_readers_tables_are_of_one_type_whatever_an_export_holds(tmp_path):
    folder = tmp_path / "exports"
    folder.mkdir()
    write_export(folder / "old.csv", [HALTON, DECILE])
    write_export(folder / "new.csv", [{**HALTON, "Indicator ID": "2", "Time period range": "3y", "Count": ""}], NEWER)
    write_export(folder / "deciles.csv", [{**DECILE, "Indicator ID": "3", "Parent Code": "E12000002"}])
    tables = read_all(READER, folder)
    assert sorted(tables["fingertips_indicators"]["indicator_id"]) == ["2", "91380"]
    assert sorted(tables["fingertips_categories"]["indicator_id"]) == ["3", "91380"]


def test_the_reader_passes_other_files_over_and_claims_a_damaged_export(tmp_path):
    folder = tmp_path / "exports"
    folder.mkdir()
    (folder / "other.csv").write_text("Area Code,Area Name,Value,Count\n")
    (folder / "notes.txt").write_text("Indicator ID")
    assert claim(READER, folder) == ()
    write_export(folder / "damaged.csv", [HALTON], OLDER[1:])
    assert [file.member.path.name for file in claim(READER, folder)] == ["damaged.csv"]
    with pytest.raises(SourceError, match="column 'Indicator ID' is missing"):
        read_all(READER, folder)


@pytest.mark.parametrize("heading", ["Indicator Name", "Value note"])
def test_a_simulated_export_says_so(tmp_path, heading):
    path = write_export(tmp_path / "export.csv", [HALTON, {**ENGLAND, heading: "Simulated: no real figure"}])
    assert is_simulated(READER, path) == {True}
