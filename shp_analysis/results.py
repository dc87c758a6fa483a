"""The results table: one row is one number that a paper prints, and the only thing that editions read.

The same assessment gives the record that `shp show` prints, so a page and the command line cannot disagree.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any

import pandas as pd

from shp_analysis.assessments import Assessment
from shp_analysis.catalogue import Kind
from shp_analysis.comparisons import Comparison

RATE_DIGITS = 4
"""More than a page prints, so that rounding a record's rate once more gives what the page says."""
RESULT_COLUMNS = (
    "result_id",
    "indicator",
    "area_code",
    "period",
    "statistic",
    "value",
    "lower",
    "upper",
    "unit",
    "verdict",
    "suppressed",
    "inputs",
)


def tabulate_results(assessments: Iterable[Assessment]) -> pd.DataFrame:
    """List every number of some assessments.

    Parameters
    ----------
    assessments : iterable of Assessment
        After disclosure control.

    Returns
    -------
    pandas.DataFrame
        `result_id, indicator, area_code, period, statistic, value, lower, upper, unit, verdict, suppressed, inputs`.
        `result_id` is unique; `inputs` names the sha256 of every file behind the number, separated by spaces.
    """
    rows = [row for assessment in assessments for row in _rows_of(assessment)]
    # Objects, so that a count stays a whole number beside a rate.
    return pd.DataFrame(rows, columns=list(RESULT_COLUMNS), dtype=object)


def as_record(assessment: Assessment) -> dict[str, Any]:
    """Write an assessment as plain values, as `shp show --format json` prints it.

    Parameters
    ----------
    assessment : Assessment

    Returns
    -------
    dict
        JSON-ready; what does not exist is None (no percentage where the numbers are too few to show one).
    """
    rate = assessment.rate
    return {
        "indicator": assessment.indicator.id,
        "indicator_name": assessment.indicator.name,
        "area": assessment.area.code,
        "area_name": assessment.area.name,
        "period": assessment.period.label,
        "period_in_words": assessment.period.in_words,
        "source": assessment.source,
        "as_of": assessment.as_of.isoformat() if assessment.as_of else None,
        "count": assessment.count,
        "rate": _rounded(rate.value, RATE_DIGITS) if rate else None,
        "rate_unit": assessment.indicator.rate_unit if rate else None,
        "rate_lower": _rounded(rate.lower, RATE_DIGITS) if rate else None,
        "rate_upper": _rounded(rate.upper, RATE_DIGITS) if rate else None,
        "population": rate.population.residents if rate else None,
        "population_year": rate.population.mid_year if rate else None,
        "comparisons": [_comparison_record(each) for each in assessment.comparisons],
        "verdict": assessment.verdict.value,
        "reasons": list(assessment.reasons),
        "notes": list(assessment.notes),
        "data_to": assessment.data_to.isoformat() if assessment.data_to else None,
        "sources": [
            {"file": each.file, "sha256": each.sha256, "received_on": each.received_on.isoformat()}
            for each in assessment.sources
        ],
    }


def _comparison_record(comparison: Comparison) -> dict[str, Any]:
    change = comparison.change
    shows_percent = change is not None and comparison.verdict.shows_percent
    return {
        "basis": comparison.basis.value,
        "period": comparison.period.label,
        "baseline_period": comparison.baseline.label,
        "period_count": comparison.count,
        "count": comparison.baseline_count,
        "period_whole": comparison.whole,
        "whole": comparison.baseline_whole,
        "period_value": _rounded(comparison.value, RATE_DIGITS),
        "value": _rounded(comparison.baseline_value, RATE_DIGITS),
        **_difference_record(comparison),
        "change_count": change.change_count if change else None,
        "change_percent": _rounded(change.change_percent) if change and shows_percent else None,
        "change_percent_per_day": _rounded(change.adjusted_percent) if change and shows_percent else None,
        "lower": _rounded(change.lower) if change and shows_percent else None,
        "upper": _rounded(change.upper) if change and shows_percent else None,
        "p_value": _rounded(comparison.p_value, 6),
        "dispersion": _rounded(change.dispersion.value) if change else None,
        "dispersion_months": change.dispersion.months if change else None,
        "verdict": comparison.verdict.value,
        "reasons": list(comparison.reasons),
        "breaks": [each.break_id for each in comparison.breaks],
        "missing_months": [month.label for month in comparison.missing],
    }


def _difference_record(comparison: Comparison) -> dict[str, float | None]:
    """Write the difference of two shares or published figures, in their own unit."""
    tested = comparison.difference if comparison.verdict.shows_percent else None
    names = {"difference": "difference", "difference_lower": "lower", "difference_upper": "upper"}
    return {key: _rounded(getattr(tested, name)) if tested else None for key, name in names.items()}


def _rows_of(assessment: Assessment) -> Iterator[tuple[Any, ...]]:
    inputs = " ".join(source.sha256 for source in assessment.sources)

    def row(period: str, statistic: str, value: float | None, unit: str, **more: Any) -> tuple[Any, ...]:  # noqa: ANN401
        head = (assessment.indicator.id, assessment.area.code, period, statistic)
        bounds = (more.get("lower"), more.get("upper"))
        verdict = more.get("verdict", "")
        return (
            "/".join(head),
            *head,
            value,
            *bounds,
            unit,
            verdict,
            assessment.is_suppressed,
            more.get("inputs", inputs),
        )

    label, noun = assessment.period.label, assessment.indicator.numerator
    yield row(label, "count", assessment.count, noun, verdict=assessment.verdict.value)
    if assessment.rate:
        rate = assessment.rate
        yield row(label, "rate", rate.value, assessment.indicator.rate_unit, lower=rate.lower, upper=rate.upper)
    for comparison in assessment.comparisons:
        for statistic, value, unit, bounds in _numbers_of(comparison, noun):
            yield row(
                label,
                f"{comparison.basis}:{statistic}",
                value,
                unit,
                verdict=comparison.verdict.value,
                **bounds,
            )
    files = assessment.months["source_id"].tolist()
    for (month, count), sha256 in zip(assessment.counts_by_month.items(), files, strict=True):
        yield row(month.label, "monthly_count", count, noun, inputs=sha256)


def _numbers_of(comparison: Comparison, noun: str) -> Iterator[tuple[str, float | None, str, dict[str, float]]]:
    yield "period_count", comparison.count, noun, {}
    yield "baseline_count", comparison.baseline_count, noun, {}
    for name, value in (("period_whole", comparison.whole), ("baseline_whole", comparison.baseline_whole)):
        if value is not None:
            yield name, value, "whole", {}
    for name, figure in (("period_value", comparison.value), ("baseline_value", comparison.baseline_value)):
        if figure is not None:
            yield name, figure, "per cent" if comparison.kind is Kind.PROPORTION else "own unit", {}
    tested = comparison.difference
    if tested is not None and comparison.verdict.shows_percent:
        yield "difference", tested.difference, "own unit", {"lower": tested.lower, "upper": tested.upper}
        yield "p_value", tested.p_value, "probability", {}
    change = comparison.change
    if change is None:
        return
    yield "change_count", change.change_count, noun, {}
    if comparison.verdict.shows_percent:
        bounds = {"lower": change.lower, "upper": change.upper}
        yield "change_percent", change.change_percent, "per cent", {}
        yield "change_percent_per_day", change.adjusted_percent, "per cent", bounds
        yield "p_value", change.p_value, "probability", {}
        yield "dispersion", change.dispersion.value, "variance over mean", {}


def _rounded(value: float | None, digits: int = 2) -> float | None:
    return None if value is None or not math.isfinite(value) else round(float(value), digits)
