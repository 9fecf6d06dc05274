"""A token of a known pattern goes through a night at the console, and is looked for afterwards: found 0 times."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from pgbackup_tui.simulator.faults import FaultPlan
from pgbackup_tui.simulator.server import SimulatedCommServe
from pgbackup_tui.simulator.world import World
from tests.emulator import screen_of
from tests.entering import door
from tests.running import LONGEST, environment
from tests.terminal import Terminal

CANARY = "canary7f3a9c0123456789"
LEAVES_ALTERNATE_SCREEN = b"\x1b[?1049l"
MOST_POINTS_SECONDS = 6 * LONGEST
DROPPED = re.compile(
    rb"\._has_\w+$|\._keys_are_done$|\.(?:get_system_commands|_doing|of_\w+)$|secret_service\.look$"
)
"""What asyncio calls when a task is done, and what the palette asks: they drop what is raised there, unseen.
And the boundary to keyrings, where anything may be raised: the store is then one that can't be used."""
ENDED = '[{"path": "Job/*", "times": 1, "answer": "401"}]'
"""The token is refused at the first look at the jobs."""


@dataclass(frozen=True, slots=True)
class Desk:
    """A terminal's surroundings, in which everything that is written stays in one folder."""

    server: SimulatedCommServe
    home: Path

    def start(self, before: str = "", **variables: str) -> Terminal:
        """The console, on a terminal of its own; ``before`` is Python that is run first."""
        where = {name: str(self.home) for name in ("HOME", "TMPDIR", "XDG_STATE_HOME", "XDG_CONFIG_HOME")}
        env = environment(TERM="xterm-256color", COLORTERM="truecolor", CANARY=CANARY, **where, **variables)
        del env["PGBACKUP_TUI_STATE_DIR"]
        start = f"{before}\nimport os\nos.chdir({str(self.home)!r})\nfrom pgbackup_tui.cli import main\n"
        return Terminal.start(env=env, code=f"{start}raise SystemExit(main([]))")

    def start_signed_in(self, before: str = "") -> Terminal:
        """The console with the canary in its environment."""
        terminal = self.start(before, PGBACKUP_TUI_URL=self.server.url, PGBACKUP_TUI_TOKEN=CANARY)
        terminal.until(lambda written: listed(written) or LEAVES_ALTERNATE_SCREEN in written)
        return terminal

    def files(self, pattern: str = "*") -> list[Path]:
        return [path for path in self.home.rglob(pattern) if path.is_file()]

    def assert_unseen(self, terminal: Terminal) -> None:
        """The canary is nowhere on the terminal, nor in any file."""
        assert LEAVES_ALTERNATE_SCREEN in terminal.written
        assert CANARY.encode() not in terminal.written
        assert [path for path in self.files() if CANARY.encode() in path.read_bytes()] == []

    def assert_crashed(self, terminal: Terminal) -> None:
        """It ended as a fault does: a word, a private report, the terminal as it was, and nothing of the canary."""
        assert terminal.until_ended() == 1
        (report,) = self.files("pgbackup-tui-crash-*")
        assert report.stat().st_mode & 0o777 == 0o600
        assert b"pgbackup-tui has a fault" in terminal.written
        assert b"Traceback" not in terminal.written
        self.assert_unseen(terminal)


