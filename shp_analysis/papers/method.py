"""How a paper is read, what its figures are, and which files they rest on."""

from __future__ import annotations

from shp_analysis.assessment.assessments import Assessment
from shp_analysis.assessment.comparisons import FEWEST_EVENTS
from shp_analysis.config.catalogue import Denominator, SeriesBreak
from shp_analysis.measures.counted_tables import find_counted_table
from shp_analysis.measures.denominators import find_people_table
from shp_analysis.page.parts import Note, Notes, Source, Sources
from shp_analysis.papers.headlines import find_leads
from shp_analysis.papers.run import Run
from shp_analysis.papers.scorecard import PEERS_WORDS
from shp_analysis.readers.registry import READERS
from shp_analysis.reference.periods import Month
from shp_analysis.text.sentences import has_figure
from shp_analysis.text.words import capitalise


def list_definitions(run: Run) -> Notes:
    """List what each received figure is and what to keep in mind about it.

    On paper stand those of the leading figures; the web edition has all.
    """
    leads = find_leads(run)
    return Notes(
        tuple(
            Note(
                each.indicator.name,
                f"{each.indicator.definition} {each.indicator.caveat}",
                is_on_paper=each in leads,
            )
            for each in run.assessments
            if has_figure(each)
        )
        or (Note("Nothing", "No figure of this theme was received for its period."),)
    )


def explain_breaks(run: Run, *charted: str) -> Notes:
    """Say once what each recording change is that the charts of a page mark.

    Parameters
    ----------
    run : Run
    *charted : str
        Ids of the figures that are drawn.

    Returns
    -------
    page.parts.Notes
    -----
        The earliest first.
    """
    drawn = [run.assessment(each) for each in charted]
    breaks = {one.break_id: one for each in drawn for one in each.breaks if _is_shown(one, each)}
    notes = tuple(_note_break(each) for each in sorted(breaks.values(), key=lambda one: one.first_day))
    return Notes(notes or (Note("Recording changes", "The charts mark none."),))


def _is_shown(one: SeriesBreak, assessment: Assessment) -> bool:
    """Say whether a break lies in the months that a chart of the figure may show."""
    if assessment.months.empty:
        return False
    first = min(assessment.months["period_start"])
    if assessment.signals is not None:
        first = min(first, assessment.signals.series.periods[0].start)
    return bool(one.first_day <= assessment.period.end and one.settled_day >= first)


def _note_break(each: SeriesBreak) -> Note:
    """Say what a break is under the name that charts write; the code that sentences write is left to the screen."""
    when = f"{_when(each)}{'' if each.is_confirmed else ' (date not confirmed)'}"
    clause = f"{capitalise(each.what_changed)}."
    return Note(f"{each.name} ({each.break_id}), {when}", clause, in_short=Note(f"{each.name}, {when}", clause))


def _when(each: SeriesBreak) -> str:
    first = Month(each.from_month).in_words
    return f"{first} to {Month(each.until_month).in_words}" if each.until_month else f"from {first}"


def explain_reading(run: Run) -> Notes:
    """Say how the comparison is made and what its words mean."""
    notes = [
        Note(
            "Up, down, no clear change",
            "Up or down is said only where the 95% range leaves out no change. The range allows for the days in each "
            "period and for how much the series varies by itself.",
        ),
        Note("95% range", "The range that would hold the true change in 95 of 100 such comparisons."),
        Note(
            "Too few to say",
            f"The two counts together are fewer than {FEWEST_EVENTS}, or too little is known of how much the figure "
            "moves by itself, so no direction is given.",
        ),
        Note("Peers", capitalise(PEERS_WORDS), is_on_paper=False),
        Note(
            "Up is not always bad",
            "More reports may mean more confidence to report, so no colour judges a change.",
            in_short=Note("Up is not always bad", "More reports may mean more confidence to report."),
        ),
    ]
    if run.opened.people.number_on(run.period.end, Denominator.RESIDENTS) is None:
        notes.append(Note("Rates", "None is printed, because no estimate of residents is at hand for this area."))
    return Notes(tuple(notes))


def list_sources(run: Run) -> Sources:
    """List the received files that the paper rests on: its figures, the months before them, and what charts asked."""
    tables = {sha256: _table_of(each) for each in run.assessments if each.source for sha256 in _files_of(each)}
    tables |= _files_of_people(run) | run.opened.noted_files
    files = [file for file in run.opened.store.received_files(run.as_of) if file.sha256 in tables]
    rows = sorted(files, key=lambda file: (file.received_on, file.name))
    return Sources(
        tuple(
            Source(file.shown_name, publisher, file.received_on, file.sha256, licence)
            for file in rows
            for publisher, licence in [_whose(tables[file.sha256])]
        )
    )


def _files_of(assessment: Assessment) -> set[str]:
    """Give the sha256 of the files that a figure, its comparisons and its course rest on."""
    series = {sha256 for each in assessment.months["source_id"].dropna() for sha256 in each.split()}
    years_of_area = assessment.signals.inputs if assessment.signals else ()
    return {source.sha256 for source in assessment.sources} | series | set(years_of_area)


def _files_of_people(run: Run) -> dict[str, str]:
    """Give the files that say whom the rates are of, by sha256; residents of the reference tables are in none."""
    asked = {
        (find_people_table(each.indicator.denominator), str(each.rate.population.mid_year))
        for each in run.assessments
        if each.rate and each.indicator.denominator
    }
    parts = {table: run.opened.store.parts_held(table, as_of=run.as_of) for table, _ in asked}
    return {sha256: table for table, year in asked for sha256 in parts[table].query("period == @year")["sha256"]}


def _table_of(assessment: Assessment) -> str:
    """Give the stored table that an indicator is counted from."""
    _, measure = assessment.indicator.measure(assessment.source)
    return find_counted_table(measure.records).stored[0]


def _whose(table: str) -> tuple[str, str]:
    """Give the publisher and the licence of a stored table's records."""
    reader = next(each for each in READERS if table in {own.name for own in each.tables})
    return reader.publisher, reader.licence
