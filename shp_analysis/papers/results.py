"""The results table: one row is one number that a paper prints, and the only thing that editions read.

The same assessment gives the record that `shp show` prints, so a page and the command line cannot disagree.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any

import pandas as pd

from shp_analysis.assessment.assessments import Assessment
from shp_analysis.assessment.new_signals import NewSignal, NewSignals
from shp_analysis.assessment.signals import QuarterForecast, ScoredForecast, SeasonOfPeriod, Signals
from shp_analysis.assessment.verdicts import Basis, Comparison, Model, RecordsUnplaced
from shp_analysis.config.catalogue import Indicator, Kind
from shp_analysis.measures.records import Unlinked
from shp_analysis.reference.periods import Period, build_window, count_months
from shp_analysis.statistics.forecasts import Forecast
from shp_analysis.statistics.intervals import wilson_interval
from shp_analysis.statistics.trends import AgainstSameQuarters
from shp_analysis.text.reasons import say

RATE_DIGITS = 4
"""More than a page prints, so that rounding a record's rate once more gives what the page says."""
_LENGTHS = {1: "monthly", 3: "quarterly", 12: "yearly"}
"""What a series is called by the months of one of its periods; a longer one by its number of months."""
_STOCK = "stock"
FORECAST_RANGES = {0.95: "", 0.8: "_80"}
"""The confidences of a forecast's ranges, and how the statistic of each ends."""
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
        One row a number, with these columns.

        - `result_id`: indicator, area, period and statistic, joined by `/`; unique in a run
        - `indicator`: id in the catalogue
        - `area_code`: of the area that the figure is of, which is the force's where nothing smaller is published
        - `period`: label of the figure's own period, such as `2024-25 Q4`, `2025-03` or `2024`
        - `statistic`: which number of the period it is; see below
        - `value`: the number as it was worked out, before any rounding; empty where there is none
        - `lower`, `upper`: its 95 % interval where one was worked out, in the unit of the value
        - `unit`: what the value counts or is measured in
        - `verdict`: of the comparison that the number belongs to, in the seven words; empty for a number of the series,
          and for one that was withheld
        - `suppressed`: whether the indicator's numbers were withheld from this edition
        - `inputs`: sha256 of every received file behind the number, separated by spaces

        Statistics of the period itself are `count` and `rate`. Those of a comparison begin with its basis, as in
        `same_quarter_last_year:change_count`, or, with a baseline that an analyst chose, as in
        `other_period_2018-19-Q4:change_count`: `period_` and `baseline_` with `count`, `whole` (what a share is of) or
        `value` (a share in per cent, or a published figure in its own unit); `change_count`, `change_percent` and
        `change_percent_per_day` of counts; `difference` of shares, in percentage points, or of published figures;
        `p_value`; and `dispersion`, the variance over the mean of such a period's sum by which the test was widened,
        with its `degrees_of_freedom` (none where it was not estimated), the months of `history` that it rests on, and
        `p_value_at_dispersion_1`, which chance alone would give.
        Those of the series that a chart draws say how long one of its periods is: `monthly_count`, `quarterly_count`,
        `yearly_count`, `36_month_count` or `stock_count` (what there was on a day), with `_whole` where it is a share.
        The annual assessment adds `financial_year_count`.

        Statistics of the course stand under the period that the figure is of. `season_expected` is what the season and
        the level before lead to expect of it, and `season_mean` the mean of the same period in earlier years where
        there is too little for a season. Forecasts stand under the quarter they were made in, the latest of that paper:
        `forecast_1_quarter_ahead` to `forecast_4_quarters_ahead`. `forecast_of_quarter_before` stands under the quarter
        it is of, whose own count came after it. Of each forecast there is a second row, ending in `_80`, whose limits
        are those of the 80 % range.
    """
    rows = [row for assessment in assessments for row in _rows_of(assessment)]
    # Objects, so that a count stays a whole number beside a rate.
    return pd.DataFrame(rows, columns=list(RESULT_COLUMNS), dtype=object)


def tabulate_new_signals(found: NewSignals, paper: str) -> pd.DataFrame:
    """List the sizes of the newly shifted levels of a paper.

    Parameters
    ----------
    found : NewSignals
    paper : str
        What is new is asked of all series of a paper together, so that two papers may differ.

    Returns
    -------
    pandas.DataFrame
        The columns of `tabulate_results`. Two rows a level, under the month or quarter in which it most likely began:
        `new_shift_in_<paper>:counted`, what was counted since, and `:expected`, what the level before would have
        brought.
    """
    rows = [row for each in found.signals for row in _rows_of_shift(each, paper)]
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
        "rate_range_allows_for": _name_allowance(assessment.indicator) if rate else None,
        "population": rate.population.residents if rate else None,
        "population_year": rate.population.mid_year if rate else None,
        "share": _share_record(assessment.comparisons[0]),
        "comparisons": [_comparison_record(each) for each in assessment.comparisons],
        "unplaced": _unplaced_record(assessment.comparisons[0]),
        "unlinked": _unlinked_record(assessment.comparisons[0].unlinked),
        "verdict": assessment.verdict.value,
        "reasons": [say(each) for each in assessment.reasons],
        "notes": [say(each) for each in assessment.notes],
        "data_to": assessment.data_to.isoformat() if assessment.data_to else None,
        "sources": [
            {"file": each.file, "sha256": each.sha256, "received_on": each.received_on.isoformat()}
            for each in assessment.sources
        ],
    }


def _share_record(comparison: Comparison) -> dict[str, Any] | None:
    """Write a share with both its counts and the range that chance alone gives it."""
    count, whole = comparison.count, comparison.whole
    if comparison.kind is not Kind.PROPORTION or count is None or not whole:
        return None
    lower, upper = (float(each[0]) for each in wilson_interval([count], [whole]))
    return {
        "count": count,
        "whole": whole,
        "percent": _rounded(comparison.value),
        "lower": _rounded(100 * lower),
        "upper": _rounded(100 * upper),
    }


def _unlinked_record(unlinked: Unlinked | None) -> dict[str, Any] | None:
    """Write how many records of the period cannot be counted, and how many could be."""
    return {"records": unlinked.records, "counted": unlinked.counted} if unlinked else None


def _unplaced_record(comparison: Comparison) -> dict[str, Any] | None:
    """Write how many of the force's records of the period have no place."""
    unplaced = comparison.unplaced
    if unplaced is None:
        return None
    return {
        "recorded_by": unplaced.whose,
        "records": unplaced.records,
        "of": unplaced.whole,
        "percent": _rounded(unplaced.percent),
        "is_in_count": unplaced.is_counted,
        "in_words": say(RecordsUnplaced(unplaced, comparison.period)) if unplaced.records else "",
    }


