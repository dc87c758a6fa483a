"""One indicator, one area, one period: everything that a page says of it, as one frozen record.

What may be said of a change is decided in `shp_analysis.comparisons`; here the count gets its rate, its sources, the
months for a chart, and whatever else a reader must know beside the verdict.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from shp_analysis.areas import Area, Population
from shp_analysis.catalogue import Catalogue, Frequency, Indicator, Kind, SeriesBreak
from shp_analysis.comparisons import (
    Basis,
    Comparison,
    Verdict,
    compare_periods,
    judge_dispersion,
    select_recent,
)
from shp_analysis.measures import OBSERVATION_COLUMNS, AreaRecords, count_observations, select_records, select_within
from shp_analysis.periods import Month, Period, build_window, count_months
from shp_analysis.statistics.changes import Dispersion
from shp_analysis.statistics.intervals import interval_of_count

CONCENTRATED_SHARE = 0.3
CONCENTRATED_COUNT = 10
"""When one place in one month holds this share and this many of a period's events, the page says so."""


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
    paper_period : Period or None
        What the paper is about, where that is another period than the figure's own; None otherwise.
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
    paper_period: Period | None = None

    @property
    def counts_by_month(self) -> dict[Month, int]:
        """The count of every month at hand, in order."""
        starts, counts = self.months["period_start"].tolist(), self.months["numerator"].tolist()
        return {Month.containing(start): int(count) for start, count in zip(starts, counts, strict=True)}


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
    observations = count_observations(records, indicator, chosen)
    paper_period, period = period, _own_period(indicator, period, observations, records)
    breaks = catalogue.breaks_of(indicator, records.area)
    dispersion = (
        judge_dispersion(observations, period, breaks) if indicator.kind in {Kind.COUNT, Kind.SCORE} else Dispersion()
    )
    comparisons = tuple(
        compare_periods(basis, current, baseline, observations, breaks, dispersion, indicator.kind)
        for basis, current, baseline in _bases(period, indicator)
    )
    sources = _sources_of(comparisons, observations, records)
    return Assessment(
        indicator=indicator,
        area=records.area,
        period=period,
        source=chosen,
        as_of=records.as_of,
        count=comparisons[0].count,
        rate=_rate(comparisons[0].count, indicator, records, period),
        comparisons=comparisons,
        verdict=comparisons[0].verdict,
        reasons=comparisons[0].reasons,
        months=select_recent(observations, period),
        data_to=max(observations["period_end"]) if len(observations) else None,
        sources=sources,
        concentration=_find_concentration(select_records(records, measure), period, comparisons[0]),
        breaks=breaks,
        notes=_note_ages(comparisons[0], observations, records) + _note_other_forces(records, period),
        paper_period=None if period == paper_period else paper_period,
    )


def assess_unmeasured(indicator: Indicator, period: Period, area: Area, as_of: date | None) -> Assessment:
    """Give the record of an indicator nobody has agreed a measure of: no figure, and a verdict that says so."""
    reason = "No measure of it is agreed."
    verdict = Verdict.NO_LOCAL_MEASURE
    comparison = Comparison(
        basis=Basis.SAME_PERIOD_LAST_YEAR,
        period=period,
        baseline=period.same_last_year(),
        count=None,
        baseline_count=None,
        change=None,
        verdict=verdict,
        reasons=(reason,),
        breaks=(),
        missing=(),
        kind=indicator.kind,
    )
    return Assessment(
        indicator=indicator,
        area=area,
        period=period,
        source="",
        as_of=as_of,
        count=None,
        rate=None,
        comparisons=(comparison,),
        verdict=verdict,
        reasons=(reason,),
        months=pd.DataFrame(columns=list(OBSERVATION_COLUMNS)),
        data_to=None,
        sources=(),
        concentration=None,
        breaks=(),
    )


def _own_period(indicator: Indicator, period: Period, observations: pd.DataFrame, records: AreaRecords) -> Period:
    """Give the period that a paper on some period prints of an indicator.

    It is that period itself, whether it has arrived or not. What is published once a year is printed for its newest
    year that ended by then, and what is counted by months but told by the year for the twelve months to the period's
    end; the paper names the time with the figure.
    """
    if indicator.frequency is not Frequency.YEARLY:
        return period
    spans = zip(observations["period_start"], observations["period_end"], strict=True)
    told = records.list_whole_parts() or [build_window(start, count_months(start, end)) for start, end in spans]
    over = [each for each in told if each.end <= period.end]
    newest = max(over, key=lambda each: (each.end, each.start), default=period)
    year = period.twelve_months_to_end()
    return newest if len(newest.months) >= len(year.months) else year


