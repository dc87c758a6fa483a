"""Dots with their ranges, and changes, by their artists."""

from __future__ import annotations

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.colors import to_hex

from shp_analysis.assessment.verdicts import Basis, Comparison, Verdict
from shp_analysis.charts import plot_changes, plot_ranges
from shp_analysis.charts.drawing import save_both
from shp_analysis.errors import RequestError
from shp_analysis.page.style import CATEGORICAL_COLOURS, MUTED_COLOUR, SEQUENTIAL_COLOURS
from shp_analysis.reference.periods import Quarter
from shp_analysis.statistics.changes import compare_counts

FRAME = pd.DataFrame(
    {
        "name": ["Knowsley", "Halton", "Wirral"],
        "value": [30.0, 25.1, np.nan],
        "lower": [28.0, np.nan, np.nan],
        "upper": [32.0, np.nan, np.nan],
    }
)


def read_dots(axes: Axes) -> dict[int, tuple[float, str]]:
    """Give the place and colour of the dot of each row."""
    (dots,) = (each for each in axes.collections if isinstance(each, PathCollection))
    places, colours = np.ma.filled(dots.get_offsets(), np.nan), dots.get_edgecolor()
    return {
        round(row): (round(float(x), 6), to_hex(colour).upper())
        for (x, row), colour in zip(places, colours, strict=True)
        if not np.isnan(x)
    }


def read_ranges(axes: Axes) -> dict[int, tuple[float, float]]:
    lines = [each for each in axes.collections if isinstance(each, LineCollection)]
    found = [segment for each in lines for segment in each.get_segments() if not np.isnan(segment).any()]
    return {round(start[1]): (round(start[0], 6), round(end[0], 6)) for start, end in found}


def test_a_dot_with_its_range_for_each_row_in_the_frames_order() -> None:
    axes = plot_ranges(FRAME, own="Halton", reference=27, unit="crimes per 1,000 residents")
    assert [label.get_text() for label in axes.get_yticklabels()] == list(FRAME["name"])
    assert read_dots(axes) == {0: (30.0, MUTED_COLOUR), 1: (25.1, CATEGORICAL_COLOURS[0])}
    assert read_ranges(axes) == {0: (28.0, 32.0)}
    assert axes.get_ylim()[0] > axes.get_ylim()[1], "the first row is at the top"
    (upright,) = axes.lines
    assert list(upright.get_xdata()) == [27, 27]
    assert axes.get_xlabel() == "Crimes per 1,000 residents"
    assert [text.get_text() for text in axes.texts] == ["27", "25.1"], "the line's number, and the own figure"


def test_a_column_of_references_is_a_diamond_in_each_row() -> None:
    axes = plot_ranges(FRAME.assign(england=[20, 21, 22]), reference="england")
    (diamonds,) = axes.lines
    assert diamonds.get_marker() == "D"
    assert [list(each) for each in diamonds.get_xydata()] == [[20, 0], [21, 1], [22, 2]]
    assert {colour for _, colour in read_dots(axes).values()} == {CATEGORICAL_COLOURS[0]}, "all alike where none is own"


@pytest.mark.parametrize(
    ("frame", "options", "told"),
    [
        (FRAME, {"value": "rate"}, "There is no column 'rate'"),
        (FRAME, {"own": "Haltn"}, "There is no row 'Haltn'"),
        (FRAME.assign(name="Halton"), {}, "The name 'Halton' stands in more than one row"),
    ],
)
def test_what_cannot_be_drawn_is_refused(frame: pd.DataFrame, options: dict[str, Any], told: str) -> None:
    with pytest.raises(RequestError, match=told):
        plot_ranges(frame, **options)
    assert not plt.get_fignums()


def compare(then: int, now: int, verdict: Verdict) -> Comparison:
    change = compare_counts(then, now) if verdict.shows_percent else None
    quarter = Quarter("2024-25 Q4")
    return Comparison(
        Basis.SAME_QUARTER_LAST_YEAR, quarter, quarter.same_last_year(), now, then, change, verdict, (), (), ()
    )


UP, DOWN = compare(300, 400, Verdict.UP), compare(400, 300, Verdict.DOWN)
FLAT, FEW = compare(300, 310, Verdict.NO_CLEAR_CHANGE), compare(3, 6, Verdict.TOO_FEW)


def test_a_change_is_drawn_as_a_ratio_with_its_range_in_the_colour_of_its_verdict() -> None:
    axes = plot_changes([UP, DOWN, FLAT, FEW], names=["a", "b", "c", "d"])
    assert read_dots(axes) == {
        0: (round(400 / 300, 6), SEQUENTIAL_COLOURS[1]),
        1: (0.75, SEQUENTIAL_COLOURS[2]),
        2: (round(310 / 300, 6), MUTED_COLOUR),
    }
    assert UP.change is not None
    assert read_ranges(axes)[0] == (round(1 + UP.change.lower / 100, 6), round(1 + UP.change.upper / 100, 6))
    assert [(text.get_text(), text.get_position()[1]) for text in axes.texts] == [("too few to say", 3)]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["a", "b", "c", "d"]


def test_only_clear_changes_are_filled() -> None:
    axes = plot_changes([UP, DOWN, FLAT], names=["a", "b", "c"])
    (dots,) = (each for each in axes.collections if isinstance(each, PathCollection))
    assert [bool(each[3]) for each in dots.get_facecolor()] == [True, True, False]


def test_what_lies_beyond_the_axis_is_an_arrow() -> None:
    none, far = compare(30, 0, Verdict.DOWN), compare(20, 200, Verdict.UP)
    axes = plot_changes([none, far, FLAT], names=["a", "b", "c"])
    assert set(read_dots(axes)) == {2}
    assert [(each.get_marker(), list(each.get_ydata())) for each in axes.lines if each.get_marker() in "<>"] == [
        ("<", [0]),
        (">", [1]),
    ]


def test_a_change_from_nothing_has_no_per_cent_and_is_told_in_words() -> None:
    axes = plot_changes([compare(0, 20, Verdict.UP), FLAT], names=["a", "b"])
    assert set(read_dots(axes)) == {1}
    assert [text.get_text() for text in axes.texts] == ["up"]


def test_the_axis_is_near_small_changes() -> None:
    axes = plot_changes([compare(3000, 3100, Verdict.NO_CLEAR_CHANGE)])
    ticks = [label.get_text() for label in axes.get_xticklabels()]
    assert ticks == ["−20%", "−10%", "0%", "+10%", "+25%"]


def test_each_comparison_needs_a_name() -> None:
    with pytest.raises(RequestError, match="There are 2 comparisons and 1 names"):
        plot_changes([UP, DOWN], names=["a"])


def test_the_same_chart_is_the_same_bytes_twice() -> None:
    first, second = (save_both(plot_changes([UP, FEW], names=["a", "b"])) for _ in range(2))
    assert first == second
    assert save_both(plot_ranges(FRAME)) == save_both(plot_ranges(FRAME))
