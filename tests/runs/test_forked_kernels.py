"""Kernels that are forked from a process which has imported everything: real processes, real notebooks."""

from __future__ import annotations

import builtins
import os
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import nbformat
import pytest
from processes import PATIENCE_SECONDS, is_running, wait_until

from shp_analysis.runs.forked_kernels import CAN_FORK, WaitingKernel
from shp_analysis.runs.notebook_processes import Failure, Share, execute_all

pytestmark = pytest.mark.skipif(not CAN_FORK, reason="kernels are forked on Linux alone")
PARAMETERS = "output_folder = None"


def write_notebook(path: Path, *cells: str) -> Path:
    first = nbformat.v4.new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]})
    notebook = nbformat.v4.new_notebook(cells=[first, *map(nbformat.v4.new_code_cell, cells)])
    nbformat.write(notebook, path)
    return path


@contextmanager
def share_number() -> Iterator[None]:
    """Make something that takes long; what it is says which process made it."""
    builtins.shared_number = os.getpid()
    yield


@contextmanager
def share_too_long() -> Iterator[None]:
    time.sleep(600)
    yield


@contextmanager
def share_and_die() -> Iterator[None]:
    os._exit(3)
    yield


def run_all(notebooks: Sequence[Path], staging: Path) -> str | None:
    failure = execute_all(notebooks, {}, staging, jobs=2, minutes=PATIENCE_SECONDS / 60)
    return failure.words if failure else None


def read_output(staging: Path, name: str) -> str:
    notebook = nbformat.read(staging / name, as_version=4)
    return "".join(output.get("text", "") for cell in notebook.cells for output in cell.get("outputs", ()))


def test_each_notebook_has_a_kernel_of_its_own_with_everything_imported(tmp_path: Path) -> None:
    words = "import os, sys; print(os.getpid(), 'seaborn' in sys.modules, 'left_behind' in globals()); left_behind = 1"
    notebooks = [write_notebook(tmp_path / f"{name}.ipynb", words) for name in ("one", "two", "three")]
    staging = tmp_path / "staging"
    assert run_all(notebooks, staging) is None
    found = [read_output(staging, path.name).split() for path in notebooks]
    assert len({pid for pid, *_ in found}) == len(notebooks)
    assert [rest for _, *rest in found] == [["True", "False"]] * len(notebooks)
    assert wait_until(lambda: not any(is_running(int(pid)) for pid, *_ in found))


def test_a_notebook_works_where_the_run_was_started_and_writes_into_its_own_folder(tmp_path: Path) -> None:
    words = "from pathlib import Path; print(Path.cwd()); (Path(output_folder) / 'made.txt').write_text('x')"
    staging = tmp_path / "staging"
    assert run_all([write_notebook(tmp_path / "one.ipynb", words)], staging) is None
    assert read_output(staging, "one.ipynb").strip() == str(Path.cwd())
    assert (staging / "one" / "made.txt").exists()


def test_a_cell_that_fails_is_named_and_its_traceback_kept(tmp_path: Path) -> None:
    notebook = write_notebook(tmp_path / "one.ipynb", "raise ValueError('no such ward')")
    failure = run_all([notebook], tmp_path / "staging")
    # Papermill puts a cell of its own behind that of the parameters.
    assert failure == "in cell 3: ValueError: no such ward."
    assert "no such ward" in (tmp_path / "staging" / "one" / "traceback.txt").read_text(encoding="utf-8")


def test_what_is_shared_is_made_once_and_is_in_every_kernel(tmp_path: Path) -> None:
    notebooks = [write_notebook(tmp_path / f"{name}.ipynb", "print(shared_number)") for name in ("one", "two", "three")]
    staging = tmp_path / "staging"
    assert execute_all(notebooks, {}, staging, jobs=2, minutes=PATIENCE_SECONDS / 60, share=share_number) is None
    (maker,) = {int(read_output(staging, path.name)) for path in notebooks}
    assert maker != os.getpid()
    assert wait_until(lambda: not is_running(maker))
    assert not hasattr(builtins, "shared_number")


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (share_too_long, "because it took longer than 0.02 minutes. Allow it more with --notebook-minutes."),
        (share_and_die, "because its process ended before it was done (exit code 3)."),
    ],
)
def test_sharing_that_does_not_end_well_is_told(tmp_path: Path, share: Share, words: str) -> None:
    notebooks = [write_notebook(tmp_path / f"{name}.ipynb", "1 + 1") for name in ("one", "two")]
    failure = execute_all(notebooks, {}, tmp_path / "staging", jobs=2, minutes=0.02, share=share)
    assert failure == Failure(notebooks[0], words)


def test_a_packs_process_that_dies_is_told_and_takes_the_others_with_it(tmp_path: Path) -> None:
    words = """
import os, time
from pathlib import Path
left_behind = os.fork()
if not left_behind:
    time.sleep(600)
    os._exit(0)
pack = int(Path(f"/proc/{os.getppid()}/stat").read_text().split()[3])
Path(output_folder, "pids").write_text(f"{left_behind} {pack} {os.getppid()} {os.getpid()}")
os.kill(pack, 9)
time.sleep(600)
"""
    start = time.monotonic()
    failure = run_all([write_notebook(tmp_path / "one.ipynb", words)], tmp_path / "staging")
    assert failure == "because its process ended before it was done (exit code -9)."
    assert time.monotonic() < start + PATIENCE_SECONDS, "it is told though a process that a notebook began lives on"
    left_behind, *pids = map(int, (tmp_path / "staging" / "one" / "pids").read_text().split())
    os.kill(left_behind, signal.SIGKILL)
    assert wait_until(lambda: not any(map(is_running, pids)))


def test_a_kernel_that_was_never_needed_ends() -> None:
    kernel = WaitingKernel()
    assert kernel.poll() is None
    kernel.dismiss()
    assert kernel.returncode == 0
    assert not is_running(kernel.pid)


def test_a_waiting_kernel_can_be_ended_by_a_signal() -> None:
    kernel = WaitingKernel()
    kernel.kill()
    assert kernel.wait() == -signal.SIGKILL
    kernel.terminate()
    kernel.dismiss()
