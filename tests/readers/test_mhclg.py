"""The indices of deprivation: both editions, and a decile, rank or score that contradicts another."""

from __future__ import annotations

from pathlib import Path

import pytest
from reader_checks import claim, is_simulated, read_all, read_table
from refusals import ADVICE

from shp_analysis.errors import SourceError
from shp_analysis.readers import mhclg
from shp_analysis.readers.readers import read_code_table

Rows = list[dict[str, str]]


def rows_of(edition: int) -> Rows:
    """Write three LSOAs, ranked 1, half way and last in everything."""
    size = mhclg.LSOAS_OF_ENGLAND[edition]
    rows = []
    for n, (rank, decile) in enumerate([(1, 1), (size // 2, 5), (size, 10)]):
        figures = {"decile": f"{decile}.0", "rank": f"{rank}.0", "score": f"{9 - n}.5"}
        code = dict.fromkeys(list(mhclg.COLUMNS[edition])[:1], f"E0100000{n}")
        rows.append(
            code | {heading: figures[heading.rpartition("_")[2]] for heading in list(mhclg.COLUMNS[edition])[1:]}
        )
    return rows


def save(folder: Path, rows: Rows) -> Path:
    path = folder / "imd.csv"
    path.write_text("\n".join(",".join(row) for row in [rows[0], *(row.values() for row in rows)]) + "\n", "utf-8")
    return path


def refuse(path: Path) -> str:
    with pytest.raises(SourceError) as refusal:
        read_table(mhclg.READER, path)
    assert ADVICE.search(str(refusal.value))
    return str(refusal.value)


@pytest.mark.parametrize(("edition", "census"), [(2019, 2011), (2025, 2021)])
def test_both_editions_have_the_same_tidy_names(tmp_path, edition, census):
    frame = read_table(mhclg.READER, save(tmp_path, rows_of(edition)))
    assert frame["lsoa_code"].tolist() == ["E01000000", "E01000001", "E01000002"]
    assert set(frame["imd_edition"]) == {str(edition)}
    assert set(frame["lsoa_census_year"]) == {census}
    for domain in mhclg.DOMAINS:
        assert frame[f"{domain}_decile"].tolist() == [1, 5, 10]
        assert frame[f"{domain}_decile"].dtype == "int64"
        assert frame[f"{domain}_score"].notna().all() == (edition == 2025)


@pytest.mark.parametrize(
    ("heading", "value", "told"),
    [
        ("IMD_decile", "2.0", "row 2, column 'IMD_decile' says 2 and the rank 1 of 33,755 is in decile 1 (1 of 3 rows"),
        ("IMD_decile", "11", "column 'IMD_decile' says '11'; allowed: a whole number from 1 to 10"),
        ("IMD_rank", "33756", "column 'IMD_rank' says '33756'; allowed: a whole number from 1 to 33,755"),
        ("IMD_rank", "1.5", "column 'IMD_rank' says '1.5'"),
        ("IMD_score", "1", "row 3, column 'IMD_score' says 8.5, more than an LSOA that ranks as more deprived"),
        ("IMD_score", "", "column 'IMD_score' says nothing"),
        ("lsoa21_code", "E01000001", "row 3: 'E01000001' is there already (1 of 3 rows are so)"),
        ("lsoa21_code", "W01000001", "column 'lsoa21_code' says 'W01000001'; allowed: a code like E01012367"),
    ],
)
def test_what_is_wrong_is_told(tmp_path, heading, value, told):
    rows = rows_of(2025)
    rows[0][heading] = value
    assert told in refuse(save(tmp_path, rows))


@pytest.mark.parametrize(
    ("edition", "rows", "census", "n_lsoas", "most_deprived"),
    [(2019, 2719, "2011", 79, 25), (2025, 2772, "2021", 80, 25)],
)
def test_the_published_editions(shared_data, edition, rows, census, n_lsoas, most_deprived):
    frame = read_table(mhclg.READER, shared_data / "geography")
    frame = frame[frame["imd_edition"] == str(edition)]
    assert len(frame) == rows
    lookup = read_code_table(".", "lsoas_2011_to_2021.csv")
    codes = {row[f"lsoa_{census}_code"] for row in lookup if row["local_authority_code"] == "E06000006"}
    halton = frame[frame["lsoa_code"].isin(codes)]
    assert len(halton) == n_lsoas
    assert (halton["imd_decile"] == 1).sum() == most_deprived


def test_the_reader_gives_both_editions_as_one_table(shared_data):
    files = claim(mhclg.READER, shared_data / "geography")
    assert [file.member.path.name for file in files] == ["imd2019_lsoa11.csv", "imd2025_lsoa21.csv"]
    frame = read_all(mhclg.READER, shared_data / "geography")["mhclg_deprivation"]
    assert frame.groupby("imd_edition")["lsoa_code"].size().to_dict() == {"2019": 2719, "2025": 2772}
    scored = frame["imd_score"].notna().groupby(frame["imd_edition"]).agg(["all", "any"])
    assert scored.loc["2025", "all"]
    assert not scored.loc["2019", "any"]
    assert is_simulated(mhclg.READER, shared_data / "geography") == {False}


def test_the_reader_claims_a_damaged_file_and_no_other(tmp_path):
    rows = rows_of(2025)
    for row in rows:
        del row["IMD_score"]
    path = save(tmp_path, rows)
    (tmp_path / "other.csv").write_text("lsoa21_code,IMD_decile\n")
    assert [file.member.path.name for file in claim(mhclg.READER, tmp_path)] == ["imd.csv"]
    with pytest.raises(SourceError, match="column 'IMD_score' is missing"):
        read_all(mhclg.READER, path)
