"""How far the last quarters of a series lie from the rest of it, allowing for what kind of series it is.

Each count is compared with what its season and level lead to expect, on a scale on which chance spreads by 1, as far
up as down (Anscombe's residuals). For every window of the last 1, 2, ... 8 quarters a shift is estimated from these
residuals by least squares, season and level being estimated anew beside it. How far chance alone spreads such a shift,
and how alike it makes neighbouring residuals, is worked out for each degree to which one period may be like the next;
what kind of series it is, is asked elsewhere (`early_warning_kinds`).

References
----------
Anscombe (1953), contribution to the discussion of Hotelling, JRSS B 15, 229-230: residuals with powers of two thirds.
Lai (1995), Sequential changepoint detection in quality control, JRSS B 57, 613-658: window-limited likelihood ratios.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt

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
FITTING_ROUNDS = 8
SHORTEST_STEP = 1e-6
"""A step that is no longer than this, once seasons and levels are taken out of it, is nothing but rounding."""
SMALLEST_EXPECTED = 0.5
"""A season with fewer expected events than this is taken to have so many, that none divides by nothing."""


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

    @property
    def starts(self) -> Ints:
        """When each window begins, shortest first.

        None reaches behind a known step or too near the beginning, and none begins where a step cannot be told from the
        seasons and the levels that are known: where nothing was received between it and a known step, nothing since it,
        or only periods of a season that has none before it.
        """
        return self._windows[0]

    @property
    def window_quarters(self) -> Ints:
        """How many quarters long each window is."""
        return np.asarray((self.end - self.starts) // self.periods_per_quarter, dtype=np.int_)

    def _list_starts(self) -> Ints:
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
    def _windows(self) -> tuple[Ints, Floats, Floats]:
        starts = self._list_starts()
        steps = (np.asarray(self.times)[:, None] >= starts).astype(float)
        steps -= self.basis @ (self.basis.T @ steps)
        lengths = np.sqrt((steps**2).sum(axis=0))
        told = (lengths > SHORTEST_STEP) & (self.degrees > 0)
        return starts[told], steps[:, told] / lengths[told], lengths[told]

    @property
    def contrasts(self) -> Floats:
        """Unit vectors, one a window: a step with seasons and levels taken out."""
        return self._windows[1]

    @property
    def lengths(self) -> Floats:
        """Lengths of the steps before they were made unit vectors."""
        return self._windows[2]

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
