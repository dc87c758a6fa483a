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

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, partial

import pandas as pd
import pandera.pandas as pa

from shp_analysis.errors import PeriodError, SourceError
from shp_analysis.readers.deliveries import Member
from shp_analysis.readers.personal_data import check_cells, check_headings
from shp_analysis.readers.readers import (
    SIMULATED_MARK,
    Frequency,
    Reader,
    Records,
    RecordTable,
    SourceFile,
    read_code_table,
)
from shp_analysis.readers.strict_csv import (
    check_lengths,
    check_records,
    read_headings,
    read_strict_csv,
    repair_encoding,
)
from shp_analysis.reference.areas import read_forces
from shp_analysis.reference.periods import Month

SOURCE = "local_incidents"
TABLE = "local_incidents"
FLAGS = ("alcohol", "drugs", "domestic_abuse", "youth", "looked_after_placed")
COLUMNS: Mapping[str, str] = {
    name: name for name in ("recorded_by", "incident_date", "incident_hour", "lsoa_code", "incident_type", *FLAGS)
}
"""The headings of the file, which are tidy already."""
UNKNOWN = ("unknown", "not known")
"""May stand, in any case, for a place, an hour or a flag that was not recorded, as may an empty cell."""
ISO_DAY = r"\d{4}-\d{2}-\d{2}"
BRITISH_DAY = r"\d{1,2}/\d{1,2}/\d{4}"
RECORD_COLUMNS = ("recorded_by", "month", *list(COLUMNS)[1:])


@cache
def list_incident_types() -> tuple[str, ...]:
    """List the types of incident that a file may hold."""
    return tuple(row["incident_type"] for row in read_code_table(SOURCE, "types.csv"))


@cache
def list_recorders() -> tuple[str, ...]:
    """List who may have recorded an incident: every territorial force, and a simulated one of each name."""
    names = tuple(force.police_uk_name for force in read_forces().values())
    return names + tuple(f"{SIMULATED_MARK} {name}" for name in names)


@cache
def make_schema() -> pa.DataFrameSchema:
    """Say what each cell may hold, once `unknown` has been emptied."""
    types = ", ".join(list_incident_types())
    recorders = "a police force's name as data.police.uk writes it, such as Cheshire Constabulary"
    return pa.DataFrameSchema(
        {
            "recorded_by": _one_of("recorded_by", list_recorders(), recorders),
            "incident_date": _like(
                "incident_date", f"{ISO_DAY}|{BRITISH_DAY}", "a day like 2024-10-31 or 31/10/2024, without a time"
            ),
            "incident_hour": _like(
                "incident_hour", r"[01]?\d|2[0-3]", "a whole hour from 0 to 23, or unknown", is_nullable=True
            ),
            "lsoa_code": _like(
                "lsoa_code", r"[EW]01\d{6}", "an LSOA's code like E01012367, or unknown", is_nullable=True
            ),
            "incident_type": _one_of("incident_type", list_incident_types(), f"one of {types}"),
            **{
                flag: pa.Column(
                    str, pa.Check.isin(["Y", "N"]), nullable=True, title=flag, description="Y, N, or unknown"
                )
                for flag in FLAGS
            },
        },
        strict=True,
    )


def type_records(frame: pd.DataFrame) -> pd.DataFrame:
    """Give validated text its types: days, whole hours, truths."""
    is_yes = {flag: frame[flag].map({"Y": True, "N": False}).astype("boolean") for flag in FLAGS}
    hours = pd.to_numeric(frame["incident_hour"]).astype("Int64")
    typed = frame.assign(incident_hour=hours, month=frame["incident_date"].dt.strftime("%Y-%m").astype("str"), **is_yes)
    return typed.loc[:, list(RECORD_COLUMNS)]


def _one_of(column: str, values: tuple[str, ...], allowed: str) -> pa.Column:
    return pa.Column(str, pa.Check.isin(values), title=column, description=allowed)


def _like(column: str, pattern: str, allowed: str, *, is_nullable: bool = False) -> pa.Column:
    check = pa.Check(lambda cells: cells.str.fullmatch(pattern), name=f"is like {pattern}")
    return pa.Column(str, check, nullable=is_nullable, title=column, description=allowed)


LEAST_LIKELY_GAP = 1e-9
"""Days without a row are taken for days that were not sent where, if every row fell on any day of the month alike,
all of them would miss those days with less than this chance. Where days differ by a fifth beyond chance, as incidents
do, a busy force would be refused wrongly about once in a hundred thousand months."""
MOST_COPIED_ROWS = 0.2
"""Share of rows with a place and an hour that may equal another in every cell; beyond it, rows were pasted in twice."""
FEWEST_COPIED_ROWS = 20
MOST_ODD_ROWS = 0.01
LEAST_OF_BUSIEST_MONTH = 0.05
"""Incidents of a quiet month are about half of those of a busy one; a twentieth is no month."""
FEWEST_ROWS_OF_BUSY_MONTH = 40
LAST_MONTH_NUMBER = 12
_DAYS_IN_MONTH = 31
_KEY = ["recorded_by", "incident_date", "incident_hour", "lsoa_code", "incident_type", *FLAGS]


