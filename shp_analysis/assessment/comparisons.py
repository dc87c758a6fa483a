"""Comparing a period with an earlier one: the order of questions, the verdicts and their reasons.

The order is the product. Has the period itself arrived whole? Does it mean the same as the period it is set beside? Has
that one arrived whole? Are the numbers large enough to say anything? Only then is a change tested, and one of seven
verdicts comes out with its reasons. Nothing else in the workbook says "up" or "down".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from shp_analysis.assessment.verdicts import (
    Basis,
    BreakBetween,
    BreakUnconfirmed,
    ChanceAlone,
    Clear,
    Comparison,
    DaysDiffer,
    FewCounted,
    FewOthers,
    GathersInPlaces,
    Model,
    MonthsMissing,
    NoHistory,
    NoPublishedRange,
    OppositeDirections,
    Placing,
    PracticeSettling,
    Reason,
    RecordsNotCounted,
    ShortHistory,
    SignificanceTest,
    SmallWholes,
    Unclear,
    UnplacedDecide,
    UnplacedDiffer,
    Verdict,
    describe_test,
)
from shp_analysis.config.catalogue import Kind, SeriesBreak
from shp_analysis.measures.observations import missing_months, select_within, sum_within
from shp_analysis.measures.records import Unlinked
from shp_analysis.reference.periods import Month, Period, check_comparable, count_months
from shp_analysis.statistics.changes import Change, compare_counts
from shp_analysis.statistics.dispersions import Dispersion, estimate_dispersion
from shp_analysis.statistics.proportions import Difference, PublishedFigure, compare_published, compare_shares

HISTORY_MONTHS = 60
"""How far back the natural variation of a series is judged."""
ENOUGH_DEGREES_OF_FREEDOM = 10
"""With these the range is less than a seventh wider than with a history without end."""


def judge_dispersion(observations: pd.DataFrame, period: Period, breaks: Sequence[SeriesBreak]) -> Dispersion:
    """Judge how jumpy a series is by nature, from its months up to the period that mean the same as the period.

    The months between the period and the same one a year earlier are left out where the history is long enough
    without them: what happened in them is part of the change that is in question, and a step half-way would be taken
    for jumpiness.

    Parameters
    ----------
    observations : pandas.DataFrame
        Of one indicator in one area.
    period : Period
        The period under test.
    breaks : sequence of SeriesBreak
        Months beyond a confirmed break are left out.

    Returns
    -------
    Dispersion
    """
    recent = select_recent(observations, period)
    months = [Month.containing(start) for start in recent["period_start"]]
    confirmed = [each for each in breaks if each.is_confirmed]
    own, earlier = set(period.months), period.same_last_year()
    alike = np.array(
        [month in own or not any(each.separates(month, period.months[0]) for each in confirmed) for month in months],
        dtype=bool,
    )
    outside = np.array([month in own or month.end <= earlier.end for month in months], dtype=bool)
    found = _estimate(recent[alike & outside], len(period.months))
    return (
        found if found.residual_degrees >= ENOUGH_DEGREES_OF_FREEDOM else _estimate(recent[alike], len(period.months))
    )


def _estimate(observations: pd.DataFrame, tested_months: int) -> Dispersion:
    spans = list(zip(observations["period_start"], observations["period_end"], strict=True))
    positions = np.array([start.year * 12 + start.month - 1 for start, _ in spans])
    days = np.array([(end - start).days + 1 for start, end in spans], dtype=float)
    found = estimate_dispersion(observations["numerator"].to_numpy(), positions, days, tested_months=tested_months)
    return replace(found, months_each=max((count_months(*span) for span in spans), default=1))


def select_recent(observations: pd.DataFrame, period: Period) -> pd.DataFrame:
    """Give the observations of the last sixty months up to a period's end."""
    last = period.end.year * 12 + period.end.month
    positions = [start.year * 12 + start.month for start in observations["period_start"]]
    keep = np.array([last - HISTORY_MONTHS < position <= last for position in positions], dtype=bool)
    return observations[keep].reset_index(drop=True)


