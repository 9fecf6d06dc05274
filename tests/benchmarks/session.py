"""What goes over the line in a whole session on a real terminal, and what a console sends that nobody touches."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from itertools import pairwise

from tests.benchmarks.measure import Kind, Measure, Scale, at_most, benchmark, exactly
from tests.benchmarks.processes import installed_environment, read_for, wake_ups
from tests.emulator import screen_of
from tests.running import PROGRAM
from tests.terminal import Terminal

KILOBYTE = 1000
FULL_COLOR = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
SIXTEEN_COLORS = {"TERM": "xterm", "COLORTERM": ""}
_STEPS = (
    ("\r", "FSBasedBackupSet"),
    ("jjj ", "1 marked"),
    ("jjj ", "2 marked"),
    ("j ", "3 marked"),
    ("c", "SYNTHETIC_FULL"),
    (" ", "(x) FULL"),
    ("\x13", "Yes, start 3 FULL"),
)
"""Keys, and what is on the screen when they are carried out: three subclients of one client are marked."""


@benchmark("session")
def session(scale: Scale) -> Iterator[Measure]:
    """From the start to the end of five minutes of backups, every key and every look at the jobs in it."""
    seconds = scale.of(whole=300, smoke=30)
    for name, colors, most in (("24-bit", FULL_COLOR, 100), ("16", SIXTEEN_COLORS, 50)):
        sent, parts = _session(colors, seconds)
        yield Measure(f"a whole session in {name} colours", at_most(most), sent / KILOBYTE, "KB", parts, Kind.COUNT)


@benchmark("idle")
def idle(scale: Scale) -> Iterator[Measure]:
    """A console that nobody touches."""
    seconds = scale.of(whole=10, smoke=2)
    terminal = Terminal.run([*PROGRAM, "demo"], env=_environment(FULL_COLOR))
    _until(terminal, "17 PostgreSQL instances")
    read_for(terminal, 2)
    sent, woken = len(terminal.written), wake_ups(terminal.process_id)
    read_for(terminal, seconds)
    sent, woken = len(terminal.written) - sent, wake_ups(terminal.process_id) - woken
    _leave(terminal)
    measured = f"{seconds} s, in which its loop woke {woken} times"
    yield Measure("bytes a quiet console sends", exactly(0), sent, "B", measured, Kind.COUNT)


def _session(colors: Mapping[str, str], job_seconds: int) -> tuple[int, str]:
    """The bytes of a session, and what they were sent for."""
    command = [sys.executable, "-m", "tests.played", "--job-seconds", str(job_seconds)]
    terminal = Terminal.run(command, env=_environment(colors))
    lengths = [0]
    _until(terminal, "17 PostgreSQL instances")
    lengths.append(len(terminal.written))
    for keys, shown in _STEPS:
        terminal.type(keys)
        _until(terminal, shown)
    lengths.append(len(terminal.written))
    terminal.type("y")
    terminal.until(lambda written: b"\x1b]0;GO" in written)
    lengths.append(len(terminal.written))
    _leave(terminal)
    lengths.append(len(terminal.written))
    names = ("start", "marking and composing", f"{job_seconds} s of jobs, played fast", "leaving")
    shares = (
        f"{name} {(end - start) / KILOBYTE:.1f}"
        for name, (start, end) in zip(names, pairwise(lengths), strict=True)
    )
    return lengths[-1], ", ".join(shares)


def _leave(terminal: Terminal) -> None:
    terminal.type("q")
    assert terminal.until_ended() == 0


def _until(terminal: Terminal, words: str) -> None:
    """Reads until words are on the screen."""
    terminal.until(lambda written: words in screen_of(written))


def _environment(colors: Mapping[str, str]) -> dict[str, str]:
    return installed_environment() | dict(colors)