def read_days(days: pd.Series, label: str) -> pd.Series:
    """Read a column of days, all ISO (2024-10-31) or all British (31/10/2024).

    Parameters
    ----------
    days : pandas.Series of str
        Indexed by row in the file; each cell is like one of the two.
    label : str
        How messages name the file.

    Returns
    -------
    pandas.Series of datetime64[us]

    Raises
    ------
    SourceError
        Where the two are mixed, a day does not exist, or nothing in the file tells the day from the month: a file of
        whole months has days after the 12th, which only one of the two readings allows.
    """
    is_british = days.str.fullmatch(BRITISH_DAY).astype(bool)
    if is_british.any() and not is_british.all():
        row = days.index[~is_british if is_british.iloc[0] else is_british][0]
        message = (
            f"{label}: row {row}, column 'incident_date' says {days[row]!r}, and row {days.index[0]} says "
            f"{days.iloc[0]!r}: a file writes its days in one way. Write them all as 2024-10-31."
        )
        raise SourceError(message)
    form = "%Y-%m-%d"
    if is_british.any():
        _check_day_comes_first(days, label)
        form = "%d/%m/%Y"
    unique = pd.Series(days.unique())
    read = pd.to_datetime(unique, format=form, errors="coerce").astype("datetime64[us]")
    known = days.map(dict(zip(unique, read, strict=True))).astype("datetime64[us]")
    if known.isna().any():
        row = days.index[known.isna()][0]
        message = (
            f"{label}: row {row}, column 'incident_date' says {days[row]!r}, which is no day "
            f"({known.isna().sum():,} of {len(days):,} rows are so). Write days as 2024-10-31."
        )
        raise SourceError(message)
    return known


def check_origin(frame: pd.DataFrame, label: str) -> None:
    """Refuse a file in which simulated rows stand among real ones."""
    is_simulated = frame["recorded_by"].str.startswith(SIMULATED_MARK).astype(bool)
    if is_simulated.any() and not is_simulated.all():
        row = frame.index[is_simulated][0]
        message = (
            f"{label}: row {row}, column 'recorded_by' says {frame.loc[row, 'recorded_by']!r} in a file with real rows "
            f"({is_simulated.sum():,} of {len(frame):,} rows are simulated). Keep the two in files of their own."
        )
        raise SourceError(message)


def check_flags(frame: pd.DataFrame, label: str) -> None:
    """Refuse a file in which looked-after children are often no young people: a column was moved."""
    odd = frame.index[(frame["looked_after_placed"] & ~frame["youth"]).fillna(value=False).astype(bool)]
    if len(odd) > MOST_ODD_ROWS * len(frame):
        message = (
            f"{label}: row {odd[0]} has 'looked_after_placed' Y and 'youth' N, and {len(odd):,} of {len(frame):,} rows "
            f"do (at most {MOST_ODD_ROWS:.0%} may). A looked-after child is a young person: check the two columns."
        )
        raise SourceError(message)


def check_copies(frame: pd.DataFrame, label: str) -> None:
    """Refuse a file into which rows were pasted twice; a few equal rows happen, since a row has no number."""
    known = frame[frame["incident_hour"].notna() & frame["lsoa_code"].notna()]
    copies = known.index[known.duplicated(_KEY)]
    if len(copies) >= FEWEST_COPIED_ROWS and len(copies) > MOST_COPIED_ROWS * len(known):
        message = (
            f"{label}: row {copies[0]} equals an earlier row in every cell, and so do {len(copies):,} of "
            f"{len(known):,} rows with a place and an hour; at most {MOST_COPIED_ROWS:.0%} may. Rows were probably "
            "pasted in twice: send the file again."
        )
        raise SourceError(message)


def check_days_are_not_swapped(frame: pd.DataFrame, label: str) -> None:
    """Refuse a file in which a spreadsheet took the days up to the 12th for months and the months for days.

    Days from the 13th on cannot be swapped, so they say which months the file covers and how its rows are ordered. The
    other days were swapped where they fall into other months as they stand and into those months the other way round,
    more often than chance would have it, or where the rows are in order of the day only the other way round.

    Raises
    ------
    SourceError
        Naming the first such row.
    """
    for recorder, rows in frame.groupby("recorded_by"):
        days = rows["incident_date"]
        swapped = _swap_day_and_month(days)
        is_certain = days.dt.day > LAST_MONTH_NUMBER
        months = set(days[is_certain].dt.strftime("%Y-%m"))
        is_outside = ~days.dt.strftime("%Y-%m").isin(months)
        fits = is_outside & swapped.dt.strftime("%Y-%m").isin(months)
        is_many = fits.sum() * math.log(LAST_MONTH_NUMBER / _DAYS_IN_MONTH) < math.log(LEAST_LIKELY_GAP)
        in_order = is_certain.any() and _is_in_order(swapped) and not _is_in_order(days)
        if in_order or (is_many and fits.sum() > is_outside.sum() / 2):
            first = rows.index[(days != swapped) & (fits | in_order)][0]
            message = (
                f"{label}: row {first}, column 'incident_date' says {days[first]:%Y-%m-%d} and probably means "
                f"{swapped[first]:%Y-%m-%d} ({recorder}): only the rows from the 13th of a month on are where they "
                "belong, so a spreadsheet swapped day and month up to the 12th. Send the file as it was exported, with "
                "days like 2024-10-31."
            )
            raise SourceError(message)


