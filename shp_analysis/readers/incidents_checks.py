"""The local incident file: what its rows must have to do with one another."""

from __future__ import annotations

import math

import pandas as pd

from shp_analysis.errors import PeriodError, SourceError
from shp_analysis.readers.incidents_layout import BRITISH_DAY, FLAGS
from shp_analysis.readers.readers import SIMULATED_MARK
from shp_analysis.reference.periods import Month

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
