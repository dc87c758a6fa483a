"""From records to observations: what can be counted, what an area has of it, and an indicator's number per period."""

from shp_analysis.measures.busiest import sum_busiest
from shp_analysis.measures.denominators import Denominators, find_people_table, read_denominators, read_residents
from shp_analysis.measures.links import Unlinked, count_unlinked
from shp_analysis.measures.observations import (
    OBSERVATION_COLUMNS,
    PROVISIONAL_DAYS,
    count_observations,
    list_files_within,
    missing_months,
    select_within,
    sum_within,
)
from shp_analysis.measures.placing import Unplaced, count_uncounted, count_unplaced, drop_months, find_unlike_months
from shp_analysis.measures.records import AreaRecords, read_area_records
from shp_analysis.measures.selecting import select_from, select_records
from shp_analysis.measures.tables import COUNTED_TABLES, CountedTable, Place, find_counted_table

__all__ = [
    "COUNTED_TABLES",
    "OBSERVATION_COLUMNS",
    "PROVISIONAL_DAYS",
    "AreaRecords",
    "CountedTable",
    "Denominators",
    "Place",
    "Unlinked",
    "Unplaced",
    "count_observations",
    "count_uncounted",
    "count_unlinked",
    "count_unplaced",
    "drop_months",
    "find_counted_table",
    "find_people_table",
    "find_unlike_months",
    "list_files_within",
    "missing_months",
    "read_area_records",
    "read_denominators",
    "read_residents",
    "select_from",
    "select_records",
    "select_within",
    "sum_busiest",
    "sum_within",
]
