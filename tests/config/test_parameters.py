"""What one run is asked for, read strictly."""

from __future__ import annotations

from datetime import date

import pytest

from shp_analysis.config.parameters import (
    PARAMETERS_FOLDER,
    Paper,
    RunSettings,
    Theme,
    read_day,
    read_editions,
    read_run_settings,
)
from shp_analysis.errors import ParametersError, RequestError
from shp_analysis.reference.periods import Quarter, latest_complete_quarter, parse_period

Q4 = Quarter("2024-25 Q4")


def write_run(tmp_path, content: str, folder: str = "2024-25-Q4"):
    path = tmp_path / folder / "run.yaml"
    path.parent.mkdir()
    path.write_text(content, encoding="utf-8")
    return path


def test_a_quarter_without_a_file_has_the_defaults(tmp_path):
    assert read_run_settings(Q4, tmp_path) == RunSettings(
        area=None, as_of=None, edition="partnership", papers=None, jobs=2
    )


def test_a_file_is_found_by_the_quarters_slug(tmp_path):
    write_run(tmp_path, "area: Warrington\nas_of: 2025-05-15\nedition: public\npapers: [crime_and_asb]\njobs: 4\n")
    settings = read_run_settings(Q4, tmp_path)
    assert settings == RunSettings(
        area="Warrington", as_of=date(2025, 5, 15), edition="public", papers=(Paper.CRIME_AND_ASB,), jobs=4
    )
    assert read_run_settings(Quarter("2024-25 Q3"), tmp_path) == RunSettings()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("erea: Halton", "erea: Extra inputs are not permitted"),
        ("edition: private", "edition: There is no edition 'private'; there are partnership, board, preview"),
        ("papers: [crime]", "papers > 0: Input should be 'board_summary'"),
        ("papers: []", "papers: Tuple should have at least 1 item"),
        ("jobs: 0", "greater than or equal to 1 (it says 0)"),
        ("jobs: 17", "less than or equal to 16 (it says 17)"),
        ("jobs: yes", "line 1: 'yes' is a word to some programs and true or false to others."),
        ("jobs: true", "jobs: Input should be a valid integer (it says True)"),
        ("as_of: 20250515", "write the day as year-month-day, like 2025-05-15 (it says 20250515)"),
        ("as_of: 1747267200", "write the day as year-month-day"),
        ("as_of: 2025-05-15 10:30", "line 1: '2025-05-15 10:30' is text to some programs and a day with a time to"),
        ("as_of: '2025-05-15 10:30'", "as_of: "),
        ("as_of: soon", "as_of: "),
        ("as_of: 2025-02-30", "day is out of range for month"),
    ],
)
def test_a_file_that_says_what_it_may_not_is_refused(tmp_path, content, told):
    path = write_run(tmp_path, content)
    with pytest.raises(ParametersError) as refusal:
        read_run_settings(Q4, tmp_path)
    assert str(refusal.value).startswith(f"{path}: ")
    assert told in str(refusal.value)


def test_every_shipped_file_is_valid_and_named_after_a_period():
    files = sorted(PARAMETERS_FOLDER.glob("*/run.yaml"))
    assert files
    for path in files:
        period = parse_period(path.parent.name)
        assert period.slug == path.parent.name
        assert read_run_settings(period)


@pytest.mark.parametrize(("text", "day"), [("2025-05-15", date(2025, 5, 15)), ("", None), (None, None)])
def test_a_day_is_read_as_iso_or_not_at_all(text, day):
    assert read_day(text) == day


@pytest.mark.parametrize("text", ["15/05/2025", "2025-02-30", "May 2025", "latest", "2025-5-15"])
def test_what_is_no_day_is_refused(text):
    with pytest.raises(RequestError, match=f"'{text}' is not a date: write it as year-month-day, like 2025-05-15"):
        read_day(text)


def test_every_paper_has_a_notebook():
    for paper in Paper:
        assert (PARAMETERS_FOLDER.parent / "notebooks" / f"{paper.notebook}.ipynb").is_file()


def test_a_theme_is_a_paper_and_two_papers_go_across_all_themes():
    assert {paper.theme for paper in Paper} == {*Theme, None}
    assert Paper("crime_and_asb").notebook == Theme.CRIME_AND_ASB.notebook


def test_every_edition_is_described_and_what_is_published_withholds_small_numbers():
    editions = read_editions()
    assert set(editions) == set(read_editions())
    in_public = {
        name for name, each in editions.items() if "public" in each.audience or each.status in {"PUBLIC", "SCRUTINY"}
    }
    assert in_public == {name for name, each in editions.items() if each.withholds_small_numbers}
    assert [name for name, each in editions.items() if not each.papers] == ["preview"]


def test_scrutiny_hears_of_the_quarter_that_is_whole_when_it_meets():
    for month, number in read_editions()["scrutiny"].meetings.items():
        assert latest_complete_quarter(date(2024, month, 15)).number == number


def test_a_file_without_editions_is_refused(tmp_path):
    (tmp_path / "editions.yaml").write_text("editions: {}\n", encoding="utf-8")
    with pytest.raises(ParametersError, match="at least 1 item"):
        read_editions(tmp_path)
