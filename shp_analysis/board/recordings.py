"""Changes of recording in a few words: which stands between two periods, since when, and what it touches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from shp_analysis.assessments import Assessment
from shp_analysis.catalogue import SeriesBreak
from shp_analysis.comparisons import Comparison, Verdict


def group_by_break(assessments: Iterable[Assessment]) -> Iterator[tuple[str, list[str]]]:
    """Group what is not comparable by the recording change that stands between, the one that touches most first."""
    groups: dict[str, list[str]] = {}
    for each in assessments:
        comparison = each.comparisons[0]
        if comparison.verdict is Verdict.NOT_COMPARABLE:
            between = find_break(comparison)
            reason = f"{between.what_changed} ({name_month(between)})" if between else comparison.reasons[0].rstrip(".")
            groups.setdefault(reason, []).append(each.indicator.name)
    yield from sorted(groups.items(), key=lambda item: -len(item[1]))


def find_break(comparison: Comparison) -> SeriesBreak | None:
    """Give the confirmed recording change that stands between the two periods."""
    apart = (each for each in comparison.breaks if each.separates(comparison.baseline, comparison.period))
    return next((each for each in apart if each.is_confirmed), None)


def name_month(each: SeriesBreak) -> str:
    """Name the month in which a recording change began."""
    return f"{each.first_day:%B %Y}"
