"""One line of words, some of which can be clicked: the key strip, and the way in the headline."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual.events import Click
from textual.message import Message

from pgbackup_tui.tui.present.pieces import Part
from pgbackup_tui.tui.widgets.words import Words


class Touchable(Words):
    """A line that knows which of its words was clicked."""

    class Touched(Message):
        """Words that are about something were clicked."""

        def __init__(self, target: object) -> None:
            super().__init__()
            self.target = target

    def __init__(self, *, id: str) -> None:  # noqa: A002  # as every widget calls it
        super().__init__(id=id)
        self._parts: Sequence[Part] = ()

    def show(self, parts: Sequence[Part]) -> None:
        """Shows these words, one part after the other."""
        self._parts = parts
        self.say("".join(part.words for part in parts))

    def on_click(self, event: Click) -> None:
        """Tells what was clicked."""
        end = self.content_region.x - self.region.x
        for part in self._parts:
            start, end = end, end + cell_len(part.words)
            if part.target is not None and start <= event.x < end:
                self.post_message(self.Touched(part.target))
