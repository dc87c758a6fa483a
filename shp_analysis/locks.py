"""One writer at a time: a lock on a folder that the operating system releases when its holder ends, however it ends.

A second file beside the lock says who holds it, so that whoever has to wait can be told. It is a note and no lock: if
the holder was killed the note stays, and the next holder replaces it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from shp_analysis.errors import StoreError

WAIT_SECONDS = 60.0
_HOLDER_SUFFIX = ".holder"


@contextmanager
def hold_folder(folder: Path, name: str, purpose: str, wait_seconds: float = WAIT_SECONDS) -> Iterator[None]:
    """Be the only process that writes to a folder.

    Parameters
    ----------
    folder : Path
        Made where it is missing.
    name : str
        File name of the lock, such as `.publishing`.
    purpose : str
        What is being done, in words that a person who waits understands: `shp ingest`.
    wait_seconds : float
        How long to wait for another process; 0 refuses at once.

    Raises
    ------
    StoreError
        Where another process still holds the folder; the message names the process, its purpose and since when.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    holder = path.with_name(path.name + _HOLDER_SUFFIX)
    try:
        with FileLock(path, timeout=wait_seconds):
            holder.write_text(_describe_this_process(purpose), encoding="utf-8")
            try:
                yield
            finally:
                with suppress(OSError):
                    holder.unlink(missing_ok=True)
    except Timeout as error:
        message = f"{folder} is in use by {_name_holder(holder)}. Wait until it has ended and try again."
        raise StoreError(message) from error


def _describe_this_process(purpose: str) -> str:
    now = datetime.now().astimezone().isoformat(timespec="seconds")
    return json.dumps({"purpose": purpose, "process": os.getpid(), "since": now})


def _name_holder(path: Path) -> str:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return f"{found['purpose']} (process {found['process']}, since {found['since']})"
    except (OSError, ValueError, KeyError):
        return "another process"
