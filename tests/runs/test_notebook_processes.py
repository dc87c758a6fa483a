"""A notebook that takes too long, or whose kernel or process dies, is told in words, and nothing of it stays alive."""

from __future__ import annotations

from multiprocessing import Pipe
from pathlib import Path

import nbformat
import pytest
from processes import is_running, wait_until

from shp_analysis.runs import notebook_processes
from shp_analysis.runs.forked_kernels import CAN_FORK
from shp_analysis.runs.notebook_processes import execute_all

AMPLE_MINUTES = 5


def write_notebook(path: Path, *cells: str) -> Path:
    first = nbformat.v4.new_code_cell("output_folder = None", metadata={"tags": ["parameters"]})
    nbformat.write(nbformat.v4.new_notebook(cells=[first, *map(nbformat.v4.new_code_cell, cells)]), path)
    return path


def execute(folder: Path, *cells: str, minutes: float = AMPLE_MINUTES) -> str | None:
    folder.mkdir(exist_ok=True)
    notebook = write_notebook(folder / "one.ipynb", *cells)
    failure = execute_all([notebook], {}, folder / "staging", jobs=1, minutes=minutes)
    return failure.words if failure else None


def test_a_notebook_that_does_all_it_should_has_not_failed(tmp_path: Path) -> None:
    assert execute(tmp_path, "1 + 1") is None


@pytest.mark.parametrize(
    "death",
    ["os._exit(0)", "os._exit(7)", "os.kill(os.getpid(), 9)", "os.abort()"],
    ids=["exit", "code", "kill", "abort"],
)
def test_a_kernel_that_ends_by_itself_is_told_with_its_cell(tmp_path: Path, death: str) -> None:
    failure = execute(tmp_path, "import os", death, "1 + 1")
    assert failure == "because its kernel ended by itself in cell 4."  # papermill adds a cell of its own


@pytest.mark.skipif(not CAN_FORK, reason="only there is the kernel's parent the worker itself")
def test_a_worker_that_dies_is_told_and_takes_its_kernel_with_it(tmp_path: Path) -> None:
    words = "import os; from pathlib import Path; Path(output_folder, 'pid').write_text(str(os.getpid()))"
    failure = execute(tmp_path, words, "os.kill(os.getppid(), 9); import time; time.sleep(600)")
    assert failure == "because its process ended before it was done (exit code -9)."
    kernel = int((tmp_path / "staging" / "one" / "pid").read_text())
    assert wait_until(lambda: not is_running(kernel))


def test_a_notebook_that_takes_too_long_is_stopped_with_its_kernel(tmp_path: Path) -> None:
    words = "import os; from pathlib import Path; Path(output_folder, 'pid').write_text(str(os.getpid()))"
    failure = execute(tmp_path, words, "import time; time.sleep(600)", minutes=0.2)
    assert failure == "because it took longer than 0.2 minutes. Allow it more with --notebook-minutes."
    kernel = int((tmp_path / "staging" / "one" / "pid").read_text())
    assert wait_until(lambda: not is_running(kernel))


def test_the_first_failure_stops_the_others(tmp_path: Path) -> None:
    slow = write_notebook(tmp_path / "slow.ipynb", "import time; time.sleep(600)")
    bad = write_notebook(tmp_path / "bad.ipynb", "1 / 0")
    failure = execute_all([slow, bad], {}, tmp_path / "staging", jobs=2, minutes=AMPLE_MINUTES)
    assert failure is not None
    assert (failure.notebook, failure.words) == (bad, "in cell 3: ZeroDivisionError: division by zero.")


@pytest.mark.usefixtures("signal_handlers")
def test_a_notebook_that_is_done_when_its_run_has_ended_says_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notebook_processes, "execute", lambda *_: None)
    monkeypatch.setattr(notebook_processes, "end_with", lambda _: None)
    answer, sender = Pipe(duplex=False)
    answer.close()
    notebook_processes._execute_and_answer(sender, tmp_path / "a.ipynb", {}, tmp_path)
