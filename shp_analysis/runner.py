"""Running a pack of briefings with nobody watching: plan, run, check, publish.

Everything that can be refused is refused before a kernel starts. Notebooks run in a staging folder beside the last good
pack; what they made is checked, and one rename publishes it. A failure leaves the last good pack as it was and keeps
its traceback in a folder of its own, never in an HTML.
"""

from __future__ import annotations

import ast
import hashlib
import json
import platform
import shutil
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

from shp_analysis.kernels import TRACEBACK_NAME, execute  # isort: skip - first, for what it keeps from being loaded

import nbformat
from bs4 import BeautifulSoup

from shp_analysis import __version__
from shp_analysis.briefing.checks import PAGE_BYTES_WITHOUT_PICTURES, check_page
from shp_analysis.briefing.exporter import BriefingExporter
from shp_analysis.briefing.printed_cells import list_cells, write_cells
from shp_analysis.catalogue import read_catalogue
from shp_analysis.configuration import PROJECT_FOLDER
from shp_analysis.errors import BriefingError, RequestError
from shp_analysis.forked_kernels import choose_context
from shp_analysis.parameters import RESULTS_NAME, Paper
from shp_analysis.partners import build_comment_form, find_owners, save_preview, say_no_comment
from shp_analysis.planning import Plan
from shp_analysis.workbook import identify_run, open_run

NOTEBOOKS_FOLDER = PROJECT_FOLDER / "notebooks"
MANIFEST_NAME = "manifest.json"
TABLES_NAME = "tables.csv"
FAILED_FOLDER = "failed"
PARAMETERS_TAG = "parameters"
_BYTE_LIMITS = {Paper.ANNUAL_ASSESSMENT: 200_000}
"""A year of every indicator weighs more than a quarter of one theme, and is read at a desk."""
_JUDGED_STATISTICS = r".*:(?:change_.*|difference|p_value|dispersion)|(?:season|forecast|new_shift)_.*"
"""What says how to read a figure; partners are asked what lies behind it before they see that."""
_VERSIONS_TOLD = ("pandas", "duckdb", "statsmodels", "scipy", "matplotlib", "papermill", "nbconvert")


def run_pack(plan: Plan, on_progress: Callable[[str], None] | None = None) -> tuple[Path, ...]:
    """Make a pack and publish it.

    Parameters
    ----------
    plan : Plan
    on_progress : callable, optional
        Told the name of each briefing as it is done.

    Returns
    -------
    tuple of Path
        The published HTML files, in the order of the pack; for a preview the raw figures and the form.

    Raises
    ------
    BriefingError
        Where a notebook failed or a page may not be published. The last good pack is as it was.
    """
    if not plan.audience.prints_narrative:
        return _make_preview(plan)
    _check_notebooks(plan)
    with _staging(plan) as staging:
        _run_notebooks(plan, staging, on_progress)
        pages = [_export(plan, paper, staging) for paper in plan.papers]
        _join_results(plan, staging)
        _write_tables(plan, staging / "pack")
        _write_manifest(plan, staging)
        _publish(staging / "pack", plan.pack_folder)
    return tuple(plan.pack_folder / page for page in pages)


# --- Plan


def _check_notebooks(plan: Plan) -> None:
    """Refuse parameters that a notebook does not declare: papermill by itself would only warn."""
    for paper in plan.papers:
        path = _notebook(paper)
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


def _notebook(paper: Paper) -> Path:
    return NOTEBOOKS_FOLDER / f"{paper.notebook}.ipynb"


# --- Run


def _run_notebooks(plan: Plan, staging: Path, on_progress: Callable[[str], None] | None) -> None:
    # One notebook a worker: a kernel is forked from a worker that has done nothing yet.
    workers = ProcessPoolExecutor(min(plan.jobs, len(plan.papers)), mp_context=choose_context(), max_tasks_per_child=1)
    with workers as pool:
        running = {pool.submit(execute, _notebook(paper), plan.parameters(), staging): paper for paper in plan.papers}
        for done in as_completed(running):
            failure = done.result()
            if failure:
                raise BriefingError(_keep_failure(plan, running[done], staging, failure))
            if on_progress:
                on_progress(running[done].notebook)


def _keep_failure(plan: Plan, paper: Paper, staging: Path, failure: str) -> str:
    folder = plan.outputs_folder / FAILED_FOLDER / plan.area.code / plan.period.slug / plan.edition.value
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for path in (staging / f"{paper.notebook}.ipynb", staging / paper.notebook / TRACEBACK_NAME):
        if path.exists():
            shutil.copy(path, folder / f"{paper.notebook}{path.suffix}")
    return (
        f"The notebook {paper.notebook} failed in {failure} Nothing was published and the last good pack is as it was; "
        f"the traceback is in {folder}."
    )


# --- Preview


