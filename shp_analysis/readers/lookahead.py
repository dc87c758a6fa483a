"""Doing the next piece of work while the last one is being used: two at a time, answers in order, few in memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")

WORKERS = 2
"""Parsing and packing leave Python's lock; a third would only wait, and hold memory."""


def map_ahead(function: Callable[[Item], Answer], items: Iterable[Item]) -> Iterator[Answer]:
    """Apply a function to items, working ahead of the answer that is being used.

    Parameters
    ----------
    function : callable
        Safe to run in two threads at once.
    items : iterable
        Drawn one at a time, in the caller's thread.

    Yields
    ------
    object
        The answers in the order of the items; an error of the function is raised in its place.
    """
    with ThreadPoolExecutor(WORKERS) as pool:
        waiting: deque[Future[Answer]] = deque()
        try:
            for item in items:
                waiting.append(pool.submit(function, item))
                if len(waiting) > WORKERS:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for each in waiting:
                each.cancel()
