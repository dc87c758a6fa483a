"""The periods that a partnership reports on: whole months, quarters and years, and runs of several years.

Partnership papers run three systems of years at once: financial (April to March, with its quarters),
municipal (June to May) and calendar, beside months and rolling twelve months. A number means nothing until it
is known which of them it belongs to, so a period here has a kind, is read from every spelling the papers use
unless that can mean two things, and refuses to be compared with another kind.

A run is compared with the run of the same length that ended when it began; runs that overlap share years and cannot be
told apart.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, total_ordering
from typing import ClassVar, Self, TypeVar

from shp_analysis.errors import PeriodError
from shp_analysis.reference.period_spellings import (
    APRIL,
    JANUARY,
    JUNE,
    MONTHS_IN_QUARTER,
    MONTHS_IN_YEAR,
    Kind,
    first_day,
    name_month,
    name_years,
    number_month,
    read_spellings,
)

FIRST_YEAR = 1990
LAST_YEAR = 2100


@total_ordering
@dataclass(frozen=True, init=False, repr=False)
class Period(ABC):
    """A run of whole months of one kind: the base of `Month`, `Quarter`, the three years and `YearEnding`.

    Parameters
    ----------
    text : str
        The label, or any spelling that `parse_period` reads. The class gives the kind, so a label that is
        ambiguous on its own is not so here: `FinancialYear("2010-11")`. Two months joined by "and" are always
        ambiguous.

    Attributes
    ----------
    start, end : datetime.date
        First and last day, both inside the period.

    Raises
    ------
    PeriodError
        When the text is not a period of this kind, or the period lies outside 1990 to 2100.

    Notes
    -----
    Two periods are equal when kind and days are. `<`, `<=`, `>` and `>=` order periods of one kind by time
    and refuse any other pair: the same twelve months as a financial and as a rolling year are two things.
    """

    kind: ClassVar[Kind]
    n_months: ClassVar[int] = MONTHS_IN_YEAR
    slug_prefix: ClassVar[str] = ""
    first_month: ClassVar[int] = JANUARY
    example: ClassVar[str]

    start: date
    end: date

    def __init__(self, text: str) -> None:
        found = _read_periods(text)
        if sum(isinstance(period, Month) for period in found) > 1:
            # "July and September 2023" may name two months or the quarter, whichever kind is asked for.
            _require_one(text, found)
        same_kind = self._of_this_kind(found)
        if not same_kind:
            raise PeriodError(
                f"'{text}' is not a {self.kind}; it reads as {_list_names(found)}. "
                f"Write a {self.kind} as '{self.example}'."
            )
        one = _require_one(text, same_kind)
        object.__setattr__(self, "start", one.start)
        object.__setattr__(self, "end", one.end)

    @classmethod
    def _of_this_kind(cls, found: Iterable[Period]) -> list[Self]:
        return [period for period in found if isinstance(period, cls)]

    @classmethod
    def containing(cls, day: date) -> Self:
        """Return the period of this kind that holds a day; `YearEnding` refuses, since twelve of them do."""
        month = _number(_as_day(day))
        return _make(cls, month - (month - (cls.first_month - 1)) % cls.n_months)

    @property
    @abstractmethod
    def label(self) -> str:
        """The canonical short name, which the class reads back; a year's does not say its kind."""

    @property
    def slug(self) -> str:
        """The name for files and folders: no spaces, and never the same for two kinds."""
        return f"{self.slug_prefix}{self.label}".replace(" ", "-")

    @property
    def in_words(self) -> str:
        """The full name for headings, which `parse_period` always reads back."""
        return f"{self.kind} {self.label}: {self.short_words}"

    @property
    def short_words(self) -> str:
        """The name inside a sentence: "in October to December 2024"; `parse_period` reads it back."""
        first, last = name_month(_number(self.start)), name_month(_number(self.end))
        return last if first == last else f"{first.removesuffix(f' {self.end.year}')} to {last}"

    @property
    def months(self) -> tuple[Month, ...]:
        """The months of the period, in order."""
        first = _number(self.start)
        return tuple(_make(Month, number) for number in range(first, first + self.n_months))

    @property
    def days(self) -> int:
        """The number of days, leap days counted."""
        return (self.end - self.start).days + 1

    def _shifted(self, n_months: int) -> Self:
        return _make(type(self), _number(self.start) + n_months)

    def previous(self) -> Self:
        """Return the period of this kind that ends the day before this one starts."""
        return self._shifted(-self.n_months)

    def next(self) -> Self:
        """Return the period of this kind that starts the day after this one ends."""
        return self._shifted(self.n_months)

    def same_last_year(self) -> Self:
        """Return the same months one year earlier."""
        return self._shifted(-MONTHS_IN_YEAR)

    def twelve_months_to_end(self) -> YearEnding:
        """Return the twelve months that end with this period."""
        return _make(YearEnding, _number(self.end) - MONTHS_IN_YEAR + 1)

    def contains(self, day: date) -> bool:
        """Say whether a day lies in the period, both ends included."""
        return self.start <= _as_day(day) <= self.end

    def days_since_end(self, day: date) -> int:
        """Return the days from the last day of the period to a day; negative while it is not over."""
        return (_as_day(day) - self.end).days

    def overlaps(self, other: Period) -> bool:
        """Say whether the two share at least one day, whatever their kinds."""
        return self.start <= other.end and other.start <= self.end

    def lies_within(self, other: Period) -> bool:
        """Say whether every day of the period is one of the other's, whatever their kinds."""
        return other.start <= self.start and self.end <= other.end

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, Period):
            return NotImplemented
        _require_same_kind(self, other)
        return self.start < other.start

    def __hash__(self) -> int:
        return hash((type(self), self.start, self.end))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.label!r})"


