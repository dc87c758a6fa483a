"""An area among its peers: their mean, its rank and how sure that rank is, and totals whose members changed.

References
----------
Goldstein and Spiegelhalter (1996), JRSS A 159, 385-443: a rank without an interval misleads.
Marshall and Spiegelhalter (1998), BMJ 316, 1701-1704: intervals of ranks are wide.
Le Cam (1960), Pacific Journal of Mathematics 10, 1181-1197: sums of unequal yes-or-no events (Poisson binomial).
Her Majesty's Inspectorate of Constabulary and police.uk, Compare your area: the mean of a most similar group is the
unweighted mean of its members' rates, the own force among them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy import special

from shp_analysis.errors import RequestError
from shp_analysis.statistics.intervals import (
    CONFIDENCE,
    PER,
    Floats,
    check_counts,
    check_denominators,
)

RANK_POINTS = 80
"""Points at which each area's possible rates are looked at; more change no rank's interval."""
NEGLIGIBLE = 1e-6
"""An area that lies above another with less than this chance, wherever the other is, is below it."""
PRIOR_EVENTS = 0.5
"""Jeffreys's prior for a Poisson rate: half an event, so that no events do not mean an impossible one."""


@dataclass(frozen=True)
class MeanOfAreas:
    """The mean of a group of areas, both ways.

    Attributes
    ----------
    unweighted : float
        Mean of the members' rates: each area counts the same, a small one like a large one. This is what
        police.uk prints as the most similar group's average.
    pooled : float
        All members' events over all their residents: what a resident of the group meets. Where the two means differ
        much, a large or an unusual member pulls one of them, and the sentence must say which is used.
    """

    unweighted: float
    pooled: float


@dataclass(frozen=True)
class RankedArea:
    """One area's place.

    Attributes
    ----------
    name : str
    rank : int
        1 is the highest rate. Equal rates share the better rank.
    best, worst : int
        Interval of the rank. Where it is wide, the order is mostly luck: say "among the highest ten", or nothing.
    """

    name: str
    rank: int
    best: int
    worst: int


@dataclass(frozen=True)
class CoverageChange:
    """A total whose number of contributors changed, and the same per contributor.

    Attributes
    ----------
    change_percent : float
        Of the total.
    change_percent_per_member : float
        Of the total per contributor.
    members_before, members : int
    is_comparable : bool
        Whether the same number contributed. Where not, a change of the total is partly a change of who reported, and
        may not be printed without the second figure and a warning.
    """

    change_percent: float
    change_percent_per_member: float
    members_before: int
    members: int

    @property
    def is_comparable(self) -> bool:
        """Whether the same number contributed both times."""
        return self.members_before == self.members


def mean_of_areas(
    counts: Mapping[str, float],
    denominators: Mapping[str, float],
    *,
    own: str | None = None,
    per: float = PER,
) -> MeanOfAreas:
    """Give the mean rate of a group of areas, unweighted and pooled.

    Parameters
    ----------
    counts, denominators : mapping of str to float
        Events and residents of every member. The own area belongs among them, by the inspectorate's rule.
    own : str, optional
        The area that is compared; refused where it is not a member, so that the rule is not broken by oversight.
    per : float

    Returns
    -------
    MeanOfAreas
        Say "the average of its most similar areas, itself included", and list them.

    Raises
    ------
    RequestError
        Where a member has no denominator, fewer than two are given, or the own area is not among them.

    References
    ----------
    HMIC and police.uk, Compare your area.
    """
    names, observed, over = _match(counts, denominators)
    if own is not None and own not in counts:
        raise RequestError(
            f"{own} is not among its own peers ({', '.join(names)}); the mean includes it by rule: add it"
        )
    return MeanOfAreas(float((observed / over * per).mean()), float(observed.sum() / over.sum() * per))


