"""Ministry of Justice: proven reoffending by local authority, in cohorts of twelve months.

Published every quarter under the Open Government Licence v3.0 at https://www.gov.uk/government/collections/
proven-reoffending-statistics: offenders who were cautioned, convicted or released in twelve months, and those of them
who were proven to have offended again within a year. What the tables do, and what is done:

- They are old when they come out: a year to offend again, half a year for the courts, and the release. A figure says
  its cohort (`period`, `first_month`, `last_month`) and never the quarter it was published in.
- Every quarter brings a cohort that shares nine months with the last. Overlapping cohorts are no series to be tested.
- The percentage is held against the counts, to the digits that it was written with; so are the averages. A percentage
  that a spreadsheet kept as a fraction (0.253) is taken as 25.3 where the counts say that it is.
- Adults and children must add up to all, where a table has the three. England and Wales is more than the sum of its
  authorities, because some offenders have no known address: that is not held against them.
- A suppressed figure is missing, with the reason in `value_note`. From October 2015 the cohort is found in another way:
  older rates are not compared with newer ones.

No file was at hand. The columns are those that the bulletin's tables and its older CSV files describe, with likely
spellings: `reference/moj/headings.csv` says which is which, and any other heading is refused. The interactive data tool
is no table and is refused; its CSV (`PRSQ_Geographic_data_….csv`) is what is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, partial

import pandas as pd

from shp_analysis.errors import PeriodError, SourceError
from shp_analysis.readers.deliveries import Member
from shp_analysis.readers.readers import (
    Frequency,
    Reader,
    Records,
    RecordTable,
    SourceFile,
    read_code_map,
    read_code_table,
    read_value_marks,
)
from shp_analysis.readers.sheet_starts import read_sheet_starts
from shp_analysis.readers.strict_sheet import Sheet, find_headings, fold_heading
from shp_analysis.readers.table_files import CSV, SHEETS, Columns, Table, read_start_headings, read_tables
from shp_analysis.readers.table_files import says_simulated_file as says_simulated
from shp_analysis.readers.tables import ADVICE, check_once, refuse_cell, refuse_first
from shp_analysis.reference.period_spellings import MONTHS_IN_YEAR, first_day, read_spellings

SOURCE = "moj"
COUNTS = ("offenders", "reoffenders", "reoffences")
MARKS = frozenset({"cohort", "area_name", "offenders", "reoffenders"})
"""What a table of reoffending by area has, and no other."""
ALL = "all"

_NOTE_MARK = re.compile(r"\s*(\[note \d+\]|\(\d\))", re.IGNORECASE)
_SHORT_YEARS = re.compile(
    r"(?P<first>[a-z]{3,9}) ?(?P<one>\d{2}) ?(?:-|to|–) ?(?P<last>[a-z]{3,9}) ?(?P<two>\d{2})", re.I
)
_TWELVE_MONTHS = ("calendar year", "financial year", "year ending")


def fold_column(heading: str) -> str:
    """Fold a heading for comparison: as `fold_heading`, without the mark of a note."""
    return _NOTE_MARK.sub("", fold_heading(heading)).strip()


@cache
def read_columns() -> Mapping[str, str]:
    """Give every folded heading with its tidy name."""
    return {fold_column(row["heading"]): row["column"] for row in read_code_table(SOURCE, "headings.csv")}


@cache
def read_present_headings() -> Mapping[str, str]:
    """Give the heading of every tidy name that a table of today is taken to have."""
    headings: dict[str, str] = {}
    for row in read_code_table(SOURCE, "headings.csv"):
        headings.setdefault(row["column"], row["heading"])
    return headings


def find_columns(found: Sequence[str]) -> frozenset[str]:
    """Give the tidy names of those headings that are known."""
    columns = read_columns()
    return frozenset(columns[fold_column(heading)] for heading in found if fold_column(heading) in columns)


def choose_columns(found: Sequence[str], label: str) -> dict[str, str]:
    """Choose the tidy name of every heading found, whichever vintage it is of.

    Raises
    ------
    SourceError
        Where two headings are the same column under two names.
    """
    columns, chosen = read_columns(), dict[str, str]()
    for heading in found:
        tidy = columns.get(fold_column(heading))
        twin = next((other for other, name in chosen.items() if name == tidy and other != heading), None)
        if twin is not None:
            message = f"{label}: the columns '{twin}' and '{heading}' are the same under two names. {ADVICE}"
            raise SourceError(message)
        if tidy is not None:
            chosen[heading] = tidy
    rows = read_code_table(SOURCE, "headings.csv")
    required = {row["column"] for row in rows if row["need"] == "required"}
    missing = required - set(chosen.values())
    return chosen | {heading: tidy for tidy, heading in read_present_headings().items() if tidy in missing}


def read_cohorts(cells: pd.Series, label: str) -> pd.DataFrame:
    """Read the months that each cohort's offenders were cautioned, convicted or released in.

    Parameters
    ----------
    cells : pandas.Series
        `April 2021 to March 2022`, `Apr 2021 - Mar 2022`, `Apr13-Mar14` or `2021/22`, by spreadsheet row.
    label : str

    Returns
    -------
    pandas.DataFrame
        Text: `period` (`year-ending-2022-03`), `first_month` and `last_month` (`2021-04`, `2022-03`).

    Raises
    ------
    SourceError
        Where a cohort is not of twelve months.
    """
    firsts = {cell: first for cell in cells.unique() if (first := _read_cohort(cell)) is not None}
    refuse_cell(
        cells.to_frame(),
        ~cells.isin(firsts),
        str(cells.name),
        label,
        "twelve months, like April 2021 to March 2022. Cohorts of three months are another table",
        heading="Cohort",
    )
    lasts = {cell: f"{first_day(first + MONTHS_IN_YEAR - 1):%Y-%m}" for cell, first in firsts.items()}
    return pd.DataFrame(
        {
            "period": cells.map({cell: f"year-ending-{last}" for cell, last in lasts.items()}).astype("str"),
            "first_month": cells.map({cell: f"{first_day(first):%Y-%m}" for cell, first in firsts.items()}).astype(
                "str"
            ),
            "last_month": cells.map(lasts).astype("str"),
        }
    )


def _read_cohort(cell: object) -> int | None:
    """Give the number of a cohort's first month; None where the text is no twelve months."""
    if not isinstance(cell, str):
        return None
    short = _SHORT_YEARS.fullmatch(cell.strip())
    text = f"{short['first']} 20{short['one']} to {short['last']} 20{short['two']}" if short else cell
    try:
        readings = read_spellings(text)
    except PeriodError:
        return None
    firsts = {reading.first for reading in readings if reading.kind in _TWELVE_MONTHS}
    return firsts.pop() if len(firsts) == 1 else None


