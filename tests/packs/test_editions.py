"""Every edition is made of the simulated borough, each by the paper that is made soonest, and reads as its readers may.

The partnership's edition is made in `test_runner`, the board's and the preview in `test_papers`.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from shp_analysis.config.catalogue import Tier, read_catalogue
from shp_analysis.config.parameters import Paper, find_edition, read_editions
from shp_analysis.papers import board_summary, partner_context, scorecard
from shp_analysis.papers import masthead as data_quality
from shp_analysis.papers.run import Run, find_gate, open_run
from shp_analysis.reference.areas import read_area
from shp_analysis.runs import runner
from shp_analysis.runs.planning import Plan

from .whole_packs import QUARTER, make_plan, read_words

EDITIONS = read_editions()
CATALOGUE = read_catalogue()
BY_SIZE = (Paper.ROAD_CASUALTIES, Paper.DOMESTIC_ABUSE, Paper.SUBSTANCE_MISUSE)
"""The paper that is made soonest first."""
OF_A_THEME = {
    "health_and_wellbeing": Paper.DOMESTIC_ABUSE,
    "drugs_partnership": Paper.SUBSTANCE_MISUSE,
    "domestic_abuse_board": Paper.DOMESTIC_ABUSE,
    "runcorn": Paper.ROAD_CASUALTIES,
    "widnes": Paper.ROAD_CASUALTIES,
    "public": Paper.ROAD_CASUALTIES,
}
ACROSS_THEMES = ("scrutiny", "police_and_crime_panel")
MADE_ELSEWHERE = {"partnership", "board", "preview"}
OTHER_TOWN = {"runcorn": "Widnes", "widnes": "Runcorn"}
FEWEST_PERSONS = 5


def plan_edition(data: Path, edition: str, paper: Paper, outputs: Path) -> Plan:
    audience = EDITIONS[edition]
    own = make_plan(data, edition, (paper,))
    return replace(own, outputs_folder=outputs, area=read_area(audience.area) if audience.area else own.area)


def list_small_counts(results: pd.DataFrame) -> list[str]:
    """List the counts of few persons that a table of results gives away."""
    counts = results[results["statistic"].str.contains("count") & ~results["statistic"].str.contains("change")]
    sensitive = {each.id for each in CATALOGUE.indicators if each.disclosure_tier is not Tier.OPEN}
    counts = counts[counts["indicator"].isin(sensitive)]
    values = pd.to_numeric(counts["value"])
    return counts.loc[(values > 0) & (values < FEWEST_PERSONS), "result_id"].tolist()


def test_every_edition_is_made_in_some_test() -> None:
    assert {*OF_A_THEME, *ACROSS_THEMES, *MADE_ELSEWHERE} == set(read_editions())
    for edition, paper in OF_A_THEME.items():
        assert paper == next(each for each in BY_SIZE if each in EDITIONS[edition].papers)


@pytest.mark.parametrize("edition", OF_A_THEME, ids=str)
def test_an_edition_is_made_and_says_whose_it_is(simulated_data: Path, tmp_path: Path, edition: str) -> None:
    audience, paper = EDITIONS[edition], OF_A_THEME[edition]
    plan = plan_edition(simulated_data, edition, paper, tmp_path)
    (path,) = runner.run_pack(plan)
    page = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
    words = read_words(page)
    assert f"Edition {audience.title} Status {audience.status}" in words
    assert words.count(plan.area.name) > 1
    if edition in OTHER_TOWN:
        assert OTHER_TOWN[edition] not in words
        assert f"Scorecard: 2024 beside 2023 (the newest published), {plan.area.name}" in words
    results = pd.read_csv(path.parent / "results.csv", low_memory=False)
    withheld = results[results["suppressed"]]
    assert withheld["value"].isna().all()
    if audience.withholds_small_numbers:
        assert list_small_counts(results) == []
        assert ("[c]" in words) == (not withheld.empty)
    else:
        assert withheld.empty
        assert "[c]" not in words
    if edition == "health_and_wellbeing":
        assert not withheld.empty, "a body that meets in public is not shown counts of few victims"
    if edition == "domestic_abuse_board":
        assert list_small_counts(results), "the body that holds the records sees them"


@pytest.fixture(scope="module")
def summary(simulated_data: Path) -> Run:
    plan = make_plan(simulated_data, "partnership")
    return open_run(**{**plan.parameters(), "period": QUARTER.slug}, paper=Paper.BOARD_SUMMARY)


def test_a_scorecard_says_withheld_wherever_it_has_a_number_of_others(simulated_data: Path) -> None:
    run = open_run(
        period=QUARTER.label,
        theme="domestic_abuse",
        data_folder=str(simulated_data),
        simulated=True,
        edition="public",
    )
    withheld = {each.indicator.name for each in run.assessments if each.is_suppressed and len(each.comparisons) > 1}
    rows = [row for group in scorecard.build_scorecard(run).groups for row in group.rows]
    told = [[getattr(cell, "text", "") for cell in row] for row in rows if row[0].text in withheld]
    assert told
    assert all({row[number] for number in (1, 2, 4)} == {"[c]"} for row in told), "now, a year earlier, twelve months"


def test_a_summary_for_a_body_that_meets_in_public_withholds_what_it_must(summary: Run) -> None:
    assert list_small_counts(summary.results)
    for edition in ACROSS_THEMES:
        gate = find_gate(summary.opened, find_edition(edition), summary.asked_period)
        run = replace(summary, edition=edition, assessments=gate.withhold(summary.assessments))
        masthead = data_quality.build_masthead(run)
        audience = EDITIONS[edition]
        assert (masthead.edition, masthead.status) == (audience.title, audience.status)
        assert list_small_counts(run.results) == []
        rows = [row for group in board_summary.build_priorities(run).groups for row in group.rows]
        told = {row[0].text: row[1] for row in rows}
        assert (run.assessment("DA-05").is_suppressed, summary.assessment("DA-05").is_suppressed) == (True, False)
        assert told["1 Anti-Social Behaviour"].text == "428"
        parts = (
            masthead,
            board_summary.describe_tally(run),
            board_summary.build_boxes(run, decisions=partner_context.list_decisions(run)),
        )
        assert all(part.to_html() for part in parts)
