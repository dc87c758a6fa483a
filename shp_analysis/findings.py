"""What a briefing says in words: whose paper it is, whether to trust it, its headlines, its definitions and sources.

Headlines are chosen by strength of evidence, never by whether the news is good.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from shp_analysis.assessments import Assessment
from shp_analysis.briefing.parts import (
    Headlines,
    Masthead,
    Note,
    Notes,
    Sentence,
    Source,
    Sources,
    Strip,
    StripItem,
    Tone,
)
from shp_analysis.comparisons import Verdict
from shp_analysis.measures import PROVISIONAL_DAYS
from shp_analysis.parameters import Edition, Theme
from shp_analysis.periods import Month
from shp_analysis.sentences import list_names, state
from shp_analysis.sources import police_uk
from shp_analysis.statistics.changes import LONG_HISTORY_MONTHS
from shp_analysis.style import format_count
from shp_analysis.workbook import Run

MOST_HEADLINES = 5
CHANCE_OF_A_FALSE_SIGNAL = 0.05
"""At 95% confidence one comparison in twenty looks clear where nothing happened."""
MOST_NAMES = 3
"""A longer list of indicators is given as a number."""
TOTAL = "ALL-01"
LEADS = (TOTAL, "ASB-01")
"""These are told in every paper, changed or not."""
_THEMES = {
    Theme.CRIME_AND_ASB: "Crime and anti-social behaviour",
    Theme.SUBSTANCE_MISUSE: "Drugs and alcohol",
    Theme.DOMESTIC_ABUSE: "Domestic abuse",
    Theme.ROAD_CASUALTIES: "Road casualties",
}
_EDITIONS = {Edition.PARTNERSHIP: "Partnership edition", Edition.PUBLIC: "Public edition"}


def build_masthead(run: Run) -> Masthead:
    """Say whose paper this is, of what and when."""
    return Masthead(
        area_name=run.area.name,
        theme=_THEMES[run.theme],
        period_in_words=run.period.in_words,
        as_of=run.as_of,
        edition=_EDITIONS[run.edition],
        status="BOARD",
        is_simulated=run.is_simulated,
    )


def describe_trust(run: Run) -> Strip:
    """Say, before any figure is read, how far the period can be trusted."""
    return Strip(
        (
            _months_received(run),
            _data_to(run),
            _recording_changes(run.assessments),
            _history(run.assessments),
            _revisions(run),
            _withheld(run.assessments),
        )
    )


def state_headlines(run: Run) -> Headlines:
    """Choose and write the three to five sentences for somebody who reads nothing else.

    Clear changes come first, the strongest evidence before the weaker; total crime and anti-social behaviour are always
    told; the last sentence says how many series were compared and how many would look clear by chance alone.
    """
    tested = [each for each in run.assessments if each.verdict.is_clear]
    strongest = sorted(tested, key=_p_value)
    leads = [each for each in run.assessments if each.indicator.id in LEADS]
    rest = [each for each in strongest if each not in leads][: MOST_HEADLINES - 1 - len(leads)]
    chosen = sorted([*rest, *leads], key=lambda each: (not each.verdict.is_clear, _p_value(each)))
    return Headlines((*(state(each) for each in chosen), _tally(run.assessments)))


def list_definitions(run: Run) -> Notes:
    """List what each indicator is and what to keep in mind about it."""
    return Notes(
        tuple(
            Note(each.indicator.name, f"{each.indicator.definition} {each.indicator.caveat}")
            for each in run.assessments
        )
    )


def explain_reading(run: Run) -> Notes:
    """Say how the comparison is made and what its words mean."""
    population = run.area.population_on(run.period.end)
    residents = "No rates are printed, because no estimate of residents is at hand for this area."
    if population:
        estimate = f"the mid-{population.mid_year} estimate of {format_count(population.residents)}"
        residents = f"Rates are per 1,000 residents, from {estimate}."
    notes = (
        Note(
            "Up, down, no clear change",
            "A change is called up or down only where its 95% range leaves out no change. The range allows for the "
            "days in each period and for how much the series varies by itself from month to month.",
        ),
        Note("95% range", "The range that would hold the true change in 95 of 100 such comparisons."),
        Note(
            "Too few to say",
            "The two counts together are fewer than 20, so no percentage and no direction is given.",
        ),
        Note("Rates", residents),
    )
    return Notes(notes)


def list_sources(run: Run) -> Sources:
    """List the received files that the paper's figures rest on."""
    files = {source.sha256: source for each in run.assessments for source in each.sources}
    rows = sorted(files.values(), key=lambda each: (each.received_on, each.file))
    return Sources(
        tuple(Source(each.file, police_uk.PUBLISHER, each.received_on, each.sha256, police_uk.LICENCE) for each in rows)
    )


