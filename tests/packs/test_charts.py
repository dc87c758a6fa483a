"""Charts by their artists and words, on the simulated borough."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure as Canvas

from shp_analysis import charts, findings, tables
from shp_analysis.comparisons import Verdict
from shp_analysis.style import DUO_COLOURS, MUTED_COLOUR
from shp_analysis.workbook import Run, open_run


@pytest.fixture(scope="module")
def run(simulated_data: Path) -> Run:
    return open_run(period="2024-25 Q4", data_folder=str(simulated_data), simulated=True)


def draw_months(run: Run, indicator: str, months: pd.DataFrame | None = None) -> Canvas:
    assessment = run.assessment(indicator)
    if months is not None:
        assessment = replace(assessment, months=months)
    canvas = Canvas()
    axes = canvas.subplots()
    charts._draw_months(axes, assessment)
    charts._mark_breaks(axes, charts._breaks_shown(assessment), assessment)
    charts._dress_months(axes, assessment)
    return canvas


def test_the_line_is_the_months(run: Run) -> None:
    axes = draw_months(run, "ALL-01").axes[0]
    line = max(axes.lines, key=lambda each: len(each.get_xdata()))
    assert list(line.get_ydata()) == list(run.assessment("ALL-01").counts_by_month.values())
    assert axes.get_ylim()[0] == 0


def test_both_periods_are_marked_in_their_colours(run: Run) -> None:
    axes = draw_months(run, "ALL-01").axes[0]
    marked = {
        to_hex(each.get_facecolor()[0]): each.get_offsets()[:, 1].tolist()
        for each in axes.collections
        if each.get_label()[0] != "_"
    }
    months = run.assessment("ALL-01").counts_by_month
    comparison = run.assessment("ALL-01").comparisons[0]
    assert marked[DUO_COLOURS[0].lower()] == [months[month] for month in comparison.period.months]
    assert marked[DUO_COLOURS[1].lower()] == [months[month] for month in comparison.baseline.months]


def test_a_missing_month_is_a_gap_in_the_line(run: Run) -> None:
    months = run.assessment("ALL-01").months
    holed = months[months["period_start"].astype(str) != "2022-06-01"].reset_index(drop=True)
    axes = draw_months(run, "ALL-01", holed).axes[0]
    lines = [len(each.get_xdata()) for each in axes.lines if to_hex(each.get_color()) == MUTED_COLOUR.lower()]
    assert sorted(lines) == [26, 33]


def test_breaks_are_marked_and_explained(run: Run) -> None:
    axes = draw_months(run, "Drugs").axes[0]
    assert [text.get_text() for text in axes.texts] == ["BRK-07", "SIM-BRK-01"]
    figure = charts.plot_monthly_counts(run, "Drugs")
    assert "SIM-BRK-01, from July 2024: possession" in figure.caption
    assert figure.title == "Drugs: 165, not comparable"


def test_words_of_a_monthly_chart(run: Run) -> None:
    figure = charts.plot_monthly_counts(run, "ASB-01")
    assert figure.title.startswith("Anti-social behaviour fell from ")
    assert "January to March 2025: " in figure.alternative_text
    assert figure.conclusions[0].verdict == "down"
    assert len(figure.table.groups[0].rows) == 12
    assert figure.narrow_picture is not None


def test_the_forest_shows_what_may_be_compared(run: Run) -> None:
    canvas = Canvas()
    axes = canvas.subplots()
    groups = [each for each in run.assessments if each.indicator.is_offence_group]
    for row, assessment in enumerate(groups):
        charts._draw_change(axes, row, assessment)
    dots = [line for line in axes.lines if line.get_marker() == "o"]
    assert len(dots) == sum(each.verdict.shows_percent for each in groups) == 11
    filled = [line.get_ydata()[0] for line in dots if to_hex(line.get_markerfacecolor()) != "#ffffff"]
    assert filled == [row for row, each in enumerate(groups) if each.verdict.is_clear]
    assert sorted(text.get_text() for text in axes.texts) == [Verdict.NOT_COMPARABLE, Verdict.TOO_FEW]
    ranges = {line.get_ydata()[0]: line.get_xdata() for line in axes.lines if line.get_marker() == "None"}
    for row, assessment in enumerate(groups):
        change = assessment.comparisons[0].change
        if change is not None and assessment.verdict.shows_percent:
            assert list(ranges[row]) == pytest.approx([1 + change.lower / 100, 1 + change.upper / 100])


def test_words_of_the_forest(run: Run) -> None:
    figure = charts.plot_changes(run)
    assert figure.title == "Of 13 offence groups, 1 clearly up"
    assert [each.verdict for each in figure.conclusions] == ["up"]
    assert "not comparable: Drugs." in figure.alternative_text


def test_charts_are_the_same_each_time(run: Run) -> None:
    assert charts.plot_changes(run).picture == charts.plot_changes(run).picture


def test_the_scorecard(run: Run) -> None:
    table = tables.build_scorecard(run)
    rows = table.groups[0].rows
    assert len(rows) == 15
    drugs = next(row for row in rows if row[0].text == "Drugs")
    assert drugs[3].text == "–"
    few = next(row for row in rows if row[0].text == "Theft from the person")
    assert (few[1].text, few[2].text, few[3].text) == ("6", "3", "+3")


def test_the_strip_says_what_is_there(run: Run) -> None:
    items = {item.label: item.value for item in findings.describe_trust(run).items}
    assert items["Police records"] == "3 of 3 months received"
    assert items["Data to"] == "31 March 2025"
    assert items["Recording changes in between"] == "1, affecting Drugs"
    assert items["Natural variation judged on"].endswith("months")


def test_a_period_before_any_record_still_makes_every_part(simulated_data: Path) -> None:
    early = open_run(period="2019-20 Q4", data_folder=str(simulated_data), simulated=True)
    assert {each.verdict for each in early.assessments} == {Verdict.INCOMPLETE}
    figure = charts.plot_monthly_counts(early, "ALL-01")
    assert figure.title == "Total recorded crime: incomplete"
    assert (
        findings.state_headlines(early).sentences[-1].text == "None of the 15 series could be compared: 15 incomplete."
    )
    forest = charts.plot_changes(early)
    assert forest.title == "None of the 13 offence groups could be compared"
    assert forest.conclusions[0].text == "Nothing can be concluded: no comparison could be made."
    assert findings.describe_trust(early).items[0].tone == "problem"
    assert tables.build_scorecard(early).groups[0].rows[0][1].text == "[x]"
