"""The analyst's own words: markdown as HTML, what headings it has, and what in it no page may hold.

Whoever writes markdown may write HTML in it. Here alone HTML is read, because this HTML is not the project's: what
runs, asks for a file, or is no heading or table that can be read aloud is listed, and the page is then refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import tinycss2
from bs4 import BeautifulSoup, Tag
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

_HEADING = re.compile(r"^h[1-6]$")
_ACTIVE_TAGS = ["script", "iframe", "object", "embed", "form", "base", "video", "audio", "portal", "foreignobject"]
_PAGE_TAGS = ["style", "link", "meta", "header", "main", "footer", "title", "head", "body", "html"]
"""What only the page's own template holds."""
_LOADING_ATTRIBUTES = ("src", "srcset", "poster", "data", "background", "xlink:href", "action", "formaction", "ping")
_ASKING_FUNCTIONS = {"url", "src", "image", "image-set", "-webkit-image-set"}
_IN_MESSAGE = 80


@dataclass(frozen=True)
class Heading:
    """A heading of the page: its level from 1 to 6, and its words."""

    level: int
    text: str


@dataclass(frozen=True)
class Prose:
    """A cell of markdown as HTML.

    Attributes
    ----------
    html : str
        Without its titles.
    titles : tuple of str
        The HTML of each h1 in it.
    headings : tuple of Heading
        From top to bottom, titles among them.
    ids : frozenset of str
        Every id in it, none of them taken before.
    is_empty : bool
        Nothing is left but its titles.
    faults : tuple of str
        What may not be published, a sentence each.
    """

    html: str
    titles: tuple[str, ...]
    headings: tuple[Heading, ...]
    ids: frozenset[str]
    is_empty: bool
    faults: tuple[str, ...]


def read_prose(markdown: str, attachments: Mapping[str, Any], taken: set[str]) -> Prose:
    """Turn markdown into HTML for a page.

    Parameters
    ----------
    markdown : str
    attachments : mapping
        The cell's pictures, as Jupyter keeps them.
    taken : set of str
        Ids that the page has already; those of the markdown are added.
    """
    renderer = IPythonRenderer(escape=False, attachments=dict(attachments), exclude_anchor_links=True)
    soup = BeautifulSoup(MarkdownWithMath(renderer=renderer).render(markdown), "html.parser")
    ids = [_make_id_unique(tag, taken) for tag in soup.select("[id]")]
    headings = tuple(Heading(int(tag.name[1]), _words_of(tag)) for tag in soup.find_all(_HEADING))
    faults = tuple(fault for check in _CHECKS for fault in check(soup))
    titles = tuple(str(tag.extract()) for tag in soup.find_all("h1"))
    is_empty = not soup.get_text(strip=True) and soup.find("img") is None
    return Prose(str(soup).strip(), titles, headings, frozenset(ids), is_empty, faults)


def find_free_id(wanted: str, taken: set[str]) -> str:
    """Give an id that the page does not have yet, and note it as taken."""
    number, free = 1, wanted
    while free in taken:
        number += 1
        free = f"{wanted}-{number}"
    taken.add(free)
    return free


def _make_id_unique(tag: Tag, taken: set[str]) -> str:
    tag["id"] = find_free_id(str(tag["id"]), taken)
    return str(tag["id"])


def _words_of(tag: Tag) -> str:
    return " ".join(tag.get_text(" ").split())


def _check_pictures(soup: BeautifulSoup) -> Iterator[str]:
    for picture in soup.find_all("img"):
        if not str(picture.get("alt") or "").strip():
            yield "A picture in the text has no alternative text."
        yield "A picture stands in the text and outside a figure, so it has no caption and no data table."


def _check_tables(soup: BeautifulSoup) -> Iterator[str]:
    for table in soup.find_all("table"):
        if table.caption is None or not table.caption.get_text(strip=True):
            yield "A table in the text has no caption."
        headings = table.find_all("th")
        if not headings:
            yield "A table in the text has no heading cells."
        for heading in headings:
            if not heading.get("scope") or not heading.get_text(strip=True):
                words = _words_of(heading)[:_IN_MESSAGE]
                yield f"A table in the text has a heading cell '{words}' without words or scope."


def _check_references(soup: BeautifulSoup) -> Iterator[str]:
    ids = {str(tag["id"]) for tag in soup.select("[id]")}
    for attribute in ("aria-labelledby", "aria-describedby"):
        for tag in soup.select(f"[{attribute}]"):
            for name in str(tag[attribute]).split():
                if name not in ids:
                    yield f"{attribute} names '{name}', which is no id of the text."


def _check_active(soup: BeautifulSoup) -> Iterator[str]:
    for tag in soup.find_all(_ACTIVE_TAGS):
        yield f"It holds a <{tag.name}> element."
    for tag in soup.find_all(_PAGE_TAGS):
        yield f"It holds a second <{tag.name}> element."
    for tag in soup.find_all(True):
        for name, value in tag.attrs.items():
            if name.startswith("on"):
                yield f"A <{tag.name}> element has the script attribute {name}."
            if re.match(r"\s*(?:javascript|vbscript):", str(value), re.IGNORECASE):
                yield f"A <{tag.name}> element has a script in its {name}."
            elif _reaches_out(tag, name, str(value)):
                yield f"A <{tag.name}> element asks for '{str(value)[:_IN_MESSAGE]}' in its {name}."


def _reaches_out(tag: Tag, attribute: str, value: str) -> bool:
    if attribute == "href":
        # A link to a publisher is only followed by a reader who wants to; other elements load what they name.
        return tag.name != "a" and not value.startswith(("data:", "#"))
    return attribute in _LOADING_ATTRIBUTES and not value.strip().startswith(("data:", "#"))


def _check_styles(soup: BeautifulSoup) -> Iterator[str]:
    for tag in soup.select("[style]"):
        for node in _walk_css(tinycss2.parse_component_value_list(str(tag["style"]))):
            if node.type == "url" and not node.value.startswith("data:"):
                yield f"Its style asks for '{node.value[:_IN_MESSAGE]}'."
            elif node.type == "function" and node.lower_name in _ASKING_FUNCTIONS:
                yield f"Its style uses {node.lower_name}(), which can ask for a file."


def _walk_css(nodes: list[tinycss2.ast.Node]) -> Iterator[tinycss2.ast.Node]:
    for node in nodes:
        yield node
        for inside in ("prelude", "content", "arguments"):
            yield from _walk_css(getattr(node, inside, None) or [])


_CHECKS: tuple[Callable[[BeautifulSoup], Iterator[str]], ...] = (
    _check_pictures,
    _check_tables,
    _check_references,
    _check_active,
    _check_styles,
)
