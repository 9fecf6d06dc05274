"""What a large estate takes of the jump host's memory."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.measure import Measure, Scale, at_most, benchmark
from tests.benchmarks.paper import SUBCLIENTS
from tests.benchmarks.processes import installed_environment
from tests.running import private_state

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

async def console(clients, kept_in, is_second_run):
    from tests.benchmarks.paper import console_on_paper

    async with console_on_paper(clients, kept_in=pathlib.Path(kept_in)) as console:
        if is_second_run:
            await console.recall()
        await console.connect()
        if is_second_run:
            await console.search("ledger-003")
        else:
            await console.read_everything()
        console.target.session.overview = b""  # the CommServe's side: what it answered is in this process, too
        shown = (found for client in console.desk.outline.clients for found in client.subclients())
        assert sum(1 for _ in shown) == clients * 10
        say_resident()

def say_resident():
    status = pathlib.Path("/proc/self/status").read_text().split()
    print(status[status.index("VmRSS:") + 1])

clients, kept_in, runs = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
asyncio.run(console(clients, kept_in, runs > 1) if clients else bare())
"""


@benchmark("memory")
def memory(scale: Scale) -> Iterator[Measure]:
    """Resident memory of two processes, both without a terminal."""
    clients = scale.of(whole=5000, smoke=50)
    (bare,), (empty,) = _resident(0, runs=1), _resident(10, runs=1)
    read, recalled = _resident(clients, runs=2)
    beside = f"/ {bare:.0f} MB; with 100 subclients {empty:.0f} MB"
    of = f"memory with {clients * SUBCLIENTS:,} subclients"
    yield Measure(f"{of} read, above a bare Textual app", at_most(60), read - bare, "MB", f"{read:.0f} MB {beside}")
    yield Measure(
        f"{of} recalled and searched, above it", at_most(60), recalled - bare, "MB", f"{recalled:.0f} MB {beside}"
    )


def _resident(clients: int, *, runs: int) -> list[float]:
    """MB of consoles with so many clients, a run after the other on what was kept; of a bare app for none."""
    with private_state() as state:
        return [_resident_in_run(clients, state, number) for number in range(1, runs + 1)]


def _resident_in_run(clients: int, kept_in: Path, number: int) -> float:
    done = subprocess.run(
        [sys.executable, "-c", _RESIDENT, str(clients), str(kept_in), str(number)],
        env=installed_environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout) / 1024
