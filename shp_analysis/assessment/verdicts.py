"""The seven verdicts, the reasons for them, the test that decided, and a period compared with an earlier one.

Two reasons are the same where they are equal, so grouping, choice and order work on values and never on sentences.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from shp_analysis.config.catalogue import Kind, SeriesBreak
from shp_analysis.measures.records import Unlinked
from shp_analysis.measures.unplaced_records import Unplaced
from shp_analysis.monitoring.revisions import Revision
from shp_analysis.reference.periods import Month, Period
from shp_analysis.statistics.changes import Change
from shp_analysis.statistics.dispersions import LONG_HISTORY_MONTHS, Dispersion
from shp_analysis.statistics.intervals import CONFIDENCE
from shp_analysis.statistics.proportions import Difference


class Model(StrEnum):
    """What a difference was tested against."""

    CHANCE = "chance alone"
    CHANCE_ASSUMED = "chance alone, no history"
    SHARES = "chance alone, two shares"
    USUAL_VARIATION = "usual variation"
    SHORT_HISTORY = "short history"
    PUBLISHED_RANGES = "published ranges"


@dataclass(frozen=True)
class SignificanceTest:
    """The test that decided a verdict.

    Attributes
    ----------
    model : Model
        `CHANCE` of stocks and ratios, `SHARES` of shares (Newcombe's interval), `PUBLISHED_RANGES` of published
        figures. Counts and scores are tested against the variation of their own history; `SHORT_HISTORY` where it has
        fewer than 24 periods (Student's t makes the range wider), `CHANCE_ASSUMED` where it shows nothing.
    p_value_by_chance : float or None
        Two-sided, by chance alone, whatever was tested. None of scores and published figures, of which chance alone
        says nothing.
    history : int
        How many comparable periods show the usual variation.
    months_each : int
        How long each of these periods is.
    """

    model: Model
    p_value_by_chance: float | None = None
    history: int = 0
    months_each: int = 1

    @property
    def is_beyond_chance(self) -> bool:
        """Whether the difference is more than chance alone would produce, whatever else was allowed for."""
        return self.p_value_by_chance is not None and self.p_value_by_chance < 1 - CONFIDENCE


def describe_test(dispersion: Dispersion, p_value_by_chance: float | None) -> SignificanceTest:
    """Say which test was made of counts whose series has such a dispersion.

    Parameters
    ----------
    dispersion : Dispersion
    p_value_by_chance : float or None
        None of a weighted score.

    Returns
    -------
    SignificanceTest
    """
    if not dispersion.months and dispersion.of_sums == 1:
        return SignificanceTest(Model.CHANCE_ASSUMED, p_value_by_chance)
    model = Model.SHORT_HISTORY if 0 < dispersion.months < LONG_HISTORY_MONTHS else Model.USUAL_VARIATION
    return SignificanceTest(model, p_value_by_chance, dispersion.months, dispersion.months_each)


@dataclass(frozen=True)
class Placing:
    """Records without a place in two periods.

    Attributes
    ----------
    now, then : Unplaced
    largest_shift : float
        By how many percentage points their shares may differ.
    """

    now: Unplaced
    then: Unplaced
    largest_shift: float

    @property
    def has_risen_sharply(self) -> bool:
        """Whether the shares differ by more than that, and by more than chance alone would make them."""
        return self.now.differs_from(self.then, self.largest_shift)


@dataclass(frozen=True)
class Reason:
    """One thing that decides a verdict or that a reader must know beside it; each kind has its own fields."""


# --- Why no comparison is made


@dataclass(frozen=True)
class BreakBetween(Reason):
    """A confirmed break stands between the two periods."""

    baseline: Period
    between: SeriesBreak


@dataclass(frozen=True)
class PracticeSettling(Reason):
    """One of the two periods, `within`, lies in the months in which a new practice was still settling."""

    baseline: Period
    within: Period
    settling: SeriesBreak


@dataclass(frozen=True)
class UnplacedDiffer(Reason):
    """Different shares of the two periods' records have no place."""

    placing: Placing
    period: Period
    baseline: Period


@dataclass(frozen=True)
class UnplacedDecide(Reason):
    """A change is no longer clear once the records without a place are shared out."""

    placing: Placing
    period: Period
    baseline: Period


@dataclass(frozen=True)
class RecordsNotCounted(Reason):
    """All months of a period were received, and some of its records cannot be counted."""

    period: Period
    unlinked: Unlinked


@dataclass(frozen=True)
class MonthsMissing(Reason):
    """Months of a period were not received whole; at least one."""

    period: Period
    missing: tuple[Month, ...]


@dataclass(frozen=True)
class NoAgreedMeasure(Reason):
    """Nobody has agreed how to measure it."""


@dataclass(frozen=True)
class FiguresUnreadable(Reason):
    """The files held do not give one figure for each period."""


@dataclass(frozen=True)
class FiguresWithheld(Reason):
    """The edition withholds the figures, so that nobody can be identified.

    It does not say how small a number is, nor whether it is the figure's own or another's that is small.
    """


# --- Why a comparison says too little


@dataclass(frozen=True)
class NoHistory(Reason):
    """Too few periods show how much a score varies by itself."""


@dataclass(frozen=True)
class GathersInPlaces(Reason):
    """What is counted gathers in places, so no test of the share's change is known to keep its promise."""


@dataclass(frozen=True)
class NoPublishedRange(Reason):
    """The publisher gives no interval for one of the two figures."""


@dataclass(frozen=True)
class SmallWholes(Reason):
    """One of two shares is of too few; the two numbers that they are shares of."""

    then: float
    now: float


@dataclass(frozen=True)
class FewOthers(Reason):
    """Those that two shares do not count are too few."""

    then: float
    now: float


@dataclass(frozen=True)
class FewCounted(Reason):
    """Two counts are together too few."""

    then: int
    now: int


# --- What a test found


@dataclass(frozen=True)
class OppositeDirections(Reason):
    """The count moved one way and the count per day the other."""


@dataclass(frozen=True)
class Unclear(Reason):
    """A difference that is no clear change, by the test that was made."""

    test: SignificanceTest


@dataclass(frozen=True)
class Clear(Reason):
    """A clear change, by the test that was made."""

    test: SignificanceTest


@dataclass(frozen=True)
class ChanceAlone(Reason):
    """No history shows the usual variation, so the range allows for chance alone."""


@dataclass(frozen=True)
class ShortHistory(Reason):
    """Few comparable periods show the usual variation, so the range is wider.

    Without a number it stands for any, where several figures with short histories are told as one.
    """

    periods: int | None = None
    months_each: int = 1


@dataclass(frozen=True)
class DaysDiffer(Reason):
    """The two periods differ in length, so counts per day are compared."""

    period: Period
    baseline: Period


@dataclass(frozen=True)
class BreakUnconfirmed(Reason):
    """A break may stand between the two periods; no source confirms its date, so it stops no comparison."""

    between: SeriesBreak


# --- What a reader must know beside the verdict


@dataclass(frozen=True)
class Revised(Reason):
    """A figure is another than was first published."""

    revision: Revision


@dataclass(frozen=True)
class ReleasesDiffer(Reason):
    """The two periods come from files of different age; the oldest and the newest day on which they were received."""

    baseline: Period
    oldest: date
    period: Period
    newest: date


@dataclass(frozen=True)
class RecordsUnplaced(Reason):
    """Many of a force's records of a period have no place."""

    unplaced: Unplaced
    period: Period


@dataclass(frozen=True)
class MonthsUnlike(Reason):
    """So many earlier months show nothing of the usual variation: another share of their records has no place."""

    months: int


@dataclass(frozen=True)
class ReturnsDiffer(Reason):
    """Organisations returned different figures of a measure and period."""

    measure: str
    period: Period
    organisations: tuple[str, ...]


@dataclass(frozen=True)
class ReturnsMissing(Reason):
    """Organisations did not return their part of a measure and period."""

    measure: str
    period: Period
    organisations: tuple[str, ...]


@dataclass(frozen=True)
class LaterNotCounted(Reason):
    """What was received of a later time than the figure's own cannot be counted."""

    period: Period
    unlinked: Unlinked


@dataclass(frozen=True)
class OtherForces(Reason):
    """So many records of other police forces lie in the area and are not counted."""

    records: int
    period: Period


@dataclass(frozen=True)
class PartnerTotal(Reason):
    """The figure is the total that a partner returned, because no other source holds its period."""

    period: Period


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
    def differ_by_month(self) -> bool:
        """Whether the count moved one way and its rate clearly the other, so that neither is called a change."""
        tested = self.change or self.difference
        return self.verdict is Verdict.NO_CLEAR_CHANGE and tested is not None and tested.is_clear

    @property
    def is_beyond_chance(self) -> bool:
        """Whether chance alone would not produce a difference that is no clear change all the same."""
        unclear = self.verdict is Verdict.NO_CLEAR_CHANGE and not self.differ_by_month
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
