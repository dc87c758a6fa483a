"""A question that nobody foresaw: another baseline, an own breakdown and an own chart, by editing one notebook only."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pandas as pd
import papermill
import pytest
from jupyter_lab import run_all_cells, serve_lab
from matrix.test_simulated import plan
from nbformat.v4 import new_code_cell
from playwright.sync_api import Browser

from shp_analysis.config.parameters import Paper
from shp_analysis.page.exporter import BOARD_TAG, BriefingExporter
from shp_analysis.reference.periods import Quarter
from shp_analysis.runs import paper_inputs
from shp_analysis.runs.paper_inputs import find_notebook
from shp_analysis.runs.runner import run_pack

QUARTER = Quarter("2024-25 Q4")
QUESTION = """
import matplotlib.pyplot as plt
import seaborn as sns

kinds = run.observations("ALL-01", by="crime_type")
shops = kinds[kinds["crime_type"] == "Shoplifting"]
long_ago = shp.compare(shops, run.period, "2021-22 Q4")
by_quarter = shops.groupby(shops["period_start"].dt.to_period("Q").astype(str))["count"].sum().tail(8).reset_index()
ax = sns.barplot(by_quarter, x="period_start", y="count", ax=plt.subplots(figsize=(6.5, 3))[1])
ax.set(title="Shoplifting by quarter", xlabel="", ylabel="")
run.publish(ax, says=long_ago, data=by_quarter)
"""
CLAIM = "ALL-01:crime_type=Shoplifting/E06000006/2024-25 Q4/other_period_2021-22-Q4:baseline_count"


@pytest.fixture
def edited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Notebooks of which one has one cell more."""
    folder = tmp_path / "notebooks"
    folder.mkdir()
    path = find_notebook(Paper.CRIME_AND_ASB)
    notebook = nbformat.read(path, as_version=4)
    place = next(number for number, cell in enumerate(notebook.cells) if "show_forecasts" in cell.source)
    notebook.cells.insert(place, new_code_cell(QUESTION.strip(), metadata={"tags": [BOARD_TAG]}))
    nbformat.write(notebook, folder / path.name)
    monkeypatch.setattr(paper_inputs, "NOTEBOOKS_FOLDER", folder)
    return folder / path.name


def test_it_is_answered_by_a_run_of_the_pack(edited: Path, simulated_data: Path, tmp_path: Path) -> None:
    asked = plan(simulated_data, QUARTER, "partnership", tmp_path / "outputs", papers=["crime_and_asb"])
    (page,) = run_pack(asked)
    results = pd.read_csv(page.parent / "results.csv").set_index("result_id")
    assert "Shoplifting" in page.read_text(encoding="utf-8")
    assert results.loc[CLAIM, "value"] > 0
    working = page.parent / "working" / edited.name
    assert QUESTION.strip() in [cell.source for cell in nbformat.read(working, as_version=4).cells]
    assert (working.with_suffix(".html")).exists()


def test_it_is_answered_by_papermill_alone(edited: Path, simulated_data: Path, tmp_path: Path) -> None:
    executed = papermill.execute_notebook(
        edited,
        tmp_path / "executed.ipynb",
        parameters={"period": QUARTER.label, "data_folder": str(simulated_data), "simulated": True},
        progress_bar=False,
    )
    html, _ = BriefingExporter().from_notebook_node(executed)
    assert "Shoplifting" in html


def test_it_is_answered_in_jupyterlab(edited: Path, simulated_data: Path, tmp_path: Path, browser: Browser) -> None:
    notebook = nbformat.read(edited, as_version=4)
    (asked,) = (cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", ()))
    asked.source += f"\nperiod = {QUARTER.label!r}\ndata_folder = {str(simulated_data)!r}\nsimulated = True"
    nbformat.write(notebook, edited)
    settings = tmp_path / "jupyter"
    settings.mkdir()
    with serve_lab(edited.parent, settings) as address:
        page = run_all_cells(browser, address, edited.name)
        question = page.locator(".jp-CodeCell", has_text="long_ago = shp.compare")
        question.scroll_into_view_if_needed()
        assert question.locator(".jp-OutputArea-output img, .jp-OutputArea-output svg").first.is_visible()
        page.context.close()
    saved = nbformat.read(edited, as_version=4)
    code = [cell for cell in saved.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    assert not [output for cell in code for output in cell.outputs if output.output_type == "error"]
    html, _ = BriefingExporter().from_notebook_node(saved)
    assert "Shoplifting" in html


def test_public_packs_hold_no_working(simulated_data: Path, tmp_path: Path) -> None:
    asked = plan(simulated_data, QUARTER, "public", tmp_path / "outputs", papers=["road_casualties"])
    (page,) = run_pack(asked)
    assert sorted(path.name for path in page.parent.iterdir() if path.is_dir()) == ["results"]
