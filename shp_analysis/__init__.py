"""Analysis of community safety for a partnership: from published files to a paper that a board can trust.

>>> import shp_analysis as shp
>>> run = shp.open_run("2024-25 Q4", area="Halton")  # doctest: +SKIP
>>> cases = run.observations("DA-03")  # doctest: +SKIP
>>> shp.compare(cases, run.period, "before_the_pandemic").verdict  # doctest: +SKIP
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shp_analysis.analysis import (
        AnalysisRun,
        Observations,
        compare,
        compare_groups,
        find_baseline,
        fit_change,
        forecast,
        open_run,
        own_observations,
        season,
        show,
        show_forecasts,
        show_method,
        show_partners,
        show_summary,
        tabulate_comparisons,
        trend,
    )
    from shp_analysis.charts import plot_changes, plot_heatmap, plot_parts, plot_ranges, plot_series
    from shp_analysis.reference.periods import CalendarYear, FinancialYear, Month, Quarter, YearEnding, parse_period

__version__ = "0.1.0"
__all__ = [
    "AnalysisRun",
    "CalendarYear",
    "FinancialYear",
    "Month",
    "Observations",
    "Quarter",
    "YearEnding",
    "compare",
    "compare_groups",
    "find_baseline",
    "fit_change",
    "forecast",
    "open_run",
    "own_observations",
    "parse_period",
    "plot_changes",
    "plot_heatmap",
    "plot_parts",
    "plot_ranges",
    "plot_series",
    "season",
    "show",
    "show_forecasts",
    "show_method",
    "show_partners",
    "show_summary",
    "tabulate_comparisons",
    "trend",
]
_PLACES = {
    "charts": ("plot_changes", "plot_heatmap", "plot_parts", "plot_ranges", "plot_series"),
    "reference.periods": ("CalendarYear", "FinancialYear", "Month", "Quarter", "YearEnding", "parse_period"),
}
"""Where a name is defined; in `analysis` where it is not listed."""


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the name stands for
    """Import a public name when it is first asked for: the command line starts without charts and models."""
    if name not in __all__:
        raise AttributeError(f"module 'shp_analysis' has no attribute '{name}'")
    place = next((package for package, names in _PLACES.items() if name in names), "analysis")
    return getattr(import_module(f"shp_analysis.{place}"), name)


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
