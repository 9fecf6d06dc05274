"""The log: a view of records, wrapped to its width, which follows the newest unless it was scrolled up."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.events import Resize
from textual.geometry import Size

from pgbackup_tui.tui.present.log import lines
from pgbackup_tui.tui.present.pieces import BOXES, Line, Signs
from pgbackup_tui.tui.records import LogStore, Record, Severity
from pgbackup_tui.tui.widgets.line_view import LineView


class LogView(LineView):
    """Shows the records of at least one severity that contain what is searched for."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "scroll_by(-1)", "Up", show=False),
        Binding("down,j", "scroll_by(1)", "Down", show=False),
    ]

    def __init__(self, store: LogStore, *, id: str | None = None, signs: Signs = BOXES) -> None:  # noqa: A002
        super().__init__(id=id, signs=signs, shows_cursor=False)
        self.store = store
        self.lowest = Severity.DETAIL
        self.needle = ""
        self._lines: list[Line] = []
        self._last: Record | None = None
        self._width = 0
        self._measuring = False
        self.follows = True
        """Whether the newest line is kept in sight."""

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Someone who scrolls up wants to read there; at the bottom again, the newest is kept in sight."""
        super().watch_scroll_y(old_value, new_value)
        if not self._measuring:
            self.follows = new_value >= self.max_scroll_y

    def count(self) -> int:
        return len(self._lines)

    def line(self, index: int, width: int) -> Line:  # noqa: ARG002  # wrapped to it already
        return self._lines[index]

    def show_new(self) -> None:
        """Takes in the records that were added since the last time."""
        width = self.scrollable_content_region.width
        if width <= 0:
            return
        if width != self._width or (self._last is not None and self.store.records[0].moment > self._last.moment):
            self.show_all()
            return
        for record in self._unseen():
            if record.severity >= self.lowest and self.needle.casefold() in record.folded:
                self._lines.extend(self._wrapped(record))
        self._measure()

    def show_all(self) -> None:
        """Makes every line anew: after a resize, or with another filter."""
        self._width = self.scrollable_content_region.width
        if self._width <= 0:
            return
        self._lines = [
            line for record in self.store.matching(self.lowest, self.needle) for line in self._wrapped(record)
        ]
        self._last = self.store.records[-1] if self.store.records else None
        self._measure()
        self.refresh()

    def action_scroll_by(self, by: int) -> None:
        """One line up or down."""
        self.scroll_to(y=self.scroll_offset.y + by, animate=False, force=True)

    def action_page(self, by: int) -> None:
        """As many lines as are in sight."""
        self.action_scroll_by(by * max(1, self.size.height - 1))

    def action_edge(self, to: int) -> None:
        """The first line, or the newest."""
        self.scroll_to(y=0 if to < 0 else self.count(), animate=False, force=True)

    def on_resize(self, _event: Resize) -> None:
        if self.scrollable_content_region.width != self._width:
            self.show_all()
        elif self._lines:
            self._measure()

    def _wrapped(self, record: Record) -> list[Line]:
        return lines(record, self._width, ascii_only=self.signs is not BOXES)

    def _unseen(self) -> list[Record]:
        unseen: list[Record] = []
        for record in reversed(self.store.records):
            if record is self._last:
                break
            unseen.append(record)
        self._last = self.store.records[-1] if self.store.records else None
        return unseen[::-1]

    def _measure(self) -> None:
        """Takes in how many lines there are now, and stays where the reader is."""
        first_new = self.virtual_size.height
        follows = self.follows
        self._measuring = True
        self.virtual_size = Size(self._width, self.count())
        if follows and self.count() > self.size.height:
            self.scroll_to(y=self.count() - self.size.height, animate=False, force=True, immediate=True)
        else:
            self.refresh_lines(first_new, max(1, self.count() - first_new))
        self._measuring = False
