"""On a real terminal: how the console starts, what it writes there, and how it leaves."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from pgbackup_tui.terminal import Terminal as Facts
from tests.emulator import screen_of
from tests.running import PROGRAM, environment, simulate
from tests.terminal import Terminal

CANARY = "canary7f3a9c0123456789"
LEAVES_ALTERNATE_SCREEN = b"\x1b[?1049l"
COLOUR = re.compile(rb"\x1b\[(?:[0-9;]*;)?(?:[34][0-9]|9[0-7]|10[0-7])(?:;[0-9;]*)?m")
"""Any, the terminal's own default too: a program without colours has no need of it."""
RICH_COLOUR = re.compile(rb"\x1b\[[0-9;]*?[34]8;[25]")


def env(**variables: str) -> dict[str, str]:
    return environment(**{"TERM": "xterm-256color", "COLORTERM": "truecolor", **variables})


def listed(written: bytes) -> bool:
    return b"pg-nojob-01" in written and b"17 PostgreSQL instances" in written


def compose_something(terminal: Terminal) -> None:
    """Opens the first client, marks a subclient of it and goes on to the form."""
    terminal.type("\r")
    terminal.until(lambda written: b"FSBasedBackupSet" in written)
    terminal.type("jjj c")
    terminal.until(lambda written: b"SYNTHETIC_FULL" in written)


def test_the_demo_shows_the_estate_and_leaves_the_terminal_as_it_was() -> None:
    terminal = Terminal.start("demo", env=env())
    terminal.until(listed)
    terminal.type("q")
    assert terminal.until_ended() == 0
    assert LEAVES_ALTERNATE_SCREEN in terminal.written


def test_any_commserve_is_reached_by_its_address_and_a_token_from_a_command() -> None:
    with simulate("--token", CANARY) as commserve:
        words = ["--url", commserve.url, "--token-command", f"echo {CANARY}"]
        terminal = Terminal.start(*words, env=env())
        terminal.until(listed)
        terminal.type("q")
        assert terminal.until_ended() == 0
    assert b"command echo" in terminal.written
    assert CANARY.encode() not in terminal.written


@pytest.mark.parametrize(
    ("variables", "said"), [({"TERM": "dumb"}, "TERM is “dumb”"), ({"TERM": ""}, "can't be shown")]
)
def test_a_terminal_that_can_show_nothing_gets_a_word_and_no_codes(variables: dict[str, str], said: str) -> None:
    terminal = Terminal.start("demo", env=env(**variables))
    assert terminal.until_ended() == 2
    written = terminal.written.decode()
    assert said in written
    assert "pgbackup-tui --help" in written
    assert "\x1b" not in written


def test_without_a_terminal_the_command_line_is_pointed_at() -> None:
    done = subprocess.run([*PROGRAM, "demo"], capture_output=True, text=True, env=env(), stdin=subprocess.DEVNULL)
    assert done.returncode == 2
    assert "needs a terminal" in done.stderr
    assert "\x1b" not in done.stderr + done.stdout


def test_without_a_commserve_one_can_sign_in_and_the_demo_is_offered() -> None:
    terminal = Terminal.start(env=env())
    terminal.until(lambda written: b"Sign in to a CommServe" in written and b"pgbackup-tui demo" in written)
    terminal.type("\x1b")
    terminal.until(lambda written: "Not signed in." in screen_of(written))
    terminal.type("q")
    assert terminal.until_ended() == 0


@pytest.mark.parametrize(
    ("variables", "words", "forbidden"),
    [
        ({"NO_COLOR": "1"}, [], COLOUR),
        ({}, ["--theme", "mono"], COLOUR),
        ({"TERM": "xterm", "COLORTERM": ""}, [], RICH_COLOUR),
        ({}, ["--theme", "ansi"], RICH_COLOUR),
    ],
    ids=["NO_COLOR", "mono", "16 colours", "ansi"],
)
def test_no_more_colours_are_written_than_the_terminal_has(
    variables: dict[str, str], words: list[str], forbidden: re.Pattern[bytes]
) -> None:
    terminal = Terminal.start("demo", *words, env=env(**variables))
    terminal.until(listed)
    compose_something(terminal)
    terminal.type("q")
    terminal.until_ended()
    assert forbidden.findall(bytes(terminal.written)) == []


def test_a_theme_that_is_asked_for_counts_more_than_no_color() -> None:
    terminal = Terminal.start("demo", "--theme", "light", env=env(NO_COLOR="1"))
    terminal.until(listed)
    terminal.type("q")
    terminal.until_ended()
    assert RICH_COLOUR.search(bytes(terminal.written))


def test_ascii_writes_no_other_character() -> None:
    terminal = Terminal.start("demo", "--ascii", env=env())
    terminal.until(listed)
    compose_something(terminal)
    terminal.type("?")
    terminal.until(lambda written: b"EVERYWHERE" in written)
    terminal.type("q")
    terminal.until_ended()
    assert bytes(terminal.written).isascii()


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)])
def test_a_signal_restores_the_terminal(number: int, status: int) -> None:
    terminal = Terminal.start("demo", env=env())
    terminal.until(listed)
    os.kill(terminal.process_id, number)
    assert terminal.until_ended() == status
    assert LEAVES_ALTERNATE_SCREEN in terminal.written


def test_a_dropped_line_ends_the_console() -> None:
    terminal = Terminal.start("demo", env=env())
    terminal.until(listed)
    terminal.hang_up()
    assert os.waitstatus_to_exitcode(os.waitpid(terminal.process_id, 0)[1]) in (129, -signal.SIGHUP)


