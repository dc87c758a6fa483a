"""Change points: the reference's dates, none in calm series, and questions instead of verdicts."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle_tables import copied

from shp_analysis.statistics.change_points import find_change_points

BREAKS = copied("find_change_points", "breakpoints_expected").set_index("series")


def test_the_nile() -> None:
    nile = copied("find_change_points", "nile")
    found = find_change_points(nile["y"], labels=[str(year) for year in nile["year"]])
    (change,) = found.changes
    assert str(nile["year"][change.index]) == BREAKS.loc["Nile~1", "breaks"] == "1898"
    assert str(change.index + 1) == BREAKS.loc["Nile~1", "obs_index"]
    assert change.question.startswith("After 1898 the level is lower (1,097.8 before, 850.0 after): is it known")
    assert change.question.endswith("?")


def test_british_drivers_by_their_own_past() -> None:
    series = np.log10(copied("assess_interruption", "seatbelts_uk_monthly")["drivers"].to_numpy())
    terms = np.column_stack([np.ones(180), series[11:-1], series[:-12]])
    found = find_change_points(series[12:], terms=terms, exactly=2, shortest_share=0.1)
    row = BREAKS.loc[BREAKS.index.str.startswith("UKDriverDeaths"), "obs_index"].item()
    assert "|".join(str(change.index + 1) for change in found.changes) == row


def test_few_calm_series_are_asked_about() -> None:
    rng = np.random.default_rng(3)
    share = np.mean([len(find_change_points(rng.normal(size=60)).changes) > 0 for _ in range(300)])
    assert share < 0.08


def test_two_planted_steps_are_found() -> None:
    rng = np.random.default_rng(4)
    series = np.repeat([100.0, 130.0, 80.0], [20, 16, 24]) + rng.normal(0, 5, 60)
    found = find_change_points(series)
    assert [change.index for change in found.changes] == [19, 35]
    assert [round(change.level_after, -1) for change in found.changes] == [130, 80]


@settings(max_examples=40)
@given(st.lists(st.integers(0, 50), min_size=18, max_size=26))
def test_the_search_is_exact(values: list[int]) -> None:
    """Every pair of dates is tried by hand."""
    series = np.array(values, dtype=float)

    def squares(starts: tuple[int, ...]) -> float:
        return sum(float(((part - part.mean()) ** 2).sum()) for part in np.split(series, starts))

    allowed = [pair for pair in itertools.combinations(range(6, len(series) - 5), 2) if pair[1] - pair[0] >= 6]
    best = min(squares(pair) for pair in allowed)
    found = find_change_points(series, exactly=2)
    assert squares(tuple(change.index + 1 for change in found.changes)) == pytest.approx(best, abs=1e-6)


def test_what_is_too_short_is_not_asked() -> None:
    for series in ([1.0] * 11, [1.0] * 20 + [float("nan")]):
        found = find_change_points(series)
        assert found.changes == ()
        assert "too little" in found.note
    assert find_change_points([5.0] * 30).changes == ()
