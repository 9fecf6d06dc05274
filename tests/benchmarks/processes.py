"""Times whole processes, as somebody who typed them waits for them."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.running import LONGEST, environment
from tests.terminal import Terminal


def installed_environment(**variables: str) -> dict[str, str]:
    """An environment in which modules are compiled once and kept, as pip leaves an installed program."""
    kept = environment(TERM="xterm-256color", COLORTERM="truecolor", **variables)
    for name in ("PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED", "SSH_CONNECTION", "SSH_TTY", "NO_COLOR"):
        kept.pop(name, None)
    return kept


def seconds_of_run(command: Sequence[str], env: Mapping[str, str]) -> float:
    """From the start of a process to its end."""
    begun = time.perf_counter()
    subprocess.run(command, env=dict(env), stdin=subprocess.DEVNULL, capture_output=True, check=True)
    return time.perf_counter() - begun


def seconds_to_frame(command: Sequence[str], shown: bytes, env: Mapping[str, str]) -> float:
    """From the start of a process on an 80x24 terminal until it has drawn ``shown``; then it is killed."""
    return _seconds_to_see(command, env, ("", shown))


def seconds_to_answer(
    command: Sequence[str], shown: bytes, key: str, answer: bytes, env: Mapping[str, str]
) -> float:
    """As :func:`seconds_to_frame`, until a key that is typed as soon as ``shown`` is there has been answered."""
    return _seconds_to_see(command, env, ("", shown), (key, answer))


def _seconds_to_see(command: Sequence[str], env: Mapping[str, str], *steps: tuple[str, bytes]) -> float:
    """From the start of a process until, after each of some keys, it has drawn something; then it is killed."""
    begun = time.perf_counter()
    terminal = Terminal.run(command, env=env)
    for key, shown in steps:
        terminal.type(key)
        _until_drawn(terminal, shown)
    taken = time.perf_counter() - begun
    os.kill(terminal.process_id, signal.SIGKILL)
    terminal.until_ended()
    return taken


def _until_drawn(terminal: Terminal, shown: bytes) -> None:
    terminal.until(lambda written: shown in written)
    assert shown in terminal.written, bytes(terminal.written[-2000:])


def has_tmux() -> bool:
    """Whether a frame can be timed under tmux."""
    return shutil.which("tmux") is not None


def seconds_to_frame_in_tmux(command: Sequence[str], shown: bytes, env: Mapping[str, str]) -> float:
    """As :func:`seconds_to_frame`, for somebody who looks at it through tmux: until that has drawn it in turn."""
    program = shutil.which("tmux")
    assert program is not None
    with tempfile.TemporaryDirectory(prefix="tmux-") as sockets:  # short: a socket's path has no room
        outside = {**env, "TMUX_TMPDIR": sockets}
        tmux = [program, "-u", "-L", "frame", "-f", "/dev/null"]
        begins_at_a_key = f"echo {_READY.decode()}; read -r key; exec {shlex.join(command)}"
        terminal = Terminal.run(
            [*tmux, "set", "-g", "status", "off", ";", "new-session", begins_at_a_key], env=outside
        )
        _until_drawn(terminal, _READY)
        asked = [*tmux, "list-panes", "-F", "#{pane_pid}"]
        process_id = int(subprocess.run(asked, env=outside, capture_output=True, check=True).stdout)
        begun = time.perf_counter()
        terminal.type("\r")
        _until_drawn(terminal, shown)
        taken = time.perf_counter() - begun
        os.kill(process_id, signal.SIGKILL)
        terminal.until_ended()
    return taken


_READY = b"waits for a key"


def read_for(terminal: Terminal, seconds: float) -> None:
    """Reads whatever is written meanwhile."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        part = min(end, time.monotonic() + LONGEST / 2)
        terminal.until(lambda _, part=part: time.monotonic() >= part)  # type: ignore[misc]


def wake_ups(process_id: int) -> int:
    """How often the main thread of a process has waited for something and gone on."""
    status = Path(f"/proc/{process_id}/status").read_text()
    return int(status.partition("\nvoluntary_ctxt_switches:")[2].split()[0])
