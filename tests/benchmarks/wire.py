"""What goes over the line for one thing at a time, and what Textual by itself would have sent for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

from textual.app import App, ComposeResult
from textual.widgets import RichLog

from pgbackup_tui.tui.records import Severity
from tests.benchmarks.measure import Kind, Measure, Scale, Target, at_most, benchmark, exactly
from tests.driver import ConsoleDriver, demo
from tests.wire import Wire, everything_painted, line, recorded

FILES = "FSBasedBackupSet"
_KEYS = (
    ("cursor one row in the tree", "down", 450),
    ("page down in the tree", "pagedown", 1_500),
    ("the palette, opened", "ctrl+p", 5_000),
    ("the palette, left", "escape", 4_500),
    ("the filter, opened", "slash", 3_000),
    ("a key in the filter", "p", 1_000),
    ("to the tree again", "enter", 1_500),
    ("another place (Jobs)", "2", 2_000),
    ("back to Browse", "1", 2_500),
    ("history", "4", 2_000),
)
"""What is done, its key, and the most bytes at 80x24; one after another."""
_LARGER = 5
"""How much more room there is at 200x50."""
_ROWS = 7
"""Of the log pane at 80x24, its title aside."""


@benchmark("wire")
def wire(scale: Scale) -> Iterator[Measure]:
    """What each key sends, in 24-bit colour."""
    for size, factor in (((80, 24), 1), ((200, 50), _LARGER))[: scale.of(whole=2, smoke=1)]:
        yield from asyncio.run(_keys(size, factor))


@benchmark("following")
def following(scale: Scale) -> Iterator[Measure]:
    """What a look at the jobs sends, and a line of the log beside Textual's own log."""
    yield asyncio.run(_quiet(scale.of(whole=10, smoke=2)))
    yield from asyncio.run(_looks(scale.of(whole=20, smoke=4)))
    yield from asyncio.run(_log_line())


async def _keys(size: tuple[int, int], factor: int) -> list[Measure]:
    where = f"{size[0]}x{size[1]}"
    async with line(demo(clients=60), size=size) as (console, wire):
        rows = [_row(f"start to the whole tree, {where}", at_most(8_000 * factor), wire)]
        for what, key, most in _KEYS:
            await wire.during(console, console.press(key))
            rows.append(_row(f"{what}, {where}", at_most(most * factor), wire))
        await console.press("1", "escape")  # the tree, without the filter
        await console.tree.open("pg-pay-01").mark("main", FILES, "default")
        await wire.during(console, console.compose.open())
        rows.append(_row(f"Compose, opened, {where}", at_most(2_500 * factor), wire))
    return rows


async def _quiet(seconds: int) -> Measure:
    async with line(demo()) as (console, wire):
        await wire.during(console, console.pilot.pause(seconds))
        painted = len(wire.painted)
    return Measure("frames a quiet console paints", exactly(0), painted, "frames", f"{seconds} s", Kind.COUNT)


async def _looks(most: int) -> list[Measure]:
    """A look that finds a job further on, and one that finds everything as it was."""
    async with line(demo(job_seconds=300)) as (console, wire):
        await console.tree.open("pg-pay-01").mark("main", FILES, "default")
        await console.compose.open().level("FULL").start()
        await console.confirm.yes()
        await everything_painted(console)
        lengths = [await _progress(console, wire) for _ in range(most)]
        sent = sorted(filter(None, lengths))
        await wire.during(console, _look(console, console.clock.wake_next))
        return [
            Measure(
                "one job's progress and elapsed time",
                at_most(300),
                sent[-1],
                "B",
                f"the most of {len(sent)} looks; median {sent[len(sent) // 2]} B",
                Kind.COUNT,
            ),
            _row("a look at the jobs that finds nothing new", exactly(0), wire),
            Measure("frames painted for it", exactly(0), len(wire.painted), "frames", "", Kind.COUNT),
        ]


async def _progress(console: ConsoleDriver, wire: Wire) -> int:
    """The bytes of the next look; 0 where it found more than progress, and said so in the log."""
    said = len(console.log())
    sent = await wire.during(console, _look(console, console.clock.pass_to_next))
    return sent if len(console.log()) == said else 0


async def _look(console: ConsoleDriver, go_on: Callable[[], None]) -> None:
    looks = console.looks
    go_on()
    await console.until(lambda: console.looks > looks and console.clock.is_waited_for)


async def _log_line() -> list[Measure]:
    """One line more in a full pane, here and in a RichLog of the same size."""
    async with line(demo()) as (console, wire):
        console.desk.log.add(Severity.INFO, *map(_said, range(50)))
        await wire.during(console, _told(console, _said(50)))
        ours = wire.length
    theirs = await _rich_log_line()
    beside = f"a RichLog of {_ROWS} rows: {theirs:,} B"
    return [Measure("a line of the log, its pane full", at_most(1_500), ours, "B", beside, Kind.COUNT)]


async def _told(console: ConsoleDriver, text: str) -> None:
    console.desk.log.add(Severity.INFO, text)


async def _rich_log_line() -> int:
    class Log(App[None]):
        CSS = f"RichLog {{ dock: bottom; height: {_ROWS}; }}"

        def compose(self) -> ComposeResult:
            yield RichLog()

    with recorded(lambda driver: driver) as wire:
        async with Log().run_test(size=(80, 24)) as pilot:
            log = pilot.app.query_one(RichLog)
            for number in range(50):
                log.write(f"03:12:00   {_said(number)}")
            await pilot.pause(0.5)
            wire.sent.clear()
            log.write(f"03:12:00   {_said(50)}")
            await pilot.pause(0.5)
            return wire.length


def _said(number: int) -> str:
    """A line as the log has them, unlike those around it."""
    return f"job {3587112 + number} pg-{number * 7919:x}/main/{FILES}/default: Running, {number * 104729 % 997} MB"


def _row(what: str, target: Target, wire: Wire) -> Measure:
    """A row of what was sent; the columns beside it say what Textual painted."""
    painted = sum(len(frame.encode()) for frame in wire.painted)
    measured = f"painted {painted:,} B in {len(wire.painted)} frames"
    return Measure(what, target, wire.length, "B", measured, Kind.COUNT)
