"""A simulated Halton in one store, shared by every test that runs whole packs, whichever worker runs it."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from subprocess import CompletedProcess, run
from sys import executable
from typing import Protocol

import pytest
from filelock import FileLock

from shp_analysis.reference.periods import Quarter
from shp_analysis.simulator import write_simulated_borough
from shp_analysis.store.intake import ingest

CHESHIRE = ("E06000006", "E06000007")
DAYS_TO_DELIVERY = timedelta(days=30)
"""The force sends a quarter's incidents a month after it; every other file of the borough says its day in its name."""
LONGEST_WAIT = 600
"""Seconds that a worker waits while another one makes what both need."""


class Shp(Protocol):
    """Runs the command line as a person or a scheduler would."""

    def __call__(self, *arguments: str, data: Path, folder: Path | None = None) -> CompletedProcess[str]: ...


@pytest.fixture(scope="session")
def shp() -> Shp:
    def call(*arguments: str, data: Path, folder: Path | None = None) -> CompletedProcess[str]:
        environment = {**os.environ, "SHP_DATA": str(data), "NO_COLOR": "1", "COLUMNS": "120"}
        command = [executable, "-m", "shp_analysis.cli", *arguments]
        return run(command, env=environment, cwd=folder, capture_output=True, text=True, timeout=300, check=False)

    return call


@pytest.fixture(scope="session")
def simulated_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Halton and Warrington, sixty months, taken in: the data folder, which no test may change."""
    folder = share_folder(tmp_path_factory) / "simulated"
    with FileLock(f"{folder}.lock", timeout=LONGEST_WAIT):
        if not (folder / "data").exists():
            shutil.rmtree(folder, ignore_errors=True)
            _take_in(folder, CHESHIRE).rename(folder / "data")
    return folder / "data"


def share_folder(factory: pytest.TempPathFactory) -> Path:
    """Give a folder of this run of the tests that all its workers share."""
    own = factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


def _take_in(folder: Path, authorities: Sequence[str]) -> Path:
    taken = folder / "being-taken-in"
    for path in write_simulated_borough(folder / "published", authorities=authorities):
        ingest(path, folder=taken, received_on=_find_delivery(path))
    return taken


def _find_delivery(path: Path) -> date | None:
    quarter = re.search(r"-incidents-(\d{4}-\d{2}-Q\d)", path.name)
    return Quarter(quarter[1]).end + DAYS_TO_DELIVERY if quarter else None
