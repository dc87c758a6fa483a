"""Chart, season, trend, warning and forecasts of one indicator, and what is new over several."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from builders import assess_one
from observing import break_at, observe

from shp_analysis.assessment.assessments import Assessment
from shp_analysis.assessment.comparisons import compare_periods, judge_dispersion
from shp_analysis.assessment.new_signals import list_new_signals
from shp_analysis.assessment.signals import (
    QuarterForecast,
    ScoredForecast,
    SeasonOfPeriod,
    Signals,
    as_count_series,
    latest_quarter,
    read_series,
    read_signals,
)
from shp_analysis.assessment.verdicts import Basis, Verdict
from shp_analysis.config.catalogue import Kind, Polarity, read_catalogue
from shp_analysis.disclosure.facts import Facts
from shp_analysis.disclosure.gate import Gate
from shp_analysis.measures.records import AreaRecords
from shp_analysis.reference.periods import CalendarYear, Month, Quarter, YearEnding
from shp_analysis.statistics.control_charts import Improvement
from shp_analysis.statistics.early_warning import Direction, Standing, find_early_warnings
from shp_analysis.statistics.forecasts import TooFewPoints
from shp_analysis.statistics.trends import AgainstSameQuarters, TooShort, TrendVerdict

QUARTER = Quarter("2024-25 Q4")
FIRST = Month("2015-04")
SEASON = (1.0, 1.0, 1.1, 1.2, 1.3, 1.1, 1.0, 1.2, 0.9, 0.8, 0.7, 0.7)


def calm(mean: float = 100, *, years: int = 10, seed: int = 7, seasons=SEASON) -> list[float]:
    rng = np.random.default_rng(seed)
    return rng.poisson(mean * np.tile(seasons, years)).astype(float).tolist()


def signals_of(counts, first=FIRST, period=QUARTER, breaks=(), **more) -> Signals:
    found = read_signals(observe(counts, first), period, breaks, **more)
    assert found is not None
    return found


def stand_alone(found: Signals) -> Standing:
    """Give what the early warning says of a series that is looked at by itself."""
    return find_early_warnings([as_count_series(found.series, found.quarter)]).warnings[0].standing


def test_ten_calm_years_are_read_whole_and_say_nothing_new() -> None:
    found = signals_of([*calm(years=2), *calm()], Month("2013-04"))
    assert len(found.series.counts) == 120, "older months are left out"
    assert found.series.periods[0] == FIRST
    assert found.series.periods[-1] == Month("2025-03")
    assert found.chart is not None
    assert len(found.chart.segments) == 1
    assert isinstance(found.season, SeasonOfPeriod)
    assert found.season.season.is_clear
    assert found.season.season.index[7] > 1.1, "August is high"
    assert found.season.season.index[2] < 0.9, "March is low"
    assert found.season.count == sum(calm()[-3:])
    assert found.season.lower < found.season.expected < found.season.upper
    assert not found.season.is_unusual
    assert (found.trend.trend.verdict, found.trend.trend.points) == (TrendVerdict.NO_CLEAR_TREND, 10)
    assert found.trend.years[-1] == YearEnding("2025-03")
    assert stand_alone(found) is Standing.NOTHING_NEW
    assert isinstance(found.forecast, QuarterForecast)
    assert [each.label for each in found.forecast.quarters] == ["2025-26 Q1", "2025-26 Q2", "2025-26 Q3", "2025-26 Q4"]
    assert found.forecast.forecast.points == 40


def test_the_forecast_of_a_quarter_ago_knows_nothing_of_this_quarter() -> None:
    counts = calm()
    wild = [*counts[:-3], 900.0, 900.0, 900.0]
    calmly, wildly = signals_of(counts).last_forecast, signals_of(wild).last_forecast
    assert isinstance(calmly, ScoredForecast)
    assert isinstance(wildly, ScoredForecast)
    assert calmly.forecast.values.tolist() == wildly.forecast.values.tolist()
    assert (calmly.quarter, calmly.count, wildly.count) == (QUARTER, sum(counts[-3:]), 2_700)
    assert calmly.is_inside(0.95)
    assert not wildly.is_inside(0.95)
    then = signals_of(counts[:-3], period=Quarter("2024-25 Q3")).forecast
    assert isinstance(then, QuarterForecast)
    assert calmly.forecast.values[0] == pytest.approx(then.forecast.values[0]), "what would have been said then"


def test_the_period_itself_has_no_part_in_what_is_expected_of_it() -> None:
    counts = calm()
    wild = signals_of([*counts[:-3], 900.0, 900.0, 900.0]).season
    usual = signals_of(counts).season
    assert isinstance(wild, SeasonOfPeriod)
    assert isinstance(usual, SeasonOfPeriod)
    assert (wild.expected, wild.lower, wild.upper) == (usual.expected, usual.lower, usual.upper)
    assert wild.is_unusual


def test_limits_are_drawn_anew_only_at_a_confirmed_break() -> None:
    counts = [*calm(years=5), *calm(200, years=5)]
    confirmed = signals_of(counts, breaks=[break_at("2020-04")])
    rumoured = signals_of(counts, breaks=[break_at("2020-04", is_confirmed=False)])
    assert confirmed.chart is not None
    assert rumoured.chart is not None
    assert [each.start for each in confirmed.chart.segments] == [0, 60]
    assert [each.start for each in rumoured.chart.segments] == [0]
    assert confirmed.chart.latest.mean > 1.9 * confirmed.chart.segments[0].mean
    assert confirmed.trend.trend.points == 5
    assert isinstance(confirmed.forecast, QuarterForecast)
    assert confirmed.forecast.forecast.points == 20, "nothing is forecast across a break"


def test_months_in_which_a_practice_settled_are_shown_and_not_judged() -> None:
    found = signals_of(calm(), breaks=[break_at("2020-04", bedding_in_months=6)])
    assert found.chart is not None
    marks = found.chart.special_cause[60:66].tolist()
    assert marks == ["not judged"] * 6
    assert np.isfinite(found.series.counts).all(), "they are shown"
    assert [each.start for each in found.chart.segments] == [0, 60]


def test_a_temporary_break_is_a_gap_and_no_new_level() -> None:
    counts = calm()
    counts[60:72] = [5.0] * 12
    found = signals_of(counts, breaks=[break_at("2020-04", until_month="2021-03", kind="temporary")])
    assert found.chart is not None
    assert len(found.chart.segments) == 1
    assert stand_alone(found) is Standing.NOTHING_NEW
    assert found.trend.trend.points == 9
    assert isinstance(found.forecast, QuarterForecast)
    assert found.forecast.forecast.points == 16, "the quarters after the gap"


def test_a_break_just_before_leaves_too_few_points_to_say_anything() -> None:
    found = signals_of(calm(), breaks=[break_at("2024-04")])
    assert isinstance(found.season, TooShort)
    assert found.trend.trend.verdict is TrendVerdict.NOT_ENOUGH_POINTS
    assert stand_alone(found) is Standing.TOO_SHORT
    assert found.forecast == TooFewPoints(4, 12)
    assert found.last_forecast == TooFewPoints(3, 12)
    assert found.chart is not None
    assert str(found.chart.latest.footing) == "provisional"


def test_a_missing_month_is_a_gap() -> None:
    counts: list[float | None] = [*calm()]
    counts[-2] = None
    found = signals_of(counts)
    assert stand_alone(found) is Standing.INCOMPLETE
    assert isinstance(found.season, SeasonOfPeriod)
    assert found.season.count is None
    assert not found.season.is_unusual
    assert found.forecast == TooFewPoints(0, 12)
    assert found.trend.trend.points == 9
    assert found.chart is not None
    assert found.chart.special_cause[-2] == "not judged"


def test_quarters_have_a_chart_and_a_season_of_earlier_years() -> None:
    found = signals_of([40.0, 50.0, 60.0, 30.0] * 5, Quarter("2020-21 Q1"))
    assert found.series.per_year == 4
    assert isinstance(found.season, AgainstSameQuarters)
    assert found.season.count == 30
    assert found.season.mean == pytest.approx(30, rel=0.02)
    assert found.trend.trend.points == 5
    assert isinstance(found.forecast, QuarterForecast)


def test_years_and_rolling_quarters_have_no_signals() -> None:
    assert read_signals(observe([10, 12, 9], CalendarYear("2021")), QUARTER, ()) is None
    rolling = observe([10.0, 11.0, 12.0], Quarter("2023-24 Q1"))
    rolling["period_start"] = [date(2023, 4, 1), date(2023, 5, 1), date(2023, 6, 1)]
    rolling["period_end"] = [date(2023, 6, 30), date(2023, 7, 31), date(2023, 8, 31)]
    assert read_series(rolling, QUARTER, ()) is None
    assert read_signals(observe([1.0], FIRST)[:0], QUARTER, ()) is None


def test_a_month_in_mid_quarter_is_charted_and_the_warning_is_of_the_quarter_before() -> None:
    found = signals_of([*calm(), 95.0], period=Month("2025-04"))
    assert found.quarter == QUARTER == latest_quarter(Month("2025-04"))
    assert found.series.periods[-1] == Month("2025-04")
    assert isinstance(found.season, SeasonOfPeriod)
    assert found.season.count == 95
    assert stand_alone(found) is Standing.NOTHING_NEW


@pytest.mark.parametrize("counts", [[0.0] * 120, [0.0] * 119 + [1.0], [5.0] * 120, [3.0]])
def test_series_of_next_to_nothing_have_signals_that_say_so(counts) -> None:
    found = read_signals(observe(counts, FIRST), QUARTER, ())
    assert found is not None
    assert not found.trend.trend.is_clear
    assert stand_alone(found) is not Standing.NEW


@pytest.mark.parametrize(
    ("polarity", "improvement"),
    [
        (Polarity.LOWER, Improvement.DECREASE),
        (Polarity.HIGHER, Improvement.INCREASE),
        (Polarity.CONTEXT, Improvement.NEUTRAL),
    ],
)
def test_the_charts_colours_follow_the_polarity(polarity: Polarity, improvement: Improvement) -> None:
    chart = signals_of(calm(), polarity=polarity).chart
    assert chart is not None
    assert chart.settings.improvement is improvement


def test_observations_are_left_as_they_were() -> None:
    observations = observe(calm(), FIRST)
    before = observations.copy(deep=True)
    read_signals(observations, QUARTER, [break_at("2020-04")])
    assert observations.equals(before)


def test_an_assessment_of_counts_has_signals_and_of_shares_has_none(two_years: AreaRecords) -> None:
    found = assess_one(two_years)
    assert found.signals is not None
    assert found.signals.series.counts.tolist() == [20.0] * 21 + [40.0] * 3
    assert found.signals.quarter == QUARTER
    shares = next(each for each in read_catalogue().indicators if each.kind is Kind.PROPORTION)
    assert shares.kind is not Kind.COUNT


def test_a_withheld_assessment_has_no_signals(two_years: AreaRecords) -> None:
    found = assess_one(two_years, "Drugs")
    (withheld,) = Gate(Facts(), frozenset({(found.area.code, found.indicator.id)})).withhold([found])
    assert withheld.is_suppressed
    assert withheld.signals is None


def pack_of(two_years: AreaRecords, *series) -> list[Assessment]:
    base = assess_one(two_years)
    return [replace(base, signals=signals_of(each)) for each in series]


def test_a_shift_is_new_in_a_pack_and_its_start_is_told(two_years: AreaRecords) -> None:
    calms = [calm(seed=seed) for seed in range(12)]
    rising = calm(seed=30)
    rising[-3:] = [round(1.6 * each) for each in rising[-3:]]
    found = list_new_signals(pack_of(two_years, *calms, rising, [50.0] * 3))
    assert [each.warning.direction for each in found.signals] == [Direction.UP]
    (new,) = found.signals
    assert new.since == Month("2025-01")
    assert new.since_earliest <= new.since <= new.since_latest
    assert (found.judged, found.quarter) == (13, QUARTER)
    assert [reason for _, reason in found.unjudged] == ["not enough points"]
    assert 0 < found.expected_false <= 0.15


def test_nothing_to_look_at_is_nothing_new(two_years: AreaRecords) -> None:
    found = list_new_signals([replace(assess_one(two_years), signals=None)])
    assert (found.signals, found.judged, found.quarter, found.expected_false) == ((), 0, None, 0.0)


def test_the_twelve_months_are_judged_by_the_jumpiness_of_twelve_month_sums(two_years: AreaRecords) -> None:
    observations = observe(calm(), FIRST)
    dispersion = judge_dispersion(observations, QUARTER, ())
    year = QUARTER.twelve_months_to_end()
    found = compare_periods(
        Basis.TWELVE_MONTHS, year, year.same_last_year(), observations, (), dispersion.over(len(year.months))
    )
    assert found.verdict is Verdict.NO_CLEAR_CHANGE
    assert assess_one(two_years).comparisons[1].change.dispersion.window_months == 12
