"""Whether something changed otherwise here than elsewhere: one change of counts over another.

Two ranges that overlap do not show that two changes are alike, and two that do not are rarer than they need be. So the
one change is divided by the other, and the range of that ratio asked whether it leaves out 1.

References
----------
Altman and Bland (2003), BMJ 326, 219: compare two estimates by the difference of their logarithms, not by whether
each is clear.
Zou and Donner (2008), Statistics in Medicine 27, 1693-1702: the interval of a difference from two separate intervals,
here of the logarithms of two ratios.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy import stats

from shp_analysis.errors import RequestError
from shp_analysis.statistics.changes import CONFIDENCE, Change


@dataclass(frozen=True)
class ChangeRatio:
    """One change over another.

    Attributes
    ----------
    ratio, lower, upper : float
        1 where both changed in the same proportion. 0.54 means: for every 100 that there would have been here, had
        things gone as they did elsewhere, there were 54.
    expected : float
        How many there would have been here.
    p_value : float
        Two-sided, of both having changed alike; the range's own, inverted.
    """

    ratio: float
    lower: float
    upper: float
    expected: float
    p_value: float

    @property
    def is_clear(self) -> bool:
        """Whether the range leaves out that both changed alike."""
        return self.lower > 1 or self.upper < 1


def compare_changes(own: Change, other: Change) -> ChangeRatio:
    """Divide a change of counts by another one.

    Parameters
    ----------
    own, other : Change
        Of the same two periods, in places that share no event: an area's own events must be left out of the country's.

    Returns
    -------
    ChangeRatio
        Its range puts the two ranges together, so it allows for whatever each of them allows for.

    Raises
    ------
    RequestError
        Where one of the four counts is 0, so that a change is no ratio.

    Examples
    --------
    >>> from shp_analysis.statistics.changes import compare_counts
    >>> found = compare_changes(compare_counts(270, 152), compare_counts(7_087, 7_291))
    >>> round(found.ratio, 2), round(found.expected), found.is_clear
    (0.55, 278, True)
    """
    here, there = _to_logs(own), _to_logs(other)
    apart = here[0] - there[0]
    below = math.hypot(here[0] - here[1], there[2] - there[0])
    above = math.hypot(here[2] - here[0], there[0] - there[1])
    ratio, towards_one = math.exp(apart), below if apart > 0 else above
    z = stats.norm.ppf((1 + CONFIDENCE) / 2) * abs(apart) / towards_one
    p_value = float(2 * stats.norm.sf(z))
    return ChangeRatio(ratio, math.exp(apart - below), math.exp(apart + above), own.count / ratio, p_value)


def _to_logs(change: Change) -> tuple[float, float, float]:
    if min(change.baseline_count, change.count) <= 0 or change.adjusted_percent is None:
        raise RequestError(
            f"a change from {change.baseline_count} to {change.count} is no ratio; give the two counts and compare "
            "nothing"
        )
    now, low, high = (1 + percent / 100 for percent in (change.adjusted_percent, change.lower, change.upper))
    return math.log(now), math.log(low), math.log(high)
