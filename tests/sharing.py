"""What many tests ask of the same records, assessed once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from shp_analysis import readiness, workbook
from shp_analysis.assessments import Assessment
from shp_analysis.catalogue import Indicator
from shp_analysis.opened_records import OpenedRecords
from shp_analysis.periods import Period


class SharedAssessments:
    """Records opened once, and each indicator of an area and period assessed once, for all papers made with them."""

    def __init__(self) -> None:
        self._opened: dict[tuple[Any, ...], OpenedRecords] = {}
        self._assessed: dict[tuple[Any, ...], Assessment] = {}

    @contextmanager
    def used(self) -> Iterator[None]:
        """Answer from what was assessed before, until the test is over."""
        open_anew: Callable[..., OpenedRecords] = workbook.open_records
        assess_anew = OpenedRecords.assess

        def open_shared(**asked: Any) -> OpenedRecords:
            key = tuple(sorted(asked.items()))
            if key not in self._opened:
                self._opened[key] = open_anew(**asked)
            return replace(self._opened[key], _noted={})  # which files a page rests on is its own

        def assess_shared(
            records: OpenedRecords, indicator: Indicator, period: Period, source: str | None = None
        ) -> Assessment:
            if indicator != records.catalogue.indicator(indicator.id):  # a variant that a page makes for itself
                return assess_anew(records, indicator, period, source)
            key = (records.store.root, records.as_of, records.area.code, indicator.id, period, source)
            if key not in self._assessed:
                self._assessed[key] = assess_anew(records, indicator, period, source)
            return self._assessed[key]

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(workbook, "open_records", open_shared)
            patch.setattr(readiness, "open_records", open_shared)
            patch.setattr(OpenedRecords, "assess", assess_shared)
            yield
