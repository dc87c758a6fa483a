"""Names of breaks above a chart: each beside its own line, none in another, whatever their dates."""

from __future__ import annotations

from datetime import date

import matplotlib.pyplot as plt
from hypothesis import given
from hypothesis import strategies as st
from legibility import list_faults
from observing import break_at

from shp_analysis.charts.drawing import name_unit, number_of
from shp_analysis.charts.series import mark_breaks
from shp_analysis.page.style import figure_size, use_house_style
from shp_analysis.reference.periods import Month

FIRST, LAST = date(2015, 1, 1), date(2024, 12, 31)
MONTHS = [Month(f"{2015 + number // 12}-{number % 12 + 1:02d}") for number in range(120)]


@given(st.lists(st.sampled_from(MONTHS), unique=True, max_size=4))
def test_no_name_stands_in_another_or_leaves_the_picture(months: list[Month]) -> None:
    with use_house_style():
        figure, axes = plt.subplots(figsize=figure_size("narrow"))
        axes.set_xlim(number_of(FIRST), number_of(LAST))
        axes.set_xticks([])
        name_unit(axes, "cases")
        mark_breaks(axes, [break_at(each.label) for each in months])
    assert list_faults(figure) == []
    named = {text.get_position()[0]: text.xy[0] for text in axes.texts if text.get_text()}  # type: ignore[attr-defined]
    assert len([text for text in axes.texts if text.get_text()]) == len(months)
    assert set(named.values()) <= {number_of(each.start) for each in months}
    plt.close(figure)


def test_a_break_that_lasts_from_before_the_chart_is_named_at_its_edge() -> None:
    _, axes = plt.subplots()
    axes.set_xlim(number_of(FIRST), number_of(LAST))
    mark_breaks(axes, [break_at("2014-06", until_month="2015-06"), break_at("2010-01"), break_at("2026-01")])
    (name,) = (text for text in axes.texts if text.get_text())
    assert name.xy[0] == number_of(FIRST)  # type: ignore[attr-defined]
    (band,) = axes.patches
    assert (band.get_x(), band.get_x() + band.get_width()) == (number_of(FIRST), number_of(date(2015, 7, 1)))
