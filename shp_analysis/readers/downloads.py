"""What publishers put out openly, and where: the list behind `shp fetch`.

The list is data, `reference/downloads.csv`, because addresses change more often than code. An address is written out,
or is found among the attachments of a GOV.UK page at the moment of asking, since those get a new address with every
release; some files have no lasting address at all, and are listed with the page on which a person gets them. This
module knows addresses and asks none of them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import model_validator

from shp_analysis.config.reading import Settings, read_rows
from shp_analysis.errors import ParametersError, RequestError, suggest

DOWNLOADS_PATH = Path(__file__).parent.parent / "reference" / "downloads.csv"
_PLACEHOLDER = re.compile(r"\{([a-z]+)\}")
_FORMS: Mapping[str, re.Pattern[str]] = {
    "month": re.compile(r"20\d{2}-(0[1-9]|1[0-2])"),
    "year": re.compile(r"(19|20)\d{2}"),
}
"""What may stand in an address in place of `{month}` and `{year}`."""
_EXAMPLES: Mapping[str, str] = {"month": "2025-05", "year": "2024"}


class FoundBy(StrEnum):
    """How the address of a file is known."""

    ADDRESS = "address"
    ATTACHMENT = "attachment"
    HAND = "hand"


class Download(Settings):
    """One file that a publisher offers.

    Attributes
    ----------
    source : str
        Short name of the reader that takes it: `police_uk`.
    name : str
        Which of the source's files: `latest-archive`.
    found_by : FoundBy
    address : str
        Of the file (`address`; may hold `{month}` or `{year}`), of the GOV.UK content API's page that lists the file
        (`attachment`), or of the page where a person gets it (`hand`).
    link : re.Pattern, optional
        The whole file name of the attachment; may hold `{month}` or `{year}`.
    file_name : str
        What the file is called here; an attachment keeps the publisher's name.
    by_default : bool
        Whether it is fetched where nothing more is said than its source.
    licence, page : str
        The publisher's terms, and the page that a person can read.
    checked_on : date
        The day the address was last compared with what others use.
    description : str
    """

    source: str
    name: str
    found_by: FoundBy
    address: str
    link: re.Pattern[str] | None = None
    file_name: str = ""
    by_default: bool = False
    licence: str
    page: str
    checked_on: date
    description: str

    @property
    def full_name(self) -> str:
        """Name it among all sources: `police_uk/latest-archive`."""
        return f"{self.source}/{self.name}"

    @property
    def placeholders(self) -> frozenset[str]:
        """What has to be known before it can be asked for: `month`, `year` or nothing."""
        return frozenset(_PLACEHOLDER.findall(self.address + (self.link.pattern if self.link else "")))

    @model_validator(mode="after")
    def _check(self) -> Self:
        if urlsplit(self.address).scheme != "https":
            message = "the address must begin with https://"
            raise ValueError(message)
        if (self.found_by is FoundBy.ATTACHMENT) is not (self.link is not None):
            message = "an attachment needs a link, and nothing else has one"
            raise ValueError(message)
        if (self.found_by is FoundBy.ADDRESS) is not bool(self.file_name):
            message = "a file with an address needs a file name, and nothing else has one"
            raise ValueError(message)
        if self.file_name and self.placeholders != set(_PLACEHOLDER.findall(self.file_name)):
            message = "the address and the file name must hold the same of {month} and {year}"
            raise ValueError(message)
        if self.by_default and (self.found_by is FoundBy.HAND or self.placeholders):
            message = "what needs a person, a month or a year cannot be fetched by default"
            raise ValueError(message)
        if not self.placeholders <= _FORMS.keys() or re.search(r"[/\\:]|^\.", self.file_name):
            message = "only {month} and {year} may be left open, and a file name is no path"
            raise ValueError(message)
        return self

    def fill(self, values: Mapping[str, str]) -> Download:
        """Put a month or a year into the address and the file name."""
        filled = {
            "address": _fill(self.address, values),
            "file_name": _fill(self.file_name, values),
            "link": re.compile(_fill(self.link.pattern, values)) if self.link else None,
        }
        return self.model_copy(update=filled)


def _fill(text: str, values: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)


@cache
def read_downloads(path: Path = DOWNLOADS_PATH) -> tuple[Download, ...]:
    """Read the list of what publishers offer.

    Parameters
    ----------
    path : Path

    Returns
    -------
    tuple of Download

    Raises
    ------
    ParametersError
        Naming the row that says something it may not, or a name that stands there twice.
    """
    downloads = read_rows(path, Download)
    names = [download.full_name for download in downloads]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        message = f"{path}: {', '.join(repeated)} is there more than once. Keep one row of each."
        raise ParametersError(message)
    return downloads


def choose_downloads(
    names: Sequence[str] = (),
    *,
    readable: Collection[str],
    month: str | None = None,
    year: str | None = None,
    downloads: Sequence[Download] | None = None,
) -> tuple[Download, ...]:
    """Choose what to fetch.

    Parameters
    ----------
    names : sequence of str
        Sources (`police_uk`) or single files (`police_uk/latest-archive`); every source where none is named.
    readable : collection of str
        The sources whose files the store takes.
    month, year : str, optional
        `2025-05`, `2024`: choose the files of a source that are published by month or year instead of its usual ones.
    downloads : sequence of Download, optional
        The list to choose from; `read_downloads()` where left out.

    Returns
    -------
    tuple of Download
        Each once, with month and year in its address.

    Raises
    ------
    RequestError
        Where a name is unknown, its files are got by hand or not taken by the store, or the month or year is missing,
        misspelt or of no use to it.
    """
    downloads = read_downloads() if downloads is None else downloads
    values = _check_values({"month": month, "year": year})
    if names:
        chosen = [download for name in names for download in _choose(name, downloads, values, readable)]
    else:
        open_ones = [download for download in downloads if download.source in readable]
        chosen = _of_values(open_ones, values)
        if not chosen:
            raise RequestError(_nothing_by(values, "No source"))
    return tuple(dict.fromkeys(download.fill(values) for download in chosen))


def _check_values(given: Mapping[str, str | None]) -> dict[str, str]:
    values = {name: value for name, value in given.items() if value is not None}
    for name, value in values.items():
        if not _FORMS[name].fullmatch(value):
            message = f"{value!r} is no {name}. Write it like {_EXAMPLES[name]}."
            raise RequestError(message)
    if len(values) > 1:
        message = "Files are published by month or by year, never by both: give --month or --year."
        raise RequestError(message)
    return values


def _choose(
    name: str, downloads: Sequence[Download], values: Mapping[str, str], readable: Collection[str]
) -> Sequence[Download]:
    named = [download for download in downloads if name in (download.source, download.full_name)]
    if not named:
        known = dict.fromkeys(each for download in downloads for each in (download.source, download.full_name))
        message = f"Nothing is known of {name!r}. {suggest(name, known)} `shp fetch --list` lists all there is."
        raise RequestError(message.replace("  ", " "))
    fetchable = [download for download in named if download.found_by is not FoundBy.HAND]
    if not fetchable:
        raise RequestError(f"{name} is got by hand. {named[0].description}. {_advise_by_hand(named[0])}")
    if fetchable[0].source not in readable:
        message = f"{name} can be fetched, but the store takes no file of {fetchable[0].source}. {_advise(fetchable)}"
        raise RequestError(message)
    if name == named[0].full_name:
        return _check_complete(named[0], values)
    chosen = _of_values(fetchable, values)
    if not chosen:
        raise RequestError(_nothing_by(values, name) if values else _needs(fetchable[0]))
    return chosen


def _of_values(downloads: Iterable[Download], values: Mapping[str, str]) -> list[Download]:
    if values:
        return [download for download in downloads if download.placeholders == values.keys()]
    return [download for download in downloads if download.by_default]


def _check_complete(download: Download, values: Mapping[str, str]) -> Sequence[Download]:
    if values.keys() - download.placeholders:
        raise RequestError(_nothing_by(values, download.full_name))
    if download.placeholders - values.keys():
        raise RequestError(_needs(download))
    return [download]


def _needs(download: Download) -> str:
    needed = " and ".join(f"--{each} {_EXAMPLES[each]}" for each in sorted(download.placeholders))
    return f"{download.full_name} is published apart for each {' and '.join(download.placeholders)}: add {needed}."


def _nothing_by(values: Mapping[str, str], who: str) -> str:
    asked = " and ".join(values) or "default"
    return f"{who} publishes nothing by {asked} that can be fetched. `shp fetch --list` lists all there is."


def _advise(downloads: Sequence[Download]) -> str:
    return f"Its page is {downloads[0].page}."


def _advise_by_hand(download: Download) -> str:
    return f"Get it at {download.page} and take it in with `shp ingest PATH`."
