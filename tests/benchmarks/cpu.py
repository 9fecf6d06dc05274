"""What it takes of a processor to follow a hundred jobs at the console's own rhythm."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.measure import Measure, Scale, at_most, benchmark
from tests.benchmarks.processes import installed_environment, read_for
from tests.running import PROGRAM, Simulated, run, simulate
from tests.terminal import Terminal

_SETTLED = 5
"""Seconds after which everything that comes of starting is done."""
_TICKS = os.sysconf("SC_CLK_TCK")


@benchmark("cpu")
def cpu(scale: Scale) -> Iterator[Measure]:
    """The jobs are started by a command; the console takes them up, as it does when it is started again."""
    jobs, seconds = scale.of(whole=100, smoke=10), scale.of(whole=120, smoke=4)
    with simulate("--clients", "120", "--job-seconds", "3600") as commserve:
        env = installed_environment(**commserve.variables)
        _start_jobs(commserve, jobs)
        terminal = Terminal.run(PROGRAM, env=env)
        terminal.until(lambda written: b"PostgreSQL instances" in written)
        terminal.type("2")
        terminal.until(lambda written: b"IN PROGRESS" in written)
        read_for(terminal, _SETTLED)
        used, sent = _cpu_seconds(terminal.process_id), len(terminal.written)
        read_for(terminal, seconds)
        used, sent = _cpu_seconds(terminal.process_id) - used, len(terminal.written) - sent
        terminal.type("q")
        assert terminal.until_ended() == 0
    share = 100 * used / seconds
    measured = f"{used:.2f} s of {seconds} s, {sent:,} B sent"
    yield Measure(f"following {jobs} jobs, of one core", at_most(1), share, "%", measured)


def _start_jobs(commserve: Simulated, count: int) -> None:
    listed = run("inventory", "*/*/FSBasedBackupSet", "--json", env=commserve.env).json
    assert isinstance(listed, list)
    patterns = [f"id:{found['subclient_id']}" for found in listed[:count]]
    done = run("backup", *patterns, "--level", "FULL", "--yes", "--max-subclients", str(count), env=commserve.env)
    assert done.status == 0, done.err


def _cpu_seconds(process_id: int) -> float:
    """User and system time of a process so far."""
    fields = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS
