"""Department for Transport: miles driven by motor vehicles on an authority's roads, a calendar year a row.

Published under the Open Government Licence v3.0 at https://roadtraffic.dft.gov.uk/downloads as
`local_authority_traffic.csv`. What the file does, and what is done:

- Traffic is in vehicle miles (a vehicle driving a mile is one), estimated from counts on a few roads; all years are
  estimated again with each release. Minor roads are counted seldom, so a change of a small authority's is uncertain.
- It is traffic on the authority's roads, not by its residents: a motorway or a bridge brings others' miles.
- Authorities are those with highways: counties, unitary and metropolitan authorities, never shire districts.
- Round numbers may be written `6.81e+08`, which is exact; anything else in that form was a spreadsheet's.
"""

from __future__ import annotations

from functools import partial

import pandas as pd

from shp_analysis.readers.readers import Frequency, Reader, RecordTable
from shp_analysis.readers.tables import Column, Table, find_csv_files

_COUNT = r"\d{1,12}|[1-9](\.\d{1,10})?e\+\d{2}"
KM_PER_MILE = 1.609344
_MOST_KM_OFF = 2.0
"""Both lengths are rounded to whole numbers."""


def _figure(name: str, heading: str) -> Column:
    return Column(name, (heading,), _COUNT, "a whole number, written out or like 6.81e+08", "Int64")


def _are_other_lengths(frame: pd.DataFrame) -> pd.Series:
    kilometres = frame["road_length_miles"].astype("float64") * KM_PER_MILE
    return (kilometres - frame["road_length_km"].astype("float64")).abs() > _MOST_KM_OFF


TRAFFIC = Table(
    columns=(
        Column("dft_authority_id", ("local_authority_id",), r"\d{1,4}", "a whole number"),
        Column("authority_name", ("local_authority_name",), r".*[A-Za-z]{3}.*", "a name"),
        Column("authority_code", ("local_authority_code",), r"[EWS]\d{8}", "a code like E06000006"),
        Column("year", ("year",), r"199[3-9]|20\d{2}", "a year like 2023, from 1993 on"),
        _figure("road_length_km", "link_length_km"),
        _figure("road_length_miles", "link_length_miles"),
        _figure("vehicle_miles_cars_and_taxis", "cars_and_taxis"),
        _figure("vehicle_miles_all", "all_motor_vehicles"),
    ),
    key=("authority_code", "year"),
    row_checks={
        "has more miles of cars and taxis than of all motor vehicles": (
            lambda frame: frame["vehicle_miles_cars_and_taxis"] > frame["vehicle_miles_all"]
        ),
        "has a length of road in miles that is not the one in kilometres": _are_other_lengths,
    },
    row_name=("authority_name", "year"),
    fewest_headings=5,
)
"""One row an authority and calendar year."""

READER = Reader(
    source="dft_traffic",
    publisher="Department for Transport (road traffic statistics)",
    address="https://roadtraffic.dft.gov.uk/downloads",
    tables=(RecordTable("dft_traffic", Frequency.CALENDAR_YEAR, "year"),),
    find_files=partial(find_csv_files, "dft_traffic", TRAFFIC.claims, partial(TRAFFIC.read_records, "dft_traffic")),
)
