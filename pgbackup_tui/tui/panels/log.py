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
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input

from pgbackup_tui.text import counted
from pgbackup_tui.tui.actions import Place, bindings_for
from pgbackup_tui.tui.copying import Copy
from pgbackup_tui.tui.keymap import Keymap
from pgbackup_tui.tui.present.opening import EVERYTHING
from pgbackup_tui.tui.present.pieces import Signs, fit
from pgbackup_tui.tui.records import LogStore, Record, Severity, Wanted
from pgbackup_tui.tui.widgets.field import hidden_field
from pgbackup_tui.tui.widgets.log_view import LogView
from pgbackup_tui.tui.widgets.selectable_log import SelectableLog
from pgbackup_tui.tui.widgets.words import Words

_COALESCE = 0.1
"""Seconds in which new records are gathered before they are painted."""
_LEVELS = (
    (Severity.DETAIL, EVERYTHING, f"{EVERYTHING} that contains"),
    (Severity.WARNING, "warnings and errors", "warnings and errors that contain"),
    (Severity.ERROR, "errors", "errors that contain"),
)


class LogPanel(Vertical):
    """The log, with its severity, its search and its export."""

    BINDINGS = bindings_for(Place.LOG)
    keymap = Keymap()

    class Left(Message):
        """The person goes back to the place above."""

    def __init__(self, store: LogStore, signs: Signs) -> None:
        super().__init__(id="log")
        self.store = store
        self.signs = signs
        self.view = SelectableLog(store, id="log-view", signs=signs)
        self._level = 0
        self._sought = ""
        self._is_found = False
        self._searched = ""
        self._pending: Timer | None = None
        self._exports = 0

    def compose(self) -> ComposeResult:
        yield Words(id="log-title", classes="title")
        yield hidden_field("log-search", "find in the log; Enter is done, Esc ends it")
        yield hidden_field("log-filter", "show only what contains this; Esc shows everything")
        yield self.view

    @property
    def is_behind(self) -> bool:
        """Whether there are records that are not painted yet."""
        return self._pending is not None

    def on_mount(self) -> None:
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

    def offers(self, action: str) -> bool:
        """Whether an action makes sense now, for the key strip."""
        return action not in ("older", "newer") or bool(self._sought)

    def action_search(self) -> None:
        """Opens the search, which goes to what is found."""
        self._open("#log-search")

    def action_only(self) -> None:
        """Opens the filter, which leaves out everything else; a search from before is over."""
        self._close("#log-search")
        self._open("#log-filter")

    def action_older(self) -> None:
        """The next older place."""
        self._seek_on(-1, "older")

    def action_newer(self) -> None:
        """The next newer place."""
        self._seek_on(1, "newer")

    def _seek_on(self, by: int, where: str) -> None:
        if not self._sought:
            self._answer(self.keymap.say("Nothing is searched for: {log.search} asks what."))
        elif not self.view.seek_on(by):
            self._answer(f"No {where} place has “{self._sought}” in it.")

    def _answer(self, words: str) -> None:
        self.store.answer(Severity.WARNING, words)

    def _open(self, field_name: str) -> None:
        field = self.query_one(field_name, Input)
        field.display = True
        field.focus()

    def _close(self, field_name: str) -> None:
        field = self.query_one(field_name, Input)
        field.value = ""
        field.display = False

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
        from pgbackup_tui.tui.exporting import export  # the log is on the first frame, files are not

        await export("The log", name, lambda: (f"{record.exported()}\n" for record in records), self.store)

    @on(Input.Changed, "#log-search")
    def _search_changed(self, event: Input.Changed) -> None:
        self._sought = event.value.strip()
        self._is_found = self.view.seek(self._sought)
        self._show_title()

    @on(Input.Changed, "#log-filter")
    def _filter_changed(self, event: Input.Changed) -> None:
        self._searched = event.value.strip()
        self._narrow()

    @on(Input.Submitted)
    def _typed(self, event: Input.Submitted) -> None:
        event.input.display = bool(event.value.strip()) and event.input.id == "log-filter"
        self.view.focus()

    def on_key(self, event: Key) -> None:
        """Esc ends the selection, then the search, then the filter, and then leads back to the place above."""
        if event.key != "escape":
            return
        event.stop()
        if self.view.is_selecting:
            self.view.end_selection()
            return
        fields = [self.query_one(name, Input) for name in ("#log-search", "#log-filter")]
        ended = next((field for field in fields if field.value or field.display), None)
        if ended is None:
            self.post_message(self.Left())
            return
        self._close(f"#{ended.id}")
        self.view.focus()

    def _paint_new(self) -> None:
        self._pending = None
        self.view.show_new()

    def _narrow(self) -> None:
        self.view.show_only(Wanted.from_words(_LEVELS[self._level][0], self._searched))
        self._show_title()

    def _emptiness(self) -> str:
        """What to say in place of lines, where nothing is let through."""
        severity = _LEVELS[self._level][0]
        if self._searched:
            kind = "" if severity is Severity.DETAIL else f" among the {_LEVELS[self._level][1]}"
            return f"No line{kind} contains “{self._searched}”.\nEsc shows everything."
        if severity is Severity.DETAIL:
            return ""
        return self.keymap.say(f"There are no {_LEVELS[self._level][1]} so far.\n{{log.levels}} shows more.")

    @on(LogView.Counted)
    @on(Resize)
    def _show_title(self) -> None:
        self.view.empty = self._emptiness()
        _, level, level_that_contains = _LEVELS[self._level]
        start, told = f"LOG: {level}", [""]
        if self._searched:
            start = f"LOG: {level_that_contains} “"
            told = [f"” · {self.view.matches:,}" + ("" if self.view.is_complete else " so far")]
        if self.view.is_selecting:
            told.append(f" · {len(self.view.selection):,} selected")
        elif self.view.shows_stray:
            told.append(", and the newest message")
        if self._sought:
            told.append(self._sought_words())
        title = self.query_one("#log-title", Words)
        room = title.content_size.width - cell_len(start)
        while len(told) > 1 and self._searched and cell_len(self._searched + "".join(told)) > room:
            told.pop()  # what the lines are filtered by is said whole before anything else is
        end = "".join(told)
        room = max(1, room - cell_len(end))
        searched = self._searched if cell_len(self._searched) <= room else fit(self._searched, room, self.signs)
        title.say(start + searched + end)

    def _sought_words(self) -> str:
        """What is searched for, and how one goes on."""
        sought = fit(self._sought, min(20, cell_len(self._sought)), self.signs)
        how = self.keymap.say(": {log.older} older, {log.newer} newer") if self._is_found else " is nowhere in it"
        return f" · “{sought}”{how}"
