"""The templates that partners fill in."""

from __future__ import annotations

import csv
import io
import zipfile

import openpyxl
import pytest
from partner_return_files import read_returns
from reader_checks import claim, is_simulated

from shp_analysis.errors import RequestError, SourceError
from shp_analysis.readers.partner_returns import READER
from shp_analysis.readers.partner_returns_measures import (
    Parts,
    list_measures_of,
    read_breakdowns,
    read_measures,
    read_organisations,
    read_parts,
)
from shp_analysis.readers.partner_returns_workbook import COLUMNS, SHEETS
from shp_analysis.readers.templates import list_rows, write_template
from shp_analysis.reference.periods import FinancialYear, Month, Quarter

Q3, Q4 = Quarter("2024-25 Q3"), Quarter("2024-25 Q4")
MARAC = "Halton MARAC"


def value_of(row):
    """Give a row a value that agrees with its total, 100 divided among its categories, and its other cells."""
    measure = read_measures()[row["measure"]]
    n_parts = len(read_breakdowns()[row["breakdown"]])
    is_first = row["category"] == read_breakdowns()[row["breakdown"]][0]
    value = 100 // n_parts + (100 % n_parts if is_first else 0)
    if read_parts()[row["breakdown"]] is Parts.OVERLAP:
        value = 60
    as_at = "2024-12-31" if measure.kind == "stock" else ""
    return {
        "value": str(value),
        "of": "100" if measure.base else "",
        "as_at": as_at,
        "contact_role": "Data officer",
        "completeness": "complete",
    }


def fill_in(path):
    """Fill in every prepared row, as a data officer does."""
    if path.suffix == ".csv":
        rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))
        with path.open("w", newline="", encoding="utf-8-sig") as file:
            writer = csv.DictWriter(file, COLUMNS)
            writer.writeheader()
            writer.writerows(row | value_of(row) for row in rows)
        return
    book = openpyxl.load_workbook(path)
    sheet = book["Returns"]
    for number in range(2, sheet.max_row + 1):
        row = {name: sheet.cell(number, column).value for column, name in enumerate(COLUMNS, start=1)}
        for name, value in value_of(row).items():
            cell = sheet.cell(number, COLUMNS.index(name) + 1)
            cell.value = int(value) if value.isdigit() else value or None
    book.save(path)


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
@pytest.mark.parametrize("organisation", list(read_organisations()))
def test_what_is_written_is_read_once_it_is_filled_in(tmp_path, organisation, suffix):
    period = FinancialYear("2024-25") if organisation.startswith(("NHS", "Office")) else Q3
    path = write_template(tmp_path / f"template{suffix}", organisation, period)
    with pytest.raises(SourceError, match="no rows are filled in"):
        read_returns(path)
    fill_in(path)
    rows, records = list_rows(organisation, period), read_returns(path)
    assert len(claim(READER, path)) == 1
    assert records["measure"].tolist() == [row["measure"] for row in rows]
    assert records["category"].tolist() == [row["category"] for row in rows]
    assert records["value"].notna().all()


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_a_template_for_nobody_is_empty(tmp_path, suffix):
    path = write_template(tmp_path / f"template{suffix}")
    with pytest.raises(SourceError, match="no rows are filled in"):
        read_returns(path)


def test_the_rows_asked_for_are_a_measures_own_periods_that_end_in_the_period():
    def periods(organisation, period, measure):
        rows = list_rows(organisation, period)
        return [row["period"] for row in rows if row["measure"] == measure and row["breakdown"] == "total"]

    police, council = "Cheshire Constabulary", "Halton Borough Council"
    assert periods(police, Q3, "da_arrests") == ["2024-10", "2024-11", "2024-12"]
    assert periods(police, Q3, "hate_crimes") == ["2024-25 Q3"]
    assert periods(police, Q3, "asb_bonfire_period_incidents") == ["2024"]
    assert periods(police, Q4, "asb_bonfire_period_incidents") == []
    assert periods(council, Q3, "survey_safe_by_day") == []
    assert periods(council, Q4, "survey_safe_by_day") == ["2024-25"]
    assert len(periods(police, FinancialYear("2024-25"), "da_arrests")) == 12
    assert periods(police, Month("2024-10"), "da_arrests") == ["2024-10"]
    assert periods(police, Month("2024-10"), "hate_crimes") == []


