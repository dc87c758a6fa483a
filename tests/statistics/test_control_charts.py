"""XmR charts: one small series for each rule, gaps, breaks, targets, and what must hold of every series."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shp_analysis.errors import RequestError
from shp_analysis.statistics.control_charts import (
    RULES_IN_ORDER,
    Assurance,
    Footing,
    Improvement,
    PointType,
    SpecialCause,
    XmrSettings,
    assess_xmr,
    number_segments,
)

# Twelve points around 10 whose ranges are all 4: mean 10, limits 10 - 10.64 and 10 + 10.64, near beyond 10 + 7.09.
CALM = [8.0, 12.0] * 6
FIXED = XmrSettings(fix_after_n_points=12)
MARKS = {
    SpecialCause.COMMON_CAUSE: ".",
    SpecialCause.NOT_JUDGED: "?",
    SpecialCause.ABOVE_UPPER_LIMIT: "O",
    SpecialCause.BELOW_LOWER_LIMIT: "o",
    SpecialCause.SEVEN_RISING: "T",
    SpecialCause.SEVEN_FALLING: "t",
    SpecialCause.NEAR_UPPER_LIMIT: "N",
    SpecialCause.NEAR_LOWER_LIMIT: "n",
    SpecialCause.SEVEN_ABOVE_MEAN: "R",
    SpecialCause.SEVEN_BELOW_MEAN: "r",
}


def marks_after_calm(*later: float, settings: XmrSettings = FIXED) -> str:
    chart = assess_xmr([*CALM, *later], settings)
    assert (chart.mean[0], chart.lower[0], chart.upper[0]) == (10.0, pytest.approx(-0.64), pytest.approx(20.64))
    assert set(chart.special_cause[:12]) == {SpecialCause.COMMON_CAUSE}
    return "".join(MARKS[SpecialCause(str(cause))] for cause in chart.special_cause[12:])


@pytest.mark.parametrize(
    ("later", "marks"),
    [
        pytest.param([20.64, 8], "..", id="on the limit is not outside"),
        pytest.param([20.65, 8], "O.", id="above the upper limit"),
        pytest.param([9, -0.65, 11], ".o.", id="below the lower limit"),
    ],
)
def test_rule_outside(later: list[float], marks: str) -> None:
    assert marks_after_calm(*later) == marks


@pytest.mark.parametrize(
    ("later", "marks"),
    [
        pytest.param([7, 8, 9, 9.5, 10.5, 11, 12, 8], "TTTTTTT.", id="seven rising"),
        pytest.param([7, 8, 9, 9.5, 10.5, 11, 9, 8], "........", id="six rising"),
        pytest.param([7, 8, 9, 9, 9.5, 10.5, 11, 9], "........", id="two equal neighbours end a trend"),
        pytest.param([13, 11.5, 11, 10.5, 9.5, 9, 8, 12], "ttttttt.", id="seven falling"),
        pytest.param([6, 7, 8, 9, 11, 12, 13, 11.5, 11, 10.5, 9, 8, 7, 11], "TTTTTTTtttttt.", id="a peak rises"),
    ],
)
def test_rule_trend(later: list[float], marks: str) -> None:
    assert marks_after_calm(*later) == marks


@pytest.mark.parametrize(
    ("later", "marks"),
    [
        pytest.param([18, 11, 18, 8], "N.N.", id="two of three, the one between on the same side"),
        pytest.param([18, 18, 11, 8], "NN..", id="two in a row, then one on the same side"),
        pytest.param([18, 9, 18, 9], "....", id="the one between on the other side"),
        pytest.param([9, 18, 18, 9], "....", id="two in a row without a third on their side"),
        pytest.param([18, 2, 18, 2], "....", id="near opposite limits"),
        pytest.param([18, 11, 12, 18, 8], ".....", id="two of four"),
        pytest.param([18, 25, 11, 8], ".O..", id="a point outside is not near"),
        pytest.param([18, 10 + 10.64 * 2 / 3, 11, 8], "....", id="two thirds of the way exactly is not near"),
        pytest.param([2, 9, 2, 11], "n.n.", id="near the lower limit"),
    ],
)
def test_rule_near_a_limit(later: list[float], marks: str) -> None:
    assert marks_after_calm(*later) == marks


@pytest.mark.parametrize(
    ("later", "marks"),
    [
        # The last calm point, 12, is above the mean too; so a point below comes first.
        pytest.param([9, 11, 12, 11, 12, 11, 12, 11, 9], ".RRRRRRR.", id="seven above"),
        pytest.param([9, 11, 12, 11, 12, 11, 12, 9], "........", id="six above"),
        pytest.param([9, 11, 12, 11, 10, 12, 11, 12, 9], ".........", id="a point on the mean ends a run"),
        pytest.param([9, 8, 9, 8, 9, 8, 9, 11], "rrrrrrr.", id="seven below"),
    ],
)
def test_rule_run(later: list[float], marks: str) -> None:
    assert marks_after_calm(*later) == marks


def test_a_point_carries_the_first_rule_that_marks_it() -> None:
    assert [MARKS[upward] for upward, _ in RULES_IN_ORDER] == ["O", "T", "N", "R"]
    # From above the mean on: seven above, seven rising within it, two near, the last outside.
    assert marks_after_calm(9, 12, 11, 12, 13, 14, 15, 18, 19, 22, 9) == ".RTTTTTTTO."
    assert marks_after_calm(9, 12, 11, 18, 12, 18, 11, 12, 9) == ".RRNRNRR."


def test_screening_leaves_an_outliers_ranges_out() -> None:
    spike = [1, 2, 1, 2, 10, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1]
    screened, whole = (assess_xmr(spike, XmrSettings(screen_ranges=screen)) for screen in (True, False))
    assert (screened.latest.screened_ranges, whole.latest.screened_ranges) == (2, 0)
    # 15 ranges of 1; and with the two of 8 and 9 also.
    assert screened.upper[0] - screened.mean[0] == pytest.approx(2.66)
    assert whole.upper[0] - whole.mean[0] == pytest.approx(2.66 * 32 / 17)
    assert screened.mean[0] == whole.mean[0]


def test_screening_never_leaves_a_flat_chart() -> None:
    one_step = [5.0] * 10 + [9.0] + [5.0] * 10
    chart = assess_xmr(one_step)
    assert chart.latest.screened_ranges == 0
    assert chart.special_cause[10] == SpecialCause.ABOVE_UPPER_LIMIT
    assert (chart.special_cause == SpecialCause.ABOVE_UPPER_LIMIT).sum() == 1
    assert not (chart.special_cause == SpecialCause.BELOW_LOWER_LIMIT).any()


@pytest.mark.parametrize("level", [0.0, 0.1, 1 / 3, 1e9 + 0.1])
def test_a_series_that_never_moves_has_nothing_to_say(level: float) -> None:
    chart = assess_xmr([level] * 37)
    assert set(chart.special_cause) == {SpecialCause.COMMON_CAUSE}


def test_a_gap_is_not_judged_and_no_rule_looks_across_it() -> None:
    nan = float("nan")
    assert marks_after_calm(9, 11, 12, 11, nan, 12, 11, 12, 9) == "....?...."
    assert marks_after_calm(18, nan, 18, 8) == ".?.."
    assert marks_after_calm(7, 8, 9, nan, 9.5, 10.5, 11, 12, 8) == "...?....."
    assert marks_after_calm(nan, 25) == "?O"


def test_no_range_is_measured_across_a_gap() -> None:
    whole = assess_xmr([*CALM, 8.0, 12.0])
    gapped = assess_xmr([*CALM, float("nan"), 100.0, float("nan"), 8.0, 12.0], FIXED)
    assert gapped.upper[0] == pytest.approx(whole.upper[0])
    with_gap = assess_xmr([*CALM[:6], float("nan"), *CALM[:7]])
    assert with_gap.latest.baseline_points == 13
    assert with_gap.upper[0] - with_gap.mean[0] == pytest.approx(2.66 * 4)


def test_a_last_month_that_is_missing_leaves_the_last_known_one() -> None:
    chart = assess_xmr([*CALM, 25.0, float("nan")], FIXED)
    assert chart.point_type[-1] == PointType.NOT_JUDGED
    assert chart.latest.variation is PointType.NEUTRAL_HIGH


def test_too_few_points_are_not_judged() -> None:
    chart = assess_xmr([*CALM[:10], 100.0], XmrSettings(Improvement.DECREASE, target=5))
    assert set(chart.special_cause) == {SpecialCause.NOT_JUDGED}
    assert set(chart.point_type) == {PointType.NOT_JUDGED}
    assert (chart.latest.footing, chart.latest.assurance) == (Footing.TOO_FEW, None)


@pytest.mark.parametrize(
    ("points", "footing"), [(11, "too few points"), (12, "provisional"), (14, "provisional"), (15, "firm")]
)
def test_footing_by_points(points: int, footing: str) -> None:
    assert assess_xmr(([8.0, 12.0] * 8)[:points]).latest.footing == footing


def test_fewest_points_may_be_asked_higher() -> None:
    chart = assess_xmr([*CALM, 100.0], XmrSettings(fewest_points=15))
    assert chart.latest.footing is Footing.TOO_FEW


def test_a_series_with_hardly_any_neighbours_is_not_judged() -> None:
    every_second = np.where(np.arange(40) % 2 == 0, np.arange(40.0), np.nan)
    chart = assess_xmr(every_second)
    assert (chart.latest.baseline_points, chart.latest.footing) == (20, Footing.TOO_FEW)
    assert np.isnan(chart.upper).all()


def test_half_as_many_neighbours_as_points_are_enough() -> None:
    nan = float("nan")
    six_pairs = assess_xmr([8.0, 12.0, nan] * 6)
    five_pairs = assess_xmr([*[8.0, 12.0, nan] * 5, 8.0, nan, 12.0])
    assert six_pairs.latest.baseline_points == five_pairs.latest.baseline_points == 12
    assert (six_pairs.latest.footing, five_pairs.latest.footing) == (Footing.PROVISIONAL, Footing.TOO_FEW)


def test_a_segment_without_any_value_is_not_judged() -> None:
    chart = assess_xmr([*CALM, *[float("nan")] * 3], segments=[0] * 12 + [1] * 3)
    assert (chart.latest.variation, chart.latest.footing) == (PointType.NOT_JUDGED, Footing.TOO_FEW)
    assert np.isnan(chart.latest.mean)


def test_a_rebase_starts_new_lines_and_no_rule_looks_across() -> None:
    chart = assess_xmr([*CALM, *(value + 100 for value in CALM)], segments=[3] * 12 + [7] * 12)
    assert chart.mean.tolist() == [10.0] * 12 + [110.0] * 12
    assert chart.segment.tolist() == [0] * 12 + [1] * 12
    assert set(chart.special_cause) == {SpecialCause.COMMON_CAUSE}
    assert [(part.number, part.start, part.stop) for part in chart.segments] == [(0, 0, 12), (1, 12, 24)]
    assert assess_xmr([*CALM, *(value + 100 for value in CALM)]).special_cause[-1] != SpecialCause.COMMON_CAUSE


def test_rebase_dates_number_the_stretches() -> None:
    dates = ["2024-01-01", "2024-02-01", "2024-03-01", "2024-04-01"]
    assert number_segments(dates, ["2024-03-01"]).tolist() == [0, 0, 1, 1]
    assert number_segments(dates, ["2024-03-15", "2024-02-01"]).tolist() == [0, 1, 1, 2]
    assert number_segments(dates, ["2020-01-01", "2030-01-01"]).tolist() == [0, 0, 0, 0]
    assert number_segments(dates, []).tolist() == [0, 0, 0, 0]
    with pytest.raises(RequestError, match="2024-01-01 follows 2024-02-01"):
        number_segments(["2024-02-01", "2024-01-01"], [])


@pytest.mark.parametrize(
    ("improvement", "later", "variation"),
    [
        (Improvement.INCREASE, 25, PointType.IMPROVEMENT),
        (Improvement.INCREASE, -5, PointType.CONCERN),
        (Improvement.DECREASE, 25, PointType.CONCERN),
        (Improvement.DECREASE, -5, PointType.IMPROVEMENT),
        (Improvement.NEUTRAL, 25, PointType.NEUTRAL_HIGH),
        (Improvement.NEUTRAL, -5, PointType.NEUTRAL_LOW),
        (Improvement.NEUTRAL, 10, PointType.COMMON_CAUSE),
    ],
)
def test_variation_by_direction(improvement: Improvement, later: float, variation: PointType) -> None:
    chart = assess_xmr([*CALM, later], dataclasses.replace(FIXED, improvement=improvement))
    assert (chart.point_type[-1], chart.latest.variation) == (variation, variation)


@pytest.mark.parametrize(
    ("improvement", "target", "assurance"),
    [
        (Improvement.INCREASE, -1, Assurance.PASS),
        (Improvement.INCREASE, 21, Assurance.FAIL),
        (Improvement.DECREASE, 21, Assurance.PASS),
        (Improvement.DECREASE, -1, Assurance.FAIL),
        (Improvement.DECREASE, 12, Assurance.INCONSISTENT),
        (Improvement.NEUTRAL, 21, None),
        (Improvement.DECREASE, None, None),
    ],
)
def test_assurance(improvement: Improvement, target: float | None, assurance: Assurance | None) -> None:
    assert assess_xmr(CALM, XmrSettings(improvement, target)).latest.assurance is assurance


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (lambda: assess_xmr([]), "at least one number"),
        (lambda: assess_xmr([float("nan")] * 3), "at least one number"),
        (lambda: assess_xmr([[1.0, 2.0]]), "one row"),
        (lambda: assess_xmr([1.0, float("inf")]), "value 1 of the series is inf"),
        (lambda: assess_xmr([1.0, 2.0], segments=[0]), "2 values need 2 segment numbers"),
        (lambda: assess_xmr([1.0, 2.0], segments=[1, 0]), "only rise"),
        (lambda: XmrSettings(fix_after_n_points=0), "fix_after_n_points is 0"),
        (lambda: XmrSettings(fewest_points=1), "fewest_points is 1"),
        (lambda: XmrSettings(target=float("nan")), "target is nan"),
    ],
)
def test_refusals(request_: object, message: str) -> None:
    with pytest.raises(RequestError, match=message):
        request_()  # type: ignore[operator]


SERIES = st.lists(st.integers(0, 60) | st.none(), min_size=1, max_size=60).filter(
    lambda s: any(v is not None for v in s)
)
OTHER_WAY = {
    PointType.IMPROVEMENT: PointType.CONCERN,
    PointType.CONCERN: PointType.IMPROVEMENT,
    PointType.COMMON_CAUSE: PointType.COMMON_CAUSE,
    PointType.NOT_JUDGED: PointType.NOT_JUDGED,
}
UPSIDE_DOWN = {a: b for up, down in RULES_IN_ORDER for a, b in ((up, down), (down, up))}


def as_floats(series: list[int | None]) -> np.ndarray:
    return np.array([np.nan if value is None else value for value in series], dtype=float)


@given(SERIES)
def test_limits_contain_the_mean_and_mirror_each_other(series: list[int | None]) -> None:
    chart = assess_xmr(as_floats(series))
    known = ~np.isnan(chart.upper)
    assert (chart.lower[known] <= chart.mean[known]).all()
    assert (chart.mean[known] <= chart.upper[known]).all()
    assert (chart.upper + chart.lower)[known] == pytest.approx(2 * chart.mean[known])


@given(SERIES, st.integers(-1000, 1000), st.sampled_from([0.5, 1.0, 4.0]))
def test_shifting_and_scaling_the_series_moves_the_limits_and_no_mark(
    series: list[int | None], shift: int, scale: float
) -> None:
    before, after = assess_xmr(as_floats(series)), assess_xmr(as_floats(series) * scale + shift)
    assert after.upper == pytest.approx(before.upper * scale + shift, nan_ok=True)
    assert after.lower == pytest.approx(before.lower * scale + shift, nan_ok=True)
    assert (after.special_cause == before.special_cause).all()


@given(SERIES)
def test_turning_the_series_upside_down_turns_every_mark(series: list[int | None]) -> None:
    up, down = assess_xmr(as_floats(series)), assess_xmr(-as_floats(series))
    turned = [UPSIDE_DOWN.get(SpecialCause(str(cause)), SpecialCause(str(cause))) for cause in up.special_cause]
    # A peak between seven rising and seven falling is claimed by the rise, and a trough then by the fall's mirror.
    both = [
        {one, other} <= {SpecialCause.SEVEN_RISING, SpecialCause.SEVEN_FALLING}
        for one, other in zip(turned, down.special_cause.tolist(), strict=True)
    ]
    assert all(
        one == other or is_peak for one, other, is_peak in zip(turned, down.special_cause.tolist(), both, strict=True)
    )


@given(SERIES)
def test_the_other_direction_swaps_improvement_and_concern(series: list[int | None]) -> None:
    more, less = (
        assess_xmr(as_floats(series), XmrSettings(way)) for way in (Improvement.INCREASE, Improvement.DECREASE)
    )
    assert [OTHER_WAY[PointType(str(word))] for word in more.point_type] == less.point_type.tolist()


@given(SERIES, st.integers(1, 30))
def test_later_points_never_move_a_fixed_baseline(series: list[int | None], extra: int) -> None:
    values = as_floats(series)
    fixed = XmrSettings(fix_after_n_points=len(series))
    longer = assess_xmr(np.concatenate([values, np.full(extra, 1e3)]), fixed)
    assert longer.upper[0] == pytest.approx(assess_xmr(values, fixed).upper[0], nan_ok=True)


@given(SERIES)
def test_every_value_has_one_mark_and_gaps_are_never_judged(series: list[int | None]) -> None:
    given_values = as_floats(series)
    chart = assess_xmr(given_values)
    assert len(chart.special_cause) == len(chart.point_type) == len(chart.segment) == len(series)
    assert (chart.special_cause[np.isnan(given_values)] == SpecialCause.NOT_JUDGED).all()
    assert chart.values is not given_values
