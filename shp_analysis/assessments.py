"""One indicator, one area, one period: everything that a page says of it, decided in one place and in one order.

The order is the product. Is there a measure at all? Has the period itself arrived whole? Does it mean the same as the
period it is set beside? Has that one arrived whole? Are the numbers large enough to say anything? Only then is a
change tested, and one of seven verdicts comes out with its reasons. Nothing else in the workbook says "up" or "down".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np
import pandas as pd

from shp_analysis.areas import Area, Population
from shp_analysis.catalogue import Catalogue, Indicator, SeriesBreak
from shp_analysis.measures import AreaRecords, count_by_month, missing_months, select_records
from shp_analysis.periods import Month, Period, check_comparable
from shp_analysis.statistics.changes import (
    LONG_HISTORY_MONTHS,
    Change,
    Dispersion,
    compare_counts,
    estimate_dispersion,
)
from shp_analysis.statistics.intervals import interval_of_count

FEWEST_EVENTS = 20
"""Two counts that together are fewer than this are too few to say anything of their difference."""
MATERIAL_PERCENT = 2.0
MATERIAL_ABOVE_COUNT = 5_000
"""A clear change smaller than this percentage of a count above this size is called slight."""
HISTORY_MONTHS = 60
"""How far back the natural variation of a series is judged."""
CONCENTRATED_SHARE = 0.3
CONCENTRATED_COUNT = 10
"""When one place in one month holds this share and this many of a period's events, the page says so."""


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
class Rate:
    """A count over its residents, with the interval that chance alone would give it.

    Attributes
    ----------
    value, lower, upper : float
        Events per `per` residents in the period itself; not scaled to a year.
    per : int
    population : Population
        Whose mid-year is printed with the rate.
    """

    value: float
    lower: float
    upper: float
    per: int
    population: Population


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


@dataclass(frozen=True)
class Concentration:
    """The place and month that hold the largest part of a period's events."""

    place: str
    month: Month
    count: int
    share: float


@dataclass(frozen=True)
class ReceivedSource:
    """A received file that a figure rests on, and what it was used for."""

    file: str
    sha256: str
    received_on: date


@dataclass(frozen=True)
class Assessment:
    """Everything a page says of one indicator in one area and period.

    Attributes
    ----------
    indicator : Indicator
    area : Area
    period : Period
    source : str
    as_of : date or None
    count : int or None
        None where the period is incomplete.
    rate : Rate or None
        None without a count or without a population.
    comparisons : tuple of Comparison
        The first decides the verdict.
    verdict : Verdict
    reasons : tuple of str
    months : pandas.DataFrame
        Observations of the last sixty months up to the period's end, for charts.
    data_to : date or None
        Last day of the newest whole month received.
    sources : tuple of ReceivedSource
        The files that the counts of all comparisons come from.
    concentration : Concentration or None
        Where one place in one month makes up much of the count.
    breaks : tuple of SeriesBreak
        Breaks within the months shown.
    notes : tuple of str
        What else a reader must know; they do not change the verdict.
    is_suppressed : bool
        Whether the numbers were withheld because they are about few persons.
    """

    indicator: Indicator
    area: Area
    period: Period
    source: str
    as_of: date | None
    count: int | None
    rate: Rate | None
    comparisons: tuple[Comparison, ...]
    verdict: Verdict
    reasons: tuple[str, ...]
    months: pd.DataFrame
    data_to: date | None
    sources: tuple[ReceivedSource, ...]
    concentration: Concentration | None
    breaks: tuple[SeriesBreak, ...]
    notes: tuple[str, ...] = ()
    is_suppressed: bool = False


