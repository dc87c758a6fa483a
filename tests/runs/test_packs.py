"""A pack is published as a version and named by one pointer; nothing good is lost on the way."""

from __future__ import annotations

import json
import stat
from contextlib import suppress
from pathlib import Path
from unittest.mock import Mock

import pytest
from filelock import FileLock

from shp_analysis.runs.packs import Readers, Shelf, own_folder, stage

PAGE = "one.html"


def make_shelf(outputs: Path, readers: Readers = Readers.INTERNAL) -> Shelf:
    return Shelf(outputs, Path("E06000006", "2024-25-Q4", "board"), readers)


def publish(shelf: Shelf, content: str) -> Path:
    with stage(shelf.outputs) as staging:
        pack = staging / "pack"
        (pack / "results").mkdir(parents=True)
        (pack / PAGE).write_text(content, encoding="utf-8")
        return shelf.publish(pack, [PAGE])


def read_current(shelf: Shelf) -> str | None:
    current = shelf.find_current()
    return (current / PAGE).read_text(encoding="utf-8") if current else None


def list_versions(shelf: Shelf) -> set[str]:
    return {(path / PAGE).read_text(encoding="utf-8") for path in (shelf.folder / "versions").iterdir()}


def test_the_current_version_and_the_one_before_are_kept(tmp_path: Path) -> None:
    shelf = make_shelf(tmp_path)
    assert shelf.find_current() is None
    for content in ("first", "second", "third"):
        version = publish(shelf, content)
        assert (shelf.find_current(), read_current(shelf)) == (version, content)
    assert list_versions(shelf) == {"second", "third"}


def test_the_index_leads_to_the_current_version(tmp_path: Path) -> None:
    shelf = make_shelf(tmp_path)
    for content in ("first", "second"):
        version = publish(shelf, content)
    index = (shelf.folder / "index.html").read_text(encoding="utf-8")
    assert f'href="versions/{version.name}/{PAGE}"' in index
    assert index.count("href=") == 1


def test_a_run_that_ended_before_it_named_its_version_leaves_the_last_good_pack(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = make_shelf(tmp_path)
    publish(shelf, "good")
    with monkeypatch.context() as patch:
        patch.setattr("shp_analysis.runs.packs.replace_file", Mock(side_effect=KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            publish(shelf, "never named")
    assert read_current(shelf) == "good"
    publish(shelf, "next")
    assert list_versions(shelf) == {"good", "next"}


@pytest.mark.parametrize(
    "damage", ["", "{}", "[]", '{"version": "../elsewhere"}', '{"version": "gone"}', '{"version": 3}']
)
def test_a_damaged_pointer_costs_no_version(tmp_path: Path, damage: str) -> None:
    shelf = make_shelf(tmp_path)
    publish(shelf, "good")
    (shelf.folder / "current.json").write_text(damage, encoding="utf-8")
    assert shelf.find_current() is None
    publish(shelf, "next")
    assert read_current(shelf) == "next"
    assert list_versions(shelf) == {"good", "next"}


@pytest.mark.parametrize(
    ("readers", "folder_mode", "file_mode"), [(Readers.PUBLIC, 0o755, 0o644), (Readers.INTERNAL, 0o700, 0o600)]
)
def test_public_and_internal_packs_lie_apart_with_modes_of_their_own(
    tmp_path: Path, readers: Readers, folder_mode: int, file_mode: int
) -> None:
    shelf = make_shelf(tmp_path, readers)
    publish(shelf, "good")
    root = tmp_path / readers.folder
    for path in (root, *root.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (folder_mode if path.is_dir() else file_mode), path
    assert stat.S_IMODE((tmp_path / ".staging").stat().st_mode) == 0o700
    assert {path.name for path in tmp_path.iterdir()} - {".staging"} == {readers.folder}


def test_the_pointer_is_one_small_file_that_names_the_version(tmp_path: Path) -> None:
    shelf = make_shelf(tmp_path)
    version = publish(shelf, "good")
    assert json.loads((shelf.folder / "current.json").read_text(encoding="utf-8")) == {"version": version.name}
    assert not (shelf.folder / "current.json").is_symlink()


class TestOwnFolder:
    def test_it_is_removed_at_the_end_however_it_ends(self, tmp_path: Path) -> None:
        for failure in (RuntimeError, KeyboardInterrupt):
            with suppress(failure), own_folder(tmp_path) as folder:
                assert stat.S_IMODE(folder.stat().st_mode) == 0o700
                raise failure
            assert not folder.exists()

    def test_those_of_dead_owners_are_removed_and_those_of_living_ones_stay(self, tmp_path: Path) -> None:
        dead, unmarked, living = (tmp_path / name for name in ("dead", "unmarked", "living"))
        for folder in (dead, unmarked, living):
            folder.mkdir()
        (dead / ".owner").touch()
        with FileLock(living / ".owner"), own_folder(tmp_path) as folder:
            assert {path for path in tmp_path.iterdir() if path.is_dir()} == {living, folder}
