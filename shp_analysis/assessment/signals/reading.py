"""Everything a page says of an indicator's course, read from its months or quarters at once.

The verdict answers one question: is this quarter unlike the same quarter a year ago? Beside it a reader wants to know
whether a month stands out, what the season alone would bring, where the years are heading, whether the level has
shifted just now, and what to expect. None of that changes the verdict, and each answer may be "not enough points".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from shp_analysis.assessment.signals.forecasts import (
    QuarterForecast,
    ScoredForecast,
    forecast_quarters,
    score_last_forecast,
)
from shp_analysis.assessment.signals.series import MONTHS_PER_YEAR, CountedSeries, latest_quarter, read_series
from shp_analysis.config.breaks import SeriesBreak
from shp_analysis.config.indicators import Polarity
from shp_analysis.reference.periods import Period, Quarter, YearEnding
from shp_analysis.statistics.control_charts import Improvement, XmrChart, XmrSettings, assess_xmr
from shp_analysis.statistics.early_warning import CountSeries, EarlyWarning, find_early_warnings
from shp_analysis.statistics.forecasts import TooFewPoints
from shp_analysis.statistics.seasonality import (
    FEWEST_EARLIER_QUARTERS,
    AgainstSameQuarters,
    Season,
    TooShort,
    compare_with_same_quarters,
    estimate_season,
)
from shp_analysis.statistics.trends import Trend, TrendVerdict, assess_trend

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
        The latest that is over by the period's end; trend, warning and forecasts are of it.
    chart : XmrChart or None
        One point a month (or quarter), limits drawn anew only where a confirmed break moved the level. None where no
        point of it may be judged.
    season : SeasonOfPeriod or AgainstSameQuarters or TooShort
        The second where there are too few months for a model.
    trend : YearTrend
    early_warning : EarlyWarning
        Of this series by itself. Of many series looked at together `assessments.list_new_signals` has the word.
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
    early_warning: EarlyWarning
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
        early_warning=find_early_warnings([as_count_series(series, quarter)]).warnings[0],
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
