"""What has come of a file so far, what is needed to go on with it, and what is remembered of files that came whole."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

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


def recall(folder: Path) -> dict[str, Remembered]:
    """Read what is remembered of files that were taken in, by address; nothing where the list is damaged.

    To forget costs one download more than was needed, and nothing else.
    """
    return _read(folder / VALIDATORS_NAME, TypeAdapter(dict[str, Remembered])) or {}


def remember(folder: Path, address: str, remembered: Remembered) -> None:
    """Add a file that was taken in."""
    everything = {**recall(folder), address: remembered}
    replace_file(folder / VALIDATORS_NAME, TypeAdapter(dict[str, Remembered]).dump_json(everything, indent=2))


def _read(path: Path, model: TypeAdapter[Model]) -> Model | None:
    try:
        return model.validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None
