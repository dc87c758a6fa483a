"""Opening what was sent, and reading the day of publication from its name."""

from __future__ import annotations

import random
import warnings
from datetime import date
from pathlib import Path, PurePosixPath

import pytest
from police_files import member_name, street_csv, write_archive, write_files, write_zip

from shp_analysis.errors import SourceError
from shp_analysis.readers.deliveries import date_in_name, open_delivery

FLIPS = 2000


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("cheshire-archive-2024-06.zip", date(2024, 6, 30)),
        ("2024-06.zip", date(2024, 6, 30)),
        ("archive-2024-02.zip", date(2024, 2, 29)),
        ("archive-2023-02.zip", date(2023, 2, 28)),
        ("archive-2024-12.zip", date(2024, 12, 31)),
        ("returns-2024-06-14.xlsx", date(2024, 6, 14)),
        ("returns_2024-06-14.csv", date(2024, 6, 14)),
        ("returns 2024-06-14.csv", date(2024, 6, 14)),
        ("returns.2024-06-14.csv", date(2024, 6, 14)),
        ("2024-10-cheshire-street.csv", None),
        ("archive-2024-13.zip", None),
        ("archive-2024-00.zip", None),
        ("returns-2024-02-30.csv", None),
        ("archive-12024-06.zip", None),
        ("archive2024-06.zip", None),
        ("archive-2024-06 (1).zip", None),
        ("archive-2024.zip", None),
        ("archive.zip", None),
    ],
)
def test_a_name_ends_in_the_day_of_publication_or_in_none(tmp_path, name, day):
    assert date_in_name(tmp_path / name) == day


@pytest.mark.parametrize(
    ("name", "day"),
    [("cheshire-2024-06", date(2024, 6, 30)), ("2024-06", None), ("from v1.2024-06-14", date(2024, 6, 14))],
)
def test_a_folder_named_after_a_month_alone_holds_that_month(tmp_path, name, day):
    (tmp_path / name).mkdir()
    assert date_in_name(tmp_path / name) == day


def list_members(path: Path) -> dict[str, bytes]:
    with open_delivery(path) as members:
        return {str(member.path): member.read() for member in members}


def test_members_come_sorted_with_labels_sizes_and_bytes(tmp_path):
    files = {member_name("2024-02"): street_csv("2024-02"), "b.txt": b"two", "a/c.txt": b"one"}
    path = write_zip(tmp_path / "archive.zip", files)
    with open_delivery(path) as members:
        assert [str(member.path) for member in members] == sorted(files)
        assert [member.size_bytes for member in members] == [len(files[name]) for name in sorted(files)]
        assert members[-1].label == "archive.zip > b.txt"
        assert members[-1].path == PurePosixPath("b.txt")
        assert {str(member.path): member.read() for member in members} == files
    folder = write_files(tmp_path / "folder", files)
    assert list_members(folder) == files
    with open_delivery(folder) as members:
        assert members[-1].label == "folder/b.txt"


def test_a_single_file_is_its_own_member(tmp_path):
    (tmp_path / "note.csv").write_bytes(b"x")
    with open_delivery(tmp_path / "note.csv") as (member,):
        assert (member.label, str(member.path), member.size_bytes, member.read()) == ("note.csv", "note.csv", 1, b"x")


def test_a_well_packed_member_below_the_suspect_size_is_taken(tmp_path):
    path = write_zip(tmp_path / "archive.zip", {"zeros.csv": b"0" * 5_000_000})
    assert len(list_members(path)["zeros.csv"]) == 5_000_000


def test_an_archive_without_members_has_none(tmp_path):
    assert list_members(write_zip(tmp_path / "archive.zip", {})) == {}


def test_any_damage_to_an_archive_is_a_refusal_or_no_damage_to_what_it_holds(tmp_path):
    """Change bytes anywhere in an archive: its members come out whole, under whatever name, or it is refused."""
    files = {member_name(month): street_csv(month) for month in ("2024-01", "2024-02")}
    whole = write_archive(tmp_path / "whole.zip", ["2024-01", "2024-02"]).read_bytes()
    path, dice, refused = tmp_path / "damaged.zip", random.Random(1), 0  # noqa: S311 - the same damage every time
    for _ in range(FLIPS):
        damaged = bytearray(whole)
        # Half of the changes fall on the headers, which are a tenth of the bytes.
        place = dice.randrange(len(whole)) if dice.random() < 0.5 else dice.choice([*range(60), *range(-250, 0)])
        damaged[place] = dice.randrange(256)
        path.write_bytes(damaged)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                found = list_members(path)
        except SourceError:
            refused += 1
        else:
            assert set(found.values()) <= set(files.values())
    assert refused > FLIPS / 4
