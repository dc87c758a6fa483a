"""Rows of one authority and month."""

import numpy as np
import pytest
from builders import HALTON

from shp_analysis.reference.periods import Month
from shp_analysis.simulator.borough import read_categories, read_sample_table
from shp_analysis.simulator.police import CRIME_ID_START, NEVER, draw_month, draw_visits, read_outcomes

NAMES = read_categories().names
MONTH = Month("2023-06")


@pytest.fixture(scope="module")
def rows():
    return draw_month(1, "E06000049", MONTH)


def test_the_same_seed_draws_the_same_rows(rows):
    again = draw_month(1, "E06000049", MONTH)
    np.testing.assert_array_equal(again.crime_id, rows.crime_id)
    np.testing.assert_array_equal(again.point, rows.point)
    other = draw_month(2, "E06000049", MONTH)
    assert not np.array_equal(other.category, rows.category)


def test_rows_come_by_lsoa_and_then_by_category(rows):
    lsoa = rows.places.point_lsoa[rows.point]
    key = lsoa * len(NAMES) + rows.category
    assert (np.diff(key) >= 0).all()


def test_crime_ids_are_64_hexadecimal_digits_and_say_that_they_are_simulated(rows):
    text = [bytes(row) for row in rows.crime_id]
    assert all(len(each) == 64 and set(each) <= set(b"0123456789abcdef") for each in text)
    assert all(each.startswith(CRIME_ID_START) for each in text)
    assert bytes.fromhex(CRIME_ID_START.decode()) == b"simulated crime "


def test_a_few_rows_share_a_crime_id_with_another_of_their_category():
    shared, total = 0, 0
    for month in ("2023-05", "2023-06", "2023-07", "2023-08"):
        rows = draw_month(1, "E06000047", Month(month))
        rows = rows.keep(~rows.is_anti_social_behaviour)
        _, inverse, counts = np.unique([bytes(row) for row in rows.crime_id], return_inverse=True, return_counts=True)
        shared += counts[counts > 1].sum()
        total += len(rows)
        for twin in np.flatnonzero(counts > 1):
            assert len(set(rows.category[inverse == twin])) == 1
    # Published: 0.04 % to 0.65 % a month, 0.2 % on the whole.
    assert 0.001 < shared / total < 0.004


def test_outcomes_are_those_of_the_category_and_arrive_as_stated(rows):
    shares = read_sample_table("outcome_shares.csv")
    allowed = set(zip(shares["category"], shares["outcome"], strict=True))
    crimes = rows.keep(~rows.is_anti_social_behaviour)
    drawn = {
        (NAMES[category], read_outcomes()[outcome])
        for category, outcome in zip(crimes.category, crimes.outcome, strict=True)
    }
    assert drawn <= allowed
    delays = read_sample_table("outcome_delays.csv").set_index("months_after")["share_still_open"]
    for months_after in (0, 1, 3, 11):
        still_open = (crimes.months_to_outcome > months_after).mean()
        assert still_open == pytest.approx(delays[months_after], abs=0.03)
    assert (crimes.months_to_outcome == NEVER).mean() == pytest.approx(0.02, abs=0.015)


def test_outcome_shares_add_up():
    shares = read_sample_table("outcome_shares.csv").groupby("category")["share"].sum()
    assert set(shares.index) == set(NAMES) - {"Anti-social behaviour"}
    np.testing.assert_allclose(shares, 1)


def test_a_neighbouring_force_records_a_few_common_crimes_across_the_border():
    visits = [draw_visits(1, "merseyside", HALTON, Month(f"2023-{number:02d}")) for number in range(1, 13)]
    counts = [len(rows) for rows in visits]
    assert 12 < sum(counts) < 80
    assert all(NAMES[category] != "Theft from the person" for rows in visits for category in rows.category)
    assert draw_visits(1, "durham", HALTON, MONTH) is None
