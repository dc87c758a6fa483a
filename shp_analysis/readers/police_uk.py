"""data.police.uk: street-level crime, outcomes, and stop and search, as the monthly archive publishes them.

Published by the Home Office under the Open Government Licence v3.0 at https://data.police.uk/data/. An archive holds
`YYYY-MM/YYYY-MM-<force>-<kind>.csv`; a custom download holds the same files. What the files do, and what is done:

- One row is one crime or one incident, as published. `Crime ID` is blank for anti-social behaviour and now and then
  repeated for others, whose places or outcomes differ; nothing is de-duplicated.
- Only the month is given, never the day (stop and search has the time, in UTC, filed by the local month).
- A place is the nearest of a fixed list of points. The LSOA is kept; points are not tracked over time.
- A month's file is revised after it was first published, and outcomes grow with age; so which archive a figure came
  from is kept, and outcomes are never trended across archives.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import pandas as pd
import pyarrow as arrow

from shp_analysis.errors import SourceError
from shp_analysis.readers.clean_columns import as_table, is_known_word
from shp_analysis.readers.deliveries import Member
from shp_analysis.readers.police_uk_checks import (
    RECORD_SCHEMAS,
    check_copies,
    check_crime_ids,
    check_force,
    check_month,
    check_places,
    check_points_differ,
    read_clean_file,
)
from shp_analysis.readers.police_uk_layout import (
    ANTI_SOCIAL_BEHAVIOUR,
    COLUMNS,
    CRIME_TYPES,
    FORMER_CRIME_TYPES,
    SCHEMAS,
    SOURCE,
    Kind,
)
from shp_analysis.readers.readers import SIMULATED_MARK, Frequency, Reader, Records, RecordTable, SourceFile
from shp_analysis.readers.strict_csv import SWAPPED, check_records, describe_swapped, read_strict_csv

__all__ = [
    "ANTI_SOCIAL_BEHAVIOUR",
    "COLUMNS",
    "CRIME_TYPES",
    "FORMER_CRIME_TYPES",
    "READER",
    "SIMULATED_MARK",
    "SOURCE",
    "Kind",
    "MonthlyFile",
    "find_monthly_files",
    "is_simulated",
    "read_monthly_file",
]

LOCAL_TIME = "Europe/London"
LARGEST_MONTH_BYTES = 256 << 20
"""The largest force's month has about 25 MB."""

_FILE_NAME = re.compile(
    r"^(?P<month>\d{4}-(?:0[1-9]|1[0-2]))-(?P<force>[a-z]+(?:-[a-z]+)*?)-(?P<kind>street|outcomes|stop-and-search)"
    r"(?:[ .(_].*)?\.csv$"
)


@dataclass(frozen=True)
class MonthlyFile:
    """One force's file of one month, found in a delivery but not yet read."""

    kind: Kind
    force: str
    month: str
    member: Member


def read_monthly_file(file: MonthlyFile) -> pd.DataFrame:
    """Read and validate one force's file of one month.

    Parameters
    ----------
    file : MonthlyFile

    Returns
    -------
    pandas.DataFrame
        Tidy records with `force` and `file_month` in front, indexed by the row in the file.

    Raises
    ------
    SourceError
        Naming file, row, column, value and what was allowed.
    """
    label = file.member.label
    frame = read_strict_csv(file.member.read(), COLUMNS[file.kind], label)
    swapped = frame.attrs.pop(SWAPPED)
    if file.kind is Kind.STREET and frame.empty:
        message = (
            f"{label}: has headings and no rows. A month in which nothing was recorded is a month that is missing: "
            "leave the file out."
        )
        raise SourceError(message)
    frame = _FINISHERS[file.kind](check_records(frame, SCHEMAS[file.kind], label), file)
    if swapped:
        raise SourceError(describe_swapped(swapped, label))
    frame.insert(0, "force", file.force)
    frame.insert(1, "file_month", file.month)
    return frame


def is_simulated(frame: pd.DataFrame) -> bool:
    """Say whether any record was written by the simulated borough."""
    column = frame["location"] if "location" in frame else frame["operation"]
    return bool(column.str.contains(SIMULATED_MARK, regex=False, na=False).any())