ADDRESS = "https://www.gov.uk/government/collections/proven-reoffending-statistics"
TABLE = RecordTable("moj_reoffending", Frequency.WINDOW, "period")

TIDY_COLUMNS = (
    "period",
    "first_month",
    "last_month",
    "geography",
    "area_code",
    "area_name",
    "age_group",
    "sex",
    "offenders",
    "reoffenders",
    "reoffences",
    "reoffenders_percent",
    "reoffences_per_reoffender",
    "reoffences_per_offender",
    "value_note",
)
LOCAL_AUTHORITY = "local authority"
MOST_UNPLACED_AUTHORITIES = 0.35
"""Counties are not in the list of districts and get no code from it; more such names than these are a misreading."""
_SLACK = 1e-6
_NAMED = re.compile(r"prsq.*geograph|proven.?re-?offending.*(?:geograph|local.?authorit|by.?la\b)", re.IGNORECASE)
_NUMBER = re.compile(r"\d{1,8}")
_DECIMAL = re.compile(r"\d{1,6}(?:\.(?P<decimals>\d+))?")
_GEOGRAPHIES = {
    "E12": "region",
    "E23": "police force area",
    "W15": "police force area",
    "E92": "country",
    "W92": "country",
}


def _find_files(members: Sequence[Member]) -> tuple[SourceFile, ...]:
    files = []
    for member in members:
        if member.path.name.lower().endswith((*CSV, *SHEETS)):
            headings = next((found for found in _list_headings(member) if find_columns(found) >= MARKS), ())
            if headings or _NAMED.search(member.path.name):
                files.append(SourceFile(SOURCE, member, headings, partial(_read, member)))
    return tuple(files)


def _list_headings(member: Member) -> Iterator[tuple[str, ...]]:
    if member.path.name.lower().endswith(CSV):
        yield read_start_headings(member)
    else:
        yield from (find_headings(sheet, read_columns()) for sheet in read_sheet_starts(member))


def _read(member: Member) -> Iterator[Records]:
    is_simulated = says_simulated(member)
    for frame in _read_member(member):
        yield Records(TABLE.name, frame, is_simulated)


