"""Dates in every spelling, so that one beside a person can be told from the day of an operation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

LATEST_YEAR_OF_BIRTH = 2014
"""A note of a partner is about the years after it; a day before it beside a person is likely to be a birthday."""
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\.?"
)
_UNITS = "first|second|third|fourth|fifth|sixth|seventh|eighth|ninth"
_DAY_IN_WORDS = (
    rf"(?:(?:twenty|thirty)[ -](?:{_UNITS})|{_UNITS}|tenth|eleventh|twelfth|thirteenth|fourteenth|fifteenth|sixteenth"
    r"|seventeenth|eighteenth|nineteenth|twentieth|thirtieth)"
)
_YEAR_IN_WORDS = r"(?:nineteen(?: hundred)?|two thousand|twenty)(?:[ -](?:and|oh|[a-z]+teen|[a-z]+ty|[a-z]{3,6}))+"
_DAY = rf"(?:(?:0?[1-9]|[12]\d|3[01])(?!\d)(?: ?(?:st|nd|rd|th))?|{_DAY_IN_WORDS})"
_YEAR = rf"(?:(?:18|19|20)\d\d|'?\d\d(?!\d)|{_YEAR_IN_WORDS})"
_NUMBERS = r"(?:0?[1-9]|[12]\d|3[01]) ?[/.\-_ ] ?(?:0?[1-9]|1[0-2]) ?[/.\-_ ] ?(?:(?:19|20)\d\d|\d\d)(?!\d)"
_AMERICAN = r"(?:0?[1-9]|1[0-2])[/.\-](?:1[3-9]|2\d|3[01])[/.\-](?:(?:19|20)\d\d|\d\d)(?!\d)"
_ISO = r"(?:19|20)\d\d ?[/.\-_ ] ?(?:0?[1-9]|1[0-2]) ?[/.\-_ ] ?(?:3[01]|[12]\d|0?[1-9])(?!\d)"
_COMPACT = r"(?:(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?:19|20)\d\d|(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))(?!\d)"
_GAP = r"[ .,/\-_]*"


@dataclass(frozen=True)
class FoundDate:
    """A date in a text: where it stands, and whether it may well be somebody's day of birth by its year."""

    start: int
    end: int
    is_long_ago: bool


@cache
def _pattern() -> re.Pattern[str]:
    in_words = (
        rf"{_DAY}{_GAP}(?:(?:day )?of )?{_MONTH}{_GAP}{_YEAR}|{_MONTH}{_GAP}(?:the )?{_DAY}{_GAP}{_YEAR}"
        rf"|(?:19|20)\d\d{_GAP}{_MONTH}{_GAP}{_DAY}"
    )
    return re.compile(
        rf"(?<![\w£$€])(?<!\d\.)(?:{in_words}|{_ISO}|{_NUMBERS}|{_AMERICAN}|{_COMPACT})(?!\w|/\d)", re.IGNORECASE
    )


def find_dates(text: str) -> Iterator[FoundDate]:
    """Find the full dates of a folded text: in figures, in words, or both."""
    for found in _pattern().finditer(text):
        yield FoundDate(found.start(), found.end(), _is_long_ago(found[0].lower()))


def _is_long_ago(written: str) -> bool:
    if year := re.search(r"(?:18|19|20)\d\d", written):
        return int(year[0]) <= LATEST_YEAR_OF_BIRTH
    if "nineteen" in written:
        return True
    if two_digits := re.search(r"\d\d$", written):
        return not LATEST_YEAR_OF_BIRTH - 2000 < int(two_digits[0]) <= 35
    return bool(re.search(r"two thousand(?: and \w+)?$|two thousand and [a-z]+$", written))
