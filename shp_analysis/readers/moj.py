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
from pathlib import Path

import pandas as pd

from shp_analysis.errors import PeriodError, SourceError
from shp_analysis.readers.deliveries import Member, open_delivery
from shp_analysis.readers.readers import Frequency, Reader, Records, RecordTable, SourceFile, read_code_table
from shp_analysis.readers.sheet_starts import read_sheet_starts
from shp_analysis.readers.strict_sheet import Sheet, find_headings, fold_heading
from shp_analysis.readers.table_files import CSV, SHEETS, Columns, Table, read_start_headings, read_tables
from shp_analysis.readers.table_files import says_simulated_file as says_simulated
from shp_analysis.reference.period_spellings import MONTHS_IN_YEAR, first_day, read_spellings

SOURCE = "moj"
COUNTS = ("offenders", "reoffenders", "reoffences")
RATES = ("percent", "per_reoffender", "per_offender")
MARKS = frozenset({"cohort", "area_name", "offenders", "reoffenders"})
"""What a table of reoffending by area has, and no other."""
ALL = "all"

_NOTE_MARK = re.compile(r"\s*(\[note \d+\]|\(\d\))", re.IGNORECASE)
_SHORT_YEARS = re.compile(
    r"(?P<first>[a-z]{3,9}) ?(?P<one>\d{2}) ?(?:-|to|–) ?(?P<last>[a-z]{3,9}) ?(?P<two>\d{2})", re.I
)
_TWELVE_MONTHS = ("calendar year", "financial year", "year ending")
_ADVICE = "Use the file as published."


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
            message = f"{label}: the columns '{twin}' and '{heading}' are the same under two names. {_ADVICE}"
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
    read = {cell: _read_cohort(cell) for cell in cells.unique()}
    wrong = next((cell for cell, first in read.items() if first is None), "")
    if wrong != "":
        row = cells.index[cells.isna() if pd.isna(wrong) else cells == wrong][0]
        message = (
            f"{label}: row {row}, column 'Cohort' says {'nothing' if pd.isna(wrong) else repr(wrong)}; allowed: twelve "
            f"months, like April 2021 to March 2022. Cohorts of three months are another table. {_ADVICE}"
        )
        raise SourceError(message)
    firsts = {cell: first for cell, first in read.items() if first is not None}
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


__all__ = ["ADDRESS", "LICENCE", "PUBLISHER", "READER", "SOURCE", "TIDY_COLUMNS", "read_reoffending"]

PUBLISHER = "Ministry of Justice"
ADDRESS = "https://www.gov.uk/government/collections/proven-reoffending-statistics"
LICENCE = "Open Government Licence v3.0"
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


def read_reoffending(path: Path) -> pd.DataFrame:
    """Read proven reoffending by local authority.

    Parameters
    ----------
    path : Path
        A CSV or workbook, or a zip or folder of them; other files are passed over.

    Returns
    -------
    pandas.DataFrame
        One row is one cohort, area, age group and sex: `TIDY_COLUMNS`. Counts are Int64. `age_group` is `adults`,
        `children` or `all`, `sex` `women`, `men` or `all`. `geography` says what the area is.

    Raises
    ------
    SourceError
        Where no file holds the table, or one is not what it says it is.
    """
    with open_delivery(path) as members:
        frames = [frame for file in _find_files(members) for frame in _read_member(file.member)]
    if not frames:
        raise SourceError(f"{path}: holds no table of reoffending by area. Check the path, or fetch it from {ADDRESS}.")
    return pd.concat(frames, ignore_index=True)


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
            f"none: use its CSV as published at {ADDRESS}. {_ADVICE}"
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
    _check_repeats(frame, label)
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
    spellings = {
        row["spelling"].casefold(): row["group"]
        for row in read_code_table(SOURCE, "groups.csv")
        if row["column"] == column
    }
    found = {cell: ALL if pd.isna(cell) else spellings.get(cell.strip().casefold()) for cell in cells.unique()}
    wrong = next((cell for cell, group in found.items() if group is None), None)
    if wrong is not None:
        raise SourceError(
            f"{label}: row {cells.index[cells == wrong][0]}, column '{read_present_headings()[column]}' says "
            f"{wrong!r}; allowed: a group of the list reference/moj/groups.csv. {_ADVICE}"
        )
    return cells.map(found).fillna(ALL).astype("str")


def _place(frame: pd.DataFrame, label: str) -> pd.DataFrame:
    """Give every area its code and say what it is."""
    names = frame["area_name"]
    nameless = names.index[~names.str.contains("[A-Za-z]{3}", regex=True, na=False).astype(bool)]
    if len(nameless):
        cell = names[nameless[0]]
        said = "nothing" if pd.isna(cell) else repr(cell)
        raise SourceError(
            f"{label}: row {nameless[0]}, column 'Local authority' says {said}; allowed: a name. {_ADVICE}"
        )
    known = names.map({name: _authorities().get(_fold(name)) for name in names.unique()}).astype("str")
    code = frame["area_code"].where(frame["area_code"].notna(), known)
    wrong = frame.index[(known.notna() & (code != known)).to_numpy(dtype=bool)]
    if len(wrong):
        raise SourceError(
            f"{label}: row {wrong[0]} says {code[wrong[0]]!r} for {names[wrong[0]]!r}, whose code is "
            f"{known[wrong[0]]}. {_ADVICE}"
        )
    unplaced = names[code.isna()].unique()
    if len(unplaced) > MOST_UNPLACED_AUTHORITIES * names.nunique():
        raise SourceError(
            f"{label}: row {names.index[names == unplaced[0]][0]}, column 'Local authority' says {unplaced[0]!r}, "
            f"which is no authority known here, and so are {len(unplaced):,} of {names.nunique():,} names. {_ADVICE}"
        )
    told = frame["geography"].str.strip().str.casefold()
    by_code = code.str[:3].map(_GEOGRAPHIES).astype("str").fillna(LOCAL_AUTHORITY)
    return frame.assign(area_code=code.astype("str"), geography=told.where(told.notna(), by_code).astype("str"))


