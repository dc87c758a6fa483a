"""A simulated Halton in a store of its own, shared by every test that runs whole packs."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from subprocess import CompletedProcess, run
from sys import executable
from typing import Protocol

import pytest

from shp_analysis.sample import write_simulated_borough
from shp_analysis.store import ingest

CHESHIRE = ("E06000006", "E06000007")


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
    """Halton and Warrington, sixty months, taken in: the data folder."""
    return _take_in(tmp_path_factory.mktemp("simulated"), CHESHIRE)


def _take_in(folder: Path, authorities: Sequence[str]) -> Path:
    for path in write_simulated_borough(folder / "published", authorities=authorities):
        ingest(path, folder=folder / "data")
    return folder / "data"
