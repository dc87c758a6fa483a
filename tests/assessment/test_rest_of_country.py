"""Years beside the rest of the country: who is counted, what it is called, and that nobody is counted twice."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shp_analysis.assessment.comparator_areas import NotCompared
from shp_analysis.assessment.rest_of_country import (
    ENGLAND_AND_WALES,
    FEWEST_ENGLISH_AND_WELSH,
    FEWEST_SCOTTISH,
    GREAT_BRITAIN,
    Coverage,
    YearsCompared,
    _name_groups,
    compare_years_with_rest,
    judge_coverage,
)
from shp_analysis.papers.run import Run
from shp_analysis.reference.areas import list_authorities, read_area, read_forces
from shp_analysis.reference.periods import CalendarYear

from .stores import open_small_run, take_in_roads

CHESHIRE = ("Halton", "Warrington", "Cheshire East", "Cheshire West and Chester")
YEARS = [CalendarYear(str(year)) for year in range(2019, 2025)]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    data = take_in_roads(tmp_path_factory.mktemp("roads"), *CHESHIRE, "St. Helens", "Sefton")
    return open_small_run(data, "road_casualties", simulated=True)


def compare(run: Run, indicator: str, first_year: int = 2019) -> YearsCompared:
    found = compare_years_with_rest(run.other_areas, run.assessment(indicator), first_year=first_year)
    assert isinstance(found, YearsCompared)
    return found


def count_collisions(run: Run, *names: str) -> dict[CalendarYear, int]:
    codes = ", ".join(f"'{read_area(name).code}'" for name in names)
    sql = (
        f"SELECT part_period AS year, count(*) AS n FROM stats19_collision WHERE authority_code IN ({codes}) GROUP BY 1"
    )
    found = run.other_areas.store.query("stats19_collision", sql)
    return {CalendarYear(year): n for year, n in zip(found["year"], found["n"], strict=True) if int(year) >= 2019}


def test_the_own_area_is_in_nobody_elses_count(run: Run) -> None:
    found = compare(run, "RS-02")
    assert [each.name for each in (found.own, *found.others)] == [
        "Halton",
        "the rest of Cheshire",
        "the 5 other authorities in the file",
    ]
    expected = [
        count_collisions(run, *names)
        for names in ((CHESHIRE[0],), CHESHIRE[1:], (*CHESHIRE[1:], "St. Helens", "Sefton"))
    ]
    assert [dict(each.counts) for each in (found.own, *found.others)] == expected
    assert found.years == tuple(YEARS)


def test_the_planted_fall_differs_from_the_rest(run: Run) -> None:
    """Halton's collisions of 2024 are nearly halved (SER-01); casualties are not, and nothing else is."""
    found = compare(run, "RS-02")
    assert [ratio is not None and ratio.is_clear and ratio.upper < 1 for ratio in found.ratios] == [True, True]
    others = compare(run, "RS-04")
    assert [ratio is not None and ratio.is_clear for ratio in others.ratios] == [False, False]


def test_its_latest_count_is_the_papers(run: Run) -> None:
    for indicator in ("RS-01", "RS-02", "RS-03", "RS-04", "RS-06"):
        assert compare(run, indicator).own.counts[YEARS[-1]] == pytest.approx(run.assessment(indicator).count)


def test_too_few_are_not_compared(run: Run) -> None:
    assert compare(run, "RS-05").ratios == (None, None)


def test_a_force_that_is_there_in_part_is_not_called_by_its_name(tmp_path: Path) -> None:
    run = open_small_run(take_in_roads(tmp_path, "Halton", "Warrington"), "road_casualties", simulated=True)
    found = compare(run, "RS-02")
    assert [each.name for each in found.others] == ["Warrington (the one other authority in the file)"]


def test_years_that_the_file_does_not_hold_are_not_shown(run: Run) -> None:
    found = compare_years_with_rest(run.other_areas, run.assessment("RS-02"), first_year=2010)
    assert found == NotCompared("The file does not hold every year from 2010 on.")


def test_what_the_partners_return_has_no_country(run: Run) -> None:
    found = compare_years_with_rest(run.other_areas, run.assessment("RS-09"), first_year=2019)
    assert found == NotCompared("Only what is counted from the road safety data can be set beside the country.")


def draw_rows(forces: int, english: int, scottish: int) -> pd.DataFrame:
    """Give rows of so many forces and authorities, the last force with those that are left."""
    rows = [(f"force {min(number, forces - 1)}", f"E{number:08d}") for number in range(english)]
    rows += [("Police Scotland", f"S{number:08d}") for number in range(scottish)]
    return pd.DataFrame(rows, columns=["police_force", "authority_code"])


FORCES = len(read_forces())


@pytest.mark.parametrize(
    ("forces", "english", "scottish", "country"),
    [
        (FORCES, 330, 32, GREAT_BRITAIN),
        (FORCES, 330, 0, ENGLAND_AND_WALES),
        (FORCES, 330, FEWEST_SCOTTISH - 1, ENGLAND_AND_WALES),
        (FORCES - 1, 330, 32, ""),
        (FORCES, FEWEST_ENGLISH_AND_WELSH - 1, 32, ""),
        (6, 14, 0, ""),
    ],
)
def test_a_part_is_never_called_great_britain(forces: int, english: int, scottish: int, country: str) -> None:
    assert judge_coverage({YEARS[0]: draw_rows(forces, english, scottish)}).country == country


@given(st.lists(st.tuples(st.integers(40, 45), st.integers(300, 330), st.integers(25, 32)), min_size=1, max_size=6))
def test_years_together_cover_what_the_least_of_them_covers(sizes: list[tuple[int, int, int]]) -> None:
    frames = {year: draw_rows(*each) for year, each in zip(YEARS, sizes, strict=False)}
    order = ["", ENGLAND_AND_WALES, GREAT_BRITAIN]
    alone = [judge_coverage({year: rows}).country for year, rows in frames.items()]
    assert judge_coverage(frames).country == min(alone, key=order.index)
    together = judge_coverage(frames)
    assert together.authorities <= together.ever
    assert together.authorities == frozenset.intersection(
        *(frozenset(rows["authority_code"]) for rows in frames.values())
    )


def test_a_whole_country_is_great_britain_without_the_area(run: Run) -> None:
    """The name of a group and the codes in it, where every force and authority is there."""
    own = list_authorities("E23000006")
    codes = frozenset({*own, "E08000013", "S12000033"})
    groups = _name_groups(read_area("Halton"), Coverage(GREAT_BRITAIN, codes, codes | {"E07000026"}))
    assert [each.name for each in groups] == ["the rest of Cheshire", "the rest of Great Britain"]
    assert groups[1].codes == (codes | {"E07000026"}) - {"E06000006"}
    south = _name_groups(read_area("Halton"), Coverage(ENGLAND_AND_WALES, codes, codes))
    assert south[1].codes == codes - {"E06000006", "S12000033"}
