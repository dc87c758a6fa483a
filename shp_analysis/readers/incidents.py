"""Local police incidents: one row an incident, with its day, hour, LSOA, type and flags, as the force sends it.

The file is no publication but an extract that the partnership agrees on with its force; it holds nobody's particulars
and no place finer than an LSOA. `recorded_by,incident_date,incident_hour,lsoa_code,incident_type` and five columns of
Y or N, `alcohol,drugs,domestic_abuse,youth,looked_after_placed`. What is asked of it, and what is done:

- Incidents are calls and reports, not crimes: the two are never counted together.
- `recorded_by` is the force's name. The simulated borough writes `Simulated Cheshire Constabulary`, so that every row
  says what it is; simulated and real rows never share a file.
- A file covers whole months, any number of them. A later file replaces a force's month as a whole: so one file must
  hold all rows of the month that the partnership needs. A month in which days seem to be missing is refused
  (`incidents_checks.check_months_are_whole` says how that is told): a month that is half there would read as a fall.
- Days are 2024-10-31 or, in the whole file, 31/10/2024. Days with the month first are refused, and so is a file in
  which it cannot be told, or in which a spreadsheet swapped day and month up to the 12th.
- An hour, a place or a flag that is not known is empty or `unknown`; it is missing then and never 0, never N.
- A column that is not asked for is refused; one made for names, addresses, coordinates or record numbers with a
  message that repeats nothing of it. So is a cell that looks like somebody's particulars.
- `looked_after_placed` says that a young person concerned is placed here by another authority; it belongs to a few
  children and never leaves the partnership unsuppressed.

The layout is the project's own: no force's real extract has been seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import pandas as pd

from shp_analysis.errors import SourceError
from shp_analysis.readers.deliveries import Member, open_delivery
from shp_analysis.readers.incidents_checks import (
    check_copies,
    check_days_are_not_swapped,
    check_flags,
    check_months_are_whole,
    check_origin,
    read_days,
)
from shp_analysis.readers.incidents_layout import COLUMNS, FLAGS, SOURCE, TABLE, UNKNOWN, make_schema, type_records
from shp_analysis.readers.personal_data import check_cells, check_headings
from shp_analysis.readers.readers import SIMULATED_MARK, Frequency, Reader, Records, RecordTable, SourceFile
from shp_analysis.readers.single_tables import read_headings, repair_encoding
from shp_analysis.readers.strict_csv import check_lengths, check_records, read_strict_csv

__all__ = ["ADDRESS", "COLUMNS", "FLAGS", "LICENCE", "PUBLISHER", "READER", "SOURCE", "read_incidents"]

PUBLISHER = "The police force, for the partnership"
ADDRESS = "The force's own analyst"
LICENCE = "For the partnership alone; not published"

_MARKS = frozenset({"incident_date", "incident_type"})
"""No other publisher's table has both headings."""
_NAME = re.compile(r"[a-z]+(?:-[a-z]+)*-incidents-\d{4}.*\.csv", re.IGNORECASE)


def read_incidents(path: Path) -> pd.DataFrame:
    """Read every incident file of a delivery.

    Parameters
    ----------
    path : Path
        A CSV, or a folder or zip of them.

    Returns
    -------
    pandas.DataFrame
        One row an incident: `recorded_by, month` (`2024-10`), `incident_date`, `incident_hour` (0 to 23, or missing),
        `lsoa_code` (or missing), `incident_type`, and the flags of `FLAGS` (true, false, or missing where nobody
        recorded it).

    Raises
    ------
    SourceError
        Where there is no such file, or one is not what it says it is.
    """
    with open_delivery(path) as members:
        frames = [_read_file(file.member) for file in _find_files(members)]
    if not frames:
        message = f"{path}: holds no incident file, a CSV with the columns {', '.join(COLUMNS)}. Check the path."
        raise SourceError(message)
    return pd.concat(frames, ignore_index=True)


def _find_files(members: Sequence[Member]) -> tuple[SourceFile, ...]:
    found = []
    for member in members:
        if member.path.suffix.lower() != ".csv":
            continue
        headings = read_headings(member.read_start())
        if set(headings) >= _MARKS or _NAME.fullmatch(member.path.name):
            found.append(SourceFile(SOURCE, member, headings, partial(_read_records, member)))
    return tuple(found)


def _read_records(member: Member) -> Iterator[Records]:
    frame = _read_file(member)
    yield Records(TABLE, frame, is_simulated=bool(frame["recorded_by"].str.startswith(SIMULATED_MARK).any()))


def _read_file(member: Member) -> pd.DataFrame:
    label = member.label
    content = member.read()
    check_lengths(content, label)
    content = repair_encoding(content, label)
    check_headings(read_headings(content), label)
    frame = read_strict_csv(content, COLUMNS, label, formulas=True)
    if frame.empty:
        message = f"{label}: has headings and no rows. A month that is not there yet is left out: send it when it is."
        raise SourceError(message)
    check_cells(frame, COLUMNS, label)
    frame = check_records(_empty_unknown(frame), make_schema(), label)
    frame = type_records(frame.assign(incident_date=read_days(frame["incident_date"], label)))
    check_origin(frame, label)
    check_flags(frame, label)
    check_copies(frame, label)
    check_days_are_not_swapped(frame, label)
    check_months_are_whole(frame, label)
    return frame


def _empty_unknown(frame: pd.DataFrame) -> pd.DataFrame:
    columns = ("lsoa_code", "incident_hour", *FLAGS)
    is_unknown = {
        column: frame[column].isin([value for value in frame[column].dropna().unique() if value.lower() in UNKNOWN])
        for column in columns
    }
    return frame.assign(**{column: frame[column].mask(is_unknown[column]) for column in columns})


READER = Reader(
    source=SOURCE,
    publisher=PUBLISHER,
    address=ADDRESS,
    licence=LICENCE,
    tables=(RecordTable(TABLE, Frequency.MONTH, "month", ("recorded_by",)),),
    find_files=_find_files,
)
