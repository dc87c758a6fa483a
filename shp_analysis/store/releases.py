"""The files of a delivery that will be kept, each read whole into tables that wait in the staging folder."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Self

import duckdb
import pandas as pd
import pyarrow as arrow
from pyarrow import parquet

from shp_analysis.errors import SourceError, StoreError
from shp_analysis.files import hash_file
from shp_analysis.readers.deliveries import map_ahead
from shp_analysis.readers.readers import UNIT_SEPARATOR, Records, RecordTable, SourceFile
from shp_analysis.readers.registry import list_tables
from shp_analysis.store.contents import HEADING_COLUMNS, PART_COLUMNS

SEVERAL_SOURCES = "several"
"""Where an archive of several publishers' files is kept."""
SHA256_COLUMN, UNIT_COLUMN, PERIOD_COLUMN = "sha256", "part_unit", "part_period"
"""Columns that the store adds to every record."""
PART_TEXTS = (SHA256_COLUMN, UNIT_COLUMN, PERIOD_COLUMN)

Progress = Callable[[str, int, int], None]
"""Told the name of each published file, its number and how many there are."""


@dataclass(frozen=True)
class Release:
    """One file to be kept: an archive, or one file of a folder.

    Attributes
    ----------
    path : Path
    name : str
        What it will be called below the day it was received.
    label : str
        How messages name it.
    sha256 : str
    files : tuple of SourceFile
        The published files in it.
    """

    path: Path
    name: str
    label: str
    sha256: str
    files: tuple[SourceFile, ...]

    @property
    def source(self) -> str:
        """The publisher's short name, under which the file is kept."""
        sources = {file.source for file in self.files}
        return sources.pop() if len(sources) == 1 else SEVERAL_SOURCES

    def name_member(self, file: SourceFile) -> str:
        """Name a published file within the archive; one that is kept by itself has just its name."""
        is_kept_alone = file.member.path.name == self.path.name
        return file.member.path.name if is_kept_alone else str(file.member.path)


@dataclass(frozen=True)
class Reading:
    """A file that was read and validated, its tables waiting in the staging folder.

    Attributes
    ----------
    release : Release
    parts, headings : pandas.DataFrame
        Lines for the two lists of `shp_analysis.store.contents`.
    is_simulated : bool
    """

    release: Release
    parts: pd.DataFrame
    headings: pd.DataFrame
    is_simulated: bool

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables that it fills."""
        return tuple(sorted(set(self.parts["table"])))


def list_releases(path: Path, files: Sequence[SourceFile]) -> tuple[Release, ...]:
    """Say which files of a delivery are kept: an archive is one, a folder's files are one each."""
    if path.is_file():
        return (Release(path, path.name, path.name, hash_file(path), tuple(files)),)
    inside = [(path / file.member.path, file) for file in files]
    return tuple(
        Release(each, f"{path.resolve().name}/{file.member.path}", file.member.label, hash_file(each), (file,))
        for each, file in inside
    )


def read_releases(releases: Sequence[Release], staging: Path, on_progress: Progress | None) -> list[Reading]:
    """Read files one after another into the staging folder.

    Raises
    ------
    SourceError
        From the first file that is not what it says it is.
    StoreError
        Where simulated and real files lie in one archive.
    """
    total = sum(len(release.files) for release in releases)
    readings, done = [], 0
    for release in releases:
        readings.append(read_release(release, staging, on_progress, done, total))
        done += len(release.files)
    return readings


