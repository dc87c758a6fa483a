"""The partnership's priorities: one list in the strategy's order, whatever wording a paper uses for them.

Three papers word the same nine priorities in three ways ("Domestic Abuse", "Domestic Abuse and VAWG"; "Counter
Terrorism", "Prevent"). Each wording is an alias of one number, so that an action, a comment or a row of the summary is
never filed under a tenth priority. The order is the strategy's, which is not a ranking.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator

from shp_analysis.config.catalogue import CATALOGUE_FOLDER, Catalogue, Indicator, check_indicators, read_catalogue
from shp_analysis.config.reading import Settings, read_yaml, refuse_repeated
from shp_analysis.errors import ParametersError, RequestError, suggest

NO_LOCAL_MEASURE = "No agreed local measure"
"""Printed for a priority for which the partnership has agreed nothing that could be counted."""
PRIORITIES_NAME = "priorities.yaml"
LIKENESS = 0.9
"""How alike a misspelt wording and a known one must be to be taken for it: "Hate Crimes" is, "Serious Crime" is not."""
_NUMBER = re.compile(r"(?:priority\s*)?(\d{1,2})", re.IGNORECASE)
_LIST_MARK = re.compile(r"^\s*(?:priority\s*)?\d{1,2}\s*[.):\-]\s*", re.IGNORECASE)
_LINKING_WORDS = {"and", "the"}


class Priority(Settings):
    """One of the partnership's priorities.

    Attributes
    ----------
    number : int
        Its place in the strategy, which indicators and actions name.
    name : str
        As the strategy words it.
    aliases : tuple of str
        Other wordings in papers, and areas of focus that are filed under it.
    theme : str
        Whose briefing it belongs to.
    lead_indicator : str, optional
        The id of the indicator that the one-page summary gives it; without one no measure is agreed.
    beside : tuple of str
        Ids that are shown beside the lead indicator.
    note : str
        What a reader must know of the lead line, such as that it is a force's figure.
    shows_change : bool
        Whether the lead line says up or down; false where it only assures that work was done.
    """

    number: Annotated[int, Field(ge=1, strict=True)]
    name: str
    aliases: tuple[str, ...] = ()
    theme: str
    lead_indicator: str | None = None
    beside: tuple[str, ...] = ()
    note: str = ""
    shows_change: bool = True

    @model_validator(mode="after")
    def _check_lead(self) -> Priority:
        if self.beside and self.lead_indicator is None:
            raise ValueError("indicators stand `beside` a lead_indicator, and there is none")
        return self

    @property
    def indicators(self) -> tuple[str, ...]:
        """The ids of its lead indicator and of those beside it."""
        return (self.lead_indicator, *self.beside) if self.lead_indicator else ()


class _PriorityFile(Settings):
    priorities: Annotated[tuple[Priority, ...], Field(min_length=1)]


def read_priorities(folder: Path = CATALOGUE_FOLDER, catalogue: Catalogue | None = None) -> tuple[Priority, ...]:
    """Read the partnership's priorities, in the strategy's order.

    Parameters
    ----------
    folder : Path
        Holds `priorities.yaml`.
    catalogue : Catalogue, optional
        Whose indicators they may name; the folder's own if left out.

    Returns
    -------
    tuple of Priority

    Raises
    ------
    ParametersError
        Where an entry is wrong, the numbers are not 1, 2, 3 and so on, a wording belongs to two priorities, or an
        indicator does not exist.
    """
    path = folder / PRIORITIES_NAME
    priorities = read_yaml(path, _PriorityFile).priorities
    numbers = [each.number for each in priorities]
    if numbers != list(range(1, len(numbers) + 1)):
        shown = ", ".join(map(str, numbers))
        message = (
            f"{path}: the priorities are numbered {shown}; number them 1 to {len(numbers)}, in the strategy's order."
        )
        raise ParametersError(message)
    wordings = [wording for each in priorities for wording in {_fold(word) for word in (each.name, *each.aliases)}]
    refuse_repeated(wordings, path, "a wording belongs to one priority")
    known = [each.id for each in (catalogue or read_catalogue(folder)).indicators]
    for each in priorities:
        check_indicators(f"priority {each.number} ({each.name})", each.indicators, known, path)
    return priorities


@cache
def _shipped() -> tuple[Priority, ...]:
    return read_priorities()


def map_aliases(priorities: Sequence[Priority]) -> Mapping[str, int]:
    """Give the number of a priority by every wording of it, as wordings are compared (see `find_priority`)."""
    return {_fold(word): each.number for each in priorities for word in (each.name, *each.aliases)}


def find_priority(text: str, priorities: Sequence[Priority] | None = None) -> Priority:
    """Find a priority by its number or by any wording of it.

    Case, punctuation, "&" for "and", a number in front and small slips of spelling do not matter: "2) Domestic Abuse;",
    "domestic abuse & VAWG" and "Country Lines" are found.

    Parameters
    ----------
    text : str
        As a paper or a partner's file writes it.
    priorities : sequence of Priority, optional
        Where to look; the partnership's own if left out.

    Returns
    -------
    Priority

    Raises
    ------
    RequestError
        Where it is none of them; the message lists them.
    """
    chosen = _shipped() if priorities is None else tuple(priorities)
    by_number = {each.number: each for each in chosen}
    numbered = _NUMBER.fullmatch(text.strip())
    number = int(numbered[1]) if numbered else _find_wording(text, map_aliases(chosen))
    found = None if number is None else by_number.get(number)
    if found is not None:
        return found
    names = "; ".join(f"{each.number} {each.name}" for each in chosen)
    near = suggest(text, [word for each in chosen for word in (each.name, *each.aliases)])
    raise RequestError(f"There is no priority '{text}'. They are {names}. {near}".strip())


def _find_wording(text: str, wordings: Mapping[str, int]) -> int | None:
    folded = _fold(text)
    if folded in wordings:
        return wordings[folded]
    near = {wordings[word] for word in get_close_matches(folded, wordings, n=3, cutoff=LIKENESS)}
    # A slip that could be of two priorities is nobody's.
    return near.pop() if len(near) == 1 else None


def _fold(text: str) -> str:
    plain = _LIST_MARK.sub("", unicodedata.normalize("NFKC", text)).casefold().replace("&", " and ")
    return " ".join(word for word in re.findall(r"[^\W_]+", plain) if word not in _LINKING_WORDS)


def find_lead(priority: Priority, catalogue: Catalogue) -> Indicator | None:
    """Give the indicator that stands for a priority, or None where no measure of it is agreed."""
    if priority.lead_indicator is None:
        return None
    lead = catalogue.indicator(priority.lead_indicator)
    return lead if lead.is_agreed else None


def describe_measure(priority: Priority, catalogue: Catalogue) -> str:
    """Say how a priority is measured, or that nothing was agreed: a blank would read as nothing to report."""
    lead = find_lead(priority, catalogue)
    return f"{lead.name} ({lead.id})" if lead else f"{NO_LOCAL_MEASURE} for this priority."
