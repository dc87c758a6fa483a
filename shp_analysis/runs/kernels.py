"""Executing one notebook, in a kernel that was forked from a process that has imported all it needs."""

from __future__ import annotations

import logging
import os
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

# A grammar that checks international web addresses costs a second to load, and no notebook of ours holds one.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

import nbformat  # noqa: E402
import papermill  # noqa: E402
from nbclient.exceptions import DeadKernelError  # noqa: E402
from papermill.exceptions import PapermillExecutionError  # noqa: E402
from traitlets.config import Config  # noqa: E402

from shp_analysis.errors import describe_disk_error, name_folder  # noqa: E402
from shp_analysis.runs.forked_kernels import CAN_FORK, ForkedKernelManager, wait_for_notebook  # noqa: E402

KERNEL = "python3"
TRACEBACK_NAME = "traceback.txt"
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
"""Each notebook keeps to one thread: as many run at once as there are processors."""


def execute(notebook: Path, parameters: Mapping[str, Any], staging: Path) -> str | None:
    """Execute one notebook in a kernel of its own.

    Parameters
    ----------
    notebook : Path
        As committed; it is not changed.
    parameters : mapping
        Put in place of its parameters cell's.
    staging : Path
        Gets the executed notebook, and a folder of the notebook's name for what it writes.

    Returns
    -------
    str or None
        How it failed, in words that follow "it failed"; the traceback is in the notebook's folder. None where all is
        well.
    """
    os.environ.update(dict.fromkeys(THREADS, "1"))
    logging.getLogger("papermill").setLevel(logging.ERROR)
    folder = staging / notebook.stem
    folder.mkdir(parents=True)
    try:
        with ExitStack() as stack:
            stack.enter_context(name_folder(staging))
            if CAN_FORK:
                stack.enter_context(wait_for_notebook())
            options = stack.enter_context(_private_kernel())
            papermill.execute_notebook(
                str(notebook),
                str(staging / notebook.name),
                parameters={**parameters, "output_folder": str(folder)},
                kernel_name=KERNEL,
                language="python",
                progress_bar=False,
                log_output=False,
                **options,
            )
    except PapermillExecutionError as error:
        (folder / TRACEBACK_NAME).write_text("\n".join(error.traceback), encoding="utf-8")
        return f"in cell {error.cell_index + 1}: {error.ename}: {error.evalue.rstrip('.')}."
    except DeadKernelError:
        return f"because its kernel ended by itself{_name_cell(staging / notebook.name)}."
    except OSError as error:
        _keep_traceback(folder, error)
        return f"because of the disk: {describe_disk_error(error)}"
    except Exception as error:  # noqa: BLE001 - whatever it is, the run tells it in one sentence
        _keep_traceback(folder, error)
        return f"because of {type(error).__name__}: {error}."
    return None


def _keep_traceback(folder: Path, error: Exception) -> None:
    with suppress(OSError):  # the disk may be what failed
        (folder / TRACEBACK_NAME).write_text("".join(traceback.format_exception(error)), encoding="utf-8")


def _name_cell(executed: Path) -> str:
    """Say in which cell a notebook stopped; nothing where it cannot be told."""
    with suppress(OSError, ValueError):
        cells = nbformat.read(executed, as_version=4).cells  # type: ignore[no-untyped-call]
        begun = [number for number, cell in enumerate(cells, 1) if cell.metadata.get("papermill", {}).get("start_time")]
        return f" in cell {begun[-1]}" if begun else ""
    return ""


@contextmanager
def _private_kernel() -> Iterator[dict[str, Any]]:
    """Give options under which a kernel listens on no network port, where the system has sockets in the file system."""
    options: dict[str, Any] = {"extra_arguments": [f"--IPKernelApp.log_level={logging.CRITICAL}"]}
    # A socket's path may not be longer than about a hundred characters, so the folder's name is short.
    with TemporaryDirectory(prefix="shp-") as folder:
        os.environ["JUPYTER_RUNTIME_DIR"] = folder
        if os.name == "posix":
            # Its sockets lie in this folder too, and not in the working folder, which other runs share.
            options["config"] = Config({"KernelManager": {"transport": "ipc", "ip": f"{folder}/kernel"}})
        if CAN_FORK:
            options["kernel_manager_class"] = ForkedKernelManager
        yield options
