"""One assessment in one sentence: a template for each verdict, and no other way to say it.

A percentage appears only beside its two counts, a direction only where the verdict has one, and nothing here says why.
"""

from __future__ import annotations

from collections.abc import Sequence

from shp_analysis.assessment.assessments import Assessment, Concentration
from shp_analysis.assessment.comparisons import FEWEST_EVENTS
from shp_analysis.assessment.verdicts import Basis, Comparison, Verdict
from shp_analysis.config.catalogue import Kind, Polarity
from shp_analysis.page.parts import Sentence
from shp_analysis.page.style import SMALLEST_PERCENT_BASE, format_count, format_rate, format_share
from shp_analysis.page.wording import Evidence
from shp_analysis.reference.areas import AreaKind
from shp_analysis.reference.periods import Month, Period
from shp_analysis.text.changes import write_change
from shp_analysis.text.reasons import explain_no_change, explain_range, say
from shp_analysis.text.words import capitalise, list_names, write_out_percents

ONE_IN_TWENTY = "Even if nothing had changed, one comparison in twenty would look clear."
"""At 95% confidence, whatever the test allows for."""
RANGES_ALLOW = (
    "The 95% range of a change allows for a figure's usual variation where its history shows it, otherwise for chance "
    "alone."
)
"""What stands once below a table of many changes."""
TESTED = Evidence(is_tested=True)


def state(assessment: Assessment) -> Sentence:
    """Say what may be said of an indicator's period.

    Parameters
    ----------
    assessment : Assessment

    Returns
    -------
    Sentence
        With the verdict it rests on.
    """
    text = _state_comparison(assessment, assessment.comparisons[0])
    if assessment.concentration and assessment.verdict.is_clear:
        text = f"{text} {describe_concentration(assessment.concentration, assessment.count)}"
    return Sentence(text, assessment.verdict.value, TESTED if assessment.verdict.is_clear else Evidence())


def write_title(assessment: Assessment) -> str:
    """Say the finding in a few words, for the title of a chart.

    Of a count that is neither good nor bad when it rises, a title says that more or fewer were recorded: a rise may be
    better reporting.
    """
    name, verdict = _name_with_period(assessment), assessment.verdict
    comparison = assessment.comparisons[0]
    now, then = _state_both(assessment, comparison)
    if verdict.is_clear and _follows_reporting(assessment):
        return f"{name}: {'more' if verdict is Verdict.UP else 'fewer'} recorded, {now} compared with {then}"
    if verdict.is_clear:
        return f"{name} {_direction(comparison)} from {then} to {now}"
    if verdict is Verdict.NO_CLEAR_CHANGE:
        return f"{name}: no clear change, {now} compared with {then}"
    if _is_missing(comparison):
        return f"{name}: {verdict}"
    if verdict is Verdict.TOO_FEW and comparison.kind is Kind.PROPORTION:
        now = _small(comparison, is_baseline=False)
    return f"{name}: {now}, {verdict}"


def write_figure(
    assessment: Assessment, comparison: Comparison, *, is_baseline: bool = False, has_unit: bool = True
) -> str:
    """Write one of the two figures of a comparison as its kind asks: a share with its counts, a published rate.

    Returns
    -------
    str
        `2,705`; `13 of 26 (50%)`; `37.3 per 100 crimes (200 arrests, 536 crimes)`; `18.7 per 100,000 (71 deaths)`;
        `24.0 points per resident` for a score over people.
    """
    indicator = assessment.indicator
    unit = f" {indicator.unit}" if has_unit else ""
    count, whole, value = (
        (comparison.baseline_count, comparison.baseline_whole, comparison.baseline_value)
        if is_baseline
        else (comparison.count, comparison.whole, comparison.value)
    )
    match comparison.kind:
        case Kind.PROPORTION if count is not None and whole:
            return f"{format_count(count)} of {format_count(whole)} ({format_share(value, whole)})"
        case Kind.RATIO if count is not None and whole:
            wholes = format_count(whole, decimals=0 if float(whole).is_integer() else 1)
            counted = f"{format_count(count)} {indicator.numerator}, {wholes} {indicator.of}"
            return f"{format_rate(value)}{unit} ({counted})"
        case Kind.PUBLISHED:
            counted = f" ({format_count(count)} {indicator.numerator})" if count is not None else ""
            return f"{format_rate(value)} {indicator.unit}{counted}"
        case Kind.SCORE if value is not None:
            return f"{format_rate(value)}{unit}"
        case Kind.SCORE:
            return format_count(count, decimals=0 if count is None or float(count).is_integer() else 1)
        case _:
            return format_count(count)


