"""The subclients of a task that is being composed."""

from __future__ import annotations

from pgbackup_tui.text import clean
from pgbackup_tui.times import age
from pgbackup_tui.tui.desk import Desk
from pgbackup_tui.tui.draft import Draft
from pgbackup_tui.tui.present.pieces import Line, Piece, Signs, Tone, fit_path, fit_right
from pgbackup_tui.tui.widgets.line_view import LineView


class Associations(LineView):
    """The subclients of the draft, one a line."""

    keeps_cursor = False

    def __init__(self, draft: Draft, desk: Desk, signs: Signs) -> None:
        super().__init__(id="associations", signs=signs)
        self._draft = draft
        self._desk = desk

    def count(self) -> int:
        return len(self._draft.subclients)

    def line(self, index: int, width: int) -> Line:
        chosen = list(self._draft.subclients.values())[index]
        last = age(chosen.last_backup, now=self._desk.clock())
        shown = clean(chosen.path)
        tail = fit_right(f"id {chosen.subclient_id}", 12) + fit_right(last, 14)
        return (Piece(fit_path(shown, max(1, width - 26), self.signs)), Piece(tail, Tone.DIM))
