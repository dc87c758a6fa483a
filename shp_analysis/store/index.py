"""What every received file holds: its parts, and the publisher's headings it came with.

Each list ends in a line with the sha256 of all lines above it, so that a list that has lost or changed a line is
noticed when it is read. Of each part the list of parts says in which Parquet file its records are, and that file's own
sha256.
"""

from __future__ import annotations

import io
import json
from collections.abc import Collection, Sequence
from pathlib import Path

import pandas as pd

from shp_analysis.store.checksums import read_checked, write_checked

PARTS_NAME = "parts.csv"
HEADINGS_NAME = "headings.csv"
PART_COLUMNS = ("sha256", "table", "unit", "period", "member", "rows", "parquet_sha256")
"""One line of `store/parts.csv`: one part of a table - a force's month, a year, an indicator's window - in a file."""
HEADING_COLUMNS = ("sha256", "member", "tables", "headings")
"""One line of `store/headings.csv`: a published file, the tables made of it, and its headings as a JSON list."""


def read_parts(tables_folder: Path) -> pd.DataFrame:
    """Read which parts every received file holds.

    Returns
    -------
    pandas.DataFrame
        `sha256, table, unit, period, member, rows, parquet_sha256`; text, and whole numbers.

    Raises
    ------
    ValueError
        Where the list is not such a list, or is no longer as it was written.
    """
    types = {column: int if column == "rows" else str for column in PART_COLUMNS}
    lines = io.StringIO(read_checked(tables_folder / PARTS_NAME))
    return pd.read_csv(lines, dtype=types, usecols=list(PART_COLUMNS), keep_default_na=False)[list(PART_COLUMNS)]


def read_headings(tables_folder: Path) -> pd.DataFrame:
    """Read the headings that every published file came with.

    Returns
    -------
    pandas.DataFrame
        `sha256, member, tables, headings`; the last two are tuples of text.

    Raises
    ------
    ValueError
        Where the list is no longer as it was written, or is gone while the list of parts is there.
    """
    path = tables_folder / HEADINGS_NAME
    if not path.exists() and (tables_folder / PARTS_NAME).exists():
        raise ValueError("it is gone")
    if not path.exists():
        return pd.DataFrame(columns=list(HEADING_COLUMNS))
    frame = pd.read_csv(io.StringIO(read_checked(path)), dtype=str, keep_default_na=False)
    return frame.assign(
        tables=frame["tables"].map(lambda cell: tuple(cell.split())),
        headings=frame["headings"].map(lambda cell: tuple(json.loads(cell))),
    )


def write_index(
    tables_folder: Path, parts: Sequence[pd.DataFrame], headings: Sequence[pd.DataFrame], keep: Collection[str] = ()
) -> None:
    """Write both lists, each replaced by one rename: the lines of new files, and those of some files held before.

    Parameters
    ----------
    tables_folder : Path
    parts, headings : sequence of pandas.DataFrame
        Of the new files.
    keep : collection of str
        Sha256 of the files whose lines stay. Others drop out: an ingest that was killed may have left them behind.
    """
    for name, columns, added in ((PARTS_NAME, PART_COLUMNS, parts), (HEADINGS_NAME, HEADING_COLUMNS, headings)):
        path = tables_folder / name
        before = _read_lines(path) if path.exists() else pd.DataFrame(columns=list(columns), dtype=str)
        kept = before[before["sha256"].isin(set(keep))]
        after = pd.concat([kept, *(frame.astype(str) for frame in added)])
        write_checked(path, after.reindex(columns=list(columns)).to_csv(index=False, lineterminator="\n"))


def _read_lines(path: Path) -> pd.DataFrame:
    return pd.read_csv(io.StringIO(read_checked(path)), dtype=str, keep_default_na=False)
