"""Periods of whole months: the only things whose figures are set side by side."""

from shp_analysis.periods.kinds import (
    CalendarYear,
    FinancialYear,
    Month,
    MunicipalYear,
    Period,
    Quarter,
    YearEnding,
    check_comparable,
    latest_complete_quarter,
    parse_period,
)
from shp_analysis.periods.spans import YearSpan, build_window, count_months

__all__ = [
    "CalendarYear",
    "FinancialYear",
    "Month",
    "MunicipalYear",
    "Period",
    "Quarter",
    "YearEnding",
    "YearSpan",
    "build_window",
    "check_comparable",
    "count_months",
    "latest_complete_quarter",
    "parse_period",
]
