"""What is known of the row at the cursor, one fact a line; painted again only where it changed."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from textual.events import Resize

from pgbackup_tui.tui.present.facts import Fact, lines_of
from pgbackup_tui.tui.present.pieces import BOXES, Line, Piece, Signs, Tone
from pgbackup_tui.tui.widgets.line_view import LineView


class FactSheet(LineView, can_focus=False):
    """Facts, wrapped beside their names; those that have no room are cut at the end, and the cut is shown."""

    def __init__(self, *, id: str, signs: Signs = BOXES) -> None:  # noqa: A002  # as every widget calls it
        super().__init__(id=id, signs=signs, shows_cursor=False)
        self._facts: tuple[Fact, ...] = ()
        self._shown: list[Line] = []

    def say(self, facts: Sequence[Fact]) -> None:
        """Shows other facts."""
        if tuple(facts) != self._facts:
            self._facts = tuple(facts)
            self._lay_out()

    @property
    def text(self) -> str:
        """Every fact, whether or not there is room for it."""
        return "\n".join(f"{fact.name}: {fact.value}" if fact.name else fact.value for fact in self._facts)

    def count(self) -> int:
        return len(self._shown)

    def line(self, index: int, width: int) -> Line:  # noqa: ARG002  # laid out for it already
        return self._shown[index]

    def on_resize(self, _event: Resize) -> None:
        self._lay_out()

    def _lay_out(self) -> None:
        width, height = self.scrollable_content_region.width, self.size.height
        if width <= 0:
            return
        lines = [line for fact in self._facts for line in lines_of(fact, width, self.signs)]
        if len(lines) > height > 0:
            lines = [*lines[: height - 1], (Piece(self.signs.more, Tone.DIM),)]
        lines += [()] * (height - len(lines))  # as many as there is room for: only those that differ are painted
        before, self._shown = self._shown, lines
        if len(before) != len(lines):
            self.lines_changed()
            return
        for index, (old, new) in enumerate(zip_longest(before, lines)):
            if old != new:
                self.line_changed(index)
