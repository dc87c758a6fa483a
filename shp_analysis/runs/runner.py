"""Running a pack of briefings with nobody watching: plan, run, check, publish.

Everything that can be refused is refused before a kernel starts. Notebooks run in a staging folder; what they made is
checked, and published as a new version of the pack. A failure leaves the last good pack as it was and keeps its
traceback in a private folder beside the data, never beside a pack.
"""

from __future__ import annotations

import ast
import json
import platform
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import version
from pathlib import Path
from shutil import disk_usage

import nbformat

from shp_analysis import __version__
from shp_analysis.config.catalogue import read_catalogue
from shp_analysis.config.parameters import RESULTS_NAME, UNREAD_NAME, Paper
from shp_analysis.errors import BriefingError, RequestError, name_folder
from shp_analysis.page.checks import PAGE_BYTES_WITHOUT_PICTURES, check_page
from shp_analysis.page.exporter import Page, collect_page, render_page
from shp_analysis.page.parts import Notes, PartnerContext
from shp_analysis.page.printed_cells import list_cells, write_cells
from shp_analysis.papers.run import identify_run, open_run
from shp_analysis.partners.comments import describe_missing_comment, find_owners
from shp_analysis.partners.forms import build_comment_form, save_preview
from shp_analysis.runs.joined_packs import (
    MANIFEST_NAME,
    RESULTS_FOLDER,
    TABLES_NAME,
    find_others,
    hash_files,
    name_files,
    write_joined_tables,
)
from shp_analysis.runs.kernels import TRACEBACK_NAME
from shp_analysis.runs.notebook_processes import Failure, execute_all
from shp_analysis.runs.packs import hold_outputs, stage
from shp_analysis.runs.paper_inputs import PaperInputs, find_inputs, find_notebook
from shp_analysis.runs.planning import Plan
from shp_analysis.runs.shared_assessments import share_assessments
from shp_analysis.runs.working_notebooks import keep_working
from shp_analysis.store.ledger import ReceivedFile
from shp_analysis.traces import keep_trace

PARAMETERS_TAG = "parameters"
_PACK_NAME = "pack"
_NEARLY_NOTHING = 2**20
"""Bytes: a disk with less room than that is full."""
_ANNUAL_BYTES = 200_000
"""A year of every indicator weighs more than a quarter of one theme, and is read at a desk."""
_JUDGED_STATISTICS = (
    r".*:(?:change_.*|difference|p_value.*|dispersion|degrees_of_freedom|history)|(?:season|forecast|new_shift)_.*"
)
"""What says how to read a figure; partners are asked what lies behind it before they see that."""
_VERSIONS_TOLD = ("pandas", "duckdb", "statsmodels", "scipy", "matplotlib", "papermill", "nbconvert")

Tell = Callable[[str], None]


def _say_nothing(_text: str) -> None:
    pass


@dataclass(frozen=True)
class _Known:
    """What was known when the run began, whatever comes in meanwhile."""

    files: tuple[ReceivedFile, ...]
    inputs: Mapping[Paper, PaperInputs]

    @classmethod
    def of(cls, plan: Plan) -> _Known:
        files = plan.store.received_files(plan.as_of)
        return cls(files, {paper: find_inputs(plan, paper) for paper in Paper})


def run_pack(plan: Plan, on_progress: Tell = _say_nothing, on_note: Tell = _say_nothing) -> tuple[Path, ...]:
    """Make a pack, or some papers of it, and publish it.

    Parameters
    ----------
    plan : Plan
    on_progress : callable, optional
        Told the name of each briefing as it is done.
    on_note : callable, optional
        Told in a sentence what became of the papers of the pack that were not made again.

    Returns
    -------
    tuple of Path
        The published HTML files that were made, in the order of the pack; for a preview the raw figures and the form.

    Raises
    ------
    BriefingError
        Where a notebook failed or a page may not be published. The last good pack is as it was.
    """
    known = _Known.of(plan)
    if not plan.audience.prints_narrative:
        return _make_preview(plan, known)
    _check_notebooks(plan)
    with name_folder(plan.outputs_folder), stage(plan.outputs_folder) as staging:
        _run_notebooks(plan, staging, on_progress)
        for paper in plan.papers:
            _export(plan, paper, staging)
        for line in _list_unread(plan, staging):
            on_note(line)
        with hold_outputs(plan.outputs_folder):
            folder = _join_and_publish(plan, known, staging, on_note)
    return tuple(folder / name_files(paper)[0] for paper in plan.papers)


