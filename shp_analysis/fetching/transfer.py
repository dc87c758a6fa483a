"""Getting one file over the network: in pieces that can be continued, with patience, and within bounds.

What is done of RFC 9110: `If-None-Match` and `If-Modified-Since` for what is held, `Range` with `If-Range` for what was
begun, `Retry-After` in both of its forms. A part is continued only where the server proves that the rest is of the same
version; where it does not, all comes anew.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from pathlib import Path
from typing import Any, TypeVar

import httpx
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from shp_analysis import __version__
from shp_analysis.errors import SourceError
from shp_analysis.fetching.addresses import check_step, describe, is_loopback, without_password
from shp_analysis.fetching.retry_policy import PassingTroubleError, RetryPolicy, check_status, try_again
from shp_analysis.files import replace_file

VALIDATORS_NAME = "validators.json"

Model = TypeVar("Model")


class Validators(BaseModel):
    """How a server tells one version of a file from another.

    Attributes
    ----------
    etag, last_modified : str or None
        As the server wrote them.
    """

    model_config = ConfigDict(frozen=True)

    etag: str | None = None
    last_modified: str | None = None

    @property
    def for_conditions(self) -> dict[str, str]:
        """The headers that ask for the file only if it changed."""
        pairs = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in pairs.items() if value}

    @property
    def for_resuming(self) -> str | None:
        """What proves that the rest belongs to the part; a weak ETag does not (RFC 9110, 13.1.5)."""
        if self.etag and not self.etag.startswith("W/"):
            return self.etag
        return self.last_modified

    def agrees_with(self, other: Validators) -> bool:
        """Whether both may be of one version: nothing that both say differs."""
        pairs = ((self.etag, other.etag), (self.last_modified, other.last_modified))
        return all(mine == theirs for mine, theirs in pairs if mine and theirs)


class Notes(BaseModel):
    """The small file beside a part.

    Attributes
    ----------
    address : str
        What was asked for, without a password.
    validators : Validators
        Of the version that the part is of; empty where it cannot be continued.
    bytes_expected : int or None
        The whole file's size, where the server told it.
    """

    address: str
    validators: Validators
    bytes_expected: int | None = None


class Remembered(BaseModel):
    """What is kept of a file that came whole and was taken in.

    Attributes
    ----------
    validators : Validators
    fetched_on : date
    sha256 : tuple of str
        What the store's ledger calls it.
    """

    validators: Validators
    fetched_on: date
    sha256: tuple[str, ...]


class Part:
    """A file on its way, `<name>.part`, and its notes, `<name>.part.json`.

    Parameters
    ----------
    folder : Path
        `data/downloads`, made where it is missing.
    file_name : str
        What the whole file will be called.
    """

    def __init__(self, folder: Path, file_name: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.whole = folder / file_name
        self.path = folder / f"{file_name}.part"
        self._notes = folder / f"{file_name}.part.json"
        self.hide()  # a process that was killed while the store read the file left it under its own name

    @property
    def size(self) -> int:
        """How many bytes are there."""
        return self.path.stat().st_size if self.path.exists() else 0

    def read_notes(self, address: str) -> Notes | None:
        """Read what is known of the part; None where it is of another address, or cannot be trusted."""
        notes = _read(self._notes, TypeAdapter(Notes))
        return notes if notes and self.path.exists() and notes.address == address else None

    def write_notes(self, notes: Notes) -> None:
        """Say what the part is of, before its first byte comes."""
        replace_file(self._notes, notes.model_dump_json(indent=2).encode())

    def discard(self) -> None:
        """Begin anew."""
        for path in (self.path, self._notes):
            path.unlink(missing_ok=True)

    def reveal(self) -> Path:
        """Give the whole file its own name, by which the store is to know it."""
        return self.path.replace(self.whole)

    def hide(self) -> None:
        """Make it a part again, so that the next run can go on with it."""
        if self.whole.exists():
            self.whole.replace(self.path)

    def put_aside(self) -> Path:
        """Move a refused file out of the way, so that the next run begins anew and a person can look at it."""
        folder = self.whole.parent / "refused"
        folder.mkdir(exist_ok=True)
        aside = folder / self.whole.name
        (self.whole if self.whole.exists() else self.path).replace(aside)
        self.discard()
        return aside

    def finish(self) -> None:
        """Delete it: the store keeps its own copy."""
        self.whole.unlink(missing_ok=True)
        self.discard()


def read_kept(folder: Path) -> dict[str, Remembered]:
    """Read what is remembered of files that were taken in, by address; nothing where the list is damaged.

    To forget costs one download more than was needed, and nothing else.
    """
    return _read(folder / VALIDATORS_NAME, TypeAdapter(dict[str, Remembered])) or {}


def remember(folder: Path, address: str, remembered: Remembered) -> None:
    """Add a file that was taken in."""
    everything = {**read_kept(folder), address: remembered}
    replace_file(folder / VALIDATORS_NAME, TypeAdapter(dict[str, Remembered]).dump_json(everything, indent=2))


def _read(path: Path, model: TypeAdapter[Model]) -> Model | None:
    try:
        return model.validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None


USER_AGENT = f"shp-analysis/{__version__} (community safety workbook; fetches published files a few times a quarter)"
LARGEST_PAGE_BYTES = 16 << 20
_CONTENT_RANGE = re.compile(r"bytes (?P<first>\d+)-(?P<last>\d+)/(?P<whole>\d+|\*)")

Progress = Callable[[str, int, int | None], None]
"""Told a file's name, the bytes that are there and the bytes that there will be (None where nobody knows)."""


