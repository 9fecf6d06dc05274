"""Named moments of the console's night: how each is reached, and on what CommServe.

The goldens hold what each of them looks like, and the pictures are made of them, so each is reached by conditions
and never by waiting, and the jobs are looked at at fixed times of the story.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any

from textual.widgets import Checkbox

from pgbackup_tui.simulator.server import SimulatedCommServe
from pgbackup_tui.tui.actions import Place
from pgbackup_tui.tui.outline import Reading
from tests.driver import ConsoleDriver, console_on, demo
from tests.remembering import Earlier, console_again
from tests.story import StoryClock

FILES, DUMPS = "FSBasedBackupSet", "DumpBasedBackupSet"
Size = tuple[int, int]
SIZES: tuple[Size, ...] = ((80, 24), (120, 36), (200, 50))

Reach = Callable[[ConsoleDriver], Awaitable[None]]

_MOST_LOOKS = 60


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment of the story, and the CommServe and console that it is told on."""

    reach: Reach
    clients: int = 12
    faults: str = "[]"
    read_only: bool = False
    reachable: bool = True
    selection: str = ""
    earlier: Earlier | None = None
    """What a console was left with the evening before, which this one remembers."""

    async def in_sizes(
        self, sizes: Sequence[Size], *, theme: str = "dark"
    ) -> AsyncIterator[tuple[Size, ConsoleDriver]]:
        """A console at this moment, with everything painted, in one size after another, from the smallest on."""
        commserve = demo(clients=self.clients, faults=self.faults, job_seconds=60)
        async with self._console(commserve, sizes[0], theme=theme) as console:
            console.app.animation_level = "none"
            await self.reach(console)
            for size in sizes:
                await console.pilot.resize_terminal(*size)
                await console.screen()
                yield size, console

    def _console(
        self, commserve: Callable[[StoryClock], SimulatedCommServe], size: Size, *, theme: str
    ) -> AbstractAsyncContextManager[ConsoleDriver]:
        if self.earlier is not None:
            return console_again(commserve, self.earlier, size=size, reachable=self.reachable, theme=theme)
        return console_on(
            commserve,
            size=size,
            read_only=self.read_only,
            reachable=self.reachable,
            theme=theme,
            selection=self.selection,
        )


MOMENTS: dict[str, Moment] = {}
"""Every moment by its name, in the order of the night."""


def moment(**site: Any) -> Callable[[Reach], Reach]:
    """Makes a function a moment of the story, named as it is; ``site`` is as in ``Moment``."""

    def keep(reach: Reach) -> Reach:
        MOMENTS[getattr(reach, "__name__", "")] = Moment(reach, **site)
        return reach

    return keep


async def _mark_three(console: ConsoleDriver) -> None:
    await console.tree.open("pg-pay-01").mark("main", FILES, "default").mark("archive", FILES, "default")
    await console.tree.open("pg-pay-02").mark("pg-pay-02", "main", FILES, "default")


async def _ask_for_full(console: ConsoleDriver) -> None:
    await console.compose.open().level("FULL").start()
    await console.until(lambda: console.place is Place.CONFIRM)


async def _start(console: ConsoleDriver) -> None:
    """Sends what is marked, and waits for the first look at the jobs."""
    await _ask_for_full(console)
    await console.confirm.yes()
    await _until_asleep(console)


def _have_ended(console: ConsoleDriver) -> bool:
    return all(task.ended for task in console.desk.tasks)


async def _until_asleep(console: ConsoleDriver) -> None:
    """A look was taken in, and the next one is waited for; or no other follows."""
    await console.until(lambda: console.clock.is_waited_for or _have_ended(console))


async def _look_until(console: ConsoleDriver, shown: Callable[[], bool]) -> None:
    for _ in range(_MOST_LOOKS):
        if shown():
            return
        console.clock.pass_to_next()
        await _until_asleep(console)
    raise AssertionError("the jobs did not come so far")


@moment(reachable=False)
async def not_connected(console: ConsoleDriver) -> None:
    """Nobody listens at the CommServe's address."""


@moment(faults='[{"path": "databases/instances", "answer": {"status": 200, "body": {"dbInstance": []}}}]')
async def empty_estate(console: ConsoleDriver) -> None:
    """The user is shown nothing."""


@moment()
async def browse(console: ConsoleDriver) -> None:
    """Connected, and nothing done yet."""


@moment()
async def browse_opened(console: ConsoleDriver) -> None:
    """A client is open down to its subclients."""
    await console.tree.open("pg-pay-01")


@moment()
async def browse_marked(console: ConsoleDriver) -> None:
    """Three marks on two clients."""
    await _mark_three(console)


@moment()
async def filtered(console: ConsoleDriver) -> None:
    """A filter that finds something, with most clients not read yet."""
    await console.tree.open("pg-pay-01").filter("refunds")