@pytest.fixture
def desk_with(tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    with ExitStack() as stack:

        def make(faults: str = "[]", job_seconds: float = 0.05) -> Desk:
            world = World.sample(token=CANARY, job_seconds=job_seconds)
            server = stack.enter_context(SimulatedCommServe(world, faults=FaultPlan.parse(faults)))
            return Desk(server, tmp_path)

        yield make


@pytest.fixture
def desk(desk_with: Callable[..., Desk]) -> Desk:
    return desk_with()


def listed(written: bytes) -> bool:
    return b"pg-nojob-01" in written and b"17 PostgreSQL instances" in written


def says(*words: bytes) -> Callable[[bytes], bool]:
    return lambda written: all(word in written for word in words)


def sign_in(terminal: Terminal, *, address: str = "") -> None:
    """Types the canary into the form; the focus is on the address, or on the user where one is known."""
    terminal.type(f"{address}\t" if address else "")
    terminal.type(f"\t{CANARY}\x13")


def compose(terminal: Terminal) -> None:
    """Opens the first client, marks a subclient of it and goes on to the form."""
    terminal.type("\r")
    terminal.until(says(b"FSBasedBackupSet"))
    terminal.type("jjj c")
    terminal.until(says(b"SYNTHETIC_FULL", b" now"))


def test_wherever_a_night_crashes_the_token_stays_inside_and_the_terminal_is_left(desk: Desk) -> None:
    """What is raised has the token and every local in sight in its message."""
    terminal = desk.start(
        "from tests.tui.crash_run import run_all\nrun_all(step=9)\nraise SystemExit(0)\n",
        PGBACKUP_TUI_URL=desk.server.url,
    )
    assert terminal.until_ended(MOST_POINTS_SECONDS) == 0
    written = bytes(terminal.written)
    runs = re.findall(rb"POINT (-?\d+) (\S+)", written)
    points = [(status, place) for status, place in runs if place != b"nothing"]
    assert runs[0] == (b"0", b"nothing")
    ended = [place for status, place in points if status == b"1"]
    assert len(ended) >= 60
    assert [point for point in points if point[0] != b"1" and not DROPPED.search(point[1])] == []
    said = written.count(b"has a fault (Boom)")
    assert said >= len(ended)  # what fails again while it ends is said again
    assert b"Traceback" not in written
    reports = desk.files("pgbackup-tui-crash-*")
    assert len(reports) >= said
    assert {path.stat().st_mode & 0o777 for path in reports} == {0o600}
    assert desk.files("pgbackup-tui-log-*")
    desk.assert_unseen(terminal)


def test_a_night_from_the_form_over_a_refused_token_to_the_verdict_leaves_no_trace(
    desk_with: Callable[..., Desk],
) -> None:
    desk = desk_with(ENDED, job_seconds=1.0)
    terminal = desk.start()
    terminal.until(says(b"Sign in to a CommServe"))
    sign_in(terminal, address=desk.server.url)
    terminal.until(listed)
    compose(terminal)
    terminal.type(" \x13")
    terminal.until(says(b"No, back", b"Yes, start"))
    terminal.type("y")
    terminal.until(says(b"SIGNED OUT"))
    terminal.type("p")
    terminal.until(says(b"Following goes on"))
    sign_in(terminal)
    terminal.until(says(b"Signed in again as", b"GO: task"))
    terminal.type("3w")
    terminal.until(says(b"The log was written to"))
    terminal.type("\x10")
    terminal.until(lambda written: "Search for commands" in screen_of(written))
    arguments = Path(f"/proc/{terminal.process_id}/cmdline").read_bytes()
    os.kill(terminal.process_id, signal.SIGTERM)
    assert terminal.until_ended() == 128 + signal.SIGTERM
    assert CANARY.encode() not in arguments
    assert len(desk.files("pgbackup-tui-log-*")) == 1
    desk.assert_unseen(terminal)


BREAKS = {
    "worker": "from pgbackup_tui.tui.desk import Desk; Desk.connect = later",
    "thread of a worker": "from pgbackup_tui.tui import exporting; exporting._write = now",
    "thread": "from pgbackup_tui.credentials.wallet import Wallet; Wallet.states = now",
    "JSON decoder": "import msgspec; msgspec.json.decode = now; from pgbackup_tui.commserve import answer, wire",
    "painting": "from pgbackup_tui.tui.widgets.line_view import LineView; LineView.render_line = now",
    "keyboard": "from pgbackup_tui.tui import keyboard; keyboard._answered = later",
    "timer": "from pgbackup_tui.tui.guarded import GuardedApp; GuardedApp.lock_if_idle = now\n"
    "from pgbackup_tui.tui import guarded; guarded.LOOK_SECONDS = 0.1",
    "error that draws itself": "from pgbackup_tui.tui.panels.log import LogPanel; LogPanel.action_export = drawn",
}
RAISING = """
import os
class Fault(Exception):
    pass
class Drawn(Exception):
    def __rich__(self):
        return str(self)
def now(*_, **__):
    token = os.environ["CANARY"]
    raise Fault("Authtoken: " + token)
async def later(*_, **__):
    now()
def drawn(*_, **__):
    raise Drawn(os.environ["CANARY"])
"""


@pytest.mark.parametrize("break_it", BREAKS.values(), ids=BREAKS.keys())
def test_whatever_part_fails_the_report_is_private_and_no_value_is_in_it(desk: Desk, break_it: str) -> None:
    terminal = desk.start_signed_in(f"{RAISING}{break_it}\n")
    if LEAVES_ALTERNATE_SCREEN not in terminal.written:
        terminal.type("3wp")
    desk.assert_crashed(terminal)


async def test_neither_a_picture_nor_the_clipboard_shows_what_is_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    async with door() as entered:
        console = entered.console
        await console.until(lambda: bool(console.app.query("#login_secret")))
        entered.fill(address=entered.server.url, login_secret=CANARY)
        console.app.query_one("#login_secret").focus()
        await console.press("ctrl+a", "ctrl+c", "ctrl+x")
        await console.pilot.pause()
        picture = Path(console.app.save_screenshot("form.svg", str(tmp_path))).read_text()
        assert "Secret" in picture
        assert CANARY not in picture
        assert CANARY not in console.app.clipboard
