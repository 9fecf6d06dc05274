"""A token of a known pattern goes through everything, and is looked for afterwards: found 0 times."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pgbackup_tui.simulator.world import World
from tests.commands.conftest import Site
from tests.running import LONGEST, PROGRAM

CANARY = "canary7f3a9c0123456789"
BACKUP = ("backup", "pg-pay-01/main/FS*", "--level", "FULL", "--yes")


@pytest.fixture
def site(site_with: Callable[..., Site], tmp_path: Path) -> Site:
    """A site whose token is the canary, and a home in which everything that is written can be found."""
    made = site_with(world=World.sample(token=CANARY, job_seconds=0.05))
    home = tmp_path / "home"
    home.mkdir()
    made.env |= {"HOME": str(home), "TMPDIR": str(home), "XDG_STATE_HOME": str(home), "XDG_CONFIG_HOME": str(home)}
    return made


def assert_unseen(site: Site, *shown: str) -> None:
    """The canary is nowhere in what was shown, nor in any file of the home."""
    assert not [text for text in shown if CANARY in text]
    files = [path for path in Path(site.env["HOME"]).rglob("*") if path.is_file()]
    assert not [path for path in files if CANARY.encode() in path.read_bytes()]


@pytest.mark.parametrize(
    ("step", "least", "words"),
    [
        (100, 60, BACKUP),
        (300, 22, (*BACKUP, "--wait", "--json")),
        (250, 80, ("inventory", "--json")),
        (120, 60, ("jobs", "--all")),
    ],
    ids=["backup", "backup --wait", "inventory", "jobs"],
)
def test_wherever_it_crashes_the_token_stays_inside(
    site: Site, step: int, least: int, words: tuple[str, ...]
) -> None:
    """At least 220 points in all; what is raised there has the token and every local in sight in its message."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.commands.crash_points", "1", "1000000", str(step), *words],
        capture_output=True,
        text=True,
        env=site.env,
        timeout=4 * LONGEST,
    )
    points = re.findall(r"^POINT \d+ (\d+) (\S*)$", done.stdout, re.MULTILINE)
    crashed = [status for status, place in points if place]
    assert len(crashed) >= least
    assert set(crashed) == {"1"}
    assert points[-1] == ("0", "")
    assert done.stderr.count("has a fault (Boom)") == len(crashed)
    assert "Traceback" not in done.stdout + done.stderr
    reports = list(Path(site.env["HOME"]).glob("pgbackup-tui-crash-*"))
    assert len(reports) == len(crashed)
    assert {path.stat().st_mode & 0o777 for path in reports} == {0o600}
    assert_unseen(site, done.stdout, done.stderr)


def test_the_way_from_login_to_a_refused_token_leaves_no_trace(site: Site) -> None:
    seen, script = Path(site.env["HOME"]) / "environ", Path(site.env["HOME"]).parent / "print-token"
    script.write_text(f"#!/bin/sh\nenv > {seen}\necho {CANARY}\n")
    script.chmod(0o700)
    shown = []
    command = ("--token-command", str(script))
    for words in (
        ("login", site.server.url, "--profile", "site", *command),
        ("doctor", "--profile", "site", "--json"),
        ("profiles", "--json"),
        ("inventory", *command),
        ("backup", "pg-pay-01/*", "--level", "FULL", "--dry-run"),
        (*BACKUP, "--wait", "--json"),
        ("logout", "--profile", "site"),
    ):
        done = site.run(*words)
        assert done.status in (0, 2)
        shown += [done.out, done.err]
    site.server.world.end_token()
    refused = site.run("inventory")
    assert refused.status == 4
    assert "PATH=" in seen.read_text()
    assert_unseen(site, *shown, refused.out, refused.err)


def test_a_signal_while_waiting_leaves_no_trace_and_the_token_is_no_argument(
    site_with: Callable[..., Site], site: Site
) -> None:
    long = site_with(world=World.sample(token=CANARY, job_seconds=3600))
    long.env = site.env | {"PGBACKUP_TUI_URL": long.server.url}
    with subprocess.Popen(
        [*PROGRAM, *BACKUP, "--wait"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=long.env
    ) as process:
        assert process.stderr is not None
        said = ""
        while "Running" not in said and "Waiting" not in said:
            said += process.stderr.readline()
        arguments = Path(f"/proc/{process.pid}/cmdline").read_bytes()
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=LONGEST)
    assert process.returncode == 143
    assert b"backup" in arguments
    assert CANARY.encode() not in arguments
    assert_unseen(long, said, out, err)


@pytest.mark.parametrize(
    "code",
    [
        "import threading; t = threading.Thread(target=fail); t.start(); t.join()",
        "fail()",
        "from asyncio import new_event_loop\nloop = new_event_loop()\n"
        "loop.call_exception_handler({'message': CANARY})\nloop.close()",
        "import logging; logging.getLogger('httpx').error(CANARY)",
        "import logging; logging.basicConfig(level=0); logging.getLogger('httpcore').debug(CANARY)",
        "class Leaves:\n    __del__ = lambda self: fail()\nLeaves()",
    ],
    ids=["thread", "main", "event loop", "log", "debug log", "unraisable"],
)
def test_what_python_says_by_itself_has_no_value_in_it(code: str) -> None:
    start = (
        "from pgbackup_tui.crash import show_no_values\nshow_no_values()\n"
        f"CANARY = {CANARY!r}\ndef fail():\n    token = CANARY\n    raise ValueError(token)\n"
    )
    done = subprocess.run([sys.executable, "-c", start + code], capture_output=True, text=True, timeout=LONGEST)
    assert CANARY not in done.stdout + done.stderr


def test_a_process_is_closed_off_before_it_does_anything() -> None:
    code = (
        "import ctypes, os, resource, sys\nfrom pgbackup_tui.process import close_off\nclose_off()\n"
        "dumpable = ctypes.CDLL(None).prctl(3, 0, 0, 0, 0) if sys.platform == 'linux' else 0\n"
        "print(oct(os.umask(0)), resource.getrlimit(resource.RLIMIT_CORE)[0], dumpable)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=LONGEST)
    assert done.stdout == "0o77 0 0\n"
