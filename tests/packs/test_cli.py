"""The command as a person or a scheduler calls it: a real process, its output and its exit code."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from subprocess import run

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from builders import write_street
from filelock import FileLock
from police_files import hash_tree

from shp_analysis.config.catalogue import read_catalogue
from shp_analysis.config.parameters import Paper, Theme, read_editions
from shp_analysis.runs.packs import Readers, Shelf
from shp_analysis.store.store import Store

from .conftest import LONGEST_WAIT, Shp, share_folder
from .whole_packs import read_page, read_words

RECEIVED = "cheshire-archive-2024-06.zip: 24,983 rows in 4 files, received on 2024-06-30"


@pytest.fixture(scope="module")
def real_data(police_archives: Path, shp: Shp, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The three Cheshire archives, taken in by the command, once for all workers."""
    folder = share_folder(tmp_path_factory) / "real"
    with FileLock(f"{folder}.lock", timeout=LONGEST_WAIT):
        if not (folder / "told.txt").exists():
            shutil.rmtree(folder, ignore_errors=True)
            done = shp("ingest", *map(str, sorted(police_archives.glob("cheshire-*.zip"))), data=folder / "data")
            assert done.returncode == 0, done.stderr
            (folder / "told.txt").write_text(done.stdout, encoding="utf-8")
    return folder / "data"


def test_what_was_taken_in_is_told(real_data: Path) -> None:
    assert RECEIVED in (real_data.parent / "told.txt").read_text(encoding="utf-8")


def show(shp: Shp, data: Path, *arguments: str) -> dict[str, object]:
    done = shp("show", *arguments, "--format", "json", data=data)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_total_crime_of_the_real_quarter(real_data: Path, shp: Shp) -> None:
    record = show(shp, real_data, "ALL-01", "--source", "police_uk", "--area", "E06000006", "--period", "2024-25 Q4")
    first = record["comparisons"][0]
    assert (record["count"], first["count"], first["change_count"]) == (2705, 2619, 86)
    assert record["verdict"] == "no clear change"
    assert (record["rate"], record["rate_unit"], record["population_year"]) == (20.8463, "per 1,000 residents", 2020)
    assert first["lower"] < first["change_percent"] < first["upper"]
    assert [each["file"] for each in record["sources"]] == [
        "cheshire-archive-2024-06.zip",
        "cheshire-archive-2026-07.zip",
    ]
    assert any("archives of different age" in note for note in record["notes"])


def test_anti_social_behaviour_of_the_real_quarter(real_data: Path, shp: Shp) -> None:
    record = show(shp, real_data, "ASB-01", "--area", "Halton", "--period", "2024-25 Q4")
    assert (record["count"], record["comparisons"][0]["count"], record["verdict"]) == (259, 398, "down")


def test_a_quarter_beside_an_incomplete_one(real_data: Path, shp: Shp) -> None:
    record = show(shp, real_data, "ALL-01", "--period", "2025-26 Q1")
    assert (record["count"], record["verdict"]) == (2816, "incomplete")
    assert record["comparisons"][0]["missing_months"] == ["2024-05", "2024-06"]


def test_a_paper_of_the_past_does_not_see_the_future(real_data: Path, shp: Shp) -> None:
    record = show(shp, real_data, "ALL-01", "--period", "2024-25 Q4", "--as-of", "2024-07-01")
    assert (record["count"], record["verdict"], record["data_to"]) == (None, "incomplete", "2024-04-30")


@pytest.fixture(scope="module")
def real_pack(real_data: Path, shp: Shp) -> Path:
    """All six papers on the real files: three archives of the police, and nothing from anyone else."""
    outputs = real_data.parent / "outputs"
    shelf = Shelf(outputs, Path("E06000006", "2024-25-Q4", "partnership"), Readers.INTERNAL)
    with FileLock(real_data.parent / "pack.lock", timeout=LONGEST_WAIT):
        if shelf.find_current() is None:
            done = shp("run", "2024-25 Q4", "--area", "E06000006", "--outputs", str(outputs), data=real_data)
            assert done.returncode == 0, done.stderr
            six = read_editions()["partnership"].papers
            told = [Path(line) for line in done.stdout.strip().splitlines()]
            pack = shelf.find_current()
            assert pack is not None
            assert told == [pack / f"{each.notebook}.html" for each in six]
    pack = shelf.find_current()
    assert pack is not None
    return pack


