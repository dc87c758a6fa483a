"""Whose paper it is, and how far its period can be trusted before any figure is read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from shp_analysis.assessments import Assessment
from shp_analysis.briefing.parts import Masthead, Strip, StripItem, Tone
from shp_analysis.measures import select_within
from shp_analysis.parameters import Paper
from shp_analysis.sentences import has_figure
from shp_analysis.statistics.changes import LONG_HISTORY_MONTHS
from shp_analysis.style import format_count
from shp_analysis.text.dates import say_day
from shp_analysis.text.lists import list_names
from shp_analysis.wordings import capitalise
from shp_analysis.workbook import Run

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


def describe_trust(run: Run) -> Strip:
    """Say, before any figure is read, how far the period can be trusted."""
    return Strip(
        (
            _feeds(run.assessments),
            _data_to(run),
            _recording_changes(run.assessments),
            _history(run.assessments),
            _provisional(run.assessments),
            _withheld(run.assessments),
        )
    )


def _feeds(assessments: Iterable[Assessment]) -> StripItem:
    """Count the feeds, a table of a publisher's each, that brought every figure asked of them."""
    whole: dict[str, bool] = {}
    for each in assessments:
        if each.indicator.is_agreed:
            feed = each.indicator.measure(each.source)[1].records
            is_in = has_figure(each) or each.is_suppressed
            whole[feed] = whole.get(feed, True) and is_in
    received = sum(whole.values())
    tone: Tone = "fine" if received == len(whole) else "caution" if received else "problem"
    return StripItem("Feeds received", f"{received} of {len(whole)} in full", tone)


def _data_to(run: Run) -> StripItem:
    days = [each.data_to for each in run.assessments if each.data_to]
    if not days:
        return StripItem("Data to", "nothing received", "problem")
    first, last = min(days), max(days)
    told = [say_day(day) for day in dict.fromkeys((first, last))]
    tone: Tone = "fine" if first >= run.period.end else "caution" if last >= run.period.end else "problem"
    return StripItem("Data to", " at the earliest, ".join(told) + (" at the latest" if len(told) > 1 else ""), tone)


def _recording_changes(assessments: Sequence[Assessment]) -> StripItem:
    between = {each.break_id: each for a in assessments for each in a.comparisons[0].breaks}
    confirmed = [each for each in between.values() if each.is_confirmed]
    label = "Recording changes in between"
    if confirmed:
        names = [a.indicator.name for a in assessments if any(each.is_confirmed for each in a.comparisons[0].breaks)]
        affected = list_names(names) if len(names) <= MOST_NAMES else f"{len(names)} figures"
        return StripItem(label, f"{len(confirmed)}, affecting {affected}", "caution")
    if between:
        return StripItem(label, f"{len(between)} possible, not confirmed", "caution")
    return StripItem(label, "none known", "fine")


def _history(assessments: Iterable[Assessment]) -> StripItem:
    """Say on how many months the natural variation of monthly series was judged; quarters are told as cautions."""
    months = [
        change.dispersion.months
        for each in assessments
        if (change := each.comparisons[0].change) is not None and len(each.counts_by_month) > LONG_HISTORY_MONTHS
    ]
    label = "Natural variation judged on"
    if not months:
        return StripItem(label, "no monthly comparison made", "plain")
    shortest = min(months)
    value = f"{shortest} months" if shortest == max(months) else f"{shortest} to {max(months)} months"
    return StripItem(label, value, "fine" if shortest >= LONG_HISTORY_MONTHS else "caution")


def _provisional(assessments: Iterable[Assessment]) -> StripItem:
    """Count the figures that their publisher may still revise."""
    own = [select_within(each.months, each.period)["is_provisional"] for each in assessments if has_figure(each)]
    early = sum(bool(flags.any()) for flags in own)
    label = "May still be revised"
    if not own:
        return StripItem(label, "nothing received", "plain")
    if not early:
        return StripItem(label, "none, published over a year ago", "fine")
    return StripItem(label, f"{early} of {len(own)} figures, published within a year", "caution")


def _withheld(assessments: Sequence[Assessment]) -> StripItem:
    count = sum(each.is_suppressed for each in assessments)
    return StripItem("Figures withheld", format_count(count) if count else "none", "caution" if count else "fine")
