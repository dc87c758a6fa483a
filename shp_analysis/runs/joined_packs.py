"""Making some papers of a pack again: the others stay as they were, if they would be made from the same again."""

from __future__ import annotations

import json
import shutil
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shp_analysis.config.parameters import RESULTS_NAME, Paper
from shp_analysis.errors import BriefingError
from shp_analysis.files import hash_file
from shp_analysis.page.printed_cells import read_cells, write_cells
from shp_analysis.runs.paper_inputs import PaperInputs
from shp_analysis.runs.working_notebooks import WORKING_FOLDER

MANIFEST_NAME = "manifest.json"
TABLES_NAME = "tables.csv"
RESULTS_FOLDER = "results"
"""Holds the results of each paper, from which those of the pack are joined."""


@dataclass(frozen=True)
class OtherPapers:
    """The papers of a published pack that are not made again.

    Attributes
    ----------
    folder : Path or None
        The published version; None where nothing is published.
    unchanged : mapping of Paper to PaperInputs
        What would be made from the same again, and is what was published.
    changed : mapping of Paper to tuple of str
        The others, each with what has changed, in words.
    """

    folder: Path | None
    unchanged: Mapping[Paper, PaperInputs]
    changed: Mapping[Paper, tuple[str, ...]]

    @property
    def tables(self) -> Mapping[Paper, Path]:
        """Where the cells of the papers that stay were written."""
        return dict.fromkeys(self.unchanged, self.folder / TABLES_NAME) if self.folder else {}

    def copy_unchanged(self, pack: Path) -> None:
        """Copy the pages and results that stay into the new version."""
        for paper in self.unchanged if self.folder else ():
            for name in (*name_files(paper), *_list_working(self.folder, paper)):
                (pack / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(self.folder / name, pack / name)  # type: ignore[operator]


def find_others(folder: Path | None, made: Collection[Paper], inputs: Mapping[Paper, PaperInputs]) -> OtherPapers:
    """Find the papers of a published version that are not made again, and whether they can stay.

    Parameters
    ----------
    folder : Path or None
        The published version.
    made : collection of Paper
        The papers that are made again.
    inputs : mapping of Paper to PaperInputs
        What each would be made from now.
    """
    manifest = _read_manifest(folder)
    recorded = {Paper(name): PaperInputs.read(each) for name, each in manifest.get("made_from", {}).items()}
    others = {paper: then for paper, then in recorded.items() if paper not in made}
    changes = {
        paper: ("what it was made from",) if then is None else then.list_changes(inputs[paper])
        for paper, then in others.items()
    }
    altered = {paper: ("a published file",) for paper in others if not _is_as_published(folder, paper, manifest)}
    changed = {paper: words for paper, words in {**changes, **altered}.items() if words}
    unchanged = {paper: then for paper, then in others.items() if then and paper not in changed}
    return OtherPapers(folder, unchanged, changed)


def name_files(paper: Paper) -> tuple[str, str]:
    """Name the files of a pack that are one paper's: its page and its results."""
    return f"{paper.notebook}.html", f"{RESULTS_FOLDER}/{paper.notebook}.csv"


def _list_working(folder: Path | None, paper: Paper) -> list[str]:
    """Name what a pack holds of the analyst's working on a paper."""
    held = sorted((folder / WORKING_FOLDER).glob(f"{paper.notebook}.*")) if folder else []
    return [f"{WORKING_FOLDER}/{path.name}" for path in held]


def write_joined_tables(pack: Path, papers: Collection[Paper], tables: Mapping[Paper, Path]) -> None:
    """Write one results table for the pack, and one of what stands in the tables of its pages.

    Parameters
    ----------
    pack : Path
        Holds the results of each paper.
    papers : collection of Paper
        In the order of the pack.
    tables : mapping of Paper to Path
        A file that holds the cells of the paper, and perhaps of others.
    """
    lines: list[str] = []
    for paper in papers:
        table = (pack / name_files(paper)[1]).read_text(encoding="utf-8").splitlines()
        lines += table if not lines else table[1:]
    joined = list(dict.fromkeys(lines))
    _refuse_contradictions(joined)
    (pack / RESULTS_NAME).write_text("\n".join(joined) + "\n", encoding="utf-8")
    cells = (cell for paper in papers for cell in read_cells(tables[paper]) if cell.paper == paper.notebook)
    (pack / TABLES_NAME).write_text(write_cells(cells), encoding="utf-8")


def hash_files(folder: Path) -> dict[str, str]:
    """Give the sha256 of every file in a folder, by its place there."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hash_file(path) for path in paths}


def _read_manifest(folder: Path | None) -> dict[str, Any]:
    if folder is None:
        return {}
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST_NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        message = (
            f"{folder / MANIFEST_NAME} cannot be read ({error}). Remove {folder.parents[1]} and make the pack again."
        )
        raise BriefingError(message) from error
    return manifest


def _is_as_published(folder: Path | None, paper: Paper, manifest: Mapping[str, Any]) -> bool:
    paths = {name: folder / name for name in (*name_files(paper), TABLES_NAME)} if folder else {}
    return all(
        path.is_file() and hash_file(path) == manifest.get("files", {}).get(name) for name, path in paths.items()
    )


def _refuse_contradictions(lines: Collection[str]) -> None:
    ids = [line.partition(",")[0] for line in lines]
    if len(set(ids)) < len(ids):
        twice = next(each for number, each in enumerate(ids) if each in ids[:number])
        raise BriefingError(
            f"Two papers of the pack say different things of the figure {twice}. Make all of them again."
        )
