"""Taking a received file out again, and putting it back.

A withdrawn file stays where it is, and the ledger keeps its line with the day and the reason. It answers no question,
whatever day is asked about: it should never have been received, so it was not known on any day. What it had replaced
answers in its place.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from shp_analysis.config.parameters import today
from shp_analysis.errors import RequestError, suggest
from shp_analysis.store.intake import put_back
from shp_analysis.store.ledger import ReceivedFile, write_ledger
from shp_analysis.store.staging import hold_for_writing
from shp_analysis.store.store import Store, data_folder, open_store

_HASH = re.compile(r"[0-9a-f]{6,64}")


def withdraw(name: str, *, reason: str = "", folder: Path | None = None, simulated: bool | None = None) -> ReceivedFile:
    """Take a received file out: it is kept, and answers nothing until it is put back.

    Parameters
    ----------
    name : str
        Its path in the ledger, its file name, or the first six or more digits of its sha256.
    reason : str
        Kept in the ledger.
    folder : Path, optional
        The data folder; `data_folder()` where left out.
    simulated : bool, optional
        Which room to look in; both where left out.

    Returns
    -------
    ReceivedFile
        As the ledger has it now.

    Raises
    ------
    RequestError
        Where no received file or several are called so, or it is withdrawn already.
    """
    with hold_for_writing(folder or data_folder(), "shp withdraw"):
        store, file = find_received(name, _choose_stores(folder, simulated=simulated))
        if file.withdrawn_on is not None:
            message = f"{file.path} was withdrawn on {file.withdrawn_on} already. `shp restore` puts it back."
            raise RequestError(message)
        return _replace_line(store, replace(file, withdrawn_on=today(), withdrawal_reason=" ".join(reason.split())))


def restore(name: str, *, folder: Path | None = None, simulated: bool | None = None) -> ReceivedFile:
    """Put a withdrawn file back: it answers again as if it had never been taken out.

    Parameters
    ----------
    name, folder, simulated
        As `withdraw`.

    Raises
    ------
    RequestError
        Where no received file or several are called so, or it is not withdrawn.
    StoreError
        Where the file itself is gone or was changed, or is refused now.
    """
    with hold_for_writing(folder or data_folder(), "shp restore") as staging:
        store, file = find_received(name, _choose_stores(folder, simulated=simulated))
        if file.withdrawn_on is None:
            raise RequestError(f"{file.path} is not withdrawn, so there is nothing to put back.")
        put_back(store, file, staging)
        return _replace_line(store, replace(file, withdrawn_on=None, withdrawal_reason=""))


def find_received(name: str, stores: Sequence[Store]) -> tuple[Store, ReceivedFile]:
    """Find a received file by its path in the ledger, its name or the beginning of its sha256.

    Raises
    ------
    RequestError
        Where there is none or several; the message lists those that it could be.
    """
    every = [(store, file) for store in stores for file in store.list_ledger()]
    found = [each for each in every if name in {each[1].path, each[1].name}]
    if not found and _HASH.fullmatch(name):
        found = [each for each in every if each[1].sha256.startswith(name)]
    if len(found) == 1:
        return found[0]
    if found:
        lines = "".join(f"\n  {file.sha256[:12]}  {file.path}" for _, file in found)
        raise RequestError(
            f"{len(found)} received files are called '{name}'. Name one by its path or its sha256:{lines}"
        )
    near = suggest(name, [file.name for _, file in every])
    advice = "Give its name, its path in raw/received.csv, or the first digits of its sha256."
    raise RequestError(f"No received file is called '{name}'. {near + ' ' if near else ''}{advice}")


def _choose_stores(folder: Path | None, *, simulated: bool | None) -> tuple[Store, ...]:
    kinds = (False, True) if simulated is None else (simulated,)
    return tuple(open_store(folder, simulated=kind) for kind in kinds)


def _replace_line(store: Store, file: ReceivedFile) -> ReceivedFile:
    lines = (file if each.sequence == file.sequence else each for each in store.list_ledger())
    write_ledger(store.raw_folder, tuple(lines))
    return file
