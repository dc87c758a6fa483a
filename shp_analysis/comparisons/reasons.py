"""Why a verdict is as it is, and what a reader must know beside it, as values; `text.reasons` puts them into words.

Two reasons are the same where they are equal, so grouping, choice and order work on values and never on sentences.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from shp_analysis.catalogue import SeriesBreak
from shp_analysis.comparisons.placing import Placing
from shp_analysis.comparisons.significance import SignificanceTest
from shp_analysis.measures import Unlinked, Unplaced
from shp_analysis.periods import Month, Period
from shp_analysis.revisions import Revision


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
