"""Locked: what is shown when nobody touched the console for a while."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.message import Message

from pgbackup_tui.text import counted
from pgbackup_tui.tui.actions import Place, bindings_for
from pgbackup_tui.tui.desk import Desk
from pgbackup_tui.tui.panels.panel import Panel
from pgbackup_tui.tui.present.pieces import Signs
from pgbackup_tui.tui.widgets.line_view import LineView


class _Notice(LineView):
    """Words in the middle, which take the focus and no key."""

    def count(self) -> int:
        return 0


class LockPanel(Panel):
    """Nothing can be browsed, started or killed from here; jobs are followed on."""

    PLACE = Place.LOCK
    BINDINGS = bindings_for(Place.LOCK)

    class UnlockWanted(Message):
        """The token's source is to be asked again."""

    def __init__(self, desk: Desk, signs: Signs, *, read_only: bool = False) -> None:
        super().__init__(desk, signs, read_only=read_only)
        self.notice = _Notice(id="lock-notice", signs=signs, shows_cursor=False)

    def compose(self) -> ComposeResult:
        yield self.notice

    def enter(self) -> None:
        self.show()
        self.notice.focus()

    def show(self) -> None:
        """Says what goes on behind the lock."""
        open_jobs = len(self.desk.watch.open_jobs())
        goes_on = f"{counted(open_jobs, 'job')} still followed." if open_jobs else "The Authtoken is forgotten."
        why, keys = (
            "Locked: nobody touched this console for a while.",
            self.keymap.say("{lock.unlock} asks the token's source again, {everywhere.quit_console} leaves."),
        )
        self.notice.empty = f"{why}\n{goes_on}\n\n{keys}"

    def action_unlock(self) -> None:
        """Asks the token's source again, or the person."""
        self.post_message(self.UnlockWanted())
