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

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from shp_analysis.errors import SourceError
from shp_analysis.readers.deliveries import Member
from shp_analysis.readers.readers import Frequency, Reader, Records, RecordTable, SourceFile, is_named_simulated
from shp_analysis.readers.strict_csv import (
    SingleTable,
    check_records,
    find_single_table,
    read_headings,
    read_strict_csv,
)

__all__ = ["ADDRESS", "COLUMNS", "LICENCE", "PUBLISHER", "READER", "SOURCE", "read_traffic"]

SOURCE = "dft_traffic"
PUBLISHER = "Department for Transport (road traffic statistics)"
ADDRESS = "https://roadtraffic.dft.gov.uk/downloads"
LICENCE = "Open Government Licence v3.0"

COLUMNS: Mapping[str, str] = {
    "local_authority_id": "dft_authority_id",
    "local_authority_name": "authority_name",
    "local_authority_code": "authority_code",
    "year": "year",
    "link_length_km": "road_length_km",
    "link_length_miles": "road_length_miles",
    "cars_and_taxis": "vehicle_miles_cars_and_taxis",
    "all_motor_vehicles": "vehicle_miles_all",
}
"""The file's headings, with the tidy names."""
KM_PER_MILE = 1.609344
_MOST_KM_OFF = 2.0
"""Both lengths are rounded to whole numbers."""
_HEADINGS_THAT_TELL = 5
_FIGURES = list(COLUMNS.values())[4:]
_WHOLE = r"\d{1,12}"
_ROUND = r"[1-9](\.\d{1,10})?e\+\d{2}"
_ADVICE = "Use the file as published."


def read_traffic(path: Path) -> pd.DataFrame:
    """Read the traffic of local authorities.

    Parameters
    ----------
    path : Path
        The CSV, or a zip or folder that holds it.

    Returns
    -------
    pandas.DataFrame
        One row an authority and calendar year: `dft_authority_id`, `authority_name`, `authority_code`, `year` (text),
        `road_length_km`, `road_length_miles`, `vehicle_miles_cars_and_taxis` and `vehicle_miles_all` (whole numbers).

    Raises
    ------
    SourceError
        Where the file is not what it says it is, an authority's year is there twice, cars drive more than all
        vehicles, or the two lengths of road are not the same length.
    """
    return _make_traffic(find_single_table(path, tuple(COLUMNS), "traffic by local authority"))


def _make_traffic(table: SingleTable) -> pd.DataFrame:
    label = table.label
    frame = read_strict_csv(table.content, COLUMNS, label)
    if frame.empty:
        raise SourceError(f"{label}: has headings and no rows. Fetch it again from {ADDRESS}.")
    frame = check_records(frame, _SCHEMA, label)
    numbers = frame[_FIGURES].apply(pd.to_numeric)
    _refuse_first(frame, numbers % 1 != 0, label)
    tidy = frame.assign(**numbers.astype("int64").astype("Int64"))
    _check_rows(tidy, label)
    return tidy.reset_index(drop=True)


def _refuse_first(frame: pd.DataFrame, wrong: pd.DataFrame, label: str) -> None:
    if wrong.to_numpy().any():
        column = wrong.any()[lambda found: found].index[0]
        row = wrong.index[wrong[column]][0]
        heading = next(heading for heading, tidy in COLUMNS.items() if tidy == column)
        raise SourceError(
            f"{label}: row {row}, column '{heading}' says {frame.loc[row, column]!r}; allowed: a whole number. "
            f"{_ADVICE}"
        )


def _check_rows(frame: pd.DataFrame, label: str) -> None:
    kilometres = frame["road_length_miles"].astype("float64") * KM_PER_MILE
    complaints = {
        "is the second row of its authority and year": frame.duplicated(["authority_code", "year"]),
        "has more miles of cars and taxis than of all motor vehicles": (
            frame["vehicle_miles_cars_and_taxis"] > frame["vehicle_miles_all"]
        ),
        "has a length of road in miles that is not the one in kilometres": (
            (kilometres - frame["road_length_km"].astype("float64")).abs() > _MOST_KM_OFF
        ),
    }
    for what, wrong in complaints.items():
        if wrong.any():
            row = frame.index[wrong][0]
            where = f"{frame.loc[row, 'authority_name']}, {frame.loc[row, 'year']}"
            raise SourceError(f"{label}: row {row} ({where}) {what} ({wrong.sum():,} rows are so). {_ADVICE}")


def _column(heading: str, pattern: str, allowed: str) -> pa.Column:
    check = pa.Check(lambda cells: cells.str.fullmatch(pattern), name=f"is like {pattern}")
    return pa.Column(str, check, title=heading, description=allowed)


_SCHEMA = pa.DataFrameSchema(
    {
        "dft_authority_id": _column("local_authority_id", r"\d{1,4}", "a whole number"),
        "authority_name": _column("local_authority_name", r".*[A-Za-z]{3}.*", "a name"),
        "authority_code": _column("local_authority_code", r"[EWS]\d{8}", "a code like E06000006"),
        "year": _column("year", r"199[3-9]|20\d{2}", "a year like 2023, from 1993 on"),
        **{
            tidy: _column(heading, f"{_WHOLE}|{_ROUND}", "a whole number, written out or like 6.81e+08")
            for heading, tidy in COLUMNS.items()
            if tidy in _FIGURES
        },
    },
    strict=True,
)


def _find_files(members: Sequence[Member]) -> tuple[SourceFile, ...]:
    found = []
    for member in members:
        headings = read_headings(member.read_start()) if member.path.suffix.lower() == ".csv" else ()
        if len(COLUMNS.keys() & set(headings)) >= _HEADINGS_THAT_TELL:
            found.append(SourceFile(SOURCE, member, headings, partial(_read_records, member)))
    return tuple(found)


def _read_records(member: Member) -> Iterator[Records]:
    content = member.read()
    frame = _make_traffic(SingleTable(member.label, member.path, read_headings(content), content))
    yield Records("dft_traffic", frame, is_named_simulated(member))


READER = Reader(
    source=SOURCE,
    publisher=PUBLISHER,
    address=ADDRESS,
    licence=LICENCE,
    tables=(RecordTable("dft_traffic", Frequency.CALENDAR_YEAR, "year"),),
    find_files=_find_files,
)
"""The table has no place for a word of its own: a simulated file is known by its name, `simulated-…`."""
