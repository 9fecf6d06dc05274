"""The night that the console's tests play in: its clock, and its simulated CommServe."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from unittest.mock import patch

from pgbackup_tui.simulator.faults import FaultPlan
from pgbackup_tui.simulator.server import SimulatedCommServe
from pgbackup_tui.simulator.world import World

NIGHT = 1_795_403_520.0
"""23 November 2026, 03:12 UTC: when every story of the tests begins."""


class StoryClock:
    """Time that passes only when the story says so, for the console and its CommServe alike."""

    def __init__(self) -> None:
        self.now = NIGHT
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._order = itertools.count()

    def __call__(self) -> float:
        return self.now

    @property
    def is_waited_for(self) -> bool:
        """Whether anything sleeps."""
        return bool(self._sleepers)

    async def sleep(self, seconds: float) -> None:
        """Sleeps until the story has come so far."""
        future = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.now + seconds, next(self._order), future))
        await future

    def pass_to_next(self) -> None:
        """Goes on to the moment that the next sleeper waits for."""
        if self._sleepers:
            self.now = max(self.now, self._sleepers[0][0])
            self.wake_next()

    def wake_next(self) -> None:
        """Wakes the next sleeper while time stands still: everything is as it was when it looks."""
        if self._sleepers:
            _, _, future = heapq.heappop(self._sleepers)
            if not future.done():
                future.set_result(None)


@contextmanager
def whole_naps() -> Iterator[None]:
    """Between two looks the console sleeps once, and not second by second: one step of the story is one look."""
    with patch("pgbackup_tui.backup.follow._SLICE", math.inf):
        yield


@dataclass(slots=True)
class Site:
    """What a console is started on."""

    server: SimulatedCommServe
    clock: StoryClock

    def tasks_posted(self) -> list[bytes]:
        """The bodies of all CreateTask requests that arrived."""
        return [found.body for found in self.server.received if found.path.lower().endswith("/createtask")]


def demo(
    *, clients: int = 12, faults: str = "[]", latency: float = 0.0, job_seconds: float = 8.0
) -> Callable[[StoryClock], SimulatedCommServe]:
    """A simulated CommServe on the story's clock."""

    def make(clock: StoryClock) -> SimulatedCommServe:
        world = World.sample(clients=clients, token="a-token-of-the-story", job_seconds=job_seconds, clock=clock)
        return SimulatedCommServe(world, faults=FaultPlan.parse(faults), latency=latency)

    return make
