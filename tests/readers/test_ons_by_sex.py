"""Residents by sex and single year of age: both forms of the table, and counts that never leave anyone out."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reader_checks import claim, is_simulated, read_all
from refusals import ADVICE
from sheet_files import write_xlsx

from shp_analysis.errors import RequestError, SourceError
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


def refuse(path: Path) -> str:
    with pytest.raises(SourceError) as refusal:
        ons.read_populations_by_sex(path)
    assert path.name in str(refusal.value)
    assert ADVICE.search(str(refusal.value))
    return str(refusal.value)


@pytest.mark.parametrize("sexes", [("f", "m"), ("F", "M"), ("2", "1")])
@pytest.mark.parametrize("oldest", ["90", "90+"])
def test_women_and_men_are_counted_by_age(tmp_path, sexes, oldest):
    populations = ons.read_populations_by_sex(write_csv(tmp_path / "myeb1.csv", residents(sexes, oldest)))
    assert len(populations) == 2 * 91 * 2
    assert set(populations["sex"]) == {"female", "male"}
    counts = {
        (ages, sex): ons.count_residents(populations, ages, sex).set_index("mid_year")["residents"].tolist()
        for ages in ("16+", "18+", "10-17", "0-15", "13-16")
        for sex in ("female", None)
    }
    assert counts["16+", "female"] == [750, 825]
    assert counts["18+", "female"] == [730, 803]
    assert counts["10-17", None] == [136, 152]
    assert counts["0-15", None] == [272, 304]
    assert counts["13-16", None] == [68, 76]


def test_the_workbook_and_a_csv_under_its_title_give_the_same(tmp_path):
    bare = ons.read_populations_by_sex(write_csv(tmp_path / "bare.csv", residents()))
    titled = ons.read_populations_by_sex(write_csv(tmp_path / "titled.csv", residents(), title=TITLE))
    sheet = ons.read_populations_by_sex(write_workbook(tmp_path / "myebtablesuk20112023.xlsx", residents()))
    pd.testing.assert_frame_equal(titled, bare)
    pd.testing.assert_frame_equal(sheet, bare)


@given(st.integers(0, 89), st.integers(0, 89))
@settings(max_examples=25, deadline=None)
def test_bands_that_share_no_age_sum_to_everyone(first, second):
    low, high = sorted((first, second))
    frame = pd.DataFrame(
        [(HALTON, "Halton", 2023, sex, age, age + 1) for sex in ("female", "male") for age in range(91)],
        columns=["area_code", "area_name", "mid_year", "sex", "age_years", "residents"],
    )
    bands = [f"0-{low - 1}"] * (low > 0) + [f"{low}-{high}", f"{high + 1}+"]
    of_bands = sum(ons.count_residents(frame, band)["residents"].iloc[0] for band in bands)
    of_sexes = sum(ons.count_residents(frame, "0+", sex)["residents"].iloc[0] for sex in ("female", "male"))
    assert of_bands == of_sexes == ons.count_residents(frame, "0+")["residents"].iloc[0] == 2 * sum(range(92))


def test_a_sex_that_is_missing_leaves_everyone_missing_and_no_half(tmp_path):
    populations = ons.read_populations_by_sex(write_csv(tmp_path / "m.csv", residents()))
    women = populations[populations["sex"] == "female"]
    assert ons.count_residents(women, "16+")["residents"].isna().all()
    assert ons.count_residents(women, "16+", "female")["residents"].tolist() == [750, 825]


def test_what_cannot_be_counted_is_refused(tmp_path):
    populations = ons.read_populations_by_sex(write_csv(tmp_path / "m.csv", residents()))
    with pytest.raises(RequestError, match="no sex 'women'"):
        ons.count_residents(populations, "16+", "women")
    everyone = populations[populations["sex"] == "female"].assign(sex="all")
    with pytest.raises(RequestError, match="not told by sex"):
        ons.count_residents(everyone, "16+", "male")
    with pytest.raises(RequestError, match="E06000006 in 2022 are there for all and by sex"):
        ons.count_residents(pd.concat([populations, everyone]), "16+")
    mixed = pd.concat([populations[populations["mid_year"] == 2023], everyone[everyone["mid_year"] == 2022]])
    counted = ons.count_residents(mixed, "16+").set_index("mid_year")["residents"]
    assert (counted[2022], counted[2023]) == (750, 825 + 600)


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [
        (0, "Halton", "row 2, column 'ladcode' says 'Halton'"),
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
    (tmp_path / "nothing").mkdir()
    with pytest.raises(SourceError, match="holds no file of mid-year populations by sex"):
        ons.read_populations_by_sex(tmp_path / "nothing")


def test_the_reader_gives_both_tables_of_authorities_as_one(tmp_path, shared_data):
    old = shared_data / "geography" / "population_1997_2020_local_authority_single_year_of_age.csv"
    new = write_csv(tmp_path / "simulated-myeb1.csv", residents())
    by_age, by_sex = (read_all(ons.READER, path)["ons_populations_authority"] for path in (old, new))
    assert by_age.dtypes.equals(by_sex.dtypes)
    assert set(by_age["sex"]) == {"all"}
    counted = ons.count_residents(by_age, "0+").set_index(["area_code", "mid_year"])["residents"]
    assert counted[HALTON, "2020"] == 129_759
    assert ons.count_residents(by_sex, "16+", "female")["residents"].tolist() == [750, 825]
    assert (is_simulated(ons.READER, old), is_simulated(ons.READER, new)) == ({False}, {True})


def test_the_reader_claims_the_workbook_by_its_sheet(tmp_path):
    path = write_workbook(tmp_path / "any.xlsx", residents())
    assert len(claim(ons.READER, path)) == 1
    assert len(read_all(ons.READER, path)["ons_populations_authority"]) == 2 * 91 * 2
