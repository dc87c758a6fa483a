"""The publisher's own files: headings, spellings and the lines of street and outcome files.

Lines are joined as text by Arrow, column pieces at a time, and never pass through a frame: two million of
them take a second.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from shp_analysis.reference.areas import PoliceForce
from shp_analysis.reference.periods import Month
from shp_analysis.simulator.borough import Whole, count_months_between, list_months, open_stream, read_categories
from shp_analysis.simulator.geography import read_places
from shp_analysis.simulator.police import CRIME_ID_LENGTH, CrimeRows, read_outcomes

ArrowText: TypeAlias = Any
"""A pyarrow string array or scalar: pyarrow publishes no types."""

STREET_HEADING = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,"
    "Last outcome category,Context"
)
OUTCOMES_HEADING = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Outcome type"
)
CHARGED = "Awaiting court outcome"
CHARGED_LONG_AGO = "Court result unavailable"
CHARGED_IN_OUTCOMES_FILE = "Suspect charged"
STILL_OPEN = "Under investigation"
OPEN_LONG_AGO = "Status update unavailable"
LONG_AGO_MONTHS = 12
"""From this age on, an archive knows no longer what became of a case in court or still open."""
LATE_ROWS_SHARE = 0.05
"""Share of the crimes of an archive's last month that a later archive adds to it."""
LATE_ROWS_DECAY = 0.75
"""Factor of that share for every month further back; nothing is added to a month of twelve months' age."""


@dataclass(frozen=True)
class Vintage:
    """One archive of a force: what it covers and what its day was like.

    Attributes
    ----------
    published : Month
        The month in its name.
    first, last : Month
        The months it covers.
    newline : str
        As in the real archives: CR LF in the older ones, LF in the newest.
    census : int
        Whose LSOAs it writes, 2011 or 2021.
    is_final : bool
        Whether no later archive adds rows.
    """

    published: Month
    first: Month
    last: Month
    newline: str
    census: int
    is_final: bool

    @property
    def months(self) -> tuple[Month, ...]:
        """The months it covers, oldest first."""
        return list_months(self.first, self.last)


VINTAGES = (
    Vintage(Month("2023-05"), Month("2020-04"), Month("2023-03"), "\r\n", 2011, is_final=False),
    Vintage(Month("2025-05"), Month("2022-04"), Month("2025-03"), "\n", 2021, is_final=True),
)


def thin_rows(rows: CrimeRows, seed: int, month: Month, vintage: Vintage) -> CrimeRows:
    """Leave out the crimes that came too late for the archive; anti-social behaviour is complete at once."""
    age = count_months_between(month, vintage.last)
    if vintage.is_final or age >= LONG_AGO_MONTHS:
        return rows
    stream = open_stream(seed, "late", rows.places.authority_code, month.label, vintage.published.label)
    is_late = stream.random(len(rows)) < LATE_ROWS_SHARE * LATE_ROWS_DECAY**age
    return rows.keep(~is_late | rows.is_anti_social_behaviour)


def write_street_lines(rows: CrimeRows, month: Month, force: PoliceForce, vintage: Vintage) -> bytes:
    """Write rows as lines of a street file, ordered by LSOA name as published, without the heading.

    Parameters
    ----------
    rows : CrimeRows
    month : Month
        Of the rows.
    force : PoliceForce
        Who recorded them.
    vintage : Vintage
        The archive, whose age decides what is known of outcomes.
    """
    order = np.argsort(_name_ranks(rows.places.authority_code, vintage.census)[rows.point], kind="stable")
    age = count_months_between(month, vintage.last)
    outcome = _publish_outcomes(rows, age)[order]
    endings = _street_endings(vintage.newline)
    tail = rows.category[order] * len(_published_outcomes()) + outcome
    return join_pieces(
        _write_crime_ids(rows.crime_id[order], rows.is_anti_social_behaviour[order]),
        pa.scalar(f",{month.label},{force.police_uk_name},{force.police_uk_name},"),
        _point_texts(rows.places.authority_code, vintage.census).take(pa.array(rows.point[order])),
        endings.take(pa.array(tail)),
    )


