"""What paper prints of the words beside charts: four sides have no room for all, so repeated and further words go.

The web edition has all of them. A sentence is taken for said where only its numbers differ. Whole sentences are left
out, and the first new one stays. A definition that stands beside the charts is not printed again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from shp_analysis.page.parts import Figure, Notes
from shp_analysis.page.rendering import Part

CAPTION_LETTERS_ON_PAPER = 240
CONCLUSION_LETTERS_ON_PAPER = 220
DENIAL_LETTERS_ON_PAPER = 170
"""About four lines each beside a chart, of which a sheet holds six; the web edition has all of the words."""
_NUMBER = re.compile(r"\d[\d.,]*\w?")
_BETWEEN_SENTENCES = re.compile(r"(?<=[.?!]) (?=[A-Z])")


@dataclass(frozen=True)
class Phrase:
    """A sentence, and whether paper prints it."""

    text: str
    is_on_paper: bool


@dataclass(frozen=True)
class FigureWords:
    """What paper prints of a figure's words; empty where it prints all of a text.

    Attributes
    ----------
    caption, denial : tuple of Phrase
    conclusions : tuple of tuple of Phrase
        For each conclusion its sentences.
    is_denial_said : bool
        A sentence of the denial was printed beside an earlier chart.
    """

    caption: tuple[Phrase, ...]
    conclusions: tuple[tuple[Phrase, ...], ...]
    denial: tuple[Phrase, ...]
    is_denial_said: bool


@dataclass(frozen=True)
class _Choice:
    phrases: tuple[tuple[Phrase, ...], ...]
    repeats: bool


def choose_words(parts: Sequence[Part]) -> tuple[FigureWords | frozenset[int] | None, ...]:
    """Choose what paper prints of each part of a page.

    Parameters
    ----------
    parts : sequence of Part
        In the order of the page.

    Returns
    -------
    tuple
        For each part: of a figure its words; of notes the places of those that are left to the web edition because a
        chart says the same; None for the others, of which all is printed.
    """
    said: set[str] = set()
    figures = {number: _choose_beside(part, said) for number, part in enumerate(parts) if isinstance(part, Figure)}
    return tuple(
        _find_said(part, said) if isinstance(part, Notes) else figures.get(number) for number, part in enumerate(parts)
    )


def _choose_beside(figure: Figure, said: set[str]) -> FigureWords:
    texts = [sentence.text for sentence in figure.conclusions]
    caption = _choose([figure.caption], CAPTION_LETTERS_ON_PAPER, said, keeps_first=True)
    conclusions = _choose(texts, CONCLUSION_LETTERS_ON_PAPER, set())
    denial = _choose([figure.cannot_conclude], DENIAL_LETTERS_ON_PAPER, said)
    return FigureWords(caption.phrases[0], conclusions.phrases, denial.phrases[0], denial.repeats)


def _choose(texts: Sequence[str], room: int, said: set[str], *, keeps_first: bool = False) -> _Choice:
    """Choose the sentences of some texts that paper prints, and note them as said."""
    split = [_split(text) for text in texts]
    sentences = [sentence for text in split for sentence in text]
    shapes = [_shape(sentence) for sentence in sentences]
    fresh = [place for place, shape in enumerate(shapes) if shape not in said]
    repeats = len(fresh) < len(shapes)
    if not fresh and keeps_first:
        fresh = [0]  # a caption without words of its own keeps them; of a denial "As above" is enough
    lengths = accumulate(len(sentences[place]) for place in fresh)
    printed = {place for place, length in zip(fresh, lengths, strict=True) if place == fresh[0] or length <= room}
    said.update(shapes[place] for place in printed)
    if len(printed) == len(sentences):
        return _Choice(((),) * len(texts), repeats)
    phrases = iter([Phrase(sentence, place in printed) for place, sentence in enumerate(sentences)])
    return _Choice(tuple(tuple(next(phrases) for _ in text) for text in split), repeats)


def _find_said(notes: Notes, said: set[str]) -> frozenset[int]:
    return frozenset(
        place
        for place, note in enumerate(notes.items)
        if note.is_on_paper and note.in_short is None and said.issuperset(map(_shape, _split(note.text)))
    )


def _split(text: str) -> list[str]:
    return _BETWEEN_SENTENCES.split(" ".join(text.split()))


def _shape(sentence: str) -> str:
    return _NUMBER.sub("#", sentence)
