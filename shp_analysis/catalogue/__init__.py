"""The indicators and the break register: what is measured, from which records, and where a series changes meaning.

Indicators are configuration. An entry in `parameters/catalogue/indicators.yaml` says what is counted and which of a
publisher's records count; a new indicator over a known source needs an entry and no code. The register of breaks,
`parameters/catalogue/breaks.csv`, says from when to when a series stopped meaning what it meant before.
"""

from shp_analysis.catalogue.breaks import EVERY, BreakKind, SeriesBreak, read_breaks
from shp_analysis.catalogue.indicators import (
    Denominator,
    Frequency,
    Importance,
    Indicator,
    Kind,
    Measure,
    Polarity,
    Selection,
    Tier,
)
from shp_analysis.catalogue.reading import CATALOGUE_FOLDER, Catalogue, read_catalogue

__all__ = [
    "CATALOGUE_FOLDER",
    "EVERY",
    "BreakKind",
    "Catalogue",
    "Denominator",
    "Frequency",
    "Importance",
    "Indicator",
    "Kind",
    "Measure",
    "Polarity",
    "Selection",
    "SeriesBreak",
    "Tier",
    "read_breaks",
    "read_catalogue",
]
