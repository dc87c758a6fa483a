"""What a page says of an indicator beside the verdict on two periods: chart, season, trend, warning and forecasts."""

from shp_analysis.signals.expectations import ExpectedMonth, list_expected_months, name_usual_months
from shp_analysis.signals.forecasts import (
    ForecastFooting,
    Interruption,
    QuarterForecast,
    ScoredForecast,
    find_footing,
)
from shp_analysis.signals.marks import LimitStretch, Mark, MarkKind, count_false_marks, list_marks, list_stretches
from shp_analysis.signals.reading import SeasonOfPeriod, Signals, YearTrend, as_count_series, read_signals
from shp_analysis.signals.series import SIGNAL_YEARS, CountedSeries, latest_quarter, read_series

__all__ = [
    "SIGNAL_YEARS",
    "CountedSeries",
    "ExpectedMonth",
    "ForecastFooting",
    "Interruption",
    "LimitStretch",
    "Mark",
    "MarkKind",
    "QuarterForecast",
    "ScoredForecast",
    "SeasonOfPeriod",
    "Signals",
    "YearTrend",
    "as_count_series",
    "count_false_marks",
    "find_footing",
    "latest_quarter",
    "list_expected_months",
    "list_marks",
    "list_stretches",
    "name_usual_months",
    "read_series",
    "read_signals",
]
