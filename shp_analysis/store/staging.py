"""The staging folder: where a writer prepares what it will keep, and what is swept if it was killed.

One process at a time writes to a data folder. It prepares everything in a staging folder of its own, writes down there
which files it is about to move into place, and moves them by renames, the ledger last. Whoever writes next removes
what a killed writer left behind: its staging folder, and of the files on its list those that no ledger knows.
"""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from shp_analysis import files
from shp_analysis.errors import telling_disk_errors
from shp_analysis.files import sweep_drafts
from shp_analysis.store.store import Store, open_store

LOCK_NAME = ".ingesting"
WAIT_SECONDS = files.WAIT_SECONDS
TARGETS_NAME = "targets.txt"
"""One line a file that is about to be moved into place: its sha256 in the ledger and its path in the data folder."""
BEFORE_NAME = ".store-before"
"""Where a rebuild puts the former tables while the new ones take their place."""
_PREFIXES = (".staging-", ".workshop-")


@contextmanager
def hold_for_writing(folder: Path, purpose: str) -> Iterator[Path]:
    """Be the only process that writes to a data folder, with a staging folder that is gone afterwards.

    Parameters
    ----------
    folder : Path
        The data folder; made where it is missing.
    purpose : str
        As a person who has to wait is told: `shp ingest`.

    Raises
    ------
    StoreError
        Where another process goes on writing, or the operating system refuses to read or write.
    """
    with telling_disk_errors(folder), files.hold_folder(folder, LOCK_NAME, purpose, WAIT_SECONDS):
        sweep(folder)
        staging = folder / f"{_PREFIXES[0]}{uuid.uuid4().hex[:8]}"
        staging.mkdir()
        try:
            yield staging
        finally:
            sweep(folder)


def list_targets(folder: Path, staging: Path, targets: Iterable[tuple[str, Path]]) -> None:
    """Write down which files will be moved into place, before any of them is.

    Parameters
    ----------
    folder, staging : Path
    targets : iterable of (str, Path)
        The sha256 of the received file that each belongs to, and where it will lie.
    """
    lines = [f"{sha256} {path.relative_to(folder).as_posix()}\n" for sha256, path in targets]
    (staging / TARGETS_NAME).write_text("".join(lines), encoding="utf-8")


def sweep(folder: Path) -> None:
    """Remove what a writer that did not finish left behind; only the process that holds the data folder may.

    Parameters
    ----------
    folder : Path
        The data folder.
    """
    stores = (open_store(folder, simulated=False), open_store(folder, simulated=True))
    for store in stores:
        _restore_tables(store)
        sweep_drafts(store.raw_folder)
        sweep_drafts(store.tables_folder)
    left = [path for prefix in _PREFIXES for path in folder.glob(f"{prefix}*")]
    if left:
        known = {file.sha256 for store in stores for file in store.list_ledger()}
        for staging in left:
            _remove_unknown(folder, staging, known)
            shutil.rmtree(staging, ignore_errors=True)


def _restore_tables(store: Store) -> None:
    """Put a killed rebuild's former tables back where the new ones had not taken their place."""
    before = store.root / BEFORE_NAME
    if before.exists() and not store.tables_folder.exists():
        before.rename(store.tables_folder)
    shutil.rmtree(before, ignore_errors=True)


def _remove_unknown(folder: Path, staging: Path, known: Collection[str]) -> None:
    targets = staging / TARGETS_NAME
    for line in targets.read_text(encoding="utf-8").splitlines() if targets.exists() else ():
        sha256, _, inside = line.partition(" ")
        if sha256 not in known:
            path = folder / inside
            path.unlink(missing_ok=True)
            with suppress(OSError):  # a folder that holds anything else stays
                for parent in path.relative_to(folder).parents[:-1]:
                    (folder / parent).rmdir()
