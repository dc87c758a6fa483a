"""One plain form for all ways of writing the same text, with its dates, and the lists that tell a name from other words.

Compatibility forms, accents and look-alike letters become plain letters and digits; every dash becomes a hyphen, every
space one space, every apostrophe and full stop the plain one; characters without width are dropped. Each character
remembers where it stood, so that what is found can be masked in the text as it was written.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import NamedTuple


class Span(NamedTuple):
    """What a stretch looks like, and where it stands in the folded text."""

    kind: str
    start: int
    end: int


_LETTERS = str.maketrans(
    {
        **dict(zip("ıłŁøØđĐðÐħĦŧŦ", "ilLoOdDdDhHtT", strict=True)),
        "ß": "ss",
        "æ": "ae",
        "Æ": "Ae",
        "œ": "oe",
        "Œ": "Oe",
        "þ": "th",
        "Þ": "Th",
        "ẞ": "SS",
        # Cyrillic and Greek letters that look like Latin ones.
        **dict(zip("АВЕКМНОРСТУХЅІЈаеорсухіјѕ", "ABEKMHOPCTYXSIJaeopcyxijs", strict=True)),
        **dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧο", "ABEZHIKMNOPTYXo", strict=True)),
        # Apostrophes, full stops, and strokes.
        **dict.fromkeys("‘’‛ʼʻ`´′＇", "'"),
        **dict.fromkeys("“”„‟″", '"'),
        **dict.fromkeys("·•․‧∙⋅。", "."),
        **dict.fromkeys("⁄∕", "/"),
        "−": "-",
        "⁃": "-",
        "¦": "|",
    }
)
_DROPPED = {"Cf", "Mn", "Me", "Cs", "Co", "Cn"}


@dataclass(frozen=True)
class FoldedText:
    """A text in its plain form.

    Attributes
    ----------
    text : str
    starts : sequence of int
        For each character, the position in the original that it comes from.
    """

    text: str
    starts: Sequence[int]

    def locate(self, start: int, end: int) -> tuple[int, int]:
        """Give where a stretch of the folded text stands in the original."""
        return self.starts[start], self.starts[end - 1] + 1


def fold(text: str) -> FoldedText:
    """Write a text in its plain form.

    Parameters
    ----------
    text : str

    Returns
    -------
    FoldedText
    """
    letters: list[str] = []
    starts: list[int] = []
    for position, character in enumerate(text):
        for letter in character if character.isascii() else _fold_character(character):
            plain = " " if letter.isspace() or unicodedata.category(letter) == "Cc" else letter
            if plain == " " and letters and letters[-1] == " ":
                continue
            letters.append(plain)
            starts.append(position)
    return FoldedText("".join(letters), starts)


def _fold_character(character: str) -> str:
    parts = unicodedata.normalize("NFKD", character.translate(_LETTERS)).translate(_LETTERS)
    return "".join(_fold_part(part) for part in parts)


def _fold_part(part: str) -> str:
    category = unicodedata.category(part)
    if category in _DROPPED:
        return ""
    if category == "Pd":
        return "-"
    return str(unicodedata.digit(part)) if category == "Nd" else part


@cache
def read_forenames() -> Mapping[str, bool]:
    """Read common forenames in lower case; true where the name is an ordinary word or a place as well."""
    return {row["forename"]: row["is_also_a_word"] == "true" for row in _read("forenames.csv")}


@cache
def read_surnames() -> Mapping[str, bool]:
    """Read common surnames in lower case; true where the name is an ordinary word or a place as well."""
    return {row["surname"]: row["is_also_a_word"] == "true" for row in _read("surnames.csv")}


@cache
def read_ordinary_words() -> frozenset[str]:
    """Read words in lower case that are no part of a name, though a sentence or a title may write them large."""
    return frozenset(row["word"] for row in _read("ordinary_words.csv"))


@cache
def read_words_after_a_name() -> frozenset[str]:
    """Read words that make a name the name of a street, a house or an organisation: `Trust`, `Road`, `Hospital`."""
    return frozenset(row["word"] for row in _read("words_after_a_name.csv"))


@cache
def read_known_names() -> tuple[str, ...]:
    """Read names, in lower case, of organisations, laws and well-known people that look like a private person's."""
    return tuple(row["name"] for row in _read("known_names.csv"))


@cache
def read_postcode_areas() -> tuple[str, ...]:
    """Read the 124 postcode areas, the longest first."""
    return tuple(sorted((row["area"] for row in _read("postcode_areas.csv")), key=len, reverse=True))


def _read(name: str) -> list[dict[str, str]]:
    text = (files("shp_analysis.reference") / "personal_data" / name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


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
