"""What can be done where the person is: in the key strip, at a click on its words, and in the palette."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from textual import on
from textual.app import SystemCommand
from textual.await_complete import AwaitComplete
from textual.events import Resize
from textual.screen import Screen
from textual.widgets import Input

from pgbackup_tui.tui.actions import Action, Place, actions_at, strip
from pgbackup_tui.tui.desk import Desk
from pgbackup_tui.tui.guarded import GuardedApp
from pgbackup_tui.tui.keymap import Keymap
from pgbackup_tui.tui.present.pieces import Part
from pgbackup_tui.tui.records import Severity
from pgbackup_tui.tui.trail import Trail
from pgbackup_tui.tui.widgets.touchable import Touchable

if TYPE_CHECKING:
    from pgbackup_tui.settings.selections import Selection
    from pgbackup_tui.tui.entrance import Entrance
    from pgbackup_tui.tui.panels.log import LogPanel
    from pgbackup_tui.tui.panels.panel import Panel

_TYPING = "type here; Enter is done  Esc cancels  Tab goes on"

_SMALL = (60, 15)
"""Columns and rows; with fewer of either, much has no room, and a person is told why."""


class OfferingApp(GuardedApp):
    """An app of places over a log, each with its actions."""

    def __init__(
        self,
        desk: Desk,
        entrance: Entrance | None,
        keymap: Keymap,
        *,
        idle_minutes: float,
    ) -> None:
        super().__init__(desk, entrance, idle_minutes=idle_minutes)
        self.keymap = keymap
        self._is_small = False
        self.set_keymap(keymap.overrides())
        self.place = Place.BROWSE
        self.trail = Trail()
        self.panels: dict[Place, Panel] = {}

    @property
    def log_panel(self) -> LogPanel:
        """The log under every place."""
        return self.furniture.log

    def begin_opening(self, selection: Selection) -> None:
        """Marks what a named selection means, and goes on to the form."""
        raise NotImplementedError

    def wear(self, theme: str) -> None:
        """Shows itself in another theme."""
        raise NotImplementedError

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:  # noqa: ARG002
        """The palette: everything that can be done where the person is."""
        from pgbackup_tui.tui.palette import of_actions, of_selections, of_themes

        yield from of_actions(filter(self._is_offered, actions_at(self._here())), self.keymap, self._doing)
        if self.place in (Place.BROWSE, Place.COMPOSE):
            yield from of_selections(self.furniture.selecting.offered, self.begin_opening, self._tell_how_to_keep)
        yield from of_themes(self.wear, self.theme)

    @on(Resize)
    def _resized(self, event: Resize) -> None:
        self._show_keys(event.size.width)
        self.show_headline()
        was_small, self._is_small = self._is_small, event.size.width < _SMALL[0] or event.size.height < _SMALL[1]
        if self._is_small and not was_small:
            self.desk.log.answer(Severity.INFO, "80x24 is needed to see everything.")

    def on_descendant_focus(self) -> None:
        self._show_keys()
        self.show_headline()

    def show_headline(self) -> None:
        """Says where the person is."""
        raise NotImplementedError

    def action_command_palette(self) -> None:
        """Opens the palette."""
        from pgbackup_tui.tui.palette import Palette

        if not isinstance(self.screen, Palette):
            self.push_screen(Palette())

    def pop_screen(self) -> AwaitComplete:
        """The palette is left; the focus comes back without an event of its own."""
        popped = super().pop_screen()
        self.call_after_refresh(self._show_keys)
        return popped

    def on_keys_changed(self) -> None:
        """Other actions are offered now."""
        self._show_keys()

    def _doing(self, action: Action) -> Callable[[], object]:
        """What carries out an action of where the person is."""
        owner = self if action.place is Place.EVERYWHERE else self._owner_of(action.place)
        return getattr(owner, f"action_{action.name}")  # type: ignore[no-any-return]

    @on(Touchable.Touched)
    def _key_clicked(self, event: Touchable.Touched) -> None:
        action = event.target
        if not self.is_furnished.is_set() or not isinstance(action, Action):
            return
        if self._is_offered(action) and self.check_action(action.name, ()):
            self._doing(action)()

    def _tell_how_to_keep(self) -> None:
        words = self.keymap.say(
            "No selection is kept in this profile yet. Mark subclients, {browse.compose} composes, "
            "{compose.keep} keeps that under a name."
        )
        self.desk.log.answer(Severity.INFO, words)

    def _is_offered(self, action: Action) -> bool:
        if action.place is Place.EVERYWHERE:
            return bool(self.check_action(action.name, ()))
        if not self.is_furnished.is_set():
            return True  # the tree, where everything can be done that the strip says
        return self._owner_of(action.place).offers(action.name)

    def _owner_of(self, place: Place) -> Panel | LogPanel:
        """What does the actions of a place that isn't everywhere."""
        return self.log_panel if place is Place.LOG else self.panels[place]

    @property
    def way(self) -> list[Place]:
        """What led to where the person is, the log too."""
        return [*self.trail.places, *([Place.LOG] if self._here() is Place.LOG else [])]

    def _here(self) -> Place:
        """Where keys go: the place, or the log under it."""
        in_log = self.is_furnished.is_set() and self.log_panel.has_focus_within
        return Place.LOG if in_log else self.place

    def _show_keys(self, width: int | None = None) -> None:
        keys = next(self.query("#keys").results(Touchable), None)
        if keys is None:
            return  # the console is being left
        if isinstance(self.focused, Input):
            keys.show([Part(_TYPING)])
        else:
            room = max(1, (width or self.size.width) - 2)
            keys.show(strip(self._here(), room, self.keymap.shown, self._is_offered))
