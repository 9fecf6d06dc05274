"""What the console is made of besides its first frame: the log, every place above it, and what only they need.

Whatever the first frame shows is imported by ``app``; everything else by this module, which is loaded when that
frame is on the screen. Until then keys wait.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from textual.widgets import ContentSwitcher

from pgbackup_tui.tui.actions import Place
from pgbackup_tui.tui.desk import Desk
from pgbackup_tui.tui.entrance import Entrance
from pgbackup_tui.tui.panels.browse import BrowsePanel
from pgbackup_tui.tui.panels.compose import ComposePanel
from pgbackup_tui.tui.panels.confirm import ConfirmPanel
from pgbackup_tui.tui.panels.connect import ConnectPanel
from pgbackup_tui.tui.panels.help import HelpPanel
from pgbackup_tui.tui.panels.history import HistoryPanel
from pgbackup_tui.tui.panels.jobs import JobsPanel
from pgbackup_tui.tui.panels.keep import KeepPanel
from pgbackup_tui.tui.panels.lock import LockPanel
from pgbackup_tui.tui.panels.log import LogPanel
from pgbackup_tui.tui.panels.panel import Panel
from pgbackup_tui.tui.present.pieces import Signs
from pgbackup_tui.tui.selecting import Selecting


@dataclass(frozen=True)
class Furniture:
    """The log, and the places above it."""

    log: LogPanel
    browse: BrowsePanel
    compose: ComposePanel
    confirm: ConfirmPanel
    jobs: JobsPanel
    history: HistoryPanel
    help: HelpPanel
    lock: LockPanel
    connect: ConnectPanel
    keep: KeepPanel
    selecting: Selecting

    @property
    def panels(self) -> tuple[Panel, ...]:
        """Every place above the log, in the order in which they are mounted."""
        return (
            *(self.browse, self.compose, self.confirm, self.jobs, self.history, self.help, self.lock),
            *(self.connect, self.keep),
        )

    @cached_property
    def places(self) -> ContentSwitcher:
        """Shows one of them."""
        return ContentSwitcher(*self.panels, initial=Place.BROWSE.value, id="places")


def furnish(desk: Desk, signs: Signs, entrance: Entrance | None, selection: str, *, read_only: bool) -> Furniture:
    """Makes them; ``selection`` is the name of the one that the command line asked for."""
    compose = ComposePanel(desk, signs, read_only=read_only)
    return Furniture(
        LogPanel(desk.log, signs),
        BrowsePanel(desk, signs, read_only=read_only),
        compose,
        ConfirmPanel(desk, signs, read_only=read_only),
        JobsPanel(desk, signs, read_only=read_only),
        HistoryPanel(desk, signs, read_only=read_only),
        HelpPanel(desk, signs, read_only=read_only),
        LockPanel(desk, signs, read_only=read_only),
        ConnectPanel(desk, signs, entrance, read_only=read_only),
        KeepPanel(desk, signs, entrance, compose.draft, read_only=read_only),
        Selecting(desk, selection),
    )
