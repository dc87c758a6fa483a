"""Papers on the real published files, of the periods that they hold most of: quarters, months and years."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from filelock import FileLock
from packs.conftest import LONGEST_WAIT, share_folder
from partner_return_files import make_row, write_return

from matrix.pages import make_page, read_faulty_numbers
from shp_analysis.errors import RequestError
from shp_analysis.runs.planning import plan_run
from shp_analysis.store.intake import ingest

RECEIVED = date(2026, 8, 1)
NOT_READ = ("README", "bank-holidays", "street-counts", "data-guide", "old-format", "city-of-london")
"""What lies beside the published files and is none of them, and a large archive of another force."""
PERIODS = ("2016-17 Q4", "2023-24 Q3", "2024-25 Q4", "2025-26 Q1", "February 2024", "March 2025", "2024")
QUARTERS_ONLY = {"scrutiny"}
MARAC_CASES = {"2023-24 Q3": 61, "2023-24 Q4": 66, "2024-25 Q1": 58, "2024-25 Q2": 70, "2024-25 Q3": 64}


@pytest.fixture(scope="session")
def published_data(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Take every published file in, whichever worker comes first: the data folder, which no test may change."""
    folder = share_folder(tmp_path_factory) / "published-data"
    with FileLock(f"{folder}.lock", timeout=LONGEST_WAIT):
        if not folder.exists():
            taken = folder.with_name("published-being-taken-in")
            for path in sorted(path for path in shared_data.rglob("*") if path.is_file()):
                if not any(name in str(path) for name in NOT_READ):
                    ingest(path, folder=taken, received_on=RECEIVED)
            taken.rename(folder)
    return folder


@pytest.mark.parametrize("edition", ["partnership", "public", "scrutiny"])
@pytest.mark.parametrize("period", PERIODS)
@pytest.mark.usefixtures("shared_assessments")
def test_every_paper_is_made_of_real_files(
    period: str, edition: str, published_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHP_DATA", str(published_data))
    asked = {"edition": edition, "as_of": RECEIVED.isoformat(), "simulated": False, "outputs": tmp_path}
    if edition in QUARTERS_ONLY and "Q" not in period:
        with pytest.raises(RequestError, match="is about a quarter"):
            plan_run(period, **asked)
        return
    plan = plan_run(period, **asked)
    pages = {paper: make_page(plan, paper, tmp_path) for paper in plan.papers}
    assert {paper: found for paper, html in pages.items() if (found := read_faulty_numbers(html))} == {}


@pytest.mark.parametrize("source", ["marac", "ndtms", "fingertips", "stats19/local_authority_traffic.csv"])
def test_every_theme_is_made_of_one_feed_alone(
    source: str, shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"
    for path in sorted(each for each in (shared_data / source, *(shared_data / source).glob("*")) if each.is_file()):
        if not any(name in str(path) for name in NOT_READ):
            ingest(path, folder=data, received_on=RECEIVED)
    monkeypatch.setenv("SHP_DATA", str(data))
    make_every_page("2024-25 Q4", tmp_path)


def test_every_theme_is_made_where_a_partner_returned_totals_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [make_row("marac_cases", str(count), period=period) for period, count in MARAC_CASES.items()]
    ingest(write_return(tmp_path, rows), folder=tmp_path / "data", received_on=RECEIVED)
    monkeypatch.setenv("SHP_DATA", str(tmp_path / "data"))
    make_every_page("2024-25 Q3", tmp_path)


def make_every_page(period: str, folder: Path) -> None:
    plan = plan_run(period, as_of=RECEIVED.isoformat(), simulated=False, outputs=folder)
    for paper in plan.papers:
        assert read_faulty_numbers(make_page(plan, paper, folder)) == []
