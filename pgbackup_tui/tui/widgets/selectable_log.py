"""The log in which messages can be selected: from a mark to where the keys go that scroll otherwise."""

from __future__ import annotations

from pgbackup_tui.tui.present.log import selected
from pgbackup_tui.tui.present.pieces import BOXES, Line, Signs
from pgbackup_tui.tui.records import LogStore, Record, Wanted
from pgbackup_tui.tui.widgets.log_view import LogView


class SelectableLog(LogView):
    """A log of which whole messages are selected, each by its number: others come and go meanwhile."""

    def __init__(self, store: LogStore, *, id: str | None = None, signs: Signs = BOXES) -> None:  # noqa: A002
        super().__init__(store, id=id, signs=signs)
        self._mark: int | None = None
        """The number of the record that the selection began with."""
        self._at = 0
        """The number of the record that it reaches to."""

    @property
    def is_selecting(self) -> bool:
        """Whether keys move the end of a selection."""
        return self._mark is not None

    @property
    def selection(self) -> list[Record]:
        """The records that are selected, oldest first."""
        return self._lines.between(*self._ends) if self.is_selecting else []

    def begin_selection(self) -> None:
        """Selects the newest record in sight, if there is any."""
        if self.count():
            last = min(self.count(), self.scroll_offset.y + self.size.height) - 1
            self._mark = self._at = self._lines.number_at(self._lines.first + last)
            self._selection_changed()

    def end_selection(self) -> None:
        """Selects nothing."""
        self._mark = None
        self._selection_changed()

    def show_only(self, wanted: Wanted) -> None:
        self._mark = None
        super().show_only(wanted)

    def line(self, index: int, width: int) -> Line:
        line = super().line(index, width)
        if self._mark is None:
            return line
        first, last = self._ends
        is_selected = first <= self._lines.number_at(self._lines.first + index) <= last
        return selected(line, self.signs.pointer) if is_selected else line

    def action_scroll_by(self, by: int) -> None:
        """One line up or down; one record, while some are selected."""
        if self.is_selecting:
            self._reach(self._lines.number_beside(self._at, by))
        else:
            super().action_scroll_by(by)

    def action_page(self, by: int) -> None:
        if not self.is_selecting:
            super().action_page(by)
            return
        place = self._lines.places_of(self._at).start + by * max(1, self.size.height - 1)
        self._reach(self._lines.number_at(min(place, self._lines.end - 1)))

    def action_edge(self, to: int) -> None:
        if self.is_selecting:
            self._reach(self._lines.number_beside(self._at, to * self.store.capacity))
        else:
            super().action_edge(to)

    @property
    def _ends(self) -> tuple[int, int]:
        mark = self._at if self._mark is None else self._mark
        return min(mark, self._at), max(mark, self._at)

    def _reach(self, number: int) -> None:
        """Selects as far as another record, and brings it into sight."""
        self._at = number
        places, first = self._lines.places_of(number), self._lines.first
        top, end = places.start - first, places.stop - first
        if top < self.scroll_offset.y:
            self.scroll_to(y=top, animate=False, force=True, immediate=True)
        elif end > self.scroll_offset.y + self.size.height:
            self.scroll_to(y=end - self.size.height, animate=False, force=True, immediate=True)
        self._selection_changed()

    def _selection_changed(self) -> None:
        self._paint()
        self.post_message(self.Counted())
