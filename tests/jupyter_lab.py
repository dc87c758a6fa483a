"""A real JupyterLab on this machine, and what an analyst does in it: open a notebook, run all cells, save."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page
from processes import wait_until

LONGEST_WAIT_MS = 240_000
"""A machine that is busy with other tests may need minutes; how long it takes is not under test."""


@contextmanager
def serve_lab(folder: Path, settings: Path) -> Iterator[str]:
    """Start JupyterLab on a folder of notebooks, on a free port, and give the address of a notebook called NAME."""
    token = secrets.token_hex()
    folders = {f"JUPYTER_{name}_DIR": str(settings / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")}
    command = [sys.executable, "-m", "jupyter", "lab", "--no-browser", "--allow-root", f"--ServerApp.root_dir={folder}"]
    command += ["--ServerApp.ip=127.0.0.1", "--ServerApp.port=0", f"--IdentityProvider.token={token}"]
    command += ["--LabApp.news_url=None", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    with (settings / "log").open("wb") as log:
        server = subprocess.Popen(command, env={**os.environ, **folders}, stdout=log, stderr=log)
        try:
            yield f"{_wait_for_address(settings)}lab/tree/NAME?token={token}"
        finally:
            server.terminate()
            server.wait(timeout=60)


def run_all_cells(browser: Browser, address: str, name: str) -> Page:
    """Open a notebook, run all its cells, save it, and give the page as it then is."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB").new_page()
    page.set_default_timeout(LONGEST_WAIT_MS)
    page.goto(address.replace("NAME", name))
    page.wait_for_selector(".jp-StatusBar-Widget >> text=/Idle/")
    page.click("#jp-MainMenu >> text=Run")
    page.click('li[data-command="runmenu:run-all"]')
    indicator = "document.querySelector('.jp-Notebook-ExecutionIndicator').dataset.status"
    page.wait_for_function(f"{indicator} == 'busy'")
    page.wait_for_function(f"{indicator} == 'idle'")
    page.keyboard.press("Control+s")
    page.wait_for_selector(".jp-StatusBar-Widget >> text=/Saving completed/")
    return page


def _wait_for_address(settings: Path) -> str:
    runtime = settings / "runtime"
    if not wait_until(lambda: any(runtime.glob("jpserver-*.json"))):
        raise AssertionError((settings / "log").read_text(encoding="utf-8", errors="replace"))
    (described,) = runtime.glob("jpserver-*.json")
    return str(json.loads(described.read_text(encoding="utf-8"))["url"])
