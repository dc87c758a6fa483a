"""Damage that once came through without a word, each refused now: found by `benchmarks.bad_input`."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from benchmarks.corpus import list_published
from benchmarks.corpus_built import list_built
from benchmarks.grids import Base, Rows
from shp_analysis.errors import SourceError
from shp_analysis.store.intake import ingest

BASES = {base.name: base for base in list_built()}
CSP, SEARCHES = "prc-csp-mar21-mar24-tables.xlsx", "stop-search-open-data-tables-mar25.csv"
OUTCOMES, MYEB1 = "outcomes-open-data-year-ending-march-2025.csv", "myeb1_detailed_population_estimates.csv"
MOJ, WEIGHTS = "PRSQ_Geographic_data_Apr21_to_Mar22.xlsx", "severity-weights-2024.csv"
STREET, INCIDENTS = "2025-01-cheshire-street.csv", "cheshire-incidents-2024-25-Q4.csv"
POLICE_OUTCOMES, RETURN = "2025-01-cheshire-outcomes.csv", "halton-marac-2024-25-Q3.csv"
Change = Callable[[Rows], Rows]


def take_in(base: Base, folder: Path) -> int:
    path = folder / base.name
    path.write_bytes(base.to_bytes())
    return ingest(path, folder=folder / "data", received_on=date(2026, 7, 1)).rows


def fill(heading: str, value: str | int) -> Change:
    def change(rows: Rows) -> Rows:
        at = rows[0].index(heading)
        return [rows[0], *([*row[:at], value, *row[at + 1 :]] for row in rows[1:])]

    return change


def put(row: int, heading: str, value: str | int) -> Change:
    def change(rows: Rows) -> Rows:
        rows[row - 1][rows[0].index(heading)] = value
        return rows

    return change


def swap(one: str, other: str) -> Change:
    return lambda rows: [[{one: other, other: one}.get(str(cell), cell) for cell in rows[0]], *rows[1:]]


def drop(heading: str) -> Change:
    def change(rows: Rows) -> Rows:
        at = rows[0].index(heading)
        return [row[:at] + row[at + 1 :] for row in rows]

    return change


def again(rows: Rows) -> Rows:
    return [*rows, *rows[1:]]


@pytest.mark.parametrize(
    ("name", "change", "told"),
    [
        (CSP, drop("CSP Name"), "counts the same as row"),
        (CSP, lambda rows: [*rows, rows[-1]], "counts the same as row"),
        (CSP, fill("Offence Count", -1), "every other says -1 records"),
        (CSP, put(3, "Offence Description", "=1+1"), "row 3, cell E3 is a formula"),
        (OUTCOMES, lambda rows: [*rows, rows[-1]], "counts the same as row"),
        (OUTCOMES, lambda rows: [[*rows[0][:-2], rows[0][-1], rows[0][-2]], *rows[1:]], "in each other's place"),
        (OUTCOMES, put(2, "Offence Code", "46.0"), "row 2, column 'Offence Code' says '46.0'"),
        (SEARCHES, again, "counts the same as row"),
        (SEARCHES, put(2, "self_defined_ethnicity", "12345"), "row 2"),
        (MYEB1, swap("population_2022", "population_2023"), "the years run backwards"),
        (MYEB1, lambda rows: rows[:1], "has headings and no rows"),
        (MOJ, put(2, "Local authority", "12345"), "row 2, column 'Local authority' says '12345'"),
        (WEIGHTS, put(2, "Offence code", "1.0"), "row 2, column 'Offence code' says '1.0'"),
        (WEIGHTS, put(2, "Offence code", "TRUE"), "row 2, column 'Offence code' says 'TRUE'"),
        (WEIGHTS, put(2, "Offence description", "12345"), "row 2, column 'Offence description' says '12345'"),
        (STREET, fill("Longitude", "-1"), "column 'Longitude' says -1"),
        (STREET, put(2, "Location", "12345"), "row 2, column 'Location' says '12345'"),
        (STREET, swap("Reported by", "Falls within"), "in each other's place"),
        (POLICE_OUTCOMES, again, "is a copy of an earlier row"),
        (INCIDENTS, put(2, "incident_date", "2025-12-01"), "row 2, column 'incident_date' says 2025-12-01"),
        (INCIDENTS, fill("incident_date", "1900-01-05"), "column 'incident_date': A financial year"),
        (SEARCHES, put(2, "region", "12345"), "row 2, column 'region' says '12345'"),
        (RETURN, put(2, "value", "\uff14"), "row 2"),
    ],
)
def test_it_is_refused_by_name_and_row(tmp_path, name, change, told):
    base = BASES[name]
    with pytest.raises(SourceError) as refusal:
        take_in(base.with_grid(change(base.grid)), tmp_path)
    assert base.name in str(refusal.value)
    assert told in str(refusal.value)


def test_a_table_that_two_sheets_hold_is_refused(tmp_path):
    base = BASES[MOJ]
    twice = Base(base.name, base.source, base.form, {**base.sheets, "Copy": base.grid}, base.sheet)
    with pytest.raises(SourceError, match="is also in another sheet of the file"):
        take_in(twice, tmp_path)


def test_one_part_in_two_files_of_an_archive_is_refused_and_a_copy_in_a_folder_is_kept_once(tmp_path):
    base = BASES[RETURN]
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as archive:
        for folder in ("a", "b"):
            archive.writestr(f"{folder}/{base.name}", base.to_bytes())
    with pytest.raises(SourceError, match=f"b/{base.name}: .* is also in a/{base.name}. Keep one of the two"):
        ingest(tmp_path / "two.zip", folder=tmp_path / "data", received_on=date(2026, 7, 1))
    for folder in ("a", "b"):
        (tmp_path / "sent" / folder).mkdir(parents=True)
        (tmp_path / "sent" / folder / base.name).write_bytes(base.to_bytes())
    report = ingest(tmp_path / "sent", folder=tmp_path / "data", received_on=date(2026, 7, 1))
    assert len(report.received) == 1


@pytest.mark.parametrize(
    "damage", [lambda content: content.replace(b"\n", b"\r"), lambda content: b"\x1f\x8b\r" + content]
)
def test_headings_that_cannot_be_read_are_a_refusal_and_no_crash(tmp_path, damage):
    path = tmp_path / MYEB1
    path.write_bytes(damage(BASES[MYEB1].to_bytes()))
    with pytest.raises(SourceError, match=MYEB1):
        ingest(path, folder=tmp_path / "data", received_on=date(2026, 7, 1))


def test_a_rate_that_is_not_there_says_why(tmp_path):
    base = BASES["PRSQ_Geographic_data_Apr21_to_Mar22.csv"]
    heading = "Average number of reoffences per offender"
    assert take_in(base.with_grid(put(2, heading, "")(base.grid)), tmp_path) == 9


MARAC = "Marac-data-2024-25.xlsx"


def test_digits_of_another_script_are_refused_in_any_sheet(tmp_path):
    base = BASES[MARAC]
    rows = base.grid
    rows[6][5] = "\uff16\uff14.8"
    with pytest.raises(SourceError, match="holds digits of another script"):
        take_in(base.with_grid(rows), tmp_path)


def test_a_percentage_of_more_than_all_is_refused(tmp_path):
    base = BASES[MARAC]
    rows = base.grid
    rows[6][6:9] = [None, 908, 30.2]
    with pytest.raises(SourceError, match="908 % of its cases were repeats; allowed: at most 100"):
        take_in(base.with_grid(rows), tmp_path)


def test_a_column_of_one_score_is_refused(shared_data, tmp_path):
    lines = (shared_data / "geography" / "imd2025_lsoa21.csv").read_text().splitlines()[:40]
    rows = [lines[0], *(line.rpartition(",")[0] + ",-1" for line in lines[1:])]
    path = tmp_path / "imd2025_lsoa21.csv"
    path.write_text("\n".join(rows) + "\n")
    with pytest.raises(SourceError, match=r"says -1.*, and so does every other of 39 rows"):
        ingest(path, folder=tmp_path / "data", received_on=date(2026, 7, 1))


def test_a_ward_that_lost_its_code_is_not_taken_for_its_authority(shared_data, tmp_path):
    text = (shared_data / "geography" / "halton-wards.geojson").read_text()
    path = tmp_path / "halton-wards.geojson"
    path.write_text(text.replace('"WD25CD": "E05013177", ', ""))
    with pytest.raises(SourceError, match="is of LAD25 and feature 1 of WD25"):
        ingest(path, folder=tmp_path / "data", received_on=date(2026, 7, 1))


def test_a_neighbour_whose_name_is_a_number_is_refused(shared_data, tmp_path):
    base = next(each for each in list_published(shared_data) if each.source == "dfe_neighbours")
    rows = base.grid
    rows[base.top + 3][1] = "12345"
    with pytest.raises(SourceError, match="its name and the number again"):
        take_in(base.with_grid(rows), tmp_path)
