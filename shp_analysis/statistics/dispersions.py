"""How jumpy a monthly series is by nature: more than by chance, month by month and from one month into the next.

Counts of events vary at least as chance (Poisson) would have it. Most vary more, because events come in bursts, and
many stay high or low for a few months. A comparison of two quarters must allow for both, or it cries wolf: where
neighbouring months are alike (correlation 0.4), a test that allows for the first alone calls 15 of 100 unchanged
series changed instead of 5.

An estimate from residuals is uncertain, and no series varies less than chance. Raising every estimate below 1 to 1
would forget that those above it are as often too high, and be too careful of series that vary by chance alone. So the
estimate is weighed against what is known before any series is seen: three in ten vary by chance alone, the others up
to a hundred times as much, each doubling as likely as the next (`weight_towards_chance`). A series is judged by its own
history alone, so that its verdict does not depend on what else is on the page.

The residuals are of a Poisson model. An indicator's assessment fits several small ones, and a pack has a hundred
indicators. statsmodels' general code gives the same to ten digits and takes more than twice as long, so the few lines
of iteratively reweighted least squares are written out; a test holds them to its answers.

References
----------
McCullagh and Nelder (1989), Generalized Linear Models, 2nd ed., sections 2.5 (the fit), 4.5 and 9.2 (dispersion from
Pearson residuals).
Box and Tiao (1973), Bayesian Inference in Statistical Analysis, section 1.3: the log-uniform prior of a variance.
Satterthwaite (1946), Biometrics Bulletin 2, 110-114: degrees of freedom of a variance put together from estimates.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.special import gammainc, gammaln

Floats = npt.NDArray[np.float64]

MOST_ROUNDS = 60
DEVIANCE_TOLERANCE = 1e-11
"""The fit is done when the deviance moves by less than this share of itself."""
FURTHEST_LOG_RATIO = 30.0
"""Expected counts are kept within this of their start, in logarithms: a level whose counts are all 0 has no end."""
SMALLEST_MEAN = 1e-9
WORST_CONDITION = 1e13
SAME_DIRECTION = 1e-9
"""A term of which less than this share is new says nothing that the earlier terms have not said."""


@dataclass(frozen=True)
class CountModel:
    """A fitted model of counts.

    Attributes
    ----------
    coefficients : numpy.ndarray, shape (k,)
        Logarithms of rate ratios (or of rates).
    unscaled_covariance : numpy.ndarray, shape (k, k)
        Of the coefficients, were the counts Poisson; multiply by the dispersion.
    expected : numpy.ndarray, shape (n,)
        Fitted counts.
    pearson : numpy.ndarray, shape (n,)
        Pearson residuals: observed less expected, over the square root of expected.
    degrees_of_freedom : int
        Observations less the rank of the design.
    """

    coefficients: Floats
    unscaled_covariance: Floats
    expected: Floats
    pearson: Floats
    degrees_of_freedom: int

    @property
    def pearson_ratio(self) -> float:
        """Pearson's chi-square over the degrees of freedom; not a number where there are none."""
        if self.degrees_of_freedom <= 0:
            return math.nan
        return float(self.pearson @ self.pearson) / self.degrees_of_freedom

    @property
    def dispersion(self) -> float:
        """The same, never below 1: counts that vary less than by chance are taken to vary by chance."""
        return max(1.0, self.pearson_ratio) if self.degrees_of_freedom > 0 else 1.0


def fit_counts(counts: npt.ArrayLike, design: npt.ArrayLike, exposure: npt.ArrayLike) -> CountModel:
    """Fit a Poisson model with a logarithmic link.

    Parameters
    ----------
    counts : array_like of float, shape (n,)
        Not negative.
    design : array_like of float, shape (n, k)
        One column a term. Terms that say the same twice are allowed: the fitted counts are the same.
    exposure : array_like of float, shape (n,)
        What each count was counted over; above zero.

    Returns
    -------
    CountModel

    Raises
    ------
    ValueError
        Where a count is negative or not a number, or an exposure is not above zero.
    """
    observed, terms, offset = _check(counts, design, exposure)
    kept = _independent(terms)
    coefficients, unscaled = np.zeros(terms.shape[1]), np.zeros((terms.shape[1], terms.shape[1]))
    fitted = _Iteration(observed, terms[:, kept], offset)
    coefficients[kept] = fitted.solve()
    unscaled[np.ix_(kept, kept)] = fitted.invert_information()
    return CountModel(
        coefficients=coefficients,
        unscaled_covariance=unscaled,
        expected=fitted.expected,
        pearson=(observed - fitted.expected) / np.sqrt(fitted.expected),
        degrees_of_freedom=len(observed) - len(kept),
    )


