"""Running notebooks, several at once, each in a process of its own that can be stopped.

Where processes can be forked, one process for the whole pack starts the others: what it has read and assessed before,
each of them has without asking again. Elsewhere the run starts them itself, and each of them reads for itself.
"""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeAlias

from shp_analysis.runs.ended_processes import STARTER_VARIABLE, end_with
from shp_analysis.runs.forked_kernels import CAN_FORK, choose_context
from shp_analysis.runs.kernels import execute

if TYPE_CHECKING:  # Windows has only the last
    from multiprocessing.context import ForkContext, ForkServerContext, SpawnContext

SECONDS_A_MINUTE = 60
_READY = "ready"
Share = Callable[[], AbstractContextManager[None]]
OnDone = Callable[[Path], None]
Context: TypeAlias = "ForkContext | ForkServerContext | SpawnContext"


@dataclass(frozen=True)
class Failure:
    """A notebook that failed, and how, in words that follow "it failed"."""

    notebook: Path
    words: str


@dataclass(frozen=True)
class _Running:
    notebook: Path
    process: BaseProcess
    answer: Connection
    end: float

    def stop(self) -> None:
        """End the process, and with it its kernel."""
        self.process.kill()
        self.process.join()
        self.answer.close()


def execute_all(
    notebooks: Sequence[Path],
    parameters: Mapping[str, Any],
    staging: Path,
    *,
    jobs: int,
    minutes: float,
    share: Share = nullcontext,
    on_done: OnDone = lambda _notebook: None,
) -> Failure | None:
    """Execute notebooks until all are done or one has failed.

    Parameters
    ----------
    notebooks : sequence of Path
    parameters : mapping
        Every notebook's.
    staging : Path
        Gets the executed notebooks and what they write.
    jobs : int
        How many run at once.
    minutes : float
        The longest that one may take, and what they share as well.
    share : callable, optional
        Gives a context in which the process is that the notebooks' processes are forked from. Where processes cannot be
        forked it is not called.
    on_done : callable, optional
        Told each notebook as it is done.

    Returns
    -------
    Failure or None
        The first failure; the other notebooks are stopped.
    """
    context, asked = choose_context(), _Asked(notebooks, parameters, staging, jobs, minutes)
    if not CAN_FORK:
        return _execute(asked, context, on_done)
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_share_and_execute, args=(sender, share, asked))
    with _name_starter():
        process.start()
    sender.close()
    try:
        return _follow(asked, process, receiver, on_done)
    finally:
        process.kill()  # and with it the notebooks' processes
        process.join()
        receiver.close()


@dataclass(frozen=True)
class _Asked:
    notebooks: Sequence[Path]
    parameters: Mapping[str, Any]
    staging: Path
    jobs: int
    minutes: float


def _follow(asked: _Asked, process: BaseProcess, receiver: Connection, on_done: OnDone) -> Failure | None:
    """Pass on what the pack's process tells: that it has what is shared, which notebooks are done, and a failure."""
    left = list(asked.notebooks)
    limit: float | None = asked.minutes * SECONDS_A_MINUTE
    while left:
        if not (ready := wait([receiver, process.sentinel], limit)):
            return Failure(left[0], _say_too_long(asked.minutes))
        told = _receive(receiver) if receiver in ready else None
        if told is None:
            process.join()
            return Failure(left[0], _say_ended(process))
        if isinstance(told, Failure):
            return told
        if told in left:
            left.remove(told)
            on_done(told)
        limit = None  # from here on the process itself keeps to the time
    return None


def _receive(receiver: Connection) -> Any:  # noqa: ANN401 - what was sent; None where nobody sends any more
    with suppress(EOFError):
        return receiver.recv()
    return None


def _share_and_execute(sender: Connection, share: Share, asked: _Asked) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the run is told of it, and stops this process
    end_with(os.getppid())
    with suppress(BrokenPipeError), share():  # where the run ended meanwhile, nobody is there to be told
        gc.freeze()  # a fork that looked for garbage in what it inherited would copy all of it
        sender.send(_READY)
        if failure := _execute(asked, get_context("fork"), sender.send):
            sender.send(failure)


def _execute(asked: _Asked, context: Context, on_done: OnDone) -> Failure | None:
    waiting, running = list(asked.notebooks), list[_Running]()
    with _stop_at_end(running):
        while waiting or running:
            while waiting and len(running) < asked.jobs:
                running.append(_start(waiting.pop(0), asked, context))
            for each in _wait_for_some(running):
                failure = _read_answer(each, asked.minutes)
                if failure:
                    return Failure(each.notebook, failure)
                running.remove(each)
                each.stop()
                on_done(each.notebook)
    return None


@contextmanager
def _stop_at_end(running: Sequence[_Running]) -> Iterator[None]:
    try:
        yield
    finally:
        for each in running:
            each.stop()


def _start(notebook: Path, asked: _Asked, context: Context) -> _Running:
    answer, sender = context.Pipe(duplex=False)
    process = context.Process(target=_execute_and_answer, args=(sender, notebook, asked.parameters, asked.staging))
    process.start()
    sender.close()
    return _Running(notebook, process, answer, monotonic() + asked.minutes * SECONDS_A_MINUTE)


@contextmanager
def _name_starter() -> Iterator[None]:
    """Tell the template process, should it be started now, who starts it; nobody else is told."""
    os.environ[STARTER_VARIABLE] = str(os.getpid())
    try:
        yield
    finally:
        del os.environ[STARTER_VARIABLE]


def _execute_and_answer(sender: Connection, notebook: Path, parameters: Mapping[str, Any], staging: Path) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the run is told of it, and stops this process
    end_with(os.getppid())
    answer = execute(notebook, parameters, staging)
    with suppress(BrokenPipeError):  # the run ended meanwhile: nobody waits for the answer
        sender.send(answer)


def _wait_for_some(running: Sequence[_Running]) -> list[_Running]:
    """Wait until some have answered, ended or run out of time."""
    first_end = min(each.end for each in running)
    watched = [handle for each in running for handle in (each.answer, each.process.sentinel)]
    ready = set(wait(watched, max(0, first_end - monotonic())))
    return [each for each in running if {each.answer, each.process.sentinel} & ready or monotonic() >= each.end]


def _read_answer(done: _Running, minutes: float) -> str | None:
    """Give how it failed; None where all is well."""
    try:
        if done.answer.poll():
            answer: str | None = done.answer.recv()
            return answer
    except EOFError:
        pass
    if done.process.is_alive() and monotonic() >= done.end:
        return _say_too_long(minutes)
    done.process.join()
    return _say_ended(done.process)


def _say_too_long(minutes: float) -> str:
    return f"because it took longer than {minutes:g} minutes. Allow it more with --notebook-minutes."


def _say_ended(process: BaseProcess) -> str:
    return f"because its process ended before it was done (exit code {process.exitcode})."
