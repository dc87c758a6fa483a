"""One change over another: by hand, against the plain comparison of two logarithms, and how often it errs."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shp_analysis.errors import RequestError
from shp_analysis.statistics.changes import compare_changes, compare_counts

COUNTS = st.integers(20, 5_000)


def test_two_changes_by_hand() -> None:
    """From 100 to 50 where others went from 1,000 to 1,100: 110 were to be expected, and 50 are 45 of each 100."""
    found = compare_changes(compare_counts(100, 50), compare_counts(1_000, 1_100))
    assert found.ratio == pytest.approx(0.5 / 1.1)
    assert found.expected == pytest.approx(110)
    assert found.is_clear


def test_two_ranges_that_overlap_may_still_show_a_difference() -> None:
    own, other = compare_counts(200, 150), compare_counts(2_000, 2_020)
    both = compare_counts(200, 170), compare_counts(200, 215)
    assert own.upper < other.upper
    assert both[0].upper > both[1].lower
    assert compare_changes(own, other).is_clear
    assert not compare_changes(*both).is_clear


def test_altman_and_bland_by_hand() -> None:
    """Their method: the difference of two logarithms over the root of both squared errors, which large counts meet."""
    own, other = (4_000, 3_700), (50_000, 50_500)
    error = math.sqrt(sum(1 / count for count in (*own, *other)))
    apart = math.log(own[1] / own[0]) - math.log(other[1] / other[0])
    found = compare_changes(compare_counts(*own), compare_counts(*other))
    assert found.lower == pytest.approx(math.exp(apart - 1.96 * error), rel=2e-4)
    assert found.upper == pytest.approx(math.exp(apart + 1.96 * error), rel=2e-4)


@given(then=COUNTS, now=COUNTS, other_then=COUNTS, other_now=COUNTS)
def test_the_other_way_about_it_is_the_reciprocal(then: int, now: int, other_then: int, other_now: int) -> None:
    own, other = compare_counts(then, now), compare_counts(other_then, other_now)
    one, back = compare_changes(own, other), compare_changes(other, own)
    assert one.ratio == pytest.approx(1 / back.ratio)
    assert one.lower == pytest.approx(1 / back.upper)
    assert one.lower < one.ratio < one.upper
    assert one.is_clear == back.is_clear


@given(then=COUNTS, now=COUNTS)
def test_beside_a_country_that_did_not_move_it_is_the_change_itself(then: int, now: int) -> None:
    own = compare_counts(then, now)
    found = compare_changes(own, compare_counts(10**9, 10**9))
    assert found.lower == pytest.approx(1 + own.lower / 100, rel=1e-3)
    assert found.upper == pytest.approx(1 + own.upper / 100, rel=1e-3)
    assert found.expected == pytest.approx(then, rel=1e-3)


def test_equal_changes_are_called_different_one_time_in_twenty() -> None:
    drawn = np.random.default_rng(11).poisson([150, 120, 3_000, 2_400], size=(400, 4)).tolist()
    clear = sum(compare_changes(compare_counts(a, b), compare_counts(c, d)).is_clear for a, b, c, d in drawn)
    assert 6 <= clear <= 36


@pytest.mark.parametrize("counts", [(0, 5), (30, 0)])
def test_a_change_from_or_to_nothing_is_refused(counts: tuple[int, int]) -> None:
    with pytest.raises(RequestError, match="is no ratio"):
        compare_changes(compare_counts(*counts), compare_counts(100, 100))
