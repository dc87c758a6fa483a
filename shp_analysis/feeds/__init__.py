"""What is in and what is not, how it differs from what came before, and what in it contradicts itself."""

from shp_analysis.feeds.held import Feed, list_feeds
from shp_analysis.feeds.report import MorningReport, report_morning
from shp_analysis.feeds.timeliness import IndicatorReach, NeededFeed, State

__all__ = ["Feed", "IndicatorReach", "MorningReport", "NeededFeed", "State", "list_feeds", "report_morning"]
