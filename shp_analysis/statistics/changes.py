"""Comparing two counts, with an interval and a test that allow for how jumpy the series naturally is.

The question is whether two counts, each of events over its own exposure (days, or days times residents), could come
from one underlying rate. Given their sum, the later count is binomial, so the test is a test of one proportion: exact
for small counts, and the score test with the variance multiplied by the dispersion otherwise. The interval inverts
the same test, so it excludes "no change" exactly when the p-value is below the level.

References
----------
Przyborowski and Wilenski (1940), Biometrika 31, 313-323: the conditional test of two Poisson counts.
Wilson (1927), JASA 22, 209-212: the score interval of a proportion.
McCullagh and Nelder (1989), Generalized Linear Models, 2nd ed., section 4.5: dispersion from Pearson residuals.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats
from statsmodels.genmod.families import Poisson
from statsmodels.genmod.generalized_linear_model import GLM
from statsmodels.stats.proportion import proportion_confint
from statsmodels.tools.sm_exceptions import PerfectSeparationWarning, SingularMatrixWarning

CONFIDENCE = 0.95
EXACT_BELOW_TOTAL = 100
"""Two counts that together are fewer than this are tested exactly, where their dispersion allows it."""
ABOUT_ONE = 1.5
"""A dispersion up to this is near enough to pure chance for the exact test."""
FEWEST_DEGREES_OF_FREEDOM = 2
"""With less than this the residuals say nothing about dispersion."""
LONG_HISTORY_MONTHS = 24
"""From this many months on the estimate of dispersion is taken without comment."""
MONTHS_PER_BLOCK = 12


@dataclass(frozen=True)
class Dispersion:
    """How much more a series varies from month to month than pure chance (Poisson) would have it.

    Attributes
    ----------
    value : float
        Variance over mean after season and level are taken out; never below 1. 4 means that gaps must be twice as
        wide as chance alone asks before they are clear.
    degrees_of_freedom : float
        How much the estimate rests on; infinite where the value was given and not estimated.
    months : int
        How many months it was estimated from; 0 where it was assumed.
    """

    value: float = 1.0
    degrees_of_freedom: float = math.inf
    months: int = 0


@dataclass(frozen=True)
class Change:
    """Two counts compared.

    Attributes
    ----------
    baseline_count, count : int
    change_count : int
        `count - baseline_count`.
    change_percent : float or None
        Of the counts as they are; None where the baseline is 0.
    adjusted_percent : float or None
        Of the rates, where the exposures differ (a leap day, a grown population); else the same.
    lower, upper : float
        Interval of `adjusted_percent`, in per cent. `upper` is infinite where the baseline is 0.
    p_value : float
        Two-sided, of no change in the underlying rate.
    dispersion : Dispersion
    is_exact : bool
        Whether the exact test was used.
    """

    baseline_count: int
    count: int
    change_count: int
    change_percent: float | None
    adjusted_percent: float | None
    lower: float
    upper: float
    p_value: float
    dispersion: Dispersion
    is_exact: bool

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves out "no change"."""
        return self.lower > 0 or self.upper < 0


def compare_counts(
    baseline_count: int,
    count: int,
    *,
    baseline_exposure: float = 1.0,
    exposure: float = 1.0,
    dispersion: Dispersion | None = None,
    confidence: float = CONFIDENCE,
) -> Change:
    """Compare two counts of events.

    Parameters
    ----------
    baseline_count, count : int
        Earlier and later count, of windows that do not overlap.
    baseline_exposure, exposure : float
        What each was counted over, in one unit: days, or days times residents.
    dispersion : Dispersion, optional
        Of the series they belong to; pure chance where left out.
    confidence : float
        Of the interval.

    Returns
    -------
    Change
        Read `is_clear` first: unless it is true, nothing may be said to have risen or fallen.

    Raises
    ------
    ValueError
        Where a count is negative or an exposure is not positive.

    Examples
    --------
    >>> change = compare_counts(13_418, 13_546)
    >>> round(change.lower, 1), round(change.upper, 1), round(change.p_value, 2), change.is_clear
    (-1.4, 3.4, 0.44, False)
    """
    if min(baseline_count, count) < 0 or min(baseline_exposure, exposure) <= 0:
        counts, exposures = (baseline_count, count), (baseline_exposure, exposure)
        raise ValueError(f"counts {counts} must not be negative, and exposures {exposures} must be above zero")
    dispersion = dispersion or Dispersion()
    total = baseline_count + count
    share_if_unchanged = exposure / (baseline_exposure + exposure)
    is_exact = total < EXACT_BELOW_TOTAL and dispersion.value <= ABOUT_ONE
    if total == 0:
        lowest, highest, p_value = 0.0, 1.0, 1.0
    elif is_exact:
        lowest, highest, p_value = _exact(count, total, share_if_unchanged, confidence)
    else:
        lowest, highest, p_value = _score(count, total, share_if_unchanged, confidence, dispersion)
    odds_if_unchanged = exposure / baseline_exposure
    return Change(
        baseline_count=baseline_count,
        count=count,
        change_count=count - baseline_count,
        change_percent=_percent(count / baseline_count) if baseline_count else None,
        adjusted_percent=_percent(count / baseline_count / odds_if_unchanged) if baseline_count else None,
        lower=_percent(_odds(lowest) / odds_if_unchanged),
        upper=_percent(_odds(highest) / odds_if_unchanged),
        p_value=p_value,
        dispersion=dispersion,
        is_exact=is_exact,
    )


