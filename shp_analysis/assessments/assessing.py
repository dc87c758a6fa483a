"""Deciding everything that is said of one indicator in one period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pandas as pd

from shp_analysis.areas import Area
from shp_analysis.assessments.notes import (
    find_concentration,
    note_ages,
    note_later_unlinked,
    note_other_forces,
    note_revisions,
    note_unlike_months,
    note_unplaced,
    note_unsettled,
)
from shp_analysis.assessments.records import Assessment, Rate, ReceivedSource
from shp_analysis.catalogue import Catalogue, Comparability, Frequency, Indicator, Kind, Measure, SeriesBreak
from shp_analysis.comparisons import (
    Basis,
    Comparison,
    Placing,
    Reason,
    Verdict,
    compare_periods,
    judge_dispersion,
    select_recent,
)
from shp_analysis.comparisons.reasons import FiguresUnreadable, NoAgreedMeasure
from shp_analysis.measures import (
    OBSERVATION_COLUMNS,
    AreaRecords,
    count_observations,
    count_uncounted,
    count_unplaced,
    drop_months,
    find_unlike_months,
    list_files_within,
    select_records,
)
from shp_analysis.period_spellings import MONTHS_IN_QUARTER
from shp_analysis.periods import Period, Quarter, build_window, count_months
from shp_analysis.signals import Signals, read_signals
from shp_analysis.statistics.changes import Dispersion
from shp_analysis.statistics.intervals import interval_of_count


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
    paper_period, period = period, _own_period(indicator, measure, period, observations, records)
    breaks = catalogue.breaks_of(indicator, records.area)
    bases = _bases(period, indicator)
    rules = catalogue.comparability
    unlike = find_unlike_months(records, measure, period, rules.largest_unplaced_shift)
    history = drop_months(observations, unlike)
    # Each by itself: what is under test in one would be taken for jumpiness in the other.
    dispersions = [_judge_dispersion(indicator, current, history, breaks) for _, current, _ in bases]
    comparisons = tuple(
        compare_periods(
            basis,
            current,
            baseline,
            observations,
            breaks,
            dispersion,
            indicator.kind,
            per=indicator.rate_per if indicator.unit else None,
            is_judged=not indicator.gathers_in_places,
            placing=_read_placing(records, measure, current, baseline, rules),
            unlinked=(
                count_uncounted(records, measure, current.months),
                count_uncounted(records, measure, baseline.months),
            ),
        )
        for (basis, current, baseline), dispersion in zip(bases, dispersions, strict=True)
    )
    sources = _sources_of(comparisons, observations, records)
    return Assessment(
        indicator=indicator,
        area=records.area,
        period=period,
        source=chosen,
        as_of=records.as_of,
        count=comparisons[0].count,
        rate=_rate(comparisons[0].count, indicator, records, period, dispersions[0]),
        comparisons=comparisons,
        verdict=comparisons[0].verdict,
        reasons=comparisons[0].reasons,
        months=select_recent(observations, period),
        data_to=max(observations["period_end"]) if len(observations) else None,
        sources=sources,
        concentration=find_concentration(select_records(records, measure), period, comparisons[0]),
        breaks=breaks,
        notes=(
            *note_revisions(records, indicator, comparisons[0], chosen),
            *note_ages(comparisons[0], observations, records),
            *note_unplaced(comparisons[0], rules.unplaced_told_from),
            *note_unlike_months(unlike, period),
            *note_unsettled(records, measure, comparisons[0]),
            *note_later_unlinked(records, measure, period, paper_period),
            *note_other_forces(records, measure.of or measure, period),
        ),
        paper_period=None if period == paper_period else paper_period,
        signals=_read_signals(indicator, period, history, breaks),
    )


def assess_counted(
    indicator: Indicator,
    period: Period,
    baseline: Period,
    observations: pd.DataFrame,
    area: Area,
    breaks: Sequence[SeriesBreak] = (),
    records: AreaRecords | None = None,
    *,
    rules: Comparability | None = None,
    source: str = "",
) -> Assessment:
    """Decide what may be said of one period beside another, from observations that were counted already.

    Parameters
    ----------
    indicator : Indicator
    period, baseline : Period
        Of one kind, not overlapping.
    observations : pandas.DataFrame
        As `measures.count_observations` gives them; an analyst may have left rows out, which then were not received.
    area : Area
    breaks : sequence of SeriesBreak
    records : AreaRecords, optional
        What they were counted from: then records without a place are looked at, the rate is given, and the files.
    rules : Comparability, optional
        How far the share of records without a place may differ.
    source : str

    Returns
    -------
    Assessment
        With one comparison, and without signals and notes.
    """
    history, placing, lost, lost_before = observations, None, None, None
    if records is not None:
        measure = indicator.sources[source]
        lost, lost_before = (count_uncounted(records, measure, each.months) for each in (period, baseline))
        if rules is not None:
            placing = _read_placing(records, measure, period, baseline, rules)
            history = drop_months(
                observations, find_unlike_months(records, measure, period, rules.largest_unplaced_shift)
            )
    dispersion = _judge_dispersion(indicator, period, history, breaks)
    comparison = compare_periods(
        _name_basis(period, baseline),
        period,
        baseline,
        observations,
        breaks,
        dispersion,
        indicator.kind,
        per=indicator.rate_per if indicator.unit else None,
        is_judged=not indicator.gathers_in_places,
        placing=placing,
        unlinked=(lost, lost_before),
    )
    return Assessment(
        indicator=indicator,
        area=area,
        period=period,
        source=source,
        as_of=records.as_of if records else None,
        count=comparison.count,
        rate=_rate(comparison.count, indicator, records, period, dispersion) if records else None,
        comparisons=(comparison,),
        verdict=comparison.verdict,
        reasons=comparison.reasons,
        months=select_recent(observations, period),
        data_to=max(observations["period_end"]) if len(observations) else None,
        sources=_sources_of((comparison,), observations, records) if records else (),
        concentration=None,
        breaks=tuple(breaks),
    )


def _name_basis(period: Period, baseline: Period) -> Basis:
    if baseline != period.same_last_year():
        return Basis.OTHER_PERIOD
    if len(period.months) == MONTHS_IN_QUARTER:
        return Basis.SAME_QUARTER_LAST_YEAR
    return Basis.TWELVE_MONTHS if period == period.twelve_months_to_end() else Basis.SAME_PERIOD_LAST_YEAR


def assess_unmeasured(indicator: Indicator, period: Period, area: Area, as_of: date | None) -> Assessment:
    """Give the record of an indicator nobody has agreed a measure of: no figure, and a verdict that says so."""
    return _assess_without_figure(
        indicator, period, area, as_of, Verdict.NO_LOCAL_MEASURE, NoAgreedMeasure(), source=""
    )


def assess_unread(
    indicator: Indicator, period: Period, area: Area, as_of: date | None, source: str | None = None
) -> Assessment:
    """Give the record of an indicator whose figures cannot be read from the files held: incomplete, and no figure."""
    chosen, _ = indicator.measure(source)
    reason = FiguresUnreadable()
    found = _assess_without_figure(indicator, period, area, as_of, Verdict.INCOMPLETE, reason, source=chosen)
    return replace(found, is_unread=True)


def _assess_without_figure(
    indicator: Indicator,
    period: Period,
    area: Area,
    as_of: date | None,
    verdict: Verdict,
    reason: Reason,
    *,
    source: str,
) -> Assessment:
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
        source=source,
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


def _read_placing(
    records: AreaRecords, measure: Measure, period: Period, baseline: Period, rules: Comparability
) -> Placing | None:
    now, then = (count_unplaced(records, measure, each) for each in (period, baseline))
    return Placing(now, then, rules.largest_unplaced_shift) if now and then else None


def _judge_dispersion(
    indicator: Indicator, period: Period, observations: pd.DataFrame, breaks: Sequence[SeriesBreak]
) -> Dispersion:
    if indicator.kind not in {Kind.COUNT, Kind.SCORE}:
        return Dispersion()
    return judge_dispersion(observations, period, breaks).over(len(period.months))


def _read_signals(
    indicator: Indicator, period: Period, observations: pd.DataFrame, breaks: Sequence[SeriesBreak]
) -> Signals | None:
    if indicator.kind is not Kind.COUNT or not indicator.adds_over_periods:
        return None
    return read_signals(observations, period, breaks, indicator.polarity)


def _own_period(
    indicator: Indicator, measure: Measure, period: Period, observations: pd.DataFrame, records: AreaRecords
) -> Period:
    """Give the period that a paper on some period prints of an indicator.

    It is that period itself, whether it has arrived or not. What is published once a year is printed for its newest
    year that ended by then, and what is counted by months but told by the year for the twelve months to the period's
    end. What does not add up over the quarters of a year is printed for the newest of them. The paper names the time
    with the figure.
    """
    if measure.busiest is not None:
        return period.twelve_months_to_end()
    spans = zip(observations["period_start"], observations["period_end"], strict=True)
    if indicator.frequency is not Frequency.YEARLY:
        if indicator.adds_over_periods or indicator.kind is Kind.STOCK or len(period.months) <= MONTHS_IN_QUARTER:
            return period
        ends = (end for start, end in spans if period.start <= start and end <= period.end)
        return Quarter.containing(max(ends, default=period.end))
    told = records.list_whole_parts() or [build_window(start, count_months(start, end)) for start, end in spans]
    over = [each for each in told if each.end <= period.end]
    newest = max(over, key=lambda each: (each.end, each.start), default=period)
    year = period.twelve_months_to_end()
    return newest if len(newest.months) >= len(year.months) else year


def _bases(period: Period, indicator: Indicator) -> tuple[tuple[Basis, Period, Period], ...]:
    is_quarter = len(period.months) == MONTHS_IN_QUARTER
    name = Basis.SAME_QUARTER_LAST_YEAR if is_quarter else Basis.SAME_PERIOD_LAST_YEAR
    year = period.twelve_months_to_end()
    bases: tuple[tuple[Basis, Period, Period], ...] = ((name, period, period.same_last_year()),)
    # Neither a stock nor a published figure adds up over the quarters of a year.
    adds_up = indicator.kind not in {Kind.STOCK, Kind.PUBLISHED} and indicator.adds_over_periods
    if len(period.months) >= len(year.months) or not adds_up:
        return bases
    return (*bases, (Basis.TWELVE_MONTHS, year, year.same_last_year()))


def _rate(
    count: int | None, indicator: Indicator, records: AreaRecords, period: Period, dispersion: Dispersion
) -> Rate | None:
    """Give a rate with its interval: of events chance alone, of a score what its own history says of it."""
    people = records.number_of(indicator.denominator, period.end)
    is_score = indicator.kind is Kind.SCORE and indicator.unit is not None and dispersion.months > 0
    if count is None or people is None or not (is_score or indicator.kind in {Kind.COUNT, Kind.STOCK}):
        return None
    # A series whose variance is so many times its mean is as uncertain as so many times fewer events.
    spread = dispersion.value if is_score else 1.0
    lower, upper = (spread * float(each[0]) for each in interval_of_count([count / spread]))
    value, low, high = (indicator.rate_per * float(number) / people.residents for number in (count, lower, upper))
    return Rate(value, low, high, indicator.rate_per, people)


def _sources_of(
    comparisons: Sequence[Comparison], observations: pd.DataFrame, records: AreaRecords
) -> tuple[ReceivedSource, ...]:
    windows = [each for comparison in comparisons for each in (comparison.baseline, comparison.period)]
    used = set[str]().union(*(list_files_within(observations, window) for window in set(windows)))
    files = records.files[records.files.index.isin(used)].reset_index().sort_values("received_on", kind="stable")
    return tuple(
        ReceivedSource(path.rsplit("/", 1)[-1], sha256, received_on)
        for path, sha256, received_on in files[["path", "sha256", "received_on"]].itertuples(index=False)
    )
