"""What every received file holds: its parts, and the publisher's headings it came with."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

PARTS_NAME = "parts.csv"
HEADINGS_NAME = "headings.csv"
PART_COLUMNS = ("sha256", "table", "unit", "period", "member", "rows")
"""One line of `store/parts.csv`: one part of a table - a force's month, a year, an indicator's window - in a file."""
HEADING_COLUMNS = ("sha256", "member", "tables", "headings")
"""One line of `store/headings.csv`: a published file, the tables made of it, and its headings as a JSON list."""


def read_parts(tables_folder: Path) -> pd.DataFrame:
    """Read which parts every received file holds.

    Returns
    -------
    pandas.DataFrame
        `sha256, table, unit, period, member, rows`; text, and whole numbers.

    Raises
    ------
    ValueError
        Where the list is not such a list.
    """
    types = {column: int if column == "rows" else str for column in PART_COLUMNS}
    path = tables_folder / PARTS_NAME
    return pd.read_csv(path, dtype=types, usecols=list(PART_COLUMNS), keep_default_na=False)[list(PART_COLUMNS)]


def read_headings(tables_folder: Path) -> pd.DataFrame:
    """Read the headings that every published file came with.

    Returns
    -------
    pandas.DataFrame
        `sha256, member, tables, headings`; the last two are tuples of text.
    """
    path = tables_folder / HEADINGS_NAME
    if not path.exists():
        return pd.DataFrame(columns=list(HEADING_COLUMNS))
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    return frame.assign(
        tables=frame["tables"].map(lambda cell: tuple(cell.split())),
        headings=frame["headings"].map(lambda cell: tuple(json.loads(cell))),
    )


def add_to_index(tables_folder: Path, parts: Sequence[pd.DataFrame], headings: Sequence[pd.DataFrame]) -> None:
    """Add new files to both lists, each replaced by one rename."""
    _add(tables_folder / PARTS_NAME, PART_COLUMNS, parts)
    _add(tables_folder / HEADINGS_NAME, HEADING_COLUMNS, headings)


def _add(path: Path, columns: Sequence[str], added: Sequence[pd.DataFrame]) -> None:
    before = [pd.read_csv(path, dtype=str, keep_default_na=False)] if path.exists() else []
    after = pd.concat([*before, *(frame.astype(str) for frame in added)]) if before or added else pd.DataFrame()
    draft = path.with_suffix(".new")
    after.reindex(columns=list(columns)).drop_duplicates().to_csv(draft, index=False, lineterminator="\n")
    draft.replace(path)
