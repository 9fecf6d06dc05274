"""Moments of the night in which nothing is started: signing in, the lock, and what the journal knows."""

from __future__ import annotations

from tests.driver import ConsoleDriver
from tests.stories import MOMENTS, SIZES, moment, unknown

__all__ = ["MOMENTS", "SIZES"]


@moment()
async def connect(console: ConsoleDriver) -> None:
    """The form to sign in with."""
    await console.press("p")


@moment()
async def locked(console: ConsoleDriver) -> None:
    """Nobody touched the console for half an hour."""
    console.app.idle.minutes = 30
    console.clock.now += 31 * 60
    console.app.lock_if_idle()
    await console.until(lambda: console.desk.target is None)


@moment(faults='[{"path": "CreateTask", "answer": "reset", "carried_out": false}]')
async def history(console: ConsoleDriver) -> None:
    """An attempt of which nobody knows whether it was started."""
    await unknown(console)
    await console.press("4")
