"""What the palette offers: every action of where one is, the selections of the profile, and the themes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from textual.app import SystemCommand
from textual.command import CommandPalette
from textual.widgets import Input, LoadingIndicator

from pgbackup_tui.settings.look import THEMES
from pgbackup_tui.text import clean
from pgbackup_tui.tui.actions import Action
from pgbackup_tui.tui.keymap import Keymap

if TYPE_CHECKING:
    from pgbackup_tui.settings.selections import Selection

PALETTE = "command_palette"
"""The action that opens it, which is not in it."""


class Palette(CommandPalette):
    """Textual's own, with a cursor that stays still: every blink would be sent over the line.

    Its sign that it is looking is painted sixteen times a second, also while it is hidden; here it is not at all.
    """

    def on_mount(self) -> None:
        self.query_one(Input).cursor_blink = False
        self.query_one(LoadingIndicator).auto_refresh = None


def of_actions(
    actions: Iterable[Action], keymap: Keymap, do: Callable[[Action], Callable[[], object]]
) -> Iterator[SystemCommand]:
    """The actions, each with its key; ``do`` gives what carries one out."""
    for action in actions:
        if action.name != PALETTE:
            yield SystemCommand(action.label, f"{keymap.shown(action)}: {action.hint}", do(action))


def of_selections(
    selections: Iterable[Selection], begin: Callable[[Selection], object], explain: Callable[[], object]
) -> Iterator[SystemCommand]:
    """The named selections; where there are none, how one is made."""
    found = False
    for selection in selections:
        found = True
        patterns = clean(", ".join(selection.patterns))
        yield SystemCommand(f"open “{clean(selection.name)}”", patterns, partial(begin, selection))
    if not found:
        yield SystemCommand("open a selection", "None is kept yet: choose this to see how one is.", explain)


def of_themes(wear: Callable[[str], object], worn: str) -> Iterator[SystemCommand]:
    """The themes but the one that is worn."""
    for name in THEMES:
        if name != worn:
            yield SystemCommand(f"theme {name}", "The colours, until the console is left.", partial(wear, name))
