"""What is copied at the console: each place says what, and here it is put where it can be pasted."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from textual import on
from textual.message import Message

from pgbackup_tui.errors import ClipboardError
from pgbackup_tui.tui.desk import Desk
from pgbackup_tui.tui.ending import EndingApp
from pgbackup_tui.tui.records import Severity


class Copy(Message):
    """Something is to be copied."""

    def __init__(self, what: str, make: Callable[[], str]) -> None:
        """``make`` gives the text, in a thread, since a log is long; ``what`` is its name, as in ``3 job ids``."""
        super().__init__()
        self.what = what
        self.make = make


class CopyingApp(EndingApp):
    """An app that copies, and says in the log by which way, because nobody can see whether it arrived."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._one_copy = asyncio.Lock()
        """The newest copy has to be the last to arrive."""

    @on(Copy)
    def _copy_wanted(self, event: Copy) -> None:
        event.stop()
        self.run_worker(self._copy(event.what, event.make), name="copy", group="copy")

    async def _copy(self, what: str, make: Callable[[], str]) -> None:
        write = self._write_from_thread(asyncio.get_running_loop())
        from pgbackup_tui.clipboard import copy  # most who use the console copy nothing

        try:
            async with self._one_copy:
                copied = await asyncio.to_thread(lambda: copy(what, make(), self.desk.journal.state, write))
        except ClipboardError as error:
            self.desk.log.answer(Severity.WARNING, f"{error.problem} {error.advice}")
            return
        self.desk.log.answer(Severity.INFO if copied.as_asked else Severity.WARNING, copied.words)

    def _write_from_thread(self, loop: asyncio.AbstractEventLoop) -> Callable[[str], None]:
        """Writes to the terminal between two paints: what is painted may not come in the middle of a sequence."""
        assert self._driver is not None  # noqa: S101  # keys come from it
        driver_write = self._driver.write

        def write(sequence: str) -> None:
            loop.call_soon_threadsafe(driver_write, sequence)

        return write
