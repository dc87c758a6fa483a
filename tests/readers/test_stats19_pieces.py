"""Road safety files read piece by piece: the short way gives what the strict reading gives, or nothing."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stats19_files import LAYOUTS, ROWS, Row, headings_of, published_rows, write_rows, write_table

from shp_analysis.errors import SourceError
from shp_analysis.readers import stats19
from shp_analysis.readers.clean_columns import as_table
from shp_analysis.readers.deliveries import Member, open_delivery
from shp_analysis.readers.stats19 import READER, read_pieces, read_whole
from shp_analysis.readers.stats19_clean import RECORD_SCHEMAS, read_clean_piece
from shp_analysis.readers.stats19_layout import Table, TableFile, match_headings, recognise_table
from shp_analysis.readers.strict_csv import FIRST_DATA_ROW, Piece

TABLES = ["collision", "casualty", "vehicle"]
ONE_OF_MANY = 700
"""Bytes of a piece that holds a few rows."""


def as_member(path: Path, content: bytes | None = None) -> Member:
    data = path.read_bytes() if content is None else content
    return Member(path.name, PurePosixPath(path.name), len(data), lambda: BytesIO(data))


def find(path: Path, content: bytes | None = None) -> TableFile:
    file = recognise_table(as_member(path, content))
    assert file is not None
    return file


def read_short(file: TableFile):
    return read_clean_piece(Piece(file.member.read(), FIRST_DATA_ROW), file, match_headings(file))


def many_rows(table: str, copies: int = 12, vintage: str = "2024") -> list[Row]:
    """Write the rows again and again, every time of other collisions."""
    rows = []
    for number in range(copies):
        for row in ROWS[table]:
            reference = f"{row['reference']}{number:03d}"
            rows.append({**row, "reference": reference, "index": row["year"] + reference})
    return published_rows(table, vintage, rows)


def join_pieces(file: TableFile, size_bytes: int) -> pd.DataFrame:
    return pd.concat([piece.to_pandas() for piece in read_pieces(file, size_bytes)], ignore_index=True)


@pytest.mark.parametrize(("table", "vintage"), LAYOUTS)
def test_every_layout_is_the_same_both_ways(tmp_path, table, vintage):
    file = find(write_table(tmp_path, table, vintage))
    strict, short = as_table(read_whole(file), RECORD_SCHEMAS[file.table]), read_short(file)
    if (table, vintage) == ("collision", "2005"):
        assert short is None, "its dates hold the time"
        return
    assert short is not None
    short.validate(full=True)
    assert short.equals(strict)


def test_every_real_file_is_beyond_doubt_and_the_same_both_ways(shared_data):
    folder = shared_data / "stats19"
    with open_delivery(folder) as members:
        csvs = [member for member in members if member.path.suffix.lower() == ".csv"]
        files = [file for file in map(recognise_table, csvs) if file and "york" not in str(file.member.path.parent)]
    assert len(files) == 8
    for file in files:
        short = read_short(file)
        assert short is not None, file.member.label
        assert short.equals(as_table(read_whole(file), RECORD_SCHEMAS[file.table]))


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("size", [100, ONE_OF_MANY, 1 << 20])
def test_a_file_in_pieces_is_the_whole_file(tmp_path, table, size):
    file = find(write_rows(tmp_path / f"{table}.csv", many_rows(table)))
    whole = as_table(read_whole(file), RECORD_SCHEMAS[file.table]).to_pandas()
    for name in whole.select_dtypes("category"):
        whole[name] = whole[name].astype("str")
    pieces = list(read_pieces(file, size))
    joined = pd.concat([piece.to_pandas() for piece in pieces], ignore_index=True)
    for name in whole.columns:
        pd.testing.assert_series_equal(joined[name].astype(whole[name].dtype), whole[name])
    assert {piece.schema for piece in pieces} == {RECORD_SCHEMAS[file.table]}
    assert (len(pieces) == 1) == (size == 1 << 20)


@pytest.mark.parametrize(
    ("table", "heading", "cell"),
    [
        ("casualty", "casualty_severity", "4"),
        ("casualty", "age_of_casualty", "7.0"),
        ("casualty", "collision_year", "2018"),
        ("casualty", "collision_ref_no", "1"),
        ("casualty", "casualty_adjusted_severity_slight", "0.5"),
        ("casualty", "lsoa_of_casualty", "Halton 007A"),
        ("collision", "date", "31/02/2019"),
        ("collision", "date", "03/04/2018"),
        ("collision", "longitude", "2,5"),
        ("vehicle", "vehicle_type", "200"),
    ],
)
def test_a_wrong_cell_in_a_later_piece_is_refused_with_its_row_in_the_file(tmp_path, table, heading, cell):
    rows = many_rows(table)
    row = len(rows) - 3
    rows[row][heading] = cell
    file = find(write_rows(tmp_path / f"{table}.csv", rows))
    with pytest.raises(SourceError, match=rf"^{table}\.csv: row {row + FIRST_DATA_ROW}\b") as in_pieces:
        list(read_pieces(file, ONE_OF_MANY))
    with pytest.raises(SourceError, match=rf"^{table}\.csv: row {row + FIRST_DATA_ROW}\b"):
        read_whole(file)
    assert "\n" not in str(in_pieces.value)


@pytest.mark.parametrize("table", TABLES)
def test_a_row_that_is_there_twice_is_refused_pieces_apart(tmp_path, table):
    rows = many_rows(table)
    file = find(write_rows(tmp_path / f"{table}.csv", [*rows, rows[2]]))
    message = rf"row {len(rows) + 2} has the collision_index .* and so has row 4 of {table}\.csv \(1 rows repeat"
    with pytest.raises(SourceError, match=message):
        list(read_pieces(file, ONE_OF_MANY))


@pytest.mark.parametrize(("odd", "is_refused"), [(1, False), (2, True)])
def test_a_share_of_odd_rows_is_that_of_the_whole_file(tmp_path, odd, is_refused):
    """One row in a hundred may have another weekday, wherever it lies; two may not."""
    rows = many_rows("collision", 50)
    for row in rows[-odd:]:
        row["day_of_week"] = "2"
    file = find(write_rows(tmp_path / "collision.csv", rows))
    if is_refused:
        with pytest.raises(SourceError, match=r"\(2 of 100 rows are so; at most 1% may be\)"):
            list(read_pieces(file, ONE_OF_MANY))
    else:
        assert len(join_pieces(file, ONE_OF_MANY)) == 100


GOOD = {}


def good(table: str) -> bytes:
    if table not in GOOD:
        rows = [",".join(headings_of(table, "2024"))] + [",".join(row.values()) for row in many_rows(table, 3)]
        GOOD[table] = "\n".join(rows).encode() + b"\n"
    return GOOD[table]


def refusal_or_records(file: TableFile) -> tuple[bool, Any]:
    try:
        return True, as_table(read_whole(file), RECORD_SCHEMAS[file.table])
    except SourceError as refusal:
        return False, str(refusal)


def try_pieces(file: TableFile) -> tuple[bool, Any]:
    try:
        return True, join_pieces(file, ONE_OF_MANY)
    except SourceError as refusal:
        return False, str(refusal)


@pytest.mark.parametrize("table", TABLES)
@settings(max_examples=60, deadline=None)
@given(
    data=st.data(),
    cell=st.one_of(
        st.sampled_from(
            [
                "",
                "-1",
                "NULL",
                "null",
                "nan",
                "0",
                "-0",
                "1",
                "99",
                "1e-5",
                "0.5",
                " 1",
                '"1"',
                '"',
                "1,",
                "\n",
                "E01012367",
                "0²",
                "=1",
                "1\u200b",
            ]
        ),
        st.text(max_size=6),
        st.from_regex(r"[-+ ]?[0-9]{1,6}(\.[0-9]{0,20})?([eE]-?[0-9]{1,3})?", fullmatch=True),
    ),
)
def test_however_a_cell_is_spoilt_the_short_way_gives_the_strict_records_or_nothing(table, data, cell):
    lines = [line.split(",") for line in good(table).decode().splitlines()]
    row = data.draw(st.integers(0, len(lines) - 1))
    lines[row][data.draw(st.integers(0, len(lines[0]) - 1))] = cell
    content = "".join(",".join(line) + "\n" for line in lines).encode()
    file = recognise_table(as_member(Path(f"{table}.csv"), content))
    assert file is not None
    short = read_short(file) if row else None
    is_good, strict = refusal_or_records(file)
    if short is not None:
        assert is_good, strict
        assert short.equals(strict)


@pytest.mark.parametrize("table", TABLES)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_however_bytes_are_spoilt_pieces_and_the_whole_agree(table, data):
    content = good(table)
    start = content.index(b"\n") + 1
    at = data.draw(st.integers(start, len(content)))
    junk = data.draw(st.sampled_from([b"", b'"', b"\n", b"\r\n", b"\r", b"\x00", b"\xe9", b",", b"\n\n"]))
    to = data.draw(st.sampled_from([at, at + 1, at + 40, len(content)]))
    file = find(Path(f"{table}.csv"), content[:at] + junk + content[to:])
    is_good, strict = refusal_or_records(file)
    is_joined, joined = try_pieces(file)
    if is_joined:
        assert is_good, strict
        assert joined["collision_index"].tolist() == strict.column("collision_index").to_pylist()
    else:
        # The whole is looked through for rows that are there twice by whoever reads a delivery.
        assert not is_good or "rows repeat another" in joined


@pytest.mark.parametrize("table", TABLES)
def test_a_file_without_rows_is_refused_both_ways(table):
    file = find(Path(f"{table}.csv"), good(table).split(b"\n")[0] + b"\n\n")
    for read in (read_whole, read_pieces):
        with pytest.raises(SourceError, match="has headings and no rows"):
            list(read(file))


@pytest.mark.parametrize("table", TABLES)
def test_empty_lines_at_the_end_make_no_piece(table):
    file = find(Path(f"{table}.csv"), good(table) + b"\n" * 2 * ONE_OF_MANY)
    assert len(join_pieces(file, ONE_OF_MANY)) == len(ROWS[table]) * 3


def test_a_lone_line_end_within_the_headings_is_refused():
    content = good("collision").replace(b"longitude", b"longi\rtude")
    for read in (read_whole, read_pieces):
        with pytest.raises(SourceError, match=r"collision\.csv: row 1"):
            list(read(find(Path("collision.csv"), content)))


# The store's door


def test_the_reader_claims_the_departments_files_and_no_other(tmp_path):
    names = [write_table(tmp_path, table, "2024").name for table in TABLES]
    (tmp_path / "vehicle-crime.csv").write_text("Month,Count\n2024-01,3\n")
    (tmp_path / "dft-road-casualty-statistics-casualty-2022.csv").write_text("lost,headings\n1,2\n")
    with open_delivery(tmp_path) as members:
        files = READER.find_files(members)
        assert {file.member.path.name for file in files} == {*names, "dft-road-casualty-statistics-casualty-2022.csv"}
        for file in files:
            if file.member.path.name in names:
                (records,) = file.read()
                assert records.table == f"stats19_{file.member.path.stem.split('-')[4]}"
                assert records.frame.column("collision_year").to_pylist() == ["2019"] * records.frame.num_rows
                assert file.headings == tuple(headings_of(records.table.removeprefix("stats19_"), "2024"))
                assert not records.is_simulated
            else:
                with pytest.raises(SourceError, match=r"casualty-2022\.csv: row 1"):
                    list(file.read())


def test_a_simulated_file_says_so_in_its_name(tmp_path):
    path = write_rows(tmp_path / "simulated-casualty-2024.csv", published_rows("casualty", "2024"))
    (file,) = READER.find_files([as_member(path)])
    assert [records.is_simulated for records in file.read()] == [True]


def test_the_tables_have_a_year_for_a_part():
    assert [table.name for table in READER.tables] == [table.table for table in Table]
    assert stats19.READER.table("stats19_casualty").period_column == "collision_year"
