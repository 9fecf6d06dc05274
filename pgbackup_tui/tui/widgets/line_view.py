"""A scrolling list that asks for the lines it shows, and paints again only what it is told has changed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Self

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.events import Click, Resize
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from pgbackup_tui.tui.present.log import wrap
from pgbackup_tui.tui.present.pieces import BOXES, Line, Piece, Signs, Tone

_CURSOR = "line-view--cursor"


class LineView(ScrollView, can_focus=True):
    """Base of the tree, the job table and the log. A subclass says how many lines there are and what is in them."""

    keeps_cursor = True
    """Whether the cursor is shown while the focus is elsewhere."""
    COMPONENT_CLASSES: ClassVar[set[str]] = {_CURSOR, *(f"line-view--{tone}" for tone in Tone)}

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "cursor(-1)", "Up", show=False),
        Binding("down,j", "cursor(1)", "Down", show=False),
        Binding("pageup,ctrl+b", "page(-1)", "Page up", show=False),
        Binding("pagedown,ctrl+f", "page(1)", "Page down", show=False),
        Binding("home,g", "edge(-1)", "First", show=False),
        Binding("end,G", "edge(1)", "Last", show=False),
    ]

    class OfLine(Message):
        """Something about one line."""

        def __init__(self, view: LineView, index: int) -> None:
            super().__init__()
            self.view = view
            self.index = index

        @property
        def control(self) -> LineView:
            return self.view

    class Reshaped(Message):
        """There is another width for lines, and for a heading over them."""

    class Chosen(OfLine):
        """A line was clicked, or Enter pressed on it."""

    class Moved(OfLine):
        """The cursor is on another line."""

    def __init__(self, *, id: str | None = None, signs: Signs = BOXES, shows_cursor: bool = True) -> None:  # noqa: A002
        super().__init__(id=id)
        self.signs = signs
        self.cursor = 0
        """The line that keys are about."""
        self._empty = ""
        self._style_of_paint: Style | None = None
        self.shows_cursor = shows_cursor

    @property
    def empty(self) -> str:
        """What is said in place of lines where there are none; it keeps the focus, so that keys still work."""
        return self._empty

    @empty.setter
    def empty(self, words: str) -> None:
        if words != self._empty:
            self._empty = words
            if not self.count():
                self.refresh()

    def count(self) -> int:
        """How many lines there are."""
        raise NotImplementedError

    def line(self, index: int, width: int) -> Line:
        """What is in a line, ``width`` columns wide."""
        raise NotImplementedError

    def lines_changed(self) -> None:
        """There are other lines now: measures and paints again, with the cursor on a line that exists."""
        self.cursor = max(0, min(self.cursor, self.count() - 1))
        self.virtual_size = Size(self.scrollable_content_region.width, self.count())
        self.refresh()

    def line_changed(self, index: int) -> None:
        """Paints one line again, if it is in sight."""
        if 0 <= index - self.scroll_offset.y < self.size.height:
            self.refresh_line(index)

    def part_changed(self, index: int, start: int, width: int) -> None:
        """Paints some columns of one line again, if it is in sight."""
        row = index - self.scroll_offset.y
        if 0 <= row < self.size.height:
            self.refresh(Region(start, row, width, 1))

    def move_to(self, index: int) -> None:
        """Puts the cursor on a line and brings it into sight."""
        before, self.cursor = self.cursor, max(0, min(index, self.count() - 1))
        if before == self.cursor:
            return
        self.line_changed(before)
        self._bring_into_sight()
        self.line_changed(self.cursor)
        self.post_message(self.Moved(self, self.cursor))

    def refresh(
        self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False
    ) -> Self:
        """Has something of it painted again, by Textual for whatever changes its looks."""
        self._style_of_paint = None
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    @property
    def _paint_style(self) -> Style:
        """``rich_style``, put together once a paint: for every line anew it would be a quarter of the work."""
        if self._style_of_paint is None:
            self._style_of_paint = self.rich_style
        return self._style_of_paint

    def render_line(self, y: int) -> Strip:
        """One painted line; called by Textual for lines in sight that need it."""
        index = y + self.scroll_offset.y
        width = self.scrollable_content_region.width
        base = self._paint_style
        if not self.count():
            words = _centered(self.empty, y, width, self.size.height)
            return Strip([Segment(words, base)]).adjust_cell_length(width, base)
        if index >= self.count():
            return Strip.blank(width, base)
        on_cursor = self.shows_cursor and index == self.cursor and (self.keeps_cursor or self.has_focus)
        under = self.get_component_rich_style(_CURSOR, partial=True) if on_cursor else Style.null()
        is_reversed = on_cursor and self.has_focus and self.app.native_ansi_color  # colours would be its background
        segments = [
            Segment(text, base + (Style.null() if is_reversed else self._tone(tone)) + under)
            for text, tone in self._pieces(index, width)
        ]
        return Strip(segments).adjust_cell_length(width, base + under)

    def action_cursor(self, by: int) -> None:
        """One line up or down."""
        if self.shows_cursor:
            self.move_to(self.cursor + by)
        else:
            self.scroll_to(y=self.scroll_offset.y + by, animate=False, force=True)

    def action_page(self, by: int) -> None:
        """As many lines as are in sight."""
        self.action_cursor(by * max(1, self.size.height - 1))

    def action_edge(self, to: int) -> None:
        """The first or the last line."""
        if self.shows_cursor:
            self.move_to(0 if to < 0 else self.count() - 1)
        else:
            self.scroll_to(y=0 if to < 0 else self.count(), animate=False, force=True)

    def action_choose(self) -> None:
        """Enter."""
        if self.count():
            self.post_message(self.Chosen(self, self.cursor))

    def on_click(self, event: Click) -> None:
        """A click puts the cursor there; on the cursor, it is Enter."""
        index = event.y + self.scroll_offset.y
        if not 0 <= index < self.count():
            return
        if not self.shows_cursor:
            return
        if index == self.cursor:
            self.action_choose()
        else:
            self.move_to(index)

    def on_resize(self, _event: Resize) -> None:
        self.post_message(self.Reshaped())
        self.lines_changed()
        self._bring_into_sight()

    def on_focus(self) -> None:
        self.line_changed(self.cursor)

    def on_blur(self) -> None:
        self.line_changed(self.cursor)

    def _pieces(self, index: int, width: int) -> Iterable[Piece]:
        if not self.shows_cursor:
            return self.line(index, width)
        pointer = self.signs.pointer if index == self.cursor and self.has_focus else " "
        return (Piece(pointer, Tone.MARK), *self.line(index, width - 1))

    def _tone(self, tone: Tone) -> Style:
        if tone is Tone.PLAIN:
            return Style.null()
        return self.get_component_rich_style(f"line-view--{tone}", partial=True)

    def _bring_into_sight(self) -> None:
        top, height = self.scroll_offset.y, self.size.height
        if height <= 0 or not self.shows_cursor:
            return
        if self.cursor < top:
            self.scroll_to(y=self.cursor, animate=False, force=True, immediate=True)
        elif self.cursor >= top + height:
            self.scroll_to(y=self.cursor - height + 1, animate=False, force=True, immediate=True)


def _centered(words: str, row: int, width: int, height: int) -> str:
    """The part of some words, wrapped and set in the middle, that is on a row."""
    lines = [part.strip() for line in words.split("\n") for part in wrap(line, max(10, width - 8))]
    place = row - max(0, (height - len(lines)) // 2)
    if not 0 <= place < len(lines):
        return ""
    return " " * max(0, (width - cell_len(lines[place])) // 2) + lines[place]
