"""Disclosure control: what public editions withhold, so that nobody can be picked out."""

from shp_analysis.disclosure.audit import FEWEST_PERSONS, Disclosure, find_disclosures
from shp_analysis.disclosure.facts import Cell, Fact, Facts, is_about_persons
from shp_analysis.disclosure.gate import Gate, open_gate

__all__ = [
    "FEWEST_PERSONS",
    "Cell",
    "Disclosure",
    "Fact",
    "Facts",
    "Gate",
    "find_disclosures",
    "is_about_persons",
    "open_gate",
]
