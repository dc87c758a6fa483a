"""Residents by sex and single year of age: both forms of the table, and counts that never leave anyone out."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from reader_checks import claim, is_simulated, read_all, read_table
from refusals import ADVICE
from sheet_files import write_xlsx

from shp_analysis.errors import SourceError
from shp_analysis.readers import ons

HALTON = "E06000006"
TITLE = "Annual mid-year population estimates for United Kingdom local authorities, by sex and single year of age"
HEADINGS = ("ladcode23", "laname23", "country", "sex", "age", "population_2022", "population_2023")
Rows = list[list[str]]


def residents(sexes: tuple[str, str] = ("f", "m"), oldest: str = "90") -> Rows:
    """Write Halton: every age has 10 women and 7 men in 2022, and one more of each in 2023."""
    return [
        [HALTON, "Halton", "E", sex, oldest if age == 90 else str(age), str(people), str(people + 1)]
        for sex, people in zip(sexes, (10, 7), strict=True)
        for age in range(91)
    ]


def write_csv(path: Path, rows: Rows, headings: tuple[str, ...] = HEADINGS, title: str = "") -> Path:
    lines = [[title] for _ in [title] if title] + [list(headings), *rows]
    path.write_text("\n".join(",".join(f'"{cell}"' if "," in cell else cell for cell in line) for line in lines) + "\n")
    return path


def write_workbook(path: Path, rows: Rows) -> Path:
    cells = [[cell if n < 4 else int(cell) for n, cell in enumerate(row)] for row in rows]
    sheets = {"Contents": [["MYE1"]], "MYEB1": [[TITLE], list(HEADINGS), *cells], "MYEB2": [["components"]]}
    path.write_bytes(write_xlsx(sheets))
    return path


def read_residents(path: Path) -> pd.DataFrame:
    return read_table(ons.READER, path, "ons_populations_authority")


def refuse(path: Path) -> str:
    with pytest.raises(SourceError) as refusal:
        read_residents(path)
    assert path.name in str(refusal.value)
    assert ADVICE.search(str(refusal.value))
    return str(refusal.value)


@pytest.mark.parametrize("sexes", [("f", "m"), ("F", "M"), ("2", "1")])
@pytest.mark.parametrize("oldest", ["90", "90+"])
def test_women_and_men_are_counted_by_age(tmp_path, sexes, oldest):
    populations = read_residents(write_csv(tmp_path / "myeb1.csv", residents(sexes, oldest)))
    assert len(populations) == 2 * 91 * 2
    assert set(populations["sex"]) == {"female", "male"}
    counted = populations.groupby(["sex", "mid_year", "age_years"])["residents"].sum()
    assert counted.to_dict() == {
        (sex, year, age): people + (year == "2023")
        for sex, people in (("female", 10), ("male", 7))
        for year in ("2022", "2023")
        for age in range(91)
    }


def test_the_workbook_and_a_csv_under_its_title_give_the_same(tmp_path):
    bare = read_residents(write_csv(tmp_path / "bare.csv", residents()))
    titled = read_residents(write_csv(tmp_path / "titled.csv", residents(), title=TITLE))
    sheet = read_residents(write_workbook(tmp_path / "myebtablesuk20112023.xlsx", residents()))
    pd.testing.assert_frame_equal(titled, bare)
    pd.testing.assert_frame_equal(sheet, bare)


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [
        (0, "Halton", "row 2, column 'ladcode23' says 'Halton'"),
        (3, "x", "row 2, column 'sex' says 'x'; allowed: one of f, F, 2, Female, m"),
        (4, "91", "row 2, column 'age' says '91'; allowed: an age from 0 to 90"),
        (4, "1", "row 3: 'E06000006' and 'female' and"),
        (5, "1,000", "says '1,000'; allowed: a whole number"),
        (5, "", "says nothing"),
    ],
)
def test_a_wrong_cell_is_told(tmp_path, column, value, told):
    rows = residents()
    rows[0][column] = value
    assert told in refuse(write_csv(tmp_path / "m.csv", rows))


def test_a_table_without_an_age_or_a_year_is_refused(tmp_path):
    rows = residents()
    assert "E06000006 has no row for sex 'male' and age 90 (1 rows are missing" in refuse(
        write_csv(tmp_path / "m.csv", rows[:-1])
    )
    headings = (*HEADINGS[:6], "population_2024")
    assert "the years are [2022, 2024]" in refuse(write_csv(tmp_path / "m.csv", rows, headings))


def test_the_reader_gives_both_tables_of_authorities_as_one(tmp_path, shared_data):
    old = shared_data / "geography" / "population_1997_2020_local_authority_single_year_of_age.csv"
    new = write_csv(tmp_path / "simulated-myeb1.csv", residents())
    by_age, by_sex = (read_all(ons.READER, path)["ons_populations_authority"] for path in (old, new))
    assert by_age.dtypes.equals(by_sex.dtypes)
    assert set(by_age["sex"]) == {"all"}
    everyone = by_age[(by_age["area_code"] == HALTON) & (by_age["mid_year"] == "2020")]
    assert everyone["residents"].sum() == 129_759
    women = by_sex[(by_sex["sex"] == "female") & (by_sex["age_years"] >= 16)]
    assert women.groupby("mid_year")["residents"].sum().tolist() == [750, 825]
    assert (is_simulated(ons.READER, old), is_simulated(ons.READER, new)) == ({False}, {True})


def test_the_reader_claims_the_workbook_by_its_sheet(tmp_path):
    path = write_workbook(tmp_path / "any.xlsx", residents())
    assert len(claim(ons.READER, path)) == 1
    assert len(read_all(ons.READER, path)["ons_populations_authority"]) == 2 * 91 * 2
