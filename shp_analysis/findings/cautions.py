"""What stands between two periods and a plain comparison, and what did not come at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from shp_analysis.assessments import Assessment
from shp_analysis.briefing.parts import Note, Notes
from shp_analysis.comparisons import Reason, Verdict
from shp_analysis.comparisons.reasons import (
    DaysDiffer,
    MonthsUnlike,
    OtherForces,
    RecordsUnplaced,
    ReleasesDiffer,
    ShortHistory,
    UnplacedDecide,
    UnplacedDiffer,
)
from shp_analysis.findings.headlines import TOTAL, choose_headlines
from shp_analysis.findings.trust import MOST_NAMES
from shp_analysis.sentences import has_figure
from shp_analysis.text.lists import list_names
from shp_analysis.text.reasons import say
from shp_analysis.workbook import Run

_PLACES = Note("Places", "Some records of the police have no place; no authority's figure holds them.")
_IN_SHORT: Mapping[type[Reason], Note] = {
    DaysDiffer: Note("Days", "The two periods differ in length, so tests and ranges compare counts per day."),
    ReleasesDiffer: Note(
        "Revision",
        "The two periods come from archives of different age, so part of a difference may be revision.",
    ),
    OtherForces: Note("Borders", "Records of other forces in the area are not counted."),
    RecordsUnplaced: _PLACES,
    UnplacedDiffer: _PLACES,
    UnplacedDecide: _PLACES,
    MonthsUnlike: Note(
        "Places",
        "Months in which another share of the records has no place are not used to judge how much a figure varies.",
    ),
    ShortHistory: Note(
        "Short histories",
        "Where few comparable periods show a figure's usual variation, its 95% range is wider.",
    ),
}
"""What paper says once in the place of a remark on many figures, by the kind of remark."""
_COMPARED = {Verdict.TOO_FEW, Verdict.NO_CLEAR_CHANGE, Verdict.UP, Verdict.DOWN}


def list_cautions(run: Run) -> Notes:
    """List what stands between the two periods and a plain comparison: breaks, gaps, ages of archives.

    On paper stands what touches a figure of the headlines, a remark on many figures in short and once; the web edition
    has all.
    """
    received = [each for each in run.assessments if has_figure(each)]
    named: dict[Reason, list[str]] = {}
    for each in received:
        for reason in (*_cautions_of(each), *each.notes):
            named.setdefault(reason, []).append(each.indicator.name)
    notes = (
        *_choose_for_paper(named, len(received), {each.indicator.name for each in choose_headlines(run)}),
        *_parts_of_the_total(run.assessments),
    )
    return Notes(notes or (Note("Nothing", "No break, gap or revision stands between the two periods."),))


def _choose_for_paper(named: Mapping[Reason, Sequence[str]], total: int, headlines: set[str]) -> Iterator[Note]:
    """Write each remark, and say of it whether and how it stands on paper."""
    said: set[str] = set()
    for reason, names in named.items():
        whom, matters = _whom(names, total), len(names) > MOST_NAMES or not headlines.isdisjoint(names)
        short = _IN_SHORT.get(type(reason))
        if short is None:
            yield Note(whom, say(reason), is_on_paper=matters)
        elif matters and short.term not in said:
            said.add(short.term)
            yield Note(whom, say(reason), in_short=short)
        else:
            yield Note(whom, say(reason), is_on_paper=False)


def list_not_received(run: Run) -> Notes:
    """List, section by section, the figures that did not come, and those nobody has agreed how to measure.

    Nothing that is merely missing stands in a table as a zero, and nothing that is missing is left out without a word.
    """
    sections = dict.fromkeys(each.indicator.section for each in run.assessments)
    notes = tuple(chain.from_iterable(_missing_in(section, run.assessments) for section in sections))
    return Notes(notes or (Note("Nothing", "Every figure of this theme was received for its period."),))


def _missing_in(section: str, assessments: Iterable[Assessment]) -> tuple[Note, ...]:
    own = [each for each in assessments if each.indicator.section == section]
    told = []
    for words, verdict in (("Not received", Verdict.INCOMPLETE), ("No agreed measure", Verdict.NO_LOCAL_MEASURE)):
        names = [each.indicator.name for each in own if each.verdict is verdict and not has_figure(each)]
        if names:
            every = len(names) == len(own) > MOST_NAMES
            told.append(f"{words}: {'all ' + str(len(names)) + ' figures, ' if every else ''}{list_names(names)}.")
    return (Note(section, " ".join(told)),) if told else ()


def _parts_of_the_total(assessments: Sequence[Assessment]) -> tuple[Note, ...]:
    """Say which parts of a total that was compared could not be compared themselves."""
    total = next((each for each in assessments if each.indicator.id == TOTAL and each.verdict.shows_percent), None)
    parts = [
        each.indicator.name
        for each in assessments
        if each.indicator.is_offence_group and each.verdict is Verdict.NOT_COMPARABLE
    ]
    if total is None or not parts:
        return ()
    return (Note(total.indicator.name, f"Part of it cannot be compared: {list_names(parts)}."),)


def _cautions_of(assessment: Assessment) -> tuple[Reason, ...]:
    """Give an indicator's cautions; histories of any length that are too short make one line, not one a length."""
    if assessment.verdict not in _COMPARED:
        return assessment.reasons
    return tuple(ShortHistory() if isinstance(each, ShortHistory) else each for each in assessment.reasons[1:])


def _whom(names: Sequence[str], total: int) -> str:
    if len(names) == total:
        return "All figures"
    return list_names(names) if len(names) <= MOST_NAMES else f"{len(names)} of the {total} figures"
