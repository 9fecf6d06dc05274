"""A simulated CommServe with quick jobs, and the program pointed at it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from pgbackup_tui.simulator.faults import FaultPlan
from pgbackup_tui.simulator.server import SimulatedCommServe
from pgbackup_tui.simulator.world import World
from tests.running import Finished, environment, private_state, run

JOB_SECONDS = 0.2


class Site:
    """A simulated CommServe, and the command line of an engineer who works with it."""

    def __init__(self, server: SimulatedCommServe, state: Path) -> None:
        self.server = server
        self.state = state
        self.env = environment(
            PGBACKUP_TUI_URL=server.url, PGBACKUP_TUI_TOKEN=server.token, PGBACKUP_TUI_STATE_DIR=str(state)
        )

    def run(self, *words: str, stdin: str = "", **variables: str) -> Finished:
        return run(*words, env=self.env | variables, stdin=stdin)

    def backup(self, *words: str, level: str = "FULL") -> Finished:
        """``backup ... --yes --json``, with one look at what became of it if the answer is lost."""
        return self.run("backup", *words, "--level", level, "--yes", "--json", "--look", "0")

    def tasks_posted(self) -> list[bytes]:
        """The bodies of all CreateTask requests that arrived."""
        return [
            request.body
            for request in self.server.received
            if request.method == "POST" and request.path.lower().rstrip("/").endswith("/createtask")
        ]


@pytest.fixture
def site_with() -> Iterator[Callable[..., Site]]:
    """Makes a site with a fault plan, or with another world."""
    with ExitStack() as stack:

        def make(faults: str = "[]", world: World | None = None) -> Site:
            world = world or World.sample(job_seconds=JOB_SECONDS)
            server = stack.enter_context(SimulatedCommServe(world, faults=FaultPlan.parse(faults)))
            return Site(server, stack.enter_context(private_state()))

        yield make


@pytest.fixture
def site(site_with: Callable[..., Site]) -> Site:
    """A site on which everything works."""
    return site_with()
