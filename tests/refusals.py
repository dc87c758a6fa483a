"""Wrong deliveries to write, and what every refusal has in common."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from police_files import Row, hash_tree, member_name, street_csv, street_rows, write_csv

from shp_analysis.errors import SourceError
from shp_analysis.store.intake import ingest

NAME = "2024-01-cheshire-street.csv"
MEMBER = member_name()

ADVICE = re.compile(
    r"[Ff]etch (it|the (archive|file)) again|fetch the archive from|[Uu]se the file as published|"
    r"Check the path|Keep one of the two|Do not use this file|Copy the file into the folder|leave the file out"
)
"""What a refusal may tell its reader to do."""

Build = Callable[[Path], Path]
"""Writes a delivery into a folder and gives its path."""


def check_refused(path: Path, data: Path, *fragments: str) -> str:
    """Take a delivery in, and check that it is refused in words that say what to do, and that nothing moved."""
    before, outside = hash_tree(data), hash_tree(path.parent)
    with pytest.raises(SourceError) as refusal:
        ingest(path, folder=data, received_on=date(2024, 6, 30))
    message = str(refusal.value)
    assert hash_tree(data) == before
    assert hash_tree(path.parent) == outside
    assert path.name in message
    assert "\n" not in message
    assert message.endswith(".")
    assert ADVICE.search(message), message
    for fragment in fragments:
        assert fragment in message
    return message


def one_csv(content: bytes, name: str = NAME) -> Build:
    def build(tmp_path: Path) -> Path:
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return build


def change_rows(change: Callable[[list[Row]], list[Row] | None], headings: tuple[str, ...] | None = None) -> Build:
    """Write a street file whose rows were changed first."""

    def build(tmp_path: Path) -> Path:
        rows = street_rows()
        rows = change(rows) or rows
        return one_csv(write_csv(rows, headings))(tmp_path)

    return build


def set_cell(row: int, heading: str, value: str) -> Build:
    """Write a street file with one cell changed; rows are numbered as a spreadsheet does."""

    def change(rows: list[Row]) -> None:
        rows[row - 2][heading] = value

    return change_rows(change)


def rename(old: str, new: str) -> Build:
    content = street_csv()
    headings, rest = content.split(b"\r\n", 1)
    assert headings.count(old.encode()) == 1
    return one_csv(headings.replace(old.encode(), new.encode()) + b"\r\n" + rest)


def swap_headings(one: str, other: str, content: bytes | None = None, name: str = NAME) -> Build:
    first, rest = (content or street_csv()).split(b"\r\n", 1)
    headings = first.decode().split(",")
    swapped = [{one: other, other: one}.get(heading, heading) for heading in headings]
    return one_csv(",".join(swapped).encode() + b"\r\n" + rest, name)


def swap_cells(rows: list[Row], one: str, other: str) -> list[Row]:
    return [{**row, one: row[other], other: row[one]} for row in rows]


def move_column(rows: list[Row], *headings: str) -> list[Row]:
    """Move columns down by one row against the others, the last cell coming up first."""
    moved = [rows[-1], *rows[:-1]]
    return [
        {**row, **{heading: above[heading] for heading in headings}} for row, above in zip(rows, moved, strict=True)
    ]
