"""One person's particulars in every kind of file, in right and wrong places: nothing that is told repeats them."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import openpyxl
import pytest
from partner_return_files import make_row
from police_files import street_csv

from shp_analysis.cli import app
from shp_analysis.config.catalogue import read_catalogue
from shp_analysis.config.parameters import RunSettings
from shp_analysis.config.priorities import read_priorities
from shp_analysis.config.reading import read_yaml
from shp_analysis.errors import BriefingError, ShpAnalysisError
from shp_analysis.partners.quarter_folder import read_partner_files
from shp_analysis.readers.incidents import COLUMNS as INCIDENT_COLUMNS
from shp_analysis.readers.partner_returns_workbook import COLUMNS as RETURN_COLUMNS
from shp_analysis.runs.kernels import TRACEBACK_NAME, execute
from shp_analysis.store.ledger import ReceivedFile
from shp_analysis.traces import keep_trace, mask_trace

PARTICULAR = "Jane Doe NHS 943 476 5919"
TELLS = re.compile(r"jane|\bdoe\b|943.{0,3}476|5919", re.IGNORECASE)
FINGERTIPS = (
    "Indicator ID,Indicator Name,Parent Code,Parent Name,Area Code,Area Name,Area Type,Category Type,Category,Sex,Age,"
    "Time period,Value,Lower CI 95.0 limit,Upper CI 95.0 limit,Lower CI 99.8 limit,Upper CI 99.8 limit,Count,"
    "Denominator,Value note,Recent Trend,Compared to England value or percentiles,Compared to percentiles,"
    "Time period Sortable,New data,Compared to goal,Time period range"
)


pytestmark = pytest.mark.usefixtures("signal_handlers")


@pytest.fixture
def tell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Give the command as a person calls it: what it prints, with all that it writes beside the files as received."""
    data = tmp_path / "data"
    monkeypatch.setenv("SHP_DATA", str(data))

    def call(*arguments: str) -> str:
        monkeypatch.setattr(sys, "argv", ["shp", *arguments])
        with pytest.raises(SystemExit):
            app.main()
        printed = capfd.readouterr()
        written = [path for path in data.rglob("*") if path.is_file() and "raw" not in path.parts]
        names = " ".join(str(path.relative_to(data)) for path in data.rglob("*"))
        return "\n".join([printed.out, printed.err, names, *(path.read_bytes().decode("latin-1") for path in written)])

    return call


def write_csv(rows: list[dict[str, str]]) -> str:
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()


def make_incident() -> dict[str, str]:
    known = ("Cheshire Constabulary", "2024-11-20", "5", "E01012367", "Transport", "N", "N", "N", "N", "N")
    return dict(zip(INCIDENT_COLUMNS, known, strict=True))


def plant_everywhere(row: dict[str, str]) -> Iterator[str]:
    """Write a file once for each place: every cell, a heading, a column or cell too many, a line before or after."""
    for column in row:
        yield write_csv([row, row | {column: PARTICULAR}])
    yield write_csv([{PARTICULAR if column == next(iter(row)) else column: cell for column, cell in row.items()}])
    yield write_csv([row | {"remark": PARTICULAR}])
    yield write_csv([row]).rstrip() + f",{PARTICULAR}\n"
    yield f"{PARTICULAR}\n{write_csv([row])}"
    yield write_csv([row]) + f'"{PARTICULAR}\n'


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("marac-return-2024-25-Q3.csv", make_row("marac_cases", "45")),
        ("cheshire-incidents-2024-11.csv", make_incident()),
        ("indicators-DistrictUA.data.csv", dict.fromkeys(FINGERTIPS.split(","), "")),
    ],
)
def test_no_cell_of_a_refused_file_is_told(tmp_path, tell, name, row):
    for number, content in enumerate(plant_everywhere(row)):
        path = tmp_path / str(number) / name
        path.parent.mkdir()
        path.write_text(content, encoding="utf-8")
        told = tell("ingest", str(path))
        assert name in told, content
        assert not TELLS.search(told), (content, told)


