"""The list of what publishers offer, and what is chosen from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from shp_analysis.errors import ParametersError, RequestError
from shp_analysis.readers.downloads import DOWNLOADS_PATH, FoundBy, choose_downloads, read_downloads

READABLE = {"police_uk", "stats19", "home_office"}
HEADINGS = DOWNLOADS_PATH.read_text(encoding="utf-8").splitlines()[0]
GOOD = {
    "source": "police_uk",
    "name": "archive",
    "found_by": "address",
    "address": "https://data.police.uk/{month}.zip",
    "file_name": "{month}.zip",
    "licence": "Open Government Licence v3.0",
    "page": "https://data.police.uk/data/archive/",
    "checked_on": "2026-11-22",
    "description": "An archive",
}


def choose(*names: str, **options: str) -> list[str]:
    return [download.full_name for download in choose_downloads(names, readable=READABLE, **options)]


def write_list(path: Path, *rows: dict[str, str]) -> Path:
    lines = [",".join(row.get(heading, "") for heading in HEADINGS.split(",")) for row in rows]
    path.write_text("\n".join([HEADINGS, *lines]) + "\n", encoding="utf-8")
    return path


def test_every_file_says_where_it_comes_from_and_under_which_licence():
    for download in read_downloads():
        assert download.page.startswith("https://")
        assert download.licence == "Open Government Licence v3.0"
        assert download.description
        assert not download.description.endswith(".")


def test_every_source_can_be_asked_for_or_says_how_its_files_are_got():
    sources = {download.source for download in read_downloads()}
    by_default = {download.source for download in read_downloads() if download.by_default}
    by_hand = {download.source for download in read_downloads() if download.found_by is FoundBy.HAND}
    assert sources == by_default | by_hand


def test_all_that_is_open_is_chosen_where_nothing_is_named():
    assert choose() == [
        "police_uk/latest-archive",
        "stats19/collisions",
        "stats19/casualties",
        "stats19/vehicles",
        "home_office/crime-by-partnership",
        "home_office/crime-by-force",
    ]


def test_a_source_gives_its_usual_files_and_a_file_only_itself():
    assert choose("police_uk") == ["police_uk/latest-archive"]
    assert choose("stats19/vehicles", "stats19/all-vehicles") == ["stats19/vehicles", "stats19/all-vehicles"]
    assert choose("stats19", "stats19/vehicles") == ["stats19/collisions", "stats19/casualties", "stats19/vehicles"]


def test_a_month_or_year_is_written_into_address_and_name():
    (archive,) = choose_downloads(["police_uk"], readable=READABLE, month="2025-05")
    assert archive.address == "https://data.police.uk/data/archive/2025-05.zip"
    assert archive.file_name == "data-police-uk-archive-2025-05.zip"
    assert choose("police_uk/archive", month="2025-05") == ["police_uk/archive"]
    assert choose(month="2025-05") == ["police_uk/archive"]
    assert choose("stats19", year="2024") == [
        "stats19/collisions-of-a-year",
        "stats19/casualties-of-a-year",
        "stats19/vehicles-of-a-year",
    ]
    (outcomes,) = choose_downloads(["home_office"], readable=READABLE, year="2025")
    assert outcomes.link is not None
    assert outcomes.link.fullmatch("prc-outcomes-open-data-mar2025-tables-230726.xlsx")
    assert not outcomes.link.fullmatch("prc-outcomes-open-data-mar2024-tables-230726.xlsx")


@pytest.mark.parametrize(
    ("names", "options", "said"),
    [
        (["police_ku"], {}, "Did you mean police_uk"),
        (["police_uk/lastest-archive"], {}, "Did you mean police_uk/latest-archive"),
        (["police_uk/archive"], {}, "add --month 2025-05"),
        (["police_uk"], {"month": "2025-13"}, "Write it like 2025-05"),
        (["police_uk"], {"month": "May 2025"}, "Write it like 2025-05"),
        (["stats19"], {"year": "24"}, "Write it like 2024"),
        (["stats19"], {"month": "2025-05"}, "publishes nothing by month"),
        (["police_uk/latest-archive"], {"month": "2025-05"}, "publishes nothing by month"),
        (["police_uk"], {"month": "2025-05", "year": "2025"}, "never by both"),
        (["police_uk/custom-csv"], {}, "got by hand"),
        (["ndtms"], {}, "https://www.ndtms.net/ViewIt/Adult and take it in with `shp ingest PATH`"),
        (["fingertips"], {}, "the store takes no file of fingertips"),
    ],
)
def test_what_cannot_be_fetched_is_told_with_what_to_do(names, options, said):
    with pytest.raises(RequestError) as refusal:
        choose_downloads(names, readable=READABLE, **options)
    assert said in str(refusal.value)
    assert str(refusal.value).endswith(".")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"address": "http://data.police.uk/{month}.zip"}, "must begin with https://"),
        ({"file_name": "archive.zip"}, "must hold the same of"),
        ({"file_name": "../{month}.zip"}, "a file name is no path"),
        ({"file_name": ""}, "needs a file name"),
        ({"by_default": "yes"}, "cannot be fetched by default"),
        ({"found_by": "attachment", "file_name": ""}, "an attachment needs a link"),
        ({"link": ".*"}, "an attachment needs a link"),
        ({"address": "https://x.uk/{day}", "file_name": "{day}"}, "only {month} and {year} may be left open"),
        ({"found_by": "guess"}, "found_by"),
        ({"checked_on": "yesterday"}, "checked_on"),
    ],
)
def test_a_list_that_says_what_it_may_not_is_refused_with_the_row(tmp_path, changes, said):
    path = write_list(tmp_path / "downloads.csv", GOOD, {**GOOD, "name": "other", **changes})
    with pytest.raises(ParametersError) as refusal:
        read_downloads(path)
    assert "row 3" in str(refusal.value)
    assert said in str(refusal.value)


def test_a_name_stands_in_the_list_once(tmp_path):
    with pytest.raises(ParametersError, match="police_uk/archive is there more than once"):
        read_downloads(write_list(tmp_path / "downloads.csv", GOOD, GOOD))