def write_outcome_lines(
    rows: CrimeRows, crime_month: Month, month: Month, force: PoliceForce, vintage: Vintage
) -> bytes:
    """Write the outcomes that crimes of one month found in another, as lines without the heading.

    Parameters
    ----------
    rows : CrimeRows
        The crimes.
    crime_month, month : Month
        When they were recorded, and the month of the outcome, which is the one an outcomes file states.
    force : PoliceForce
    vintage : Vintage
    """
    is_now = rows.months_to_outcome == count_months_between(crime_month, month)
    found = rows.keep(is_now & ~rows.is_anti_social_behaviour)
    names = [CHARGED_IN_OUTCOMES_FILE if name == CHARGED else name for name in read_outcomes()]
    endings = pa.array([f"{name}{vintage.newline}" for name in names])
    return join_pieces(
        _write_crime_ids(found.crime_id, found.is_anti_social_behaviour),
        pa.scalar(f",{month.label},{force.police_uk_name},{force.police_uk_name},"),
        _point_texts(found.places.authority_code, vintage.census).take(pa.array(found.point)),
        endings.take(pa.array(found.outcome)),
    )


def join_pieces(*pieces: ArrowText) -> bytes:
    """Join columns of text, row by row, into one run of bytes.

    Parameters
    ----------
    *pieces : pyarrow string arrays of one length, or scalars
        The last one carries the line ends.
    """
    joined = pc.binary_join_element_wise(*pieces, "")
    _, offsets, data = joined.buffers()
    if len(joined) == 0 or data is None:
        return b""
    ends = np.frombuffer(offsets, dtype=np.int32)
    return bytes(data[ends[joined.offset] : ends[joined.offset + len(joined)]])


def _write_crime_ids(crime_id: npt.NDArray[np.uint8], is_blank: npt.NDArray[np.bool_]) -> ArrowText:
    """Make a text column of Crime IDs, blank where anti-social behaviour has none."""
    ends = np.cumsum(np.where(is_blank, 0, CRIME_ID_LENGTH), dtype=np.int32)
    offsets = np.concatenate([np.zeros(1, dtype=np.int32), ends])
    text = np.ascontiguousarray(crime_id[~is_blank])
    return pa.StringArray.from_buffers(len(is_blank), pa.py_buffer(offsets), pa.py_buffer(text))


def _publish_outcomes(rows: CrimeRows, age_months: int) -> Whole:
    """Say what an archive knows of every row's outcome, as positions in `_published_outcomes`."""
    names = _published_outcomes()
    is_long_ago = age_months >= LONG_AGO_MONTHS
    settled = rows.outcome + 1
    if is_long_ago:
        settled = np.where(settled == names.index(CHARGED), names.index(CHARGED_LONG_AGO), settled)
    unsettled = names.index(OPEN_LONG_AGO if is_long_ago else STILL_OPEN)
    known = np.where(rows.months_to_outcome > age_months, unsettled, settled)
    return np.where(rows.is_anti_social_behaviour, 0, known)


@cache
def _published_outcomes() -> tuple[str, ...]:
    """List every text of `Last outcome category`; the first is the blank of anti-social behaviour."""
    return ("", *read_outcomes(), CHARGED_LONG_AGO, STILL_OPEN, OPEN_LONG_AGO)


@cache
def _street_endings(newline: str) -> ArrowText:
    """List the ends of street lines: category, outcome, empty Context."""
    return pa.array(
        [f"{category},{outcome},{newline}" for category in read_categories().names for outcome in _published_outcomes()]
    )


@cache
def _point_texts(authority_code: str, census: int) -> ArrowText:
    points = read_places(authority_code).points[census]
    columns = ["longitude", "latitude", "location", "lsoa_code", "lsoa_name"]
    return pa.array([f"{','.join(row)}," for row in points[columns].itertuples(index=False)])


@cache
def _name_ranks(authority_code: str, census: int) -> Whole:
    """Rank every point by the name of its LSOA."""
    names = read_places(authority_code).points[census]["lsoa_name"].to_numpy(dtype=str)
    ranks: Whole = np.unique(names, return_inverse=True)[1]
    return ranks
