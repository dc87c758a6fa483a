"""What a briefing says in words: whose paper it is, whether to trust it, its headlines, its definitions and sources.

Headlines are chosen by strength of evidence, never by whether the news is good.
"""

from shp_analysis.findings.cautions import list_cautions, list_not_received
from shp_analysis.findings.headlines import find_leads, state_headlines
from shp_analysis.findings.news import describe_new_signals
from shp_analysis.findings.notes import explain_breaks, explain_reading, list_definitions, list_sources
from shp_analysis.findings.outlook import build_outlook, describe_outlook
from shp_analysis.findings.questions import compare_substances, compare_without_placed_children, count_drug_deaths
from shp_analysis.findings.trust import build_masthead, describe_trust

__all__ = [
    "build_masthead",
    "build_outlook",
    "compare_substances",
    "compare_without_placed_children",
    "count_drug_deaths",
    "describe_new_signals",
    "describe_outlook",
    "describe_trust",
    "explain_breaks",
    "explain_reading",
    "find_leads",
    "list_cautions",
    "list_definitions",
    "list_not_received",
    "list_sources",
    "state_headlines",
]
