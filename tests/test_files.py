"""A file's hash, and a file that is replaced whole or not at all."""

from __future__ import annotations

import hashlib
import stat
from pathlib import Path

import pytest

from shp_analysis.files import hash_file, replace_file, sweep_drafts


def test_a_file_is_hashed_by_its_bytes(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"some bytes")
    assert hash_file(tmp_path / "file") == hashlib.sha256(b"some bytes").hexdigest()


def test_a_file_is_replaced_and_nothing_lies_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    for content in (b"old", b"new"):
        replace_file(path, content, 0o600)
        assert path.read_bytes() == content
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_cannot_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(b"old")
    (tmp_path / ".list.csv.new").mkdir()
    with pytest.raises(IsADirectoryError):
        replace_file(path, b"new")
    assert path.read_bytes() == b"old"


def test_what_stopped_processes_left_is_swept(tmp_path: Path) -> None:
    for name in (".list.csv.new", "list.csv", ".hidden", "list.new"):
        (tmp_path / name).write_bytes(b"old")
    (tmp_path / ".folder.new").mkdir()
    sweep_drafts(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".folder.new", ".hidden", "list.csv", "list.new"]
