"""The last line of the screen: the keys of where one is, each of which can be clicked too."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual.events import Click
from textual.message import Message

from pgbackup_tui.tui.actions import GAP, Action, StripKey
from pgbackup_tui.tui.widgets.words import Words


class KeyStrip(Words):
    """Keys with their words."""

    class Clicked(Message):
        """A key's words were clicked."""

        def __init__(self, action: Action) -> None:
            super().__init__()
            self.action = action

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  # as every widget calls it
        super().__init__(id=id)
        self._keys: Sequence[StripKey] = ()

    def show(self, keys: Sequence[StripKey]) -> None:
        """Shows these keys."""
        self._keys = keys
        self.say(GAP.join(key.words for key in keys))

    def say(self, text: str) -> None:
        """Shows words that are no keys, unless :meth:`show` said them."""
        if text != GAP.join(key.words for key in self._keys):
            self._keys = ()
        super().say(text)

    def on_click(self, event: Click) -> None:
        """Does what the key at that column does."""
        start = self.content_region.x - self.region.x
        for key in self._keys:
            end = start + cell_len(key.words)
            if start <= event.x < end:
                self.post_message(self.Clicked(key.action))
            start = end + len(GAP)
