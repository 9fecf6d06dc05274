"""Counts what a console paints, and what of it goes over the line to its terminal, without a terminal.

async with line(demo()) as (console, wire):
    sent = await wire.during(console, console.press("down"))
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from unittest.mock import patch

from textual.driver import Driver
from textual.drivers.headless_driver import HeadlessDriver

from pgbackup_tui.simulator.server import SimulatedCommServe
from pgbackup_tui.tui.panels.log import LogPanel
from pgbackup_tui.tui.thrifty import thrifty
from tests.driver import ConsoleDriver, console_on
from tests.story import StoryClock


@dataclass(slots=True)
class Wire:
    """What a console wrote."""

    painted: list[str] = field(default_factory=list)
    """Whatever Textual gave to its driver, a frame each."""
    sent: list[str] = field(default_factory=list)
    """What was left of that for the terminal."""

    @property
    def length(self) -> int:
        """Bytes sent."""
        return sum(len(part.encode()) for part in self.sent)

    async def during(self, console: ConsoleDriver, act: Awaitable[object]) -> int:
        """The bytes that are sent until everything that comes of an act is painted."""
        await everything_painted(console)
        self.painted.clear()
        self.sent.clear()
        await act
        await everything_painted(console)
        return self.length


async def everything_painted(console: ConsoleDriver) -> None:
    """Returns when nothing is left to be painted."""
    log = console.app.query(LogPanel)
    await console.until(lambda: not any(panel.is_behind for panel in log))
    for _ in range(2):  # what is painted first can ask for more
        painted = asyncio.Event()
        console.app.call_after_refresh(painted.set)
        await painted.wait()
        await console.pilot.pause()


@contextmanager
def recorded(make: Callable[[type[Driver]], type[Driver]], colors: str = "truecolor") -> Iterator[Wire]:
    """Apps that are begun in it without a terminal write to a wire, through the driver that ``make`` makes."""
    wire = Wire()

    class End(HeadlessDriver):
        """The terminal's end."""

        @property
        def is_headless(self) -> bool:
            return False

        def write(self, data: str) -> None:
            wire.sent.append(data)

    class Begin(make(End)):  # type: ignore[misc]  # made just now
        """The app's end."""

        def write(self, data: str) -> None:
            wire.painted.append(data)
            super().write(data)

    with (
        patch("textual.drivers.headless_driver.HeadlessDriver", Begin),
        patch("textual.constants.COLOR_SYSTEM", colors),
    ):
        yield wire


@asynccontextmanager
async def line(
    commserve: Callable[[StoryClock], SimulatedCommServe],
    *,
    size: tuple[int, int] = (80, 24),
    colors: str = "truecolor",
    theme: str = "dark",
) -> AsyncIterator[tuple[ConsoleDriver, Wire]]:
    """A connected console, and the wire between it and its terminal."""
    with recorded(thrifty, colors) as wire:
        async with console_on(commserve, size=size, theme=theme) as console:
            console.app.animation_level = "none"
            await everything_painted(console)
            yield console, wire
