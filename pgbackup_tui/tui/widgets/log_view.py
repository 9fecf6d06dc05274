"""The log: a view of records, wrapped to its width, which follows the newest unless it was scrolled up."""

from __future__ import annotations

import asyncio
import time
from itertools import zip_longest
from typing import ClassVar

from rich.cells import cell_len
from textual import work
from textual.binding import Binding, BindingType
from textual.events import Resize
from textual.geometry import Region, Size
from textual.message import Message
from textual.scrollbar import ScrollBar

from pgbackup_tui.tui.present.log import with_found
from pgbackup_tui.tui.present.pieces import BOXES, Line, Piece, Signs
from pgbackup_tui.tui.records import LogStore, Wanted
from pgbackup_tui.tui.widgets.calm_scrollbar import CalmScrollBar
from pgbackup_tui.tui.widgets.line_view import LineView
from pgbackup_tui.tui.widgets.log_lines import LogLines

_SLICE = 0.01
"""Seconds for which records are looked at before keys and paint have their turn."""
_BURST = 5000
"""New records from which on the newest are looked at first, by beginning anew: a slice may not get as far."""


class LogView(LineView):
    """Shows the records that are wanted."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "scroll_by(-1)", "Up", show=False),
        Binding("down,j", "scroll_by(1)", "Down", show=False),
    ]

    class Counted(Message):
        """Another number of records is shown, or all of them were looked at."""

    def __init__(self, store: LogStore, *, id: str | None = None, signs: Signs = BOXES) -> None:  # noqa: A002
        super().__init__(id=id, signs=signs, shows_cursor=False)
        self.store = store
        self.wanted = Wanted()
        self.follows = True
        """Whether the newest line is kept in sight."""
        self._since = 0
        """The number that the next record had when the log was narrowed to what is wanted."""
        self._lines = self._lines_from(store.taken, width=0)
        self._reading = 0
        """The number of the record at the top of what someone who doesn't follow reads."""
        self._top = 0
        """The place of the line at the top of it."""
        self._in_sight: list[Line] = []
        self._counted: tuple[object, ...] = ()
        self._settles = False
        self._sought = ""
        self._found_at = 0
        """The number of the record that was found last."""

    @property
    def vertical_scrollbar(self) -> ScrollBar:
        """Textual's own way to make one, with a calmer bar."""
        if self._vertical_scrollbar is None:
            self._vertical_scrollbar = CalmScrollBar(name="vertical", thickness=self.scrollbar_size_vertical)
            self._vertical_scrollbar.display = False
            self.app._start_widget(self, self._vertical_scrollbar)
        return self._vertical_scrollbar

    @property
    def matches(self) -> int:
        """How many records are wanted, as far as they were looked at."""
        return self._lines.matches

    @property
    def is_complete(self) -> bool:
        """Whether all records were looked at."""
        return self._lines.is_complete

    @property
    def shows_stray(self) -> bool:
        """Whether the last record is shown because it is urgent or an answer, and not because it is wanted."""
        return self._lines.stray is not None

    def count(self) -> int:
        return self._lines.count

    def line(self, index: int, width: int) -> Line:  # noqa: ARG002  # wrapped to it already
        return with_found(self._lines.line(self._lines.first + index), self._sought)

    def seek(self, words: str) -> bool:
        """Shows where some words are, and goes to the newest place; False where they are nowhere."""
        self._sought = words
        self._found_at = self.store.taken
        self._paint()
        return bool(words) and self.seek_on(-1)

    def seek_on(self, by: int) -> bool:
        """Goes on to the next older (-1) or newer place (1) with the words; False where there is none."""
        found = self.store.find(self.wanted, self._sought, self._found_at, by)
        if found is None:
            return False
        self._found_at = found
        self._reading, self.follows = found, False
        self._begin()
        return True

    def show_only(self, wanted: Wanted) -> None:
        """Narrows the log to other records, or widens it."""
        self.wanted = wanted
        self._since = self.store.taken
        self._begin()

    def show_new(self) -> None:
        """Takes in the records that were added since the last time."""
        lines, taken = self._lines, self.store.taken
        if self._width <= 0:
            return
        if taken > lines.seen and lines.reaches_newest and self.scroll_offset.y >= self.max_scroll_y:
            self.follows = True  # whoever has the newest in sight when newer ones come, goes on with them
        burst = self.follows and taken - lines.seen > _BURST
        if burst or self.store.dropped > lines.seen or lines.width != self._width:
            self._begin()
            return
        lines.take_in()
        self._look()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:  # noqa: ARG002  # Textual gives both
        """Someone who scrolls up wants to read there; at the bottom again, the newest is kept in sight.

        In place of Textual's own, which paints every line again.
        """
        if self._settles:
            return
        self.vertical_scrollbar.position = new_value
        self.follows = new_value >= self.max_scroll_y
        self._top = self._lines.first + round(new_value)
        self._reading = self._lines.number_at(self._top)
        self._paint()

    def on_resize(self, _event: Resize) -> None:
        if self._lines.width != self._width:
            self._begin()
        else:
            self._settle()

    def action_scroll_by(self, by: int) -> None:
        """One line up or down."""
        self.scroll_to(y=self.scroll_offset.y + by, animate=False, force=True)

    def action_page(self, by: int) -> None:
        """As many lines as are in sight."""
        self.action_scroll_by(by * max(1, self.size.height - 1))

    def action_edge(self, to: int) -> None:
        """The first line, or the newest."""
        self.scroll_to(y=0 if to < 0 else self.count(), animate=False, force=True)

    @property
    def _width(self) -> int:
        return self.scrollable_content_region.width

    def _lines_from(self, number: int, width: int) -> LogLines:
        ascii_only = self.signs is not BOXES
        return LogLines(self.store, self.wanted, width, number, since=self._since, ascii_only=ascii_only)

    def _begin(self) -> None:
        """Makes the lines anew, from where the reader is: with another width, or other records."""
        if self._width <= 0:
            return
        at = self.store.taken if self.follows else max(self._reading, self.store.dropped)
        self._lines = self._lines_from(at, self._width)
        self._top = 0
        self._look()

    def _look(self) -> None:
        """Looks at records for as long as the loop may be held; at the others between keys and paint."""
        self._look_on()
        if not self.is_complete:
            self._look_at_others()

    @work(name="look at the log", group="look at the log", exclusive=True)
    async def _look_at_others(self) -> None:
        while not self.is_complete:
            await asyncio.sleep(0)
            self._look_on()

    def _look_on(self) -> None:
        self._lines.look(time.perf_counter() + _SLICE)
        self._settle()
        counted = (self.matches, self.is_complete, self.shows_stray)
        if counted != self._counted:
            self._counted = counted
            self.post_message(self.Counted())

    def _settle(self) -> None:
        """Takes in how many lines there are now, and stays where the reader is."""
        if self._width <= 0:
            return
        self._settles = True
        # Set in the usual way, the size would have the whole screen laid out again, and every line here and every
        # scroll bar painted. But only the bar here has to know, which is always there; and of both at once.
        self.set_reactive(LogView.virtual_size, Size(self._width, self.count()))
        y = self.max_scroll_y if self.follows else self._top - self._lines.first
        self.scroll_to(y=y, animate=False, force=True, immediate=True)
        self._settles = False
        bar = self.vertical_scrollbar
        bar.set_reactive(ScrollBar.window_virtual_size, self.count())
        bar.set_reactive(ScrollBar.position, self.scroll_offset.y)
        bar.refresh()
        self._paint()

    def _pieces(self, index: int, width: int) -> Line:
        """Blanks are of one piece with the text: to begin another costs as much as forty of them."""
        line = self.line(index, width)
        return (*line[:-1], Piece(line[-1].text + " " * (width - _columns(line)), line[-1].tone))

    def _paint(self) -> None:
        """Paints the lines in sight that are others now, each as far as there is or was text."""
        top, first, end = self.scroll_offset.y, self._lines.first, self._lines.end
        places = range(first + top, min(end, first + top + self.size.height))
        before, self._in_sight = self._in_sight, [self.line(place - first, self._width) for place in places]
        if bool(before) != bool(self._in_sight) and self.empty:
            self.refresh()  # it was said in place of lines, or is said now
            return
        for row, (old, new) in enumerate(zip_longest(before, self._in_sight, fillvalue=())):
            if old != new:
                self.refresh(Region(0, row, max(_columns(old), _columns(new)), 1))


def _columns(line: Line) -> int:
    return sum(cell_len(piece.text) for piece in line)
