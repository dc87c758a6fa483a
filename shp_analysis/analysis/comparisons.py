"""Comparing two periods of a frame under the rules of the papers; trend, season and forecast of a series."""

from __future__ import annotations

import calendar
import warnings
from collections.abc import Iterable
from datetime import date
from enum import StrEnum

import numpy as np
import pandas as pd
import statsmodels.api as sm
from statsmodels.genmod.generalized_linear_model import GLMResults
from statsmodels.tools.sm_exceptions import PerfectSeparationWarning

from shp_analysis.analysis.observations import Observations, as_counted, find_series
from shp_analysis.assessment.assessments import Assessment, assess_counted
from shp_analysis.assessment.signals import QuarterForecast, SeasonOfPeriod, Signals, read_signals
from shp_analysis.assessment.verdicts import Comparison
from shp_analysis.config.catalogue import Kind
from shp_analysis.errors import RequestError, suggest
from shp_analysis.reference.periods import Period, YearEnding, parse_period
from shp_analysis.statistics.trends import Trend, TrendVerdict
from shp_analysis.text.reasons import say

LAST_DAY_BEFORE_PANDEMIC = date(2020, 2, 29)


class Baseline(StrEnum):
    """The baselines that have a name; any earlier period of the same kind is one as well."""

    SAME_QUARTER_LAST_YEAR = "same_quarter_last_year"
    SAME_PERIOD_LAST_YEAR = "same_period_last_year"
    YEAR_BEFORE = "year_before"
    PREVIOUS_PERIOD = "previous_period"
    BEFORE_THE_PANDEMIC = "before_the_pandemic"


def find_baseline(period: Period, baseline: Period | str) -> Period:
    """Give the period that a baseline stands for.

    Parameters
    ----------
    period : Period
    baseline : Period or str
        A period, a period as people write it, or one of

        - `same_quarter_last_year`, `same_period_last_year`, `year_before`: the same months a year earlier
        - `previous_period`: the period of the same kind right before
        - `before_the_pandemic`: the latest of the same kind and season that ended before March 2020; of a rolling year,
          the year ending February 2020

    Raises
    ------
    RequestError
        Where nothing is meant by the word.
    PeriodError
        Where a written period can be read in two ways.

    Examples
    --------
    >>> from shp_analysis.reference import FinancialYear, Quarter
    >>> find_baseline(Quarter("2024-25 Q4"), "before_the_pandemic").short_words
    'January to March 2019'
    >>> find_baseline(FinancialYear("2024-25"), "before_the_pandemic").label
    '2018-19'
    >>> find_baseline(Quarter("2024-25 Q4"), "2021-22 Q4").label
    '2021-22 Q4'
    """
    if isinstance(baseline, Period):
        return baseline
    if baseline not in set(Baseline):
        if not any(letter.isdigit() for letter in baseline):
            message = f"There is no baseline '{baseline}'; there are {', '.join(Baseline)}, and any earlier period."
            raise RequestError(f"{message} {suggest(baseline, list(Baseline))}".strip())
        return parse_period(baseline)
    match Baseline(baseline):
        case Baseline.PREVIOUS_PERIOD:
            return period.previous()
        case Baseline.BEFORE_THE_PANDEMIC:
            return _find_before_pandemic(period)
        case _:
            return period.same_last_year()


def _find_before_pandemic(period: Period) -> Period:
    if isinstance(period, YearEnding):
        return YearEnding(f"{LAST_DAY_BEFORE_PANDEMIC:%Y-%m}")
    earlier = period
    while earlier.end > LAST_DAY_BEFORE_PANDEMIC:
        earlier = earlier.same_last_year()
    return earlier


BEFORE, AFTER = "before", "change"
"""The terms of a comparison's model."""


def compare(
    observations: pd.DataFrame, period: Period | str, baseline: Period | str = "same_period_last_year"
) -> Assessment:
    """Compare a period of one series with an earlier one and decide what may be said of the difference.

    Parameters
    ----------
    observations : pandas.DataFrame
        Of one series, from `run.observations` or `own_observations`; rows may have been left out. What was left out
        counts as not received.
    period : Period or str
    baseline : Period or str
        An earlier period of the same kind, or a name of one (see `baselines.find_baseline`).

    Returns
    -------
    Assessment
        With one comparison: `verdict`, `count`, `comparisons[0].change` with its 95% range, and the reasons. The range
        allows for the usual variation of the frame's own months where there are enough of them.

    Raises
    ------
    RequestError
        Where the frame holds several series, or does not say what was observed.
    PeriodError
        Where the periods are of two kinds or overlap.
    """
    one = find_series(observations)
    current = parse_period(period) if isinstance(period, str) else period
    return assess_counted(
        one.indicator,
        current,
        find_baseline(current, baseline),
        as_counted(observations, one),
        one.area,
        one.breaks,
        one.records,
        rules=one.rules,
        source=one.source,
    )


