"""Forecasts and news in sentences: what is said, and why where nothing is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from observing import break_at

from shp_analysis.assessment.assessments import Assessment
from shp_analysis.assessment.new_signals import list_new_signals
from shp_analysis.config.parameters import Paper
from shp_analysis.page.wording import check_wording
from shp_analysis.papers import forecasts, new_signals
from shp_analysis.papers.forecasts import explain_absence
from shp_analysis.papers.new_signals import describe_new_signal
from shp_analysis.papers.run import Run
from shp_analysis.reference.periods import Quarter

from .conftest import Maker

CALM = [29.0, 31.0] * 30
"""Quarters of 89 and 91 in turn, the last of them 91."""
ACROSS = (
    "No forecast, for none is made across a recording change: 9 quarters since the form was replaced in January 2023, "
    "and 12 are needed."
)


def outlook(run: Run, *assessments: Assessment) -> dict[str, str]:
    part = forecasts.describe_forecasts(replace(run, assessments=assessments))
    return {note.term: note.text for note in part.items}


def news(run: Run, *assessments: Assessment) -> dict[str, str]:
    part = new_signals.describe_new_signals(replace(run, assessments=assessments))
    return {note.term: note.text for note in part.items}


def shifted(mean: float, factor: float, seed: int = 3) -> list[float]:
    """Six years of chance, the last quarter of which has another level."""
    counts = np.random.default_rng(seed).poisson(mean, 72).astype(float)
    counts[-3:] = np.round(counts[-3:] * factor)
    return counts.tolist()


def test_the_next_quarter_and_the_score_of_the_last_stand_in_one_line(run: Run, make: Maker) -> None:
    told = outlook(run, make(CALM))["Anti-social behaviour"]
    assert told.startswith("April to June 2025: 89 expected (95% range ")
    assert "A quarter ago the forecast for January to March 2025 would have been 91 (" in told
    assert "; it came to 91, inside the range." in told


def test_a_quarter_unlike_any_is_outside_and_warned_of(run: Run, make: Maker) -> None:
    told = outlook(run, make([*CALM[:-3], 90.0, 92.0, 91.0]))["Anti-social behaviour"]
    assert "it came to 273, outside the range." in told
    assert "The last month lies outside its usual range, which pulls the forecast its way." in told


@pytest.mark.parametrize(
    ("counts", "breaks", "reason"),
    [
        (
            CALM,
            [break_at("2023-01", what_changed="the form was replaced in January 2023")],
            ACROSS,
        ),
        ([*CALM[:-1], None], [], "No forecast: January to March 2025 was not received whole."),
        (
            [*CALM[:-8], None, *CALM[-7:]],
            [],
            "No forecast: 2 quarters since one that was not received whole, and 12 are needed.",
        ),
        (CALM[:9], [], "No forecast: 3 quarters received, and 12 are needed."),
        ([0.0, 1.0] * 30, [], "No forecast: fewer than 5 events a quarter are not forecast."),
    ],
)
def test_why_there_is_no_forecast(make: Maker, counts, breaks, reason) -> None:
    assert explain_absence(make(counts, breaks=breaks)) == reason
    assert check_wording(reason) == []


def test_what_is_no_count_withheld_or_missing_has_its_own_reason(run: Run, make: Maker) -> None:
    calm = make(CALM)
    assert explain_absence(calm) == ""
    assert (
        explain_absence(replace(calm, signals=None)) == "No forecast: only counts of months or quarters are forecast."
    )
    withheld = replace(calm, is_suppressed=True, signals=None, months=calm.months.iloc[:0])
    assert explain_absence(withheld) == "No forecast: the figures are withheld in this edition."
    assert explain_absence(run.assessment("ASB-05")) == "No forecast: nothing of it has been received."


def test_the_table_has_the_scored_quarter_and_four_more(run: Run, make: Maker) -> None:
    broken = make(CALM, indicator="ALL-01", breaks=[break_at("2024-04")])
    table = forecasts.tabulate_forecasts(replace(run, assessments=(make(CALM), broken)), "ASB-01", "ALL-01")
    assert not table.is_on_paper
    rows = {group.heading: [[cell.text for cell in row] for row in group.rows] for group in table.groups}
    asked = rows["Anti-social behaviour"]
    assert [row[0] for row in asked] == [
        "January to March 2025",
        "April to June 2025",
        "July to September 2025",
        "October to December 2025",
        "January to March 2026",
    ]
    details = [row[0].detail for row in table.groups[0].rows]
    assert details == ["came to 91, inside the 95% range", "", "", "", ""]
    assert rows["Total recorded crime"] == [["No forecast", "–", "–", "–"]]
    assert not table.is_wide
    for row in asked:
        (low, high), (lower, upper) = ([int(end) for end in row[place].split(" to ")] for place in (2, 3))
        assert lower <= low <= int(row[1]) <= high <= upper


def test_the_leads_of_the_theme_are_told_where_none_is_named(run: Run, make: Maker) -> None:
    assert list(outlook(run, make(CALM), make(CALM, indicator="ALL-01"))) == [
        "Anti-social behaviour",
        "Total recorded crime",
    ]


def test_nothing_new_says_how_many_were_looked_at(run: Run, make: Maker) -> None:
    calm = make(shifted(40, 1.0))
    assert news(run, *[calm] * 3, make(CALM[:9])) == {
        "Nothing new": (
            "3 series were looked at together at the end of January to March 2025. Were nothing to change in any of "
            "them, at most one quarter in 66 would bring a false sign. Not looked at: 1 with fewer than 16 comparable "
            "quarters."
        )
    }


def test_a_shift_is_told_in_counts_with_its_range(run: Run, make: Maker) -> None:
    told = news(run, make(shifted(40, 2.0)), make(shifted(40, 1.0, seed=4)))
    assert list(told) == ["Anti-social behaviour", "How far this holds"]
    new = told["Anti-social behaviour"]
    counted = sum(shifted(40, 2.0)[-3:])
    assert new.startswith("The level is newly higher, season allowed for; the shift began in January 2025. Since then ")
    assert f"Since then {counted:.0f} were counted; the level before would have brought 1" in new
    assert told["How far this holds"].startswith("2 series were looked at together")
    assert "a small one is overstated" in told["How far this holds"]


def test_the_size_is_the_ratio_of_the_warning(make: Maker) -> None:
    (signal,) = list_new_signals([make(shifted(40, 0.3))]).signals
    counted = sum(shifted(40, 0.3)[-3:])
    before = counted / (1 + signal.warning.change_percent / 100)
    assert "newly lower" in describe_new_signal(signal)
    assert f"would have brought {before:.0f} (95% range " in describe_new_signal(signal)
    assert before > 2 * counted


def test_a_start_that_is_not_sure_is_a_span(make: Maker) -> None:
    (signal,) = list_new_signals([make(shifted(40, 2.0))]).signals
    unsure = replace(signal, since_earliest=Quarter("2024-25 Q3"))
    assert "began at some time from October to December 2024 to January 2025, most likely in January 2025." in (
        describe_new_signal(unsure)
    )


def test_where_nothing_is_long_enough_the_reasons_are_counted(run: Run, make: Maker) -> None:
    assert news(run, make(CALM[:9]), make([0.0, 1.0] * 36), make([*shifted(40, 1.0)[:-1], None])) == {
        "Nothing could be looked at": (
            "No series has a long enough course: 1 with fewer than 16 comparable quarters, 1 with fewer than 5 events "
            "a quarter and 1 without all of the latest quarter."
        )
    }
    nothing = news(run, replace(make(CALM), signals=None))
    assert nothing == {
        "Nothing could be looked at": "No series has a long enough course: none is counted by month or quarter."
    }


def test_news_need_no_theme(run: Run, make: Maker) -> None:
    annual = replace(run, paper=Paper.ANNUAL_ASSESSMENT, assessments=(make(shifted(40, 1.0)),))
    assert [note.term for note in new_signals.describe_new_signals(annual).items] == ["Nothing new"]


def test_every_sentence_passes_the_wording_rules(run: Run, make: Maker) -> None:
    several = (make(CALM), make(shifted(40, 2.0), indicator="ALL-01"), make(shifted(40, 0.3), indicator="PUK-02"))
    asked = replace(run, assessments=several)
    notes = [*forecasts.describe_forecasts(asked, "ASB-01", "ALL-01", "PUK-02").items]
    notes += new_signals.describe_new_signals(asked).items
    assert len(notes) == 6
    assert [check_wording(note.text) for note in notes] == [[]] * 6
    assert check_wording(forecasts.tabulate_forecasts(asked).note) == []
