"""Whether yearly rates rise or fall, and when a series may be called stable.

A trend needs five or more points that share no day, all of one meaning. Rolling twelve-month figures share most of
their days with their neighbours: a line through them "finds" trends in pure chance, so they are refused.

Two answers are given. The first is a model of counts with one yearly step and the dispersion of its own residuals. The
second, chi-squared for trend, is what the public health profiles (Fingertips) print: it takes chance to be the only
noise. The first decides, because counts that are jumpy by nature make the second see trends everywhere; where the two
differ, that is why.

References
----------
Armitage (1955), Biometrics 11, 375-386: chi-squared for trend.
McCullagh and Nelder (1989), Generalized Linear Models, 2nd ed., chapter 6 and section 4.5.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt
from scipy import stats

from shp_analysis.errors import PeriodError
from shp_analysis.statistics.changes import CONFIDENCE, Change
from shp_analysis.statistics.count_models import Floats, fit_counts

FEWEST_POINTS = 5
FEWEST_EVENTS_A_POINT = 5.0
"""No line is drawn through fewer events a year than this: one more or less would turn it."""
LARGEST_LOGARITHM = 700.0
"""Of a number that a computer can hold."""
STABLE_PERCENT = 5.0
"""A series is stable only where its change over twelve months lies within this, whole interval and all."""


class TrendVerdict(StrEnum):
    """What may be said; the words are printed."""

    RISING = "rising"
    FALLING = "falling"
    NO_CLEAR_TREND = "no clear trend"
    NOT_ENOUGH_POINTS = "not enough points"
    TOO_FEW_EVENTS = "too few events"


@dataclass(frozen=True)
class ChiSquaredTrend:
    """Chi-squared for trend, with one degree of freedom.

    Attributes
    ----------
    chi_squared : float
    p_value : float
        Two-sided, were chance the only noise.
    """

    chi_squared: float
    p_value: float


@dataclass(frozen=True)
class Trend:
    """A trend of rates, or why there is none.

    Attributes
    ----------
    verdict : TrendVerdict
    points : int
    percent_per_year, lower, upper : float or None
        Change of the rate from one year to the next, with its interval; None without enough points or events.
    p_value : float or None
        Of no trend, with the series' own dispersion.
    dispersion : float or None
        Variance over mean around the line; at least 1.
    chi_squared_trend : ChiSquaredTrend or None
        The second opinion.
    """

    verdict: TrendVerdict
    points: int
    percent_per_year: float | None = None
    lower: float | None = None
    upper: float | None = None
    p_value: float | None = None
    dispersion: float | None = None
    chi_squared_trend: ChiSquaredTrend | None = None

    @property
    def is_clear(self) -> bool:
        """Whether a direction may be named."""
        return self.verdict in {TrendVerdict.RISING, TrendVerdict.FALLING}


def assess_trend(
    counts: npt.ArrayLike,
    starts: npt.ArrayLike,
    ends: npt.ArrayLike,
    *,
    exposure: npt.ArrayLike | None = None,
    confidence: float = CONFIDENCE,
) -> Trend:
    """Assess the trend of counts of windows that do not overlap.

    Parameters
    ----------
    counts : array_like of float, shape (n,)
        Of windows of one meaning: no break in recording lies between them. Missing ones are left out.
    starts, ends : array_like of date, shape (n,)
        First and last day of each window, in any order.
    exposure : array_like of float, shape (n,), optional
        Residents times days, or whatever each was counted over; days where left out.
    confidence : float
        Of the interval and the verdict.

    Returns
    -------
    Trend
        With fewer than five points the verdict is "not enough points", with fewer than five events a point on average
        "too few events"; no figure exists then that could be printed.

    Raises
    ------
    PeriodError
        Where windows share a day or end before they start.
    """
    observed = np.asarray(counts, dtype=float)
    first, last = np.asarray(starts, dtype="datetime64[D]"), np.asarray(ends, dtype="datetime64[D]")
    check_windows_apart(first, last)
    days = (last - first).astype(float) + 1
    over = days if exposure is None else np.asarray(exposure, dtype=float)
    known = np.isfinite(observed) & np.isfinite(over)
    observed, over, days = observed[known], over[known], days[known]
    if len(observed) < FEWEST_POINTS:
        return Trend(TrendVerdict.NOT_ENOUGH_POINTS, len(observed))
    if observed.mean() < FEWEST_EVENTS_A_POINT:
        return Trend(TrendVerdict.TOO_FEW_EVENTS, len(observed))
    middles = (first[known] - first[known].min()).astype(float) + days / 2
    return _fit_trend(observed, (middles - middles.mean()) / 365.25, over, confidence)


def check_windows_apart(starts: npt.ArrayLike, ends: npt.ArrayLike) -> None:
    """Refuse windows that share days, such as rolling twelve months.

    Parameters
    ----------
    starts, ends : array_like of date, shape (n,)
        First and last day of each.

    Raises
    ------
    PeriodError
        Naming the first two that overlap.
    """
    order = np.argsort(np.asarray(starts, dtype="datetime64[D]"))
    first, last = (np.asarray(each, dtype="datetime64[D]")[order] for each in (starts, ends))
    backwards = np.flatnonzero(last < first)
    if len(backwards):
        which = backwards[0]
        raise PeriodError(f"A window ends on {last[which]}, before it starts on {first[which]}.")
    shared = np.flatnonzero(first[1:] <= last[:-1])
    if len(shared):
        which = shared[0]
        raise PeriodError(
            f"The windows {first[which]} to {last[which]} and {first[which + 1]} to {last[which + 1]} overlap. A trend "
            "is not drawn through rolling figures; give windows that share no day, such as whole years."
        )


def chi_squared_for_trend(counts: npt.ArrayLike, exposure: npt.ArrayLike, scores: npt.ArrayLike) -> ChiSquaredTrend:
    """Test rates for a trend as the public health profiles do, with chance as the only noise.

    Parameters
    ----------
    counts, exposure, scores : array_like of float, shape (n,)
        Events, what they were counted over, and when.

    Returns
    -------
    ChiSquaredTrend
        Read the p-value with care where counts are jumpy by nature: it is then far too small.
    """
    observed, over, when = (np.asarray(each, dtype=float) for each in (counts, exposure, scores))
    shares = over / over.sum()
    expected = observed.sum() * shares
    middle = float(shares @ when)
    spread = float(observed.sum() * (shares @ (when - middle) ** 2))
    chi_squared = float((when - middle) @ (observed - expected)) ** 2 / spread if spread > 0 else 0.0
    return ChiSquaredTrend(chi_squared, float(stats.chi2.sf(chi_squared, 1)))


def is_stable(quarter: Change, twelve_months: Change) -> bool:
    """Say whether a series may be called stable.

    Parameters
    ----------
    quarter : Change
        The quarter beside the same quarter last year.
    twelve_months : Change
        Twelve months beside the twelve before.

    Returns
    -------
    bool
        True only where neither is a clear change and the whole interval of the second lies within five per cent:
        "no clear change" alone may also mean that there was too little to see one by.
    """
    is_unchanged = not (quarter.is_clear or twelve_months.is_clear)
    return is_unchanged and twelve_months.lower >= -STABLE_PERCENT and twelve_months.upper <= STABLE_PERCENT


def _fit_trend(observed: Floats, years: Floats, over: Floats, confidence: float) -> Trend:
    model = fit_counts(observed, np.column_stack([np.ones(len(years)), years]), over)
    slope = float(model.coefficients[1])
    error = math.sqrt(model.unscaled_covariance[1, 1] * model.dispersion)
    reference = stats.t(model.degrees_of_freedom)
    half = float(reference.ppf((1 + confidence) / 2)) * error
    lower, upper = (_percent(limit) for limit in (slope - half, slope + half))
    verdict = TrendVerdict.NO_CLEAR_TREND
    if lower > 0 or upper < 0:
        verdict = TrendVerdict.RISING if lower > 0 else TrendVerdict.FALLING
    return Trend(
        verdict=verdict,
        points=len(observed),
        percent_per_year=_percent(slope),
        lower=lower,
        upper=upper,
        p_value=float(2 * reference.sf(abs(slope) / error)),
        dispersion=model.dispersion,
        chi_squared_trend=chi_squared_for_trend(observed, over, years),
    )


def _percent(logarithm: float) -> float:
    # One event in ten years leaves the slope open; its limit is then beyond any number.
    return 100 * math.expm1(logarithm) if logarithm < LARGEST_LOGARITHM else math.inf