def level_terms(groups: npt.ArrayLike, *, is_first_left_out: bool = False) -> Floats:
    """Give one column for each group that occurs: 1 where an observation belongs to it.

    Parameters
    ----------
    groups : array_like of int, shape (n,)
    is_first_left_out : bool
        Whether the smallest group is the one the others are set beside.

    Returns
    -------
    numpy.ndarray, shape (n, groups)
    """
    numbers = np.asarray(groups)
    names = np.unique(numbers)[1 if is_first_left_out else 0 :]
    return np.asarray(numbers[:, None] == names[None, :], dtype=float)


class _Iteration:
    """One fit on its way: the expected counts, better with each round."""

    def __init__(self, observed: Floats, terms: Floats, offset: Floats) -> None:
        self.observed, self.terms, self.offset = observed, terms, offset
        middle = max(float(observed.mean()), SMALLEST_MEAN)
        self.expected: Floats = (observed + middle) / 2
        self._bounds = math.log(middle) - FURTHEST_LOG_RATIO, math.log(middle) + FURTHEST_LOG_RATIO

    def solve(self) -> Floats:
        """Fit until the deviance stands still; give the coefficients."""
        linear, deviance = np.log(self.expected), math.inf
        coefficients = np.zeros(self.terms.shape[1])
        for _ in range(MOST_ROUNDS):
            working = linear - self.offset + (self.observed - self.expected) / self.expected
            weighted = self.terms * self.expected[:, None]
            coefficients = _solve(weighted.T @ self.terms, weighted.T @ working)
            linear = np.clip(self.terms @ coefficients + self.offset, *self._bounds)
            self.expected = np.exp(linear)
            before, deviance = deviance, _deviance(self.observed, self.expected)
            if abs(before - deviance) <= DEVIANCE_TOLERANCE * (deviance + 0.1):
                break
        return coefficients

    def invert_information(self) -> Floats:
        """Give the covariance of the coefficients, were the counts Poisson."""
        information = (self.terms * self.expected[:, None]).T @ self.terms
        return np.asarray(np.linalg.pinv(information, hermitian=True), dtype=float)


def _solve(information: Floats, score: Floats) -> Floats:
    # A level whose counts are all 0 runs out of information on its way down; the least-squares answer holds it still.
    if np.linalg.cond(information) < WORST_CONDITION:
        return np.asarray(np.linalg.solve(information, score), dtype=float)
    return np.asarray(np.linalg.lstsq(information, score, rcond=None)[0], dtype=float)


def _independent(terms: Floats) -> npt.NDArray[np.intp]:
    """Give the columns that are not sums of earlier ones."""
    if not terms.size:
        return np.arange(0)
    triangle = np.abs(np.diagonal(np.linalg.qr(terms, mode="r")))
    size = np.sqrt((terms**2).sum(axis=0))[: len(triangle)]
    return np.flatnonzero(triangle > SAME_DIRECTION * size)


def _check(counts: npt.ArrayLike, design: npt.ArrayLike, exposure: npt.ArrayLike) -> tuple[Floats, Floats, Floats]:
    observed, terms, over = (np.asarray(array, dtype=float) for array in (counts, design, exposure))
    if not (np.isfinite(observed).all() and (observed >= 0).all()):
        raise ValueError(f"counts must be numbers and not negative; the smallest is {observed.min()}")
    if not (np.isfinite(over).all() and (over > 0).all()):
        raise ValueError(f"exposures must be above zero; the smallest is {over.min()}")
    return observed, terms, np.log(over)


def _deviance(observed: Floats, expected: Floats) -> float:
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(observed > 0, observed * np.log(observed / expected), 0.0)
    return float(2 * (ratio - (observed - expected)).sum())


