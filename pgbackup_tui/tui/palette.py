"""The palette: Textual's own, with a cursor that stays still, since every blink is sent over the line."""

from __future__ import annotations

from textual.command import CommandPalette
from textual.widgets import Input


class Palette(CommandPalette):
    """What can be done, to be typed and chosen."""

    def on_mount(self) -> None:
        self.query_one(Input).cursor_blink = False
