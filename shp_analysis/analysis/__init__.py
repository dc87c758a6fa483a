"""What an analyst asks in a notebook: observations, comparisons, projections, and what is published of them."""

from shp_analysis.analysis.analysis_run import AnalysisRun, open_run
from shp_analysis.analysis.comparisons import (
    Baseline,
    compare,
    compare_groups,
    find_baseline,
    fit_change,
    forecast,
    season,
    tabulate_comparisons,
    trend,
)
from shp_analysis.analysis.observations import Observations, own_observations
from shp_analysis.analysis.publishing import show, show_forecasts, show_method, show_partners, show_summary

__all__ = [
    "AnalysisRun",
    "Baseline",
    "Observations",
    "compare",
    "compare_groups",
    "find_baseline",
    "fit_change",
    "forecast",
    "open_run",
    "own_observations",
    "season",
    "show",
    "show_forecasts",
    "show_method",
    "show_partners",
    "show_summary",
    "tabulate_comparisons",
    "trend",
]
