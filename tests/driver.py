"""Drives the console as its user does, in words of the field; a test with it reads like a runbook.

    async with console_on(demo()) as console:
        await console.tree.open("pg-pay-01").mark("main", "FSBasedBackupSet", "default")
        await console.compose.open().level("FULL").start()
        await console.confirm.yes()
        await console.jobs.until_ended()

Each word queues a step; awaiting the last one takes them all, each as keys and with a wait for what it shows.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from textual.events import Key
from textual.pilot import Pilot

from pgbackup_tui.backup.attempt import Attempt
from pgbackup_tui.backup.journal.journal import Journal
from pgbackup_tui.secret import Secret
from pgbackup_tui.settings.profiles import Profile
from pgbackup_tui.simulator.server import SimulatedCommServe
from pgbackup_tui.target import Target
from pgbackup_tui.tui.actions import Place
from pgbackup_tui.tui.app import Console
from pgbackup_tui.tui.desk import Desk, State
from pgbackup_tui.tui.keymap import Keymap
from pgbackup_tui.tui.records import LogStore
from pgbackup_tui.tui.widgets.log_view import LogView
from pgbackup_tui.tui.widgets.text_view import TextView
from pgbackup_tui.tui.widgets.words import Words
from tests.panels import ComposeDriver, ConfirmDriver, JobsDriver, TreeDriver
from tests.running import private_state
from tests.story import Site, StoryClock, demo, whole_naps

MIDDLE = 0.5
"""Of the jitter between two looks."""
_KEY_NAMES = {" ": "space", "/": "slash", "\r": "enter", "\x13": "ctrl+s", "\x1b": "escape"}
PATIENCE = 20.0
"""Seconds after which something that doesn't show itself counts as missing."""


@dataclass(slots=True)
class ConsoleDriver:
    """A console that runs without a terminal."""

    app: Console
    pilot: Pilot[None]
    site: Site
    looks: int = 0

    @property
    def clock(self) -> StoryClock:
        return self.site.clock

    @property
    def desk(self) -> Desk:
        return self.app.desk

    @property
    def place(self) -> Place:
        return self.app.place

    @property
    def tree(self) -> TreeDriver:
        return TreeDriver(self)

    @property
    def compose(self) -> ComposeDriver:
        return ComposeDriver(self)

    @property
    def confirm(self) -> ConfirmDriver:
        return ConfirmDriver(self)

    @property
    def jobs(self) -> JobsDriver:
        return JobsDriver(self)

    async def press(self, *keys: str) -> None:
        """Presses keys, one after another."""
        for key in keys:
            await self.pilot.press(key)
            await self._until_carried_out()

    async def burst(self, keys: str) -> None:
        """Types characters faster than anything can be shown, as a slow line delivers them."""
        for character in keys:
            self.app.post_message(Key(_KEY_NAMES.get(character, character), character))
        await self._until_carried_out()

    async def _until_carried_out(self) -> None:
        await self.pilot.pause()
        await self.app.until_typed()
        if self.app.is_running:
            await self.pilot.pause()

    async def until(self, shown: Callable[[], bool]) -> None:
        """Waits until something is so; fails when it doesn't come."""
        async with asyncio.timeout(PATIENCE):
            while not shown():
                await self.pilot.pause()
                await asyncio.sleep(0.005)
        await self.pilot.pause()

    async def connected(self) -> None:
        """Waits until the estate is listed, or could not be."""
        await self.until(lambda: self.desk.state is not State.CONNECTING)

    def words(self, selector: str) -> str:
        """What a line of words says now."""
        return str(self.app.query_one(selector, Words).visual)

    def text(self, selector: str) -> str:
        """Everything that a view of text says now, in sight or not."""
        return self.app.query_one(selector, TextView).text

    def log(self) -> list[str]:
        """The texts of the log, oldest first."""
        return [record.text for record in self.desk.log.records]

    async def screen(self) -> str:
        """The screen as text, a line a row, without trailing blanks."""
        self.app.query_one(LogView).show_new()
        await self.pilot.pause()
        strips = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips) + "\n"


@asynccontextmanager
async def console_on(
    commserve: Callable[[StoryClock], SimulatedCommServe],
    *,
    size: tuple[int, int] = (80, 24),
    read_only: bool = False,
    ascii_only: bool = False,
    theme: str = "dark",
    keymap: Keymap = Keymap(),  # noqa: B008  # frozen
    reachable: bool = True,
    selection: str = "",
    saas: bool = False,
) -> AsyncIterator[ConsoleDriver]:
    """A console on a simulated CommServe, connected, on the story's clock; with ``saas`` it counts as SaaS."""
    clock = StoryClock()
    with commserve(clock) as server, private_state() as state:
        target = Target(server.url, Secret(server.token), "the demo", is_demo=True)
        target.profile = Profile("cloud", server.url, saas=True) if saas else None
        if not reachable:
            server.stop()

        desk = story_desk(target, state, clock)
        app = Console(
            desk, read_only=read_only, ascii_only=ascii_only, theme=theme, keymap=keymap, selection=selection
        )
        async with running(app, Site(server, clock), size) as driver:
            await driver.connected()
            yield driver


def story_desk(target: Target, state: Path, clock: StoryClock, *, keeps_estate: bool = False) -> Desk:
    """A desk on the story's clock, on which nothing is left to chance."""

    async def find() -> Target:
        return target

    return Desk(
        find,
        LogStore(clock=clock),
        lambda: Journal(state, clock),
        keeps_estate=keeps_estate,
        clock=clock,
        monotonic=clock,
        sleep=clock.sleep,
        jitter=lambda: MIDDLE,
        make_attempt=_attempts().__next__,
    )


@asynccontextmanager
async def running(app: Console, site: Site, size: tuple[int, int]) -> AsyncIterator[ConsoleDriver]:
    """A console that has just been started, and has all its places."""
    with whole_naps():
        async with app.run_test(size=size) as pilot:
            await app.is_furnished.wait()
            driver = ConsoleDriver(app, pilot, site)
            _count_looks(driver)
            yield driver


def _attempts() -> Iterator[Attempt]:
    """Attempts of one person in one night, each with an id of its own."""
    for number in itertools.count():
        yield Attempt(f"20261123T031200-{0x7F3A9C12 + number:08x}", "jane", "jump-01")


def _count_looks(driver: ConsoleDriver) -> None:
    told = driver.desk.changed

    def count(change: Any) -> None:
        driver.looks += change.name == "JOBS"
        told(change)

    driver.desk.changed = count


__all__ = ["ConsoleDriver", "console_on", "demo"]