def find_monthly_files(members: Sequence[Member]) -> tuple[MonthlyFile, ...]:
    """Pick the monthly files out of an opened delivery by their names, in order of month, force and kind.

    Raises
    ------
    SourceError
        Where one force's month is there twice, or far larger than any.
    """
    found: dict[tuple[str, str, Kind], MonthlyFile] = {}
    for member in members:
        name = _FILE_NAME.match(member.path.name)
        if not name:
            continue
        _check_month_size(member)
        file = MonthlyFile(Kind(name["kind"]), name["force"], name["month"], member)
        twin = found.setdefault((file.month, file.force, file.kind), file)
        if twin is not file:
            message = (
                f"{member.label}: the same force, month and kind are also in {twin.member.label}. Keep one of the two."
            )
            raise SourceError(message)
    return tuple(found[key] for key in sorted(found))


def _check_month_size(member: Member) -> None:
    if member.size_bytes > LARGEST_MONTH_BYTES:
        message = (
            f"{member.label}: has {member.size_bytes:,} bytes; at most {LARGEST_MONTH_BYTES:,} are taken for a force's "
            "month. Use the file as published."
        )
        raise SourceError(message)


def _find_files(members: Sequence[Member]) -> tuple[SourceFile, ...]:
    return tuple(
        SourceFile(SOURCE, file.member, tuple(COLUMNS[file.kind]), partial(_read_records, file))
        for file in find_monthly_files(members)
    )


def _read_records(file: MonthlyFile) -> Iterator[Records]:
    table = read_clean_file(file.member.read(), file.kind, file.force, file.month)
    if table is not None:
        yield _records_of(file, table, is_simulated=is_known_word(table, "location", SIMULATED_MARK))
        return
    frame = read_monthly_file(file)
    schema = RECORD_SCHEMAS[file.kind]
    yield _records_of(file, frame if schema is None else as_table(frame, schema), is_simulated=is_simulated(frame))


def _records_of(file: MonthlyFile, rows: pd.DataFrame | arrow.Table, *, is_simulated: bool) -> Records:
    return Records(file.kind.table, rows, is_simulated, parts=((file.force, file.month),))


def _finish_street(frame: pd.DataFrame, file: MonthlyFile) -> pd.DataFrame:
    frame = _finish_places(frame, file, "month")
    check_crime_ids(frame, file.member.label)
    check_copies(frame, file.member.label)
    return frame


def _finish_outcomes(frame: pd.DataFrame, file: MonthlyFile) -> pd.DataFrame:
    frame = _finish_places(frame, file, "outcome_month")
    check_copies(frame, file.member.label)
    return frame


def _finish_places(frame: pd.DataFrame, file: MonthlyFile, month_column: str) -> pd.DataFrame:
    check_month(frame[month_column], file.month, "Month", file.member.label)
    check_force(frame, file.force, file.member.label)
    check_places(frame, file.member.label)
    return frame.assign(authority_name=frame["lsoa_name"].str.slice(stop=-5))


def _finish_searches(frame: pd.DataFrame, file: MonthlyFile) -> pd.DataFrame:
    times = pd.to_datetime(frame["searched_at"], format="ISO8601", utc=True, errors="coerce").astype(
        "datetime64[us, UTC]"
    )
    for row in frame.index[times.isna()]:
        message = (
            f"{file.member.label}: row {row}, column 'Date' says {frame.loc[row, 'searched_at']!r}, which is no time "
            "on any day. Use the file as published."
        )
        raise SourceError(message)
    check_points_differ(frame, file.member.label)
    months = times.dt.tz_convert(LOCAL_TIME).dt.strftime("%Y-%m")
    check_month(months, file.month, "Date", file.member.label)
    return frame.assign(searched_at=times, search_month=months)


_FINISHERS: Mapping[Kind, Callable[[pd.DataFrame, MonthlyFile], pd.DataFrame]] = {
    Kind.STREET: _finish_street,
    Kind.OUTCOMES: _finish_outcomes,
    Kind.STOP_AND_SEARCH: _finish_searches,
}
"""What each kind still needs after its cells were validated: checks across cells, and columns made from others."""

READER = Reader(
    source=SOURCE,
    publisher="data.police.uk (Home Office)",
    address="https://data.police.uk/data/archive/",
    tables=tuple(RecordTable(kind.table, Frequency.MONTH, "file_month", ("force",)) for kind in Kind),
    find_files=_find_files,
    knows_by_name=True,
)
