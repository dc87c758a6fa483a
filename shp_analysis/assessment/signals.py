"""What else a series shows: its season, its forecast, and marks of a shift.

A month that was not received is a gap, and so is one that a confirmed break disturbs or whose new practice was still
settling. Where a confirmed break moved the level for good a new stretch begins; nothing is carried across it.

The verdict answers one question: is this quarter unlike the same quarter a year ago? Beside it a reader wants to know
whether a month stands out, what the season alone would bring, where the years are heading, whether the level has
shifted just now, and what to expect. None of that changes the verdict, and each answer may be "not enough points".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np
import numpy.typing as npt
import pandas as pd

from shp_analysis.config.catalogue import BreakKind, Polarity, SeriesBreak
from shp_analysis.reference.periods import Month, Period, Quarter, YearEnding, count_months
from shp_analysis.statistics.control_charts import (
    HIGH,
    Improvement,
    SpecialCause,
    XmrChart,
    XmrSettings,
    assess_xmr,
    number_segments,
)
from shp_analysis.statistics.early_warning import CountSeries
from shp_analysis.statistics.forecasts import (
    Forecast,
    TooFewPoints,
    count_points_needed,
    forecast_series,
)
from shp_analysis.statistics.trends import (
    FEWEST_EARLIER_QUARTERS,
    AgainstSameQuarters,
    Season,
    TooShort,
    Trend,
    TrendVerdict,
    assess_trend,
    compare_with_same_quarters,
    estimate_season,
)

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int_]

SIGNAL_YEARS = 10
"""How far back signals are looked for."""
MONTHS_PER_YEAR = 12
MONTHS_PER_QUARTER = 3
_UNITS: dict[int, type[Month | Quarter]] = {1: Month, MONTHS_PER_QUARTER: Quarter}


@dataclass(frozen=True, eq=False)
class CountedSeries:
    """Counts of months or quarters, up to ten years of them, the last one not after the period that a paper is about.

    Attributes
    ----------
    unit : type of Month or Quarter
    first_month : int
        Of the first period, counted from January of year 0.
    counts : numpy.ndarray of float, shape (n,)
        As received; NaN where a period was not.
    exposures : numpy.ndarray of float, shape (n,)
        Days times people, or days where their number is not known for every period.
    is_alike : numpy.ndarray of bool, shape (n,)
        Whether no confirmed break disturbs the period.
    stretches : numpy.ndarray of int, shape (n,)
        A new number begins where a confirmed break moved the level.
    """

    unit: type[Month | Quarter]
    first_month: int
    counts: Floats
    exposures: Floats
    is_alike: Bools
    stretches: Ints

    @property
    def months_each(self) -> int:
        """Months in each period."""
        return self.unit.n_months

    @property
    def per_year(self) -> int:
        """Periods in a year."""
        return MONTHS_PER_YEAR // self.months_each

    @property
    def periods(self) -> tuple[Period, ...]:
        """The months or quarters, in order."""
        return tuple(self.period_at(place) for place in range(len(self.counts)))

    def period_at(self, place: int) -> Period:
        """Give the period at a place."""
        return self.unit.containing(_first_day(self.first_month + place * self.months_each))

    @property
    def charted(self) -> Floats:
        """The counts that a chart judges: NaN also where a break disturbs them."""
        return np.where(self.is_alike, self.counts, np.nan)

    @property
    def is_latest_stretch(self) -> Bools:
        """Whether a period means the same as the latest."""
        return np.asarray(self.is_alike & (self.stretches == self.stretches[-1]))

    @property
    def comparable(self) -> Floats:
        """The counts that mean the same as the latest; NaN for the others and for those not received."""
        return np.where(self.is_latest_stretch, self.counts, np.nan)

    @property
    def month_numbers(self) -> Ints:
        """The first month of each period, counted from a January."""
        return self.first_month + self.months_each * np.arange(len(self.counts))

    def sum_windows(self, months: int, end: date) -> tuple[Floats, Floats]:
        """Add up windows of so many months, the last of which ends on a day.

        Returns
        -------
        counts, exposures : numpy.ndarray of float, shape (windows,)
            Oldest first. A count is NaN where one of its periods is missing or means something else than the latest.
        """
        each = months // self.months_each
        stop = max(self.place_after(end), 0)
        chosen = slice(stop % each, stop)
        counts, exposures = (values[chosen].reshape(-1, each) for values in (self.comparable, self.exposures))
        return counts.sum(axis=1), exposures.sum(axis=1)

    def place_of(self, day: date) -> int:
        """Give the place of the period that holds a day; negative before the first."""
        return (_number(day) - self.first_month) // self.months_each

    def place_after(self, end: date) -> int:
        """Give the place of the first period that begins after the last day of a month; negative before the first."""
        return (_number(end) + 1 - self.first_month) // self.months_each


def read_series(observations: pd.DataFrame, period: Period, breaks: Sequence[SeriesBreak]) -> CountedSeries | None:
    """Put an indicator's observations in order, up to a period's end.

    Parameters
    ----------
    observations : pandas.DataFrame
        Of one indicator in one area, one row a period that arrived whole.
    period : Period
    breaks : sequence of SeriesBreak
        Of the indicator in the area; only confirmed ones count.

    Returns
    -------
    CountedSeries or None
        None where the indicator is not counted by months or by quarters, or nothing of it lies so far back.
    """
    starts, ends = observations["period_start"].tolist(), observations["period_end"].tolist()
    lengths = {count_months(start, end) for start, end in zip(starts, ends, strict=True)}
    if len(lengths) != 1 or not lengths <= set(_UNITS):
        return None
    each = lengths.pop()
    last = _number((period if each == 1 else latest_quarter(period)).end)
    numbers = np.array([_number(start) for start in starts])
    is_recent = (numbers <= last) & (numbers > last - SIGNAL_YEARS * MONTHS_PER_YEAR)
    if not is_recent.any() or ((last + 1 - numbers) % each).any():  # windows that roll month by month overlap
        return None
    first = int(numbers[is_recent].min())
    places = (numbers[is_recent] - first) // each
    total = (last + 1 - first) // each
    counts = np.full(total, np.nan)
    counts[places] = observations["numerator"].to_numpy(dtype=float)[is_recent]
    starting = _as_days(first + each * np.arange(total + 1))
    days = np.diff(starting).astype(float)
    people = observations["denominator"].to_numpy(dtype=float, na_value=np.nan)[is_recent]
    is_alike, stretches = _tell_apart(starting, breaks)
    return CountedSeries(
        unit=_UNITS[each],
        first_month=first,
        counts=counts,
        exposures=days if np.isnan(people).any() else days * _fill(people, places, total),
        is_alike=is_alike,
        stretches=stretches,
    )


def latest_quarter(period: Period) -> Quarter:
    """Give the newest quarter that is over when a period ends."""
    quarter = Quarter.containing(period.end)
    return quarter if quarter.end <= period.end else quarter.previous()


def _tell_apart(starting: npt.NDArray[np.datetime64], breaks: Iterable[SeriesBreak]) -> tuple[Bools, Ints]:
    """Say which periods no break disturbs, and number the stretches; `starting` has one day more than there are."""
    first, after = starting[:-1], starting[1:]
    is_alike = np.ones(len(first), dtype=bool)
    rebased: list[date] = []
    for each in breaks:
        if not each.is_confirmed:
            continue
        is_alike &= (first >= np.datetime64(each.bedded_in_day)) | (after <= np.datetime64(each.first_day))
        if each.kind is BreakKind.LEVEL:
            rebased.append(each.settled_day)
    return is_alike, number_segments(first, rebased)


def _fill(people: Floats, places: Ints, total: int) -> Floats:
    """Give every period people: those of the nearest earlier period that has them, or of the first."""
    order = np.argsort(places)
    held = np.searchsorted(places[order], np.arange(total), side="right") - 1
    return people[order][np.maximum(held, 0)]


def _number(day: date) -> int:
    return day.year * MONTHS_PER_YEAR + day.month - 1


def _first_day(number: int) -> date:
    return date(number // MONTHS_PER_YEAR, number % MONTHS_PER_YEAR + 1, 1)


def _as_days(numbers: Ints) -> npt.NDArray[np.datetime64]:
    since_1970 = np.asarray(numbers) - 1970 * MONTHS_PER_YEAR
    return since_1970.astype("datetime64[M]").astype("datetime64[D]")


@dataclass(frozen=True)
class ExpectedMonth:
    """A month beside its season.

    Attributes
    ----------
    period : Period
    count : float
        NaN where the month was not received.
    expected, lower, upper : float
        With the range in which 95 of 100 such months by themselves would lie. NaN where the month means something
        else than the latest.
    is_asked : bool
        Whether it belongs to the period that is asked about, and so has no part in what is expected of it. The other
        months are those that the season was estimated from.
    """

    period: Period
    count: float
    expected: float
    lower: float
    upper: float
    is_asked: bool


def list_expected_months(series: CountedSeries, found: SeasonOfPeriod, months: int) -> tuple[ExpectedMonth, ...]:
    """Set the last months of a series beside its season.

    Parameters
    ----------
    series : CountedSeries
        Of months.
    found : SeasonOfPeriod
        Of this series.
    months : int
        How many, up to the end of the period that is asked about.

    Returns
    -------
    tuple of ExpectedMonth
        In order of time.
    """
    stop = series.place_after(found.period.end)
    places = np.arange(max(stop - months, 0), stop)
    expected = found.season.expect(series.month_numbers[places], series.exposures[places])
    is_known = series.is_latest_stretch[places]
    value, lower, upper = (
        np.where(is_known, each, np.nan) for each in (expected.value, expected.lower, expected.upper)
    )
    return tuple(
        ExpectedMonth(
            period=series.period_at(int(place)),
            count=float(series.counts[place]),
            expected=float(value[number]),
            lower=float(lower[number]),
            upper=float(upper[number]),
            is_asked=found.period.contains(series.period_at(int(place)).start),
        )
        for number, place in enumerate(places)
    )


def name_usual_months(found: SeasonOfPeriod, *, is_high: bool) -> tuple[str, ...]:
    """Name the calendar months that are usually above, or below, the mean month of a year.

    Parameters
    ----------
    found : SeasonOfPeriod
    is_high : bool

    Returns
    -------
    tuple of str
        In the calendar's order; those whose 95 % range leaves out the mean month, and none where no season is clear.
    """
    season = found.season
    if not season.is_clear:
        return ()
    is_apart = season.lower > 1 if is_high else season.upper < 1
    return tuple(f"{Month(f'2023-{place + 1:02}').start:%B}" for place in np.flatnonzero(is_apart))


QUARTERS_PER_YEAR = 4
QUARTERS_AHEAD = 4


class Interruption(StrEnum):
    """What stands before the first quarter that a forecast may rest on."""

    START = "nothing recorded before"
    BREAK = "a recording change"
    GAP = "a quarter not received whole"


@dataclass(frozen=True)
class ForecastBasis:
    """The quarters that a forecast may rest on: those up to the latest since the last break or gap.

    Attributes
    ----------
    quarters : int
        How many; 0 where the latest itself is missing.
    needed : int
        With fewer there is no forecast.
    interruption : Interruption
        What stands before the first of them.
    """

    quarters: int
    needed: int
    interruption: Interruption


@dataclass(frozen=True, eq=False)
class QuarterForecast:
    """What the next quarters should bring, were nothing to change but what has changed before.

    Attributes
    ----------
    quarters : tuple of Quarter
    forecast : Forecast
        One entry a quarter. It knows nothing of a break to come.
    """

    quarters: tuple[Quarter, ...]
    forecast: Forecast


@dataclass(frozen=True, eq=False)
class ScoredForecast:
    """A quarter beside what would have been forecast for it when the quarter before was the latest.

    Attributes
    ----------
    quarter : Quarter
    count : float
    forecast : Forecast
        Made from the quarters before, in the figures as they are known now, later revisions among them; its first
        step is this quarter.
    """

    quarter: Quarter
    count: float
    forecast: Forecast

    def is_inside(self, confidence: float) -> bool:
        """Say whether the quarter's count lies in the interval of one confidence."""
        interval = self.forecast.interval(confidence)
        return bool(interval.lower[0] <= self.count <= interval.upper[0])


