"""The subclients of a task that is being composed."""

from __future__ import annotations

from pgbackup_tui.backup.task import Level
from pgbackup_tui.tui.draft import Draft
from pgbackup_tui.tui.foresight import Foresight
from pgbackup_tui.tui.present.compose import association
from pgbackup_tui.tui.present.pieces import Line, Signs
from pgbackup_tui.tui.widgets.line_view import LineView


class Associations(LineView):
    """The subclients of the draft, one a line, with what is known of each."""

    keeps_cursor = False

    def __init__(self, draft: Draft, foresight: Foresight, signs: Signs) -> None:
        super().__init__(id="associations", signs=signs)
        self._draft = draft
        self._foresight = foresight

    def count(self) -> int:
        return len(self._draft.subclients)

    def line(self, index: int, width: int) -> Line:
        chosen = list(self._draft.subclients.values())[index]
        known = self._foresight.outlook([chosen], self._draft.level or Level.FULL)
        return association(
            chosen, known[0] if known else None, width, now=self._foresight.desk.server_time(), signs=self.signs
        )
