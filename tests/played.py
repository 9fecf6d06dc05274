"""The console on a real terminal, in a night whose time passes as fast as it can be painted.

    python -m tests.played [--job-seconds N] [--clients N]

What is sent is what a console sends that is looked at at the same moments: whenever everything is painted and it
only waits, the clock goes on to the moment that it waits for. The same keys as ever are typed.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from typing import TYPE_CHECKING

from pgbackup_tui.secret import Secret
from pgbackup_tui.target import Target
from pgbackup_tui.terminal import Terminal
from tests.running import private_state
from tests.story import StoryClock, demo, whole_naps

if TYPE_CHECKING:
    from pgbackup_tui.tui.app import Console

_MOMENT = 0.002
"""Seconds between two looks whether the console waits for the clock."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.played")
    parser.add_argument("--job-seconds", type=float, default=300)
    parser.add_argument("--clients", type=int, default=12)
    arguments = parser.parse_args()
    terminal = Terminal.inspect(os.environ, sys.stdin, sys.stderr)
    terminal.prepare(os.environ)  # before Textual is imported
    asyncio.run(_play(terminal, arguments.job_seconds, arguments.clients))


async def _play(terminal: Terminal, job_seconds: float, clients: int) -> None:
    from pgbackup_tui.tui.app import Console
    from tests.driver import story_desk

    clock = StoryClock()
    with demo(job_seconds=job_seconds, clients=clients)(clock) as server, private_state() as state, whole_naps():
        target = Target(server.url, Secret(server.token), "the demo", is_demo=True)
        desk = story_desk(target, state, clock)
        console = Console(desk, theme=terminal.theme(""))
        passing = asyncio.create_task(_pass_time(console, clock))
        await console.run_async()
        passing.cancel()


async def _pass_time(console: Console, clock: StoryClock) -> None:
    while True:
        if clock.is_waited_for:
            await _everything_painted(console)
            clock.pass_to_next()
        await asyncio.sleep(_MOMENT)


async def _everything_painted(console: Console) -> None:
    from pgbackup_tui.tui.panels.log import LogPanel

    while console.query_one(LogPanel).is_behind:  # noqa: ASYNC110  # it says so to nobody
        await asyncio.sleep(_MOMENT)
    painted = asyncio.Event()
    console.call_after_refresh(painted.set)
    await painted.wait()


if __name__ == "__main__":
    main()
