"""Briefings in a real browser: on a desk, on a phone and on A4 paper."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pypdfium2
import pytest
from axe_playwright_python.sync_playwright import Axe
from browsing import ADDRESS, View, open_page
from playwright.sync_api import Browser

A4_POINTS = (595, 842)
MARGIN_MM = 10
EDGE_MM = 6
"""The yellow edge of simulated papers, inside the right margin."""
CONTENT_PIXELS = round((210 - 2 * MARGIN_MM) / 25.4 * 96)
MOST_SHEETS = 4
SMALLEST_PIXELS = 12
BANNER_YELLOW = (255, 221, 0)

READ_TEXT_SIZES = """() => {
  const sizes = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const words = walker.currentNode.textContent.trim();
    const style = getComputedStyle(walker.currentNode.parentElement);
    if (words) sizes.push([parseFloat(style.fontSize), words.slice(0, 40)]);
  }
  return sizes;
}"""
READ_OVERFLOW = """() => ({
  page: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  tables: [...document.querySelectorAll('.table-region')].map(region => [
    region.scrollWidth - region.clientWidth, region.querySelector('caption').innerText]),
})"""
READ_OUTSIDE = """() => {
  const main = document.querySelector('main').getBoundingClientRect();
  const isOutside = element => {
    const box = element.getBoundingClientRect();
    return box.width > 0 && (box.right > main.right + 1 || box.left < main.left - 1);
  };
  const found = [...document.querySelectorAll('main *')].filter(isOutside);
  return found.filter(e => !e.closest('.visually-hidden')).map(e => `${e.tagName} ${e.textContent.slice(0, 40)}`);
}"""
READ_FOCUS = """() => {
  const rectangle = document.activeElement.getBoundingClientRect();
  return [document.activeElement.className, getComputedStyle(document.activeElement).outlineStyle, rectangle.width];
}"""


@pytest.fixture(scope="session")
def sheets(printed_page: bytes) -> Iterator[pypdfium2.PdfDocument]:
    document = pypdfium2.PdfDocument(printed_page)
    yield document
    document.close()


def read_words(sheet: pypdfium2.PdfPage) -> str:
    return " ".join(sheet.get_textpage().get_text_range().split())


def points(millimetres: float) -> float:
    return millimetres / 25.4 * 72


def find_words_beyond(sheet: pypdfium2.PdfPage, right: float) -> str:
    """Give the letters of a sheet, its margins left out, that reach beyond a line from top to bottom, in points."""
    text, above = sheet.get_textpage(), points(MARGIN_MM)
    boxes = [(text.get_charbox(place), text.get_text_range(place, 1)) for place in range(text.count_chars())]
    return "".join(
        letter
        for (_, bottom, end, top), letter in boxes
        if end > right + 1 and bottom > above and top < A4_POINTS[1] - above and letter.strip()
    )


def check_nothing_is_cut_off(sheets: pypdfium2.PdfDocument, *, is_simulated: bool) -> None:
    """Hold every sheet to its margin and, to the yellow edge of simulated papers: beyond stands its own line alone."""
    edge = points(EDGE_MM) if is_simulated else 0
    for sheet in sheets:
        beyond = find_words_beyond(sheet, A4_POINTS[0] - points(MARGIN_MM) - edge)
        assert set(beyond) <= set("SIMULATED DATA\N{MIDDLE DOT}" if is_simulated else "")
        assert len(beyond) == (3 * len("SIMULATEDDATA") + 2 if is_simulated else 0)


def check_paper_layout(browser: Browser, html: str) -> None:
    """Lay a page out as wide as paper: nothing stands outside, no table is wider than its space, no type too small."""
    view = open_page(browser, html, CONTENT_PIXELS)
    view.page.emulate_media(media="print")
    found, sizes = view.page.evaluate(READ_OVERFLOW), view.page.evaluate(READ_TEXT_SIZES)
    outside = view.page.evaluate(READ_OUTSIDE)
    view.page.context.close()
    assert found["page"] == 0
    assert [table for table in found["tables"] if table[0] > 0] == []
    assert outside == []
    assert [size for size in sizes if size[0] < SMALLEST_PIXELS] == []


class TestOnScreen:
    def test_axe_finds_nothing_and_leaves_nothing_open(self, view: View):
        view.page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true })")
        found = Axe().run(view.page).response
        view.page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = false })")
        assert [rule["id"] for rule in found["violations"]] == []
        assert [rule["id"] for rule in found["incomplete"]] == []
        assert len(found["passes"]) > 20

    def test_the_page_asks_for_nothing(self, view: View):
        assert view.requests == [ADDRESS]

    def test_the_page_itself_does_not_scroll_sideways(self, view: View):
        assert view.page.evaluate(READ_OVERFLOW)["page"] == 0

    def test_no_text_is_smaller_than_twelve_pixels(self, view: View):
        assert [found for found in view.page.evaluate(READ_TEXT_SIZES) if found[0] < SMALLEST_PIXELS] == []

    def test_every_picture_is_drawn_at_a_size_at_which_its_type_was_set(self, view: View):
        pictures = view.page.locator("figure img:visible").all()
        assert len(pictures) == view.page.locator("figure").count()
        for picture in pictures:
            natural, shown = picture.evaluate("image => [image.naturalWidth, image.getBoundingClientRect().width]")
            assert natural > 0
            assert shown == pytest.approx(natural, abs=1)

    def test_the_keyboard_reaches_the_main_content_first(self, view: View):
        view.page.evaluate("document.activeElement.blur()")
        view.page.keyboard.press("Tab")
        assert view.page.evaluate("document.activeElement.textContent") == "Skip to the main content"
        view.page.keyboard.press("Enter")
        assert view.page.evaluate("document.activeElement.id") == "main"
        view.page.keyboard.press("Tab")
        name, outline, width = view.page.evaluate(READ_FOCUS)
        assert (name, outline) == ("table-region", "solid")
        assert width > 300

    def test_the_figures_behind_a_chart_open_without_a_script(self, view: View):
        table = view.page.locator("figure details table").first
        assert not table.is_visible()
        view.page.locator("figure summary").first.click()
        assert table.is_visible()
        view.page.locator("figure summary").first.click()

    def test_a_simulated_page_keeps_saying_so_as_it_is_scrolled(self, view: View):
        if not view.page.title().startswith("SIMULATED DATA"):
            assert "SIMULATED" not in view.page.inner_text("body").upper()
            return
        view.page.evaluate("window.scrollTo(0, 2000)")
        banner = view.page.locator(".briefing-simulated").bounding_box()
        view.page.evaluate("window.scrollTo(0, 0)")
        assert banner["y"] == pytest.approx(0, abs=1)


def test_a_wide_table_scrolls_in_its_own_region_on_a_phone_and_fits_a_desk(browser: Browser, html: str):
    for width, scrolls in ((390, True), (1280, False)):
        view = open_page(browser, html, width)
        overflow, caption = view.page.evaluate(READ_OVERFLOW)["tables"][0]
        view.page.context.close()
        assert "Scorecard" in caption
        assert (overflow > 0) is scrolls


def test_no_column_is_lost_on_paper(browser: Browser, html: str):
    check_paper_layout(browser, html)


def test_paper_stands_charts_side_by_side_and_shows_one_picture_of_each(browser: Browser, html: str):
    view = open_page(browser, html, CONTENT_PIXELS)
    view.page.emulate_media(media="print")
    widths = view.page.locator("figure img:visible").evaluate_all("images => images.map(image => image.width)")
    narrow = view.page.locator("figure.has-narrow img:visible").evaluate_all(
        "images => images.map(each => each.className)"
    )
    figures = view.page.locator("figure").count()
    view.page.context.close()
    assert len(widths) == figures
    assert min(widths) < CONTENT_PIXELS / 2
    assert narrow == ["narrow-picture"] * len(narrow) != []


class TestOnPaper:
    def test_sheets_are_a4_and_few(self, sheets):
        assert 1 < len(sheets) <= MOST_SHEETS
        for sheet in sheets:
            assert sheet.get_size() == pytest.approx(A4_POINTS, abs=1)

    def test_every_sheet_says_what_paper_it_is_of(self, sheets):
        for number, sheet in enumerate(sheets, start=1):
            words = read_words(sheet)
            assert f"Page {number} of {len(sheets)}" in words
            assert "Warrington: Crime and anti-social behaviour." in words

    def test_every_sheet_of_simulated_figures_says_so_in_words_and_colour(self, sheets):
        is_simulated = "The figures in this paper are invented" in read_words(sheets[0])
        for sheet in sheets:
            pixels = sheet.render(scale=0.5, rev_byteorder=True).to_numpy()[..., :3]
            is_yellow = (np.abs(pixels.astype(int) - BANNER_YELLOW) < 8).all(axis=2)
            assert ("SIMULATED DATA" in read_words(sheet)) is is_simulated
            assert bool(is_yellow.mean() > 0.01) is is_simulated

    def test_nothing_is_cut_off_at_the_margin_or_by_the_yellow_edge(self, sheets):
        is_simulated = "The figures in this paper are invented" in read_words(sheets[0])
        check_nothing_is_cut_off(sheets, is_simulated=is_simulated)
        assert find_words_beyond(sheets[0], A4_POINTS[0] / 2) != ""

    def test_headings_stand_with_what_they_head(self, sheets):
        for heading in ("Scorecard", "A closer look", "What partners say"):
            (sheet,) = [sheet for sheet in sheets if f" {heading} " in f" {read_words(sheet)} "]
            after = read_words(sheet).split(heading, 1)[1]
            assert len(after) > 200

    def test_paper_names_publishers_and_leaves_file_names_and_hashes_to_the_web_edition(self, sheets):
        (sheet,) = [sheet for sheet in sheets if " Sources " in f" {read_words(sheet)} "]
        after = read_words(sheet).split(" Sources ", 1)[1]
        assert "data.police.uk: 1 file" in after
        assert "The web edition names each." in after
        assert "3f" * 8 not in after.replace(" ", "")

    def test_the_numbers_behind_charts_are_left_to_the_web_edition(self, sheets):
        words = " ".join(read_words(sheet) for sheet in sheets)
        assert words.count("The numbers behind each chart, and more about it, are in the web edition.") == 1
        assert "Incidents of anti-social behaviour, by month" not in words
        assert "Skip to the main content" not in words
