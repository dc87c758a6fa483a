"""Published tables as data: columns, their headings in every vintage, what a cell may say, and what is there once.

A `Column` says what one column is, a `Table` what a table of them is. Reading one chooses its headings, reads the cells
strictly as text, checks them, gives them their types, and checks keys and rows. Every refusal is one sentence that
names the file and the row.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import pandas as pd
import pandera.pandas as pa

from shp_analysis.errors import SourceError
from shp_analysis.readers.deliveries import Member
from shp_analysis.readers.readers import Records, SourceFile, is_named_simulated
from shp_analysis.readers.strict_csv import check_records, read_headings, read_strict_csv

ADVICE = "Use the file as published."
WHOLE_NUMBERS = ("int64", "Int64")
NUMBERS = (*WHOLE_NUMBERS, "float64")


@dataclass(frozen=True)
class Column:
    r"""One column of a published table.

    Attributes
    ----------
    name : str
        Its tidy name.
    headings : tuple of str
        Every heading it has had, newest first; its name where left out.
    pattern : str
        What a whole cell is like.
    allowed : str
        The same in words.
    dtype : str
        The type of the tidy column. A number is made of the text once that is allowed: of `\d+`, never of "nan".
    limits : tuple of (float, float)
        The least and the greatest number that a cell may say.
    is_nullable : bool
        Whether a cell may be missing.
    is_in_every_vintage : bool
        Where False, a file without it is read, and the column is missing throughout.
    """

    name: str
    headings: tuple[str, ...] = ()
    pattern: str = r"\S.*"
    allowed: str = "some text"
    dtype: str = "str"
    limits: tuple[float, float] = (-math.inf, math.inf)
    is_nullable: bool = False
    is_in_every_vintage: bool = True

    @property
    def known_as(self) -> tuple[str, ...]:
        """Its headings, or its name where it has no other."""
        return self.headings or (self.name,)

    def as_schema(self, heading: str = "") -> pa.Column:
        """Give the rule for its text, with the heading that messages name."""
        check = pa.Check(self._are_allowed, name=f"is like {self.pattern}")
        title = heading or self.known_as[0]
        return pa.Column(str, check, nullable=self.is_nullable, title=title, description=self.allowed)

    def _are_allowed(self, cells: pd.Series) -> pd.Series:
        fits = cells.str.fullmatch(self.pattern)
        if self.dtype not in NUMBERS:
            return fits
        numbers = pd.to_numeric(cells.where(fits), errors="coerce")
        if self.dtype in WHOLE_NUMBERS:
            fits &= numbers % 1 == 0
        return fits & numbers.between(*self.limits)


@dataclass(frozen=True)
class Table:
    """A published table.

    Attributes
    ----------
    columns : tuple of Column
        In the order of the tidy table.
    key : tuple of str
        Tidy columns that no two rows have alike; none where left out.
    row_checks : mapping of str to callable
        What is wrong with a row, as its sentence goes on, and of a tidy frame which rows it is wrong with.
    row_name : tuple of str
        Tidy columns that say which row it is, for those sentences; the key where left out.
    fold : callable
        Turns a heading as it is written into the one that `columns` know it by.
    fewest_headings : int
        A file with so many known headings is of this table, so that a damaged one is refused and not passed over.
    """

    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    row_checks: Mapping[str, Callable[[pd.DataFrame], pd.Series]] = field(default_factory=dict)
    row_name: tuple[str, ...] = ()
    fold: Callable[[str], str] = str
    fewest_headings: int = 1

    @property
    def known_headings(self) -> set[str]:
        """Every heading that any column has had."""
        return {heading for column in self.columns for heading in column.known_as}

    def claims(self, headings: Iterable[str]) -> bool:
        """Say whether a file with some headings is of this table."""
        return len(self.known_headings & set(map(self.fold, headings))) >= self.fewest_headings

    def match(self, headings: Sequence[str]) -> dict[str, str]:
        """Pair headings with tidy names; a column that is missing stands under its newest heading."""
        written = {self.fold(heading): heading for heading in headings}
        return {
            next(
                (written[heading] for heading in column.known_as if heading in written), column.known_as[0]
            ): column.name
            for column in self.columns
            if column.is_in_every_vintage or set(column.known_as) & written.keys()
        }

    def read_content(self, content: bytes, label: str) -> pd.DataFrame:
        """Read the bytes of a CSV of this table.

        Returns
        -------
        pandas.DataFrame
            Tidy columns of their types, indexed by spreadsheet row.

        Raises
        ------
        SourceError
            Where the file is not what it says it is, a key is there twice, or a row contradicts itself.
        """
        headings = self.match(read_headings(content))
        return self.finish(read_strict_csv(content, headings, label), headings, label)

    def finish(self, frame: pd.DataFrame, headings: Mapping[str, str], label: str) -> pd.DataFrame:
        """Check and type a table of text, indexed by spreadsheet row, that was read under some headings."""
        if frame.empty:
            raise SourceError(f"{label}: has headings and no rows. Fetch the file again.")
        titles = {name: heading for heading, name in headings.items()}
        wanted = [column for column in self.columns if column.name in frame]
        schema = {column.name: column.as_schema(titles[column.name]) for column in wanted}
        frame = check_records(frame, pa.DataFrameSchema(schema, strict=True), label)
        if self.key:
            check_once(frame, list(self.key), label)
        numbers = {column.name: column.dtype for column in wanted if column.dtype in NUMBERS}
        frame = frame.astype(dict.fromkeys(numbers, "float64")).astype(numbers)
        frame = frame.reindex(columns=[column.name for column in self.columns])
        frame = frame.astype({column.name: column.dtype for column in self.columns if column not in wanted})
        for what, find in self.row_checks.items():
            self._refuse_row(frame, find(frame), what, label)
        return frame

    def read_records(self, name: str, member: Member) -> Iterator[Records]:
        """Read a CSV of this table as the records of one of a publisher's tables.

        Files have no place for a word of their own: a simulated one is known by its name.
        """
        frame = self.read_content(member.read(), member.label)
        yield Records(name, frame.reset_index(drop=True), is_named_simulated(member))

    def _refuse_row(self, frame: pd.DataFrame, wrong: pd.Series, what: str, label: str) -> None:
        refuse_first(
            frame,
            wrong,
            label,
            lambda row, count: (
                f" ({', '.join(str(frame.loc[row, name]) for name in self.row_name or self.key)}) {what} ({count:,} "
                "rows are so)"
            ),
        )


def find_csv_files(
    source: str,
    claims: Callable[[tuple[str, ...]], bool],
    read: Callable[[Member], Iterator[Records]],
    members: Sequence[Member],
) -> tuple[SourceFile, ...]:
    """Pick the CSVs out of a delivery whose headings a reader claims.

    Parameters
    ----------
    source : str
        The reader's.
    claims : callable
        Says of a file's headings whether it is one.
    read : callable
        Reads one.
    members : sequence of Member
    """
    csvs = (member for member in members if member.path.suffix.lower() == ".csv")
    files = ((member, read_headings(member.read_start())) for member in csvs)
    return tuple(
        SourceFile(source, member, headings, partial(read, member)) for member, headings in files if claims(headings)
    )


def refuse_first(
    frame: pd.DataFrame, wrong: pd.Series, label: str, say: Callable[[int, int], str], advice: str = ADVICE
) -> None:
    """Refuse a table with the first of its rows that are wrong.

    Parameters
    ----------
    frame : pandas.DataFrame
        Indexed by spreadsheet row.
    wrong : pandas.Series of bool
        One value a row; a missing one is not wrong.
    label : str
        How messages name the table.
    say : callable
        Continues the sentence `file.csv: row 7` from the first row that is wrong and the number of such rows.
    advice : str
        What to do.

    Raises
    ------
    SourceError
        Where any row is wrong.
    """
    rows = frame.index[wrong.fillna(value=False).to_numpy(dtype=bool)]
    if len(rows):
        raise SourceError(f"{label}: row {rows[0]}{say(rows[0], len(rows))}. {advice}")


def refuse_cell(
    frame: pd.DataFrame,
    wrong: pd.Series,
    column: str,
    label: str,
    allowed: str,
    *,
    heading: str = "",
    advice: str = ADVICE,
) -> None:
    """Refuse a table with the first cell of a column that is wrong, as `refuse_first`.

    Parameters
    ----------
    allowed : str
        What the cell may say.
    heading : str
        The publisher's heading; the tidy name where left out.
    """
    refuse_first(
        frame,
        wrong,
        label,
        lambda row, _: f", column '{heading or column}' says {_quote(frame[column][row])}; allowed: {allowed}",
        advice,
    )


def _quote(cell: object) -> str:
    return "nothing" if pd.isna(cell) else repr(cell)  # type: ignore[call-overload]


def check_once(frame: pd.DataFrame, keys: Sequence[str], label: str) -> None:
    """Refuse two rows of one key."""
    refuse_first(
        frame,
        frame.duplicated(list(keys)),
        label,
        lambda row, count: (
            f": {' and '.join(repr(frame.loc[row, key]) for key in keys)} is there already ({count:,} of "
            f"{len(frame):,} rows are so)"
        ),
    )
