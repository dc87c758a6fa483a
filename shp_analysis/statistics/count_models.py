"""A Poisson model of counts with a logarithmic link and an exposure, fitted in well under a millisecond.

An indicator's assessment fits several small models, and a pack has a hundred indicators. The general fitting code of
statsmodels spends most of its time on what is not asked for here, so the few lines of iteratively reweighted least
squares are written out; a test holds them to statsmodels' answers.

References
----------
McCullagh and Nelder (1989), Generalized Linear Models, 2nd ed., sections 2.5 (the fit), 4.5 and 9.2 (dispersion).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

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
