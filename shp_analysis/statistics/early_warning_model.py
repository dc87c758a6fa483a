"""How far the last quarters of a series lie from the rest of it, allowing for what kind of series it is.

Each count is compared with what its season and level lead to expect, on a scale on which chance spreads by 1, as far
up as down (Anscombe's residuals). For every window of the last 1, 2, ... 8 quarters a shift is estimated from these
residuals by least squares, season and level being estimated anew beside it. How large a shift chance makes depends on
the kind of series: pure chance and nothing else; or more variable than chance by some factor, and one quarter like the
next to some degree. How probable each kind is follows from the residuals' spread and their lag-one correlation, both
taken after the shift in question, so that a real change does not pass for a variable series; and from how common each
kind is, which a pack of series teaches. The tail probability of a shift is the mean over the kinds.

References
----------
Anscombe (1953), contribution to the discussion of Hotelling, JRSS B 15, 229-230: residuals with powers of two thirds.
Lai (1995), Sequential changepoint detection in quality control, JRSS B 57, 613-658: window-limited likelihood ratios.
Efron (2010), Large-Scale Inference, chapter 1: what parallel series teach of one another.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int_]

LONGEST_WINDOW_QUARTERS = 8
FEWEST_QUARTERS_BEFORE = 8
"""A window needs as many quarters before it, to be held against."""
CORRELATIONS = np.arange(8) / 10
"""Of one period with the next, in the kinds of series that are held possible."""
LEAST_DECAY = 0.5
"""How much of a likeness is left a period further on, at the least. Where chance lies over a rate that is itself
correlated, the likeness of neighbours is weak and yet lasts as long as the rate's."""
SCALES = 1.15 * 1.25 ** np.arange(25)
"""Variance over chance variance, in the kinds of variable series: so close to one another that none lies between."""
CHANCE_SHARE = 0.5
CORRELATION_SHARES = np.array([0.20, 0.10, 0.15, 0.15, 0.15, 0.10, 0.10, 0.05])
SCALE_SHARES = SCALES**-0.6 / (SCALES**-0.6).sum()
"""How common each kind is thought to be before any series is seen."""
PRIOR_SERIES = 1.0
"""How many series that belief counts for when a pack is seen."""
LEARNING_ROUNDS = 200
"""At most; it ends where no share moves by more than `SMALLEST_STEP` from one round to the next."""
SMALLEST_STEP = 1e-4
FITTING_ROUNDS = 8
SMALLEST_EXPECTED = 0.5
"""A season with fewer expected events than this is taken to have so many, that none divides by nothing."""
NO_RESIDUALS = 1e-9
SPREAD_DEGREES = 1.7
"""Lag-one correlations of n residuals spread as the inverse root of their degrees of freedom plus this."""


