"""The filter of the tree with 50,000 subclients read: from a key to the paint that answers it."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import NamedTuple
from unittest.mock import patch

from textual.events import Key
from textual.widgets import Input

from pgbackup_tui.tui.app import Console
from pgbackup_tui.tui.outline import Outline
from tests.benchmarks.measure import Kind, Measure, Scale, Sides, at_most, benchmark, exactly, in_turns
from tests.benchmarks.paper import SUBCLIENTS, PaperConsole, console_on_paper

_TYPED = ("ledger-07", "tablespaces", "pg-cards", "nightly", "main", "no-such-name")
_ONE_CLIENT = "ledger-003"
_ROUNDS = 9
_PATIENCE = 20.0


class Wait(NamedTuple):
    """From a key to its paint, in seconds."""

    whole: float
    own: float
    """Work of this thread, without what the machine did for others meanwhile."""


@benchmark("filter")
def filtering(scale: Scale) -> Iterator[Measure]:
    """Every key of some searches, and the searches themselves against the least that one has to do."""
    clients = scale.of(whole=5000, smoke=50)
    waits, sides, found = asyncio.run(_typed_on(clients, _TYPED[: scale.of(whole=len(_TYPED), smoke=2)]))
    of = f"{clients * SUBCLIENTS:,} subclients"
    p95, own_p95 = (statistics.quantiles(side, n=20)[-1] * 1000 for side in zip(*waits, strict=True))
    each = f"{len(waits)} keys; {own_p95:.0f} ms of it this process's own work, the rest waiting for a turn"
    yield Measure(f"a filter key on {of}, key to paint, p95", at_most(50), p95, "ms", each)
    yield Measure(f"a search in {of}, against one pass of `in`", at_most(3), sides.ratio, "x", sides.shown)
    yield Measure(f"clients that “{_ONE_CLIENT}” finds", exactly(1), found, "rows", kind=Kind.COUNT)


async def _typed_on(clients: int, words: tuple[str, ...]) -> tuple[list[Wait], Sides, int]:
    async with console_on_paper(clients) as console:
        await console.connect()
        await console.read_everything()
        await console.app.until_typed()
        sides = _search(console.desk.outline)
        found = _found(console.desk.outline, _ONE_CLIENT)
        console.desk.outline.filter = ""
        async with _painted(console) as press:
            waits = [wait for word in words for wait in await press(word)]
    return waits, sides, found


def _search(outline: Outline) -> Sides:
    names = [found.subclient.casefold() for node in outline.clients for found in node.subclients()]

    def ours() -> float:
        begun = time.perf_counter()
        for word in _TYPED:
            outline.filter = word
            outline.rows()
        return time.perf_counter() - begun

    def theirs() -> float:
        found: list[str] = []
        begun = time.perf_counter()
        for word in _TYPED:
            found.extend([name for name in names if word in name][:1])
        return time.perf_counter() - begun

    return in_turns(ours, theirs, _ROUNDS)


def _found(outline: Outline, word: str) -> int:
    outline.filter = word
    return len(outline.rows())


@asynccontextmanager
async def _painted(console: PaperConsole) -> AsyncIterator[Press]:
    """Types into the filter; a key waits for the first paint in which the tree shows the filter's rows."""
    display = Console._display

    def noted(app: Console, *words: object) -> None:
        display(app, *words)  # type: ignore[arg-type]
        press.painted(app.desk.outline.filter)

    with patch.object(Console, "_display", noted):
        press = Press(console.app)
        console.app.post_message(Key("slash", "/"))
        await console.app.until_typed()
        yield press


class Press:
    """Presses keys, one when the one before it is painted."""

    def __init__(self, app: Console) -> None:
        self._app = app
        self._wanted = ""
        self._seen = asyncio.Event()

    def painted(self, shown: str) -> None:
        """The screen was painted while the filter was ``shown``."""
        if shown == self._wanted:
            self._seen.set()

    async def __call__(self, word: str) -> list[Wait]:
        """What each key waited; the filter is cleared afterwards."""
        waits = [await self._press(key, word[: place + 1]) for place, key in enumerate(word)]
        self._app.query_one("#filter", Input).value = ""
        return waits

    async def _press(self, key: str, shown: str) -> Wait:
        self._wanted = shown
        self._seen.clear()
        begun, worked = time.perf_counter(), time.thread_time()
        self._app.post_message(Key(key, key))
        async with asyncio.timeout(_PATIENCE):
            await self._seen.wait()
        return Wait(time.perf_counter() - begun, time.thread_time() - worked)
