"""A run over a tiny store, whose figures the tests replace by series that can be checked by eye."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from builders import build_records, steady
from observing import observe

from shp_analysis.assessment.assessments import Assessment
from shp_analysis.assessment.signals import read_signals
from shp_analysis.config.catalogue import SeriesBreak
from shp_analysis.papers.run import Run, open_run
from shp_analysis.reference.periods import Month, Period, Quarter

QUARTER = Quarter("2024-25 Q4")
SHOWN = 60
Maker = Callable[..., Assessment]


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A crime paper of two years in which nothing changes."""
    folder = tmp_path_factory.mktemp("outlook")
    build_records(folder, steady("2023-04", 24, {"Burglary": 20, "Anti-social behaviour": 30}))
    return open_run(period=QUARTER.label, data_folder=str(folder / "data"), simulated=False)


@pytest.fixture(scope="session")
def make(run: Run) -> Maker:
    """Give an assessment of made-up counts, the last of which is March 2025, the last quarter of 2024-25."""

    def make(
        counts: Sequence[float | None],
        *,
        indicator: str = "ASB-01",
        breaks: Sequence[SeriesBreak] = (),
        unit: type[Period] = Month,
        period: Period = QUARTER,
    ) -> Assessment:
        first = unit.containing(period.end)
        for _ in range(len(counts) - 1):
            first = first.previous()
        observations = observe(counts, first)
        base = run.assessment(indicator)
        return replace(
            base,
            months=observations.tail(SHOWN).reset_index(drop=True),
            breaks=tuple(breaks),
            signals=read_signals(observations, period, breaks, base.indicator.polarity),
        )

    return make
