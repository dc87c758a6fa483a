"""Changes of recording in a few words: which stands between two periods, since when, and what it touches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from shp_analysis.assessments import Assessment
from shp_analysis.catalogue import SeriesBreak
from shp_analysis.comparisons import Comparison, Reason, Verdict
from shp_analysis.text.dates import say_month
from shp_analysis.text.reasons import say
from shp_analysis.wordings import capitalise


def group_by_break(assessments: Iterable[Assessment]) -> Iterator[tuple[SeriesBreak | Reason, list[str]]]:
    """Group what is not comparable by the recording change that stands between, the one that touches most first."""
    groups: dict[SeriesBreak | Reason, list[str]] = {}
    for each in assessments:
        comparison = each.comparisons[0]
        if comparison.verdict is Verdict.NOT_COMPARABLE:
            groups.setdefault(find_break(comparison) or comparison.reasons[0], []).append(each.indicator.name)
    yield from sorted(groups.items(), key=lambda item: -len(item[1]))


def find_break(comparison: Comparison) -> SeriesBreak | None:
    """Give the confirmed recording change that stands between the two periods."""
    apart = (each for each in comparison.breaks if each.separates(comparison.baseline, comparison.period))
    return next((each for each in apart if each.is_confirmed), None)


def say_apart(reason: SeriesBreak | Reason) -> str:
    """Say why nothing is compared, in one sentence."""
    if isinstance(reason, SeriesBreak):
        return f"{capitalise(reason.what_changed)} ({say_month(reason.first_day)})."
    return say(reason)
