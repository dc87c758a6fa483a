"""Whether the files that were received still lie there as they came."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from shp_analysis.files import hash_file
from shp_analysis.store.ledger import LEDGER_NAME, ReceivedFile
from shp_analysis.store.rooms import Store


class RawFileState(StrEnum):
    """What may be wrong with a file below `raw/`."""

    MISSING = "missing"
    CHANGED = "changed"
    UNKNOWN = "unknown"


_ADVICE = {
    RawFileState.MISSING: "is in the ledger and not there. Restore it from a backup.",
    RawFileState.CHANGED: "is no longer the file that was received. Restore it from a backup.",
    RawFileState.UNKNOWN: "is not in the ledger. Take it in with `shp ingest`, or move it away.",
}


@dataclass(frozen=True)
class RawFileFinding:
    """One file below `raw/` that does not agree with the ledger."""

    path: str
    state: RawFileState

    @property
    def sentence(self) -> str:
        """What is wrong, and what to do."""
        return f"raw/{self.path} {_ADVICE[self.state]}"

    def as_record(self) -> dict[str, str]:
        """Write it as plain values."""
        return {"path": self.path, "state": self.state.value}


def check_raw_files(store: Store) -> tuple[RawFileFinding, ...]:
    """Compare every file below `raw/` with the ledger, withdrawn ones too; reads all of them.

    Parameters
    ----------
    store : Store

    Returns
    -------
    tuple of RawFileFinding
        Files that are missing or changed, in order of arrival, and then those that the ledger does not know, by path.
    """
    ledger = store.list_ledger()
    known = {file.path for file in ledger}
    states = ((file.path, _judge(store, file)) for file in ledger)
    found = [RawFileFinding(path, state) for path, state in states if state]
    below = (path for path in store.raw_folder.rglob("*") if not path.is_dir())
    others = sorted(path.relative_to(store.raw_folder).as_posix() for path in below)
    unknown = (path for path in others if path not in {*known, LEDGER_NAME})
    return (*found, *(RawFileFinding(path, RawFileState.UNKNOWN) for path in unknown))


def _judge(store: Store, file: ReceivedFile) -> RawFileState | None:
    path = store.raw_folder / file.path
    if not path.is_file():
        return RawFileState.MISSING
    is_same = path.stat().st_size == file.size_bytes and hash_file(path) == file.sha256
    return None if is_same else RawFileState.CHANGED
