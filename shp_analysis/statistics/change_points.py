"""Where the level of a series may have changed: a date to ask about, not a verdict.

A search for the best place of a step finds one in any series. How many steps there are is decided by a penalty (the
Bayesian information criterion), which keeps most, not all, steps of pure chance out. So each answer is put as a
question: is it known what was recorded or done differently from then on? A date that the series itself picked proves
nothing about any event near it.

The search is exact: every set of up to so many steps is considered, by dynamic programming.

References
----------
Bai and Perron (2003), Journal of Applied Econometrics 18, 1-22: the search, and dates of breaks.
Zeileis, Kleiber, Kraemer and Hornik (2003), Computational Statistics and Data Analysis 44, 109-123: the criterion.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shp_analysis.statistics.count_models import Floats

SMALLEST_SEGMENT_SHARE = 0.15
FEWEST_POINTS_IN_SEGMENT = 6
FEWEST_POINTS = 2 * FEWEST_POINTS_IN_SEGMENT
MOST_CHANGES = 5
PERFECT_FIT = 1e-12
"""Residuals smaller than this share of the series' own sum of squares are rounding."""


@dataclass(frozen=True)
class PossibleChange:
    """One place where the level may have changed.

    Attributes
    ----------
    index : int
        Of the last point before the change, from 0.
    level_before, level_after : float
        Mean of the stretches on either side.
    question : str
        What to ask.
    """

    index: int
    level_before: float
    level_after: float
    question: str


@dataclass(frozen=True)
class ChangePoints:
    """What the search found.

    Attributes
    ----------
    changes : tuple of PossibleChange
        In order; empty where one level does as well.
    criterion : tuple of float
        The information criterion of 0, 1, 2… changes; the smallest won. Differences under 2 are nothing.
    note : str
        How to read it.
    """

    changes: tuple[PossibleChange, ...]
    criterion: tuple[float, ...]
    note: str


def find_change_points(
    values: npt.ArrayLike,
    *,
    labels: Sequence[str] | None = None,
    terms: npt.ArrayLike | None = None,
    most_changes: int = MOST_CHANGES,
    exactly: int | None = None,
    shortest_share: float = SMALLEST_SEGMENT_SHARE,
) -> ChangePoints:
    """Ask where the level of a series (or its dependence on given terms) may have changed.

    Parameters
    ----------
    values : array_like of float, shape (n,)
        Without season and without gaps; at least 12 points.
    labels : sequence of str, shape (n,), optional
        What each point is called in the questions; its number where left out.
    terms : array_like of float, shape (n, k), optional
        What the series is explained by within each stretch; a level alone where left out.
    most_changes : int
        The most that are looked for; fewer where stretches would be shorter than is allowed.
    exactly : int, optional
        Give the best set of so many, whatever the criterion says: for asking where, given that there were so many.
    shortest_share : float
        Of the series, that a stretch may be; never less than six points.

    Returns
    -------
    ChangePoints
        Short series (fewer than 12 points) get no changes and a note that says so.
    """
    series = np.asarray(values, dtype=float)
    design = np.ones((len(series), 1)) if terms is None else np.asarray(terms, dtype=float)
    shortest = max(math.floor(shortest_share * len(series)), FEWEST_POINTS_IN_SEGMENT, design.shape[1] + 1)
    if len(series) < max(FEWEST_POINTS, 2 * shortest) or not np.isfinite(series).all():
        note = f"{len(series)} points, or points missing: too little to ask where a level changed."
        return ChangePoints((), (), note)
    costs = _costs(series, design, shortest)
    most = min(most_changes if exactly is None else exactly, len(series) // shortest - 1)
    sums, partitions = _search(costs, most)
    floor = PERFECT_FIT * max(float(series @ series), 1.0)
    criterion = tuple(_criterion(max(each, floor), len(series), count, design.shape[1]) for count, each in sums)
    best = partitions[int(np.argmin(criterion)) if exactly is None else most]
    return ChangePoints(_ask(series, best, labels), criterion, _note(best))


def _costs(series: Floats, design: Floats, shortest: int) -> Floats:
    """Give the residual sum of squares of every stretch [start, end): infinite where it is too short."""
    points = len(series)
    costs = np.full((points + 1, points + 1), np.inf)
    if design.shape[1] == 1 and np.ptp(design) == 0:
        centred = series - series.mean()
        sums, squares = (np.concatenate([[0.0], np.cumsum(each)]) for each in (centred, centred**2))
        lengths = np.arange(points + 1)[None, :] - np.arange(points + 1)[:, None]
        long = lengths >= shortest
        gained = (sums[None, :] - sums[:, None])[long] ** 2 / lengths[long]
        costs[long] = np.maximum((squares[None, :] - squares[:, None])[long] - gained, 0.0)
        return costs
    for start in range(points - shortest + 1):
        for end in range(start + shortest, points + 1):
            x, y = design[start:end], series[start:end]
            residual = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
            costs[start, end] = residual @ residual
    return costs


def _search(costs: Floats, most: int) -> tuple[list[tuple[int, float]], list[tuple[int, ...]]]:
    """Find the best partition for each number of changes; a change is named by where the next stretch starts."""
    points = len(costs) - 1
    reached = costs[0].copy()
    paths: list[tuple[int, ...]] = [()] * (points + 1)
    sums = [(0, float(reached[points]))]
    answers: list[tuple[int, ...]] = [()]
    for changes in range(1, most + 1):
        through = reached[:, None] + costs
        where = through.argmin(axis=0)
        paths = [(*paths[where[end]], int(where[end])) for end in range(points + 1)]
        reached = through.min(axis=0)
        sums.append((changes, float(reached[points])))
        answers.append(paths[points])
    return sums, answers


def _criterion(squares: float, points: int, changes: int, terms: int) -> float:
    """Give minus twice the normal log-likelihood, and the logarithm of n for each term, each date and the variance."""
    likelihood = -points / 2 * (math.log(squares / points) + math.log(2 * math.pi) + 1)
    return -2 * likelihood + math.log(points) * ((terms + 1) * (changes + 1))


def _ask(series: Floats, starts: tuple[int, ...], labels: Sequence[str] | None) -> tuple[PossibleChange, ...]:
    bounds = (0, *starts, len(series))
    names = labels if labels is not None else [f"point {number}" for number in range(1, len(series) + 1)]
    found = []
    for before, start, end in zip(bounds, bounds[1:], bounds[2:], strict=False):
        levels = float(series[before:start].mean()), float(series[start:end].mean())
        direction = "higher" if levels[1] > levels[0] else "lower"
        question = (
            f"After {names[start - 1]} the level is {direction} ({levels[0]:,.1f} before, {levels[1]:,.1f} after): is "
            "it known what was recorded, counted or done differently from then on?"
        )
        found.append(PossibleChange(start - 1, *levels, question))
    return tuple(found)


def _note(starts: tuple[int, ...]) -> str:
    if not starts:
        return "One level describes the series as well as any division of it."
    return "The dates were picked by the series itself: they are places to ask about, and show nothing about any event."
