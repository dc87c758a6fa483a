"""What all charts share: stretches between breaks, how far neighbours lie apart, and how much limits rest on.

References
----------
Nelson (1982), Control charts for individual measurements, Journal of Quality Technology 14, 172-173: screening.
Provost and Murray (2011), The Health Care Data Guide, p. 155: how many points limits need.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from shp_analysis.errors import RequestError

SCREEN_ABOVE_MEAN_RANGES = 3.267
"""A moving range longer than this many mean ranges is an event and no part of the usual movement."""
FEWEST_POINTS = 12
"""Below this many points to draw limits from nothing is marked."""
FIRM_POINTS = 15
"""From this many points on limits are taken without comment; between the two they are provisional."""
RELATIVE_TOLERANCE = 1e-12
"""Two numbers nearer than this share of the largest value are equal: else rounding would mark a constant series."""

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int_]
Bools = npt.NDArray[np.bool_]


class Footing(StrEnum):
    """How much the limits rest on."""

    FIRM = "firm"
    PROVISIONAL = "provisional"
    TOO_FEW = "too few points"


def number_segments(dates: npt.ArrayLike, rebase_dates: Sequence[object]) -> Ints:
    """Give each date the number of its stretch between rebase dates.

    Parameters
    ----------
    dates : array_like of datetime64, date or ISO text, shape (n,)
        Of the points, rising.
    rebase_dates : sequence of the same
        Each is the first day of a new stretch: a point on that day belongs to it. Rebase where something is known
        to have changed (a recording break), and never to make a mark go away.

    Returns
    -------
    numpy.ndarray of int, shape (n,)
        From 0. A rebase date with no point before or after it starts nothing.

    Raises
    ------
    RequestError
        Where the dates do not rise.
    """
    days = np.asarray(dates, dtype="datetime64[D]")
    if (np.diff(days).astype(int) <= 0).any():
        place = int(np.flatnonzero(np.diff(days).astype(int) <= 0)[0])
        raise RequestError(f"dates must rise, but {days[place + 1]} follows {days[place]}: sort the series first")
    starts = np.sort(np.asarray(rebase_dates, dtype="datetime64[D]"))
    crossed = np.searchsorted(starts, days, side="right")
    return np.unique(crossed, return_inverse=True)[1].reshape(-1)


def number_stretches(segments: npt.ArrayLike | None, length: int) -> Ints:
    """Check segment numbers and renumber them from 0 without gaps; one stretch where none are given.

    Raises
    ------
    RequestError
        Where there are not as many numbers as values, or they fall.
    """
    if segments is None:
        return np.zeros(length, dtype=np.int_)
    numbers = np.asarray(segments, dtype=np.int_)
    if numbers.shape != (length,):
        raise RequestError(f"{length} values need {length} segment numbers, and there are {numbers.size}")
    if (np.diff(numbers) < 0).any():
        raise RequestError("segment numbers fall; give numbers that only rise, as `number_segments` does")
    return np.concatenate([[0], np.cumsum(np.diff(numbers) > 0)]).astype(np.int_)


def bound_stretches(numbers: Ints) -> list[tuple[int, int]]:
    """Give the first position of each stretch and the first after it."""
    bounds = [0, *(np.flatnonzero(np.diff(numbers)) + 1).tolist(), len(numbers)]
    return list(pairwise(bounds))


def average_ranges(ranges: Floats, *, screen: bool) -> tuple[float, int, int]:
    """Average moving ranges, without those that are events.

    Parameters
    ----------
    ranges : numpy.ndarray of float, shape (n,)
        Distances between neighbours; NaN where one of the two has no value.
    screen : bool
        Whether to leave out, once, ranges above `SCREEN_ABOVE_MEAN_RANGES` mean ranges. Where only ranges of zero
        would be left nothing is left out: one step in a flat series must not mark every point of it.

    Returns
    -------
    mean : float
        NaN without any range.
    ranges, screened : int
        How many there were, and how many of them were left out.
    """
    known = ranges[~np.isnan(ranges)]
    if not known.size:
        return float("nan"), 0, 0
    mean = float(known.mean())
    kept = known[known <= SCREEN_ABOVE_MEAN_RANGES * mean] if screen else known
    if not kept.any():
        return mean, known.size, 0
    return float(kept.mean()), known.size, known.size - kept.size


def judge_footing(points: int, ranges: int, fewest_points: int) -> Footing:
    """Say how much limits rest on, given the values and the moving ranges behind them.

    A series full of gaps has few neighbours: half as many ranges as points are asked for.
    """
    if points < fewest_points or ranges < fewest_points / 2:
        return Footing.TOO_FEW
    return Footing.FIRM if points >= FIRM_POINTS else Footing.PROVISIONAL


def tolerance_of(values: Floats) -> float:
    """Give the distance below which two values of a series are taken for equal."""
    return RELATIVE_TOLERANCE * float(np.abs(values[~np.isnan(values)]).max(initial=0.0))
