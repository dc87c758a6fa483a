"""Pairs of counts that papers and press printed, with what may be said of them; and how small a change can be clear."""

from __future__ import annotations

import pytest

from shp_analysis.statistics.changes import Change, compare_counts
from shp_analysis.statistics.dispersions import Dispersion

FEWEST_EVENTS = 20
"""The rule of the verdicts, one floor up: below this nothing is said, whatever the test."""


def _word(change: Change) -> str:
    if change.count + change.baseline_count < FEWEST_EVENTS:
        return "too few to say"
    return ("up" if change.lower > 0 else "down") if change.is_clear else "no clear change"


PUBLISHED = [
    # name, counts, change in %, p, word
    ("A1 recorded crime 2021 to 2022", 13_418, 13_546, 0.954, 0.436, "no clear change"),
    ("A2 incidents 2021 to 2022", 30_864, 30_821, -0.139, 0.863, "no clear change"),
    ("A3 incidents 2019 to 2022", 34_733, 30_821, -11.26, 0.000, "down"),
    ("X1 killed or seriously injured 2015 to 2016", 32, 46, 43.75, 0.14, "no clear change"),
    ("X1 collisions 2015 to 2016", 224, 258, 15.18, 0.12, "no clear change"),
    ("X1 casualties 2015 to 2016", 304, 354, 16.4, 0.051, "no clear change"),
    ("X2 slight casualties 2009 to 2010", 374, 423, 13.1, 0.083, "no clear change"),
    ("X3 slight casualties 2011 to 2012", 382, 337, -11.8, 0.093, "no clear change"),
    ("X3 children killed or seriously injured", 7, 10, 42.9, 0.629, "too few to say"),
    ("X4 collisions 2023 to 2024", 158, 123, -22.2, 0.037, "down"),
    ("X4 casualties 2023 to 2024", 195, 163, -16.4, 0.091, "no clear change"),
    ("X7 domestic abuse incidents, chance alone", 5_056, 5_281, 4.45, 0.027, "up"),
    ("X8 a neighbour's 3 to 6", 3, 6, 100.0, 0.508, "too few to say"),
    ("X9 violence, quarter", 14_077, 13_027, -7.5, 0.000, "down"),
    ("X9 violence, twelve months", 61_346, 57_836, -5.7, 0.000, "down"),
    ("X9 robbery", 9_336, 7_824, -16.2, 0.000, "down"),
    ("A22 admissions under 18", 2, 6, 200.0, 0.289, "too few to say"),
]


@pytest.mark.parametrize(
    ("baseline", "count", "percent", "p", "word"), [r[1:] for r in PUBLISHED], ids=[r[0] for r in PUBLISHED]
)
def test_published_pairs(baseline: int, count: int, percent: float, p: float, word: str) -> None:
    change = compare_counts(baseline, count)
    assert change.change_percent == pytest.approx(percent, abs=0.06)
    assert change.p_value == pytest.approx(p, abs=0.005 if p in {0.14, 0.12} else 0.0006)
    assert _word(change) == word


def test_intervals_and_scores_of_the_first_papers() -> None:
    first, second, third = (
        compare_counts(13_418, 13_546),
        compare_counts(30_864, 30_821),
        compare_counts(34_733, 30_821),
    )
    assert (first.change_count, second.change_count, third.change_count) == (128, -43, -3_912)
    limits = [limit for each in (first, second, third) for limit in (each.lower, each.upper)]
    # The second upper limit is 1.449, which the study prints as 1.5.
    assert limits == pytest.approx([-1.4, 3.4, -1.7, 1.5, -12.6, -9.9], abs=0.06)
    # z -15.3 by chance alone is z -3.06 at dispersion 25: p 0.0022.
    jumpy = compare_counts(34_733, 30_821, dispersion=Dispersion(25.0))
    assert _word(jumpy) == "down"
    assert jumpy.p_value == pytest.approx(0.0022, abs=0.0001)


def test_dispersion_two_takes_the_neighbours_rise_away() -> None:
    change = compare_counts(5_056, 5_281, dispersion=Dispersion(2.0))
    assert change.p_value == pytest.approx(0.12, abs=0.005)
    assert _word(change) == "no clear change"


SMALLEST_CLEAR = [
    (100, 130, 74),
    (200, 242, 162),
    (500, 564, 439),
    (1_000, 1_090, 914),
    (3_000, 3_154, 2_850),
    (13_418, 13_742, 13_098),
]
"""The study's table: the first count above and below which chance alone no longer explains."""


@pytest.mark.parametrize(("base", "above", "below"), SMALLEST_CLEAR)
def test_the_smallest_clear_change(base: int, above: int, below: int) -> None:
    # The study worked with a normal approximation, this with the score test: one event may lie between them.
    assert not compare_counts(base, above - 2).is_clear
    assert compare_counts(base, above + 1).is_clear
    assert not compare_counts(base, below + 2).is_clear
    assert compare_counts(base, below - 1).is_clear


@pytest.mark.parametrize(("base", "above", "below"), [(10, 21, 2), (20, 35, 9), (50, 72, 32)])
def test_small_counts_are_tested_exactly_and_need_more(base: int, above: int, below: int) -> None:
    ups = next(count for count in range(base, 200) if compare_counts(base, count).is_clear)
    downs = next(count for count in range(base, -1, -1) if compare_counts(base, count).is_clear)
    assert above <= ups <= above + 4
    assert below - 3 <= downs <= below
