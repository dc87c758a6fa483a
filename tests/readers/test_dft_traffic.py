"""Traffic by authority: the real file, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from reader_checks import claim, is_simulated, read_all, read_table
from refusals import ADVICE

from shp_analysis.errors import SourceError
from shp_analysis.readers.dft_traffic import READER, TRAFFIC

COLUMNS = TRAFFIC.match(())
ROW = ["156", "Halton", "E06000006", "2023", "600", "373", "500000000", "6.39e+08"]


def write(path: Path, *rows: list[str]) -> Path:
    path.write_text("\n".join(",".join(row) for row in [list(COLUMNS), *rows]) + "\n")
    return path


def with_cell(heading: str, value: str) -> list[str]:
    return [value if name == heading else cell for name, cell in zip(COLUMNS, ROW, strict=True)]


def refuse(path: Path) -> str:
    with pytest.raises(SourceError) as refusal:
        read_table(READER, path)
    assert path.name in str(refusal.value)
    assert ADVICE.search(str(refusal.value))
    return str(refusal.value)


def test_miles_are_whole_numbers_however_they_are_written(tmp_path):
    traffic = read_table(READER, write(tmp_path / "t.csv", ROW))
    assert traffic["vehicle_miles_all"].tolist() == [639_000_000]
    assert traffic["vehicle_miles_all"].dtype == "Int64"
    assert traffic["year"].tolist() == ["2023"]


def test_the_real_file(shared_data):
    traffic = read_table(READER, shared_data / "stats19" / "local_authority_traffic.csv")
    assert len(traffic) == 6767
    halton = traffic[traffic["authority_code"] == "E06000006"].set_index("year")["vehicle_miles_all"]
    assert len(halton) == 33
    assert halton.loc["2025"] == 664_600_000
    assert not traffic["authority_code"].str.startswith("E07").any()


@pytest.mark.parametrize(
    ("heading", "value", "told"),
    [
        (
            "all_motor_vehicles",
            "6.39E+08",
            "row 2, column 'all_motor_vehicles' says '6.39E+08'; allowed: a",
        ),
        ("all_motor_vehicles", "1.2345e+02", "says '1.2345e+02'; allowed: a whole number"),
        ("all_motor_vehicles", "400000000", "row 2 (Halton, 2023) has more miles of cars and taxis than of all"),
        ("cars_and_taxis", "-1", "says '-1'"),
        ("link_length_miles", "600", "has a length of road in miles that is not the one in kilometres"),
        ("local_authority_code", "106", "allowed: a code like E06000006"),
        ("year", "2023/24", "allowed: a year like 2023"),
    ],
)
def test_what_is_wrong_is_told(tmp_path, heading, value, told):
    assert told in refuse(write(tmp_path / "t.csv", with_cell(heading, value)))


def test_one_year_stands_once_and_an_empty_file_is_refused(tmp_path):
    assert "row 3: 'E06000006' and '2023' is there already (1 of 2 rows are so)" in refuse(
        write(tmp_path / "t.csv", ROW, ROW)
    )
    assert "has headings and no rows" in refuse(write(tmp_path / "t.csv"))


def test_the_reader_claims_traffic_among_the_road_safety_files(shared_data, tmp_path):
    (file,) = claim(READER, shared_data / "stats19")
    assert file.member.path.name == "local_authority_traffic.csv"
    assert len(read_all(READER, shared_data / "stats19")["dft_traffic"]) == 6767
    assert is_simulated(READER, write(tmp_path / "simulated-traffic.csv", ROW)) == {True}
    assert is_simulated(READER, write(tmp_path / "t.csv", ROW)) == {False}
