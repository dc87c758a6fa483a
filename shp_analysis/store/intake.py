"""Taking files in: all of a delivery is read and validated before any of it is kept.

What is new is written to a workshop folder beside the rooms and moved into place by renames, the ledger last; a
refusal, a crash or a full disk leaves the ledger, and so the store, as it was.
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as arrow
from pyarrow import parquet

from shp_analysis.errors import RequestError, StoreError
from shp_analysis.parameters import today
from shp_analysis.sources import police_uk
from shp_analysis.sources.deliveries import date_in_name, open_delivery
from shp_analysis.store.ledger import ReceivedFile, hash_file, read_ledger, write_ledger
from shp_analysis.store.rooms import MONTH_COLUMNS, MONTHS_NAME, Store, data_folder, open_store

EARLIEST_RECEIPT = date(2010, 12, 1)
"""data.police.uk published its first month in December 2010; a date of receipt before it is a slip."""
LOCK_NAME = ".ingesting"

Progress = Callable[[str, int, int], None]
"""Told the name of each monthly file, its number and how many there are."""


@dataclass(frozen=True)
class IngestReport:
    """What taking in one delivery did.

    Attributes
    ----------
    received, already_held : tuple of ReceivedFile
        Files that are new, and files whose very bytes were there before.
    months : int
        How many monthly files the new ones hold.
    rows : int
        How many records.
    is_simulated : bool
    """

    received: tuple[ReceivedFile, ...]
    already_held: tuple[ReceivedFile, ...]
    months: int
    rows: int
    is_simulated: bool


@dataclass(frozen=True)
class _Parcel:
    """One file to be kept: an archive, or one CSV of a folder."""

    path: Path
    name: str
    sha256: str
    monthly_files: tuple[police_uk.MonthlyFile, ...]


@dataclass(frozen=True)
class _Reading:
    """A parcel that was read and validated, its tables waiting in the workshop."""

    parcel: _Parcel
    months: pd.DataFrame
    is_simulated: bool


def ingest(
    path: Path,
    *,
    folder: Path | None = None,
    received_on: date | None = None,
    on_progress: Progress | None = None,
) -> IngestReport:
    """Take in a delivery, or refuse it and change nothing.

    Parameters
    ----------
    path : Path
        An archive zip, a folder or a single file.
    folder : Path, optional
        The data folder; `data_folder()` where left out.
    received_on : date, optional
        The day it was received; else the date its name ends in, though never a day to come; else today.
    on_progress : callable, optional

    Returns
    -------
    IngestReport

    Raises
    ------
    SourceError
        Where any file of the delivery is not what it says it is.
    StoreError
        Where simulated and real files lie together in it, or another process is writing.
    """
    folder = folder or data_folder()
    day = _day_of_receipt(path, received_on)
    with open_delivery(path) as members, _workshop(folder) as workshop:
        parcels = _parcels(path, police_uk.find_monthly_files(members, path))
        held = {file.sha256: file for room in _rooms(folder) for file in room.received_files()}
        readings = _read_parcels([parcel for parcel in parcels if parcel.sha256 not in held], workshop, on_progress)
        already = tuple(held[parcel.sha256] for parcel in parcels if parcel.sha256 in held)
        simulated = _one_kind(path, [*(reading.is_simulated for reading in readings), *_kinds_held(folder, already)])
        received = _keep(readings, day, open_store(folder, simulated=simulated), workshop)
    months = pd.concat([_no_months(), *(reading.months for reading in readings)])
    return IngestReport(received, already, len(months), int(months["rows"].sum()), simulated)


def rebuild(store: Store, on_progress: Progress | None = None) -> int:
    """Make every table of a room again from its raw files.

    Parameters
    ----------
    store : Store
    on_progress : callable, optional

    Returns
    -------
    int
        How many raw files were read.

    Raises
    ------
    StoreError
        Where a raw file is missing or is no longer the file that was received.
    """
    with _workshop(store.root.parent if store.is_simulated else store.root) as workshop:
        files = store.received_files()
        for file in files:
            _check_unchanged(store.raw_folder / file.path, file)
        readings = [
            reading for file in files for reading in _read_again(store.raw_folder / file.path, workshop, on_progress)
        ]
        if readings:
            shutil.rmtree(store.tables_folder, ignore_errors=True)
            _keep_tables(readings, store, workshop)
    return len(files)


def _check_unchanged(path: Path, file: ReceivedFile) -> None:
    if not path.is_file() or hash_file(path) != file.sha256:
        message = f"{path}: is no longer the file that was received on {file.received_on}. Restore it from a backup."
        raise StoreError(message)


def _read_again(path: Path, workshop: Path, on_progress: Progress | None) -> list[_Reading]:
    with open_delivery(path) as members:
        return _read_parcels(_parcels(path, police_uk.find_monthly_files(members, path)), workshop, on_progress)


def _day_of_receipt(path: Path, received_on: date | None) -> date:
    latest = today()
    if received_on is None:
        named = date_in_name(path)
        return min(named, latest) if named and named >= EARLIEST_RECEIPT else latest
    if not EARLIEST_RECEIPT <= received_on <= latest:
        message = (
            f"A file cannot have been received on {received_on}: give a day from {EARLIEST_RECEIPT} to today, {latest}."
        )
        raise RequestError(message)
    return received_on


def _parcels(path: Path, monthly: Sequence[police_uk.MonthlyFile]) -> tuple[_Parcel, ...]:
    if path.is_file():
        return (_Parcel(path, path.name, hash_file(path), tuple(monthly)),)
    inside = [(path / file.member.path, file) for file in monthly]
    return tuple(
        _Parcel(each, f"{path.resolve().name}/{file.member.path}", hash_file(each), (file,)) for each, file in inside
    )


def _read_parcels(parcels: Sequence[_Parcel], workshop: Path, on_progress: Progress | None) -> list[_Reading]:
    total = sum(len(parcel.monthly_files) for parcel in parcels)
    readings, done = [], 0
    for parcel in parcels:
        readings.append(_read_parcel(parcel, workshop, on_progress, done, total))
        done += len(parcel.monthly_files)
    return readings


def _read_parcel(parcel: _Parcel, workshop: Path, on_progress: Progress | None, done: int, total: int) -> _Reading:
    """Write a parcel's records to the workshop, a row group a month, so that memory holds one month at a time."""
    writers: dict[str, parquet.ParquetWriter] = {}
    months, simulated = [], []
    try:
        for number, file in enumerate(parcel.monthly_files, start=done + 1):
            if on_progress:
                on_progress(file.member.path.name, number, total)
            frame = police_uk.read_monthly_file(file)
            table = arrow.Table.from_pandas(frame.assign(sha256=parcel.sha256), preserve_index=False)
            path = workshop / file.kind.table / f"{parcel.sha256}.parquet"
            if file.kind.table not in writers:
                path.parent.mkdir(exist_ok=True)
                writers[file.kind.table] = parquet.ParquetWriter(path, table.schema, compression="zstd")
            writers[file.kind.table].write_table(table)
            # A CSV of a folder is kept by itself, so its name is its whole path inside what was kept.
            is_kept_alone = file.member.path.name == parcel.path.name
            member = file.member.path.name if is_kept_alone else str(file.member.path)
            months.append((parcel.sha256, file.kind.table, file.force, file.month, member, len(frame)))
            simulated.append(police_uk.is_simulated(frame))
    finally:
        for writer in writers.values():
            writer.close()
    return _Reading(parcel, pd.DataFrame(months, columns=list(MONTH_COLUMNS)), _one_kind(parcel.path, simulated))