PeriodT = TypeVar("PeriodT", bound=Period)


class Month(Period):
    """A calendar month: `Month("2025-01")`."""

    kind, n_months, example = "month", 1, "2025-01"

    @property
    def label(self) -> str:
        """Year and number of the month, "2025-01"."""
        return f"{self.start:%Y-%m}"

    @property
    def in_words(self) -> str:
        """The month and year, "January 2025"."""
        return self.short_words


class Quarter(Period):
    """A quarter of the financial year: `Quarter("2024-25 Q3")` is October to December 2024."""

    kind, n_months, example = "quarter", MONTHS_IN_QUARTER, "2024-25 Q3"

    @property
    def number(self) -> int:
        """The quarter's place in the financial year: 1 starts in April, 4 in January."""
        return (self.start.month - APRIL) % MONTHS_IN_YEAR // MONTHS_IN_QUARTER + 1

    @property
    def label(self) -> str:
        """Financial year and quarter, "2024-25 Q3"."""
        return f"{name_years(self.start.year - (self.start.month < APRIL))} Q{self.number}"

    @property
    def in_words(self) -> str:
        """The full name, "Quarter 3 2024-25: October to December 2024"."""
        return f"Quarter {self.number} {self.label.split()[0]}: {self.short_words}"


class CalendarYear(Period):
    """January to December: `CalendarYear("2021")`."""

    kind, slug_prefix, example = "calendar year", "calendar-", "2021"

    @property
    def label(self) -> str:
        """The year, "2021"."""
        return str(self.start.year)

    @property
    def in_words(self) -> str:
        """The kind and the year, "calendar year 2021"."""
        return f"{self.kind} {self.label}"

    @property
    def short_words(self) -> str:
        """The year, "2021"."""
        return self.label


class FinancialYear(Period):
    """April to March: `FinancialYear("2010-11")`."""

    kind, first_month, slug_prefix, example = "financial year", APRIL, "financial-", "2010-11"

    @property
    def label(self) -> str:
        """Both years, "2010-11"."""
        return name_years(self.start.year)


class MunicipalYear(Period):
    """June to May, the year of council meetings: `MunicipalYear("2023-24")`."""

    kind, first_month, slug_prefix, example = "municipal year", JUNE, "municipal-", "2023-24"

    @property
    def label(self) -> str:
        """Both years, "2023-24"."""
        return name_years(self.start.year)


class YearEnding(Period):
    """Twelve months ending with a month: `YearEnding("2025-03")`; the one before ends a year earlier."""

    kind, slug_prefix, example = "year ending", "year-ending-", "2025-03"

    @classmethod
    def _of_this_kind(cls, found: Iterable[Period]) -> list[Self]:
        # A month on its own is the last of the twelve: the label is written that way.
        last_months = [_number(period.end) for period in found if isinstance(period, cls | Month)]
        return [_make(cls, last - MONTHS_IN_YEAR + 1) for last in last_months]

    @classmethod
    def containing(cls, day: date) -> Self:
        """Refuse: twelve runs of twelve months hold any one day."""
        raise PeriodError(f"Twelve windows hold {day}; use Month.containing(day).twelve_months_to_end().")

    @property
    def label(self) -> str:
        """The last month, "2025-03"."""
        return f"{self.end:%Y-%m}"

    @property
    def in_words(self) -> str:
        """The full name, "twelve months to March 2025"."""
        return f"twelve months to {name_month(_number(self.end))}"

    @property
    def short_words(self) -> str:
        """The name inside a sentence, "the twelve months to March 2025"."""
        return f"the {self.in_words}"


