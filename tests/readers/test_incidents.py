"""Local incident files."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pandas as pd
import pytest
from builders import HALTON
from hypothesis import given
from hypothesis import strategies as st
from reader_checks import claim, is_simulated, read_all, read_table

from shp_analysis.errors import SourceError
from shp_analysis.readers.incidents import COLUMNS, FLAGS, READER, read_days
from shp_analysis.simulator import write_simulated_borough

FORCE = "Cheshire Constabulary"
Row = dict[str, str]


def month_of_rows(n_days: int = 30, per_day: int = 3) -> list[Row]:
    """Three incidents on every day of November 2024."""
    return [
        {
            "recorded_by": FORCE,
            "incident_date": f"2024-11-{day:02d}",
            "incident_hour": str(5 + number),
            "lsoa_code": "E01012367",
            "incident_type": "Transport",
            **dict.fromkeys(FLAGS, "N"),
        }
        for day in range(1, n_days + 1)
        for number in range(per_day)
    ]


def write(folder: Path, rows: list[Row], name: str = "cheshire-incidents-2024-11.csv") -> Path:
    path = folder / name
    headings = list(rows[0]) if rows else list(COLUMNS)
    lines = [",".join(headings), *(",".join(row.values()) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def refuse(path: Path, *fragments: str, never: str = "\0") -> str:
    with pytest.raises(SourceError) as refusal:
        read_table(READER, path)
    message = str(refusal.value)
    for fragment in (*fragments, path.name):
        assert fragment in message, message
    assert never not in message
    return message


def change(rows: list[Row], row: int, **cells: str) -> list[Row]:
    """Change one row, numbered as a spreadsheet does."""
    return [each | (cells if number == row else {}) for number, each in enumerate(rows, start=2)]


@pytest.fixture(scope="module")
def borough(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("borough")
    write_simulated_borough(folder, months=3, authorities=[HALTON])
    return folder


def test_the_simulated_borough_is_read_as_written_and_says_so(borough):
    [file] = claim(READER, borough)
    assert file.headings == tuple(COLUMNS)
    records = read_all(READER, borough)["local_incidents"]
    written = pd.read_csv(borough / file.member.path.name, dtype=str)
    assert len(records) == len(written)
    assert records["month"].unique().tolist() == ["2025-01", "2025-02", "2025-03"]
    assert records["youth"].sum() == (written["youth"] == "Y").sum()
    assert records["incident_hour"].astype(str).tolist() == written["incident_hour"].tolist()
    assert is_simulated(READER, borough) == {True}


def test_every_cell_gets_its_type(tmp_path):
    rows = change(month_of_rows(), 2, incident_hour="00", youth="Y", alcohol="", drugs="Unknown", lsoa_code="unknown")
    rows = change(rows, 3, incident_hour="unknown")
    records = read_all(READER, write(tmp_path, rows))["local_incidents"]
    first = records.iloc[0]
    assert (first["incident_date"], first["month"], first["incident_hour"]) == (
        pd.Timestamp("2024-11-01"),
        "2024-11",
        0,
    )
    assert first["youth"]
    assert not first["domestic_abuse"]
    assert first[["alcohol", "drugs", "lsoa_code"]].isna().all()
    assert records["incident_hour"].isna().sum() == 1
    assert is_simulated(READER, tmp_path) == {False}


def test_british_days_are_the_same_days(tmp_path):
    rows = month_of_rows()
    iso = read_table(READER, write(tmp_path, rows))
    british = [row | {"incident_date": "/".join(reversed(row["incident_date"].split("-")))} for row in rows]
    pd.testing.assert_frame_equal(read_table(READER, write(tmp_path, british)), iso)


def test_days_with_the_month_first_are_refused(tmp_path):
    american = [row | {"incident_date": f"11/{row['incident_date'][8:]}/2024"} for row in month_of_rows()]
    refuse(write(tmp_path, american), "row 38", "'11/13/2024'", "Americans")


def test_days_that_could_be_either_are_refused(tmp_path):
    rows = [row | {"incident_date": f"05/{row['incident_date'][8:]}/2024"} for row in month_of_rows(12)]
    refuse(write(tmp_path, rows), "row 2", "cannot be told apart")


def swap(day: str) -> str:
    """Swap month and day of an ISO day as a spreadsheet set to American does: up to the 12th."""
    year, month, number = day.split("-")
    return f"{year}-{number}-{month}" if int(number) <= 12 else day


def british(day: str) -> str:
    return "/".join(reversed(day.split("-")))


def rows_of_days(first: str, last: str, per_day: int) -> list[Row]:
    [row] = month_of_rows(1, 1)
    days = pd.date_range(first, last).strftime("%Y-%m-%d")
    return [row | {"incident_date": day, "incident_hour": str(n)} for day in days for n in range(per_day)]


@pytest.mark.parametrize("write_day", [str, british])
@pytest.mark.parametrize(
    ("first", "last", "order"),
    [
        ("2024-11-01", "2024-11-30", 1),
        ("2024-10-01", "2024-12-31", 1),
        ("2024-10-01", "2024-12-31", 0),
        ("2024-01-01", "2024-12-31", 1),
        ("2024-01-01", "2024-12-31", -1),
        ("2024-04-01", "2025-03-31", 1),
        ("2024-01-01", "2024-11-30", 0),
    ],
)
def test_days_that_a_spreadsheet_swapped_up_to_the_12th_are_refused(tmp_path, first, last, order, write_day):
    rows = rows_of_days(first, last, 3)
    rows = sorted(rows, key=lambda row: row["incident_hour"]) if order == 0 else rows[::order]
    assert len(read_table(READER, write(tmp_path, rows))) == len(rows)
    swapped = [row | {"incident_date": write_day(swap(row["incident_date"]))} for row in rows]
    refuse(write(tmp_path, swapped), "'incident_date' says", "swapped day and month up to the 12th")


def test_one_swapped_month_beside_a_right_one_is_refused(tmp_path):
    november = [
        row | {"incident_date": swap(row["incident_date"])} for row in rows_of_days("2024-11-01", "2024-11-30", 4)
    ]
    refuse(write(tmp_path, november + rows_of_days("2024-12-01", "2024-12-31", 4)), "row 2", "2024-01-11", "swapped")


def test_a_quiet_month_of_early_days_is_not_taken_for_a_swap(tmp_path):
    few = [row for row in rows_of_days("2024-12-01", "2024-12-11", 1) if row["incident_date"][8:] in {"03", "05"}]
    rows = rows_of_days("2024-01-01", "2024-01-31", 1) + few
    assert len(read_table(READER, write(tmp_path, rows))) == 33


def test_days_swapped_in_a_large_extract_are_refused():
    path = Path(__file__).parents[3] / "shared/cases/incidents-half-swapped/inc.csv"
    if not path.exists():
        pytest.skip("the shared cases are not beside the project")
    refuse(path, "row 2", "2024-01-10", "2024-10-01", "swapped day and month up to the 12th")


@given(day=st.dates(min_value=pd.Timestamp("2000-01-01").date(), max_value=pd.Timestamp("2099-12-31").date()))
def test_a_day_is_never_read_as_another(day):
    days = pd.Series([f"{day:%d/%m/%Y}"], index=[2])
    try:
        read = read_days(days, "file.csv")
    except SourceError:
        assert day.day <= 12
    else:
        assert read.iloc[0].date() == day


@pytest.mark.parametrize(
    ("cells", "fragments"),
    [
        ({"incident_hour": "24"}, ("row 4", "'incident_hour' says '24'", "0 to 23")),
        ({"incident_hour": "58:00.0"}, ("'58:00.0'",)),
        ({"incident_hour": "-1"}, ("'-1'",)),
        ({"incident_date": "2024-11-31"}, ("row 4", "no day")),
        ({"incident_date": "2024-11-03 10:00"}, ("without a time",)),
        ({"incident_date": "45600"}, ("'45600'", "2024-10-31")),
        ({"incident_date": "04/11/2024"}, ("row 4", "one way")),
        ({"incident_date": ""}, ("'incident_date' says nothing",)),
        ({"lsoa_code": "Halton 009A"}, ("'lsoa_code'", "E01012367")),
        ({"incident_type": "Traffic"}, ("'incident_type' says 'Traffic'", "Transport")),
        ({"recorded_by": "Chesire Constabulary"}, ("'recorded_by'", "police force")),
        ({"youth": "True"}, ("'youth' says 'True'", "Y, N")),
        ({"recorded_by": f"Simulated {FORCE}"}, ("row 4", "simulated", "files of their own")),
        ({"alcohol": "=1+1"}, ("'alcohol' says '=1+1'",)),
    ],
)
def test_a_wrong_cell_is_refused_by_name(tmp_path, cells, fragments):
    refuse(write(tmp_path, change(month_of_rows(), 4, **cells)), *fragments)


@pytest.mark.parametrize(
    ("missing", "fragments"),
    [
        (range(21, 31), ("2024-11-21 to 2024-11-30", "November 2024", "whole")),
        (range(1, 8), ("2024-11-01 to 2024-11-07",)),
        (range(10, 19), ("2024-11-10 to 2024-11-18",)),
    ],
)
def test_a_part_of_a_month_is_refused(tmp_path, missing, fragments):
    rows = [row for row in month_of_rows(per_day=5) if int(row["incident_date"][8:]) not in missing]
    refuse(write(tmp_path, rows), FORCE, *fragments)


def test_a_quiet_month_with_empty_days_passes(tmp_path):
    rows = [row for row in month_of_rows(per_day=1) if int(row["incident_date"][8:]) % 3 == 0]
    assert len(read_table(READER, write(tmp_path, rows))) == 10


def test_a_month_is_judged_for_each_force_by_itself(tmp_path):
    rows = month_of_rows(per_day=5)
    other = [row | {"recorded_by": "Merseyside Police"} for row in rows if row["incident_date"] < "2024-11-20"]
    refuse(write(tmp_path, rows + other), "Merseyside Police", "2024-11-20 to 2024-11-30")


def test_rows_pasted_twice_are_refused(tmp_path):
    rows = month_of_rows()
    refuse(write(tmp_path, rows + rows), "row 92", "90 of 180", "pasted")


def test_a_moved_flag_is_refused(tmp_path):
    rows = [row | {"looked_after_placed": "Y"} if row["incident_hour"] == "5" else row for row in month_of_rows()]
    refuse(write(tmp_path, rows), "row 2", "looked-after child", "30 of 90")


def test_a_file_without_rows_is_refused(tmp_path):
    refuse(write(tmp_path, []), "no rows")


@pytest.mark.parametrize(
    "heading", ["victim_name", "Surname", "DOB", "Postcode", "postCode", "address_line_1", "Easting", "nhs_number", "X"]
)
def test_a_column_for_particulars_is_refused_without_its_cells(tmp_path, heading):
    rows = [row | {heading: "Secret 1"} for row in month_of_rows()]
    refuse(write(tmp_path, rows), f"'{heading}'", "must not be sent", never="Secret")


def test_an_unknown_column_is_refused_without_its_cells(tmp_path):
    rows = [row | {"remarks": "Secret"} for row in month_of_rows()]
    refuse(write(tmp_path, rows), "'remarks' is not known", never="Secret")


@pytest.mark.parametrize(
    ("value", "what"),
    [
        ("Jane Doe 01/02/1980", "a person's name with a date of birth"),
        ("WA7 2AB", "a postcode"),
        ("01928 123456", "a telephone number"),
        ("jane@example.org", "an email address"),
    ],
)
@pytest.mark.parametrize("column", ["incident_type", "lsoa_code", "recorded_by", "incident_hour", "youth"])
def test_a_cell_of_particulars_is_refused_without_being_repeated(tmp_path, column, value, what):
    path = write(tmp_path, change(month_of_rows(), 5, **{column: value}))
    refuse(path, "row 5", f"'{column}'", what, never=value)


def test_a_row_too_long_is_refused_without_its_particulars(tmp_path):
    rows = month_of_rows()
    path = write(tmp_path, rows)
    path.write_text(path.read_text() + "jane@example.org,2024-11-30,5,E01012367,Transport,N,N,N,N,N,N\n")
    refuse(path, "an email address", never="jane@")


def test_only_incident_files_are_claimed(tmp_path, borough):
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for path in borough.iterdir():
            archive.write(path, path.name)
        archive.writestr("headings-gone-incidents-2024-11.csv", "day,hour\n1,2\n")
        archive.writestr("fire-incidents.csv", "day,hour\n1,2\n")
    names = {file.member.path.name for file in claim(READER, tmp_path / "all.zip")}
    assert names == {"cheshire-incidents-2024-25-Q4.csv", "headings-gone-incidents-2024-11.csv"}


def test_a_file_that_lost_its_headings_is_refused(tmp_path):
    rows = [{"date": row.pop("incident_date"), **row} for row in month_of_rows()]
    refuse(write(tmp_path, rows), "column 'incident_date' is missing")


def test_no_published_file_is_claimed(shared_data):
    for folder in sorted(path for path in shared_data.iterdir() if path.is_dir()):
        assert claim(READER, folder) == ()
