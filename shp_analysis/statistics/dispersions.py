"""How jumpy a monthly series is by nature: more than by chance, month by month and from one month into the next.

Counts of events vary at least as chance (Poisson) would have it. Most vary more, because events come in bursts, and
many stay high or low for a few months. A comparison of two quarters must allow for both, or it cries wolf: where
neighbouring months are alike (correlation 0.4), a test that allows for the first alone calls 15 of 100 unchanged
series changed instead of 5.

Where a history is short its own estimate is a guess. `moderate_dispersions` lets the series of a pack lend strength to
one another: each estimate is drawn towards what is usual among them, the more the less it rests upon.

References
----------
McCullagh and Nelder (1989), Generalized Linear Models, 2nd ed., section 4.5: dispersion from Pearson residuals.
Paule and Mandel (1982), Journal of Research of the National Bureau of Standards 87, 377-385: weights of unlike means.
Satterthwaite (1946), Biometrics Bulletin 2, 110-114: degrees of freedom of a variance put together from estimates.
Smyth (2004), Statistical Applications in Genetics and Molecular Biology 3(1), article 3, section 6.2: the moments of
moderated variances.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import polygamma, psi

from shp_analysis.statistics.count_models import CountModel, Floats, fit_counts, level_terms

FEWEST_DEGREES_OF_FREEDOM = 2
"""With less than this the residuals say nothing about dispersion."""
LONG_HISTORY_MONTHS = 24
"""From this many months on the estimate of dispersion is taken without comment, and likeness of neighbours sought."""
MONTHS_PER_BLOCK = 12
SMALLEST_AUTOCORRELATION = 0.15
"""Less likeness between neighbouring months than this is what a series without any often shows."""
LARGEST_AUTOCORRELATION = 0.8
DECAY = 0.5
"""How much of the likeness of neighbours is left a month further on."""
FEWEST_SERIES = 3
"""Fewer series than this say nothing of what is usual among them."""
SMALLEST_SHARE_OF_MEDIAN = 1e-5
"""An estimate of nothing (a series its seasons explain wholly) counts as this share of the median one."""


@dataclass(frozen=True)
class Dispersion:
    """How much more a series varies than pure chance (Poisson) would have it.

    Attributes
    ----------
    value : float
        Variance over mean of a month's count after season and level are taken out; never below 1. 4 means that gaps
        must be twice as wide as chance alone asks before they are clear.
    degrees_of_freedom : float
        How much the estimate rests on; infinite where the value was given and not estimated.
    months : int
        How many months it was estimated from; 0 where it was assumed.
    autocorrelation : float
        How alike neighbouring months are, 0 to 0.8; 0 where that could be chance.
    window_months : int
        Length of the windows whose sums are compared.
    unfloored : float or None
        The estimate before it was raised to 1; None where there is none.
    measured_autocorrelation : float or None
        As the history has it, chance or not; None where it is too short.
    """

    value: float = 1.0
    degrees_of_freedom: float = math.inf
    months: int = 0
    autocorrelation: float = 0.0
    window_months: int = 1
    unfloored: float | None = None
    measured_autocorrelation: float | None = None

    @property
    def of_sums(self) -> float:
        """Variance over mean of a whole window's count: like neighbours make sums jumpier than months."""
        return self.value * self._inflation

    @property
    def degrees_of_sums(self) -> float:
        """How much `of_sums` rests on: less than the value alone, where the autocorrelation is an estimate too."""
        if self.autocorrelation == 0 or self.months == 0:
            return self.degrees_of_freedom
        # An autocorrelation's variance is about one over the number of months (Satterthwaite's sum).
        share = weigh_neighbours(self.window_months) / self._inflation
        return 2 / (2 / self.degrees_of_freedom + share**2 / self.months)

    @property
    def _inflation(self) -> float:
        return 1 + self.autocorrelation * weigh_neighbours(self.window_months)

    def over(self, months: int) -> Dispersion:
        """Give the same for windows of another length."""
        return replace(self, window_months=months)


def weigh_neighbours(months: int) -> float:
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


def moderate_dispersions(dispersions: Sequence[Dispersion]) -> list[Dispersion]:
    """Draw the dispersions of a pack's series towards what is usual among them (empirical Bayes).

    How far depends on two things that are both estimated: how unlike the series are (then little is borrowed), and
    how much each estimate rests upon (then little is needed). A series without an estimate gets what is usual.

    The likeness of neighbouring months is lent in the same way, where at least three series have two years or more. In
    a pack without them months are taken to be unlike, and too many changes are called where they are not.

    Parameters
    ----------
    dispersions : sequence of Dispersion
        As `estimate_dispersion` gives them, of series of one kind (the indicators of one pack).

    Returns
    -------
    list of Dispersion
        In the same order; unchanged where fewer than three series have an estimate. The degrees of freedom grow by
        what was borrowed, and never beyond what all estimates together rest on.
    """
    known = [each for each in dispersions if each.unfloored is not None]
    if len(known) < FEWEST_SERIES:
        return list(dispersions)
    ratios = np.array([each.unfloored for each in known], dtype=float)
    degrees = np.array([each.degrees_of_freedom for each in known], dtype=float)
    usual, strength = _fit_prior(ratios, degrees)
    everything = float(degrees.sum())
    neighbours = _Neighbours.of(known)
    shared = Dispersion(usual, min(strength, everything), window_months=max(each.window_months for each in known))
    return [_moderate(each, shared, everything, neighbours) for each in dispersions]


