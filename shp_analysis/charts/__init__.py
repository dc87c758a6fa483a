"""Charts: five plotting functions that take frames and results, and the charts of a briefing.

`plot_series`, `plot_changes`, `plot_ranges`, `plot_parts` and `plot_heatmap` take a tidy frame, or comparisons, and
give matplotlib axes, in which an analyst may go on drawing. The others take a run and give a part of a page, with its
words and its numbers.

Few shapes serve every theme: a series of months or quarters, whole years, shares with their ranges, and the changes of
many kinds beside each other. Series and periods start at zero, rows of dots near their figures; a gap shows where
something is missing, and what is under comparison is marked. Where nothing at all was received there is no chart, and
a line says so.
"""

from shp_analysis.charts.breakdown import plot_breakdown
from shp_analysis.charts.caseload import plot_caseload
from shp_analysis.charts.comparator_areas import plot_comparator_areas
from shp_analysis.charts.concentration import plot_concentration
from shp_analysis.charts.deprivation import plot_deprivation
from shp_analysis.charts.figures_over_time import plot_figures_over_time
from shp_analysis.charts.group_shares import plot_group_shares
from shp_analysis.charts.heatmaps import plot_heatmap
from shp_analysis.charts.indexed_years import plot_indexed_years
from shp_analysis.charts.marac_rates import plot_marac_cases
from shp_analysis.charts.monthly_series import plot_indicator
from shp_analysis.charts.offence_groups import plot_offence_groups
from shp_analysis.charts.parts import plot_parts
from shp_analysis.charts.ranges import plot_changes, plot_ranges
from shp_analysis.charts.season import plot_season
from shp_analysis.charts.series import plot_series
from shp_analysis.charts.weekday_and_hour import plot_weekday_and_hour
from shp_analysis.charts.years import plot_yearly_counts

__all__ = [
    "plot_breakdown",
    "plot_caseload",
    "plot_changes",
    "plot_comparator_areas",
    "plot_concentration",
    "plot_deprivation",
    "plot_figures_over_time",
    "plot_group_shares",
    "plot_heatmap",
    "plot_indexed_years",
    "plot_indicator",
    "plot_marac_cases",
    "plot_offence_groups",
    "plot_parts",
    "plot_ranges",
    "plot_season",
    "plot_series",
    "plot_weekday_and_hour",
    "plot_yearly_counts",
]
