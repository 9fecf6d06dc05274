"""Runs the program as its users do: a process of its own, with words, an environment, and an end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

PROGRAM = (sys.executable, "-m", "pgbackup_tui")
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


def environment(**variables: str) -> dict[str, str]:
    """This process's environment without anything that would point at a CommServe, a proxy, or what is the user's.

    The settings file and the keyring of whoever runs the tests are neither read nor written.
    """
    unwanted = (
        "PGBACKUP_TUI_",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
        "NO_PROXY",
        "DBUS_SESSION",
        "PYTHON_KEYRING",
    )
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith(unwanted)}
    return kept | {"XDG_CONFIG_HOME": NOWHERE} | variables


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

    @property
    def env(self) -> dict[str, str]:
        """An environment that names it and its token."""
        return environment(PGBACKUP_TUI_URL=self.url, PGBACKUP_TUI_TOKEN=self.token)


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
            yield Simulated(told["url"], told["token"], process)
        finally:
            process.terminate()
            process.communicate(timeout=LONGEST)