def assess(
    indicator: Indicator,
    period: Period,
    records: AreaRecords,
    catalogue: Catalogue,
    *,
    source: str | None = None,
) -> Assessment:
    """Decide everything that is said of one indicator in one period.

    Parameters
    ----------
    indicator : Indicator
    period : Period
    records : AreaRecords
        Of the area, as known on the day the paper is written.
    catalogue : Catalogue
        Its break register is asked before any number is.
    source : str, optional
        Which of the indicator's sources; the first where left out.

    Returns
    -------
    Assessment
    """
    chosen, measure = indicator.measure(source)
    observations = count_by_month(records, indicator, chosen)
    breaks = catalogue.breaks_of(indicator, records.area)
    dispersion = judge_dispersion(observations, period, breaks)
    comparisons = tuple(
        compare_periods(basis, current, baseline, observations, breaks, dispersion)
        for basis, current, baseline in _bases(period)
    )
    sources = _sources_of(comparisons, observations, records)
    return Assessment(
        indicator=indicator,
        area=records.area,
        period=period,
        source=chosen,
        as_of=records.as_of,
        count=comparisons[0].count,
        rate=_rate(comparisons[0].count, indicator, records.area, period),
        comparisons=comparisons,
        verdict=comparisons[0].verdict,
        reasons=comparisons[0].reasons,
        months=_recent(observations, period),
        data_to=max(observations["period_end"]) if len(observations) else None,
        sources=sources,
        concentration=_find_concentration(select_records(records, measure), period, comparisons[0]),
        breaks=breaks,
        notes=_note_ages(comparisons[0], observations, records) + _note_other_forces(records, period),
    )


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
    count, baseline_count = (_sum(observations, each) for each in (period, baseline))
    exposure, baseline_exposure = (_exposure(observations, each) for each in (period, baseline))
    change: Change | None = None
    is_slight = False
    if missing_now or missing_then or any(each.is_confirmed for each in between):
        verdict, reasons = _why_not_compared(period, baseline, missing_now, missing_then, between)
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
        breaks=between,
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
    recent = _recent(observations, period)
    months = [Month.containing(start) for start in recent["period_start"]]
    own = set(period.months)
    alike = [month in own or not any(each.separates(month, period.months[0]) for each in confirmed) for month in months]
    positions = np.array([month.start.year * 12 + month.start.month - 1 for month in months])
    days = np.array([month.days for month in months], dtype=float)
    return estimate_dispersion(
        recent["numerator"].to_numpy()[alike], positions[alike], days[alike], tested_months=len(period.months)
    )


def _bases(period: Period) -> tuple[tuple[Basis, Period, Period], ...]:
    is_quarter = len(period.months) == 3  # noqa: PLR2004 - a quarter has three months
    name = Basis.SAME_QUARTER_LAST_YEAR if is_quarter else Basis.SAME_PERIOD_LAST_YEAR
    year = period.twelve_months_to_end()
    bases: tuple[tuple[Basis, Period, Period], ...] = ((name, period, period.same_last_year()),)
    return (
        bases
        if len(period.months) >= len(year.months)
        else (*bases, (Basis.TWELVE_MONTHS, year, year.same_last_year()))
    )


def _judge(change: Change) -> Verdict:
    if change.count + change.baseline_count < FEWEST_EVENTS:
        return Verdict.TOO_FEW
    if not change.is_clear:
        return Verdict.NO_CLEAR_CHANGE
    return Verdict.UP if change.lower > 0 else Verdict.DOWN


def _why_not_compared(
    period: Period,
    baseline: Period,
    missing_now: Sequence[Month],
    missing_then: Sequence[Month],
    between: Sequence[SeriesBreak],
) -> tuple[Verdict, tuple[str, ...]]:
    """Say why no comparison is made, the reason that decides first.

    A period that has not arrived itself is incomplete whatever else is true. A recording break comes before a gap in the
    earlier period, because the missing months could still arrive and the two would even then not be comparable.
    """
    broken = tuple(
        f"It cannot be compared with {baseline.short_words} because {each.what_changed} ({each.break_id})."
        for each in between
        if each.is_confirmed
    )
    now, then = (_say_missing(months, each) for months, each in ((missing_now, period), (missing_then, baseline)))
    if now:
        return Verdict.INCOMPLETE, (*now, *broken, *then)
    if broken:
        return Verdict.NOT_COMPARABLE, (*broken, *then)
    return Verdict.INCOMPLETE, then


def _say_missing(missing: Sequence[Month], period: Period) -> tuple[str, ...]:
    if not missing:
        return ()
    names = [month.in_words for month in missing]
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    if len(names) == len(period.months) or len(names) > 4:  # noqa: PLR2004 - a longer list is not read
        listed = f"{len(names)} of its months"
    received = len(period.months) - len(missing)
    return (
        f"{received} of {len(period.months)} months of {period.short_words} received; missing: {listed}. No comparison is made.",
    )


def _why(verdict: Verdict, change: Change, period: Period, baseline: Period) -> tuple[str, ...]:
    if verdict is Verdict.TOO_FEW:
        return (
            f"{change.baseline_count} and {change.count} are together fewer than {FEWEST_EVENTS}, too few to show a change.",
        )
    if verdict is Verdict.NO_CLEAR_CHANGE:
        first = "The difference is within what chance alone would produce."
    else:
        first = "The difference is larger than chance alone would produce (95% interval)."
    return (first, *_explain_variation(change.dispersion), *_explain_days(change, period, baseline))


def _explain_variation(dispersion: Dispersion) -> tuple[str, ...]:
    if dispersion.months == 0:
        return ("There are too few months to judge how much this series varies by itself, so pure chance was assumed.",)
    if dispersion.months < LONG_HISTORY_MONTHS:
        return (
            f"Only {dispersion.months} comparable months are at hand to judge how much this series varies by itself, so the interval is wider than it would be with a longer history.",
        )
    return ()


