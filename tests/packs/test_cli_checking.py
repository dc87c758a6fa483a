"""What the command says on the morning of a meeting, and what it takes in from a folder."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from builders import ASB, write_street
from police_files import hash_tree, write_archive
from sheet_files import write_xlsx

from .conftest import Shp

FIRST, SECOND = "2025-04-30", "2025-06-30"
WIDTH = 120


@pytest.fixture(scope="module")
def revised_data(shp: Shp, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A quarter of burglaries received twice: January's twenty became twenty-five, and February's file is gone."""
    folder = tmp_path_factory.mktemp("revised")
    months = {"2025-01": (20, 35), "2025-02": (21, None), "2025-03": (22, 22)}
    for number, day in enumerate((FIRST, SECOND)):
        for month, counts in months.items():
            if counts[number]:
                write_street(folder / day, month, {"Burglary": counts[number], ASB: 3 + number})
        done = shp("ingest", str(folder / day), "--received", day, data=folder / "data")
        assert done.returncode == 0, done.stderr
    return folder / "data"


def test_what_is_late_is_told_and_is_no_failure(revised_data: Path, shp: Shp) -> None:
    done = shp("check", "--period", "2025-26 Q1", "--as-of", "2025-10-01", "--format", "json", data=revised_data)
    assert (done.returncode, done.stderr) == (0, "")
    record = json.loads(done.stdout)
    assert (record["schema"], record["area"], record["period"], record["as_of"]) == (
        1,
        "E06000006",
        "2025-26-Q1",
        "2025-10-01",
    )
    street = next(each for each in record["needed"] if each["table"] == "police_uk_street")
    assert (street["unit"], street["missing"], street["is_received"]) == (
        "cheshire",
        ["2025-04", "2025-05", "2025-06"],
        False,
    )
    total = next(each for each in record["indicators"] if each["indicator"] == "ALL-01")
    assert (total["state"], total["data_to"], total["due_on"]) == ("late", "2025-03-31", "2025-06-29")
    (change,) = record["changes"]
    assert change["rows_changed"] == [{"period": "2025-01", "before": 23, "now": 39}]
    assert change["parts_gone"] == ["2025-02"]


def test_the_quarter_that_is_in_is_received(revised_data: Path, shp: Shp) -> None:
    record = json.loads(
        shp("check", "-p", "2024-25 Q4", "--as-of", "2025-07-01", "--format", "json", data=revised_data).stdout
    )
    assert record["feeds_received"] >= 1
    assert next(each for each in record["indicators"] if each["indicator"] == "ALL-01")["state"] == "received"


def test_the_newest_quarter_that_is_over_is_asked_about(revised_data: Path, shp: Shp) -> None:
    done = shp("check", "--as-of", "2025-07-01", data=revised_data)
    assert done.stdout.startswith("Halton, Quarter 1 2025-26: April to June 2025, as of 1 July 2025")


def test_the_report_has_every_section_and_no_wide_line(revised_data: Path, shp: Shp) -> None:
    done = shp("check", "--as-of", "2025-07-01", data=revised_data)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    titles = [
        *("Held", "Data to", "Changed since the last release", "Blank fields", "Totals that do not reconcile"),
        *("Ages that do not fit", "Totals of fewer or more contributors"),
    ]
    assert [title for title in titles if title in lines] == titles
    assert any(line.startswith("Feeds received: ") for line in lines)
    assert lines[lines.index("Totals of fewer or more contributors") + 1].strip() == "nothing"
    assert "Rows changed: 2025-01 from 23 to 39 (+70%)." in " ".join(done.stdout.split())
    assert max(map(len, lines)) <= WIDTH


def test_simulated_data_are_marked(shp: Shp, tmp_path: Path) -> None:
    path = write_street(tmp_path / "published", "2025-01", {"Burglary": 3})
    path.write_text(path.read_text(encoding="utf-8").replace("near High", "near Simulated High"), encoding="utf-8")
    assert shp("ingest", str(tmp_path / "published"), data=tmp_path / "data").returncode == 0
    assert shp("check", data=tmp_path / "data").stdout.startswith(" SIMULATED DATA")
    assert json.loads(shp("check", "--format", "json", data=tmp_path / "data").stdout)["is_simulated"] is True
    assert shp("check", "--real", data=tmp_path / "data").returncode == 1


def test_an_empty_or_damaged_store_fails_in_every_format(revised_data: Path, shp: Shp, tmp_path: Path) -> None:
    for form in ("table", "json"):
        done = shp("check", "--format", form, data=tmp_path)
        assert (done.returncode, "is empty" in done.stderr, done.stdout) == (1, True, "")
    shutil.copytree(revised_data, tmp_path / "data")
    shutil.rmtree(tmp_path / "data" / "store")
    done = shp("check", data=tmp_path / "data")
    assert (done.returncode, "shp rebuild" in done.stderr) == (1, True)