def parse_period(text: str) -> Period:
    """Read a period from the way people write it.

    Parameters
    ----------
    text : str
        Such as "2024-25 Q4", "Q3 (October to December 2010)", "Oct-Dec 2010", "Jan 2025", "2021", "2010/11",
        "municipal year 2023-24", "YE Mar 2024", or the label, slug or words of a period. Case, spaces, kinds
        of dash and quotation marks do not matter.

    Returns
    -------
    Period
        Of the kind the words say.

    Raises
    ------
    PeriodError
        When nothing can be read, when parts of the text contradict each other, or when it can be read in more
        ways than one ("2010-11", "Q3 2010", "July and September 2023"); the message names every reading.
    """
    return _require_one(text, _read_periods(text))


def check_comparable(a: Period, b: Period) -> None:
    """Refuse two periods whose numbers may not be set side by side.

    Raises
    ------
    PeriodError
        When the periods are of different kinds, or share a day: the shared months would be compared with
        themselves and hide the change.
    """
    _require_same_kind(a, b)
    if a.overlaps(b):
        n_shared = len(set(a.months) & set(b.months))
        raise PeriodError(
            f"'{a.in_words}' and '{b.in_words}' overlap: they share {n_shared} of their months. "
            "Compare periods that share no day, such as a period and the same one last year."
        )


def make_period(kind: type[PeriodT], start: date) -> PeriodT:
    """Build the period of a kind that begins on a day, the first of a month."""
    return _make(kind, _number(start))


def latest_complete_quarter(day: date) -> Quarter:
    """Return the newest quarter that is over on a day: Q4 at a meeting in June, Q1 in September."""
    return Quarter.containing(day).previous()


def _require_same_kind(a: Period, b: Period) -> None:
    if type(a) is not type(b):
        raise PeriodError(
            f"'{a.in_words}' is a {a.kind} and '{b.in_words}' is a {b.kind}; they cannot be compared. "
            f"Compare a {a.kind} with another {a.kind}."
        )


def _read_periods(text: str) -> list[Period]:
    readings = [(_KINDS[reading.kind], reading.first) for reading in read_spellings(text)]
    # "2100-01" is January 2100, though the financial year of that name lies too late; all outside is refused.
    inside = [(kind, first) for kind, first in readings if _is_inside(kind, first)]
    return [_make(kind, first) for kind, first in inside or readings]


def _require_one(text: str, found: list[PeriodT]) -> PeriodT:
    if len(found) > 1:
        raise PeriodError(f"'{text}' is ambiguous: it reads as {_list_names(found)}. Write the one you mean.")
    return found[0]


def _list_names(found: Iterable[Period]) -> str:
    return " or as ".join(f"'{period.in_words}'" for period in found)


def _number(day: date) -> int:
    return number_month(day.year, day.month)


def _is_inside(kind: type[Period], first: int) -> bool:
    return number_month(FIRST_YEAR, JANUARY) <= first <= number_month(LAST_YEAR + 1, JANUARY) - kind.n_months


def _make(kind: type[PeriodT], first: int) -> PeriodT:
    """Build a period of a kind from the number of its first month."""
    if not _is_inside(kind, first):
        raise PeriodError(
            f"A {kind.kind} that starts in {name_month(first)} is outside {FIRST_YEAR} to {LAST_YEAR}, "
            "the years that can be read here."
        )
    period = object.__new__(kind)
    object.__setattr__(period, "start", first_day(first))
    object.__setattr__(period, "end", first_day(first + kind.n_months) - timedelta(days=1))
    return period


def _as_day(day: date) -> date:
    # A datetime is a date to Python's types, yet cannot be compared with one.
    return day.date() if isinstance(day, datetime) else day


_KINDS: dict[Kind, type[Period]] = {
    kind.kind: kind for kind in (Month, Quarter, CalendarYear, FinancialYear, MunicipalYear, YearEnding)
}


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
