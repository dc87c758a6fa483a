"""Charts of counts, shares, rates and rare events: others' answers, charts checkable by eye, refusals, properties."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shp_analysis.errors import RequestError
from shp_analysis.statistics.chart_stretches import Footing
from shp_analysis.statistics.rate_charts import PER_DENOMINATOR, ChartKind, LimitChart, assess_limit_chart

FOLDER = Path(__file__).parents[1] / "data" / "statistics" / "assess_limit_chart"
POINTS = pd.read_csv(FOLDER / "qicharts2_points.csv")
RUNS = pd.read_csv(FOLDER / "qicharts2_runs.csv")
VISUAL = pd.read_csv(FOLDER / "powerbi_spc.csv")
KINDS = {"i": "I", "ip": "I′", "mr": "MR", "pp": "p′", "up": "u′", "pprime": "p′", "uprime": "u′"}
COLUMNS = {
    "values": "y",
    "centre": "cl",
    "lower": "lcl",
    "lower_warning": "lcl.95",
    "upper_warning": "ucl.95",
    "upper": "ucl",
}
VISUAL_COLUMNS = {"lower": "ll99", "lower_warning": "ll95", "upper_warning": "ul95", "upper": "ul99"}


def kind_of(chart: str) -> ChartKind:
    return ChartKind(KINDS.get(chart, chart))


def chart_of(case: str) -> LimitChart:
    points = POINTS[POINTS["case"] == case]
    kind = kind_of(points["chart"].iloc[0])
    denominators = None
    if kind in PER_DENOMINATOR:
        # The reference was asked for a rate per so many, which is the first rate it drew over the plain one.
        first = points.iloc[0]
        denominators = points["n"] / round(first["y"] * first["n"] / first["y.sum"])
    return assess_limit_chart(
        kind,
        points["y.sum"],
        denominators,
        fix_after_n_points=None if points["baseline"].all() else int(points["baseline"].sum()),
        segments=points["part"],
        excluded=np.flatnonzero(~points["include"]).tolist(),
    )


CASES = POINTS["case"].unique().tolist()


def test_all_cases_and_kinds_are_here() -> None:
    assert len(CASES) == 25
    assert {kind_of(chart) for chart in POINTS["chart"]} == set(ChartKind)


@pytest.mark.parametrize("case", CASES)
def test_lines_agree_with_the_reference(case: str) -> None:
    chart, points = chart_of(case), POINTS[POINTS["case"] == case]
    for ours, theirs in COLUMNS.items():
        assert getattr(chart, ours) == pytest.approx(points[theirs].to_numpy(), rel=1e-9, abs=1e-9, nan_ok=True), ours


@pytest.mark.parametrize("case", CASES)
def test_signals_agree_with_the_reference(case: str) -> None:
    chart = chart_of(case)
    assert chart.is_outside.tolist() == POINTS.loc[POINTS["case"] == case, "sigma.signal"].tolist()
    for stretch, (_, *expected) in zip(
        chart.stretches,
        RUNS[RUNS["case"] == case].drop(columns="case").itertuples(index=False, name=None),
        strict=True,
    ):
        runs = stretch.runs
        found = [runs.useful_points, runs.longest_run, runs.longest_run_limit, runs.crossings, runs.crossings_limit]
        assert [*found, runs.is_signal] == expected


@pytest.mark.parametrize("name", VISUAL["chart"].unique())
def test_lines_agree_with_the_published_expectations(name: str) -> None:
    rows = VISUAL[VISUAL["chart"] == name]
    kind = kind_of({"i": "i", "mr": "mr"}.get(name, name))
    per = {"p": 100, "pprime": 100, "u": 10_000}.get(name, 1)
    # Its c chart starts anew after two years; its I and MR charts are of the ratio.
    breaks = (rows["i"] > 24).astype(int) if name == "c" else None
    ratio = rows["numerator"] / rows["denominator"] if name in {"i", "mr"} else rows["numerator"]
    chart = assess_limit_chart(kind, ratio, rows["denominator"] if kind in PER_DENOMINATOR else None, segments=breaks)
    half_of_the_last_decimal = 0.005 if name in {"c", "g", "p"} else 0.00005
    for ours, theirs in VISUAL_COLUMNS.items():
        assert per * getattr(chart, ours) == pytest.approx(rows[theirs].to_numpy(), abs=1.02 * half_of_the_last_decimal)


def test_limits_of_a_g_chart_come_from_the_mean() -> None:
    # From the median, 24, they would be 97.48, and three waits of 67 would be outside where one is.
    chart = assess_limit_chart(ChartKind.BETWEEN, VISUAL.loc[VISUAL["chart"] == "g", "numerator"])
    assert (chart.centre[0], chart.upper[0]) == (24, pytest.approx(128.17, abs=0.005))
    assert (chart.is_outside.sum(), np.greater(chart.values, 97.48).sum()) == (1, 3)


def test_charts_worked_by_hand() -> None:
    counts = assess_limit_chart(ChartKind.COUNTS, [9, 16, 25, 14] * 4)
    assert (counts.centre[0], counts.lower[0], counts.upper[0], counts.lower_warning[0]) == (16, 4, 28, 8)
    few = assess_limit_chart(ChartKind.COUNTS, [3, 4, 5, 4] * 4)
    assert (few.lower[0], few.upper[0]) == (0, 10)
    shares = assess_limit_chart(ChartKind.SHARES, [50] * 12, [100] * 12)
    assert (shares.centre[0], shares.lower[0], shares.upper[0]) == (0.5, pytest.approx(0.35), pytest.approx(0.65))
    rates = assess_limit_chart(ChartKind.RATES, [8, 32] * 6, [2, 8] * 6)
    assert list(rates.values) == [4.0] * 12
    assert rates.upper[:2] == pytest.approx([4 + 3 * np.sqrt(2), 4 + 3 * np.sqrt(0.5)])
    sure = assess_limit_chart(ChartKind.SHARES, [98, 99] * 6, [100] * 12)
    assert sure.upper[0] == 1


def test_no_events_and_all_events_have_lines_and_no_signal() -> None:
    for kind, counts in ((ChartKind.SHARES_LANEY, 0), (ChartKind.SHARES_LANEY, 10), (ChartKind.RATES_LANEY, 0)):
        chart = assess_limit_chart(kind, [counts] * 12, [10] * 12)
        assert chart.upper.tolist() == chart.lower.tolist() == [counts / 10] * 12
        assert not chart.is_outside.any()
        assert chart.latest.spread == 1


def test_laney_spread_is_one_where_chance_is_all_and_more_where_it_is_not() -> None:
    rng = np.random.default_rng(5)
    calm, jumpy = rng.poisson(2_000, 400), rng.negative_binomial(2_000 / 8, 1 / 9, 400)
    spreads = [
        assess_limit_chart(ChartKind.RATES_LANEY, counts, [1_000] * 400).latest.spread for counts in (calm, jumpy)
    ]
    assert spreads == pytest.approx([1.0, 3.0], rel=0.1)


def test_moving_ranges_are_not_drawn_across_a_break_or_a_gap() -> None:
    chart = assess_limit_chart(
        ChartKind.MOVING_RANGE, [1, 2, 4, float("nan"), 4, 9, 1, 3], segments=[0, 0, 0, 0, 0, 0, 1, 1], fewest_points=2
    )
    assert np.array(chart.values) == pytest.approx([np.nan, 1, 2, np.nan, np.nan, 5, np.nan, 2], nan_ok=True)
    assert chart.centre[[0, 7]] == pytest.approx([8 / 3, 2])


def test_an_excluded_point_is_drawn_and_judged_and_moves_nothing() -> None:
    calm = [9, 16, 25, 14] * 4
    chart = assess_limit_chart(ChartKind.COUNTS, [*calm, 500], excluded=[16])
    assert chart.upper[0] == 28
    assert (chart.is_outside.nonzero()[0].tolist(), chart.is_excluded.nonzero()[0].tolist()) == ([16], [16])
    assert chart.latest.baseline_points == 16


def test_gaps_stay_gaps() -> None:
    nan = float("nan")
    chart = assess_limit_chart(ChartKind.RATES, [4, nan, 4, 4] * 4, [1, 1, nan, 1] * 4, fewest_points=5)
    assert np.isnan(chart.values).tolist() == [False, True, True, False] * 4
    assert chart.latest.baseline_points == 8
    assert not chart.is_outside.any()


def test_too_few_points_mark_nothing() -> None:
    chart = assess_limit_chart(ChartKind.COUNTS, [4] * 10 + [400])
    assert (chart.latest.footing, chart.is_outside.any()) == (Footing.TOO_FEW, False)
    assert assess_limit_chart(ChartKind.COUNTS, [4] * 11 + [30]).is_outside.tolist() == [False] * 11 + [True]


def test_only_charts_by_moving_ranges_need_neighbours() -> None:
    every_second = [9.0, float("nan"), 16.0, float("nan")] * 8
    counts, individuals = (
        assess_limit_chart(kind, every_second).latest for kind in (ChartKind.COUNTS, ChartKind.INDIVIDUALS)
    )
    assert counts.baseline_points == individuals.baseline_points == 16
    assert (counts.footing, individuals.footing) == (Footing.FIRM, Footing.TOO_FEW)


def test_a_long_wait_between_rare_events_is_outside() -> None:
    chart = assess_limit_chart(ChartKind.TIME_BETWEEN, [10, 12, 9, 11, 8, 13] * 3 + [400])
    assert chart.is_outside.nonzero()[0].tolist() == [18]


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (lambda: assess_limit_chart(ChartKind.COUNTS, []), "at least one number"),
        (lambda: assess_limit_chart(ChartKind.COUNTS, [1, float("inf")]), "finite"),
        (lambda: assess_limit_chart(ChartKind.COUNTS, [1, -1]), "nothing below zero, and the series has -1"),
        (lambda: assess_limit_chart(ChartKind.TIME_BETWEEN, [1, 0]), "times above zero"),
        (lambda: assess_limit_chart(ChartKind.RATES, [1, 2]), "u chart needs denominators"),
        (lambda: assess_limit_chart(ChartKind.COUNTS, [1, 2], [3, 4]), "c chart takes no denominators"),
        (lambda: assess_limit_chart(ChartKind.RATES, [1, 2], [3]), "2 counts need 2 denominators"),
        (lambda: assess_limit_chart(ChartKind.RATES, [1, 2], [3, 0]), "denominator 1 is 0"),
        (lambda: assess_limit_chart(ChartKind.SHARES, [1, 5], [3, 4]), "5 of 4"),
        (lambda: assess_limit_chart(ChartKind.COUNTS, [1, 2], excluded=[2]), "place 2 cannot be excluded"),
        (lambda: assess_limit_chart(ChartKind.COUNTS, [1, 2], segments=[1, 0]), "only rise"),
        (lambda: assess_limit_chart(ChartKind.COUNTS, [1, 2], fix_after_n_points=0), "fix_after_n_points is 0"),
    ],
)
def test_refusals(request_: Callable[[], LimitChart], message: str) -> None:
    with pytest.raises(RequestError, match=message):
        request_()


COUNTS = st.lists(st.integers(1, 90) | st.none(), min_size=1, max_size=50).filter(
    lambda s: any(v is not None for v in s)
)


@given(COUNTS, st.sampled_from(sorted(ChartKind)))
def test_limits_lie_in_order_round_the_centre(counts: list[int | None], kind: ChartKind) -> None:
    series = np.array([np.nan if count is None else count for count in counts], dtype=float)
    denominators = np.full(len(series), 100.0) if kind in PER_DENOMINATOR else None
    chart = assess_limit_chart(kind, series, denominators)
    lines = [chart.lower, chart.lower_warning, chart.centre, chart.upper_warning, chart.upper]
    for low, high in pairwise(lines):
        known = ~np.isnan(low) & ~np.isnan(high)
        assert (low[known] <= high[known] + 1e-9).all()


@given(COUNTS, st.integers(2, 9))
def test_rates_per_another_denominator_tell_the_same(counts: list[int | None], times: int) -> None:
    series = np.array([np.nan if count is None else count for count in counts], dtype=float)
    for kind in (ChartKind.RATES, ChartKind.RATES_LANEY, ChartKind.INDIVIDUALS_WEIGHTED):
        one, other = (assess_limit_chart(kind, series, np.full(len(series), per)) for per in (1.0, 1.0 / times))
        assert other.upper == pytest.approx(one.upper * times, nan_ok=True)
        assert (other.is_outside == one.is_outside).all()