@dataclass(frozen=True)
class Wanted:
    """One file to get.

    Attributes
    ----------
    address : httpx.URL
    base : httpx.URL or None
        The mirror that is used.
    part : Part
        Where it is put together.
    held : Validators or None
        Of the version that is held; it does not come again.
    page : str
        The publisher's page, for messages.
    """

    address: httpx.URL
    base: httpx.URL | None
    part: Part
    held: Validators | None
    page: str


@contextmanager
def open_client(retry_policy: RetryPolicy, base: httpx.URL | None) -> Iterator[httpx.Client]:
    """Open what speaks to servers: one connection at a time, no redirect followed unseen, nothing packed in transit."""
    for name in ("httpx", "httpcore"):  # they log whole addresses, and a query may be a token
        logging.getLogger(name).setLevel(logging.WARNING)
    with httpx.Client(
        headers={"User-Agent": USER_AGENT, "Accept": "*/*", "Accept-Encoding": "identity"},
        timeout=httpx.Timeout(retry_policy.stall_seconds, connect=retry_policy.connect_seconds),
        limits=httpx.Limits(max_connections=1),
        trust_env=base is None or not is_loopback(base),  # a proxy cannot reach this machine's own address
    ) as client:
        yield client


def get_file(client: httpx.Client, wanted: Wanted, retry_policy: RetryPolicy, on_progress: Progress) -> bool:
    """Get a file into its part.

    Parameters
    ----------
    client : httpx.Client
    wanted : Wanted
    manners : RetryPolicy
    on_progress : callable

    Returns
    -------
    bool
        True where the part is whole now, False where the held version is still the newest.

    Raises
    ------
    SourceError
        Where the server refuses, or was asked in vain as often as manners allow. What came is kept for the next run.
    """

    def attempt() -> bool:
        with _ask(client, wanted, retry_policy) as (response, begun):
            return _receive(response, begun, wanted, retry_policy, on_progress)

    return try_again(attempt, wanted.address, retry_policy)


