"""No process outlives the run that started it, however the run ends.

A run starts a template process, the template one process for the pack, that one its workers, each worker a kernel. On
Linux each of them asks the system to be killed when the process that started it ends; elsewhere each watches for the
end of it.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys
from multiprocessing.connection import wait
from threading import Thread

STARTER_VARIABLE = "SHP_STARTED_BY"
"""Tells the template process which process started it."""
_SET_PARENT_DEATH_SIGNAL = 1
"""`PR_SET_PDEATHSIG` of Linux's `prctl`."""


def end_with(starter: int) -> None:
    """Let this process be killed when the one that started it ends; at once where that has happened already.

    Parameters
    ----------
    starter : int
        The process that started this one.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL)
        if os.getppid() != starter:
            os._exit(1)
    elif (parent := multiprocessing.parent_process()) is not None:
        Thread(target=_end_after, args=[parent.sentinel], daemon=True).start()


def _end_after(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)
