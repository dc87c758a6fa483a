"""A paper made in this process, without a kernel: its notebook's cells, what they show, the page and its checks."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import nbformat
from bs4 import BeautifulSoup
from IPython.core.formatters import DisplayFormatter
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from matplotlib import pyplot
from nbformat import NotebookNode
from nbformat.v4 import new_output

from shp_analysis.config.parameters import Paper
from shp_analysis.page.exporter import BOARD_TAG
from shp_analysis.page.rendering import PART_TYPE
from shp_analysis.runs import runner
from shp_analysis.runs.paper_inputs import find_notebook
from shp_analysis.runs.planning import Plan

NO_NUMBER = re.compile(r"\b(?:nan|NaN|NaT|inf)\b|<NA>")
"""How Python writes what is no number; no page has it."""


def make_page(plan: Plan, paper: Paper, staging: Path) -> str:
    """Execute a paper's notebook here, export it and check it as a run does; give the page."""
    executed = execute_cells(
        find_notebook(paper), {**plan.parameters(), "output_folder": str(staging / paper.notebook)}
    )
    nbformat.write(executed, staging / f"{paper.notebook}.ipynb")
    runner._export(plan, paper, staging)
    assert not pyplot.get_fignums(), f"{paper}: figures are left open"
    return (staging / runner._PACK_NAME / f"{paper.notebook}.html").read_text(encoding="utf-8")


def execute_cells(path: Path, parameters: dict[str, Any]) -> NotebookNode:
    """Execute a notebook's cells in one namespace, and give it with what the last line of each shows."""
    notebook = nbformat.read(path, as_version=4)
    InteractiveShell.instance()  # what is displayed is caught only where there is a shell
    Path(parameters["output_folder"]).mkdir(parents=True)
    names: dict[str, Any] = {"__name__": "__main__"}
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type == "code":
            tags = cell.metadata.get("tags", ())
            with capture_output(stdout=False, stderr=False) as captured:
                shown = _execute(cell.source, names, f"{path.stem}, cell {number}")
            names.update(parameters if runner.PARAMETERS_TAG in tags else {})
            cell.outputs = [
                new_output("display_data", data=each.data, metadata=each.metadata) for each in captured.outputs
            ]
            cell.outputs += [] if shown is None else [_display(shown)]
            cell.execution_count = number
            if BOARD_TAG not in tags and any(BOARD_TAG in each.metadata.get("tags", ()) for each in notebook.cells):
                pyplot.close("all")  # as a kernel does once it has shown an analyst's charts
    return notebook


def _execute(source: str, names: dict[str, Any], place: str) -> object:
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, place, "exec"), names)  # noqa: S102 - the project's own notebook
    return eval(compile(ast.Expression(last.value), place, "eval"), names) if last else None  # noqa: S307


def _display(value: object) -> NotebookNode:
    data, metadata = DisplayFormatter().format(value, include=["text/plain", "text/html", "text/markdown", PART_TYPE])
    return new_output("execute_result", data=data, metadata=metadata)


def read_faulty_numbers(html: str) -> list[str]:
    """Give whatever a page prints in place of a number that is none, with the words around it."""
    words = " ".join(BeautifulSoup(html, "html.parser").get_text(" ").split())
    return [words[max(0, found.start() - 60) : found.end() + 20] for found in NO_NUMBER.finditer(words)]
