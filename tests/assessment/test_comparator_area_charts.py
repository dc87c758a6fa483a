"""Charts of elsewhere by their artists and words: what is drawn was compared, and every sentence may be said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from legibility import keep_drawings, list_faults
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure as Canvas

from shp_analysis.assessment.comparator_areas import AreaComparison, compare_with_areas
from shp_analysis.assessment.rest_of_country import (
    MaracComparison,
    YearsCompared,
    compare_marac_cases,
    compare_years_with_rest,
)
from shp_analysis.page.paper_words import CONCLUSION_LETTERS_ON_PAPER
from shp_analysis.page.parts import Figure, Notes
from shp_analysis.page.wording import check_wording
from shp_analysis.papers import figures
from shp_analysis.papers.figures import comparator_areas, yearly_series
from shp_analysis.papers.run import Run
from shp_analysis.reference.periods import Month
from shp_analysis.simulator.marac import write_marac
from shp_analysis.statistics.comparator_means import RankedArea

from .stores import CRIMES, list_peers, open_small_run, take_in_crimes, take_in_roads, take_in_simulated


@pytest.fixture(scope="module")
def crime(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return open_small_run(take_in_crimes(tmp_path_factory.mktemp("peers"), CRIMES | {"Halton": 400}))


@pytest.fixture(scope="module")
def roads(tmp_path_factory: pytest.TempPathFactory) -> Run:
    names = ("Halton", "Warrington", "Cheshire East", "Cheshire West and Chester", "Sefton")
    return open_small_run(take_in_roads(tmp_path_factory.mktemp("roads"), *names), "road_casualties", simulated=True)


@pytest.fixture(scope="module")
def abuse(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("marac")
    months = [Month(f"{2024 + number // 12}-{number % 12 + 1:02d}") for number in range(3, 15)]
    return open_small_run(
        take_in_simulated(folder, [write_marac], ["Halton"], months), "domestic_abuse", simulated=True
    )


def list_findings(figure: Figure) -> list[str]:
    """List what the wording rules find in any of a figure's words."""
    texts = [figure.title, figure.caption, figure.alternative_text, *(each.text for each in figure.conclusions)]
    return [str(found) for text in texts for found in check_wording(text)]


def list_dots(axes: Axes) -> list[float]:
    """Give the values of the dots of rows, from the top."""
    (dots,) = (each for each in axes.collections if isinstance(each, PathCollection))
    return [float(value) for _, value in sorted((row, value) for value, row in dots.get_offsets())]


def check_drawings(plot: Callable[[], object], *, most_rows_mm: float = 60) -> None:
    with keep_drawings() as drawings:
        plot()
    assert [list_faults(each) for each in drawings] == [[], []]
    assert drawings[1].get_size_inches()[1] * 25.4 <= most_rows_mm


def test_every_drawing_can_be_read(crime: Run, roads: Run, abuse: Run) -> None:
    check_drawings(lambda: figures.plot_comparator_areas(crime, "ALL-01", list_peers()))
    check_drawings(lambda: figures.plot_indexed_years(roads, "RS-02"))
    check_drawings(lambda: figures.plot_marac_cases(abuse))


