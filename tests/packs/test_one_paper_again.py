"""One paper of a pack made again: the others stay as they were, or what was made lies in a folder of its own."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from builders import write_street
from police_files import hash_tree

from shp_analysis.config.parameters import Paper
from shp_analysis.page.printed_cells import PrintedCell, write_cells
from shp_analysis.reference.areas import read_area
from shp_analysis.reference.periods import Quarter
from shp_analysis.runs import paper_inputs, runner
from shp_analysis.runs.packs import Shelf
from shp_analysis.runs.planning import Plan
from shp_analysis.store.intake import ingest
from shp_analysis.store.store import Store, open_store

THREE = (Paper.SUBSTANCE_MISUSE, Paper.DOMESTIC_ABUSE, Paper.ROAD_CASUALTIES)
ONE = Paper.DOMESTIC_ABUSE
PARAMETERS = ("period", "area", "as_of", "edition", "data_folder", "simulated", "output_folder")
HEADINGS = "result_id,value"
DAY = date(2025, 6, 30)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    write_street(tmp_path / "published", "2025-01", {"Burglary": 3})
    ingest(tmp_path / "published", folder=tmp_path / "data", received_on=DAY)
    return open_store(tmp_path / "data")


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Notebooks that run in a moment, and parameters that a test may change."""
    monkeypatch.setattr(paper_inputs, "NOTEBOOKS_FOLDER", tmp_path / "notebooks")
    monkeypatch.setattr(paper_inputs, "PARAMETERS_FOLDER", tmp_path / "parameters")
    monkeypatch.setattr(runner, "execute_all", make_papers)
    monkeypatch.setattr(runner, "_export", export)
    (tmp_path / "parameters" / "2024-25-Q4").mkdir(parents=True)
    for paper in Paper:
        write_notebook(tmp_path / "notebooks", paper, "first")


def write_notebook(folder: Path, paper: Paper, value: str) -> None:
    """Write a notebook whose paper has one row of its own and one that all papers share."""
    cell = nbformat.v4.new_code_cell("\n".join(f"{name} = None" for name in PARAMETERS))
    cell.metadata["tags"] = ["parameters"]
    notebook = nbformat.v4.new_notebook(cells=[cell], metadata={"value": value})
    folder.mkdir(exist_ok=True)
    nbformat.write(notebook, folder / f"{paper.notebook}.ipynb")


def make_papers(notebooks: list[Path], _parameters: object, staging: Path, **_: object) -> None:
    for path in notebooks:
        (staging / path.name).write_bytes(path.read_bytes())


def export(_plan: Plan, paper: Paper, staging: Path) -> None:
    value = nbformat.read(staging / f"{paper.notebook}.ipynb", as_version=4).metadata["value"]
    pack = staging / "pack"
    (pack / "results").mkdir(parents=True, exist_ok=True)
    (pack / f"{paper.notebook}.html").write_text(f"<html><body>{paper}: {value}</body></html>", encoding="utf-8")
    cell = PrintedCell(paper.notebook, f"t-{paper}", "", "", str(paper), "Now", value, "")
    (staging / paper.notebook).mkdir()
    (staging / paper.notebook / "tables.csv").write_text(write_cells([cell]), encoding="utf-8")
    rows = (HEADINGS, "shared,1", f"{paper}/{value},2")
    (pack / "results" / f"{paper.notebook}.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")


def make_plan(store: Store, tmp_path: Path, *papers: Paper) -> Plan:
    return Plan(
        period=Quarter("2024-25 Q4"),
        area=read_area("Halton"),
        as_of=DAY,
        edition="partnership",
        papers=papers or THREE,
        store=store,
        data_folder=store.root,
        outputs_folder=tmp_path / "outputs",
    )


def read_current(shelf: Shelf) -> tuple[dict[str, object], set[str], set[str]]:
    """Give the manifest, the ids of the results and the texts of the tables."""
    folder = shelf.find_current()
    assert folder is not None
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    on_disk = {key: value for key, value in hash_tree(folder).items() if value != "/"}  # a folder
    assert manifest["files"] == {key: value for key, value in on_disk.items() if key != "manifest.json"}
    cells = pd.read_csv(folder / "tables.csv", keep_default_na=False)
    return manifest, set(pd.read_csv(folder / "results.csv")["result_id"]), set(cells["text"])


def test_the_other_papers_stay_byte_for_byte(store: Store, tmp_path: Path) -> None:
    plan = make_plan(store, tmp_path)
    runner.run_pack(plan)
    before = hash_tree(plan.shelf.find_current())
    write_notebook(tmp_path / "notebooks", ONE, "second")
    told: list[str] = []
    (page,) = runner.run_pack(make_plan(store, tmp_path, ONE), on_note=told.append)
    assert (page.name, told) == ("03_domestic_abuse.html", [])
    after = hash_tree(plan.shelf.find_current())
    joined = {"manifest.json", "results.csv", "tables.csv"}
    changed = {name for name in after if after[name] != before[name]} - joined
    assert set(after) == set(before)
    assert changed == {"03_domestic_abuse.html", "results/03_domestic_abuse.csv"}
    manifest, ids, texts = read_current(plan.shelf)
    assert manifest["papers"] == list(THREE)
    assert ids == {"shared", "substance_misuse/first", "domestic_abuse/second", "road_casualties/first"}
    assert {"first", "second"} <= texts


