"""Home Office, National Referral Mechanism: finding the tables of a workbook and the quarter they are of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from shp_analysis.errors import SourceError
from shp_analysis.readers.code_tables import read_code_table
from shp_analysis.readers.strict_sheet import Sheet, find_headings, fold_heading
from shp_analysis.reference.period_spellings import APRIL, MONTHS_IN_QUARTER, MONTHS_IN_YEAR, name_years

SOURCE = "nrm"
LEVELS = ("first_responder", "exploitation_type", "age_group", "gender")
"""What a table counts by, from the left: a row says only what differs from the rows above it."""
NATIONALITY = "nationality_"

_NOTE_MARK = re.compile(r"\s*\[note[s]? [\d, ]+\]", re.IGNORECASE)
_CALENDAR_QUARTER = re.compile(r"\bq(?:uarter)?[ _-]?(?P<quarter>[1-4])[ ,_-]+(?P<year>20\d\d)", re.IGNORECASE)
_MONTHS = re.compile(
    r"(?P<first>jan|apr|jul|oct)[a-z]*[ _-]+(?:20\d\d[ _-]+)?to[ _-]+(?:\d{1,2}[ _-]+)?(?P<last>mar|jun|sep|dec)[a-z]*"
    r"[ ,_-]+(?P<year>20\d\d)",
    re.IGNORECASE,
)
_QUARTERS: Mapping[tuple[str, str], int] = {("jan", "mar"): 1, ("apr", "jun"): 2, ("jul", "sep"): 3, ("oct", "dec"): 4}
_WHOLE_YEAR = re.compile(r"end[ _-]of[ _-]year|january[ _-]+to[ _-]+december|annual", re.IGNORECASE)
_ADVICE = "Use the file as published."


@dataclass(frozen=True, order=True)
class CalendarQuarter:
    """A quarter as the publisher counts: 1 is January to March."""

    year: int
    quarter: int

    @property
    def slug(self) -> str:
        """Its name as a quarter of the financial year: 2024-25-Q4 is January to March 2025."""
        months = self.year * MONTHS_IN_YEAR + (self.quarter - 1) * MONTHS_IN_QUARTER - (APRIL - 1)
        first_year, month = divmod(months, MONTHS_IN_YEAR)
        return f"{name_years(first_year)}-Q{month // MONTHS_IN_QUARTER + 1}"


def fold_column(heading: str) -> str:
    """Fold a heading for comparison: as `fold_heading`, without the mark of a note."""
    return _NOTE_MARK.sub("", fold_heading(heading)).strip()


@cache
def read_columns() -> Mapping[str, tuple[str, str]]:
    """Give every folded heading with its tidy name and, of a first responder's, which kind that is."""
    rows = read_code_table(SOURCE, "headings.csv")
    return {fold_column(row["heading"]): (row["column"], row["responder_type"]) for row in rows}


def find_table(sheet: Sheet) -> tuple[str, dict[str, str]] | None:
    """Find a table of referrals by first responder in a sheet.

    Returns
    -------
    tuple of (str, dict of str to str) or None
        The kind of responder, and the headings with their tidy names; nationalities are `nationality_0` and so on.
        None where the sheet holds no such table.
    """
    headings = find_headings(sheet, read_columns())
    known = {
        heading: read_columns()[fold_column(heading)] for heading in headings if fold_column(heading) in read_columns()
    }
    columns = {column for column, _ in known.values()}
    if not {*LEVELS, "referrals"} <= columns:
        return None
    kind = next(kind for column, kind in known.values() if column == LEVELS[0])
    tidy = {heading: column for heading, (column, _) in known.items()}
    return kind, {heading: tidy.get(heading, f"{NATIONALITY}{n}") for n, heading in enumerate(headings)}


def find_quarter(sheets: Sequence[tuple[str, ...]], label: str) -> CalendarQuarter:
    """Find the one quarter that a workbook's tables are of.

    Parameters
    ----------
    sheets : sequence of tuple of str
        Texts that may say it, those that are surest first: a table's titles, the cover, the file's name.
    label : str

    Raises
    ------
    SourceError
        Where they say none, several, or a whole year.
    """
    for texts in sheets:
        found = set(_list_quarters(texts))
        if len(found) == 1 and not any(_WHOLE_YEAR.search(text) for text in texts):
            return found.pop()
        if found or any(_WHOLE_YEAR.search(text) for text in texts):
            said = ", ".join(f"quarter {each.quarter} {each.year}" for each in sorted(found)) or "a whole year"
            message = (
                f"{label}: its titles speak of {said}; allowed: one quarter, like October to December 2024. {_ADVICE}"
            )
            raise SourceError(message)
    message = f"{label}: neither its titles nor its name say which quarter it is of. {_ADVICE}"
    raise SourceError(message)


def _list_quarters(texts: Iterable[str]) -> Iterable[CalendarQuarter]:
    for text in texts:
        for found in _CALENDAR_QUARTER.finditer(text):
            yield CalendarQuarter(int(found["year"]), int(found["quarter"]))
        for found in _MONTHS.finditer(text):
            number = _QUARTERS.get((found["first"].lower(), found["last"].lower()))
            if number:
                yield CalendarQuarter(int(found["year"]), number)