def test_eleven_areas_are_no_higher_than_sixty_millimetres(crime: Run) -> None:
    found = compare_peers(crime)
    names = ("Redcar and Cleveland", "Stockton-on-Tees", "Kingston upon Hull, City of", *"ABCDEFG")
    areas = [replace(found.figures[-1].area, code=name, name=name) for name in names]
    eleven = replace(found, figures=(found.figures[0], *(replace(found.figures[-1], area=each) for each in areas)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(comparator_areas, "compare_with_areas", lambda *_: eleven)
        check_drawings(lambda: figures.plot_comparator_areas(crime, "ALL-01", list_peers()))


def compare_peers(run: Run, indicator: str = "ALL-01") -> AreaComparison:
    found = compare_with_areas(run.other_areas, run.assessment(indicator), list_peers())
    assert isinstance(found, AreaComparison)
    return found


def compare_years(run: Run, indicator: str = "RS-02") -> YearsCompared:
    found = compare_years_with_rest(run.other_areas, run.assessment(indicator), first_year=2019)
    assert isinstance(found, YearsCompared)
    return found


def test_every_area_has_a_dot_and_its_own_bars(crime: Run) -> None:
    found, axes = compare_peers(crime), Canvas().subplots()
    comparator_areas.draw_comparator_areas(axes, found)
    assert list_dots(axes) == pytest.approx([each.rate for each in found.figures])
    assert [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in axes.patches[1::2]] == [
        pytest.approx((each.low_95, each.high_95)) for each in found.figures
    ]
    assert [label.get_text() for label in axes.get_yticklabels() if label.get_fontweight() == "bold"] == ["Halton"]


def test_the_words_beside_peers(crime: Run) -> None:
    figure = figures.plot_comparator_areas(crime, "ALL-01", list_peers())
    assert isinstance(figure, Figure)
    assert figure.title == "Total recorded crime: Halton is above the range of 5 peers"
    assert list_findings(figure) == []
    assert "Halton had 1,200 recorded crimes in January to March 2025, " in figure.conclusions[0].text
    assert "of 6 areas" in figure.conclusions[2].text
    assert figure.table.groups[0].rows[0][0].text == "Halton"  # type: ignore[union-attr]
    assert "A made-up list" in figure.caption
    assert figure.narrow_picture is not None


def test_what_is_not_compared_is_a_line(crime: Run, abuse: Run) -> None:
    told = figures.plot_comparator_areas(crime, "SV-05", list_peers())
    assert isinstance(told, Notes)
    assert [(each.term, check_wording(each.text)) for each in told.items] == [("Homicide beside peers", [])]
    assert isinstance(figures.plot_indexed_years(crime, "ALL-01"), Notes)
    assert isinstance(figures.plot_comparator_areas(abuse, "DA-03"), Notes)


@pytest.mark.parametrize(
    ("best", "worst", "words"),
    [
        (1, 1, "1st"),
        (2, 13, "somewhere between 2nd and 13th"),
        (3, 22, "somewhere between 3rd and 22nd"),
    ],
)
def test_a_rank_is_told_with_its_range(best: int, worst: int, words: str) -> None:
    said = comparator_areas.write_rank("Halton", RankedArea("Halton", best, best, worst), 43, "areas")
    assert said == f"Counted from the highest rate, Halton is {words} of 43 areas, allowing for chance alone"


def test_every_place_begins_at_a_hundred(roads: Run) -> None:
    found, axes = compare_years(roads), Canvas().subplots()
    yearly_series.draw_indexed_years(axes, found)
    lines = {to_hex(line.get_color()): line.get_ydata() for line in axes.lines if len(line.get_ydata()) > 2}
    named = {" ".join(text.get_text().split()): to_hex(text.get_color()) for text in axes.texts if text.get_text()}
    assert [lines[named[name]][0] for name in named if named[name] in lines] == [100, 100, 100]
    own = found.own.counts
    index = 100 * own[found.years[-1]] / own[found.years[0]]
    assert lines[named[f"Halton {index:.1f}"]][-1] == pytest.approx(index)
    assert {name.rpartition(" ")[0] for name in named} >= {"Halton", "Rest of Cheshire", "4 others"}


@pytest.mark.parametrize("indicator", ["RS-01", "RS-02", "RS-03", "RS-04", "RS-05", "RS-06", "RS-07"])
def test_every_sentence_beside_the_country_may_be_said(roads: Run, indicator: str) -> None:
    figure = figures.plot_indexed_years(roads, indicator)
    assert isinstance(figure, Figure)
    assert list_findings(figure) == []
    assert "the rest of Great Britain" not in figure.alternative_text
    assert figure.cannot_conclude.startswith("No chart here says why numbers differ. The file does not cover Great")


def test_the_words_beside_the_country(roads: Run) -> None:
    figure, found = figures.plot_indexed_years(roads, "RS-02"), compare_years(roads)
    assert isinstance(figure, Figure)
    assert figure.title == "Injury collisions: Halton changed differently from elsewhere"
    told = zip(found.others, found.ratios, strict=True)
    expected = " or ".join(f"{ratio.expected:.0f} ({other.label})" for other, ratio in told if ratio)
    then, now = (f"{found.own.counts[year]:.0f}" for year in found.years[-2:])
    assert figure.conclusions[0].text.startswith(f"Injury collisions: Halton went from {then} in 2023 to {now} in 2024")
    assert figure.conclusions[2].text.startswith("The rest of Cheshire went from ")
    assert sum(len(each.text) for each in figure.conclusions[:2]) <= CONCLUSION_LETTERS_ON_PAPER
    assert (
        figure.conclusions[1].text
        == f"Had Halton moved alike, it would have had {expected}; {now} is beyond its usual variation."
    )
    assert "BRK-06" in figure.cannot_conclude


def test_no_difference_is_not_called_alike(roads: Run) -> None:
    figure = figures.plot_indexed_years(roads, "RS-04")
    assert isinstance(figure, Figure)
    assert "shows no clear difference from" in figure.title
    assert figure.conclusions[1].text.endswith("; 63 is within its usual variation.")


def test_places_that_differ_in_what_they_show_are_told_apart(roads: Run) -> None:
    found = compare_years(roads)
    clear = found.ratios[0]
    assert clear is not None
    mixed = replace(found, ratios=(clear, replace(clear, lower=0.5, upper=2.0)))
    told = yearly_series.describe_rest_of_country(mixed)[1]
    assert told.endswith(
        "; beside the rest of Cheshire 157 is beyond its usual variation; beside the 4 other authorities in the file "
        "157 is more than chance alone, but within its usual variation."
    )
    assert yearly_series._say_finding(mixed) == "Halton changed differently from the rest of Cheshire"
    unknown = yearly_series.describe_rest_of_country(replace(found, ratios=(None, None)))[1]
    assert unknown.startswith("Whether Halton changed differently cannot be told")


def test_marac_names_the_force_and_the_recommended_number(abuse: Run) -> None:
    figure = figures.plot_marac_cases(abuse)
    assert isinstance(figure, Figure)
    assert list_findings(figure) == []
    texts = " ".join(each.text for each in figure.conclusions)
    found = compare_marac_cases(abuse.other_areas, abuse.assessment("DA-03"))
    assert isinstance(found, MaracComparison)
    force, country = found.rates
    assert f"Cheshire, police force area, had {force.cases:,.0f} cases, {force.rate:.1f} per 10,000" in texts
    assert f"England and Wales had {country.cases:,.0f} ({country.rate:.1f}, above it)." in texts
    assert "of 43 police force areas" in texts
    assert "Halton" not in texts


def test_a_dot_for_each_place_beside_the_line(abuse: Run) -> None:
    found, axes = compare_marac_cases(abuse.other_areas, abuse.assessment("DA-03")), Canvas().subplots()
    assert isinstance(found, MaracComparison)
    comparator_areas.draw_marac_cases(axes, replace(found, own=None))
    assert list_dots(axes) == pytest.approx([each.rate for each in found.rates])
    assert [line.get_xdata()[0] for line in axes.lines if line.get_linestyle() == "--"] == [
        comparator_areas.RECOMMENDED
    ]
