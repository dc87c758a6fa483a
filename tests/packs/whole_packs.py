"""Whole packs of the simulated borough, made once for all tests that read their pages, whichever worker runs them."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

from bs4 import BeautifulSoup
from builders import HALTON
from filelock import FileLock

from shp_analysis.config.parameters import Paper, read_editions
from shp_analysis.reference.areas import read_area
from shp_analysis.reference.periods import Quarter
from shp_analysis.runs.planning import Plan
from shp_analysis.runs.runner import run_pack
from shp_analysis.store.store import open_store

QUARTER = Quarter("2024-25 Q4")
COMMENTS_BY = date(2025, 5, 9)
LONGEST_WAIT = 900
"""Seconds that a worker waits while another one makes the pack."""


def make_plan(data: Path, edition: str, papers: tuple[Paper, ...] | None = None) -> Plan:
    """Plan an edition of the simulated borough's quarter."""
    store = open_store(data, simulated=True)
    return Plan(
        period=QUARTER,
        area=read_area(HALTON),
        # The day on which the last file of the store came in: everything is known.
        as_of=max(file.received_on for file in store.received_files()),
        edition=edition,
        papers=read_editions()[edition].papers if papers is None else papers,
        store=store,
        data_folder=data,
        outputs_folder=data.parent / "outputs",
        comments_by=COMMENTS_BY,
    )


@cache
def make_pack(data: Path, edition: str = "board") -> Path:
    """Make an edition of the simulated borough's quarter, or find the one that another worker made; give its folder."""
    plan = make_plan(data, edition)
    plan.outputs_folder.mkdir(exist_ok=True)
    with FileLock(plan.outputs_folder / f"{edition}.lock", timeout=LONGEST_WAIT):
        if plan.shelf.find_current() is None:
            run_pack(plan)
    current = plan.shelf.find_current()
    assert current is not None
    return current


def read_page(pack: Path, paper: Paper) -> BeautifulSoup:
    """Open one page of a pack."""
    return BeautifulSoup((pack / f"{paper.notebook}.html").read_text(encoding="utf-8"), "html.parser")


def read_words(page: BeautifulSoup) -> str:
    """Give all words of a page, with single spaces."""
    return " ".join(page.get_text(" ").split())
