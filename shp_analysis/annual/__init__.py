"""The annual strategic assessment: a year in chapters, for those who set the priorities.

It begins with what the records can bear, before any figure; it says of every chapter what is not known; and its last
two say what is emerging, with the strength of the evidence, and which records to seek.
"""

from shp_analysis.annual.chapters import build_chapters, build_places
from shp_analysis.annual.integrity import count_sources, explain_purpose, list_breaks, list_definitions, list_feeds
from shp_analysis.annual.needs import build_people, describe_needs
from shp_analysis.annual.priorities import list_emerging, list_gaps, weigh_priorities
from shp_analysis.annual.scan import build_scan, build_years, describe_place

__all__ = [
    "build_chapters",
    "build_people",
    "build_places",
    "build_scan",
    "build_years",
    "count_sources",
    "describe_needs",
    "describe_place",
    "explain_purpose",
    "list_breaks",
    "list_definitions",
    "list_emerging",
    "list_feeds",
    "list_gaps",
    "weigh_priorities",
]
