"""The seven verdicts, and a period set beside an earlier one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from shp_analysis.catalogue import Kind, SeriesBreak
from shp_analysis.comparisons.reasons import Reason
from shp_analysis.comparisons.significance import SignificanceTest
from shp_analysis.measures import Unlinked, Unplaced
from shp_analysis.periods import Month, Period
from shp_analysis.statistics.changes import Change
from shp_analysis.statistics.differences import Difference


class Verdict(StrEnum):
    """The only seven things a paper may say of a change; the words are printed."""

    UP = "up"
    DOWN = "down"
    NO_CLEAR_CHANGE = "no clear change"
    TOO_FEW = "too few to say"
    NOT_COMPARABLE = "not comparable"
    INCOMPLETE = "incomplete"
    NO_LOCAL_MEASURE = "no local measure"

    @property
    def is_clear(self) -> bool:
        """Whether a change was found."""
        return self in {Verdict.UP, Verdict.DOWN}

    @property
    def shows_percent(self) -> bool:
        """Whether a change was tested on enough numbers for a percentage to be printed with its counts."""
        return self.is_clear or self is Verdict.NO_CLEAR_CHANGE


STRONG_P_VALUE = 0.002
"""A change is strong where it is clear even at 99.8%."""


class Basis(StrEnum):
    """What a period is set beside."""

    SAME_QUARTER_LAST_YEAR = "same_quarter_last_year"
    SAME_PERIOD_LAST_YEAR = "same_period_last_year"
    TWELVE_MONTHS = "twelve_months"
    OTHER_PERIOD = "other_period"
    """A baseline that an analyst chose."""


@dataclass(frozen=True, repr=False)
class Comparison:
    """A period beside an earlier one.

    Attributes
    ----------
    basis : Basis
    period, baseline : Period
    kind : Kind
        Of the indicator: it says which of the following there are.
    count, baseline_count : int or None
        None where months are missing. Of a proportion, its part; of a published figure, the number behind it.
    whole, baseline_whole : float or None
        Of a proportion or a ratio.
    value, baseline_value : float or None
        Per cent of a proportion; a ratio, or a score over people, as a rate; a published figure itself.
    change : Change or None
        Of counts and stocks. None where no comparison may be made; then no percentage exists that could be printed.
    difference : Difference or None
        Of proportions and published figures, likewise.
    is_judged : bool
        False where no test of such a figure's change is known to keep its promise: then the verdict is that there are
        too few to say, and a table prints "not judged".
    test : SignificanceTest or None
        Which test decided, and what chance alone would say. None where nothing was tested.
    verdict : Verdict
    reasons : tuple of Reason
        The one that decided first; `text.reasons.say` puts each into a sentence.
    breaks : tuple of SeriesBreak
        Every break between or within the two periods, confirmed or not.
    missing : tuple of Month
        Months of either period that were not received whole.
    is_slight : bool
        A clear change that is small beside a large count.
    unplaced, baseline_unplaced : Unplaced or None
        How many records of the kind, of the area's whole force, have no place. None where that is not asked.
    unlinked, baseline_unlinked : Unlinked or None
        Records that cannot be counted, which make a period incomplete though all of its months were received.
    exposure, baseline_exposure : float
        What counts were counted over: days times people, or days where their number is not known.
    is_placed_unlike : bool
        Whether the two are not comparable because of their records without a place.
    """

    basis: Basis
    period: Period
    baseline: Period
    count: int | None
    baseline_count: int | None
    change: Change | None
    verdict: Verdict
    reasons: tuple[Reason, ...]
    breaks: tuple[SeriesBreak, ...]
    missing: tuple[Month, ...]
    is_slight: bool = False
    kind: Kind = Kind.COUNT
    whole: float | None = None
    baseline_whole: float | None = None
    value: float | None = None
    baseline_value: float | None = None
    difference: Difference | None = None
    is_judged: bool = True
    unplaced: Unplaced | None = None
    baseline_unplaced: Unplaced | None = None
    is_placed_unlike: bool = False
    unlinked: Unlinked | None = None
    baseline_unlinked: Unlinked | None = None
    test: SignificanceTest | None = None
    exposure: float = 1.0
    baseline_exposure: float = 1.0

    def __repr__(self) -> str:
        return f"<Comparison: {self.period.short_words} with {self.baseline.short_words}: {self.verdict}>"

    @property
    def is_left_unjudged(self) -> bool:
        """Whether a figure is given of whose change nothing is said, which is none of the seven verdicts."""
        return not self.is_judged and self.verdict is Verdict.TOO_FEW

    @property
    def is_at_odds(self) -> bool:
        """Whether the count moved one way and its rate clearly the other, so that neither is called a change."""
        tested = self.change or self.difference
        return self.verdict is Verdict.NO_CLEAR_CHANGE and tested is not None and tested.is_clear

    @property
    def is_beyond_chance(self) -> bool:
        """Whether chance alone would not produce a difference that is no clear change all the same."""
        unclear = self.verdict is Verdict.NO_CLEAR_CHANGE and not self.is_at_odds
        return unclear and self.test is not None and self.test.is_beyond_chance

    @property
    def is_strong(self) -> bool:
        """Whether the change is clear even at 99.8%."""
        return self.verdict.is_clear and self.evidence_rank < STRONG_P_VALUE

    @property
    def evidence_rank(self) -> float:
        """What to sort by, the strongest evidence first: the p-value, or 1 where nothing was tested."""
        return 1.0 if self.p_value is None else self.p_value

    @property
    def p_value(self) -> float | None:
        """The two-sided p-value of no change, where one was tested."""
        tested = self.change or self.difference
        return tested.p_value if tested else None
