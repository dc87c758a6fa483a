"""One indicator, one area, one period: everything that a page says of it, and how that is decided."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from html import escape

import pandas as pd

from shp_analysis.assessment.comparisons import compare_periods, judge_dispersion, select_recent
from shp_analysis.assessment.signals import Signals, read_signals
from shp_analysis.assessment.verdicts import (
    Basis,
    Comparison,
    FiguresUnreadable,
    LaterNotCounted,
    MonthsUnlike,
    NoAgreedMeasure,
    OtherForces,
    PartnerTotal,
    Placing,
    Reason,
    RecordsUnplaced,
    ReleasesDiffer,
    ReturnsDiffer,
    ReturnsMissing,
    Revised,
    Verdict,
)
from shp_analysis.config.catalogue import (
    Catalogue,
    Comparability,
    Frequency,
    Indicator,
    Kind,
    Measure,
    Selection,
    SeriesBreak,
)
from shp_analysis.measures.observations import OBSERVATION_COLUMNS, count_observations, list_files_within
from shp_analysis.measures.records import AreaRecords, Unsettled, count_unlinked, select_from, select_records
from shp_analysis.measures.unplaced_records import count_uncounted, count_unplaced, drop_months, find_unlike_months
from shp_analysis.monitoring.revisions import find_revision
from shp_analysis.readers.partner_returns_measures import find_measure
from shp_analysis.reference.areas import Area, Population
from shp_analysis.reference.period_spellings import MONTHS_IN_QUARTER
from shp_analysis.reference.periods import Month, Period, Quarter, build_window, count_months
from shp_analysis.statistics.dispersions import Dispersion
from shp_analysis.statistics.intervals import interval_of_count
from shp_analysis.text.reasons import say


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


@dataclass(frozen=True, repr=False)
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
    reasons : tuple of Reason
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
    notes : tuple of Reason
        What else a reader must know; they do not change the verdict.
    is_suppressed : bool
        Whether the numbers were withheld, so that nobody can be identified.
    paper_period : Period or None
        What the paper is about, where that is another period than the figure's own; None otherwise.
    signals : Signals or None
        Chart, season, trend, early warning and forecasts, of up to ten years. None for what is not counted by months
        or by quarters, for what does not add up over them, and for what was withheld.
    is_unread : bool
        Whether its figures could not be read from the files held, such as two figures for one period.
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
    reasons: tuple[Reason, ...]
    months: pd.DataFrame
    data_to: date | None
    sources: tuple[ReceivedSource, ...]
    concentration: Concentration | None
    breaks: tuple[SeriesBreak, ...]
    notes: tuple[Reason, ...] = ()
    is_suppressed: bool = False
    paper_period: Period | None = None
    signals: Signals | None = None
    is_unread: bool = False

    def __repr__(self) -> str:
        what = f"{self.indicator.id} {self.indicator.name}, {self.area.name}, {self.period.short_words}"
        return f"<Assessment: {what}: {self.verdict}>"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><th>{escape(str(name))}</th><td>{escape(text)}</td></tr>" for name, text in self._list_lines()
        )
        return f"<table>{rows}</table>"

    def _list_lines(self) -> Iterator[tuple[str, str]]:
        yield "Indicator", f"{self.indicator.name}, {self.area.name}"
        for each in self.comparisons:
            yield each.period.short_words, _say_figure(each.count, each.value)
            yield each.baseline.short_words, _say_figure(each.baseline_count, each.baseline_value)
            if each.verdict.shows_percent and (tested := each.change or each.difference) is not None:
                yield "95% range of the change", f"{tested.lower:.1f} to {tested.upper:.1f}"
            yield "Verdict", each.verdict.value
            yield "Why", " ".join(map(say, each.reasons))

    @property
    def has_figure(self) -> bool:
        """Whether there is a figure of the period, as a count or as a value."""
        return self.comparisons[0].count is not None or self.comparisons[0].value is not None

    @property
    def counts_by_month(self) -> dict[Month, int]:
        """The count of every month at hand, in order."""
        starts, counts = self.months["period_start"].tolist(), self.months["numerator"].tolist()
        return {Month.containing(start): int(count) for start, count in zip(starts, counts, strict=True)}


def _say_figure(count: int | None, value: float | None) -> str:
    written = [
        f"{number:,.10g}" for number in (count, None if value is None else round(value, 1)) if number is not None
    ]
    return " (".join(written) + ")" * (len(written) - 1) if written else "no figure"


CONCENTRATED_SHARE = 0.3
CONCENTRATED_COUNT = 10
"""When one place in one month holds this share and this many of a period's events, the page says so."""


