"""Hashing a file, and replacing one so that a reader finds the old one or the new one, and nothing between."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path


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