def _explain_days(change: Change, period: Period, baseline: Period) -> tuple[str, ...]:
    if period.days == baseline.days or change.adjusted_percent is None:
        return ()
    more, fewer = (period, baseline) if period.days > baseline.days else (baseline, period)
    return (
        f"{more.short_words} had {more.days} days and {fewer.short_words} {fewer.days}; the test and the 95% range "
        "compare counts per day.",
    )


def _mention_unconfirmed(between: Sequence[SeriesBreak]) -> tuple[str, ...]:
    return tuple(
        f"Possible break, date not confirmed: {each.what_changed} ({each.break_id}, {Month(each.from_month).in_words})."
        for each in between
        if not each.is_confirmed
    )


def _within(observations: pd.DataFrame, period: Period) -> pd.DataFrame:
    return observations[(observations["period_start"] >= period.start) & (observations["period_end"] <= period.end)]


def _recent(observations: pd.DataFrame, period: Period) -> pd.DataFrame:
    ends = [month.end for month in period.months]
    last = max(ends)
    first = last.year * 12 + last.month - HISTORY_MONTHS
    positions = [start.year * 12 + start.month for start in observations["period_start"]]
    keep = [first < position <= last.year * 12 + last.month for position in positions]
    return observations[np.array(keep, dtype=bool)].reset_index(drop=True)


def _sum(observations: pd.DataFrame, period: Period) -> int | None:
    return None if missing_months(observations, period) else int(_within(observations, period)["numerator"].sum())


def _exposure(observations: pd.DataFrame, period: Period) -> float:
    """Give days times residents, or days where no population is known."""
    rows = _within(observations, period)
    if rows.empty or rows["denominator"].isna().any():
        return float(period.days)
    days = np.array(
        [(end - start).days + 1 for start, end in zip(rows["period_start"], rows["period_end"], strict=True)]
    )
    return float((days * rows["denominator"].to_numpy(dtype=float)).sum())


def _rate(count: int | None, indicator: Indicator, area: Area, period: Period) -> Rate | None:
    population = area.population_on(period.end)
    if count is None or population is None:
        return None
    lower, upper = interval_of_count([count])
    value, low, high = (
        indicator.rate_per * float(number) / population.residents for number in (count, lower[0], upper[0])
    )
    return Rate(value, low, high, indicator.rate_per, population)


def _sources_of(
    comparisons: Sequence[Comparison], observations: pd.DataFrame, records: AreaRecords
) -> tuple[ReceivedSource, ...]:
    windows = [each for comparison in comparisons for each in (comparison.baseline, comparison.period)]
    used = {sha256 for window in windows for sha256 in _within(observations, window)["source_id"]}
    files = records.months[records.months["sha256"].isin(used)].drop_duplicates("sha256").sort_values("received_on")
    return tuple(
        ReceivedSource(path.rsplit("/", 1)[-1], sha256, received_on)
        for path, sha256, received_on in files[["path", "sha256", "received_on"]].itertuples(index=False)
    )


def _note_ages(comparison: Comparison, observations: pd.DataFrame, records: AreaRecords) -> tuple[str, ...]:
    """Say when the two periods come from archives of different age, since a month's file is revised after publication."""
    received = dict(records.months[["sha256", "received_on"]].itertuples(index=False))
    now, then = (
        {received[sha256] for sha256 in _within(observations, each)["source_id"]}
        for each in (comparison.period, comparison.baseline)
    )
    if comparison.change is None or now == then:
        return ()
    newest, oldest = max(now), min(then)
    return (
        f"The figures come from archives of different age: {comparison.baseline.short_words} from one received on "
        f"{_day(oldest)}, {comparison.period.short_words} from one received on {_day(newest)}. Published months are revised "
        "later, so part of a difference may be revision.",
    )


def _note_other_forces(records: AreaRecords, period: Period) -> tuple[str, ...]:
    if records.other_forces.empty:
        return ()
    labels = [month.label for month in period.months]
    here = records.other_forces[records.other_forces["month"].isin(labels)]
    total = int(here["records"].sum())
    if not total:
        return ()
    verb = "record of another force lies" if total == 1 else "records of other forces lie"
    return (f"{total} {verb} in the area in {period.short_words} and {'is' if total == 1 else 'are'} not counted.",)


def _find_concentration(selected: pd.DataFrame, period: Period, comparison: Comparison) -> Concentration | None:
    """Find the one place and month that make up much of the count, so that a page can say it was one event."""
    here = selected[selected["month"].isin([month.label for month in period.months])]
    cells = here.groupby(["lsoa_name", "month"])["records"].sum()
    if cells.empty or not comparison.count:
        return None
    place, month = cells.idxmax()
    count = int(cells.max())
    share = count / comparison.count
    if count < CONCENTRATED_COUNT or share < CONCENTRATED_SHARE:
        return None
    return Concentration(str(place), Month(str(month)), count, share)


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