def _name_allowance(indicator: Indicator) -> str:
    """Say what the range of a rate allows for: of events chance alone, of a score its own history."""
    return (Model.USUAL_VARIATION if indicator.kind is Kind.SCORE else Model.CHANCE).value


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
        "dispersion": _rounded(change.dispersion.of_sums) if change else None,
        "dispersion_months": change.dispersion.months * change.dispersion.months_each if change else None,
        "tested_against": comparison.test.model.value if comparison.test else None,
        "p_value_by_chance": _rounded(comparison.test.p_value_by_chance, 6) if comparison.test else None,
        "verdict": comparison.verdict.value,
        "reasons": [say(each) for each in comparison.reasons],
        "breaks": [each.break_id for each in comparison.breaks],
        "period_unplaced_percent": _rounded(comparison.unplaced.percent) if comparison.unplaced else None,
        "unplaced_percent": _rounded(comparison.baseline_unplaced.percent) if comparison.baseline_unplaced else None,
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
        verdict = "" if assessment.is_suppressed else more.get("verdict", "")
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
        for statistic, value, unit, bounds in _numbers_of(comparison, assessment.indicator):
            yield row(
                label,
                f"{_name_basis(comparison)}:{statistic}",
                value,
                unit,
                verdict=comparison.verdict.value,
                **bounds,
            )
    for period, statistic, value, unit, sha256 in _series_of(assessment):
        yield row(period.label, statistic, value, unit, inputs=sha256)
    if assessment.signals is not None:
        files = " ".join(assessment.signals.inputs)
        for period, statistic, value, bounds in _list_year_rows(assessment.signals, assessment.period):
            yield row(period.label, statistic, value, noun, inputs=files, **bounds)


def _name_basis(comparison: Comparison) -> str:
    if comparison.basis is Basis.OTHER_PERIOD:
        return f"{comparison.basis}_{comparison.baseline.slug}"
    return comparison.basis.value


def _list_year_rows(signals: Signals, period: Period) -> Iterator[tuple[Period, str, float, dict[str, float]]]:
    """Give what is expected of the period by its season, and the forecasts."""
    season, ahead, scored = signals.season, signals.forecast, signals.last_forecast
    if isinstance(season, SeasonOfPeriod):
        yield season.period, "season_expected", season.expected, {"lower": season.lower, "upper": season.upper}
    elif isinstance(season, AgainstSameQuarters):
        yield period, "season_mean", season.mean, {}
    if isinstance(ahead, QuarterForecast):
        for step in range(len(ahead.quarters)):
            name = f"forecast_{step + 1}_quarter{'s' if step else ''}_ahead"
            yield from _ranges_of(ahead.forecast, step, signals.quarter, name)
    if isinstance(scored, ScoredForecast):
        yield from _ranges_of(scored.forecast, 0, scored.quarter, "forecast_of_quarter_before")


