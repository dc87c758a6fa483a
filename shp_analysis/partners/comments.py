"""Partners' comments on figures: who is asked, what they say, and how it stands beside its figure.

A comment is never mixed with computed text. A board edition is refused where a figure of the police has neither a
comment nor the line that none was received, because silence would read as agreement.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import Field

from shp_analysis.config.catalogue import CATALOGUE_FOLDER, RETURNS, Catalogue, Indicator
from shp_analysis.config.reading import Settings, read_rows, refuse_repeated, validate
from shp_analysis.errors import BriefingError, ParametersError
from shp_analysis.partners.returned_files import Day, PartnerRecord, indicator_finder, read_records, resolve
from shp_analysis.readers.partner_returns_measures import read_measures
from shp_analysis.reference.areas import Area
from shp_analysis.reference.period_spellings import write_day

OWNERS_NAME = "owners.csv"
FORCE, AREA = "{police force}", "{area}"
"""Stand in the file for the name of the area's police force and of the area."""
ANY_SOURCE = "*"
"""Stands for every other source. What partners send has a row for each sort of partner: `returns/police`."""


class _OwnerRow(Settings):
    source: str
    owner: str
    is_police: bool


@dataclass(frozen=True)
class Owner:
    """Who is asked to comment on an indicator.

    Attributes
    ----------
    indicator, measure : str
        Its id and its name.
    organisation : str
    is_police : bool
        Whether the figure is one of the police: these are never printed without a comment or a word that none came.
    """

    indicator: str
    measure: str
    organisation: str
    is_police: bool


def find_owners(indicators: Iterable[Indicator], area: Area, folder: Path = CATALOGUE_FOLDER) -> Mapping[str, Owner]:
    """Find whom to ask about each indicator, by the source it is first counted from.

    Parameters
    ----------
    indicators : iterable of Indicator
    area : Area
        Its name and its police force stand in the organisations' names.
    folder : Path
        Holds `owners.csv`: `source, owner, is_police`; the source `*` is every one that has no row.

    Returns
    -------
    mapping of str to Owner
        By id, in the indicators' order. An indicator without a source has no owner and is not in it.

    Raises
    ------
    ParametersError
        Where the file says what it may not, or nobody owns a source.
    """
    path = folder / OWNERS_NAME
    rows = read_rows(path, _OwnerRow)
    refuse_repeated([row.source for row in rows], path, "a source has one owner")
    by_source = {row.source: row for row in rows}
    owners = {}
    for each in indicators:
        if not each.sources:
            continue
        source = _name_source(each)
        row = next((by_source[key] for key in (source, ANY_SOURCE) if key in by_source), None)
        if row is None:
            raise ParametersError(f"{path}: nobody owns the source '{source}' of {each.id}. Add a row for it.")
        organisation = row.owner.replace(FORCE, area.force.police_uk_name).replace(AREA, area.name)
        owners[each.id] = Owner(each.id, each.name, organisation, row.is_police)
    return owners


def _name_source(indicator: Indicator) -> str:
    """Name the source an indicator is first counted from; of partners' returns also the sort of partner."""
    source, measure = indicator.measure()
    if source != RETURNS:
        return source
    asked = measure.include.get("measure", ())
    senders = [each.organisation_types[0] for each in read_measures().values() if each.id in asked]
    return f"{RETURNS}/{senders[0]}" if senders else RETURNS


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


@dataclass(frozen=True)
class PartnerComment:
    """What stands under "What partners say" for one indicator.

    Attributes
    ----------
    indicator, measure : str
        Its id and its name.
    text : str
        The partner's words, or that no comment was received.
    owner : str
        Who answers for them; empty where none came.
    given_on : date, optional
    evidence_type : EvidenceType, optional
    is_late : bool
        It came after the deadline, and was printed all the same.
    """

    indicator: str
    measure: str
    text: str
    owner: str = ""
    given_on: date | None = None
    evidence_type: EvidenceType | None = None
    is_late: bool = False

    @property
    def is_received(self) -> bool:
        """Whether a partner said anything."""
        return self.given_on is not None


def describe_missing_comment(deadline: date) -> str:
    """Say that none was received, in the words that a board edition is checked for."""
    return f"No comment received by {write_day(deadline)}."


def merge_comments(
    indicators: Iterable[Indicator],
    commentary: Iterable[Comment],
    deadline: date,
    *,
    as_of: date | None = None,
    for_public: bool = False,
) -> tuple[PartnerComment, ...]:
    """Set partners' comments in the order of the figures they are about.

    Parameters
    ----------
    indicators : iterable of Indicator
        Those of the paper, in its order. Comments on others are left for other papers.
    commentary : iterable of Comment
    deadline : date
        The day by which comments were asked for.
    as_of : date, optional
        The day of the paper: later comments were not known on it and are left out.
    for_public : bool
        Only what its owner released, and no word on what was not released.

    Returns
    -------
    tuple of PartnerComment
        For each indicator all its comments, in order of date, or one line that none was received.
    """
    known = [each for each in commentary if as_of is None or each.given_on <= as_of]
    if for_public:
        known = [each for each in known if each.is_public]
    merged: list[PartnerComment] = []
    for indicator in indicators:
        own = sorted((each for each in known if each.indicator == indicator.id), key=lambda each: each.given_on)
        merged += [_attribute(each, indicator, deadline) for each in own]
        if not own and not for_public:
            merged.append(PartnerComment(indicator.id, indicator.name, describe_missing_comment(deadline)))
    return tuple(merged)


def _attribute(comment: Comment, indicator: Indicator, deadline: date) -> PartnerComment:
    return PartnerComment(
        indicator=indicator.id,
        measure=indicator.name,
        text=comment.text,
        owner=comment.owner,
        given_on=comment.given_on,
        evidence_type=comment.evidence_type,
        is_late=comment.given_on > deadline,
    )


def check_comments(
    indicators: Iterable[Indicator],
    owners: Mapping[str, Owner],
    merged: Iterable[PartnerComment],
    deadline: date,
) -> None:
    """Refuse a board edition in which a figure of the police stands without a comment and without saying so.

    Parameters
    ----------
    indicators : iterable of Indicator
        Those the edition prints.
    owners : mapping of str to Owner
    merged : iterable of PartnerComment
        Those the edition prints.
    deadline : date

    Raises
    ------
    BriefingError
        Naming the indicators.
    """
    line = describe_missing_comment(deadline)
    answered = {each.indicator for each in merged if each.is_received or each.text == line}
    silent = [
        f"{each.id} ({each.name})"
        for each in indicators
        if each.id in owners and owners[each.id].is_police and each.id not in answered
    ]
    if silent:
        raise BriefingError(
            f"The board edition prints {', '.join(silent)} with neither a comment of the police nor '{line}'. "
            "Merge the comments that came back (merge_comments), which adds that line where none did."
        )