def _read_member(member: Member) -> Iterator[pd.DataFrame]:
    is_read = False
    seen: set[tuple[str, ...]] = set()
    for table in read_tables(member, choose_columns, lambda sheet, _: _choose_sheet(sheet)):
        is_read = True
        frame = _finish(table)
        rows = set(frame[_WHO].itertuples(index=False, name=None))
        if seen & rows:
            what = ", ".join(map(str, min(seen & rows)))
            raise SourceError(f"{table.label}: {what} is also in another sheet of the file. Keep one of the two.")
        seen |= rows
        yield frame
    if not is_read:
        message = (
            f"{member.label}: holds no table with the columns {', '.join(sorted(MARKS))}. The interactive data tool is "
            f"none: use its CSV as published at {ADDRESS}. {ADVICE}"
        )
        raise SourceError(message)


def _choose_sheet(sheet: Sheet) -> Columns | None:
    headings = find_headings(sheet, read_columns())
    return choose_columns(headings, sheet.label) if find_columns(headings) >= MARKS else None


def _finish(table: Table) -> pd.DataFrame:
    label = table.label
    frame = table.frame[[column for column in table.frame if not str(column).startswith("left_")]]
    if frame.empty:
        raise SourceError(f"{label}: has headings and no rows. Fetch the file again.")
    absent = [column for column in read_present_headings() if column not in frame and not column.startswith("left_")]
    frame = frame.assign(**{column: pd.Series(pd.NA, index=frame.index, dtype="str") for column in absent})
    frame = frame.assign(**{column: read_cohorts(frame["cohort"], label)[column] for column in _COHORT})
    frame = frame.assign(
        age_group=_spell_groups(frame["age_group"], "age_group", label),
        sex=_spell_groups(frame["sex"], "sex", label),
    )
    frame = _place(frame, label)
    frame = _count(frame, label)
    _check_counts(frame, label)
    check_once(frame, _WHO, label)
    _check_ages(frame, label)
    frame = frame.assign(value_note=_note_rates(frame))
    tidy = frame.assign(
        reoffenders_percent=_rate(frame, "percent", ("reoffenders", "offenders"), label, scale=100),
        reoffences_per_reoffender=_rate(frame, "per_reoffender", ("reoffences", "reoffenders"), label),
        reoffences_per_offender=_rate(frame, "per_offender", ("reoffences", "offenders"), label),
    )
    return tidy[list(TIDY_COLUMNS)].reset_index(drop=True)


_COHORT = ("period", "first_month", "last_month")
_WHO = ["period", "geography", "area_name", "age_group", "sex"]


def _spell_groups(cells: pd.Series, column: str, label: str) -> pd.Series:
    groups = read_code_map(SOURCE, "groups.csv", "spelling", "group", column=column)
    spellings = {spelling.casefold(): group for spelling, group in groups.items()}
    found = cells.str.strip().str.casefold().map(spellings).mask(cells.isna(), ALL)
    refuse_cell(
        cells.to_frame(),
        found.isna(),
        column,
        label,
        "a group of the list reference/moj/groups.csv",
        heading=read_present_headings()[column],
    )
    return found.astype("str")


def _place(frame: pd.DataFrame, label: str) -> pd.DataFrame:
    """Give every area its code and say what it is."""
    names = frame["area_name"]
    is_name = names.str.contains("[A-Za-z]{3}", regex=True, na=False).astype(bool)
    refuse_cell(frame, ~is_name, "area_name", label, "a name", heading="Local authority")
    known = names.map({name: _authorities().get(_fold(name)) for name in names.unique()}).astype("str")
    code = frame["area_code"].where(frame["area_code"].notna(), known)
    refuse_first(
        frame,
        known.notna() & (code != known),
        label,
        lambda row, _: f" says {code[row]!r} for {names[row]!r}, whose code is {known[row]}",
    )
    unplaced = names[code.isna()].unique()
    if len(unplaced) > MOST_UNPLACED_AUTHORITIES * names.nunique():
        raise SourceError(
            f"{label}: row {names.index[names == unplaced[0]][0]}, column 'Local authority' says {unplaced[0]!r}, "
            f"which is no authority known here, and so are {len(unplaced):,} of {names.nunique():,} names. {ADVICE}"
        )
    told = frame["geography"].str.strip().str.casefold()
    by_code = code.str[:3].map(_GEOGRAPHIES).astype("str").fillna(LOCAL_AUTHORITY)
    return frame.assign(area_code=code.astype("str"), geography=told.where(told.notna(), by_code).astype("str"))


