"""A board's page: its title, masthead and blocks as values, and the HTML that is rendered from them.

The title and the masthead stand in the page's header, a simulated run is marked where nobody can miss it, and every id
is made unique, because two parts may be alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from shp_analysis.briefing.data_tables import DataTable
from shp_analysis.briefing.paper_words import choose_words
from shp_analysis.briefing.parts import Figure, Masthead, Sources
from shp_analysis.briefing.prose import Prose, find_free_id
from shp_analysis.briefing.rendering import Part, clean_text, page_environment, write_date
from shp_analysis.errors import BriefingError

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
    facts = [f"As of {write_date(masthead.as_of)}", f"Edition {masthead.edition}", f"Status {masthead.status}"]
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
