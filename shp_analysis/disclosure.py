"""The last gate before anything is drawn or told: counts of few persons are withheld.

An indicator of a sensitive tier whose count in any printed window is 1 to 4 is withheld whole in the public edition:
every count, rate and month of it. What is left cannot be subtracted from anything, because nothing of it is left.
Open police figures pass: the publisher released them row by row.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from shp_analysis.assessments import Assessment
from shp_analysis.catalogue import Tier
from shp_analysis.comparisons import Verdict
from shp_analysis.parameters import Edition

FEWEST_PERSONS = 5
"""A count above 0 and below this may point at a person."""


def suppress_small_numbers(assessments: Iterable[Assessment], edition: Edition) -> tuple[Assessment, ...]:
    """Withhold the indicators that could point at a person in an edition that anyone may read.

    Parameters
    ----------
    assessments : iterable of Assessment
    edition : Edition
        Only the public edition is suppressed; the partnership's papers go to the bodies that hold the records.

    Returns
    -------
    tuple of Assessment
        In the same order; a withheld one has no number left and says so.
    """
    return tuple(_withhold(each) if edition is Edition.PUBLIC and _is_risky(each) else each for each in assessments)


def _is_risky(assessment: Assessment) -> bool:
    if assessment.indicator.disclosure_tier is Tier.OPEN:
        return False
    windows = [count for each in assessment.comparisons for count in (each.count, each.baseline_count)]
    monthly = assessment.months["numerator"].tolist()
    charted = assessment.signals.series.counts.tolist() if assessment.signals else []
    return any(count is not None and 0 < count < FEWEST_PERSONS for count in (*windows, *monthly, *charted))


def _withhold(assessment: Assessment) -> Assessment:
    reason = f"Withheld in this edition: a count of fewer than {FEWEST_PERSONS} persons could point at someone."
    comparisons = tuple(
        replace(
            each,
            count=None,
            baseline_count=None,
            change=None,
            verdict=Verdict.TOO_FEW,
            reasons=(reason,),
            is_slight=False,
            whole=None,
            baseline_whole=None,
            value=None,
            baseline_value=None,
            difference=None,
        )
        for each in assessment.comparisons
    )
    return replace(
        assessment,
        count=None,
        rate=None,
        comparisons=comparisons,
        verdict=Verdict.TOO_FEW,
        reasons=(reason,),
        months=assessment.months.iloc[:0],
        concentration=None,
        notes=(),
        is_suppressed=True,
        signals=None,
    )
