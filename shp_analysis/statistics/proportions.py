"""Proportions: alone, against each other, against a national share, and with or without a group of people.

Two published figures that come with their own intervals are compared here too.

References
----------
Wilson (1927), JASA 22, 209-212: the interval of a proportion.
Newcombe (1998), Statistics in Medicine 17, 873-890: the interval of a difference of two shares (method 10), inverted.
Clopper and Pearson (1934), Biometrika 26, 404-413: the exact test of one proportion.
Zou and Donner (2008), Statistics in Medicine 27, 1693-1702: the interval of a difference from two separate intervals.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from scipy import optimize, stats
from statsmodels.stats.proportion import confint_proportions_2indep

from shp_analysis.errors import RequestError
from shp_analysis.statistics.changes import Change, compare_counts
from shp_analysis.statistics.dispersions import Dispersion
from shp_analysis.statistics.intervals import CONFIDENCE, wilson_interval

FEWEST_IN_GROUP = 5
"""A group of fewer people than this, and more than none, is withheld: one of them might be recognised."""


@dataclass(frozen=True)
class Proportion:
    """A share with its interval.

    Attributes
    ----------
    count, total : float
        How many of how many.
    share, lower, upper : float
        Between 0 and 1, with Wilson's interval.
    is_approximate : bool
        Whether the count was worked back from a rounded percentage; say "about".
    """

    count: float
    total: float
    share: float
    lower: float
    upper: float
    is_approximate: bool = False

    def overlaps(self, other: Proportion) -> bool:
        """Say whether the intervals of two shares overlap.

        Where they do not, the shares differ clearly. Where they do, nothing follows yet: use `compare_proportions`.
        """
        return self.lower <= other.upper and other.lower <= self.upper


@dataclass(frozen=True)
class ProportionDifference:
    """Two shares compared.

    Attributes
    ----------
    first, second : Proportion
    difference, lower, upper : float
        The second less the first, with Newcombe's interval; times 100 it is in percentage points, not in per cent.
    p_value : float
        Two-sided, of no difference: what is left of 1 at the confidence at which the interval just reaches 0, so that
        the two never disagree.
    """

    first: Proportion
    second: Proportion
    difference: float
    lower: float
    upper: float
    p_value: float

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves out "no difference"."""
        return self.lower > 0 or self.upper < 0


class Standing(StrEnum):
    """How a share stands against a published one."""

    CLEARLY_LOWER = "lower than expected"
    LOWER_WITHIN_CHANCE = "lower than expected but within chance"
    AS_EXPECTED = "as expected"
    HIGHER_WITHIN_CHANCE = "higher than expected but within chance"
    CLEARLY_HIGHER = "higher than expected"


@dataclass(frozen=True)
class AgainstNational:
    """A local share against a national one.

    Attributes
    ----------
    local : Proportion
    national_share : float
    expected_count : float
        How many there would be at the national share. Print it: "6 where 11.7 would be expected" needs no statistics.
    p_value : float
        Two-sided and exact, of the local share being the national one.
    standing : Standing
        Its words may be printed. Only the two clear ones are news.
    """

    local: Proportion
    national_share: float
    expected_count: float
    p_value: float
    standing: Standing


@dataclass(frozen=True)
class WithAndWithout:
    """A change with all people in it, and with one group taken out.

    Attributes
    ----------
    with_group : Change
        Of everybody.
    without_group : Change or None
        Of everybody else; None where withheld.
    share : Proportion or None
        The group's share of the later count; None where withheld.
    share_change : ProportionDifference or None
        Of the group's share from the earlier count to the later; None where withheld, or either count is 0.
    is_withheld : bool
        Whether the group is so small in either period that people might be recognised. The figures without it are
        withheld too: the group would be their difference.
    """

    with_group: Change
    without_group: Change | None
    share: Proportion | None
    share_change: ProportionDifference | None
    is_withheld: bool

    @property
    def is_conclusion_changed(self) -> bool | None:
        """Whether taking the group out turns what may be said; None where that is withheld.

        True means that the group carries the change (or hides it). False means that it does not: the answer to "is it
        the looked-after children?" is no.
        """
        if self.without_group is None:
            return None
        return direction_of(self.with_group) != direction_of(self.without_group)


