"""What the reader takes, and what it makes of it, on files of a dozen rows."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from io import BytesIO
from pathlib import PurePosixPath

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from police_files import (
    ASB,
    FORCES,
    PLACES,
    SEARCHES,
    STREET,
    count_rows,
    member_name,
    outcome_rows,
    read_months,
    search_rows,
    street_csv,
    street_rows,
    write_archive,
    write_csv,
    write_files,
    write_zip,
)

from shp_analysis.errors import SourceError
from shp_analysis.readers import police_uk, police_uk_checks
from shp_analysis.readers.deliveries import Member
from shp_analysis.readers.police_uk_layout import Kind

NAME = "2024-01-cheshire-street.csv"
COUNTS = Counter(
    {
        ("Halton", ASB): 3,
        ("Halton", "Burglary"): 2,
        ("Halton", "Violence and sexual offences"): 1,
        ("Halton", "Drugs"): 1,
        ("Halton", "Shoplifting"): 1,
        ("Halton", "Vehicle crime"): 1,
        ("Warrington", ASB): 1,
        ("Warrington", "Drugs"): 1,
        ("", "Other crime"): 1,
    }
)


@pytest.fixture
def read_bytes(tmp_path):
    def read(content: bytes, name: str = NAME) -> pd.DataFrame:
        (tmp_path / name).write_bytes(content)
        return read_months(tmp_path / name, Kind.STREET)

    return read


def test_a_street_file_becomes_tidy_records(read_bytes):
    frame = read_bytes(street_csv())
    assert count_rows(frame) == COUNTS
    assert list(frame.columns) == [
        "force",
        "file_month",
        "crime_id",
        "month",
        "reported_by",
        "falls_within",
        "longitude",
        "latitude",
        "location",
        "lsoa_code",
        "lsoa_name",
        "crime_type",
        "last_outcome_category",
        "context",
        "authority_name",
    ]
    first, last = frame.iloc[2], frame.iloc[-1]
    assert (first["force"], first["file_month"], first["month"]) == ("cheshire", "2024-01", "2024-01")
    assert (first["longitude"], first["latitude"]) == (-2.72408, 53.36697)
    assert (first["location"], first["lsoa_code"], first["lsoa_name"]) == PLACES["high street"][2:]
    assert last[["longitude", "latitude", "lsoa_code", "lsoa_name", "authority_name", "context"]].isna().all()


@pytest.mark.parametrize("newline", ["\r\n", "\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", [b"", b"\r\n", b"\n\n\n"])
def test_line_ends_byte_order_marks_and_empty_last_lines_make_no_difference(read_bytes, newline, mark, end):
    frame = read_bytes(mark + write_csv(street_rows(), newline=newline) + end)
    assert_frame_equal(frame, read_bytes(street_csv()))


def test_mixed_line_ends_make_no_difference(read_bytes):
    lines = street_csv().split(b"\r\n")
    mixed = b"".join(line + (b"\n", b"\r\n", b"\r")[number % 3] for number, line in enumerate(lines[:-1]))
    assert_frame_equal(read_bytes(mixed), read_bytes(street_csv()))


def test_the_order_of_columns_makes_no_difference(read_bytes):
    assert_frame_equal(read_bytes(write_csv(street_rows(), STREET[::-1])), read_bytes(street_csv()))


def test_quoted_cells_keep_their_commas_and_marks(read_bytes):
    rows = street_rows()
    rows[3]["Location"] = 'On or near Smith, Jones & Sons "The Mill"'
    frame = read_bytes(write_csv(rows))
    assert frame.loc[3, "location"] == 'On or near Smith, Jones & Sons "The Mill"'
    assert count_rows(frame) == COUNTS
    every_cell_quoted = b"".join(
        b'"' + line.replace(b",", b'","') + b'"\r\n' for line in street_csv().split(b"\r\n") if line
    )
    assert_frame_equal(read_bytes(every_cell_quoted), read_bytes(street_csv()))


def test_text_outside_ascii_is_kept(read_bytes):
    rows = street_rows()
    rows[3]["Location"] = "On or near Heol Tŷ’r Môr"
    assert read_bytes(write_csv(rows)).loc[3, "location"] == "On or near Heol Tŷ’r Môr"


@pytest.mark.parametrize("word", ["NA", "null", "None", "nan", "-"])
def test_words_that_other_readers_take_for_nothing_are_text(read_bytes, word):
    rows = street_rows()
    rows[3]["Location"] = word
    assert read_bytes(write_csv(rows)).loc[3, "location"] == word


def test_rows_are_counted_as_published_even_where_they_repeat(read_bytes):
    rows = street_rows()
    frame = read_bytes(write_csv([*rows, rows[0], rows[2], {**rows[3], "Crime type": "Public order"}]))
    assert count_rows(frame) == COUNTS + Counter(
        {("Halton", ASB): 1, ("Halton", "Burglary"): 1, ("Halton", "Public order"): 1}
    )


def test_an_old_file_has_crime_types_of_its_time_and_no_crime_ids(read_bytes):
    rows = [{**row, "Crime ID": ""} for row in street_rows()]
    rows[3]["Crime type"], rows[4]["Crime type"] = police_uk.FORMER_CRIME_TYPES
    counts = count_rows(read_bytes(write_csv(rows)))
    assert counts["Halton", "Violent crime"] == counts["Halton", "Public disorder and weapons"] == 1


def test_a_few_odd_crime_ids_among_many_rows_pass(read_bytes):
    rows = street_rows(what=[("high street", "Drugs", ""), ("high street", ASB, "")] * 100)
    at_most = int(100 * police_uk_checks.MOST_ODD_ROWS)
    for number in range(at_most):
        rows[2 * number]["Crime ID"] = ""
    assert len(read_bytes(write_csv(rows))) == 200
    rows[2 * at_most]["Crime ID"] = ""
    with pytest.raises(SourceError, match="2 of 100 are so; at most 1% may be"):
        read_bytes(write_csv(rows))


def test_a_few_copies_among_many_crimes_pass(read_bytes):
    crimes = street_rows(what=[("high street", "Drugs", "")] * 300)
    fewest = police_uk_checks.FEWEST_COPIED_ROWS
    assert len(read_bytes(write_csv([*crimes, *crimes[:fewest]]))) == 300 + fewest, "fewer than a tenth of the crimes"
    few = crimes[:fewest]
    assert len(read_bytes(write_csv([*few, *few[1:]]))) == 2 * fewest - 1, "too few to say that they were pasted"
    with pytest.raises(SourceError, match=f"{fewest} of the {2 * fewest} crimes"):
        read_bytes(write_csv([*few, *few]))


def test_a_point_in_scotland_has_no_lsoa_and_passes(read_bytes):
    rows = street_rows()
    rows[3].update({"Longitude": "-3.188267", "Latitude": "55.953252", "LSOA code": "", "LSOA name": ""})
    assert count_rows(read_bytes(write_csv(rows)))["", "Violence and sexual offences"] == 1


def test_an_lsoa_far_away_is_taken_as_it_is_called(read_bytes):
    rows = street_rows()
    rows[3].update({"LSOA code": "W01001234", "LSOA name": "Isle of Anglesey 001A"})
    assert count_rows(read_bytes(write_csv(rows)))["Isle of Anglesey", "Violence and sexual offences"] == 1


@pytest.mark.parametrize("force", sorted(FORCES))
def test_forces_are_known_under_the_names_they_print(tmp_path, force):
    frame = read_months(write_archive(tmp_path / "archive.zip", force=force), Kind.STREET)
    assert set(frame["force"]) == {force}
    assert set(frame["falls_within"]) == {FORCES[force]}


def test_a_zip_a_folder_and_single_files_give_the_same_records(tmp_path):
    months = {member_name(month): street_csv(month) for month in ("2024-02", "2024-01")}
    from_zip = read_months(write_zip(tmp_path / "archive.zip", months), Kind.STREET)
    from_folder = read_months(write_files(tmp_path / "folder", months), Kind.STREET)
    singles = [read_months(tmp_path / "folder" / name, Kind.STREET) for name in sorted(months)]
    assert from_zip["file_month"].tolist() == ["2024-01"] * 12 + ["2024-02"] * 12
    assert_frame_equal(from_zip, from_folder)
    assert_frame_equal(from_zip, pd.concat(singles, ignore_index=True))


def test_a_zip_by_another_name_is_still_a_zip(tmp_path):
    path = write_archive(tmp_path / "archive.zip")
    assert count_rows(read_months(path.rename(tmp_path / "download"), Kind.STREET)) == COUNTS


def test_clutter_and_other_files_are_passed_over(tmp_path):
    extra = {
        "__MACOSX/2024-01/._2024-01-cheshire-street.csv": b"\x00\x05",
        f"__MACOSX/{member_name()}": b"\x00\x05",
        ".DS_Store": b"\x00",
        f".hidden/{member_name()}": b"junk",
        "README.txt": b"hello",
        "2024-01/2024-01-cheshire-neighbourhoods.csv": b"x",
        "2024-1-cheshire-street.csv": b"junk",
    }
    files = {member_name(): street_csv(), **extra}
    assert count_rows(read_months(write_zip(tmp_path / "archive.zip", files), Kind.STREET)) == COUNTS
    assert count_rows(read_months(write_files(tmp_path / "folder", files), Kind.STREET)) == COUNTS


def test_a_link_within_the_folder_is_followed(tmp_path):
    folder = write_files(tmp_path / "folder", {"kept/street.txt": street_csv()})
    (folder / NAME).symlink_to(folder / "kept" / "street.txt")
    assert count_rows(read_months(folder, Kind.STREET)) == COUNTS


def test_a_month_far_larger_than_any_is_refused_unread():
    size = police_uk.LARGEST_MONTH_BYTES
    large = Member(NAME, PurePosixPath(NAME), size, lambda: pytest.fail("it was opened"))
    assert police_uk.READER.find_files([large])
    with pytest.raises(SourceError, match=rf"{NAME}: has 268,435,457 bytes; at most 268,435,456 are taken"):
        police_uk.READER.find_files([replace(large, size_bytes=size + 1)])


def name_member(name: str) -> Member:
    return Member(name, PurePosixPath(name), 1, lambda: BytesIO(b""))


@pytest.mark.parametrize(
    ("name", "force", "kind"),
    [
        ("2024-01-cheshire-street.csv", "cheshire", Kind.STREET),
        ("2024-01-city-of-london-stop-and-search.csv", "city-of-london", Kind.STOP_AND_SEARCH),
        ("2024-01-devon-and-cornwall-outcomes.csv", "devon-and-cornwall", Kind.OUTCOMES),
        ("2024-01-cheshire-street (1).csv", "cheshire", Kind.STREET),
        ("2024-10-cheshire-stop-and-search.FIRST26ROWS.csv", "cheshire", Kind.STOP_AND_SEARCH),
    ],
)
def test_a_file_is_known_by_its_name(name, force, kind):
    (file,) = police_uk.find_monthly_files((name_member(f"2024-01/{name}"),))
    assert (file.force, file.kind, file.month) == (force, kind, name[:7])


@pytest.mark.parametrize(
    "name",
    ["2024-00-cheshire-street.csv", "2024-01--street.csv", "2024-01-cheshire-streets.csv", "24-01-cheshire-street.csv"],
)
def test_another_name_is_no_monthly_file(name):
    assert police_uk.find_monthly_files((name_member(name),)) == ()


def test_files_come_in_order_of_month_force_and_kind():
    names = [
        member_name("2024-02"),
        member_name("2024-01", "merseyside"),
        member_name(kind="street"),
        member_name(kind="outcomes"),
    ]
    found = police_uk.find_monthly_files(tuple(name_member(name) for name in names))
    assert [str(file.member.path) for file in found] == [
        "2024-01/2024-01-cheshire-outcomes.csv",
        "2024-01/2024-01-cheshire-street.csv",
        "2024-01/2024-01-merseyside-street.csv",
        "2024-02/2024-02-cheshire-street.csv",
    ]


def test_outcomes_become_tidy_records(tmp_path):
    path = tmp_path / "2024-01-cheshire-outcomes.csv"
    path.write_bytes(write_csv(outcome_rows()))
    frame = read_months(path, Kind.OUTCOMES)
    assert frame["outcome_type"].value_counts().to_dict() == {
        "Under investigation": 3,
        "Unable to prosecute suspect": 2,
        "Local resolution": 1,
        "Awaiting court outcome": 1,
        "Investigation complete; no suspect identified": 1,
    }
    assert frame["authority_name"].value_counts().to_dict() == {"Halton": 6, "Warrington": 1}
    assert frame["authority_name"].isna().sum() == 1


def test_searches_are_filed_by_the_clock_on_the_wall(tmp_path):
    path = tmp_path / "2024-10-cheshire-stop-and-search.csv"
    times = [
        "2024-09-30T23:00:00+00:00",
        "2024-10-01T00:30:00+01:00",
        "2024-10-31T23:59:59Z",
        "2024-10-15T12:00:00.5+00:00",
    ]
    path.write_bytes(write_csv(search_rows(times)))
    frame = read_months(path, Kind.STOP_AND_SEARCH)
    assert frame["searched_at"].tolist() == [pd.Timestamp(time).tz_convert("UTC") for time in times]
    assert set(frame["search_month"]) == {"2024-10"}
    assert list(frame.columns[:2]) == ["force", "file_month"]


@pytest.mark.parametrize(
    ("headings", "kind"), [(police_uk.COLUMNS[Kind.OUTCOMES], Kind.OUTCOMES), (SEARCHES, Kind.STOP_AND_SEARCH)]
)
def test_a_month_without_outcomes_or_searches_is_an_empty_table(tmp_path, headings, kind):
    path = tmp_path / f"2024-10-cheshire-{kind}.csv"
    path.write_bytes(",".join(headings).encode() + b"\n")
    frame = read_months(path, kind)
    assert frame.empty
    assert list(frame.columns[:2]) == ["force", "file_month"]


def test_simulated_files_are_known_by_their_places(tmp_path):
    rows = street_rows()
    real = tmp_path / NAME
    real.write_bytes(write_csv(rows))
    rows[5]["Location"] = "On or near Simulated Street 3"
    pretend = tmp_path / "2024-01-cheshire-street.simulated.csv"
    pretend.write_bytes(write_csv(rows))
    assert not police_uk.is_simulated(read_months(real, Kind.STREET))
    assert police_uk.is_simulated(read_months(pretend, Kind.STREET))


def test_simulated_searches_are_known_by_their_operation(tmp_path):
    path = tmp_path / "2024-10-cheshire-stop-and-search.csv"
    path.write_bytes(write_csv(search_rows()))
    assert not police_uk.is_simulated(read_months(path, Kind.STOP_AND_SEARCH))
    path.write_bytes(write_csv([{**row, "Policing operation": "Simulated operation"} for row in search_rows()]))
    assert police_uk.is_simulated(read_months(path, Kind.STOP_AND_SEARCH))
