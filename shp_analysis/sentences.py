"""One assessment in one sentence: a template for each verdict, and no other way to say it.

A percentage appears only beside its two counts, a direction only where the verdict has one, and nothing here says why.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from shp_analysis.assessments import Assessment, Concentration
from shp_analysis.briefing.parts import Sentence
from shp_analysis.briefing.wording import Evidence
from shp_analysis.catalogue import Kind
from shp_analysis.comparisons import Basis, Comparison, Verdict
from shp_analysis.statistics.changes import Change
from shp_analysis.statistics.differences import Difference
from shp_analysis.style import (
    SMALLEST_PERCENT_BASE,
    format_change_count,
    format_change_percent,
    format_count,
    format_percent,
    format_percent_range,
    format_rate,
    format_share,
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
    now, then = state_figure(assessment, comparison), state_figure(assessment, comparison, is_baseline=True)
    if verdict.is_clear:
        return f"{name} {_direction(comparison)} from {then} to {now}"
    if verdict is Verdict.NO_CLEAR_CHANGE:
        return f"{name}: no clear change, {now} compared with {then}"
    if comparison.count is None and comparison.value is None:
        return f"{name}: {verdict}"
    return f"{name}: {now}, {verdict}"


def state_figure(assessment: Assessment, comparison: Comparison, *, is_baseline: bool = False) -> str:
    """Write one of the two figures of a comparison as its kind asks: a share with its counts, a published rate.

    Returns
    -------
    str
        `2,705`; `13 of 26 (50%)`; `40 to 120 crimes` for a ratio; `18.7 per 100,000 (71 deaths)`.
    """
    indicator = assessment.indicator
    count, whole, value = (
        (comparison.baseline_count, comparison.baseline_whole, comparison.baseline_value)
        if is_baseline
        else (comparison.count, comparison.whole, comparison.value)
    )
    match comparison.kind:
        case Kind.PROPORTION if count is not None and whole:
            return f"{format_count(count)} of {format_count(whole)} ({format_share(value, whole)})"
        case Kind.RATIO if count is not None and whole:
            return f"{format_count(count)} to {format_count(whole)} {indicator.of}"
        case Kind.PUBLISHED:
            counted = f" ({format_count(count)} {indicator.numerator})" if count is not None else ""
            return f"{format_rate(value)} {indicator.unit}{counted}"
        case Kind.SCORE:
            return format_count(count, decimals=0 if count is None or float(count).is_integer() else 1)
        case _:
            return format_count(count)


def state_concentration(concentration: Concentration, total: int | None) -> str:
    """Say that one place in one month holds much of a count."""
    return (
        f"Of the {format_count(total)}, {format_count(concentration.count)} were recorded in one neighbourhood "
        f"({concentration.place}) in one month ({concentration.month.in_words})."
    )


def state_change(change: Change) -> str:
    """Write a change of counts: `+86, +3%; 95% range −2% to +9%`, with what is per day where the days differ."""
    parts = [format_change_count(change.change_count)]
    base = change.baseline_count
    if base < SMALLEST_PERCENT_BASE:
        return parts[0]
    parts.append(format_change_percent(change.change_percent, base))
    interval = _interval(change)
    if _differs_per_day(change):
        interval = f"per day {format_change_percent(change.adjusted_percent, base)}, {interval}"
    return f"{', '.join(parts)}; {interval}"


def state_difference(difference: Difference, kind: Kind) -> str:
    """Write a change of shares or of published figures in their own unit: `+18 points; 95% range +5 to +31`."""
    decimals = 0 if kind is Kind.PROPORTION else 1
    low, high, by = (
        format_change_count(each, decimals=decimals)
        for each in (difference.lower, difference.upper, difference.difference)
    )
    return f"{by}{' points' if kind is Kind.PROPORTION else ''}; 95% range {low} to {high}"


def state_tested(comparison: Comparison) -> str:
    """Write what was tested of a comparison, whatever its kind."""
    if comparison.difference is not None:
        return state_difference(comparison.difference, comparison.kind)
    return state_change(_change_of(comparison))


def list_names(names: Sequence[str]) -> str:
    """Join names as prose does: `A, B and C`."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _state_comparison(assessment: Assessment, comparison: Comparison) -> str:
    name = _name_with_period(assessment)
    if comparison.verdict is Verdict.NO_LOCAL_MEASURE:
        return f"{name}: no agreed local measure."
    count = state_figure(assessment, comparison)
    baseline = state_figure(assessment, comparison, is_baseline=True)
    match comparison.verdict:
        case Verdict.UP | Verdict.DOWN:
            return f"{name} {_direction(comparison)} from {baseline} to {count} ({state_tested(comparison)})."
        case Verdict.NO_CLEAR_CHANGE:
            within = f"The difference ({_moved(comparison)}) is within what chance alone would produce."
            is_at_odds = comparison.change is not None and comparison.change.is_clear
            return (
                f"{name} came to {count}, compared with {baseline}. {comparison.reasons[0] if is_at_odds else within}"
            )
        case Verdict.TOO_FEW:
            return _state_too_few(assessment, comparison)
        case Verdict.NOT_COMPARABLE:
            return f"{name} came to {count}. {_state_break(comparison)}"
        case _:
            is_missing = comparison.count is None and comparison.value is None
            lead = f"{name}:" if is_missing else f"{name} came to {count}."
            return f"{lead} {comparison.reasons[0]}"


def _name_with_period(assessment: Assessment) -> str:
    """Name the indicator, and the year where its figure is of another time than the paper."""
    name = assessment.indicator.name
    return name if assessment.paper_period is None else f"{name} in {assessment.period.short_words}"


def _state_break(comparison: Comparison) -> str:
    earlier = comparison.baseline.short_words
    apart = [
        each.what_changed
        for each in comparison.breaks
        if each.is_confirmed and each.separates(comparison.baseline, comparison.period)
    ]
    return f"It cannot be compared with {earlier} because {list_names(apart)}." if apart else comparison.reasons[0]


def _moved(comparison: Comparison) -> str:
    if comparison.difference is not None:
        return state_difference(comparison.difference, comparison.kind).split(";", 1)[0]
    return format_change_count(_change_of(comparison).change_count)


def _state_too_few(assessment: Assessment, comparison: Comparison) -> str:
    name = _name_with_period(assessment)
    if assessment.is_suppressed:
        return f"{name}: withheld in this edition, because the numbers are about few persons."
    if comparison.p_value is None:
        return f"{name} came to {state_figure(assessment, comparison)}. {comparison.reasons[0]}"
    year = next((each for each in assessment.comparisons if each.basis is Basis.TWELVE_MONTHS), None)
    now = f"{_small(comparison, is_baseline=False)} in {comparison.period.short_words}"
    then = f"{_small(comparison, is_baseline=True)} in {comparison.baseline.short_words}"
    sentence = f"{name}: {now} and {then}. Numbers this small cannot show a change"
    if year is None or year.count is None:
        return f"{sentence}."
    return f"{sentence}; there were {_small(year, is_baseline=False)} in {year.period.short_words}."


def _small(comparison: Comparison, *, is_baseline: bool) -> str:
    """Write a small count, or a part of a small whole without a percentage."""
    count = comparison.baseline_count if is_baseline else comparison.count
    whole = comparison.baseline_whole if is_baseline else comparison.whole
    return f"{format_count(count)} of {format_count(whole)}" if whole is not None else format_count(count)


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