def _count(frame: pd.DataFrame, label: str) -> pd.DataFrame:
    """Read the counts into whole numbers, with the reason where one is missing."""
    marks = {row["mark"]: row["value_note"] for row in read_code_table(SOURCE, "value_marks.csv")}
    notes = pd.Series(pd.NA, index=frame.index, dtype="str")
    numbers = {}
    for column in COUNTS:
        cells = frame[column].str.strip().str.casefold()
        is_mark = cells.isin(marks)
        plain = cells.str.fullmatch(_NUMBER).fillna(value=False).astype(bool)
        wrong = frame.index[~(plain | is_mark)]
        if len(wrong):
            cell = frame.loc[wrong[0], column]
            raise SourceError(
                f"{label}: row {wrong[0]}, column '{read_present_headings()[column]}' says "
                f"{'nothing' if pd.isna(cell) else repr(cell)}; allowed: a whole number, or one of {', '.join(marks)}. "
                f"{_ADVICE}"
            )
        numbers[column] = cells.where(plain).astype("Int64")
        notes = notes.where(notes.notna(), cells.map(marks))
    return frame.assign(**numbers, value_note=notes.astype("str"))


def _check_counts(frame: pd.DataFrame, label: str) -> None:
    """Refuse more reoffenders than offenders, and fewer reoffences than reoffenders."""
    for fewer, more in (("reoffenders", "offenders"), ("reoffenders", "reoffences")):
        wrong = frame.index[(frame[fewer] > frame[more]).fillna(value=False)]
        if len(wrong):
            row = frame.loc[wrong[0]]
            raise SourceError(
                f"{label}: row {wrong[0]} ({row['area_name']}) has {row[fewer]:,} {fewer} and only {row[more]:,} "
                f"{more}. {_ADVICE}"
            )


def _check_repeats(frame: pd.DataFrame, label: str) -> None:
    keys = _WHO
    repeated = frame.index[frame.duplicated(keys)]
    if len(repeated):
        words = ", ".join(map(str, frame.loc[repeated[0], keys]))
        raise SourceError(
            f"{label}: row {repeated[0]} ({words}) is there twice, and so are {len(repeated) - 1:,} more. {_ADVICE}"
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
                f"{first['whole']:,}. Rows are missing or were changed. {_ADVICE}"
            )


def _rate(frame: pd.DataFrame, column: str, counts: tuple[str, str], label: str, scale: int = 1) -> pd.Series:
    """Read a published rate and hold it against its counts, to the digits that it was written with."""
    cells = frame[column].str.strip()
    found = cells.str.extract(_DECIMAL.pattern)["decimals"]
    plain = cells.str.fullmatch(_DECIMAL).fillna(value=False).astype(bool)
    marks = {row["mark"] for row in read_code_table(SOURCE, "value_marks.csv")}
    odd = frame.index[cells.notna() & ~plain & ~cells.str.casefold().isin(marks)]
    heading = read_present_headings()[column]
    if len(odd):
        raise SourceError(
            f"{label}: row {odd[0]}, column '{heading}' says {cells[odd[0]]!r}; allowed: a number. {_ADVICE}"
        )
    written = cells.where(plain).astype("float64")
    top, bottom = (frame[count].astype("float64") for count in counts)
    expected = scale * top / bottom.where(bottom > 0)
    slack = 0.5 * 10.0 ** -found.str.len().fillna(0).astype("float64") + _SLACK
    is_fraction = (scale > 1) & ((written - expected / scale).abs() <= slack) & ((written - expected).abs() > slack)
    written = written.where(~is_fraction, written * scale)
    wrong = frame.index[(~is_fraction & ((written - expected).abs() > slack)).to_numpy(dtype=bool)]
    if len(wrong):
        row = wrong[0]
        raise SourceError(
            f"{label}: row {row} ({frame.loc[row, 'area_name']}), column '{heading}' says {cells[row]}, and its "
            f"counts, {top[row]:,.0f} of {bottom[row]:,.0f}, make {expected[row]:.3f}. {_ADVICE}"
        )
    return written


def _note_rates(frame: pd.DataFrame) -> pd.Series:
    """Say why a rate is missing where its table has rates and no count was missing before it."""
    marks = {row["mark"]: row["value_note"] for row in read_code_table(SOURCE, "value_marks.csv")}
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
    source=SOURCE, publisher=PUBLISHER, address=ADDRESS, licence=LICENCE, tables=(TABLE,), find_files=_find_files
)