def _with_neighbours(model: CountModel, design: Floats, months: Floats, tested_months: int) -> Dispersion:
    degrees, ratio = float(model.degrees_of_freedom), model.pearson_ratio
    plain = Dispersion(max(1.0, ratio), degrees, len(months), window_months=tested_months, unfloored=ratio)
    if len(months) < LONG_HISTORY_MONTHS:
        return plain
    variance, covariance = _covariances(model, design, months)
    measured = covariance / variance if variance > 0 else 0.0
    if measured <= SMALLEST_AUTOCORRELATION:
        return replace(plain, measured_autocorrelation=measured)
    return replace(
        plain,
        value=max(1.0, variance),
        unfloored=variance,
        autocorrelation=_count_if_clear(measured),
        measured_autocorrelation=measured,
    )


def _count_if_clear(autocorrelation: float) -> float:
    return min(autocorrelation, LARGEST_AUTOCORRELATION) if autocorrelation > SMALLEST_AUTOCORRELATION else 0.0


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


def _fit_prior(ratios: Floats, degrees: Floats) -> tuple[float, float]:
    """Give what is usual, and how many degrees of freedom that is worth, from the moments of logarithms.

    Histories differ in length, so each logarithm counts by how well it is known (Paule and Mandel's weights): else one
    series of a few months would decide how unlike all of them are.
    """
    logs = np.log(np.maximum(ratios, SMALLEST_SHARE_OF_MEDIAN * max(float(np.median(ratios)), 1.0)))
    centred = logs - psi(degrees / 2) + np.log(degrees / 2)
    variances = polygamma(1, degrees / 2)

    def excess(spread: float) -> float:
        weights = 1 / (variances + spread)
        middle = np.average(centred, weights=weights)
        return float(weights @ (centred - middle) ** 2) - (len(centred) - 1)

    if excess(0.0) <= 0:
        # No more unlike than estimates of one and the same dispersion are.
        return float(np.average(ratios, weights=degrees)), math.inf
    spread = float(brentq(excess, 0.0, len(centred) * float(np.ptp(centred)) ** 2))
    strength = 2 * _invert_trigamma(spread)
    middle = float(np.average(centred, weights=1 / (variances + spread)))
    return float(np.exp(middle + psi(strength / 2) - np.log(strength / 2))), strength


def _invert_trigamma(value: float) -> float:
    """Solve trigamma(x) = value by Newton's method on 1 / trigamma, which is nearly straight."""
    guess = 0.5 + 1 / value
    for _ in range(50):
        trigamma = float(polygamma(1, guess))
        step = trigamma * (1 - trigamma / value) / float(polygamma(2, guess))
        guess += step
        if abs(step) < 1e-10 * guess:
            break
    return guess


@dataclass(frozen=True)
class _Neighbours:
    """How alike neighbouring months usually are in a pack, and how unlike its series are in that."""

    usual: float
    variance: float

    @classmethod
    def of(cls, known: Sequence[Dispersion]) -> _Neighbours | None:
        pairs = [(each.measured_autocorrelation, each.months) for each in known]
        measured = np.array([(value, months) for value, months in pairs if value is not None], dtype=float)
        if len(measured) < FEWEST_SERIES:
            return None
        values, months = measured.T
        return cls(float(np.average(values, weights=months)), max(0.0, float(values.var(ddof=1) - (1 / months).mean())))

    def moderate(self, own: Dispersion) -> float:
        if own.measured_autocorrelation is None:
            return _count_if_clear(self.usual)
        weight = self.variance / (self.variance + 1 / own.months)
        return _count_if_clear(self.usual + weight * (own.measured_autocorrelation - self.usual))


def _moderate(own: Dispersion, shared: Dispersion, everything: float, neighbours: _Neighbours | None) -> Dispersion:
    is_known = own.unfloored is not None
    degrees, strength = own.degrees_of_freedom if is_known else 0.0, shared.degrees_of_freedom
    ratio = (strength * shared.value + degrees * (own.unfloored or 0.0)) / (strength + degrees)
    return replace(
        own,
        value=max(1.0, ratio),
        degrees_of_freedom=min(strength + degrees, everything),
        autocorrelation=neighbours.moderate(own) if neighbours else own.autocorrelation,
        window_months=own.window_months if is_known else shared.window_months,
        unfloored=ratio,
    )


def _has_events(counts: Floats, groups: npt.NDArray[np.int_]) -> npt.NDArray[np.bool_]:
    """Mark the observations whose group has any event: a level of zero fits perfectly and says nothing."""
    totals = np.bincount(groups, weights=counts) if len(groups) else np.zeros(0)
    return np.asarray(totals[groups] > 0) if len(groups) else np.zeros(0, dtype=bool)
