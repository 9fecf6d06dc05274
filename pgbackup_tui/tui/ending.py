"""How the console ends: in order when it is left, and with a few words of its own when it crashes."""

from __future__ import annotations

import os
import signal

from rich.console import RenderableType

from pgbackup_tui.crash import last_words
from pgbackup_tui.tui.desk import Desk
from pgbackup_tui.tui.keyboard import OrderedKeysApp
from pgbackup_tui.tui.keymap import Keymap
from pgbackup_tui.tui.records import Severity

LEAVE_SECONDS = 10.0
"""How long a request that is under way is waited for when the console is left."""


class EndingApp(OrderedKeysApp):
    """An app for one desk that neither leaves a request behind nor prints what it held in its hands."""

    keymap = Keymap()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.last_words = ""
        """What is said after a crash, when the terminal is restored."""
        self._is_leaving = False

    def action_quit_console(self) -> None:
        """Leaves; what was started goes on on the CommServe."""
        self.leave()

    def action_help_quit(self) -> None:
        """Ctrl+C, which Textual binds: many programs end at it, this one says how to leave."""
        self.desk.log.add(
            Severity.WARNING,
            self.keymap.say("{everywhere.quit_console} leaves the console; jobs that were started go on."),
        )

    def action_suspend_process(self) -> None:
        """Ctrl+Z: to the shell, with the terminal as it was, and back by its ``fg``.

        Stopped as a terminal would do it, together with what is in the same pipe or script. Where no shell is there
        to come back from, the system ignores that, and so the console can't be stopped for good.
        """
        if self.desk.is_sending:
            self.desk.log.add(Severity.WARNING, "Not now: a request is under way, and its answer is waited for.")
        elif self._driver is not None and self._driver.can_suspend:
            with self.suspend():
                handler = signal.signal(signal.SIGTSTP, signal.SIG_DFL)
                os.killpg(os.getpgrp(), signal.SIGTSTP)
                signal.signal(signal.SIGTSTP, handler)

    def leave(self) -> None:
        """Leaves in order: a request that is under way is given time for its answer, unless this is asked twice.

        While everything is loaded and mounted, that goes on until there is something whole to take down.
        """
        if not self.is_furnished.is_set():
            self._is_leaving = True
            return
        if self._is_leaving or not self.desk.is_sending:
            self.exit()
            return
        self._is_leaving = self.desk.dispatch.is_closing = True
        self.desk.log.add(
            Severity.WARNING,
            f"A request is under way: leaving when it is answered, in {LEAVE_SECONDS:.0f} s at most. "
            + self.keymap.say(
                "{everywhere.quit_console} again leaves now; then nobody knows whether it was carried out."
            ),
        )
        self.run_worker(self._leave_settled(), name="leave")

    def ends_early(self) -> bool:
        """Whether the console was left before everything was there; then it ends now."""
        if self._is_leaving:
            self.exit()
        return self._is_leaving

    async def _leave_settled(self) -> None:
        await self.desk.dispatch.settle(LEAVE_SECONDS)
        self.exit()

    def crash(self, error: BaseException) -> None:
        """What failed outside of a message ends the console as if it had failed in one."""
        self.run_worker(_raise(error), name="crash")

    def _fatal_error(self) -> None:
        """In place of Textual's report, which prints locals, and with them the Authtoken."""
        self.bell()
        if self._exception is not None:
            self.last_words = last_words(self._exception)
        self._close_messages_no_wait()

    def panic(self, *renderables: RenderableType) -> None:  # noqa: ARG002
        """An error that draws itself would draw its values; it is reported as any other."""
        self._fatal_error()


async def _raise(error: BaseException) -> None:
    raise error