@moment()
async def nothing_found(console: ConsoleDriver) -> None:
    """A filter that finds nothing, with every client read."""
    await console.tree.filter("zzz")
    await console.press("enter", "end", "enter")
    done = {Reading.DONE}
    await console.until(lambda: set(console.desk.outline.reading.values()) == done)
    await console.until(lambda: console.tree.panel.tree_view.empty.startswith("No name"))


@moment(faults='[{"path": "Subclient", "answer": "silence"}]')
async def reading(console: ConsoleDriver) -> None:
    """A branch that never comes, while another key was answered."""
    await console.press("right", "down", "down")


@moment(
    faults='[{"path": "Subclient", "answer": {"status": 500, "body":'
    ' {"errorCode": 2, "errorMessage": "The CommServe database is in maintenance mode."}}}]'
)
async def branch_failed(console: ConsoleDriver) -> None:
    """A client whose subclients can't be read."""
    await console.tree.open("pg-pay-01")


@moment()
async def compose(console: ConsoleDriver) -> None:
    """The form, with no level chosen yet."""
    await _mark_three(console)
    await console.compose.open()


@moment()
async def compose_problems(console: ConsoleDriver) -> None:
    """A start that was asked for with a level, an option and a user that don't go."""
    await console.tree.open("pg-pay-02").mark("pg-pay-02")
    await console.compose.open().level("DIFFERENTIAL")
    console.app.query_one("#with_data", Checkbox).toggle()
    await console.compose.type("user_id", "12x").start()


@moment()
async def request(console: ConsoleDriver) -> None:
    """The exact request of a complete form."""
    await _mark_three(console)
    await console.compose.open().level("FULL").type("ticket", "CHG0012345")
    await console.press("ctrl+r")


@moment()
async def confirm(console: ConsoleDriver) -> None:
    """The question, with the focus on No."""
    await _mark_three(console)
    await _ask_for_full(console)


@moment(clients=30)
async def confirm_many(console: ConsoleDriver) -> None:
    """So many subclients that their number has to be typed; a yes was not enough."""
    for client in [node.name for node in console.desk.outline.clients[:8]]:
        await console.tree.open(client).mark(client)
    await _ask_for_full(console)
    await console.press("y")


@moment()
async def jobs_none(console: ConsoleDriver) -> None:
    """Nothing was started yet."""
    await console.press("2")


@moment()
async def jobs_running(console: ConsoleDriver) -> None:
    """Two jobs run, one waits for a reason."""
    await console.tree.open("pg-pay-01").mark("main", FILES, "default")
    await console.tree.open("pg-pay-02").mark("pg-pay-02", "main", FILES, "default")
    await console.tree.open("pg-waits-01").mark("pending", FILES, "default")
    await _start(console)
    await _look_until(console, lambda: any("offline" in line for line in console.log()))


@moment()
async def jobs_go(console: ConsoleDriver) -> None:
    """Every job is Completed."""
    await _mark_three(console)
    await _start(console)
    await _look_until(console, lambda: _have_ended(console))


@moment()
async def jobs_no_go(console: ConsoleDriver) -> None:
    """One job is Completed, one with errors, one failed, one never began."""
    await console.tree.open("pg-pay-01").mark("main", FILES, "default")
    await console.tree.open("pg-fail-01").mark("pg-fail-01", "main", FILES, "default")
    await console.tree.open("pg-partial-01").mark("errors", FILES, "default")
    await console.tree.open("pg-notready-01").mark("pg-notready-01", "main", FILES, "default")
    await _start(console)
    await _look_until(console, lambda: _have_ended(console))


@moment(faults='[{"path": "Job/*", "after": 9, "answer": "502"}]')
async def jobs_stale(console: ConsoleDriver) -> None:
    """The CommServe has stopped telling anything about the jobs."""
    await _mark_three(console)
    await _start(console)
    await _look_until(console, lambda: bool(console.desk.tasks[0].trouble))


@moment()
async def confirm_kill(console: ConsoleDriver) -> None:
    """Whether a job is to be killed."""
    await jobs_running(console)
    await console.press("x")
    await console.until(lambda: console.place is Place.CONFIRM)


@moment()
async def rejected_403(console: ConsoleDriver) -> None:
    """The user lacks a right; the log has the CommServe's own words."""
    await console.tree.open("pgsql_win").mark("pgsql_win", "main", FILES, "default")
    await _ask_for_full(console)
    await console.confirm.yes()


@moment(faults='[{"path": "CreateTask", "answer": "reset", "carried_out": false}]')
async def unknown(console: ConsoleDriver) -> None:
    """The answer was lost: nobody knows whether it was started."""
    await _mark_three(console)
    await _start(console)


@moment()
async def log_searched(console: ConsoleDriver) -> None:
    """The log shows only what is searched for."""
    await jobs_no_go(console)
    await console.press("3", "ampersand", *"fail-01")


@moment(read_only=True)
async def read_only(console: ConsoleDriver) -> None:
    """A start is refused in a console that changes nothing."""
    await _mark_three(console)
    await console.compose.open().level("FULL")
    await console.press("ctrl+s")
