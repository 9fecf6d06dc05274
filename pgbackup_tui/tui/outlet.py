"""Where a console's output goes: to its terminal, as long as that is there."""

from __future__ import annotations

from typing import TextIO


class Outlet:
    """A terminal's file. What is written after it was hung up is dropped.

    Textual writes in a thread, through a queue that holds little. An error would end that thread, and then whoever
    writes waits for ever: a console whose line has dropped could not end.
    """

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self.is_gone = False
        """Whether the terminal took something no more."""

    def write(self, text: str) -> None:
        """Writes, if anybody is there."""
        if not self.is_gone:
            try:
                self._file.write(text)
            except OSError:
                self.is_gone = True

    def flush(self) -> None:
        """Has it on the terminal, if anybody is there."""
        if not self.is_gone:
            try:
                self._file.flush()
            except OSError:
                self.is_gone = True

    def fileno(self) -> int:
        """Of the file."""
        return self._file.fileno()
