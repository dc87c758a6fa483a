"""The parts of a briefing, as a notebook's calls return them.

Each is a small frozen dataclass that shows itself in JupyterLab and that the exporter puts on the page.
A part says nothing of its own: what it prints is what it was given, escaped. Headings come from the
notebook's markdown; of the parts only the strip has one.
"""

from __future__ import annotations

import math
import struct
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, replace
from datetime import date
from typing import Any, ClassVar, Literal, TypeVar

from shp_analysis.errors import BriefingError
from shp_analysis.page.data_tables import DataTable
from shp_analysis.page.rendering import Part, Picture
from shp_analysis.page.style import PAGE_WIDTH_MM, VerdictMark, mark_verdict
from shp_analysis.page.wording import NO_EVIDENCE, Evidence, refuse_percent_without_base

Tone = Literal["fine", "caution", "problem", "plain"]

MOST_HEADLINES = 5
MOST_FACTS_IN_A_ROW = 5
MOST_COLUMNS_ON_PAPER = 3
_TONES_IN_WORDS = {"fine": "", "caution": "Take care", "problem": "Problem", "plain": ""}
_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PAGE_WIDTH_PIXELS = round(PAGE_WIDTH_MM / 25.4 * 96)
_SHOWN_OF_HASH = 16


@dataclass(frozen=True, repr=False)
class Masthead(Part):
    """Whose paper this is, of what and when: one on every page, shown right under the title.

    Attributes
    ----------
    area_name : str
        The partnership's area.
    theme : str
        What the paper is about.
    period_in_words : str
        Such as "Quarter 3 2024-25: October to December 2024".
    as_of : date
        The day on which the paper was written: nothing received later is in it.
    edition : str
        Such as "Board edition".
    status : str
        Such as "PARTNER PREVIEW" or "BOARD".
    is_simulated : bool
        The figures are invented. The page then says so on screen, on each sheet of paper and in its title.
    """

    area_name: str
    theme: str
    period_in_words: str
    as_of: date
    edition: str
    status: str
    is_simulated: bool
    kind = "masthead"

    def __str__(self) -> str:
        warning = "SIMULATED DATA - " if self.is_simulated else ""
        return f"{warning}{self.area_name}: {self.theme}. {self.period_in_words}, as of {self.as_of.isoformat()}"


@dataclass(frozen=True)
class QualityFact:
    """One fact of the strip: its label, its value in words, and how much care it asks for."""

    label: str
    value: str
    tone: Tone = "plain"

    @property
    def tone_in_words(self) -> str:
        """The tone for those who do not see its sign; nothing where there is nothing to say."""
        return _TONES_IN_WORDS[self.tone]


@dataclass(frozen=True, repr=False)
class DataQuality(Part):
    """The strip that says how far the quarter can be trusted, before any figure is read."""

    items: Sequence[QualityFact]
    title: str = "Can I trust this quarter?"
    kind = "strip"

    @property
    def columns(self) -> int:
        """How many facts stand side by side on a desk and on paper, so that the rows are even."""
        rows = math.ceil(len(self.items) / MOST_FACTS_IN_A_ROW)
        return math.ceil(len(self.items) / max(rows, 1))

    def __str__(self) -> str:
        return f"{self.title} " + "; ".join(f"{item.label}: {item.value}" for item in self.items)


@dataclass(frozen=True)
class Sentence:
    """A sentence that the analysis wrote, with the verdict it rests on and what else supports its words.

    Raises
    ------
    PercentWithoutBaseError
        A percentage in it has no two counts beside it, or too few events behind it: such a sentence cannot be made.
    """

    text: str
    verdict: str | None = None
    evidence: Evidence = NO_EVIDENCE

    def __post_init__(self) -> None:
        refuse_percent_without_base(self.text, verdict=self.verdict)

    @property
    def mark(self) -> VerdictMark | None:
        """The mark of the verdict, where there is one."""
        return None if self.verdict is None else mark_verdict(self.verdict)


