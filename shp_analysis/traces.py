"""What is kept of a failure, for whoever looks into it: in a private folder beside the data, never beside a pack."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from pathlib import Path
from typing import Any

from shp_analysis.personal_data.finding import mask_personal_data

FAILED_NAME = "failed"
"""The folder below the data folder; only its owner may open it."""
_COLOUR = re.compile(r"\x1b\[[\d;]*m")
"""What colours a traceback on a screen, and would part a name in two."""
_PRIVATE_FOLDER, _PRIVATE_FILE = 0o700, 0o600


def keep_trace(data_folder: Path, place: Path, contents: dict[str, str]) -> Path | None:
    """Keep what tells how something failed, in place of what was kept there before, with particulars masked.

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
            path.write_text(mask_trace(name, content), encoding="utf-8")
        return folder
    return None


def mask_trace(name: str, content: str) -> str:
    """Mask particulars of persons in what is kept of a failure.

    Parameters
    ----------
    name : str
        A notebook (`.ipynb`) is masked in its outputs, its parameters and what papermill notes; other files line by
        line.
    content : str

    Returns
    -------
    str
    """
    if not name.endswith(".ipynb"):
        return _mask_lines(content)
    try:
        notebook = json.loads(content)
    except ValueError:  # half written when the disk was full
        return _mask_lines(content)
    for cell in notebook.get("cells", []):
        is_injected = "injected-parameters" in cell.get("metadata", {}).get("tags", [])
        for part in ("outputs", "metadata", *(("source",) if is_injected else ())):
            if part in cell:
                cell[part] = _mask_strings(cell[part])
    notebook["metadata"] = _mask_strings(notebook.get("metadata", {}))
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def _mask_lines(text: str) -> str:
    return "\n".join(mask_personal_data(line) for line in _COLOUR.sub("", text).split("\n"))


def _mask_strings(value: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
    if isinstance(value, str):
        return _mask_lines(value)
    if isinstance(value, list):
        return [_mask_strings(each) for each in value]
    if isinstance(value, dict):
        # A picture is letters and digits without meaning, and long.
        return {key: each if key.startswith("image/") else _mask_strings(each) for key, each in value.items()}
    return value
