"""Notebooks are thin, stripped, and begin as every notebook does."""

from __future__ import annotations

import ast
import shutil
from pathlib import Path
from subprocess import run
from sys import executable

import nbformat
import pytest

from shp_analysis.paper_inputs import NOTEBOOKS_FOLDER
from shp_analysis.parameters import Paper

NOTEBOOKS = sorted(NOTEBOOKS_FOLDER.glob("*.ipynb"))
PLAIN = (ast.Import, ast.ImportFrom, ast.Assign, ast.Expr)
BANNED = (
    ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.If, ast.IfExp, ast.For, ast.While, ast.With,
    ast.Try, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.BinOp, ast.Compare, ast.JoinedStr,
)  # fmt: skip


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request: pytest.FixtureRequest) -> nbformat.NotebookNode:
    return nbformat.read(request.param, as_version=4)


def code_cells(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_every_paper_has_its_notebook() -> None:
    assert [path.stem for path in NOTEBOOKS] == sorted(paper.notebook for paper in Paper)


def test_only_imports_assignments_and_calls(notebook: nbformat.NotebookNode) -> None:
    for cell in code_cells(notebook):
        tree = ast.parse(cell.source)
        assert all(isinstance(statement, PLAIN) for statement in tree.body), cell.source
        assert not [node for node in ast.walk(tree) if isinstance(node, BANNED)], cell.source
        for statement in tree.body:
            if isinstance(statement, ast.Expr):
                assert isinstance(statement.value, ast.Call), cell.source


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


def test_it_is_short(notebook: nbformat.NotebookNode) -> None:
    assert len(code_cells(notebook)) <= 27, "a call for each part of the page: six charts, and what goes with them"
    assert all(len(cell.source.splitlines()) <= 14 for cell in code_cells(notebook))


def test_it_is_committed_stripped(notebook: nbformat.NotebookNode) -> None:
    for cell in code_cells(notebook):
        assert (cell.outputs, cell.execution_count) == ([], None)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_nbstripout_would_change_nothing(path: Path, tmp_path: Path) -> None:
    copy = shutil.copy(path, tmp_path)
    done = run([executable, "-m", "nbstripout", "--verify", str(copy)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