def test_the_briefing_on_real_files_agrees_with_show(real_pack: Path) -> None:
    html = (real_pack / "01_crime_and_asb.html").read_text(encoding="utf-8")
    assert "Anti-social behaviour fell from 398 to 259 (−139, −35%;" in html
    assert "Total recorded crime: 2,705, compared with 2,619." in html
    assert "SIMULATED" not in html


def test_what_nobody_sent_is_said_to_be_missing_and_is_no_zero(real_pack: Path) -> None:
    for theme in (Theme.SUBSTANCE_MISUSE, Theme.DOMESTIC_ABUSE, Theme.ROAD_CASUALTIES):
        page = read_page(real_pack, Paper(theme))
        words = read_words(page)
        assert "of this theme was received" in words
        assert "Not received" in words or "not received" in words
        assert "0 of" in words, "the strip says how many feeds came"
    results = pd.read_csv(real_pack / "results.csv", low_memory=False)
    missing = results[results["verdict"] == "incomplete"]
    assert len(missing) > 50
    own = missing["statistic"].isin({"count"}) | missing["statistic"].str.endswith(":period_count")
    police = {each.id for each in read_catalogue().indicators if "police_uk" in each.sources}
    assert missing.loc[own & ~missing["indicator"].isin(police), "value"].isna().all()
    zeros = [cell for paper in six_pages(real_pack) for cell in paper.select("td") if cell.get_text(strip=True) == "0"]
    assert zeros == []


def six_pages(pack: Path) -> list[BeautifulSoup]:
    return [read_page(pack, paper) for paper in read_editions()["partnership"].papers]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("show", "ALL-99", "-p", "2024-25 Q4"), 2, "There is no indicator 'ALL-99'"),
        (("show", "ALL-01", "-p", "2010-11"), 2, "is ambiguous"),
        (("show", "ALL-01", "-p", "2024-25 Q4", "--area", "Atlantis"), 2, "There is no area 'Atlantis'"),
        (("show", "ALL-01", "-p", "2024-25 Q4", "--source", "gossip"), 2, "not counted from 'gossip'"),
        (("run", "2024-25 Q4", "--theme", "weather"), 2, "There is no theme 'weather'"),
        (("run", "someday"), 2, "someday"),
        (("ingest", "no-such-file.zip"), 1, "no-such-file.zip: there is no such file"),
        (("ingest",), 2, "PATH"),
        (("sing",), 2, "sing"),
    ],
)
def test_refusals_are_one_message_and_an_exit_code(
    simulated_data: Path, shp: Shp, arguments: tuple[str, ...], code: int, said: str
) -> None:
    done = shp(*arguments, data=simulated_data)
    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_period_of_which_nothing_is_held_is_not_published_as_a_success(
    simulated_data: Path, shp: Shp, tmp_path: Path
) -> None:
    done = shp(
        "run", "2026-27 Q2", "--as-of", "2026-12-01", "--outputs", str(tmp_path / "outputs"), data=simulated_data
    )
    assert (done.returncode, done.stdout) == (3, "")
    said = [line for line in done.stderr.splitlines() if line.startswith("shp: ")]
    assert len(said) == 1
    assert "July to September 2026 is not ready for Halton: of its lead indicators (ASB-01" in said[0]
    assert "--even-if-not-ready" in said[0]
    assert not (tmp_path / "outputs").exists()


@pytest.mark.parametrize("is_link", [False, True], ids=["file", "dangling link"])
def test_outputs_that_are_no_folder_are_told_in_a_sentence(
    simulated_data: Path, shp: Shp, tmp_path: Path, *, is_link: bool
) -> None:
    outputs = tmp_path / "outputs"
    outputs.symlink_to(tmp_path / "nowhere") if is_link else outputs.touch()
    asked = ("--theme", "road_casualties", "--as-of", "2025-10-31", "--outputs", str(outputs))
    done = shp("run", "2024-25 Q4", *asked, data=simulated_data)
    assert (done.returncode, done.stdout) == (1, "")
    assert f"shp: {outputs}: is a " in done.stderr
    assert "Traceback" not in done.stderr


