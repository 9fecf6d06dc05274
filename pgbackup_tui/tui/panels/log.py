"""The log pane: always in sight, under every place."""

from __future__ import annotations

import os
import time
from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.events import Key
from textual.timer import Timer
from textual.widgets import Input

from pgbackup_tui.tui.actions import Place, bindings_for
from pgbackup_tui.tui.present.pieces import Signs
from pgbackup_tui.tui.records import LogStore, Severity
from pgbackup_tui.tui.widgets.log_view import LogView
from pgbackup_tui.tui.widgets.words import Words

_COALESCE = 0.1
"""Seconds in which new records are gathered before they are painted."""
_LEVELS = ((Severity.DETAIL, "everything"), (Severity.WARNING, "warnings and errors"), (Severity.ERROR, "errors"))


class LogPanel(Vertical):
    """The log, with its severity, its search and its export."""

    BINDINGS = bindings_for(Place.LOG)

    def __init__(self, store: LogStore, signs: Signs) -> None:
        super().__init__(id="log")
        self.store = store
        self.view = LogView(store, id="log-view", signs=signs)
        self._level = 0
        self._pending: Timer | None = None

    def compose(self) -> ComposeResult:
        yield Words(id="log-title", classes="title")
        field = Input(placeholder="search the log; Esc ends it", id="log-search", compact=True)
        field.cursor_blink = False
        yield field
        yield self.view

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
        self.view.lowest = _LEVELS[self._level][0]
        self.view.show_all()
        self._show_title()

    def action_search(self) -> None:
        """Opens the search."""
        field = self.query_one("#log-search", Input)
        field.display = True
        field.focus()

    def action_export(self) -> None:
        """Writes everything kept to a new file in the working folder, or in the home folder."""
        name = f"pgbackup-tui-log-{time.strftime('%Y%m%dT%H%M%S')}-{os.getpid()}.txt"
        for folder in (Path.cwd(), Path.home()):
            path = folder / name
            try:
                descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
                    stream.write(self.store.export())
            except OSError as error:
                self.store.add(Severity.WARNING, f"The log can't be written to {path}: {error.strerror}.")
                continue
            self.store.add(Severity.INFO, f"The log was written to {path}.")
            return

    @on(Input.Changed, "#log-search")
    def _search_changed(self, event: Input.Changed) -> None:
        self.view.needle = event.value.strip()
        self.view.show_all()
        self._show_title()

    @on(Input.Submitted, "#log-search")
    def _search_done(self) -> None:
        self.view.focus()

    def on_key(self, event: Key) -> None:
        """Esc ends the search."""
        field = self.query_one("#log-search", Input)
        if event.key == "escape" and field.display:
            event.stop()
            field.value = ""
            field.display = False
            self.view.focus()

    def _paint_new(self) -> None:
        self._pending = None
        self.view.show_new()

    def _show_title(self) -> None:
        words = f"LOG: {_LEVELS[self._level][1]}"
        if self.view.needle:
            words += f" that contains “{self.view.needle}”"
        self.query_one("#log-title", Words).say(words)
