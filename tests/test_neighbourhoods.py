"""Neighbourhoods by deprivation, on numbers that can be checked by eye."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from builders import ASB, build_records, steady
from hypothesis import given
from hypothesis import strategies as st

from shp_analysis.areas import read_area
from shp_analysis.charts.places import count_busiest, fit_gradient
from shp_analysis.measures.neighbourhoods import Neighbourhoods, count_by_tenth, count_crimes, read_neighbourhoods
from shp_analysis.periods import Quarter
from shp_analysis.store import open_store


def build(*places: tuple[str, int, int | None]) -> Neighbourhoods:
    frame = pd.DataFrame(places, columns=["lsoa_code", "residents", "imd_decile"])
    return Neighbourhoods(frame.astype({"imd_decile": "Int64"}), 2023, "2025")


FOUR = build(("A", 1000, 1), ("B", 1000, 1), ("C", 2000, 5), ("D", 500, None))


def test_crimes_are_added_up_by_tenth() -> None:
    tenths = count_by_tenth(FOUR, pd.Series({"A": 100, "B": 100, "C": 100, "D": 7, "": 3}))
    assert tenths.frame["imd_decile"].tolist() == [1, 5]
    assert tenths.frame["neighbourhoods"].tolist() == [2, 1]
    assert tenths.frame["crimes"].tolist() == [200, 100]
    assert tenths.frame["rate"].tolist() == [100.0, 50.0]
    assert tenths.elsewhere == 10


def test_a_neighbourhood_without_a_crime_counts_with_its_residents() -> None:
    tenths = count_by_tenth(FOUR, pd.Series({"A": 100, "C": 100}))
    assert tenths.frame["rate"].tolist() == [50.0, 50.0]


def test_ranges_widen_where_the_neighbourhoods_of_a_tenth_differ() -> None:
    even = count_by_tenth(FOUR, pd.Series({"A": 100, "B": 100, "C": 100}))
    uneven = count_by_tenth(FOUR, pd.Series({"A": 190, "B": 10, "C": 100}))
    assert even.dispersion == 1.0
    assert uneven.dispersion == pytest.approx(162.0)  # (90² + 90²) / 100 over one degree of freedom
    assert uneven.frame["upper"][0] > even.frame["upper"][0]
    assert uneven.frame["rate"].tolist() == even.frame["rate"].tolist()


def test_two_tenths_have_no_gradient() -> None:
    assert fit_gradient(count_by_tenth(FOUR, pd.Series({"A": 100, "B": 100, "C": 100}))) is None


def test_a_steep_gradient_is_found_and_a_flat_one_is_not() -> None:
    places = build(*((f"L{n}", 1500, n % 10 + 1) for n in range(60)))
    steep = {f"L{n}": 200 - 15 * (n % 10) for n in range(60)}
    flat = {f"L{n}": 100 + (n % 7) for n in range(60)}
    found, none = (fit_gradient(count_by_tenth(places, pd.Series(each))) for each in (steep, flat))
    assert found is not None
    assert none is not None
    assert found.slope_upper < 0
    assert none.slope_lower < 0 < none.slope_upper


@given(st.integers(1, 500), st.floats(0.001, 1))
def test_the_busiest_are_at_least_one_and_never_more_than_all(places: int, share: float) -> None:
    assert 1 <= count_busiest([1] * places, share) <= places


def test_a_twentieth_of_eighty_is_four() -> None:
    assert [count_busiest([1] * number, 0.05) for number in (80, 81, 100, 7)] == [4, 5, 5, 1]


def test_crimes_of_a_period_are_counted_without_anti_social_behaviour(tmp_path: Path) -> None:
    records = build_records(tmp_path, steady("2024-12", 4, {"Burglary": 4, ASB: 9}))
    crimes = count_crimes(records, Quarter("2024-25 Q4"))
    assert crimes.sum() == 12
    assert set(crimes.tolist()) == {3}


def test_without_residents_there_are_no_neighbourhoods(tmp_path: Path) -> None:
    build_records(tmp_path, steady("2025-01", 3, {"Burglary": 4}))
    area = read_area("Halton")
    assert read_neighbourhoods(open_store(tmp_path / "data"), area, Quarter("2024-25 Q4").end) is None
