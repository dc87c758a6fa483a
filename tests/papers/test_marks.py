"""Marked points, stretches of one range, expected months and what cut a forecast's quarters off."""

from __future__ import annotations

import math

import numpy as np
import pytest
from observing import break_at

from shp_analysis.assessment.signals import (
    Interruption,
    MarkKind,
    SeasonOfPeriod,
    Signals,
    count_false_marks,
    find_forecast_basis,
    list_expected_months,
    list_marks,
    list_stretches,
    name_usual_months,
)
from shp_analysis.reference.periods import Month, Quarter
from shp_analysis.statistics.control_charts import assess_xmr

from .conftest import QUARTER, Maker

CALM = [19.0, 21.0] * 30
JULYS = ([10.0, 10.0, 10.0, 30.0] + [10.0] * 8) * 5
"""Five financial years; July is the fourth month of one."""


def read(make: Maker, *arguments: object, **more: object) -> Signals:
    signals = make(*arguments, **more).signals
    assert signals is not None
    return signals


def test_one_month_outside_is_one_mark(make: Maker) -> None:
    signals = read(make, [*CALM[:-12], 60.0, *CALM[-11:]])
    assert signals.chart is not None
    (mark,) = list_marks(signals.series, signals.chart)
    assert (mark.period, mark.count, mark.kind, mark.is_high) == (Month("2024-04"), 60.0, MarkKind.OUTSIDE, True)


def test_a_row_below_the_mean_is_marked_as_a_row(make: Maker) -> None:
    signals = read(make, [*[21.0, 19.0] * 20, *[19.2, 19.6] * 4, *[20.5, 20.9] * 6])
    assert signals.chart is not None
    marks = list_marks(signals.series, signals.chart)
    low = [each for each in marks if not each.is_high]
    assert {each.kind for each in low} == {MarkKind.ROW}
    assert len(low) == 9
    assert low[0].period == Month("2023-07")


def test_a_stretch_ends_at_a_gap_and_where_the_level_moved(make: Maker) -> None:
    counts: list[float | None] = [*CALM[:30], *[40.0, 42.0] * 15]
    counts[10] = None
    signals = read(make, counts, breaks=[break_at("2022-10")])
    assert signals.chart is not None
    stretches = list_stretches(signals.series, signals.chart)
    assert [(each.periods[0].label, each.periods[-1].label) for each in stretches] == [
        ("2020-04", "2021-01"),
        ("2021-03", "2022-09"),
        ("2022-10", "2025-03"),
    ]
    assert stretches[0].mean == stretches[1].mean == pytest.approx(np.nanmean(CALM[:30]), abs=0.1)
    assert stretches[2].mean == 41.0
    assert all(each.lower < each.mean < each.upper for each in stretches)


def test_a_range_is_never_below_zero_and_too_few_points_have_none(make: Maker) -> None:
    small, short = read(make, [0.0, 3.0] * 30), read(make, CALM, breaks=[break_at("2024-10")])
    assert small.chart is not None
    assert [each.lower for each in list_stretches(small.series, small.chart)] == [0.0]
    assert short.chart is not None
    assert [each.periods[-1].label for each in list_stretches(short.series, short.chart)] == ["2024-09"]


@pytest.mark.parametrize(("points", "told"), [(20, 15), (44, 35), (60, 50), (500, 75)])
def test_how_many_quiet_charts_have_a_mark(points: int, told: int) -> None:
    assert count_false_marks(points) == told


def test_that_number_is_what_a_simulation_gives() -> None:
    rng = np.random.default_rng(20)
    charts = [assess_xmr(rng.poisson(200, 44).astype(float)) for _ in range(400)]
    marked = 100 * np.mean([(each.special_cause != "common cause").any() for each in charts])
    assert abs(marked - count_false_marks(44)) < 7


def test_expected_months_end_with_the_period_and_know_what_was_asked(make: Maker) -> None:
    signals = read(make, JULYS)
    assert isinstance(signals.season, SeasonOfPeriod)
    months = list_expected_months(signals.series, signals.season, 36)
    assert [months[0].period, months[-1].period] == [Month("2022-04"), Month("2025-03")]
    assert [each.period.label for each in months if each.is_asked] == ["2025-01", "2025-02", "2025-03"]
    july = next(each for each in months if each.period == Month("2024-07"))
    assert july.expected == pytest.approx(30, rel=0.05)
    assert july.lower < 30 < july.upper
    assert sum(each.expected for each in months if each.is_asked) == pytest.approx(signals.season.expected)


def test_nothing_is_expected_of_months_that_mean_something_else(make: Maker) -> None:
    signals = read(make, JULYS, breaks=[break_at("2022-07", until_month="2022-09", kind="temporary")])
    assert isinstance(signals.season, SeasonOfPeriod)
    months = list_expected_months(signals.series, signals.season, 36)
    assert [each.period.label for each in months if math.isnan(each.expected)] == ["2022-07", "2022-08", "2022-09"]
    assert not any(math.isnan(each.count) for each in months)


def test_the_high_month_is_named_and_only_where_a_season_is_clear(make: Maker) -> None:
    clear, calm = read(make, JULYS).season, read(make, CALM).season
    assert isinstance(clear, SeasonOfPeriod)
    assert isinstance(calm, SeasonOfPeriod)
    assert name_usual_months(clear, is_high=True) == ("July",)
    assert name_usual_months(calm, is_high=True) == name_usual_months(calm, is_high=False) == ()


@pytest.mark.parametrize(
    ("missing", "breaks", "quarters", "interruption"),
    [
        ((), (), 20, Interruption.START),
        ((29,), (), 10, Interruption.GAP),
        ((59,), (), 0, Interruption.GAP),
        ((), (break_at("2023-01"),), 9, Interruption.BREAK),
        ((), (break_at("2020-04", until_month="2021-07", kind="temporary"),), 14, Interruption.BREAK),
        ((40,), (break_at("2023-01"),), 6, Interruption.GAP),
    ],
)
def test_what_cut_the_quarters_off(make: Maker, missing, breaks, quarters, interruption) -> None:
    counts = [None if place in missing else count for place, count in enumerate(CALM)]
    footing = find_forecast_basis(read(make, counts, breaks=breaks).series, QUARTER)
    assert (footing.quarters, footing.needed, footing.interruption) == (quarters, 12, interruption)


def test_quarters_of_a_quarterly_series_are_counted_too(make: Maker) -> None:
    signals = read(make, [20.0, 22.0] * 8, unit=Quarter, breaks=[break_at("2024-04")])
    assert find_forecast_basis(signals.series, QUARTER).quarters == 4
