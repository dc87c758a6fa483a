"""Severity weights and lookups, and what the office's reader offers to the store."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from reader_checks import claim, read_all, read_table
from refusals import ADVICE
from sheet_files import write_xlsx

from shp_analysis.errors import SourceError
from shp_analysis.readers import ons
from shp_analysis.readers.readers import read_code_table

HALTON = "E06000006"
WEIGHTS = """Offence code,Offence description,Weight
1,Murder,7979.5
8N,Assault with injury,184
4.10,Corporate manslaughter,2000
"""
WARDS = """lsoa21_name,lsoa21_code,ward24_name,ward24_code,ltla24_name,ltla24_code
Halton 007A,E01012367,Appleton,E05013169,Halton,E06000006
Halton 007B,E01012368,Appleton,E05013169,Halton,E06000006
"""


def save(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text)
    return path


def read_weights(path: Path) -> pd.DataFrame:
    return read_table(ons.READER, path, "ons_severity_weights")


def read_lookup(path: Path, name: str) -> pd.DataFrame:
    return read_table(ons.READER, path, f"ons_lookup_{name}")


def refuse(path: Path) -> str:
    with pytest.raises(SourceError) as refusal:
        read_all(ons.READER, path)
    assert path.name in str(refusal.value)
    assert ADVICE.search(str(refusal.value)), refusal.value
    return str(refusal.value)


class TestSeverityWeights:
    def test_codes_stay_text(self, tmp_path):
        weights = read_weights(save(tmp_path, "severity-weights-2024.csv", WEIGHTS))
        assert weights["offence_code"].tolist() == ["1", "8N", "4.10"]
        assert weights["severity_weight"].tolist() == [7979.5, 184, 2000]
        assert set(weights["weights_edition"]) == {"2024"}

    def test_homicide_names_four_codes_at_once(self, tmp_path):
        text = WEIGHTS.replace("1,Murder", "1/4.1/4.10/4.2,Homicide")
        weights = read_weights(save(tmp_path, "severity-weights-2024.csv", text))
        assert weights["offence_code"].tolist()[0] == "1/4.1/4.10/4.2"

    def test_a_sheet_is_read_too(self, tmp_path):
        rows = [
            ["Weights"],
            ["Offence code", "Offence description", "Weight"],
            ["8N", "Assault", 184],
            ["008", "B", 2.5],
        ]
        path = tmp_path / "weights.xlsx"
        path.write_bytes(write_xlsx({"About": [["Copied by hand"]], "Weights": rows}))
        weights = read_weights(path)
        assert weights["offence_code"].tolist() == ["8N", "008"]
        assert set(weights["weights_edition"]) == {"not stated"}
        assert len(read_all(ons.READER, path)["ons_severity_weights"]) == 2

    @pytest.mark.parametrize(
        ("old", "new", "told"),
        [
            ("184", "0", "row 3, column 'Weight' says '0'; allowed: a number of more than 0"),
            ("184", "-1", "says '-1'"),
            ("7979.5", '"7,979.5"', "says '7,979.5'"),
            ("8N", "1", "row 3, column 'Offence code' says '1'; allowed: each code once"),
            ("8N", "1E+02", "column 'Offence code' says '1E+02'"),
            ("8N", "2008-01-04", "which no spreadsheet made a number or a date of"),
            ("8N", "08-Jan", "says '08-Jan'"),
            ("Weight", "Score", "column 'Weight' is missing"),
        ],
    )
    def test_what_is_wrong_is_told(self, tmp_path, old, new, told):
        assert old in WEIGHTS
        assert told in refuse(save(tmp_path, "w.csv", WEIGHTS.replace(old, new)))


class TestLookups:
    def test_the_years_of_headings_are_the_edition(self, tmp_path):
        new = WARDS.replace("ward24", "ward25").replace("ltla24", "ltla25")
        for text, edition in ((WARDS, "2024"), (new, "2025")):
            lookup = read_lookup(save(tmp_path, "l.csv", text), "lsoas_to_wards")
            assert lookup.columns.tolist()[:3] == ["lsoa_2021_code", "lsoa_2021_name", "ward_code"]
            assert set(lookup["edition"]) == {edition}

    @pytest.mark.parametrize(
        ("old", "new", "told"),
        [
            ("E01012368", "E01012367", "row 3: 'E01012367' is there already"),
            ("E05013169", "E06000006", "column 'ward24_code' says 'E06000006'; allowed: a code of a ward"),
            ("ward24_code", "ward_id", "column 'ward_code' is missing"),
        ],
    )
    def test_what_is_wrong_is_told(self, tmp_path, old, new, told):
        path = save(tmp_path, "l.csv", WARDS.replace(old, new))
        assert told in refuse(path)

    @pytest.mark.parametrize(
        ("name", "rows", "of_halton"),
        [
            ("lsoas_to_wards", 2772, 80),
            ("lsoas_2011_to_2021", 2784, 80),
            ("authorities_to_forces", 332, 1),
            ("authorities_to_marac_areas", 296, 1),
        ],
    )
    def test_the_published_lookups(self, shared_data, name, rows, of_halton):
        lookup = read_lookup(shared_data / "geography", name)
        assert len(lookup) == rows
        assert (lookup["local_authority_code"] == HALTON).sum() == of_halton

    def test_the_published_lookup_is_the_one_kept_here(self, shared_data):
        lookup = read_lookup(shared_data / "geography", "authorities_to_forces")
        kept = {
            row["local_authority_code"]: row["force_area_code"] for row in read_code_table(".", "local_authorities.csv")
        }
        found = dict(zip(lookup["local_authority_code"], lookup["force_area_code"], strict=True))
        assert {code: found[code] for code in kept} == kept


class TestReader:
    def test_every_real_table_is_claimed_once_and_read(self, shared_data):
        tables = {}
        for folder in ("ons", "geography"):
            tables |= read_all(ons.READER, shared_data / folder)
        assert {name: len(frame) for name, frame in tables.items()} == {
            "ons_drug_poisoning_deaths": 375 * 28,
            "ons_populations_authority": 384 * 91,
            "ons_populations_lsoa": 2719 * 91,
            "ons_households": 331,
            "ons_lookup_lsoas_to_wards": 2772,
            "ons_lookup_lsoas_2011_to_2021": 2784,
            "ons_lookup_authorities_to_forces": 332,
            "ons_lookup_authorities_to_marac_areas": 296,
        }
        deaths = tables["ons_drug_poisoning_deaths"].set_index(["area_code", "registration_year"])["deaths_registered"]
        assert deaths[HALTON, "2020"] == 17
        assert set(tables["ons_populations_lsoa"]["mid_year"]) == {"2020"}

    def test_other_files_are_passed_over(self, shared_data, tmp_path):
        for folder in ("fingertips", "marac", "ndtms", "stats19"):
            assert claim(ons.READER, shared_data / folder) == ()
        save(tmp_path, "a.csv", "code,name,year,count\n")
        save(tmp_path, "b.csv", "ltla21_code,ltla21_name,people\n")
        assert claim(ons.READER, tmp_path) == ()

    def test_a_damaged_table_is_claimed_and_refused(self, tmp_path):
        path = save(tmp_path, "l.csv", WARDS.replace("ward24_code", "ward_id"))
        assert len(claim(ons.READER, path)) == 1
        with pytest.raises(SourceError, match="column 'ward_code' is missing"):
            read_all(ons.READER, path)

    def test_lsoas_of_no_year_are_refused(self, shared_data, tmp_path):
        published = shared_data / "geography" / "population_mid2020_lsoa11_single_year_of_age.csv"
        path = tmp_path / "lsoas.csv"
        path.write_bytes(published.read_bytes())
        with pytest.raises(SourceError, match="the name does not say of which mid-year"):
            read_all(ons.READER, path)
