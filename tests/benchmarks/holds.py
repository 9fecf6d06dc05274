"""How long a key can have to wait while a large estate loads."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.measure import Measure, Scale, at_most, benchmark
from tests.benchmarks.paper import SUBCLIENTS, console_on_paper
from tests.running import private_state
from tests.watchdog import watched_loop


@benchmark("holds")
def holds(scale: Scale) -> Iterator[Measure]:
    """The longest that one callback of the event loop works."""
    clients = scale.of(whole=5000, smoke=50)
    of = f"{clients:,} clients, {clients * SUBCLIENTS:,} subclients"
    with private_state() as state:
        listing, reading, again = asyncio.run(_load(clients, state))
        yield _longest(f"longest hold of the loop while {clients:,} clients are listed", listing, of)
        yield _longest("longest hold of the loop while their subclients are read", reading, of)
        yield _longest("longest hold while all of it is listed again", again, of)
        for searches_first, what in (
            (False, "shown, compared and searched"),
            (True, "shown and searched, and then compared"),
        ):
            holds = asyncio.run(_recall(clients, state, searches_first=searches_first))
            yield _longest(f"longest hold while all that was kept is {what}", holds, of)


async def _load(clients: int, kept_in: Path) -> tuple[list[float], list[float], list[float]]:
    async with console_on_paper(clients, kept_in=kept_in) as console:
        with watched_loop() as listing:
            await console.connect()
        with watched_loop() as reading:
            await console.read_everything()
        with watched_loop() as again:
            await console.reload()
        await console.read_everything()
    return listing, reading, again


async def _recall(clients: int, kept_in: Path, *, searches_first: bool) -> list[float]:
    async with console_on_paper(clients, kept_in=kept_in) as console:
        with watched_loop() as holds:
            await console.recall()
            if searches_first:
                await console.search("ledger-003")
                await console.connect()
            else:
                await console.connect()
                await console.search("ledger-003")
    return holds


def _longest(what: str, holds: list[float], of: str) -> Measure:
    longest = max(holds) * 1000
    above = sum(hold > 0.016 for hold in holds)
    return Measure(what, at_most(16), longest, "ms", f"{of}; {above} of {len(holds):,} above 16 ms")
