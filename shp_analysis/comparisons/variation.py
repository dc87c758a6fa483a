"""How jumpy a series is by nature: its recent months that mean the same as the period under test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from shp_analysis.catalogue import SeriesBreak
from shp_analysis.periods import Month, Period, count_months
from shp_analysis.statistics.changes import Dispersion, estimate_dispersion

HISTORY_MONTHS = 60
"""How far back the natural variation of a series is judged."""
ENOUGH_DEGREES_OF_FREEDOM = 10
"""With these the range is less than a seventh wider than with a history without end."""


def judge_dispersion(observations: pd.DataFrame, period: Period, breaks: Sequence[SeriesBreak]) -> Dispersion:
    """Judge how jumpy a series is by nature, from its months up to the period that mean the same as the period.

    The months between the period and the same one a year earlier are left out where the history is long enough
    without them: what happened in them is part of the change that is in question, and a step half-way would be taken
    for jumpiness.

    Parameters
    ----------
    observations : pandas.DataFrame
        Of one indicator in one area.
    period : Period
        The period under test.
    breaks : sequence of SeriesBreak
        Months beyond a confirmed break are left out.

    Returns
    -------
    Dispersion
    """
    recent = select_recent(observations, period)
    months = [Month.containing(start) for start in recent["period_start"]]
    confirmed = [each for each in breaks if each.is_confirmed]
    own, earlier = set(period.months), period.same_last_year()
    alike = np.array(
        [month in own or not any(each.separates(month, period.months[0]) for each in confirmed) for month in months],
        dtype=bool,
    )
    outside = np.array([month in own or month.end <= earlier.end for month in months], dtype=bool)
    found = _estimate(recent[alike & outside], len(period.months))
    return (
        found if found.residual_degrees >= ENOUGH_DEGREES_OF_FREEDOM else _estimate(recent[alike], len(period.months))
    )


def _estimate(observations: pd.DataFrame, tested_months: int) -> Dispersion:
    spans = list(zip(observations["period_start"], observations["period_end"], strict=True))
    positions = np.array([start.year * 12 + start.month - 1 for start, _ in spans])
    days = np.array([(end - start).days + 1 for start, end in spans], dtype=float)
    found = estimate_dispersion(observations["numerator"].to_numpy(), positions, days, tested_months=tested_months)
    return replace(found, months_each=max((count_months(*span) for span in spans), default=1))


def select_recent(observations: pd.DataFrame, period: Period) -> pd.DataFrame:
    """Give the observations of the last sixty months up to a period's end."""
    last = period.end.year * 12 + period.end.month
    positions = [start.year * 12 + start.month for start in observations["period_start"]]
    keep = np.array([last - HISTORY_MONTHS < position <= last for position in positions], dtype=bool)
    return observations[keep].reset_index(drop=True)
