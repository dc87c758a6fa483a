"""What every publisher's reader is held to: it claims its own files, and gives one type of table from all of them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from shp_analysis.errors import SourceError
from shp_analysis.readers.deliveries import open_delivery
from shp_analysis.readers.readers import Reader, SourceFile

TYPES = {"str", "Int64", "int64", "float64", "boolean", "bool", "datetime64[us]"}
"""The types that Parquet keeps the same from file to file."""


def claim(reader: Reader, path: Path) -> tuple[SourceFile, ...]:
    """Show a delivery to a reader; nothing of it is read."""
    with open_delivery(path) as members:
        return reader.find_files(members)


def read_all(reader: Reader, path: Path) -> dict[str, pd.DataFrame]:
    """Read every claimed file of a delivery into one frame a table, holding each piece to what the store needs."""
    pieces: dict[str, list[pd.DataFrame]] = {}
    with open_delivery(path) as members:
        for file in reader.find_files(members):
            assert file.source == reader.source
            for records in file.read():
                assert isinstance(records.frame, pd.DataFrame)
                _check_piece(reader, records.table, records.frame)
                pieces.setdefault(records.table, []).append(records.frame)
    for frames in pieces.values():
        assert all(frame.dtypes.equals(frames[0].dtypes) for frame in frames)
    return {table: pd.concat(frames, ignore_index=True) for table, frames in pieces.items()}


def read_table(reader: Reader, path: Path, name: str = "") -> pd.DataFrame:
    """Read one table of a delivery: the reader's first where none is named.

    Raises
    ------
    SourceError
        Where the reader claims no file of it.
    """
    name = name or reader.tables[0].name
    tables = read_all(reader, path)
    if name not in tables:
        raise SourceError(f"{path}: holds no file of {name}. Check the path.")
    return tables[name]


def is_simulated(reader: Reader, path: Path) -> set[bool]:
    """Give what the records of a delivery say of their origin."""
    with open_delivery(path) as members:
        return {records.is_simulated for file in reader.find_files(members) for records in file.read()}


def _check_piece(reader: Reader, name: str, frame: pd.DataFrame) -> None:
    table = reader.table(name)
    assert table.name.startswith(reader.source)
    assert {str(dtype) for dtype in frame.dtypes} <= TYPES, frame.dtypes
    for column in (table.period_column, *table.unit_columns):
        assert str(frame[column].dtype) == "str", column
        assert frame[column].notna().all(), column
