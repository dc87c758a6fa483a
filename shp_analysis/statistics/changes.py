"""Comparing two counts, and one change with another, allowing for how jumpy the series naturally is.

The question is whether two counts, each of events over its own exposure (days, or days times residents), could come
from one underlying rate. Given their sum, the later count is binomial, so the test is a test of one proportion: exact
for small counts whose series has no history, and the score test with the variance multiplied by the dispersion
otherwise. The interval inverts the same test, so it excludes "no change" exactly when the p-value is below the level.

Whether something changed differently here than elsewhere is asked of one change divided by the other, and of whether
the range of that ratio leaves out 1: two ranges that overlap do not show that two changes are alike, and two that do
not are rarer than they need be.

References
----------
Przyborowski and Wilenski (1940), Biometrika 31, 313-323: the conditional test of two Poisson counts.
Wilson (1927), JASA 22, 209-212: the score interval of a proportion.
Altman and Bland (2003), BMJ 326, 219: compare two estimates by the difference of their logarithms, not by whether
each is clear.
Zou and Donner (2008), Statistics in Medicine 27, 1693-1702: the interval of a difference from two separate intervals,
here of the logarithms of two ratios.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from shp_analysis.errors import RequestError
from shp_analysis.statistics.dispersions import Dispersion
from shp_analysis.statistics.intervals import CONFIDENCE

EXACT_BELOW_TOTAL = 100
"""Two counts that together are fewer than this are tested exactly, where their dispersion was given and allows it. The
exact test is more careful than its level; where a history says how jumpy the series is, the score test is nearer."""
ABOUT_ONE = 1.5
"""A dispersion up to this is near enough to pure chance for the exact test."""


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
    is_exact = total < EXACT_BELOW_TOTAL and dispersion.of_sums <= ABOUT_ONE and math.isinf(dispersion.degrees_of_sums)
    lowest, highest, p_value = _test(count, total, share_if_unchanged, confidence, dispersion, is_exact=is_exact)
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


def _test(
    count: int, total: int, share: float, confidence: float, dispersion: Dispersion, *, is_exact: bool
) -> tuple[float, float, float]:
    """Give the interval of the later count's share of both, and the p-value of the share that no change would give."""
    if total == 0:
        return 0.0, 1.0, 1.0
    return (_exact if is_exact else _score)(count, total, share, confidence, dispersion)


def _exact(count: int, total: int, share: float, confidence: float, _: Dispersion) -> tuple[float, float, float]:
    lowest, highest = proportion_confint(count, total, alpha=1 - confidence, method="beta")
    tails = stats.binom.cdf(count, total, share), stats.binom.sf(count - 1, total, share)
    # Twice the smaller tail, and not the sum of unlikelier outcomes, so that the test and the interval never disagree.
    return float(lowest), float(highest), min(1.0, 2 * float(min(tails)))


def _score(
    count: int, total: int, share: float, confidence: float, dispersion: Dispersion
) -> tuple[float, float, float]:
    degrees = dispersion.degrees_of_sums
    reference = stats.t(degrees) if math.isfinite(degrees) else stats.norm
    tail = 2 * stats.norm.sf(reference.ppf((1 + confidence) / 2))
    lowest, highest = 0.0, 1.0
    if tail > 0:
        effective = count / dispersion.of_sums, total / dispersion.of_sums
        lowest, highest = proportion_confint(*effective, alpha=tail, method="wilson")
    z = (count - total * share) / math.sqrt(total * share * (1 - share) * dispersion.of_sums)
    return max(0.0, float(lowest)), min(1.0, float(highest)), float(2 * reference.sf(abs(z)))


def _odds(share: float) -> float:
    return share / (1 - share) if share < 1 else math.inf


def _percent(ratio: float) -> float:
    return 100 * (ratio - 1)


@dataclass(frozen=True)
class ChangeRatio:
    """One change over another.

    Attributes
    ----------
    ratio, lower, upper : float
        1 where both changed in the same proportion. 0.54 means: for every 100 that there would have been here, had
        things gone as they did elsewhere, there were 54.
    expected : float
        How many there would have been here.
    p_value : float
        Two-sided, of both having changed alike; the range's own, inverted.
    """

    ratio: float
    lower: float
    upper: float
    expected: float
    p_value: float

    @property
    def is_clear(self) -> bool:
        """Whether the range leaves out that both changed alike."""
        return self.lower > 1 or self.upper < 1


def compare_changes(own: Change, other: Change) -> ChangeRatio:
    """Divide a change of counts by another one.

    Parameters
    ----------
    own, other : Change
        Of the same two periods, in places that share no event: an area's own events must be left out of the country's.

    Returns
    -------
    ChangeRatio
        Its range puts the two ranges together, so it allows for whatever each of them allows for.

    Raises
    ------
    RequestError
        Where one of the four counts is 0, so that a change is no ratio.

    Examples
    --------
    >>> from shp_analysis.statistics.changes import compare_counts
    >>> found = compare_changes(compare_counts(270, 152), compare_counts(7_087, 7_291))
    >>> round(found.ratio, 2), round(found.expected), found.is_clear
    (0.55, 278, True)
    """
    here, there = _to_logs(own), _to_logs(other)
    apart = here[0] - there[0]
    below = math.hypot(here[0] - here[1], there[2] - there[0])
    above = math.hypot(here[2] - here[0], there[0] - there[1])
    ratio, towards_one = math.exp(apart), below if apart > 0 else above
    z = stats.norm.ppf((1 + CONFIDENCE) / 2) * abs(apart) / towards_one
    p_value = float(2 * stats.norm.sf(z))
    return ChangeRatio(ratio, math.exp(apart - below), math.exp(apart + above), own.count / ratio, p_value)


def _to_logs(change: Change) -> tuple[float, float, float]:
    if min(change.baseline_count, change.count) <= 0 or change.adjusted_percent is None:
        raise RequestError(
            f"a change from {change.baseline_count} to {change.count} is no ratio; give the two counts and compare "
            "nothing"
        )
    now, low, high = (1 + percent / 100 for percent in (change.adjusted_percent, change.lower, change.upper))
    return math.log(now), math.log(low), math.log(high)
