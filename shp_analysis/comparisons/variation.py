"""How jumpy a series is by nature: its recent months that mean the same as the period under test."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from shp_analysis.catalogue import SeriesBreak
from shp_analysis.periods import Month, Period
from shp_analysis.statistics.changes import Dispersion, estimate_dispersion

HISTORY_MONTHS = 60
"""How far back the natural variation of a series is judged."""


def judge_dispersion(observations: pd.DataFrame, period: Period, breaks: Sequence[SeriesBreak]) -> Dispersion:
    """Judge how jumpy a series is by nature, from its months up to the period that mean the same as the period.

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
    confirmed = [each for each in breaks if each.is_confirmed]
    recent = select_recent(observations, period)
    months = [Month.containing(start) for start in recent["period_start"]]
    own = set(period.months)
    alike = [month in own or not any(each.separates(month, period.months[0]) for each in confirmed) for month in months]
    positions = np.array([month.start.year * 12 + month.start.month - 1 for month in months])
    spans = zip(recent["period_start"], recent["period_end"], strict=True)
    days = np.array([(end - start).days + 1 for start, end in spans], dtype=float)
    return estimate_dispersion(
        recent["numerator"].to_numpy()[alike], positions[alike], days[alike], tested_months=len(period.months)
    )


def select_recent(observations: pd.DataFrame, period: Period) -> pd.DataFrame:
    """Give the observations of the last sixty months up to a period's end."""
    last = period.end.year * 12 + period.end.month
    positions = [start.year * 12 + start.month for start in observations["period_start"]]
    keep = np.array([last - HISTORY_MONTHS < position <= last for position in positions], dtype=bool)
    return observations[keep].reset_index(drop=True)