def compare_groups(
    observations: Observations,
    period: Period | str,
    baseline: Period | str = "same_period_last_year",
    by: str | None = None,
) -> tuple[Assessment, ...]:
    """Compare a period with an earlier one in each series of a frame: each area, or each group of a breakdown.

    Parameters
    ----------
    observations : Observations
        Of several series.
    period, baseline : Period or str
    by : str, optional
        The column that tells them apart; the frame's breakdown, or else the area, where left out.

    Returns
    -------
    tuple of Assessment
        In the order of the frame. One comparison in twenty looks clear though nothing changed: say how many were made.
    """
    column = by or observations.by or "area"
    groups = observations.groupby(column, sort=False, observed=True)
    return tuple(compare(observations.loc[rows], period, baseline) for rows in groups.groups.values())


def tabulate_comparisons(assessments: Iterable[Assessment]) -> pd.DataFrame:
    """Set the comparisons of some assessments side by side.

    Parameters
    ----------
    assessments : iterable of Assessment
        Such as `compare` and `compare_groups` give.

    Returns
    -------
    pandas.DataFrame
        One row a comparison: `name, area, period, baseline, before, now` (counts, or values of what is no count),
        `change` in `unit` (per cent of counts and rates, percentage points of shares, or the figure's own unit) with
        `lower_95` and `upper_95`, `p_value`, `verdict`, and `reasons`. What was not tested is missing.
    """
    return pd.DataFrame(
        [_describe(each, comparison) for each in assessments for comparison in each.comparisons],
        columns=[*_COLUMNS],
    )


_COLUMNS = (
    "name",
    "area",
    "period",
    "baseline",
    "before",
    "now",
    "change",
    "lower_95",
    "upper_95",
    "unit",
    "p_value",
    "verdict",
    "reasons",
)


def _describe(one: Assessment, comparison: Comparison) -> tuple[object, ...]:
    is_value = comparison.value is not None
    before, now = (
        (comparison.baseline_value, comparison.value) if is_value else (comparison.baseline_count, comparison.count)
    )
    change: tuple[object, ...] = (None, None, None)
    unit = ""
    if comparison.verdict.shows_percent and (tested := comparison.change) is not None:
        change, unit = (tested.adjusted_percent, tested.lower, tested.upper), "per cent"
    elif comparison.verdict.shows_percent and (apart := comparison.difference) is not None:
        change = (apart.difference, apart.lower, apart.upper)
        unit = "percentage points" if comparison.kind is Kind.PROPORTION else one.indicator.unit or ""
    p_value = comparison.p_value if comparison.verdict.shows_percent else None
    head = (one.indicator.name, one.area.name, comparison.period.short_words, comparison.baseline.short_words)
    return (
        *head,
        before,
        now,
        *change,
        unit,
        p_value,
        comparison.verdict.value,
        " ".join(map(say, comparison.reasons)),
    )


