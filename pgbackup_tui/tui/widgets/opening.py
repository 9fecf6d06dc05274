"""What is in the place of everything until it is made: the first frame, between the headline and the keys."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from pgbackup_tui.tui.present.opening import ASKING, LOG_TITLE
from pgbackup_tui.tui.widgets.words import Words


class Opening(Vertical):
    """Looks as Browse over an empty log does, so that nothing moves when they take its place."""

    def compose(self) -> ComposeResult:
        with Horizontal(id="opening-columns"):
            yield Words(ASKING, id="opening-tree")
            yield Words(id="opening-side")
        yield Words(id="opening-basket")
        yield Words(LOG_TITLE, id="opening-log", classes="title")