def test_a_simulated_organisation_says_so_in_every_row(tmp_path):
    path = write_template(tmp_path / "template.csv", f"Simulated {MARAC}", Q3)
    fill_in(path)
    assert is_simulated(READER, path) == {True}


def test_the_area_can_be_a_neighbour():
    assert {row["area"] for row in list_rows(MARAC, Q3, area="Warrington")} == {"Warrington"}


def test_the_workbook_has_lists_notes_definitions_and_a_locked_heading(tmp_path):
    book = openpyxl.load_workbook(write_template(tmp_path / "template.xlsx", MARAC, Q3))
    assert tuple(book.sheetnames) == SHEETS
    assert book.active.title == "Returns"
    sheet = book["Returns"]
    assert [cell.value for cell in sheet[1]] == list(COLUMNS)
    assert sheet.protection.sheet
    assert all(cell.protection.locked for cell in sheet[1])
    assert not any(cell.protection.locked for cell in sheet[2])
    assert not sheet.column_dimensions["A"].protection.locked
    assert sheet["B2"].number_format == "@"
    ids = [row[0].value for row in book["Measures"].iter_rows(min_row=2)]
    assert ids == [measure.id for measure in list_measures_of(MARAC)]
    notes = {row[0].value for row in book["Read me"].iter_rows()}
    assert notes >= {"value", "as_at", "of", "note", "What is refused"}


def test_every_drop_down_offers_what_the_reader_takes(tmp_path):
    book = openpyxl.load_workbook(write_template(tmp_path / "template.xlsx", MARAC, Q3))
    offered = {}
    for validation in book["Returns"].data_validations.dataValidation:
        if validation.type == "list":
            name = COLUMNS["ABCDEFGHIJKL".index(str(validation.sqref)[0])]
            cells = book["Lists"][validation.formula1.split("!")[1].replace("$", "")]
            offered[name] = [cell[0].value for cell in cells]
            assert all(offered[name]), name
    assert set(offered) == {
        *("measure", "period", "breakdown", "category", "organisation", "contact_role", "completeness")
    }
    assert offered["period"] == ["2024-25 Q3"]
    assert offered["organisation"] == [MARAC]
    assert offered["breakdown"][:3] == ["total", "field", "sex"]
    assert "police" in offered["category"]


def test_a_template_for_nobody_offers_everything(tmp_path):
    book = openpyxl.load_workbook(write_template(tmp_path / "template.xlsx"))
    columns = {column[0].value: [cell.value for cell in column[1:] if cell.value] for column in book["Lists"].columns}
    assert columns["measure"] == list(read_measures())
    assert columns["organisation"] == list(read_organisations())
    assert {"2024-25 Q3", "2024-10", "2024-25", "2024"} <= set(columns["period"])


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_the_same_request_gives_the_same_bytes(tmp_path, suffix):
    first = write_template(tmp_path / f"first{suffix}", MARAC, Q3)
    second = write_template(tmp_path / f"second{suffix}", MARAC, Q3)
    assert first.read_bytes() == second.read_bytes()


def test_nothing_in_the_workbook_is_hidden_or_reaches_outside(tmp_path):
    path = write_template(tmp_path / "template.xlsx", MARAC, Q3)
    with zipfile.ZipFile(path) as archive:
        assert not [name for name in archive.namelist() if "comment" in name or "external" in name or "vba" in name]
    assert {sheet.sheet_state for sheet in openpyxl.load_workbook(path)} == {"visible"}


@pytest.mark.parametrize(
    ("name", "organisation", "period", "fragment"),
    [
        ("template.ods", MARAC, Q3, ".xlsx or .csv"),
        ("there.csv", MARAC, Q3, "there already"),
        ("template.csv", "Halton Marrac", Q3, "Halton MARAC"),
        ("template.csv", "Office of the Police and Crime Commissioner for Cheshire", Q3, "by year"),
    ],
)
def test_what_cannot_be_written_is_refused(tmp_path, name, organisation, period, fragment):
    (tmp_path / "there.csv").write_text("filled in")
    with pytest.raises(RequestError, match=fragment):
        write_template(tmp_path / name, organisation, period)
    assert [path.name for path in tmp_path.iterdir()] == ["there.csv"]
    assert (tmp_path / "there.csv").read_text() == "filled in"
