"""Anhøj's rules: the published limits, and runs and crossings counted by eye."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shp_analysis.statistics.runs import RunSignal, assess_runs, limit_runs

PUBLISHED = Path(__file__).parents[1] / "data" / "statistics" / "limit_runs" / "anhoej_run_limits.csv"


def test_limits_agree_with_the_published_table() -> None:
    table = pd.read_csv(PUBLISHED)
    assert len(table) == 91
    for points, longest, crossings in table.itertuples(index=False):
        assert limit_runs(points) == (longest, crossings)


@pytest.mark.parametrize(
    ("sides", "longest", "crossings"),
    [
        ("+-+-+-+-+-", 1, 9),
        ("++++++++++", 10, 0),
        ("+++---+++---", 3, 3),
        ("--+++++++--", 7, 2),
        ("+", 1, 0),
        ("", 0, 0),
    ],
)
def test_runs_and_crossings_by_eye(sides: str, longest: int, crossings: int) -> None:
    signal = assess_runs([{"+": 6.0, "-": 4.0}[side] for side in sides], 5.0)
    assert (signal.useful_points, signal.longest_run, signal.crossings) == (len(sides), longest, crossings)


def test_points_on_the_centre_and_gaps_are_passed_over() -> None:
    nan = float("nan")
    assert assess_runs([6, 5, nan, 6, 4], 5.0) == assess_runs([6, 6, 4], 5.0)
    assert assess_runs([6, nan, 4], nan).useful_points == 0


@pytest.mark.parametrize(
    ("sides", "is_signal"),
    [
        pytest.param("++++++++" + "-+-+-+-+-+-+", True, id="20 points, a run of 8: one too long"),
        pytest.param("+++++++" + "-+-+-+-+-+-+-", False, id="20 points, a run of 7: not too long"),
        pytest.param("++++-----+++++-----+", True, id="20 points, 4 crossings where 6 are the fewest"),
        pytest.param("++++-----", False, id="9 points: too few to say"),
        pytest.param("+++++-----", True, id="10 points, one crossing where 2 are the fewest"),
    ],
)
def test_signals(sides: str, is_signal: bool) -> None:  # noqa: FBT001
    assert assess_runs([1.0 if side == "+" else -1.0 for side in sides], 0.0).is_signal == is_signal


@given(st.lists(st.integers(-3, 3), max_size=80))
def test_turning_the_series_upside_down_or_round_changes_nothing(series: list[int]) -> None:
    signal = assess_runs(series, 0)
    assert signal == assess_runs([-value for value in series], 0) == assess_runs(series[::-1], 0)
    assert signal.longest_run <= signal.useful_points
    assert signal.crossings <= max(signal.useful_points - 1, 0)


def test_false_alarms_stay_near_five_in_a_hundred() -> None:
    rng = np.random.default_rng(20)
    alarms = [assess_runs(series, float(np.median(series))).is_signal for series in rng.normal(size=(2_000, 24))]
    assert 0.02 <= np.mean(alarms) <= 0.10


def test_a_signal_is_a_plain_value() -> None:
    assert assess_runs([1, 2, 3], 2) == RunSignal(2, 1, 4, 1, 0)
