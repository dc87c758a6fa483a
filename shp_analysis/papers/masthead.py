"""Whose paper it is, and how far the data of its period can be relied on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from shp_analysis.assessment.assessments import Assessment
from shp_analysis.assessment.verdicts import (
    DaysDiffer,
    MonthsUnlike,
    OtherForces,
    Reason,
    RecordsUnplaced,
    ReleasesDiffer,
    ShortHistory,
    UnplacedDecide,
    UnplacedDiffer,
    Verdict,
)
from shp_analysis.config.parameters import Paper
from shp_analysis.measures.observations import select_within
from shp_analysis.page.parts import DataQuality, Masthead, Note, Notes, QualityFact, Tone
from shp_analysis.page.style import format_count
from shp_analysis.papers.headlines import choose_headlines
from shp_analysis.papers.run import Run
from shp_analysis.reference.period_spellings import write_day
from shp_analysis.statistics.dispersions import LONG_HISTORY_MONTHS
from shp_analysis.text.reasons import say
from shp_analysis.text.sentences import has_figure
from shp_analysis.text.words import capitalise, list_names

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


def list_caveats(run: Run) -> Notes:
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
        *_parts_of_the_total(run),
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


def _parts_of_the_total(run: Run) -> tuple[Note, ...]:
    """Say which parts of a total that was compared could not be compared themselves."""
    crime = run.contents.charts.recorded_crime
    total = next((each for each in run.assessments if each.indicator.id == crime and each.verdict.shows_percent), None)
    parts = [
        each.indicator.name
        for each in run.assessments
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


MOST_NAMES = 3
"""A longer list of indicators is given as a number."""
PAPER_NAMES = {
    Paper.CRIME_AND_ASB: "Crime and anti-social behaviour",
    Paper.SUBSTANCE_MISUSE: "Drugs and alcohol",
    Paper.DOMESTIC_ABUSE: "Domestic abuse",
    Paper.ROAD_CASUALTIES: "Road casualties",
    Paper.BOARD_SUMMARY: "Board summary",
    Paper.ANNUAL_ASSESSMENT: "Annual strategic assessment",
    Paper.CHANGES_SINCE_LAST_MEETING: "Changes since the last meeting",
}


def build_masthead(run: Run) -> Masthead:
    """Say whose paper this is, of what and when."""
    return Masthead(
        area_name=run.area.name,
        theme=PAPER_NAMES[run.paper],
        period_in_words=capitalise(run.period.in_words),
        as_of=run.as_of,
        edition=run.audience.title,
        status=run.audience.status,
        is_simulated=run.is_simulated,
    )


def describe_data_quality(run: Run) -> DataQuality:
    """Say, before any figure is read, how far the period can be trusted."""
    return DataQuality(
        (
            _feeds(run.assessments),
            _data_to(run),
            _recording_changes(run.assessments),
            _history(run.assessments),
            _provisional(run.assessments),
            _withheld(run.assessments),
        )
    )


def _feeds(assessments: Iterable[Assessment]) -> QualityFact:
    """Count the feeds, a table of a publisher's each, that brought every figure asked of them."""
    whole: dict[str, bool] = {}
    for each in assessments:
        if each.indicator.is_agreed:
            feed = each.indicator.measure(each.source)[1].records
            is_in = has_figure(each) or each.is_suppressed
            whole[feed] = whole.get(feed, True) and is_in
    received = sum(whole.values())
    tone: Tone = "fine" if received == len(whole) else "caution" if received else "problem"
    return QualityFact("Feeds received", f"{received} of {len(whole)} in full", tone)


def _data_to(run: Run) -> QualityFact:
    days = [each.data_to for each in run.assessments if each.data_to]
    if not days:
        return QualityFact("Data to", "nothing received", "problem")
    first, last = min(days), max(days)
    told = [write_day(day) for day in dict.fromkeys((first, last))]
    tone: Tone = "fine" if first >= run.period.end else "caution" if last >= run.period.end else "problem"
    return QualityFact("Data to", " at the earliest, ".join(told) + (" at the latest" if len(told) > 1 else ""), tone)


def _recording_changes(assessments: Sequence[Assessment]) -> QualityFact:
    between = {each.break_id: each for a in assessments for each in a.comparisons[0].breaks}
    confirmed = [each for each in between.values() if each.is_confirmed]
    label = "Recording changes in between"
    if confirmed:
        names = [a.indicator.name for a in assessments if any(each.is_confirmed for each in a.comparisons[0].breaks)]
        affected = list_names(names) if len(names) <= MOST_NAMES else f"{len(names)} figures"
        return QualityFact(label, f"{len(confirmed)}, affecting {affected}", "caution")
    if between:
        return QualityFact(label, f"{len(between)} possible, not confirmed", "caution")
    return QualityFact(label, "none known", "fine")


def _history(assessments: Iterable[Assessment]) -> QualityFact:
    """Say on how many months the natural variation of monthly series was judged; quarters are told as cautions."""
    months = [
        change.dispersion.months
        for each in assessments
        if (change := each.comparisons[0].change) is not None and len(each.counts_by_month) > LONG_HISTORY_MONTHS
    ]
    label = "Natural variation judged on"
    if not months:
        return QualityFact(label, "no monthly comparison made", "plain")
    shortest = min(months)
    value = f"{shortest} months" if shortest == max(months) else f"{shortest} to {max(months)} months"
    return QualityFact(label, value, "fine" if shortest >= LONG_HISTORY_MONTHS else "caution")


def _provisional(assessments: Iterable[Assessment]) -> QualityFact:
    """Count the figures that their publisher may still revise."""
    own = [select_within(each.months, each.period)["is_provisional"] for each in assessments if has_figure(each)]
    early = sum(bool(flags.any()) for flags in own)
    label = "May still be revised"
    if not own:
        return QualityFact(label, "nothing received", "plain")
    if not early:
        return QualityFact(label, "none, published over a year ago", "fine")
    return QualityFact(label, f"{early} of {len(own)} figures, published within a year", "caution")


def _withheld(assessments: Sequence[Assessment]) -> QualityFact:
    count = sum(each.is_suppressed for each in assessments)
    return QualityFact("Figures withheld", format_count(count) if count else "none", "caution" if count else "fine")
