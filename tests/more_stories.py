"""Moments of the night in which nothing is started: signing in, the lock, the journal, and the old tree."""

from __future__ import annotations

from pgbackup_tui.tui.actions import Place
from tests.driver import ConsoleDriver
from tests.remembering import OPENED, Earlier, open_a_branch, without
from tests.stories import MOMENTS, SIZES, jobs_no_go, moment, unknown

__all__ = ["MOMENTS", "SIZES"]


@moment()
async def connect(console: ConsoleDriver) -> None:
    """The form to sign in with."""
    await console.press("p")


@moment(selection="payments pre-change")
async def selection_opened(console: ConsoleDriver) -> None:
    """A named selection, straight from the command line to the form."""
    await console.until(lambda: console.place is Place.COMPOSE)
    await console.until(lambda: " now" in console.words("#running"))


@moment(selection="payments pre-change")
async def keep(console: ConsoleDriver) -> None:
    """What would be kept as a named selection."""
    await console.until(lambda: console.place is Place.COMPOSE)
    await console.press("w", *"payments")


@moment()
async def locked(console: ConsoleDriver) -> None:
    """Nobody touched the console for half an hour."""
    console.app.idle.minutes = 30
    console.clock.now += 31 * 60
    console.app.lock_if_idle()
    await console.until(lambda: console.desk.target is None)


@moment()
async def signed_out(console: ConsoleDriver) -> None:
    """Nobody is signed in, and the form to sign in was left."""
    await console.desk.forget()
    await console.press("p", "escape")


@moment()
async def history_none(console: ConsoleDriver) -> None:
    """Nothing was asked for yet."""
    await console.press("4")


@moment()
async def log_nothing(console: ConsoleDriver) -> None:
    """The log is narrowed to what never happened."""
    await console.press("3", "f", "ampersand", *"zzz")


@moment()
async def log_found(console: ConsoleDriver) -> None:
    """The log, at the newest place with what was searched for."""
    await jobs_no_go(console)
    await console.press("3", "slash", *"fail-01", "enter", "n")


@moment()
async def compose_emptied(console: ConsoleDriver) -> None:
    """The last subclient was taken out of the form."""
    await console.tree.open("pg-pay-01").mark("main", "FSBasedBackupSet", "default")
    await console.compose.open()
    await console.press("shift+tab", "x")


@moment(faults='[{"path": "CreateTask", "answer": "reset", "carried_out": false}]')
async def history(console: ConsoleDriver) -> None:
    """An attempt of which nobody knows whether it was started."""
    await unknown(console)
    await console.press("4")


SILENT = '[{"path": "databases/instances", "after": 1, "answer": "silence"}]'
"""The clients are listed for the first console, and not for the next."""


@moment(faults=SILENT, earlier=OPENED)
async def old_tree(console: ConsoleDriver) -> None:
    """The tree of the last run, before the CommServe has listed anything."""


@moment(reachable=False, earlier=OPENED)
async def old_tree_not_connected(console: ConsoleDriver) -> None:
    """The CommServe is down: the tree of the last run can be looked at."""
    await console.connected()


HAD, SINCE = without("pg-orders-01", "refunds"), without("pg-pay-02", "payments")


@moment(earlier=Earlier(open_a_branch, had=HAD, since=SINCE))
async def changes_marked(console: ConsoleDriver) -> None:
    """What is new and what is gone since the last run."""
    await console.connected()
    await console.until(lambda: not console.desk.outline.kept)


@moment()
async def help(console: ConsoleDriver) -> None:  # noqa: A001  # the moment's name
    """The keys of Browse."""
    await console.press("question_mark")


@moment(clients=5000)
async def five_thousand(console: ConsoleDriver) -> None:
    """The end of a long list."""
    await console.press("end")