def describe_concentration(concentration: Concentration, total: int | None) -> str:
    """Say that one place in one month holds much of a count."""
    return (
        f"Of the {format_count(total)}, {format_count(concentration.count)} were recorded in one neighbourhood "
        f"({concentration.place}) in one month ({concentration.month.in_words})."
    )


def _state_comparison(assessment: Assessment, comparison: Comparison) -> str:
    name = _name_with_period(assessment)
    now, then = _state_both(assessment, comparison)
    match comparison.verdict:
        case Verdict.NO_LOCAL_MEASURE:
            return f"{name}: no agreed local measure."
        case Verdict.UP | Verdict.DOWN:
            evidence = f"({_state_evidence(assessment, comparison)}){_qualify(comparison)}"
            return f"{name} {_direction(comparison)} from {then} to {now} {evidence}."
        case Verdict.NO_CLEAR_CHANGE:
            told = f"No clear change ({write_change(comparison).moved_in_words}): {_explain(comparison)}."
            reason = say(comparison.reasons[0]) if comparison.differ_by_month else told
            return f"{name}: {now}, compared with {then}. {reason}"
        case Verdict.TOO_FEW:
            return _state_too_few(assessment, comparison)
        case Verdict.NOT_COMPARABLE:
            return f"{name} came to {now}. {_state_break(comparison)}"
        case _:
            return _state_incomplete(assessment, comparison)


def _explain(comparison: Comparison) -> str:
    assert comparison.test is not None  # noqa: S101 - a verdict of no clear change comes from a test
    return explain_no_change(comparison.test)


def _state_both(assessment: Assessment, comparison: Comparison) -> tuple[str, str]:
    """Write the two figures of a comparison; the unit of a rate is named once, with the later."""
    now = write_figure(assessment, comparison)
    is_rate = comparison.kind in {Kind.RATIO, Kind.SCORE} and comparison.value is not None
    then = write_figure(assessment, comparison, is_baseline=True, has_unit=not is_rate)
    if is_rate:
        return now, then
    if comparison.kind is not Kind.PUBLISHED or comparison.baseline_value is None:
        return now, then
    is_compared = comparison.verdict.shows_percent
    later = f"{format_rate(comparison.value)} {assessment.indicator.unit}"
    return (later if is_compared and comparison.verdict.is_clear else now), format_rate(comparison.baseline_value)


def _state_evidence(assessment: Assessment, comparison: Comparison) -> str:
    """Write what stands behind a clear change, in brackets."""
    tested = write_change(comparison).in_full
    counts = (comparison.baseline_count, comparison.count)
    if comparison.kind is not Kind.PUBLISHED or None in counts:
        return tested
    then, now = (format_count(each) for each in counts)
    return f"{tested}; {then} and {now} {assessment.indicator.numerator}"


def _qualify(comparison: Comparison) -> str:
    """Say what a printed range allows for, where that is less than the usual variation of a long history."""
    change = comparison.change
    has_range = change is None or change.baseline_count >= SMALLEST_PERCENT_BASE
    told = explain_range(comparison.test) if comparison.test and has_range else ""
    return f", {told}" if told else ""


def _state_incomplete(assessment: Assessment, comparison: Comparison) -> str:
    """Say which months did not come, and no figure for what has none."""
    name, period, baseline = assessment.indicator.name, comparison.period, comparison.baseline
    if comparison.unlinked:
        why = capitalise(comparison.unlinked.words)
        return f"{name}: {period.short_words} is not whole, so no figure is given. {why}."
    missing = [month for month in comparison.missing if period.contains(month.start)]
    if len(missing) == len(period.months):
        return f"{name}: not received for {period.short_words}."
    if missing:
        held = len(period.months) - len(missing)
        return f"{name}: {held} of {len(period.months)} months of {period.short_words} received, so no figure is given."
    now = write_figure(assessment, comparison)
    gap = describe_gap(comparison.missing, baseline)
    if comparison.baseline_unlinked:
        gap = f"There is no comparison: in {baseline.short_words}, {comparison.baseline_unlinked.words}."
    return f"{_name_with_period(assessment)} came to {now}. {gap}"


def describe_gap(missing: Sequence[Month], baseline: Period) -> str:
    """Say that the earlier period did not come, or came in part, so that nothing is compared with it."""
    if len(missing) == len(baseline.months):
        return f"There is no comparison: {baseline.short_words} was not received."
    held = len(baseline.months) - len(missing)
    return f"There is no comparison: {held} of {len(baseline.months)} months of {baseline.short_words} were received."


