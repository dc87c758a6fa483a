"""Trends: enough points, none that overlap, no trend in chance, and what may be called stable."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
import statsmodels.api as sm

from shp_analysis.errors import PeriodError
from shp_analysis.statistics.changes import compare_counts
from shp_analysis.statistics.dispersions import Dispersion
from shp_analysis.statistics.trends import (
    Trend,
    TrendVerdict,
    assess_trend,
    check_windows_apart,
    is_stable,
)


def _years(counts: list[float] | np.ndarray, first: int = 2018, **options: object) -> Trend:
    years = range(first, first + len(counts))
    return assess_trend(counts, [date(each, 1, 1) for each in years], [date(each, 12, 31) for each in years], **options)


def test_the_papers_two_values_of_five_years_are_not_enough_points() -> None:
    trend = _years([np.nan, np.nan, np.nan, 13_418, 13_546])
    assert trend == Trend(TrendVerdict.NOT_ENOUGH_POINTS, 2)
    assert trend.verdict == "not enough points"
    assert not trend.is_clear


def test_a_flat_rate_of_five_points_has_no_clear_trend() -> None:
    trend = _years([1_000, 1_010, 990, 1_005, 995])
    assert trend.verdict == "no clear trend"
    assert trend.lower is not None
    assert trend.upper is not None
    assert trend.lower < 0 < trend.upper


def test_a_rise_and_a_fall_are_found_in_either_order_of_rows() -> None:
    counts = [1_000, 1_102, 1_210, 1_335, 1_460]
    rise = _years(counts)
    assert rise.verdict is TrendVerdict.RISING
    assert rise.percent_per_year == pytest.approx(10, abs=0.3)
    assert _years(counts[::-1]).verdict is TrendVerdict.FALLING
    starts = [date(year, 1, 1) for year in range(2018, 2023)]
    ends = [date(year, 12, 31) for year in range(2018, 2023)]
    turned = assess_trend(counts[::-1], starts[::-1], ends[::-1])
    assert turned.percent_per_year == pytest.approx(rise.percent_per_year)


def test_a_grown_population_is_not_a_trend() -> None:
    residents = np.array([100_000, 110_000, 121_000, 133_100, 146_410])
    assert _years(residents / 100, exposure=residents).percent_per_year == pytest.approx(0, abs=1e-6)


def test_the_model_is_that_of_statsmodels() -> None:
    counts, residents = np.array([210, 260, 205, 300, 310, 280]), np.array([50.0, 52, 51, 55, 56, 60])
    trend = _years(counts, exposure=residents)
    mid = np.array(
        [(date(y, 1, 1) - date(2018, 1, 1)).days + (366 if y == 2020 else 365) / 2 for y in range(2018, 2024)]
    )
    design = sm.add_constant((mid - mid.mean()) / 365.25)
    fit = sm.GLM(counts, design, family=sm.families.Poisson(), exposure=residents).fit(scale="X2", tol=1e-12)
    low, high = fit.params[1] + np.array([-1, 1]) * 2.7764451051977987 * fit.bse[1]
    assert trend.dispersion == pytest.approx(fit.scale)
    assert (trend.lower, trend.upper) == pytest.approx((100 * np.expm1(low), 100 * np.expm1(high)), abs=1e-4)


def test_calm_series_seldom_trend_even_when_jumpy() -> None:
    rng = np.random.default_rng(8)
    jumpy = rng.negative_binomial(300 / 4, 1 / 5, size=(400, 7))
    trends = [_years(list(series)) for series in jumpy]
    assert 0.02 <= np.mean([trend.is_clear for trend in trends]) <= 0.08


def test_rolling_figures_are_refused() -> None:
    starts = [date(2020, month, 1) for month in range(1, 7)]
    ends = [date(2020, 12, 31), *(date(2021, month, 28) for month in range(1, 6))]
    with pytest.raises(PeriodError, match="2020-01-01 to 2020-12-31 and 2020-02-01 to 2021-01-28 overlap"):
        assess_trend([100] * 6, starts, ends)
    with pytest.raises(PeriodError, match="before it starts"):
        check_windows_apart([date(2020, 2, 1)], [date(2020, 1, 1)])
    check_windows_apart([date(2020, 1, 1), date(2021, 1, 1)], [date(2020, 12, 31), date(2021, 12, 31)])


def test_stable_needs_more_than_no_clear_change() -> None:
    calm, large = compare_counts(7_700, 7_750), compare_counts(30_864, 30_821)
    assert is_stable(calm, large)
    assert not is_stable(calm, compare_counts(100, 101))
    assert not is_stable(compare_counts(100, 200), large)
    assert not is_stable(calm, compare_counts(30_864, 30_821, dispersion=Dispersion(25.0)))
    assert not is_stable(calm, compare_counts(1_000_000, 1_020_000))
