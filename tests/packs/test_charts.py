"""Charts by their artists and words, on the simulated borough."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure as Canvas

from shp_analysis.assessment.verdicts import Verdict
from shp_analysis.charts import series
from shp_analysis.page.parts import Figure, Notes
from shp_analysis.page.style import DUO_COLOURS, MUTED_COLOUR, format_count
from shp_analysis.papers import figures, headlines, masthead, method, scorecard
from shp_analysis.papers.figures import group_comparisons, monthly_series, notes, yearly_series
from shp_analysis.papers.run import Run, open_run
from shp_analysis.text.sentences import has_figure, state, write_title


@pytest.fixture(scope="module")
def run(simulated_data: Path) -> Run:
    return open_run(period="2024-25 Q4", data_folder=str(simulated_data), simulated=True)


def draw_indicator(run: Run, indicator: str, months: pd.DataFrame | None = None) -> Canvas:
    assessment = run.assessment(indicator)
    if months is not None:
        assessment = replace(assessment, months=months)
    canvas = Canvas()
    axes = canvas.subplots()
    monthly_series.draw_indicator(axes, assessment)
    monthly_series.finish_indicator_axes(axes, assessment)
    first = monthly_series.find_first_day(assessment)
    series.mark_breaks(axes, notes.list_breaks(assessment, first, assessment.period.end))
    return canvas


def read_dots(axes: Axes) -> list[float]:
    """Give the values of upright dots, from the left."""
    (dots,) = (each for each in axes.collections if isinstance(each, PathCollection))
    return [float(value) for _, value in sorted(map(tuple, dots.get_offsets()))]


def read_ranges(axes: Axes) -> list[tuple[float, float]]:
    """Give the ends of upright ranges, from the left."""
    segments = [one for each in axes.collections if isinstance(each, LineCollection) for one in each.get_segments()]
    return [(float(start[1]), float(end[1])) for start, end in sorted(segments, key=lambda each: each[0][0])]


def test_the_line_is_the_months(run: Run) -> None:
    axes = draw_indicator(run, "ALL-01").axes[0]
    line = max(axes.lines, key=lambda each: len(each.get_xdata()))
    assert list(line.get_ydata()) == list(run.assessment("ALL-01").counts_by_month.values())
    assert axes.get_ylim()[0] == 0


@pytest.mark.parametrize("indicator", ["ALL-01", "HC-02"])
def test_both_periods_are_marked_in_their_colours(run: Run, indicator: str) -> None:
    axes = draw_indicator(run, indicator).axes[0]
    marked = {
        to_hex(each.get_facecolor()[0]): each.get_offsets()[:, 1].sum()
        for each in axes.collections
        if str(each.get_label()).startswith("Jan to Mar ")
    }
    comparison = run.assessment(indicator).comparisons[0]
    assert marked == {DUO_COLOURS[0].lower(): comparison.count, DUO_COLOURS[1].lower(): comparison.baseline_count}


def test_quarters_are_drawn_as_quarters(run: Run) -> None:
    figure = figures.plot_indicator(run, "HC-02")
    assert isinstance(figure, Figure)
    assert "hate incidents a quarter from " in figure.alternative_text
    assert [row[0].text for row in figure.table.groups[0].rows] == [
        "Apr to Jun",
        "Jul to Sep",
        "Oct to Dec",
        "Jan to Mar",
    ]
    (line,) = [
        each for each in draw_indicator(run, "HC-02").axes[0].lines if to_hex(each.get_color()) == MUTED_COLOUR.lower()
    ]
    assert len(line.get_xdata()) == len(run.assessment("HC-02").months)


def test_a_missing_month_is_a_gap_in_the_line(run: Run) -> None:
    months = run.assessment("ALL-01").months
    holed = months[months["period_start"].astype(str) != "2022-06-01"].reset_index(drop=True)
    assessment = run.assessment("ALL-01")
    for shown, is_reported in ((assessment, False), (replace(assessment, months=holed), True)):
        figure = figures.plot_indicator(replace(run, assessments=(shown,)), "ALL-01")
        assert isinstance(figure, Figure)
        assert ("A gap in the line: not received." in figure.caption) is is_reported
    axes = draw_indicator(run, "ALL-01", holed).axes[0]
    lines = [len(each.get_xdata()) for each in axes.lines if to_hex(each.get_color()) == MUTED_COLOUR.lower()]
    assert sorted(lines) == [26, 33]


def test_breaks_are_marked_and_explained_once(run: Run) -> None:
    axes = draw_indicator(run, "Drugs").axes[0]
    names = {text.get_text() for text in axes.texts if text.get_text()}
    last = format_count(run.assessment("Drugs").months["numerator"].iloc[-1])
    assert names == {"Pandemic restrictions", "Drug possession rule changed", last}
    figure = figures.plot_indicator(run, "Drugs")
    assert isinstance(figure, Figure)
    assert (
        "Pandemic restrictions and Drug possession rule changed: recording changes, explained below." in figure.caption
    )
    assert figure.title == "Drugs: 165, not comparable"
    notes = {note.term: note.text for note in method.explain_breaks(run, "Drugs", "ALL-01").items}
    assert notes["Drug possession rule changed (SIM-BRK-01), from July 2024"].startswith(
        "Possession found in the course of other enquiries"
    )
    assert len([term for term in notes if "(BRK-07)" in term]) == 1


def test_words_of_a_monthly_chart(run: Run) -> None:
    figure = figures.plot_indicator(run, "ASB-01")
    assert isinstance(figure, Figure)
    assert figure.title.startswith("Anti-social behaviour fell from ")
    assert "January to March 2025: " in figure.alternative_text
    assert figure.conclusions[0].verdict == "down"
    assert len(figure.table.groups[0].rows) == 12
    assert figure.narrow_picture is not None


def test_more_of_what_follows_reporting_is_not_called_a_rise(run: Run) -> None:
    assert write_title(run.assessment("HC-02")).startswith("Hate incidents: more recorded, ")


def test_a_share_has_its_range_at_every_quarter(run: Run) -> None:
    points = yearly_series.list_figures(run.assessment("HC-03"))
    assert len(points) == yearly_series.MOST_POINTS
    assert all(each.lower < each.value < each.upper for each in points)
    canvas = Canvas()
    axes = canvas.subplots()
    yearly_series.draw_figures(axes, points, run.assessment("HC-03"), {})
    assert read_dots(axes) == pytest.approx([each.value for each in points])
    assert read_ranges(axes) == [pytest.approx((each.lower, each.upper)) for each in points]


def test_the_offence_groups_show_what_may_be_compared(run: Run) -> None:
    axes = Canvas().subplots()
    groups = [each for each in run.assessments if each.indicator.is_offence_group]
    group_comparisons.draw_offence_groups(axes, groups)
    compared = {row: each for row, each in enumerate(groups) if each.verdict.shows_percent}
    assert len(compared) == 11
    changes = {row: each.comparisons[0].change for row, each in compared.items()}
    (dots,) = (each for each in axes.collections if isinstance(each, PathCollection))
    drawn = {round(row): ratio for ratio, row in np.ma.filled(dots.get_offsets(), np.nan) if not np.isnan(ratio)}
    assert drawn == pytest.approx({row: 1 + each.adjusted_percent / 100 for row, each in changes.items()})
    filled = [round(row) for (_, row), face in zip(dots.get_offsets(), dots.get_facecolor(), strict=True) if face[3]]
    assert filled == [row for row, each in compared.items() if each.verdict.is_clear]
    assert sorted(text.get_text() for text in axes.texts) == [Verdict.NOT_COMPARABLE, Verdict.TOO_FEW]
    lines = [each for each in axes.collections if isinstance(each, LineCollection)]
    ranges = {round(segment[0][1]): segment[:, 0] for each in lines for segment in each.get_segments()}
    for row, change in changes.items():
        assert list(ranges[row]) == pytest.approx([1 + change.lower / 100, 1 + change.upper / 100])


def test_words_of_the_offence_groups(run: Run) -> None:
    figure = figures.plot_offence_groups(run)
    assert isinstance(figure, Figure)
    assert figure.title == "Of 13 offence groups, 1 clearly up"
    assert [each.verdict for each in figure.conclusions] == ["up"]
    assert "not comparable: Drugs." in figure.alternative_text


def test_charts_are_the_same_each_time(run: Run) -> None:
    first, second = figures.plot_offence_groups(run), figures.plot_offence_groups(run)
    assert isinstance(first, Figure)
    assert isinstance(second, Figure)
    assert first.picture == second.picture


def test_the_scorecard_has_a_row_for_what_matters_under_its_section(run: Run) -> None:
    table = scorecard.build_scorecard(run)
    rows = {row[0].text: row for group in table.groups for row in group.rows}
    assert len({group.heading for group in table.groups}) == len(table.groups) > 5
    assert {"Total recorded crime", "Shoplifting"} <= set(rows)  # core, and extended but clearly changed
    assert "Other theft" not in rows  # extended, and no clear change
    assert rows["Drug trafficking"][3].text == "–"  # not comparable
    assert rows["Weapons found in stop and search"][0].detail.startswith("Cheshire, not Halton")
    assert rows["Anti-social behaviour in the bonfire period"][0].detail.startswith("2024, beside 2023")
    share = rows["Hate incidents recorded as crimes"][1]
    assert (share.text[-1], " of " in share.detail) == ("%", True)


def test_what_did_not_come_is_named_once_and_is_no_zero(simulated_data: Path) -> None:
    """The fire service returned nothing for 2023-24 Q2 (SER-43)."""
    run = open_run(period="2023-24 Q2", data_folder=str(simulated_data), simulated=True)
    fires = run.assessment("Deliberate secondary fires")
    notes = {note.term: note.text for note in masthead.list_not_received(run).items}
    shown = {row[0].text for group in scorecard.build_scorecard(run).groups for row in group.rows}
    assert (fires.verdict, fires.count, has_figure(fires)) == (Verdict.INCOMPLETE, None, False)
    assert fires.indicator.name in notes[fires.indicator.section]
    assert fires.indicator.name not in shown
    assert state(fires).text == "Deliberate secondary fires: not received for July to September 2023."


def test_the_strip_says_what_is_there(run: Run) -> None:
    items = {item.label: item.value for item in masthead.describe_data_quality(run).items}
    feeds = {each.indicator.measure(each.source)[1].records for each in run.assessments if each.indicator.is_agreed}
    assert items["Feeds received"].endswith(f" of {len(feeds)} in full")
    assert items["Data to"].endswith("31 March 2025 at the latest")
    assert items["Figures withheld"] == "none"
    assert items["Natural variation judged on"].endswith("months")


def test_a_period_before_any_record_still_makes_every_part(simulated_data: Path) -> None:
    early = open_run(period="2009-10 Q4", data_folder=str(simulated_data), simulated=True)
    assert {each.verdict for each in early.assessments} == {Verdict.INCOMPLETE, Verdict.NO_LOCAL_MEASURE}
    for part in (
        figures.plot_indicator(early, "ALL-01"),
        figures.plot_offence_groups(early),
        figures.plot_figures_over_time(early, "HC-03"),
    ):
        assert isinstance(part, Notes)
        assert {note.text for note in part.items} == {"No chart is drawn: nothing of it has been received."}
    assert headlines.list_headlines(early).sentences[-1].text.startswith("None of the 55 series could be compared: ")
    assert masthead.describe_data_quality(early).items[0].tone == "problem"
    (row,) = scorecard.build_scorecard(early).groups[0].rows
    assert row[0].text == "None of the 55 figures of this theme was received"