@dataclass(frozen=True)
class Figure:
    """One period's figure.

    Attributes
    ----------
    count : int or None
        None where a month is missing, or a publisher gives no count.
    exposure : float
        Days times people, or days where their number is not known; the whole of a ratio; 1 for a stock.
    whole : int or None
        Of a proportion or a ratio.
    value : float or None
        Per cent of a proportion, a ratio, a score for each person, or a published figure.
    published : PublishedFigure or None
        With its interval.
    missing : tuple of Month
    """

    count: int | None
    exposure: float = 1.0
    whole: float | None = None
    value: float | None = None
    published: PublishedFigure | None = None
    missing: tuple[Month, ...] = ()


def read_figure(observations: pd.DataFrame, period: Period, kind: Kind, per: int | None = None) -> Figure:
    """Give a period's figure of an indicator.

    Parameters
    ----------
    observations : pandas.DataFrame
        Of one indicator in one area.
    period : Period
    kind : Kind
    per : int, optional
        What a ratio, or a score over people, is multiplied by; without, a score is not set against people.

    Returns
    -------
    Figure
    """
    if kind is Kind.PUBLISHED:
        return _read_published(observations, period)
    missing = missing_months(observations, period)
    rows = select_within(observations, period)
    if rows.empty and not missing:
        missing = period.months  # covered by windows that overlap it, and by none of its own
    if kind is Kind.STOCK:
        last = rows[rows["period_end"] == period.end]
        count = int(last["numerator"].iloc[-1]) if len(last) else None
        return Figure(count, missing=() if len(last) else missing or period.months[-1:])
    count = None if missing else sum_within(rows, period)
    if count is None or kind is Kind.COUNT:
        return Figure(count, _exposure(rows, period), missing=missing)
    if kind is Kind.SCORE:
        return _read_score(rows, period, count, per)
    total = float(rows["denominator"].sum())
    whole = int(total) if total.is_integer() else total
    if kind is Kind.RATIO:
        return Figure(count, float(whole), whole=whole, value=(per or 1) * count / whole)
    return Figure(count, whole=whole, value=100 * count / whole)


def _read_score(rows: pd.DataFrame, period: Period, count: int, per: int | None) -> Figure:
    """Give a score with its value for each person of the period, where their number is known."""
    exposure = _exposure(rows, period)
    if per is None or rows["denominator"].isna().any():
        return Figure(count, exposure)
    return Figure(count, exposure, value=per * count * period.days / exposure)


def _read_published(observations: pd.DataFrame, period: Period) -> Figure:
    own = observations[(observations["period_start"] == period.start) & (observations["period_end"] == period.end)]
    if own.empty:
        return Figure(None, missing=period.months)
    row = own.iloc[-1]
    count = None if pd.isna(row["numerator"]) else round(float(row["numerator"]))
    limits = [float(row[column]) for column in ("value", "lower", "upper")]
    published = None if np.isnan(limits).any() else PublishedFigure(*limits)
    return Figure(count, value=limits[0], published=published)


def _exposure(rows: pd.DataFrame, period: Period) -> float:
    """Give days times people, or days where their number is not known."""
    if rows.empty or rows["denominator"].isna().any():
        return float(period.days)
    days = np.array(
        [(end - start).days + 1 for start, end in zip(rows["period_start"], rows["period_end"], strict=True)]
    )
    return float((days * rows["denominator"].to_numpy(dtype=float)).sum())


FEWEST_EVENTS = 20
"""Two counts that together are fewer than this are too few to say anything of their difference."""
MATERIAL_PERCENT = 2.0
MATERIAL_ABOVE_COUNT = 5_000
"""A clear change smaller than this percentage of a count above this size is called slight."""


