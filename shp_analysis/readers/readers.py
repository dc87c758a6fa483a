"""Telling files of the simulated borough from published ones, by what they say of themselves.

A file says so in a column of free text, a note or a sheet. Where a publisher's CSV has no place for a word of its own,
its name begins `simulated-`.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

import pandas as pd
import pyarrow as arrow

from shp_analysis.errors import RequestError
from shp_analysis.readers.deliveries import Member
from shp_analysis.reference.periods import CalendarYear, FinancialYear, Month, Period, Quarter

SIMULATED_MARK = "Simulated"
"""The simulated borough writes this word into every file, in a column of free text or into its notes."""


class Frequency(StrEnum):
    """How long one part of a table is: the slice that a later release replaces."""

    MONTH = "month"
    QUARTER = "quarter"
    CALENDAR_YEAR = "calendar year"
    FINANCIAL_YEAR = "financial year"
    WINDOW = "window"
    SNAPSHOT = "snapshot"

    @property
    def period_kind(self) -> type[Period] | None:
        """The kind of period that a part is; None for windows, which overlap, and for states, which have no length."""
        return _PERIOD_KINDS[self]

    def read_period(self, label: str) -> Period:
        """Read a part's label, such as `2024-25-Q1`, of a table whose parts follow one another.

        Raises
        ------
        RequestError
            Where the label is of no such period, or the parts do not follow one another.
        """
        if self.period_kind is None:
            raise RequestError(f"{label} is a {self} and no month, quarter or year.")
        return self.period_kind(label)


_PERIOD_KINDS: Mapping[Frequency, type[Period] | None] = {
    Frequency.MONTH: Month,
    Frequency.QUARTER: Quarter,
    Frequency.CALENDAR_YEAR: CalendarYear,
    Frequency.FINANCIAL_YEAR: FinancialYear,
    Frequency.WINDOW: None,
    Frequency.SNAPSHOT: None,
}

UNIT_SEPARATOR = "|"
"""Stands between the values of a table's unit columns where they are written as one text."""


@dataclass(frozen=True)
class RecordTable:
    """One tidy table that a reader fills.

    A released file consists of parts. A part is what a later release replaces whole: a force's month, a year of road
    casualties, an indicator's three-year window. The newest release of a part is the one that answers.

    Attributes
    ----------
    name : str
        `<source>_<what>`: `police_uk_street`, `stats19_casualty`.
    frequency : Frequency
        How long a part is. Windows may overlap; a snapshot is a state on a day and has no length.
    period_column : str
        Text column with the part's period: `2024-01`, `2024-25-Q1`, `2024`, `2024-25`, `2016-18`; for snapshots what
        the state is of, such as an edition.
    unit_columns : tuple of str
        Text columns that say whose part it is: a force, an indicator, an organisation. Empty where the publisher
        releases all of a period together.
    key_columns : tuple of str
        Columns that say what one figure is of, where the same figure may be in several parts under other names for its
        unit: then the newest release that has it answers, whatever part it is in. Empty for every other table.
    value_columns : tuple of str
        With key columns: what must agree where one file has a figure more than once.
    """

    name: str
    frequency: Frequency
    period_column: str
    unit_columns: tuple[str, ...] = ()
    key_columns: tuple[str, ...] = ()
    value_columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Records:
    """Tidy, validated records of one table from one file: all of them, or a piece.

    Attributes
    ----------
    table : str
        Name of the `RecordTable`.
    frame : pandas.DataFrame or pyarrow.Table
        Every piece of a table has the same columns and types.
    is_simulated : bool
        Whether the file says of itself that it was generated.
    parts : tuple of (unit, period)
        Parts that the file delivers by its name, so that a month in which nothing happened counts as delivered. Other
        parts are those of the rows. Several unit columns are joined with `UNIT_SEPARATOR`.
    """

    table: str
    frame: pd.DataFrame | arrow.Table
    is_simulated: bool = False
    parts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class SourceFile:
    """One file that a reader recognised in a delivery; its rows are not yet read.

    Attributes
    ----------
    source : str
        The reader's.
    member : Member
    headings : tuple of str
        The publisher's own headings, as in the file, sheet by sheet (`Cases: Area Name`); empty where not known yet.
        They are kept, so that a release with other columns than the last is told.
    read : callable
        Gives the records piece by piece; raises `SourceError` where the file is not what it says it is.
    """

    source: str
    member: Member
    headings: tuple[str, ...]
    read: Callable[[], Iterator[Records]]


@dataclass(frozen=True)
class Reader:
    """One publisher's reader, as the store sees it.

    Attributes
    ----------
    source : str
        Short name: `police_uk`. Also the folder of its raw files.
    publisher, address, licence : str
        As printed beside figures.
    tables : tuple of RecordTable
    find_files : callable
        Picks its own files out of an opened delivery without reading their rows; none where there are none. Raises
        `SourceError` only for a file that is clearly its own and cannot be used.
    knows_by_name : bool
        Whether it tells its files by their names, unopened.
    """

    source: str
    publisher: str
    address: str
    tables: tuple[RecordTable, ...]
    find_files: Callable[[Sequence[Member]], tuple[SourceFile, ...]]
    knows_by_name: bool = False
    licence: str = "Open Government Licence v3.0"

    def table(self, name: str) -> RecordTable:
        """Give one of its tables by name."""
        return next(table for table in self.tables if table.name == name)


@cache
def read_code_table(source: str, name: str) -> tuple[Mapping[str, str], ...]:
    """Read one code list.

    Parameters
    ----------
    source : str
        The publisher's folder under `reference`, such as `"safelives"`.
    name : str
        The file's name, such as `"areas.csv"`.

    Returns
    -------
    tuple of mapping of str to str
        Its rows in order, each by column name; an empty cell is empty text.
    """
    text = (files("shp_analysis.reference") / source / name).read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def read_code_map(source: str, name: str, key: str, value: str, **where: str) -> dict[str, str]:
    """Read one code list as one of its columns by another.

    Parameters
    ----------
    source, name : str
        As `read_code_table`.
    key, value : str
        Its columns.
    **where : str
        Columns with the one cell that is wanted of each; every row where left out.
    """
    rows = (row for row in read_code_table(source, name) if all(row[column] == cell for column, cell in where.items()))
    return {row[key]: row[value] for row in rows}


def read_value_marks(source: str, name: str = "value_marks.csv") -> dict[str, str]:
    """Give what may stand in place of a figure in a publisher's tables, with its meaning."""
    return read_code_map(source, name, "mark", "value_note")


SIMULATED_NAME = f"{SIMULATED_MARK.lower()}-"
"""How the name of a simulated file begins where its format has no place for the word."""


def says_simulated(frame: pd.DataFrame, columns: Iterable[str]) -> bool:
    """Say whether any cell of some text columns holds the mark."""
    return any(
        bool(frame[column].astype("str").str.contains(SIMULATED_MARK, regex=False, na=False).any())
        for column in columns
    )


def is_named_simulated(member: Member) -> bool:
    """Say whether a file's name begins with the mark."""
    return member.path.name.lower().startswith(SIMULATED_NAME)
