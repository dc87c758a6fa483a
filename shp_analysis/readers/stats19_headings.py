"""DfT road safety data: telling the three tables and their vintages by their headings."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass

from shp_analysis.errors import SourceError
from shp_analysis.readers.deliveries import Member
from shp_analysis.readers.stats19_cells import Field, Vintage
from shp_analysis.readers.stats19_layout import COLUMNS, FIELDS, Table, known_headings, plain_heading

ADDRESS = "https://www.data.gov.uk/dataset/cb7ae6f0-4be6-4935-9277-47e5ce24a11f/road-accidents-safety-data"

_IDENTIFYING = {
    Table.COLLISION: {"date", "number_of_vehicles", "number_of_casualties", "location_easting_osgr"},
    Table.CASUALTY: {"casualty_reference", "casualty_class", "casualty_severity", "casualty_type"},
    Table.VEHICLE: {"vehicle_type", "vehicle_manoeuvre", "sex_of_driver", "age_of_vehicle"},
}
"""Headings, in plain form, that only one of the tables has had in every vintage."""
_NAMED = {
    Table.COLLISION: re.compile(r"collision|accident|\bacc(?=\d|\b)"),
    Table.CASUALTY: re.compile(r"casualt(y|ies)|\bcas(?=\d|\b)"),
    Table.VEHICLE: re.compile(r"vehicle|\bveh(?=\d|\b)"),
}
_SERIES_NAME = re.compile(r"road[-_ ](casualty|accidents?)[-_ ](statistics|safety[-_ ]data)")
_FEWEST_IDENTIFYING = 2


@dataclass(frozen=True)
class TableFile:
    """One table's file, found in a delivery: its rows are not yet read.

    Attributes
    ----------
    table : Table
    member : Member
    headings : tuple of str
        As in its first row.
    """

    table: Table
    member: Member
    headings: tuple[str, ...]

    @property
    def is_provisional(self) -> bool:
        """Whether it is laid out as a mid-year file."""
        return "status" in map(plain_heading, self.headings)

    @property
    def vintage(self) -> Vintage:
        """Which headings it has."""
        plain = set(map(plain_heading, self.headings))
        if "collision_reference" in plain:
            return Vintage.COLLISION_REFERENCE
        if plain & {"collision_ref_no", "collision_index"}:
            return Vintage.COLLISION_REF_NO
        if plain & {"accident_reference", "accident_year"}:
            return Vintage.ACCIDENT_REFERENCE
        return Vintage.ACCIDENT_INDEX


def recognise_table(member: Member) -> TableFile | None:
    """Tell which table a CSV holds, by its headings, or else by its name; none where neither says so.

    Raises
    ------
    SourceError
        Where it is named after one table and has the headings of another.
    """
    headings = _read_headings(member)
    plain = set(map(plain_heading, headings))
    scores = {table: len(plain & identifying) for table, identifying in _IDENTIFYING.items()}
    by_headings = max(scores, key=lambda table: scores[table])
    name = _SERIES_NAME.sub("", member.path.stem.lower().replace("_", "-"))
    by_name = [table for table, named in _NAMED.items() if named.search(name)]
    if scores[by_headings] < _FEWEST_IDENTIFYING:
        # A file that is named after a table and lost its headings must be refused and not passed over.
        return TableFile(by_name[0], member, headings) if len(by_name) == 1 else None
    if len(by_name) == 1 and by_name[0] is not by_headings:
        message = (
            f"{member.label}: is named like a {by_name[0]} file and has the headings of a {by_headings} file. Fetch it "
            f"again from {ADDRESS}."
        )
        raise SourceError(message)
    return TableFile(by_headings, member, headings)


def _read_headings(member: Member) -> tuple[str, ...]:
    content = member.read_start()
    first = re.split(r"[\r\n]", content.decode("utf-8-sig", errors="replace"), maxsplit=1)[0]
    try:
        return tuple(next(csv.reader([first]), []))
    except csv.Error:
        return ()


def match_headings(file: TableFile) -> dict[str, str]:
    """Pair this file's headings with the tidy names; what it must have and has not is there under its newest name."""
    names = COLUMNS[file.table]
    kept = {heading: names[plain] for heading in file.headings if (plain := plain_heading(heading)) in names}
    for field in FIELDS[file.table]:
        same = [heading for heading, name in kept.items() if name == field.name]
        if len(same) > 1:
            message = (
                f"{file.member.label}: row 1: columns {' and '.join(map(repr, same))} are the same column under two "
                "names. Use the file as published."
            )
            raise SourceError(message)
        if not same and _is_needed(field, file):
            kept[field.headings[0]] = field.name
    return kept


def _is_needed(field: Field, file: TableFile) -> bool:
    if field.needed_since is None or file.vintage < field.needed_since:
        return False
    return field.in_provisional or not file.is_provisional


def is_claimed(file: TableFile) -> bool:
    """Say whether a recognised file is clearly the Department's: by its headings, or by the name of the series."""
    plain = set(map(plain_heading, file.headings))
    has_headings = len(plain & _IDENTIFYING[file.table]) >= _FEWEST_IDENTIFYING
    return has_headings or bool(_SERIES_NAME.search(file.member.path.stem.lower().replace("_", "-")))


def list_unknown(file: TableFile) -> Iterable[str]:
    """List the columns that no vintage is known to have, as file and heading."""
    known = known_headings(file.table)
    return (f"{file.member.label}: {heading}" for heading in file.headings if plain_heading(heading) not in known)