def compare_periods(
    basis: Basis,
    period: Period,
    baseline: Period,
    observations: pd.DataFrame,
    breaks: Sequence[SeriesBreak],
    dispersion: Dispersion,
    kind: Kind = Kind.COUNT,
    *,
    per: int | None = None,
    is_judged: bool = True,
    placing: Placing | None = None,
    unlinked: tuple[Unlinked | None, Unlinked | None] = (None, None),
) -> Comparison:
    """Set a period beside an earlier one and decide what may be said of the difference.

    Parameters
    ----------
    basis : Basis
    period, baseline : Period
        Of one kind, not overlapping.
    observations : pandas.DataFrame
        Of one indicator in one area.
    breaks : sequence of SeriesBreak
        Those that touch the indicator in the area.
    dispersion : Dispersion
        Of a series of counts; other kinds do not use it.
    kind : Kind
        What sort of number the indicator is.
    per : int, optional
        What a ratio, or a score over people, is multiplied by; without, a score is not set against people.
    is_judged : bool
        False of a share of what gathers in places: no test of it is known to keep its promise, so none is made.
    placing : Placing, optional
        Records without a place in the two periods, where the table is asked.
    unlinked : tuple of Unlinked or None
        Records of the period, and of the earlier one, that cannot be counted.

    Returns
    -------
    Comparison

    Raises
    ------
    PeriodError
        Where the two periods are of different kinds or overlap.
    """
    check_comparable(baseline, period)
    now, then = (read_figure(observations, each, kind, per) for each in (period, baseline))
    between, settling = _find_breaks(breaks, baseline, period)
    tested, test, spread = None, None, dispersion.over(len(period.months))
    is_whole = not (now.missing or then.missing)
    has_risen_sharply = is_whole and placing is not None and placing.has_risen_sharply
    if not is_whole or has_risen_sharply or settling or any(each.is_confirmed for each in between):
        unlike = (*_list_breaks(between, baseline), *_list_settling(settling, baseline, period))
        jumped = (UnplacedDiffer(placing, period, baseline),) if placing and has_risen_sharply else ()
        why_now, why_then = (
            _find_gap(each.missing, whose, lost)
            for each, whose, lost in zip((now, then), (period, baseline), unlinked, strict=True)
        )
        verdict, reasons = _why_not_compared(why_now, why_then, (*unlike, *jumped))
    else:
        tested = _test(now, then, kind, spread) if is_judged else None
        test = _name_test(tested, now, then, kind)
        verdict = _judge(tested, now, then, kind)
        reasons = _why(verdict, (tested, test), now, then, (period, baseline), kind)
    depends = placing is not None and isinstance(tested, Change) and not _is_sure(verdict, placing, now, then, spread)
    if placing and depends:
        tested, test, verdict = None, None, Verdict.NOT_COMPARABLE
        reasons = (UnplacedDecide(placing, period, baseline),)
    change = tested if isinstance(tested, Change) else None
    return Comparison(
        basis=basis,
        period=period,
        baseline=baseline,
        count=now.count,
        baseline_count=then.count,
        change=change,
        verdict=verdict,
        reasons=(*reasons, *_mention_unconfirmed(between)),
        breaks=(*between, *settling),
        missing=(*then.missing, *now.missing),
        is_slight=verdict.is_clear and change is not None and _is_slight(change),
        kind=kind,
        whole=now.whole,
        baseline_whole=then.whole,
        value=now.value,
        baseline_value=then.value,
        difference=tested if isinstance(tested, Difference) else None,
        is_judged=is_judged,
        unplaced=placing.now if placing and not now.missing else None,
        baseline_unplaced=placing.then if placing and not then.missing else None,
        is_placed_unlike=has_risen_sharply or depends,
        unlinked=unlinked[0] if now.missing else None,
        baseline_unlinked=unlinked[1] if then.missing else None,
        test=test,
        exposure=now.exposure,
        baseline_exposure=then.exposure,
    )


def _is_sure(verdict: Verdict, placing: Placing, now: Figure, then: Figure, dispersion: Dispersion) -> bool:
    """Say whether a clear change of counts is as clear once each period's records without a place are shared out."""
    if not verdict.is_clear or now.count is None or then.count is None:
        return True
    if not (placing.now.held_share and placing.then.held_share):
        return False
    shared = compare_counts(
        then.count,
        now.count,
        baseline_exposure=then.exposure * placing.then.held_share,
        exposure=now.exposure * placing.now.held_share,
        dispersion=dispersion,
    )
    return shared.lower > 0 if verdict is Verdict.UP else shared.upper < 0