class Concordance(StrEnum):
    """Whether two changes tell the same story."""

    SAME = "same direction"
    OPPOSITE = "opposite directions"
    ONE_UNCLEAR = "one of them is not clear"
    BOTH_UNCLEAR = "neither is clear"


@dataclass(frozen=True)
class LocalAgainstNational:
    """A local change beside the national one over the same time.

    Attributes
    ----------
    concordance : Concordance
        Only clear changes have a direction. "one of them is not clear" is what a small area mostly gets: it is no
        evidence of a difference.
    do_ranges_overlap : bool
        Whether one underlying change would fit both. Where it is true, do not say that the area did better or worse.
    """

    concordance: Concordance
    do_ranges_overlap: bool


def measure_proportion(count: float, total: float, *, confidence: float = CONFIDENCE) -> Proportion:
    """Give a share with Wilson's interval.

    Parameters
    ----------
    count, total : float
        How many of how many; the conversion of incidents into crimes, or of live referrals among all, is one.
    confidence : float

    Returns
    -------
    Proportion
        Print count, total, share and range together: "13 of 26 (50 %; range 32 % to 68 %)". It shows no change: put
        no arrow next to it.

    Raises
    ------
    RequestError
        Where the count is above the total, negative, or missing, or the total is not above 0.

    References
    ----------
    Wilson (1927).
    """
    if math.isnan(count) or math.isnan(total):
        raise RequestError(f"a share of {count:g} among {total:g} cannot be given; give both figures")
    lower, upper = wilson_interval([count], [total], confidence)
    return Proportion(count, total, count / total, float(lower[0]), float(upper[0]))


def proportion_of_survey(percent: float, respondents: int, *, confidence: float = CONFIDENCE) -> Proportion:
    """Give a published survey percentage with the interval that its sample allows.

    Parameters
    ----------
    percent : float
        As printed, 93 for 93 per cent.
    respondents : int
        Who answered that question.
    confidence : float

    Returns
    -------
    Proportion
        Approximate: the percentage was rounded, and people who answer several questions are the same people. The
        interval says nothing of those who did not answer.

    Raises
    ------
    RequestError
        Where the percentage is not between 0 and 100, or nobody answered.

    References
    ----------
    Wilson (1927), of the whole number of respondents that comes nearest to the percentage.
    """
    if not 0 <= percent <= 100:  # noqa: PLR2004 - what a percentage of people can be
        raise RequestError(f"{percent:g} cannot be a percentage of respondents; give a number from 0 to 100")
    found = measure_proportion(round(percent / 100 * respondents), respondents, confidence=confidence)
    return Proportion(found.count, found.total, found.share, found.lower, found.upper, is_approximate=True)


def compare_proportions(
    first: tuple[float, float], second: tuple[float, float], *, confidence: float = CONFIDENCE
) -> ProportionDifference:
    """Compare two shares of different people.

    Parameters
    ----------
    first, second : tuple of float
        Count and total of each. Nobody may be counted in both.
    confidence : float

    Returns
    -------
    ProportionDifference
        Read `is_clear` first.

    Raises
    ------
    RequestError
        As for `measure_proportion`.

    References
    ----------
    Newcombe (1998), method 10, from the two Wilson intervals; the p-value is that interval's, inverted.

    Examples
    --------
    >>> found = compare_proportions((48, 80), (56, 70))
    >>> round(found.lower, 3), round(found.upper, 3), round(found.p_value, 4)
    (0.052, 0.334, 0.0081)
    """
    one, other = (measure_proportion(*pair, confidence=confidence) for pair in (first, second))
    lower, upper = confint_proportions_2indep(*second, *first, compare="diff", method="newcomb", alpha=1 - confidence)
    low, high = sorted((first, second), key=lambda pair: pair[0] / pair[1])
    return ProportionDifference(
        one, other, other.share - one.share, float(lower), float(upper), _invert_newcombe(low, high)
    )


