"""Whole runs: real notebooks, real kernels, real pages."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from police_files import hash_tree

from shp_analysis.config.parameters import Paper, Theme
from shp_analysis.errors import BriefingError, RequestError, StoreError
from shp_analysis.papers.run import open_run
from shp_analysis.reference.areas import read_area
from shp_analysis.reference.periods import Quarter, parse_period
from shp_analysis.runs import paper_inputs, runner
from shp_analysis.runs.planning import Plan, plan_run
from shp_analysis.store.store import open_store
from shp_analysis.text.sentences import state

NAME = "04_road_casualties.html"
"""The paper that is made soonest; what the others say is read in the whole packs."""
AS_OF = date(2025, 10, 31)
"""The collisions of 2024 were received in September 2025."""


def make_plan(data: Path, outputs: Path, area: str = "Halton") -> Plan:
    return Plan(
        period=Quarter("2024-25 Q4"),
        area=read_area(area),
        as_of=AS_OF,
        edition="partnership",
        papers=(Paper.ROAD_CASUALTIES,),
        store=open_store(data, simulated=True),
        data_folder=data,
        outputs_folder=outputs,
    )


@pytest.fixture(scope="module")
def pack(simulated_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    outputs = tmp_path_factory.mktemp("outputs")
    (page,) = runner.run_pack(make_plan(simulated_data, outputs))
    return page.parent


@pytest.fixture(scope="module")
def page(pack: Path) -> BeautifulSoup:
    return BeautifulSoup((pack / NAME).read_text(encoding="utf-8"), "html.parser")


def test_a_pack_is_a_page_its_numbers_and_its_manifest(pack: Path) -> None:
    assert [path.relative_to(pack).as_posix() for path in sorted(pack.rglob("*"))] == [
        NAME,
        "manifest.json",
        "results",
        "results/04_road_casualties.csv",
        "results.csv",
        "tables.csv",
        "working",
        "working/04_road_casualties.html",
        "working/04_road_casualties.ipynb",
    ]
    assert pack.parts[-7:-1] == ("internal", "simulated", "E06000006", "2024-25-Q4", "partnership", "versions")
    assert list_staged(pack.parents[6]) == []


def list_staged(outputs: Path) -> list[Path]:
    return [path for path in (outputs / ".staging").iterdir() if path.is_dir()]


def test_the_manifest_vouches_for_every_file(pack: Path, simulated_data: Path) -> None:
    manifest = json.loads((pack / "manifest.json").read_text(encoding="utf-8"))
    for name, sha256 in manifest["files"].items():
        assert hashlib.sha256((pack / name).read_bytes()).hexdigest() == sha256
    assert manifest["is_simulated"] is True
    assert (manifest["period"], manifest["area"], manifest["as_of"]) == ("2024-25 Q4", "E06000006", AS_OF.isoformat())
    raw = simulated_data / "simulated" / "raw"
    for given in manifest["inputs"]:
        assert hashlib.sha256((raw / given["file"]).read_bytes()).hexdigest() == given["sha256"]


def test_the_page_says_what_the_assessments_say(page: BeautifulSoup, simulated_data: Path) -> None:
    asked = {"period": "2024-25 Q4", "as_of": AS_OF.isoformat(), "theme": Theme.ROAD_CASUALTIES}
    run = open_run(**asked, data_folder=str(simulated_data), simulated=True)
    text = " ".join(page.get_text(" ").split())
    for indicator in ("RS-01", "RS-02"):
        assert state(run.assessment(indicator)).text in text


def test_simulated_data_cannot_be_missed(page: BeautifulSoup) -> None:
    assert page.title is not None
    assert page.title.get_text().startswith("SIMULATED DATA - ")
    assert "SIMULATED DATA" in page.body.get_text()[:400]
    assert "SIMULATED DATA" in page.style.get_text()  # the running head on paper


def test_the_results_hold_every_number_once(pack: Path) -> None:
    results = pd.read_csv(pack / "results.csv")
    assert results["result_id"].is_unique
    assert {"RS-02/E06000006/2024/count", "RS-02/E06000006/2024-12/monthly_count"} <= set(results["result_id"])


def test_the_tables_hold_what_is_printed(pack: Path, page: BeautifulSoup) -> None:
    cells = pd.read_csv(pack / "tables.csv", keep_default_na=False)
    assert set(cells["table"]) == {table["id"] for table in page.select("table[id]")}
    words = " ".join(page.get_text(" ").split())
    printed = cells.loc[cells["column"] != "36 months", "text"]  # of a picture its words for those who do not see it
    assert [text for text in printed if text not in words] == []
    collisions = cells[(cells["row"] == "Injury collisions") & (cells["column"] == "Now")]
    results = pd.read_csv(pack / "results.csv").set_index("result_id")
    assert int(collisions["text"].iloc[0]) == results.loc["RS-02/E06000006/2024/count", "value"]


def test_the_same_inputs_give_the_same_bytes(pack: Path, simulated_data: Path, tmp_path: Path) -> None:
    (again,) = runner.run_pack(make_plan(simulated_data, tmp_path))
    assert hash_tree(again.parent) == hash_tree(pack)


def test_another_area_does_not_name_this_one(simulated_data: Path, tmp_path: Path) -> None:
    (page,) = runner.run_pack(make_plan(simulated_data, tmp_path, "Warrington"))
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
    assert "Warrington" in soup.get_text()
    # The store holds two authorities, so a chart that sets one beside the rest of the county names the other.
    for figure in soup.find_all("figure"):
        figure.decompose()
    assert "halton" not in str(soup).lower()


def write_notebook(folder: Path, *sources: str) -> None:
    parameters = "\n".join(
        f"{name} = None" for name in ("period", "area", "as_of", "edition", "data_folder", "simulated", "output_folder")
    )
    cells = [nbformat.v4.new_code_cell(source) for source in (parameters, *sources)]
    cells[0].metadata["tags"] = ["parameters"]
    folder.mkdir(exist_ok=True)
    nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / "04_road_casualties.ipynb")


def test_a_failed_notebook_leaves_the_last_good_pack(
    pack: Path, simulated_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outputs, before = pack.parents[6], hash_tree(pack)
    write_notebook(tmp_path / "notebooks", "1 / 0")
    monkeypatch.setattr(paper_inputs, "NOTEBOOKS_FOLDER", tmp_path / "notebooks")
    with pytest.raises(BriefingError, match=r"failed in cell .*ZeroDivisionError.*the last good pack is as it was"):
        runner.run_pack(replace(make_plan(simulated_data, outputs), data_folder=tmp_path / "data"))
    assert hash_tree(pack) == before
    failed = tmp_path / "data" / "failed" / "simulated" / "E06000006" / "2024-25-Q4" / "partnership"
    assert "ZeroDivisionError" in (failed / "04_road_casualties.txt").read_text(encoding="utf-8")
    assert (failed / "04_road_casualties.ipynb").exists()
    assert list_staged(outputs) == []
    assert not list(outputs.rglob("*.txt"))


def test_a_page_that_may_not_be_published_leaves_the_last_good_pack(
    pack: Path, simulated_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = hash_tree(pack)
    write_notebook(tmp_path / "notebooks", "from pathlib import Path", "Path('.')")
    monkeypatch.setattr(paper_inputs, "NOTEBOOKS_FOLDER", tmp_path / "notebooks")
    with pytest.raises(BriefingError):
        runner.run_pack(make_plan(simulated_data, pack.parents[6]))
    assert hash_tree(pack) == before


def test_a_notebook_that_does_not_declare_a_parameter_is_refused(
    simulated_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cell = nbformat.v4.new_code_cell("period = None")
    cell.metadata["tags"] = ["parameters"]
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / "04_road_casualties.ipynb")
    monkeypatch.setattr(paper_inputs, "NOTEBOOKS_FOLDER", tmp_path)
    with pytest.raises(BriefingError, match="does not declare area, as_of"):
        runner.run_pack(make_plan(simulated_data, tmp_path / "outputs"))
    assert not (tmp_path / "outputs").exists()


# --- Planning


@pytest.fixture
def planned(simulated_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHP_DATA", str(simulated_data))


@pytest.mark.usefixtures("planned")
class TestPlan:
    @pytest.mark.parametrize(
        "asked", ["2024-25 Q4", "March 2025", "year ending March 2025", "financial year 2023-24", "2023"]
    )
    def test_a_notebook_reads_the_very_period_that_was_planned(self, asked: str) -> None:
        plan = plan_run(asked, as_of="2025-06-30")
        assert parse_period(plan.parameters()["period"]) == plan.period == parse_period(asked)

    def test_settings_come_from_the_quarter_and_options_win(self) -> None:
        plan = plan_run("2024-25 Q4", as_of="2025-06-30")
        assert (plan.area.code, plan.edition, len(plan.papers)) == ("E06000006", "partnership", 6)
        other = plan_run("2024-25 Q4", as_of="2025-06-30", area="Warrington", edition="public", jobs=1)
        assert (other.area.name, other.edition, other.jobs) == ("Warrington", "public", 1)

    def test_latest_is_the_newest_whole_quarter(self) -> None:
        assert plan_run("latest").period == Quarter("2024-25 Q4")
        assert plan_run("latest", as_of="2024-01-31").period == Quarter("2022-23 Q4")

    @pytest.mark.parametrize(
        ("asked", "said"),
        [
            ({"period": "2024-25 Q5"}, "no quarter 5"),
            ({"period": "2010-11"}, "ambiguous"),
            ({"period": "2024-25 Q4", "area": "Hallton"}, "Did you mean Halton"),
            ({"period": "2024-25 Q4", "as_of": "31/03/2025"}, "not a date"),
            ({"period": "2024-25 Q4", "edition": "secret"}, "edition"),
            ({"period": "2024-25 Q4", "themes": ["roads"]}, "no theme 'roads'"),
            ({"period": "2024-25 Q4", "papers": ["roads"]}, "no paper 'roads'"),
            ({"period": "2024-25 Q4", "jobs": 0}, "jobs"),
            ({"period": "2024-25 Q4", "as_of": "2025-03-30"}, "is not over on 2025-03-30"),
        ],
    )
    def test_what_does_not_exist_is_refused(self, asked: dict[str, object], said: str) -> None:
        with pytest.raises(RequestError, match=said):
            plan_run(**asked)  # type: ignore[arg-type]


def test_an_empty_store_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHP_DATA", str(tmp_path))
    with pytest.raises(StoreError, match="shp ingest"):
        plan_run("2024-25 Q4")
