"""Ministry of Justice, proven reoffending: the headings of its tables by area, and what each column may say."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache

import pandas as pd

from shp_analysis.errors import PeriodError, SourceError
from shp_analysis.readers.code_tables import read_code_table
from shp_analysis.readers.strict_sheet import fold_heading
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
