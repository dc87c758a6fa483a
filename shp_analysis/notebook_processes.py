"""Running notebooks, several at once, each in a process of its own that can be stopped."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from time import monotonic
from typing import Any

from shp_analysis.ended_processes import STARTER_VARIABLE, end_with
from shp_analysis.forked_kernels import choose_context
from shp_analysis.kernels import execute

SECONDS_A_MINUTE = 60


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
    on_done: Callable[[Path], None] = lambda _notebook: None,
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
        The longest that one may take.
    on_done : callable, optional
        Told each notebook as it is done.

    Returns
    -------
    Failure or None
        The first failure; the other notebooks are stopped.
    """
    waiting, running = list(notebooks), list[_Running]()
    with _stop_at_end(running):
        while waiting or running:
            while waiting and len(running) < jobs:
                running.append(_start(waiting.pop(0), parameters, staging, minutes))
            for each in _wait_for_some(running):
                failure = _read_answer(each, minutes)
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


def _start(notebook: Path, parameters: Mapping[str, Any], staging: Path, minutes: float) -> _Running:
    context = choose_context()
    answer, sender = context.Pipe(duplex=False)
    process = context.Process(target=_execute_and_answer, args=(sender, notebook, parameters, staging))
    with _name_starter():
        process.start()
    sender.close()
    return _Running(notebook, process, answer, monotonic() + minutes * SECONDS_A_MINUTE)


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
        return f"because it took longer than {minutes:g} minutes. Allow it more with --notebook-minutes."
    done.process.join()
    return f"because its process ended before it was done (exit code {done.process.exitcode})."
