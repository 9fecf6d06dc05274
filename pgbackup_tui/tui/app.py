"""The console: one screen with a place above the log. Wires desk and panels, and guards against crashes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import RenderableType
from textual import on
from textual.app import App, ComposeResult, SystemCommand
from textual.await_complete import AwaitComplete
from textual.events import Resize
from textual.filter import LineFilter
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import ContentSwitcher, Input

from pgbackup_tui.crash import last_words
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
from pgbackup_tui.tui.panels.lock import LockPanel
from pgbackup_tui.tui.panels.log import LogPanel
from pgbackup_tui.tui.panels.panel import Ask, GoTo, KeysChanged, Panel
from pgbackup_tui.tui.present.headline import headline_words
from pgbackup_tui.tui.present.jobs import VERDICTS
from pgbackup_tui.tui.present.pieces import ASCII, BOXES
from pgbackup_tui.tui.records import Severity
from pgbackup_tui.tui.stylesheets import stylesheet_paths
from pgbackup_tui.tui.title import set_title
from pgbackup_tui.tui.watch import FollowedTask
from pgbackup_tui.tui.widgets.words import Words

LEAVE_SECONDS = 10.0
"""How long a request that is under way is waited for when the console is left."""
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
    ) -> None:
        self._control_filter = ControlFilter(ascii_only=ascii_only)
        super().__init__(desk, entrance, ansi=ansi, idle_minutes=idle_minutes)
        if ansi:
            self.theme = "ansi-dark"
        self.read_only = read_only
        self.place = Place.BROWSE
        self.last_words = ""
        """What is said after a crash, when the terminal is restored."""
        self._is_leaving = False
        signs = ASCII if ascii_only else BOXES
        self._panels: dict[Place, Panel] = {
            kind.PLACE: kind(desk, signs, read_only=read_only)
            for kind in (BrowsePanel, ComposePanel, ConfirmPanel, JobsPanel, HistoryPanel, HelpPanel, LockPanel)
        }
        self._panels[Place.CONNECT] = ConnectPanel(desk, signs, entrance, read_only=read_only)
        self._log_panel = LogPanel(desk.log, signs)

    def compose(self) -> ComposeResult:
        yield Words(id="headline")
        with ContentSwitcher(initial=Place.BROWSE.value, id="places"):
            yield from self._panels.values()
        yield self._log_panel
        yield Words(id="keys")

    def on_mount(self) -> None:
        self.desk.changed = self._changed
        self.desk.fault = self._crash
        self.desk.watch.judged = self._tell_verdict
        self._panels[Place.BROWSE].enter()
        self._show_headline()
        self.begin_guarding()
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

    def action_quit_console(self) -> None:
        """Leaves; what was started goes on on the CommServe."""
        self.leave()

    def action_help_quit(self) -> None:
        """Ctrl+C, which Textual binds: many programs end at it, this one says how to leave."""
        self.desk.log.add(Severity.WARNING, "q leaves the console; jobs that were started go on.")

    def leave(self) -> None:
        """Leaves in order: a request that is under way is given time for its answer, unless this is asked twice."""
        if self._is_leaving or not self.desk.dispatch.is_sending:
            self.exit()
            return
        self._is_leaving = self.desk.dispatch.is_closing = True
        self.desk.log.add(
            Severity.WARNING,
            f"A request is under way: leaving when it is answered, in {LEAVE_SECONDS:.0f} s at most. "
            "q again leaves now; then nobody knows whether it was carried out.",
        )
        self.run_worker(self._leave_settled(), name="leave")

    async def _leave_settled(self) -> None:
        await self.desk.dispatch.settle(LEAVE_SECONDS)
        self.exit()

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:  # noqa: ARG002
        """The palette: the actions of where the person is."""
        for action in actions_at(self._here()):
            owner = self._owner_of(action.place)
            if owner is not None and self._is_offered(action):
                yield SystemCommand(action.label, action.hint, getattr(owner, f"action_{action.name}"))

    def get_line_filters(self) -> Sequence[LineFilter]:
        return [*super().get_line_filters(), self._control_filter]

    def _fatal_error(self) -> None:
        """In place of Textual's report, which prints locals, and with them the Authtoken."""
        self.bell()
        if self._exception is not None:
            self.last_words = last_words(self._exception)
        self._close_messages_no_wait()

    def panic(self, *renderables: RenderableType) -> None:  # noqa: ARG002
        """An error that draws itself would draw its values; it is reported as any other."""
        self._fatal_error()

    def _tell_verdict(self, followed: FollowedTask) -> None:
        """The bell, and the word in the terminal's title: whoever waits looks elsewhere meanwhile."""
        word = VERDICTS[followed.progress.verdict][0]
        if self._driver is not None:
            self._driver.write("\a" + set_title(f"{word}: task {followed.outcome.task_id or '?'} - pgbackup-tui"))

    def _crash(self, error: BaseException) -> None:
        """What failed outside of a message ends the console as if it had failed in one."""
        self.run_worker(_raise(error), name="crash")

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


async def _raise(error: BaseException) -> None:
    raise error
