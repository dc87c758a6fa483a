"""Peers of one period: the same counts as the paper's own, who is left out and why, and the words of a cell."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from shp_analysis.assessment.comparator_areas import AreaComparison, NotCompared, compare_with_areas, write_place
from shp_analysis.measures.records import read_area_records
from shp_analysis.papers.run import Run
from shp_analysis.reference.areas import read_area
from shp_analysis.statistics.funnels import Place

from .stores import CODES, CRIMES, MONTHS, list_peers, open_small_run, take_in_crimes


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return open_small_run(take_in_crimes(tmp_path_factory.mktemp("peers")))


def compare(run: Run, indicator: str = "ALL-01", *names: str) -> AreaComparison:
    found = compare_with_areas(run.other_areas, run.assessment(indicator), list_peers(*names))
    assert isinstance(found, AreaComparison)
    return found


def test_every_area_is_counted_as_the_papers_own_is(run: Run) -> None:
    found = compare(run)
    assert {each.area.name: each.count for each in found.figures} == {name: 3 * each for name, each in CRIMES.items()}
    assert found.own.count == run.assessment("ALL-01").count == 180
    rate = run.assessment("ALL-01").rate
    assert rate is not None
    assert found.own.rate * rate.per == pytest.approx(rate.value * found.per)
    rates = [each.rate for each in found.figures]
    assert rates == sorted(rates, reverse=True)


def test_records_of_many_areas_are_those_of_each_by_itself(run: Run) -> None:
    area = read_area("Sefton")
    together = run.other_areas.records_of("police_uk_street", [read_area("Halton"), area])[area.code]
    alone = read_area_records(run.other_areas.store, "police_uk_street", area, as_of=run.as_of)
    assert together.periods["period"].tolist() == alone.periods["period"].tolist()
    assert together.thin_periods == alone.thin_periods
    of_each = [frame.counts.groupby(["period", "crime_type"])["records"].sum() for frame in (together, alone)]
    assert of_each[0].equals(of_each[1])


def test_both_means_by_hand(run: Run) -> None:
    found = compare(run)
    people = {name: read_area(name).population_on(found.period.end) for name in CRIMES}
    rates = [found.per * 3 * each / people[name].residents for name, each in CRIMES.items()]  # type: ignore[union-attr]
    assert found.mean.unweighted == pytest.approx(sum(rates) / 6)
    total = sum(each.residents for each in people.values() if each)
    assert found.mean.pooled == pytest.approx(found.per * 3 * sum(CRIMES.values()) / total)


def test_a_rare_event_is_told_of_more_people(run: Run) -> None:
    assert (compare(run).per, compare(run).unit) == (10_000, "per 10,000 residents")
    assert compare(run, "ASB-01").mean.pooled >= 1


def test_a_rank_has_its_range(run: Run) -> None:
    rank = compare(run, "ASB-01").rank
    assert rank.best < rank.worst


def test_a_peer_whose_force_did_not_deliver_is_named(run: Run) -> None:
    found = compare(run, "ALL-01", "Knowsley", "St. Helens", "Sefton", "Wirral", "Stockton-on-Tees")
    assert [(each.name, each.reason) for each in found.left_out] == [
        ("Stockton-on-Tees", "Cleveland Police has not delivered the period whole")
    ]
    assert found.others == 4
    assert write_place(found).endswith("the range of 4 peers")


def test_a_month_that_a_force_did_not_deliver_leaves_its_areas_out(tmp_path: Path) -> None:
    run = open_small_run(take_in_crimes(tmp_path, months={"merseyside": MONTHS[:2]}))
    found = compare_with_areas(run.other_areas, run.assessment("ALL-01"), list_peers())
    assert found == NotCompared(
        "Only 0 of 5 peers have a figure for January to March 2025 that can be compared, too few to compare with."
    )


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (Place.FAR_ABOVE, "above the range of 5 peers"),
        (Place.ABOVE, "just above the range of 5 peers"),
        (Place.WITHIN, "within the range of 5 peers"),
        (Place.BELOW, "just below the range of 5 peers"),
        (Place.FAR_BELOW, "below the range of 5 peers"),
    ],
)
def test_the_words_of_a_cell(run: Run, place: Place, words: str) -> None:
    found = compare(run)
    figures = tuple(replace(each, place=place) if each.area == found.area else each for each in found.figures)
    assert write_place(replace(found, figures=figures)) == words


def test_one_area_far_from_the_others_stands_out(tmp_path: Path) -> None:
    run = open_small_run(take_in_crimes(tmp_path, CRIMES | {"Halton": 400}))
    assert write_place(compare(run)) == "above the range of 5 peers"


@pytest.mark.parametrize(
    ("indicator", "reason"),
    [
        ("SV-05", "It is not counted for each so many people, nor is it a share."),
        ("HC-02", "It comes from records of persons, which other areas do not share with this partnership."),
        ("SOC-04", "No measure of it is agreed."),
        ("SOC-02", "The figure is Cheshire's, and not Halton's."),
    ],
)
def test_what_cannot_be_compared_says_why(run: Run, indicator: str, reason: str) -> None:
    found = compare_with_areas(run.other_areas, run.assessment(indicator), list_peers())
    assert found == NotCompared(reason)
    assert write_place(found) == "–"


def test_another_areas_list_is_refused(run: Run) -> None:
    found = compare_with_areas(run.other_areas, run.assessment("ALL-01"), list_peers(area_code="E06000007"))
    assert found == NotCompared("The list is of another area's peers.")


def test_an_area_without_a_list_is_not_compared(run: Run) -> None:
    warrington = open_small_run(run.other_areas.store.root.parent / "data", area="Warrington")
    found = compare_with_areas(warrington.other_areas, warrington.assessment("ALL-01"))
    assert found == NotCompared("No list of areas like Warrington is in the register of peers.")


def test_the_registers_own_list_is_taken_where_none_is_given(run: Run) -> None:
    found = compare_with_areas(run.other_areas, run.assessment("ALL-01"))
    assert found == NotCompared(
        "Only 3 of 10 peers have a figure for January to March 2025 that can be compared, too few to compare with."
    )


def test_a_peer_whose_force_leaves_more_without_a_place_is_left_out(tmp_path: Path) -> None:
    run = open_small_run(take_in_crimes(tmp_path / "many", lost={"merseyside": 40}))
    assert compare_with_areas(run.other_areas, run.assessment("ALL-01"), list_peers()) == NotCompared(
        "Only 0 of 5 peers have a figure for January to March 2025 that can be compared, too few to compare with."
    )
    assert compare(run, "ASB-01").others == 5  # anti-social behaviour has its places
    few = open_small_run(take_in_crimes(tmp_path / "few", lost={"merseyside": 10}))
    assert compare(few).left_out == ()
    both = open_small_run(take_in_crimes(tmp_path / "both", lost={"merseyside": 40, "cheshire": 7}))
    assert compare(both).left_out == ()


def test_a_peer_with_another_share_without_a_place_is_named(tmp_path: Path) -> None:
    data = take_in_crimes(tmp_path, CRIMES | {"Warrington": 50}, lost={"cheshire": 60})
    run = open_small_run(data, area=CODES["Liverpool"])
    found = compare_with_areas(
        run.other_areas,
        run.assessment("ALL-01"),
        list_peers("Warrington", "Knowsley", "St. Helens", "Sefton", "Wirral", area_code=CODES["Liverpool"]),
    )
    assert isinstance(found, AreaComparison)
    (left_out,) = found.left_out
    assert left_out.name == "Warrington"
    assert left_out.reason == (
        "180 of 510 records of Cheshire Constabulary (35%) and 0 of 1,095 records of Merseyside Police (0.0%) "
        "have no place"
    )