def read_release(release: Release, staging: Path, on_progress: Progress | None, done: int, total: int) -> Reading:
    """Read one file into the staging folder.

    Parameters
    ----------
    release : Release
    staging : Path
    on_progress : callable or None
    done, total : int
        How many published files were read before it, and how many there are.

    Raises
    ------
    SourceError
        Where it is not what it says it is, or holds one part twice.
    StoreError
        Where it holds simulated and real files.
    """
    with _TableWriters(release.sha256, staging) as writers:
        parts: list[tuple[str, str, str, str, str, int]] = []
        headings, simulated = [], []
        read = map_ahead(_begin_reading, release.files)
        for number, (file, pieces) in enumerate(zip(release.files, read, strict=True), start=done + 1):
            if on_progress:
                on_progress(file.member.path.name, number, total)
            counts, is_simulated = _write_file(pieces, writers)
            member = release.name_member(file)
            _check_parts_once(parts, counts, member, file.member.label)
            parts += [(release.sha256, *key, member, rows) for key, rows in counts.items()]
            tables = " ".join(sorted({table for table, _, _ in counts}))
            headings.append((release.sha256, member, tables, json.dumps(file.headings, ensure_ascii=False)))
            simulated.append(is_simulated)
    for table, path in writers.paths.items():
        _check_figures_agree(path, list_tables()[table], release.label)
    return Reading(
        release,
        _add_hashes(pd.DataFrame(parts, columns=[*PART_COLUMNS[:4], "member", "rows"]), writers.paths),
        pd.DataFrame(headings, columns=list(HEADING_COLUMNS)),
        _check_one_kind(release, simulated),
    )


def _check_figures_agree(path: Path, table: RecordTable, label: str) -> None:
    """Refuse a file that has one figure twice, under several names for its unit, with different values."""
    if not table.key_columns:
        return
    keys, values = ", ".join(table.key_columns), table.value_columns
    bounds = ", ".join(f"min({name}), max({name})" for name in values)
    differs = " OR ".join(f"min({name}) <> max({name})" for name in values)
    units = f"string_agg(DISTINCT {UNIT_COLUMN}, ' and ' ORDER BY {UNIT_COLUMN})"
    sql = f"SELECT {keys}, {units}, {bounds} FROM read_parquet(?) GROUP BY {keys} HAVING {differs} ORDER BY ALL LIMIT 1"
    with duckdb.connect() as connection:
        found = connection.execute(sql, [str(path)]).fetchone()
    if found:
        what, unit, numbers = found[: len(table.key_columns)], found[len(table.key_columns)], found[-2 * len(values) :]
        low, high = next((low, high) for low, high in zip(numbers[::2], numbers[1::2], strict=True) if low != high)
        message = (
            f"{label}: has two figures, {low:g} and {high:g}, for {', '.join(str(each) for each in what if each)} "
            f"({unit}). One area has one value in a period. Export it again, or keep one of the two."
        )
        raise SourceError(message)


def _check_one_kind(release: Release, simulated: Sequence[bool]) -> bool:
    if len(set(simulated)) > 1:
        message = f"{release.label}: holds simulated and real files together. Take them in separately."
        raise StoreError(message)
    return bool(simulated and simulated[0])


def _add_hashes(parts: pd.DataFrame, paths: Mapping[str, Path]) -> pd.DataFrame:
    hashes = {table: hash_file(path) for table, path in paths.items()}
    return parts.assign(parquet_sha256=parts["table"].map(hashes))


def _check_parts_once(
    parts: Sequence[tuple[str, str, str, str, str, int]],
    counts: Mapping[tuple[str, str, str], int],
    member: str,
    label: str,
) -> None:
    """Refuse an archive in which two files hold the same part: its records would be counted twice."""
    held = {(table, unit, period): other for _, table, unit, period, other, _ in parts if other != member}
    twice = next((key for key in counts if key in held), None)
    if twice is not None:
        table, unit, period = twice
        what = " of ".join(word for word in (period, unit) if word)
        message = f"{label}: {what} ({table}) is also in {held[twice]}. Keep one of the two."
        raise SourceError(message)


def _begin_reading(file: SourceFile) -> Iterator[Records]:
    """Read a file's first piece, which mostly is all of it, ahead of its turn."""
    pieces = file.read()
    return chain(list(islice(pieces, 1)), pieces)


