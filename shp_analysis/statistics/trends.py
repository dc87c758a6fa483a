"""Season and trend of a series of months or quarters.

With three years or more, a model of counts with a term for each calendar month is fitted, and a slow change of level
that may bend is allowed for, so that growth is not read as season. With less, the same quarter of earlier years is all
there is to compare with (`compare_with_same_quarters`).

A trend needs five or more points that share no day, all of one meaning. Rolling twelve-month figures share most of
their days with their neighbours: a line through them "finds" trends in pure chance, so they are refused.

The trend is a model of counts with one yearly step and the dispersion of its own residuals. Chi-squared for trend,
which the public health profiles (Fingertips) print, takes chance to be the only noise: where counts are jumpy by nature
it sees trends everywhere.

References
----------
McCullagh and Nelder (1989), Generalized Linear Models, 2nd ed., chapter 6 (log-linear models with an offset) and
section 4.5.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt
from scipy import stats

from shp_analysis.errors import PeriodError
from shp_analysis.statistics.changes import Change
from shp_analysis.statistics.dispersions import CountModel, Floats, fit_counts
from shp_analysis.statistics.intervals import CONFIDENCE

MONTHS_PER_YEAR = 12
FEWEST_MONTHS = 36
"""Fewer months than this cannot tell a season from an accident."""
FEWEST_EARLIER_QUARTERS = 3


@dataclass(frozen=True)
class TooShort:
    """Why nothing is said of the season.

    Attributes
    ----------
    observed, needed : int
        Points at hand, and the fewest that would do.
    reason : str
        A sentence.
    """

    observed: int
    needed: int
    reason: str


@dataclass(frozen=True)
class Expected:
    """What the model expects of some months.

    Attributes
    ----------
    value, lower, upper : numpy.ndarray, shape (n,)
        Expected counts, and the range in which the count of each month by itself should lie. It allows for the
        series' dispersion and for not knowing the expected count exactly.
    """

    value: Floats
    lower: Floats
    upper: Floats


@dataclass(frozen=True)
class Season:
    """The season of a series.

    Attributes
    ----------
    index, lower, upper : numpy.ndarray, shape (12,)
        For January to December: 1.2 means a fifth more per day (and resident) than in the mean month of a year.
    p_value : float
        Of no season at all (an F test). Above 0.05 speak of no clear season.
    dispersion : float
        Variance over mean of a month's count around season and level; at least 1.
    months : int
        How many months it rests on.
    model : CountModel
    """

    index: Floats
    lower: Floats
    upper: Floats
    p_value: float
    dispersion: float
    months: int
    model: CountModel
    _middle: float
    _span: float
    _confidence: float

    @property
    def is_clear(self) -> bool:
        """Whether there is a season beyond chance."""
        return self.p_value < 1 - self._confidence

    def expect(self, months: npt.ArrayLike, exposure: npt.ArrayLike) -> Expected:
        """Say what given months should bring, if the level stays where the history has it at that end.

        Parameters
        ----------
        months : array_like of int, shape (n,)
            Months since the same origin as the history's.
        exposure : array_like of float, shape (n,)
            In the history's unit.

        Returns
        -------
        Expected
        """
        wanted = np.asarray(months)
        design = _design(wanted, self._middle, self._span)
        mean = np.exp(design @ self.model.coefficients) * np.asarray(exposure, dtype=float)
        spread = np.einsum("ij,jk,ik->i", design, self.model.unscaled_covariance, design) * self.dispersion
        return Expected(mean, *_predict(mean, spread, self.dispersion, self._confidence))

    def expect_total(self, months: npt.ArrayLike, exposure: npt.ArrayLike) -> Expected:
        """Say what given months should bring together, with the range of their sum.

        The range of a sum is not the sum of its months' ranges: chance evens out over them, and not knowing the level
        does not.

        Parameters
        ----------
        months : array_like of int, shape (n,)
            Months since the same origin as the history's.
        exposure : array_like of float, shape (n,)
            In the history's unit.

        Returns
        -------
        Expected
            Of shape (1,).
        """
        wanted = np.asarray(months)
        design = _design(wanted, self._middle, self._span)
        means = np.exp(design @ self.model.coefficients) * np.asarray(exposure, dtype=float)
        total = means.sum(keepdims=True)
        # How the logarithm of the sum moves with each coefficient: the months' rows, weighted by what each brings.
        gradient = means @ design / total
        spread = np.array([gradient @ self.model.unscaled_covariance @ gradient]) * self.dispersion
        return Expected(total, *_predict(total, spread, self.dispersion, self._confidence))


def estimate_season(
    counts: npt.ArrayLike, months: npt.ArrayLike, exposure: npt.ArrayLike, *, confidence: float = CONFIDENCE
) -> Season | TooShort:
    """Estimate the season of monthly counts.

    Parameters
    ----------
    counts : array_like of int, shape (n,)
        Of one comparable stretch.
    months : array_like of int, shape (n,)
        Months since some origin divisible by 12 (0 is a January); gaps are allowed.
    exposure : array_like of float, shape (n,)
        Days, or days times residents.
    confidence : float
        Of the intervals.

    Returns
    -------
    Season or TooShort
        The latter with fewer than 36 months, a calendar month that never occurs, or one without a single event.
    """
    observed, when = np.asarray(counts, dtype=float), np.asarray(months)
    if len(observed) < FEWEST_MONTHS:
        reason = f"{len(observed)} months are not enough to know a season; at least {FEWEST_MONTHS} are needed."
        return TooShort(len(observed), FEWEST_MONTHS, reason)
    totals = np.bincount(when % MONTHS_PER_YEAR, weights=observed, minlength=MONTHS_PER_YEAR)
    if (totals == 0).any():
        reason = f"{int((totals == 0).sum())} calendar months have no event in any year, too few to know a season."
        return TooShort(len(observed), FEWEST_MONTHS, reason)
    middle, span = float(when.mean()), max(float(np.ptp(when)) / 2, 1.0)
    design = _design(when, middle, span)
    model = fit_counts(observed, design, exposure)
    index, lower, upper = _index(model, confidence)
    return Season(
        index=index,
        lower=lower,
        upper=upper,
        p_value=_test_season(observed, design, exposure, model),
        dispersion=model.dispersion,
        months=len(observed),
        model=model,
        _middle=middle,
        _span=span,
        _confidence=confidence,
    )


@dataclass(frozen=True)
class AgainstSameQuarters:
    """A quarter beside the mean of the same quarter in the three years before.

    Attributes
    ----------
    count : float
    mean : float
        Of the earlier quarters, for the exposure of this one.
    ratio : float or None
        None where the mean is 0. It is a plain figure without a test: three quarters say little of chance.
    earlier : int
        How many quarters the mean is of.
    """

    count: float
    mean: float
    ratio: float | None
    earlier: int


def compare_with_same_quarters(
    count: float, earlier_counts: npt.ArrayLike, *, exposure: float = 1.0, earlier_exposures: npt.ArrayLike = 1.0
) -> AgainstSameQuarters | TooShort:
    """Set a quarter beside the same quarter of the last three years, where there is too little for a model.

    Parameters
    ----------
    count : float
    earlier_counts : array_like of float, shape (n,)
        Latest last; the last three are used.
    exposure : float
    earlier_exposures : array_like of float, shape (n,), or one number
        In the unit of `exposure`.

    Returns
    -------
    AgainstSameQuarters or TooShort
    """
    counts = np.asarray(earlier_counts, dtype=float)
    if len(counts) < FEWEST_EARLIER_QUARTERS:
        reason = f"{len(counts)} earlier quarters are not enough; {FEWEST_EARLIER_QUARTERS} are needed."
        return TooShort(len(counts), FEWEST_EARLIER_QUARTERS, reason)
    exposures = np.broadcast_to(np.asarray(earlier_exposures, dtype=float), counts.shape)
    last = slice(-FEWEST_EARLIER_QUARTERS, None)
    mean = float(counts[last].sum() / exposures[last].sum() * exposure)
    return AgainstSameQuarters(float(count), mean, count / mean if mean else None, FEWEST_EARLIER_QUARTERS)


def _design(months: npt.NDArray[np.int_], middle: float, span: float) -> Floats:
    """Twelve months, a slope and a bend; the last two in units in which the history runs from -1 to 1."""
    position = np.clip((months - middle) / span, -1.0, 1.0)
    # Past its ends the history's level is held: a bend carried on would soon promise anything.
    month = np.asarray(months % MONTHS_PER_YEAR)
    seasons = np.asarray(month[:, None] == np.arange(MONTHS_PER_YEAR)[None, :], dtype=float)
    return np.column_stack([seasons, position, position**2])


def _index(model: CountModel, confidence: float) -> tuple[Floats, Floats, Floats]:
    """Give each month's rate over the mean month's, with the interval of the logarithm of that ratio."""
    levels = np.exp(model.coefficients[:MONTHS_PER_YEAR])
    share = levels / levels.sum()
    contrast = np.eye(MONTHS_PER_YEAR) - share[None, :]
    covariance = contrast @ model.unscaled_covariance[:MONTHS_PER_YEAR, :MONTHS_PER_YEAR] @ contrast.T
    half = stats.t.ppf((1 + confidence) / 2, model.degrees_of_freedom) * np.sqrt(
        np.diagonal(covariance) * model.dispersion
    )
    index = levels / levels.mean()
    return index, index * np.exp(-half), index * np.exp(half)


def _test_season(observed: Floats, design: Floats, exposure: npt.ArrayLike, model: CountModel) -> float:
    without = np.column_stack([np.ones(len(observed)), design[:, MONTHS_PER_YEAR:]])
    plain = fit_counts(observed, without, exposure)
    terms = plain.degrees_of_freedom - model.degrees_of_freedom
    deviance = 2 * (observed * np.log(model.expected / plain.expected) - (model.expected - plain.expected)).sum()
    gained = float(deviance) / terms / model.dispersion
    return float(stats.f.sf(max(gained, 0.0), terms, model.degrees_of_freedom))


def _predict(mean: Floats, spread: Floats, dispersion: float, confidence: float) -> tuple[Floats, Floats]:
    """Give the range of a count that varies by its dispersion around a mean known with some spread.

    A negative binomial (or Poisson) count whose mean is itself uncertain has the variance of both together; it is
    given the distribution of that family with this variance, so that the range is of whole numbers and never below 0.
    """
    variance = mean * dispersion + mean**2 * spread
    ratio = np.maximum(variance / mean, 1 + 1e-9)
    tail = (1 - confidence) / 2
    size = mean / (ratio - 1)
    lower, upper = (np.asarray(stats.nbinom.ppf(share, size, 1 / ratio), dtype=float) for share in (tail, 1 - tail))
    return lower, upper


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
    """

    verdict: TrendVerdict
    points: int
    percent_per_year: float | None = None
    lower: float | None = None
    upper: float | None = None
    p_value: float | None = None
    dispersion: float | None = None

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
    )


def _percent(logarithm: float) -> float:
    # One event in ten years leaves the slope open; its limit is then beyond any number.
    return 100 * math.expm1(logarithm) if logarithm < LARGEST_LOGARITHM else math.inf
