"""The console: one screen with a place above the log. Wires desk and panels, and guards against crashes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from textual import on
from textual.app import App, ComposeResult, SystemCommand
from textual.await_complete import AwaitComplete
from textual.events import Resize
from textual.filter import LineFilter
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import ContentSwitcher, Input

from pgbackup_tui.settings.selections import Selection
from pgbackup_tui.text import clean
from pgbackup_tui.tui.actions import Action, Place, actions_at, bindings_for, strip
from pgbackup_tui.tui.desk import Change, Desk, State
from pgbackup_tui.tui.entrance import Entrance
from pgbackup_tui.tui.guarded import GuardedApp
from pgbackup_tui.tui.line_filter import ControlFilter
from pgbackup_tui.tui.panels.browse import BrowsePanel
from pgbackup_tui.tui.panels.compose import ComposePanel
from pgbackup_tui.tui.panels.confirm import ConfirmPanel
from pgbackup_tui.tui.panels.connect import ConnectPanel
from pgbackup_tui.tui.panels.help import HelpPanel
from pgbackup_tui.tui.panels.history import HistoryPanel
from pgbackup_tui.tui.panels.jobs import JobsPanel
from pgbackup_tui.tui.panels.keep import KeepPanel
from pgbackup_tui.tui.panels.lock import LockPanel
from pgbackup_tui.tui.panels.log import LogPanel
from pgbackup_tui.tui.panels.panel import Ask, GoTo, KeysChanged, Panel
from pgbackup_tui.tui.present.headline import headline_words
from pgbackup_tui.tui.present.jobs import VERDICTS
from pgbackup_tui.tui.present.pieces import ASCII, BOXES
from pgbackup_tui.tui.selecting import Selecting
from pgbackup_tui.tui.stylesheets import stylesheet_paths
from pgbackup_tui.tui.title import set_title
from pgbackup_tui.tui.watch import FollowedTask
from pgbackup_tui.tui.widgets.words import Words

_TYPING = "type here; Enter is done  Esc cancels  Tab goes on"


class Console(GuardedApp):
    """The whole console for one desk."""

    TITLE = "pgbackup-tui"
    CSS_PATH = [str(path) for path in stylesheet_paths()]  # noqa: RUF012  # Textual's own name and type
    BINDINGS = bindings_for(Place.EVERYWHERE)
    AUTO_FOCUS = None  # it would be the filter, before that is hidden
    HORIZONTAL_BREAKPOINTS = [(0, "-tight"), (78, "-narrow"), (110, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-flat"), (22, "-low"), (34, "-high")]  # noqa: RUF012

    def __init__(
        self,
        desk: Desk,
        entrance: Entrance | None = None,
        *,
        read_only: bool = False,
        ascii_only: bool = False,
        ansi: bool = False,
        idle_minutes: float = 0,
        selection: str = "",
        furnished: Callable[[], None] = lambda: None,
    ) -> None:
        self._control_filter = ControlFilter(ascii_only=ascii_only)
        super().__init__(desk, entrance, ansi=ansi, idle_minutes=idle_minutes)
        if ansi:
            self.theme = "ansi-dark"
        self._furnished = furnished
        """Called when the console is on the screen, and everything that it is made of is loaded."""
        self.read_only = read_only
        self.place = Place.BROWSE
        self.selecting = Selecting(desk, selection)
        signs = ASCII if ascii_only else BOXES
        self._panels: dict[Place, Panel] = {
            kind.PLACE: kind(desk, signs, read_only=read_only)
            for kind in (BrowsePanel, ComposePanel, ConfirmPanel, JobsPanel, HistoryPanel, HelpPanel, LockPanel)
        }
        self._panels[Place.CONNECT] = ConnectPanel(desk, signs, entrance, read_only=read_only)
        self._panels[Place.KEEP] = KeepPanel(desk, signs, entrance, self._compose_panel.draft, read_only=read_only)
        self._log_panel = LogPanel(desk.log, signs)

    def compose(self) -> ComposeResult:
        yield Words(id="headline")
        with ContentSwitcher(initial=Place.BROWSE.value, id="places"):
            yield self._panels[Place.BROWSE]  # the others when the first frame is on the screen
        yield self._log_panel
        yield Words(id="keys")

    def on_mount(self) -> None:
        self.desk.changed = self._changed
        self.desk.fault = self.crash
        self.desk.watch.judged = self._tell_verdict
        self._panels[Place.BROWSE].enter()
        self._show_headline()
        self.begin_guarding()

    def on_ready(self) -> None:
        """The first frame is on the screen."""
        self.run_worker(self._furnish(), name="furnish")

    async def _furnish(self) -> None:
        """Makes the places that the first frame doesn't show, and connects."""
        places = self.query_one("#places", ContentSwitcher)
        for panel in self._panels.values():
            if not panel.is_attached:
                await places.add_content(panel)
        self.is_furnished.set()
        self._furnished()
        self.run_worker(self.desk.connect(), name="connect")

    async def on_unmount(self) -> None:
        await self.desk.close()

    def go_to(self, place: Place, *, back: bool = False) -> None:
        """Shows another place above the log, or one as it was left; locked, only what leads out of that."""
        if self.idle.is_locked and place not in (Place.LOCK, Place.CONNECT):
            return
        self._panels[self.place].leave()
        self.place = place
        self.query_one("#places", ContentSwitcher).current = place.value
        if back:
            self._panels[place].come_back()
        else:
            self._panels[place].enter()
        self._show_headline()

    @on(GoTo)
    def _go_to(self, event: GoTo) -> None:
        self.go_to(event.place, back=event.back)

    @on(Ask)
    def _ask(self, event: Ask) -> None:
        panel = self._panels[Place.CONFIRM]
        assert isinstance(panel, ConfirmPanel)  # noqa: S101  # it was made as one
        panel.ask(event.decision, event.back_to)
        self.go_to(Place.CONFIRM)

    @on(ConfirmPanel.Confirmed)
    def _confirmed(self, event: ConfirmPanel.Confirmed) -> None:
        self.go_to(event.decision.leads_to)
        self.run_worker(event.decision.carry_out(), name="carry out")

    def begin_opening(self, selection: Selection) -> None:
        """Marks what a named selection means, and goes on to the form, unless the person goes elsewhere first."""
        opening = self._open_selection(selection, self.place)
        self.run_worker(opening, name="selection", group="selection", exclusive=True)

    async def _open_selection(self, selection: Selection, asked_at: Place) -> None:
        if not await self.selecting.mark(selection):
            return
        self._compose_panel.draft.take_selection(selection)
        self.desk.changed(Change.TREE)
        if self.place is asked_at:
            self.go_to(Place.COMPOSE)

    @property
    def _compose_panel(self) -> ComposePanel:
        panel = self._panels[Place.COMPOSE]
        assert isinstance(panel, ComposePanel)  # noqa: S101  # it was made as one
        return panel

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
        if self._log_panel.view.has_focus:
            self._panels[self.place].come_back()
        else:
            self._log_panel.view.focus()

    def action_help(self) -> None:
        """The keys of where the person is, and back."""
        panel = self._panels[Place.HELP]
        assert isinstance(panel, HelpPanel)  # noqa: S101  # it was made as one
        if self.place is Place.HELP:
            panel.action_back()
            return
        panel.asked_from = self.place
        self.go_to(Place.HELP)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:  # noqa: ARG002
        """The palette: the actions of where the person is."""
        for action in actions_at(self._here()):
            owner = self._owner_of(action.place)
            if owner is not None and self._is_offered(action):
                yield SystemCommand(action.label, action.hint, getattr(owner, f"action_{action.name}"))
        for selection in self.selecting.offered if self.place in (Place.BROWSE, Place.COMPOSE) else ():
            patterns = clean(", ".join(selection.patterns))
            yield SystemCommand(f"open “{clean(selection.name)}”", patterns, partial(self.begin_opening, selection))

    def get_line_filters(self) -> Sequence[LineFilter]:
        return [*super().get_line_filters(), self._control_filter]

    def _tell_verdict(self, followed: FollowedTask) -> None:
        """The bell, and the word in the terminal's title: whoever waits looks elsewhere meanwhile."""
        word = VERDICTS[followed.progress.verdict][0]
        if self._driver is not None:
            self._driver.write("\a" + set_title(f"{word}: task {followed.outcome.task_id or '?'} - pgbackup-tui"))

    @on(Resize)
    def _resized(self, event: Resize) -> None:
        self._show_keys(event.size.width)

    def on_descendant_focus(self) -> None:
        self._show_keys()

    def pop_screen(self) -> AwaitComplete:
        """The palette is left; the focus comes back without an event of its own."""
        popped = super().pop_screen()
        self.call_after_refresh(self._show_keys)
        return popped

    @on(KeysChanged)
    def _keys_changed(self) -> None:
        self._show_keys()

    def _changed(self, change: Change) -> None:
        """The desk has news; only what shows it is painted."""
        if not self.is_running:
            return
        if change is Change.SIGN_IN:
            if self.desk.state is State.SIGNED_OUT or self.idle.is_locked:
                self.go_to(Place.CONNECT)
            self._show_headline()
            return
        here = self._panels[self.place]
        browse, jobs, lock = (self._panels[place] for place in (Place.BROWSE, Place.JOBS, Place.LOCK))
        assert isinstance(lock, LockPanel)  # noqa: S101  # they were made as these
        assert isinstance(browse, BrowsePanel)  # noqa: S101
        assert isinstance(jobs, JobsPanel)  # noqa: S101
        if self.idle.is_locked:
            lock.show()
        if change is Change.JOBS:
            jobs.show()
            if isinstance(here, HistoryPanel):
                here.show()
            self.forget_when_locked_and_nothing_is_followed()
        elif change is Change.TREE:
            browse.show_soon()
        else:
            browse.show()
        if change is Change.CONNECTION:
            self.take_in_profile(self._panels.values(), read_only=self.read_only)
            self._show_headline()
            wanted = self.selecting.take_wanted()
            if wanted is not None:
                self.begin_opening(wanted)

    def _owner_of(self, place: Place) -> App[None] | Widget | None:
        """Who does the actions of a place that the person is in."""
        if place is Place.EVERYWHERE:
            return self
        return self._log_panel if place is Place.LOG else self._panels.get(place)

    def _is_offered(self, action: Action) -> bool:
        owner = self._owner_of(action.place)
        if isinstance(owner, Panel):
            return owner.offers(action.name)
        return bool(self.check_action(action.name, ()))

    def _here(self) -> Place:
        """Where keys go: the place, or the log under it."""
        return Place.LOG if self._log_panel.has_focus_within else self.place

    def _show_headline(self) -> None:
        headline = self.query_one("#headline", Words)
        profile = self.desk.target.profile if self.desk.target else None
        is_production = profile is not None and bool(profile.production)
        headline.set_class(is_production, "-production")
        headline.styles.background = profile.color if is_production and profile and not self.ansi_color else None
        headline.say(headline_words(self.desk, self.place, read_only=self._panels[self.place].read_only))

    def _show_keys(self, width: int | None = None) -> None:
        keys = self.query_one("#keys", Words)
        if isinstance(self.focused, Input):
            keys.say(_TYPING)
        else:
            keys.say(strip(self._here(), max(1, (width or self.size.width) - 2), self._is_offered))
