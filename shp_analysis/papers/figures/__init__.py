"""The charts of a page: each takes a run and gives a figure with its title, its words and its table."""

from shp_analysis.papers.figures.breakdowns import plot_breakdown, plot_caseload, plot_weekday_and_hour
from shp_analysis.papers.figures.comparator_areas import plot_comparator_areas, plot_marac_cases
from shp_analysis.papers.figures.group_comparisons import plot_group_shares, plot_offence_groups
from shp_analysis.papers.figures.monthly_series import plot_indicator, plot_season
from shp_analysis.papers.figures.neighbourhoods import plot_concentration, plot_deprivation
from shp_analysis.papers.figures.yearly_series import plot_figures_over_time, plot_indexed_years, plot_yearly_counts

__all__ = [
    "plot_breakdown",
    "plot_caseload",
    "plot_comparator_areas",
    "plot_concentration",
    "plot_deprivation",
    "plot_figures_over_time",
    "plot_group_shares",
    "plot_indexed_years",
    "plot_indicator",
    "plot_marac_cases",
    "plot_offence_groups",
    "plot_season",
    "plot_weekday_and_hour",
    "plot_yearly_counts",
]