def compare_with_national(
    count: int, total: int, national_share: float, *, confidence: float = CONFIDENCE
) -> AgainstNational:
    """Compare a local share with a national one.

    Parameters
    ----------
    count, total : int
        Local: how many of how many.
    national_share : float
        Between 0 and 1, of a population so large that its own chance can be left aside.
    confidence : float
        1 less it is the level of the test.

    Returns
    -------
    AgainstNational
        Print all of it: count, total, share with range, national share, expected count and p-value.

    Raises
    ------
    RequestError
        Where the national share is not between 0 and 1, or as for `measure_proportion`.

    References
    ----------
    The exact binomial test, two-sided by adding up all outcomes that are no likelier than the one seen.

    Examples
    --------
    >>> found = compare_with_national(6, 180, 0.065)
    >>> round(found.expected_count, 1), round(found.p_value, 3), str(found.standing)
    (11.7, 0.095, 'lower than expected but within chance')
    """
    if not 0 < national_share < 1:
        raise RequestError(f"a national share must lie between 0 and 1, not {national_share:g}; give 6.5 % as 0.065")
    local = measure_proportion(count, total, confidence=confidence)
    p_value = float(stats.binomtest(count, total, national_share).pvalue)
    expected = total * national_share
    standing = _standing(count - expected, is_clear=p_value < 1 - confidence)
    return AgainstNational(local, national_share, expected, p_value, standing)


def compare_with_and_without(
    baseline: tuple[int, int],
    current: tuple[int, int],
    *,
    baseline_exposure: float = 1.0,
    exposure: float = 1.0,
    dispersion: Dispersion | None = None,
    confidence: float = CONFIDENCE,
) -> WithAndWithout:
    """Compare two counts with all people in them, and again with one group taken out.

    Parameters
    ----------
    baseline, current : tuple of int
        The earlier and the later count of everybody, each with the count of the group within it.
    baseline_exposure, exposure : float
        What each was counted over, as for `changes.compare_counts`.
    dispersion : Dispersion, optional
        Of the series.
    confidence : float

    Returns
    -------
    WithAndWithout
        Read `is_withheld`, then `is_conclusion_changed`.

    Raises
    ------
    RequestError
        Where the group is larger than everybody, or a count is negative.

    References
    ----------
    `changes.compare_counts`; Newcombe (1998) for the change of the share.
    """
    for everybody, group in (baseline, current):
        if not 0 <= group <= everybody:
            raise RequestError(f"a group of {group} cannot be part of {everybody}; give the whole first")

    def change(before: int, after: int) -> Change:
        return compare_counts(
            before,
            after,
            baseline_exposure=baseline_exposure,
            exposure=exposure,
            dispersion=dispersion,
            confidence=confidence,
        )

    with_group = change(baseline[0], current[0])
    if any(_might_be_recognised(*pair) for pair in (baseline, current)):
        return WithAndWithout(with_group, None, None, None, is_withheld=True)
    share = measure_proportion(current[1], current[0], confidence=confidence) if current[0] else None
    has_both = baseline[0] > 0 and current[0] > 0
    moved = compare_proportions(baseline[::-1], current[::-1], confidence=confidence) if has_both else None
    without = change(baseline[0] - baseline[1], current[0] - current[1])
    return WithAndWithout(with_group, without, share, moved, is_withheld=False)


def compare_local_with_national(local: Change, national: Change) -> LocalAgainstNational:
    """Say whether a local change goes the way of the national one.

    Parameters
    ----------
    local, national : Change
        Over the same two periods.

    Returns
    -------
    LocalAgainstNational
        Print the words of `concordance`.
    """
    directions = {direction_of(local), direction_of(national)}
    if 0 in directions:
        concordance = Concordance.BOTH_UNCLEAR if directions == {0} else Concordance.ONE_UNCLEAR
    else:
        concordance = Concordance.SAME if len(directions) == 1 else Concordance.OPPOSITE
    overlap = local.lower <= national.upper and national.lower <= local.upper
    return LocalAgainstNational(concordance, overlap)


def direction_of(change: Change) -> int:
    """Give the direction of a change: 1 clearly up, -1 clearly down, 0 not clear."""
    if not change.is_clear:
        return 0
    return 1 if change.lower > 0 else -1


