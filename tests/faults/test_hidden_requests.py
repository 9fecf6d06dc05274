"""Row 41 again: a journal that could hide a request whose end nobody knows lets nothing be sent."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pgbackup_tui.backup.journal.processes import Author, this_process
from pgbackup_tui.backup.journal.reading import journal_paths, read_journal
from pgbackup_tui.errors import RefusedHereError
from tests.faults.rig import Engineer, Rig


def only_file(engineer: Engineer) -> Path:
    (path,) = journal_paths(engineer.journal.folder)
    return path


async def press_again(rig: Rig, engineer: Engineer) -> str:
    with pytest.raises(RefusedHereError) as refused:
        await engineer.press(rig.task())
    return refused.value.advice


async def test_row_41_a_file_that_others_may_write_to_is_not_passed_over(rig: Rig, engineer: Engineer) -> None:
    await engineer.press(rig.task())
    path = only_file(engineer)
    path.chmod(0o660)
    assert f"mv {path} {path}.damaged" in await press_again(rig, engineer)
    assert len(rig.server.posted) == 1


async def test_row_41_a_damaged_last_line_may_be_an_intent(rig: Rig, engineer: Engineer) -> None:
    await engineer.press(rig.task())
    path = only_file(engineer)
    first, *_ = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"0" * 8 + first[8:])
    await press_again(rig, engineer)
    assert len(rig.server.posted) == 1
    path.rename(f"{path}.damaged")
    await engineer.press(rig.task(rig.subclients[1]))
    assert len(rig.server.posted) == 2


async def test_row_41_an_end_that_was_torn_in_writing_hides_nothing(rig: Rig, engineer: Engineer) -> None:
    await engineer.press(rig.task())
    path = only_file(engineer)
    path.write_bytes(path.read_bytes() + b"12345678 {half a li")
    assert not read_journal(path).may_hide_a_request


async def test_a_file_that_was_taken_away_is_not_written_to_any_more(rig: Rig, engineer: Engineer) -> None:
    await engineer.press(rig.task())
    only_file(engineer).unlink()
    await engineer.press(rig.task(rig.subclients[1]))
    assert len(engineer.journal.read().attempts) == 1


def test_a_process_that_nobody_has_fetched_the_end_of_is_gone() -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    os.waitid(os.P_PID, ended.pid, os.WEXITED | os.WNOWAIT)
    me = this_process()
    assert Author(me.host, me.user, me.uid, ended.pid, me.boot_id).is_gone
    ended.wait()
