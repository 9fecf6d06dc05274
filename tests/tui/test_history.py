"""History: what was asked for is known after the console was left, and what is not settled is settled here."""

from __future__ import annotations

import json
from pathlib import Path
from unittest.mock import patch

import pytest

from pgbackup_tui.backup.journal.attempts import Standing
from pgbackup_tui.tui.actions import Place
from pgbackup_tui.tui.title import set_title
from tests.driver import ConsoleDriver, console_on, demo

FILES = "FSBasedBackupSet"
LOST = json.dumps([{"path": "CreateTask", "answer": "reset", "carried_out": False}])
ATTEMPT = "20261123T031200-7f3a9c12"


async def start(console: ConsoleDriver) -> None:
    await console.tree.open("pg-pay-01").mark("main", FILES)
    await console.compose.open().level("FULL").start()
    await console.confirm.yes()


async def test_an_attempt_stands_there_with_its_state_and_its_verdict() -> None:
    async with console_on(demo(), size=(200, 50)) as console:
        await console.press("4")
        assert "Nothing was asked for yet." in await console.screen()
        await console.press("1")
        await start(console)
        await console.jobs.until_ended()
        await console.press("4")
        (line,) = [line for line in (await console.screen()).splitlines() if ATTEMPT in line and "accepted" in line]
        assert "GO" in line
        assert "pg-pay-01/main/FSBasedBackupSet/default" in line


async def test_an_unknown_attempt_is_declared_not_started_by_typing_its_end_and_blocks_nothing_then() -> None:
    async with console_on(demo(faults=LOST)) as console:
        await start(console)
        await console.press("4", "n")
        await console.until(lambda: console.place is Place.CONFIRM)
        assert "Nobody has proved it" in console.text("#facts")
        await console.press("y")
        assert console.desk.dispatch.unknown() == [ATTEMPT]
        await console.press(*"7f3a9c12", "enter")
        await console.until(lambda: console.desk.dispatch.unknown() == [])
        (attempt,) = console.desk.journal.read().attempts
        assert attempt.standing is Standing.NOT_STARTED


async def test_looking_again_finds_a_job_that_shows_itself_late() -> None:
    faults = json.dumps(
        [
            {"path": "CreateTask", "times": 1, "answer": "reset", "carried_out": True},
            {"path": "Jobs", "after": 3, "times": 3, "answer": "502"},
        ]
    )
    async with console_on(demo(faults=faults)) as console:
        await start(console)
        await console.press("4", "r")
        for _ in range(20):
            if console.desk.tasks:
                break
            console.clock.pass_to_next()
            await console.pilot.pause(0.05)
        assert console.desk.dispatch.unknown() == []
        (attempt,) = console.desk.journal.read().attempts
        assert attempt.standing is Standing.FOUND


async def test_a_settled_attempt_has_nothing_to_settle_and_says_so() -> None:
    async with console_on(demo()) as console:
        await start(console)
        await console.press("4", "n")
        assert console.place is Place.HISTORY
        assert console.log()[-1] == "Nothing is open about this attempt."
        assert "not started" not in console.words("#keys")


async def test_the_evidence_is_written_to_a_file_of_ones_own_and_its_place_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with console_on(demo()) as console:
        await start(console)
        await console.jobs.until_ended()
        await console.press("4", "e")
        await console.until(lambda: console.log()[-1].startswith("The evidence was written to"))
    (path,) = tmp_path.iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    assert ATTEMPT in path.read_text()
    assert "# Backup evidence: GO" in path.read_text()


async def test_the_end_rings_and_stands_in_the_terminals_title() -> None:
    async with console_on(demo()) as console:
        await start(console)
        written: list[str] = []
        assert console.app._driver is not None
        with patch.object(console.app._driver, "write", written.append):
            await console.jobs.until_ended()
        assert "\a\x1b]0;GO: task 71945 - pgbackup-tui\x07" in written


def test_a_title_can_be_nothing_but_a_title() -> None:
    assert set_title("a\x07b\x1b]52;c;x\x07") == "\x1b]0;a␇b␛]52;c;x␇\x07"
