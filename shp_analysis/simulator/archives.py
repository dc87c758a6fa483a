"""Zip archives in the publisher's layout, the same bytes every time."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from shp_analysis.reference.areas import Area, PoliceForce, read_area
from shp_analysis.reference.periods import Month
from shp_analysis.simulator.borough import HOME_AREA, list_months
from shp_analysis.simulator.planted import is_file_missing
from shp_analysis.simulator.police import CrimeRows, draw_month, draw_visits
from shp_analysis.simulator.published import (
    LONG_AGO_MONTHS,
    OUTCOMES_HEADING,
    STREET_HEADING,
    Vintage,
    thin_rows,
    write_outcome_lines,
    write_street_lines,
)
from shp_analysis.simulator.stops import write_stop_lines

COMPRESSION_LEVEL = 4
"""Measured on the whole borough: level 1 writes 101 MB in 7.0 s, 4 writes 91 MB in 8.3 s, 6 writes 86 MB in 10.2 s."""
PLAIN_FILE_MODE = 0o100644
UNIX = 3


@dataclass(frozen=True)
class ForceArchive:
    """One archive to be written: which force, which of its authorities, which vintage, which months of it.

    Attributes
    ----------
    seed : int
    force : PoliceForce
    own : tuple of Area
        The simulated authorities that it polices, by name.
    visited : tuple of Area
        The simulated authorities of other forces, in some of which it records a few crimes.
    vintage : Vintage
    months : tuple of Month
        The part of the vintage that is asked for, oldest first.
    """

    seed: int
    force: PoliceForce
    own: tuple[Area, ...]
    visited: tuple[Area, ...]
    vintage: Vintage
    months: tuple[Month, ...]

    @property
    def file_name(self) -> str:
        """The name of the zip file."""
        return f"simulated-{self.force.police_uk_slug}-archive-{self.vintage.published.label}.zip"

    @property
    def has_all_kinds(self) -> bool:
        """Whether it has outcomes and stop and search: only the home force's newest has, to keep it small."""
        return self.vintage.is_final and self.force == read_area(HOME_AREA).force


def write_archive(folder: Path, archive: ForceArchive) -> Path:
    """Write one archive under a passing name and put it in place when it is whole.

    Returns
    -------
    pathlib.Path
        The zip file.
    """
    target = folder / archive.file_name
    unfinished = target.with_suffix(".unfinished")
    with ZipFile(unfinished, "w") as zipped:
        for name, content in _list_members(archive):
            zipped.writestr(_describe_member(name, archive.vintage), content, compresslevel=COMPRESSION_LEVEL)
    return unfinished.replace(target)


def _list_members(archive: ForceArchive) -> Iterator[tuple[str, bytes]]:
    """Give the files of an archive in order, month by month."""
    recent: deque[tuple[Month, list[CrimeRows]]] = deque(_draw_before(archive), maxlen=LONG_AGO_MONTHS)
    for month in archive.months:
        drawn = [draw_month(archive.seed, area.code, month) for area in archive.own]
        recent.append((month, drawn))
        start = f"{month.label}/{month.label}-{archive.force.police_uk_slug}"
        if archive.has_all_kinds:
            yield f"{start}-outcomes.csv", _write_outcomes(archive, month, recent)
            yield (
                f"{start}-stop-and-search.csv",
                write_stop_lines(archive.seed, archive.own, month, archive.vintage),
            )
        if not is_file_missing([area.code for area in archive.own], month):
            yield f"{start}-street.csv", _write_streets(archive, month, drawn)


def _draw_before(archive: ForceArchive) -> list[tuple[Month, list[CrimeRows]]]:
    """Draw the months before the first, some of whose outcomes arrive in the first."""
    if not archive.has_all_kinds:
        return []
    start = archive.months[0]
    for _ in range(LONG_AGO_MONTHS - 1):
        start = start.previous()
    before = list_months(start, archive.months[0].previous())
    return [(month, [draw_month(archive.seed, area.code, month) for area in archive.own]) for month in before]


def _write_streets(archive: ForceArchive, month: Month, drawn: Sequence[CrimeRows]) -> bytes:
    visits = [
        (area, rows)
        for area in archive.visited
        if (rows := draw_visits(archive.seed, archive.force.police_uk_slug, area.code, month)) is not None
    ]
    blocks = sorted([*zip(archive.own, drawn, strict=True), *visits], key=lambda block: block[0].name)
    lines = [
        write_street_lines(thin_rows(rows, archive.seed, month, archive.vintage), month, archive.force, archive.vintage)
        for _, rows in blocks
    ]
    return _head(STREET_HEADING, archive.vintage) + b"".join(lines)


def _write_outcomes(archive: ForceArchive, month: Month, recent: Iterable[tuple[Month, list[CrimeRows]]]) -> bytes:
    lines = [
        write_outcome_lines(rows, crime_month, month, archive.force, archive.vintage)
        for crime_month, drawn in recent
        for rows in drawn
    ]
    return _head(OUTCOMES_HEADING, archive.vintage) + b"".join(lines)


def _head(heading: str, vintage: Vintage) -> bytes:
    return f"{heading}{vintage.newline}".encode()


def _describe_member(name: str, vintage: Vintage) -> ZipInfo:
    """Describe a member by what never changes: the archive's month for a stamp, and a plain file's mode."""
    day = vintage.published.start
    member = ZipInfo(name, date_time=(day.year, day.month, day.day, 0, 0, 0))
    member.compress_type = ZIP_DEFLATED
    member.create_system = UNIX
    member.external_attr = PLAIN_FILE_MODE << 16
    return member
