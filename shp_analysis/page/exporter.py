"""From an executed notebook to one HTML file: the nbconvert exporter `briefing`.

Only parts of a briefing and markdown reach the page: where cells are tagged `board`, those of these cells alone, for
the others are the analyst's working. What else a cell left behind (a printed line, a warning, the text of a value, a
path) is for the analyst and stays in the notebook. A picture, a table or an error that would not do on a board's paper
stops the export, with the cell's number and what to add.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from nbconvert.exporters import Exporter
from nbformat import NotebookNode

from shp_analysis.errors import BriefingError
from shp_analysis.page.data_tables import DataTable
from shp_analysis.page.paper_words import choose_words
from shp_analysis.page.parts import Figure, Masthead, Sources, read_part
from shp_analysis.page.prose import Prose, find_free_id, read_prose
from shp_analysis.page.rendering import PART_TYPE, Part, clean_text, page_environment
from shp_analysis.reference.period_spellings import write_day

SIMULATED = "SIMULATED DATA"
CONTENT_SECURITY_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
_RUNNING_WARNING = "color:#0b0c0c;font-weight:700;font-size:11pt"
_PLAIN_IN_CSS = re.compile(r"[^A-Za-z0-9 ,.:-]")
_GATHERED = ("figure", "notes")
"""Parts of these kinds that follow one another make one block, which paper sets in columns."""

Block = Prose | Part


@dataclass(frozen=True)
class Page:
    """What a page shows.

    Attributes
    ----------
    heading : str
        The HTML of its title.
    title : str
        The words of its title.
    masthead : Masthead
    blocks : tuple of Prose or Part
        What stands below, from top to bottom; each table with an id of its own.
    prose : tuple of Prose
        All of its markdown, its title among it.
    """

    heading: str
    title: str
    masthead: Masthead
    blocks: tuple[Block, ...]
    prose: tuple[Prose, ...]

    @property
    def parts(self) -> tuple[Part, ...]:
        """The parts below the masthead."""
        return tuple(block for block in self.blocks if isinstance(block, Part))

    @property
    def tables(self) -> tuple[DataTable | Sources, ...]:
        """Every table, those behind the charts among them."""
        found = (part.table if isinstance(part, Figure) else part for part in self.parts)
        return tuple(table for table in found if isinstance(table, DataTable | Sources))


def build_page(blocks: Sequence[Block]) -> Page:
    """Put a page together.

    Parameters
    ----------
    blocks : sequence of Prose or Part
        In the order of the notebook.

    Raises
    ------
    BriefingError
        There is not exactly one title and one masthead, or a title without words.
    """
    prose = tuple(block for block in blocks if isinstance(block, Prose))
    heading, title = _find_title(prose)
    taken = {"main"}.union(*(each.ids for each in prose))
    shown = (block for block in blocks if not isinstance(block, Masthead))
    kept = (block for block in shown if isinstance(block, Part) or not block.is_empty)
    return Page(heading, title, _find_masthead(blocks), tuple(_name_apart(block, taken) for block in kept), prose)


def render_page(page: Page) -> str:
    """Render the HTML of a page.

    Returns
    -------
    str
        The page, ending with a line break; the same for the same page.
    """
    masthead = page.masthead
    area, theme, period = (
        " ".join(words.split()) for words in (masthead.area_name, masthead.theme, masthead.period_in_words)
    )
    warning = f"{SIMULATED} - " if masthead.is_simulated else ""
    facts = [f"As of {write_day(masthead.as_of)}", f"Edition {masthead.edition}", f"Status {masthead.status}"]
    groups = [(kind, [html for _, html in members]) for kind, members in groupby(_render_blocks(page), lambda x: x[0])]
    html = (
        page_environment()
        .get_template("briefing/page.html.j2")
        .render(
            title=f"{warning}{page.title} – {area}, {period}",
            policy=CONTENT_SECURITY_POLICY,
            running_lines=_write_running_lines(clean_text(f"{area}: {theme}. {period}"), warning),
            is_simulated=masthead.is_simulated,
            heading=page.heading,
            masthead=masthead.to_html(has_banner=True),
            groups=groups,
            first_figures=next((place for place, (kind, _) in enumerate(groups) if kind == "figure"), None),
            footer=". ".join([f"{area}: {theme}", period, *(" ".join(fact.split()) for fact in facts)]) + ".",
        )
    )
    return f"{html.strip()}\n"


def quote_for_css(text: str) -> str:
    """Write text as a CSS string that can neither end the string nor the style element around it."""
    return '"' + _PLAIN_IN_CSS.sub(lambda match: f"\\{ord(match[0]):x} ", text) + '"'


def _find_title(prose: Sequence[Prose]) -> tuple[str, str]:
    found = [html for each in prose for html in each.titles]
    words = [heading.text for each in prose for heading in each.headings if heading.level == 1]
    if len(found) != 1 or not words[0]:
        raise BriefingError(
            f"The notebook has {len(found)} titles with or without words, and a page has one. "
            "Begin one markdown cell with '# ' and the board's question, and every section with '## '."
        )
    return found[0], words[0]


def _find_masthead(blocks: Sequence[Block]) -> Masthead:
    found = [block for block in blocks if isinstance(block, Masthead)]
    if len(found) != 1:
        raise BriefingError(
            f"The notebook shows {len(found)} mastheads, and a page has one: it says whose paper "
            "this is, of which period, and whether its data are simulated. "
            "Show the Masthead once, right under the title."
        )
    return found[0]


def _name_apart(block: Block, taken: set[str]) -> Block:
    """Give a table an id that no other has."""
    if isinstance(block, Figure):
        return replace(block, table=replace(block.table, table_id=find_free_id(block.table.table_id, taken)))
    if isinstance(block, DataTable):
        return replace(block, table_id=find_free_id(block.table_id, taken))
    return replace(block, table_id=find_free_id(block.table_id, taken)) if isinstance(block, Sources) else block


def _render_blocks(page: Page) -> Iterator[tuple[str | None, str]]:
    """Render each block, with the kind of those that are gathered."""
    words = iter(choose_words(page.parts))
    for block in page.blocks:
        if isinstance(block, Prose):
            yield None, f'<div class="prose">\n{block.html}\n</div>'
        else:
            printed = next(words)
            html = block.to_html() if printed is None else block.to_html(printed=printed)
            yield block.kind if block.kind in _GATHERED else None, html


def _write_running_lines(line: str, warning: str) -> str:
    boxes = [
        f"@bottom-left{{content:{quote_for_css(line)}}}",
        '@bottom-right{content:"Page " counter(page) " of " counter(pages)}',
    ]
    if warning:
        words = quote_for_css(f"{SIMULATED} The figures are invented")
        boxes.append(f"@top-center{{content:{words};{_RUNNING_WARNING}}}")
    return f"@page{{{''.join(boxes)}}}"


BOARD_TAG = "board"
"""Marks the cells that make the page, in a notebook that holds the analyst's working as well."""
_PICTURES = ("image/", "application/pdf", "application/vnd.plotly", "application/vnd.vega")
_USE_A_FIGURE = "Return a shp_analysis.page.parts.Figure, which asks for all of them."


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
    shown = [(number, cell) for number, cell in numbered if is_for_board(cell)] or numbered
    taken = {"main"}
    return build_page([block for number, cell in shown for block in _read_cell(cell, _name_cell(number, cell), taken)])


def _check_was_run(notebook: NotebookNode) -> None:
    code_cells = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
    if code_cells and not any(cell.outputs for cell in code_cells):
        raise BriefingError("The notebook has no outputs, so there is nothing to publish. Run it first.")


def is_for_board(cell: NotebookNode) -> bool:
    """Say whether a cell belongs to the board's page; the others are the analyst's working."""
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
            "build_table(frame, caption=..., columns=[...]) of shp_analysis.page.data_tables, and for a chart "
            "run.publish(axes, ...); or take the tag 'board' off the cell, which keeps it in the notebook alone."
        )
    picture = next((kind for kind in data if kind.startswith(_PICTURES)), None)
    if picture is not None:
        raise BriefingError(
            f"{name} shows a picture ({picture}) without alternative text, a caption and a data table. {_USE_A_FIGURE}"
        )
    if "text/markdown" in data:
        yield read_prose(data["text/markdown"], {}, taken)
