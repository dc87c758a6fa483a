"""Records of many areas at once: the same as the reading of each area by itself finds, table by table."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shp_analysis.assessment.area_records import OpenedRecords, open_records
from shp_analysis.assessment.comparator_areas import open_other_areas
from shp_analysis.config.catalogue import Denominator
from shp_analysis.measures.denominators import Denominators, add_up_years, read_denominators
from shp_analysis.measures.records import (
    FEWEST_NEIGHBOURS,
    LARGEST_GAP_IN_MONTHS,
    NEIGHBOURING_MONTHS,
    PART_OF_A_MONTH,
    find_thin_months,
    read_area_records,
)
from shp_analysis.papers.method import list_sources
from shp_analysis.papers.scorecard import build_scorecard
from shp_analysis.reference.areas import Population, read_area
from shp_analysis.reference.periods import Month
from shp_analysis.simulator.home_office import write_home_office
from shp_analysis.simulator.justice import write_justice
from shp_analysis.simulator.population import write_population
from shp_analysis.simulator.roads import write_roads

from .stores import open_small_run, take_in_simulated

AREAS = ("Halton", "St. Helens")
TABLES = ("home_office_crime_csp", "stats19_collisions", "stats19_casualties", "moj_reoffending")
MONTHS = [f"{2020 + number // 12}-{number % 12 + 1:02d}" for number in range(30)]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> OpenedRecords:
    folder, months = (
        tmp_path_factory.mktemp("areas"),
        [Month(f"{2024 + number // 12}-{number % 12 + 1:02d}") for number in range(3, 15)],
    )
    writers = [write_home_office, write_roads, write_justice, write_population]
    data = take_in_simulated(folder, writers, AREAS, months)
    return open_records(data_folder=str(data), simulated=True, as_of="2026-01-31")


@pytest.mark.parametrize("name", AREAS)
@pytest.mark.parametrize("table", TABLES)
def test_each_area_is_read_as_by_itself(opened: OpenedRecords, table: str, name: str) -> None:
    area = read_area(name)
    together = open_other_areas(opened).records_of(table, [read_area(each) for each in AREAS])[area.code]
    alone = read_area_records(opened.store, table, area, as_of=opened.as_of)
    assert together.periods["period"].tolist() == alone.periods["period"].tolist()
    assert together.thin_periods == alone.thin_periods
    assert len(alone.counts)
    by = ["period", *alone.table.filters]
    counted = ["records", *(f"sum_{each}" for each in alone.table.summed)]
    of_each = [each.counts.groupby(by, dropna=False)[counted].sum() for each in (together, alone)]
    pd.testing.assert_frame_equal(*of_each)


@pytest.mark.parametrize("group", [Denominator.HOUSEHOLDS, Denominator.RESIDENTS, Denominator.CHILDREN])
def test_people_are_those_of_the_area_by_itself(opened: OpenedRecords, group: Denominator) -> None:
    for name in AREAS:
        area, day = read_area(name), opened.as_of
        expected = read_denominators(opened.store, area, as_of=day).number_on(day, group)
        assert expected is not None
        assert open_other_areas(opened).people_of(area, group).number_on(day, group) == expected


def test_residents_are_the_newest_received_and_else_those_of_the_reference(opened: OpenedRecords) -> None:
    halton, group = read_area("Halton"), Denominator.RESIDENTS
    people = read_denominators(opened.store, halton, as_of=opened.as_of)
    newest = people.number_on(date(2025, 3, 31), group)
    assert newest is not None
    assert newest.mid_year == 2024
    parts = [people.number_on(date(2025, 3, 31), each) for each in (Denominator.CHILDREN, Denominator.RESIDENTS_18)]
    assert newest.residents == sum(each.residents for each in parts if each)
    earlier = people.number_on(date(2024, 6, 29), group)
    assert earlier is not None
    assert earlier.mid_year == 2023
    reference = Denominators(halton).number_on(date(2025, 3, 31), group)
    assert reference == Population(halton.populations[2020], 2020)
    assert Denominators(halton, {group: {2019: 7}}).number_on(date(2025, 3, 31), group) == reference
    assert Denominators(halton, {group: {2020: 7}}).number_on(date(2025, 3, 31), group) == Population(7, 2020)


def test_a_page_names_the_year_and_the_file_of_its_residents(opened: OpenedRecords) -> None:
    run = open_small_run(opened.store.root.parent, "road_casualties", simulated=True)
    collisions = run.assessment("RS-02")
    assert collisions.rate is not None
    assert (collisions.period.label, collisions.rate.population.mid_year) == ("2024", 2024)
    note = build_scorecard(run).note
    assert f"({collisions.rate.population.residents:,} in mid-2024)" in note
    assert sum("residents-by-sex-and-age" in each.file_name for each in list_sources(run).rows) == 1


def test_a_town_has_no_residents_of_its_own(opened: OpenedRecords) -> None:
    town, group = read_area("Runcorn"), Denominator.RESIDENTS
    assert read_denominators(opened.store, town, as_of=opened.as_of).number_on(opened.as_of, group) is None
    assert open_other_areas(opened).people_of(town, group).number_on(opened.as_of, group) is None


def test_years_add_up_where_every_part_has_one() -> None:
    assert add_up_years([{2020: 1, 2021: 2}, {2021: 10, 2022: 20}]) == {2021: 12}
    assert add_up_years([]) == {}


def test_forces_have_no_authorities_to_compare(opened: OpenedRecords) -> None:
    assert open_other_areas(opened).records_of("stop_and_search", [read_area("Halton")]) == {}


def test_a_month_with_a_tenth_of_its_neighbours_is_thin() -> None:
    assert find_thin_months([100, 110, 10, 105, 95], MONTHS[:5]) == frozenset({MONTHS[2]})
    assert find_thin_months([100, 10, 100], MONTHS[:3]) == frozenset()


def is_thin(totals: pd.Series, positions: pd.Series, row: int) -> bool:
    gaps = (positions - positions[row]).abs().drop(row)
    near = gaps[gaps <= LARGEST_GAP_IN_MONTHS].nsmallest(NEIGHBOURING_MONTHS).index
    return len(near) >= FEWEST_NEIGHBOURS and totals[row] < PART_OF_A_MONTH * totals[near].median()


@given(st.lists(st.tuples(st.sampled_from(MONTHS), st.integers(0, 400)), unique_by=lambda each: each[0], max_size=20))
def test_a_thin_month_is_found_as_the_rule_says(held: list[tuple[str, int]]) -> None:
    """The rule spelled out, a month at a time, is the reference."""
    months, totals = [each[0] for each in sorted(held)], pd.Series([each[1] for each in sorted(held)], dtype=float)
    positions = pd.Series([12 * Month(each).start.year + Month(each).start.month for each in months], dtype=float)
    expected = {month for row, month in enumerate(months) if is_thin(totals, positions, row)}
    assert find_thin_months(totals, months) == expected