@dataclass(frozen=True)
class Design:
    """What of the calculation depends on when the periods were, and not on the counts.

    Attributes
    ----------
    times : tuple of int
        Of the periods that have a value, in periods.
    end : int
        First time after the latest quarter.
    periods_per_year : int
        4 or 12.
    steps : tuple of int
        Times at which the level is known to have changed.
    only_start : int or None
        Where given, the one window that is asked about begins here, however long it is.
    """

    times: tuple[int, ...]
    end: int
    periods_per_year: int
    steps: tuple[int, ...] = ()
    only_start: int | None = None

    @property
    def periods_per_quarter(self) -> int:
        """1 or 3."""
        return self.periods_per_year // 4

    @cached_property
    def starts(self) -> Ints:
        """When each window begins, shortest first; none reaches behind a known step or too near the beginning."""
        if self.only_start is not None:
            return np.array([self.only_start], dtype=np.int_)
        begin = max([self.times[0] + FEWEST_QUARTERS_BEFORE * self.periods_per_quarter, *(t + 1 for t in self.steps)])
        starts = self.end - self.periods_per_quarter * np.arange(1, LONGEST_WINDOW_QUARTERS + 1)
        return np.asarray(starts[starts >= begin], dtype=np.int_)

    @cached_property
    def seasons(self) -> Ints:
        """Which season each period belongs to, from 0."""
        return np.asarray(self.times, dtype=np.int_) % self.periods_per_year

    @cached_property
    def blocks(self) -> Ints:
        """Which level each period belongs to, from 0."""
        return np.searchsorted(np.asarray(self.steps, dtype=np.int_), np.asarray(self.times), side="right")

    @cached_property
    def basis(self) -> Floats:
        """Orthonormal columns that span seasons and levels."""
        seasons = (self.seasons[:, None] == np.unique(self.seasons)).astype(float)
        levels = (self.blocks[:, None] == np.unique(self.blocks)[1:]).astype(float)
        return np.asarray(np.linalg.qr(np.hstack([seasons, levels]))[0])

    @cached_property
    def _windows(self) -> tuple[Floats, Floats]:
        steps = (np.asarray(self.times)[:, None] >= self.starts).astype(float)
        steps -= self.basis @ (self.basis.T @ steps)
        lengths = np.sqrt((steps**2).sum(axis=0))
        return steps / lengths, lengths

    @property
    def contrasts(self) -> Floats:
        """Unit vectors, one a window: a step with seasons and levels taken out."""
        return self._windows[0]

    @property
    def lengths(self) -> Floats:
        """Lengths of the steps before they were made unit vectors."""
        return self._windows[1]

    @property
    def degrees(self) -> int:
        """Degrees of freedom that are left beside a shift."""
        return len(self.times) - int(self.basis.shape[1]) - 1

    @cached_property
    def is_next(self) -> npt.NDArray[np.bool_]:
        """Whether each period directly follows the one before in the series."""
        return np.asarray(np.diff(np.asarray(self.times)) == 1)

    @cached_property
    def noise(self) -> tuple[Floats, Floats, Floats]:
        """Per window and correlation: expected lag-one correlation, expected sum of squares, variance of the shift."""
        times = np.asarray(self.times)
        lags = np.abs(np.subtract.outer(times, times))
        correlations = _correlate_lags(int(lags.max()))[:, lags]
        neighbours = (lags == 1) / 2
        spanned = np.hstack([self.basis, self.contrasts])
        seen = np.einsum("ia,rij,jb->rab", spanned, correlations, spanned, optimize=True)
        turned = neighbours @ spanned
        crossed = np.einsum("ia,rij,jb->rab", turned, correlations, spanned, optimize=True)
        within = turned.T @ spanned
        total = np.einsum("ij,rij->r", neighbours, correlations, optimize=True)
        columns = self.basis.shape[1]
        expected, squares = np.empty((2, len(self.starts), len(CORRELATIONS)))
        for window in range(len(self.starts)):
            chosen = [*range(columns), columns + window]
            at = np.ix_(range(len(CORRELATIONS)), chosen, chosen)
            squares[window] = len(times) - np.trace(seen[at], axis1=1, axis2=2)
            products = total - 2 * np.trace(crossed[at], axis1=1, axis2=2)
            products = products + np.einsum("ab,rba->r", within[np.ix_(chosen, chosen)], seen[at])
            expected[window] = products / squares[window]
        variances = np.diagonal(seen, axis1=1, axis2=2)[:, columns:].T
        return expected, squares, variances


def _correlate_lags(longest: int) -> Floats:
    """Give the correlation at each lag from 0, of each kind."""
    further = np.maximum(CORRELATIONS, LEAST_DECAY)[:, None] ** np.arange(longest)
    return np.hstack([np.ones((len(CORRELATIONS), 1)), CORRELATIONS[:, None] * further])


@lru_cache(maxsize=1024)
def build_design(
    times: tuple[int, ...],
    end: int,
    periods_per_year: int,
    steps: tuple[int, ...] = (),
    only_start: int | None = None,
) -> Design:
    """Build a design, or give the one that was built before for the same periods."""
    return Design(times, end, periods_per_year, steps, only_start)


@dataclass(frozen=True, eq=False)
class Shifts:
    """What the residuals say, by window.

    Attributes
    ----------
    expected : numpy.ndarray of float, shape (n,)
        Counts that seasons and levels lead to expect.
    shifts : numpy.ndarray of float, shape (windows,)
        In units of the spread that pure chance would give them.
    squares, products : numpy.ndarray of float, shape (windows,)
        Residual sum of squares, and of products of neighbours, with the window's shift taken out.
    """

    expected: Floats
    shifts: Floats
    squares: Floats
    products: Floats


def measure_shifts(counts: Floats, exposures: Floats, design: Design) -> Shifts:
    """Measure each window's shift against the rest of the series.

    Parameters
    ----------
    counts, exposures : numpy.ndarray of float, shape (n,)
        One for each of the design's times.
    design : Design

    Returns
    -------
    Shifts
    """
    rates, levels = fit_levels(counts, exposures, design.seasons, design.blocks)
    expected = exposures * rates[design.seasons] * levels[design.blocks]
    residuals = symmetric_residuals(counts, expected)
    residuals = residuals - design.basis @ (design.basis.T @ residuals)
    shifts = design.contrasts.T @ residuals
    left = residuals[:, None] - design.contrasts * shifts
    return Shifts(expected, shifts, (left**2).sum(axis=0), (left[1:] * left[:-1])[design.is_next].sum(axis=0))


