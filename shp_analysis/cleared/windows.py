"""Every window of a published figure that a paper may show, and England's of the same years."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from shp_analysis.assessments import Assessment
from shp_analysis.catalogue import Kind
from shp_analysis.measures.published import ENGLAND, read_published_of
from shp_analysis.workbook import Run


def recall_windows(run: Run, assessment: Assessment) -> Assessment:
    """Give a published figure every window up to its own: of three years each, few lie within sixty months."""
    if assessment.indicator.kind is not Kind.PUBLISHED or assessment.months.empty:
        return assessment
    _, measure = assessment.indicator.measure(assessment.source)
    found = read_published_of(run.opened.store, measure, assessment.area.code, as_of=run.as_of)
    is_past = np.array([end <= assessment.period.end for end in found["period_end"]], dtype=bool)
    return replace(assessment, months=found[is_past])


def read_england(run: Run, assessment: Assessment) -> pd.DataFrame:
    """Read England's published figures.

    Returns
    -------
    pandas.DataFrame
        `period_start, period_end, value`; no row where none was received or the figure is not a published one.
    """
    columns = ["period_start", "period_end", "value"]
    if assessment.indicator.kind is not Kind.PUBLISHED:
        return pd.DataFrame(columns=columns)
    _, measure = assessment.indicator.measure(assessment.source)
    return read_published_of(run.opened.store, measure, ENGLAND, as_of=run.as_of)[columns]
