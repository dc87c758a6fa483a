"""The analyst's working in an internal pack: the executed notebook, and a page of it that shows its code.

A notebook whose cells are tagged `board` holds more than the board's page. What the analyst did beside it goes into the
pack of an internal edition, so that a colleague can follow it and repeat it; no public pack has it.
"""

from __future__ import annotations

import re
from html import escape
from pathlib import Path

import nbformat
from nbconvert.exporters import HTMLExporter
from nbformat import NotebookNode

from shp_analysis.page.exporter import is_for_board
from shp_analysis.page.rendering import read_parts_stylesheet

WORKING_FOLDER = "working"
INJECTED_TAG = "injected-parameters"
"""Papermill's, of the cell that it adds."""
_OUTPUT_FOLDER = re.compile(r"^output_folder = .*$", re.MULTILINE)
_STYLE = """
body{max-width:60rem;margin:1rem auto;padding:0 1rem;font-family:Arial,sans-serif;line-height:1.5;color:#0b0c0c}
pre{overflow-x:auto;padding:.6rem;background:#f3f2f1;font-size:.9rem}
table{border-collapse:collapse;font-size:.9rem}
th,td{padding:.2rem .5rem;border-bottom:1px solid #b1b4b6;text-align:left}
.jp-RenderedHTMLCommon,.output_html{overflow-x:auto}img{max-width:100%}
"""
_PAGE = """<!DOCTYPE html>
<html lang="en-GB"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>
<link rel="icon" href="data:,">
<style>{style}</style></head><body><main>
{body}
</main></body></html>
"""


def keep_working(executed: Path, pack: Path) -> tuple[str, ...]:
    """Put an executed notebook into a pack, with a page of it; nothing where it holds no working.

    Parameters
    ----------
    executed : Path
        The notebook as papermill left it.
    pack : Path

    Returns
    -------
    tuple of str
        The names of what was written, by their place in the pack.
    """
    notebook = nbformat.read(executed, as_version=4)  # type: ignore[no-untyped-call]
    if not any(is_for_board(cell) for cell in notebook.cells):
        return ()
    _forget_machine(notebook)
    folder = pack / WORKING_FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, folder / executed.name)  # type: ignore[no-untyped-call]
    page = folder / f"{executed.stem}.html"
    page.write_text(write_working_page(notebook), encoding="utf-8")
    return f"{WORKING_FOLDER}/{executed.name}", f"{WORKING_FOLDER}/{page.name}"


def _forget_machine(notebook: NotebookNode) -> None:
    """Leave out when and in which folder it was executed: the same working is the same file."""
    notebook.metadata.pop("papermill", None)
    for number, cell in enumerate(notebook.cells):
        cell.id = str(number)  # papermill draws one for the cell that it adds
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)
        if INJECTED_TAG in cell.metadata.get("tags", ()):
            cell.source = _OUTPUT_FOLDER.sub("output_folder = None", cell.source)


def write_working_page(notebook: NotebookNode) -> str:
    """Write an executed notebook as one HTML file without scripts or requests: text, code, tables and charts."""
    exporter = HTMLExporter(template_name="basic", exclude_anchor_links=True)  # type: ignore[no-untyped-call]
    body, _ = exporter.from_notebook_node(notebook)
    title = next((cell.source.splitlines()[0].lstrip("# ") for cell in notebook.cells if cell.source), "Notebook")
    style = f"{read_parts_stylesheet()}{_STYLE}"
    return _PAGE.format(title=f"Working: {escape(title)}", style=style, body=body)
