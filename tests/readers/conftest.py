"""A store to knock at."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from police_files import write_archive

from shp_analysis.store.intake import ingest


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    """Give a data folder that already holds a month."""
    folder = tmp_path_factory.mktemp("data") / "kept"
    ingest(write_archive(folder.parent / "first.zip", ["2023-12"]), folder=folder, received_on=date(2024, 2, 1))
    return folder
