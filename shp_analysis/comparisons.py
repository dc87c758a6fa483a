"""Setting a period beside an earlier one: the order of questions, the seven verdicts and their reasons.

The order is the product. Has the period itself arrived whole? Does it mean the same as the period it is set beside? Has
that one arrived whole? Are the numbers large enough to say anything? Only then is a change tested, and one of seven
verdicts comes out with its reasons. Nothing else in the workbook says "up" or "down".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd

from shp_analysis.catalogue import SeriesBreak
from shp_analysis.measures import missing_months, select_within, sum_within
from shp_analysis.periods import Month, Period, check_comparable
from shp_analysis.statistics.changes import (
    LONG_HISTORY_MONTHS,
    Change,
    Dispersion,
    compare_counts,
    estimate_dispersion,
)

FEWEST_EVENTS = 20
"""Two counts that together are fewer than this are too few to say anything of their difference."""
MATERIAL_PERCENT = 2.0
MATERIAL_ABOVE_COUNT = 5_000
"""A clear change smaller than this percentage of a count above this size is called slight."""
HISTORY_MONTHS = 60
"""How far back the natural variation of a series is judged."""
MOST_MONTHS_NAMED = 4
"""A longer list of missing months is given as a number."""


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


class Basis(StrEnum):
    """What a period is set beside."""

    SAME_QUARTER_LAST_YEAR = "same_quarter_last_year"
    SAME_PERIOD_LAST_YEAR = "same_period_last_year"
    TWELVE_MONTHS = "twelve_months"


@dataclass(frozen=True)
class Comparison:
    """A period beside an earlier one.

    Attributes
    ----------
    basis : Basis
    period, baseline : Period
    count, baseline_count : int or None
        None where months are missing.
    change : Change or None
        None where no comparison may be made; then no percentage exists that could be printed.
    verdict : Verdict
    reasons : tuple of str
        Sentences, the one that decided first.
    breaks : tuple of SeriesBreak
        Every break between or within the two periods, confirmed or not.
    missing : tuple of Month
        Months of either period that were not received whole.
    is_slight : bool
        A clear change that is small beside a large count.
    """

    basis: Basis
    period: Period
    baseline: Period
    count: int | None
    baseline_count: int | None
    change: Change | None
    verdict: Verdict
    reasons: tuple[str, ...]
    breaks: tuple[SeriesBreak, ...]
    missing: tuple[Month, ...]
    is_slight: bool = False


def compare_periods(
    basis: Basis,
    period: Period,
    baseline: Period,
    observations: pd.DataFrame,
    breaks: Sequence[SeriesBreak],
    dispersion: Dispersion,
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

    Returns
    -------
    Comparison

    Raises
    ------
    PeriodError
        Where the two periods are of different kinds or overlap.
    """
    check_comparable(baseline, period)
    missing_now, missing_then = (missing_months(observations, each) for each in (period, baseline))
    between = tuple(each for each in breaks if each.separates(baseline, period))
    settling = tuple(
        each
        for each in breaks
        if each.is_confirmed and each not in between and (each.is_bedding_in(baseline) or each.is_bedding_in(period))
    )
    count, baseline_count = (sum_within(observations, each) for each in (period, baseline))
    exposure, baseline_exposure = (_exposure(observations, each) for each in (period, baseline))
    change: Change | None = None
    is_slight = False
    if missing_now or missing_then or settling or any(each.is_confirmed for each in between):
        unlike = (*_say_broken(between, baseline), *_say_settling(settling, baseline, period))
        verdict, reasons = _why_not_compared(period, baseline, missing_now, missing_then, unlike)
    else:
        assert count is not None and baseline_count is not None  # noqa: S101, PT018 - no month is missing
        change = compare_counts(
            baseline_count,
            count,
            baseline_exposure=baseline_exposure,
            exposure=exposure,
            dispersion=dispersion,
        )
        verdict = _judge(change)
        is_slight = (
            verdict.is_clear
            and baseline_count > MATERIAL_ABOVE_COUNT
            and abs(change.change_percent or 0) < MATERIAL_PERCENT
        )
        reasons = _why(verdict, change, period, baseline)
    return Comparison(
        basis=basis,
        period=period,
        baseline=baseline,
        count=count,
        baseline_count=baseline_count,
        change=change,
        verdict=verdict,
        reasons=(*reasons, *_mention_unconfirmed(between)),
        breaks=(*between, *settling),
        missing=(*missing_then, *missing_now),
        is_slight=is_slight,
    )