CRASHES = {
    "a key": "BrowsePanel.action_mark = broken",
    "a worker": "Foresight.look = broken_later",
    "painting": "EstateTree.line = broken",
    "connecting": "Desk._signed_in = broken_later",
}
CRASHING = """
import sys
import pgbackup_tui.tui.desk, pgbackup_tui.tui.panels.browse, pgbackup_tui.tui.widgets.estate_tree
from pgbackup_tui.tui.desk import Desk
from pgbackup_tui.tui.foresight import Foresight
from pgbackup_tui.tui.panels.browse import BrowsePanel
from pgbackup_tui.tui.widgets.estate_tree import EstateTree
def broken(*arguments, **named):
    authtoken = "{canary}"
    raise RuntimeError("Authtoken: " + authtoken)
async def broken_later(*arguments, **named):
    authtoken = "{canary}"
    raise RuntimeError("Authtoken: " + authtoken)
{crash}
from pgbackup_tui.cli import main
raise SystemExit(main(sys.argv[1:]))
"""


@pytest.mark.parametrize("crash", CRASHES.values(), ids=CRASHES.keys())
def test_a_crash_shows_no_value_and_leaves_a_private_report(crash: str, tmp_path: Path) -> None:
    code = CRASHING.format(canary=CANARY, crash=crash)
    terminal = Terminal.start("demo", env=env(TMPDIR=str(tmp_path)), code=code)
    terminal.until(lambda written: listed(written) or LEAVES_ALTERNATE_SCREEN in written)
    if LEAVES_ALTERNATE_SCREEN not in terminal.written:
        terminal.type("\rj c")
    assert terminal.until_ended() == 1
    written = bytes(terminal.written)
    assert LEAVES_ALTERNATE_SCREEN in written
    assert b"RuntimeError" in written
    assert CANARY.encode() not in written
    assert b"Traceback" not in written
    (report,) = tmp_path.glob("pgbackup-tui-crash-*")
    assert report.stat().st_mode & 0o777 == 0o600
    assert CANARY not in report.read_text()
    assert "RuntimeError" in report.read_text()


@pytest.mark.parametrize(
    ("environ", "check"),
    [
        ({"TERM": "xterm", "SSH_CONNECTION": "a b c d"}, lambda f, e: f.over_ssh and e["TEXTUAL_FPS"] == "15"),
        ({"TERM": "xterm", "SSH_CONNECTION": "a", "TEXTUAL_FPS": "60"}, lambda _, e: e["TEXTUAL_FPS"] == "60"),
        ({"TERM": "xterm", "TEXTUAL_LOG": "/x", "TEXTUAL_DEBUG": "1"}, lambda _, e: "TEXTUAL_LOG" not in e),
        ({"TERM": "xterm", "COLUMNS": "80", "LINES": "24"}, lambda _, e: not {"COLUMNS", "LINES"} & e.keys()),
        ({"TERM": "xterm", "TEXTUAL_SCREENSHOT_LOCATION": "/x"}, lambda _, e: len(e) == 2),
        ({"TERM": "xterm"}, lambda f, e: f.few_colors and e["TEXTUAL_ANIMATIONS"] == "none"),
        ({"TERM": "tmux-256color", "TMUX": "x"}, lambda f, _: f.in_tmux and not f.few_colors),
        ({"TERM": "xterm", "COLORTERM": "truecolor"}, lambda f, _: not f.few_colors),
    ],
)
def test_the_surroundings_decide_what_is_set_before_textual_is_imported(
    environ: dict[str, str], check: Callable[[Facts, dict[str, str]], bool]
) -> None:
    facts = Facts.inspect(environ, None, None)
    facts.prepare(environ)
    assert check(facts, environ)


@pytest.mark.parametrize(
    ("environ", "preferred", "theme"),
    [
        ({"TERM": "xterm-256color"}, "", "dark"),
        ({"TERM": "xterm-256color"}, "light", "light"),
        ({"TERM": "xterm"}, "", "ansi"),
        ({"TERM": "xterm"}, "dark", "dark"),
        ({"TERM": "xterm", "NO_COLOR": "1"}, "dark", "mono"),
    ],
)
def test_the_theme_is_what_is_said_and_else_what_the_terminal_has(
    environ: dict[str, str], preferred: str, theme: str
) -> None:
    assert Facts.inspect(environ, None, None).theme(preferred) == theme


CALM = """
import sys
from pgbackup_tui.cli import main
status = main(sys.argv[1:])
from textual import constants
print("USED", constants.MAX_FPS, constants.TEXTUAL_ANIMATIONS, int(constants.SMOOTH_SCROLL))
raise SystemExit(status)
"""
"""Says at the end what Textual read when it was imported."""


@pytest.mark.parametrize(
    ("variables", "used"),
    [
        ({}, "60 none 1"),
        ({"SSH_CONNECTION": "192.0.2.1 50022 192.0.2.2 22"}, "15 none 0"),
        (
            {
                "SSH_CONNECTION": "192.0.2.1 50022 192.0.2.2 22",
                "TEXTUAL_FPS": "30",
                "TEXTUAL_ANIMATIONS": "full",
                "TEXTUAL_SMOOTH_SCROLL": "1",
            },
            "30 full 1",
        ),
    ],
    ids=["at home", "over SSH", "over SSH as the user wants it"],
)
def test_over_ssh_textual_is_calm_unless_the_user_says_otherwise(variables: dict[str, str], used: str) -> None:
    terminal = Terminal.start("demo", env=env(**{"SSH_CONNECTION": "", "SSH_TTY": "", **variables}), code=CALM)
    terminal.until(listed)
    terminal.type("q")
    assert terminal.until_ended() == 0
    assert f"USED {used}".encode() in terminal.written
