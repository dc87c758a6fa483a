"""From an executed notebook to one HTML file: the nbconvert exporter `briefing`.

Only parts of a briefing and markdown reach the page: where cells are tagged `board`, those of these cells alone, for
the others are the analyst's working. What else a cell left behind (a printed line, a warning, the text of a value, a
path) is for the analyst and stays in the notebook. A picture, a table or an error that would not do on a board's paper
stops the export, with the cell's number and what to add.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from nbconvert.exporters import Exporter
from nbformat import NotebookNode

from shp_analysis.briefing.pages import Block, Page, build_page, render_page
from shp_analysis.briefing.parts import read_part
from shp_analysis.briefing.prose import read_prose
from shp_analysis.briefing.rendering import PART_TYPE
from shp_analysis.errors import BriefingError

BOARD_TAG = "board"
"""Marks the cells that make the page, in a notebook that holds the analyst's working as well."""
_PICTURES = ("image/", "application/pdf", "application/vnd.plotly", "application/vnd.vega")
_USE_A_FIGURE = "Return a shp_analysis.briefing.parts.Figure, which asks for all of them."


class BriefingExporter(Exporter):
    """Export an executed notebook as a paper for a board: one HTML file without scripts or requests.

    JupyterLab offers it in *Save and Export Notebook As*; on the command line it is
    `jupyter nbconvert --to briefing NOTEBOOK`. No setting of somebody's own nbconvert changes the page.
    """

    export_from_notebook = "Briefing for a board (HTML)"
    output_mimetype = "text/html"

    def _file_extension_default(self) -> str:
        return ".html"

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
        _, resources = super().from_notebook_node(nb, resources, **kw)
        return render_page(collect_page(nb)), resources


def collect_page(notebook: NotebookNode) -> Page:
    """Read what a page shows from an executed notebook: its markdown, and the parts among its outputs.

    Raises
    ------
    BriefingError
        A cell failed, or shows something that a page may not.
    """
    _check_was_run(notebook)
    numbered = list(enumerate(notebook.cells, start=1))
    for number, cell in numbered:
        _refuse_failure(cell, _name_cell(number, cell))
    shown = [(number, cell) for number, cell in numbered if _is_for_board(cell)] or numbered
    taken = {"main"}
    return build_page([block for number, cell in shown for block in _read_cell(cell, _name_cell(number, cell), taken)])


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


def _read_cell(cell: NotebookNode, name: str, taken: set[str]) -> Iterator[Block]:
    if cell.cell_type == "markdown":
        yield read_prose(cell.source, cell.get("attachments", {}), taken)
    elif cell.cell_type == "code":
        for output in cell.outputs:
            yield from _read_output(output.get("data", {}), name, taken)


def _read_output(data: Mapping[str, Any], name: str, taken: set[str]) -> Iterator[Block]:
    """Give what an output puts on the page: a part, markdown, or nothing."""
    if PART_TYPE in data:
        yield read_part(data[PART_TYPE], data.get("text/html", ""))
        return
    if "text/html" in data:
        raise BriefingError(
            f"{name} shows HTML that is no part of a briefing, such as a plain DataFrame. For a table return "
            "build_table(frame, caption=..., columns=[...]) of shp_analysis.briefing.data_tables, and for a chart "
            "run.publish(axes, ...); or take the tag 'board' off the cell, which keeps it in the notebook alone."
        )
    picture = next((kind for kind in data if kind.startswith(_PICTURES)), None)
    if picture is not None:
        raise BriefingError(
            f"{name} shows a picture ({picture}) without alternative text, a caption and a data table. {_USE_A_FIGURE}"
        )
    if "text/markdown" in data:
        yield read_prose(data["text/markdown"], {}, taken)
