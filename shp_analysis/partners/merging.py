"""The second stage: what came back stands beside its figure, dated and owned; where none came, that is said.

A comment is never mixed with computed text. A board edition is refused where a figure of the police has neither a
comment nor the line that none was received, because silence would read as agreement.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from shp_analysis.catalogue import Indicator
from shp_analysis.catalogue.naming import write_day
from shp_analysis.errors import BriefingError
from shp_analysis.partners.commentary import Comment, EvidenceType
from shp_analysis.partners.owners import Owner


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

    @property
    def attribution(self) -> str:
        """Who said it, when, and on what evidence; empty where nobody did."""
        if self.given_on is None or self.evidence_type is None:
            return ""
        late = ", after the day asked for" if self.is_late else ""
        return f"{self.owner}, {write_day(self.given_on)}{late}. Evidence: {self.evidence_type.in_words}."


def say_no_comment(deadline: date) -> str:
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
            merged.append(PartnerComment(indicator.id, indicator.name, say_no_comment(deadline)))
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
    line = say_no_comment(deadline)
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
