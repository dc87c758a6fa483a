"""What is kept of a failure, for whoever looks into it: in a private folder beside the data, never beside a pack."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

FAILED_NAME = "failed"
"""The folder below the data folder; only its owner may open it."""
_PRIVATE_FOLDER, _PRIVATE_FILE = 0o700, 0o600


def keep_trace(data_folder: Path, place: Path, contents: dict[str, str]) -> Path | None:
    """Keep what tells how something failed, in place of what was kept there before.

    Parameters
    ----------
    data_folder : Path
    place : Path
        Where below the folder of failures.
    contents : dict of str to str
        By file name.

    Returns
    -------
    Path or None
        The folder; None where nothing could be kept: the disk is full or the folder may not be written to.
    """
    folder = data_folder / FAILED_NAME / place
    with suppress(OSError):
        for each in (data_folder / FAILED_NAME, folder):
            each.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
            each.chmod(_PRIVATE_FOLDER)
        for former in folder.iterdir():
            if former.is_file():
                former.unlink()
        for name, content in contents.items():
            path = folder / name
            path.touch(mode=_PRIVATE_FILE)
            path.write_text(content, encoding="utf-8")
        return folder
    return None
