"""What may be wrong with the HTML of a page, as a reader's browser will find it, whatever made it.

The product checks the values that a page is rendered from; here the rendered page is read: structure that a screen
reader needs, nothing that reaches out to a network or runs, no word that the numbers do not back.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import tinycss2
from bs4 import BeautifulSoup, Tag

from shp_analysis.page.exporter import CONTENT_SECURITY_POLICY, SIMULATED
from shp_analysis.page.wording import Evidence, check_wording

_ACTIVE_TAGS = ["script", "iframe", "object", "embed", "form", "base", "video", "audio", "portal", "foreignobject"]
_LOADING_ATTRIBUTES = ("src", "srcset", "poster", "data", "background", "xlink:href", "action", "formaction", "ping")
_LEFT_BY_TOOLS = (
    "No description has been provided for this image",
    "Traceback (most recent call last)",
    "\x1b[",
    "anchor-link",
)
_IN_MESSAGE = 80


def find_html_faults(html: str) -> list[str]:
    """List what is wrong with a page: structure first, then safety, then wording."""
    soup = BeautifulSoup(html, "html.parser")
    faults = [fault for check in _CHECKS for fault in check(soup)]
    return [*faults, *_check_text(html), *_check_sentences(soup)]


def read_evidence(attribute: str) -> Evidence:
    """Read the evidence that a page carries beside a sentence."""
    pairs = (word.partition("=") for word in attribute.split())
    held: dict[str, Any] = {name: int(value) if equals else True for name, equals, value in pairs}
    return Evidence(**held)


# --- Structure


def _check_titles(soup: BeautifulSoup) -> Iterator[str]:
    titles = len(soup.find_all("h1"))
    if titles != 1:
        yield f"It has {titles} h1 headings; a page has one."
    if soup.title is None or not soup.title.get_text(strip=True):
        yield "It has no title element with words in it."
    if soup.html is None or soup.html.get("lang") != "en-GB":
        yield 'The html element does not say lang="en-GB".'
    for heading in soup.find_all(re.compile(r"^h[1-6]$")):
        if not heading.get_text(strip=True):
            yield f"An {heading.name} heading is empty."


def _check_heading_order(soup: BeautifulSoup) -> Iterator[str]:
    before = 0
    for heading in soup.find_all(re.compile(r"^h[1-6]$")):
        level = int(heading.name[1])
        if level > before + 1:
            yield f"The heading '{_words_of(heading)}' is an h{level} after an h{before}; no level may be left out."
        before = level


def _check_landmarks(soup: BeautifulSoup) -> Iterator[str]:
    for name in ("header", "main", "footer"):
        if len(soup.find_all(name)) != 1:
            yield f"It has {len(soup.find_all(name))} {name} elements; a page has one."
    first_link = soup.find("a")
    if not isinstance(first_link, Tag) or first_link.get("href") != "#main" or soup.find(id="main") is None:
        yield "Its first link does not skip to #main."


def _check_pictures(soup: BeautifulSoup) -> Iterator[str]:
    for number, picture in enumerate(soup.find_all("img"), start=1):
        if not str(picture.get("alt") or "").strip():
            yield f"Picture {number} has no alternative text."
        if picture.find_parent("figure") is None and picture.find_parent("td") is None:
            yield f"Picture {number} stands outside a figure, so it has no caption and no data table."
    for number, figure in enumerate(soup.find_all("figure"), start=1):
        caption = figure.find("figcaption")
        if caption is None or not caption.get_text(strip=True):
            yield f"Figure {number} has no caption."
        if figure.find("table") is None:
            yield f"Figure {number} has no data table."


def _check_tables(soup: BeautifulSoup) -> Iterator[str]:
    for number, table in enumerate(soup.find_all("table"), start=1):
        if table.caption is None or not table.caption.get_text(strip=True):
            yield f"Table {number} has no caption."
        headings = table.find_all("th")
        if not headings:
            yield f"Table {number} has no heading cells."
        for heading in headings:
            if not heading.get("scope") or not heading.get_text(strip=True):
                yield f"Table {number} has a heading cell '{_words_of(heading)}' without words or scope."


def _check_ids(soup: BeautifulSoup) -> Iterator[str]:
    counts = Counter(str(tag["id"]) for tag in soup.select("[id]"))
    yield from (f"The id '{name}' stands {count} times." for name, count in counts.items() if count > 1)
    for attribute in ("aria-labelledby", "aria-describedby"):
        for tag in soup.select(f"[{attribute}]"):
            for name in str(tag[attribute]).split():
                if name not in counts:
                    yield f"{attribute} names '{name}', which is no id of the page."


def _check_masthead(soup: BeautifulSoup) -> Iterator[str]:
    mastheads = soup.select("[data-part=masthead]")
    if len(mastheads) != 1:
        yield f"It has {len(mastheads)} mastheads; a page has one."
        return
    if mastheads[0].get("data-simulated") == "no":
        return
    title = soup.title.get_text() if soup.title is not None else ""
    if not title.startswith(SIMULATED) or not soup.select(".briefing-simulated"):
        yield "Its data are simulated, and its title or its banner does not say so."


# --- Safety


def _check_active(soup: BeautifulSoup) -> Iterator[str]:
    for tag in soup.find_all(_ACTIVE_TAGS):
        yield f"It holds a <{tag.name}> element."
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


def _check_policy(soup: BeautifulSoup) -> Iterator[str]:
    policies = soup.select("meta[http-equiv]")
    said = [(str(tag["http-equiv"]).lower(), tag.get("content")) for tag in policies]
    if said != [("content-security-policy", CONTENT_SECURITY_POLICY)]:
        yield f'Its content security policy is not "{CONTENT_SECURITY_POLICY}" and that alone.'


def _check_styles(soup: BeautifulSoup) -> Iterator[str]:
    sheets = [tinycss2.parse_stylesheet(tag.get_text()) for tag in soup.find_all("style")]
    inline = [tinycss2.parse_component_value_list(str(tag["style"])) for tag in soup.select("[style]")]
    for node in (node for nodes in (*sheets, *inline) for node in _walk_css(nodes)):
        if node.type == "at-rule" and node.lower_at_keyword == "import":
            yield "Its style sheet imports another."
        elif node.type == "url" and not node.value.startswith("data:"):
            yield f"Its style sheet asks for '{node.value[:_IN_MESSAGE]}'."
        elif node.type == "function" and node.lower_name in {"url", "src", "image", "image-set", "-webkit-image-set"}:
            yield f"Its style sheet uses {node.lower_name}(), which can ask for a file."


def _walk_css(nodes: list[tinycss2.ast.Node]) -> Iterator[tinycss2.ast.Node]:
    for node in nodes:
        yield node
        for inside in ("prelude", "content", "arguments"):
            yield from _walk_css(getattr(node, inside, None) or [])


def _check_text(html: str) -> Iterator[str]:
    yield from (f"It holds '{words}', which a tool left there." for words in _LEFT_BY_TOOLS if words in html)


# --- Wording


def _check_sentences(soup: BeautifulSoup) -> Iterator[str]:
    for tag in soup.select("[data-computed]"):
        verdict = tag.get("data-verdict")
        evidence = read_evidence(str(tag.get("data-evidence", "")))
        for finding in check_wording(
            tag.get_text(" "), verdict=None if verdict is None else str(verdict), evidence=evidence
        ):
            yield str(finding)


def _words_of(tag: Tag) -> str:
    return " ".join(tag.get_text(" ").split())[:_IN_MESSAGE]


_CHECKS: tuple[Callable[[BeautifulSoup], Iterator[str]], ...] = (
    _check_titles,
    _check_heading_order,
    _check_landmarks,
    _check_pictures,
    _check_tables,
    _check_ids,
    _check_masthead,
    _check_active,
    _check_policy,
    _check_styles,
)
