"""Parts of a whole and tables of counts, by their artists; and the examples of every plotting function."""

from __future__ import annotations

import doctest
from types import ModuleType

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from legibility import list_faults
from matplotlib.colors import to_hex

from shp_analysis.charts import heatmaps, plot_heatmap, plot_parts, ranges, series, stacked_bars
from shp_analysis.charts.drawing import NOTHING, save_both
from shp_analysis.errors import RequestError
from shp_analysis.page.style import CATEGORICAL_COLOURS, FigureSize, figure_size

YEARS = pd.DataFrame(
    {
        "year": ["2022-23"] * 2 + ["2023-24"] * 2,
        "route": ["Police", "Health"] * 2,
        "cases": [30, 10, 20, 20],
    }
)
ROUTES = pd.DataFrame({"route": ["Police", "Housing", "Health"], "cases": [79, 1500, 6]})


@pytest.mark.parametrize(("as_share", "heights"), [(False, [30, 20, 10, 20]), (True, [75, 50, 25, 50])])
def test_parts_of_periods_are_stacked(*, as_share: bool, heights: list[float]) -> None:
    axes = plot_parts(YEARS, x="year", y="cases", color="route", as_share=as_share)
    bars = [each for each in axes.patches if each.get_height()]
    assert sorted(each.get_height() for each in bars) == sorted(heights)
    tops = {round(each.get_y() + each.get_height()) for each in bars if each.get_y()}
    assert tops == {100 if as_share else 40}
    assert {to_hex(each.get_facecolor()).upper() for each in bars} == set(CATEGORICAL_COLOURS[:2])
    assert [label.get_text() for label in axes.get_xticklabels()] == ["2022-23", "2023-24"]
    (legend,) = axes.figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["Police", "Health"]


@pytest.mark.parametrize("size", ["standard", "narrow"])
def test_the_names_of_many_periods_stand_apart(size: FigureSize) -> None:
    names = [f"{2020 + number // 12}-{number % 12 + 1:02d}" for number in range(60)]
    axes = plot_parts(pd.DataFrame({"month": names, "cases": range(60), "sex": "F"}), x="month", y="cases", color="sex")
    axes.figure.set_size_inches(*figure_size(size))
    assert list_faults(axes.figure) == []
    shown = [label.get_text() for label in axes.get_xticklabels()]
    assert shown[-1] == "2024-12"
    assert [names.index(each) for each in shown] == [round(place) for place in axes.get_xticks()]


def test_parts_of_one_period_are_a_bar_each_with_its_number() -> None:
    axes = plot_parts(ROUTES, x="route", y="cases")
    assert [each.get_width() for each in axes.patches] == [79, 1500, 6]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["Police", "Housing", "Health"]
    assert [text.get_text() for text in axes.texts] == ["79", "1,500", "6"]


@pytest.mark.parametrize(
    ("frame", "told"),
    [
        (YEARS.assign(cases=-1), "numbers below zero"),
        (pd.concat([YEARS.assign(route=each) for each in "abcdefg"]), "7 parts cannot be told apart"),
        (YEARS.drop(columns="route"), "There is no column 'route'"),
    ],
)
def test_parts_that_cannot_be_drawn_are_refused(frame: pd.DataFrame, told: str) -> None:
    with pytest.raises(RequestError, match=told):
        plot_parts(frame, x="year", y="cases", color="route")
    assert not plt.get_fignums()


def test_every_cell_of_a_heat_map_has_its_number_and_more_is_darker() -> None:
    table = pd.crosstab(pd.Series(["Mon", "Mon", "Sun"]), pd.Series(["Day", "Day", "Night"]))
    axes = plot_heatmap(table)
    assert [text.get_text() for text in axes.texts] == ["2", "0", "0", "1"]
    shades = axes.collections[0].to_rgba(table.to_numpy().ravel())[:, :3].sum(axis=1)
    assert shades[0] < shades[3] < shades[1]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["Mon", "Sun"]
    assert axes.xaxis.get_ticks_position() == "top"


def test_a_missing_cell_is_left_white() -> None:
    table = pd.DataFrame({"Day": pd.array([3, None], dtype="Int64"), "Night": pd.array([1, 2], dtype="Int64")})
    assert [text.get_text() for text in plot_heatmap(table).texts] == ["3", "1", "2"]


@pytest.mark.parametrize(
    ("table", "told"),
    [
        (pd.DataFrame({"a": [0.5]}), "not whole"),
        (pd.DataFrame({"a": ["many"]}), "no number"),
    ],
)
def test_a_table_of_anything_but_counts_is_refused(table: pd.DataFrame, told: str) -> None:
    with pytest.raises(RequestError, match=told):
        plot_heatmap(table)


def test_the_same_chart_is_the_same_bytes_twice() -> None:
    assert save_both(plot_parts(ROUTES, x="route", y="cases")) == save_both(plot_parts(ROUTES, x="route", y="cases"))
    first, second = (save_both(plot_parts(YEARS, x="year", y="cases", color="route")) for _ in range(2))
    assert first == second
    assert save_both(plot_heatmap(pd.DataFrame({"a": [1]}))) == save_both(plot_heatmap(pd.DataFrame({"a": [1]})))


@pytest.mark.parametrize("module", [heatmaps, ranges, series, stacked_bars])
def test_the_examples_are_true(module: ModuleType) -> None:
    found = doctest.testmod(module)
    assert found.attempted
    assert not found.failed


def test_a_table_without_rows_is_no_error() -> None:
    parts = plot_parts(pd.DataFrame({"route": [], "cases": []}), x="route", y="cases")
    ranges_of_none = ranges.plot_ranges(pd.DataFrame({"name": [], "value": [], "lower": [], "upper": []}))
    for axes in (plot_heatmap(pd.DataFrame()), parts, ranges_of_none, ranges.plot_changes([])):
        assert [text.get_text() for text in axes.texts] == [NOTHING]
    plt.close("all")
