"""Taking files in: a file or archive is read and validated whole before it is kept, or refused and nothing is.

What is new is prepared in a staging folder and moved into place by renames, the ledger last; a refusal, a crash or a
full disk leaves the ledger, and so the store, as it was. The files of a folder are deliveries of their own: those that
are refused do not stop the others.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import chain, islice
from pathlib import Path, PurePath
from typing import Self

import duckdb
import pandas as pd
import pyarrow as arrow
from pyarrow import parquet

from shp_analysis.config.parameters import today
from shp_analysis.errors import RequestError, SourceError, StoreError
from shp_analysis.files import hash_file
from shp_analysis.readers.deliveries import Member, date_in_name, list_folder, map_ahead, open_delivery
from shp_analysis.readers.personal_data import check_file_name
from shp_analysis.readers.readers import UNIT_SEPARATOR, Records, RecordTable, SourceFile
from shp_analysis.readers.registry import claim_files, describe_nothing_found, find_files, list_tables, list_unclaimed
from shp_analysis.store.ledger import HEADING_COLUMNS, PART_COLUMNS, ReceivedFile, write_index, write_ledger
from shp_analysis.store.staging import BEFORE_NAME, hold_for_writing, list_targets
from shp_analysis.store.store import Store, data_folder, open_store

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
        Lines for the two lists of `shp_analysis.store.ledger`.
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


EARLIEST_RECEIPT = date(2010, 12, 1)
"""data.police.uk published its first month in December 2010; a date of receipt before it is a slip."""
_COPY = re.compile(r" ?\(\d+\)$| - Copy( \(\d+\))?$")
"""What a browser or a desktop puts behind the name of a copy."""


@dataclass(frozen=True)
class RefusedFile:
    """One file of a folder that was not taken in, and why."""

    name: str
    reason: str


@dataclass(frozen=True)
class IngestReport:
    """What taking in one delivery did.

    Attributes
    ----------
    received, already_held : tuple of ReceivedFile
        Files that are new, and files whose very bytes were there before.
    files : int
        How many published files the new ones hold: an archive holds many.
    rows : int
        How many records.
    is_simulated : bool
    unclaimed : tuple of str
        Files of the delivery that no reader knows; nothing was taken from them.
    refused : tuple of RefusedFile
        Files of a folder that were not taken in, though others were.
    rows_of : mapping of str to int
        Records of each new file, by its sha256.
    """

    received: tuple[ReceivedFile, ...]
    already_held: tuple[ReceivedFile, ...]
    files: int
    rows: int
    is_simulated: bool
    unclaimed: tuple[str, ...] = ()
    refused: tuple[RefusedFile, ...] = ()
    rows_of: Mapping[str, int] = field(default_factory=dict)


def ingest(
    path: Path,
    *,
    folder: Path | None = None,
    received_on: date | None = None,
    on_progress: Progress | None = None,
) -> IngestReport:
    """Take in a delivery.

    Parameters
    ----------
    path : Path
        An archive zip or a single file, of any publisher that has a reader: it is taken in whole, or refused and
        nothing is changed. Or a folder, each of whose files is taken in or refused by itself.
    folder : Path, optional
        The data folder; `data_folder()` where left out.
    received_on : date, optional
        The day it was received; else the date that its name ends in (of a file in a folder its own name, or else the
        folder's), though never a day to come; else today.
    on_progress : callable, optional

    Returns
    -------
    IngestReport

    Raises
    ------
    SourceError
        Where the delivery, or every file of a folder, is not what it says it is.
    StoreError
        Where simulated and real files lie together in an archive, the file was withdrawn, another process is writing,
        or the operating system refuses to read or write.
    """
    folder = folder or data_folder()
    _check_day(received_on)
    with hold_for_writing(folder, "shp ingest") as staging:
        take_in = _take_folder if path.is_dir() else _take_file
        return take_in(path, folder, staging, received_on, on_progress)


def _take_file(
    path: Path, folder: Path, staging: Path, received_on: date | None, on_progress: Progress | None
) -> IngestReport:
    check_file_name(PurePath(path.name))
    with open_delivery(path) as members:
        files = find_files(members, path)
        for claimed in files:
            check_file_name(claimed.member.path)
        releases = list_releases(path, files)
        held = _list_held(folder, releases)
        for file in held:
            _refuse_withdrawn(file)
        readings = [] if held else read_releases(releases, staging, on_progress)
        store = _find_store(folder, readings, held)
        received = _keep(readings, store, folder, staging, received_on)
        return _report(received, held, readings, store, unclaimed=list_unclaimed(members, files))


def _take_folder(
    path: Path, folder: Path, staging: Path, received_on: date | None, on_progress: Progress | None
) -> IngestReport:
    members, problems = list_folder(path)
    refused = [RefusedFile(name, reason) for name, reason in problems]
    files = _claim_each(members, refused)
    if not files and not refused:
        raise SourceError(describe_nothing_found(members, path))
    releases = list_releases(path, files)
    held = _leave_out_withdrawn(_list_held(folder, releases), refused)
    new = _leave_out_held(releases, folder)
    readings = _leave_out_rivals(_read_each(new, staging, on_progress, refused), refused)
    readings = _leave_out_simulated(readings, refused)
    if not readings and not held and refused:
        raise SourceError("\n".join(each.reason for each in refused))
    store = _find_store(folder, readings, held)
    received = _keep(readings, store, folder, staging, received_on, path)
    named = {each.name for each in refused}
    unclaimed = tuple(name for name in list_unclaimed(members, files) if name not in named)
    return _report(received, held, readings, store, unclaimed=unclaimed, refused=tuple(refused))


def _claim_each(members: Sequence[Member], refused: list[RefusedFile]) -> tuple[SourceFile, ...]:
    """Ask whose each file is, one by one, so that a file that cannot be told stops no other."""
    found: list[SourceFile] = []
    for member in members:
        try:
            check_file_name(member.path)
            found += claim_files((member,))
        except SourceError as error:
            refused.append(RefusedFile(member.label, str(error)))
    return tuple(found)


def _read_each(
    releases: Sequence[Release], staging: Path, on_progress: Progress | None, refused: list[RefusedFile]
) -> list[Reading]:
    readings: list[Reading] = []
    for number, release in enumerate(releases):
        try:
            readings.append(read_release(release, staging, on_progress, number, len(releases)))
        except (SourceError, StoreError) as error:
            refused.append(RefusedFile(release.label, str(error)))
    # A copy of a file beside it is the same file: it is read under its own name too, and kept once.
    return list({reading.release.sha256: reading for reading in readings}.values())


def _leave_out_rivals(readings: Sequence[Reading], refused: list[RefusedFile]) -> list[Reading]:
    """Refuse copies of a file that differ - of one name but for a " (1)" - as nobody can tell which is the newer."""
    first: dict[tuple[str, ...], Reading] = {}
    rivals: dict[str, Reading] = {}
    for reading in readings:
        for key in reading.parts[["table", "unit", "period"]].itertuples(index=False, name=None):
            other = first.setdefault((_COPY.sub("", reading.release.path.stem), *key), reading)
            if other is not reading:
                rivals |= {reading.release.label: other, other.release.label: reading}
    for label, other in rivals.items():
        reason = f"{label}: holds what {other.release.label} holds too, and differs from it. Keep one of the two."
        refused.append(RefusedFile(label, reason))
    return [reading for reading in readings if reading.release.label not in rivals]


def _leave_out_simulated(readings: Sequence[Reading], refused: list[RefusedFile]) -> list[Reading]:
    """Refuse the simulated files of a folder that holds real ones."""
    real = [reading for reading in readings if not reading.is_simulated]
    if not real:
        return list(readings)
    for reading in readings:
        if reading.is_simulated:
            label = reading.release.label
            reason = f"{label}: is simulated, and other files of the folder are real. Take it in by itself."
            refused.append(RefusedFile(label, reason))
    return real


def _report(
    received: tuple[ReceivedFile, ...],
    held: tuple[ReceivedFile, ...],
    readings: Sequence[Reading],
    store: Store,
    *,
    unclaimed: tuple[str, ...],
    refused: tuple[RefusedFile, ...] = (),
) -> IngestReport:
    rows_of = {reading.release.sha256: int(reading.parts["rows"].sum()) for reading in readings}
    return IngestReport(
        received,
        held,
        files=sum(len(reading.release.files) for reading in readings),
        rows=sum(rows_of.values()),
        is_simulated=store.is_simulated,
        unclaimed=unclaimed,
        refused=refused,
        rows_of=rows_of,
    )


def rebuild(store: Store, on_progress: Progress | None = None) -> int:
    """Make every table of a room again from its raw files.

    Parameters
    ----------
    store : Store
    on_progress : callable, optional

    Returns
    -------
    int
        How many raw files were read. Files that were withdrawn are not.

    Raises
    ------
    StoreError
        Where a raw file is missing or is no longer the file that was received, or is refused now. Nothing is changed.
    """
    if store.is_empty:
        return 0
    with hold_for_writing(store.data_folder, "shp rebuild") as staging:
        files = store.received_files()
        for file in files:
            _check_unchanged(store.raw_folder / file.path, file)
        tables = staging / "tables"
        tables.mkdir()
        readings = _read_received(store, files, tables, on_progress)
        _write_index(tables, readings)
        before = store.root / BEFORE_NAME
        if store.tables_folder.exists():
            store.tables_folder.rename(before)
        tables.rename(store.tables_folder)
    return len(files)


def _check_unchanged(path: Path, file: ReceivedFile) -> None:
    if not path.is_file() or hash_file(path) != file.sha256:
        message = f"{path}: is no longer the file that was received on {file.received_on}. Restore it from a backup."
        raise StoreError(message)


def _read_received(
    store: Store, files: Sequence[ReceivedFile], staging: Path, on_progress: Progress | None
) -> list[Reading]:
    """Read received files again; those that are refused now are named all at once."""
    readings: list[Reading] = []
    refusals = []
    for file in files:
        path = store.raw_folder / file.path
        try:
            with open_delivery(path) as members:
                readings += read_releases(list_releases(path, find_files(members, path)), staging, on_progress)
        except SourceError as error:
            refusals.append(f"{error} Or take it out with `shp withdraw {file.sha256[:12]}`.")
    if refusals:
        raise StoreError("\n".join(refusals))
    return readings


def put_back(store: Store, file: ReceivedFile, staging: Path) -> None:
    """Make one received file's tables again, where a rebuild has left them out meanwhile."""
    if file.sha256 in set(store.read_parts()["sha256"]):
        return
    _check_unchanged(store.raw_folder / file.path, file)
    _keep_tables(_read_received(store, [file], staging, None), store, staging)


def _check_day(received_on: date | None) -> None:
    latest = today()
    if received_on is not None and not EARLIEST_RECEIPT <= received_on <= latest:
        message = (
            f"A file cannot have been received on {received_on}: give a day from {EARLIEST_RECEIPT} to today, {latest}."
        )
        raise RequestError(message)


def _day_of_receipt(paths: Sequence[Path], received_on: date | None) -> date:
    """Give the day that was asked for, or that the first of some names ends in, or today."""
    latest = today()
    if received_on is not None:
        return received_on
    named = (date_in_name(path) for path in paths)
    return next((min(day, latest) for day in named if day and day >= EARLIEST_RECEIPT), latest)


def _list_held(folder: Path, releases: Sequence[Release]) -> tuple[ReceivedFile, ...]:
    every = {file.sha256: file for room in _stores(folder) for file in room.list_ledger()}
    return tuple(every[release.sha256] for release in releases if release.sha256 in every)


def _leave_out_held(releases: Sequence[Release], folder: Path) -> list[Release]:
    held = {file.sha256 for file in _list_held(folder, releases)}
    return [release for release in releases if release.sha256 not in held]


def _refuse_withdrawn(file: ReceivedFile) -> None:
    if file.withdrawn_on is not None:
        why = f" ({file.withdrawal_reason})" if file.withdrawal_reason else ""
        message = (
            f"{file.name}: was received on {file.received_on} and withdrawn on {file.withdrawn_on}{why}. Put it back "
            f"with `shp restore {file.sha256[:12]}`."
        )
        raise StoreError(message)


def _leave_out_withdrawn(files: Sequence[ReceivedFile], refused: list[RefusedFile]) -> tuple[ReceivedFile, ...]:
    held = []
    for file in files:
        try:
            _refuse_withdrawn(file)
            held.append(file)
        except StoreError as error:
            refused.append(RefusedFile(file.name, str(error)))
    return tuple(held)


def _stores(folder: Path) -> tuple[Store, Store]:
    return open_store(folder, simulated=False), open_store(folder, simulated=True)


def _find_store(folder: Path, readings: Sequence[Reading], held: Sequence[ReceivedFile]) -> Store:
    """Give the room that the new files go to, or else the one that holds them already."""
    real, simulated = _stores(folder)
    if readings:
        return simulated if readings[0].is_simulated else real
    pretend = {file.sha256 for file in simulated.list_ledger()}
    return simulated if held and all(file.sha256 in pretend for file in held) else real


def _keep(
    readings: Sequence[Reading],
    store: Store,
    folder: Path,
    staging: Path,
    received_on: date | None,
    delivery: Path | None = None,
) -> tuple[ReceivedFile, ...]:
    if not readings:
        return ()
    store.read_parts()  # refuses a room that has lost its tables: the parts it held would drop out of the new list
    before = store.list_ledger()
    received = tuple(
        _stage_raw_file(reading.release, store, staging, sequence, received_on, delivery)
        for sequence, reading in enumerate(readings, start=len(before) + 1)
    )
    list_targets(folder, staging, _list_targets(readings, received, store))
    _keep_tables(readings, store, staging)
    for file in received:
        target = store.raw_folder / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        (staging / file.sha256).replace(target)
    write_ledger(store.raw_folder, before + received)
    return received


def _list_targets(
    readings: Sequence[Reading], received: Sequence[ReceivedFile], store: Store
) -> Iterator[tuple[str, Path]]:
    for reading, file in zip(readings, received, strict=True):
        yield file.sha256, store.raw_folder / file.path
        for table in reading.tables:
            yield file.sha256, store.table_path(table, file.sha256)


def _stage_raw_file(
    release: Release, store: Store, staging: Path, sequence: int, received_on: date | None, delivery: Path | None
) -> ReceivedFile:
    """Copy a file as received into the staging folder, under its sha256, and give its line of the ledger."""
    day = _day_of_receipt([release.path, *([delivery] if delivery else [])], received_on)
    folder = f"{release.source}/{day.isoformat()}"
    inside = f"{folder}/{release.name}"
    namesake = store.raw_folder / inside
    if namesake.exists() and hash_file(namesake) != release.sha256:
        # Another file of this name came on this day: both stay, told apart by their content.
        inside = f"{folder}/{release.sha256[:12]}/{release.name}"
    draft = staging / release.sha256
    shutil.copyfile(release.path, draft)
    if hash_file(draft) != release.sha256:
        message = f"{release.path}: changed while it was being read. Take it in again."
        raise StoreError(message)
    return ReceivedFile(sequence, release.source, day, inside, release.sha256, draft.stat().st_size)


def _keep_tables(readings: Sequence[Reading], store: Store, staging: Path) -> None:
    for reading in readings:
        for table in reading.tables:
            target = store.table_path(table, reading.release.sha256)
            target.parent.mkdir(parents=True, exist_ok=True)
            (staging / table / target.name).replace(target)
    store.tables_folder.mkdir(parents=True, exist_ok=True)
    _write_index(store.tables_folder, readings, keep=store.list_ledger())


def _write_index(tables: Path, readings: Sequence[Reading], keep: Sequence[ReceivedFile] = ()) -> None:
    parts, headings = [reading.parts for reading in readings], [reading.headings for reading in readings]
    new = {reading.release.sha256 for reading in readings}
    write_index(tables, parts, headings, {file.sha256 for file in keep} - new)