def forecast_quarters(series: CountedSeries, latest: Quarter) -> QuarterForecast | TooFewPoints:
    """Forecast the four quarters after the latest.

    Parameters
    ----------
    series : CountedSeries
    latest : Quarter
        That is over.

    Returns
    -------
    QuarterForecast or TooFewPoints
        From the quarters since the last break or gap: nothing is forecast across either.
    """
    known = _since_last_gap(series, latest)
    if len(known) < count_points_needed(QUARTERS_PER_YEAR):
        return TooFewPoints(len(known), count_points_needed(QUARTERS_PER_YEAR))
    quarters = [latest.next()]
    while len(quarters) < QUARTERS_AHEAD:
        quarters.append(quarters[-1].next())
    forecast = _forecast(known)
    return QuarterForecast(tuple(quarters), forecast) if isinstance(forecast, Forecast) else forecast


def score_last_forecast(series: CountedSeries, latest: Quarter) -> ScoredForecast | TooFewPoints:
    """Forecast the latest quarter from those before it, and say how near that came.

    Parameters
    ----------
    series : CountedSeries
    latest : Quarter

    Returns
    -------
    ScoredForecast or TooFewPoints
    """
    known = _since_last_gap(series, latest)
    forecast = _forecast(known[:-1])
    if isinstance(forecast, TooFewPoints):
        return forecast
    return ScoredForecast(latest, float(known[-1]), forecast)


