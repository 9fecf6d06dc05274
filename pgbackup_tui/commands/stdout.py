"""How standard output ends, whatever was printed."""

from __future__ import annotations

import os
import sys


def finish() -> None:
    """Has everything written that was printed. Raises OSError: a full disk, a pipe without reader."""
    if sys.stdout is not None:  # it is None where the caller closed it
        sys.stdout.flush()


def forget_stdout() -> None:
    """What is left to write goes nowhere, also at the interpreter's exit."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
