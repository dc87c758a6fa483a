"""How often the whole judgement calls quiet indicators "up" or "down": breaks, gaps, numbers and test together.

Each indicator has sixty months with a season and nothing that changes. Its last quarter is set beside the same quarter
a year before, by the functions that a page uses, with the jumpiness that its own months show.
"""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd

from benchmarks.statistics_changes import (
    DISPERSIONS,
    LEAST_ALARMS,
    MONTHS,
    MOST_ALARMS,
    QUARTERS,
    SEED,
    Kind,
    simulate_months,
)
from benchmarks.tables import Measure
from shp_analysis.assessment.comparisons import compare_periods, judge_dispersion
from shp_analysis.assessment.verdicts import Basis, Verdict
from shp_analysis.measures.observations import OBSERVATION_COLUMNS
from shp_analysis.reference.periods import Month, Quarter

GOAL = f"{LEAST_ALARMS:.0f} to {MOST_ALARMS:.0f} %"
QUARTER = Quarter("2024-25 Q4")
DAYS_PER_MONTH = 30.4375
FEWEST_TESTED_SHARE = 0.5
"""Where fewer of the indicators are tested at all, there is no goal: too few events is the verdict then."""


def measure_verdicts(series: int) -> list[Measure]:
    """Judge so many quiet indicators of each size and jumpiness."""
    rows, everything = [], Counter[Verdict]()
    for quarter in QUARTERS:
        for dispersion in DISPERSIONS:
            verdicts = count_verdicts(Kind(quarter, (dispersion,)), series)
            name = f"verdicts, no change, {quarter:,} a quarter, dispersion {dispersion:.0f}: up or down"
            rows.append(_row(name, verdicts, series))
            if rows[-1].met is not None:
                everything += verdicts
    return [*rows, _row("verdicts, no change, all of these sizes and dispersions: up or down", everything, series)]


def count_verdicts(kind: Kind, series: int) -> Counter[Verdict]:
    """Count the verdicts on indicators in which nothing changes."""
    rng = np.random.default_rng([SEED, int(kind.quarter), int(kind.dispersions[0])])
    frame = _build_frame()
    found: Counter[Verdict] = Counter()
    days = np.array([(end - start).days + 1 for start, end in zip(frame.period_start, frame.period_end, strict=True)])
    for _ in range(series):
        # Nothing changes where as many events a day go on happening: a leap day brings its own.
        counts = simulate_months(rng, kind, kind.dispersions[0], days / DAYS_PER_MONTH).astype(int)
        observations = frame.assign(numerator=counts)
        dispersion = judge_dispersion(observations, QUARTER, ())
        same = QUARTER.same_last_year()
        found[compare_periods(Basis.SAME_QUARTER_LAST_YEAR, QUARTER, same, observations, (), dispersion).verdict] += 1
    return found


def _row(name: str, verdicts: Counter[Verdict], series: int) -> Measure:
    clear = verdicts[Verdict.UP] + verdicts[Verdict.DOWN]
    tested = clear + verdicts[Verdict.NO_CLEAR_CHANGE]
    share = 100 * clear / tested if tested else 0.0
    if tested < FEWEST_TESTED_SHARE * verdicts.total():
        reached = f"{clear} of {verdicts.total():,}; {verdicts[Verdict.TOO_FEW]:,} are too few to say"
        return Measure(name, "", reached, None, 3)
    # Chance alone moves a share of few series: where so, the goal is held to what they can tell.
    error = 100 * float(np.sqrt(0.05 * 0.95 / tested))
    is_met = LEAST_ALARMS - 2 * error <= share <= MOST_ALARMS + 2 * error if series < 1_000 else _is_within(share)  # noqa: PLR2004
    return Measure(name, GOAL, f"{share:.1f} % of {tested:,} tested (standard error {error:.1f})", is_met, 3)


def _is_within(share: float) -> bool:
    return LEAST_ALARMS <= share <= MOST_ALARMS


def _build_frame() -> pd.DataFrame:
    months = [QUARTER.months[-1]]
    while len(months) < MONTHS:
        months.append(months[-1].previous())
    months = list[Month](reversed(months))
    rows = [("ALL-01", "E06000006", each.start, each.end, "", 0, 129_759, False, "0" * 64) for each in months]
    return pd.DataFrame(rows, columns=list(OBSERVATION_COLUMNS)).astype({"denominator": "Int64"})