def fit_change(comparison: Comparison) -> GLMResults:
    """Fit the statsmodels model of a comparison: two figures, and the change between them on the log scale.

    Counts are a Poisson model with their days (times people) as offset, its variance multiplied by the dispersion that
    the verdict used; shares are a binomial model. The estimate is the one that the comparison states. The model's own
    range is Wald's; the comparison's is that of a score test or an exact one, which keeps its promise for small counts.

    Parameters
    ----------
        comparison : Comparison

    Returns
    -------
        GLMResults
            With the terms `before` and `change`.

    Raises
    ------
        RequestError
            Where nothing was tested, or one of the two is 0, of which there is no logarithm.

    Examples
    --------
        >>> import warnings
    from collections.abc import Iterable

    import numpy as np
        >>> model = fit_change(quarter.comparisons[0])  # doctest: +SKIP
        >>> np.exp(model.params["change"])  # doctest: +SKIP
        1.27
    """
    tested = comparison.change or comparison.difference
    if tested is None or comparison.kind is Kind.PUBLISHED:
        raise RequestError("There is no model of this comparison: no two counts were tested. Its reasons say why.")
    counts = [comparison.baseline_count, comparison.count]
    if not all(counts):
        raise RequestError("There is no model of this comparison: one of the two counts is 0.")
    terms = pd.DataFrame({BEFORE: [1.0, 1.0], AFTER: [0.0, 1.0]})
    if comparison.kind is Kind.PROPORTION:
        wholes = [comparison.baseline_whole, comparison.whole]
        others = [float(whole or 0) - float(count or 0) for whole, count in zip(wholes, counts, strict=True)]
        shares = pd.DataFrame({"counted": counts, "others": others}, dtype=float)
        return _fit(sm.GLM(shares, terms, family=sm.families.Binomial()), 1.0)
    assert comparison.change is not None  # noqa: S101 - what is no share was tested as counts
    exposures = [comparison.baseline_exposure, comparison.exposure]
    model = sm.GLM(
        pd.Series(counts, dtype=float), terms, family=sm.families.Poisson(), exposure=pd.Series(exposures, dtype=float)
    )
    return _fit(model, comparison.change.dispersion.of_sums)


def _fit(model: sm.GLM, dispersion: float) -> GLMResults:
    # Two figures and two terms leave no residual to estimate a scale from: it is given.
    with np.errstate(divide="ignore", invalid="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", PerfectSeparationWarning)
        return model.fit(scale=dispersion)


def trend(observations: pd.DataFrame, period: Period | str) -> Trend:
    """Fit a line through the whole years of a series up to a period: the change from one year to the next.

    Parameters
    ----------
    observations : pandas.DataFrame
        Of one series of counts that add up over months.
    period : Period or str
        Nothing after its end is looked at.

    Returns
    -------
    Trend
        `verdict` (rising, falling, no clear trend, not enough points), `percent_per_year` with `lower` and `upper`.

    Raises
    ------
    RequestError
        Where the frame does not hold one series of counts.
    """
    signals = _read(observations, period)
    return signals.trend.trend if signals else Trend(TrendVerdict.NOT_ENOUGH_POINTS, 0)


def season(observations: pd.DataFrame, period: Period | str) -> pd.DataFrame:
    """Estimate the season of a series from the months before a period.

    Returns
    -------
    pandas.DataFrame
        `month`, `index`, `lower_95`, `upper_95`: an index of 1.2 means a fifth more per day than in the mean month of a
        year. Empty where there are too few comparable months, or the season may be chance (an F test).
    """
    signals = _read(observations, period)
    columns = ["month", "index", "lower_95", "upper_95"]
    found = signals.season if signals else None
    if not isinstance(found, SeasonOfPeriod) or not found.season.is_clear:
        return pd.DataFrame(columns=columns)
    names = list(calendar.month_abbr)[1:]
    return pd.DataFrame(
        dict(zip(columns, (names, found.season.index, found.season.lower, found.season.upper), strict=True))
    )


def forecast(observations: pd.DataFrame, period: Period | str) -> pd.DataFrame:
    """Forecast the next four quarters of a series, were nothing to change but what has changed before.

    Returns
    -------
    pandas.DataFrame
        `quarter`, `forecast`, and the ends of the ranges in which 80 and 95 of 100 such quarters would lie: `lower_80`,
        `upper_80`, `lower_95`, `upper_95`. Empty where there are too few comparable quarters.
    """
    signals = _read(observations, period)
    columns = ["quarter", "forecast", "lower_80", "upper_80", "lower_95", "upper_95"]
    if signals is None or not isinstance(signals.forecast, QuarterForecast):
        return pd.DataFrame(columns=columns)
    made = signals.forecast.forecast
    ranges = [made.interval(level) for level in (0.80, 0.95)]
    ends = [end for each in ranges for end in (each.lower, each.upper)]
    quarters = [each.label for each in signals.forecast.quarters]
    return pd.DataFrame(dict(zip(columns, (quarters, np.asarray(made.values), *ends), strict=True)))


def _read(observations: pd.DataFrame, period: Period | str) -> Signals | None:
    one = find_series(observations)
    if not one.indicator.adds_over_periods or one.indicator.kind is not Kind.COUNT:
        message = (
            f"{one.indicator.name} is no series of counts that add up over months: it has no trend, season or forecast."
        )
        raise RequestError(message)
    window = parse_period(period) if isinstance(period, str) else period
    return read_signals(as_counted(observations, one), window, one.breaks, one.indicator.polarity)
