"""The parts of a count that partners return, such as who referred, over twelve months or the paper's period."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from shp_analysis.assessments import Assessment
from shp_analysis.catalogue import RETURNS
from shp_analysis.cleared.reasons import NotShown
from shp_analysis.periods import Period
from shp_analysis.sources.code_tables import read_code_table
from shp_analysis.workbook import Run

UNKNOWN = "unknown"


@dataclass(frozen=True)
class Breakdown:
    """The parts of a count over a period.

    Attributes
    ----------
    assessment : Assessment
    heading : str
        What it is broken down by: "Who referred".
    period : Period
        Twelve months where the months or quarters add up to them.
    total : int
    counts : pandas.Series
        By category, the most first and what is not known last; missing where the partner withheld a part.
    """

    assessment: Assessment
    heading: str
    period: Period
    total: int
    counts: pd.Series

    @property
    def known(self) -> pd.Series:
        """The parts whose number was given."""
        return self.counts.dropna()

    @property
    def without(self) -> list[str]:
        """The categories from which none came."""
        return [str(name) for name, number in self.known.items() if not number and name != UNKNOWN]

    @property
    def withheld(self) -> list[str]:
        """The categories whose number the partner did not give."""
        return [str(name) for name in self.counts[self.counts.isna()].index]


def find_breakdown(run: Run, assessment: Assessment, breakdown: str) -> Breakdown | NotShown:
    """Add the parts of a partner's count up over the paper's twelve months, or its period where they do not add up.

    Parameters
    ----------
    run : Run
    assessment : Assessment
        Of a count with partners' returns.
    breakdown : str
        As partners' returns name it: `referral_route`, `main_substance`.

    Returns
    -------
    Breakdown or NotShown
        Not received where a month or quarter of it, or its whole, is missing; withheld where a part may not be shown in
        the edition.
    """
    _, measure = assessment.indicator.measure(RETURNS)
    records = run.opened.records_of(measure.records)
    adds_up = assessment.indicator.adds_over_periods
    period = assessment.period.twelve_months_to_end() if adds_up else assessment.period
    frame = records.counts[records.counts["measure"].isin(set(measure.include["measure"]))]
    spans = [records.read_period(label) for label in frame["period"]]
    frame = frame[np.array([period.start <= each.start and each.end <= period.end for each in spans], dtype=bool)]
    whole, parts = (frame[frame["breakdown"] == each] for each in ("total", breakdown))
    covered = {month for label in whole["period"] for month in records.read_period(label).months}
    if covered < set(period.months) or whole["sum_value"].isna().any() or parts.empty:
        return NotShown.NOT_RECEIVED
    if assessment.is_suppressed:
        return NotShown.WITHHELD
    if not run.gate.admits_counts(breakdown, records, pd.concat([whole, parts]), period):
        return NotShown.WITHHELD
    # A part that a partner withheld in one quarter is not known over the year.
    summed = parts.groupby("category")["sum_value"].agg(lambda column: column.sum(skipna=False))
    return Breakdown(assessment, _name_breakdown(breakdown), period, int(whole["sum_value"].sum()), _order(summed))


def _name_breakdown(breakdown: str) -> str:
    rows = read_code_table("partner_returns", "breakdowns.csv")
    return next(row["name"] for row in rows if row["breakdown"] == breakdown)


def _order(counts: pd.Series) -> pd.Series:
    ordered = counts.sort_values(ascending=False, kind="stable")
    return ordered.loc[[*(name for name in ordered.index if name != UNKNOWN), *counts.index.intersection([UNKNOWN])]]
