"""Kernels that need not import anything: each is forked from a process that already has.

Importing what a notebook needs takes longer than what most notebooks do with it. A run therefore imports it once, in a
template process. A fork of that assesses what the papers of the pack share (`shared_assessments`), and every
worker and every kernel is a fork of this one. A kernel is forked while its worker is young: before it has a thread, a
socket or an event loop, none of which survives a fork. It then waits to be told which notebook's connection it is for.
Where there is no fork, or it is not safe, ordinary kernels do the same, only later.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from ipykernel.kernelapp import IPKernelApp
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from shp_analysis.runs.ended_processes import end_with

if TYPE_CHECKING:  # Windows has only the last
    from multiprocessing.context import ForkServerContext, SpawnContext

PRELOADED = (
    "shp_analysis.runs.template_process",
    "shp_analysis.runs.kernels",
    "shp_analysis.analysis",
    "shp_analysis.papers",
    "shp_analysis.papers",
    "shp_analysis.charts",
)
"""What the template process imports, in this order: with the last four, all that a notebook asks for."""
CAN_FORK = sys.platform == "linux"
"""macOS has fork too, but its system libraries do not bear it."""
_LAUNCHER = "ipykernel_launcher"
_FAILED = 1


def choose_context() -> ForkServerContext | SpawnContext:
    """Give the way in which a run starts processes: forks of a template, or processes that import for themselves."""
    if not CAN_FORK:
        return get_context("spawn")
    context = get_context("forkserver")
    context.set_forkserver_preload(list(PRELOADED))
    return context


class WaitingKernel:
    """A forked process that waits to be told which connection it serves, and is then a kernel.

    It answers to what `LocalProvisioner` asks of a `subprocess.Popen`.
    """

    stdin: ClassVar[None] = None
    stdout: ClassVar[None] = None
    stderr: ClassVar[None] = None

    def __init__(self) -> None:
        reader, writer = os.pipe()
        self.returncode: int | None = None
        worker = os.getpid()
        self.pid = os.fork()
        if not self.pid:
            end_with(worker)
            os.close(writer)
            _wait_and_serve(reader)
        os.close(reader)
        self._writer: int | None = writer

    def begin(self, arguments: Sequence[str], environment: Mapping[str, str], folder: str) -> None:
        """Tell the kernel its arguments, its environment and its working folder."""
        # A kernel that knows its parent ends with it, should the parent be killed.
        known = {**environment, "JPY_PARENT_PID": str(os.getpid())}
        order = {"arguments": list(arguments), "environment": known, "folder": folder}
        with self._take_writer() as writer:
            writer.write(json.dumps(order).encode())

    def dismiss(self) -> None:
        """End a kernel that was never told to begin, and make sure that none is left behind."""
        if self._writer is not None:
            self._take_writer().close()
        elif self.poll() is None:
            self.kill()
        self.wait()

    def poll(self) -> int | None:
        """Give the exit code, or None while it runs."""
        return self._reap(os.WNOHANG)

    def wait(self) -> int:
        """Wait until it has ended, and give the exit code."""
        code = self._reap(0)
        return _FAILED if code is None else code

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)

    def _take_writer(self) -> Any:  # noqa: ANN401 - a raw or buffered file, as `open` gives it
        if self._writer is None:
            raise RuntimeError("A waiting kernel serves one connection; fork another.")
        writer, self._writer = self._writer, None
        return os.fdopen(writer, "wb")

    def _reap(self, flags: int) -> int | None:
        if self.returncode is None:
            found, status = os.waitpid(self.pid, flags)
            if found:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode


def _wait_and_serve(reader: int) -> None:
    """Become a kernel once told to, and never return: what is above on the stack belongs to the worker."""
    code = _FAILED
    try:
        with os.fdopen(reader, "rb") as pipe:
            order = pipe.read()
        if order:
            _serve(**json.loads(order))
        code = 0
    finally:
        os._exit(code)


def _serve(arguments: Sequence[str], environment: Mapping[str, str], folder: str) -> None:
    os.setsid()
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    # What a fresh interpreter would not have: the worker's own handling of being interrupted and of being ended.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    kernel = IPKernelApp.instance()
    kernel.initialize(list(arguments))  # type: ignore[no-untyped-call]
    kernel.start()  # type: ignore[no-untyped-call]


class _ForkedProvisioner(LocalProvisioner):
    """Gives a notebook the kernel that already waits, instead of starting a process."""

    def __init__(self, kernel: WaitingKernel, **settings: Any) -> None:  # noqa: ANN401 - traits
        super().__init__(**settings)
        self._waiting = kernel

    async def launch_kernel(self, cmd: list[str], **settings: Any) -> KernelConnectionInfo:  # noqa: ANN401 - as above
        self.cwd = settings.get("cwd") or str(Path.cwd())
        arguments = cmd[cmd.index(_LAUNCHER) + 1 :]
        self._waiting.begin(arguments, settings.get("env") or os.environ, str(self.cwd))
        # The process leads its own group, but only once it has begun: signals go to the process.
        self.process, self.pid, self.pgid = self._waiting, self._waiting.pid, None  # type: ignore[assignment]
        return self.connection_info


class ForkedKernelManager(AsyncKernelManager):
    """Manages the kernel that waits in this process; `wait_for_notebook` says which."""

    waiting: ClassVar[WaitingKernel | None] = None

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401 - traits
        super().__init__(**settings)
        if self.waiting is not None:
            self.provisioner = _ForkedProvisioner(self.waiting, kernel_spec=self.kernel_spec, parent=self)


@contextmanager
def wait_for_notebook() -> Iterator[None]:
    """Keep a forked kernel at hand for the one notebook that is executed meanwhile.

    To be entered before anything in the process has a thread, a socket or an event loop.
    """
    ForkedKernelManager.waiting = kernel = WaitingKernel()
    try:
        yield
    finally:
        ForkedKernelManager.waiting = None
        kernel.dismiss()
