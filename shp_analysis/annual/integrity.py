"""What the year's records can bear: what the paper is for, what changed in recording, and what did not come."""

from __future__ import annotations

from shp_analysis.annual.words import shorten
from shp_analysis.briefing.data_tables import Cell, Column, DataTable, build_table
from shp_analysis.briefing.parts import Note, Notes
from shp_analysis.catalogue import SeriesBreak
from shp_analysis.feeds.timeliness import NeededFeed, list_needed_feeds
from shp_analysis.sentences import RANGES_ALLOW, say_caveat
from shp_analysis.style import format_count
from shp_analysis.text.dates import say_month
from shp_analysis.wordings import capitalise
from shp_analysis.workbook import Run

_PURPOSE = (
    Note(
        "What it is for",
        "Community safety partnerships in England prepare a strategic assessment every year (Crime and Disorder "
        "(Formulation and Implementation of Strategy) Regulations 2007). It sets out the year's records, so that the "
        "partnership can choose its priorities and see what it does not know.",
    ),
    Note(
        "Verdicts",
        "Up and down are said only where the 95% range of a change leaves out no change. No clear change means that "
        "these numbers cannot tell; it does not show that nothing changed. " + RANGES_ALLOW,
    ),
    Note(
        "Recorded is not all", "Police records count what was reported and recorded, which is less than what happened."
    ),
    Note("Causes", "No figure here says why it moved. What partners believe stands under their own names."),
)


def explain_purpose(run: Run) -> Notes:
    """Say what the assessment is for and how its words are to be read."""
    asked = run.asked_period
    if run.period.end == asked.end:
        return Notes(_PURPOSE)
    told = f"{run.period.short_words} is the newest financial year that was over by the end of {asked.short_words}."
    return Notes((*_PURPOSE, Note("Which year", told)))


def list_breaks(run: Run) -> DataTable:
    """List the recording changes that reach into the year or the year before, and what they touch."""
    named: dict[str, tuple[SeriesBreak, list[str]]] = {}
    for each in run.assessments:
        for found in each.comparisons[0].breaks:
            named.setdefault(found.break_id, (found, []))[1].append(each.indicator.name)
    rows = [
        {
            "when": say_month(found.first_day),
            "what": f"{capitalise(found.what_changed)}.",
            "touches": shorten(names),
            "sure": "yes" if found.is_confirmed else "no; it stops no comparison",
        }
        for found, names in sorted(named.values(), key=lambda item: item[0].from_month)
    ]
    nothing = {"when": "None", "what": "No recording change is known within the two years.", "touches": "", "sure": ""}
    return build_table(
        rows or [nothing],
        caption="Changes in how things are recorded, within the two years that are compared",
        columns=(
            Column("when", "From", is_row_heading=True),
            Column("what", "What changed"),
            Column("touches", "Touches"),
            Column("sure", "Date confirmed"),
        ),
    )


def list_feeds(run: Run) -> DataTable:
    """List the feeds that the year needs, and which of them did not come whole."""
    opened = run.opened
    needed = list_needed_feeds(opened.store, opened.catalogue, run.area, run.period, as_of=run.as_of)
    received = [each for each in needed if each.is_received]
    rows = [_feed_row(run, each) for each in needed if not each.is_received]
    nothing = {"feed": "None", "state": "Every feed covers the year.", "missing": "", "indicators": ""}
    return build_table(
        rows or [nothing],
        caption=f"Feeds that do not cover the year ({len(received)} of {len(needed)} do)",
        columns=(
            Column("feed", "Feed", is_row_heading=True),
            Column("state", "Newest part"),
            Column("missing", "Parts missing", align="right"),
            Column("indicators", "Indicators that need it"),
        ),
        note="A feed that is missing makes its indicators incomplete; it never makes a zero.",
    )


def list_definitions(run: Run) -> Notes:
    """List what each figure is and what to keep in mind about it.

    On paper stand those that stand for a priority; the web edition has all.
    """
    leads = {each.lead_indicator for each in run.priorities}
    return Notes(
        tuple(
            Note(
                each.indicator.name,
                f"{each.indicator.definition} {say_caveat(each)}",
                is_on_paper=each.indicator.id in leads,
            )
            for each in run.assessments
        )
    )


def count_sources(run: Run) -> Notes:
    """Say how many files the year rests on and where they are listed with their hashes."""
    files = {source.sha256 for each in run.assessments for source in each.sources}
    told = f"{format_count(len(files))} received files; manifest.json lists each with its SHA-256. Run {run.run_id}."
    return Notes((Note("Sources", told),))


def _feed_row(run: Run, feed: NeededFeed) -> dict[str, object]:
    names = [run.catalogue.indicator(each).name for each in feed.indicators]
    return {
        "feed": Cell(feed.table.replace("_", " "), feed.unit.replace("_", " ")),
        "state": feed.last or "nothing received",
        "missing": f"{len(feed.missing)} of {len(feed.wanted)}" if feed.wanted else "–",
        "indicators": shorten(names),
    }
