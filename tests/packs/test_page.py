"""The published briefing in a real browser: on a desk, on a phone and on A4 paper."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pypdfium2
import pytest
from axe_playwright_python.sync_playwright import Axe
from browser.test_pages import MOST_SHEETS, READ_OVERFLOW, READ_TEXT_SIZES, SMALLEST_PIXELS, read_words
from browsing import ADDRESS, WIDTHS, View, open_page
from playwright.sync_api import Browser

from shp_analysis.areas import read_area
from shp_analysis.parameters import Edition, Paper
from shp_analysis.periods import Quarter
from shp_analysis.planning import Plan
from shp_analysis.runner import run_pack
from shp_analysis.store import Store, open_store


def make_page(store: Store, data: Path, outputs: Path) -> str:
    plan = Plan(
        period=Quarter("2024-25 Q4"),
        area=read_area("Halton"),
        as_of=date(2026, 8, 31),
        edition=Edition.PARTNERSHIP,
        papers=(Paper.CRIME_AND_ASB,),
        store=store,
        data_folder=data,
        outputs_folder=outputs,
    )
    (page,) = run_pack(plan)
    return page.read_text(encoding="utf-8")


@pytest.fixture(scope="module", params=["simulated", "real"])
def html(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The briefing of the simulated borough, and of real files where they are at hand."""
    outputs = tmp_path_factory.mktemp("pages")
    if request.param == "real":
        store: Store = request.getfixturevalue("published_store")
        return make_page(store, store.root, outputs)
    data: Path = request.getfixturevalue("simulated_data")
    return make_page(open_store(data, simulated=True), data, outputs)


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


@pytest.mark.xfail(
    reason="not reached: with every section the crime paper prints on six sheets; the goal stays four", strict=False
)
def test_it_prints_on_at_most_four_sheets_of_a4(browser: Browser, html: str) -> None:
    opened = open_page(browser, html, WIDTHS["desk"])
    document = pypdfium2.PdfDocument(opened.page.pdf(prefer_css_page_size=True))
    opened.page.context.close()
    assert len(document) <= MOST_SHEETS
    assert "Files this paper rests on" in read_words(document[len(document) - 1])
    document.close()
