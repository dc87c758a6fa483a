"""The analyst's working: kept where cells are tagged for the board, as a notebook and as a page without scripts."""

from __future__ import annotations

from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from shp_analysis.runs.working_notebooks import INJECTED_TAG, keep_working


def write_executed(folder: Path, *, tags: list[str]) -> Path:
    table = new_output("execute_result", data={"text/plain": "105", "text/html": "<table><td>105</td></table>"})
    parameters = 'data_folder = "data"\noutput_folder = "/somewhere/staging/1"'
    cells = [
        new_markdown_cell("# What <changed>?", metadata={"tags": tags}),
        new_code_cell(parameters, metadata={"tags": [INJECTED_TAG]}),
        new_code_cell("cases['count'].sum()", outputs=[table], execution_count=3),
    ]
    notebook = new_notebook(cells=cells, metadata={"papermill": {"start_time": "2025-06-30"}})
    nbformat.write(notebook, folder / "03_domestic_abuse.ipynb")
    return folder / "03_domestic_abuse.ipynb"


def test_code_and_tables_are_kept_and_the_machine_is_not(tmp_path: Path) -> None:
    kept = keep_working(write_executed(tmp_path, tags=["board"]), tmp_path / "pack")
    assert kept == ("working/03_domestic_abuse.ipynb", "working/03_domestic_abuse.html")
    page, notebook = ((tmp_path / "pack" / name).read_text(encoding="utf-8") for name in reversed(kept))
    assert "What &lt;changed&gt;?" in page
    assert "<td>105</td>" in page
    for text in (page, notebook):
        assert "sum" in text
        assert "/somewhere/staging" not in text
        assert "2025-06-30" not in text
    assert "<script" not in page
    assert "http" not in page.replace("http-equiv", "")


def test_a_notebook_that_is_all_page_has_no_working(tmp_path: Path) -> None:
    assert keep_working(write_executed(tmp_path, tags=[]), tmp_path / "pack") == ()
    assert not (tmp_path / "pack").exists()