FEWEST_DEGREES_OF_FREEDOM = 2
"""With less than this the residuals say nothing about dispersion."""
LONG_HISTORY_MONTHS = 24
"""From this many months on the estimate of dispersion is taken without comment, and likeness of neighbours sought."""
MONTHS_PER_BLOCK = 12
SMALLEST_AUTOCORRELATION = 0.15
"""Less likeness between neighbouring months than this is what a series without any often shows."""
LARGEST_AUTOCORRELATION = 0.8
ASSUMED_AUTOCORRELATION = 0.4
"""How alike the months of a history are taken to be that is too short to show it: as the likest usually are."""
DECAY = 0.5
"""How much of the likeness of neighbours is left a month further on."""
CHANCE_SHARE = 0.3
"""Of series that vary by chance alone, before one is seen."""
LARGEST_DISPERSION = 100.0
"""Of the others, before one is seen; a history that shows more is believed."""
SMALLEST_ESTIMATE = 1e-3
"""An estimate of nothing (a series its seasons explain wholly) counts as this."""


@dataclass(frozen=True)
class Dispersion:
    """How much more a series varies than pure chance (Poisson) would have it.

    Attributes
    ----------
    value : float
        Variance over mean of a month's count after season and level are taken out; never below 1. 4 means that gaps
        must be twice as wide as chance alone asks before they are clear. Weighed, see `weight_towards_chance`.
    degrees_of_freedom : float
        Of the t distribution that goes with the value; infinite where the value was given and not estimated.
    months : int
        How many months it was estimated from; 0 where it was assumed.
    autocorrelation : float
        How alike neighbouring months are, 0 to 0.8; 0 where that could be chance, assumed with less than two years.
    window_months : int
        Length of the windows whose sums are compared.
    residual_degrees : float
        Of freedom, that the residuals leave; 0 where the value was assumed.
    months_each : int
        How many months each value of the history covers: 3 where `months` counts quarters.
    """

    value: float = 1.0
    degrees_of_freedom: float = math.inf
    months: int = 0
    autocorrelation: float = 0.0
    window_months: int = 1
    residual_degrees: float = 0.0
    months_each: int = 1

    @property
    def of_sums(self) -> float:
        """Variance over mean of a whole window's count: like neighbours make sums jumpier than months."""
        return self.value * self._inflation

    @property
    def degrees_of_sums(self) -> float:
        """How much `of_sums` rests on: less than the value alone, where the autocorrelation is an estimate too."""
        if self.autocorrelation == 0 or self.months < LONG_HISTORY_MONTHS:
            return self.degrees_of_freedom
        # An autocorrelation's variance is about one over the number of months (Satterthwaite's sum).
        share = allow_for_autocorrelation(self.window_months) / self._inflation
        return 2 / (2 / self.degrees_of_freedom + share**2 / self.months)

    @property
    def _inflation(self) -> float:
        return 1 + self.autocorrelation * allow_for_autocorrelation(self.window_months)

    def over(self, months: int) -> Dispersion:
        """Give the same for windows of another length."""
        return replace(self, window_months=months)


def allow_for_autocorrelation(months: int) -> float:
    """Say how much each unit of autocorrelation adds to the variance of a sum of so many months.

    Parameters
    ----------
    months : int

    Returns
    -------
    float
        0 for a single month, 5/3 for a quarter, about 10/3 for a year.
    """
    return 2 * sum((1 - gap / months) * DECAY ** (gap - 1) for gap in range(1, months))


def estimate_dispersion(
    counts: npt.ArrayLike, months: npt.ArrayLike, days: npt.ArrayLike, *, tested_months: int
) -> Dispersion:
    """Estimate a monthly series' dispersion from its own history.

    A Poisson model with a level for each calendar month and a level for each block of time is fitted, with days as
    exposure; the dispersion is Pearson's chi-square over the degrees of freedom left. Blocks are twelve months long,
    counted back from the period under test, and that period is a block of its own: a change under test is not
    counted as noise. With two years or more, the likeness of neighbouring months is measured too.

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
        Of windows of `tested_months`. 1 with infinite degrees of freedom and 0 months where the history is too short
        to say.
    """
    frame = np.column_stack([np.asarray(array, dtype=float) for array in (counts, months, days)])
    last = frame[:, 1].max() if len(frame) else 0.0
    blocks = np.ceil(np.maximum(last - tested_months + 1 - frame[:, 1], 0) / MONTHS_PER_BLOCK).astype(int)
    seasons = (frame[:, 1] % MONTHS_PER_BLOCK).astype(int)
    keep = _has_events(frame[:, 0], blocks) & _has_events(frame[:, 0], seasons)
    if not keep.any():
        return Dispersion()
    design = np.hstack([level_terms(seasons[keep]), level_terms(blocks[keep], is_first_left_out=True)])
    model = fit_counts(frame[keep, 0], design, frame[keep, 2])
    if model.degrees_of_freedom < FEWEST_DEGREES_OF_FREEDOM:
        return Dispersion()
    return _with_neighbours(model, design, frame[keep, 1], tested_months)