def _is_missing(comparison: Comparison) -> bool:
    return comparison.count is None and comparison.value is None


def describe_caveat(assessment: Assessment) -> str:
    """Give an indicator's caveat as a chart's words may have it: a percentage of no two counts is written out."""
    return write_out_percents(assessment.indicator.caveat)


def expect_false(compared: int) -> str:
    """Say how many of so many comparisons would look clear though nothing changed."""
    if not compared:
        return "Nothing could be compared."
    expected = compared / 20
    told = "fewer than one" if expected < 1 else f"about {expected:.0f}"
    return f"Even if nothing had changed, {told} of the {compared} compared would look clear."


def has_figure(assessment: Assessment) -> bool:
    """Say whether a figure of the indicator's own period was received and may be printed."""
    return assessment.has_figure


def describe_own_period(assessment: Assessment) -> str:
    """Name the time of a figure that is of another than the paper; nothing where it is the paper's own."""
    return assessment.period.short_words if assessment.paper_period else ""


def _follows_reporting(assessment: Assessment) -> bool:
    indicator = assessment.indicator
    return indicator.polarity is Polarity.CONTEXT and indicator.kind is Kind.COUNT


def name_with_area(assessment: Assessment) -> str:
    """Name an indicator, and the police force's area where it is of that and not of a partnership's."""
    name, area = assessment.indicator.name, assessment.area
    is_of_force = area.kind is AreaKind.POLICE_FORCE_AREA or assessment.indicator.lowest_geography == "force"
    return f"{name}, {area.force.area_name}" if is_of_force and area.force.area_name not in name else name


def _name_with_period(assessment: Assessment) -> str:
    """Name the indicator, and the year where its figure is of another time than the paper."""
    name, words = name_with_area(assessment), assessment.period.short_words
    if assessment.paper_period is None:
        return name
    # "in April 2024 to March 2025 fell from" cannot be read aloud.
    stumbles = "," in name or (" to " in words and not words.startswith("the "))
    return f"{name} ({words})" if stumbles else f"{name} in {words}"


def _state_break(comparison: Comparison) -> str:
    earlier = comparison.baseline.short_words
    apart = [
        each.what_changed
        for each in comparison.breaks
        if each.is_confirmed and each.separates(comparison.baseline, comparison.period)
    ]
    told = f"It cannot be compared with {earlier} because {list_names(apart)}." if apart else say(comparison.reasons[0])
    return write_out_percents(told)


def _state_too_few(assessment: Assessment, comparison: Comparison) -> str:
    name = name_with_area(assessment)
    if assessment.is_suppressed:
        return f"{name}: withheld in this edition."
    if comparison.p_value is None and comparison.kind is not Kind.PROPORTION:
        figure = write_figure(assessment, comparison)
        return f"{_name_with_period(assessment)} came to {figure}. {say(comparison.reasons[0])}"
    year = next((each for each in assessment.comparisons if each.basis is Basis.TWELVE_MONTHS), None)
    now = f"{_small(comparison, is_baseline=False)} in {comparison.period.short_words}"
    then = f"{_small(comparison, is_baseline=True)} in {comparison.baseline.short_words}"
    if comparison.p_value is None:
        return f"{name}: {now} and {then}. {say(comparison.reasons[0])}"
    few = "The few that are not among them" if _is_nearly_all(comparison) else "Numbers this small"
    sentence = f"{name}: {now} and {then}. {few} cannot show a change"
    if year is None or year is comparison or year.count is None:
        return f"{sentence}."
    return f"{sentence}; there were {_small(year, is_baseline=False)} in {year.period.short_words}."


def _is_nearly_all(comparison: Comparison) -> bool:
    """Say whether a share is of nearly all, so that it is the others who are too few."""
    parts = (comparison.count or 0) + (comparison.baseline_count or 0)
    wholes = (comparison.whole or 0) + (comparison.baseline_whole or 0)
    return comparison.kind is Kind.PROPORTION and wholes - parts < FEWEST_EVENTS <= parts


def _small(comparison: Comparison, *, is_baseline: bool) -> str:
    """Write a small count, or a part of a small whole without a percentage."""
    count = comparison.baseline_count if is_baseline else comparison.count
    whole = comparison.baseline_whole if is_baseline else comparison.whole
    if whole is None or comparison.kind is Kind.RATIO:
        return format_count(count)
    return f"{format_count(count)} of {format_count(whole)}"


def _direction(comparison: Comparison) -> str:
    """Say which way a clear change went."""
    return ("rose" if comparison.verdict is Verdict.UP else "fell") + (" slightly" if comparison.is_slight else "")
