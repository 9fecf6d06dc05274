"""What this process lets others see of it (no core dump, no file for other users), and how it keeps its memory."""

from __future__ import annotations

import contextlib
import gc
import os
import sys

_PR_SET_DUMPABLE = 4
_NEVER = 2**31 - 1
"""Collections of the younger garbage before one of the old."""


def close_off() -> None:
    """Does what the system allows, and nothing where it allows nothing.

    Files are made for their owner alone, there is no core dump, and on Linux other processes of the same user can
    neither trace this one nor read its environment.
    """
    os.umask(0o077)
    with contextlib.suppress(ImportError, OSError, ValueError):  # Windows has no such module
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        import ctypes

        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def collect_from_now_on() -> None:
    """Garbage is collected from now on; what is loaded so far stays, and is never looked through."""
    gc.freeze()
    gc.enable()


def collect_old_garbage_when_asked() -> None:
    """Old garbage is left to :func:`gc.collect` from now on: to look through a large estate takes so long that keys
    would have to wait, at a moment that nobody chose.
    """
    young, middle, _ = gc.get_threshold()
    gc.set_threshold(young, middle, _NEVER)
