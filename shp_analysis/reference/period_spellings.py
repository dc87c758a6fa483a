"""How people write periods: text in, every possible reading out; and days and months in words.

A spelling is read into all the periods it could mean, and the caller decides what to do when there are
several. Nothing is guessed: "2010-11" has three readings and "Q3 2010" two, and a paper that took the wrong
one would be wrong throughout. Users want `reference.periods`, which builds on this.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from shp_analysis.errors import PeriodError, suggest

Kind = Literal["month", "quarter", "calendar year", "financial year", "municipal year", "year ending", "run of years"]

MONTHS_IN_YEAR = 12
MONTHS_IN_QUARTER = 3
QUARTERS_IN_YEAR = 4
JANUARY, APRIL, JUNE = 1, 4, 6
# Written out because the standard library's names follow the machine's language.
MONTH_NAMES = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
SHORTEST_MONTH_WORD = 3
YEAR_DIGITS = 4
KNOWN_SPELLINGS = (
    "'2024-25 Q3', 'October to December 2024', 'January 2025', 'calendar year 2021', "
    "'financial year 2010-11', 'municipal year 2023-24' or 'twelve months to March 2025'"
)


@dataclass(frozen=True)
class Reading:
    """One period that a text may mean.

    Attributes
    ----------
    kind : str
        The kind in words.
    first : int
        Number of its first month, as `number_month` counts.
    """

    kind: Kind
    first: int


def write_day(day: date) -> str:
    """Write a day in words, in English on every machine.

    Examples
    --------
    >>> write_day(date(2025, 3, 1))
    '1 March 2025'
    """
    return f"{day.day} {write_month(day)}"


def write_month(day: date) -> str:
    """Write the month that a day lies in, in English on every machine.

    Examples
    --------
    >>> write_month(date(2025, 3, 1))
    'March 2025'
    """
    return f"{MONTH_NAMES[day.month - 1]} {day.year}"


def number_month(year: int, month: int) -> int:
    """Count a month (1 to 12) from January of year 0, so that every shift of a period is one addition."""
    return year * MONTHS_IN_YEAR + month - 1


def first_day(number: int) -> date:
    """Return the first day of a month from its number."""
    year, month = divmod(number, MONTHS_IN_YEAR)
    return date(year, month + 1, 1)


def name_month(number: int) -> str:
    """Name a month from its number: "January 2025"."""
    year, month = divmod(number, MONTHS_IN_YEAR)
    return f"{MONTH_NAMES[month]} {year}"


def name_years(first_year: int) -> str:
    """Name a year that starts in one calendar year and ends in the next: "2010-11", "1999-00"."""
    return f"{first_year}-{(first_year + 1) % 100:02}"


def read_spellings(text: str) -> list[Reading]:
    """Read a text into every period it can mean, without repeats.

    Parameters
    ----------
    text : str
        A period as people write it; case, spaces, kinds of dash and quotation marks do not matter.

    Returns
    -------
    list of Reading
        At least one; more than one where the text is ambiguous.

    Raises
    ------
    PeriodError
        When the text is not a period, or its parts contradict each other.
    """
    if not isinstance(text, str):
        raise PeriodError(f"A period is text, and {text!r} is not: write it between quotation marks.")
    try:
        return _read(_normalise(text))
    except PeriodError as error:
        raise PeriodError(f"'{text}' is not a period: {error}") from error


def _normalise(text: str) -> str:
    """Undo what word processors do: other spaces, dashes and quotation marks, and words around a period."""
    plain = unicodedata.normalize("NFKC", text)
    plain = re.sub("[\u2010-\u2015\u2212]", "-", plain)
    plain = re.sub("[\"'`\u2018-\u201f,.]", " ", plain).replace("&", " and ")
    plain = re.sub(r"\s+", " ", plain).strip()
    plain = re.sub(r" ?([-/]) ?", r"\1", plain)
    plain = re.sub(r"^between (.+) and ", r"\1 to ", plain, flags=re.IGNORECASE)
    return re.sub(r"^((during|in|for|from|the) )+", "", plain, flags=re.IGNORECASE)


def _read(words: str) -> list[Reading]:
    for pattern, read in _SPELLINGS:
        match = pattern.fullmatch(words)
        if match:
            return list(dict.fromkeys(read(match)))
    raise PeriodError(f"it is no spelling known here. Write, for instance, {KNOWN_SPELLINGS}.")


def _first_year(match: re.Match[str]) -> int:
    """Return the first of two years that follow each other, or refuse."""
    year = int(match["year"])
    if not _years_follow(match):
        right = f"{year}/{(year + 1) % 100:02}"
        raise PeriodError(f"after {year} comes {year + 1}, and not {match['next']}. Write '{right}'.")
    return year


def _years_follow(match: re.Match[str]) -> bool:
    after = str(int(match["year"]) + 1)
    return match["next"] == after[-len(match["next"]) :]


def _quarter_number(match: re.Match[str]) -> int:
    number = int(match["number"])
    if not 1 <= number <= QUARTERS_IN_YEAR:
        raise PeriodError(f"there is no quarter {number}; a year has Q1 to Q{QUARTERS_IN_YEAR}.")
    return number


def _month_number(word: str) -> int:
    if word.isdecimal():
        if 1 <= int(word) <= MONTHS_IN_YEAR:
            return int(word)
        raise PeriodError(f"there is no month {word}; months are 01 to {MONTHS_IN_YEAR}.")
    for number, name in enumerate(MONTH_NAMES, start=1):
        if len(word) >= SHORTEST_MONTH_WORD and name.lower().startswith(word.lower()):
            return number
    near = suggest(word, MONTH_NAMES)
    raise PeriodError(f"'{word}' is no month. {near} Write, for instance, {KNOWN_SPELLINGS}.".replace("  ", " "))


def _read_quarter(match: re.Match[str]) -> list[Reading]:
    april = number_month(_first_year(match), APRIL)
    return [Reading("quarter", april + MONTHS_IN_QUARTER * (_quarter_number(match) - 1))]


def _read_quarter_of_one_year(match: re.Match[str]) -> list[Reading]:
    """Read "Q3 2010": the third quarter of 2010-11, or the third of the calendar year."""
    shift = MONTHS_IN_QUARTER * (_quarter_number(match) - 1)
    year = int(match["year"])
    return [Reading("quarter", number_month(year, month) + shift) for month in (APRIL, JANUARY)]


def _read_calendar_year(match: re.Match[str]) -> list[Reading]:
    return [Reading("calendar year", number_month(int(match["year"]), JANUARY))]


def _read_financial_year(match: re.Match[str]) -> list[Reading]:
    return [Reading("financial year", number_month(_first_year(match), APRIL))]


def _read_municipal_year(match: re.Match[str]) -> list[Reading]:
    return [Reading("municipal year", number_month(_first_year(match), JUNE))]


def _read_bare_years(match: re.Match[str]) -> list[Reading]:
    """Read "2010-11", which is two kinds of year and one month; with a stroke it is a financial year."""
    if match["sign"] == "/":
        return _read_financial_year(match)
    year, after = int(match["year"]), match["next"]
    found = _read_financial_year(match) + _read_municipal_year(match) if _years_follow(match) else []
    if len(after) < YEAR_DIGITS and 1 <= int(after) <= MONTHS_IN_YEAR:
        found.append(Reading("month", number_month(year, int(after))))
    if not found:
        raise PeriodError(
            f"{after} is neither a month (01 to {MONTHS_IN_YEAR}) nor the year after {year}. "
            f"Write, for instance, {KNOWN_SPELLINGS}."
        )
    return found


def _read_month(match: re.Match[str]) -> list[Reading]:
    return [Reading("month", number_month(int(match["year"]), _month_number(match["month"])))]


def _read_year_ending(match: re.Match[str]) -> list[Reading]:
    last = number_month(int(match["year"]), _month_number(match["month"]))
    return [Reading("year ending", last - MONTHS_IN_YEAR + 1)]


def _first_and_last(match: re.Match[str]) -> tuple[int, int]:
    """Return both ends of "October to December 2010"; a first month without a year is the last one before."""
    first_month, last_month = _month_number(match["first_month"]), _month_number(match["month"])
    last_year = int(match["year"])
    first_year = int(match["first_year"] or last_year - (first_month > last_month))
    return number_month(first_year, first_month), number_month(last_year, last_month)


def _name_run(first: int, last: int) -> list[Reading]:
    """Name the run of months between two, ends included; an empty list where it has no name."""
    length, month = last - first + 1, first % MONTHS_IN_YEAR + 1
    if length == MONTHS_IN_QUARTER and month % MONTHS_IN_QUARTER == 1:
        return [Reading("quarter", first)]
    if length == MONTHS_IN_YEAR:
        years: dict[int, Kind] = {JANUARY: "calendar year", APRIL: "financial year", JUNE: "municipal year"}
        return [Reading(years.get(month, "year ending"), first)]
    return []


def _read_run(match: re.Match[str]) -> list[Reading]:
    first, last = _first_and_last(match)
    found = _name_run(first, last)
    if not found:
        length = f"runs for {last - first + 1} months" if last >= first else "ends before it starts"
        raise PeriodError(
            f"it {length}. A run of months is a quarter (starting in April, July, October or January) or twelve months."
        )
    return found


def _read_two_months(match: re.Match[str]) -> list[Reading]:
    """Read "July and September 2023": one of two months, or the quarter they begin and end."""
    first, last = _first_and_last(match)
    return [Reading("month", first), Reading("month", last), *_name_run(first, last)]


def _read_both(match: re.Match[str]) -> list[Reading]:
    """Read a name and its explanation, "2010-11 Q3 (October to December 2010)", which must agree."""
    name, explanation = match["name"], match["explanation"]
    if _BARE_QUARTER.fullmatch(explanation):
        name, explanation = explanation, name
    bare = _BARE_QUARTER.fullmatch(name)
    said = _read(explanation)
    if bare is None:
        found = [reading for reading in _read(name) if reading in said]
    else:
        first = (APRIL - 1 + MONTHS_IN_QUARTER * (_quarter_number(bare) - 1)) % MONTHS_IN_YEAR
        found = [reading for reading in said if reading.kind == "quarter" and reading.first % MONTHS_IN_YEAR == first]
        name = f"{name} ({MONTH_NAMES[first]} to {MONTH_NAMES[first + MONTHS_IN_QUARTER - 1]})"
    if not found:
        raise PeriodError(f"'{name}' and '{explanation}' contradict each other. Write only the one that is right.")
    return found


def _read_bare_quarter(match: re.Match[str]) -> list[Reading]:
    number = _quarter_number(match)
    raise PeriodError(f"a quarter needs its financial year. Write, for instance, '2024-25 Q{number}'.")


_YEAR = "(?P<year>[0-9]{4})"
_YEARS = _YEAR + "(?P<sign>[-/])(?P<next>[0-9]{4}|[0-9]{2})"
_QUARTER = "(quarter|qtr|q)[ -]?(?P<number>[0-9]+)"
_FINANCIAL = "(financial year|fiscal year|financial|fy)"
_MUNICIPAL = "(municipal year|municipal)"
_CALENDAR = "(calendar year|calendar)"
_ENDING = "(((rolling )?(twelve|12)[ -]months?|year)[ -](to|ending|ended)|ye)[ -]((the )?end (of )?)?"
_NAMED_MONTH = "(?P<month>[a-z]+)[ -]?" + _YEAR
_FIRST_MONTH = "(?P<first_month>[a-z]+)( ?(?P<first_year>[0-9]{4}))?"
_BARE_QUARTER = re.compile(_QUARTER, re.IGNORECASE)

# The first that fits the whole text is taken, so the narrow ones stand before the wide ones.
_PATTERNS: tuple[tuple[str, Callable[[re.Match[str]], list[Reading]]], ...] = (
    (f"({_FINANCIAL}[ -]?)?{_YEARS}[ -]?{_QUARTER}", _read_quarter),
    (f"{_QUARTER}[ -]?(of )?({_FINANCIAL}[ -]?)?{_YEARS}", _read_quarter),
    (f"{_YEAR}[ -]?{_QUARTER}", _read_quarter_of_one_year),
    (f"{_QUARTER}[ -](of )?{_YEAR}", _read_quarter_of_one_year),
    (_QUARTER, _read_bare_quarter),
    (_YEARS, _read_bare_years),
    (f"{_FINANCIAL}[ -]?{_YEARS}", _read_financial_year),
    (f"{_YEARS} {_FINANCIAL}", _read_financial_year),
    (f"{_MUNICIPAL}[ -]?{_YEARS}", _read_municipal_year),
    (f"{_YEARS} {_MUNICIPAL}", _read_municipal_year),
    (f"({_CALENDAR}[ -]?)?{_YEAR}", _read_calendar_year),
    (_ENDING + _NAMED_MONTH, _read_year_ending),
    (f"{_ENDING}{_YEAR}-(?P<month>[0-9]{{2}})", _read_year_ending),
    (_NAMED_MONTH, _read_month),
    (f"{_FIRST_MONTH}(-| to | until ){_NAMED_MONTH}", _read_run),
    (f"{_FIRST_MONTH} and {_NAMED_MONTH}", _read_two_months),
    (r"(?P<name>[^(]+?) ?\((?P<explanation>[^()]+)\)", _read_both),
    ("(?P<name>[^:]+?) ?: ?(?P<explanation>[^:]+)", _read_both),
    ("(?P<name>q[0-9]+) (?P<explanation>[a-z]{3}.+)", _read_both),
)
_SPELLINGS = tuple((re.compile(pattern, re.IGNORECASE), read) for pattern, read in _PATTERNS)