def _find_breaks(
    breaks: Sequence[SeriesBreak], baseline: Period, period: Period
) -> tuple[tuple[SeriesBreak, ...], tuple[SeriesBreak, ...]]:
    """Give the breaks between the two periods, and those whose new practice was still settling in one of them."""
    between = tuple(each for each in breaks if each.separates(baseline, period))
    settling = tuple(
        each
        for each in breaks
        if each.is_confirmed and each not in between and (each.is_bedding_in(baseline) or each.is_bedding_in(period))
    )
    return between, settling


def _test(now: Figure, then: Figure, kind: Kind, dispersion: Dispersion) -> Change | Difference | None:
    """Test two whole figures; None where neither an interval nor a history is there to test with."""
    if kind is Kind.PUBLISHED:
        return compare_published(then.published, now.published) if now.published and then.published else None
    assert now.count is not None and then.count is not None  # noqa: S101, PT018 - nothing is missing
    if kind is Kind.PROPORTION:
        assert now.whole and then.whole  # noqa: S101, PT018 - a share without a whole is no observation
        return compare_shares((then.count, then.whole), (now.count, now.whole))
    if kind is Kind.SCORE and not dispersion.months:
        return None
    # What there is on a day has no length of time, and its history no months that add up.
    spread = dispersion if kind in {Kind.COUNT, Kind.SCORE} else Dispersion()
    return compare_counts(
        then.count, now.count, baseline_exposure=then.exposure, exposure=now.exposure, dispersion=spread
    )


def _name_test(tested: Change | Difference | None, now: Figure, then: Figure, kind: Kind) -> SignificanceTest | None:
    """Say which test was made; of counts, what chance alone would say is worked out beside it."""
    if tested is None:
        return None
    if not isinstance(tested, Change):
        is_share = kind is Kind.PROPORTION
        return SignificanceTest(Model.SHARES, tested.p_value) if is_share else SignificanceTest(Model.PUBLISHED_RANGES)
    if kind is Kind.SCORE:
        return describe_test(tested.dispersion, None)
    if kind is not Kind.COUNT:
        return SignificanceTest(Model.CHANCE, tested.p_value)
    by_chance = compare_counts(
        tested.baseline_count, tested.count, baseline_exposure=then.exposure, exposure=now.exposure
    )
    return describe_test(tested.dispersion, by_chance.p_value)


def _is_too_few(now: Figure, then: Figure, kind: Kind) -> bool:
    if kind is Kind.PROPORTION and min(now.whole or 0, then.whole or 0) < FEWEST_EVENTS:
        return True
    if now.count is None or then.count is None:
        return False
    return now.count + then.count < FEWEST_EVENTS or (kind is Kind.PROPORTION and sum(_rest(now, then)) < FEWEST_EVENTS)


def _rest(*figures: Figure) -> tuple[float, ...]:
    """Give the part of each whole that a share does not count: 2 of 45, where 43 are counted."""
    return tuple((each.whole or 0) - (each.count or 0) for each in figures)


def _is_slight(change: Change) -> bool:
    is_large = change.baseline_count > MATERIAL_ABOVE_COUNT
    return is_large and abs(change.change_percent or 0) < MATERIAL_PERCENT


def _judge(tested: Change | Difference | None, now: Figure, then: Figure, kind: Kind) -> Verdict:
    if tested is None or _is_too_few(now, then, kind):
        return Verdict.TOO_FEW
    moved = tested.change_count if isinstance(tested, Change) else tested.difference
    if kind is Kind.RATIO and now.value is not None and then.value is not None:
        moved = now.value - then.value
    if tested.lower > 0 and moved > 0:
        return Verdict.UP
    if tested.upper < 0 and moved < 0:
        return Verdict.DOWN
    # Also where the count moved one way and, for a leap day or a grown population, the rate clearly the other way:
    # no sentence could say "rose from 90,000 to 89,900" and be understood.
    return Verdict.NO_CLEAR_CHANGE


