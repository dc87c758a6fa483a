"""What partners say of a figure: in their own words, dated, owned, and with the kind of evidence they rest on."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import Field

from shp_analysis.catalogue import Catalogue
from shp_analysis.configuration import validate
from shp_analysis.partners.records import Day, PartnerRecord, indicator_finder, read_records, resolve

COMMENTARY_NAME = "commentary.csv"
RETURNED_FOLDER = "returned"
"""Forms that came back lie here, as they came."""


class EvidenceType(StrEnum):
    """What a comment rests on, from the weakest to the strongest."""

    ANECDOTAL = "anecdotal"
    INTELLIGENCE = "intelligence"
    SURVEY = "survey"
    ADMINISTRATIVE = "administrative"
    OFFICIAL = "official"

    @property
    def in_words(self) -> str:
        """The kind of evidence, for somebody who does not know the word."""
        return f"{self.value} ({_MEANINGS[self]})"


_MEANINGS = {
    EvidenceType.ANECDOTAL: "what people have said; not counted",
    EvidenceType.INTELLIGENCE: "what a service knows from its work; not counted",
    EvidenceType.SURVEY: "answers to a survey",
    EvidenceType.ADMINISTRATIVE: "counted in a service's own records",
    EvidenceType.OFFICIAL: "published official statistics",
}


class Comment(PartnerRecord):
    """One partner's comment on one indicator.

    Attributes
    ----------
    indicator : str
        Its id; in the file also its name, or a name it had before.
    text : str
        The partner's words, as plain text.
    owner : str
        Who answers for them: an organisation or a role, not a private person.
    given_on : date
    evidence_type : EvidenceType
    is_public : bool
        Whether the partner agreed to it being printed outside the partnership.
    """

    prose: ClassVar[frozenset[str]] = frozenset({"text"})
    indicator: str
    text: Annotated[str, Field(min_length=1)]
    owner: Annotated[str, Field(min_length=1)]
    given_on: Day
    evidence_type: EvidenceType
    is_public: bool = False


class _ReturnedRow(PartnerRecord):
    """A row of the form that was sent out: what was asked, and what was filled in."""

    prose: ClassVar[frozenset[str]] = frozenset({"text"})
    indicator: str
    measure: str = ""
    period: str = ""
    figure: str = ""
    unit: str = ""
    asked: str = ""
    deadline: str = ""
    text: str = ""
    owner: str = ""
    given_on: str = ""
    evidence_type: str = ""
    is_public: str = ""


_FILLED_IN = ("text", "owner", "given_on", "evidence_type", "is_public")


def read_commentary(path: Path, catalogue: Catalogue) -> tuple[Comment, ...]:
    """Read a quarter's `commentary.csv`.

    Parameters
    ----------
    path : Path
        Columns `indicator, text, owner, given_on, evidence_type` and, if wanted, `is_public`. A missing file is no
        comments.
    catalogue : Catalogue

    Returns
    -------
    tuple of Comment
        In the file's order.

    Raises
    ------
    ParametersError
        Naming file, row and column; an unknown indicator with the nearest one.
    SourceError
        Where a cell looks like somebody's particulars.
    """
    return resolve(read_records(path, Comment), path, {"indicator": indicator_finder(catalogue)})


def read_returned_form(path: Path, catalogue: Catalogue) -> tuple[Comment, ...]:
    """Read a comment form that a partner sent back, as CSV or workbook; rows without a comment are no comments.

    Raises
    ------
    ParametersError
        Naming file, row and column; also where a row gives an owner or a date and no comment.
    SourceError
        Where a cell looks like somebody's particulars.
    """
    comments = []
    for number, row in read_records(path, _ReturnedRow):
        filled = {name: getattr(row, name) for name in _FILLED_IN if getattr(row, name)}
        if filled:
            content = {"indicator": row.indicator, **filled}
            comments.append((number, validate(content, Comment, label=f"{path}, row {number}")))
    return resolve(comments, path, {"indicator": indicator_finder(catalogue)})
