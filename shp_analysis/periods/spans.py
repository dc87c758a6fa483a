"""Runs of several years, as health figures are published: 2016 to 2018 pooled, because one year has too few.

A run is compared with the run of the same length that ended when it began; runs that overlap share years and cannot be
told apart.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import Self

from shp_analysis.errors import PeriodError
from shp_analysis.period_spellings import APRIL, JANUARY, MONTHS_IN_QUARTER, MONTHS_IN_YEAR
from shp_analysis.periods.kinds import (
    CalendarYear,
    FinancialYear,
    Month,
    Period,
    Quarter,
    YearEnding,
    make_period,
)


class YearSpan(Period):
    """Several whole years: made by `build_window`, never read from text, since "2006-08" might be August too."""

    kind, slug_prefix, example = "run of years", "years-", "2016 to 2018"

    @classmethod
    def _of_this_kind(cls, found: Iterable[Period]) -> list[Self]:  # noqa: ARG003 - no text is read as one
        return []

    @property
    def label(self) -> str:
        """The years in short: "2016-18", or "2016-17 to 2018-19" where they begin in April."""
        first, last = self._years()
        if self.start.month == JANUARY:
            return f"{first.label}-{last.label[2:]}"
        return f"{first.label} to {last.label}"

    @property
    def in_words(self) -> str:
        """The full name, "2016 to 2018"."""
        first, last = self._years()
        return f"{first.label} to {last.label}"

    @property
    def short_words(self) -> str:
        """The name inside a sentence."""
        return self.in_words

    def same_last_year(self) -> Self:
        """Give the run before, because the one a year earlier would share all years but one."""
        return self.previous()

    def _years(self) -> tuple[Period, Period]:
        kind = CalendarYear if self.start.month == JANUARY else FinancialYear
        return kind.containing(self.start), kind.containing(self.end)


@cache
def _span_of(years: int) -> type[YearSpan]:
    # One class a length, so that a run of three years is never set beside one of five.
    return type(f"YearSpan{years}", (YearSpan,), {"n_months": years * MONTHS_IN_YEAR})


def count_months(start: date, end: date) -> int:
    """Count the months from the first to the last day of a period."""
    return (end.year - start.year) * MONTHS_IN_YEAR + end.month - start.month + 1


def build_window(start: date, months: int) -> Period:
    """Give the period of some months, whatever kind that is.

    Parameters
    ----------
    start : date
        Its first day.
    months : int
        1, 3, or whole years.

    Returns
    -------
    Period
        A month, a quarter, a calendar or financial year, twelve months that begin otherwise, or a run of years.

    Raises
    ------
    PeriodError
        For any other length, or a run of years that begins in another month than January or April.
    """
    first = Month.containing(start)
    if months == 1:
        return first
    if months == MONTHS_IN_QUARTER and (start.month - 1) % MONTHS_IN_QUARTER == 0:
        return Quarter.containing(start)
    years, rest = divmod(months, MONTHS_IN_YEAR)
    if rest == 0 and years == 1:
        if start.month == JANUARY:
            return CalendarYear.containing(start)
        return FinancialYear.containing(start) if start.month == APRIL else make_period(YearEnding, start)
    if rest == 0 and years > 1 and start.month in {JANUARY, APRIL}:
        return make_period(_span_of(years), start)
    message = (
        f"{months} months from {start} are no period that can be compared: a month, a quarter, a year, or several "
        "years from January or April can be."
    )
    raise PeriodError(message)
