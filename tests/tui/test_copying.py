"""Copies from the console: what each place copies, and that it arrives on a terminal and in tmux."""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import pytest

from pgbackup_tui.clipboard import VARIABLE
from pgbackup_tui.tui.records import Severity
from tests.driver import ConsoleDriver, console_on, demo
from tests.running import LONGEST, PROGRAM, environment
from tests.terminal import Terminal

FILES = "FSBasedBackupSet"
ATTEMPT = "20261123T031200-7f3a9c12"
OSC52 = re.compile(rb"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07")


@pytest.fixture(autouse=True)
def _on_a_plain_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TMUX", "STY", VARIABLE):
        monkeypatch.delenv(name, raising=False)


@contextmanager
def clipboard_of(console: ConsoleDriver) -> Iterator[list[str]]:
    """What the terminal was told to keep, as text."""
    kept: list[str] = []

    def keep(written: str) -> None:
        kept.extend(base64.b64decode(found).decode() for found in OSC52.findall(written.encode()))

    assert console.app._driver is not None
    with patch.object(console.app._driver, "write", keep):
        yield kept


async def copied(console: ConsoleDriver, *keys: str) -> str:
    """What keys copy."""
    with clipboard_of(console) as kept:
        await console.press(*keys)
        await console.until(lambda: bool(kept) and console.log()[-1].startswith("Copied "))
    (text,) = kept
    return text


async def start(console: ConsoleDriver) -> None:
    await console.tree.open("pg-pay-01").mark("main", FILES).mark("archive", FILES)
    await console.compose.open().level("FULL").start()
    await console.confirm.yes()
    await console.until(lambda: console.jobs.panel.table.job is not None)


async def test_a_jobs_id_is_copied_and_all_ids_of_its_task_as_the_command_line_takes_them() -> None:
    async with console_on(demo()) as console:
        await start(console)
        ids = [str(job.job_id) for job in console.desk.tasks[0].progress.jobs]
        assert len(ids) == 2
        assert await copied(console, "y") == ids[0]
        assert console.log()[-1].startswith(f"Copied job id {ids[0]}: sent to the terminal by OSC 52, which it may")
        assert await copied(console, "Y") == " ".join(ids)
        assert console.log()[-1].startswith("Copied 2 job ids: ")
        assert await copied(console, "g", "y") == " ".join(ids)


async def test_without_a_job_there_is_nothing_to_copy_and_that_is_said() -> None:
    async with console_on(demo()) as console:
        await console.press("2", "y")
        assert console.log()[-1] == "There is no job yet whose id could be copied."
        assert "copy" not in console.words("#keys")


async def test_the_request_is_copied_exactly_as_a_curl_line_and_as_json() -> None:
    async with console_on(demo()) as console:
        await console.tree.open("pg-pay-01").mark("main", FILES)
        await console.compose.open()
        await console.press("y")
        assert console.log()[-1] == "There is no request to copy until the form is complete."
        await console.compose.level("FULL")
        body = console.compose.panel.draft.body()
        line = await copied(console, "y")
        assert line.startswith("curl -X POST http://127.0.0.1:")
        assert line.endswith(f"--data '{json.dumps(body)}'")
        assert "$PGBACKUP_TUI_TOKEN" in line
        assert json.loads(await copied(console, "Y")) == body


async def test_while_something_is_typed_the_key_is_a_letter() -> None:
    async with console_on(demo()) as console:
        await console.tree.open("pg-pay-01").mark("main", FILES)
        await console.compose.open().level("FULL").type("ticket", "CHG-y")
        assert console.compose.panel.draft.ticket == "CHG-y"


async def test_the_evidence_is_copied_as_markdown() -> None:
    async with console_on(demo()) as console:
        await start(console)
        await console.jobs.until_ended()
        text = await copied(console, "4", "y")
        assert text.startswith("# Backup evidence: GO")
        assert ATTEMPT in text
        assert console.log()[-1].startswith(f"Copied the evidence of attempt {ATTEMPT}: ")


async def test_of_the_log_what_level_and_search_leave_is_copied() -> None:
    async with console_on(demo()) as console:
        console.desk.log.add(Severity.INFO, "needle one", "other", "needle two")
        lines = (await copied(console, "3", "ampersand", *"needle", "enter", "y")).split("\n")
        assert [line.split("INFO    ")[1] for line in lines] == ["needle one", "needle two"]
        assert console.log()[-1].startswith("Copied 2 log lines: ")