def find_forecast_basis(series: CountedSeries, latest: Quarter) -> ForecastBasis:
    """Say how many quarters a forecast may rest on, and what cut the others off.

    Parameters
    ----------
    series : CountedSeries
    latest : Quarter

    Returns
    -------
    ForecastBasis
    """
    known, needed = _since_last_gap(series, latest), count_points_needed(QUARTERS_PER_YEAR)
    each = MONTHS_PER_QUARTER // series.months_each
    first = max(series.place_after(latest.end), 0) - len(known) * each
    before = slice(max(first - each, 0), first)
    if first < each:
        return ForecastBasis(len(known), needed, Interruption.START)
    is_alike = bool(series.is_latest_stretch[before].all())
    return ForecastBasis(len(known), needed, Interruption.GAP if is_alike else Interruption.BREAK)


def _forecast(known: Floats) -> Forecast | TooFewPoints:
    is_whole = bool((known == np.floor(known)).all())
    return forecast_series(known, period=QUARTERS_PER_YEAR, horizon=QUARTERS_AHEAD, is_count=is_whole, lowest=0.0)


def _since_last_gap(series: CountedSeries, latest: Quarter) -> Floats:
    quarters, _ = series.sum_windows(MONTHS_PER_QUARTER, latest.end)
    gaps = np.flatnonzero(np.isnan(quarters))
    return quarters[gaps[-1] + 1 :] if len(gaps) else quarters