def _write_file(pieces: Iterable[Records], writers: _TableWriters) -> tuple[dict[tuple[str, str, str], int], bool]:
    """Write one published file's records; give the rows of every (table, unit, period), and whether it is simulated."""
    counts: dict[tuple[str, str, str], int] = {}
    is_simulated = False
    for records in pieces:
        is_simulated |= records.is_simulated
        for unit, period in records.parts:
            counts.setdefault((records.table, unit, period), 0)
        for unit, period, rows in writers.write(records):
            key = (records.table, unit, period)
            counts[key] = counts.get(key, 0) + rows
    return counts, is_simulated


class _TableWriters:
    """The Parquet files of one received file, a row group a piece, so that memory holds one piece at a time."""

    def __init__(self, sha256: str, staging: Path) -> None:
        self._sha256, self._staging = sha256, staging
        self.paths: dict[str, Path] = {}
        self._tables = list_tables()
        self._writers: dict[str, parquet.ParquetWriter] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for writer in self._writers.values():
            writer.close()

    def write(self, records: Records) -> list[tuple[str, str, int]]:
        """Write a piece and count its rows by unit and period."""
        table = _add_part_columns(records, self._tables[records.table], self._sha256)
        if records.table not in self._writers:
            path = self.paths[records.table] = self._staging / records.table / f"{self._sha256}.parquet"
            path.parent.mkdir(exist_ok=True)
            self._writers[records.table] = _open_writer(path, table.schema)
        self._writers[records.table].write_table(table.cast(self._writers[records.table].schema))
        counted = table.group_by([UNIT_COLUMN, PERIOD_COLUMN]).aggregate([([], "count_all")])
        columns = (counted.column(name).to_pylist() for name in (UNIT_COLUMN, PERIOD_COLUMN, "count_all"))
        return list(zip(*columns, strict=True))


def _open_writer(path: Path, schema: arrow.Schema) -> parquet.ParquetWriter:
    """Open a table's file: quickly packed, with word lists where a reader has made them and for its frames' text."""
    has_lists = any(arrow.types.is_dictionary(field.type) for field in schema if field.name not in PART_TEXTS)
    listed = [field.name for field in schema if arrow.types.is_dictionary(field.type)] if has_lists else True
    return parquet.ParquetWriter(path, schema, compression="zstd", compression_level=1, use_dictionary=listed)


def _add_part_columns(records: Records, table: RecordTable, sha256: str) -> arrow.Table:
    frame = records.frame
    found = arrow.Table.from_pandas(frame, preserve_index=False) if isinstance(frame, pd.DataFrame) else frame
    units = [_as_text(found.column(name)) for name in table.unit_columns]
    unit = _join(units) if units else _repeat("", found.num_rows)
    period = _as_text(found.column(table.period_column))
    if unit.null_count or period.null_count:
        column = table.period_column if period.null_count else ", ".join(table.unit_columns)
        message = f"{table.name}: a record has no {column}, so it belongs to no part of the release."
        raise StoreError(message)
    return (
        found.append_column(SHA256_COLUMN, _repeat(sha256, found.num_rows))
        .append_column(UNIT_COLUMN, unit)
        .append_column(PERIOD_COLUMN, period)
    )


def _as_text(column: arrow.ChunkedArray) -> arrow.ChunkedArray:
    return column if arrow.types.is_dictionary(column.type) else column.cast(arrow.string()).dictionary_encode()


def _join(columns: Sequence[arrow.ChunkedArray]) -> arrow.ChunkedArray:
    if len(columns) == 1:
        return columns[0]
    texts = [column.cast(arrow.string()) for column in columns]
    return arrow.compute.binary_join_element_wise(*texts, UNIT_SEPARATOR).dictionary_encode()


def _repeat(text: str, rows: int) -> arrow.Array:
    return arrow.DictionaryArray.from_arrays(arrow.repeat(arrow.scalar(0, arrow.int32()), rows), [text])