async def test_lines_of_the_log_are_selected_from_a_mark_on() -> None:
    async with console_on(demo()) as console:
        console.desk.log.add(Severity.INFO, *(f"line {number}" for number in range(40)))
        await console.press("3")
        await console.screen()
        await console.press("v", "k", "k")
        assert console.words("#log-title") == "LOG: everything · 3 selected"
        screen = await console.screen()
        assert re.findall(r"▌ +line (\d+)", screen) == ["37", "38", "39"]
        text = await copied(console, "y")
        assert re.findall(r"line \d+", text) == ["line 37", "line 38", "line 39"]
        assert console.log()[-1].startswith("Copied 3 log lines: ")
        assert console.words("#log-title") == "LOG: everything"


async def test_a_selection_reaches_further_than_the_eye_and_stays_with_its_lines_when_others_come() -> None:
    async with console_on(demo()) as console:
        console.desk.log.add(Severity.INFO, *(f"line {number}" for number in range(40)))
        await console.press("3")
        await console.screen()
        await console.press("v", "home")
        number = len(console.log())
        assert console.words("#log-title") == f"LOG: everything · {number} selected"
        console.desk.log.add(Severity.INFO, "a line that came later")
        await console.screen()
        await console.press("end", "k")
        text = await copied(console, "y")
        assert text.endswith("line 39")
        assert text.count("\n") == 0


async def test_a_selection_is_ended_by_escape_and_by_its_own_key_and_by_another_search() -> None:
    async with console_on(demo()) as console:
        for end in (["escape"], ["v"], ["f", "f", "f"]):
            await console.press(*([] if console.app.log_panel.view.has_focus else ["3"]), "v")
            assert console.words("#log-title").endswith("selected")
            await console.press(*end)
            assert console.words("#log-title") == "LOG: everything"


async def test_a_copy_that_arrives_nowhere_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "file")
    async with console_on(demo()) as console:
        console.desk.journal.state = tmp_path / "file"
        console.desk.journal.state.touch()
        await console.press("3", "y")
        await console.until(lambda: console.log()[-1].startswith("Nothing was copied of"))


@pytest.mark.parametrize(
    "variables", [{"TERM": "xterm"}, {"TERM": "xterm-256color", "NO_COLOR": "1"}], ids=["xterm", "NO_COLOR"]
)
def test_the_terminal_is_told_by_osc_52_what_to_keep(variables: dict[str, str]) -> None:
    terminal = Terminal.start("demo", env=environment(**variables))
    terminal.until(lambda written: b"17 PostgreSQL instances" in written)
    terminal.type("3y")
    terminal.until(lambda written: OSC52.search(written) is not None and b"which it may" in written)
    terminal.type("q")
    assert terminal.until_ended() == 0
    (kept,) = OSC52.findall(bytes(terminal.written))
    assert "17 PostgreSQL instances" in base64.b64decode(kept).decode()


@pytest.fixture
def tmux(tmp_path: Path) -> Iterator[list[str]]:
    """The words of a tmux of the test's own, with no session yet."""
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not installed here")
    words = ["tmux", "-f", "/dev/null", "-S", str(tmp_path / "socket")]
    yield words
    subprocess.run([*words, "kill-server"], check=False, stderr=subprocess.DEVNULL)


def shown_in(tmux: list[str], *words: str) -> str:
    return subprocess.run([*tmux, *words], check=False, capture_output=True, text=True).stdout


def test_in_tmux_its_buffer_is_filled(tmux: list[str], tmp_path: Path) -> None:
    env = environment(TERM="xterm-256color", PGBACKUP_TUI_STATE_DIR=str(tmp_path))
    subprocess.run([*tmux, "new-session", "-d", "-x", "100", "-y", "30", *PROGRAM, "demo"], check=True, env=env)
    until_in(tmux, "capture-pane", "17 PostgreSQL instances")
    subprocess.run([*tmux, "send-keys", "3", "y"], check=True)
    until_in(tmux, "capture-pane", "prefix ] pastes it")
    buffer = shown_in(tmux, "show-buffer")
    assert "17 PostgreSQL instances" in buffer
    assert re.match(r"20\d\d-", buffer)


def until_in(tmux: list[str], command: str, words: str) -> None:
    """Waits until tmux shows some words; fails when they don't come."""
    end = time.monotonic() + LONGEST
    while words not in (shown := shown_in(tmux, command, "-p")):
        assert time.monotonic() < end, shown
        time.sleep(0.05)