# --- Plan


def _check_notebooks(plan: Plan) -> None:
    """Refuse parameters that a notebook does not declare: papermill by itself would only warn."""
    for paper in plan.papers:
        path = find_notebook(paper)
        if not path.exists():
            message = f"{path}: there is no such notebook. Restore it from the project."
            raise RequestError(message)
        unknown = {*plan.parameters(), "output_folder"} - _declared_parameters(path)
        if unknown:
            names = ", ".join(sorted(unknown))
            message = f"{path}: the cell tagged '{PARAMETERS_TAG}' does not declare {names}. Add it there."
            raise BriefingError(message)


def _declared_parameters(path: Path) -> set[str]:
    notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    cells = [cell.source for cell in notebook.cells if PARAMETERS_TAG in cell.metadata.get("tags", ())]
    targets = [
        target
        for cell in cells
        for each in ast.parse(cell).body
        if isinstance(each, ast.Assign)
        for target in each.targets
    ]
    return {target.id for target in targets if isinstance(target, ast.Name)}


# --- Run


def _run_notebooks(plan: Plan, staging: Path, on_progress: Tell) -> None:
    failure = execute_all(
        [find_notebook(paper) for paper in plan.papers],
        plan.parameters(),
        staging,
        jobs=plan.jobs,
        minutes=plan.notebook_minutes,
        share=partial(share_assessments, plan.papers, **plan.parameters()),
        on_done=lambda notebook: on_progress(notebook.stem),
    )
    if failure:
        raise BriefingError(_keep_failure(plan, staging, failure))


def _keep_failure(plan: Plan, staging: Path, failure: Failure) -> str:
    name = failure.notebook.stem
    paths = {f"{name}.ipynb": staging / f"{name}.ipynb", f"{name}.txt": staging / name / TRACEBACK_NAME}
    contents = {kept: path.read_text(encoding="utf-8") for kept, path in paths.items() if path.exists()}
    folder = keep_trace(plan.data_folder, plan.place, contents)
    kept = f" What is known of it is in {folder}." if folder else ""
    full = f" The disk of {plan.outputs_folder} is full." if disk_usage(staging).free < _NEARLY_NOTHING else ""
    unpublished = "Nothing was published, and the last good pack is as it was."
    return f"The notebook {name} failed {failure.words}{full} {unpublished}{kept}"


# --- Preview


def _make_preview(plan: Plan, known: _Known) -> tuple[Path, ...]:
    """Make what partners get before they comment: figures and a form, without a word on what the figures mean."""
    if plan.comments_by is None:
        raise RequestError("A preview asks for comments by a day. Write comments_by into the quarter's run.yaml.")
    run = open_run(paper=Paper.BOARD_SUMMARY, **{**plan.parameters(), "period": plan.period.slug})
    asked = [each.indicator for each in run.assessments if each.indicator.is_agreed]
    results = run.results[run.results["indicator"].isin([each.id for each in asked])]
    results = results[~results["statistic"].str.fullmatch(_JUDGED_STATISTICS)]
    form = build_comment_form(results, find_owners(asked, plan.area), plan.comments_by)
    with name_folder(plan.outputs_folder), stage(plan.outputs_folder) as staging:
        files = [path.name for path in save_preview(results, form, staging / _PACK_NAME)]
        _write_manifest(plan, known, staging / _PACK_NAME, {})
        with hold_outputs(plan.outputs_folder):
            folder = plan.shelf.publish(staging / _PACK_NAME, files)
    return tuple(folder / name for name in files)


# --- Check


def check_comments(plan: Plan, paper: Paper, page: Page) -> None:
    """Refuse a board's page on which a figure of the police has neither a comment nor the line that none came.

    Parameters
    ----------
    plan : Plan
    paper : Paper
    page : Page

    Raises
    ------
    BriefingError
        Naming the figures.
    """
    if not plan.audience.needs_comments or paper.theme is None or plan.comments_by is None:
        return
    remarks = (remark for part in page.parts if isinstance(part, PartnerContext) for remark in part.remarks)
    notes = (note for part in page.parts if isinstance(part, Notes) for note in part.items)
    answered = {*(remark.about for remark in remarks), *(name for note in notes for name in note.unanswered)}
    owners = find_owners(read_catalogue().theme(paper.theme), plan.area)
    silent = [each.measure for each in owners.values() if each.is_police and each.measure not in answered]
    if silent:
        raise BriefingError(
            f"{paper.notebook}: {', '.join(silent)} stand with neither a comment of the police nor "
            f"'{describe_missing_comment(plan.comments_by)}'. Show "
            "partner_context.list_comments(run) and partner_context.list_missing_comments(run) in the notebook."
        )


