"""Where a figure lies among its peers, in the words of a table's cell."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shp_analysis.page.data_tables import Cell
from shp_analysis.papers.run import Run
from shp_analysis.papers.scorecard import write_comparators_cell

from .stores import list_peers, open_small_run, take_in_crimes


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return open_small_run(take_in_crimes(tmp_path_factory.mktemp("cells")))


def test_a_place_and_how_many_peers(run: Run) -> None:
    assert write_comparators_cell(run, run.assessment("ALL-01"), list_peers()) == Cell("above", "5 peers")


def test_a_dash_where_too_few_peers_have_a_figure(run: Run) -> None:
    assert write_comparators_cell(run, run.assessment("ALL-01")) == Cell("–")


def test_a_dash_where_nothing_came_or_nothing_may_be_shown(run: Run) -> None:
    assert write_comparators_cell(run, run.assessment("HC-01"), list_peers()) == Cell("–")
    withheld = replace(run.assessment("ALL-01"), is_suppressed=True)
    assert write_comparators_cell(run, withheld, list_peers()) == Cell("–")