@pytest.mark.parametrize(
    "column", ["Month", "LSOA code", "LSOA name", "Crime type", "Reported by", "Crime ID", "Latitude"]
)
def test_no_cell_of_a_street_file_is_told(tmp_path, tell, column):
    rows = list(csv.DictReader(io.StringIO(street_csv().decode("utf-8-sig"))))
    path = tmp_path / "2024-01-cheshire-street.csv"
    path.write_text(write_csv([rows[0] | {column: PARTICULAR}, *rows[1:]]), encoding="utf-8")
    assert not TELLS.search(tell("ingest", str(path)))


@pytest.mark.parametrize("cell", ["A1", "A2", "B2", "G2", "L2", "A9", "P2"])
def test_no_cell_of_a_returned_workbook_is_told(tmp_path, tell, cell):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Returns"
    sheet.append(list(RETURN_COLUMNS))
    sheet.append([make_row("marac_cases", "45")[column] or None for column in RETURN_COLUMNS])
    sheet[cell] = PARTICULAR
    book.save(tmp_path / "halton-marac-2024-25-Q3.xlsx")
    assert not TELLS.search(tell("ingest", str(tmp_path / "halton-marac-2024-25-Q3.xlsx")))


def test_a_name_of_a_sheet_is_not_told(tmp_path, tell):
    book = openpyxl.Workbook()
    book.active.title = "Returns"
    book.active.append(list(RETURN_COLUMNS))
    book.create_sheet("Jane Doe")
    book.save(tmp_path / "halton-marac-2024-25-Q3.xlsx")
    assert not TELLS.search(tell("ingest", str(tmp_path / "halton-marac-2024-25-Q3.xlsx")))


@pytest.mark.parametrize("name", ["MARAC Jane Doe.csv", "Jane_Doe-return.csv", "JaneDoe.csv", "case 943 476 5919.csv"])
def test_a_file_named_after_a_person_is_refused_and_its_name_is_not_told(tmp_path, tell, name):
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / name).write_text(write_csv([make_row("marac_cases", "45")]), encoding="utf-8")
    for path in (tmp_path / "inbox" / name, tmp_path / "inbox"):
        told = tell("ingest", str(path))
        assert "holds what looks like" in told
        assert not TELLS.search(told)
    assert not (tmp_path / "data" / "raw").exists()


def test_the_name_of_a_file_taken_in_before_is_masked_where_it_is_printed():
    file = ReceivedFile(1, "partner_returns", None, "partner_returns/2024-06-01/MARAC Jane Doe.csv", "0" * 64, 1)
    assert not TELLS.search(file.shown_name + file.shown_path)
    assert file.shown_path.startswith("partner_returns/2024-06-01/[a person's name]")


PARTNER_FILES = {
    "commentary.csv": {
        "indicator": "ALL-01",
        "text": "More patrols.",
        "owner": "Police team",
        "given_on": "2025-05-15",
        "evidence_type": "anecdotal",
    },
    "delivery_plan.csv": {
        "action_id": "A1",
        "priority": "1",
        "p": "prevent",
        "action": "Patrol",
        "lead": "Council",
        "progress": "Begun",
        "delivery": "on track",
        "outcome_indicator": "ALL-01",
        "updated_on": "2025-05-15",
    },
    "actions.csv": {
        "asked_on": "2025-02-01",
        "asked_by": "The board",
        "question": "Why?",
        "answer": "",
        "answered_on": "",
        "status": "open",
    },
    "funding.csv": {
        "fund": "Safer Streets",
        "amount_pounds": "12500",
        "is_at_least": "false",
        "purpose": "Lighting",
        "from_day": "2024-04-01",
        "to_day": "2025-03-31",
    },
}


@pytest.mark.parametrize("name", PARTNER_FILES)
def test_no_cell_of_a_partners_file_is_told_or_printed(tmp_path, name):
    for content in plant_everywhere(PARTNER_FILES[name]):
        (tmp_path / name).write_text(content, encoding="utf-8")
        with pytest.raises(ShpAnalysisError) as refusal:
            read_partner_files(tmp_path, read_catalogue(), read_priorities(), is_simulated=False)
        kept = mask_trace("traceback.txt", "".join(traceback.format_exception(refusal.value)))
        for told in (str(refusal.value), repr(refusal.value), kept):
            assert not TELLS.search(told), (content, told)
        assert name in str(refusal.value)


