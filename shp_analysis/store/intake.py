"""Taking files in: all of a delivery is read and validated before any of it is kept.

What is new is written to a workshop folder beside the rooms and moved into place by renames, the ledger last; a
refusal, a crash or a full disk leaves the ledger, and so the store, as it was.
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from shp_analysis.errors import RequestError, StoreError
from shp_analysis.parameters import today
from shp_analysis.sources.deliveries import date_in_name, open_delivery
from shp_analysis.sources.registry import find_files, list_unclaimed
from shp_analysis.store.index import add_to_index
from shp_analysis.store.ledger import ReceivedFile, hash_file, read_ledger, write_ledger
from shp_analysis.store.parcels import Parcel, Progress, Reading, check_one_kind, list_parcels, read_parcels
from shp_analysis.store.rooms import Store, data_folder, open_store

EARLIEST_RECEIPT = date(2010, 12, 1)
"""data.police.uk published its first month in December 2010; a date of receipt before it is a slip."""
LOCK_NAME = ".ingesting"


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
    """

    received: tuple[ReceivedFile, ...]
    already_held: tuple[ReceivedFile, ...]
    files: int
    rows: int
    is_simulated: bool
    unclaimed: tuple[str, ...] = ()


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
        An archive zip, a folder or a single file, of any publisher that has a reader.
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
        files = find_files(members, path)
        parcels = list_parcels(path, files)
        held = {file.sha256: file for room in _rooms(folder) for file in room.received_files()}
        readings = read_parcels([each for each in parcels if each.sha256 not in held], workshop, on_progress)
        already = tuple(held[parcel.sha256] for parcel in parcels if parcel.sha256 in held)
        kinds = [*(reading.is_simulated for reading in readings), *_kinds_held(folder, already)]
        simulated = check_one_kind(path, kinds)
        received = _keep(readings, day, open_store(folder, simulated=simulated), workshop)
    return IngestReport(
        received,
        already,
        files=sum(len(reading.parcel.files) for reading in readings),
        rows=sum(int(reading.parts["rows"].sum()) for reading in readings),
        is_simulated=simulated,
        unclaimed=list_unclaimed(members, files),
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


def _read_again(path: Path, workshop: Path, on_progress: Progress | None) -> list[Reading]:
    with open_delivery(path) as members:
        return read_parcels(list_parcels(path, find_files(members, path)), workshop, on_progress)


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


def _rooms(folder: Path) -> tuple[Store, Store]:
    return open_store(folder, simulated=False), open_store(folder, simulated=True)


def _kinds_held(folder: Path, files: Sequence[ReceivedFile]) -> list[bool]:
    simulated = {file.sha256 for file in open_store(folder, simulated=True).received_files()}
    return [file.sha256 in simulated for file in files]


def _keep(readings: Sequence[Reading], day: date, store: Store, workshop: Path) -> tuple[ReceivedFile, ...]:
    if not readings:
        return ()
    store.read_parts()  # refuses a room that has lost its tables: the parts it held would drop out of the new list
    _keep_tables(readings, store, workshop)
    before = read_ledger(store.raw_folder)
    received = tuple(
        _keep_raw_file(reading.parcel, day, store, sequence)
        for sequence, reading in enumerate(readings, start=len(before) + 1)
    )
    write_ledger(store.raw_folder, before + received)
    return received


def _keep_raw_file(parcel: Parcel, day: date, store: Store, sequence: int) -> ReceivedFile:
    folder = f"{parcel.source}/{day.isoformat()}"
    inside = f"{folder}/{parcel.name}"
    namesake = store.raw_folder / inside
    if namesake.exists() and hash_file(namesake) != parcel.sha256:
        # Another file of this name came on this day: both stay, told apart by their content.
        inside = f"{folder}/{parcel.sha256[:12]}/{parcel.name}"
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
    return ReceivedFile(sequence, parcel.source, day, inside, parcel.sha256, target.stat().st_size)


def _keep_tables(readings: Sequence[Reading], store: Store, workshop: Path) -> None:
    for reading in readings:
        for table in sorted(set(reading.parts["table"])):
            target = store.table_path(table, reading.parcel.sha256)
            target.parent.mkdir(parents=True, exist_ok=True)
            (workshop / table / target.name).replace(target)
    store.tables_folder.mkdir(parents=True, exist_ok=True)
    add_to_index(store.tables_folder, [reading.parts for reading in readings], [each.headings for each in readings])


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
