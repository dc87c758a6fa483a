"""One round of fetching: every file that was asked for is tried, and one that fails stops none of the others."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import httpx

from shp_analysis.config.parameters import today
from shp_analysis.errors import ShpAnalysisError, SourceError, describe_disk_error, telling_disk_errors
from shp_analysis.fetching.addresses import describe, pick_attachment, place, read_base, without_password
from shp_analysis.fetching.retry_policy import RetryPolicy
from shp_analysis.fetching.transfer import (
    Part,
    Progress,
    Remembered,
    Validators,
    Wanted,
    get_file,
    get_json,
    open_client,
    read_kept,
    remember,
)
from shp_analysis.files import hold_folder, sweep_drafts
from shp_analysis.readers.deliveries import open_delivery
from shp_analysis.readers.downloads import Download, FoundBy, read_downloads
from shp_analysis.readers.registry import READERS, find_reader
from shp_analysis.store.intake import ingest
from shp_analysis.store.store import data_folder, open_store

DOWNLOADS_NAME = "downloads"
LOCK_NAME = ".fetching"
_ZIPPED = {".zip", ".ods", ".xlsx"}
_PAGE_STARTS = (b"<!doctype", b"<html", b"<?xml")


class Outcome(StrEnum):
    """What became of one file."""

    TAKEN_IN = "taken in"
    UNCHANGED = "unchanged"
    HELD = "held already"
    FAILED = "failed"


@dataclass(frozen=True)
class Fetched:
    """What became of one file that was asked for.

    Attributes
    ----------
    download : Download
    outcome : Outcome
    rows : int
        Records that were taken in; 0 where none were.
    detail : str
        The day since when it is unchanged, the file's name, or why it failed.
    """

    download: Download
    outcome: Outcome
    rows: int = 0
    detail: str = ""

    def as_row(self) -> tuple[str, ...]:
        """Give what a person reads of it: file, outcome, rows, detail."""
        return self.download.full_name, self.outcome, f"{self.rows:,}" if self.rows else "–", self.detail


@dataclass(frozen=True)
class _Round:
    folder: Path
    base: httpx.URL | None
    client: httpx.Client
    retry_policy: RetryPolicy
    on_progress: Progress

    @property
    def downloads_folder(self) -> Path:
        return self.folder / DOWNLOADS_NAME


def list_readable_sources() -> frozenset[str]:
    """Name the sources whose files the store takes."""
    return frozenset(reader.source for reader in READERS)


def list_fetchable() -> list[tuple[str, ...]]:
    """Give what a person reads of every file that can be fetched or got by hand: name, what it is, how to get it."""
    readable = list_readable_sources()
    return [(each.full_name, each.description, _describe_way(each, readable)) for each in read_downloads()]


def _describe_way(download: Download, readable: frozenset[str]) -> str:
    if download.found_by is FoundBy.HAND:
        return f"get it at {download.page}, then shp ingest PATH"
    if download.source not in readable:
        return "not yet taken by the store"
    options = "".join(f" --{each} {each.upper()}" for each in sorted(download.placeholders))
    return f"shp fetch {download.source if download.by_default or options else download.full_name}{options}"


def fetch(
    downloads: Sequence[Download],
    *,
    folder: Path | None = None,
    base_address: str | None = None,
    retry_policy: RetryPolicy | None = None,
    on_progress: Progress | None = None,
) -> tuple[Fetched, ...]:
    """Fetch files and take them into the store, one after the other.

    A file goes through `store.ingest` and is taken in whole, or refused. What was not taken in leaves the store as it
    was; a broken transfer stays in `downloads/` and is continued by the next round. The day of receipt is decided as
    for any other delivery: the date that the file's name ends in, so that an old archive fetched today does not pass
    for newer than one that was published since, and else today.

    Parameters
    ----------
    downloads : sequence of Download
        As `choose_downloads` gives them.
    folder : Path, optional
        The data folder; `data_folder()` where left out.
    base_address : str, optional
        A mirror to ask instead of the publishers.
    manners : RetryPolicy, optional
        How servers are asked.
    on_progress : callable, optional
        Told what is at work (the file's name; then `reading …`, while the store reads it), how much of it is done, and
        of how much.

    Returns
    -------
    tuple of Fetched
        One for each, in order. A refusal is an outcome here and no exception.

    Raises
    ------
    RequestError
        Where the base address is none.
    StoreError
        Where another process is fetching into the folder.
    """
    folder, retry_policy, base = folder or data_folder(), retry_policy or RetryPolicy(), read_base(base_address)
    downloads_folder = folder / DOWNLOADS_NAME
    # One process at a time, so that no server is asked twice at once and no part of a file has two writers.
    hold = hold_folder(downloads_folder, LOCK_NAME, "shp fetch", wait_seconds=0)
    with telling_disk_errors(downloads_folder), hold, open_client(retry_policy, base) as client:
        sweep_drafts(downloads_folder)
        this = _Round(folder, base, client, retry_policy, on_progress or (lambda _name, _done, _total: None))
        return tuple(_fetch_one(download, this) for download in downloads)


def _fetch_one(download: Download, this: _Round) -> Fetched:
    try:
        address, file_name = _find_address(download, this)
        return _fetch_from(address, file_name, download, this)
    except ShpAnalysisError as error:
        return Fetched(download, Outcome.FAILED, detail=str(error))
    except OSError as error:
        return Fetched(download, Outcome.FAILED, detail=describe_disk_error(error))


def _find_address(download: Download, this: _Round) -> tuple[httpx.URL, str]:
    address = place(download.address, this.base)
    if download.found_by is FoundBy.ADDRESS:
        return address, download.file_name
    page = get_json(this.client, address, this.base, download.page, this.retry_policy)
    link, file_name = pick_attachment(page, download)
    return place(link, this.base), file_name


def _fetch_from(address: httpx.URL, file_name: str, download: Download, this: _Round) -> Fetched:
    key = without_password(address)
    held = _read_kept_parts(key, this)
    part = Part(this.downloads_folder, file_name)
    wanted = Wanted(address, this.base, part, held.validators if held else None, download.page)
    if not get_file(this.client, wanted, this.retry_policy, this.on_progress):
        day = held.fetched_on if held else today()
        return Fetched(download, Outcome.UNCHANGED, detail=f"unchanged since {day}")
    notes = part.read_notes(key)
    fetched, sha256 = _take_in(part, address, download, this)
    remember(
        this.downloads_folder,
        key,
        Remembered(validators=notes.validators if notes else Validators(), fetched_on=today(), sha256=sha256),
    )
    part.finish()
    return fetched


def _read_kept_parts(key: str, this: _Round) -> Remembered | None:
    """Say what is remembered of a file, if the store still holds it: a new store needs the file again."""
    remembered = read_kept(this.downloads_folder).get(key)
    if remembered is None or not remembered.sha256:
        return None
    rooms = (open_store(this.folder, simulated=simulated) for simulated in (False, True))
    held = {file.sha256 for room in rooms for file in room.list_ledger()}
    return remembered if held.issuperset(remembered.sha256) else None


def _take_in(part: Part, address: httpx.URL, download: Download, this: _Round) -> tuple[Fetched, tuple[str, ...]]:
    path = part.reveal()
    try:
        _check_content(path, download)
        report = ingest(
            path, folder=this.folder, on_progress=lambda name, *count: this.on_progress(f"reading {name}", *count)
        )
    except SourceError as error:
        aside = part.put_aside()
        message = f"{error} It came from {describe(address)} and was put aside as {aside}; the next fetch begins anew."
        raise SourceError(message) from error
    finally:
        part.hide()  # whatever else went wrong, the file need not come again
    sha256 = tuple(file.sha256 for file in (*report.received, *report.already_held))
    outcome = Outcome.TAKEN_IN if report.received else Outcome.HELD
    return Fetched(download, outcome, report.rows, path.name), sha256


def _check_content(path: Path, download: Download) -> None:
    """See that a file is of the kind and of the publisher that was asked for, before the store reads it."""
    with path.open("rb") as file:
        start = file.read(512).lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(_PAGE_STARTS):
        message = f"{path.name}: is a web page and no data. Look at {download.page}, or fetch it again later."
        raise SourceError(message)
    if path.suffix.lower() in _ZIPPED and not zipfile.is_zipfile(path):
        message = f"{path.name}: is not a complete {path.suffix[1:]} file. Fetch it again later."
        raise SourceError(message)
    reader = find_reader(download.source)
    with open_delivery(path) as members:
        if not reader.find_files(members):
            message = f"{path.name}: holds no file of {reader.publisher}. Look at {download.page}."
            raise SourceError(message)
