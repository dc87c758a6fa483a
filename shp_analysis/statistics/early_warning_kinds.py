"""What kind of series each is: varying by chance alone, or more, or with neighbours alike; and what a pack teaches.

How large a shift chance makes depends on the kind of series: pure chance and nothing else; or more variable than
chance by some factor, and one period like the next to some degree. How probable each kind is follows from the
residuals' spread and their lag-one correlation, both taken after the shift in question, so that a real change does not
pass for a variable series; and from how common each kind is, which a pack of series teaches. The tail probability of a
shift is the mean over the kinds.

References
----------
Efron (2010), Large-Scale Inference, chapter 1: what parallel series teach of one another.
Dempster, Laird and Rubin (1977), JRSS B 39, 1-38: learning shares by expectation and maximisation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from shp_analysis.statistics.early_warning_model import CORRELATIONS, Design, Floats, Shifts

SCALES = 1.15 * 1.25 ** np.arange(25)
"""Variance over chance variance, in the kinds of variable series: so close to one another that none lies between."""
CHANCE_SHARE = 0.5
CORRELATION_SHARES = np.array([0.20, 0.10, 0.15, 0.15, 0.15, 0.10, 0.10, 0.05])
SCALE_SHARES = SCALES**-0.6 / (SCALES**-0.6).sum()
"""How common each kind is thought to be before any series is seen."""
SHIFTED_SHARE = 0.1
"""Of the series of a pack, thought to have shifted lately: a shift must not pass for variability and teach others."""
SHIFTED_SPREAD = 5.0
"""How many times as far as noise alone a real shift is thought to lie."""
PRIOR_SERIES = 1.0
"""How many series that belief counts for when a pack is seen."""
LEARNING_ROUNDS = 200
"""At most; it ends where no share moves by more than `SMALLEST_STEP` from one round to the next."""
SMALLEST_STEP = 1e-4
NO_RESIDUALS = 1e-9
SPREAD_DEGREES = 1.7
"""Lag-one correlations of n residuals spread as the inverse root of their degrees of freedom plus this."""


@dataclass(frozen=True, eq=False)
class Shares:
    """How common the kinds of series are.

    Attributes
    ----------
    chance : float
        Share of series that vary by chance alone.
    correlations, scales : numpy.ndarray of float
        Among the others, shares of each of `CORRELATIONS` and of `SCALES`.
    """

    chance: float
    correlations: Floats
    scales: Floats


FIRST_SHARES = Shares(CHANCE_SHARE, CORRELATION_SHARES, SCALE_SHARES)
"""What is thought before any series is seen."""


@dataclass(frozen=True, eq=False)
class Likelihoods:
    """How well each kind explains a series, by window or by series; up to a factor that the kinds of one share.

    Attributes
    ----------
    chance : numpy.ndarray of float, shape (windows or series,)
    variable : numpy.ndarray of float, shape (windows or series, correlations, scales)
    """

    chance: Floats
    variable: Floats


def weigh_kinds(shifts: Shifts, design: Design) -> Likelihoods:
    """Say how well each kind of series explains what each window leaves, its shift taken for real."""
    return _spread_out(*_explain_residuals(shifts, design))


def weigh_kinds_overall(pack: Sequence[tuple[Shifts, Design]]) -> Likelihoods:
    """Say how well each kind explains each series, whether it has shifted within one of its windows or not.

    A shift is part of what is to be explained: most likely it is noise, and with `SHIFTED_SHARE` it is real.
    """
    chances, variables = [], []
    for shifts, design in pack:
        chance, variable = _explain_residuals(shifts, design)
        chances.append(np.logaddexp.reduce(chance + _explain_shifts(shifts.shifts, np.ones(len(chance)))))
        variances = SCALES * design.noise[2][:, :, None]
        variables.append(np.logaddexp.reduce(variable + _explain_shifts(shifts.shifts[:, None, None], variances)))
    return _spread_out(np.array(chances), np.array(variables).reshape(len(chances), len(CORRELATIONS), len(SCALES)))


def _explain_residuals(shifts: Shifts, design: Design) -> tuple[Floats, Floats]:
    """Give logarithms of likelihoods, from spread and lag-one correlation of what is left beside each shift."""
    correlations, squares, _ = design.noise
    half = design.degrees / 2
    scaled = _scale(shifts, design)
    spread = (1 - correlations**2) / (design.degrees + SPREAD_DEGREES)
    # Residuals that are nothing but rounding have no correlation to speak of.
    found = np.where(shifts.squares > NO_RESIDUALS, shifts.products / np.maximum(shifts.squares, NO_RESIDUALS), 0.0)
    found = found[:, None]
    common = -((found - correlations) ** 2) / (2 * spread) - np.log(spread) / 2 - half * np.log(squares)
    variable = common[:, :, None] - half * np.log(SCALES) - scaled[:, :, None] / (2 * SCALES)
    return common[:, 0] - scaled[:, 0] / 2, variable


def _explain_shifts(shifts: Floats, variances: Floats) -> Floats:
    squares = shifts**2 / variances / 2
    wide = 1 + SHIFTED_SPREAD**2
    real = np.log(SHIFTED_SHARE) - np.log(wide) / 2 - squares / wide
    return np.asarray(np.logaddexp(np.log1p(-SHIFTED_SHARE) - squares, real) - np.log(variances) / 2)


def _spread_out(chance: Floats, variable: Floats) -> Likelihoods:
    """Give likelihoods of which the highest of each window or series is 1, so that none is too small to be held."""
    highest = np.maximum(chance, variable.max(axis=(1, 2)))
    return Likelihoods(np.exp(chance - highest), np.exp(variable - highest[:, None, None]))


def learn_shares(pack: Sequence[tuple[Shifts, Design]], start: Shares = FIRST_SHARES) -> Shares:
    """Learn from a pack how common each kind is, by expectation and maximisation; one series teaches little.

    Parameters
    ----------
    pack : sequence of tuple of Shifts and Design
        One for each series; those without a window are passed over.
    start : Shares
        Where learning begins, such as what the quarter before taught: the nearer, the sooner it is done.

    Returns
    -------
    Shares
        `FIRST_SHARES` where there are not at least two series.
    """
    series = [each for each in pack if len(each[1].starts)]
    if len(series) < 2:  # noqa: PLR2004 - a series' own likelihood already speaks for it
        return FIRST_SHARES
    likelihoods, shares = weigh_kinds_overall(series), start
    for _ in range(LEARNING_ROUNDS):
        before = shares
        chance, variable = _posterior(likelihoods, shares)
        chance_series, kinds = float(chance.sum()), variable.sum(axis=0)
        variable_series = len(series) - chance_series
        shares = Shares(
            (chance_series + PRIOR_SERIES * CHANCE_SHARE) / (len(series) + PRIOR_SERIES),
            (kinds.sum(axis=1) + PRIOR_SERIES * CORRELATION_SHARES) / (variable_series + PRIOR_SERIES),
            (kinds.sum(axis=0) + PRIOR_SERIES * SCALE_SHARES) / (variable_series + PRIOR_SERIES),
        )
        if _farthest(before, shares) < SMALLEST_STEP:
            break
    return shares


def _farthest(before: Shares, after: Shares) -> float:
    moves = (before.correlations - after.correlations, before.scales - after.scales)
    return max(abs(before.chance - after.chance), *(float(np.abs(each).max()) for each in moves))


@dataclass(frozen=True, eq=False)
class Tails:
    """How improbable each window's shift is in a series in which nothing happened.

    Attributes
    ----------
    probabilities : numpy.ndarray of float, shape (windows,)
        Of a shift at least as large, in its own direction.
    variances : numpy.ndarray of float, shape (windows,)
        Of the shift, as a mean over the kinds; pure chance without correlation is 1.
    """

    probabilities: Floats
    variances: Floats


def judge_shifts(shifts: Shifts, design: Design, shares: Shares) -> Tails:
    """Give the tail probability of each window's shift, as a mean over the kinds of series."""
    chance, variable = _posterior(weigh_kinds(shifts, design), shares)
    variances = SCALES * design.noise[2][:, :, None]
    size = np.abs(shifts.shifts)
    tails = ndtr(-size[:, None, None] / np.sqrt(variances))
    probabilities = chance * ndtr(-size) + (variable * tails).sum(axis=(1, 2))
    return Tails(probabilities, chance + (variable * variances).sum(axis=(1, 2)))


def _scale(shifts: Shifts, design: Design) -> Floats:
    """Scale sums of squares so that, were the correlation true and the scale 1, they were chi-square."""
    return np.asarray(shifts.squares[:, None] * design.degrees / design.noise[1])


def _posterior(likelihoods: Likelihoods, shares: Shares) -> tuple[Floats, Floats]:
    chance = shares.chance * likelihoods.chance
    variable = likelihoods.variable * shares.correlations[:, None] * ((1 - shares.chance) * shares.scales)
    total = chance + variable.sum(axis=(1, 2))
    return chance / total, variable / total[:, None, None]
