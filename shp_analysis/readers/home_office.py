"""Home Office, police recorded crime open tables: offences by force or by community safety partnership and quarter.

Published under the Open Government Licence v3.0 at https://www.gov.uk/government/statistical-data-sets/
police-recorded-crime-and-outcomes-open-data-tables. A workbook (ods or xlsx) has one sheet a financial year, called
`2020_21`, and a sheet of notes; a CSV of the same columns is read too, also packed as gz. What the tables do, and what
is done:

- The two tables head their columns differently (`Police Force`, `Offence Count`; `Force Name`, `Number of Offences`)
  and write the quarter `Q1` and `1`. Copies have underscores, a bare index and a column `Policeuk_Cat`. All become one.
- Case differs between the tables (`Drug offences`, `Drug Offences`): groups, subgroups, offences and forces are written
  as the lists in `reference/home_office` write them. A group or force that is not listed is refused.
- A count may be below zero: the force took back more records of an earlier quarter than it made. It stays, and is not
  the -1 by which other publishers mean "missing".
- Homicide stands under four codes at once and has four rows; a crime total sums them.
- Partnerships are named and not coded. The code is looked up; a partnership merged since has none and keeps its name.
- `Unassigned` rows are crimes of the force that were given to no partnership, so that a partnership may look better
  than it is. They have no code.
- Fraud bodies and the British Transport Police stand among the forces: leave them out of a force's or a nation's crime.
- A force or quarter that is not there is missing and never zero (Greater Manchester, July 2019 to March 2020).
- A row that is a total is held against its parts and left out; one that its parts do not make up is refused.

Beside them stand tables of outcomes (`home_office_outcomes`), of knives, firearms and hate crime (`home_office_flags`)
and of stop and search (`home_office_stops`), all by force.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from shp_analysis.errors import SourceError
from shp_analysis.readers.deliveries import Member
from shp_analysis.readers.home_office_crime import (
    OpenTable,
    choose_open_columns,
    find_columns,
    fold_open,
    read_crime,
    read_vintages,
)
from shp_analysis.readers.home_office_flags import FIREARMS, HATE_CRIME, KNIFE
from shp_analysis.readers.home_office_layout import (
    COLUMNS,
    OTHER_HEADINGS,
    SOURCE,
    Kind,
    check_quarters_once,
    spell_forces,
)
from shp_analysis.readers.home_office_outcomes import OUTCOMES
from shp_analysis.readers.home_office_stops import STOP_AND_SEARCH
from shp_analysis.readers.readers import Frequency, Reader, Records, RecordTable, SourceFile
from shp_analysis.readers.sheet_starts import read_sheet_starts
from shp_analysis.readers.strict_sheet import Sheet, find_headings
from shp_analysis.readers.table_files import CSV, SHEETS, Columns, read_start_headings, read_tables, says_simulated_file

OPEN_TABLES = (OUTCOMES, STOP_AND_SEARCH, HATE_CRIME, KNIFE, FIREARMS)
CRIME_TABLES = {
    Kind.BY_PARTNERSHIP: RecordTable("home_office_crime_csp", Frequency.QUARTER, "period"),
    Kind.BY_FORCE: RecordTable("home_office_crime_force", Frequency.QUARTER, "period"),
}
TABLES = (*CRIME_TABLES.values(), *(table.record for table in OPEN_TABLES))

_CRIME_MARKS = {
    Kind.BY_PARTNERSHIP: frozenset({"csp_name", "offence_subgroup"}),
    Kind.BY_FORCE: frozenset({"force_name", "offence_subgroup", "offence_code"}),
}
_CRIME_NAMES = {
    Kind.BY_PARTNERSHIP: re.compile(r"prc-csp|crime.*community-safety-partnership"),
    Kind.BY_FORCE: re.compile(r"prc-pfa|crime.*police-force-area-(?:open-data|tables)"),
}
_FEWEST_OF_A_TABLE = 4
"""A sheet with so many headings of a table is that table, whatever else about it changed."""


@dataclass(frozen=True)
class HomeOfficeFile:
    """One file and the kind of table that it holds.

    Attributes
    ----------
    member : Member
    headings : tuple of str
        As they are written in the file, sheet by sheet; empty where they are gone.
    kind : Kind or OpenTable
    """

    member: Member
    headings: tuple[str, ...]
    kind: Kind | OpenTable

    @property
    def table(self) -> str:
        """Name of the table that it fills."""
        return (CRIME_TABLES[self.kind] if isinstance(self.kind, Kind) else self.kind.record).name

    def read(self) -> Iterator[Records]:
        """Read it, a sheet at a time."""
        is_simulated = says_simulated_file(self.member)
        for frame in self.read_frames():
            yield Records(self.table, frame, is_simulated)

    def read_frames(self) -> Iterator[pd.DataFrame]:
        """Read its records alone."""
        if isinstance(self.kind, Kind):
            return _read_crime(self.member, self.kind)
        return _read_open(self.member, self.kind)


def find_home_office_files(members: Sequence[Member]) -> tuple[HomeOfficeFile, ...]:
    """Pick the files of these tables out of an opened delivery, by their headings or else their names."""
    found = (_recognise(member) for member in members if member.path.name.lower().endswith((*CSV, *SHEETS)))
    return tuple(file for file in found if file is not None)


def _recognise(member: Member) -> HomeOfficeFile | None:
    headings: tuple[str, ...] = ()
    for sheet_name, found in _list_headings(member):
        kind = _match(found, f"{member.path.name} {sheet_name}")
        if kind is not None:
            headings += tuple(f"{sheet_name}: {heading}" if sheet_name else heading for heading in found)
            return HomeOfficeFile(member, headings, kind)
    named = _match_name(member.path.name.lower())
    return None if named is None else HomeOfficeFile(member, (), named)


def _list_headings(member: Member) -> Iterator[tuple[str, tuple[str, ...]]]:
    if member.path.name.lower().endswith(CSV):
        yield "", read_start_headings(member)
    else:
        for sheet in read_sheet_starts(member):
            yield sheet.label, find_headings(sheet, _LIKELY)


def _match(found: Sequence[str], names: str) -> Kind | OpenTable | None:
    said = " ".join((names, *found))
    for table in OPEN_TABLES:
        if table.marks <= find_columns(found, table.kind) and table.words.search(said):
            return table
    tidy = {fold_open(heading): name for kind in Kind for heading, name in {**OTHER_HEADINGS, **COLUMNS[kind]}.items()}
    columns = {tidy[fold_open(heading)] for heading in found if fold_open(heading) in tidy}
    return next((kind for kind, marks in _CRIME_MARKS.items() if marks <= columns), None)


def _match_name(name: str) -> Kind | OpenTable | None:
    spelled = name.replace("_", "-").replace(" ", "-")
    named: dict[Kind | OpenTable, re.Pattern[str]] = {table: table.file_names for table in OPEN_TABLES}
    for kind, pattern in _CRIME_NAMES.items():
        named[kind] = pattern  # noqa: PERF403 - the two have keys of different types
    return next((each for each, pattern in named.items() if pattern.search(spelled)), None)


def _read_crime(member: Member, kind: Kind) -> Iterator[pd.DataFrame]:
    is_read = False
    for label, read in read_crime(member, kind):
        is_read = True
        frame = read.reset_index(drop=True)
        period = frame["financial_quarter"].str.replace(" ", "-")
        if kind is Kind.BY_PARTNERSHIP:
            yield frame.assign(period=period, area_code=frame["csp_code"])
        else:
            areas = spell_forces(frame["force_name"], "Force Name", label)["area_code"]
            yield frame.drop(columns=["csp_name", "csp_code"]).assign(period=period, area_code=areas)
    if not is_read:
        raise SourceError(_describe_no_table(member, " with a sheet like 2020_21"))


def _read_open(member: Member, table: OpenTable) -> Iterator[pd.DataFrame]:
    seen: dict[str, str] = {}
    is_read = False
    tables = read_tables(
        member,
        lambda headings, label: choose_open_columns(headings, table.kind, label),
        lambda sheet, name: _choose_sheet(sheet, f"{member.path.name} {name}", table),
    )
    for read in tables:
        is_read = True
        frame = table.finish(read, f"{member.path.name} {read.name}")
        parts = frame[table.record.period_column]
        for column in table.record.unit_columns:
            parts = parts + ", " + frame[column]
        check_quarters_once(parts, read.label, seen)
        yield frame.reset_index(drop=True)
    if not is_read:
        raise SourceError(_describe_no_table(member, ""))


def _choose_sheet(sheet: Sheet, names: str, table: OpenTable) -> Columns | None:
    """Choose the columns of a sheet that holds a kind of table, or what is left of one; others are passed over."""
    headings = find_headings(sheet, _LIKELY)
    kind = _match(headings, names)
    is_other = isinstance(kind, OpenTable) and kind is not table
    if is_other or len(find_columns(headings, table.kind)) < _FEWEST_OF_A_TABLE:
        return None
    return choose_open_columns(headings, table.kind, sheet.label)


def _describe_no_table(member: Member, more: str) -> str:
    return (
        f"{member.label}: is named like a table of the Home Office and holds none{more} whose headings are known. If "
        "the publisher changed the layout, the reader must be taught the new one first; otherwise use the file as "
        "published."
    )


_LIKELY = frozenset(
    {
        *OTHER_HEADINGS,
        *(heading for columns in COLUMNS.values() for heading in columns),
        *(heading for table in OPEN_TABLES for heading in read_vintages(table.kind).columns),
    }
)


def _find_files(members: Sequence[Member]) -> tuple[SourceFile, ...]:
    return tuple(SourceFile(SOURCE, file.member, file.headings, file.read) for file in find_home_office_files(members))


READER = Reader(
    source=SOURCE,
    publisher="Home Office",
    address="https://www.gov.uk/government/statistical-data-sets/police-recorded-crime-and-outcomes-open-data-tables",
    tables=TABLES,
    find_files=_find_files,
)
