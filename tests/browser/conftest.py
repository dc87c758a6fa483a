"""The pages that the tests of this folder look at.

A page is looked at on a desk, on a phone and on paper by every test that asks for `view` or `printed_page`. To have
another page looked at, add it to `PAGES`: a name, and a function that gives its HTML.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import pytest
from browsing import WIDTHS, View, open_page
from page.demo_notebook import demo_html
from playwright.sync_api import Browser

PAGES: dict[str, Callable[[], str]] = {
    "simulated": demo_html,
    "real": partial(demo_html, is_simulated=False),
}


@pytest.fixture(scope="session", params=sorted(PAGES))
def html(request: pytest.FixtureRequest) -> str:
    return PAGES[request.param]()


@pytest.fixture(scope="session", params=sorted(WIDTHS))
def view(request: pytest.FixtureRequest, browser: Browser, html: str) -> Iterator[View]:
    """The page open on a desk and on a phone."""
    opened = open_page(browser, html, WIDTHS[request.param])
    yield opened
    opened.page.context.close()


@pytest.fixture(scope="session")
def printed_page(browser: Browser, html: str) -> bytes:
    """The page as a PDF on A4, without the browser's own switch for backgrounds."""
    opened = open_page(browser, html, WIDTHS["desk"])
    pdf = opened.page.pdf(prefer_css_page_size=True, print_background=False)
    opened.page.context.close()
    return pdf
