"""Catalogues of one or two indicators, and reports over small stores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from shp_analysis.config.catalogue import Catalogue, Indicator, read_catalogue
from shp_analysis.measures.records import read_area_records
from shp_analysis.monitoring.releases import ReleasePair, pair_releases
from shp_analysis.monitoring.timeliness import RecordsOf
from shp_analysis.readers.registry import list_tables
from shp_analysis.reference.areas import read_area
from shp_analysis.store.store import Store

CARD = {
    "id": "TST-01",
    "name": "Burglary",
    "definition": "Burglaries.",
    "theme": "crime_and_asb",
    "numerator": "recorded crimes",
    "polarity": "lower",
    "lowest_geography": "lsoa",
    "release_lag_days": 60,
    "disclosure_tier": "open",
    "caveat": "None.",
    "sources": {"police_uk": {"records": "police_uk_street", "include": {"crime_type": ("Burglary",)}}},
}


def make_indicator(**changes: Any) -> Indicator:
    return Indicator.model_validate({**CARD, **changes})


def make_marac(**changes: Any) -> Indicator:
    source: Mapping[str, Any] = {"records": "safelives_marac_cases", "sum": "marac_cases"}
    card = {"id": "TST-02", "name": "MARAC cases", "release_lag_days": 150, "frequency": "yearly"}
    return make_indicator(**{**card, "sources": {"safelives": source}, **changes})


def make_catalogue(*indicators: Indicator) -> Catalogue:
    return replace(read_catalogue(), indicators=indicators)


def reader_of(store: Store, as_of: date, area: str = "Halton") -> RecordsOf:
    return lambda table: read_area_records(store, table, read_area(area), as_of=as_of)


def pairs_of(store: Store, table: str, as_of: date | None = None) -> tuple[ReleasePair, ...]:
    return pair_releases(list_tables()[table], store.releases(table, as_of=as_of))
