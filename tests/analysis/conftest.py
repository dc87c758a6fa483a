"""What the tests of the analyst's functions share: the simulated borough's store, and runs opened on it."""

from __future__ import annotations

from pathlib import Path

import pytest
from packs.conftest import simulated_data

import shp_analysis as shp

__all__ = ["simulated_data"]
PERIOD = "2024-25 Q4"


@pytest.fixture(scope="session")
def crime(simulated_data: Path) -> shp.AnalysisRun:
    """Crime and anti-social behaviour, for the partnership."""
    return shp.open_run(PERIOD, data_folder=str(simulated_data), simulated=True)


@pytest.fixture(scope="session")
def abuse(simulated_data: Path) -> shp.AnalysisRun:
    """Domestic abuse, for the partnership."""
    return shp.open_run(PERIOD, theme="domestic_abuse", data_folder=str(simulated_data), simulated=True)


@pytest.fixture(scope="session")
def roads(simulated_data: Path) -> shp.AnalysisRun:
    """Road casualties, for the partnership."""
    return shp.open_run(PERIOD, theme="road_casualties", data_folder=str(simulated_data), simulated=True)


@pytest.fixture(scope="session")
def public(simulated_data: Path) -> shp.AnalysisRun:
    """Domestic abuse, for anyone."""
    return shp.open_run(
        PERIOD, theme="domestic_abuse", edition="public", data_folder=str(simulated_data), simulated=True
    )