def _bases(period: Period, indicator: Indicator) -> tuple[tuple[Basis, Period, Period], ...]:
    is_quarter = len(period.months) == 3  # noqa: PLR2004 - a quarter has three months
    name = Basis.SAME_QUARTER_LAST_YEAR if is_quarter else Basis.SAME_PERIOD_LAST_YEAR
    year = period.twelve_months_to_end()
    bases: tuple[tuple[Basis, Period, Period], ...] = ((name, period, period.same_last_year()),)
    # Neither a stock nor a published figure adds up over the quarters of a year.
    adds_up = indicator.kind not in {Kind.STOCK, Kind.PUBLISHED} and indicator.adds_over_periods
    if len(period.months) >= len(year.months) or not adds_up:
        return bases
    return (*bases, (Basis.TWELVE_MONTHS, year, year.same_last_year()))


def _rate(count: int | None, indicator: Indicator, records: AreaRecords, period: Period) -> Rate | None:
    people = records.number_of(indicator.denominator, period.end)
    if count is None or people is None or indicator.kind not in {Kind.COUNT, Kind.STOCK}:
        return None
    lower, upper = interval_of_count([count])
    value, low, high = (indicator.rate_per * float(number) / people.residents for number in (count, lower[0], upper[0]))
    return Rate(value, low, high, indicator.rate_per, people)


def _sources_of(
    comparisons: Sequence[Comparison], observations: pd.DataFrame, records: AreaRecords
) -> tuple[ReceivedSource, ...]:
    windows = [each for comparison in comparisons for each in (comparison.baseline, comparison.period)]
    used = {sha256 for window in windows for sha256 in select_within(observations, window)["source_id"]}
    files = records.periods[records.periods["sha256"].isin(used)].drop_duplicates("sha256").sort_values("received_on")
    return tuple(
        ReceivedSource(path.rsplit("/", 1)[-1], sha256, received_on)
        for path, sha256, received_on in files[["path", "sha256", "received_on"]].itertuples(index=False)
    )


def _note_ages(comparison: Comparison, observations: pd.DataFrame, records: AreaRecords) -> tuple[str, ...]:
    """Say when the two periods come from archives of different age: a month's file is revised after publication."""
    received: dict[str, date] = dict(zip(records.periods["sha256"], records.periods["received_on"], strict=True))
    now, then = (
        {received[sha256] for sha256 in select_within(observations, each)["source_id"]}
        for each in (comparison.period, comparison.baseline)
    )
    if comparison.p_value is None or now == then:
        return ()
    newest, oldest = max(now), min(then)
    note = (
        f"The figures come from archives of different age: {comparison.baseline.short_words} from one received on "
        f"{_day(oldest)}, {comparison.period.short_words} from one received on {_day(newest)}. Published months are "
        "revised later, so part of a difference may be revision."
    )
    return (note,)


def _note_other_forces(records: AreaRecords, period: Period) -> tuple[str, ...]:
    if records.other_forces.empty:
        return ()
    labels = [month.label for month in period.months]
    here = records.other_forces[records.other_forces["period"].isin(labels)]
    total = int(here["records"].sum())
    if not total:
        return ()
    verb = "record of another force lies" if total == 1 else "records of other forces lie"
    return (f"{total} {verb} in the area in {period.short_words} and {'is' if total == 1 else 'are'} not counted.",)


def _find_concentration(selected: pd.DataFrame, period: Period, comparison: Comparison) -> Concentration | None:
    """Find the one place and month that make up much of the count, so that a page can say it was one event."""
    if "lsoa_name" not in selected:
        return None
    here = selected[selected["period"].isin([month.label for month in period.months])]
    cells = here.groupby(["lsoa_name", "period"])["records"].sum().reset_index()
    if cells.empty or not comparison.count:
        return None
    place, month, count = cells.sort_values("records").iloc[-1]
    share = int(count) / comparison.count
    if count < CONCENTRATED_COUNT or share < CONCENTRATED_SHARE:
        return None
    return Concentration(str(place), Month(str(month)), int(count), share)


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
