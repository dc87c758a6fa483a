"""Peers: means by hand, ranks against simulation, and refusals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shp_analysis.errors import RequestError
from shp_analysis.statistics.comparator_means import compare_coverage, mean_of_areas, rank_areas

COUNTS = {"Halton": 120, "Knowsley": 200, "Wigan": 90}
PEOPLE = {"Halton": 10_000, "Knowsley": 10_000, "Wigan": 30_000}


def test_the_mean_of_a_most_similar_group_by_hand() -> None:
    """The inspectorate's rule: unweighted, the own force included. Rates 12, 20 and 3 have the mean 35 / 3."""
    mean = mean_of_areas(COUNTS, PEOPLE, own="Halton")
    assert mean.unweighted == pytest.approx(35 / 3)
    assert mean.pooled == pytest.approx(410 / 50_000 * 1_000)


def test_a_mean_that_leaves_the_own_area_out_is_refused() -> None:
    with pytest.raises(RequestError, match="Halton is not among its own peers"):
        mean_of_areas({"Wigan": 1, "Knowsley": 2}, PEOPLE, own="Halton")


def test_second_highest_in_the_country_is_refused() -> None:
    """A claim of rank needs rates, and the number of areas it is among."""
    with pytest.raises(RequestError, match="cannot be ranked by counts"):
        rank_areas(COUNTS, comparators=43)
    with pytest.raises(RequestError, match="without the number of areas"):
        rank_areas(COUNTS, PEOPLE)
    with pytest.raises(RequestError, match="among 43 areas was asked for and 3 were given"):
        rank_areas(COUNTS, PEOPLE, comparators=43)


def test_ranks_by_hand() -> None:
    ranking = rank_areas(COUNTS, PEOPLE, comparators=3)
    assert [(name, area.name, area.rank) for name, area in ranking.items()] == [
        ("Knowsley", "Knowsley", 1),
        ("Halton", "Halton", 2),
        ("Wigan", "Wigan", 3),
    ]
    # Rates as far apart as these leave no doubt.
    assert [(area.best, area.worst) for area in ranking.values()] == [(1, 1), (2, 2), (3, 3)]


def test_equal_areas_could_have_any_rank() -> None:
    names = [f"area {number}" for number in range(10)]
    ranking = rank_areas(dict.fromkeys(names, 20), dict.fromkeys(names, 5_000), comparators=10)
    assert {area.rank for area in ranking.values()} == {1}
    assert {(area.best, area.worst) for area in ranking.values()} == {(1, 10)}


def test_intervals_of_ranks_are_those_of_many_draws() -> None:
    rng = np.random.default_rng(12)
    people = rng.uniform(2_000, 40_000, 43)
    counts = rng.poisson(people * rng.uniform(0.002, 0.006, 43))
    names = [f"force {number}" for number in range(43)]
    ranking = rank_areas(
        dict(zip(names, counts.tolist(), strict=True)), dict(zip(names, people.tolist(), strict=True)), comparators=43
    )
    draws = rng.gamma(counts + 0.5, 1 / people, (20_000, 43))
    ranks = 1 + np.argsort(np.argsort(-draws, axis=1), axis=1)
    low, high = np.quantile(ranks, [0.025, 0.975], axis=0)
    for position, name in enumerate(names):
        area = ranking[name]
        # One rank either way: a quantile of whole numbers may fall on either side of a step.
        assert abs(area.best - low[position]) <= 1, name
        assert abs(area.worst - high[position]) <= 1, name


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 500), st.integers(100, 10_000)), min_size=2, max_size=12))
def test_every_rank_lies_in_its_interval(areas: list[tuple[int, int]]) -> None:
    counts = {f"area {number}": float(count) for number, (count, _) in enumerate(areas)}
    people = {f"area {number}": float(residents) for number, (_, residents) in enumerate(areas)}
    ranking = rank_areas(counts, people, comparators=len(areas))
    assert all(1 <= area.best <= area.rank <= area.worst <= len(areas) for area in ranking.values())


def test_a_total_of_fewer_contributors() -> None:
    """118,140 cases of 286 conferences and 108,775 of 273: 7.9 % fewer, and 3.5 % fewer each."""
    change = compare_coverage(118_140, 286, 108_775, 273)
    assert (round(change.change_percent, 1), round(change.change_percent_per_member, 1)) == (-7.9, -3.5)
    assert not change.is_comparable
    assert compare_coverage(100, 5, 90, 5).is_comparable


def test_areas_without_figures_are_refused() -> None:
    with pytest.raises(RequestError, match="no denominator was given for Wigan"):
        mean_of_areas(COUNTS, {"Halton": 1, "Knowsley": 2})
    with pytest.raises(RequestError, match="no figure is known for Wigan"):
        mean_of_areas({**COUNTS, "Wigan": float("nan")}, PEOPLE)
    with pytest.raises(RequestError, match="has no peers"):
        mean_of_areas({"Halton": 1}, PEOPLE)
    with pytest.raises(RequestError, match="above zero"):
        compare_coverage(100, 0, 90, 5)
