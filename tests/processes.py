"""Waiting for what other processes do, and looking whether they are alive."""

from __future__ import annotations

import os
from collections.abc import Callable
from time import monotonic, sleep

PATIENCE_SECONDS = 60


def wait_until(is_so: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> bool:
    end = monotonic() + seconds
    while not is_so() and monotonic() < end:
        sleep(0.05)
    return is_so()


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
