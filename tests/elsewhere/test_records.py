"""Thin months: the same as the measure of one area finds, month by month."""

from __future__ import annotations

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from shp_analysis.elsewhere.records import find_thin_months
from shp_analysis.measures import records
from shp_analysis.periods import Month

MONTHS = [f"{2020 + number // 12}-{number % 12 + 1:02d}" for number in range(30)]


def test_a_month_with_a_tenth_of_its_neighbours_is_thin() -> None:
    assert find_thin_months([100, 110, 10, 105, 95], MONTHS[:5]) == frozenset({MONTHS[2]})
    assert find_thin_months([100, 10, 100], MONTHS[:3]) == frozenset()


@given(st.lists(st.tuples(st.sampled_from(MONTHS), st.integers(0, 400)), unique_by=lambda each: each[0], max_size=20))
def test_it_finds_what_the_reading_of_one_area_finds(held: list[tuple[str, int]]) -> None:
    """The rule of `measures` is the reference; here it is asked of many forces at once."""
    months, totals = [each[0] for each in sorted(held)], pd.Series([each[1] for each in sorted(held)], dtype=float)
    positions = pd.Series([12 * Month(each).start.year + Month(each).start.month for each in months], dtype=float)
    expected = {month for row, month in enumerate(months) if records._is_thin(totals, positions, row)}
    assert find_thin_months(totals, months) == expected
