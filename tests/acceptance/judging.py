"""Two figures of a paper, judged and told as a page would."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
from builders import HALTON
from observing import observe

from shp_analysis.assessment.assessments import Assessment, assess_unmeasured
from shp_analysis.assessment.comparisons import compare_periods
from shp_analysis.assessment.verdicts import Basis, Comparison
from shp_analysis.config.catalogue import Kind, SeriesBreak, read_catalogue
from shp_analysis.reference.areas import read_area
from shp_analysis.reference.periods import CalendarYear, Period
from shp_analysis.statistics.dispersions import Dispersion
from shp_analysis.text.sentences import state

CATALOGUE = read_catalogue()


def judge(
    then: int,
    now: int,
    *,
    baseline: Period | None = None,
    period: Period | None = None,
    breaks: Sequence[SeriesBreak] = (),
    dispersion: Dispersion | None = None,
    kind: Kind = Kind.COUNT,
) -> Comparison:
    """Judge two counts of two years, 2022 and 2023 where none are given."""
    periods = (baseline or CalendarYear("2022"), period or CalendarYear("2023"))
    rows = [observe([count], each) for count, each in zip((then, now), periods, strict=True)]
    observations = pd.concat(rows, ignore_index=True)
    basis = Basis.SAME_PERIOD_LAST_YEAR
    return compare_periods(basis, periods[1], periods[0], observations, breaks, dispersion or Dispersion(), kind)


def put(comparison: Comparison, indicator: str = "ALL-01") -> Assessment:
    """Give a comparison as an assessment of an indicator in Halton."""
    empty = assess_unmeasured(CATALOGUE.indicator(indicator), comparison.period, read_area(HALTON), None)
    return replace(
        empty,
        count=comparison.count,
        comparisons=(comparison,),
        verdict=comparison.verdict,
        reasons=comparison.reasons,
    )


def tell(comparison: Comparison, indicator: str = "ALL-01") -> str:
    """Give the sentence that a page prints of a comparison."""
    return state(put(comparison, indicator)).text
