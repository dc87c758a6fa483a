"""What the README says is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from shp_analysis.statistics.changes import Change, compare_counts
from shp_analysis.statistics.dispersions import Dispersion

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
_ROW = re.compile(r"^\| ([\d,]+) \| ([\d,]+) \| ([\d,]+) \| ([\d,]+) \| ([\d,]+|never) \|$", re.MULTILINE)


def _number(cell: str) -> int:
    return int(cell.replace(",", ""))


ROWS = [tuple(row) for row in _ROW.findall(README)]


def test_the_table_of_clear_changes_is_there() -> None:
    assert [_number(row[0]) for row in ROWS] == [10, 20, 50, 100, 200, 500, 1_000, 3_000, 13_418]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_the_table_of_clear_changes_is_right(row: tuple[str, ...]) -> None:
    base = _number(row[0])

    def change(count: int, dispersion: float) -> Change:
        return compare_counts(base, count, dispersion=Dispersion(dispersion))

    for (up, down), dispersion in (((row[1], row[2]), 1.0), ((row[3], row[4]), 4.0)):
        assert change(_number(up), dispersion).is_clear
        assert not change(_number(up) - 1, dispersion).is_clear
        if down == "never":
            assert not change(0, dispersion).is_clear
        else:
            assert change(_number(down), dispersion).is_clear
            assert not change(_number(down) + 1, dispersion).is_clear


def test_every_file_that_the_readme_names_exists() -> None:
    named = re.findall(r"`((?:notebooks|shp_analysis|parameters|tests|docs)/[\w./-]*)`", README)
    named += re.findall(r"\]\((docs/[\w./-]+)\)", README)
    assert named
    missing = [name for name in named if not (ROOT / name).exists()]
    assert missing == []
