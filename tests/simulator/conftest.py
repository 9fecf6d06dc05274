"""A world with a clock that only the test moves, and a simulated CommServe as a process of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from pgbackup_tui.simulator.world import World
from tests.running import simulate
from tests.simulator.asking import Asker, Clock

USERS = {"oncall": "correct horse", "second": "battery staple"}


@dataclass(frozen=True)
class Address:
    """Where a CommServe is, and how to get in."""

    url: str
    token: str
    user: str
    password: str


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def world(clock: Clock) -> World:
    return World.sample(token="the-api-token", users=USERS, job_seconds=100.0, clock=clock)


@pytest.fixture
def ask(world: World) -> Asker:
    """Asks the routes, with the API token and without a socket."""
    return Asker(world)


@pytest.fixture(scope="module")
def commserve_address() -> Iterator[Address]:
    """``pgbackup-tui simulate`` as a process of its own, for clients that know nothing but an address."""
    with simulate("--job-seconds", "1", user="oncall", password=USERS["oncall"]) as commserve:
        yield Address(commserve.url, commserve.token, "oncall", USERS["oncall"])
