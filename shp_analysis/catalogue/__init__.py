"""The indicators and the break register: what is measured, from which records, and where a series changes meaning.

Indicators are configuration. An entry in `parameters/catalogue/indicators.yaml` says what is counted and which of a
publisher's records count; a new indicator over a known source needs an entry and no code. The register of breaks,
`parameters/catalogue/breaks.csv`, says from when to when a series stopped meaning what it meant before. Beside them lie
the partnership's priorities, the events that charts mark, and the lists of areas to compare with.
"""

from shp_analysis.catalogue.breaks import EVERY, BreakKind, SeriesBreak, read_breaks
from shp_analysis.catalogue.events import (
    Event,
    EventConflict,
    EventKind,
    EventWindow,
    list_conflicts,
    list_undated,
    list_windows,
    read_events,
)
from shp_analysis.catalogue.indicators import (
    RETURNS,
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
from shp_analysis.catalogue.peers import Peer, PeerList, find_peers, gather_neighbours, read_peers
from shp_analysis.catalogue.priorities import (
    NO_LOCAL_MEASURE,
    Priority,
    describe_measure,
    find_lead,
    find_priority,
    map_aliases,
    read_priorities,
)
from shp_analysis.catalogue.reading import CATALOGUE_FOLDER, Catalogue, Comparability, read_catalogue

__all__ = [
    "CATALOGUE_FOLDER",
    "EVERY",
    "NO_LOCAL_MEASURE",
    "RETURNS",
    "BreakKind",
    "Catalogue",
    "Comparability",
    "Denominator",
    "Event",
    "EventConflict",
    "EventKind",
    "EventWindow",
    "Frequency",
    "Importance",
    "Indicator",
    "Kind",
    "Measure",
    "Peer",
    "PeerList",
    "Polarity",
    "Priority",
    "Selection",
    "SeriesBreak",
    "Tier",
    "describe_measure",
    "find_lead",
    "find_peers",
    "find_priority",
    "gather_neighbours",
    "list_conflicts",
    "list_undated",
    "list_windows",
    "map_aliases",
    "read_breaks",
    "read_catalogue",
    "read_events",
    "read_peers",
    "read_priorities",
]