FALSE_MARKS = ((12, 8.0), (20, 15.0), (24, 18.5), (36, 28.0), (44, 36.0), (60, 48.0), (84, 61.0), (120, 75.0))
"""Points, and how many of 100 charts of so many have a mark somewhere although nothing happened: 1,500 simulated charts
of each length, of independent counts with a mean of 200."""
_NEXT_TO_NOTHING = 5.0
"""A number of charts is told in steps of this: the simulation is of one kind of series."""


class MarkKind(StrEnum):
    """What marks a point."""

    OUTSIDE = "outside the range"
    DRIFT = "seven in one direction"
    NEAR = "near the edge"
    ROW = "seven on one side"


_KINDS: Mapping[SpecialCause, MarkKind | None] = {
    SpecialCause.COMMON_CAUSE: None,
    SpecialCause.NOT_JUDGED: None,
    SpecialCause.ABOVE_UPPER_LIMIT: MarkKind.OUTSIDE,
    SpecialCause.BELOW_LOWER_LIMIT: MarkKind.OUTSIDE,
    SpecialCause.SEVEN_RISING: MarkKind.DRIFT,
    SpecialCause.SEVEN_FALLING: MarkKind.DRIFT,
    SpecialCause.NEAR_UPPER_LIMIT: MarkKind.NEAR,
    SpecialCause.NEAR_LOWER_LIMIT: MarkKind.NEAR,
    SpecialCause.SEVEN_ABOVE_MEAN: MarkKind.ROW,
    SpecialCause.SEVEN_BELOW_MEAN: MarkKind.ROW,
}