def estimate_dispersion(
    counts: npt.ArrayLike, months: npt.ArrayLike, days: npt.ArrayLike, *, tested_months: int
) -> Dispersion:
    """Estimate a monthly series' dispersion from its own history.

    A Poisson model with a level for each calendar month and a level for each block of time is fitted, with days as
    exposure; the dispersion is Pearson's chi-square over the degrees of freedom left. Blocks are twelve months long,
    counted back from the period under test, and that period is a block of its own: a change under test is not
    counted as noise.

    Parameters
    ----------
    counts : array_like of int, shape (n,)
        Monthly counts.
    months : array_like of int, shape (n,)
        When each was, as months since some origin divisible by 12, increasing; gaps are allowed.
    days : array_like of float, shape (n,)
        Exposure of each.
    tested_months : int
        How many of the last months are the period under test.

    Returns
    -------
    Dispersion
        1 with infinite degrees of freedom and 0 months where the history is too short to say.
    """
    frame = np.column_stack([np.asarray(array, dtype=float) for array in (counts, months, days)])
    last = frame[:, 1].max() if len(frame) else 0.0
    blocks = np.ceil(np.maximum(last - tested_months + 1 - frame[:, 1], 0) / MONTHS_PER_BLOCK).astype(int)
    seasons = (frame[:, 1] % MONTHS_PER_BLOCK).astype(int)
    keep = _has_events(frame[:, 0], blocks) & _has_events(frame[:, 0], seasons)
    counts_, days_, design = frame[keep, 0], frame[keep, 2], _design(seasons[keep], blocks[keep])
    degrees = len(counts_) - (np.linalg.matrix_rank(design) if len(counts_) else 0)
    if degrees < FEWEST_DEGREES_OF_FREEDOM:
        return Dispersion()
    with warnings.catch_warnings():
        # A series that its seasons and levels explain wholly is allowed: its dispersion is then the floor. So is one
        # with gaps that leave a season and a level in the same months: the fit is the same, and the rank was counted.
        warnings.simplefilter("ignore", PerfectSeparationWarning)
        warnings.simplefilter("ignore", SingularMatrixWarning)
        fit = GLM(counts_, design, family=Poisson(), exposure=days_).fit()
    return Dispersion(max(1.0, float(fit.pearson_chi2 / degrees)), float(degrees), len(counts_))


def _exact(count: int, total: int, share: float, confidence: float) -> tuple[float, float, float]:
    lowest, highest = proportion_confint(count, total, alpha=1 - confidence, method="beta")
    tails = stats.binom.cdf(count, total, share), stats.binom.sf(count - 1, total, share)
    # Twice the smaller tail, and not the sum of unlikelier outcomes, so that the test and the interval never disagree.
    return float(lowest), float(highest), min(1.0, 2 * float(min(tails)))


def _score(
    count: int, total: int, share: float, confidence: float, dispersion: Dispersion
) -> tuple[float, float, float]:
    reference = stats.t(dispersion.degrees_of_freedom) if math.isfinite(dispersion.degrees_of_freedom) else stats.norm
    tail = 2 * stats.norm.sf(reference.ppf((1 + confidence) / 2))
    lowest, highest = proportion_confint(
        count / dispersion.value, total / dispersion.value, alpha=tail, method="wilson"
    )
    z = (count - total * share) / math.sqrt(total * share * (1 - share) * dispersion.value)
    return max(0.0, float(lowest)), min(1.0, float(highest)), float(2 * reference.sf(abs(z)))


def _has_events(counts: npt.NDArray[np.float64], groups: npt.NDArray[np.int_]) -> npt.NDArray[np.bool_]:
    """Mark the observations whose group has any event: a level of zero fits perfectly and says nothing."""
    totals = np.bincount(groups, weights=counts) if len(groups) else np.zeros(0)
    return totals[groups] > 0 if len(groups) else np.zeros(0, dtype=bool)


def _design(seasons: npt.NDArray[np.int_], blocks: npt.NDArray[np.int_]) -> npt.NDArray[np.float64]:
    season_terms = (seasons[:, None] == np.unique(seasons)[None, :]).astype(float)
    block_terms = (blocks[:, None] == np.unique(blocks)[None, 1:]).astype(float)
    return np.hstack([season_terms, block_terms])


def _odds(share: float) -> float:
    return share / (1 - share) if share < 1 else math.inf


def _percent(ratio: float) -> float:
    return 100 * (ratio - 1)
