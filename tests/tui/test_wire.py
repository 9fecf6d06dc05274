"""What goes over the line to the terminal: budgets in bytes at 80x24 in 24-bit colour, and that it is all there."""

from __future__ import annotations

from collections.abc import Callable

from textual.widgets import Input, LoadingIndicator

from pgbackup_tui.tui.records import Severity
from tests.driver import ConsoleDriver, demo
from tests.emulator import Emulator
from tests.stories import FILES, _look_until, _mark_three, _start, _until_asleep
from tests.wire import everything_painted, line

BUDGETS = {
    "down": 450,
    "pagedown": 2_500,
    "home": 2_500,
    "ctrl+p": 5_000,
    "escape": 4_500,
    "slash": 3_000,
    "p": 800,
    "enter": 2_500,
    "2": 2_000,
    "1": 2_500,
    "4": 2_000,
    "question_mark": 2_500,
}
"""Bytes that a key may send, pressed one after another in this order."""


async def test_a_key_sends_little() -> None:
    async with line(demo(clients=60)) as (console, wire):
        assert wire.length <= 8_000, "the first screens"
        sent = {key: await wire.during(console, console.press(key)) for key in BUDGETS}
    assert {key: length for key, length in sent.items() if not 0 < length <= BUDGETS[key]} == {}


async def look(console: ConsoleDriver, pass_to_next: Callable[[], None] | None = None) -> None:
    """The next look at the jobs."""
    looks = console.looks
    (pass_to_next or console.clock.pass_to_next)()
    await console.until(lambda: console.looks > looks)
    await _until_asleep(console)


async def started(console: ConsoleDriver) -> None:
    """A backup runs."""
    await console.tree.open("pg-pay-01").mark("main", FILES, "default")
    await _start(console)
    await _look_until(console, lambda: console.desk.tasks[0].progress.jobs[0].status == "Running")


async def test_a_look_that_finds_nothing_new_paints_nothing() -> None:
    async with line(demo(job_seconds=3600)) as (console, wire):
        await started(console)
        assert await wire.during(console, look(console, console.clock.wake_next)) == 0
        assert wire.painted == []


async def test_the_progress_of_a_job_sends_what_changed_of_it() -> None:
    async with line(demo(job_seconds=120)) as (console, wire):
        await started(console)
        for _ in range(5):
            told = len(console.log())
            sent = await wire.during(console, look(console))
            if len(console.log()) == told:  # else it was more than progress
                assert 0 < sent <= 300


async def test_a_line_of_the_log_sends_little_when_the_pane_is_full() -> None:
    async with line(demo()) as (console, wire):
        console.desk.log.add(Severity.INFO, *map(_different, range(20)))
        for number in range(3):
            assert 0 < await wire.during(console, _said(console, number)) <= 1_500


async def _said(console: ConsoleDriver, number: int) -> None:
    console.desk.log.add(Severity(number % 5), _different(number))


def _different(number: int) -> str:
    """A line that shares nothing with those around it."""
    return f"{number:x} {'abcdefghijklmnopqrstuvwxyz'[number % 26] * 60}"


async def test_no_cursor_blinks_and_nothing_turns_in_the_palette() -> None:
    async with line(demo()) as (console, _):
        await console.press("c", "ctrl+p")
        await everything_painted(console)
        fields = [field for screen in console.app.screen_stack for field in screen.query(Input)]
        assert len(fields) > 5
        assert not [field for field in fields if field.cursor_blink]
        indicators = console.app.screen.query(LoadingIndicator)
        assert [indicator.auto_refresh for indicator in indicators] == [None]


async def test_the_terminal_shows_what_the_console_painted() -> None:
    async with line(demo(job_seconds=60)) as (console, wire):
        shown = Emulator(80, 24)
        for key in ("down", "enter", "ctrl+p", "escape", "slash", "p", "escape", "4", "question_mark", "1"):
            await console.press(key)
        await _mark_three(console)
        await _start(console)
        await look(console)
        await everything_painted(console)
        for part in wire.sent:
            shown.write(part)
        assert [text.rstrip() for text in shown.text()] == (await console.screen()).splitlines()


async def test_a_screen_that_something_else_wrote_on_is_painted_again_by_a_key_and_after_a_change_of_size() -> None:
    async with line(demo()) as (console, wire):
        whole = (console.press("ctrl+l"), console.pilot.resize_terminal(100, 30))
        for size, act in zip(((80, 24), (100, 30)), whole, strict=True):
            await wire.during(console, act)
            shown = Emulator(*size)
            for part in wire.sent:
                shown.write(part)
            assert [text.rstrip() for text in shown.text()] == (await console.screen()).splitlines()
