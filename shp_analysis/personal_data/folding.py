"""One plain form for all ways of writing the same text.

Compatibility forms, accents and look-alike letters become plain letters and digits; every dash becomes a hyphen, every
space one space, every apostrophe and full stop the plain one; characters without width are dropped. Each character
remembers where it stood, so that what is found can be masked in the text as it was written.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

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
