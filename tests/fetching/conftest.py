"""What the tests of fetching share: a server that does as it is told, a store, and one round between them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from http_server import Script, serve_script
from police_files import hash_tree, write_archive

from shp_analysis.fetching import Fetched, Outcome, RetryPolicy, fetch
from shp_analysis.fetching.rounds import DOWNLOADS_NAME, LOCK_NAME
from shp_analysis.readers.downloads import choose_downloads
from shp_analysis.store.intake import ingest
from shp_analysis.store.store import open_store

PATH = "/data.police.uk/data/archive/latest.zip"
LATEST = choose_downloads(["police_uk"], readable={"police_uk"})
NAME = LATEST[0].file_name
HTML = b"<!DOCTYPE html><html><body>Down for maintenance</body></html>"
MODIFIED = "Wed, 01 Jul 2026 10:00:00 GMT"


class Naps(list[float]):
    """Notes how long would have been waited, and does not wait."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


@pytest.fixture
def server() -> Iterator[Script]:
    with serve_script() as script:
        yield script


@pytest.fixture
def archive(tmp_path: Path) -> bytes:
    """Three months: 36 rows."""
    return write_archive(tmp_path / "made" / "a.zip", ("2024-01", "2024-02", "2024-03")).read_bytes()


@pytest.fixture
def naps() -> Naps:
    return Naps()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A store that holds something already."""
    folder = tmp_path / "data"
    ingest(write_archive(tmp_path / "made" / "old-2024-01.zip", ("2023-12",)), folder=folder)
    return folder


def go(server: Script, data: Path, naps: Naps, downloads=LATEST, base: str | None = None, **retry_policy) -> Fetched:
    patient = RetryPolicy(**{"connect_seconds": 2, "stall_seconds": 5, "sleep": naps, **retry_policy})
    (fetched,) = fetch(downloads, folder=data, base_address=base or server.address, retry_policy=patient)
    return fetched


def hash_store(data: Path) -> dict[str, str]:
    """Hash all of the data folder but what is on its way."""
    return {path: digest for path, digest in hash_tree(data).items() if path.split("/")[0] != DOWNLOADS_NAME}


def held_months(data: Path) -> list[str]:
    store = open_store(data, simulated=False)
    return list(store.query("police_uk_street", "SELECT DISTINCT month FROM records ORDER BY month")["month"])


def list_downloads(data: Path) -> list[str]:
    found = (path for path in (data / DOWNLOADS_NAME).rglob("*") if path.is_file())
    return sorted(path.relative_to(data / DOWNLOADS_NAME).as_posix() for path in found if path.name != LOCK_NAME)


def check_refused(fetched: Fetched, before: dict[str, str], data: Path, *fragments: str) -> None:
    assert (fetched.outcome, fetched.rows) == (Outcome.FAILED, 0)
    for fragment in fragments:
        assert fragment in fetched.detail
    assert fetched.detail.endswith(".")
    assert "\n" not in fetched.detail
    assert hash_store(data) == before
