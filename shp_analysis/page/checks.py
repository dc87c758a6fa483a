"""The last reading of a page before it is published.

`check_page` reads the values that the page is rendered from: its headings in their order, the analyst's own HTML, its
weight, and every computed sentence with what its words rest on. It lists everything it finds at once, so that a page is
put right in one go. What the templates alone decide (landmarks, captions, scopes) is tested with them.
"""

from __future__ import annotations

from collections.abc import Iterator

from shp_analysis.errors import BriefingError
from shp_analysis.page.data_tables import CellPicture, DataTable
from shp_analysis.page.exporter import Page
from shp_analysis.page.parts import DataQuality, Figure, Headlines
from shp_analysis.page.prose import Heading, Prose
from shp_analysis.page.rendering import Part, picture_uri
from shp_analysis.page.wording import Evidence, check_wording

PAGE_BYTES_WITHOUT_PICTURES = 140_000
"""What a page may weigh without its pictures: a phone on a slow line (400 kbit/s) shows it in under three seconds.

A theme of 55 figures, with its scorecard and the words for its courses, every definition, what partners say and do,
every file, and the numbers behind six charts weighs 134,000; the other themes about half.
"""
_LEFT_BY_TOOLS = ("No description has been provided for this image", "Traceback (most recent call last)", "\x1b[")
_IN_MESSAGE = 80


def check_page(page: Page, html: str, *, byte_limit: int = PAGE_BYTES_WITHOUT_PICTURES) -> None:
    """Refuse a page that may not be published.

    Parameters
    ----------
    page : Page
    html : str
        What was rendered from it.
    byte_limit : int, default 140,000
        What it may weigh in UTF-8 without its pictures.

    Raises
    ------
    BriefingError
        Everything that `find_faults` found, one line each.
    """
    faults = find_faults(page, html, byte_limit=byte_limit)
    if faults:
        listed = "\n".join(f"- {fault}" for fault in faults)
        raise BriefingError(f"The page may not be published. Put right what is listed ({len(faults)}):\n{listed}")


def find_faults(page: Page, html: str, *, byte_limit: int = PAGE_BYTES_WITHOUT_PICTURES) -> list[str]:
    """List what is wrong with a page: headings first, then safety, then size, then wording.

    Parameters
    ----------
    page : Page
    html : str
        What was rendered from it.
    byte_limit : int, default 140,000
        What it may weigh in UTF-8 without its pictures.

    Returns
    -------
    list of str
        One sentence for each fault; empty for a page that may be published.
    """
    faults = [*_check_headings(page), *(fault for prose in page.prose for fault in prose.faults)]
    faults += [f"It holds '{words}', which a tool left there." for words in _LEFT_BY_TOOLS if words in html]
    weight = _weigh(html) - sum(_weigh(picture_uri(each)) for each in _list_pictures(page))
    if weight > byte_limit:
        faults.append(f"Without pictures it weighs {weight:,} bytes, more than {byte_limit:,}. Shorten its tables.")
    for text, verdict, evidence in (claim for part in page.parts for claim in _list_claims(part)):
        faults += [str(finding) for finding in check_wording(text, verdict=verdict, evidence=evidence)]
    return faults


def _check_headings(page: Page) -> Iterator[str]:
    before = 1  # the title, which stands above all
    for heading in _list_headings(page):
        if not heading.text:
            yield f"An h{heading.level} heading is empty."
        if heading.level > before + 1:
            words = heading.text[:_IN_MESSAGE]
            yield f"The heading '{words}' is an h{heading.level} after an h{before}; no level may be left out."
        before = heading.level


def _list_headings(page: Page) -> Iterator[Heading]:
    for block in page.blocks:
        if isinstance(block, Prose):
            yield from (heading for heading in block.headings if heading.level > 1)
        elif isinstance(block, DataQuality):
            yield Heading(2, block.title)


def _list_claims(part: Part) -> Iterator[tuple[str, str | None, Evidence]]:
    """List the words that the analysis wrote, with what they rest on; partners' words are never checked."""
    if isinstance(part, Headlines):
        yield from ((sentence.text, sentence.verdict, sentence.evidence) for sentence in part.sentences)
    elif isinstance(part, Figure):
        yield part.title, part.verdict, part.evidence
        yield part.caption, part.verdict, part.evidence
        yield from ((sentence.text, sentence.verdict, sentence.evidence) for sentence in part.conclusions)
        yield part.cannot_conclude, part.verdict, part.denial


def _weigh(text: str) -> int:
    return len(text.encode(errors="replace"))


def _list_pictures(page: Page) -> Iterator[str | bytes]:
    for part in page.parts:
        if isinstance(part, Figure):
            yield from (picture for picture in (part.picture, part.narrow_picture) if picture is not None)
    for table in page.tables:
        if isinstance(table, DataTable):
            cells = (cell for group in table.groups for row in group.rows for cell in row)
            yield from (cell.svg for cell in cells if isinstance(cell, CellPicture))
