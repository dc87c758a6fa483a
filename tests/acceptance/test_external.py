"""Figures of other published papers, X1 to X13: what may be said of each."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from observing import observe

from acceptance.judging import CATALOGUE, judge, tell
from benchmarks.statistics_charts import DATA, chart_case, rule_words
from shp_analysis.assessment.comparisons import compare_periods
from shp_analysis.assessment.signals import read_signals
from shp_analysis.assessment.verdicts import Basis, Verdict
from shp_analysis.page.wording import check_wording
from shp_analysis.partners.delivery import imply_base
from shp_analysis.readers.reconciliation import reconcile
from shp_analysis.reference.areas import read_area
from shp_analysis.reference.periods import CalendarYear, Month, Quarter
from shp_analysis.statistics.changes import compare_counts
from shp_analysis.statistics.comparator_means import compare_coverage, mean_of_areas
from shp_analysis.statistics.control_charts import RULES_IN_ORDER
from shp_analysis.statistics.dispersions import Dispersion
from shp_analysis.statistics.stated_figures import bridge_recording, check_stated_percent
from shp_analysis.statistics.trends import TrendVerdict


def years(then: int) -> dict[str, CalendarYear]:
    return {"baseline": CalendarYear(str(then)), "period": CalendarYear(str(then + 1))}


@pytest.mark.parametrize(
    ("then", "now", "percent", "p_value", "digits"),
    [(304, 354, 16.4, 0.051, 3), (224, 258, 15.2, 0.12, 2), (32, 46, 43.8, 0.14, 2)],
    ids=["casualties", "collisions", "killed or seriously injured"],
)
def test_x1_2015_to_2016_is_no_clear_change(then: int, now: int, percent: float, p_value: float, digits: int) -> None:
    plain = compare_counts(then, now)
    assert (round(plain.change_percent, 1), round(plain.p_value, digits)) == (percent, p_value)
    found = judge(then, now, **years(2015))
    assert found.verdict is Verdict.NO_CLEAR_CHANGE
    said = tell(found)
    assert "within what chance alone would produce" in said
    assert "significant" not in said
    assert "higher" not in said


def test_x1_the_parts_make_up_their_totals() -> None:
    assert reconcile({"slight": 272, "killed or seriously injured": 32}, 304).agrees
    assert reconcile({"slight": 308, "killed or seriously injured": 46}, 354).agrees
    assert reconcile({"serious": 45, "killed": 1}, 46).agrees


def test_x2_374_to_423_slight_casualties_is_no_clear_change() -> None:
    found = judge(374, 423, **years(2009))
    assert found.verdict is Verdict.NO_CLEAR_CHANGE
    assert (round(found.change.change_percent, 1), round(found.p_value, 3)) == (13.1, 0.083)
    assert reconcile({"serious": 37, "killed": 4}, 41).agrees
    assert reconcile({"killed or seriously injured": 41, "slight": 423}, 464).agrees


def test_x3_382_to_337_slight_casualties_is_no_clear_change_and_seven_to_ten_children_too_few() -> None:
    plain = compare_counts(382, 337)
    assert (round(plain.change_percent, 1), round(plain.p_value, 3)) == (-11.8, 0.093)
    assert judge(382, 337, **years(2011)).verdict is Verdict.NO_CLEAR_CHANGE
    children = judge(7, 10, **years(2011))
    assert children.verdict is Verdict.TOO_FEW
    assert "%" not in tell(children)
    assert reconcile({"serious": 35, "killed": 5, "slight": 382}, 422).agrees
    assert reconcile({"serious": 36, "killed": 4, "slight": 337}, 377).agrees


def test_x4_collisions_are_down_where_casualties_are_not_clear_and_the_parts_do_not_add_up() -> None:
    collisions, casualties = compare_counts(158, 123), compare_counts(195, 163)
    assert (round(collisions.p_value, 3), round(casualties.p_value, 3)) == (0.037, 0.091)
    assert judge(158, 123, **years(2023)).verdict is Verdict.DOWN
    assert judge(195, 163, **years(2023)).verdict is Verdict.NO_CLEAR_CHANGE
    assert judge(6, 3, **years(2023)).verdict is Verdict.TOO_FEW
    parts = reconcile({"serious": 38, "slight": 127}, 163)
    assert not parts.agrees
    assert parts.sentence == "38 serious + 127 slight = 165, which is 2 more than the total of 163."


@pytest.mark.parametrize(
    ("now", "percent_of_then", "then"),
    [("195", "104", 187.5), ("195", "78", 250), ("163", "65", 250.8)],
    ids=["2022", "2019", "2019 from 2024"],
)
def test_x4_what_the_percentages_imply(now: str, percent_of_then: str, then: float) -> None:
    base = imply_base(Decimal(now), Decimal(percent_of_then))
    assert float(base.value) == pytest.approx(then, abs=0.1)
    assert base.reconciles_with(Decimal(round(then)))


def test_x5_recording_that_became_more_complete_is_not_compared_without_a_bridge() -> None:
    """The register's own break of Cheshire's recording, 2016 to 2018, on counts of the whole force's size."""
    register = CATALOGUE.breaks_of(CATALOGUE.indicator("ALL-01"), read_area("E23000006"))
    (own,) = [each for each in register if "83.6%" in each.what_changed]
    assert own.is_confirmed
    found = judge(60_000, 71_500, baseline=CalendarYear("2016"), period=CalendarYear("2019"), breaks=[own])
    assert (found.verdict, found.change) == (Verdict.NOT_COMPARABLE, None)
    said = tell(found)
    assert "It cannot be compared with 2016 because" in said
    assert "96.4 in a hundred of reported crime by 2018 where it had recorded 83.6 in a hundred in 2016" in said
    assert not any(word in said for word in ("rose", "up", "+"))
    assert check_wording(said, verdict=found.verdict.value) == []