def _export(plan: Plan, paper: Paper, staging: Path) -> None:
    """Make a paper's page, check it, and put it into the pack together with the paper's results."""
    notebook = nbformat.read(staging / f"{paper.notebook}.ipynb", as_version=4)  # type: ignore[no-untyped-call]
    page = collect_page(notebook)
    html = render_page(page)
    is_annual = paper is Paper.ANNUAL_ASSESSMENT
    check_page(page, html, byte_limit=_ANNUAL_BYTES if is_annual else PAGE_BYTES_WITHOUT_PICTURES)
    check_comments(plan, paper, page)
    pack = staging / _PACK_NAME
    (pack / RESULTS_FOLDER).mkdir(parents=True, exist_ok=True)
    page_name, results_name = name_files(paper)
    (pack / page_name).write_text(html, encoding="utf-8")
    (staging / paper.notebook / RESULTS_NAME).rename(pack / results_name)
    cells = write_cells(list_cells(page.tables, paper.notebook))
    (staging / paper.notebook / TABLES_NAME).write_text(cells, encoding="utf-8")
    if not plan.audience.withholds_small_numbers:
        keep_working(staging / f"{paper.notebook}.ipynb", pack)


def _list_unread(plan: Plan, staging: Path) -> list[str]:
    """Say of every indicator whose figures could not be read why, once for all papers."""
    paths = [staging / paper.notebook / UNREAD_NAME for paper in plan.papers]
    lines = (line for path in paths if path.exists() for line in path.read_text(encoding="utf-8").splitlines())
    return list(dict.fromkeys(lines))


# --- Publish


def _join_and_publish(plan: Plan, known: _Known, staging: Path, tell: Tell) -> Path:
    """Publish the papers that were made, together with those of the published pack that stay as they were."""
    shelf, pack = plan.shelf, staging / _PACK_NAME
    others = find_others(shelf.find_current(), plan.papers, known.inputs)
    if others.changed and plan.is_part:
        shelf, others = plan.shelf_apart, replace(others, unchanged={}, changed={})
        tell(
            f"The other papers of {plan.shelf.folder} stay as they are, and would be made from other files now. "
            f"What was asked for therefore lies in a folder of its own: {shelf.folder}."
        )
    for paper, words in others.changed.items():
        tell(
            f"{paper.notebook} is not in the new version of the pack, because of a change in {' and '.join(words)}. "
            f"Make it again with --paper {paper}; as it was, it is in {others.folder}."
        )
    others.copy_unchanged(pack)
    made_from = {**others.unchanged, **{paper: known.inputs[paper] for paper in plan.papers}}
    papers = [paper for paper in Paper if paper in made_from]
    own_tables = {paper: staging / paper.notebook / TABLES_NAME for paper in plan.papers}
    write_joined_tables(pack, papers, {**others.tables, **own_tables})
    _write_manifest(plan, known, pack, {paper: made_from[paper] for paper in papers})
    return shelf.publish(pack, [name_files(paper)[0] for paper in papers])


def _write_manifest(plan: Plan, known: _Known, pack: Path, made_from: Mapping[Paper, PaperInputs]) -> None:
    manifest = {
        "shp_analysis": __version__,
        "run_id": identify_run(plan.store, plan.area, plan.period, plan.as_of, plan.edition),
        "is_simulated": plan.store.is_simulated,
        "period": plan.period.label,
        "area": plan.area.code,
        "as_of": plan.as_of.isoformat(),
        "edition": plan.edition,
        "papers": [paper.value for paper in made_from],
        "made_from": {paper.value: inputs.record() for paper, inputs in made_from.items()},
        "inputs": [
            {"file": file.shown_path, "sha256": file.sha256, "received_on": file.received_on.isoformat()}
            for file in known.files
        ],
        "withdrawn": [file.describe_withdrawal() for file in plan.store.withdrawn_files(plan.as_of)],
        "python": platform.python_version(),
        "versions": {name: version(name) for name in _VERSIONS_TOLD},
        "files": hash_files(pack),
    }
    (pack / MANIFEST_NAME).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
