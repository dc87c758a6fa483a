"""Statistical neighbours: the real workbook, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from reader_checks import claim, is_simulated, read_all, read_table
from sheet_files import Value, write_xlsx

from shp_analysis.errors import SourceError
from shp_analysis.readers.dfe_neighbours import CLOSENESS, HEADINGS, READER

REAL = "dfe-statistical-neighbours-2025.xlsx"


def authority(number: int) -> list[Value]:
    """Write one of eleven authorities, 301 to 311, each a neighbour of all the others."""
    others = [other for other in range(301, 312) if other != number]
    pairs = [cell for n, other in enumerate(others) for cell in (other, CLOSENESS[n // 2])]
    return [number, f"Authority {number}", number, 5, "North West", *pairs]


def write(path: Path, row: int | None = None, column: int = 0, value: Value = None) -> Path:
    rows = [authority(number) for number in range(301, 312)]
    if row is not None:
        rows[row][column] = value
    sheet = [["A", "B"], [1, 2], list(HEADINGS), *rows[:6], [], [None, "Old SNs:"], *rows[6:]]
    path.write_bytes(write_xlsx({"LA SN Groups": sheet}))
    return path


def test_the_real_workbook_gives_haltons_neighbours_in_order(shared_data):
    neighbours = read_table(READER, shared_data / "geography" / REAL)
    halton = neighbours[neighbours["authority_name"] == "Halton"]
    numbers = [342, 840, 344, 394, 807, 370, 390, 372, 808, 343]
    assert halton["dfe_neighbour_number"].tolist() == [str(number) for number in numbers]
    assert halton["neighbour_name"].tolist()[:2] == ["St. Helens", "Durham"]
    assert halton["closeness"].tolist() == ["Very close"] * 4 + ["Close"] * 6
    assert set(halton["dfe_authority_number"]) == {"876"}
    assert set(neighbours["edition"]) == {"2025"}
    former = neighbours["authority_name"][neighbours["is_former"]].unique().tolist()
    assert former[-2:] == ["Northamptonshire", "Cumbria"]
    assert set(neighbours["closeness"].dropna()) == set(CLOSENESS)


def test_rows_below_an_empty_one_are_read_and_the_order_is_kept(tmp_path):
    neighbours = read_table(READER, write(tmp_path / "neighbours.xlsx"))
    assert len(neighbours) == 110
    assert neighbours["dfe_authority_number"].nunique() == 11
    assert neighbours["neighbour_rank"].tolist()[:10] == [*range(1, 11)]
    former = neighbours.drop_duplicates("dfe_authority_number")["is_former"]
    assert former.tolist() == [False] * 6 + [True] * 5
    assert set(neighbours["edition"]) == {"not stated"}


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [
        (0, 30, "row 4 begins ('30', 'Authority 301', '301')"),
        (2, 302, "row 4 begins ('301', 'Authority 301', '302')"),
        (5, 999, "row 4 (Authority 301) has the neighbour '999'"),
        (5, 301, "row 4 (Authority 301) has the neighbour '301'"),
        (5, 303, "row 4 (Authority 301) has one neighbour twice"),
        (6, "Quite close", "row 4 (Authority 301) says 'Quite close'; allowed: one of Extremely close"),
    ],
)
def test_what_is_wrong_is_told(tmp_path, column, value, told):
    with pytest.raises(SourceError) as refusal:
        read_table(READER, write(tmp_path / "n.xlsx", 0, column, value))
    assert told in str(refusal.value)
    assert "n.xlsx > LA SN Groups" in str(refusal.value)
    assert str(refusal.value).endswith("Use the file as published.")


def test_headings_in_another_order_are_refused(tmp_path):
    headings = [*HEADINGS[:5], "SNP", "SN1", *HEADINGS[7:]]
    path = tmp_path / "n.xlsx"
    path.write_bytes(write_xlsx({"LA SN Groups": [headings, authority(301)]}))
    with pytest.raises(SourceError, match="allowed, in this order: LA num, LA Name"):
        read_table(READER, path)


def test_the_reader_claims_the_workbook_alone(shared_data, tmp_path):
    for folder in ("geography", "stats19"):
        names = [file.member.path.name for file in claim(READER, shared_data / folder)]
        assert names == ([REAL] if folder == "geography" else [])
    frame = read_all(READER, shared_data / "geography")["dfe_neighbours"]
    assert frame["dfe_authority_number"].nunique() == 158
    assert is_simulated(READER, write(tmp_path / "simulated-neighbours.xlsx")) == {True}