def note_ages(comparison: Comparison, observations: pd.DataFrame, records: AreaRecords) -> tuple[Reason, ...]:
    """Say when the two periods come from archives of different age: a month's file is revised after publication."""
    received = records.received_on
    now, then = (
        {received[sha256] for sha256 in list_files_within(observations, each)}
        for each in (comparison.period, comparison.baseline)
    )
    if comparison.p_value is None or now == then:
        return ()
    return (ReleasesDiffer(comparison.baseline, min(then), comparison.period, max(now)),)


def note_other_forces(records: AreaRecords, selection: Selection, period: Period) -> tuple[Reason, ...]:
    """Say how many records of other forces that an indicator would count lie in the area; they are not counted."""
    if records.other_forces.empty:
        return ()
    labels = [month.label for month in period.months]
    others = select_from(records.other_forces, records.table, selection)
    here = others[others["period"].isin(labels)]
    total = int(here["records"].sum())
    return (OtherForces(total, period),) if total else ()


def note_unplaced(comparison: Comparison, told_from: float) -> tuple[Reason, ...]:
    """Say how many of a force's records of a period have no place, where they are many and no reason says it."""
    unplaced = comparison.unplaced
    if unplaced is None or not unplaced.records or unplaced.percent < told_from or comparison.is_placed_unlike:
        return ()
    return (RecordsUnplaced(unplaced, comparison.period),)


def note_returned(assessment: Assessment) -> Assessment:
    """Say with a figure that it is a partner's own total, because nothing else holds its period."""
    return replace(assessment, notes=(PartnerTotal(assessment.period), *assessment.notes))


def note_later_unlinked(records: AreaRecords, measure: Measure, period: Period, paper: Period) -> tuple[Reason, ...]:
    """Say why what was received of a later time than a figure's own, up to the paper's end, is not counted."""
    later = []
    month = period.months[-1].next()
    while month.end <= paper.end:
        later.append(month)
        month = month.next()
    unlinked = count_unlinked(records, measure, later)
    return (LaterNotCounted(period, unlinked),) if unlinked else ()


def note_unlike_months(months: Collection[Month], period: Period) -> tuple[Reason, ...]:
    """Say how many earlier months are no guide to how much a figure varies, because of records without a place."""
    earlier = sum(month.end < period.start for month in months)
    return (MonthsUnlike(earlier),) if earlier else ()


def note_unsettled(records: AreaRecords, measure: Measure, comparison: Comparison) -> tuple[Reason, ...]:
    """Say of which periods partners returned different figures, or one has not returned its own: they do not count."""
    wanted = {name for each in (measure, measure.of) if each for name in each.include.get("measure", ())}
    both = (comparison.baseline, comparison.period)
    found = [
        (records.read_period(each.period), each)
        for each in records.unsettled
        if each.measure in wanted and any(records.read_period(each.period).lies_within(period) for period in both)
    ]
    return tuple(_name_unsettled(period, each) for period, each in sorted(found, key=lambda pair: pair[0].start))


def _name_unsettled(period: Period, unsettled: Unsettled) -> Reason:
    kind = ReturnsMissing if unsettled.is_missing else ReturnsDiffer
    return kind(find_measure(unsettled.measure).name, period, unsettled.organisations)


def note_revisions(
    records: AreaRecords, indicator: Indicator, comparison: Comparison, source: str
) -> tuple[Reason, ...]:
    """Say which of the two counts is another than was first published."""
    if indicator.kind is not Kind.COUNT:
        return ()
    both = ((comparison.baseline, comparison.baseline_count), (comparison.period, comparison.count))
    found = [find_revision(records, indicator, period, count, source) for period, count in both if count is not None]
    return tuple(Revised(each) for each in found if each)


def find_concentration(selected: pd.DataFrame, period: Period, comparison: Comparison) -> Concentration | None:
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
