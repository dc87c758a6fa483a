"""The usual range on a course: its artists, its legend, and the words that go with it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from matplotlib.axes import Axes
from matplotlib.collections import FillBetweenPolyCollection, PathCollection
from matplotlib.figure import Figure as Canvas
from matplotlib.markers import MarkerStyle
from observing import break_at

from shp_analysis.assessment.assessments import Assessment
from shp_analysis.assessment.signals import Mark, MarkKind
from shp_analysis.charts import drawing
from shp_analysis.charts.drawing import name_shortly
from shp_analysis.page.parts import Figure
from shp_analysis.page.style import figure_size, use_house_style
from shp_analysis.page.wording import check_wording
from shp_analysis.papers import figures
from shp_analysis.papers.figures import monthly_series
from shp_analysis.papers.run import Run
from shp_analysis.reference.periods import FinancialYear, Month, Period, Quarter

from .conftest import Maker

CALM = [19.0, 21.0] * 30
ONE_HIGH = [*CALM[:-12], 60.0, *CALM[-11:]]
ROW = [*CALM[:40], *[20.6, 20.4] * 4, *CALM[-12:]]


def plot(run: Run, assessment: Assessment) -> Figure:
    figure = figures.plot_indicator(replace(run, assessments=(assessment,)), assessment.indicator.id)
    assert isinstance(figure, Figure)
    return figure


def words_of(figure: Figure) -> str:
    return " ".join(each.text for each in figure.conclusions)


def draw_ranges(assessment: Assessment, first: str = "2020-04") -> Canvas:
    canvas = Canvas()
    axes = canvas.subplots()
    day = Month(first).start
    monthly_series.draw_limits(axes, monthly_series.list_ranges(assessment, day))
    monthly_series.draw_marks(axes, monthly_series.list_shown_marks(assessment, day))
    return canvas


def test_a_band_is_drawn_for_each_stretch_between_its_limits(make: Maker) -> None:
    assessment = make([*CALM[:30], *[40.0, 42.0] * 15], breaks=[break_at("2022-10")])
    axes = draw_ranges(assessment).axes[0]
    bands = [each for each in axes.collections if isinstance(each, FillBetweenPolyCollection)]
    heights = [(band.get_datalim(axes.transData).y0, band.get_datalim(axes.transData).y1) for band in bands]
    chart = assessment.signals.chart
    assert heights == [pytest.approx((each.lower, each.upper)) for each in chart.segments]
    assert [band.get_label() for band in bands] == ["usual range", "_again"]


def test_a_month_outside_is_a_triangle(make: Maker) -> None:
    axes = draw_ranges(make(ONE_HIGH)).axes[0]
    (marks,) = [each for each in axes.collections if isinstance(each, PathCollection)]
    path = MarkerStyle("^").get_path().transformed(MarkerStyle("^").get_transform())
    assert marks.get_paths()[0].vertices.tolist() == path.vertices.tolist()
    assert marks.get_offsets()[:, 1].tolist() == [60.0]
    assert marks.get_label() == "out of range"
    assert list_thick_lines(axes) == []


def test_a_run_is_marked_once_by_a_thick_line(make: Maker) -> None:
    axes = draw_ranges(make(ROW)).axes[0]
    ((label, counts),) = list_thick_lines(axes)
    assert label == "unusual run"
    assert counts == [21.0, *[20.6, 20.4] * 4]
    assert not [each for each in axes.collections if isinstance(each, PathCollection)]


def list_thick_lines(axes: Axes) -> list[tuple[str, list[float]]]:
    return [(str(each.get_label()), list(each.get_ydata())) for each in axes.lines if each.get_linewidth() == 3]


def mark(month: str, kind: MarkKind, *, is_high: bool = True) -> Mark:
    return Mark(Month(month), 1.0, kind, is_high)


def test_neighbours_on_one_side_are_one_run_whatever_marks_them() -> None:
    months = [f"2023-{number:02d}" for number in range(1, 9)]
    kinds = [MarkKind.NEAR, MarkKind.OUTSIDE, *[MarkKind.ROW] * 6]
    (run,) = monthly_series.list_runs([mark(*each) for each in zip(months, kinds, strict=True)])
    assert (run.kind, run.length, run.words) == (MarkKind.ROW, 8, "January to August 2023")


def test_runs_end_at_a_gap_the_other_side_and_another_pattern() -> None:
    marks = [
        mark("2022-11", MarkKind.NEAR),
        mark("2023-01", MarkKind.NEAR),
        mark("2023-02", MarkKind.ROW, is_high=False),
        mark("2023-03", MarkKind.DRIFT, is_high=False),
        mark("2023-07", MarkKind.OUTSIDE),
    ]
    runs = monthly_series.list_runs(marks)
    assert [(each.kind, len(each.marks), each.length) for each in runs] == [
        (MarkKind.NEAR, 2, 3),
        (MarkKind.ROW, 1, 1),
        (MarkKind.DRIFT, 1, 1),
    ]
    assert runs[0].words == "November 2022 to January 2023"


def test_only_what_the_chart_shows_is_marked(make: Maker) -> None:
    assessment = make(ONE_HIGH)
    assert monthly_series.list_shown_marks(assessment, Month("2024-05").start) == []
    (shown,) = monthly_series.list_ranges(assessment, Month("2024-05").start)
    assert len(shown.periods) == 11


def test_the_conclusion_names_the_month_that_stands_out(run: Run, make: Maker) -> None:
    figure = plot(run, make(ONE_HIGH))
    assert "One month, April 2024, stands out above the usual range (triangle)." in words_of(figure)
    assert "A mark is a question and not a proof: of 100 charts of 60 months" in figure.cannot_conclude
    assert "where nearly all months lie if nothing changes (1" in figure.caption
    assert "April 2024, stands out" in figure.alternative_text


def test_the_conclusion_tells_of_a_run_in_plain_words(run: Run, make: Maker) -> None:
    told = words_of(plot(run, make(ROW)))
    assert "9 months in a row, July 2023 to March 2024, lie above the average (thick line)." in told
    low = words_of(plot(run, make([*CALM[:41], *[19.6, 19.4] * 4, *CALM[-11:]])))
    assert "9 months in a row, August 2023 to April 2024, lie below the average (thick line)." in low


def test_of_several_runs_the_latest_is_told_and_the_others_are_counted(run: Run, make: Maker) -> None:
    counts = [*CALM[:10], *[20.6, 20.4] * 4, *CALM[:22], *[20.6, 20.4] * 4, *CALM[-12:]]
    told = words_of(plot(run, make(counts)))
    assert "9 months in a row, July 2023 to March 2024, lie above" in told
    assert "An earlier run is marked too." in told


def test_a_quiet_chart_says_so_and_warns_of_no_mark(run: Run, make: Maker) -> None:
    figure = plot(run, make(CALM))
    assert "None of the 60 months that could be judged stands out from the usual range." in words_of(figure)
    assert "question" not in figure.cannot_conclude


def test_more_than_three_months_are_counted_and_the_latest_is_named(run: Run, make: Maker) -> None:
    counts = list(CALM)
    for place in (5, 17, 29, 41):
        counts[place] = 70.0
    assert "4 months, the latest September 2023, stand out above" in words_of(plot(run, make(counts)))


def test_a_season_is_warned_of(run: Run, make: Maker) -> None:
    figure = plot(run, make(([10.0, 11.0, 10.0, 60.0] + [10.0, 9.0] * 4) * 5))
    assert "The band makes no allowance for the season." in figure.caption
    assert "season" not in plot(run, make(CALM)).caption


def test_too_few_points_have_no_range_and_it_is_said(run: Run, make: Maker) -> None:
    figure = plot(run, make(CALM[:9]))
    assert "No usual range is drawn for now: fewer than 12 months mean the same as the latest." in figure.caption
    assert len(figure.conclusions) == 1
    later = plot(run, make(CALM, breaks=[break_at("2024-10")]))
    assert "No usual range is drawn for now" in later.caption
    assert "Blue band" in later.caption


def test_few_quarters_are_provisional(run: Run, make: Maker) -> None:
    figure = plot(run, make([20.0, 22.0] * 7, unit=Quarter))
    assert "It is provisional, from 14 quarters." in figure.caption


def test_every_sentence_passes_the_wording_rules(run: Run, make: Maker) -> None:
    for counts in (CALM, ONE_HIGH, ROW, CALM[:9]):
        figure = plot(run, make(counts))
        said = [(each.text, each.verdict, each.evidence) for each in figure.conclusions]
        said += [(figure.caption, figure.verdict, figure.evidence), (figure.cannot_conclude, None, figure.denial)]
        assert [check_wording(text, verdict=verdict, evidence=held) for text, verdict, held in said] == [[]] * len(said)


def test_what_is_labelled_alike_is_one_entry_of_the_legend(make: Maker) -> None:
    counts = [*CALM[:40], *[20.6, 20.4] * 4, *CALM[-12:-2], 60.0, 2.0]
    with use_house_style():
        canvas = draw_ranges(make(counts))
        canvas.set_size_inches(figure_size("narrow"))
        drawing.add_legend(canvas.axes[0], entries=4)
        (legend,) = canvas.legends
    assert [each.get_text() for each in legend.get_texts()] == ["usual range", "out of range"]


@pytest.mark.parametrize(
    ("period", "name"),
    [
        (Quarter("2024-25 Q4"), "Jan to Mar 2025"),
        (Month("2025-03"), "Mar 2025"),
        (FinancialYear("2024-25"), "Apr 2024 to Mar 2025"),
    ],
)
def test_a_legend_names_periods_shortly(period: Period, name: str) -> None:
    assert name_shortly(period) == name


@pytest.mark.parametrize("size", [drawing.DESK, "narrow"])
def test_nothing_of_the_legend_leaves_the_picture(run: Run, make: Maker, size) -> None:
    """Every entry lies in the picture and stands under the months' names."""
    counts = [*CALM[:40], *[20.6, 20.4] * 4, *CALM[-12:-2], 60.0, 2.0]
    assessment = make(counts, breaks=[break_at("2021-04", is_confirmed=False)])
    with use_house_style():
        canvas = Canvas(figsize=figure_size(size), layout="constrained")
        axes = canvas.subplots()
        monthly_series.draw_indicator(axes, assessment)
        monthly_series.draw_limits(axes, monthly_series.list_ranges(assessment, Month("2020-04").start))
        monthly_series.draw_marks(axes, monthly_series.list_shown_marks(assessment, Month("2020-04").start))
        monthly_series.finish_indicator_axes(axes, assessment)
        canvas.draw_without_rendering()
        (legend,) = canvas.legends
        box, ticks = legend.get_window_extent(), [each.get_window_extent() for each in axes.get_xticklabels()]
    assert 0 <= box.x0 < box.x1 <= canvas.bbox.width
    assert box.y1 <= min(each.y0 for each in ticks)
