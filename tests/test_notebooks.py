"""Notebooks are thin, stripped, and begin as every notebook does."""

from __future__ import annotations

import ast
import shutil
from pathlib import Path
from subprocess import run
from sys import executable

import nbformat
import pytest

from shp_analysis.config.parameters import Paper
from shp_analysis.page.exporter import BOARD_TAG
from shp_analysis.runs.paper_inputs import NOTEBOOKS_FOLDER

NOTEBOOKS = sorted(NOTEBOOKS_FOLDER.glob("*.ipynb"))
MODELS = [path for path in NOTEBOOKS if path.stem.startswith("0") and not path.stem.startswith("00")]
"""The notebooks of the four themes: an analysis each, with the board's page in the cells that are tagged so."""
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
MOST_LINES_OF_A_FUNCTION, MOST_LINES_OF_A_CELL = 10, 20
FEWEST_CELLS, MOST_CELLS = 15, 25
FEWEST_WORDS, MOST_WORDS = 300, 800
PARAMETERS = {"period", "area", "as_of", "edition", "baseline", "history_years", "comparators", "leave_out"}
PLUMBING = {"data_folder", "simulated", "output_folder"}


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request: pytest.FixtureRequest) -> nbformat.NotebookNode:
    return nbformat.read(request.param, as_version=4)


def code_cells(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_every_paper_has_its_notebook() -> None:
    assert [path.stem for path in NOTEBOOKS] == sorted(paper.notebook for paper in Paper)


def test_what_is_long_or_used_twice_is_in_the_library(notebook: nbformat.NotebookNode) -> None:
    for cell in code_cells(notebook):
        tree = ast.parse(cell.source)
        assert not [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)], cell.source
        for node in ast.walk(tree):
            if isinstance(node, FUNCTIONS):
                assert (node.end_lineno or 0) - node.lineno < MOST_LINES_OF_A_FUNCTION, cell.source


def test_the_parameters_cell_is_literals(notebook: nbformat.NotebookNode) -> None:
    (cell,) = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", ())]
    assert notebook.cells.index(cell) == 1
    for statement in ast.parse(cell.source).body:
        assert isinstance(statement, ast.Assign)
        ast.literal_eval(statement.value)


def test_it_begins_with_the_boards_question(notebook: nbformat.NotebookNode) -> None:
    first = notebook.cells[0]
    assert first.cell_type == "markdown"
    assert first.source.startswith("# ")
    assert first.source.splitlines()[0].endswith("?")


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_a_theme_is_analysed_and_explained(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    words = [word for cell in notebook.cells if cell.cell_type == "markdown" for word in cell.source.split()]
    assert FEWEST_CELLS <= len(notebook.cells) <= MOST_CELLS
    assert FEWEST_WORDS <= len(words) <= MOST_WORDS
    assert all(len(cell.source.splitlines()) <= MOST_LINES_OF_A_CELL for cell in code_cells(notebook))
    headings = [line for cell in notebook.cells for line in cell.source.splitlines() if line.startswith("##")]
    for expected in ("question", "data", "test", "What else could it be?", "Judgement"):
        assert any(expected in heading for heading in headings), expected


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_a_theme_has_the_parameters_of_an_analysis(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    (cell,) = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", ())]
    names = {target.id for each in ast.parse(cell.source).body for target in each.targets}
    assert names == PARAMETERS | PLUMBING


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_the_board_sees_parts_and_the_analyst_working(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    tagged = [cell for cell in notebook.cells if BOARD_TAG in cell.metadata.get("tags", ())]
    assert 5 <= len(tagged) < len(notebook.cells) / 2
    assert notebook.cells[0] in tagged


def test_it_is_committed_stripped(notebook: nbformat.NotebookNode) -> None:
    for cell in code_cells(notebook):
        assert (cell.outputs, cell.execution_count) == ([], None)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_nbstripout_would_change_nothing(path: Path, tmp_path: Path) -> None:
    copy = shutil.copy(path, tmp_path)
    done = run([executable, "-m", "nbstripout", "--verify", str(copy)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
