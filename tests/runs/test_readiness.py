"""Papers are made of a period of which a lead indicator is held, and refused where none is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from builders import ASB, write_street

from shp_analysis.assessment.area_records import open_records
from shp_analysis.config.catalogue import Frequency, read_catalogue
from shp_analysis.config.parameters import Paper, Readiness, read_editions
from shp_analysis.config.priorities import read_priorities
from shp_analysis.errors import NotReadyError
from shp_analysis.reference.areas import read_area
from shp_analysis.reference.periods import Period, Quarter
from shp_analysis.runs.planning import Plan, choose_leads, is_held, is_prompt, require_ready
from shp_analysis.store.intake import ingest
from shp_analysis.store.store import Store, open_store

Q4 = Quarter("2024-25 Q4")
ALL_SIX = read_editions()["partnership"].papers


def take_in(folder: Path, months: Sequence[str]) -> Store:
    for month in months:
        write_street(folder / "published", month, {"Burglary": 3, ASB: 2})
    ingest(folder / "published", folder=folder / "data", received_on=date(2025, 5, 1))
    return open_store(folder / "data")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """The police's three months of a quarter, and nothing from anybody else."""
    return take_in(tmp_path, ["2025-01", "2025-02", "2025-03"])


def make_plan(store: Store, papers: Sequence[Paper], period: Period = Q4) -> Plan:
    return Plan(
        period=period,
        area=read_area("Halton"),
        as_of=date(2025, 9, 1),
        edition="partnership",
        papers=tuple(papers),
        store=store,
        data_folder=store.root,
        outputs_folder=store.root / "outputs",
    )


@pytest.mark.parametrize("papers", [ALL_SIX, [Paper.CRIME_AND_ASB], [Paper.BOARD_SUMMARY]], ids=str)
def test_the_polices_files_alone_are_enough_for_what_rests_on_them(store: Store, papers: Sequence[Paper]) -> None:
    require_ready(make_plan(store, papers))


@pytest.mark.parametrize(
    ("papers", "leads"),
    [
        ([Paper.DOMESTIC_ABUSE], "(DA-03, DA-01)"),
        ([Paper.ROAD_CASUALTIES], "(RS-03, RS-02)"),
        ([Paper.DOMESTIC_ABUSE, Paper.ROAD_CASUALTIES], "(DA-03, DA-01)"),
    ],
)
def test_a_paper_that_has_none_of_its_own_leads_is_refused(store: Store, papers: Sequence[Paper], leads: str) -> None:
    with pytest.raises(NotReadyError) as refused:
        require_ready(make_plan(store, papers))
    assert str(refused.value).startswith(
        "Quarter 4 2024-25: January to March 2025 is not ready for Halton: of its lead"
    )
    assert f"{leads} none is held on 2025-09-01" in str(refused.value)


@pytest.mark.parametrize("period", [Quarter("2025-26 Q1"), Quarter("2024-25 Q3")])
def test_a_period_of_which_nothing_is_held_is_refused(store: Store, period: Period) -> None:
    with pytest.raises(NotReadyError, match="none is held"):
        require_ready(make_plan(store, ALL_SIX, period))


def test_a_quarter_of_which_a_month_is_missing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotReadyError):
        require_ready(make_plan(take_in(tmp_path, ["2025-01", "2025-02"]), ALL_SIX))


@pytest.mark.parametrize(
    ("rule", "is_ready"),
    [
        (Readiness(at_least=0, lead_indicators=("DA-03",)), True),
        (Readiness(at_least=1, lead_indicators=("DA-03",)), False),
        (Readiness(at_least=1, lead_indicators=("DA-03", "ALL-01")), True),
        (Readiness(at_least=2, lead_indicators=("DA-03", "ALL-01")), False),
        (Readiness(at_least=2, lead_indicators=("ASB-01", "ALL-01")), True),
    ],
)
def test_an_edition_may_name_its_leads_and_how_many(
    store: Store, monkeypatch: pytest.MonkeyPatch, rule: Readiness, *, is_ready: bool
) -> None:
    settings = read_editions()["partnership"].model_copy(update={"readiness": rule})
    monkeypatch.setattr(Plan, "audience", settings)
    plan = make_plan(store, ALL_SIX)
    if is_ready:
        require_ready(plan)
    else:
        with pytest.raises(NotReadyError):
            require_ready(plan)


def test_what_comes_late_or_yearly_decides_only_alone(store: Store) -> None:
    opened = open_records(area="Halton", data_folder=str(store.root))
    assert all(map(is_prompt, choose_leads(opened, ALL_SIX)))
    assert [each.id for each in choose_leads(opened, [Paper.ROAD_CASUALTIES])] == ["RS-03", "RS-02"]
    assert not any(map(is_prompt, choose_leads(opened, [Paper.SUBSTANCE_MISUSE])))


def test_every_theme_has_leads() -> None:
    catalogue = read_catalogue()
    themes = {each.theme for each in read_priorities(catalogue=catalogue) if each.indicators}
    assert {paper.theme for paper in Paper if paper.theme} <= themes


@pytest.mark.parametrize(
    ("newest", "as_of", "held"),
    [
        (date(2024, 12, 31), date(2025, 6, 1), True),  # the next one has not ended by the period's end
        (date(2023, 12, 31), date(2025, 6, 1), True),  # that of 2024 is due 270 days after it
        (date(2023, 12, 31), date(2025, 12, 1), False),
        (date(2022, 12, 31), date(2025, 6, 1), False),
        (date(2025, 12, 31), date(2026, 12, 1), False),  # there is none of the period's time, only later ones
        (None, date(2025, 6, 1), False),
    ],
)
def test_a_yearly_figure_is_held_while_no_newer_one_is_due(
    store: Store, newest: date | None, as_of: date, *, held: bool
) -> None:
    opened = open_records(area="Halton", data_folder=str(store.root))
    yearly = opened.catalogue.indicator("RS-02")
    assert yearly.frequency is Frequency.YEARLY
    assessment = replace(opened.assess(yearly, Q4), count=None, data_to=newest)
    assert is_held(assessment, Q4, as_of) is held
