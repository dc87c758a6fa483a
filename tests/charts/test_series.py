"""Series over time by their lines, labels and breaks."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from observing import break_at

from shp_analysis.charts import plot_series
from shp_analysis.charts.drawing import NOTHING, number_of, save_both
from shp_analysis.errors import RequestError
from shp_analysis.page.style import CATEGORICAL_COLOURS

COUNTS = [8, 6, 7, 9, 5, 4]


def list_months(counts: list[float | None], first: str = "2024-01") -> pd.DataFrame:
    return pd.DataFrame({"period_start": pd.date_range(first, periods=len(counts), freq="MS"), "count": counts})


def read_lines(axes: Axes) -> list[list[float]]:
    """Give the values of the lines that were drawn of the frame, left out the upright ones of breaks."""
    return [list(each.get_ydata()) for each in axes.lines if list(each.get_ydata()) != [0, 1]]


def test_one_line_of_all_months_from_zero() -> None:
    axes = plot_series(list_months(COUNTS), unit="cases a month")
    assert read_lines(axes) == [COUNTS]
    assert axes.get_ylim()[0] == 0
    assert axes.get_title(loc="left") == "Cases a month"
    assert not axes.texts


@pytest.mark.parametrize("is_left_out", [True, False])
def test_a_missing_month_is_a_gap(*, is_left_out: bool) -> None:
    frame = list_months([8, 6, None, 9, 5])
    axes = plot_series(frame.dropna() if is_left_out else frame)
    assert read_lines(axes) == [[8, 6], [9, 5]]


def test_quarters_are_no_gap_and_a_missing_quarter_is() -> None:
    starts = pd.to_datetime(["2023-01-01", "2023-04-01", "2023-10-01", "2024-04-01", "2024-07-01"])
    frame = pd.DataFrame({"period_start": starts, "count": [1, 2, 3, 4, 5]})
    axes = plot_series(frame)
    assert read_lines(axes) == [[1, 2], [3], [4, 5]]
    (dots,) = axes.collections
    assert list(dots.get_offsets()[:, 1]) == [3], "a period alone would not be seen as a line"


def test_the_end_of_a_period_tells_a_gap_where_steps_do_not() -> None:
    frame = list_months([1, 2, 3])
    frame["period_start"] = pd.to_datetime(["2023-01-01", "2023-07-01", "2024-01-01"])
    frame["period_end"] = frame["period_start"] + pd.offsets.MonthEnd(1)
    assert len(read_lines(plot_series(frame))) == 3
    assert len(read_lines(plot_series(frame.drop(columns="period_end")))) == 1


def test_several_series_are_named_at_their_ends_in_their_colours() -> None:
    frame = pd.concat([list_months(COUNTS).assign(area="Halton"), list_months([30, 40]).assign(area="Warrington")])
    axes = plot_series(frame, color="area", label_last=True)
    assert sorted(read_lines(axes)) == sorted([COUNTS, [30, 40]])
    labels = {text.get_text(): to_hex(text.get_color()).upper() for text in axes.texts}
    assert labels == {"Halton 4": CATEGORICAL_COLOURS[0], "Warrington 40": CATEGORICAL_COLOURS[1]}
    assert axes.get_legend() is None


def test_labels_of_ends_stand_apart_at_both_widths() -> None:
    frame = pd.concat([list_months([5, level]).assign(area=f"Area {level}") for level in (100, 101, 102, 103)])
    axes = plot_series(frame, color="area", label_last=True)
    for size in (axes.figure.get_size_inches(), (86 / 25.4, 48 / 25.4)):
        axes.figure.set_size_inches(size)
        axes.figure.draw_without_rendering()
        boxes = sorted((text.get_window_extent() for text in axes.texts), key=lambda box: box.y0)
        assert all(above.y0 > below.y1 - 4 for below, above in pairwise(boxes))


def test_the_columns_that_a_tidy_frame_may_have() -> None:
    frame = list_months(COUNTS).rename(columns={"count": "value"}).assign(name="x")
    assert read_lines(plot_series(frame)) == [COUNTS]
    both = list_months(COUNTS).assign(rate_per_1000_residents=0.5)
    assert read_lines(plot_series(both)) == [COUNTS]
    assert read_lines(plot_series(both, y="rate_per_1000_residents")) == [[0.5] * 6]
    empty = both.assign(count=pd.array([pd.NA] * 6, dtype="Int64"))
    assert plot_series(empty).get_title(loc="left") == "Rate per 1000 residents"


def test_breaks_are_marked_by_name_and_lasting_ones_shaded() -> None:
    lasting = break_at("2024-02", until_month="2024-03", kind="temporary")
    sudden = break_at("2024-05", is_confirmed=False)
    before = break_at("2010-01")
    axes = plot_series(list_months(COUNTS), breaks=[lasting, sudden, before])
    upright = {each.get_xdata()[0]: each.get_linestyle() for each in axes.lines if list(each.get_ydata()) == [0, 1]}
    assert upright == {number_of(date(2024, 2, 1)): "--", number_of(date(2024, 5, 1)): ":"}
    assert [text.get_text() for text in axes.texts if text.get_text()] == ["Counting changed"] * 2
    assert len(axes.patches) == 1
    assert axes.patches[0].get_x() + axes.patches[0].get_width() == number_of(date(2024, 4, 1))


@pytest.mark.parametrize("highest", [0.8, 3, 17.5, 43, 2600])
def test_the_numbers_of_the_axis_are_not_rounded(highest: float) -> None:
    axes = plot_series(list_months([highest, highest / 2]))
    axes.figure.draw_without_rendering()
    written = [float(label.get_text().replace(",", "")) for label in axes.get_yticklabels()]
    assert written == pytest.approx(list(axes.get_yticks()))


def test_axes_that_are_given_are_drawn_in() -> None:
    _, (one, other) = plt.subplots(2)
    assert plot_series(list_months(COUNTS), ax=other) is other
    assert not one.lines


def test_the_same_chart_is_the_same_bytes_twice() -> None:
    def save() -> tuple[str, str]:
        return save_both(plot_series(list_months(COUNTS), breaks=[break_at("2024-03")], label_last=True))

    assert save() == save()


@pytest.mark.parametrize(
    ("frame", "options", "told"),
    [
        (list_months(COUNTS), {"color": "are"}, "There is no column 'are'; there are period_start, count."),
        (list_months(COUNTS).rename(columns={"count": "n"}), {}, "Name one with y="),
        (list_months(list(range(7))).assign(area=list("abcdefg")), {"color": "area"}, "7 series cannot be told apart"),
    ],
)
def test_what_cannot_be_drawn_is_refused(frame: pd.DataFrame, options: dict[str, str], told: str) -> None:
    with pytest.raises(RequestError, match=told):
        plot_series(frame, **options)
    assert not plt.get_fignums(), "a refusal leaves no empty picture"


@pytest.mark.parametrize("counts", [[], [None, None]])
def test_a_figure_that_was_not_received_is_no_error(counts: list[float | None]) -> None:
    axes = plot_series(list_months(counts), unit="cases a month")
    assert [text.get_text() for text in axes.texts] == [NOTHING]
    plt.close("all")