def test_revisions_say_what_was_said_and_is_said(revised_data: Path, shp: Shp) -> None:
    record = json.loads(shp("revisions", "Burglary", "--format", "json", data=revised_data).stdout)
    assert (record["indicator"], record["area"], record["source"], record["is_simulated"]) == (
        "PUK-02",
        "E06000006",
        "police_uk",
        False,
    )
    (quarter,) = record["revisions"]
    assert (quarter["period"], quarter["first"], quarter["now"]) == ("2024-25-Q4", 63, 78)
    lines = shp("revisions", "Burglary", "--format", "csv", data=revised_data).stdout.splitlines()
    assert lines == [
        "period,first,first_received_on,now,now_received_on,change_percent",
        f"2024-25-Q4,63,{FIRST},78,{SECOND},23.81",
    ]
    table = shp("revisions", "Burglary", data=revised_data).stdout
    assert [words in table for words in (f"63 ({FIRST})", f"78 ({SECOND})", "+23.8%")] == [True] * 3
    before = shp("revisions", "Burglary", "--as-of", "2025-05-01", data=revised_data).stdout
    assert "the same" in before
    assert (
        "No period has been received whole."
        in shp("revisions", "Burglary", "--area", "Leeds", data=revised_data).stdout
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("revisions", "ALL-99"), "There is no indicator"),
        (("revisions", "ALL-01", "--source", "x"), "not counted from"),
    ],
)
def test_a_slip_in_what_is_asked_is_told(revised_data: Path, shp: Shp, arguments: tuple[str, ...], said: str) -> None:
    done = shp(*arguments, data=revised_data)
    assert (done.returncode, said in done.stderr, done.stdout) == (2, True, "")


def test_a_template_is_written_once(shp: Shp, tmp_path: Path) -> None:
    path = tmp_path / "partner-return.csv"
    arguments = ("template", str(path), "--organisation", "Halton MARAC", "--period", "2024-25 Q4")
    done = shp(*arguments, data=tmp_path)
    assert (done.returncode, done.stdout.strip()) == (0, str(path))
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].startswith("measure,period,as_at,area,breakdown")
    assert any(line.startswith("marac_cases,2024-25 Q4") for line in lines)
    again = shp(*arguments, data=tmp_path)
    assert (again.returncode, "is there already" in again.stderr) == (2, True)
    unknown = shp("template", str(tmp_path / "b.csv"), "--organisation", "Nobody", data=tmp_path)
    assert (unknown.returncode, "There is no organisation" in unknown.stderr) == (2, True)


def test_archives_in_a_folder_are_deliveries_of_their_own(shp: Shp, tmp_path: Path) -> None:
    """A folder with a month, a note, two good archives and a damaged one: what is good is taken in."""
    folder, data = tmp_path / "received", tmp_path / "data"
    write_street(folder, "2025-01", {"Burglary": 3})
    (folder / "notes.xlsx").write_bytes(write_xlsx({"Sheet": [["hello"]]}))
    write_archive(folder / "cheshire-archive-2024-06.zip", ["2024-04"])
    write_archive(folder / "deeper" / "mersey-archive-2024-06.zip", ["2024-04"], "merseyside")
    (folder / "broken-archive-2024-07.zip").write_bytes(b"PK not really")
    done = shp("ingest", str(folder), data=data)
    assert done.returncode == 1
    assert "2025-01-cheshire-street.csv: 3 rows, received on " in done.stdout
    assert "cheshire-archive-2024-06.zip: 12 rows in 1 file, received on 2024-06-30" in done.stdout
    assert "mersey-archive-2024-06.zip: 12 rows in 1 file" in done.stdout
    assert "broken-archive-2024-07.zip: is not a complete zip archive" in done.stderr
    assert "shp: 1 refused, as said above; everything else was taken in." in done.stderr
    assert "notes.xlsx: is none of the files that are known" in done.stderr
    assert "archive-2024-06.zip: is none" not in done.stderr
    assert not list(data.rglob("*broken*"))


def test_a_folder_of_archives_alone_is_taken_in(shp: Shp, tmp_path: Path) -> None:
    write_archive(tmp_path / "in" / "cheshire-archive-2024-06.zip", ["2024-04"])
    first = shp("ingest", str(tmp_path / "in"), data=tmp_path / "data")
    assert (first.returncode, first.stderr) == (0, "")
    before = hash_tree(tmp_path / "data")
    again = shp("ingest", str(tmp_path / "in"), data=tmp_path / "data")
    assert (again.returncode, "nothing changed" in again.stdout) == (0, True)
    assert hash_tree(tmp_path / "data") == before
