"""Neighbourhoods by deprivation, on numbers that can be checked by eye."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from builders import ASB, build_records, steady
from hypothesis import given
from hypothesis import strategies as st

from shp_analysis.measures.counted_tables import find_counted_table
from shp_analysis.measures.neighbourhoods import (
    Neighbourhoods,
    count_busiest_years,
    count_by_decile,
    count_crimes,
    read_neighbourhoods,
    sum_busiest,
)
from shp_analysis.measures.records import AreaRecords
from shp_analysis.papers.gated_counts import fit_gradient
from shp_analysis.reference.areas import read_area
from shp_analysis.reference.periods import Quarter
from shp_analysis.store.store import open_store


def build(*places: tuple[str, int, int | None]) -> Neighbourhoods:
    frame = pd.DataFrame(places, columns=["lsoa_code", "residents", "imd_decile"])
    return Neighbourhoods(frame.astype({"imd_decile": "Int64"}), 2023, "2025")


FOUR = build(("A", 1000, 1), ("B", 1000, 1), ("C", 2000, 5), ("D", 500, None))


def test_crimes_are_added_up_by_tenth() -> None:
    tenths = count_by_decile(FOUR, pd.Series({"A": 100, "B": 100, "C": 100, "D": 7, "": 3}))
    assert tenths.frame["imd_decile"].tolist() == [1, 5]
    assert tenths.frame["neighbourhoods"].tolist() == [2, 1]
    assert tenths.frame["crimes"].tolist() == [200, 100]
    assert tenths.frame["rate"].tolist() == [100.0, 50.0]
    assert tenths.unplaced_crimes == 10


def test_a_neighbourhood_without_a_crime_counts_with_its_residents() -> None:
    tenths = count_by_decile(FOUR, pd.Series({"A": 100, "C": 100}))
    assert tenths.frame["rate"].tolist() == [50.0, 50.0]


def test_ranges_widen_where_the_neighbourhoods_of_a_tenth_differ() -> None:
    even = count_by_decile(FOUR, pd.Series({"A": 100, "B": 100, "C": 100}))
    uneven = count_by_decile(FOUR, pd.Series({"A": 190, "B": 10, "C": 100}))
    assert even.dispersion == 1.0
    assert uneven.dispersion == pytest.approx(162.0)  # (90² + 90²) / 100 over one degree of freedom
    assert uneven.frame["upper"][0] > even.frame["upper"][0]
    assert uneven.frame["rate"].tolist() == even.frame["rate"].tolist()


def test_two_tenths_have_no_gradient() -> None:
    assert fit_gradient(count_by_decile(FOUR, pd.Series({"A": 100, "B": 100, "C": 100}))) is None


def test_a_steep_gradient_is_found_and_a_flat_one_is_not() -> None:
    places = build(*((f"L{n}", 1500, n % 10 + 1) for n in range(60)))
    steep = {f"L{n}": 200 - 15 * (n % 10) for n in range(60)}
    flat = {f"L{n}": 100 + (n % 7) for n in range(60)}
    found, none = (fit_gradient(count_by_decile(places, pd.Series(each))) for each in (steep, flat))
    assert found is not None
    assert none is not None
    assert found.slope_upper < 0
    assert none.slope_lower < 0 < none.slope_upper


@given(st.lists(st.integers(0, 500), min_size=1), st.floats(0.001, 1))
def test_the_busiest_hold_their_share_at_least_and_never_more_than_all(counts: list[int], share: float) -> None:
    held = sum_busiest(counts, share)
    assert share * sum(counts) - 1e-6 <= held <= sum(counts) + 1e-6


def test_the_last_of_the_busiest_counts_in_part() -> None:
    assert sum_busiest([40, 30, 20, 10], 0.25) == 40
    assert sum_busiest([10, 20, 30, 40], 0.375) == 40 + 30 / 2
    assert [sum_busiest([1] * number, 0.05) for number in (79, 80, 81)] == pytest.approx([3.95, 4.0, 4.05])


def test_the_busiest_places_are_those_of_the_twelve_months_that_are_counted() -> None:
    """Ten crimes a month in each of twenty places; in the second year place 1 has 30 and place 0 has one."""
    counts = pd.DataFrame(
        [
            (f"{year}-{month:02}", f"E{place:02}", {(2024, 0): 1, (2024, 1): 30}.get((year, place), 10))
            for year in (2023, 2024)
            for month in range(1, 13)
            for place in range(20)
        ],
        columns=["period", "lsoa_code", "records"],
    )
    periods = pd.DataFrame({"period": sorted(counts["period"].unique())})
    records = AreaRecords(find_counted_table("police_uk_street"), read_area("Halton"), None, counts, periods)
    found = {
        year.label: (number, whole)
        for year, number, whole in count_busiest_years(records, counts, 0.05, thin=frozenset({"2023-01"}))
    }
    assert "2023-12" not in found, "January 2023 did not come whole"
    assert len(found) == 12
    assert found["2024-12"] == (360, 12 * 211)
    assert found["2024-01"] == (11 * 10 + 30, 11 * 200 + 211)


def test_crimes_of_a_period_are_counted_without_anti_social_behaviour(tmp_path: Path) -> None:
    records = build_records(tmp_path, steady("2024-12", 4, {"Burglary": 4, ASB: 9}))
    crimes = count_crimes(records, Quarter("2024-25 Q4"))
    assert crimes.sum() == 12
    assert set(crimes.tolist()) == {3}


def test_without_residents_there_are_no_neighbourhoods(tmp_path: Path) -> None:
    build_records(tmp_path, steady("2025-01", 3, {"Burglary": 4}))
    area = read_area("Halton")
    assert read_neighbourhoods(open_store(tmp_path / "data"), area, Quarter("2024-25 Q4").end) is None
