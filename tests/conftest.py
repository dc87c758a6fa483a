"""What tests share: real published files where they are there, and a store of them."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from browsing import browser
from builders import ASB, build_records, steady
from hypothesis import settings
from police_files import read_months

from shp_analysis.assessment.area_records import SharedRecords
from shp_analysis.measures.records import AreaRecords
from shp_analysis.readers import police_uk
from shp_analysis.readers.police_uk_layout import Kind
from shp_analysis.store.intake import ingest
from shp_analysis.store.store import Store, open_store

pytest.register_assert_rewrite("refusals")
# How long a property takes depends on the machine and on what else it does, and is no failure.
settings.register_profile("project", deadline=None)
settings.load_profile("project")

__all__ = ["browser"]

SHARED_DATA = Path(__file__).parent.parent.parent / "shared" / "data"
ARCHIVES = (
    "cheshire-archive-2017-04.zip",
    "cheshire-archive-2024-06.zip",
    "cheshire-archive-2026-07.zip",
    "city-of-london-archive-2022-01.zip",
)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Give the folder of real published files."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"the published files are not here: {SHARED_DATA} is absent")
    return SHARED_DATA


@pytest.fixture(scope="session")
def police_archives(shared_data: Path) -> Path:
    """Give the folder of the real data.police.uk archives."""
    return shared_data / police_uk.SOURCE


@pytest.fixture(scope="session")
def published_street(police_archives: Path) -> dict[str, pd.DataFrame]:
    """Read every real archive's street records, once for all tests; they are not to be changed."""
    return {name: read_months(police_archives / name, Kind.STREET) for name in ARCHIVES}


@pytest.fixture(scope="session")
def published_store(police_archives: Path, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Take every real police file in, once for all tests; nothing more is to be taken in."""
    folder = tmp_path_factory.mktemp("published")
    for path in sorted(police_archives.iterdir()):
        if path.suffix in {".zip", ".csv"}:  # what is packed otherwise was counted from files, and is none of them
            ingest(path, folder=folder)
    return open_store(folder)


@pytest.fixture(scope="session")
def kept_assessments() -> SharedRecords:
    """Keep what is assessed for the tests that ask for `shared_assessments`."""
    return SharedRecords()


@pytest.fixture
def shared_assessments(kept_assessments: SharedRecords) -> Iterator[None]:
    """Share what is assessed with the other tests that ask for it, and with no other test."""
    with kept_assessments.used():
        yield


@pytest.fixture
def signal_handlers() -> Iterator[None]:
    """Give pytest its own handling of signals back, after a test of the command has set the command's."""
    former = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in former.items():
        signal.signal(number, handler)


@pytest.fixture(scope="session")
def two_years(tmp_path_factory: pytest.TempPathFactory) -> AreaRecords:
    """Twenty-four months: burglary 20 a month and then 40, drugs 1 a month, and one place with a festival."""
    months = steady("2023-04", 24, {"Burglary": 20, "Drugs": 1, ASB: 30})
    for label in ("2025-01", "2025-02", "2025-03"):
        months[label]["Burglary"] = 40
    return build_records(tmp_path_factory.mktemp("two-years"), months)
