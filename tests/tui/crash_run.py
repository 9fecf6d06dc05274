"""Runs the console again and again on the terminal that it was given, and each time another function of it raises.

The first run is whole, and shows which functions a night at the console calls. Each of the others crashes at the
first call of one of them; what is raised carries the token and the locals of the call and of all its callers, so
that whatever prints it prints the token.
"""

from __future__ import annotations

import asyncio
import gc
import inspect
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FrameType, FunctionType
from typing import Any, NoReturn

from textual.events import Key
from textual.pilot import Pilot

import pgbackup_tui
from pgbackup_tui.backup import follow
from pgbackup_tui.cli import main
from pgbackup_tui.tui.actions import Place
from pgbackup_tui.tui.app import Console
from pgbackup_tui.tui.widgets.text_view import TextView
from tests.commands.crash_points import Boom, everything_in_sight
from tests.driver import PATIENCE, ConsoleDriver

PACKAGE = Path(pgbackup_tui.__file__).parent
WATCHED = tuple(str(PACKAGE / room) for room in ("tui", "commserve", "backup", "estate", "credentials"))
OTHERWISE = 99
FILES = "FSBasedBackupSet"


def called_in(run: Callable[[], object]) -> list[CodeType]:
    """The functions of the watched rooms that a run calls, in the order of their first calls."""
    called: dict[CodeType, None] = {}

    def note(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call" and frame.f_code.co_filename.startswith(WATCHED):
            called[frame.f_code] = None

    threading.setprofile(note)
    sys.setprofile(note)
    try:
        run()
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
    return list(called)


def functions() -> dict[CodeType, list[FunctionType]]:
    """Who runs which code; what is made anew by each call of another function has none yet."""
    gc.unfreeze()  # the console sets aside what was imported
    found: dict[CodeType, list[FunctionType]] = {}
    gc.unfreeze()  # what a console has loaded is among no objects that the collector names
    for function in gc.get_objects():
        if isinstance(function, FunctionType):
            found.setdefault(function.__code__, []).append(function)
    return found


@contextmanager
def broken(code: CodeType, runners: list[FunctionType]) -> Iterator[None]:
    """Every call of it raises, with everything in sight."""
    for function in runners:
        function.__code__ = raising_as(code)
    try:
        yield
    finally:
        for function in runners:
            function.__code__ = code


def raising_as(code: CodeType) -> CodeType:
    """Code of the same kind and closure that raises where that code would have begun."""
    kind, body = "def", "boom()"
    if code.co_flags & inspect.CO_ASYNC_GENERATOR:
        kind, body = "async def", "yield boom()"
    elif code.co_flags & inspect.CO_COROUTINE:
        kind = "async def"
    closed_over = ", ".join(code.co_freevars)
    source = [
        "def closure():",
        f"    {closed_over} = range({len(code.co_freevars)})" if closed_over else "    pass",
        f"    {kind} fail(*_arguments, **_named):",
        "        from tests.tui.crash_run import boom",
        f"        {body}",
        f"        {closed_over}",
        "    return fail.__code__",
    ]
    made: dict[str, Any] = {}
    exec("\n".join(source), made)
    found: CodeType = made["closure"]()
    return found


REACHED: list[str] = []
"""What raised so far."""


def boom() -> NoReturn:
    """Raises what no part of the program expects."""
    caller = sys._getframe(1)
    REACHED.append(caller.f_code.co_name)
    raise Boom(everything_in_sight(caller))


class Player(ConsoleDriver):
    """Plays without waiting for every widget after every key, so that a hundred nights take a minute or two."""

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.app.on_event(Key(key, key if len(key) == 1 else None))
            await self.app.until_typed()

    async def until(self, shown: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not shown():  # noqa: ASYNC110  # nothing tells of every change
                await asyncio.sleep(0.002)


async def night(console: ConsoleDriver) -> None:
    """Everything that one does at a console, from the tree to the verdict, and out of it."""
    await console.connected()
    await console.tree.open("pg-pay-01")
    await console.until(lambda: console.tree.panel.tree_view.find("main", FILES, "default") is not None)
    await console.tree.mark("main", FILES, "default").filter("pg")
    await console.press("enter")
    await console.compose.open().level("FULL")
    await console.press("ctrl+r", "ctrl+r")
    await console.compose.start()
    await console.until(lambda: console.app.query_one("#facts", TextView).was_seen_to_its_end)
    await console.confirm.yes()
    await console.until(lambda: all(task.ended for task in console.desk.tasks))
    await console.press("2", "x", "4", "question_mark", "question_mark", "3", "f", "f", "f", "w")
    await console.press("p")
    await console.until(lambda: console.place is Place.CONNECT)
    await console.press("escape", "ctrl+p")
    await console.until(lambda: len(console.app.screen_stack) > 1)
    await console.press("escape", "1", "r")
    await console.connected()
    await console.press("q")


async def until_over(pilot: Pilot[Any]) -> None:
    """Plays the night until it is over, or the console is."""
    app: Any = pilot.app
    playing = asyncio.create_task(night(Player(app, pilot, site=None)))  # type: ignore[arg-type]  # there is one, elsewhere
    crashed = asyncio.create_task(app._exception_event.wait())
    await asyncio.wait({playing, crashed}, return_when=asyncio.FIRST_COMPLETED)
    for task in (playing, crashed):
        task.cancel()
    results = await asyncio.gather(playing, crashed, return_exceptions=True)
    failure = results[0]
    if app._exception is None and isinstance(failure, Boom):  # the player called it
        app._handle_exception(failure)
    elif app._exception is None and isinstance(failure, Exception):
        app.last_words = f"The night went otherwise: {failure!r}"
        app.exit(return_code=OTHERWISE)


def run_in(folder: str) -> int:
    """One run of the program, with a state folder of its own."""
    os.environ["PGBACKUP_TUI_TOKEN"] = os.environ["CANARY"]
    os.environ["PGBACKUP_TUI_STATE_DIR"] = str(Path(os.environ["HOME"]) / folder)
    try:
        return main([])
    except SystemExit as ended:
        return int(ended.code or 0)


def play_by_itself() -> None:
    """From now on the console is played, on the terminal that it was given, and looks at its jobs at once."""
    run = Console.run_async

    async def run_played(self: Console, **options: Any) -> None:
        await run(self, **options, auto_pilot=until_over)

    Console.run_async = run_played  # type: ignore[method-assign, assignment]
    follow.EARLY_LOOKS = (0.02,) * 500  # type: ignore[assignment, attr-defined]


def run_all(step: int) -> None:
    """The whole night, and then one for every so many of the functions that it calls."""
    os.chdir(os.environ["HOME"])  # where the log is written to
    play_by_itself()
    print(f"POINT {run_in('whole')} nothing", flush=True)  # noqa: T201
    called = called_in(lambda: run_in("again"))  # what the first run had kept is not called any more
    runners = functions()
    for number, code in enumerate([code for code in called if code in runners][::step]):
        REACHED.clear()
        with broken(code, runners[code]):
            status = run_in(f"state-{number}")
        where = f"{Path(code.co_filename).stem}.{code.co_qualname}"
        print(f"POINT {status} {where if REACHED else 'nothing'}", flush=True)  # noqa: T201
