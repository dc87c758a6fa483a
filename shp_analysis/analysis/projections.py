"""Where a series is heading, what its season is, and what to expect of the next quarters, as plain frames."""

from __future__ import annotations

import calendar

import numpy as np
import pandas as pd

from shp_analysis.analysis.observations import as_counted, find_series
from shp_analysis.catalogue import Kind
from shp_analysis.errors import RequestError
from shp_analysis.periods import Period, parse_period
from shp_analysis.signals import QuarterForecast, SeasonOfPeriod, Signals, read_signals
from shp_analysis.statistics.trends import Trend, TrendVerdict


def trend(observations: pd.DataFrame, period: Period | str) -> Trend:
    """Fit a line through the whole years of a series up to a period: the change from one year to the next.

    Parameters
    ----------
    observations : pandas.DataFrame
        Of one series of counts that add up over months.
    period : Period or str
        Nothing after its end is looked at.

    Returns
    -------
    Trend
        `verdict` (rising, falling, no clear trend, not enough points), `percent_per_year` with `lower` and `upper`.

    Raises
    ------
    RequestError
        Where the frame does not hold one series of counts.
    """
    signals = _read(observations, period)
    return signals.trend.trend if signals else Trend(TrendVerdict.NOT_ENOUGH_POINTS, 0)


def season(observations: pd.DataFrame, period: Period | str) -> pd.DataFrame:
    """Estimate the season of a series from the months before a period.

    Returns
    -------
    pandas.DataFrame
        `month`, `index`, `lower_95`, `upper_95`: an index of 1.2 means a fifth more per day than in the mean month of a
        year. Empty where there are too few comparable months, or the season may be chance (an F test).
    """
    signals = _read(observations, period)
    columns = ["month", "index", "lower_95", "upper_95"]
    found = signals.season if signals else None
    if not isinstance(found, SeasonOfPeriod) or not found.season.is_clear:
        return pd.DataFrame(columns=columns)
    names = list(calendar.month_abbr)[1:]
    return pd.DataFrame(
        dict(zip(columns, (names, found.season.index, found.season.lower, found.season.upper), strict=True))
    )


def forecast(observations: pd.DataFrame, period: Period | str) -> pd.DataFrame:
    """Forecast the next four quarters of a series, were nothing to change but what has changed before.

    Returns
    -------
    pandas.DataFrame
        `quarter`, `forecast`, and the ends of the ranges in which 80 and 95 of 100 such quarters would lie: `lower_80`,
        `upper_80`, `lower_95`, `upper_95`. Empty where there are too few comparable quarters.
    """
    signals = _read(observations, period)
    columns = ["quarter", "forecast", "lower_80", "upper_80", "lower_95", "upper_95"]
    if signals is None or not isinstance(signals.forecast, QuarterForecast):
        return pd.DataFrame(columns=columns)
    made = signals.forecast.forecast
    ranges = [made.interval(level) for level in (0.80, 0.95)]
    ends = [end for each in ranges for end in (each.lower, each.upper)]
    quarters = [each.label for each in signals.forecast.quarters]
    return pd.DataFrame(dict(zip(columns, (quarters, np.asarray(made.values), *ends), strict=True)))


def _read(observations: pd.DataFrame, period: Period | str) -> Signals | None:
    one = find_series(observations)
    if not one.indicator.adds_over_periods or one.indicator.kind is not Kind.COUNT:
        message = (
            f"{one.indicator.name} is no series of counts that add up over months: it has no trend, season or forecast."
        )
        raise RequestError(message)
    window = parse_period(period) if isinstance(period, str) else period
    return read_signals(as_counted(observations, one), window, one.breaks, one.indicator.polarity)