def weight_towards_chance(ratio: float, degrees_of_freedom: float) -> tuple[float, float]:
    """Weigh an estimate of dispersion against pure chance and against what dispersions there are.

    Parameters
    ----------
    ratio : float
        Pearson's chi-square over its degrees of freedom; may be below 1.
    degrees_of_freedom : float

    Returns
    -------
    value, degrees_of_freedom : float
        A t distribution with these stands for what is known of the dispersion: its precision (one over it) has the
        same mean and variance. An estimate well above 1 comes out as it went in; one near 1 comes out near 1, and with
        more degrees of freedom the surer it is that the series varies by chance alone.

    Examples
    --------
    >>> [tuple(round(each, 1) for each in weight_towards_chance(ratio, 30)) for ratio in (0.9, 1.3, 6)]
    [(1.1, 109.4), (1.3, 49.6), (6.0, 30.0)]
    """
    half, sum_of_squares = degrees_of_freedom / 2, degrees_of_freedom * max(ratio, SMALLEST_ESTIMATE) / 2
    smallest = min(1 / LARGEST_DISPERSION, 1 / max(2 * ratio, 1.0))

    def log_moment(power: int) -> float:
        """Integrate precision ** (half + power - 1) * exp(-precision * sum_of_squares) from the smallest to 1."""
        shape = half + power
        share = gammainc(shape, sum_of_squares) - gammainc(shape, smallest * sum_of_squares)
        return float(gammaln(shape) - shape * math.log(sum_of_squares) + np.log(max(share, np.finfo(float).tiny)))

    others = math.log1p(-CHANCE_SHARE) - math.log(-math.log(smallest)) + log_moment(0)
    chance = 1 / (1 + math.exp(min(others - math.log(CHANCE_SHARE) + sum_of_squares, 700.0)))
    mean, square = (chance + (1 - chance) * math.exp(log_moment(n) - log_moment(0)) for n in (1, 2))
    return 1 / mean, 2 * mean**2 / (square - mean**2)


def _with_neighbours(model: CountModel, design: Floats, months: Floats, tested_months: int) -> Dispersion:
    ratio, autocorrelation = model.pearson_ratio, ASSUMED_AUTOCORRELATION
    if len(months) >= LONG_HISTORY_MONTHS:
        variance, covariance = _covariances(model, design, months)
        found = covariance / variance if variance > 0 else 0.0
        autocorrelation = min(found, LARGEST_AUTOCORRELATION) if found > SMALLEST_AUTOCORRELATION else 0.0
        ratio = variance if autocorrelation else ratio
    left = float(model.degrees_of_freedom)
    return Dispersion(*weight_towards_chance(ratio, left), len(months), autocorrelation, tested_months, left)


def _covariances(model: CountModel, design: Floats, months: Floats) -> tuple[float, float]:
    """Estimate the variance of residuals, and their covariance between neighbouring months, both without bias.

    Residuals of a model with many levels are less alike than the months themselves. What the model takes away is
    known, so the two sums of products are set equal to what they are expected to be and solved.
    """
    weighted = design * np.sqrt(model.expected)[:, None]
    left = np.eye(len(months)) - weighted @ np.linalg.pinv(weighted)
    gaps = np.abs(months[:, None] - months[None, :])
    left_of = [left, left @ (gaps == 1).astype(float)]
    sums = [float(model.pearson @ model.pearson), float(model.pearson @ (gaps == 1).astype(float) @ model.pearson)]
    shares = [[float((one * other.T).sum()) for other in left_of] for one in left_of]
    solution = np.linalg.lstsq(np.array(shares), np.array(sums), rcond=None)[0]
    return float(solution[0]), float(solution[1])


def _has_events(counts: Floats, groups: npt.NDArray[np.int_]) -> npt.NDArray[np.bool_]:
    """Mark the observations whose group has any event: a level of zero fits perfectly and says nothing."""
    totals = np.bincount(groups, weights=counts) if len(groups) else np.zeros(0)
    return np.asarray(totals[groups] > 0) if len(groups) else np.zeros(0, dtype=bool)
