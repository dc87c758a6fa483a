"""What an analyst asks in a notebook: observations, comparisons, projections, and what is published of them."""

from shp_analysis.analysis.baselines import Baseline, find_baseline
from shp_analysis.analysis.comparing import compare, compare_groups, fit_change, tabulate_comparisons
from shp_analysis.analysis.observations import Observations
from shp_analysis.analysis.own_figures import own_observations
from shp_analysis.analysis.pages import show, show_method, show_outlook, show_partners, show_summary
from shp_analysis.analysis.projections import forecast, season, trend
from shp_analysis.analysis.runs import AnalysisRun, open_run

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
    "show_method",
    "show_outlook",
    "show_partners",
    "show_summary",
    "tabulate_comparisons",
    "trend",
]
