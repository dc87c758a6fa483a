"""A real browser for the tests that look at pages, and the pages that they look at.

A page is looked at on a desk, on a phone and on paper by every test that asks for `view` or `printed_page`. To have
another page looked at, add it to `PAGES`: a name, and a function that gives its HTML.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest
from briefing.demo_notebook import demo_html
from playwright.sync_api import Browser, Page, Route, sync_playwright

PAGES: dict[str, Callable[[], str]] = {
    "simulated": demo_html,
    "real": partial(demo_html, is_simulated=False),
}
WIDTHS = {"desk": 1280, "phone": 390}
ADDRESS = "http://briefing.test/"
EXECUTABLES = ("chromium", "chromium-browser", "google-chrome")


@dataclass
class View:
    """A page as it is open in the browser, and every request that it made."""

    page: Page
    requests: list[str] = field(default_factory=list)

    def answer(self, route: Route, html: str) -> None:
        """Give the page itself, and refuse and note everything that it asks for."""
        if route.request.url == ADDRESS and not self.requests:
            self.requests.append(ADDRESS)
            route.fulfill(body=html, content_type="text/html")
        else:
            self.requests.append(route.request.url)
            route.abort()


def find_chromium() -> str | None:
    named = os.environ.get("SHP_CHROMIUM")
    if named:
        return named if Path(named).is_file() else None
    return next((path for name in EXECUTABLES if (path := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start Chromium once; without one the tests are skipped, or fail where SHP_REQUIRE_BROWSER=1."""
    executable = find_chromium()
    if executable is None:
        reason = f"no Chromium: put {', '.join(EXECUTABLES)} on the PATH, or name it in SHP_CHROMIUM"
        if os.environ.get("SHP_REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        # The sandbox needs rights that a container does not give; the page that is opened is our own.
        chromium = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        yield chromium
        chromium.close()


def open_page(browser: Browser, html: str, width: int) -> View:
    """Open a page at a width in CSS pixels, cut off from every network."""
    context = browser.new_context(viewport={"width": width, "height": 900}, locale="en-GB")
    view = View(context.new_page())
    view.page.route("**/*", lambda route: view.answer(route, html))
    view.page.goto(ADDRESS)
    return view


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
