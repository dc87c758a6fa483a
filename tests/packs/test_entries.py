"""A new indicator over a known source needs an entry and no code; and every entry gives a figure."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from shp_analysis.config.catalogue import CATALOGUE_FOLDER, Indicator, read_catalogue
from shp_analysis.config.parameters import Theme
from shp_analysis.page.data_tables import Cell
from shp_analysis.papers.run import Run, open_run
from shp_analysis.papers.scorecard import build_scorecard
from shp_analysis.reference.periods import Quarter
from shp_analysis.text.sentences import has_figure

ENTRY = """
  - id: NEW-01
    name: Robbery of shops and vehicle crime together
    definition: A made-up group of the police's kinds of crime.
    theme: crime_and_asb
    section: A section that no other entry has
    numerator: recorded crimes
    polarity: lower
    lowest_geography: lsoa
    release_lag_days: 60
    disclosure_tier: open
    caveat: Made up for a test.
    sources:
      police_uk: {records: police_uk_street, include: {crime_type: [Robbery, Vehicle crime]}}
"""
PLANTED_GAP = {"DA-09"}
"""The domestic abuse service of the simulated borough returned nothing for this quarter."""


def open_quarter(data: Path, theme: Theme) -> Run:
    return open_run(period="2024-25 Q4", theme=theme, data_folder=str(data), simulated=True)


def test_an_entry_is_enough_for_a_row_of_the_scorecard(simulated_data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "catalogue"
    shutil.copytree(CATALOGUE_FOLDER, folder)
    with (folder / "indicators.yaml").open("a", encoding="utf-8") as file:
        file.write(ENTRY)
    run = open_quarter(simulated_data, Theme.CRIME_AND_ASB)
    opened = replace(run.opened, catalogue=read_catalogue(folder))
    own = opened.catalogue.theme(Theme.CRIME_AND_ASB)
    longer = replace(run, opened=opened, assessments=tuple(opened.assess(each, run.period) for each in own))
    groups = {group.heading: group.rows for group in build_scorecard(longer).groups}
    (row,) = groups["A section that no other entry has"]
    name, now = row[0], row[1]
    assert isinstance(name, Cell)
    assert isinstance(now, Cell)
    assert name.text == "Robbery of shops and vehicle crime together"
    parts = (run.assessment(each).count for each in ("SV-04", "PUK-08"))
    assert now.text == f"{sum(part for part in parts if part is not None):,}"


@pytest.mark.parametrize("theme", Theme)
def test_every_entry_is_computed_from_the_simulated_borough(simulated_data: Path, theme: Theme) -> None:
    run = open_quarter(simulated_data, theme)
    agreed = [each for each in run.assessments if each.indicator.is_agreed]
    without = {each.indicator.id for each in agreed if not has_figure(each)}
    assert agreed
    assert without <= PLANTED_GAP
    for each in sorted(without):
        assert has_figure(run.opened.assess(run.catalogue.indicator(each), Quarter("2024-25 Q3")))


def test_the_themes_have_every_indicator_between_them() -> None:
    every: tuple[Indicator, ...] = read_catalogue().indicators
    assert {each.theme for each in every} == {theme.value for theme in Theme}