@pytest.mark.parametrize(
    "text",
    [
        f"reviewer: {PARTICULAR}",
        f"area: {PARTICULAR}\nas_of: {PARTICULAR}",
        f"edition: {PARTICULAR}",
        f"jobs: {PARTICULAR}",
        f"papers: [{PARTICULAR}]",
        f"area: Halton\narea: {PARTICULAR}",
        f"reviewer: [{PARTICULAR}, {{name: {PARTICULAR}}}]",
        f"area: [{PARTICULAR}",
        f"{PARTICULAR}: yes",
    ],
)
def test_no_value_of_run_yaml_is_told(tmp_path, text):
    (tmp_path / "run.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ShpAnalysisError) as refusal:
        read_yaml(tmp_path / "run.yaml", RunSettings)
    told = "".join(traceback.format_exception(refusal.value))
    assert not TELLS.search(str(refusal.value))
    assert not TELLS.search(mask_trace("traceback.txt", told))


def test_the_value_of_an_unknown_parameter_is_not_told_whatever_it_is(tmp_path):
    (tmp_path / "run.yaml").write_text("reviewer: Xanthippe", encoding="utf-8")
    with pytest.raises(ShpAnalysisError, match="reviewer") as refusal:
        read_yaml(tmp_path / "run.yaml", RunSettings)
    assert "Xanthippe" not in "".join(traceback.format_exception(refusal.value))


@pytest.mark.parametrize(
    "arguments",
    [
        ("show", "ALL-01", "--period", PARTICULAR),
        ("show", PARTICULAR, "--period", "2024-25 Q4"),
        ("show", "ALL-01", "-p", "2024-25 Q4", "--area", PARTICULAR),
        ("show", "ALL-01", "-p", "2024-25 Q4", "--format", PARTICULAR),
        ("run", "2024-25 Q4", "--reviewer", PARTICULAR),
        ("run", "2024-25 Q4", f"--reviewer={PARTICULAR}"),
        ("run", "2024-25 Q4", "--jobs", PARTICULAR),
        ("run", "2024-25 Q4", "--theme", PARTICULAR),
        ("run", "2024-25 Q4", PARTICULAR),
        ("ingest", f"/nowhere/{PARTICULAR}.csv"),
        ("check", PARTICULAR),
        (PARTICULAR,),
    ],
)
def test_no_argument_of_the_command_is_told(tell, arguments):
    told = tell(*arguments)
    assert told.strip()
    assert not TELLS.search(told), told


def test_an_argument_too_many_is_not_told_whatever_it_is(tell):
    assert "Xanthippe" not in tell("check", "Xanthippe")


def test_a_failed_notebook_is_kept_without_particulars(tmp_path):
    cells = [
        nbformat.v4.new_code_cell("output_folder = None\nremark = ''", metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell("import sys\nprint(remark)\nprint(remark, file=sys.stderr)\nremark"),
        nbformat.v4.new_code_cell("{}[remark]"),
    ]
    notebook = tmp_path / "paper.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), notebook)
    staging = tmp_path / "staging"
    staging.mkdir()
    failure = execute(notebook, {"remark": PARTICULAR}, staging)
    assert "KeyError" in failure
    assert not TELLS.search(str(BriefingError(failure)))
    paths = {"paper.ipynb": staging / "paper.ipynb", "paper.txt": staging / "paper" / TRACEBACK_NAME}
    contents = {name: path.read_text(encoding="utf-8") for name, path in paths.items()}
    assert all(TELLS.search(content) for content in contents.values())
    kept = keep_trace(tmp_path / "data", Path("paper"), contents)
    for path in kept.iterdir():
        assert not TELLS.search(path.read_text(encoding="utf-8")), path
    assert json.loads((kept / "paper.ipynb").read_text(encoding="utf-8"))["cells"]
    assert "KeyError" in (kept / "paper.txt").read_text(encoding="utf-8")
