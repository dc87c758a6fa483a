"""What is new this quarter over all the indicators of a pack at once, and how many of the news chance alone would make.

Sixty series looked at one by one, each at 95 %, raise three false alarms a quarter. Looked at together, a warning has
to be clear enough for their number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from shp_analysis.assessment.assessments import Assessment
from shp_analysis.assessment.signals import as_count_series
from shp_analysis.assessment.verdicts import Verdict
from shp_analysis.reference.periods import Period, Quarter
from shp_analysis.statistics.early_warning import EarlyWarning, find_early_warnings

NOTHING_LEFT = -100.0
"""Per cent."""


@dataclass(frozen=True)
class ShiftSize:
    """What a shift of level comes to, in counts.

    Attributes
    ----------
    counted : float
        Since the month or quarter in which it most likely began.
    expected, lower, upper : float
        What the level before would have brought, with its 95 % range.
    """

    counted: float
    expected: float
    lower: float
    upper: float


@dataclass(frozen=True, eq=False)
class NewSignal:
    """An indicator whose level has newly shifted.

    Attributes
    ----------
    assessment : Assessment
    warning : EarlyWarning
        With its direction, size, interval and p-values, adjusted for the pack.
    since, since_earliest, since_latest : Period
        Month or quarter in which the shift most likely began, and between which it may have begun.
    """

    assessment: Assessment
    warning: EarlyWarning
    since: Period
    since_earliest: Period
    since_latest: Period

    @property
    def size(self) -> ShiftSize | None:
        """Its size in counts; None where nothing is left of the level, which no ratio can say."""
        signals = self.assessment.signals
        assert signals is not None  # noqa: S101 - what is new has signals
        own = slice(signals.series.place_of(self.since.start), signals.series.place_after(signals.quarter.end))
        counted = float(np.nansum(signals.series.comparable[own]))
        percents = (self.warning.change_percent, self.warning.upper, self.warning.lower)
        if not all(np.isfinite(each) and each > NOTHING_LEFT for each in percents):
            return None
        return ShiftSize(counted, *(counted / (1 + each / 100) for each in percents))


@dataclass(frozen=True, eq=False)
class NewSignals:
    """What is new in a pack.

    Attributes
    ----------
    signals : tuple of NewSignal
        The clearest first.
    judged : int
        How many series could be judged.
    unjudged : tuple of tuple of str
        Id of every other indicator with monthly or quarterly counts, and why it could not be judged.
    quarter : Quarter or None
        That the news are of; None where there was nothing to judge.
    expected_false : float
        So many false signals a quarter are to be expected at most, were nothing to change in any series.
    """

    signals: tuple[NewSignal, ...]
    judged: int
    unjudged: tuple[tuple[str, str], ...]
    quarter: Quarter | None
    expected_false: float


def count_verdicts(assessments: Iterable[Assessment]) -> tuple[Counter[Verdict], int]:
    """Count a pack's verdicts, and apart from them the figures of whose change nothing is said.

    Parameters
    ----------
    assessments : iterable of Assessment

    Returns
    -------
    counts : Counter of Verdict
        Without the figures that are not judged.
    unjudged : int
    """
    every = tuple(assessments)
    judged = [each.verdict for each in every if not each.comparisons[0].is_left_unjudged]
    return Counter(judged), len(every) - len(judged)


def list_new_signals(assessments: Iterable[Assessment]) -> NewSignals:
    """List what is new this quarter.

    Parameters
    ----------
    assessments : iterable of Assessment
        Of one area and quarter; those without signals are passed over.

    Returns
    -------
    NewSignals
        Asked together, with p-values adjusted for how many were asked (Benjamini and Hochberg). An indicator may be
        new here and show no clear change beside the same quarter last year, and the other way round: the one is asked
        of its whole course, the other of two quarters.
    """
    looked_at = [(each, each.signals) for each in assessments if each.signals is not None]
    found = find_early_warnings([as_count_series(signals.series, signals.quarter) for _, signals in looked_at])
    pairs = list(zip(looked_at, found.warnings, strict=True))
    news = [_describe(each, warning) for (each, _), warning in pairs if warning.is_new_signal]
    return NewSignals(
        signals=tuple(sorted(news, key=lambda each: each.warning.p_value)),
        judged=found.judged,
        unjudged=tuple(
            (each.indicator.id, str(warning.standing)) for (each, _), warning in pairs if not warning.standing.is_judged
        ),
        quarter=max((signals.quarter for _, signals in looked_at), default=None),
        expected_false=found.expected_false,
    )


def _describe(assessment: Assessment, warning: EarlyWarning) -> NewSignal:
    assert assessment.signals is not None  # noqa: S101 - only what has signals was asked
    places = (warning.since, warning.since_earliest, warning.since_latest)
    since, earliest, latest = (assessment.signals.series.period_at(place or 0) for place in places)
    return NewSignal(assessment, warning, since, earliest, latest)