def _invert_newcombe(low: tuple[float, float], high: tuple[float, float]) -> float:
    """Give the p-value of no difference: at its confidence Newcombe's interval of high less low just reaches 0.

    statsmodels has the interval and not its test, and its other tests can disagree with the interval.
    """
    smaller, larger = (count / total for count, total in (low, high))

    def reach(z: float) -> float:
        below, above = larger - _wilson_limit(*high, -z), _wilson_limit(*low, z) - smaller
        return larger - smaller - math.hypot(below, above)

    if larger == smaller:
        return 1.0
    furthest = 1.0
    while reach(furthest) > 0:
        furthest *= 2
    return float(2 * stats.norm.sf(optimize.brentq(reach, 0.0, furthest)))


def _wilson_limit(count: float, total: float, z: float) -> float:
    """Give the limit of Wilson's interval at so many standard errors: the lower one where they are negative."""
    half = z * math.sqrt(count * (total - count) / total + z**2 / 4)
    return (count + z**2 / 2 + half) / (total + z**2)


def _standing(excess: float, *, is_clear: bool) -> Standing:
    if is_clear:
        return Standing.CLEARLY_LOWER if excess < 0 else Standing.CLEARLY_HIGHER
    if math.isclose(excess, 0.0, abs_tol=0.5):
        # Nobody is half a person: this is as near as a count can come to what was expected.
        return Standing.AS_EXPECTED
    return Standing.LOWER_WITHIN_CHANCE if excess < 0 else Standing.HIGHER_WITHIN_CHANCE


def _might_be_recognised(everybody: int, group: int) -> bool:
    """Say whether the group, or everybody else, are so few that they might be recognised."""
    return 0 < group < FEWEST_IN_GROUP or 0 < everybody - group < FEWEST_IN_GROUP


@dataclass(frozen=True)
class Difference:
    """Two figures compared, in their own unit.

    Attributes
    ----------
    baseline_value, value : float
        Per cent for shares.
    difference, lower, upper : float
        The second less the first, with its 95% interval: percentage points for shares.
    p_value : float
        Two-sided, of no difference.
    baseline_whole, whole : float or None
        What the two shares are of; None for published figures.
    """

    baseline_value: float
    value: float
    difference: float
    lower: float
    upper: float
    p_value: float
    baseline_whole: float | None = None
    whole: float | None = None

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves out "no difference"."""
        return self.lower > 0 or self.upper < 0


@dataclass(frozen=True)
class PublishedFigure:
    """A figure with the 95% interval that its publisher gives it."""

    value: float
    lower: float
    upper: float


def compare_shares(baseline: tuple[float, float], current: tuple[float, float]) -> Difference:
    """Compare the shares of two different groups, or of one group in two periods.

    Parameters
    ----------
    baseline, current : tuple of float
        The part and the whole, both counts.

    Returns
    -------
    Difference
        In per cent and percentage points.
    """
    found = compare_proportions(baseline, current)
    return Difference(
        baseline_value=100 * baseline[0] / baseline[1],
        value=100 * current[0] / current[1],
        difference=100 * found.difference,
        lower=100 * found.lower,
        upper=100 * found.upper,
        p_value=found.p_value,
        baseline_whole=baseline[1],
        whole=current[1],
    )


def compare_published(baseline: PublishedFigure, current: PublishedFigure) -> Difference:
    """Compare two published figures of windows that do not overlap.

    Parameters
    ----------
    baseline, current : PublishedFigure

    Returns
    -------
    Difference
        Its interval puts the two published intervals together, so it needs neither counts nor a distribution.
    """
    difference = current.value - baseline.value
    below = math.hypot(current.value - current.lower, baseline.upper - baseline.value)
    above = math.hypot(current.upper - current.value, baseline.value - baseline.lower)
    towards_zero = below if difference > 0 else above
    z = stats.norm.ppf((1 + CONFIDENCE) / 2)
    p_value = 2 * stats.norm.sf(abs(difference) / towards_zero * z) if towards_zero > 0 else float(difference == 0)
    return Difference(baseline.value, current.value, difference, difference - below, difference + above, float(p_value))