@dataclass(frozen=True)
class Mark:
    """A point that a rule marks.

    Attributes
    ----------
    period : Period
        Its month or quarter.
    count : float
    kind : MarkKind
    is_high : bool
        Whether it lies on the upper side, or belongs to points each above the one before.
    """

    period: Period
    count: float
    kind: MarkKind
    is_high: bool


@dataclass(frozen=True)
class LimitStretch:
    """Neighbouring points that are judged by one range.

    Attributes
    ----------
    periods : tuple of Period
    mean, lower, upper : float
        A count is not negative, so the range is cut at zero.
    """

    periods: tuple[Period, ...]
    mean: float
    lower: float
    upper: float


def list_marks(series: CountedSeries, chart: XmrChart) -> tuple[Mark, ...]:
    """List the marked points of a chart, in order of time.

    Parameters
    ----------
    series : CountedSeries
    chart : XmrChart
        Of this series.

    Returns
    -------
    tuple of Mark
    """
    causes = [SpecialCause(str(each)) for each in chart.special_cause]
    return tuple(
        Mark(series.period_at(place), float(chart.values[place]), kind, cause in HIGH)  # noqa: PD011 - a chart is no frame
        for place, cause in enumerate(causes)
        if (kind := _KINDS[cause]) is not None
    )


def list_stretches(series: CountedSeries, chart: XmrChart) -> tuple[LimitStretch, ...]:
    """List the stretches of a chart over which one range holds.

    Parameters
    ----------
    series : CountedSeries
    chart : XmrChart
        Of this series.

    Returns
    -------
    tuple of LimitStretch
        In order of time. A point that may not be judged - missing, disturbed by a break, in a stretch too short for
        a range - is in none, and ends one.
    """
    judged = np.flatnonzero(chart.special_cause != str(SpecialCause.NOT_JUDGED))
    apart = (np.diff(judged) > 1) | (np.diff(chart.segment[judged]) > 0)
    pieces = np.split(judged, np.flatnonzero(apart) + 1) if len(judged) else []
    return tuple(
        LimitStretch(
            tuple(series.period_at(int(place)) for place in piece),
            *(max(0.0, float(line[piece[0]])) for line in (chart.mean, chart.lower, chart.upper)),
        )
        for piece in pieces
    )


def count_false_marks(points: int) -> int:
    """Say of how many of 100 charts some point would be marked although nothing happened.

    Parameters
    ----------
    points : int
        That are judged.

    Returns
    -------
    int
        In steps of five; between the simulated lengths by a straight line. A season that the chart makes no allowance
        for makes it more.
    """
    lengths, shares = zip(*FALSE_MARKS, strict=True)
    return int(_NEXT_TO_NOTHING * round(float(np.interp(points, lengths, shares)) / _NEXT_TO_NOTHING))


