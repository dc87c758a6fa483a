"""What a page says of an indicator beside the verdict on two periods: chart, season, trend, warning and forecasts."""

from shp_analysis.signals.forecasts import QuarterForecast, ScoredForecast
from shp_analysis.signals.reading import SeasonOfPeriod, Signals, YearTrend, as_count_series, read_signals
from shp_analysis.signals.series import SIGNAL_YEARS, CountedSeries, latest_quarter, read_series

__all__ = [
    "SIGNAL_YEARS",
    "CountedSeries",
    "QuarterForecast",
    "ScoredForecast",
    "SeasonOfPeriod",
    "Signals",
    "YearTrend",
    "as_count_series",
    "latest_quarter",
    "read_series",
    "read_signals",
]