def test_x5_the_bridge_carries_the_earlier_count_and_the_rise_is_gone() -> None:
    bridge = bridge_recording(83.6, 96.4)
    assert round(bridge.factor, 3) == 1.153
    assert bridge.carry(1_000) == pytest.approx(1_153, abs=0.5)
    unbridged = judge(8_000, 9_200, **years(2017))
    bridged = judge(round(bridge.carry(8_000)), 9_200, **years(2017))
    assert (unbridged.verdict, bridged.verdict) == (Verdict.UP, Verdict.NO_CLEAR_CHANGE)
    assert round(unbridged.change.change_percent) == 15, "which is recording alone"


def test_x6_fewer_maracs_reported_so_the_total_alone_is_no_change() -> None:
    found = compare_coverage(118_140, 286, 108_775, 273)
    assert (round(found.change_percent, 1), round(found.change_percent_per_member, 1)) == (-7.9, -3.5)
    assert not found.is_comparable


def test_x7_5056_to_5281_is_up_by_chance_alone_and_not_where_the_series_is_jumpy() -> None:
    plain, jumpy = judge(5_056, 5_281), judge(5_056, 5_281, dispersion=Dispersion(2.0))
    assert round(plain.change.change_percent, 2) == 4.45
    assert (plain.verdict, round(plain.p_value, 3)) == (Verdict.UP, 0.027)
    assert (jumpy.verdict, round(jumpy.p_value, 2)) == (Verdict.NO_CLEAR_CHANGE, 0.12)


def test_x8_three_to_six_is_too_few_and_no_100_percent() -> None:
    found = judge(3, 6)
    assert found.verdict is Verdict.TOO_FEW
    assert "%" not in tell(found)


