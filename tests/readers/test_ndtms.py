"""ViewIt's export: what the real one says, and what is done with each of its traps."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from itertools import product
from pathlib import Path

import pandas as pd
import pytest
from reader_checks import claim, is_simulated, read_all, read_table

from shp_analysis.errors import SourceError
from shp_analysis.readers.ndtms import COLUMNS, READER, SOURCE
from shp_analysis.readers.readers import read_code_table

HEADINGS = (*COLUMNS, *(row["heading"] for row in read_code_table(SOURCE, "viewit_measures.csv")))
SEXES, AGES = ("F", "M"), ("18-29", "30-49", "50+")
SUBSTANCES = ("Opiate", "Non-opiate only", "Alcohol only", "Non-opiate & alcohol")
IN_TREATMENT = "intreatment_allintx"

Row = dict[str, str]


def export_rows(year: str = "2021/22", area: str = "Halton", total: str = "TOTAL") -> list[Row]:
    """Write one year of one area: ten people in every smallest group, so that every total is its groups times ten."""
    rows = []
    for sex, age, substance in product((*SEXES, total), (*AGES, total), (*SUBSTANCES, "Total")):
        people = 10 * (2 if sex == total else 1) * (3 if age == total else 1) * (4 if substance == "Total" else 1)
        keys = dict(zip(COLUMNS, (year, area, sex, age, substance), strict=True))
        rows.append({**dict.fromkeys(HEADINGS, str(people)), **keys})
    return rows


def write_export(path: Path, rows: list[Row], headings: tuple[str, ...] = HEADINGS) -> Path:
    text = io.StringIO()
    writer = csv.DictWriter(text, headings, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(text.getvalue())
    return path


def of_all(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[(frame[["sex", "age_group", "substance_group"]] == "all").all(axis=1)]


def in_treatment(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[frame["measure"] == "intreatment"]


@pytest.fixture(scope="module")
def published(shared_data) -> pd.DataFrame:
    return read_table(READER, shared_data / "ndtms" / "ViewIt Export Data_LAs.csv")


def test_the_real_export_is_read_whole(published):
    assert len(published) == 780 * 239
    assert published["area_name"].unique().tolist() == ["Barnet"]
    assert published["financial_year"].nunique() == 13


def test_the_real_exports_totals_are_one_series_through_the_change_of_case(published):
    series = in_treatment(of_all(published)).set_index("financial_year")["count_rounded_to_5"]
    assert series.loc["2009-10"] == 1105
    assert series.loc["2020-21"] == 1285
    assert series.loc["2021-22"] == 1465
    assert len(series) == 13


def test_every_real_figure_is_rounded_to_5_and_none_stands_for_a_null(published):
    assert (published["count_rounded_to_5"].dropna() % 5 == 0).all()
    missing = published["count_rounded_to_5"].isna()
    assert missing.sum() == 17_280
    assert set(published["value_note"][missing]) == {"not published for this year"}
    assert published["value_note"][~missing].isna().all()


def test_a_measure_not_collected_in_the_first_years_is_missing_there_and_only_there(published):
    rows = of_all(published)
    rows = rows[rows["measure"] == "religion_none"].set_index("financial_year")["count_rounded_to_5"]
    assert rows.loc[:"2015-16"].isna().all()
    assert rows.loc["2016-17":].notna().all()


@pytest.mark.parametrize("total", ["Total", "TOTAL"])
def test_both_spellings_of_all_are_one(tmp_path, total):
    frame = in_treatment(read_table(READER, write_export(tmp_path / "export.csv", export_rows(total=total))))
    assert len(frame) == 60
    assert set(frame["sex"]) == {"female", "male", "all"}
    assert set(frame["age_group"]) == {"18-29", "30-49", "50+", "all"}
    assert of_all(frame)["count_rounded_to_5"].tolist() == [240]
    assert of_all(frame)["financial_year"].tolist() == ["2021-22"]


@pytest.mark.parametrize(
    ("mark", "note"),
    [
        ("NULL", "not published for this year"),
        ("*", "suppressed by the publisher"),
        ("[c]", "suppressed by the publisher"),
        ("", "blank in the file"),
    ],
)
def test_a_mark_is_missing_with_its_reason_and_never_a_zero(tmp_path, mark, note):
    rows = export_rows()
    rows[0][IN_TREATMENT] = mark
    rows[1][IN_TREATMENT] = "10"
    frame = in_treatment(read_table(READER, write_export(tmp_path / "export.csv", rows)))
    assert frame["count_rounded_to_5"].isna().sum() == 1
    assert frame["value_note"].dropna().tolist() == [note]


def test_a_written_zero_stays_a_zero(tmp_path):
    rows = export_rows()
    for row in rows:
        row["exits_died_allintx"] = "0"
    frame = read_table(READER, write_export(tmp_path / "export.csv", rows))
    died = frame[frame["measure"] == "exits_died"]
    assert (died["count_rounded_to_5"] == 0).all()
    assert died["value_note"].isna().all()


def test_children_are_not_people_in_treatment(published):
    counted = published.drop_duplicates("measure").set_index("measure")["counted"]
    assert counted["safeguarding_num_of_children"] == "children"
    assert counted["intreatment"] == "people"


@pytest.mark.parametrize("figure", ["12", "1,105", "12.5", "-5", "05", "n/a", "1e2"])
def test_a_figure_that_is_not_rounded_is_refused_because_it_may_name_people(tmp_path, figure):
    rows = export_rows()
    rows[7][IN_TREATMENT] = figure
    with pytest.raises(SourceError) as refusal:
        read_table(READER, write_export(tmp_path / "export.csv", rows))
    message = str(refusal.value)
    assert f"export.csv: row 9, column 'intreatment_allintx' says '{figure}'" in message
    assert "a whole multiple of 5" in message
    assert "Do not use this file" in message


@pytest.mark.parametrize(
    ("heading", "value", "told"),
    [
        ("ReportingPeriod", "2021", "a financial year like 2021/22"),
        ("ReportingPeriod", "2021/23", "a financial year like 2021/22"),
        ("Area", "", "says nothing; allowed: the name of an area"),
        ("sex", "Female", "one of F, M, Total, TOTAL"),
        ("age_group", "Under 14", "one of 18-29, 30-49, 50+, Total, TOTAL"),
        ("age_group", "18-Sep", "one of 18-29"),
        ("drug_group", "opiate", "one of Opiate, Non-opiate only"),
    ],
)
def test_a_wrong_group_is_told_by_row_column_and_value(tmp_path, heading, value, told):
    rows = export_rows()
    rows[3][heading] = value
    with pytest.raises(SourceError) as refusal:
        read_table(READER, write_export(tmp_path / "export.csv", rows))
    assert f"row 5, column '{heading}'" in str(refusal.value)
    assert told in str(refusal.value)


def test_a_row_written_twice_is_refused(tmp_path):
    rows = export_rows()
    with pytest.raises(SourceError, match=r"row 62: '2021-22' and 'Halton' and .* is there already"):
        read_table(READER, write_export(tmp_path / "export.csv", [*rows, rows[0]]))


def test_a_total_in_each_spelling_is_a_row_written_twice(tmp_path):
    rows = export_rows()
    again = {**rows[-1], "sex": "Total"}
    with pytest.raises(
        SourceError, match="row 62: '2021-22' and 'Halton' and 'all' and 'all' and 'all' is there already"
    ):
        read_table(READER, write_export(tmp_path / "export.csv", [*rows, again]))


def reverse_sexes_of_the_total(rows: list[Row]) -> None:
    for row in rows:
        row["sex"] = {"F": "TOTAL", "TOTAL": "F"}.get(row["sex"], row["sex"])


def halve_the_total(rows: list[Row]) -> None:
    for row in rows:
        if row["drug_group"] == "Total":
            row.update({heading: str(int(row[heading]) // 2) for heading in HEADINGS[5:]})


@pytest.mark.parametrize("damage", [reverse_sexes_of_the_total, halve_the_total])
def test_parts_that_miss_their_total_are_refused(tmp_path, damage: Callable[[list[Row]], None]):
    rows = export_rows()
    damage(rows)
    with pytest.raises(SourceError, match=r"misses its total over '(sex|drug_group)' by .*more than rounding explains"):
        read_table(READER, write_export(tmp_path / "export.csv", rows))


def test_parts_that_miss_their_total_by_rounding_are_read(tmp_path):
    rows = export_rows()
    for row in rows:
        if row["sex"] == "TOTAL":
            row[IN_TREATMENT] = str(int(row[IN_TREATMENT]) + 5)
    assert len(read_table(READER, write_export(tmp_path / "export.csv", rows))) == 60 * 239


def test_a_cut_of_the_export_is_read(tmp_path):
    rows = [row for row in export_rows() if row["sex"] == "M"]
    frame = read_table(READER, write_export(tmp_path / "export.csv", rows))
    assert set(frame["sex"]) == {"male"}


def test_other_headings_are_refused(tmp_path):
    with pytest.raises(SourceError, match="column 'scnr_scrn_allintx' is missing"):
        read_table(READER, write_export(tmp_path / "export.csv", export_rows(), HEADINGS[:-1]))
    renamed = tuple("gender" if heading == "sex" else heading for heading in HEADINGS)
    with pytest.raises(SourceError, match="column 'sex' is missing"):
        read_table(READER, write_export(tmp_path / "export.csv", export_rows(), renamed))


def test_nothing_to_read_is_refused(tmp_path):
    with pytest.raises(SourceError, match="has headings and no rows"):
        read_table(READER, write_export(tmp_path / "export.csv", []))


def test_the_reader_gives_the_real_export_an_area_at_a_time(shared_data, published):
    path = shared_data / "ndtms" / "ViewIt Export Data_LAs.csv"
    tables = read_all(READER, path)
    assert list(tables) == ["ndtms_viewit"]
    pd.testing.assert_frame_equal(tables["ndtms_viewit"], published)
    assert is_simulated(READER, path) == {False}


def test_the_readers_table_is_of_one_type_for_every_area(tmp_path):
    rows = [*export_rows(area="Halton"), *export_rows(area="Wigan")]
    for row in rows[:60]:
        row[IN_TREATMENT] = "NULL"
    path = write_export(tmp_path / "simulated-viewit.csv", rows)
    frame = read_all(READER, path)["ndtms_viewit"]
    assert frame["area_name"].unique().tolist() == ["Halton", "Wigan"]
    assert is_simulated(READER, path) == {True}


def test_the_reader_claims_a_damaged_export_and_no_other_file(tmp_path):
    write_export(tmp_path / "export.csv", export_rows(), HEADINGS[1:])
    (tmp_path / "other.csv").write_text("Area,sex,age_group\n")
    assert [file.member.path.name for file in claim(READER, tmp_path)] == ["export.csv"]
    with pytest.raises(SourceError, match="column 'ReportingPeriod' is missing"):
        read_all(READER, tmp_path)
