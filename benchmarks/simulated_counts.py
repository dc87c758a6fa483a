"""Simulated counts of events of the kinds that a partnership's indicators are made of. None of it is real.

Every kind has seasons. The level stands still, wanders (a little, more, with sudden jumps), returns after a
disturbance, or has a trend; around it counts vary by chance (Poisson) or more than that.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

SEASON = 0.15
"""How far the seasons take the level up and down, as a share."""
DISPERSION = 3.0
"""Variance over mean of the counts that vary more than by chance."""


def _steady(_: np.random.Generator, steps: Floats) -> Floats:
    return np.zeros(len(steps))


def _wandering(per_year: float) -> Callable[[np.random.Generator, Floats], Floats]:
    def wander(rng: np.random.Generator, steps: Floats) -> Floats:
        return np.cumsum(rng.normal(0, per_year * np.sqrt(steps)))

    return wander


def _jumping(rng: np.random.Generator, steps: Floats) -> Floats:
    # Three degrees of freedom: most steps are small, and a few are large.
    return np.cumsum(rng.standard_t(3, len(steps)) * 0.06 * np.sqrt(steps))


def _returning(rng: np.random.Generator, steps: Floats) -> Floats:
    level = np.zeros(len(steps))
    disturbances = rng.normal(0, 0.1, len(steps))
    for now in range(1, len(steps)):
        level[now] = 0.5 * level[now - 1] + disturbances[now]
    return level


def _trending(rng: np.random.Generator, steps: Floats) -> Floats:
    return rng.normal(0, 0.06) * np.cumsum(steps)


LEVELS: dict[str, Callable[[np.random.Generator, Floats], Floats]] = {
    "steady": _steady,
    "wandering a little": _wandering(0.06),
    "wandering": _wandering(0.12),
    "jumping": _jumping,
    "returning": _returning,
    "trending": _trending,
}


def simulate_counts(
    rng: np.random.Generator, level: str, *, mean: float, points: int, period: int, is_dispersed: bool = False
) -> Floats:
    """Simulate one series of counts.

    Parameters
    ----------
    rng : numpy.random.Generator
    level : str
        One of `LEVELS`.
    mean : float
        Of the counts at the start, before seasons.
    points, period : int
        Length, and points in a year.
    is_dispersed : bool
        Whether counts vary more than by chance.

    Returns
    -------
    numpy.ndarray, shape (points,)
    """
    season = 1 + SEASON * np.sin(2 * np.pi * np.arange(points) / period)
    expected = mean * season * np.exp(LEVELS[level](rng, np.full(points, 1 / period)))
    if not is_dispersed:
        return rng.poisson(expected).astype(float)
    return rng.negative_binomial(expected / (DISPERSION - 1), 1 / DISPERSION).astype(float)