def judge_dispersion(observations: pd.DataFrame, period: Period, breaks: Sequence[SeriesBreak]) -> Dispersion:
    """Judge how jumpy a series is by nature, from its months up to the period that mean the same as the period.

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
    confirmed = [each for each in breaks if each.is_confirmed]
    recent = select_recent(observations, period)
    months = [Month.containing(start) for start in recent["period_start"]]
    own = set(period.months)
    alike = [month in own or not any(each.separates(month, period.months[0]) for each in confirmed) for month in months]
    positions = np.array([month.start.year * 12 + month.start.month - 1 for month in months])
    days = np.array([month.days for month in months], dtype=float)
    return estimate_dispersion(
        recent["numerator"].to_numpy()[alike], positions[alike], days[alike], tested_months=len(period.months)
    )


def _judge(change: Change) -> Verdict:
    if change.count + change.baseline_count < FEWEST_EVENTS:
        return Verdict.TOO_FEW
    if change.lower > 0 and change.change_count > 0:
        return Verdict.UP
    if change.upper < 0 and change.change_count < 0:
        return Verdict.DOWN
    # Also where the count moved one way and, for a leap day or a grown population, the rate clearly the other way:
    # no sentence could say "rose from 90,000 to 89,900" and be understood.
    return Verdict.NO_CLEAR_CHANGE


def _why_not_compared(
    period: Period,
    baseline: Period,
    missing_now: Sequence[Month],
    missing_then: Sequence[Month],
    unlike: tuple[str, ...],
) -> tuple[Verdict, tuple[str, ...]]:
    """Say why no comparison is made, the reason that decides first.

    A period that has not arrived itself is incomplete whatever else is true. A recording break comes before a gap in
    the earlier period, because the missing months could still arrive and the two would even then not be comparable.
    """
    now, then = (_say_missing(months, each) for months, each in ((missing_now, period), (missing_then, baseline)))
    if now:
        return Verdict.INCOMPLETE, (*now, *unlike, *then)
    if unlike:
        return Verdict.NOT_COMPARABLE, (*unlike, *then)
    return Verdict.INCOMPLETE, then


def _say_broken(between: Sequence[SeriesBreak], baseline: Period) -> tuple[str, ...]:
    return tuple(
        f"It cannot be compared with {baseline.short_words} because {each.what_changed} ({each.break_id})."
        for each in between
        if each.is_confirmed
    )


def _say_settling(settling: Sequence[SeriesBreak], baseline: Period, period: Period) -> tuple[str, ...]:
    """Say which of the two periods lies in the months in which a new practice was still settling."""
    return tuple(
        f"It is not compared with {baseline.short_words} yet: {each.what_changed} ({each.break_id}), and "
        f"{(period if each.is_bedding_in(period) else baseline).short_words} lies in the {each.bedding_in_months} "
        "months in which the new practice was still settling."
        for each in settling
    )


def _say_missing(missing: Sequence[Month], period: Period) -> tuple[str, ...]:
    total, received = len(period.months), len(period.months) - len(missing)
    if not missing:
        return ()
    if total == 1:
        return (f"{period.short_words} was not received whole. No comparison is made.",)
    said = f"{received} of {total} months of {period.short_words} received"
    if received and len(missing) <= MOST_MONTHS_NAMED:
        names = [month.in_words for month in missing]
        said = f"{said}; missing: {', '.join(names[:-1])}{' and ' if len(names) > 1 else ''}{names[-1]}"
    return (f"{said}. No comparison is made.",)


def _why(verdict: Verdict, change: Change, period: Period, baseline: Period) -> tuple[str, ...]:
    if verdict is Verdict.TOO_FEW:
        counts = f"{change.baseline_count} and {change.count}"
        return (f"{counts} are together fewer than {FEWEST_EVENTS}, too few to show a change.",)
    if verdict is Verdict.NO_CLEAR_CHANGE and change.is_clear:
        first = "The count and the count per day moved in opposite directions, so neither is called a change."
    elif verdict is Verdict.NO_CLEAR_CHANGE:
        first = "The difference is within what chance alone would produce."
    else:
        first = "The difference is larger than chance alone would produce (95% interval)."
    return (first, *_explain_variation(change.dispersion), *_explain_days(change, period, baseline))


def _explain_variation(dispersion: Dispersion) -> tuple[str, ...]:
    if dispersion.months == 0:
        return ("There are too few months to judge how much this series varies by itself, so pure chance was assumed.",)
    if dispersion.months < LONG_HISTORY_MONTHS:
        reason = (
            f"Only {dispersion.months} comparable months are at hand to judge how much this series varies by itself, "
            "so the 95% range is wider than it would be with a longer history."
        )
        return (reason,)
    return ()


def _explain_days(change: Change, period: Period, baseline: Period) -> tuple[str, ...]:
    if period.days == baseline.days or change.adjusted_percent is None:
        return ()
    more, fewer = (period, baseline) if period.days > baseline.days else (baseline, period)
    days = f"{more.short_words} had {more.days} days and {fewer.short_words} {fewer.days}"
    return (f"{days}; the test and the 95% range compare counts per day.",)


def _mention_unconfirmed(between: Sequence[SeriesBreak]) -> tuple[str, ...]:
    return tuple(
        f"Possible break, date not confirmed: {each.what_changed} ({each.break_id}, {Month(each.from_month).in_words})."
        for each in between
        if not each.is_confirmed
    )


def select_recent(observations: pd.DataFrame, period: Period) -> pd.DataFrame:
    """Give the observations of the last sixty months up to a period's end."""
    last = period.end.year * 12 + period.end.month
    positions = [start.year * 12 + start.month for start in observations["period_start"]]
    keep = np.array([last - HISTORY_MONTHS < position <= last for position in positions], dtype=bool)
    return observations[keep].reset_index(drop=True)


def _exposure(observations: pd.DataFrame, period: Period) -> float:
    """Give days times residents, or days where no population is known."""
    rows = select_within(observations, period)
    if rows.empty or rows["denominator"].isna().any():
        return float(period.days)
    days = np.array(
        [(end - start).days + 1 for start, end in zip(rows["period_start"], rows["period_end"], strict=True)]
    )
    return float((days * rows["denominator"].to_numpy(dtype=float)).sum())
