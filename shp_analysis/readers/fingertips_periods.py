"""OHID Fingertips: which months a published time period covers.

Fingertips writes a calendar year as `2019`, a financial year as `2019/20`, several years as `2016 - 18` or
`2016/17 - 18/19`, a quarter as `2019 Q3` or `2019/20 Q3`, and a month as `Mar 2019`. Financial years begin in April.
Only windows of several calendar years were there to be looked at in a real export; any other spelling is refused.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass

import pandas as pd

from shp_analysis.errors import SourceError

YEAR, QUARTER = 12, 3
"""Months."""
APRIL = 4
LONGEST_WINDOW_YEARS = 10
"""Pooled windows are of three years in the export looked at; at ten or more, a figure is taken to be damaged."""

_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name} | {"sept": 9}
_FORMS = (
    re.compile(r"(?P<first>\d{4})"),
    re.compile(r"(?P<first>\d{4}) ?[-–] ?(?P<last>\d{4}|\d{2})"),
    re.compile(r"(?P<first>\d{4})/(?P<next>\d{2})"),
    re.compile(r"(?P<first>\d{4})/(?P<next>\d{2}) ?[-–] ?(?P<last>\d{4}|\d{2})/(?P<end>\d{2})"),
    re.compile(r"(?P<first>\d{4})(?:/(?P<next>\d{2}))? ?Q(?P<quarter>[1-4])"),
    re.compile(r"(?P<month>[A-Z][a-z]{2,3}) (?P<first>\d{4})"),
)


@dataclass(frozen=True)
class Window:
    """The months that a time period covers.

    Attributes
    ----------
    start : pandas.Timestamp
        Its first day.
    months : int
        Its length.
    """

    start: pd.Timestamp
    months: int

    @property
    def slug(self) -> str:
        """Its name in files and tables: one for the same months, however a publisher writes them.

        `2019`, `2019-20` (April to March), `2016-18` (calendar years), `2019-to-2020` (two of them, which would read
        as a financial year), `2016-17-to-2018-19`, `2019-20-Q3` (October to December), `2019-03`. One indicator keeps
        to one kind, so that `2006-08` never is both three years and an August.
        """
        year, years = self.start.year, self.months // YEAR
        if self.months == 1:
            return f"{year}-{self.start.month:02d}"
        if self.months == QUARTER:
            first = year if self.start.month >= APRIL else year - 1
            return f"{_name_financial_year(first)}-Q{(self.start.month - APRIL) % YEAR // QUARTER + 1}"
        if self.start.month == APRIL:
            last = "" if years == 1 else f"-to-{_name_financial_year(year + years - 1)}"
            return f"{_name_financial_year(year)}{last}"
        return {1: f"{year}", 2: f"{year}-to-{year + 1}"}.get(years, f"{year}-{(year + years - 1) % 100:02d}")


def describe_window(time_period: str, where: str) -> Window:
    """Read a published time period.

    Parameters
    ----------
    time_period : str
        `"2016 - 18"`, `"2019/20"`, `"2019/20 Q3"` and so on.
    where : str
        File and row, for messages.

    Returns
    -------
    Window

    Raises
    ------
    SourceError
        Where it is written in none of the known ways, or describes no period.
    """
    for form in _FORMS:
        found = form.fullmatch(time_period)
        if found:
            window = _measure(found.groupdict())
            if window is not None:
                return window
    message = (
        f"{where}, column 'Time period' says {time_period!r}; allowed: a period like 2019, 2016 - 18, 2019/20, "
        "2016/17 - 18/19, 2019 Q3, 2019/20 Q3 or Mar 2019. Use the file as published."
    )
    raise SourceError(message)


def _name_financial_year(first: int) -> str:
    return f"{first}-{(first + 1) % 100:02d}"


def _measure(parts: dict[str, str | None]) -> Window | None:
    first = int(parts["first"] or 0)
    if _is_broken(parts.get("next"), first):
        return None
    last = _complete(parts.get("last") or str(first), first)
    if not 0 <= last - first < LONGEST_WINDOW_YEARS or _is_broken(parts.get("end"), last):
        return None
    month = APRIL if parts.get("next") else 1
    length = (last - first + 1) * YEAR
    if parts.get("quarter"):
        first, month = _shift(first, month, (int(parts["quarter"] or 0) - 1) * QUARTER)
        length = QUARTER
    if parts.get("month"):
        month, length = _MONTHS.get((parts["month"] or "").lower(), 0), 1
        if not month:
            return None
    return Window(pd.Timestamp(first, month, 1), length)


def _is_broken(short_year: str | None, year: int) -> bool:
    """Say whether the second half of a financial year is not the year after the first."""
    return short_year is not None and int(short_year) != (year + 1) % 100


def _complete(year: str, first: int) -> int:
    """Give a two-digit year the century in which it follows the first."""
    if len(year) > 2:  # noqa: PLR2004 - four digits stand as they are
        return int(year)
    return first + (int(year) - first) % 100


def _shift(year: int, month: int, months: int) -> tuple[int, int]:
    return year + (month - 1 + months) // YEAR, (month - 1 + months) % YEAR + 1
