"""Runs the program as its users do: a process of its own, with words, an environment, and an end."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PROGRAM = (sys.executable, "-m", "pgbackup_tui")
_STATE = Path(tempfile.mkdtemp(prefix="state-"))
"""For runs that start nothing: what starts backups has a state folder of its own."""
atexit.register(shutil.rmtree, _STATE, ignore_errors=True)
LONGEST = 60.0
"""Seconds after which a run counts as hanging."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A run that has ended."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> object:
        """What it printed, as JSON; fails the test where that is anything else."""
        return json.loads(self.out)

    @property
    def report(self) -> dict[str, object]:
        """The one object that ``backup --json`` prints."""
        printed = self.json
        assert isinstance(printed, dict)
        return printed

    def assert_told_without_traceback(self) -> None:
        """Whatever happened, the user saw words and no innards."""
        assert "Traceback" not in self.out + self.err
        assert "has a fault" not in self.err


NOWHERE = "/nonexistent"


@contextmanager
def private_state() -> Iterator[Path]:
    """A state folder of this test's own, so that no test blocks another, and none writes to the user's journal."""
    with tempfile.TemporaryDirectory(prefix="state-") as folder:
        yield Path(folder)


def environment(**variables: str) -> dict[str, str]:
    """This process's environment without anything that would point at a CommServe, a proxy, or what is the user's.

    The settings file, the keyring and the clipboard of whoever runs the tests are neither read nor written.
    """
    unwanted = (
        "PGBACKUP_TUI_",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
        "NO_PROXY",
        "DBUS_SESSION",
        "PYTHON_KEYRING",
        "TMUX",
        "STY",
    )
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith(unwanted)}
    return kept | {"XDG_CONFIG_HOME": NOWHERE, "PGBACKUP_TUI_STATE_DIR": str(_STATE)} | variables


def run(*words: str, env: Mapping[str, str] | None = None, stdin: str = "") -> Finished:
    """Runs ``pgbackup-tui`` with these words to its end."""
    done = subprocess.run(
        [*PROGRAM, *words],
        input=stdin,
        capture_output=True,
        text=True,
        env=dict(env) if env is not None else environment(),
        timeout=LONGEST,
        check=False,
    )
    finished = Finished(done.returncode, done.stdout, done.stderr)
    finished.assert_told_without_traceback()
    return finished


@dataclass(frozen=True, slots=True)
class Simulated:
    """A ``pgbackup-tui simulate`` that runs as a process of its own."""

    url: str
    token: str
    process: subprocess.Popen[str]
    state: Path
    next_token: str = ""
    """What the token will be in a scenario in which it ends."""

    @property
    def variables(self) -> dict[str, str]:
        """What names it and its token in an environment."""
        return {
            "PGBACKUP_TUI_URL": self.url,
            "PGBACKUP_TUI_TOKEN": self.token,
            "PGBACKUP_TUI_STATE_DIR": str(self.state),
        }

    @property
    def env(self) -> dict[str, str]:
        """An environment that names it and its token."""
        return environment(**self.variables)


@contextmanager
def simulate(*options: str, user: str = "", password: str = "") -> Iterator[Simulated]:
    """Starts ``pgbackup-tui simulate`` and ends it afterwards; the password goes over a descriptor."""
    reading, writing = os.pipe()
    os.write(writing, password.encode())
    os.close(writing)
    login = ["--user", user, "--password-fd", str(reading)] if user else []
    with subprocess.Popen(
        [*PROGRAM, "simulate", *options, *login],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
        pass_fds=[reading],
    ) as process:
        os.close(reading)
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line, process.stderr.read() if process.stderr else ""
            told = json.loads(line)
            with private_state() as state:
                yield Simulated(told["url"], told["token"], process, state, told.get("next_token", ""))
        finally:
            process.terminate()
            process.communicate(timeout=LONGEST)
