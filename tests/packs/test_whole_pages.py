"""The summary and the annual assessment in a real browser: on a desk, on a phone and on A4 paper."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest
from axe_playwright_python.sync_playwright import Axe
from browser.test_pages import READ_OVERFLOW, READ_TEXT_SIZES, SMALLEST_PIXELS, read_words
from browsing import ADDRESS, WIDTHS, View, open_page
from playwright.sync_api import Browser

from shp_analysis.parameters import Paper

from .whole_packs import make_pack

MOST_SHEETS = {Paper.BOARD_SUMMARY: 1, Paper.ANNUAL_ASSESSMENT: 14}


def read_html(data: Path, paper: Paper) -> str:
    return (make_pack(data) / f"{paper.notebook}.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module", params=MOST_SHEETS, ids=str)
def paper(request: pytest.FixtureRequest) -> Paper:
    return Paper(request.param)


@pytest.fixture(scope="module")
def html(simulated_data: Path, paper: Paper) -> str:
    return read_html(simulated_data, paper)


@pytest.fixture(scope="module", params=sorted(WIDTHS))
def view(request: pytest.FixtureRequest, browser: Browser, html: str) -> Iterator[View]:
    opened = open_page(browser, html, WIDTHS[request.param])
    yield opened
    opened.page.context.close()


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


def test_it_prints_on_its_sheets_to_the_last_line(browser: Browser, html: str, paper: Paper) -> None:
    opened = open_page(browser, html, WIDTHS["desk"])
    document = pypdfium2.PdfDocument(opened.page.pdf(prefer_css_page_size=True))
    opened.page.context.close()
    last = read_words(document[len(document) - 1])
    sheets = len(document)
    document.close()
    assert sheets <= MOST_SHEETS[paper]
    assert "Run " in last