_IMPROVEMENT = {
    Polarity.LOWER: Improvement.DECREASE,
    Polarity.HIGHER: Improvement.INCREASE,
    Polarity.CONTEXT: Improvement.NEUTRAL,
}


@dataclass(frozen=True, eq=False)
class SeasonOfPeriod:
    """A period beside what its season and the level before it lead to expect.

    Attributes
    ----------
    season : Season
        Estimated from the months before the period. Ask `season.is_clear` before speaking of a season.
    period : Period
    count : float or None
        None where a month of the period is missing or means something else.
    expected, lower, upper : float
        With the range in which 95 of 100 such periods would lie.
    """

    season: Season
    period: Period
    count: float | None
    expected: float
    lower: float
    upper: float

    @property
    def is_unusual(self) -> bool:
        """Whether the count lies outside the range."""
        return self.count is not None and not self.lower <= self.count <= self.upper


@dataclass(frozen=True, eq=False)
class YearTrend:
    """The course of whole years.

    Attributes
    ----------
    trend : Trend
    years : tuple of YearEnding
        Those it rests on: comparable with now, whole, and sharing no day.
    counts : tuple of float
    """

    trend: Trend
    years: tuple[YearEnding, ...]
    counts: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Signals:
    """What a page says of an indicator beside its verdict.

    Attributes
    ----------
    series : CountedSeries
        Up to ten years; what everything else here is read from.
    quarter : Quarter
        The latest that is over by the period's end; trend and forecasts are of it.
    chart : XmrChart or None
        One point a month (or quarter), limits drawn anew only where a confirmed break moved the level. None where no
        point of it may be judged.
    season : SeasonOfPeriod or AgainstSameQuarters or TooShort
        The second where there are too few months for a model.
    trend : YearTrend
    forecast : QuarterForecast or TooFewPoints
    last_forecast : ScoredForecast or TooFewPoints
        What a quarter ago would have been forecast for this quarter, scored.
    inputs : tuple of str
        sha256 of every file that the series comes from.
    """

    series: CountedSeries
    quarter: Quarter
    chart: XmrChart | None
    season: SeasonOfPeriod | AgainstSameQuarters | TooShort
    trend: YearTrend
    forecast: QuarterForecast | TooFewPoints
    last_forecast: ScoredForecast | TooFewPoints
    inputs: tuple[str, ...] = ()


def read_signals(
    observations: pd.DataFrame, period: Period, breaks: Sequence[SeriesBreak], polarity: Polarity = Polarity.CONTEXT
) -> Signals | None:
    """Read an indicator's signals.

    Parameters
    ----------
    observations : pandas.DataFrame
        Of one indicator in one area, whose counts add up over months; every period at hand, not the last ones only.
    period : Period
        Nothing after its end is looked at.
    breaks : sequence of SeriesBreak
        Of the indicator in the area. Unconfirmed ones change nothing.
    polarity : Polarity
        Which way is better, for the chart's colours.

    Returns
    -------
    Signals or None
        None where the indicator is not counted by months or by quarters, or nothing of it lies so far back.
    """
    series = read_series(observations, period, breaks)
    if series is None:
        return None
    quarter = latest_quarter(period)
    return Signals(
        series=series,
        quarter=quarter,
        chart=_chart(series, polarity),
        season=_season(series, period),
        trend=_trend(series, quarter),
        forecast=forecast_quarters(series, quarter),
        last_forecast=score_last_forecast(series, quarter),
        inputs=_list_files(observations, series.periods[0], period),
    )


def _list_files(observations: pd.DataFrame, first: Period, last: Period) -> tuple[str, ...]:
    columns = (observations[name].tolist() for name in ("period_start", "period_end", "source_id"))
    rows = zip(*columns, strict=True)
    inside = [files for start, end, files in rows if first.start <= start and end <= last.end]
    return tuple(sorted({sha256 for files in inside for sha256 in files.split()}))


