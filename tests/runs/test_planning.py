"""An edition is planned from what is written down of it, and refused where it cannot be made."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from pydantic import ValidationError

from shp_analysis.config.parameters import Paper, RunSettings, read_editions
from shp_analysis.errors import RequestError
from shp_analysis.reference.areas import read_area
from shp_analysis.reference.periods import Month, Period, Quarter
from shp_analysis.runs.planning import Plan, check_edition
from shp_analysis.store.store import Store

Q4 = Quarter("2024-25 Q4")
BY = date(2025, 5, 9)


def check(edition: str, *, as_of: date = date(2025, 6, 1), comments_by: date | None = BY, period: Period = Q4) -> None:
    settings = RunSettings(edition=edition, comments_by=comments_by)
    check_edition(settings, read_editions()[edition], period, as_of)


@pytest.mark.parametrize("edition", read_editions())
def test_every_edition_can_be_made_the_day_after_the_deadline(edition: str) -> None:
    check(edition, as_of=date(2025, 5, 10))


@pytest.mark.parametrize("edition", ["board", "preview"])
def test_two_stages_need_a_day_for_comments(edition: str) -> None:
    with pytest.raises(RequestError, match=r"none is set\. Write comments_by into parameters/2024-25-Q4/run\.yaml"):
        check(edition, comments_by=None)


@pytest.mark.parametrize("edition", ["board", "preview"])
def test_the_day_for_comments_goes_by_rule_where_the_quarter_names_none(edition: str) -> None:
    audience, asked = read_editions()[edition], RunSettings(edition=edition)
    assert asked.for_edition(audience, Quarter("2023-24 Q1")).comments_by == date(2023, 8, 9)
    assert asked.model_copy(update={"comments_by": BY}).for_edition(audience, Q4).comments_by == BY
    assert asked.for_edition(read_editions()["partnership"], Q4).comments_by is None


def test_silence_is_not_told_before_the_day_is_over() -> None:
    with pytest.raises(
        RequestError, match="Comments are awaited until 2025-05-09, and the paper is written on 2025-05-09"
    ):
        check("board", as_of=BY)
    check("preview", as_of=BY)


@pytest.mark.parametrize("edition", ["scrutiny", "preview"])
def test_some_editions_are_about_a_quarter(edition: str) -> None:
    with pytest.raises(RequestError, match="is about a quarter, and March 2025 is none"):
        check(edition, period=Month("2025-03"))
    check("partnership", period=Month("2025-03"))


def test_the_partnership_and_the_board_get_all_six_papers() -> None:
    editions = read_editions()
    six = set(Paper) - {Paper.CHANGES_SINCE_LAST_MEETING}
    assert set(editions["partnership"].papers) == set(editions["board"].papers) == six


@pytest.mark.parametrize("edition", read_editions())
def test_only_editions_that_withhold_small_numbers_lie_in_the_public_folder(edition: str, tmp_path: Path) -> None:
    plan = Plan(
        period=Q4,
        area=read_area("Halton"),
        as_of=BY,
        edition=edition,
        papers=(Paper.CRIME_AND_ASB,),
        store=Store(tmp_path / "data", is_simulated=True),
        data_folder=tmp_path / "data",
        outputs_folder=tmp_path / "outputs",
    )
    folder = "public" if read_editions()[edition].withholds_small_numbers else "internal"
    assert plan.shelf.folder == tmp_path / "outputs" / folder / "simulated" / "E06000006" / "2024-25-Q4" / edition
    assert plan.shelf_apart.folder == plan.shelf.folder.with_name(f"{edition}-crime_and_asb")


def test_a_notebook_may_take_a_quarter_of_an_hour_or_what_is_asked_for() -> None:
    assert RunSettings().notebook_minutes == 15
    assert RunSettings(notebook_minutes=0.5).notebook_minutes == 0.5
    for refused in (0, -1, 100_000, float("nan")):
        with pytest.raises(ValidationError):
            RunSettings(notebook_minutes=refused)


def test_a_towns_edition_names_its_town() -> None:
    editions = read_editions()
    assert {name: each.area for name, each in editions.items() if each.area} == {
        "runcorn": "RUNCORN",
        "widnes": "WIDNES",
    }
