"""Every published file is claimed by one reader, and a delivery that nobody knows is refused in words."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from police_files import member_name, street_csv, write_files, write_zip

from shp_analysis.errors import SourceError
from shp_analysis.readers.deliveries import open_delivery
from shp_analysis.readers.registry import READERS, find_files, find_reader, list_tables, list_unclaimed

NOT_DATA = {"README.md", "bank-holidays-sample.json", "street-counts-by-authority-2018-2025.csv.gz"}
GUIDE = "data-guide"


def test_every_real_file_is_claimed_by_one_reader(shared_data: Path) -> None:
    with open_delivery(shared_data) as members:
        claims = Counter(file.member.label for reader in READERS for file in reader.find_files(members))
        unclaimed = list_unclaimed(members, find_files(members, shared_data))
    assert set(claims.values()) == {1}
    names = {Path(label).name for label in unclaimed}
    assert {name for name in names if not name.endswith(".zip") and GUIDE not in name} == NOT_DATA


def test_readers_and_tables_have_names_of_their_own() -> None:
    assert len({reader.source for reader in READERS}) == len(READERS)
    assert len(list_tables()) == sum(len(reader.tables) for reader in READERS)
    for reader in READERS:
        assert find_reader(reader.source) is reader
        assert all(reader.table(table.name) is table for table in reader.tables)


def test_a_delivery_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    folder = write_files(tmp_path / "post", dict.fromkeys(("a.txt", "b.txt", "c.txt", "d.txt"), b"x"))
    with (
        open_delivery(folder) as members,
        pytest.raises(SourceError, match=r"a\.txt, b\.txt, c\.txt and 1 more") as told,
    ):
        find_files(members, folder)
    assert "data.police.uk" in str(told.value)


def test_an_empty_delivery_is_refused(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    with open_delivery(empty) as members, pytest.raises(SourceError, match="is empty"):
        find_files(members, empty)


def test_files_that_nobody_knows_are_named_beside_those_that_are_read(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "delivery.zip", {member_name(): street_csv(), "minutes.docx": b"x"})
    with open_delivery(path) as members:
        assert list_unclaimed(members, find_files(members, path)) == ("delivery.zip > minutes.docx",)