def _ranges_of(
    forecast: Forecast, step: int, quarter: Period, name: str
) -> Iterator[tuple[Period, str, float, dict[str, float]]]:
    for confidence, ending in FORECAST_RANGES.items():
        interval = forecast.interval(confidence)
        bounds = {"lower": float(interval.lower[step]), "upper": float(interval.upper[step])}
        yield quarter, f"{name}{ending}", float(forecast.values[step]), bounds  # noqa: PD011 - not a frame


def _rows_of_shift(signal: NewSignal, paper: str) -> Iterator[tuple[Any, ...]]:
    assessment, size, signals = signal.assessment, signal.size, signal.assessment.signals
    if size is None or signals is None:
        return
    numbers = (("counted", size.counted, None, None), ("expected", size.expected, size.lower, size.upper))
    for name, *values in numbers:
        head = (assessment.indicator.id, assessment.area.code, signal.since.label, f"new_shift_in_{paper}:{name}")
        own = (*values, assessment.indicator.numerator, "", assessment.is_suppressed, " ".join(signals.inputs))
        yield "/".join(head), *head, *own


def _series_of(assessment: Assessment) -> Iterator[tuple[Period, str, float | None, str, str]]:
    """Give the numbers of the series that charts draw, each with its own period and named by that period's length."""
    indicator, columns = assessment.indicator, ["period_start", "period_end", "numerator", "denominator", "source_id"]
    for start, end, count, whole, sha256 in assessment.months[columns].itertuples(index=False):
        period = build_window(start, count_months(start, end))
        length = _STOCK if indicator.kind is Kind.STOCK else _name_length(len(period.months))
        yield period, f"{length}_count", _whole_if_whole(count), indicator.numerator, sha256
        if indicator.of and not pd.isna(whole):
            yield period, f"{length}_whole", int(whole), indicator.of, sha256


def _name_length(months: int) -> str:
    return _LENGTHS.get(months, f"{months}_month")


def _whole_if_whole(count: float) -> float | None:
    """Write a count as the whole number it is, and leave an adjusted one, or a score, with its decimals."""
    if pd.isna(count):
        return None
    return int(count) if float(count).is_integer() else float(count)


def _numbers_of(
    comparison: Comparison, indicator: Indicator
) -> Iterator[tuple[str, float | None, str, dict[str, float]]]:
    noun, is_share = indicator.numerator, comparison.kind is Kind.PROPORTION
    yield "period_count", comparison.count, noun, {}
    yield "baseline_count", comparison.baseline_count, noun, {}
    for name, value in (("period_whole", comparison.whole), ("baseline_whole", comparison.baseline_whole)):
        if value is not None:
            yield name, value, indicator.of or "whole", {}
    for name, figure in (("period_value", comparison.value), ("baseline_value", comparison.baseline_value)):
        if figure is not None:
            yield name, figure, "per cent" if is_share else indicator.unit or "own unit", {}
    if comparison.verdict.shows_percent:
        yield from _tests_of(comparison, "percentage points" if is_share else indicator.unit or "own unit")
    if comparison.change is not None:
        yield "change_count", comparison.change.change_count, noun, {}


def _tests_of(comparison: Comparison, unit: str) -> Iterator[tuple[str, float | None, str, dict[str, float]]]:
    """Give what was tested, where the verdict lets it be shown."""
    tested, change = comparison.difference, comparison.change
    if tested is not None:
        yield "difference", tested.difference, unit, {"lower": tested.lower, "upper": tested.upper}
        yield "p_value", tested.p_value, "probability", {}
    if change is not None:
        bounds = {"lower": change.lower, "upper": change.upper}
        yield "change_percent", change.change_percent, "per cent", {}
        yield "change_percent_per_day", change.adjusted_percent, "per cent", bounds
        yield "p_value", change.p_value, "probability", {}
        yield "dispersion", change.dispersion.of_sums, "variance over mean", {}
        yield "degrees_of_freedom", _finite(change.dispersion.degrees_of_sums), "degrees of freedom", {}
        yield "history", change.dispersion.months * change.dispersion.months_each, "months", {}
        if comparison.test is not None and comparison.test.p_value_by_chance is not None:
            yield "p_value_at_dispersion_1", comparison.test.p_value_by_chance, "probability", {}


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _rounded(value: float | None, digits: int = 2) -> float | None:
    return None if value is None or not math.isfinite(value) else round(float(value), digits)