def take_in_more(store: Store, tmp_path: Path) -> None:
    write_street(tmp_path / "later", "2025-02", {"Burglary": 4})
    ingest(tmp_path / "later", folder=store.root, received_on=DAY)


def change_the_catalogue(_: Store, tmp_path: Path) -> None:
    (tmp_path / "parameters" / "catalogue").mkdir()
    (tmp_path / "parameters" / "catalogue" / "indicators.yaml").touch()


def comment(_: Store, tmp_path: Path) -> None:
    (tmp_path / "parameters" / "2024-25-Q4" / "commentary.csv").write_text("x", encoding="utf-8")


def change_another_notebook(_: Store, tmp_path: Path) -> None:
    write_notebook(tmp_path / "notebooks", Paper.ROAD_CASUALTIES, "changed")


def alter_a_published_page(store: Store, tmp_path: Path) -> None:
    current = make_plan(store, tmp_path).shelf.find_current()
    assert current is not None
    (current / "04_road_casualties.html").write_text("altered", encoding="utf-8")


def alter_the_published_tables(store: Store, tmp_path: Path) -> None:
    current = make_plan(store, tmp_path).shelf.find_current()
    assert current is not None
    path = current / "tables.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("first", "another"), encoding="utf-8")


@pytest.mark.parametrize(
    "change",
    [
        take_in_more,
        change_the_catalogue,
        comment,
        change_another_notebook,
        alter_a_published_page,
        alter_the_published_tables,
    ],
)
def test_a_paper_from_other_inputs_lies_in_a_folder_of_its_own(
    store: Store, tmp_path: Path, change: Callable[[Store, Path], None]
) -> None:
    plan = make_plan(store, tmp_path)
    runner.run_pack(plan)
    change(store, tmp_path)
    before = hash_tree(plan.shelf.folder)
    told: list[str] = []
    (page,) = runner.run_pack(make_plan(store, tmp_path, ONE), on_note=told.append)
    assert hash_tree(plan.shelf.folder) == before
    assert page.parents[2] == plan.shelf.folder.with_name("partnership-domestic_abuse")
    (sentence,) = told
    assert str(page.parents[2]) in sentence
    apart = make_plan(store, tmp_path, ONE).shelf_apart
    assert read_current(apart)[0]["papers"] == [ONE]


def test_what_concerns_another_quarter_changes_nothing(store: Store, tmp_path: Path) -> None:
    plan = make_plan(store, tmp_path)
    runner.run_pack(plan)
    (tmp_path / "parameters" / "2023-24-Q1").mkdir()
    (tmp_path / "parameters" / "2023-24-Q1" / "run.yaml").touch()
    take_in_later = tmp_path / "later"
    write_street(take_in_later, "2025-02", {"Burglary": 4})
    ingest(take_in_later, folder=store.root, received_on=DAY + timedelta(days=1))
    (page,) = runner.run_pack(make_plan(store, tmp_path, ONE))
    assert page.parent == plan.shelf.find_current()


@pytest.mark.parametrize(
    ("are_given", "days", "is_joined"),
    [((False, False), 1, True), ((True, True), 1, False), ((False, True), 1, False), ((False, True), 0, True)],
)
def test_the_day_of_the_run_may_move_on_and_a_day_asked_for_may_not(
    store: Store, tmp_path: Path, are_given: tuple[bool, bool], days: int, *, is_joined: bool
) -> None:
    first, second = are_given
    plan = replace(make_plan(store, tmp_path), as_of_is_given=first)
    runner.run_pack(plan)
    again = replace(make_plan(store, tmp_path, ONE), as_of=DAY + timedelta(days), as_of_is_given=second)
    (page,) = runner.run_pack(again)
    assert (page.parent == plan.shelf.find_current()) is is_joined


def test_a_whole_edition_takes_the_place_of_the_pack_and_names_what_it_leaves_out(store: Store, tmp_path: Path) -> None:
    whole = (*make_plan(store, tmp_path).audience.papers,)
    more = Paper.CHANGES_SINCE_LAST_MEETING
    runner.run_pack(make_plan(store, tmp_path, *whole, more))
    plan = make_plan(store, tmp_path, *whole)
    told: list[str] = []
    runner.run_pack(plan, on_note=told.append)
    assert (more in read_current(plan.shelf)[0]["papers"], told) == (True, [])
    take_in_more(store, tmp_path)
    former = plan.shelf.find_current()
    runner.run_pack(plan, on_note=told.append)
    assert read_current(plan.shelf)[0]["papers"] == [each for each in Paper if each in whole]
    (sentence,) = told
    assert "20_changes_since_last_meeting" in sentence
    assert "received files" in sentence
    assert former is not None
    assert str(former) in sentence
    assert (former / "20_changes_since_last_meeting.html").exists()
