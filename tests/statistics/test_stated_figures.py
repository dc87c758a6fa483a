"""Stated percentages, names said twice, and bridges over recording breaks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shp_analysis.errors import RequestError
from shp_analysis.statistics.stated_figures import bridge_recording, check_stated_percent, list_distinct_names


@pytest.mark.parametrize(
    ("count", "whole", "stated", "agrees", "is_cut_off"),
    [
        (154, 984, "16", True, False),
        (154, 984, "15", False, True),
        (154, 984, "15.7", True, False),
        (154, 984, "15.6", False, True),
        (154, 984, "20", False, False),
        (1, 8, "13", True, False),
        (0, 8, "0", True, False),
    ],
)
def test_a_percentage_is_its_counts_own_or_not(count, whole, stated, agrees, is_cut_off) -> None:
    found = check_stated_percent(count, whole, stated)
    assert (found.agrees, found.is_cut_off) == (agrees, is_cut_off)
    assert found.sentence.endswith("as stated.") is agrees
    assert ("cut off" in found.sentence) is is_cut_off


@given(st.integers(0, 10_000), st.integers(1, 10_000))
def test_what_is_rounded_from_the_counts_agrees(count: int, whole: int) -> None:
    rounded = check_stated_percent(count, whole, "1").rounded
    assert check_stated_percent(count, whole, str(rounded)).agrees


@pytest.mark.parametrize(("whole", "stated"), [(0, "15"), (984, "15%"), (984, ""), (984, "-1")])
def test_what_is_no_percentage_is_refused(whole: int, stated: str) -> None:
    with pytest.raises(RequestError, match="cannot be checked"):
        check_stated_percent(154, whole, stated)


def test_titles_roles_dots_and_case_do_not_make_two_people_of_one() -> None:
    names = ["Councillor J. Example", "Cllr J Example (Chair)", "j example", "Dr. J. Other", "J. Example-Smith"]
    assert list_distinct_names(names) == ("Councillor J. Example", "Dr. J. Other", "J. Example-Smith")
    assert list_distinct_names([]) == ()


def test_a_bridge_carries_counts_and_refuses_what_is_no_rate() -> None:
    bridge = bridge_recording(80.0, 96.0)
    assert (bridge.factor, bridge.carry(100)) == (pytest.approx(1.2), pytest.approx(120))
    for wrong in (0.0, -1.0, 101.0):
        with pytest.raises(RequestError, match="bridges nothing"):
            bridge_recording(wrong, 96.0)