def list_cautions(run: Run) -> Notes:
    """List what stands between the two periods and a plain comparison: breaks, gaps, ages of archives."""
    named: dict[str, list[str]] = {}
    for each in run.assessments:
        for reason in (*_cautions_of(each), *each.notes):
            named.setdefault(reason, []).append(each.indicator.name)
    notes = tuple(Note(_whom(names, len(run.assessments)), reason) for reason, names in named.items())
    notes += _parts_of_the_total(run.assessments)
    return Notes(notes or (Note("Nothing", "No break, gap or revision stands between the two periods."),))


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


def _cautions_of(assessment: Assessment) -> tuple[str, ...]:
    plain = {Verdict.TOO_FEW, Verdict.NO_CLEAR_CHANGE, Verdict.UP, Verdict.DOWN}
    return assessment.reasons[1:] if assessment.verdict in plain else assessment.reasons


def _whom(names: Sequence[str], total: int) -> str:
    if len(names) == total:
        return "All figures"
    return list_names(names) if len(names) <= MOST_NAMES else f"{len(names)} of the {total} figures"


def _p_value(assessment: Assessment) -> float:
    p_value = assessment.comparisons[0].p_value
    return 1.0 if p_value is None else p_value


def _tally(assessments: Sequence[Assessment]) -> Sentence:
    verdicts = Counter(each.verdict for each in assessments)
    compared = sum(verdicts[verdict] for verdict in Verdict if verdict.shows_percent)
    others = [
        f"{verdicts[verdict]} {verdict}"
        for verdict in (Verdict.TOO_FEW, Verdict.NOT_COMPARABLE, Verdict.INCOMPLETE)
        if verdicts[verdict]
    ]
    if not compared:
        return Sentence(f"None of the {len(assessments)} series could be compared: {list_names(others)}.")
    by_chance = compared * CHANCE_OF_A_FALSE_SIGNAL
    expected = "fewer than one" if by_chance < 1 else f"about {by_chance:.0f}"
    up, down, unclear = (verdicts[each] or "none" for each in (Verdict.UP, Verdict.DOWN, Verdict.NO_CLEAR_CHANGE))
    text = (
        f"Of {len(assessments)} series, {compared} could be compared: {up} up, {down} down, {unclear} no clear change. "
        f"By chance alone {expected} of them would look clear."
    )
    return Sentence(f"{text} The others: {list_names(others)}." if others else text)


def _months_received(run: Run) -> StripItem:
    held = set(run.records.periods["period"]) - set(run.records.thin_periods.get("crime", ()))
    received = sum(month.label in held for month in run.period.months)
    total = len(run.period.months)
    tone: Tone = "fine" if received == total else "problem"
    return StripItem("Police records", f"{received} of {total} months received", tone)


def _data_to(run: Run) -> StripItem:
    days = [each.data_to for each in run.assessments if each.data_to]
    if not days:
        return StripItem("Data to", "nothing received", "problem")
    last = max(days)
    return StripItem("Data to", f"{last.day} {last:%B %Y}", "fine" if last >= run.period.end else "problem")


def _recording_changes(assessments: Iterable[Assessment]) -> StripItem:
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
    months = [each.comparisons[0].change.dispersion.months for each in assessments if each.comparisons[0].change]
    label = "Natural variation judged on"
    if not months:
        return StripItem(label, "no comparison made", "plain")
    shortest = min(months)
    value = f"{shortest} months" if shortest == max(months) else f"{shortest} to {max(months)} months"
    return StripItem(label, value, "fine" if shortest >= LONG_HISTORY_MONTHS else "caution")


def _revisions(run: Run) -> StripItem:
    labels = {month.label for month in run.period.months}
    files = run.records.periods[run.records.periods["period"].isin(labels)]
    early = sum(
        (received - Month(month).end).days < PROVISIONAL_DAYS
        for month, received in files[["period", "received_on"]].itertuples(index=False)
    )
    label = "Still being revised"
    if files.empty:
        return StripItem(label, "nothing received", "plain")
    if not early:
        return StripItem(label, "no, published over a year ago", "fine")
    return StripItem(label, f"{early} of {len(labels)} months, published within a year", "caution")


def _withheld(assessments: Sequence[Assessment]) -> StripItem:
    count = sum(each.is_suppressed for each in assessments)
    return StripItem("Figures withheld", format_count(count) if count else "none", "caution" if count else "fine")