@dataclass(frozen=True, repr=False)
class Headlines(Part):
    """The three to five sentences that somebody reads who reads nothing else.

    Raises
    ------
    BriefingError
        There are none, or more than five.
    """

    sentences: Sequence[Sentence]
    kind = "headlines"

    def __post_init__(self) -> None:
        if not 1 <= len(self.sentences) <= MOST_HEADLINES:
            raise BriefingError(
                f"There are {len(self.sentences)} headlines. Allowed: 1 to {MOST_HEADLINES}. Keep the largest signals."
            )

    def __str__(self) -> str:
        return "\n".join(f"- {sentence.text}" for sentence in self.sentences)


def _is_picture(picture: str | bytes) -> bool:
    if isinstance(picture, bytes):
        return picture.startswith(_PNG_SIGNATURE)
    return picture.lstrip().startswith("<svg")


@dataclass(frozen=True, repr=False)
class Figure(Part):
    """A chart with the words and the numbers that go with it.

    Attributes
    ----------
    title : str
        The finding, as a sentence.
    picture : str or bytes
        SVG text (`shp_analysis.page.style.save_svg`) or a PNG.
    alternative_text : str
        What the chart shows, for somebody who cannot see it.
    caption : str
        What is drawn: measure, unit, period, what lines and bands are.
    table : DataTable
        The numbers behind the chart.
    can_conclude : str, Sentence or sequence of Sentence
        What a reader may take from it. Plain text rests on the figure's own verdict; sentences bring theirs.
    cannot_conclude : str
        What a reader may not take from it.
    narrow_picture : str or bytes, optional
        The same chart drawn for a phone and for paper, where two stand side by side (`figure_size("narrow")`). Without
        it a phone shows the wide one at its full size, to be scrolled sideways, for shrunk it could not be read.
    verdict : str, optional
        The verdict that `title`, `caption` and `can_conclude` rest on.
    evidence : Evidence
        What else supports their words.

    Raises
    ------
    BriefingError
        Words are missing, or the picture is neither SVG nor PNG.
    """

    title: str
    picture: Picture
    alternative_text: str
    caption: str
    table: DataTable
    can_conclude: str | Sentence | Sequence[Sentence]
    cannot_conclude: str
    _: KW_ONLY
    narrow_picture: Picture | None = None
    verdict: str | None = None
    evidence: Evidence = NO_EVIDENCE
    kind = "figure"

    def __post_init__(self) -> None:
        words = {
            "title": self.title,
            "alternative_text": self.alternative_text,
            "caption": self.caption,
            "can_conclude": "".join(sentence.text for sentence in self.conclusions),
            "cannot_conclude": self.cannot_conclude,
        }
        for name, text in words.items():
            if not text.strip():
                raise BriefingError(f"The figure '{self.title}' has an empty {name}. Say it in a sentence.")
        for picture in (self.picture, self.narrow_picture):
            if picture is not None and not _is_picture(picture):
                raise BriefingError(
                    f"A picture of the figure '{self.title}' is neither SVG text nor PNG bytes. "
                    "Draw it with style.save_svg(figure)."
                )

    @property
    def width_in_pixels(self) -> int | None:
        """Width at which a PNG is shown (SVG brings its own): its own, or the page's where that is less."""
        if isinstance(self.picture, str):
            return None
        return min(int(struct.unpack(">I", self.picture[16:20])[0]), _PAGE_WIDTH_PIXELS)

    @property
    def conclusions(self) -> tuple[Sentence, ...]:
        """The sentences of `can_conclude`, each with the verdict that it rests on."""
        if isinstance(self.can_conclude, str):
            return (Sentence(self.can_conclude, self.verdict, self.evidence),)
        return (self.can_conclude,) if isinstance(self.can_conclude, Sentence) else tuple(self.can_conclude)

    @property
    def denial(self) -> Evidence:
        """The evidence of `cannot_conclude`, which may name what it denies."""
        return replace(self.evidence, is_denial=True)

    def __str__(self) -> str:
        return f"Figure: {self.title}\n{self.alternative_text}"


@dataclass(frozen=True)
class Note:
    """A definition or a caveat: the word or the thing, and what is to be known of it.

    Attributes
    ----------
    term, text : str
        The word, and what is to be known of it.
    is_on_paper : bool
        Paper has four sides, so a note may be left to the web edition; paper then says how many were.
    in_short : Note, optional
        What paper says in the place of a long note.
    unanswered : tuple of str
        The measures of which the note says that nobody commented on them.
    """

    term: str
    text: str
    is_on_paper: bool = True
    in_short: Note | None = None
    unanswered: tuple[str, ...] = ()

    @property
    def term_ends_sentence(self) -> bool:
        """The term is a sentence, so that on paper, where it stands in one line with the text, no stop follows it."""
        return self.term.endswith((".", "?", "!"))


