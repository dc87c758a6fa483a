"""A real browser, started once for all tests that look at pages; `conftest.py` makes `browser` their fixture."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, sync_playwright

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
