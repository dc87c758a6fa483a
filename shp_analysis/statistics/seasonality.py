"""What a month usually brings: seasonal index, expected counts with a range, and how a period compares with its season.

With three years or more, a model of counts with a term for each calendar month is fitted, and a slow change of level
that may bend is allowed for, so that growth is not read as season. With less, the same quarter of earlier years is all
there is to compare with (`compare_with_same_quarters`).

References
----------
McCullagh and Nelder (1989), Generalized Linear Models, 2nd ed., chapter 6: log-linear models with an offset.
Cleveland, Cleveland, McRae and Terpenning (1990), Journal of Official Statistics 6, 3-73: STL, the second opinion.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

from shp_analysis.statistics.changes import CONFIDENCE
from shp_analysis.statistics.count_models import CountModel, Floats, fit_counts

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
    gained = _deviance_between(observed, plain.expected, model.expected) / terms / model.dispersion
    return float(stats.f.sf(max(gained, 0.0), terms, model.degrees_of_freedom))


def _deviance_between(observed: Floats, plain: Floats, full: Floats) -> float:
    return float(2 * (observed * np.log(full / plain) - (full - plain)).sum())


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