def get_json(
    client: httpx.Client, address: httpx.URL, base: httpx.URL | None, page: str, retry_policy: RetryPolicy
) -> Any:  # noqa: ANN401 - JSON may be anything
    """Get a small page of JSON.

    Raises
    ------
    SourceError
        As `get_file`, and where it is no JSON.
    """

    def attempt() -> Any:  # noqa: ANN401 - JSON may be anything
        with _follow(client, address, {"Accept": "application/json"}, base, retry_policy) as response:
            check_status(response, page, retry_policy)
            try:
                return json.loads(_read_small(response))
            except ValueError as error:
                message = f"{describe(response.url)}: is no JSON ({error}). Look at {page}."
                raise SourceError(message) from error

    return try_again(attempt, address, retry_policy)


def _read_small(response: httpx.Response) -> bytes:
    content = b""
    for piece in _pieces(response):
        content += piece
        if len(content) > LARGEST_PAGE_BYTES:
            message = f"{describe(response.url)}: is no page, being larger than {LARGEST_PAGE_BYTES:,} bytes."
            raise SourceError(message)
    return content


@contextmanager
def _ask(
    client: httpx.Client, wanted: Wanted, retry_policy: RetryPolicy
) -> Iterator[tuple[httpx.Response, Notes | None]]:
    """Ask for the rest of what was begun, for a word on what is held, or for all of it."""
    begun = wanted.part.read_notes(without_password(wanted.address))
    proof = begun.validators.for_resuming if begun else None
    if begun is None or proof is None or (begun.bytes_expected or wanted.part.size) < wanted.part.size:
        begun = None
        wanted.part.discard()
        headers = wanted.held.for_conditions if wanted.held else {}
    elif begun.bytes_expected == wanted.part.size:
        headers = begun.validators.for_conditions
    elif wanted.part.size:
        headers = {"Range": f"bytes={wanted.part.size}-", "If-Range": proof}
    else:
        headers = {}
    with _follow(client, wanted.address, headers, wanted.base, retry_policy) as response:
        yield response, begun


@contextmanager
def _follow(
    client: httpx.Client, address: httpx.URL, headers: dict[str, str], base: httpx.URL | None, retry_policy: RetryPolicy
) -> Iterator[httpx.Response]:
    here = address
    for _ in range(retry_policy.redirects + 1):
        with _send(client, here, headers, retry_policy) as response:
            if not response.has_redirect_location:
                yield response
                return
            there = _join(here, response.headers["Location"])
        check_step(here, there, base)
        here = there
    message = (
        f"{describe(address)}: was sent elsewhere more than {retry_policy.redirects} times, and so was not followed."
    )
    raise SourceError(message)


def _join(here: httpx.URL, location: str) -> httpx.URL:
    try:
        return here.join(location)
    except httpx.InvalidURL as error:
        message = f"{describe(here)}: leads on to what is no address ({error}), and so was not followed."
        raise SourceError(message) from error


@contextmanager
def _send(
    client: httpx.Client, address: httpx.URL, headers: dict[str, str], retry_policy: RetryPolicy
) -> Iterator[httpx.Response]:
    try:
        response = client.send(client.build_request("GET", address, headers=headers), stream=True)
    except httpx.TransportError as error:
        raise PassingTroubleError(_explain(error, retry_policy)) from error
    try:
        yield response
    except httpx.TransportError as error:
        raise PassingTroubleError(_explain(error, retry_policy)) from error
    finally:
        response.close()


def _explain(error: httpx.TransportError, retry_policy: RetryPolicy) -> str:
    if isinstance(error, httpx.ConnectTimeout):
        return f"no connection within {retry_policy.connect_seconds:g} seconds"
    if isinstance(error, httpx.TimeoutException):
        return f"nothing came for {retry_policy.stall_seconds:g} seconds"
    if isinstance(error, httpx.ConnectError | httpx.ProxyError):
        return f"cannot be reached ({error})"
    return f"the connection broke ({error})"


