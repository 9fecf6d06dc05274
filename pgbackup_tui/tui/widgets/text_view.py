"""Text to read: wrapped to the width, scrolled by keys, and painted only where it is in sight."""

from __future__ import annotations

from collections.abc import Sequence

from textual.events import Resize

from pgbackup_tui.tui.present.log import wrap
from pgbackup_tui.tui.present.pieces import BOXES, Line, Piece, Signs
from pgbackup_tui.tui.widgets.line_view import LineView


class TextView(LineView):
    """Paragraphs, however many. Nothing of them is cut, and server text in them is literal."""

    def __init__(self, *, id: str | None = None, signs: Signs = BOXES) -> None:  # noqa: A002  # as every widget calls it
        super().__init__(id=id, signs=signs, shows_cursor=False)
        self.paragraphs: tuple[Piece, ...] = ()
        self._lines: list[Line] = []
        self._width = 0
        self._furthest = 0
        """The last line that was in sight so far."""

    @property
    def was_seen_to_its_end(self) -> bool:
        """Whether every line was in sight."""
        return max(self._furthest, self.scroll_offset.y + self.size.height) >= self.count()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self._furthest = max(self._furthest, round(new_value) + self.size.height)

    def say(self, paragraphs: Sequence[Piece]) -> None:
        """Shows other paragraphs, from their beginning."""
        if tuple(paragraphs) == self.paragraphs:
            return
        self.paragraphs = tuple(paragraphs)
        self._furthest = 0
        self._wrap()
        self.scroll_to(y=0, animate=False, force=True, immediate=True)

    def count(self) -> int:
        return len(self._lines)

    def line(self, index: int, width: int) -> Line:  # noqa: ARG002  # wrapped to it already
        return (
            self._lines[index] if self._width else ()
        )  # shown before it knew its width, it would flash up as a column

    @property
    def text(self) -> str:
        """Everything that is said, a paragraph a line."""
        return "\n".join(paragraph.text for paragraph in self.paragraphs)

    def on_resize(self, _event: Resize) -> None:
        self._wrap()

    def _wrap(self) -> None:
        self._width = self.scrollable_content_region.width
        self._lines = [
            (Piece(part, paragraph.tone),)
            for paragraph in self.paragraphs
            for part in wrap(paragraph.text, max(1, self._width))
        ]
        self.lines_changed()