def _one_kind(path: Path, simulated: Sequence[bool]) -> bool:
    if len(set(simulated)) > 1:
        message = f"{path}: holds simulated and real files together. Take them in separately."
        raise StoreError(message)
    return bool(simulated and simulated[0])


def _rooms(folder: Path) -> tuple[Store, Store]:
    return open_store(folder, simulated=False), open_store(folder, simulated=True)


def _kinds_held(folder: Path, files: Sequence[ReceivedFile]) -> list[bool]:
    simulated = {file.sha256 for file in open_store(folder, simulated=True).received_files()}
    return [file.sha256 in simulated for file in files]


def _keep(readings: Sequence[_Reading], day: date, store: Store, workshop: Path) -> tuple[ReceivedFile, ...]:
    if not readings:
        return ()
    store.read_months()  # refuses a room that has lost its tables: the months it held would drop out of the new list
    _keep_tables(readings, store, workshop)
    before = read_ledger(store.raw_folder)
    received = tuple(
        _keep_raw_file(reading.parcel, day, store, sequence)
        for sequence, reading in enumerate(readings, start=len(before) + 1)
    )
    write_ledger(store.raw_folder, before + received)
    return received


def _keep_raw_file(parcel: _Parcel, day: date, store: Store, sequence: int) -> ReceivedFile:
    inside = f"{police_uk.SOURCE}/{day.isoformat()}/{parcel.name}"
    namesake = store.raw_folder / inside
    if namesake.exists() and hash_file(namesake) != parcel.sha256:
        # Another file of this name came on this day: both stay, told apart by their content.
        inside = f"{police_uk.SOURCE}/{day.isoformat()}/{parcel.sha256[:12]}/{parcel.name}"
    target = store.raw_folder / inside
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.{uuid.uuid4().hex[:8]}")
    try:
        shutil.copyfile(parcel.path, draft)
        if hash_file(draft) != parcel.sha256:
            message = f"{parcel.path}: changed while it was being read. Take it in again."
            raise StoreError(message)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    return ReceivedFile(sequence, police_uk.SOURCE, day, inside, parcel.sha256, target.stat().st_size)


def _keep_tables(readings: Sequence[_Reading], store: Store, workshop: Path) -> None:
    for reading in readings:
        for table in sorted(set(reading.months["table"])):
            target = store.table_path(table, reading.parcel.sha256)
            target.parent.mkdir(parents=True, exist_ok=True)
            (workshop / table / target.name).replace(target)
    store.tables_folder.mkdir(parents=True, exist_ok=True)
    path = store.tables_folder / MONTHS_NAME
    before = store.read_months() if path.exists() else _no_months()
    months = pd.concat([before, *(reading.months for reading in readings)]).drop_duplicates()
    months.to_csv(path.with_suffix(".new"), index=False, lineterminator="\n")
    path.with_suffix(".new").replace(path)


def _no_months() -> pd.DataFrame:
    return pd.DataFrame({column: pd.Series(dtype=int if column == "rows" else str) for column in MONTH_COLUMNS})


@contextmanager
def _workshop(folder: Path) -> Iterator[Path]:
    """Hold the data folder for one writer, with a place to work that is gone afterwards."""
    is_new = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    lock = folder / LOCK_NAME
    try:
        os.close(os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
    except FileExistsError as error:
        message = (
            f"{lock} is there: another ingest is running. Wait for it; if none is running, delete that file and try "
            "again."
        )
        raise StoreError(message) from error
    workshop = folder / f".workshop-{uuid.uuid4().hex[:8]}"
    workshop.mkdir()
    try:
        yield workshop
    finally:
        shutil.rmtree(workshop, ignore_errors=True)
        lock.unlink(missing_ok=True)
        if is_new:
            with suppress(OSError):  # it stays where something was taken in
                folder.rmdir()
