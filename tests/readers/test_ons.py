"""ONS tables: drug-poisoning deaths, populations by age, households; as published, and what is refused."""

from __future__ import annotations

import csv
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from reader_checks import read_all, read_table
from refusals import ADVICE

from shp_analysis.errors import SourceError
from shp_analysis.readers import ons
from shp_analysis.readers.readers import read_code_table

HALTON = "E06000006"
DEATHS_TABLE = "ons_drug_poisoning_deaths"
AUTHORITIES, LSOAS = "ons_populations_authority", "ons_populations_lsoa"
HOUSEHOLDS = "ons_households"
AGES = [f"Age {age}" for age in range(90)] + ["Aged 90+"]
DEATHS = """code,name,1995,1994,1993
E92000001,ENGLAND,20,12,30
E06000006,Halton,17,8,-
E07000146,King’s Lynn and West Norfolk,3,4,5
E12000002,NORTH WEST ,20,12,30
"""


def save(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def authorities_csv(**cells: str) -> str:
    """Write two rows of Halton, 1997 and 2020, of ten residents of every age; none above 84 before 2001."""
    ages = dict.fromkeys(AGES, "10")
    old = ages | dict.fromkeys(AGES[85:], "-")
    rows = [["Halton", HALTON, "1997", *old.values()], ["Halton", HALTON, "2020", *(ages | cells).values()]]
    return "\n".join(",".join(row) for row in [["name", "code", "year", *AGES], *rows]) + "\n"


def lsoas_csv(total: str = "182.0") -> str:
    headings = ["lsoa11_name", "lsoa11_code", "total_population", *(str(age) for age in range(90)), "90+"]
    return "\n".join(",".join(row) for row in [headings, ["Halton 001A", "E01012428", total, *["2.0"] * 91]]) + "\n"


def read(table: str, path: Path) -> pd.DataFrame:
    return read_table(ons.READER, path, table)


def sum_ages(populations: pd.DataFrame, first: int = 0, last: int = 90) -> pd.Series:
    within = populations[populations["age_years"].between(first, last)]
    return within.groupby(["area_code", "area_name", "mid_year"])["residents"].sum(skipna=False)


def refuse(table: str, path: Path) -> str:
    with pytest.raises(SourceError) as refusal:
        read(table, path)
    message = str(refusal.value)
    assert path.name in message
    assert message.endswith(".")
    assert ADVICE.search(message), message
    return message


class TestDrugPoisoning:
    def test_one_column_a_year_becomes_one_row_a_year(self, tmp_path):
        deaths = read(DEATHS_TABLE, save(tmp_path, "deaths.csv", DEATHS))
        halton = deaths[deaths["area_code"] == HALTON]
        assert halton["registration_year"].tolist() == ["1993", "1994", "1995"]
        assert halton["deaths_registered"].tolist()[1:] == [8, 17]
        assert halton["deaths_registered"].isna().tolist() == [True, False, False]
        assert halton["value_note"].fillna("").tolist() == ["not published", "", ""]

    def test_windows_text_and_spaces_after_names_are_repaired(self, tmp_path):
        deaths = read(DEATHS_TABLE, save(tmp_path, "deaths.csv", DEATHS, "cp1252"))
        assert {"King’s Lynn and West Norfolk", "NORTH WEST"} <= set(deaths["area_name"])

    def test_bytes_that_could_be_anything_are_refused(self, tmp_path):
        path = tmp_path / "deaths.csv"
        path.write_bytes(DEATHS.encode("cp1252").replace(b"\x92", b"\x81"))
        assert "row 4 is neither UTF-8 nor Windows-1252 text" in refuse(DEATHS_TABLE, path)

    @pytest.mark.parametrize(
        ("old", "new", "told"),
        [
            ("1994,1993", "1993,1992", "the years are [1992, 1993, 1995]; allowed: each year"),
            ("1994,1993", "1994,1994", "the years are [1994, 1994, 1995]"),
            ("code,name", "code,area", "column 'name' is missing"),
            ("Halton,17", "Halton,1.7", "row 3, column '1995' says '1.7'; allowed: a whole number, or one of - :"),
            ("Halton,17", "Halton,", "row 3, column '1995' says nothing"),
            ("Halton,17", "Halton,-1", "row 3, column '1995' says '-1'"),
            ("E06000006", "6000006", "row 3, column 'code' says '6000006'; allowed: a code like"),
            ("E07000146", "E06000006", "row 4: 'E06000006' is there already (1 of 4 rows are so)"),
        ],
    )
    def test_what_is_wrong_is_told(self, tmp_path, old, new, told):
        assert old in DEATHS
        path = save(tmp_path, "deaths.csv", DEATHS.replace(old, new))
        assert told in refuse(DEATHS_TABLE, path)

    def test_regions_that_do_not_sum_to_england_are_refused(self, tmp_path):
        regions = "".join(f"E1200000{n},Region {n},{n},1,1\n" for n in range(1, 10))
        text = f"code,name,1995,1994,1993\nE92000001,ENGLAND,45,9,9\n{regions}"
        assert len(read(DEATHS_TABLE, save(tmp_path, "deaths.csv", text))) == 30
        path = save(tmp_path, "moved.csv", text.replace("45,9,9", "45,10,9"))
        assert "column '1994' says 10 for England, and its regions sum to 9" in refuse(DEATHS_TABLE, path)

    def test_the_published_table(self, shared_data):
        path = shared_data / "ons" / "drug_poisoning_registrations_by_LA.csv"
        deaths = read(DEATHS_TABLE, path).set_index(["area_code", "registration_year"])["deaths_registered"]
        assert len(deaths) == 375 * 28
        assert deaths[HALTON, "2020"] == 17
        assert deaths[HALTON].tolist()[:3] == [5, 10, 7]
        assert deaths[HALTON].tolist()[-5:] == [8, 12, 9, 8, 17]
        assert (deaths["E92000001", "2020"], deaths["K04000001", "2020"]) == (4312, 4561)
        authorities = deaths[deaths.index.get_level_values(0).str.fullmatch(r"E0[6-9]\d{6}")]
        assert authorities.groupby("registration_year").sum().equals(deaths["E92000001"])


class TestPopulations:
    def test_one_column_an_age_becomes_one_row_an_age(self, tmp_path):
        populations = read(AUTHORITIES, save(tmp_path, "p.csv", authorities_csv(**{"Age 13": "7"})))
        assert populations["age_years"].tolist() == [*range(91)] * 2
        halton = populations[populations["mid_year"] == "2020"].set_index("age_years")["residents"]
        assert (halton[13], halton[90], halton.sum()) == (7, 10, 907)

    def test_ages_that_were_not_published_are_missing_and_never_zero(self, tmp_path):
        populations = read(AUTHORITIES, save(tmp_path, "p.csv", authorities_csv()))
        old = populations[populations["mid_year"] == "1997"].set_index("age_years")
        assert old.loc[85:, "residents"].isna().all()
        assert set(old.loc[85:, "value_note"]) == {"not published"}
        assert old.loc[:84, "residents"].notna().all()

    @pytest.mark.parametrize(
        ("old", "new", "told"),
        [
            ("Aged 90+", "Age 90", "column 'Aged 90+' is missing (is it now 'Age 90'?)"),
            (",2020,", ",1997,", "row 3: 'E06000006' and '1997' is there already"),
            (",2020,", ",20,", "row 3, column 'year' says '20'; allowed: a year like 2020"),
            (",10,-", ",1 0,-", "row 2, column 'Age 84' says '1 0'"),
        ],
    )
    def test_what_is_wrong_is_told(self, tmp_path, old, new, told):
        path = save(tmp_path, "p.csv", authorities_csv().replace(old, new, 1))
        assert told in refuse(AUTHORITIES, path)

    def test_an_lsoa_of_which_the_year_is_told_by_the_name_of_the_file(self, tmp_path):
        populations = read(LSOAS, save(tmp_path, "population_mid2020_lsoa11.csv", lsoas_csv()))
        assert populations.groupby(["area_code", "area_name", "mid_year"])["residents"].sum().to_dict() == {
            ("E01012428", "Halton 001A", "2020"): 182
        }
        with pytest.raises(SourceError, match="the name does not say of which mid-year"):
            read(LSOAS, save(tmp_path, "lsoas.csv", lsoas_csv()))

    def test_an_lsoa_whose_ages_do_not_sum_to_its_total_is_refused(self, tmp_path):
        path = save(tmp_path, "mid2020.csv", lsoas_csv("183.0"))
        assert "row 2, column 'total_population' says 183 and the ages sum to 182" in refuse(LSOAS, path)

    def test_the_published_totals_are_those_kept_here(self, shared_data):
        populations = read(AUTHORITIES, shared_data / "geography")
        everyone = sum_ages(populations).droplevel("area_name")
        kept = read_code_table(".", "populations.csv")
        compared = [
            (everyone[row["local_authority_code"], row["mid_year"]], int(row["residents"]))
            for row in kept
            if row["local_authority_code"] in everyone.index.levels[0]
        ]
        assert len(compared) == 160
        assert all(found == known for found, known in compared)
        assert everyone.isna().sum() == 16 * 4
        assert everyone[HALTON, "2020"] == 129759

    @pytest.mark.parametrize(("first", "last"), [(0, 90), (13, 16), (16, 90), (18, 90), (19, 90)])
    def test_the_published_lsoas_sum_to_their_authority_in_every_band(self, shared_data, first, last):
        lsoas = sum_ages(read(LSOAS, shared_data / "geography"), first, last).reset_index()
        halton = lsoas[lsoas["area_name"].str.fullmatch(r"Halton \d{3}[A-Z]")]
        assert len(halton) == 79
        whole = sum_ages(read(AUTHORITIES, shared_data / "geography"), first, last)
        assert halton["residents"].sum() == whole[HALTON, "Halton", "2020"]


class TestHouseholds:
    TEXT = (
        "ltla21_name,ltla21_code,households\nHalton,E06000006,56000.0\n"
        "Somerset West and Taunton [note 11],E07000246,70000\n"
    )

    def test_counts_are_whole_and_names_have_no_notes(self, tmp_path):
        households = read(HOUSEHOLDS, save(tmp_path, "h.csv", self.TEXT))
        assert households.to_numpy().tolist() == [
            ["E06000006", "Halton", "2021", 56000],
            ["E07000246", "Somerset West and Taunton", "2021", 70000],
        ]

    @pytest.mark.parametrize(
        ("old", "new", "told"),
        [
            ("56000.0", "56000.5", "row 2, column 'households' says '56000.5'; allowed: a whole number"),
            ("E07000246", "E06000006", "row 3: 'E06000006' is there already"),
            ("E06000006", "Halton", "row 2, column 'ltla21_code' says 'Halton'"),
        ],
    )
    def test_what_is_wrong_is_told(self, tmp_path, old, new, told):
        assert told in refuse(HOUSEHOLDS, save(tmp_path, "h.csv", self.TEXT.replace(old, new)))

    def test_the_published_table(self, shared_data):
        households = read(HOUSEHOLDS, shared_data / "geography" / "households21_ltla21.csv")
        assert len(households) == 331
        assert households.set_index("local_authority_code").loc[HALTON, "households"] == 56000
        assert not households["local_authority_name"].str.contains("[", regex=False).any()


def test_a_table_is_found_among_others_by_its_headings(tmp_path):
    path = tmp_path / "tables.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("households.csv", TestHouseholds.TEXT)
        archive.writestr("people.csv", authorities_csv())
        archive.writestr("readme.txt", "about")
    tables = read_all(ons.READER, path)
    assert {name: len(frame) for name, frame in tables.items()} == {
        "ons_households": 2,
        "ons_populations_authority": 2 * 91,
    }


def test_every_mark_means_something():
    for source in ("ons", "home_office"):
        rows = read_code_table(source, "value_marks.csv")
        assert rows
        assert all(row["mark"] and row["value_note"] for row in rows)


def test_deaths_are_read_cell_for_cell(shared_data):
    path = shared_data / "ons" / "drug_poisoning_registrations_by_LA.csv"
    with path.open(encoding="cp1252", newline="") as file:
        published = list(csv.DictReader(file))
    deaths = read(DEATHS_TABLE, path).set_index(["area_code", "registration_year"])["deaths_registered"]
    for row in published[::25]:
        for year in range(1993, 2021):
            assert deaths[row["code"], str(year)] == int(row[str(year)])
