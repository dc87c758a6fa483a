"""One quarter of every edition through the real run: papermill, kernels, checks and publication."""

from __future__ import annotations

from pathlib import Path

import pytest

from matrix.pages import read_faulty_numbers
from matrix.test_simulated import EDITIONS, QUARTERS, plan
from shp_analysis.reference.periods import Quarter
from shp_analysis.runs.runner import run_pack

PAIRS = [(QUARTERS[number % len(QUARTERS)], edition) for number, edition in enumerate(EDITIONS, start=1)]
"""Every edition, each of another quarter as far as there are enough."""


@pytest.mark.parametrize(("quarter", "edition"), PAIRS, ids=[f"{edition}-{quarter.slug}" for quarter, edition in PAIRS])
def test_an_edition_is_published(quarter: Quarter, edition: str, simulated_data: Path, tmp_path: Path) -> None:
    asked = plan(simulated_data, quarter, edition, tmp_path)
    published = run_pack(asked)
    # A preview holds its raw figures, and the form for comments as CSV and as a workbook.
    assert len(published) == (len(asked.papers) or 3)
    assert all(path.is_file() for path in published)
    pages = [path.read_text(encoding="utf-8") for path in published if path.suffix == ".html"]
    assert [read_faulty_numbers(page) for page in pages] == [[] for _ in pages]
