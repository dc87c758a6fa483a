"""Published packs: a folder for each version of a pack, and one small file that says which is the current one.

    outputs/public/…      what anybody may read: the editions that withhold small numbers
    outputs/internal/…    every other edition, and what partners are asked to comment on
        E06000006/2024-25-Q4/partnership/
            current.json  names the current version; it is replaced whole, and it alone counts
            index.html    leads a person to the current version
            versions/     the current version and the one before
    outputs/.staging/     what runs are working on; it is in neither of the two

A version is written in a staging folder, moved into place by a rename and only then named as the current one, so a run
that is ended at any moment leaves the last good pack. Whatever it left lying is removed by the next run.
"""

from __future__ import annotations

import html
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from multiprocessing.util import Finalize
from pathlib import Path
from secrets import token_hex

from filelock import FileLock, Timeout

from shp_analysis.files import hold_folder, replace_file

POINTER_NAME = "current.json"
INDEX_NAME = "index.html"
VERSIONS_NAME = "versions"
STAGING_NAME = ".staging"
_LOCK_NAME = ".publishing"
_OWNER_NAME = ".owner"
_LONGEST_TEMPORARY = 50
"""Characters: a socket's path may have about a hundred, and its own name takes the rest."""
_AFTER_MULTIPROCESSING = -200
"""It removes its own temporary folder at -100."""


class Readers(Enum):
    """Who may read a pack: the folder it lies under, and the modes of its folders and files."""

    PUBLIC = ("public", 0o755, 0o644)
    INTERNAL = ("internal", 0o700, 0o600)

    def __init__(self, folder: str, folder_mode: int, file_mode: int) -> None:
        self.folder = folder
        self.folder_mode = folder_mode
        self.file_mode = file_mode


@dataclass(frozen=True)
class Shelf:
    """Where one pack is published, version after version.

    Attributes
    ----------
    outputs : Path
        The folder of all packs.
    place : Path
        Where the pack lies below the folder of its readers: area, period and edition.
    readers : Readers
    """

    outputs: Path
    place: Path
    readers: Readers

    @property
    def folder(self) -> Path:
        """The folder of the pack, which holds its pointer and its versions."""
        return self.outputs / self.readers.folder / self.place

    def find_current(self) -> Path | None:
        """Give the folder of the current version; None where nothing is published, or the pointer is damaged."""
        name = self._read_pointer()
        return self._versions / name if name and (self._versions / name).is_dir() else None

    def publish(self, pack: Path, pages: Sequence[str]) -> Path:
        """Make a finished pack the current version; to be called while the outputs folder is held.

        Parameters
        ----------
        pack : Path
            The finished pack in a staging folder; it is moved.
        pages : sequence of str
            The files that a person opens, for the index.

        Returns
        -------
        Path
            The folder of the new version.
        """
        former, is_damaged = self.find_current(), self._is_damaged()
        self._make_folders()
        _set_modes(pack, self.readers)
        version = self._versions / f"{datetime.now(tz=UTC):%Y-%m-%dT%H%M%S}-{token_hex(3)}"
        shutil.move(pack, version)
        pointer = json.dumps({"version": version.name}) + "\n"
        replace_file(self.folder / POINTER_NAME, pointer.encode(), self.readers.file_mode)
        replace_file(self.folder / INDEX_NAME, _write_index(version.name, pages).encode(), self.readers.file_mode)
        if not is_damaged:  # else nobody knows which of the others was the last good one
            self._remove_others({version, former})
        return version

    @property
    def _versions(self) -> Path:
        return self.folder / VERSIONS_NAME

    def _read_pointer(self) -> str | None:
        try:
            name = json.loads((self.folder / POINTER_NAME).read_text(encoding="utf-8"))["version"]
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return name if isinstance(name, str) and Path(name).name == name else None

    def _is_damaged(self) -> bool:
        return (self.folder / POINTER_NAME).exists() and self.find_current() is None

    def _make_folders(self) -> None:
        for folder in (*reversed(self._versions.parents), self._versions):
            if folder.is_relative_to(self.outputs / self.readers.folder):
                folder.mkdir(exist_ok=True)
                folder.chmod(self.readers.folder_mode)

    def _remove_others(self, kept: set[Path | None]) -> None:
        for other in (*self._versions.iterdir(), *self.folder.glob(".*.new")):
            if other not in kept:
                shutil.rmtree(other, ignore_errors=True) if other.is_dir() else other.unlink()


@contextmanager
def hold_outputs(outputs: Path) -> Iterator[None]:
    """Be the only run that publishes into an outputs folder; others wait for their turn."""
    with hold_folder(outputs, _LOCK_NAME, "shp run"):
        yield


@contextmanager
def stage(outputs: Path) -> Iterator[Path]:
    """Give a folder to make a pack in, beside what is published; it is removed at the end, however the run ends."""
    with own_folder(outputs / STAGING_NAME) as folder:
        yield folder


@contextmanager
def own_folder(parent: Path) -> Iterator[Path]:
    """Give a new private folder, and remove those whose owners have ended.

    Parameters
    ----------
    parent : Path
        Holds such folders and nothing else; made where it is missing.
    """
    parent.mkdir(parents=True, exist_ok=True)
    parent.chmod(Readers.INTERNAL.folder_mode)
    with hold_folder(parent, _LOCK_NAME, "shp run"):
        remove_ownerless(parent)
        folder = parent / token_hex(4)
        folder.mkdir(mode=Readers.INTERNAL.folder_mode)
        owner = FileLock(folder / _OWNER_NAME)
        owner.acquire()
    try:
        yield folder
    finally:
        owner.release()
        shutil.rmtree(folder, ignore_errors=True)


def use_own_temporary_folder() -> None:
    """Let what this process and those it starts write for a while lie in a folder that goes when this process ends.

    Should it be killed, the next run removes the folder. Where its path would be too long for a socket, all stays as it
    is. To be called once, by a process that ends with the run.
    """
    parent = Path(tempfile.gettempdir()) / f"shp-{os.getuid() if hasattr(os, 'getuid') else 0}"
    if len(str(parent)) > _LONGEST_TEMPORARY:
        return
    stack = ExitStack()
    tempfile.tempdir = os.environ["TMPDIR"] = str(stack.enter_context(own_folder(parent)))
    Finalize(None, stack.close, exitpriority=_AFTER_MULTIPROCESSING)


def remove_ownerless(parent: Path) -> None:
    """Remove the folders below one whose owners have ended: the system has released their locks."""
    for folder in parent.iterdir():
        if folder.is_dir():
            with suppress(Timeout):
                FileLock(folder / _OWNER_NAME, timeout=0).acquire().lock.release()
                shutil.rmtree(folder, ignore_errors=True)


def _set_modes(pack: Path, readers: Readers) -> None:
    pack.chmod(readers.folder_mode)
    for path in pack.rglob("*"):
        path.chmod(readers.folder_mode if path.is_dir() else readers.file_mode)


def _write_index(version: str, pages: Sequence[str]) -> str:
    """Write a page that leads to the pages of the current version."""
    links = "".join(
        f'<li><a href="{VERSIONS_NAME}/{version}/{html.escape(page)}">{html.escape(page)}</a></li>' for page in pages
    )
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>Current papers</title></head>'
        f"<body><h1>Current papers</h1><ul>{links}</ul></body></html>\n"
    )