def _why_not_compared(
    now: tuple[Reason, ...], then: tuple[Reason, ...], unlike: tuple[Reason, ...]
) -> tuple[Verdict, tuple[Reason, ...]]:
    """Say why no comparison is made, the reason that decides first.

    A period that has not arrived itself is incomplete whatever else is true. A recording break comes before a gap in
    the earlier period, because the missing months could still arrive and the two would even then not be comparable.
    """
    if now:
        return Verdict.INCOMPLETE, (*now, *unlike, *then)
    if unlike:
        return Verdict.NOT_COMPARABLE, (*unlike, *then)
    return Verdict.INCOMPLETE, then


def _list_breaks(between: Sequence[SeriesBreak], baseline: Period) -> tuple[Reason, ...]:
    return tuple(BreakBetween(baseline, each) for each in between if each.is_confirmed)


def _list_settling(settling: Sequence[SeriesBreak], baseline: Period, period: Period) -> tuple[Reason, ...]:
    """Say which of the two periods lies in the months in which a new practice was still settling."""
    return tuple(
        PracticeSettling(baseline, period if each.is_bedding_in(period) else baseline, each) for each in settling
    )


def _find_gap(missing: tuple[Month, ...], period: Period, unlinked: Unlinked | None) -> tuple[Reason, ...]:
    """Say why a period is not whole: records of it cannot be counted, or months were not received."""
    if not missing:
        return ()
    return (RecordsNotCounted(period, unlinked) if unlinked else MonthsMissing(period, missing),)


def _why(
    verdict: Verdict,
    made: tuple[Change | Difference | None, SignificanceTest | None],
    now: Figure,
    then: Figure,
    periods: tuple[Period, Period],
    kind: Kind,
) -> tuple[Reason, ...]:
    tested, test = made
    if verdict is Verdict.TOO_FEW:
        return (_why_too_few(tested, now, then, kind),)
    assert tested is not None and test is not None  # noqa: S101, PT018 - nothing else is judged
    first: Reason = Clear(test)
    if verdict is Verdict.NO_CLEAR_CHANGE:
        first = OppositeDirections() if tested.is_clear else Unclear(test)
    days = _compare_days(tested, *periods) if isinstance(tested, Change) and kind in {Kind.COUNT, Kind.SCORE} else ()
    return (first, *_judge_history(test), *days)


def _judge_history(test: SignificanceTest) -> tuple[Reason, ...]:
    """Say that a history is short, or that there is none; nothing where it is long, or was not asked."""
    match test.model:
        case Model.CHANCE_ASSUMED:
            return (ChanceAlone(),)
        case Model.SHORT_HISTORY:
            return (ShortHistory(test.history, test.months_each),)
        case _:
            return ()


def _why_too_few(tested: Change | Difference | None, now: Figure, then: Figure, kind: Kind) -> Reason:
    if tested is None:
        if kind is Kind.SCORE:
            return NoHistory()
        return NoPublishedRange() if kind is Kind.PUBLISHED else GathersInPlaces()
    if now.whole and then.whole and not isinstance(tested, Change):
        if min(now.whole, then.whole) < FEWEST_EVENTS:
            return SmallWholes(then.whole, now.whole)
        if sum(others := _rest(then, now)) < FEWEST_EVENTS:
            return FewOthers(*others)
    assert now.count is not None and then.count is not None  # noqa: S101, PT018 - nothing is missing
    return FewCounted(then.count, now.count)


def _compare_days(change: Change, period: Period, baseline: Period) -> tuple[Reason, ...]:
    is_alike = period.days == baseline.days or change.adjusted_percent is None
    return () if is_alike else (DaysDiffer(period, baseline),)


def _mention_unconfirmed(between: Sequence[SeriesBreak]) -> tuple[Reason, ...]:
    return tuple(BreakUnconfirmed(each) for each in between if not each.is_confirmed)
