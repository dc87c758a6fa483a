"""Every paper of every edition of the simulated borough's last eight quarters, made and checked as a run does.

Without kernels, so that all of them take minutes; a quarter of each edition goes through the real run in `test_runs`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from matrix.pages import make_page, read_faulty_numbers
from shp_analysis.config.parameters import read_editions
from shp_analysis.reference.periods import Quarter
from shp_analysis.runs.planning import Plan, plan_run
from shp_analysis.runs.runner import run_pack
from shp_analysis.store.store import open_store

LAST = Quarter("2024-25 Q4")
"""The newest quarter that the simulated borough has."""
EDITIONS = tuple(read_editions())


def list_quarters(last: Quarter = LAST, number: int = 8) -> tuple[Quarter, ...]:
    """List so many quarters, the newest first."""
    quarters = [last]
    while len(quarters) < number:
        quarters.append(quarters[-1].previous())
    return tuple(quarters)


QUARTERS = list_quarters()


def plan(data: Path, quarter: Quarter, edition: str, outputs: Path, *, papers: Sequence[str] | None = None) -> Plan:
    """Plan an edition as the command does, on the day on which the last file came in."""
    day = max(file.received_on for file in open_store(data, simulated=True).received_files())
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHP_DATA", str(data))
        return plan_run(
            quarter.label, edition=edition, papers=papers, as_of=day.isoformat(), simulated=True, outputs=outputs
        )


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("quarter", QUARTERS, ids=[quarter.slug for quarter in QUARTERS])
@pytest.mark.usefixtures("shared_assessments")
def test_every_paper_is_made(quarter: Quarter, edition: str, simulated_data: Path, tmp_path: Path) -> None:
    asked = plan(simulated_data, quarter, edition, tmp_path)
    if not asked.audience.prints_narrative:
        assert all(path.stat().st_size for path in run_pack(asked))
    pages = {paper: make_page(asked, paper, tmp_path) for paper in asked.papers}
    assert {paper: found for paper, html in pages.items() if (found := read_faulty_numbers(html))} == {}
    assert all(quarter.label in html or quarter.short_words in html for paper, html in pages.items() if paper.theme)
