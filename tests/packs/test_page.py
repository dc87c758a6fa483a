"""The published pages in a real browser: on a desk, on a phone and on A4 paper."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pypdfium2
import pytest
from axe_playwright_python.sync_playwright import Axe
from browser.test_pages import (
    READ_OVERFLOW,
    READ_TEXT_SIZES,
    SMALLEST_PIXELS,
    check_nothing_is_cut_off,
    check_paper_layout,
    read_words,
)
from browsing import ADDRESS, WIDTHS, View, open_page
from builders import HALTON
from playwright.sync_api import Browser

from shp_analysis.config.parameters import Paper, Theme, read_editions
from shp_analysis.reference.areas import read_area
from shp_analysis.runs.planning import Plan
from shp_analysis.runs.runner import run_pack
from shp_analysis.store.store import Store

from .whole_packs import QUARTER, make_pack

MOST_SHEETS = {**dict.fromkeys(map(Paper, Theme), 4), Paper.BOARD_SUMMARY: 1, Paper.ANNUAL_ASSESSMENT: 14}
"""On how many sides of A4 a paper may be printed."""
STUMBLE = re.compile(r"\.\.| [.,;:] |[?:;,]\.|\b(is|are|in|the|and|of|to) \1\b")
"""Two stops, a stop on its own, a word twice: what is left where words of paper and of the screen were put together."""
REAL = "real crime"
PAGES = (*read_editions()["board"].papers, REAL)
"""Every page of the simulated borough's board pack, and the crime paper of real files where they are at hand."""


def make_real_page(store: Store, outputs: Path) -> str:
    plan = Plan(
        period=QUARTER,
        area=read_area(HALTON),
        as_of=date(2026, 8, 31),
        edition="partnership",
        papers=(Paper.CRIME_AND_ASB,),
        store=store,
        data_folder=store.root,
        outputs_folder=outputs,
    )
    (page,) = run_pack(plan)
    return page.read_text(encoding="utf-8")


@pytest.fixture(scope="module", params=PAGES, ids=str)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def paper(name: str) -> Paper:
    return Paper.CRIME_AND_ASB if name == REAL else Paper(name)


@pytest.fixture(scope="module")
def html(request: pytest.FixtureRequest, name: str, paper: Paper, tmp_path_factory: pytest.TempPathFactory) -> str:
    if name == REAL:
        return make_real_page(request.getfixturevalue("published_store"), tmp_path_factory.mktemp("pages"))
    pack = make_pack(request.getfixturevalue("simulated_data"))
    return (pack / f"{paper.notebook}.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module", params=sorted(WIDTHS))
def view(request: pytest.FixtureRequest, browser: Browser, html: str) -> Iterator[View]:
    opened = open_page(browser, html, WIDTHS[request.param])
    yield opened
    opened.page.context.close()


@pytest.fixture(scope="module")
def sheets(browser: Browser, html: str) -> Iterator[pypdfium2.PdfDocument]:
    opened = open_page(browser, html, WIDTHS["desk"])
    document = pypdfium2.PdfDocument(opened.page.pdf(prefer_css_page_size=True))
    opened.page.context.close()
    yield document
    document.close()


def test_axe_finds_nothing_and_leaves_nothing_open(view: View) -> None:
    found = Axe().run(view.page).response
    assert [rule["id"] for rule in found["violations"]] == []
    assert [rule["id"] for rule in found["incomplete"]] == []


def test_the_page_asks_for_nothing(view: View) -> None:
    assert view.requests == [ADDRESS]


def test_the_page_itself_does_not_scroll_sideways(view: View) -> None:
    assert view.page.evaluate(READ_OVERFLOW)["page"] <= 0


def test_no_text_is_smaller_than_twelve_pixels(view: View) -> None:
    assert [words for size, words in view.page.evaluate(READ_TEXT_SIZES) if size < SMALLEST_PIXELS] == []


def test_it_prints_on_its_sheets_to_the_last_line(sheets: pypdfium2.PdfDocument, paper: Paper) -> None:
    assert len(sheets) <= MOST_SHEETS[paper]
    last_words = "The web edition names each." if paper.theme else "Run "
    assert last_words in read_words(sheets[len(sheets) - 1])


def test_nothing_is_cut_off_on_paper(
    browser: Browser, html: str, sheets: pypdfium2.PdfDocument, name: str, paper: Paper
) -> None:
    check_paper_layout(browser, html)
    check_nothing_is_cut_off(sheets, is_simulated=name != REAL)
    words = " ".join(read_words(sheet) for sheet in sheets)
    if paper.theme:
        assert "Change Twelve months Verdict" in words


def test_what_stands_on_paper_alone_is_good_english(sheets: pypdfium2.PdfDocument) -> None:
    words = " ".join(read_words(sheet) for sheet in sheets)
    stumble = STUMBLE.search(words)
    assert stumble is None, words[stumble.start() - 60 : stumble.end() + 60]
