"""Parts and their totals, and ages and their residents: figures that papers really printed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shp_analysis.errors import RequestError
from shp_analysis.readers.reconciliation import check_age_bands, reconcile


@pytest.mark.parametrize(
    ("parts", "total", "difference"),
    [
        ({"serious": 38, "slight": 127}, 163, 2),
        ({"killed or seriously injured": 32, "slight": 272}, 304, 0),
        ({"killed or seriously injured": 46, "slight": 308}, 354, 0),
        ({"killed or seriously injured": 41, "slight": 423}, 464, 0),
        ({"fatal": 4, "serious": 37}, 41, 0),
        ({"one grant": 368_000, "another": 80_000}, 448_000, 0),
        ({"serious": 0.1, "slight": 0.2}, 0.3, 0),
    ],
)
def test_printed_figures_are_reconciled(parts, total, difference):
    result = reconcile(parts, total)
    assert result.difference == pytest.approx(difference)
    assert result.agrees == (difference == 0)


def test_the_sentence_names_every_figure():
    assert reconcile({"serious": 38, "slight": 127}, 163).sentence == (
        "38 serious + 127 slight = 165, which is 2 more than the total of 163."
    )
    assert reconcile({"a": 1, "b": 1000}, 1002).sentence == (
        "1 a + 1,000 b = 1,001, which is 1 less than the total of 1,002."
    )
    assert (
        reconcile({"serious": 41, "slight": 423}, 464).sentence == "41 serious + 423 slight = 464, which is the total."
    )
    assert "no more than rounding explains" in reconcile({"a": 10, "b": 10}, 25, rounded_to=5).sentence


def test_rounded_figures_may_be_apart_by_half_a_step_each():
    assert reconcile({"a": 10, "b": 10}, 25, rounded_to=5).agrees
    assert not reconcile({"a": 10, "b": 10}, 30, rounded_to=5).agrees
    assert not reconcile({"a": 10, "b": 10}, 25).agrees


@given(st.dictionaries(st.text(min_size=1), st.integers(0, 10**9), min_size=1), st.sampled_from([1, 5, 10, 100]))
def test_parts_rounded_one_by_one_always_agree_with_their_rounded_total(parts, step):
    def rounded(value: int) -> int:
        return round(value / step) * step

    total = sum(parts.values())
    assert reconcile(parts, total).agrees
    assert reconcile({name: rounded(value) for name, value in parts.items()}, rounded(total), rounded_to=step).agrees
    assert not reconcile(parts, total + 1).agrees


@pytest.mark.parametrize(
    ("parts", "total"), [({}, 1), ({"a": float("nan")}, 1), ({"a": 1}, float("nan")), ({"a": float("inf")}, 1)]
)
def test_a_figure_that_is_missing_is_no_zero(parts, total):
    with pytest.raises(RequestError, match="give every part and the total"):
        reconcile(parts, total)


def test_nothing_is_rounded_to_nothing():
    with pytest.raises(RequestError, match="cannot be rounded to 0"):
        reconcile({"a": 1}, 1, rounded_to=0)


@pytest.mark.parametrize(
    ("numerator", "denominator", "agrees", "told"),
    [
        ("19+", "18+", False, "those aged 18 are only among the residents"),
        ("18+", "19+", False, "those aged 18 are only among the people counted"),
        ("18 and over", "18+", True, "aged 18+"),
        ("under 18", "10-17", False, "those aged 0-9 are only among the people counted"),
        ("10 to 17", "10-17", True, "aged 10-17"),
        ("16-59", "16+", False, "those aged 60+ are only among the residents"),
        ("all ages", "0+", True, "aged 0+"),
        (
            "13-19",
            "10-17",
            False,
            "those aged 18-19 are only among the people counted, and those aged 10-12 are only among the residents",
        ),
    ],
)
def test_ages_that_differ_are_told(numerator, denominator, agrees, told):
    result = check_age_bands(numerator, denominator)
    assert result.agrees is agrees
    assert told in result.sentence


@given(st.integers(0, 99), st.integers(0, 99), st.integers(0, 99), st.integers(0, 99))
def test_bands_agree_only_with_themselves_and_either_way_round(a, b, c, d):
    one, other = (f"{min(pair)}-{max(pair)}" for pair in ((a, b), (c, d)))
    assert check_age_bands(one, one).agrees
    assert check_age_bands(one, other).agrees == check_age_bands(other, one).agrees == (one == other)


@pytest.mark.parametrize("band", ["adults", "", "18", "17-10", "under 0", "18++"])
def test_what_says_no_age_is_refused(band):
    with pytest.raises(RequestError, match="is no age band"):
        check_age_bands(band, "18+")
