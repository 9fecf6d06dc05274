"""A result that is copied in place of being printed."""

from __future__ import annotations

import os
from pathlib import Path

from pgbackup_tui.clipboard import copy
from pgbackup_tui.commands.narration import say


def say_copied(what: str, text: str, state: Path) -> None:
    """Copies ``text`` and says where it is; ``what`` is its name, ``state`` the folder of the file it is in, too.

    Raises ClipboardError where it could be put nowhere.
    """
    say(copy(what, text, state, _to_the_terminal).words)


def _to_the_terminal(sequence: str) -> None:
    """To the terminal itself: stdout may be a pipe. Raises OSError where this process has none."""
    with os.fdopen(os.open("/dev/tty", os.O_WRONLY), "wb") as terminal:
        terminal.write(sequence.encode())
