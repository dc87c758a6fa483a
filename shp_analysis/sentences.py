"""One assessment in one sentence: a template for each verdict, and no other way to say it.

A percentage appears only beside its two counts, a direction only where the verdict has one, and nothing here says why.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from shp_analysis.assessments import Assessment, Concentration
from shp_analysis.briefing.parts import Sentence
from shp_analysis.briefing.wording import Evidence
from shp_analysis.comparisons import Basis, Comparison, Verdict
from shp_analysis.statistics.changes import Change
from shp_analysis.style import (
    SMALLEST_PERCENT_BASE,
    format_change_count,
    format_change_percent,
    format_count,
    format_percent,
    format_percent_range,
)

TESTED = Evidence(is_tested=True)
_DIRECTION = {Verdict.UP: "rose", Verdict.DOWN: "fell"}


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
        text = f"{text} {state_concentration(assessment.concentration, assessment.count)}"
    return Sentence(text, assessment.verdict.value, TESTED if assessment.verdict.is_clear else Evidence())


def state_title(assessment: Assessment) -> str:
    """Say the finding in a few words, for the title of a chart."""
    name, verdict = assessment.indicator.name, assessment.verdict
    comparison = assessment.comparisons[0]
    if verdict.is_clear:
        a, b = format_count(comparison.baseline_count), format_count(comparison.count)
        return f"{name} {_direction(comparison)} from {a} to {b}"
    if verdict is Verdict.NO_CLEAR_CHANGE:
        a, b = format_count(comparison.baseline_count), format_count(comparison.count)
        return f"{name}: no clear change, {b} compared with {a}"
    if comparison.count is None:
        return f"{name}: {verdict}"
    return f"{name}: {format_count(comparison.count)}, {verdict}"


def state_concentration(concentration: Concentration, total: int | None) -> str:
    """Say that one place in one month holds much of a count."""
    return (
        f"Of the {format_count(total)}, {format_count(concentration.count)} were recorded in one neighbourhood "
        f"({concentration.place}) in one month ({concentration.month.in_words})."
    )


def state_change(change: Change) -> str:
    """Write a change in numbers: `+86, +3%; 95% range −2% to +9%`, with what is per day where the days differ."""
    parts = [format_change_count(change.change_count)]
    base = change.baseline_count
    if base < SMALLEST_PERCENT_BASE:
        return parts[0]
    parts.append(format_change_percent(change.change_percent, base))
    interval = _interval(change)
    if _differs_per_day(change):
        interval = f"per day {format_change_percent(change.adjusted_percent, base)}, {interval}"
    return f"{', '.join(parts)}; {interval}"


def list_names(names: Sequence[str]) -> str:
    """Join names as prose does: `A, B and C`."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _state_comparison(assessment: Assessment, comparison: Comparison) -> str:
    name = assessment.indicator.name
    count, baseline = format_count(comparison.count), format_count(comparison.baseline_count)
    match comparison.verdict:
        case Verdict.UP | Verdict.DOWN:
            return (
                f"{name} {_direction(comparison)} from {baseline} to {count} ({state_change(_change_of(comparison))})."
            )
        case Verdict.NO_CLEAR_CHANGE:
            change = _change_of(comparison)
            difference = format_change_count(change.change_count)
            within = f"The difference ({difference}) is within what chance alone would produce."
            judged = comparison.reasons[0] if change.is_clear else within
            return f"{name} came to {count}, compared with {baseline}. {judged}"
        case Verdict.TOO_FEW:
            return _state_too_few(assessment, comparison)
        case Verdict.NOT_COMPARABLE:
            reasons = list_names([each.what_changed for each in comparison.breaks if each.is_confirmed])
            earlier = comparison.baseline.short_words
            return f"{name} came to {count}. It cannot be compared with {earlier} because {reasons}."
        case Verdict.INCOMPLETE:
            lead = name if comparison.count is None else f"{name} came to {count}"
            return (
                f"{lead}: {comparison.reasons[0]}" if comparison.count is None else f"{lead}. {comparison.reasons[0]}"
            )
        case Verdict.NO_LOCAL_MEASURE:
            return f"{name}: no agreed local measure."


def _state_too_few(assessment: Assessment, comparison: Comparison) -> str:
    name = assessment.indicator.name
    if assessment.is_suppressed:
        return f"{name}: withheld in this edition, because the numbers are about few persons."
    year = next((each for each in assessment.comparisons if each.basis is Basis.TWELVE_MONTHS), None)
    now = f"{format_count(comparison.count)} in {comparison.period.short_words}"
    then = f"{format_count(comparison.baseline_count)} in {comparison.baseline.short_words}"
    sentence = f"{name}: {now} and {then}. Numbers this small cannot show a change"
    if year is None or year.count is None:
        return f"{sentence}."
    return f"{sentence}; there were {format_count(year.count)} in {year.period.short_words}."


def _direction(comparison: Comparison) -> str:
    return _DIRECTION[comparison.verdict] + (" slightly" if comparison.is_slight else "")


def _change_of(comparison: Comparison) -> Change:
    assert comparison.change is not None  # noqa: S101 - a verdict of change comes from a tested change
    return comparison.change


def _interval(change: Change) -> str:
    if not math.isfinite(change.upper):
        return f"95% range from {format_percent(change.lower, change.baseline_count, signed=True)} up"
    return f"95% range {format_percent_range(change.lower, change.upper, change.baseline_count, signed=True)}"


def _differs_per_day(change: Change) -> bool:
    percents = (change.change_percent, change.adjusted_percent)
    return len({format_change_percent(each, change.baseline_count) for each in percents}) > 1
