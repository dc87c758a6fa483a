"""What a paper was made from: what must be the same if it is to stay in a pack of which other papers are made again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any, Self

from shp_analysis.config.parameters import EDITIONS_NAME, PARAMETERS_FOLDER, Paper
from shp_analysis.config.reading import PROJECT_FOLDER
from shp_analysis.files import hash_file
from shp_analysis.papers.run import identify_run
from shp_analysis.runs.planning import Plan

NOTEBOOKS_FOLDER = PROJECT_FOLDER / "notebooks"
LIBRARY_FOLDER = PROJECT_FOLDER / "shp_analysis"
_WORDS = {
    "files": "received files",
    "parameters": "files of parameters/",
    "notebook": "a notebook",
    "library": "the library",
    "as_of": "the day on which it is written",
}


@dataclass(frozen=True)
class PaperInputs:
    """What one paper was made from; the manifest of its pack holds it.

    Attributes
    ----------
    run_id : str
        As the page prints it.
    as_of : str
        ISO date.
    as_of_is_given : bool
        Whether that day was asked for; else it was the day of the run, and another day is no other question.
    files, parameters, notebook, library : str
        A sha256 each: of the received files known on that day, of the catalogue and the quarter's folder with the one
        before, of the paper's notebook, and of this library.
    """

    run_id: str
    as_of: str
    as_of_is_given: bool
    files: str
    parameters: str
    notebook: str
    library: str

    @classmethod
    def read(cls, recorded: Mapping[str, Any]) -> Self | None:
        """Read what a manifest recorded; None where it is not that."""
        try:
            return cls(**recorded)
        except TypeError:
            return None

    def record(self) -> dict[str, Any]:
        """Give what the manifest records."""
        return asdict(self)

    def list_changes(self, now: PaperInputs) -> tuple[str, ...]:
        """List in words what has changed since the paper was made; empty where it would be made from the same again."""
        changed = [
            name for name in ("files", "parameters", "notebook", "library") if vars(self)[name] != vars(now)[name]
        ]
        if self.as_of != now.as_of and (self.as_of_is_given or now.as_of_is_given):
            changed.append("as_of")
        return tuple(_WORDS[name] for name in changed)


def find_inputs(plan: Plan, paper: Paper) -> PaperInputs:
    """Say what a paper of a plan is made from."""
    received = (f"{file.sequence} {file.received_on} {file.sha256}" for file in plan.store.received_files(plan.as_of))
    periods = (plan.period.slug, plan.period.previous().slug)
    settings = [PARAMETERS_FOLDER / EDITIONS_NAME, PARAMETERS_FOLDER / "catalogue"]
    return PaperInputs(
        run_id=identify_run(plan.store, plan.area, plan.period, plan.as_of, plan.edition),
        as_of=plan.as_of.isoformat(),
        as_of_is_given=plan.as_of_is_given,
        files=_hash_lines(received),
        parameters=_hash_files([*settings, *(PARAMETERS_FOLDER / each for each in periods)], PARAMETERS_FOLDER),
        notebook=_hash_files([find_notebook(paper)], NOTEBOOKS_FOLDER),
        library=_hash_library(),
    )


def find_notebook(paper: Paper) -> Path:
    """Say where a paper's notebook is."""
    return NOTEBOOKS_FOLDER / f"{paper.notebook}.ipynb"


@cache
def _hash_library() -> str:
    return _hash_files([LIBRARY_FOLDER], LIBRARY_FOLDER)


def _hash_files(paths: Iterable[Path], root: Path) -> str:
    """Hash files, and all that lies in folders, by their place below a folder and their content."""
    found = sorted({each for path in paths for each in (path, *path.rglob("*")) if each.is_file()})
    read = [path for path in found if "__pycache__" not in path.parts]
    return _hash_lines(f"{path.relative_to(root).as_posix()} {hash_file(path)}" for path in read)


def _hash_lines(lines: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
