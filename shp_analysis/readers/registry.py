"""Every reader, and who claims which file of a delivery."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from shp_analysis.errors import SourceError
from shp_analysis.readers import (
    boundaries,
    dfe_neighbours,
    dft_traffic,
    fingertips,
    home_office,
    incidents,
    mhclg,
    moj,
    ndtms,
    nrm,
    ons,
    partner_returns,
    police_uk,
    safelives,
    stats19,
)
from shp_analysis.readers.deliveries import Member
from shp_analysis.readers.readers import Reader, RecordTable, SourceFile
from shp_analysis.readers.strict_sheet import find_fault

READERS: tuple[Reader, ...] = (
    police_uk.READER,
    home_office.READER,
    moj.READER,
    nrm.READER,
    stats19.READER,
    fingertips.READER,
    ndtms.READER,
    safelives.READER,
    ons.READER,
    mhclg.READER,
    dft_traffic.READER,
    boundaries.READER,
    dfe_neighbours.READER,
    incidents.READER,
    partner_returns.READER,
)
MOST_UNNAMED = 300
"""Only the archives of data.police.uk hold thousands of files, and those are known by their names, unopened."""
_MOST_NAMED = 3


def find_reader(source: str) -> Reader:
    """Give a publisher's reader by its short name.

    Raises
    ------
    KeyError
        Where there is none.
    """
    return {reader.source: reader for reader in READERS}[source]


def list_tables() -> dict[str, RecordTable]:
    """Give every table that a reader fills, by name."""
    return {table.name: table for reader in READERS for table in reader.tables}


def find_files(members: Sequence[Member], path: Path) -> tuple[SourceFile, ...]:
    """Ask every reader which files of an opened delivery are its own, without reading their rows.

    Parameters
    ----------
    members : sequence of Member
    path : Path
        The delivery, for messages.

    Returns
    -------
    tuple of SourceFile
        In the order of the readers. Files that no reader claims are left out: `list_unclaimed` names them.

    Raises
    ------
    SourceError
        Where no reader claims any file, or two claim one.
    """
    found = claim_files(members)
    if not found:
        raise SourceError(describe_nothing_found(members, path))
    return found


def claim_files(members: Sequence[Member]) -> tuple[SourceFile, ...]:
    """Ask every reader which of some files are its own; none where nobody knows any.

    Raises
    ------
    SourceError
        Where two claim one, or a file is clearly somebody's and cannot be used.
    """
    found = _ask_readers(members)
    claimed: dict[str, SourceFile] = {}
    for file in found:
        other = claimed.setdefault(file.member.label, file)
        if other is not file:
            message = (
                f"{file.member.label}: could be a file of {find_reader(other.source).publisher} or of "
                f"{find_reader(file.source).publisher}. Use the file as published, under its own name."
            )
            raise SourceError(message)
    return found


def _ask_readers(members: Sequence[Member]) -> tuple[SourceFile, ...]:
    """Ask every reader; an archive of a thousand monthly files is not opened a dozen times for those who need not."""
    found: list[SourceFile] = []
    for reader in READERS:
        if reader.knows_by_name:
            found += reader.find_files(members)
    claimed = {file.member.label for file in found}
    members = [member for member in members if member.label not in claimed]
    _check_number(members)
    others = [reader for reader in READERS if not reader.knows_by_name]
    # A file at a time: what one reader opened is remembered for the next.
    found += [file for member in members for reader in others for file in reader.find_files((member,))]
    places = {reader.source: place for place, reader in enumerate(READERS)}
    return tuple(sorted(found, key=lambda file: places[file.source]))


def _check_number(members: Sequence[Member]) -> None:
    """Refuse more files than anybody sends, before each is opened to see its headings."""
    if len(members) > MOST_UNNAMED:
        message = (
            f"{members[0].label}: is one of {len(members):,} files of one delivery that are not of data.police.uk by "
            f"their names; at most {MOST_UNNAMED:,} are taken. Send what is data by itself, or leave the file out."
        )
        raise SourceError(message)


def list_unclaimed(members: Sequence[Member], files: Sequence[SourceFile]) -> tuple[str, ...]:
    """Name the files of a delivery that no reader claimed."""
    claimed = {file.member.label for file in files}
    return tuple(member.label for member in members if member.label not in claimed)


def describe_nothing_found(members: Sequence[Member], path: Path) -> str:
    """Say that a delivery holds no file that is known, and which are."""
    if not members:
        return f"{path}: is empty. Check the path."
    if len(members) == 1 and (fault := find_fault(members[0])):
        return fault
    names = ", ".join(member.path.name for member in members[:_MOST_NAMED])
    more = f" and {len(members) - _MOST_NAMED} more" if len(members) > _MOST_NAMED else ""
    known = "; ".join(reader.publisher for reader in READERS)
    return (
        f"{path}: holds no file that can be read ({names}{more}). Files of these publishers are read as they publish "
        f"them: {known}. Check the path, and use the file under its own name with its own headings."
    )
