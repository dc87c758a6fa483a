"""Whatever goes wrong, the command says it in a sentence, and the traceback goes to a private folder."""

from __future__ import annotations

import errno
import os
import signal
import stat
from pathlib import Path

import pytest

from shp_analysis.cli import app
from shp_analysis.config.parameters import read_run_settings
from shp_analysis.config.reading import Settings, read_yaml
from shp_analysis.errors import (
    NotReadyError,
    ParametersError,
    RequestError,
    StoreError,
    UnreadableFileError,
    describe_disk_error,
    name_folder,
)
from shp_analysis.reference.periods import Quarter
from shp_analysis.traces import keep_trace

PARTICULAR = "Jane Example, born 3 March 1980"


pytestmark = pytest.mark.usefixtures("signal_handlers")


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SHP_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def fail_with(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> int:
    def fail() -> None:
        raise error

    monkeypatch.setattr(app, "app", fail)
    with pytest.raises(SystemExit) as ended:
        app.main()
    return int(ended.value.code or 0)


@pytest.mark.parametrize(
    ("kind", "code"), [(RequestError, 2), (ParametersError, 2), (StoreError, 1), (NotReadyError, 3)]
)
def test_a_refusal_is_its_own_sentence(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], kind: type[Exception], code: int
) -> None:
    assert fail_with(monkeypatch, kind("Too much.")) == code
    assert capsys.readouterr().err == "shp: Too much.\n"
    assert not data.exists()


@pytest.mark.parametrize("error", [KeyError(PARTICULAR), RecursionError(PARTICULAR), MemoryError(PARTICULAR)], ids=repr)
def test_what_was_not_foreseen_is_one_sentence_without_its_words(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: Exception
) -> None:
    assert fail_with(monkeypatch, error) == 1
    said = capsys.readouterr().err
    assert said == (
        f"shp: it ended in an error that was not foreseen ({type(error).__name__}). "
        f"What is known of it is in {data / 'failed' / 'shp'}.\n"
    )
    trace = data / "failed" / "shp" / "traceback.txt"
    assert type(error).__name__ in trace.read_text(encoding="utf-8")
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (data / "failed", trace.parent, trace)]
    assert modes == [0o700, 0o700, 0o600]


def test_a_trace_that_cannot_be_kept_is_told_too(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    data.touch()  # a file where the folder should be
    assert fail_with(monkeypatch, OSError(errno.ENOSPC, "No space left on device", "/x/y")) == 1
    said = capsys.readouterr().err
    assert said.startswith("shp: /x/y: the disk is full; make room and try again. Nothing more could be kept:")
    assert str(data) in said


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_with_a_sentence_and_its_own_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], number: signal.Signals
) -> None:
    monkeypatch.setattr(app, "app", lambda: os.kill(os.getpid(), number))
    with pytest.raises(SystemExit) as ended:
        app.main()
    assert ended.value.code == 128 + number
    assert (
        capsys.readouterr().err == f"shp: stopped by {number.name} before it was done. Give the same command again.\n"
    )


class TestDiskErrors:
    @pytest.mark.parametrize(
        ("number", "said"),
        [
            (errno.ENOSPC, "the disk is full"),
            (errno.EDQUOT, "the disk is full"),
            (errno.EACCES, "may not be opened or written to"),
            (errno.EROFS, "may not be written to"),
            (errno.EIO, "Input/output error"),
        ],
    )
    def test_it_names_the_path_and_what_is_wrong(self, tmp_path: Path, number: int, said: str) -> None:
        error = OSError(number, os.strerror(number), str(tmp_path))
        assert describe_disk_error(error).startswith(f"{tmp_path}: {said}")

    @pytest.mark.parametrize("below", [".", "outputs", "outputs/public"])
    def test_a_file_or_a_link_on_the_way_is_named(self, tmp_path: Path, below: str) -> None:
        (tmp_path / "file").touch()
        (tmp_path / "link").symlink_to(tmp_path / "nowhere")
        for name, said in (("file", "is a file where a folder is needed"), ("link", "is a link that leads nowhere")):
            with pytest.raises(OSError, match=name) as failed:
                (tmp_path / name / below / "more").mkdir(parents=True)
            assert describe_disk_error(failed.value).startswith(f"{tmp_path / name}: {said}")

    def test_an_error_without_a_path_gets_that_of_the_folder(self, tmp_path: Path) -> None:
        with pytest.raises(OSError, match="No space") as failed, name_folder(tmp_path):
            raise OSError(errno.ENOSPC, "No space left on device")
        assert describe_disk_error(failed.value).startswith(f"{tmp_path}: the disk is full")
        with pytest.raises(FileNotFoundError) as other, name_folder(tmp_path):
            (tmp_path / "absent").read_text()
        assert other.value.filename == str(tmp_path / "absent")


def test_what_was_kept_before_goes(tmp_path: Path) -> None:
    keep_trace(tmp_path, Path("a", "b"), {"one.txt": "1", "two.txt": "2"})
    folder = keep_trace(tmp_path, Path("a", "b"), {"one.txt": "new"})
    assert folder is not None
    assert {path.name: path.read_text() for path in folder.iterdir()} == {"one.txt": "new"}


class TestUnreadableParameters:
    @pytest.mark.parametrize("nested", ["[" * 20_000, "a: " + "[" * 5_000 + "]" * 5_000, "{a: " * 5_000 + "}" * 5_000])
    def test_what_is_nested_too_deeply_is_told(self, tmp_path: Path, nested: str) -> None:
        path = tmp_path / "deep.yaml"
        path.write_text(nested, encoding="utf-8")
        with pytest.raises(UnreadableFileError, match=r"deep\.yaml: is nested too deeply"):
            read_yaml(path, Settings)

    def test_a_run_yaml_that_is_a_folder_or_leads_nowhere_is_told(self, tmp_path: Path) -> None:
        quarter = Quarter("2024-25 Q4")
        path = tmp_path / quarter.slug / "run.yaml"
        path.mkdir(parents=True)
        with pytest.raises(UnreadableFileError, match=r"run\.yaml: is a folder where a file is needed"):
            read_run_settings(quarter, tmp_path)
        path.rmdir()
        path.symlink_to(tmp_path / "nowhere")
        with pytest.raises(UnreadableFileError, match=r"run\.yaml: is a link that leads nowhere"):
            read_run_settings(quarter, tmp_path)
        assert UnreadableFileError.exit_code == 1
