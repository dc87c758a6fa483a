"""Keeping persons out of partners' files: cells that look like somebody's particulars, and columns made for them.

A partner's note or a column too many may carry a name, a number or an address. Such a file is refused at the door, and
the message says where the cell is and what it looks like, and never what it says: messages end up in logs and mails.

The patterns are wide on purpose. A harmless ten-digit number is refused too, and can be written otherwise; what was let
in by mistake cannot be taken back. A person's bare name in a sentence is not found: no pattern tells it from a place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

import pandas as pd

from shp_analysis.errors import SourceError
from shp_analysis.sources.code_tables import read_code_table

_DATE = r"\d{1,2}[/.\-]\d{1,2}[/.\-](?:\d{4}|\d{2})|(?:19|20)\d{2}-\d{2}-\d{2}"
PATTERNS: Mapping[str, re.Pattern[str]] = {
    "an email address": re.compile(r"[\w.+-]+@[\w-]+\.\w"),
    "an NHS or telephone number": re.compile(r"(?<![\w.])(?:\+?\d[ ()-]{0,2}){9,14}\d(?![\w.])"),
    "a National Insurance number": re.compile(r"\b[A-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b", re.IGNORECASE),
    "a postcode": re.compile(r"\b[A-PR-UWYZ][A-HK-Y]?\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{2}\b", re.IGNORECASE),
    "a date of birth": re.compile(rf"\b(?:d\.?o\.?b\.?|born|birth)\b.{{0,20}}?(?:{_DATE})", re.IGNORECASE),
    "a person's name": re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Master|Mx)\b\.? +[A-Z]"),
}
"""What a cell may look like, each with its pattern."""
_NAME_AND_DATE = re.compile(rf"\b([A-Z][a-z'’-]+),? +([A-Z][A-Za-z'’-]+)[ ,;(]+(?:{_DATE})")
_DATE_ALONE = re.compile(rf"{_DATE}|\b(?:19|20)\d{{2}}-\d{{2}}\b")
_WORD = re.compile(r"[a-z0-9]+")


def describe_personal_data(text: str, known_words: frozenset[str] = frozenset()) -> str:
    """Say what a text looks like that may be somebody's particulars.

    Parameters
    ----------
    text : str
    known_words : frozenset of str
        Words in lower case that are no person's name though they are written with a capital: `halton`, `council`.

    Returns
    -------
    str
        `"a postcode"` and so on; empty where it looks like nothing of the kind.
    """
    # Days, months and financial years are digits and hyphens too, and are no telephone number.
    without_dates = _DATE_ALONE.sub(" ", text)
    for what, pattern in PATTERNS.items():
        if pattern.search(text if what == "a date of birth" else without_dates):
            return what
    for found in _NAME_AND_DATE.finditer(text):
        if not {found[1].lower(), found[2].lower()} & known_words:
            return "a person's name with a date of birth"
    return ""


def check_lines(text: str, label: str, known_words: frozenset[str] = frozenset()) -> None:
    """Refuse a small text file any line of which looks like somebody's particulars.

    Raises
    ------
    SourceError
        Naming the row and what it looks like, and not what it says.
    """
    for row, line in enumerate(text.splitlines(), start=1):
        check_texts([line], f"{label}: row {row}", known_words)


def check_texts(texts: Iterable[str], where: str, known_words: frozenset[str] = frozenset()) -> None:
    """Refuse texts of one place, any of which looks like somebody's particulars.

    Raises
    ------
    SourceError
        Saying where and what it looks like, and not what it says.
    """
    for text in texts:
        if what := describe_personal_data(text, known_words):
            raise SourceError(_refuse(where, what))


def check_cells(frame: pd.DataFrame, columns: Iterable[str], label: str, known_words: frozenset[str]) -> None:
    """Refuse a frame of text in which a cell looks like somebody's particulars.

    Parameters
    ----------
    frame : pandas.DataFrame
        Indexed by row in the file.
    columns : iterable of str
        Its text columns to look into.
    label : str
        How messages name the file.
    known_words : frozenset of str
        As for `describe_personal_data`.

    Raises
    ------
    SourceError
        Naming row and column and what it looks like, and not what it says.
    """
    for column in columns:
        for value in frame[column].dropna().unique():
            if what := describe_personal_data(str(value), known_words):
                row = frame.index[frame[column] == value][0]
                raise SourceError(_refuse(f"{label}: row {row}, column '{column}'", what))


def check_headings(headings: Sequence[str], label: str) -> None:
    """Refuse a file with a column that is made for persons' particulars, or for places finer than an LSOA.

    Raises
    ------
    SourceError
        Naming the column; its cells are not looked at.
    """
    for heading in headings:
        words = _WORD.findall(re.sub(r"([a-z])([A-Z])", r"\1 \2", heading).lower())
        joined = f" {' '.join(words)} "
        for row in _personal_headings():
            if f" {row['words']} " in joined:
                message = (
                    f"{label}: row 1: column '{heading}' looks like {row['what']}, which must not be sent. Nothing of "
                    "the file was kept. Take the column out, delete the copies that were sent, and send the file again."
                )
                raise SourceError(message)


@cache
def _personal_headings() -> tuple[Mapping[str, str], ...]:
    return tuple(read_code_table("personal_data", "headings.csv"))


def list_words(texts: Iterable[str]) -> frozenset[str]:
    """Give the words of some texts in lower case."""
    return frozenset(word for text in texts for word in re.findall(r"[a-z'’-]+", text.lower()))


def _refuse(where: str, what: str) -> str:
    return (
        f"{where} holds what looks like {what}; what it says is not repeated here. Counts of people are asked for and "
        "nothing about any person. Nothing of the file was kept: take it out, delete the copies that were sent, and "
        "send the file again."
    )
