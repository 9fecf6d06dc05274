"""The whole estate, request by request, against the official SDK on the same simulated CommServe."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from cvpysdk.commcell import Commcell

from pgbackup_tui.commserve.client import CommServe
from pgbackup_tui.commserve.route import MAX_IN_FLIGHT
from pgbackup_tui.estate.model import Estate
from pgbackup_tui.estate.patterns import parse_patterns
from pgbackup_tui.estate.reading import read_estate
from pgbackup_tui.secret import Secret
from pgbackup_tui.simulator.connection import Connection
from pgbackup_tui.simulator.server import SimulatedCommServe
from pgbackup_tui.simulator.world import World
from pgbackup_tui.target import Target
from tests.benchmarks.measure import Kind, Measure, Scale, at_least, benchmark, exactly, in_turns
from tests.running import simulate

_LATENCY_MS = 20
_SDK_CLIENTS = 3
"""It takes the same time for each; the name of the simulator's first, second and third."""


@benchmark("estate")
def estate(scale: Scale) -> Iterator[Measure]:
    """A company's estate over a line with 20 ms of latency, a client at a time."""
    clients = scale.of(whole=1000, smoke=20)
    with simulate("--clients", str(clients), "--latency-ms", str(_LATENCY_MS)) as commserve:
        target = Target(commserve.url, Secret(commserve.token), "a benchmark")
        names = [client.client for client in asyncio.run(_read(target, "pg-pay-*")).clients][:_SDK_CLIENTS]
        commcell = Commcell(None, web_service_url=f"{commserve.url}/", authtoken=commserve.token)
        sides = in_turns(
            lambda: _seconds_with_sdk(commcell, names) / len(names),
            lambda: _seconds(target, clients) / clients,
            scale.of(whole=5, smoke=1),
        )
    what = f"{clients:,} clients with {_LATENCY_MS} ms a request: cvpysdk's time a client against ours"
    yield Measure(what, at_least(80), sides.ratio, "x", sides.shown)


@benchmark("requests")
def requests(_scale: Scale) -> Iterator[Measure]:
    """How many requests that takes, and how many of them at once."""
    clients = 40
    with SimulatedCommServe(World.sample(clients=clients), latency=0.2) as server, _watched(server) as busiest:
        target = Target(server.url, Secret(server.token), "a benchmark")
        asyncio.run(_read(target, "no-such-client"))  # signs in, which is not counted
        begun = len(server.received)
        asyncio.run(_read(target))
        whole = [found.path.partition("?")[0].rpartition("/api/")[2] for found in server.received[begun:]]
        begun = len(server.received)
        asyncio.run(_read(target, "pg-pay-*"))
        named = len(server.received) - begun
    listed = whole.count("databases/instances")
    yield _count("requests for every client and instance", 1, listed)
    yield _count(f"requests for the subclients of {clients} clients", clients, len(whole) - listed)
    yield _count("requests in flight at once", MAX_IN_FLIGHT, max(busiest))
    yield _count("requests for a pattern that names two of them", 3, named)


def _count(what: str, target: int, value: int) -> Measure:
    return Measure(what, exactly(target), value, "requests", kind=Kind.COUNT)


async def _read(target: Target, *patterns: str) -> Estate:
    async with await target.open() as commserve:
        return await _read_with(commserve, patterns)


async def _read_with(commserve: CommServe, patterns: tuple[str, ...]) -> Estate:
    return await read_estate(commserve.inventory, parse_patterns(patterns))


def _seconds(target: Target, clients: int) -> float:
    begun = time.perf_counter()
    found = asyncio.run(_read(target))
    taken = time.perf_counter() - begun
    assert len(found.clients) == clients
    assert all(found.subclients_of(client.client_id) for client in found.clients)
    return taken


def _seconds_with_sdk(commcell: Any, names: list[str]) -> float:
    """The way of the SDK's own examples, down the tree of each client."""
    begun = time.perf_counter()
    for name in names:
        instances = commcell.clients.get(name).agents.get("PostgreSQL").instances
        for instance in instances.all_instances:
            backupsets = instances.get(instance).backupsets
            for backupset in backupsets.all_backupsets:
                assert backupsets.get(backupset).subclients.all_subclients
    return time.perf_counter() - begun


@contextmanager
def _watched(server: SimulatedCommServe) -> Iterator[list[int]]:
    """How many requests were being answered whenever one came in."""
    lock, waiting, seen = threading.Lock(), 0, [0]

    class Counted(Connection):
        def do_GET(self) -> None:  # noqa: N802  # http.server's name
            nonlocal waiting
            with lock:
                waiting += 1
                seen.append(waiting)
            try:
                super().do_GET()
            finally:
                with lock:
                    waiting -= 1

        do_POST = do_GET  # noqa: N815

    assert server._listener is not None
    server._listener.RequestHandlerClass = Counted
    yield seen
