"""From the one request that lists a large estate to a tree that answers keys."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

import httpx
from textual.events import Key

from pgbackup_tui.backup.journal.journal import Journal
from pgbackup_tui.commserve.client import CommServe
from pgbackup_tui.secret import Secret
from pgbackup_tui.target import Target
from pgbackup_tui.tui.app import Console
from pgbackup_tui.tui.desk import Desk, State
from pgbackup_tui.tui.records import LogStore
from pgbackup_tui.tui.widgets.estate_tree import EstateTree
from tests.benchmarks.measure import Measure, Scale, Sides, at_most, benchmark
from tests.running import Simulated, private_state, simulate
from tests.watchdog import collector_of_the_console

_PATIENCE = 60.0


@benchmark("tree")
def tree(scale: Scale) -> Iterator[Measure]:
    """The request alone, by the HTTP library alone, and the request with all that is made of it."""
    clients = scale.of(whole=5000, smoke=20)
    with simulate("--clients", str(clients)) as commserve:
        sides = asyncio.run(_listed(commserve, clients, scale.of(whole=7, smoke=1)))
    what = f"the tree of {clients:,} clients usable, against its one request alone"
    yield Measure(what, at_most(1.5), sides.ratio, "x", sides.shown)


async def _listed(commserve: Simulated, clients: int, rounds: int) -> Sides:
    target = Target(commserve.url, Secret(commserve.token), "a benchmark")

    async def find() -> Target:
        return target

    with private_state() as state, collector_of_the_console():
        app = Console(Desk(find, LogStore(), lambda: Journal(state)))
        async with app.run_test(size=(80, 24)), httpx.AsyncClient(timeout=_PATIENCE) as client:
            while app.desk.state is State.CONNECTING:  # noqa: ASYNC110  # only looked at from outside
                await asyncio.sleep(0.01)
            assert target.route is not None
            connected = app.desk._commserve
            assert connected is not None
            headers = {"Authtoken": target.token.reveal(), "Accept": "application/json"}
            url = target.route.address.base + "databases/instances"
            pairs = [
                (await _usable(app, connected, clients), await _alone(client, url, headers))
                for _ in range(rounds + 1)
            ][1:]
    return Sides(tuple(pair[0] for pair in pairs), tuple(pair[1] for pair in pairs))


async def _alone(client: httpx.AsyncClient, url: str, headers: dict[str, str]) -> float:
    begun = time.perf_counter()
    assert (await client.get(url, headers=headers)).status_code == 200
    return time.perf_counter() - begun


async def _usable(app: Console, commserve: CommServe, clients: int) -> float:
    """From an empty tree until all clients are in it and the cursor has moved at a key."""
    shown = app.query_one(EstateTree)
    app.desk.outline.clear()
    shown.show()
    begun = time.perf_counter()
    await app.desk.catalogue.list(commserve)
    async with asyncio.timeout(_PATIENCE):
        while shown.count() != clients:  # noqa: ASYNC110
            await asyncio.sleep(0.001)
        app.post_message(Key("down", None))
        while shown.cursor == 0:  # noqa: ASYNC110
            await asyncio.sleep(0.001)
    return time.perf_counter() - begun
