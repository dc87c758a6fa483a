"""Looking for every kind of particular in a text, and masking what is found."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from shp_analysis.personal_data.numbers import find_numbers
from shp_analysis.personal_data.people import BIRTH, NAME, NAME_AND_DATE, find_people
from shp_analysis.personal_data.places import find_accounts, find_places
from shp_analysis.personal_data.texts import Span, fold

_KINDS_OF_FILE_NAMES = frozenset({NAME, NAME_AND_DATE, BIRTH, "an NHS number", "an email address"})
_STRETCH, _OVERLAP = 1_000, 200
"""A long text is searched in stretches, so that the time grows with its length alone."""
LONGEST_QUOTE = 80
_LONG_QUOTE = re.compile(rf"(?<![^\s(])(['\"])([^'\"\n]{{{LONGEST_QUOTE + 40},}})\1")
_FILE_NAME = re.compile(
    r"[\w+()-][\w.+()-]*\.(?:csv|xlsx?|xlsm|xlsb|ods|zip|ya?ml|pdf|docx?|txt|json|ipynb)\b", re.IGNORECASE
)
_SPREAD = re.compile(r"(?<![A-Za-z])(?:[A-Za-z] ){3,}[A-Za-z](?![A-Za-z])")


@dataclass(frozen=True)
class Finding:
    """What looks like somebody's particulars.

    Attributes
    ----------
    kind : str
        Such as `"a postcode"`.
    start, end : int
        Where it stands in the text.
    """

    kind: str
    start: int
    end: int


def find_personal_data(text: str) -> tuple[Finding, ...]:
    """Find what looks like somebody's particulars in a text.

    Parameters
    ----------
    text : str

    Returns
    -------
    tuple of Finding
        In the order of the text; of two that overlap, both.
    """
    findings = {
        Finding(each.kind, start + each.start, start + each.end)
        for start in range(0, max(len(text), 1), _STRETCH)
        for each in _find_in_stretch(text[start : start + _STRETCH + _OVERLAP])
    }
    return tuple(sorted(findings, key=lambda each: (each.start, -each.end, each.kind != NAME_AND_DATE)))


def _find_in_stretch(text: str) -> Iterator[Finding]:
    folded = fold(text)
    for span in _find(folded.text):
        yield Finding(span.kind, *folded.locate(span.start, span.end))


def describe_personal_data(text: str) -> str:
    """Say what a text looks like that may be somebody's particulars.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
        `"a postcode"` and so on; empty where it looks like nothing of the kind.
    """
    for version in dict.fromkeys((text, html.unescape(text), unquote(text))):
        for finding in find_personal_data(version):
            return finding.kind
    return ""


def mask_personal_data(text: str) -> str:
    """Put the kind in square brackets in place of each particular: `[a postcode]`.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
        The same text where nothing was found. A text in which something is hidden by escapes is masked whole.
    """
    masked, last = [], 0
    for finding in find_personal_data(text):
        if finding.start >= last:
            masked += [text[last : finding.start], f"[{finding.kind}]"]
        last = max(last, finding.end)
    result = _FILE_NAME.sub(lambda found: mask_file_name(found[0]), "".join([*masked, text[last:]]))
    hidden = describe_personal_data(result) if "&" in result or "%" in result else ""
    return f"[{hidden}]" if hidden else result


def mask_quoted_values(text: str) -> str:
    """Shorten what a message quotes, and mask it: whoever reads it needs to find the cell and not to read it all.

    Parameters
    ----------
    text : str
        A message, with values between quotation marks.

    Returns
    -------
    str
    """
    short = _LONG_QUOTE.sub(lambda found: f"{found[1]}{found[2][:LONGEST_QUOTE]}…{found[1]}", text)
    return mask_personal_data(short)


def describe_file_name(name: str) -> str:
    """Say what a file's name looks like that may be somebody's particulars; empty where it looks like nothing."""
    return next((span.kind for span in _find_in_file_name(name)), "")


def mask_file_name(name: str) -> str:
    """Give a file's name, or its kind in square brackets where it holds somebody's particulars."""
    kind = describe_file_name(name)
    return f"[{kind}]{'.' + name.rpartition('.')[2] if '.' in name else ''}" if kind else name


def _find_in_file_name(name: str) -> Iterator[Span]:
    stem = name.rpartition(".")[0] or name
    words = re.sub(r"([a-z])([A-Z])", r"\1 \2", fold(stem).text)
    for version in dict.fromkeys((words, re.sub(r"[_+.-]+", " ", words))):
        yield from (span for span in _find(version) if span.kind in _KINDS_OF_FILE_NAMES)


def _find(text: str) -> Iterator[Span]:
    for finder in (find_people, find_accounts, find_places, find_numbers):
        yield from finder(text)
    for found in _SPREAD.finditer(text):
        if any(find_people("".join(found[0].split()).title())):
            yield Span(NAME, found.start(), found.end())
