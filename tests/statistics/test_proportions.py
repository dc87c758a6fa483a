"""Proportions: the partnership's own figures, an independent implementation, and properties."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import confint_proportions_2indep

from shp_analysis.errors import RequestError
from shp_analysis.statistics.changes import compare_counts
from shp_analysis.statistics.proportions import (
    Concordance,
    Standing,
    compare_local_with_national,
    compare_proportions,
    compare_with_and_without,
    compare_with_national,
    direction_of,
    measure_proportion,
    proportion_of_survey,
)

SHARES = st.integers(1, 500).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total)))


@pytest.mark.parametrize(
    ("count", "total", "percent", "lower", "upper"),
    [
        pytest.param(13, 26, 50.0, 32.1, 67.9, id="incidents that became crimes"),
        pytest.param(174, 264, 65.9, 60.0, 71.4, id="live among live and pending"),
        pytest.param(6, 180, 3.3, 1.5, 7.1, id="male victims"),
    ],
)
def test_shares_of_the_papers(count: int, total: int, percent: float, lower: float, upper: float) -> None:
    found = measure_proportion(count, total)
    assert [round(100 * part, 1) for part in (found.share, found.lower, found.upper)] == [percent, lower, upper]


def test_survey_percentages_of_the_papers() -> None:
    # Of whole people: 78 % of 1,076 are 839, whose upper limit is 80.3; 80.4 would be that of 839.28 people.
    expected = {93: (91.4, 94.4), 91: (89.1, 92.6), 89: (87.0, 90.8), 84: (81.7, 86.1), 78: (75.4, 80.3)}
    found = {percent: proportion_of_survey(percent, 1_076) for percent in expected}
    for percent, limits in expected.items():
        assert (found[percent].lower * 100, found[percent].upper * 100) == pytest.approx(limits, abs=0.051)
        assert found[percent].is_approximate
    assert found[93].overlaps(found[91])
    assert found[91].overlaps(found[89])
    assert not found[93].overlaps(found[89])
    assert not found[78].overlaps(found[84])


def test_male_victims_against_the_national_share() -> None:
    found = compare_with_national(6, 180, 0.065)
    assert found.expected_count == pytest.approx(11.7)
    assert found.p_value == pytest.approx(0.095, abs=0.0005)
    assert found.standing == Standing.LOWER_WITHIN_CHANCE
    assert str(found.standing) == "lower than expected but within chance"


@pytest.mark.parametrize(
    ("count", "standing"),
    [
        (2, Standing.CLEARLY_LOWER),
        (12, Standing.AS_EXPECTED),
        (15, Standing.HIGHER_WITHIN_CHANCE),
        (30, Standing.CLEARLY_HIGHER),
    ],
)
def test_standing_against_the_national_share(count: int, standing: Standing) -> None:
    assert compare_with_national(count, 180, 0.065).standing == standing


def test_newcombes_own_example() -> None:
    # Newcombe (1998), table II (a), method 10: 56 of 70 and 48 of 80 differ by 0.2, from 0.0524 to 0.3339.
    found = compare_proportions((48, 80), (56, 70))
    assert (found.difference, found.lower, found.upper) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)
    assert found.is_clear
    nothing = compare_proportions((0, 10), (0, 20))
    assert (round(nothing.lower, 4), round(nothing.upper, 4)) == (-0.2775, 0.1611)


@given(SHARES, SHARES)
def test_the_difference_is_that_of_statsmodels(first: tuple[int, int], second: tuple[int, int]) -> None:
    found = compare_proportions(first, second)
    expected = confint_proportions_2indep(*second, *first, method="newcomb")
    assert (found.lower, found.upper) == pytest.approx(expected, abs=1e-12)
    turned = compare_proportions(second, first)
    assert (turned.lower, turned.upper) == pytest.approx((-found.upper, -found.lower))


@given(SHARES, SHARES)
def test_the_p_value_belongs_to_the_interval(first: tuple[int, int], second: tuple[int, int]) -> None:
    """At the confidence that the p-value leaves, the interval just reaches no difference."""
    found = compare_proportions(first, second)
    assert compare_proportions(second, first).p_value == pytest.approx(found.p_value)
    if found.difference == 0:
        assert found.p_value == 1
    elif found.p_value > 1e-9:
        at_edge = compare_proportions(first, second, confidence=1 - found.p_value)
        assert min(abs(at_edge.lower), abs(at_edge.upper)) == pytest.approx(0, abs=1e-6)
        assert found.is_clear == (found.p_value < 0.05)


def test_one_of_67_and_seven_of_70_agree_with_themselves() -> None:
    found = compare_proportions((1, 67), (7, 70))
    assert (round(found.lower, 3), round(found.upper, 3), round(found.p_value, 3)) == (0.003, 0.178, 0.044)


def test_a_group_that_carries_the_change() -> None:
    # 200 to 300 incidents; the group's go from 20 to 120, everybody else's stay at 180.
    found = compare_with_and_without((200, 20), (300, 120))
    assert direction_of(found.with_group) == 1
    assert found.without_group is not None
    assert found.share is not None
    assert found.share_change is not None
    assert found.without_group.change_count == 0
    assert found.is_conclusion_changed is True
    assert found.share.share == pytest.approx(0.4)
    assert found.share_change.difference == pytest.approx(0.3)
    assert found.share_change.is_clear


def test_a_group_that_does_not_carry_the_change() -> None:
    found = compare_with_and_without((200, 20), (300, 30))
    assert found.is_conclusion_changed is False


@pytest.mark.parametrize("current", [(300, 4), (300, 1), (300, 297)])
def test_a_small_group_is_withheld_with_its_remainder(current: tuple[int, int]) -> None:
    """The figure without the group would give the group away, so both go."""
    found = compare_with_and_without((200, 20), current)
    assert found.is_withheld
    assert (found.without_group, found.share, found.share_change, found.is_conclusion_changed) == (None,) * 4
    assert found.with_group.change_count == 100


def test_groups_of_none_and_of_five_are_shown() -> None:
    assert not compare_with_and_without((200, 0), (300, 5)).is_withheld
    empty = compare_with_and_without((200, 20), (0, 0))
    assert (empty.share, empty.share_change) == (None, None)
    assert empty.without_group is not None


CLEAR_RISE, CLEAR_FALL, UNCLEAR = compare_counts(1_000, 1_200), compare_counts(1_000, 800), compare_counts(30, 33)


@pytest.mark.parametrize(
    ("local", "national", "expected"),
    [
        (CLEAR_RISE, CLEAR_RISE, Concordance.SAME),
        (CLEAR_FALL, CLEAR_FALL, Concordance.SAME),
        (CLEAR_RISE, CLEAR_FALL, Concordance.OPPOSITE),
        (UNCLEAR, CLEAR_RISE, Concordance.ONE_UNCLEAR),
        (CLEAR_FALL, UNCLEAR, Concordance.ONE_UNCLEAR),
        (UNCLEAR, UNCLEAR, Concordance.BOTH_UNCLEAR),
    ],
)
def test_local_beside_national(local: object, national: object, expected: Concordance) -> None:
    assert compare_local_with_national(local, national).concordance == expected


def test_a_small_rise_that_goes_with_the_national_one_and_lies_below_2019() -> None:
    """The strategy's casualties: a little more than the year before, as nationally, and fewer than before 2020."""
    local, national = compare_counts(1_000, 1_100), compare_counts(128_000, 135_500)
    found = compare_local_with_national(local, national)
    assert str(found.concordance) == "same direction"
    assert found.do_ranges_overlap
    assert direction_of(compare_counts(1_400, 1_100)) == -1


def test_what_cannot_be_a_share_is_refused() -> None:
    with pytest.raises(RequestError, match="larger than the whole"):
        measure_proportion(27, 26)
    with pytest.raises(RequestError, match="above zero"):
        measure_proportion(0, 0)
    with pytest.raises(RequestError, match="give both figures"):
        measure_proportion(float("nan"), 3)
    with pytest.raises(RequestError, match="from 0 to 100"):
        proportion_of_survey(104, 1_076)
    with pytest.raises(RequestError, match=r"give 6\.5 % as 0\.065"):
        compare_with_national(6, 180, 6.5)
    with pytest.raises(RequestError, match="a group of 9 cannot be part of 8"):
        compare_with_and_without((8, 9), (10, 5))
