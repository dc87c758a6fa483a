"""The chart that answers whether a count is the season: artists, events and words."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from matplotlib.figure import Figure as Canvas
from observing import break_at

from shp_analysis.assessment.assessments import Assessment
from shp_analysis.assessment.signals import SeasonOfPeriod, list_expected_months
from shp_analysis.page.paper_words import CONCLUSION_LETTERS_ON_PAPER
from shp_analysis.page.parts import Figure, Notes
from shp_analysis.page.wording import check_wording
from shp_analysis.papers import figures
from shp_analysis.papers.figures import monthly_series
from shp_analysis.papers.run import Run
from shp_analysis.reference.periods import Month, Quarter

from .conftest import QUARTER, Maker

YEAR = [30.0, 31.0, 29.0, 60.0, 32.0, 28.0, 30.0, 31.0, 29.0, 30.0, 31.0, 29.0]
"""From April: July is twice any other month."""
USUAL, MORE = YEAR * 5, [*(YEAR * 5)[:-3], 80.0, 81.0, 79.0]
CALM = [29.0, 31.0] * 30


def plot(run: Run, assessment: Assessment) -> Figure:
    figure = figures.plot_season(replace(run, assessments=(assessment,)), assessment.indicator.id)
    assert isinstance(figure, Figure)
    return figure


def words_of(figure: Figure) -> str:
    return " ".join(each.text for each in figure.conclusions)


def test_the_count_stands_beside_what_was_expected(run: Run, make: Maker) -> None:
    figure = plot(run, make(USUAL))
    assert figure.title.startswith("Anti-social behaviour: 90, where ")
    assert "January to March 2025 had 90, about as expected: " in words_of(figure)
    assert " would be usual for the time of year." in words_of(figure)
    assert len(words_of(figure)) <= CONCLUSION_LETTERS_ON_PAPER
    assert "July is usually high, by the 57 months before." in words_of(figure)
    march = figure.table.groups[0].rows[-1]
    assert [cell.text for cell in march] == ["Mar", "29", "29", "29"]
    assert march[-1].detail.startswith("29 (")


def test_a_count_outside_the_range_is_called_so(run: Run, make: Maker) -> None:
    figure = plot(run, make(MORE))
    assert figure.title.startswith("Anti-social behaviour: 240, where ")
    assert "January to March 2025 had 240, where " in words_of(figure)
    assert "Even if nothing had changed, one period in 20 would lie outside." in words_of(figure)


def test_no_month_is_called_high_without_a_clear_season(run: Run, make: Maker) -> None:
    figure = plot(run, make(CALM))
    assert figure.title.endswith(" would be usual at the level before")
    assert "No clear season shows in the 57 months before." in words_of(figure)
    assert "usually" not in words_of(figure)


def test_a_missing_month_has_an_expectation_and_no_count(run: Run, make: Maker) -> None:
    figure = plot(run, make([*USUAL[:-2], None, 29.0]))
    assert figure.title.endswith(" would be usual for the time of year")
    assert "January to March 2025 was not received whole; " in words_of(figure)


def test_too_few_months_fall_back_on_the_course_and_say_why(run: Run, make: Maker) -> None:
    short = plot(run, make(USUAL[-20:]))
    assert short.cannot_conclude.startswith(
        "Whether it is the season cannot be said. Comparable earlier years: 1; 3 are"
    )
    few = make(USUAL[-20:])
    years_of_area = figures.plot_indicator(replace(run, assessments=(few,)), few.indicator.id)
    assert isinstance(years_of_area, Figure)
    assert short.narrow_picture == years_of_area.narrow_picture
    quarters = plot(run, make([30.0, 60.0, 40.0, 20.0] * 5, unit=Quarter))
    assert "The same part of the 3 years before came to 20 on average" in words_of(quarters)


def test_nothing_received_is_a_line(run: Run) -> None:
    missing = replace(run.assessment("ASB-04"), signals=None)
    assert isinstance(figures.plot_season(replace(run, assessments=(missing,)), "ASB-04"), Notes)


def test_the_lines_are_the_months_and_their_range(make: Maker) -> None:
    signals = make(MORE).signals
    assert signals is not None
    assert isinstance(signals.season, SeasonOfPeriod)
    months = list_expected_months(signals.series, signals.season, 36)
    axes = Canvas().subplots()
    monthly_series.draw_season(axes, months, signals.season)
    counted = next(each for each in axes.lines if each.get_label() == "counted")
    expected = next(each for each in axes.lines if each.get_label() == "expected")
    assert list(counted.get_ydata()) == MORE[-36:]
    assert list(expected.get_ydata()) == [each.expected for each in months]
    dots = next(each for each in axes.collections if each.get_label() == "Jan to Mar 2025")
    assert dots.get_offsets()[:, 1].tolist() == [80.0, 81.0, 79.0]


def test_counts_start_at_zero_with_room_for_events_below(make: Maker) -> None:
    assessment = make(USUAL)
    months = list_expected_months(assessment.signals.series, assessment.signals.season, 36)
    for has_events in (False, True):
        axes = Canvas().subplots()
        monthly_series.draw_season(axes, months, assessment.signals.season)
        monthly_series.finish_season_axes(axes, months, assessment, has_events=has_events)
        bottom, top = axes.get_ylim()
        assert bool(bottom < 0) is has_events
    assert -bottom / (top - bottom) == pytest.approx(monthly_series.ROOM)
    assert min(each for each in axes.get_yticks() if each >= 0) == 0
    labels = [each.get_text() for each in axes.get_yticklabels()]
    assert not [each for each in labels if "\N{MINUS SIGN}" in each]


AUTUMN = Quarter("2022-23 Q3"), Quarter("2021-22 Q3")


def test_confirmed_events_of_the_two_periods_are_lettered_once_for_both(run: Run, make: Maker) -> None:
    shown = monthly_series.list_marked_events(run, make(USUAL), *AUTUMN)
    assert [(each.letter, each.name, len(each.windows)) for each in shown] == [
        ("a", "Halloween", 2),
        ("b", "Bonfire Night", 2),
        ("c", "Christmas and New Year", 2),
        ("d", "Operation Treacle (Halloween and Bonfire Night) in Cheshire", 1),
    ]
    assert monthly_series.name_events(shown).endswith("c, Christmas and New Year; d, Operation Treacle in Cheshire.")
    assert monthly_series.name_events(()) == ""
    summer = Quarter("2024-25 Q2"), Quarter("2023-24 Q2")
    assert monthly_series.list_marked_events(run, make(USUAL), *summer) == (), (
        "the dates of school holidays are not confirmed"
    )


def test_every_event_of_the_months_shown_stands_in_the_table(run: Run, make: Maker) -> None:
    figure = plot(run, make(USUAL))
    assert "Bonfire Night (November 2022, November 2023, November 2024)" in figure.table.note
    assert "School summer holiday (date not confirmed) (July 2022, " in figure.table.note
    assert "Council appoints an ASB officer" not in figure.table.note, "nobody knows when"
    assert "Bonfire" not in figure.caption


def test_a_bar_covers_the_days_of_its_event(run: Run, make: Maker) -> None:
    shown = monthly_series.list_marked_events(run, make(USUAL), *AUTUMN)
    axes = Canvas().subplots()
    axes.set_xlim(monthly_series.number_of(Month("2021-04").start), monthly_series.number_of(QUARTER.end))
    monthly_series.mark_events(axes, shown, is_wide=True)
    bars = sorted((each.get_x(), each.get_x() + each.get_width()) for each in axes.patches)
    holiday = Month("2021-12").start.replace(day=20), Month("2022-01").start.replace(day=3)
    assert tuple(map(monthly_series.number_of, holiday)) in bars
    assert len(bars) == sum(len(each.windows) for each in shown) == len(axes.texts)


@pytest.mark.parametrize("places", [[1.0, 1.1, 5.0], [9.8, 9.9, 10.0], [0.0, 0.0, 0.0, 0.0]])
def test_letters_stand_apart_and_inside_the_chart(places: list[float]) -> None:
    letters = list("abcd")[: len(places)]
    spread = monthly_series.spread_letters(list(zip(places, letters, strict=True)), width=0.5, last=10.0)
    assert [letter for _, letter in spread] == letters
    assert all(after - before >= 0.5 - 1e-9 for (before, _), (after, _) in pairwise(spread))
    assert max(place for place, _ in spread) <= 10.0


def test_breaks_are_marked_by_their_name(run: Run, make: Maker) -> None:
    figure = plot(run, make(USUAL, breaks=[break_at("2023-01", is_confirmed=False)]))
    assert "Counting changed: a recording change, explained below." in figure.caption


def test_every_sentence_passes_the_wording_rules(run: Run, make: Maker) -> None:
    for counts in (USUAL, MORE, CALM, [*USUAL[:-2], None, 29.0]):
        figure = plot(run, make(counts))
        said = [(each.text, False) for each in figure.conclusions]
        said += [(figure.title, False), (figure.caption, False), (figure.cannot_conclude, True)]
        assert [
            check_wording(text, evidence=figure.denial if denies else figure.evidence) for text, denies in said
        ] == [[]] * len(said)
