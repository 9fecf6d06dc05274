"""The tree of clients, instances, backup sets and subclients."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.events import Click, Resize
from textual.message import Message

from pgbackup_tui.estate.place import Place
from pgbackup_tui.gently import let_go
from pgbackup_tui.tui.nodes import Kind, Node
from pgbackup_tui.tui.outline import Outline
from pgbackup_tui.tui.present.pieces import BOXES, Line, Signs
from pgbackup_tui.tui.present.tree import MARK_WIDTH, row
from pgbackup_tui.tui.widgets.line_view import LineView


class EstateTree(LineView):
    """Shows an outline. Opening a branch that isn't read asks for it and answers the key at once."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "Open or close", show=False),
        Binding("right,l", "open", "Open", show=False),
        Binding("left,h", "close", "Close", show=False),
    ]

    class MarkClicked(Message):
        """The mark of a row was clicked."""

    class FilterOpens(Message):
        """A branch was to be closed that the filter holds open."""

    class WidthChanged(Message):
        """The columns are elsewhere now."""

    class BranchWanted(Message):
        """Clients whose subclients have to be read."""

        def __init__(self, client_ids: list[int], *, ahead: bool = False) -> None:
            super().__init__()
            self.client_ids = client_ids
            self.ahead = ahead

    def __init__(
        self,
        outline: Outline,
        *,
        id: str | None = None,  # noqa: A002  # as every widget calls it
        signs: Signs = BOXES,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(id=id, signs=signs)
        self.outline = outline
        self._clock = clock
        self._rows: list[Node] = []
        self._last_path: Sequence[Place] = ()
        """What the cursor was on, and what that is in, from the client down; also while a filter finds nothing."""

    def count(self) -> int:
        return len(self._rows)

    def line(self, index: int, width: int) -> Line:
        return row(self._rows[index], self.outline, width, now=self._clock(), signs=self.signs)

    @property
    def node(self) -> Node | None:
        """The row that the cursor is on."""
        return self._rows[self.cursor] if self._rows else None

    def show(self) -> None:
        """Shows the outline as it is now, with the cursor on the row that it was on."""
        last, before = self.node, self._rows
        self._rows = self.outline.rows()
        if before and self._rows and before[0] is not self._rows[0]:
            self.run_worker(let_go(before), name="let go")  # nobody else has them after a reload
        if self.outline.come_back_to is not None:
            last = self.outline.find(self.outline.come_back_to)
            self._last_path = _places(self.outline.path_to(last)) if last is not None else ()
            self.outline.come_back_to = None
        if self._last_path:
            self.cursor = self._place_of(last, self._last_path)
        self.lines_changed()
        self._bring_into_sight()
        self._tell_cursor()

    def move_to(self, index: int) -> None:
        super().move_to(index)
        self._tell_cursor()

    def find(self, *names: str) -> Node | None:
        """The row shown whose last names from the root on are these, for instance client and instance."""
        path: list[str] = []
        for node in self._rows:
            path[node.depth :] = [node.name]
            if tuple(path[-len(names) :]) == names:
                return node
        return None

    def go_to(self, node: Node) -> None:
        """Puts the cursor on a row."""
        self.move_to(self._place_of(node, _places(self.outline.path_to(node))))

    def action_choose(self) -> None:
        """Enter: opens or closes a branch; reads what a search hasn't searched yet."""
        node = self.node
        if node is None:
            return
        if _is_of_the_search(node):
            self.post_message(self.BranchWanted(self.outline.unread(), ahead=True))
        elif node.is_branch:
            self._set_open(node, not node.is_open)

    def action_open(self) -> None:
        """Right: opens a branch, or goes to its first row."""
        node = self.node
        if node is None or not node.is_branch:
            return
        if node.is_open:
            self.move_to(self.cursor + 1)
        else:
            self._set_open(node, True)

    def action_close(self) -> None:
        """Left: closes a branch, or goes up to the branch that the row is in."""
        node = self.node
        if node is None:
            return
        if node.is_branch and node.is_open:
            self._set_open(node, False)
        else:
            for above in self.outline.path_to(node)[-2:-1]:
                self.go_to(above)

    def on_click(self, event: Click) -> None:
        """Where the marks are, a click marks; elsewhere it is as in every list."""
        index = event.y + self.scroll_offset.y
        if event.x <= MARK_WIDTH and index < self.count():
            event.prevent_default()
            self.move_to(index)
            self.post_message(self.MarkClicked())

    def on_resize(self, _event: Resize) -> None:
        self.post_message(self.WidthChanged())

    def _tell_cursor(self) -> None:
        """The next start of the console finds the cursor where it is now."""
        node = self.node
        if node is None:
            return
        self.outline.cursor = node.identity
        if not _is_of_the_search(node):
            self._last_path = _places(self.outline.path_to(node))

    def _set_open(self, node: Node, is_open: bool) -> None:
        if self.outline.holds_open(node):
            self.post_message(self.FilterOpens())
            return
        node.is_open = is_open
        if is_open and node.client_id in self.outline.unread():
            self.post_message(self.BranchWanted([node.client_id]))
        self.show()

    def _place_of(self, node: Node | None, path: Sequence[Place]) -> int:
        """Where a row is now, or the nearest branch that it was in; the first that a filter found if it hides both.

        Looked for by what it stands for, because reading a branch makes its rows anew.
        """
        for place, shown in enumerate(self._rows):
            if shown is node:  # nearly always, and much cheaper than to look for what it stands for
                return place
        places: dict[tuple[str, int, int], int] = {
            (shown.kind, shown.entity_id, shown.client_id): place for place, shown in enumerate(self._rows)
        }
        for step in reversed(path):
            found = places.get(step)
            if found is not None:
                return found
        return 0 if self.outline.filter else min(self.cursor, max(0, len(self._rows) - 1))


def _is_of_the_search(node: Node) -> bool:
    """Whether a row says something of the whole search, rather than of what is in a client."""
    return node.kind is Kind.NOTE and not node.client_id


def _places(path: Sequence[Node]) -> list[Place]:
    return [node.identity for node in path]
