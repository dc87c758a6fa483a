"""Anhøj's two rules: whether the level of a series has shifted, though no single point stands out.

Where the level stays, points fall above and below the centre like tosses of a coin. A run on one side that is longer
than chance makes, or fewer changes of side than chance makes, say that it has not stayed. The rules speak of a whole
stretch, are right for any kind of value, and need no more than the values and their median, so they come before any
control chart. Of 100 charts in which nothing happened they call 1 with a dozen points, 2 with twenty, 5 with fifty;
with small counts, where many points share a value, up to 11 with a hundred.

References
----------
Anhøj and Olesen (2014), Run charts revisited, PLoS ONE 9, e113825.
Anhøj (2015), Diagnostic value of run chart analysis, PLoS ONE 10, e0121349.
Schilling (2012), The surprising predictability of long runs, Mathematics Magazine 85, 141-149: the longest run.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy import stats

from shp_analysis.statistics.chart_stretches import tolerance_of

FEWEST_USEFUL_POINTS = 10
"""The rules say nothing of fewer points off the centre."""
CROSSINGS_TAIL = 0.05


@dataclass(frozen=True)
class RunSignal:
    """Anhøj's two rules over one stretch.

    Attributes
    ----------
    useful_points : int
        Points off the centre; a point on it neither makes nor breaks a run.
    longest_run, longest_run_limit : int
        A run longer than the limit is a shift.
    crossings, crossings_limit : int
        Fewer crossings than the limit are a shift.
    """

    useful_points: int
    longest_run: int
    longest_run_limit: int
    crossings: int
    crossings_limit: int

    @property
    def is_signal(self) -> bool:
        """Whether either rule says that the level has not stayed the same; never with too few useful points."""
        unusual = self.longest_run > self.longest_run_limit or self.crossings < self.crossings_limit
        return self.useful_points >= FEWEST_USEFUL_POINTS and unusual


def assess_runs(values: npt.ArrayLike, centre: float) -> RunSignal:
    """Apply Anhøj's two rules to a stretch.

    Parameters
    ----------
    values : array_like of float, shape (n,)
        NaN is skipped: a run goes on across a gap.
    centre : float
        Usually the median; a NaN centre leaves nothing useful.

    Returns
    -------
    RunSignal
    """
    known = np.asarray(values, dtype=float)
    off = known[~np.isnan(known)] - centre
    above = off[np.abs(off) > tolerance_of(known)] > 0
    turns = np.flatnonzero(above[1:] != above[:-1]) + 1
    longest = int(np.diff(np.concatenate([[0], turns, [above.size]])).max(initial=0))
    longest_limit, crossings_limit = limit_runs(above.size)
    return RunSignal(above.size, longest, longest_limit, turns.size, crossings_limit)


@lru_cache(maxsize=1024)
def limit_runs(useful_points: int) -> tuple[int, int]:
    """Give the longest run and the fewest crossings that chance still makes.

    Parameters
    ----------
    useful_points : int
        Points off the centre.

    Returns
    -------
    longest_run, fewest_crossings : int
        log2(n) + 3, rounded; and the 5th percentile of n - 1 tosses of a coin.
    """
    if useful_points < 2:  # noqa: PLR2004 - one point has no neighbour to cross to
        return useful_points, 0
    return round(math.log2(useful_points) + 3), int(stats.binom.ppf(CROSSINGS_TAIL, useful_points - 1, 0.5))