def rank_areas(
    counts: Mapping[str, float],
    denominators: Mapping[str, float] | None = None,
    *,
    comparators: int | None = None,
) -> dict[str, RankedArea]:
    """Rank areas by rate, with an interval of every rank.

    Parameters
    ----------
    counts : mapping of str to float
        Events of every area that is ranked.
    denominators : mapping of str to float
        Residents of the same areas. There is no rank of counts: the largest area would come first.
    comparators : int
        Among how many areas the rank is claimed ("in the country" is 43 forces). All of them have to be given.

    Returns
    -------
    dict of str to RankedArea
        Best rank first. Say "2nd of 43 (it could be anywhere from 1st to 6th)". Where the intervals of two areas
        overlap, do not say that one ranks above the other.

    Raises
    ------
    RequestError
        Where denominators or the number of comparators are not given, or not all comparators are there.

    Notes
    -----
    An area's rank is one more than the number of areas above it. Given its own rate, the others lie above it
    independently of each other, so that number is a sum of unequal yes-or-no events, whose distribution is added up
    exactly over what the own rate may be. No simulation, so the same input gives the same interval.

    References
    ----------
    Goldstein and Spiegelhalter (1996); Marshall and Spiegelhalter (1998).
    """
    if denominators is None:
        raise RequestError("areas cannot be ranked by counts: give the residents of each, so that rates are ranked")
    if comparators is None:
        raise RequestError("a rank means nothing without the number of areas it is among: give comparators")
    names, observed, over = _match(counts, denominators)
    if comparators != len(names):
        raise RequestError(
            f"a rank among {comparators} areas was asked for and {len(names)} were given; give all, or rank among "
            f"{len(names)} and say so"
        )
    rates = observed / over
    ranks = 1 + (rates[None, :] > rates[:, None]).sum(axis=1)
    below = np.cumsum(_chances_of_ranks(observed, over), axis=1)
    tail = (1 - CONFIDENCE) / 2
    best, worst = 1 + (below <= tail).sum(axis=1), 1 + (below < 1 - tail).sum(axis=1)
    areas = (
        # A rank is never outside its own interval, not even where a rate and its middle rank part.
        RankedArea(name, int(rank), min(int(low), int(rank)), max(int(high), int(rank)))
        for name, rank, low, high in zip(names, ranks, best, worst, strict=True)
    )
    return {area.name: area for area in sorted(areas, key=lambda area: (area.rank, area.name))}


def compare_coverage(total_before: float, members_before: int, total: float, members: int) -> CoverageChange:
    """Compare two totals to which different numbers of members contributed.

    Parameters
    ----------
    total_before, total : float
        Events of all contributors.
    members_before, members : int
        How many contributed.

    Returns
    -------
    CoverageChange
        Read `is_comparable` first.

    Raises
    ------
    RequestError
        Where the first total or a number of members is not above 0.

    Examples
    --------
    >>> change = compare_coverage(118_140, 286, 108_775, 273)
    >>> round(change.change_percent, 1), round(change.change_percent_per_member, 1), change.is_comparable
    (-7.9, -3.5, False)
    """
    check_denominators([total_before, members_before, members])
    check_counts([total])
    ratio = total / total_before
    per_member = ratio * members_before / members
    return CoverageChange((ratio - 1) * 100, (per_member - 1) * 100, members_before, members)


def _chances_of_ranks(observed: Floats, over: Floats) -> Floats:
    """Give the chance of every rank, shape (areas, areas); row i is area i, column k the chance of k areas above it."""
    shape = observed + PRIOR_EVENTS
    # Points of equal weight over what each area's rate may be.
    levels = (np.arange(RANK_POINTS) + 0.5) / RANK_POINTS
    chances = np.zeros((observed.size, observed.size))
    for own in range(observed.size):
        own_rates = special.gammaincinv(shape[own], levels) / over[own]
        others = np.delete(np.arange(observed.size), own)
        ahead = np.asarray(special.gammaincc(shape[others, None], own_rates * over[others, None]))
        surely = int((ahead.min(axis=1) > 1 - NEGLIGIBLE).sum())
        maybe = ahead[(ahead.max(axis=1) >= NEGLIGIBLE) & (ahead.min(axis=1) <= 1 - NEGLIGIBLE)]
        chances[own, surely : surely + len(maybe) + 1] = _chances_of_numbers(maybe).mean(axis=1)
    return chances


def _chances_of_numbers(chances: Floats) -> Floats:
    """Give the chances of 0, 1, 2 ... events that happen independently, each column on its own (Poisson binomial)."""
    found = np.zeros((len(chances) + 1, chances.shape[1]))
    found[0] = 1.0
    for number, chance in enumerate(chances, start=1):
        moved = found[:number] * chance
        found[:number] *= 1 - chance
        found[1 : number + 1] += moved
    return found


def _match(counts: Mapping[str, float], denominators: Mapping[str, float]) -> tuple[tuple[str, ...], Floats, Floats]:
    names = tuple(str(name) for name in counts)
    missing = [name for name in names if name not in denominators]
    if missing:
        raise RequestError(f"no denominator was given for {', '.join(missing)}; give it or leave the area out")
    if len(names) < 2:  # noqa: PLR2004 - an area alone has no peers
        raise RequestError(f"{len(names)} area has no peers; give at least 2")
    observed = check_counts([counts[name] for name in names])
    over = check_denominators([denominators[name] for name in names])
    unknown = [name for name, gap in zip(names, np.isnan(observed) | np.isnan(over), strict=True) if gap]
    if unknown:
        raise RequestError(f"no figure is known for {', '.join(unknown)}; leave the area out and say so")
    return names, observed, over
