"""How long a key can have to wait while a large estate loads."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from tests.benchmarks.measure import Measure, Scale, at_most, benchmark
from tests.benchmarks.paper import SUBCLIENTS, console_on_paper
from tests.running import private_state
from tests.watchdog import watched_loop


@benchmark("holds")
def holds(scale: Scale) -> Iterator[Measure]:
    """The longest that one callback of the event loop works."""
    clients = scale.of(whole=5000, smoke=50)
    listing, reading = asyncio.run(_load(clients))
    of = f"{clients:,} clients, {clients * SUBCLIENTS:,} subclients"
    yield _longest(f"longest hold of the loop while {clients:,} clients are listed", listing, of)
    yield _longest("longest hold of the loop while their subclients are read", reading, of)
    again = asyncio.run(_recall(clients))
    yield _longest("longest hold while all that was kept is shown, compared and searched", again, of)


async def _load(clients: int) -> tuple[list[float], list[float]]:
    async with console_on_paper(clients) as console:
        with watched_loop() as listing:
            await console.connect()
        with watched_loop() as reading:
            await console.read_everything()
    return listing, reading


async def _recall(clients: int) -> list[float]:
    with private_state() as state:
        async with console_on_paper(clients, kept_in=state) as console:
            await console.connect()
            await console.read_everything()
        async with console_on_paper(clients, kept_in=state) as console:
            with watched_loop() as holds:
                await console.recall()
                await console.connect()
                await console.search("ledger-003")
    return holds


def _longest(what: str, holds: list[float], of: str) -> Measure:
    longest = max(holds) * 1000
    above = sum(hold > 0.016 for hold in holds)
    return Measure(what, at_most(16), longest, "ms", f"{of}; {above} of {len(holds):,} above 16 ms")
