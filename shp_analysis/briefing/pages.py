"""The last hand on a page: its title, landmarks, running lines on paper, and ids that are its own.

nbconvert's template puts the cells one after another. Here the title and the masthead move into the page's
header, a simulated run is marked where nobody can miss it, and every id is made unique, because two parts may
be alike.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate

from bs4 import BeautifulSoup, Tag

from shp_analysis.errors import BriefingError

SIMULATED = "SIMULATED DATA"
CAPTION_LETTERS_ON_PAPER = 240
CONCLUSION_LETTERS_ON_PAPER = 220
DENIAL_LETTERS_ON_PAPER = 170
"""About four lines each beside a chart, of which a sheet holds six; the web edition has all of the words."""
_RUNNING_WARNING = "color:#0b0c0c;font-weight:700;font-size:11pt"
_ID_REFERENCES = ("aria-labelledby", "aria-describedby", "headers", "for")
_FIGURES_NOTE = "The numbers behind each chart, and more about it, are in the web edition."
_NUMBER = re.compile(r"\d[\d.,]*\w?")
_BETWEEN_SENTENCES = re.compile(r"(?<=[.?!]) (?=[A-Z])")
_PLAIN_IN_CSS = re.compile(r"[^A-Za-z0-9 ,.:-]")


def finish_page(html: str) -> str:
    """Turn the template's output into the page that is published.

    Parameters
    ----------
    html : str
        The page with its cells in order, an empty title, header and footer.

    Returns
    -------
    str
        The page, ending with a line break.

    Raises
    ------
    BriefingError
        There is not exactly one title and one masthead, or a title without words.
    """
    soup = BeautifulSoup(html, "html.parser")
    heading, masthead = _find_title(soup), _find_masthead(soup)
    _fill_head(soup, heading, masthead)
    _fill_footer(soup, masthead)
    _move_to_header(soup, heading, masthead)
    _drop_empty(soup)
    _shorten_words(soup)
    _make_ids_unique(soup)
    _gather(soup, "figure")
    _gather(soup, "notes")
    _note_figures(soup)
    return f"{str(soup).strip()}\n"


def _find_title(soup: BeautifulSoup) -> Tag:
    titles = soup.find_all("h1")
    if len(titles) != 1 or not titles[0].get_text(strip=True):
        raise BriefingError(
            f"The notebook has {len(titles)} titles with or without words, and a page has one. "
            "Begin one markdown cell with '# ' and the board's question, and every section with '## '."
        )
    return titles[0]


def _find_masthead(soup: BeautifulSoup) -> Tag:
    mastheads = soup.select("[data-part=masthead]")
    if len(mastheads) != 1:
        raise BriefingError(
            f"The notebook shows {len(mastheads)} mastheads, and a page has one: it says whose paper "
            "this is, of which period, and whether its data are simulated. "
            "Show the Masthead once, right under the title."
        )
    return mastheads[0]


def _is_simulated(masthead: Tag) -> bool:
    # Only a plain "no" makes a page of real figures: in doubt a reader is warned.
    return masthead.get("data-simulated") != "no"


def _read_masthead(masthead: Tag, name: str) -> str:
    found = masthead.select_one(f".masthead-{name}")
    return " ".join(found.get_text().split()) if found is not None else ""


def _fill_head(soup: BeautifulSoup, heading: Tag, masthead: Tag) -> None:
    area, period = _read_masthead(masthead, "area"), _read_masthead(masthead, "period")
    warning = f"{SIMULATED} - " if _is_simulated(masthead) else ""
    title, style = soup.find("title"), soup.find("style")
    if not isinstance(title, Tag) or not isinstance(style, Tag):
        raise BriefingError("The page template has no title or no style element. Restore index.html.j2.")
    title.string = f"{warning}{' '.join(heading.get_text().split())} – {area}, {period}"
    style.append(_write_running_lines(f"{area}: {_read_masthead(masthead, 'theme')}. {period}", warning))


def _write_running_lines(line: str, warning: str) -> str:
    boxes = [
        f"@bottom-left{{content:{quote_for_css(line)}}}",
        '@bottom-right{content:"Page " counter(page) " of " counter(pages)}',
    ]
    if warning:
        words = quote_for_css(f"{SIMULATED} The figures are invented")
        boxes.append(f"@top-center{{content:{words};{_RUNNING_WARNING}}}")
    return f"@page{{{''.join(boxes)}}}\n"


def quote_for_css(text: str) -> str:
    """Write text as a CSS string that can neither end the string nor the style element around it."""
    return '"' + _PLAIN_IN_CSS.sub(lambda match: f"\\{ord(match[0]):x} ", text) + '"'


def _fill_footer(soup: BeautifulSoup, masthead: Tag) -> None:
    footer = soup.find("footer")
    line = soup.new_tag("p")
    facts = [" ".join(fact.get_text(" ").split()) for fact in masthead.select(".masthead-facts > div")]
    area, theme, period = (_read_masthead(masthead, name) for name in ("area", "theme", "period"))
    line.string = ". ".join([f"{area}: {theme}", period, *facts]) + "."
    if isinstance(footer, Tag):
        footer.append(line)


def _move_to_header(soup: BeautifulSoup, heading: Tag, masthead: Tag) -> None:
    header = soup.find("header")
    if not isinstance(header, Tag):
        raise BriefingError("The page template has no header element. Restore index.html.j2.")
    header.append(heading.extract())
    header.append(masthead.extract())
    if not _is_simulated(masthead):
        return
    banner = masthead.select_one(".briefing-simulated")
    if banner is None:
        raise BriefingError("The masthead says its data are simulated and has no banner. Show the Masthead part.")
    banner.name = "section"
    banner["aria-label"] = "Simulated data"
    header.insert_before(banner.extract())
    # Not every browser prints margin boxes, but a fixed element is repeated on each sheet.
    edge = soup.new_tag("p", attrs={"class": "simulated-edge", "aria-hidden": "true"})
    edge.string = f"{SIMULATED} \N{MIDDLE DOT} {SIMULATED} \N{MIDDLE DOT} {SIMULATED}"
    banner.append(edge)
    if soup.body is not None:
        soup.body["class"] = "simulated"


def _drop_empty(soup: BeautifulSoup) -> None:
    for block in soup.select("main .prose"):
        if not block.get_text(strip=True) and block.find("img") is None:
            block.decompose()


def _gather(soup: BeautifulSoup, part: str) -> None:
    """Put parts of a kind that follow one another into one block, which paper sets in columns."""
    for tag in soup.select(f"main > .briefing-{part}"):
        before = tag.find_previous_sibling()
        if before is None or before.get("class") != [f"{part}-block"]:
            before = soup.new_tag("div", attrs={"class": f"{part}-block"})
            tag.insert_before(before)
        before.append(tag.extract())


def _note_figures(soup: BeautifulSoup) -> None:
    """Say once on paper, and not under each chart, where the numbers behind the charts are."""
    figures = soup.select_one(".figure-block")
    if figures is not None:
        note = soup.new_tag("p", attrs={"class": "figures-note print-only"})
        note.string = _FIGURES_NOTE
        figures.insert_before(note)


def _shorten_words(soup: BeautifulSoup) -> None:
    """Mark what paper leaves out of the words beside charts: what an earlier chart said, and what passes their room.

    A sentence is taken for said where only its numbers differ. Whole sentences go, and the first new one stays. A
    definition that stands beside the charts is not printed again.
    """
    said: set[str] = set()
    for figure in soup.select("main .briefing-figure"):
        conclusion, denial = figure.select(".figure-conclusions dd")
        _leave_out(soup, figure.select(".figure-caption"), CAPTION_LETTERS_ON_PAPER, said)
        _leave_out(soup, conclusion.find_all("span", recursive=False), CONCLUSION_LETTERS_ON_PAPER, set())
        if _leave_out(soup, [denial], DENIAL_LETTERS_ON_PAPER, said):
            denial.insert(0, _mark_edition(soup, "As above. ", "print-only"))
    for note in soup.select("main .briefing-notes > div:not(.screen-only, .print-only)"):
        if said.issuperset(_shape(sentence) for definition in note.select("dd") for sentence in _split(definition)):
            note["class"] = "screen-only"


def _leave_out(soup: BeautifulSoup, tags: Sequence[Tag], room: int, said: set[str]) -> bool:
    """Mark the sentences that paper leaves out of some tags, note the others as said; say if one was said before."""
    words = [(tag, sentence) for tag in tags for sentence in _split(tag)]
    shapes = [_shape(sentence) for _, sentence in words]
    repeats = any(shape in said for shape in shapes)
    fresh = [place for place, shape in enumerate(shapes) if shape not in said]
    if not fresh and tags[0].name == "p":
        fresh = [0]  # a caption without words of its own keeps them; of a denial "As above" is enough
    lengths = accumulate(len(words[place][1]) for place in fresh)
    printed = {place for place, length in zip(fresh, lengths, strict=True) if place == fresh[0] or length <= room}
    said.update(shapes[place] for place in printed)
    if len(printed) < len(words):
        for tag in tags:
            tag.clear()
        for place, (tag, sentence) in enumerate(words):
            tag.append(f"{sentence} " if place in printed else _mark_edition(soup, f"{sentence} ", "screen-only"))
    return repeats


def _split(tag: Tag) -> list[str]:
    return _BETWEEN_SENTENCES.split(" ".join(tag.get_text().split()))


def _shape(sentence: str) -> str:
    return _NUMBER.sub("#", sentence)


def _mark_edition(soup: BeautifulSoup, words: str, edition: str) -> Tag:
    span = soup.new_tag("span", attrs={"class": edition})
    span.string = words
    return span


def _make_ids_unique(soup: BeautifulSoup) -> None:
    taken: set[str] = set()
    blocks = soup.select("body > *, main > *")
    for block in blocks:
        if block.name == "main":
            taken.add("main")
            continue
        renamed = {str(tag["id"]): _free_id(str(tag["id"]), taken) for tag in _with_ids(block)}
        for tag in _with_ids(block):
            tag["id"] = renamed[str(tag["id"])]
        _follow(block, renamed)


def _with_ids(block: Tag) -> list[Tag]:
    own = [block] if block.has_attr("id") else []
    return own + block.select("[id]")


def _free_id(wanted: str, taken: set[str]) -> str:
    number, free = 1, wanted
    while free in taken:
        number += 1
        free = f"{wanted}-{number}"
    taken.add(free)
    return free


def _follow(block: Tag, renamed: dict[str, str]) -> None:
    for attribute in _ID_REFERENCES:
        for tag in block.select(f"[{attribute}]"):
            names = tag.get_attribute_list(attribute)
            tag[attribute] = " ".join(renamed.get(word, word) for name in names for word in str(name).split())
