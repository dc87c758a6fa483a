"""Five plotting functions that take a tidy frame, or comparisons, and give matplotlib axes in the house style.

An analyst may go on drawing in the axes. The charts of a page, which take a run, are in `papers.figures`.
"""

from shp_analysis.charts.heatmaps import plot_heatmap
from shp_analysis.charts.ranges import plot_changes, plot_ranges
from shp_analysis.charts.series import plot_series
from shp_analysis.charts.stacked_bars import plot_parts

__all__ = ["plot_changes", "plot_heatmap", "plot_parts", "plot_ranges", "plot_series"]