Left = TypeVar("Left", DataTable, "Notes")


@dataclass(frozen=True, repr=False)
class Notes(Part):
    """Definitions and caveats."""

    items: Sequence[Note]
    kind = "notes"

    @property
    def left_to_screen(self) -> int:
        """How many of the notes do not stand on paper."""
        return sum(not note.is_on_paper for note in self.items)

    @property
    def columns_on_paper(self) -> int:
        """In how many columns the notes are printed: a few are a line each, and not torn into three."""
        printed = len(self.items) - self.left_to_screen + bool(self.left_to_screen)
        return MOST_COLUMNS_ON_PAPER if printed >= MOST_COLUMNS_ON_PAPER else 1

    def __str__(self) -> str:
        return "\n".join(f"{note.term}: {note.text}" for note in self.items)


def leave_to_screen(part: Left) -> Left:
    """Leave a long table to the web edition; paper, of four sides, names it instead.

    Where notes stand in a table's place, to say that it could not be made, they are short and stay on paper.
    """
    if isinstance(part, Notes):
        return part
    return replace(part, is_on_paper=False)


@dataclass(frozen=True)
class Source:
    """A file that the paper rests on, as it was received."""

    file_name: str
    publisher: str
    received: date
    sha256: str
    licence: str

    @property
    def short_sha256(self) -> str:
        """The first characters of the hash, enough to tell two files apart by eye."""
        return self.sha256[:_SHOWN_OF_HASH]


@dataclass(frozen=True, repr=False)
class Sources(Part):
    """The files that the paper rests on."""

    rows: Sequence[Source]
    caption: str = "Files this paper rests on"
    table_id: str = "table-sources"
    kind = "sources"
    headings: ClassVar[tuple[str, ...]] = ("File and its SHA-256", "Publisher", "Received", "Licence")

    @property
    def by_publisher(self) -> tuple[tuple[str, str], ...]:
        """How many files there are of each publisher, in words: paper has four sides, and names no file."""
        counts = Counter(row.publisher for row in self.rows)
        return tuple((name, f"{count} file{'s' if count > 1 else ''}") for name, count in counts.items())

    def __str__(self) -> str:
        return "\n".join(f"{row.file_name} ({row.publisher}, received {row.received.isoformat()})" for row in self.rows)


@dataclass(frozen=True)
class CommentOnFigure:
    """What a partner says of a figure: their words, who answers for them, when, and on what evidence."""

    about: str
    text: str
    owner: str
    given_on: date
    evidence_type: str


@dataclass(frozen=True, repr=False)
class PartnerContext(Part):
    """What partners say, kept apart from what the analysis says, and never checked for its wording."""

    remarks: Sequence[CommentOnFigure]
    kind = "partner_context"

    @property
    def columns_on_paper(self) -> int:
        """In how many columns the remarks are printed."""
        return max(1, min(len(self.remarks), MOST_COLUMNS_ON_PAPER))

    def __str__(self) -> str:
        return "\n".join(f"{remark.owner} on {remark.about}: {remark.text}" for remark in self.remarks)


_KINDS: Mapping[str, type[Part]] = {
    part.kind: part for part in (Masthead, DataQuality, Headlines, Figure, DataTable, Notes, Sources, PartnerContext)
}


def read_part(values: Mapping[str, Any], html: str) -> Part:
    """Read a part from the JSON that it gave.

    Parameters
    ----------
    values : mapping
        What `Part.to_json` wrote.
    html : str
        What stands beside it; its pictures are there.

    Raises
    ------
    BriefingError
        There is no such part, or it holds what such a part does not.
    """
    kind = _KINDS.get(str(values.get("kind")))
    if kind is None:
        raise BriefingError(f"There is no part '{values.get('kind')}'. There are: {', '.join(_KINDS)}.")
    return kind.from_json(values, html)
