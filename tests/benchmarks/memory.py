"""What a large estate takes of the jump host's memory."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

from tests.benchmarks.measure import Measure, Scale, at_most, benchmark
from tests.benchmarks.paper import SUBCLIENTS
from tests.benchmarks.processes import installed_environment

_RESIDENT = """
import asyncio, gc, pathlib, sys

async def bare():
    from textual.app import App
    from textual.widgets import Static

    class Bare(App):
        def compose(self):
            yield Static("this is a frame")

    async with Bare().run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        say_resident()

async def console(clients):
    from tests.benchmarks.paper import console_on_paper

    async with console_on_paper(clients) as console:
        await console.connect()
        await console.read_everything()
        console.target.session.overview = b""  # the CommServe's side: what it answered is in this process, too
        assert sum(1 for _ in console.desk.catalogue.estate.subclients()) == clients * 10
        say_resident()

def say_resident():
    status = pathlib.Path("/proc/self/status").read_text().split()
    print(status[status.index("VmRSS:") + 1])

clients = int(sys.argv[1])
asyncio.run(console(clients) if clients else bare())
"""


@benchmark("memory")
def memory(scale: Scale) -> Iterator[Measure]:
    """Resident memory of two processes, both without a terminal."""
    clients = scale.of(whole=5000, smoke=50)
    ours, bare, empty = (_resident(count) for count in (clients, 0, 10))
    yield Measure(
        f"memory with {clients * SUBCLIENTS:,} subclients read, above a bare Textual app",
        at_most(60),
        ours - bare,
        "MB",
        f"{ours:.0f} MB / {bare:.0f} MB; with 100 subclients {empty:.0f} MB",
    )


def _resident(clients: int) -> float:
    """MB of a console that has read so many clients; of a bare app for none."""
    done = subprocess.run(
        [sys.executable, "-c", _RESIDENT, str(clients)],
        env=installed_environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout) / 1024