def _swap_day_and_month(days: pd.Series) -> pd.Series:
    is_swappable = days.dt.day <= LAST_MONTH_NUMBER
    swapped = pd.to_datetime(days[is_swappable].dt.strftime("%Y-%d-%m"), format="%Y-%m-%d")
    return days.mask(is_swappable, swapped.reindex(days.index)).astype(days.dtype)


def _is_in_order(days: pd.Series) -> bool:
    return bool(days.is_monotonic_increasing or days.is_monotonic_decreasing)


def check_months_are_whole(frame: pd.DataFrame, label: str) -> None:
    """Refuse a file that holds a part of a month.

    A file does not say which days it covers, so days without a row are days without an incident, or days that were
    not sent. They are taken for the latter where chance would leave such a run of them less often than
    `LEAST_LIKELY_GAP`. In a place so quiet that nothing can be told, the month passes.

    Raises
    ------
    SourceError
        Naming the days.
    """
    _check_stray_months(frame, label)
    for keys, rows in frame.groupby(["recorded_by", "month"]):
        recorder, month = map(str, keys)
        try:
            named = Month(month)
        except PeriodError as error:
            message = f"{label}: row {rows.index[0]}, column 'incident_date': {error} Write days as 2024-10-31."
            raise SourceError(message) from error
        _check_month(rows["incident_date"], recorder, named, label)


def _check_stray_months(frame: pd.DataFrame, label: str) -> None:
    """Refuse a month of which there is hardly a row beside a busy one: dates of another month were misread."""
    for recorder, rows in frame.groupby("recorded_by"):
        counts = rows["month"].value_counts()
        stray = counts[counts < LEAST_OF_BUSIEST_MONTH * counts.max()]
        if counts.max() >= FEWEST_ROWS_OF_BUSY_MONTH and len(stray):
            row = rows.index[rows["month"] == stray.index[0]][0]
            message = (
                f"{label}: row {row}, column 'incident_date' says {frame.loc[row, 'incident_date']:%Y-%m-%d}, and only "
                f"{stray.iloc[0]:,} of {len(rows):,} rows ({recorder}) are of that month. Check the day and the month; "
                "months are taken in whole."
            )
            raise SourceError(message)


def _check_day_comes_first(days: pd.Series, label: str) -> None:
    parts = days.str.split("/", expand=True)
    second = pd.to_numeric(parts[1])
    if (second > LAST_MONTH_NUMBER).any():
        row = days.index[second > LAST_MONTH_NUMBER][0]
        message = (
            f"{label}: row {row}, column 'incident_date' says {days[row]!r}: the month comes first here, as Americans "
            "write it. Write days as 2024-10-31."
        )
        raise SourceError(message)
    if not (pd.to_numeric(parts[0]) > LAST_MONTH_NUMBER).any():
        message = (
            f"{label}: row {days.index[0]}, column 'incident_date' says {days.iloc[0]!r}, and no row has a day after "
            "the 12th, so that day and month cannot be told apart. Write days as 2024-10-31."
        )
        raise SourceError(message)


def _check_month(dates: pd.Series, recorder: str, month: Month, label: str) -> None:
    days = pd.date_range(month.start, month.end, unit="us")
    is_there = pd.Series(days.isin(dates.unique()), index=days)
    for _, gap in is_there[~is_there].groupby(is_there.cumsum()):
        if len(dates) * math.log1p(-len(gap) / len(days)) < math.log(LEAST_LIKELY_GAP):
            first, last = gap.index[0].date(), gap.index[-1].date()
            run = f"on {first}" if first == last else f"from {first} to {last}"
            pace = len(dates) / (len(days) - len(gap))
            message = (
                f"{label}: column 'incident_date' has no row {run} ({recorder}), and about {pace:,.0f} a day on the "
                f"other days of {month.in_words}: days are missing. Months are taken in whole: send all days of the "
                "month, or leave its rows out until it is over."
            )
            raise SourceError(message)


_MARKS = frozenset({"incident_date", "incident_type"})
"""No other publisher's table has both headings."""
_NAME = re.compile(r"[a-z]+(?:-[a-z]+)*-incidents-\d{4}.*\.csv", re.IGNORECASE)


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
    publisher="The police force, for the partnership",
    address="The force's own analyst",
    licence="For the partnership alone; not published",
    tables=(RecordTable(TABLE, Frequency.MONTH, "month", ("recorded_by",)),),
    find_files=_find_files,
)
