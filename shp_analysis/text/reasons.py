"""Each kind of reason in one sentence.

"Chance alone" is said only of a test that allowed for nothing else, or where it was worked out beside the test that
decided. A test against a series' own history speaks of its usual variation, or of a history too short to tell.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import singledispatch

from shp_analysis.assessment import verdicts
from shp_analysis.assessment.comparisons import FEWEST_EVENTS
from shp_analysis.assessment.verdicts import Model, Placing, SignificanceTest
from shp_analysis.measures.unplaced_records import Unplaced
from shp_analysis.monitoring.revisions import Revision
from shp_analysis.reference.period_spellings import MONTHS_IN_QUARTER, MONTHS_IN_YEAR, write_day
from shp_analysis.reference.periods import Month, Period
from shp_analysis.text.words import capitalise, list_names


def describe_history(periods: int, months_each: int) -> str:
    """Say how long a history is: `7 comparable months`, `11 comparable quarters`."""
    return f"{periods} comparable {_PERIODS.get(months_each, 'periods')}"


def _describe_history_of(test: SignificanceTest) -> str:
    return describe_history(test.history, test.months_each)


def explain_change(test: SignificanceTest) -> str:
    """Say what a clear change is more than; it goes on from "the difference is"."""
    match test.model:
        case Model.USUAL_VARIATION:
            return "beyond its usual variation"
        case Model.SHORT_HISTORY:
            return f"beyond its variation over {_describe_history_of(test)}"
        case Model.PUBLISHED_RANGES:
            return "beyond the published ranges"
        case _:
            return "larger than chance alone would produce"


def explain_no_change(test: SignificanceTest, whose: str = "its") -> str:
    """Say why a difference is no clear change; it goes on from "the difference is".

    Examples
    --------
    >>> explain_no_change(SignificanceTest(Model.SHORT_HISTORY, 0.00004, history=7))
    'more than chance alone, but 7 comparable months are too few to tell'
    """
    start = "more than chance alone, but " if test.is_beyond_chance else ""
    match test.model:
        case Model.USUAL_VARIATION:
            return f"{start}within {whose} usual variation"
        case Model.SHORT_HISTORY if test.p_value_by_chance is None:
            return f"within {whose} variation over {_describe_history_of(test)}"
        case Model.SHORT_HISTORY if test.is_beyond_chance:
            return f"{start}{_describe_history_of(test)} are too few to tell"
        case Model.PUBLISHED_RANGES:
            return "within the published ranges"
        case _:
            return "within what chance alone would produce"


def explain_range(test: SignificanceTest) -> str:
    """Say what the range of a change allows for; nothing where that is the usual variation of a long history."""
    match test.model:
        case Model.USUAL_VARIATION:
            return ""
        case Model.SHORT_HISTORY:
            return f"judged on {_describe_history_of(test)}"
        case Model.PUBLISHED_RANGES:
            return "judged on the published ranges"
        case _:
            return "allowing for chance alone"


_PERIODS: Mapping[int, str] = {1: "months", MONTHS_IN_QUARTER: "quarters", MONTHS_IN_YEAR: "years"}


MOST_MONTHS_NAMED = 4
"""A longer list of missing months is given as a number."""
WRITTEN_WHOLE_FROM = 9.95
"""Per cent; smaller percentages are written with a decimal."""


@singledispatch
def say(reason: verdicts.Reason) -> str:
    """Put a reason into one sentence.

    Parameters
    ----------
    reason : assessment.verdicts.Reason

    Returns
    -------
    str
        With its full stop. It is printed as it is: what is to be chosen, grouped or sorted are the reasons.

    Raises
    ------
    NotImplementedError
        For a kind that nobody has written a sentence for.
    """
    raise NotImplementedError(type(reason).__name__)


# --- Why no comparison is made


@say.register
def _(reason: verdicts.BreakBetween) -> str:
    between = reason.between
    return (
        f"It cannot be compared with {reason.baseline.short_words} because {between.what_changed} ({between.break_id})."
    )


@say.register
def _(reason: verdicts.PracticeSettling) -> str:
    each = reason.settling
    return (
        f"It is not compared with {reason.baseline.short_words} yet: {each.what_changed} ({each.break_id}), and "
        f"{reason.within.short_words} lies in the {each.bedding_in_months} months in which the new practice was still "
        "settling."
    )


@say.register
def _(reason: verdicts.UnplacedDiffer) -> str:
    both = _describe_both(reason.placing, reason.period, reason.baseline)
    return f"It cannot be compared with {reason.baseline.short_words}: {both}."


@say.register
def _(reason: verdicts.UnplacedDecide) -> str:
    return (
        f"It cannot be compared with {reason.baseline.short_words}: the difference is not clear once records without a "
        f"place are shared out. {_describe_both(reason.placing, reason.period, reason.baseline)}."
    )


@say.register
def _(reason: verdicts.RecordsNotCounted) -> str:
    return f"{capitalise(reason.period.short_words)} is not whole: {reason.unlinked.words}. No comparison is made."


@say.register
def _(reason: verdicts.MonthsMissing) -> str:
    period, missing = reason.period, reason.missing
    total, received = len(period.months), len(period.months) - len(missing)
    if total == 1:
        return f"{capitalise(period.short_words)} was not received whole. No comparison is made."
    names = list_names([month.in_words for month in missing])
    named = f"; missing: {names}" if received and len(missing) <= MOST_MONTHS_NAMED else ""
    return f"{received} of {total} months of {period.short_words} received{named}. No comparison is made."


@say.register
def _(_: verdicts.NoAgreedMeasure) -> str:
    return "No measure of it is agreed."


@say.register
def _(_: verdicts.FiguresUnreadable) -> str:
    return "Its figures cannot be read from the files held."


@say.register
def _(_: verdicts.FiguresWithheld) -> str:
    return "Withheld in this edition, so that nobody can be identified."


# --- Why a comparison says too little


@say.register
def _(_: verdicts.NoHistory) -> str:
    return "There are too few periods to judge how much this figure varies by itself."


@say.register
def _(_: verdicts.GathersInPlaces) -> str:
    return (
        "What is counted gathers in places, so more than chance moves this share, and there are too few years to tell "
        "by how much: its change is not judged."
    )


@say.register
def _(_: verdicts.NoPublishedRange) -> str:
    return "The publisher gives no range for one of the two figures, so no change can be tested."


@say.register
def _(reason: verdicts.SmallWholes) -> str:
    wholes = f"{reason.then} and {reason.now}"
    return f"One of the two is a share of fewer than {FEWEST_EVENTS} ({wholes}), too few to show a change."


@say.register
def _(reason: verdicts.FewOthers) -> str:
    others = f"Those that are not among them are {reason.then:g} and {reason.now:g}"
    return f"{others}, together fewer than {FEWEST_EVENTS}, too few to show a change."


@say.register
def _(reason: verdicts.FewCounted) -> str:
    return f"{reason.then} and {reason.now} are together fewer than {FEWEST_EVENTS}, too few to show a change."


# --- What a test found


@say.register
def _(_: verdicts.OppositeDirections) -> str:
    return "The count and the count per day moved in opposite directions, so neither is called a change."


@say.register
def _(reason: verdicts.Unclear) -> str:
    return f"No clear change: {explain_no_change(reason.test)}."


@say.register
def _(reason: verdicts.Clear) -> str:
    return f"The difference is {explain_change(reason.test)} (95% range)."


@say.register
def _(_: verdicts.ChanceAlone) -> str:
    return "No history is long enough to show the usual variation, so the 95% range allows for chance alone."


@say.register
def _(reason: verdicts.ShortHistory) -> str:
    if reason.periods is None:
        return "Few comparable periods show the usual variation, so the 95% range is wider."
    history = describe_history(reason.periods, reason.months_each)
    return f"Only {history} show the usual variation, so the 95% range is wider."


@say.register
def _(reason: verdicts.DaysDiffer) -> str:
    fewer, more = sorted((reason.period, reason.baseline), key=lambda each: each.days)
    days = f"{capitalise(more.short_words)} had {more.days} days and {fewer.short_words} {fewer.days}"
    return f"{days}; the test and the 95% range compare counts per day."


@say.register
def _(reason: verdicts.BreakUnconfirmed) -> str:
    each = reason.between
    month = Month(each.from_month).in_words
    return f"Possible break, date not confirmed: {each.what_changed} ({each.break_id}, {month})."


# --- What a reader must know beside the verdict


@say.register
def _(reason: verdicts.Revised) -> str:
    return describe_revision(reason.revision)


@say.register
def _(reason: verdicts.ReleasesDiffer) -> str:
    return (
        f"The figures come from archives of different age: {reason.baseline.short_words} from one received on "
        f"{write_day(reason.oldest)}, {reason.period.short_words} from one received on {write_day(reason.newest)}. "
        "Published months are revised later, so part of a difference may be revision."
    )


@say.register
def _(reason: verdicts.RecordsUnplaced) -> str:
    held = "the figure holds them" if reason.unplaced.is_counted else "no authority's figure holds them"
    return f"{describe_unplaced(reason.unplaced)} have no place in {reason.period.short_words}; {held}."


@say.register
def _(reason: verdicts.MonthsUnlike) -> str:
    which = "One earlier month is" if reason.months == 1 else f"{reason.months} earlier months are"
    return f"{which} not used to judge how much this figure varies: another share of the records has no place there."


@say.register
def _(reason: verdicts.ReturnsDiffer) -> str:
    who = ", ".join(reason.organisations)
    return (
        f"{reason.measure}, {reason.period.short_words}: {who} returned different figures, so none of them is counted."
    )


@say.register
def _(reason: verdicts.ReturnsMissing) -> str:
    told = f"{', '.join(reason.organisations)} returned none, so the others' figures are not the whole"
    return f"{reason.measure}, {reason.period.short_words}: {told}."


@say.register
def _(reason: verdicts.LaterNotCounted) -> str:
    return f"After {reason.period.short_words}, {reason.unlinked.words}."


@say.register
def _(reason: verdicts.OtherForces) -> str:
    when = reason.period.short_words
    if reason.records == 1:
        return f"1 record of another police force in the area in {when} is not counted."
    return f"{reason.records} records of other police forces in the area in {when} are not counted."


@say.register
def _(reason: verdicts.PartnerTotal) -> str:
    return f"It is the total that a partner returned: no other source holds {reason.period.short_words}."


# --- What other sentences need of them


def describe_unplaced(unplaced: Unplaced) -> str:
    """Say how many of a force's records have no place: `315 of 900 records of Cheshire Constabulary (35%)`."""
    whole = f"{unplaced.records:,} of {unplaced.whole:,} records of {unplaced.whose}"
    return f"{whole} ({_write_percent(unplaced)})"


def describe_revision(revision: Revision) -> str:
    """Say what a figure was first and is now; nothing where it was not revised."""
    if not revision.is_revised:
        return ""
    first, now = revision.first, revision.now
    return (
        f"Revised: {revision.period.short_words} was first given as {first.count:,g} "
        f"(received {write_day(first.since)}) and is now {now.count:,g}."
    )


def _describe_both(placing: Placing, period: Period, baseline: Period) -> str:
    then = placing.then
    before = f"{then.records:,} of {then.whole:,} ({_write_percent(then)})"
    now = describe_unplaced(placing.now)
    return f"{now} have no place in {period.short_words}, and {before} in {baseline.short_words}"


def _write_percent(unplaced: Unplaced) -> str:
    return f"{unplaced.percent:.{0 if unplaced.percent >= WRITTEN_WHOLE_FROM else 1}f}%"
