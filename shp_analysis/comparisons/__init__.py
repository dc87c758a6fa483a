"""Setting a period beside an earlier one: what it holds, how jumpy its series is, and what may be said of the two."""

from shp_analysis.comparisons.figures import Figure, read_figure
from shp_analysis.comparisons.judging import (
    FEWEST_EVENTS,
    MATERIAL_ABOVE_COUNT,
    MATERIAL_PERCENT,
    compare_periods,
)
from shp_analysis.comparisons.placing import Placing, say_unplaced
from shp_analysis.comparisons.significance import (
    Model,
    SignificanceTest,
    describe_test,
    explain_change,
    explain_history,
    explain_no_change,
    explain_range,
)
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
    "SignificanceTest",
    "Verdict",
    "compare_periods",
    "describe_test",
    "explain_change",
    "explain_history",
    "explain_no_change",
    "explain_range",
    "judge_dispersion",
    "read_figure",
    "say_unplaced",
    "select_recent",
]
