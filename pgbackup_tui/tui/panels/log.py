"""The log pane: always in sight, under every place."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence

from rich.cells import cell_len
from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.events import Key, Resize
from textual.timer import Timer
from textual.widgets import Input

from pgbackup_tui.text import counted
from pgbackup_tui.tui.actions import Place, bindings_for
from pgbackup_tui.tui.copying import Copy
from pgbackup_tui.tui.exporting import export
from pgbackup_tui.tui.present.pieces import Signs, fit
from pgbackup_tui.tui.records import LogStore, Record, Severity, Wanted
from pgbackup_tui.tui.widgets.field import TextField
from pgbackup_tui.tui.widgets.log_view import LogView
from pgbackup_tui.tui.widgets.selectable_log import SelectableLog
from pgbackup_tui.tui.widgets.words import Words

_COALESCE = 0.1
"""Seconds in which new records are gathered before they are painted."""
_LEVELS = (
    (Severity.DETAIL, "everything", "everything that contains"),
    (Severity.WARNING, "warnings and errors", "warnings and errors that contain"),
    (Severity.ERROR, "errors", "errors that contain"),
)


class LogPanel(Vertical):
    """The log, with its severity, its search and its export."""

    BINDINGS = bindings_for(Place.LOG)

    def __init__(self, store: LogStore, signs: Signs) -> None:
        super().__init__(id="log")
        self.store = store
        self.signs = signs
        self.view = SelectableLog(store, id="log-view", signs=signs)
        self._level = 0
        self._searched = ""
        self._pending: Timer | None = None
        self._exports = 0

    def compose(self) -> ComposeResult:
        yield Words(id="log-title", classes="title")
        yield TextField("log-search", "search the log; Esc ends it")
        yield self.view

    @property
    def is_behind(self) -> bool:
        """Whether there are records that are not painted yet."""
        return self._pending is not None

    def on_mount(self) -> None:
        self.query_one("#log-search").display = False
        self.store.on_added = self.records_added
        self._show_title()

    def records_added(self) -> None:
        """New records are painted together, a moment later."""
        if self._pending is None:
            self._pending = self.set_timer(_COALESCE, self._paint_new)

    def action_levels(self) -> None:
        """The next of: everything, warnings and errors, errors."""
        self._level = (self._level + 1) % len(_LEVELS)
        self._narrow()

    def action_search(self) -> None:
        """Opens the search."""
        field = self.query_one("#log-search", Input)
        field.display = True
        field.focus()

    def action_export(self) -> None:
        """Writes everything kept to a new file in the working folder, or in the home folder."""
        self._exports += 1
        name = f"pgbackup-tui-log-{time.strftime('%Y%m%dT%H%M%S')}-{os.getpid()}-{self._exports}.txt"
        self._export(name, tuple(self.store.records))

    def action_select(self) -> None:
        """Begins a selection at the newest line in sight, or ends it."""
        if self.view.is_selecting:
            self.view.end_selection()
        else:
            self.view.begin_selection()

    def action_copy(self) -> None:
        """Copies the selected lines; where none are, those that level and search leave."""
        chosen = self.view.selection
        if chosen:
            self.view.end_selection()
            self._copy(counted(len(chosen), "log line"), chosen, Wanted())
            return
        self.view.show_new()
        if self.view.is_complete and not self.view.matches:
            self.store.answer(Severity.WARNING, "Nothing is shown that could be copied.")
            return
        what = counted(self.view.matches, "log line") if self.view.is_complete else "the log lines that are shown"
        self._copy(what, tuple(self.store.records), self.view.wanted)

    def _copy(self, what: str, records: Sequence[Record], wanted: Wanted) -> None:
        def make() -> str:
            return "\n".join(record.exported() for record in records if wanted.includes(record))

        self.post_message(Copy(what, make))

    @work(name="write the log")
    async def _export(self, name: str, records: Sequence[Record]) -> None:
        await export("The log", name, lambda: (f"{record.exported()}\n" for record in records), self.store)

    @on(Input.Changed, "#log-search")
    def _search_changed(self, event: Input.Changed) -> None:
        self._searched = event.value.strip()
        self._narrow()

    @on(Input.Submitted, "#log-search")
    def _search_done(self) -> None:
        self.view.focus()

    def on_key(self, event: Key) -> None:
        """Esc ends the selection, and then the search."""
        field = self.query_one("#log-search", Input)
        if event.key == "escape" and self.view.is_selecting:
            event.stop()
            self.view.end_selection()
        elif event.key == "escape" and field.display:
            event.stop()
            field.value = ""
            field.display = False
            self.view.focus()

    def _paint_new(self) -> None:
        self._pending = None
        self.view.show_new()

    def _narrow(self) -> None:
        self.view.show_only(Wanted.from_words(_LEVELS[self._level][0], self._searched))
        self._show_title()

    @on(LogView.Counted)
    @on(Resize)
    def _show_title(self) -> None:
        _, level, level_that_contains = _LEVELS[self._level]
        start, end = f"LOG: {level}", ""
        if self._searched:
            start = f"LOG: {level_that_contains} “"
            end = f"” · {self.view.matches:,}" + ("" if self.view.is_complete else " so far")
        if self.view.is_selecting:
            end += f" · {len(self.view.selection):,} selected"
        elif self.view.shows_stray:
            end += ", and the newest message"
        title = self.query_one("#log-title", Words)
        room = max(1, title.content_size.width - cell_len(start + end))
        searched = self._searched if cell_len(self._searched) <= room else fit(self._searched, room, self.signs)
        title.say(start + searched + end)