@pytest.mark.parametrize(
    ("quarters_then", "quarters_now", "quarter_percent", "year_percent"),
    [((15_756, 15_756, 15_757, 14_077), (14_936, 14_936, 14_937, 13_027), -7.5, -5.7)],
    ids=["violence with injury"],
)
def test_x9_the_quarter_and_the_twelve_months(quarters_then, quarters_now, quarter_percent, year_percent) -> None:
    observations = observe([*quarters_then, *quarters_now], Quarter("2011-12 Q1"))
    quarter = Quarter("2012-13 Q4")
    year = quarter.twelve_months_to_end()
    of_quarter, of_year = (
        compare_periods(basis, each, each.same_last_year(), observations, (), Dispersion())
        for basis, each in ((Basis.SAME_QUARTER_LAST_YEAR, quarter), (Basis.TWELVE_MONTHS, year))
    )
    assert (of_quarter.baseline_count, of_quarter.count) == (14_077, 13_027)
    assert (of_year.baseline_count, of_year.count) == (61_346, 57_836)
    assert round(of_quarter.change.change_percent, 1) == quarter_percent
    assert round(of_year.change.change_percent, 1) == year_percent
    assert (of_quarter.verdict, of_year.verdict) == (Verdict.DOWN, Verdict.DOWN)


def test_x9_robbery_fell_by_16_2_percent() -> None:
    found = judge(9_336, 7_824, **years(2012))
    assert (round(found.change.change_percent, 1), found.verdict) == (-16.2, Verdict.DOWN)


def test_x10_three_areas_make_up_the_total_and_15_percent_was_cut_off() -> None:
    names = ("Carmarthenshire", "Ceredigion", "Pembrokeshire")
    for parts, total in (((454, 189, 341), 984), ((310, 130, 210), 650), ((79, 31, 44), 154)):
        assert reconcile(dict(zip(names, parts, strict=True)), total).agrees
    printed = check_stated_percent(154, 984, "15")
    assert round(100 * 154 / 984, 1) == 15.7
    assert not printed.agrees
    assert printed.is_cut_off
    assert printed.sentence == "154 of 984 is 16%, and 15% is stated. It was cut off and not rounded."
    assert [check_stated_percent(*each).agrees for each in ((79, 454, "17"), (31, 189, "16"), (44, 341, "13"))] == (
        [True, True, True]
    )


def test_x11_three_five_one_five_four_three_are_too_few_and_have_no_trend_line() -> None:
    reviews = [3, 5, 1, 5, 4, 3]
    for then, now in pairwise(reviews):
        assert judge(then, now).verdict is Verdict.TOO_FEW
    quarters = [count for year in reviews for count in (year, 0, 0, 0)]
    found = read_signals(observe(quarters, Quarter("2018-19 Q1")), Quarter("2023-24 Q4"), ())
    assert found is not None
    assert found.trend.counts == tuple(reviews)
    assert found.trend.trend.verdict is TrendVerdict.TOO_FEW_EVENTS
    assert found.trend.trend.percent_per_year is None


def test_x12_the_mean_of_a_most_similar_group_is_unweighted_and_has_the_own_force_in_it() -> None:
    counts, people = {"own": 10, "small": 40, "large": 900}, {"own": 1_000, "small": 2_000, "large": 30_000}
    found = mean_of_areas(counts, people, own="own", per=1_000)
    assert found.unweighted == pytest.approx((10 + 20 + 30) / 3)
    assert found.pooled == pytest.approx(1_000 * 950 / 33_000)


POINTS = pd.read_csv(DATA / "assess_xmr" / "points.csv")
CASES = pd.read_csv(DATA / "assess_xmr" / "cases.csv", keep_default_na=False).set_index("case")


@pytest.mark.parametrize("rule", RULES_IN_ORDER, ids=["outside", "trend", "two of three", "run"])
def test_x13_each_rule_marks_what_the_reference_marks(rule) -> None:
    marked = 0
    for case, points in POINTS.groupby("case"):
        expected = np.isin(rule_words(points["special_cause_type"]), [str(each) for each in rule])
        found = np.isin(chart_case(CASES["options"][case], points).special_cause, [str(each) for each in rule])
        assert found.tolist() == expected.tolist(), case
        marked += int(expected.sum())
    assert marked > 0, "the golden series hold the rule"


def test_x13_a_page_marks_by_the_same_rules() -> None:
    counts = [20.0, 22.0] * 30 + [60.0, 21.0]
    found = read_signals(observe(counts, Month("2019-11")), Month("2024-12"), ())
    assert found is not None
    assert found.chart is not None
    marked = np.flatnonzero(found.chart.special_cause == "above the upper limit")
    assert marked.tolist() == [60]
