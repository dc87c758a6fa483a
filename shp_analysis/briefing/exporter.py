"""From an executed notebook to one HTML file: the nbconvert exporter `briefing`.

Only parts of a briefing and markdown reach the page: where cells are tagged `board`, those of these cells alone, for
the others are the analyst's working. What else a cell left behind (a printed line, a warning, the text of a value, a
path) is for the analyst and stays in the notebook. A picture, a table or an error that would not do on a board's paper
stops the export, with the cell's number and what to add.
"""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup, Tag
from nbconvert.exporters import HTMLExporter
from nbformat import NotebookNode

from shp_analysis.briefing.pages import finish_page
from shp_analysis.errors import BriefingError

TEMPLATES = Path(__file__).parent / "templates"
_SETTINGS: dict[str, Any] = {
    "template_name": "briefing",
    "extra_template_basedirs": [str(TEMPLATES)],
    "exclude_input": True,
    "exclude_anchor_links": True,
}
_FORBIDDEN_TAGS = ("script", "style", "iframe", "object", "embed", "form", "link", "meta", "base")
_PICTURES = ("image/", "application/pdf", "application/vnd.plotly", "application/vnd.vega")
BOARD_TAG = "board"
"""Marks the cells that make the page, in a notebook that holds the analyst's working as well."""
_USE_A_FIGURE = "Return a shp_analysis.briefing.parts.Figure, which asks for all of them."


class BriefingExporter(HTMLExporter):
    """Export an executed notebook as a paper for a board: one HTML file without scripts or requests.

    JupyterLab offers it in *Save and Export Notebook As*; on the command line it is
    `jupyter nbconvert --to briefing NOTEBOOK`.
    """

    export_from_notebook = "Briefing for a board (HTML)"

    def __init__(self, **settings: object) -> None:
        # Set here and not as defaults: no setting of somebody's own nbconvert may put code on a board's paper.
        super().__init__(**{**settings, **_SETTINGS})  # type: ignore[no-untyped-call]

    def from_notebook_node(  # type: ignore[override]  # nbconvert types it as a notebook
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: object
    ) -> tuple[str, dict[str, Any]]:
        """Turn an executed notebook into the page.

        Parameters
        ----------
        nb : NotebookNode
            The executed notebook; it is not changed.
        resources : dict, optional
            As nbconvert passes it on. Nothing of it reaches the page.

        Returns
        -------
        html : str
            The page; the same for the same executed content.
        resources : dict
            As nbconvert gives it.

        Raises
        ------
        BriefingError
            The notebook failed or was not run, has no title or masthead, or shows what a page may not.
        """
        html, resources = super().from_notebook_node(collect_page(nb), resources, **kw)
        return finish_page(html), resources


def collect_page(notebook: NotebookNode) -> NotebookNode:
    """Copy what a page shows out of an executed notebook: its markdown, and the parts among its outputs.

    Raises
    ------
    BriefingError
        A cell failed, or shows something that a page may not.
    """
    _check_was_run(notebook)
    page = deepcopy(notebook)
    page.metadata.clear()
    numbered = list(enumerate(page.cells, start=1))
    for number, cell in numbered:
        _refuse_failure(cell, _name_cell(number, cell))
    numbered = [(number, cell) for number, cell in numbered if _is_for_board(cell)] or numbered
    page.cells = [cell for _, cell in numbered]
    for number, cell in numbered:
        cell.metadata.clear()
        if cell.cell_type == "code":
            name = _name_cell(number, cell)
            cell.outputs = [output for output in cell.outputs if _keep_output(output, name)]
            cell.source = ""
    page.cells = [cell for cell in page.cells if cell.cell_type != "raw"]
    return page


def _check_was_run(notebook: NotebookNode) -> None:
    code_cells = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
    if code_cells and not any(cell.outputs for cell in code_cells):
        raise BriefingError("The notebook has no outputs, so there is nothing to publish. Run it first.")


def _is_for_board(cell: NotebookNode) -> bool:
    return BOARD_TAG in cell.metadata.get("tags", ())


def _refuse_failure(cell: NotebookNode, name: str) -> None:
    for output in cell.get("outputs", ()):
        if output.output_type == "error":
            raise BriefingError(
                f"{name} failed with {output.ename}: {output.evalue}. A failed notebook is never published. "
                "Put the cause right and run it again."
            )


def _name_cell(number: int, cell: NotebookNode) -> str:
    first_line = next((line.strip() for line in cell.source.splitlines() if line.strip()), "")
    return f"Cell {number} ({first_line[:60]})"


def _keep_output(output: NotebookNode, name: str) -> bool:
    """Say whether an output goes on the page, and reduce one that does to the HTML of its part."""
    data = output.get("data", {})
    if "text/html" in data:
        output.data = {"text/html": _collect_part(data["text/html"], name)}
        return True
    picture = next((kind for kind in data if kind.startswith(_PICTURES)), None)
    if picture is not None:
        raise BriefingError(
            f"{name} shows a picture ({picture}) without alternative text, a caption and a data table. {_USE_A_FIGURE}"
        )
    return "text/markdown" in data


def _collect_part(html: str, name: str) -> str:
    soup = BeautifulSoup(html, "html.parser")
    for style in soup.find_all("style"):
        style.decompose()
    loose = [tag for tag in soup.find_all(True, recursive=False) if not tag.has_attr("data-part")]
    if loose or not soup.find(True):
        raise BriefingError(
            f"{name} shows HTML that is no part of a briefing. Return a part "
            "(shp_analysis.briefing.parts), or for a table build_table(...): it has a caption and headings."
        )
    for figure in soup.find_all("figure"):
        _check_figure(figure, name)
    for picture in soup.find_all("img"):
        if not str(picture.get("alt", "")).strip():
            raise BriefingError(f"{name} shows a picture without alternative text. Say in words what it shows.")
    forbidden = soup.find(_FORBIDDEN_TAGS)
    if forbidden is not None:
        raise BriefingError(f"{name} shows a part with <{forbidden.name}>, which no page may hold. Take it out.")
    return str(soup).strip()


def _check_figure(figure: Tag, name: str) -> None:
    picture, caption = figure.find("img"), figure.find("figcaption")
    missing = [
        what
        for what, is_there in (
            ("alternative text", isinstance(picture, Tag) and str(picture.get("alt", "")).strip()),
            ("a caption", caption is not None and caption.get_text(strip=True)),
            ("a data table", figure.find("table") is not None),
        )
        if not is_there
    ]
    if missing:
        raise BriefingError(f"{name} shows a figure without {' and '.join(missing)}. {_USE_A_FIGURE}")