def test_a_damaged_delivery_changes_nothing(shp: Shp, tmp_path: Path) -> None:
    data, published = tmp_path / "data", tmp_path / "published"
    write_street(published, "2025-01", {"Burglary": 3})
    assert shp("ingest", str(published), data=data).returncode == 0
    before = hash_tree(data)
    broken = write_street(tmp_path / "broken", "2025-02", {"Burglary": 3})
    broken.write_text(broken.read_text(encoding="utf-8").replace("Crime type", "Offence"), encoding="utf-8")
    archive = shutil.make_archive(str(tmp_path / "cheshire-archive-2025-04"), "zip", tmp_path / "broken")
    done = shp("ingest", archive, data=data)
    assert done.returncode == 1
    assert (
        "cheshire-archive-2025-04.zip > 2025-02/2025-02-cheshire-street.csv: row 1: column 'Crime type' is missing"
        in done.stderr
    )
    assert hash_tree(data) == before


def test_taking_the_same_in_twice_says_so(shp: Shp, tmp_path: Path) -> None:
    write_street(tmp_path / "published", "2025-01", {"Burglary": 3})
    first, second = (shp("ingest", str(tmp_path / "published"), data=tmp_path / "data") for _ in range(2))
    assert (first.returncode, second.returncode) == (0, 0)
    assert "nothing changed" in second.stdout
    assert len(Store(tmp_path / "data").received_files()) == 1


def test_check_lists_months_and_gaps(real_data: Path, shp: Shp) -> None:
    done = shp("check", "--area", "Halton", "--format", "json", data=real_data)
    (feed,) = json.loads(done.stdout)["feeds"]
    assert (feed["force"], feed["first"], feed["last"], feed["months"]) == ("cheshire", "2016-02", "2025-06", 23)
    assert len(feed["missing"]) == 90
    table = shp("check", data=real_data)
    assert "90 months, 2017-03 to 2024-12" in table.stdout


def test_check_of_an_empty_store_says_what_to_do(shp: Shp, tmp_path: Path) -> None:
    done = shp("check", data=tmp_path)
    assert done.returncode == 1
    assert "shp sample" in done.stderr


@pytest.mark.parametrize("arguments", [("run", "someday"), ("run", "latest", "--area", "Atlantis")])
def test_a_slip_is_told_as_a_slip_before_anything_was_received(
    shp: Shp, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    done = shp(*arguments, data=tmp_path)
    assert (done.returncode, "is empty" in done.stderr) == (2, False)


def test_check_of_a_force_that_sent_nothing_does_not_call_the_store_empty(simulated_data: Path, shp: Shp) -> None:
    done = shp("check", "--area", "Leeds", data=simulated_data)
    assert done.returncode == 1
    assert "holds no feed of what was asked for" in done.stderr


def test_show_in_words_and_as_csv(simulated_data: Path, shp: Shp) -> None:
    words = shp("show", "Shoplifting", "-p", "latest", data=simulated_data)
    assert words.returncode == 0
    assert words.stdout.startswith(" SIMULATED DATA")
    assert "Verdict: up" in words.stdout
    table = shp("show", "Shoplifting", "-p", "latest", "--format", "csv", data=simulated_data)
    assert "ALL-07/E06000006/2024-25 Q4/count,ALL-07,E06000006,2024-25 Q4,count,247," in table.stdout


def test_rebuild_answers_as_before(shp: Shp, tmp_path: Path) -> None:
    write_street(tmp_path / "published", "2025-01", {"Burglary": 3})
    shp("ingest", str(tmp_path / "published"), data=tmp_path / "data")
    shutil.rmtree(tmp_path / "data" / "store")
    told = shp("show", "Burglary", "-p", "Jan 2025", data=tmp_path / "data")
    assert (told.returncode, "shp rebuild" in told.stderr) == (1, True)
    assert shp("rebuild", data=tmp_path / "data").returncode == 0
    assert show(shp, tmp_path / "data", "Burglary", "--period", "Jan 2025")["count"] == 3


def test_help_teaches(shp: Shp, tmp_path: Path) -> None:
    assert "shp sample" in shp("--help", data=tmp_path).stdout
    assert "run.yaml" in shp("run", "--help", data=tmp_path).stdout
    assert shp("--version", data=tmp_path).stdout.strip()


def test_the_command_starts_without_what_only_some_commands_need() -> None:
    """What is asked for is read, and a slip told, before statistics, the store and the readers are imported."""
    code = "import sys, shp_analysis.cli; print([each for each in sys.argv[1:] if each in sys.modules])"
    slow = ("duckdb", "pandera", "scipy.stats", "statsmodels", "papermill", "nbconvert", "shp_analysis.store.store")
    found = run([sys.executable, "-c", code, *slow], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
