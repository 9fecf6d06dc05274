"""A console that was left once before: what it remembers, and what has changed on its CommServe since."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pgbackup_tui.estate.cache_files import EstateFiles
from pgbackup_tui.secret import Secret
from pgbackup_tui.settings.profiles import Profile
from pgbackup_tui.simulator.estate import Estate
from pgbackup_tui.simulator.server import SimulatedCommServe
from pgbackup_tui.simulator.world import World
from pgbackup_tui.target import Target
from pgbackup_tui.tui.app import Console
from pgbackup_tui.tui.outline import Reading
from tests.driver import ConsoleDriver, running, story_desk
from tests.running import private_state
from tests.story import NIGHT, Site, StoryClock

FILES = "FSBasedBackupSet"
EVENING_BEFORE = NIGHT - 24 * 3600 - 31 * 60
"""22 November 2026, 02:41 UTC."""
Change = Callable[[World], None]


def unchanged(world: World) -> None:
    """The CommServe is as it was."""


def without(*names: str) -> Change:
    """Clients, instances and subclients of these names are not there, nor what is under them."""

    def take_away(world: World) -> None:
        full = world.estate
        clients = [found for found in full.clients.values() if found.name not in names]
        instances = [found for found in full.instances.values() if found.client in clients]
        instances = [found for found in instances if found.name not in names]
        sets = [found for found in full.backupsets.values() if found.instance in instances]
        subclients = [found for found in full.subclients.values() if found.backupset in sets]
        subclients = [found for found in subclients if found.name not in names]
        world.estate = Estate(clients, instances, sets, subclients)

    return take_away


async def nothing(console: ConsoleDriver) -> None:
    """Only looked at the tree."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """What was done in the run before, and what the CommServe had before and has since."""

    reach: Callable[[ConsoleDriver], Awaitable[None]] = nothing
    had: Change = unchanged
    since: Change = unchanged


async def open_a_branch(console: ConsoleDriver) -> None:
    await console.tree.open("pg-pay-01").go_to("pg-pay-01", "archive", FILES, "default")


async def open_and_close_a_branch(console: ConsoleDriver) -> None:
    await console.tree.open("pg-pay-01")
    await console.press("left")


OPENED, READ = Earlier(open_a_branch), Earlier(open_and_close_a_branch)
"""A branch was left open; one was read and closed again."""


async def until_remembered(console: ConsoleDriver) -> None:
    await console.until(lambda: bool(console.desk.outline.clients))


async def until_fresh(console: ConsoleDriver) -> None:
    await console.connected()
    await console.until(lambda: Reading.NOW not in console.desk.outline.reading.values())


def names(console: ConsoleDriver) -> list[str]:
    """The names of the rows, from top to bottom."""
    return [node.name for node in console.tree.panel.tree_view._rows]


@dataclass(slots=True)
class Night:
    """A CommServe, a state folder, and one console after another on them."""

    site: Site
    state: Path
    url: str = field(init=False)
    _full: Estate = field(init=False)

    def __post_init__(self) -> None:
        self.url, self._full = self.site.server.url, self.site.server.world.estate

    @property
    def files(self) -> EstateFiles:
        return EstateFiles(self.state)

    def change(self, change: Change) -> None:
        """From now on the CommServe has all that it can have, but for this."""
        world = self.site.server.world
        with world.lock:
            world.estate = self._full
            change(world)

    @asynccontextmanager
    async def console(
        self, *, size: tuple[int, int] = (80, 24), token: str = "", profile: str = "", theme: str = "dark"
    ) -> AsyncIterator[ConsoleDriver]:
        """A console that has just been started, with what the last one kept."""
        server = self.site.server
        target = Target(self.url, Secret(token or server.token), "the environment")
        target.profile = Profile(profile, self.url) if profile else None
        desk = story_desk(target, self.state, self.site.clock, keeps_estate=True)
        async with running(Console(desk, theme=theme), self.site, size) as console:
            yield console

    async def evening(self, earlier: Earlier = Earlier()) -> None:  # it is frozen
        """The run of the evening before, to its end; then it is night."""
        self.site.clock.now = EVENING_BEFORE
        self.change(earlier.had)
        async with self.console() as console:
            await console.connected()
            await earlier.reach(console)
        self.change(earlier.since)
        self.site.clock.now = NIGHT


@contextmanager
def night_on(commserve: Callable[[StoryClock], SimulatedCommServe]) -> Iterator[Night]:
    """A night on a simulated CommServe."""
    clock = StoryClock()
    with commserve(clock) as server, private_state() as state:
        yield Night(Site(server, clock), state)


@asynccontextmanager
async def console_again(
    commserve: Callable[[StoryClock], SimulatedCommServe],
    earlier: Earlier,
    *,
    size: tuple[int, int] = (80, 24),
    reachable: bool = True,
    theme: str = "dark",
) -> AsyncIterator[ConsoleDriver]:
    """A console that remembers an earlier one, as soon as its tree is there."""
    with night_on(commserve) as night:
        await night.evening(earlier)
        if not reachable:
            night.site.server.stop()
        async with night.console(size=size, theme=theme) as console:
            await console.until(lambda: bool(console.desk.outline.clients))
            yield console