def symmetric_residuals(counts: Floats, expected: Floats) -> Floats:
    """Give Anscombe's residuals, which spread as far up as down and by 1 where chance alone is at work.

    Parameters
    ----------
    counts, expected : numpy.ndarray of float, shape (n,)

    Returns
    -------
    numpy.ndarray of float, shape (n,)
    """
    safe = np.maximum(expected, SMALLEST_EXPECTED)
    middle = np.cbrt(safe) ** 2 * (1 - 1 / (9 * safe))
    return np.asarray(1.5 * (np.cbrt(counts) ** 2 - middle) / np.cbrt(np.sqrt(safe)))


def fit_levels(counts: Floats, exposures: Floats, seasons: Ints, blocks: Ints) -> tuple[Floats, Floats]:
    """Fit a Poisson model of season times level, scaling each in turn until both agree with their totals.

    Parameters
    ----------
    counts, exposures : numpy.ndarray of float, shape (n,)
    seasons, blocks : numpy.ndarray of int, shape (n,)
        Which season and which level each count belongs to, from 0.

    Returns
    -------
    rates, levels : numpy.ndarray of float
        Expected count over exposure is their product.
    """
    levels = np.ones(blocks.max() + 1)
    season_totals, block_totals = np.bincount(seasons, counts), np.bincount(blocks, counts)
    for _ in range(FITTING_ROUNDS if len(levels) > 1 else 1):
        weights = np.bincount(seasons, exposures * levels[blocks])
        rates = season_totals / np.where(weights > 0, weights, 1.0)
        weights = np.bincount(blocks, exposures * rates[seasons])
        levels = block_totals / np.where(weights > 0, weights, 1.0)
    return rates, levels


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


@dataclass(frozen=True, eq=False)
class Likelihoods:
    """How well each kind explains a series, by window; up to a factor that a window's kinds share.

    Attributes
    ----------
    chance : numpy.ndarray of float, shape (windows,)
    variable : numpy.ndarray of float, shape (windows, correlations, scales)
    """

    chance: Floats
    variable: Floats


def weigh_kinds(shifts: Shifts, design: Design) -> Likelihoods:
    """Say how well each kind of series explains the spread and the correlation of the residuals."""
    correlations, squares, _ = design.noise
    half = design.degrees / 2
    scaled = _scale(shifts, design)
    spread = (1 - correlations**2) / (design.degrees + SPREAD_DEGREES)
    # Residuals that are nothing but rounding have no correlation to speak of.
    found = np.where(shifts.squares > NO_RESIDUALS, shifts.products / np.maximum(shifts.squares, NO_RESIDUALS), 0.0)
    found = found[:, None]
    common = -((found - correlations) ** 2) / (2 * spread) - np.log(spread) / 2 - half * np.log(squares)
    chance = common[:, 0] - scaled[:, 0] / 2
    variable = common[:, :, None] - half * np.log(SCALES) - scaled[:, :, None] / (2 * SCALES)
    highest = np.maximum(chance, variable.max(axis=(1, 2)))
    return Likelihoods(np.exp(chance - highest), np.exp(variable - highest[:, None, None]))


def learn_shares(series: list[Likelihoods]) -> Shares:
    """Learn from a pack how common each kind is, by expectation and maximisation; one series teaches little.

    Parameters
    ----------
    series : list of Likelihoods

    Returns
    -------
    Shares
        What was thought before, where there is no series.
    """
    shares = Shares(CHANCE_SHARE, CORRELATION_SHARES, SCALE_SHARES)
    if len(series) < 2:  # noqa: PLR2004 - a series' own likelihood already speaks for it
        return shares
    owners = np.repeat(np.arange(len(series)), [len(each.chance) for each in series])
    each_window = 1 / np.bincount(owners)[owners]
    both = Likelihoods(
        np.concatenate([each.chance for each in series]), np.concatenate([each.variable for each in series])
    )
    for _ in range(LEARNING_ROUNDS):
        before = shares
        chance, variable = _posterior(both, shares)
        chance_series = float(each_window @ chance)
        kinds = np.tensordot(each_window, variable, axes=1)
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
