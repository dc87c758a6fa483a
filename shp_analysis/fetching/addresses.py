"""Where a file is asked for: only over https, through a mirror where one is named, no password in words.

Plain http is for this machine alone (tests, a mirror at hand): anything else on the way could put its own figures into
a public paper.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

import httpx

from shp_analysis.errors import RequestError, SourceError
from shp_analysis.readers.downloads import Download

ATTACHMENT_HOST = "assets.publishing.service.gov.uk"
"""Where GOV.UK keeps the attachments of its pages."""


def read_base(text: str | None) -> httpx.URL | None:
    """Read the address of a mirror.

    Parameters
    ----------
    text : str or None
        `https://mirror.example/open`: it holds a folder for each publisher's host (`data.police.uk/…`), as `wget -r`
        writes them.

    Raises
    ------
    RequestError
        Where it is no address, or plain http to another machine.
    """
    if not text:
        return None
    try:
        base = httpx.URL(text)
    except httpx.InvalidURL as error:
        message = f"The base address cannot be read ({error}). Write it like https://mirror.example/open."
        raise RequestError(message) from error
    if base.host and (base.scheme == "https" or (base.scheme == "http" and is_loopback(base))):
        return base
    message = (
        f"The base address {describe(base)} cannot be used: only https is, or http on this machine, like "
        "http://127.0.0.1:8000."
    )
    raise RequestError(message)


def place(address: str, base: httpx.URL | None) -> httpx.URL:
    """Say where a publisher's file is asked for: at its own address, or in a mirror's folder of that host."""
    published = httpx.URL(address)
    if base is None:
        return published
    path = f"{base.path.rstrip('/')}/{published.host}{published.raw_path.decode()}"
    return base.copy_with(raw_path=path.encode())


def check_step(here: httpx.URL, there: httpx.URL, base: httpx.URL | None) -> None:
    """Refuse to be led from https to http, or to any plain address but that of the mirror on this machine.

    Raises
    ------
    SourceError
    """
    if there.scheme == "https":
        return
    if here.scheme == there.scheme == "http" and base is not None and _origin(there) == _origin(base):
        return
    message = (
        f"{describe(here)}: leads on to {describe(there)}, which is not https, and so was not followed. Look at the "
        "publisher's page."
    )
    raise SourceError(message)


def describe(address: httpx.URL) -> str:
    """Write an address for a message: without a password, and without a query, which may be a token."""
    return f"{address.scheme}://{address.netloc.decode()}{address.path}"


def without_password(address: httpx.URL) -> str:
    """Write a whole address for a file that stays on disk."""
    return str(address.copy_with(username="", password="")) if address.userinfo else str(address)


def is_loopback(address: httpx.URL) -> bool:
    """Whether an address is of this machine."""
    if address.host == "localhost":
        return True
    try:
        return ipaddress.ip_address(address.host).is_loopback
    except ValueError:
        return False


def pick_attachment(page: Any, download: Download) -> tuple[str, str]:  # noqa: ANN401 - JSON may be anything
    """Find a file among the attachments of a GOV.UK page.

    Parameters
    ----------
    page : dict
        What the GOV.UK content API says of the page: `details.attachments[].url`.
    download : Download

    Returns
    -------
    tuple of str
        Its address, and its own name.

    Raises
    ------
    SourceError
        Where not exactly one attachment is called so. Names follow the publisher's habit, and habits change.
    """
    assert download.link is not None, "only an attachment is looked for"  # noqa: S101 - the list's own check
    names = {address.path.rsplit("/", 1)[-1]: address for address in _list_attachments(page)}
    found = [name for name in names if download.link.fullmatch(name)]
    if len(found) == 1 and PurePosixPath(found[0]).name == found[0]:
        return str(names[found[0]]), found[0]
    message = (
        f"{download.full_name}: {len(found) or 'none'} of the {len(names)} files on the publisher's page is called "
        f"like {download.link.pattern}{_examples(names, found)}. Look at {download.page}, take the file in with "
        "`shp ingest PATH`, and correct its row in reference/downloads.csv."
    )
    raise SourceError(message)


def _list_attachments(page: Any) -> list[httpx.URL]:  # noqa: ANN401 - JSON may be anything
    details = page.get("details") if isinstance(page, Mapping) else None
    attachments = details.get("attachments") if isinstance(details, Mapping) else None
    links = [each.get("url") for each in attachments or [] if isinstance(each, Mapping)]
    addresses = [httpx.URL(link) for link in links if isinstance(link, str) and re.match(r"https://[\w.-]+/", link)]
    return [address for address in addresses if address.host == ATTACHMENT_HOST]


def _examples(names: Mapping[str, httpx.URL], found: list[str]) -> str:
    shown = (found or list(names))[:5]
    return f" (there: {', '.join(shown)})" if shown else ""


def _origin(address: httpx.URL) -> tuple[str, str, int | None]:
    return address.scheme, address.host, address.port
