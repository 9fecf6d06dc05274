"""Who may do anything at this console: signing in, changing the CommServe, and the lock after an idle time."""

from __future__ import annotations

import gc
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING

from textual.events import Event, Key, MouseDown, MouseScrollDown, MouseScrollUp, Paste

from pgbackup_tui.tui.actions import Place
from pgbackup_tui.tui.copying import CopyingApp
from pgbackup_tui.tui.desk import Desk, State
from pgbackup_tui.tui.idle import LOOK_SECONDS, IdleLock
from pgbackup_tui.tui.parts import Change
from pgbackup_tui.tui.records import Severity

if TYPE_CHECKING:
    from pgbackup_tui.target import Target
    from pgbackup_tui.tui.decision import Decision
    from pgbackup_tui.tui.entrance import Entrance
    from pgbackup_tui.tui.furnishing import Furniture
    from pgbackup_tui.tui.panels.connect import ConnectPanel
    from pgbackup_tui.tui.panels.panel import Panel

_TIDY_SECONDS = 300.0
_NOT_NOW = "Not now: this CommServe has something under way for this console."


class GuardedApp(CopyingApp):
    """An app for one desk that asks who is there, and locks when nobody is."""

    furniture: Furniture
    """What the first frame doesn't show: there as soon as ``is_furnished`` says so."""

    def __init__(self, desk: Desk, entrance: Entrance | None, *, idle_minutes: float) -> None:
        super().__init__(desk)
        self.entrance = entrance
        self.idle = IdleLock(desk.monotonic, idle_minutes)
        self._idle_minutes = idle_minutes

    def go_to(self, place: Place, *, back: bool = False) -> None:
        """Shows another place; with ``back`` as it was left."""
        raise NotImplementedError

    def ask(self, decision: Decision, back_to: Place) -> None:
        """Has the person decide; a no leads back to a place."""
        raise NotImplementedError

    def begin_guarding(self) -> None:
        """From now on: what a keyring is waited for is shown, and the idle time counts."""
        if self.entrance is not None:
            self.entrance.told = self._waiting_for
            self.desk.skip_waiting = self.entrance.skip
        self.set_interval(LOOK_SECONDS, self.lock_if_idle)
        self.set_interval(_TIDY_SECONDS, self._tidy)

    def take_in_profile(self, panels: Iterable[Panel], *, read_only: bool) -> None:
        """What the profile of the CommServe says of working with it; ``read_only`` was said for this run."""
        profile = self.desk.target.profile if self.desk.target else None
        for panel in panels:
            panel.read_only = read_only or (profile is not None and profile.read_only)
        self.desk.watch.warnings_are_partial = profile is not None and profile.warnings_are_partial
        if self._idle_minutes and profile is not None:
            self.idle.minutes = profile.idle_minutes

    def on_connect_panel_entered(self, event: ConnectPanel.Entered) -> None:
        """Somebody has signed in."""
        target, desk = event.target, self.desk
        open_jobs = desk.watch.open_jobs()
        if desk.is_sending or (self.idle.is_locked and open_jobs and not desk.is_same(target)):
            desk.log.answer(Severity.WARNING, _NOT_NOW)
        elif open_jobs and not desk.is_same(target):
            self._ask_to_leave(f"{target.user} on {target.where}", len(open_jobs), lambda: self._use(target))
        else:
            self.run_worker(self._use(target), name="sign in")

    async def _use(self, target: Target) -> None:
        was_asked = self.desk.prompt is not None and self.desk.prompt.is_open
        if self.idle.is_locked and self.desk.target is not None and not was_asked and self.desk.is_same(target):
            self._unlock()  # the connection is still there, and its jobs are followed
            return
        self._unlock()
        self.go_to(Place.JOBS if was_asked else Place.BROWSE)
        await self.desk.use(target)

    def on_connect_panel_profile_chosen(self, event: ConnectPanel.ProfileChosen) -> None:
        """Another profile is wanted."""
        open_jobs = self.desk.watch.open_jobs()
        if self.desk.is_sending or (self.idle.is_locked and open_jobs):
            self.desk.log.answer(Severity.WARNING, _NOT_NOW)
        elif open_jobs:
            self._ask_to_leave(f"the profile {event.name}", len(open_jobs), lambda: self._change_to(event.name))
        else:
            self.run_worker(self._change_to(event.name), name="change profile")

    def _ask_to_leave(self, whither: str, open_jobs: int, change: Callable[[], Awaitable[None]]) -> None:
        """Asks before the jobs of this CommServe are left to themselves."""
        from pgbackup_tui.tui.decision import leaving_decision  # not on the first frame

        self.ask(leaving_decision(whither, open_jobs, change), Place.CONNECT)

    async def _change_to(self, profile: str) -> None:
        assert self.entrance is not None  # noqa: S101  # only it has profiles
        self.entrance.choose(profile)
        self.go_to(Place.BROWSE)
        await self.desk.forget()
        await self.desk.connect()
        if self.desk.state is State.READY:
            self._unlock()

    def on_lock_panel_unlock_wanted(self) -> None:
        """Somebody is there again."""
        self.run_worker(self._prove(), name="unlock", group="unlock", exclusive=True)

    async def _prove(self) -> None:
        if await self.desk.prove():
            self._unlock()

    def _unlock(self) -> None:
        if self.idle.is_locked:
            self.idle.unlock()
            self.furniture.log.disabled = False
            self.go_to(Place.BROWSE)

    def lock_if_idle(self) -> None:
        """Locks a console that nobody touched for as long as its profile says."""
        if self.idle.is_due and not self.desk.is_sending:
            self.idle.lock()
            while len(self.screen_stack) > 1:  # the palette
                self.pop_screen()
            self.furniture.log.disabled = True
            self.go_to(Place.LOCK)
            self.forget_when_locked_and_nothing_is_followed()

    def action_suspend_process(self) -> None:
        """Ctrl+Z; who comes back from the shell after a long time finds it locked."""
        super().action_suspend_process()
        self.lock_if_idle()

    def forget_when_locked_and_nothing_is_followed(self) -> None:
        """Lets go of the token as soon as nobody needs it."""
        is_needed = self.desk.watch.open_jobs() or self.desk.recovery.is_searching
        if self.idle.is_locked and self.desk.target is not None and not is_needed:
            self.run_worker(self.desk.forget(), name="forget")

    def _tidy(self) -> None:
        """Looks for old garbage while nobody is there whose keys would have to wait."""
        if self.idle.seconds >= LOOK_SECONDS:
            gc.collect()

    def _waiting_for(self, keyring: str) -> None:
        self.desk.waiting_for = keyring
        self.desk.changed(Change.CONNECTION)

    async def on_event(self, event: Event) -> None:
        if isinstance(event, (Key, MouseDown, MouseScrollDown, MouseScrollUp, Paste)):
            self.idle.touched()
        await super().on_event(event)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While it is locked, only leaving, and a screen that can be read."""
        if self.idle.is_locked:
            return action in ("quit_console", "help_quit", "redraw")
        return super().check_action(action, parameters)