def _make_preview(plan: Plan) -> tuple[Path, ...]:
    """Make what partners get before they comment: figures and a form, without a word on what the figures mean."""
    if plan.comments_by is None:
        raise RequestError("A preview asks for comments by a day. Write comments_by into the quarter's run.yaml.")
    run = open_run(paper=Paper.BOARD_SUMMARY, **{**plan.parameters(), "period": plan.period.slug})
    asked = [each.indicator for each in run.assessments if each.indicator.is_agreed]
    results = run.results[run.results["indicator"].isin([each.id for each in asked])]
    results = results[~results["statistic"].str.fullmatch(_JUDGED_STATISTICS)]
    form = build_comment_form(results, find_owners(asked, plan.area), plan.comments_by)
    with _staging(plan) as staging:
        files = save_preview(results, form, staging / "pack")
        _write_manifest(plan, staging)
        _publish(staging / "pack", plan.pack_folder)
    return tuple(plan.pack_folder / path.name for path in files)


# --- Check


def check_comments(plan: Plan, paper: Paper, html: str) -> None:
    """Refuse a board's page on which a figure of the police has neither a comment nor the line that none came.

    Parameters
    ----------
    plan : Plan
    paper : Paper
    html : str

    Raises
    ------
    BriefingError
        Naming the figures.
    """
    if not plan.audience.needs_comments or paper.theme is None or plan.comments_by is None:
        return
    soup, line = BeautifulSoup(html, "html.parser"), say_no_comment(plan.comments_by)
    answered = " ".join(tag.get_text(" ") for tag in soup.select(".remark-about"))
    answered += " ".join(tag.get_text(" ") for tag in soup.select("dl > div") if line in tag.get_text(" "))
    owners = find_owners(read_catalogue().theme(paper.theme), plan.area)
    silent = [each.measure for each in owners.values() if each.is_police and each.measure not in answered]
    if silent:
        raise BriefingError(
            f"{paper.notebook}: {', '.join(silent)} stand with neither a comment of the police nor '{line}'. Show "
            "partner_context.list_remarks(run) and partner_context.list_silences(run) in the notebook."
        )


def _export(plan: Plan, paper: Paper, staging: Path) -> str:
    notebook = nbformat.read(staging / f"{paper.notebook}.ipynb", as_version=4)  # type: ignore[no-untyped-call]
    html, _ = BriefingExporter().from_notebook_node(notebook)
    check_page(html, byte_limit=_BYTE_LIMITS.get(paper, PAGE_BYTES_WITHOUT_PICTURES))
    check_comments(plan, paper, html)
    name = f"{paper.notebook}.html"
    pack = staging / "pack"
    pack.mkdir(exist_ok=True)
    (pack / name).write_text(html, encoding="utf-8")
    return name


def _join_results(plan: Plan, staging: Path) -> None:
    """Write one results table for the pack: the notebooks' tables under one heading."""
    lines: list[str] = []
    for paper in plan.papers:
        table = (staging / paper.notebook / RESULTS_NAME).read_text(encoding="utf-8").splitlines()
        lines += table if not lines else table[1:]
    (staging / "pack" / RESULTS_NAME).write_text("\n".join(dict.fromkeys(lines)) + "\n", encoding="utf-8")


def _write_tables(plan: Plan, pack: Path) -> None:
    """Write what stands in the tables of the pack's pages, the numbers behind each chart among it."""
    pages = ((paper.notebook, pack / f"{paper.notebook}.html") for paper in plan.papers)
    cells = (cell for name, page in pages for cell in list_cells(page.read_text(encoding="utf-8"), name))
    (pack / TABLES_NAME).write_text(write_cells(cells), encoding="utf-8")


def _write_manifest(plan: Plan, staging: Path) -> None:
    pack = staging / "pack"
    manifest = {
        "shp_analysis": __version__,
        "run_id": identify_run(plan.store, plan.area, plan.period, plan.as_of, plan.edition),
        "is_simulated": plan.store.is_simulated,
        "period": plan.period.label,
        "area": plan.area.code,
        "as_of": plan.as_of.isoformat(),
        "edition": plan.edition.value,
        "papers": [paper.value for paper in plan.papers],
        "inputs": [
            {"file": file.path, "sha256": file.sha256, "received_on": file.received_on.isoformat()}
            for file in plan.store.received_files(plan.as_of)
        ],
        "python": platform.python_version(),
        "versions": {name: version(name) for name in _VERSIONS_TOLD},
        "files": {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(pack.iterdir())},
    }
    (pack / MANIFEST_NAME).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")


# --- Publish


@contextmanager
def _staging(plan: Plan) -> Iterator[Path]:
    plan.outputs_folder.mkdir(parents=True, exist_ok=True)
    staging = plan.outputs_folder / f".staging-{uuid.uuid4().hex[:8]}"
    staging.mkdir()
    try:
        yield staging
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _publish(pack: Path, target: Path) -> None:
    """Put a finished pack in place by renames; if the second one fails, the last good pack comes back."""
    target.parent.mkdir(parents=True, exist_ok=True)
    former = target.with_name(f".{target.name}-{uuid.uuid4().hex[:8]}")
    if target.exists():
        target.rename(former)
    try:
        pack.rename(target)
    except OSError:
        if former.exists():
            former.rename(target)
        raise
    shutil.rmtree(former, ignore_errors=True)
