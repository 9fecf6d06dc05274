"""The console: one screen with a place above the log. Wires desk and panels, and guards against crashes."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.filter import LineFilter

from pgbackup_tui.tui.actions import Place, bindings_for
from pgbackup_tui.tui.desk import Desk, State
from pgbackup_tui.tui.keymap import Keymap
from pgbackup_tui.tui.line_filter import ControlFilter
from pgbackup_tui.tui.offering import OfferingApp
from pgbackup_tui.tui.parsed_once import ParsedOnce
from pgbackup_tui.tui.parts import Change
from pgbackup_tui.tui.present.headline import headline, opening_headline
from pgbackup_tui.tui.present.pieces import ASCII, BOXES
from pgbackup_tui.tui.stylesheets import LATER, OPENING, stylesheet_paths
from pgbackup_tui.tui.themes import DEFAULT, MONO, Colorless, themes, tokens, wear_production
from pgbackup_tui.tui.title import set_title
from pgbackup_tui.tui.widgets.opening import Opening
from pgbackup_tui.tui.widgets.touchable import Touchable

if TYPE_CHECKING:
    from pgbackup_tui.settings.selections import Selection
    from pgbackup_tui.tui.decision import Decision
    from pgbackup_tui.tui.entrance import Entrance
    from pgbackup_tui.tui.panels.confirm import ConfirmPanel
    from pgbackup_tui.tui.panels.panel import Ask, GoTo
    from pgbackup_tui.tui.watch import FollowedTask

_FURNISHING = "pgbackup_tui.tui.furnishing"
_WRITING_SECONDS = 0.01
"""For which nothing keeps the interpreter from the thread that writes the frame to the terminal."""


class Console(OfferingApp):
    """The whole console for one desk."""

    TITLE = "pgbackup-tui"
    CSS_PATH = [str(path) for path in stylesheet_paths(OPENING)]  # noqa: RUF012  # Textual's own name and type
    BINDINGS = bindings_for(Place.EVERYWHERE)
    AUTO_FOCUS = None  # it would be the filter, before that is hidden

    def __init__(
        self,
        desk: Desk,
        entrance: Entrance | None = None,
        *,
        read_only: bool = False,
        ascii_only: bool = False,
        theme: str = DEFAULT,
        keymap: Keymap = Keymap(),  # noqa: B008  # frozen
        idle_minutes: float = 0,
        selection: str = "",
        furnished: Callable[[], None] = lambda: None,
    ) -> None:
        self._control_filter = ControlFilter(ascii_only=ascii_only)
        self._colorless = Colorless()
        self._furnished = furnished
        """Called when the console is on the screen, and everything that it is made of is loaded."""
        signs = ASCII if ascii_only else BOXES
        super().__init__(desk, entrance, keymap, idle_minutes=idle_minutes)
        self.stylesheet = ParsedOnce(variables=self.get_css_variables())
        for made in themes():
            self.register_theme(made)
        self.theme = theme
        self.read_only = read_only
        self._signs = signs
        self._selection = selection

    def compose(self) -> ComposeResult:
        yield Touchable(id="headline")
        yield Opening(id="opening")  # everything else when the first frame is on the screen
        yield Touchable(id="keys")

    def on_mount(self) -> None:
        self.show_headline()
        self._show_keys()

    def on_ready(self) -> None:
        """The first frame is on the screen."""
        self.run_worker(self._furnish(), name="furnish")

    async def _furnish(self) -> None:
        """Loads and makes what the first frame doesn't show, puts it in that frame's place, and connects."""
        await asyncio.sleep(_WRITING_SECONDS)
        await asyncio.to_thread(self._load)  # off the loop
        if self.ends_early():
            return
        self._make_places()
        with self.batch_update():
            await self.mount_all([self.furniture.places, self.log_panel], before="#keys")
            await self.query_one(Opening).remove()
            self.furniture.browse.enter()
        await self._painted()
        self.is_furnished.set()
        if self.ends_early():
            return
        self.begin_guarding()
        self._furnished()
        self.run_worker(self.desk.connect(), name="connect")

    def _make_places(self) -> None:
        from pgbackup_tui.tui.furnishing import furnish

        self.stylesheet.read_all(stylesheet_paths(LATER))
        self.furniture = furnish(self.desk, self._signs, self.entrance, self._selection, read_only=self.read_only)
        self.log_panel.keymap = self.keymap
        for panel in self.furniture.panels:
            panel.keymap = self.keymap
            self.panels[panel.PLACE] = panel
        self.desk.changed = self._changed
        self.desk.fault = self.crash
        self.desk.watch.judged = self._judged

    async def _painted(self) -> None:
        """Returns when what was mounted is on the screen."""
        painted = asyncio.Event()
        self.call_after_refresh(painted.set)
        await painted.wait()

    def _load(self) -> None:
        importlib.import_module(_FURNISHING)
        self.desk.make_all()

    async def on_unmount(self) -> None:
        await self.desk.close()

    def go_to(self, place: Place, *, back: bool = False) -> None:
        """Shows another place above the log, or one as it was left; locked, only what leads out of that."""
        if self.idle.is_locked and place not in (Place.LOCK, Place.CONNECT):
            return
        self.panels[self.place].leave()
        self.place = place
        self.trail.go(place)
        self.furniture.places.current = place.value
        if back:
            self.panels[place].come_back()
        else:
            self.panels[place].enter()
        self.show_headline()

    def on_go_to(self, event: GoTo) -> None:
        """Another place is wanted."""
        self.go_to(event.place, back=event.back)

    def on_go_back(self) -> None:
        """The place before this one is wanted."""
        self.go_to(self.trail.before, back=True)

    @on(Touchable.Touched)
    def _place_clicked(self, event: Touchable.Touched) -> None:
        if isinstance(event.target, Place) and event.target in self.panels and event.target is not Place.CONFIRM:
            self.go_to(event.target, back=True)

    def on_ask(self, event: Ask) -> None:
        """A decision has to be made by the person."""
        self.ask(event.decision, event.back_to)

    def ask(self, decision: Decision, back_to: Place) -> None:
        self.furniture.confirm.ask(decision, back_to)
        self.go_to(Place.CONFIRM)

    def on_confirm_panel_confirmed(self, event: ConfirmPanel.Confirmed) -> None:
        """What was asked is carried out, where it can be seen."""
        self.trail.begin()
        self.go_to(event.decision.leads_to)
        self.run_worker(event.decision.carry_out(), name="carry out")

    def begin_opening(self, selection: Selection) -> None:
        """Marks what a named selection means, and goes on to the form, unless the person goes elsewhere first.

        Where reading that costs much, it is asked first.
        """

        async def go_on() -> None:
            self._open_now(selection)

        question = self.furniture.selecting.question(selection, go_on)
        if question is not None:
            self.ask(question, self.place)
        else:
            self._open_now(selection)

    def _open_now(self, selection: Selection) -> None:
        opening = self._open_selection(selection, self.place)
        self.run_worker(opening, name="selection", group="selection", exclusive=True)

    async def _open_selection(self, selection: Selection, asked_at: Place) -> None:
        if not await self.furniture.selecting.mark(selection):
            return
        self.furniture.compose.draft.take_selection(selection)
        self.desk.changed(Change.TREE)
        if self.place is asked_at:
            self.go_to(Place.COMPOSE)

    def action_browse(self) -> None:
        """To the tree."""
        self.go_to(Place.BROWSE)

    def action_jobs(self) -> None:
        """To the jobs."""
        self.go_to(Place.JOBS)

    def action_history(self) -> None:
        """To what was asked, and what became of it."""
        self.go_to(Place.HISTORY)

    def action_connect(self) -> None:
        """To the profiles, and to signing in."""
        self.go_to(Place.CONNECT)

    def action_log(self) -> None:
        """Into the log, or back to the place above it."""
        if self.log_panel.view.has_focus:
            self.on_log_panel_left()
        else:
            self.log_panel.view.focus()

    def on_log_panel_left(self) -> None:
        """Out of the log."""
        self.panels[self.place].come_back()

    def action_help(self) -> None:
        """The keys of where the person is, and back."""
        panel = self.furniture.help
        if self.place is Place.HELP:
            panel.action_back()
            return
        panel.asked_from = self.place
        self.go_to(Place.HELP)

    def get_line_filters(self) -> Sequence[LineFilter]:
        colors = [self._colorless] if self.theme == MONO else []
        return [*super().get_line_filters(), *colors, self._control_filter]

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Of Textual's own themes, which don't have our meanings."""
        return dict(tokens()[DEFAULT])

    def _judged(self, followed: FollowedTask) -> None:
        """The tree is told of the backups that there are now; the bell, and the word in the terminal's title."""
        self.desk.catalogue.refresh(followed.backed_up())
        if self._driver is not None:
            self._driver.write("\a" + set_title(f"{followed.verdict_words} - pgbackup-tui"))

    def _changed(self, change: Change) -> None:
        """The desk has news; only what shows it is painted."""
        if not self.is_running:
            return
        if change is Change.SIGN_IN:
            if self.desk.state is State.SIGNED_OUT or self.idle.is_locked:
                self.go_to(Place.CONNECT)
            self.show_headline()
            return
        if self.idle.is_locked:
            self.furniture.lock.show()
        if change is Change.JOBS:
            self.furniture.jobs.show()
            if self.place is Place.HISTORY:
                self.furniture.history.show()
            self.forget_when_locked_and_nothing_is_followed()
        elif change is Change.TREE:
            self.furniture.browse.show_soon()
        else:
            self.furniture.browse.show()
        if change is Change.CONNECTION:
            self.take_in_profile(self.panels.values(), read_only=self.read_only)
            self.show_headline()
            wanted = self.furniture.selecting.take_wanted()
            if wanted is not None:
                self.begin_opening(wanted)

    def wear(self, theme: str) -> None:
        self.theme = theme
        self.show_headline()

    def show_headline(self) -> None:
        line = next(self.query("#headline").results(Touchable), None)
        if line is None:
            return  # the console is being left
        width = max(1, self.size.width - 2)
        if not self.is_furnished.is_set():
            line.show(opening_headline(width, read_only=self.read_only))
            return
        profile = self.desk.target.profile if self.desk.target else None
        is_production = profile is not None and bool(profile.production)
        color = profile.color if is_production and profile else ""
        wear_production(line, color, is_ansi=self.native_ansi_color)
        read_only = self.panels[self.place].read_only
        line.show(headline(self.desk, self.way, self.keymap, width, read_only=read_only))
