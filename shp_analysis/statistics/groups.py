"""Putting areas into equal groups by a value, such as deprivation tenths.

References
----------
Office for Health Improvement and Disparities, public health profiles technical guide: assigning deprivation
categories.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from shp_analysis.errors import RequestError
from shp_analysis.statistics.intervals import Floats

TENTHS = 10


def group_by_quantile(
    values: npt.ArrayLike, groups: int = TENTHS, *, is_highest_first: bool = True, within: npt.ArrayLike | None = None
) -> Floats:
    """Put values into groups of about equal size.

    Parameters
    ----------
    values : array_like of float, shape (n,)
        One per area, such as a deprivation score. Missing values get no group.
    groups : int
        How many: 10 for tenths, 5 for fifths.
    is_highest_first : bool
        Group 1 holds the highest values (the most deprived); False puts the lowest there.
    within : array_like, shape (n,), optional
        Make groups within each of these (regions), and not over all.

    Returns
    -------
    numpy.ndarray, shape (n,)
        Group numbers from 1; missing where the value is, and where there are fewer areas than groups. Equal values
        share a group, so groups can differ in size: look at the sizes before comparing them.

    Raises
    ------
    RequestError
        Where fewer than two groups are asked for.
    """
    if groups < 2:  # noqa: PLR2004 - fewer than two groups are no groups
        raise RequestError(f"values cannot be put into {groups} group; ask for 2 or more, such as {TENTHS}")
    series = pd.Series(np.atleast_1d(np.asarray(values, dtype=float)))
    regions = np.zeros(series.size) if within is None else np.asarray(within)
    found = np.full(series.size, np.nan)
    for places in series.groupby(regions).indices.values():
        found[places] = _number_groups(series.iloc[places], groups, is_highest_first=is_highest_first)
    return found


def _number_groups(values: pd.Series[float], groups: int, *, is_highest_first: bool) -> Floats:
    known = int(values.notna().sum())
    if known < groups:
        return np.full(values.size, np.nan)
    rank = values.rank(method="min", ascending=not is_highest_first).to_numpy(dtype=float)
    from_the_end = np.ceil((known + 1 - rank) / (known / groups))
    found: Floats = np.maximum(groups + 1 - from_the_end, 1.0)
    return found
