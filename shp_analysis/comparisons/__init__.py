"""Setting a period beside an earlier one: what it holds, how jumpy its series is, and what may be said of the two."""

from shp_analysis.comparisons.figures import Figure, read_figure
from shp_analysis.comparisons.judging import (
    FEWEST_EVENTS,
    MATERIAL_ABOVE_COUNT,
    MATERIAL_PERCENT,
    compare_periods,
)
from shp_analysis.comparisons.placing import Placing
from shp_analysis.comparisons.reasons import Reason
from shp_analysis.comparisons.significance import Model, SignificanceTest, describe_test
from shp_analysis.comparisons.variation import HISTORY_MONTHS, judge_dispersion, select_recent
from shp_analysis.comparisons.verdicts import Basis, Comparison, Verdict

__all__ = [
    "FEWEST_EVENTS",
    "HISTORY_MONTHS",
    "MATERIAL_ABOVE_COUNT",
    "MATERIAL_PERCENT",
    "Basis",
    "Comparison",
    "Figure",
    "Model",
    "Placing",
    "Reason",
    "SignificanceTest",
    "Verdict",
    "compare_periods",
    "describe_test",
    "judge_dispersion",
    "read_figure",
    "select_recent",
]