def _receive(
    response: httpx.Response, begun: Notes | None, wanted: Wanted, retry_policy: RetryPolicy, on_progress: Progress
) -> bool:
    asked_for_rest = "Range" in response.request.headers
    asked_on_condition = any(name in response.request.headers for name in ("If-None-Match", "If-Modified-Since"))
    if response.status_code == HTTPStatus.NOT_MODIFIED and asked_on_condition:
        return begun is not None  # what was begun is whole and still the newest; else what is held is
    if response.status_code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE and asked_for_rest:
        wanted.part.discard()
        what = "the rest that was asked for is not there, so that the file has changed"
        raise PassingTroubleError(what)
    if response.status_code == HTTPStatus.PARTIAL_CONTENT and asked_for_rest and begun is not None:
        notes = _check_rest(response, begun, wanted)
    else:
        check_status(response, wanted.page, retry_policy)
        _check_kind(response, wanted)
        notes = _note(response, wanted)
        wanted.part.discard()
    wanted.part.write_notes(notes)
    _check_size(notes.bytes_expected or 0, wanted, retry_policy)
    return _keep(response, notes, wanted, retry_policy, on_progress)


def _note(response: httpx.Response, wanted: Wanted) -> Notes:
    if response.headers.get("Content-Encoding", "identity") != "identity":
        # Offsets would be into the packed file and the part is of the unpacked one: it is never continued.
        return Notes(address=without_password(wanted.address), validators=Validators())
    length = response.headers.get("Content-Length", "")
    return Notes(
        address=without_password(wanted.address),
        validators=_validators(response),
        bytes_expected=int(length) if length.isdecimal() else None,
    )


def _check_rest(response: httpx.Response, begun: Notes, wanted: Wanted) -> Notes:
    """See that the rest begins where the part ends and is of the same version, or begin anew."""
    found = _CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", ""))
    whole = None if not found or found["whole"] == "*" else int(found["whole"])
    fits = found is not None and int(found["first"]) == wanted.part.size
    same_size = begun.bytes_expected is None or whole in (None, begun.bytes_expected)
    if not fits or not same_size or not begun.validators.agrees_with(_validators(response)):
        wanted.part.discard()
        what = "the rest that came does not belong to what was there, so that the file has changed"
        raise PassingTroubleError(what)
    return begun.model_copy(update={"bytes_expected": begun.bytes_expected or whole})


def _keep(
    response: httpx.Response, notes: Notes, wanted: Wanted, retry_policy: RetryPolicy, on_progress: Progress
) -> bool:
    name = wanted.part.whole.name
    with wanted.part.path.open("ab") as file:
        size = file.tell()
        on_progress(name, size, notes.bytes_expected)
        for piece in _pieces(response):
            file.write(piece)
            size += len(piece)
            _check_size(size, wanted, retry_policy)
            on_progress(name, size, notes.bytes_expected)
    if notes.bytes_expected not in (None, size):
        raise PassingTroubleError(f"{size:,} of {notes.bytes_expected:,} bytes came")
    wanted.part.write_notes(notes.model_copy(update={"bytes_expected": size}))
    return True


def _pieces(response: httpx.Response) -> Iterator[bytes]:
    try:
        yield from response.iter_bytes()
    except httpx.DecodingError as error:
        what = "what came packed cannot be unpacked"
        raise PassingTroubleError(what) from error


def _validators(response: httpx.Response) -> Validators:
    return Validators(etag=response.headers.get("ETag"), last_modified=response.headers.get("Last-Modified"))


def _check_kind(response: httpx.Response, wanted: Wanted) -> None:
    if response.headers.get("Content-Type", "").split(";")[0].strip().lower() in {"text/html", "application/xhtml+xml"}:
        message = (
            f"{describe(response.url)}: is a web page where {wanted.part.whole.name} was expected, perhaps a notice "
            f"that the site is down or wants a person. Nothing was kept. Look at {wanted.page}, or try again later."
        )
        raise SourceError(message)


def _check_size(size: int, wanted: Wanted, retry_policy: RetryPolicy) -> None:
    if size > retry_policy.largest_bytes:
        wanted.part.discard()
        message = (
            f"{describe(wanted.address)}: is larger than the {retry_policy.largest_bytes:,} bytes that are taken. "
            f"Look at {wanted.page}."
        )
        raise SourceError(message)