def as_count_series(series: CountedSeries, quarter: Quarter) -> CountSeries:
    """Give a series up to a quarter as the early warning takes it."""
    stop = max(series.place_after(quarter.end), 0)
    first = int(np.argmax(series.stretches == series.stretches[-1]))
    return CountSeries(series.charted[:stop], series.per_year, series.exposures[:stop], min(first, stop))


def _chart(series: CountedSeries, polarity: Polarity) -> XmrChart | None:
    if np.isnan(series.charted).all():
        return None
    return assess_xmr(series.charted, XmrSettings(improvement=_IMPROVEMENT[polarity]), segments=series.stretches)


def _season(series: CountedSeries, period: Period) -> SeasonOfPeriod | AgainstSameQuarters | TooShort:
    if series.per_year == MONTHS_PER_YEAR:
        found = _model_season(series, period)
        if isinstance(found, SeasonOfPeriod):
            return found
    return _against_earlier_years(series, period)


def _model_season(series: CountedSeries, period: Period) -> SeasonOfPeriod | TooShort:
    own = slice(max(series.place_of(period.start), 0), series.place_after(period.end))
    before = np.flatnonzero(~np.isnan(series.comparable[: own.start]))
    months = series.month_numbers
    season = estimate_season(series.comparable[before], months[before], series.exposures[before])
    if isinstance(season, TooShort):
        return season
    total = season.expect_total(months[own], series.exposures[own])
    count = float(series.comparable[own].sum())
    expected, lower, upper = (float(each[0]) for each in (total.value, total.lower, total.upper))
    return SeasonOfPeriod(season, period, None if np.isnan(count) else count, expected, lower, upper)


def _against_earlier_years(series: CountedSeries, period: Period) -> AgainstSameQuarters | TooShort:
    """Set the period beside the same one in earlier years."""
    if len(period.months) > MONTHS_PER_YEAR or len(period.months) < series.months_each:
        reason = "Only periods of a month to a year have a season."
        return TooShort(0, FEWEST_EARLIER_QUARTERS, reason)
    found: list[tuple[float, float]] = []
    same = period
    for _ in range(FEWEST_EARLIER_QUARTERS + 1):
        counts, exposures = series.sum_windows(len(period.months), same.end)
        found += [(counts[-1], exposures[-1])] if len(counts) else [(np.nan, 1.0)]
        same = same.same_last_year()
    (count, exposure), *earlier = found
    known = [each for each in reversed(earlier) if not np.isnan(each[0])]
    if np.isnan(count) or len(known) < FEWEST_EARLIER_QUARTERS:
        reason = f"Comparable earlier years: {len(known)}; {FEWEST_EARLIER_QUARTERS} are needed."
        return TooShort(len(known), FEWEST_EARLIER_QUARTERS, reason)
    counts, exposures = np.array(known).T
    return compare_with_same_quarters(count, counts, exposure=exposure, earlier_exposures=exposures)


def _trend(series: CountedSeries, quarter: Quarter) -> YearTrend:
    """Fit a line through the twelve months to the latest quarter and those before, which share no day."""
    counts, exposures = series.sum_windows(MONTHS_PER_YEAR, quarter.end)
    years = [quarter.twelve_months_to_end()] if len(counts) else []
    while len(years) < len(counts):
        years.append(years[-1].previous())
    is_known = ~np.isnan(counts)
    kept = tuple(year for year, known in zip(reversed(years), is_known, strict=True) if known)
    if not kept:
        return YearTrend(Trend(TrendVerdict.NOT_ENOUGH_POINTS, 0), (), ())
    starts, ends = (np.array(days, "datetime64[D]") for days in zip(*((y.start, y.end) for y in kept), strict=True))
    trend = assess_trend(counts[is_known], starts, ends, exposure=exposures[is_known])
    return YearTrend(trend, kept, tuple(counts[is_known].tolist()))
