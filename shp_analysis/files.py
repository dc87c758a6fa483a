"""Files: their hashes, replacing them whole, and locks under which one process writes at a time.

A second file beside the lock says who holds it, so that whoever has to wait can be told. It is a note and no lock: if
the holder was killed the note stays, and the next holder replaces it.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from shp_analysis.errors import StoreError


def hash_file(path: Path) -> str:
    """Give a file's sha256 as 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def replace_file(path: Path, content: bytes, mode: int | None = None) -> None:
    """Write a file whole or not at all, by one atomic rename, whatever happens meanwhile.

    Parameters
    ----------
    path : Path
        What a stopped process leaves lies beside it, as `.NAME.new`.
    content : bytes
    mode : int, optional
        Who may read it; as the system has it where left out.
    """
    draft = path.with_name(f".{path.name}.new")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    if mode is not None:
        draft.chmod(mode)
    draft.replace(path)


def sweep_drafts(folder: Path) -> None:
    """Remove what stopped processes left of files that they were replacing in a folder that nobody else writes to."""
    for draft in folder.glob(".*.new"):
        if draft.is_file():
            draft.unlink()


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