def _count(frame: pd.DataFrame, label: str) -> pd.DataFrame:
    """Read the counts into whole numbers, with the reason where one is missing."""
    marks = read_value_marks(SOURCE)
    notes = pd.Series(pd.NA, index=frame.index, dtype="str")
    numbers = {}
    for column in COUNTS:
        cells = frame[column].str.strip().str.casefold()
        is_mark = cells.isin(marks)
        plain = cells.str.fullmatch(_NUMBER).fillna(value=False).astype(bool)
        allowed = f"a whole number, or one of {', '.join(marks)}"
        refuse_cell(frame, ~(plain | is_mark), column, label, allowed, heading=read_present_headings()[column])
        numbers[column] = cells.where(plain).astype("Int64")
        notes = notes.where(notes.notna(), cells.map(marks))
    return frame.assign(**numbers, value_note=notes.astype("str"))


def _check_counts(frame: pd.DataFrame, label: str) -> None:
    """Refuse more reoffenders than offenders, and fewer reoffences than reoffenders."""
    for more in ("offenders", "reoffences"):
        _check_fewer(frame, "reoffenders", more, label)


def _check_fewer(frame: pd.DataFrame, fewer: str, more: str, label: str) -> None:
    refuse_first(
        frame,
        frame[fewer] > frame[more],
        label,
        lambda row, _: (
            f" ({frame['area_name'][row]}) has {frame[fewer][row]:,} {fewer} and only {frame[more][row]:,} {more}"
        ),
    )


def _check_ages(frame: pd.DataFrame, label: str) -> None:
    """Hold all ages against adults and children, where all three are there."""
    keys = ["period", "geography", "area_name", "sex"]
    groups = {group: part.set_index(keys)[list(COUNTS)] for group, part in frame.groupby("age_group")}
    if not {"adults", "children", ALL} <= set(groups):
        return
    sums = groups["adults"] + groups["children"]
    for count in COUNTS:
        both = pd.DataFrame({"parts": sums[count], "whole": groups[ALL][count]}).dropna()
        wrong = both[both["parts"] != both["whole"]]
        if len(wrong):
            where, first = ", ".join(map(str, wrong.index[0])), wrong.iloc[0]
            raise SourceError(
                f"{label}: {where}: adults and children have {first['parts']:,} {count}, and all ages "
                f"{first['whole']:,}. Rows are missing or were changed. {ADVICE}"
            )


def _rate(frame: pd.DataFrame, column: str, counts: tuple[str, str], label: str, scale: int = 1) -> pd.Series:
    """Read a published rate and hold it against its counts, to the digits that it was written with."""
    cells = frame[column].str.strip()
    found = cells.str.extract(_DECIMAL.pattern)["decimals"]
    plain = cells.str.fullmatch(_DECIMAL).fillna(value=False).astype(bool)
    is_odd = cells.notna() & ~plain & ~cells.str.casefold().isin(read_value_marks(SOURCE))
    heading = read_present_headings()[column]
    refuse_cell(cells.to_frame(), is_odd, column, label, "a number", heading=heading)
    written = cells.where(plain).astype("float64")
    top, bottom = (frame[count].astype("float64") for count in counts)
    expected = scale * top / bottom.where(bottom > 0)
    slack = 0.5 * 10.0 ** -found.str.len().fillna(0).astype("float64") + _SLACK
    is_fraction = (scale > 1) & ((written - expected / scale).abs() <= slack) & ((written - expected).abs() > slack)
    written = written.where(~is_fraction, written * scale)
    refuse_first(
        frame,
        ~is_fraction & ((written - expected).abs() > slack),
        label,
        lambda row, _: (
            f" ({frame['area_name'][row]}), column '{heading}' says {cells[row]}, and its counts, {top[row]:,.0f} of "
            f"{bottom[row]:,.0f}, make {expected[row]:.3f}"
        ),
    )
    return written


def _note_rates(frame: pd.DataFrame) -> pd.Series:
    """Say why a rate is missing where its table has rates and no count was missing before it."""
    marks = read_value_marks(SOURCE)
    notes = frame["value_note"]
    for column in ("percent", "per_reoffender", "per_offender"):
        if frame[column].notna().any():
            cells = frame[column].str.strip().str.casefold()
            notes = notes.where(notes.notna(), cells.map(marks).mask(cells.isna(), "blank in the file"))
    return notes.astype("str")


def _fold(name: str) -> str:
    words = re.sub(r"[.,'’]", "", name.casefold().replace("&", " and ")).split()
    return " ".join(word for word in words if word not in {"the", "city", "county", "of", "borough", "upon"})


@cache
def _authorities() -> dict[str, str]:
    rows = read_code_table(".", "local_authorities.csv")
    return {_fold(row["local_authority_name"]): row["local_authority_code"] for row in rows}


READER = Reader(
    source=SOURCE, publisher="Ministry of Justice", address=ADDRESS, tables=(TABLE,), find_files=_find_files
)
